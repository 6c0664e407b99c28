/*
 * head.c: status line, headers, timings.
 */
#include "fcgi/head.h"

#include "base/err.h"
#include "schema/integer.h"

static void
put_number(struct mr_buffer *head, uint64_t number)
{
	char *room = mr_buffer_room(head, MR_INTEGER_TEXT);

	if (room != NULL)
		head->length += mr_integer_write(room, (int64_t)number);
}

/* ", name;dur=1.234", in milliseconds. */
static void
put_duration(struct mr_buffer *head, const char *name, uint64_t nanoseconds)
{
	uint64_t microseconds = nanoseconds / 1000;
	char fraction[4] = { '.', (char)('0' + microseconds / 100 % 10),
		             (char)('0' + microseconds / 10 % 10),
		             (char)('0' + microseconds % 10) };

	mr_buffer_puts(head, name);
	mr_buffer_puts(head, ";dur=");
	put_number(head, microseconds / 1000);
	mr_buffer_append(head, fraction, sizeof(fraction));
}

/* A phase lasts until the next one that was reached. */
static void
put_timings(struct mr_buffer *head, const struct mr_reply *reply,
            uint64_t queue)
{
	static const char *const names[MR_PHASE_DONE] = {
		[MR_PHASE_DECODE] = ", decode",
		[MR_PHASE_COMPUTE] = ", compute",
		[MR_PHASE_ENCODE] = ", encode",
	};

	mr_buffer_puts(head, "\r\nServer-Timing: ");
	put_duration(head, "queue", queue);
	for (int phase = 0; phase < MR_PHASE_DONE; phase++) {
		int next = phase + 1;

		if (reply->entered[phase] == 0)
			continue;
		while (next < MR_PHASE_DONE && reply->entered[next] == 0)
			next++;
		put_duration(head, names[phase],
		             reply->entered[next] - reply->entered[phase]);
	}
}

void
head_write(const struct mr_reply *reply, const char *id, uint64_t queue,
           struct mr_buffer *head)
{
	mr_buffer_puts(head, "Status: ");
	put_number(head, (uint64_t)reply->status);
	mr_buffer_putc(head, ' ');
	mr_buffer_puts(head, reply->status == 204 ? "No Content"
	                                          : mr_err_title(reply->err));
	if (reply->content_type != NULL) {
		mr_buffer_puts(head, "\r\nContent-Type: ");
		mr_buffer_puts(head, reply->content_type);
		mr_buffer_puts(head, "\r\nContent-Length: ");
		put_number(head, reply->preamble.length + reply->body.length);
	}
	for (size_t i = 0; i < reply->header_count; i++) {
		mr_buffer_puts(head, "\r\n");
		mr_buffer_puts(head, reply->headers[i].name);
		mr_buffer_puts(head, ": ");
		mr_buffer_puts(head, reply->headers[i].value);
	}
	mr_buffer_puts(head, "\r\nX-Request-Id: ");
	mr_buffer_puts(head, id);
	put_timings(head, reply, queue);
	mr_buffer_puts(head, "\r\n\r\n");
}
