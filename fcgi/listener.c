/*
 * listener.c: bind, permissions, listen.
 */
#include "fcgi/listener.h"

#include "fcgi/log.h"

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
start(int fd, const char *path, const char *group, int backlog)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t mask;
	int bound;

	strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
	if (!remove_socket(path))
		goto failed;
	mask = umask(0117); /* mode 0660 from the first moment on */
	bound = bind(fd, (struct sockaddr *)&address, sizeof(address));
	umask(mask);
	if (bound < 0 || listen(fd, backlog) < 0)
		goto failed;
	if (hand_to_group(path, group))
		return true;
	unlink(path);
	return false;
failed:
	log_error("Cannot listen. path=%s error=\"%s\"", path,
	          strerror(errno));
	return false;
}

int
listener_open(const char *path, const char *group, int backlog)
{
	int fd = socket(AF_UNIX,
	                SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0) {
		log_error("Cannot make a socket. error=\"%s\"",
		          strerror(errno));
		return -1;
	}
	if (!start(fd, path, group, backlog)) {
		close(fd);
		return -1;
	}
	return fd;
}
