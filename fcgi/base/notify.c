/*
 * notify.c: libsystemd behind a door; no other file knows it.
 */
#include "fcgi/base/notify.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/log.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

static void
tell(const char *state)
{
	int told = sd_notify(0, state);

	if (told < 0)
		log_warning("Cannot notify the service manager. error=\"%s\"",
		            strerror(-told));
}

void
notify_ready(void)
{
	tell("READY=1");
}

/* Type=notify-reload takes no reload for begun without the time. */
void
notify_reloading(void)
{
	char state[64];

	snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%llu",
	         (unsigned long long)(clock_now() / 1000));
	tell(state);
}

void
notify_stopping(void)
{
	tell("STOPPING=1");
}

/* A second line would be an assignment of its own. */
void
notify_status(const char *text)
{
	char state[256];

	snprintf(state, sizeof(state), "STATUS=%.*s",
	         (int)strcspn(text, "\n"), text);
	tell(state);
}

uint64_t
notify_watchdog(void)
{
	uint64_t limit;

	if (sd_watchdog_enabled(0, &limit) <= 0)
		return 0;
	return limit < 2000 ? 1 : limit / 2000;
}

void
notify_alive(void)
{
	tell("WATCHDOG=1");
}

static int
find(const char *pool, char *const *names, int count)
{
	if (pool == NULL)
		return count == 1 ? SD_LISTEN_FDS_START : -1;
	for (int i = 0; i < count; i++)
		if (strcmp(names[i], pool) == 0)
			return SD_LISTEN_FDS_START + i;
	return -1;
}

/* A worker must not wait for a connection that another one took. */
static bool
adopt(int fd)
{
	int flags;

	if (sd_is_socket(fd, AF_UNSPEC, SOCK_STREAM, 1) <= 0) {
		log_error("What the service manager passed is not a listening "
		          "socket. fd=%d", fd);
		return false;
	}
	flags = fcntl(fd, F_GETFL);
	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

int
notify_listener(const char *pool)
{
	char **names = NULL;
	int count = sd_listen_fds_with_names(0, &names);
	int fd = find(pool, names, count);

	for (int i = 0; i < count; i++)
		free(names[i]);
	free(names);
	return fd >= 0 && adopt(fd) ? fd : -1;
}

bool
notify_passed(int fd)
{
	return fd >= SD_LISTEN_FDS_START &&
	       fd < SD_LISTEN_FDS_START + sd_listen_fds(0);
}

void
notify_forget(void)
{
	static const char *const names[] = {
		"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
		"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unsetenv(names[i]);
}
