/*
 * client_watch.h: whether the client of the running request is still there.
 *
 * The kernel is asked for a signal when the connection closes, so that a
 * function that computes learns of it without a system call of its own.  A web
 * server closes the whole connection; a peer that only ends its half of a unix
 * socket waits for the reply.  Over TCP the two look alike, and both are taken
 * for the end.
 */
#ifndef FCGI_CLIENT_WATCH_H
#define FCGI_CLIENT_WATCH_H

#include "fcgi/board/scoreboard.h"

/* Once in each process that serves; score->left is where an end is noted. */
void client_watch_install(struct score *score);

/* From here on, until client_watch_end.  Async-signal-safe. */
void client_watch_begin(int fd);

/* Costs nothing when nothing was begun. */
void client_watch_end(void);

/* Serves as mr_request.cancelled; the context is not looked at. */
bool client_watch_left(void *context);

#endif
