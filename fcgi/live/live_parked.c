/*
 * live_parked.c: a heap of what is due, and an epoll set of its connections.
 */
#include "fcgi/live/live_parked.h"

#include "fcgi/base/log.h"
#include "fcgi/worker/parking.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEARD 256     /* events taken in a row */
#define PATIENCE 1000 /* ms that the next live has for each that it inherits */

struct parked {
	struct live_timer timer; /* first: a timer is what it is for */
	int fd;
	unsigned length;
	unsigned char records[];
};

bool
live_parked_open(struct live_parked *parked)
{
	parked->epoll = epoll_create1(EPOLL_CLOEXEC);
	return parked->epoll >= 0;
}

/* The connection is watched as long as it is open, here and elsewhere. */
static void
forget(struct live_parked *parked, struct parked *one)
{
	live_timers_cancel(&parked->timers, &one->timer);
	epoll_ctl(parked->epoll, EPOLL_CTL_DEL, one->fd, NULL);
	close(one->fd);
	free(one);
}

static struct parked *
keep(struct live_parked *parked, const struct parking *parking, int fd)
{
	struct parked *one = calloc(1, sizeof(*one) + parking->length);

	if (one == NULL)
		return NULL;
	one->fd = fd;
	one->length = (unsigned)parking->length;
	memcpy(one->records, parking->records, parking->length);
	if (live_timers_set(&parked->timers, &one->timer, parking->due))
		return one;
	free(one);
	return NULL;
}

/* Where its connection is closed, nginx asks again if the endpoint is pure. */
bool
live_parked_take(struct live_parked *parked, int receiver)
{
	struct epoll_event event = { .events = EPOLLRDHUP | EPOLLONESHOT };
	struct parking parking;
	struct parked *one;
	int fd = parking_receive(&parking, receiver);

	if (fd < 0)
		return false;
	event.data.ptr = one = keep(parked, &parking, fd);
	if (one == NULL)
		close(fd);
	else if (epoll_ctl(parked->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		forget(parked, one);
	else
		return true;
	errno = ENOMEM;
	return false;
}

void
live_parked_hear(struct live_parked *parked)
{
	struct epoll_event heard[HEARD];
	int count = epoll_wait(parked->epoll, heard, HEARD, 0);

	for (int i = 0; i < count; i++)
		forget(parked, heard[i].data.ptr);
}

/* A connection has room for what is parked: nothing was sent on it before. */
int64_t
live_parked_tick(struct live_parked *parked, int64_t now)
{
	struct live_timer *timer;

	while ((timer = live_timers_next(&parked->timers)) != NULL &&
	       timer->due <= now) {
		struct parked *one = (struct parked *)timer;

		send(one->fd, one->records, one->length,
		     MSG_DONTWAIT | MSG_NOSIGNAL);
		forget(parked, one);
	}
	return live_timers_due(&parked->timers);
}

void
live_parked_bequeath(struct live_parked *parked, int sender)
{
	struct live_timer *timer;

	while ((timer = live_timers_next(&parked->timers)) != NULL) {
		struct parked *one = (struct parked *)timer;
		const struct parking parking = { timer->due, one->records,
			                         one->length };

		if (!parking_send(&parking, one->fd, sender, PATIENCE))
			log_error("Cannot hand an answer over. error=\"%s\"",
			          strerror(errno));
		forget(parked, one);
	}
}

void
live_parked_free(struct live_parked *parked)
{
	struct live_timer *timer;

	while ((timer = live_timers_next(&parked->timers)) != NULL)
		forget(parked, (struct parked *)timer);
	live_timers_free(&parked->timers);
	close(parked->epoll);
}
