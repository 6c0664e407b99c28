/*
 * handoff.h: connections from one worker to another, with bytes that belong to
 * them.
 *
 * Workers of a pool share a pair of sockets.  Whoever ends sends its kept and
 * its half-read connections there, and an idle worker takes them up, so that
 * no peer sees a connection close that it is about to use.  To the pair of pool
 * live any worker sends the connections of answers that are held back
 * (parking.h).
 */
#ifndef FCGI_HANDOFF_H
#define FCGI_HANDOFF_H

#include "millrace.h"

#include <stdbool.h>
#include <stddef.h>

/* pair[0] is received from (non-blocking), pair[1] sent to; close-on-exec. */
bool handoff_open(int pair[2]);

/*
 * Sends a connection and its bytes, at most GATE_WINDOW.  What nobody takes yet
 * waits in between; for room there, patience ms.  False with errno, EAGAIN when
 * there was none; fd is the caller's to close either way.
 */
bool handoff_send(int sender, int fd, struct mr_string bytes, int patience);

/*
 * A connection, close-on-exec, and its bytes: *length of them, GATE_WINDOW at
 * most, in `bytes`.  -1 when there is none (EAGAIN), or with another errno: EMFILE
 * and ENFILE, there is no room for one, and it waits.
 */
int handoff_receive(int receiver, void *bytes, size_t *length);

#endif
