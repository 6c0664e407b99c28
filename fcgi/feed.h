/*
 * feed.h: what libfcgi reads: the bytes that were looked at, then those that
 * still come, none of which may be anything but the body of that request.
 *
 * libfcgi reads by a function of its own, OS_Read (fcgios.h).  The program
 * defines that function, so that no byte is read from a connection twice, and
 * none gets to libfcgi unseen.
 */
#ifndef FCGI_FEED_H
#define FCGI_FEED_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The bytes, which gate_judge let through and which stay until the request is
 * over, are what is read next.  more: the rest of a large body follows on the
 * connection.
 */
void feed_begin(const unsigned char *bytes, size_t length, bool more);

/* As read(2); -1 and EPROTO for what is no body where one should follow. */
int OS_Read(int fd, char *to, size_t size);

#endif
