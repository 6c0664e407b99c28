/*
 * queue.h: connections that wait in the backlog of a listening socket.
 */
#ifndef FCGI_QUEUE_H
#define FCGI_QUEUE_H

/*
 * A netlink socket to ask the system by, close-on-exec; -1 with errno when that
 * is not allowed.  The caller closes it.
 */
int queue_open(void);

/*
 * How many wait to be accepted by listener, of unix or TCP; -1 when that cannot
 * be known.  Never blocks.  A diag of -1 knows TCP only.
 */
long queue_length(int diag, int listener);

#endif
