/*
 * listener.h: the listening socket of a pool.
 */
#ifndef FCGI_LISTENER_H
#define FCGI_LISTENER_H

#include <stddef.h>

/*
 * Sockets that a pool listens on beside its first one.  The system bounds how
 * many connections wait at one socket, and a crowd may be more.
 */
#define LISTENER_SPARES 3

struct listener_spares {
	int fds[LISTENER_SPARES]; /* as listener_open opens them */
	size_t count;
};

/*
 * On an address of TCP (address.h), or else a unix socket at that path, mode
 * 0660, in place of any that is there, for a group, which may be "".
 * Close-on-exec, non-blocking.  -1 after logging why not.
 */
int listener_open(const char *address, const char *group, int backlog);

/* One that listens already, with another backlog; logs when that fails. */
void listener_resize(int listener, const char *address, int backlog);

/* Closes it, and removes what a unix socket of ours leaves. */
void listener_close(int listener, const char *address);

#endif
