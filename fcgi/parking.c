/*
 * parking.c: an answer as a header line, and back.
 */
#include "fcgi/parking.h"

#include "fcgi/arrival.h"
#include "fcgi/clock.h"
#include "schema/base64.h"

#include <inttypes.h>

#define STATUS "Status: "

/* Of every header: the id is for the access log and for live. */
static void
begin(const char *path, const char *request_id, struct mr_buffer *header)
{
	mr_buffer_printf(header,
	                 STATUS "200 OK\r\nX-Request-Id: %s\r\n"
	                 "X-Accel-Redirect: %s",
	                 request_id, path);
}

struct parking_facts
parking_facts_now(const char *request_id, const char *arrival, uint64_t longest)
{
	return (struct parking_facts){
		.request_id = request_id,
		.arrival = (int64_t)arrival_time(arrival),
		.now = (int64_t)clock_unix_ms(),
		.longest = (int64_t)longest,
	};
}

bool
parking_is_wanted(const struct mr_reply *reply)
{
	return reply->park > 0 || (reply->job != NULL && reply->wait > 0);
}

/* Of a text of its own, so that it can be written over. */
static bool
write_park(const struct mr_buffer *answer, int64_t due,
           const struct parking_facts *facts, struct mr_buffer *header)
{
	size_t length = MR_BASE64_TEXT(answer->length);
	const struct mr_bytes bytes = { (const unsigned char *)answer->data,
		                        answer->length };
	char *room;

	if (length > PARKING_MOST)
		return false;
	begin(PARKING_PATH, facts->request_id, header);
	mr_buffer_printf(header,
	                 "\r\nX-Millrace-Due: %" PRId64
	                 "\r\nX-Millrace-Answer: ",
	                 due);
	room = mr_buffer_room(header, length);
	if (room == NULL)
		return false;
	mr_base64_write(room, bytes);
	header->length += length;
	mr_buffer_puts(header, "\r\n\r\n");
	return header->length <= PARKING_MOST;
}

static bool
park(const struct mr_reply *reply, const struct parking_facts *facts,
     struct mr_buffer *head)
{
	int64_t arrival = facts->arrival == 0 ? facts->now : facts->arrival;
	struct mr_buffer answer = *head;

	if (reply->preamble.length + reply->body.length > MR_PARKED)
		return false;
	if (!reply->head) {
		mr_buffer_append(&answer, reply->preamble.data,
		                 reply->preamble.length);
		mr_buffer_append(&answer, reply->body.data,
		                 reply->body.length);
	}
	*head = (struct mr_buffer){ .arena = answer.arena,
		                    .failed = answer.failed };
	return !answer.failed &&
	       write_park(&answer, arrival + (int64_t)(reply->park * 1000),
	                  facts, head);
}

static void
wait(const struct mr_reply *reply, const struct parking_facts *facts,
     struct mr_buffer *head)
{
	double wanted = reply->wait * 1000;
	int64_t length = wanted < (double)facts->longest ? (int64_t)wanted
	                                                 : facts->longest;

	*head = (struct mr_buffer){ .arena = head->arena };
	begin(WAITING_PATH, facts->request_id, head);
	mr_buffer_printf(head, "?job=%s&until=%" PRId64 "\r\n\r\n",
	                 reply->job, facts->now + length);
}

bool
parking_write(const struct mr_reply *reply, const struct parking_facts *facts,
              struct mr_buffer *head)
{
	if (reply->park > 0)
		return park(reply, facts, head) && !head->failed;
	wait(reply, facts, head);
	return !head->failed;
}

void
parking_put_http(const struct mr_buffer *head, struct mr_buffer *http)
{
	const size_t skip = sizeof(STATUS) - 1;

	if (head->length <= skip)
		return;
	mr_buffer_puts(http, "HTTP/1.1 ");
	mr_buffer_append(http, head->data + skip, head->length - skip);
}

bool
parking_unpack(struct mr_string answer, struct mr_buffer *http)
{
	struct mr_buffer bytes = { .arena = http->arena };
	size_t length;

	if (!mr_base64_length(answer, &length) || length < sizeof(STATUS))
		return false;
	bytes.data = mr_buffer_room(&bytes, length);
	bytes.length = length;
	if (bytes.data == NULL ||
	    !mr_base64_read((unsigned char *)bytes.data, answer) ||
	    memcmp(bytes.data, STATUS, sizeof(STATUS) - 1) != 0)
		return false;
	parking_put_http(&bytes, http);
	return !http->failed;
}
