/*
 * waiting.h: what nginx is told of a client that waits for its job: to ask live
 * for it, which no client can.
 */
#ifndef FCGI_WAITING_H
#define FCGI_WAITING_H

#include "api/handle.h"
#include "base/buffer.h"

#define WAITING_PATH "/_millrace/wait"

/* Whether the client of a reply waits. */
bool waiting_is_wanted(const struct mr_reply *reply);

/* Until when it waits, from now on, and for longest at most: ms of Unix time. */
int64_t waiting_until(const struct mr_reply *reply, uint64_t longest,
                      int64_t now);

/* The header of such a reply, in the place of what is in head. */
void waiting_write(const struct mr_reply *reply, const char *request_id,
                   int64_t until, struct mr_buffer *head);

#endif
