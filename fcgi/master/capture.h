/*
 * capture.h: what a worker writes to its standard output and error, line by
 * line in our log.
 */
#ifndef FCGI_CAPTURE_H
#define FCGI_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Bytes of a line; a longer one is logged in pieces of this length. */
#define CAPTURE_LINE ((size_t)1 << 20)

/* Bytes that one call reads, so that no worker keeps the master to itself. */
#define CAPTURE_BURST ((size_t)256 << 10)

struct capture {
	int fd;     /* to wait for; -1: closed */
	char *line; /* as far as it was written; NULL: none is begun */
	size_t length, room;
};

/*
 * A pipe.  The worker's end goes to writer and is the caller's; both are
 * close-on-exec, and ours does not block.  False with errno.
 */
bool capture_open(struct capture *capture, int *writer);

/*
 * Logs the whole lines of what is there.  False when no more can come, since
 * nobody has the other end any more: then the caller stops to wait for fd.
 */
bool capture_read(struct capture *capture, const char *worker, pid_t pid);

/* Logs the line that is begun, if one is, as unfinished. */
void capture_flush(struct capture *capture, const char *worker, pid_t pid);

/* Logs all that is there, the last line whole or not.  Accepts closed ones. */
void capture_close(struct capture *capture, const char *worker, pid_t pid);

#endif
