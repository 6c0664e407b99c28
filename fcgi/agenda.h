/*
 * agenda.h: what is due when: thousands of alarms, the next one at hand.
 */
#ifndef FCGI_AGENDA_H
#define FCGI_AGENDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Part of whatever is due; all zero: not set. */
struct alarm {
	int64_t due;
	size_t place; /* in the agenda, from 1; 0: not set */
};

/* All zero: empty. */
struct agenda {
	struct alarm **alarms; /* a heap: none is due before its parent */
	size_t count, room;
};

/* Sets it, or sets it anew.  False when there is no memory. */
bool agenda_set(struct agenda *agenda, struct alarm *alarm, int64_t due);

/* One that is not set stays so. */
void agenda_cancel(struct agenda *agenda, struct alarm *alarm);

/* The next one; NULL: none is set. */
struct alarm *agenda_next(const struct agenda *agenda);

/* The alarms themselves are others'. */
void agenda_free(struct agenda *agenda);

#endif
