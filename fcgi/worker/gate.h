/*
 * gate.h: whether the bytes that wait on a connection may go to libfcgi.
 *
 * libfcgi reads until it has a request, however long that takes, and trusts
 * lengths that it should not.  So the worker looks at the bytes first: only a
 * request that is whole and well-formed, or whose head is and whose body fills
 * the window, is let through.
 */
#ifndef FCGI_GATE_H
#define FCGI_GATE_H

#include <stdbool.h>
#include <stddef.h>

/* How much of a request is looked at; a longer head is refused. */
#define GATE_WINDOW ((size_t)64 << 10)

enum gate {
	GATE_PARTIAL, /* more bytes are needed to tell */
	GATE_WHOLE,   /* one request, to its last byte */
	GATE_LARGE,   /* a whole head, and a body beyond the window */
	GATE_REFUSED  /* not a request for a responder, or ill-formed */
};

/* Judges the first length bytes of a connection, GATE_WINDOW at most. */
enum gate gate_judge(const unsigned char *bytes, size_t length);

/*
 * How many of these bytes, which were let through, are the head: they end
 * where the body begins.
 */
size_t gate_head(const unsigned char *bytes, size_t length);

#define GATE_HEADER 8 /* bytes in front of each record */

/* Where a request that comes in pieces stands; zeroed to begin with. */
struct gate_frame {
	unsigned type, id;       /* of the record at hand */
	size_t left;             /* bytes of it still to come */
	size_t padding;          /* those of them that are no content */
	unsigned have;           /* bytes of the next header */
	unsigned char header[GATE_HEADER];
	bool over;               /* its last record was there */
};

/*
 * Follows the records of a request from its first byte on.  False as soon as
 * a record does not belong to it, or anything comes behind its last one.
 */
bool gate_follow(struct gate_frame *frame, const void *bytes, size_t length);

#endif
