/*
 * feed.h: a request from its connection: the head for libfcgi, the body for
 * the worker, straight to where it is to lie.
 *
 * libfcgi reads by a function of its own, OS_Read (fcgios.h), 8 KB at a time.
 * The program defines that function and lets it have the head only, which was
 * looked at and is in memory.
 */
#ifndef FCGI_FEED_H
#define FCGI_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * The bytes, a whole head at least, which gate_judge let through and which
 * stay until the request is over, are what is read next; what they lack of the
 * body follows on the connection.
 */
void feed_begin(const unsigned char *bytes, size_t length);

/* As read(2), but of the head. */
int OS_Read(int fd, char *to, size_t size);

/*
 * As read(2), but of the body, without the records around it; what follows it
 * on the connection stays there.  -1 and EPROTO for what is no body where one
 * should follow, ECONNRESET when it is cut short.
 */
ssize_t feed_body(int fd, char *to, size_t size);

/* The bytes of the body that came, length at most. */
size_t feed_up_to(int fd, char *to, size_t length);

/*
 * What the client sends beyond a body that is taken goes nowhere, `most` bytes
 * of it.  Whether that was all.
 */
bool feed_drain(int fd, size_t most);

#endif
