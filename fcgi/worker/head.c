/*
 * head.c: status line, headers, timings.
 */
#include "fcgi/worker/head.h"

#include "base/err.h"
#include "fcgi/board/ledger.h"
#include "schema/integer.h"

_Static_assert(LEDGER_PART_OF(MR_PHASE_DECODE) == LEDGER_DECODE &&
                   LEDGER_PART_OF(MR_PHASE_COMPUTE) == LEDGER_COMPUTE &&
                   LEDGER_PART_OF(MR_PHASE_ENCODE) == LEDGER_ENCODE,
               "parts and phases are in another order");

static void
put_number(struct mr_buffer *head, uint64_t number)
{
	char *room = mr_buffer_room(head, MR_INTEGER_TEXT);

	if (room != NULL)
		head->length += mr_integer_write(room, (int64_t)number);
}

/* "name;dur=1.234", in milliseconds. */
static void
put_duration(struct mr_buffer *head, enum ledger_part part,
             uint64_t nanoseconds)
{
	uint64_t microseconds = nanoseconds / 1000;
	char fraction[4] = { '.', (char)('0' + microseconds / 100 % 10),
		             (char)('0' + microseconds / 10 % 10),
		             (char)('0' + microseconds % 10) };

	mr_buffer_puts(head, ledger_part_name(part));
	mr_buffer_puts(head, ";dur=");
	put_number(head, microseconds / 1000);
	mr_buffer_append(head, fraction, sizeof(fraction));
}

/* ", name: 1.234567", in seconds. */
static char *
put_seconds(char *to, const char *name, uint64_t nanoseconds)
{
	uint64_t microseconds = nanoseconds / 1000;
	uint64_t fraction = microseconds % 1000000;

	to = stpcpy(to, name);
	to += mr_integer_write(to, (int64_t)(microseconds / 1000000));
	*to++ = '.';
	for (uint64_t unit = 100000; unit > 0; unit /= 10)
		*to++ = (char)('0' + fraction / unit % 10);
	*to = '\0';
	return to;
}

char *
head_put_log(char *to, const struct head_log *log)
{
	to = stpcpy(to, "\r\nX-Millrace-Worker: ");
	to = stpcpy(to, log->worker);
	to = put_seconds(to, "\r\nX-Millrace-Queue: ", log->queue);
	return put_seconds(to, "\r\nX-Millrace-Compute: ", log->compute);
}

uint64_t
head_phase_time(const struct mr_reply *reply, int phase)
{
	int next = phase + 1;

	if (reply->entered[phase] == 0)
		return 0;
	while (next < MR_PHASE_DONE && reply->entered[next] == 0)
		next++;
	return reply->entered[next] - reply->entered[phase];
}

void
head_account(const struct mr_reply *reply, const struct head_request *request,
             struct ledger_counts *counts)
{
	struct ledger_entry entry = {
		.status = reply->status,
		.refused = request->refused,
		.slow = request->slow,
		.received = request->received,
		.reached = { [LEDGER_QUEUE] = true },
		.nanoseconds = { [LEDGER_QUEUE] = request->queue },
	};

	if (!reply->head && reply->err != MR_CANCELLED)
		entry.sent = reply->preamble.length + reply->body.length;
	for (int phase = 0; phase < MR_PHASE_DONE; phase++) {
		enum ledger_part part = LEDGER_PART_OF(phase);

		entry.reached[part] = reply->entered[phase] != 0;
		entry.nanoseconds[part] = head_phase_time(reply, phase);
	}
	ledger_count(counts, &entry);
}

static void
put_log(struct mr_buffer *head, const struct mr_reply *reply,
        const struct head_facts *facts)
{
	const struct head_log log = {
		facts->worker, facts->queue,
		head_phase_time(reply, MR_PHASE_COMPUTE)
	};
	char *room = mr_buffer_room(head, HEAD_LOG_SIZE);

	if (room != NULL)
		head->length += (size_t)(head_put_log(room, &log) - room);
}

static void
put_timings(struct mr_buffer *head, const struct mr_reply *reply,
            uint64_t queue)
{
	mr_buffer_puts(head, "\r\nServer-Timing: ");
	put_duration(head, LEDGER_QUEUE, queue);
	for (int phase = 0; phase < MR_PHASE_DONE; phase++) {
		if (reply->entered[phase] == 0)
			continue;
		mr_buffer_puts(head, ", ");
		put_duration(head, LEDGER_PART_OF(phase),
		             head_phase_time(reply, phase));
	}
}

static const char *
reason(const struct mr_reply *reply)
{
	if (reply->status == 204)
		return "No Content";
	return reply->status == 202 ? "Accepted" : mr_err_title(reply->err);
}

void
head_write(const struct mr_reply *reply, const struct head_facts *facts,
           struct mr_buffer *head)
{
	mr_buffer_puts(head, "Status: ");
	put_number(head, (uint64_t)reply->status);
	mr_buffer_putc(head, ' ');
	mr_buffer_puts(head, reason(reply));
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
	mr_buffer_puts(head, facts->request_id);
	if (facts->worker != NULL)
		put_log(head, reply, facts);
	put_timings(head, reply, facts->queue);
	mr_buffer_puts(head, "\r\n\r\n");
}
