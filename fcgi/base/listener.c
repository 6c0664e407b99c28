/*
 * listener.c: bind, permissions, listen.
 */
#include "fcgi/base/listener.h"

#include "fcgi/base/address.h"
#include "fcgi/base/log.h"
#include "fcgi/base/notify.h"

#include <errno.h>
#include <grp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static bool
hand_to_group(const char *path, const char *name)
{
	struct group *group;

	if (*name == '\0')
		return true;
	group = getgrnam(name);
	if (group == NULL) {
		log_error("There is no such group. socket_group=%s", name);
		return false;
	}
	if (chown(path, (uid_t)-1, group->gr_gid) == 0)
		return true;
	log_error("Cannot give the socket to the group. path=%s group=%s "
	          "error=\"%s\"",
	          path, name, strerror(errno));
	return false;
}

/* What is left of an earlier server; anything else that is there stays. */
static bool
remove_socket(const char *path)
{
	struct stat status;

	if (lstat(path, &status) < 0)
		return errno == ENOENT;
	if (!S_ISSOCK(status.st_mode)) {
		errno = EEXIST;
		return false;
	}
	return unlink(path) == 0;
}

static bool
bind_path(int fd, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t mask;
	int bound;

	strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
	if (!remove_socket(path))
		return false;
	mask = umask(0117); /* mode 0660 from the first moment on */
	bound = bind(fd, (struct sockaddr *)&address, sizeof(address));
	umask(mask);
	return bound == 0;
}

static int
log_failure(int fd, const char *address)
{
	log_error("Cannot listen. address=%s error=\"%s\"", address,
	          strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

static int
open_path(const char *path, const char *group, int backlog)
{
	int fd = socket(AF_UNIX,
	                SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || !bind_path(fd, path) || listen(fd, backlog) < 0)
		return log_failure(fd, path);
	if (hand_to_group(path, group))
		return fd;
	listener_close(fd, path);
	return -1;
}

/* The next master may listen while connections of the last one linger. */
static int
open_tcp(const char *text, const struct sockaddr_storage *address,
         socklen_t size, int backlog)
{
	const int yes = 1;
	int fd = socket(address->ss_family,
	                SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) < 0 ||
	    bind(fd, (const struct sockaddr *)address, size) < 0 ||
	    listen(fd, backlog) < 0)
		return log_failure(fd, text);
	return fd;
}

int
listener_open(const char *address, const char *group, int backlog)
{
	struct sockaddr_storage parsed;
	socklen_t size;

	return address_parse(address, &parsed, &size)
	           ? open_tcp(address, &parsed, size, backlog)
	           : open_path(address, group, backlog);
}

void
listener_resize(int listener, const char *address, int backlog)
{
	if (listen(listener, backlog) < 0)
		log_warning("Cannot change a backlog. address=%s error=\"%s\"",
		            address, strerror(errno));
}

void
listener_close(int listener, const char *address)
{
	struct sockaddr_storage parsed;
	bool is_passed = notify_passed(listener);
	socklen_t size;

	close(listener);
	if (!is_passed && !address_parse(address, &parsed, &size))
		unlink(address);
}
