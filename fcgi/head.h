/*
 * head.h: the header of a reply as CGI programs print it (RFC 3875,
 * section 6), with the Server-Timing of the call.
 */
#ifndef FCGI_HEAD_H
#define FCGI_HEAD_H

#include "api/handle.h"
#include "base/buffer.h"

/* queue: nanoseconds from arrival to the worker; id: X-Request-Id. */
void head_write(const struct mr_reply *reply, const char *id, uint64_t queue,
                struct mr_buffer *head);

#endif
