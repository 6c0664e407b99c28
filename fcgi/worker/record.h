/*
 * record.h: a whole FastCGI reply onto a connection.
 *
 * Async-signal-safe: the fault handler of a worker calls it.
 */
#ifndef FCGI_RECORD_H
#define FCGI_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

/*
 * Sends the parts, one behind the other, as the output of request id, then
 * the end of that output and of the request.  False, with errno, when the
 * peer is gone or does not read.
 */
bool record_send_reply(int fd, int id, const struct iovec *parts, size_t count);

/*
 * The same into memory, RECORD_ROOM of it, if there are RECORD_SMALL bytes at
 * most: how many it became; else 0.
 */
#define RECORD_SMALL ((size_t)4096)
#define RECORD_ROOM (RECORD_SMALL + 32)
size_t record_render(unsigned char *reply, int id, const struct iovec *parts,
                     size_t count);

/* Writes the parts as they are, and changes them.  False with errno. */
bool record_write(int fd, struct iovec *parts, size_t count);

#endif
