/*
 * delivery.c: who gets a reply, and when.
 */
#include "fcgi/worker/delivery.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/log.h"
#include "fcgi/worker/head.h"
#include "fcgi/worker/parking.h"
#include "fcgi/worker/waiting.h"

#include <errno.h>
#include <string.h>

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
	int64_t now = (int64_t)clock_unix_ms();

	*head = (struct mr_buffer){ .arena = service->arena };
	if (waiting_is_wanted(reply))
		waiting_write(reply, delivery->request_id,
		              waiting_until(reply, service->job_wait, now),
		              head);
	else
		head_write(reply, &facts, head);
	return !head->failed;
}

/*
 * There is always room: a head is far below what MR_PARKED leaves of it.  If
 * live does not take it, nginx finds the connection closed.
 */
static bool
park(const struct delivery *delivery, const struct iovec *parts, size_t count)
{
	const struct environment *environment = delivery->environment;
	unsigned char records[RECORD_ROOM];
	const struct parking parking = {
		.due = parking_due(delivery->reply, environment->arrival,
		                   environment->age, (int64_t)clock_unix_ms()),
		.records = records,
		.length = record_render(records, delivery->id, parts, count),
	};

	if (!parking_send(&parking, delivery->fd, delivery->service->parking))
		log_error("Cannot park an answer. error=\"%s\"",
		          strerror(errno));
	return false;
}

/* Without a pool live, what is parked leaves at once. */
bool
delivery_send(const struct delivery *delivery, const struct mr_buffer *head)
{
	const struct mr_reply *reply = delivery->reply;
	const bool waits = waiting_is_wanted(reply);
	const struct iovec parts[] = {
		{ head->data, head->length },
		{ (void *)(uintptr_t)reply->preamble.data,
		  reply->preamble.length },
		{ (void *)(uintptr_t)reply->body.data, reply->body.length },
	};
	const size_t count = waits || reply->head ? 1 : 3;

	if (reply->park > 0 && delivery->service->parking >= 0)
		return park(delivery, parts, count);
	/* nginx goes on to live, and leaves the connection of who waits. */
	return record_send_reply(delivery->fd, delivery->id, parts, count) &&
	       !waits;
}
