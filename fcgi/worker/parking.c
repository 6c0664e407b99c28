/*
 * parking.c: when an answer is due, and how it gets to live.
 */
#include "fcgi/worker/parking.h"

#include "fcgi/worker/arrival.h"
#include "fcgi/worker/gate.h"
#include "fcgi/worker/handoff.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int64_t
parking_due(const struct mr_reply *reply, const char *arrival, const char *age,
            int64_t now)
{
	int64_t since = (int64_t)(arrival_time(arrival) - arrival_time(age));

	return (since == 0 ? now : since) + (int64_t)(reply->park * 1000);
}

/* In a message the records come behind the time. */
#define MESSAGE_MOST (sizeof(int64_t) + RECORD_ROOM)
_Static_assert(MESSAGE_MOST <= GATE_WINDOW, "longer than what is received");

bool
parking_send(const struct parking *parking, int fd, int sender, int patience)
{
	char message[MESSAGE_MOST];
	const struct mr_string bytes = {
		message, sizeof(parking->due) + parking->length
	};

	if (parking->length == 0 || parking->length > RECORD_ROOM) {
		errno = EMSGSIZE;
		return false;
	}
	memcpy(message, &parking->due, sizeof(parking->due));
	memcpy(message + sizeof(parking->due), parking->records,
	       parking->length);
	return handoff_send(sender, fd, bytes, patience);
}

int
parking_receive(struct parking *parking, int receiver)
{
	static unsigned char message[GATE_WINDOW];
	size_t length;
	int fd = handoff_receive(receiver, message, &length);

	if (fd < 0)
		return -1;
	if (length < sizeof(parking->due)) {
		close(fd);
		errno = EPROTO;
		return -1;
	}
	memcpy(&parking->due, message, sizeof(parking->due));
	parking->records = message + sizeof(parking->due);
	parking->length = length - sizeof(parking->due);
	return fd;
}
