/*
 * parking.h: answers that are held back, on their way from a worker to live.
 *
 * Each goes whole, with the connection that it is for, over the handoff of pool
 * live (handoff.h), which sends it when it is due.
 */
#ifndef FCGI_PARKING_H
#define FCGI_PARKING_H

#include "api/handle.h"
#include "fcgi/worker/record.h"

/* What is parked, beside its connection: FastCGI's records, as they leave. */
struct parking {
	int64_t due; /* ms of Unix time */
	const unsigned char *records;
	size_t length; /* bytes; 1 to RECORD_ROOM */
};

/*
 * When a reply that is parked is to leave: counted from the request's arrival,
 * which is as nginx writes it (arrival.h), likewise the age that the request had
 * by then, of a later try; without one it is counted from now.
 */
int64_t parking_due(const struct mr_reply *reply, const char *arrival,
                    const char *age, int64_t now);

/* As handoff_send. */
bool parking_send(const struct parking *parking, int fd, int sender,
                  int patience);

/*
 * The next connection that was sent; its records are good until the next call.
 * -1 with errno, as handoff_receive.
 */
int parking_receive(struct parking *parking, int receiver);

#endif
