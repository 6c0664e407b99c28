/*
 * handoff.h: connections from a worker that ends to those that stay.
 *
 * Workers of a pool share a pair of sockets.  Whoever ends sends its kept and
 * its half-read connections there, and an idle worker takes them up, so that
 * no peer sees a connection close that it is about to use.
 */
#ifndef FCGI_HANDOFF_H
#define FCGI_HANDOFF_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* pair[0] is received from (non-blocking), pair[1] sent to; close-on-exec. */
bool handoff_open(int pair[2]);

/*
 * Sends a connection and the bytes of a request that were read from it, at
 * most GATE_WINDOW.  False when that cannot be done within a second; fd is the
 * caller's to close either way.
 */
bool handoff_send(int sender, int fd, const void *bytes, size_t length);

/*
 * A connection, close-on-exec, and its bytes: *length of them, GATE_WINDOW at
 * most, in `bytes`.  -1 when there is none (EAGAIN), or with another errno.
 */
int handoff_receive(int receiver, void *bytes, size_t *length);

#endif
