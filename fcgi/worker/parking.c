/*
 * parking.c: what a worker leaves to pool live, and how it gets there.
 */
#include "fcgi/worker/parking.h"

#include "fcgi/base/clock.h"
#include "fcgi/worker/arrival.h"
#include "fcgi/worker/gate.h"
#include "fcgi/worker/handoff.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define STATUS "Status: "

struct parking_facts
parking_facts_now(const char *request_id, const char *arrival, const char *age,
                  uint64_t longest)
{
	return (struct parking_facts){
		.request_id = request_id,
		.arrival = (int64_t)(arrival_time(arrival) - arrival_time(age)),
		.now = (int64_t)clock_unix_ms(),
		.longest = (int64_t)longest,
	};
}

bool
parking_waits(const struct mr_reply *reply)
{
	return reply->job != NULL && reply->wait > 0;
}

/* The id is for the access log and for live. */
void
parking_write_wait(const struct mr_reply *reply,
                   struct parking_facts facts, struct mr_buffer *head)
{
	double wanted = reply->wait * 1000;
	int64_t length = wanted < (double)facts.longest ? (int64_t)wanted
	                                                 : facts.longest;

	*head = (struct mr_buffer){ .arena = head->arena };
	mr_buffer_printf(head,
	                 STATUS "200 OK\r\nX-Request-Id: %s\r\n"
	                 "X-Accel-Redirect: " WAITING_PATH
	                 "?job=%s&until=%" PRId64 "\r\n\r\n",
	                 facts.request_id, reply->job, facts.now + length);
}

int64_t
parking_due(const struct mr_reply *reply, struct parking_facts facts)
{
	int64_t arrival = facts.arrival == 0 ? facts.now : facts.arrival;

	return arrival + (int64_t)(reply->park * 1000);
}

/* In a message the records come behind the time. */

bool
parking_send(const struct parking *parking, int fd, int sender)
{
	unsigned char message[sizeof(parking->due) + PARKING_MOST];

	if (parking->length == 0 || parking->length > PARKING_MOST) {
		errno = EMSGSIZE;
		return false;
	}
	memcpy(message, &parking->due, sizeof(parking->due));
	memcpy(message + sizeof(parking->due), parking->records,
	       parking->length);
	return handoff_send(sender, fd, message,
	                    sizeof(parking->due) + parking->length);
}

/* A descriptor for which there is no room would be lost, and its client too. */
static bool
has_room(int receiver)
{
	int fd = dup(receiver);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

int
parking_receive(struct parking *parking, int receiver)
{
	static unsigned char message[GATE_WINDOW];
	size_t length;
	int fd = has_room(receiver)
	             ? handoff_receive(receiver, message, &length)
	             : -1;

	if (fd < 0)
		return -1;
	if (length < sizeof(parking->due)) {
		close(fd);
		errno = EPROTO;
		return -1;
	}
	memcpy(&parking->due, message, sizeof(parking->due));
	parking->records = message + sizeof(parking->due);
	parking->length = length - sizeof(parking->due);
	return fd;
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
