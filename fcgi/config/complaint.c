/*
 * complaint.c: remembers lines, and begins complaints with them.
 */
#include "fcgi/config/complaint.h"

static ptrdiff_t
place_of(const struct config *config, const void *member)
{
	return (const char *)member - (const char *)config;
}

void
complaint_note(struct complaint *complaint, const struct config *config,
               const void *member, int line)
{
	ptrdiff_t place = place_of(config, member);
	size_t i = 0;

	while (i < complaint->given_count && complaint->given[i].place != place)
		i++;
	if (i == COMPLAINT_LINES)
		return;
	complaint->given[i].place = place;
	complaint->given[i].line = line;
	if (i == complaint->given_count)
		complaint->given_count++;
}

int
complaint_line(const struct complaint *complaint, const struct config *config,
               const void *member)
{
	for (size_t i = 0; i < complaint->given_count; i++)
		if (complaint->given[i].place == place_of(config, member))
			return complaint->given[i].line;
	return 0;
}

struct mr_buffer *
complaint_begin(const struct complaint *complaint, int line)
{
	mr_buffer_printf(complaint->text, "%s:", complaint->file);
	if (line > 0)
		mr_buffer_printf(complaint->text, "%d:", line);
	mr_buffer_putc(complaint->text, ' ');
	return complaint->text;
}
