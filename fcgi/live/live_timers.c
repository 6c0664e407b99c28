/*
 * live_timers.c: a binary heap whose elements know their places.
 */
#include "fcgi/live/live_timers.h"

#include <stdlib.h>

static void
put(struct live_timers *timers, size_t place, struct live_timer *timer)
{
	timers->heap[place - 1] = timer;
	timer->place = place;
}

static struct live_timer *
at(const struct live_timers *timers, size_t place)
{
	return timers->heap[place - 1];
}

/* Moves a place up to where a timer may stand, and puts it there. */
static void
rise(struct live_timers *timers, size_t place, struct live_timer *timer)
{
	while (place > 1 && at(timers, place / 2)->due > timer->due) {
		put(timers, place, at(timers, place / 2));
		place /= 2;
	}
	put(timers, place, timer);
}

static void
sink(struct live_timers *timers, size_t place, struct live_timer *timer)
{
	size_t child;

	while ((child = place * 2) <= timers->count) {
		if (child < timers->count &&
		    at(timers, child + 1)->due < at(timers, child)->due)
			child++;
		if (at(timers, child)->due >= timer->due)
			break;
		put(timers, place, at(timers, child));
		place = child;
	}
	put(timers, place, timer);
}

static bool
grow(struct live_timers *timers)
{
	size_t room = timers->room == 0 ? 64 : timers->room * 2;
	struct live_timer **heap =
	    reallocarray(timers->heap, room, sizeof(struct live_timer *));

	if (heap == NULL)
		return false;
	timers->heap = heap;
	timers->room = room;
	return true;
}

bool
live_timers_set(struct live_timers *timers, struct live_timer *timer,
                int64_t due)
{
	live_timers_cancel(timers, timer);
	if (timers->count == timers->room && !grow(timers))
		return false;
	timer->due = due;
	rise(timers, ++timers->count, timer);
	return true;
}

void
live_timers_cancel(struct live_timers *timers, struct live_timer *timer)
{
	size_t place = timer->place;
	struct live_timer *last;

	if (place == 0)
		return;
	timer->place = 0;
	last = at(timers, timers->count--);
	if (last == timer)
		return;
	sink(timers, place, last);
	rise(timers, last->place, last);
}

struct live_timer *
live_timers_next(const struct live_timers *timers)
{
	return timers->count == 0 ? NULL : timers->heap[0];
}

int64_t
live_timers_due(const struct live_timers *timers)
{
	const struct live_timer *next = live_timers_next(timers);

	return next == NULL ? 0 : next->due;
}

int64_t
live_timers_sooner(int64_t a, int64_t b)
{
	return b == 0 || (a != 0 && a < b) ? a : b;
}

void
live_timers_free(struct live_timers *timers)
{
	free(timers->heap);
	*timers = (struct live_timers){ 0 };
}
