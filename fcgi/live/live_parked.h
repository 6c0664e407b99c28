/*
 * live_parked.h: answers that wait for their time, each with the connection on
 * which nginx waits for it.
 *
 * There is nothing to do for one but to write it and to close: a few hundred
 * bytes each, and no other server in between.
 */
#ifndef FCGI_LIVE_PARKED_H
#define FCGI_LIVE_PARKED_H

#include "fcgi/live/live_timers.h"

struct live_parked {
	int epoll; /* tells that somebody has left: live_parked_hear */
	struct live_timers timers; /* of all of them */
};

/* All else is zero.  False with errno. */
bool live_parked_open(struct live_parked *parked);

/*
 * Takes the next one of those that were sent to the receiver.  False with errno:
 * as parking_receive, where nothing is lost; ENOMEM, when its connection was
 * closed.
 */
bool live_parked_take(struct live_parked *parked, int receiver);

/* Lets those go that nginx does not wait for any more. */
void live_parked_hear(struct live_parked *parked);

/* Sends what is due by now, ms of Unix time; when the next one is, 0: never. */
int64_t live_parked_tick(struct live_parked *parked, int64_t now);

/* All go to whoever receives what is sent there. */
void live_parked_bequeath(struct live_parked *parked, int sender);

/* With all that are left. */
void live_parked_free(struct live_parked *parked);

#endif
