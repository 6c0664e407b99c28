/*
 * notify.h: what the master and the service manager (systemd) tell each other.
 *
 * It all comes from the environment (NOTIFY_SOCKET, WATCHDOG_USEC, LISTEN_FDS,
 * ...) and does nothing where that is not set.  The environment stays as it
 * is, and so does our pid: after an exec, the next program of the master is
 * heard as the one before.  A worker calls notify_forget.
 */
#ifndef FCGI_NOTIFY_H
#define FCGI_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/* Every pool serves: after the start, and at the end of each reload. */
void notify_ready(void);

/* A reload begins; notify_ready ends it, whether it succeeds or not. */
void notify_reloading(void);

/* The stop begins. */
void notify_stopping(void);

/* One line for people, as `systemctl status` shows it. */
void notify_status(const char *text);

/* ms between two calls of notify_alive; 0: nobody waits for them. */
uint64_t notify_watchdog(void);

void notify_alive(void);

/*
 * The listening socket that the service manager opened for a pool, by its
 * FileDescriptorName; with NULL the only one that it passed, whatever its name.
 * Close-on-exec and non-blocking from here on; the caller's.  -1: there is none.
 */
int notify_listener(const char *pool);

/* Whether the service manager passed this descriptor: its path is not ours. */
bool notify_passed(int fd);

/* For a worker, which may start programs: nothing of this is its own. */
void notify_forget(void);

#endif
