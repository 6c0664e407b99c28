/*
 * waiting.c: a reply that nginx does not pass on, but follows.
 */
#include "fcgi/worker/waiting.h"

#include <inttypes.h>

bool
waiting_is_wanted(const struct mr_reply *reply)
{
	return reply->job != NULL && reply->wait > 0;
}

int64_t
waiting_until(const struct mr_reply *reply, uint64_t longest, int64_t now)
{
	double wanted = reply->wait * 1000;

	return now + (wanted < (double)longest ? (int64_t)wanted
	                                       : (int64_t)longest);
}

/* The id is for the access log and for live. */
void
waiting_write(const struct mr_reply *reply, const char *request_id,
              int64_t until, struct mr_buffer *head)
{
	*head = (struct mr_buffer){ .arena = head->arena };
	mr_buffer_printf(head,
	                 "Status: 200 OK\r\nX-Request-Id: %s\r\n"
	                 "X-Accel-Redirect: " WAITING_PATH
	                 "?job=%s&until=%" PRId64 "\r\n\r\n",
	                 request_id, reply->job, until);
}
