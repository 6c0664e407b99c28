/*
 * client_watch.c: SIGIO of one connection at a time.
 */
#include "fcgi/worker/client_watch.h"

#include "fcgi/base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static struct {
	struct score *score;
	volatile sig_atomic_t fd; /* -1: none is watched */
	volatile sig_atomic_t left;
} watch = { .fd = -1 };

static bool
is_unix(int fd)
{
	int domain = AF_UNIX;
	socklen_t size = sizeof(domain);

	getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size);
	return domain == AF_UNIX;
}

static bool
is_closed(int fd)
{
	struct pollfd peer = { .fd = fd, .events = POLLRDHUP };

	if (poll(&peer, 1, 0) < 1)
		return false;
	return (peer.revents & (POLLHUP | POLLERR)) != 0 ||
	       ((peer.revents & POLLRDHUP) != 0 && !is_unix(fd));
}

static void
look(void)
{
	if (watch.fd < 0 || watch.left || !is_closed(watch.fd))
		return;
	watch.left = 1;
	atomic_store(&watch.score->left, clock_now());
}

static void
handle_io(int number)
{
	int error = errno;

	(void)number;
	look();
	errno = error;
}

static void
set_async(int fd, int on)
{
	ioctl(fd, FIOASYNC, &on);
}

void
client_watch_install(struct score *score)
{
	struct sigaction action = { .sa_handler = handle_io,
		                    .sa_flags = SA_ONSTACK | SA_RESTART };

	watch.score = score;
	watch.fd = -1;
	watch.left = 0;
	sigfillset(&action.sa_mask);
	sigaction(SIGIO, &action, NULL);
}

/* A client that left before the signal was asked for is found by a look. */
void
client_watch_begin(int fd)
{
	if (watch.fd >= 0)
		return;
	watch.fd = fd;
	fcntl(fd, F_SETOWN, getpid());
	set_async(fd, 1);
	look();
}

void
client_watch_end(void)
{
	int fd = watch.fd;

	if (fd < 0)
		return;
	watch.fd = -1;
	watch.left = 0;
	set_async(fd, 0);
}

bool
client_watch_left(void *context)
{
	(void)context;
	return watch.left;
}
