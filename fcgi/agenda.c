/*
 * agenda.c: a binary heap whose elements know their places.
 */
#include "fcgi/agenda.h"

#include <stdlib.h>

static void
put(struct agenda *agenda, size_t place, struct alarm *alarm)
{
	agenda->alarms[place - 1] = alarm;
	alarm->place = place;
}

static struct alarm *
at(const struct agenda *agenda, size_t place)
{
	return agenda->alarms[place - 1];
}

/* Moves a place up to where an alarm may stand, and puts it there. */
static void
rise(struct agenda *agenda, size_t place, struct alarm *alarm)
{
	while (place > 1 && at(agenda, place / 2)->due > alarm->due) {
		put(agenda, place, at(agenda, place / 2));
		place /= 2;
	}
	put(agenda, place, alarm);
}

static void
sink(struct agenda *agenda, size_t place, struct alarm *alarm)
{
	size_t child;

	while ((child = place * 2) <= agenda->count) {
		if (child < agenda->count &&
		    at(agenda, child + 1)->due < at(agenda, child)->due)
			child++;
		if (at(agenda, child)->due >= alarm->due)
			break;
		put(agenda, place, at(agenda, child));
		place = child;
	}
	put(agenda, place, alarm);
}

static bool
grow(struct agenda *agenda)
{
	size_t room = agenda->room == 0 ? 64 : agenda->room * 2;
	struct alarm **alarms =
	    reallocarray(agenda->alarms, room, sizeof(struct alarm *));

	if (alarms == NULL)
		return false;
	agenda->alarms = alarms;
	agenda->room = room;
	return true;
}

bool
agenda_set(struct agenda *agenda, struct alarm *alarm, int64_t due)
{
	agenda_cancel(agenda, alarm);
	if (agenda->count == agenda->room && !grow(agenda))
		return false;
	alarm->due = due;
	rise(agenda, ++agenda->count, alarm);
	return true;
}

void
agenda_cancel(struct agenda *agenda, struct alarm *alarm)
{
	size_t place = alarm->place;
	struct alarm *last;

	if (place == 0)
		return;
	alarm->place = 0;
	last = at(agenda, agenda->count--);
	if (last == alarm)
		return;
	sink(agenda, place, last);
	rise(agenda, last->place, last);
}

struct alarm *
agenda_next(const struct agenda *agenda)
{
	return agenda->count == 0 ? NULL : agenda->alarms[0];
}

void
agenda_free(struct agenda *agenda)
{
	free(agenda->alarms);
	*agenda = (struct agenda){ 0 };
}
