/*
 * live_event.c: events of a job.
 */
#include "fcgi/live/live_event.h"

#include <inttypes.h>

void
live_event_write(const struct live_event *event, struct mr_buffer *text)
{
	mr_buffer_printf(text, "id: %" PRId64 "\nevent: %s\ndata: ", event->id,
	                 event->name);
	mr_buffer_append(text, event->data.data, event->data.length);
	mr_buffer_puts(text, "\n\n");
}

void
live_event_write_message(const struct live_event *event, struct mr_buffer *text)
{
	mr_buffer_printf(text,
	                 "{\"event\":\"%s\",\"id\":%" PRId64 ",\"data\":",
	                 event->name, event->id);
	mr_buffer_append(text, event->data.data, event->data.length);
	mr_buffer_putc(text, '}');
}

bool
live_event_find(const char *history, int64_t after, struct mr_history_line *line)
{
	if (after > mr_history_last(history))
		after = 0;
	while (history != NULL && mr_history_next(&history, line))
		if (line->number > after)
			return true;
	return false;
}

struct mr_job
live_event_past(const struct mr_job *job, const struct mr_history_line *line)
{
	struct mr_job past = *job;

	if (line->number == mr_history_last(job->history))
		return past;
	past.state = line->state;
	past.attempt = line->attempt;
	past.cause = line->cause;
	past.finished = past.status = 0;
	past.progress = NULL;
	past.detail = past.backtrace = NULL;
	past.signal = 0;
	if (line->attempt == 0)
		past.started = 0;
	if (line->state != MR_JOB_RUNNING)
		past.owner = NULL;
	else
		past.started = line->time;
	return past;
}
