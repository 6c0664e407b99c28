/*
 * delivery.c: who gets a reply, and when.
 */
#include "fcgi/worker/delivery.h"

#include "fcgi/base/clock.h"
#include "fcgi/worker/head.h"
#include "fcgi/worker/parking.h"
#include "fcgi/worker/waiting.h"

bool
delivery_write_head(const struct delivery *delivery, struct mr_buffer *head)
{
	const struct service *service = delivery->service;
	const struct mr_reply *reply = delivery->reply;
	const struct head_facts facts = {
		.request_id = delivery->request_id,
		.worker = service->name,
		.queue = delivery->queue,
	};
	int64_t until;

	*head = (struct mr_buffer){ .arena = service->arena };
	if (waiting_is_wanted(reply)) {
		until = waiting_until(reply, service->job_wait,
		                      (int64_t)clock_unix_ms());
		waiting_write(reply, delivery->request_id, until, head);
	} else {
		head_write(reply, &facts, head);
	}
	return !head->failed;
}

#define PARTS 3

/* How many of the parts there are. */
static size_t
divide(const struct delivery *delivery, const struct mr_buffer *head,
       struct iovec parts[PARTS])
{
	const struct mr_reply *reply = delivery->reply;

	parts[0] = (struct iovec){ head->data, head->length };
	parts[1] = (struct iovec){ (void *)(uintptr_t)reply->preamble.data,
		                   reply->preamble.length };
	parts[2] = (struct iovec){ (void *)(uintptr_t)reply->body.data,
		                   reply->body.length };
	return reply->head || waiting_is_wanted(reply) ? 1 : PARTS;
}

bool
delivery_is_parked(const struct delivery *delivery)
{
	return delivery->reply->park > 0 && delivery->service->parking >= 0;
}

/*
 * A live that has died is back in less.  When that was not enough, nobody waits
 * for it for a while: it is not to hold those who have nothing to do with it.
 */
#define PATIENCE 100                   /* ms */
#define IMPATIENCE (1000 * CLOCK_NS_PER_MS)

static bool
leave_to_live(const struct delivery *delivery, const struct parking *parking)
{
	static uint64_t impatient; /* until then; clock_now */
	const int patience = clock_now() < impatient ? 0 : PATIENCE;
	const bool taken = parking_send(parking, delivery->fd,
	                                delivery->service->parking, patience);

	if (!taken && patience > 0)
		impatient = clock_now() + IMPATIENCE;
	return taken;
}

/* There is always room: a head is far below what MR_PARKED leaves of it. */
bool
delivery_park(const struct delivery *delivery, const struct mr_buffer *head)
{
	const struct environment *environment = delivery->environment;
	struct iovec parts[PARTS];
	size_t count = divide(delivery, head, parts);
	unsigned char records[RECORD_ROOM];
	const struct parking parking = {
		.due = parking_due(delivery->reply, environment->arrival,
		                   environment->age, (int64_t)clock_unix_ms()),
		.records = records,
		.length = record_render(records, delivery->id, parts, count),
	};

	return leave_to_live(delivery, &parking);
}

/* nginx goes on to live, and leaves the connection of who waits. */
bool
delivery_send(const struct delivery *delivery, const struct mr_buffer *head)
{
	struct iovec parts[PARTS];
	size_t count = divide(delivery, head, parts);

	return record_send_reply(delivery->fd, delivery->id, parts, count) &&
	       !waiting_is_wanted(delivery->reply);
}
