/*
 * exposition.c: names, labels and numbers as they are written.
 */
#include "fcgi/control/exposition.h"

void
exposition_family(struct exposition *exposition, const char *name,
                  const char *type, const char *help)
{
	exposition->family = name;
	mr_buffer_printf(exposition->text,
	                 "# HELP millrace_%s %s\n# TYPE millrace_%s %s\n",
	                 name, help, name, type);
}

void
exposition_series(struct exposition *exposition, const char *suffix)
{
	exposition->labelled = false;
	mr_buffer_puts(exposition->text, "millrace_");
	mr_buffer_puts(exposition->text, exposition->family);
	mr_buffer_puts(exposition->text, suffix);
}

void
exposition_label(struct exposition *exposition, const char *name,
                 const char *value)
{
	struct mr_buffer *text = exposition->text;

	mr_buffer_putc(text, exposition->labelled ? ',' : '{');
	mr_buffer_puts(text, name);
	mr_buffer_puts(text, "=\"");
	for (; *value != '\0'; value++) {
		if (*value == '"' || *value == '\\' || *value == '\n')
			mr_buffer_putc(text, '\\');
		mr_buffer_putc(text, *value == '\n' ? 'n' : *value);
	}
	mr_buffer_putc(text, '"');
	exposition->labelled = true;
}

void
exposition_value(struct exposition *exposition, uint64_t value)
{
	exposition_fraction(exposition, value, 0);
}

void
exposition_fraction(struct exposition *exposition, uint64_t value, int digits)
{
	struct mr_buffer *text = exposition->text;
	unsigned long long whole = value, one = 1;

	for (int i = 0; i < digits; i++)
		one *= 10;
	mr_buffer_puts(text, exposition->labelled ? "} " : " ");
	mr_buffer_printf(text, "%llu", whole / one);
	if (digits > 0)
		mr_buffer_printf(text, ".%0*llu", digits, whole % one);
	mr_buffer_putc(text, '\n');
}
