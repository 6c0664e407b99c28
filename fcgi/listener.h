/*
 * listener.h: the listening socket of a pool.
 */
#ifndef FCGI_LISTENER_H
#define FCGI_LISTENER_H

/*
 * A unix socket at path, mode 0660, in place of any that is there; group may
 * be "".  Close-on-exec, non-blocking.  -1 after logging why not.
 */
int listener_open(const char *path, const char *group, int backlog);

#endif
