/*
 * cells.c: lines that are made of cells, and values that fit them.
 */
#include "fcgi/command/cells.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

/* Text comes from clients and functions as well: nothing of it is an escape. */
static void
tame(char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

void
cells_add(struct cells_line *line, int width, const char *format, ...)
{
	char value[512];
	va_list values;
	int length;

	va_start(values, format);
	vsnprintf(value, sizeof(value), format, values);
	va_end(values);
	tame(value);
	length = snprintf(line->text + line->length,
	                  sizeof(line->text) - line->length, "%s%*.*s",
	                  line->length > 0 ? " " : "", width,
	                  width < 0 ? -width : (int)sizeof(value), value);
	line->length += (size_t)length;
	if (line->length >= sizeof(line->text))
		line->length = sizeof(line->text) - 1;
}

static struct cells_value
scaled(double number, double step, const char *units)
{
	struct cells_value value;

	if (isnan(number)) {
		snprintf(value.text, sizeof(value.text), "-");
		return value;
	}
	while (fabs(number) >= 10 * step && units[1] != '\0') {
		number /= step;
		units++;
	}
	snprintf(value.text, sizeof(value.text), "%.0f%s", number,
	         (const char[2]){ *units == ' ' ? '\0' : *units, '\0' });
	return value;
}

struct cells_value
cells_count(double number)
{
	return scaled(number, 1000, " kMGTP");
}

struct cells_value
cells_bytes(double number)
{
	return scaled(number / 1024, 1024, "KMGTP");
}

struct cells_value
cells_duration(double seconds)
{
	static const struct {
		double below, unit;
		const char *format;
	} rows[] = {
		{ 100, 1, "%.1fs" },
		{ 100 * 60, 60, "%.0fm" },
		{ 100 * 3600, 3600, "%.0fh" },
		{ INFINITY, 86400, "%.0fd" },
	};
	struct cells_value value = { "-" };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (seconds < rows[i].below) {
			snprintf(value.text, sizeof(value.text), rows[i].format,
			         seconds / rows[i].unit);
			break;
		}
	return value;
}
