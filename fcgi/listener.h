/*
 * listener.h: the listening socket of a pool.
 */
#ifndef FCGI_LISTENER_H
#define FCGI_LISTENER_H

/*
 * On an address of TCP (address.h), or else a unix socket at that path, mode
 * 0660, in place of any that is there, for a group, which may be "".
 * Close-on-exec, non-blocking.  -1 after logging why not.
 */
int listener_open(const char *address, const char *group, int backlog);

/* Closes it, and removes what a unix socket of ours leaves. */
void listener_close(int listener, const char *address);

#endif
