/*
 * directories.c: made, called by their one name, locked.
 */
#include "fcgi/command/directories.h"

#include "fcgi/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
make_directory(const char *path)
{
	if (mkdir(path, 0755) == 0 || errno == EEXIST)
		return true;
	log_error("Cannot make a directory. path=%s error=\"%s\"", path,
	          strerror(errno));
	return false;
}

/*
 * Its one name: a reload that only spells it otherwise is to find the same
 * locks and sockets.
 */
static void
resolve_directory(char path[CONFIG_TEXT])
{
	char *resolved = realpath(path, NULL);

	if (resolved != NULL && strlen(resolved) < CONFIG_TEXT)
		strcpy(path, resolved);
	free(resolved);
}

static bool
settle(struct config *config)
{
	if (!make_directory(config->state) || !make_directory(config->sockets))
		return false;
	resolve_directory(config->state);
	resolve_directory(config->sockets);
	return true;
}

/* One that was handed over is locked, and stays so when it is locked again. */
static int
open_lock(struct handover *from, const char *directory)
{
	int fd = handover_claim_lock(from, directory);
	char path[PATH_MAX];

	if (fd >= 0)
		return fd;
	snprintf(path, sizeof(path), "%s/lock", directory);
	return open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

/*
 * The lock is held until the process ends, whatever program it is by then; a
 * child does not inherit it.
 */
static bool
lock_directory(const char *directory, struct handover *from,
               struct handover *next)
{
	struct handover_lock *lock = &next->locks[next->lock_count];

	for (size_t i = 0; i < next->lock_count; i++)
		if (strcmp(next->locks[i].directory, directory) == 0)
			return true;
	lock->fd = open_lock(from, directory);
	if (lock->fd < 0) {
		log_error("Cannot open the lock. path=%s/lock error=\"%s\"",
		          directory, strerror(errno));
		return false;
	}
	snprintf(lock->directory, sizeof(lock->directory), "%s", directory);
	next->lock_count++;
	if (lockf(lock->fd, F_TLOCK, 0) == 0)
		return true;
	log_error("Another server uses the directory. path=%s", directory);
	return false;
}

bool
directories_take(struct config *config, struct handover *from,
                 struct handover *next)
{
	return settle(config) && lock_directory(config->state, from, next) &&
	       lock_directory(config->sockets, from, next);
}
