/*
 * start.c: directories, the lock, listening sockets.
 */
#include "fcgi/start.h"

#include "api/handle.h"
#include "fcgi/listener.h"
#include "fcgi/log.h"
#include "fcgi/master.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
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

/* The lock is held until the process ends; a child does not inherit it. */
static bool
lock_directory(const char *directory)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/lock", directory);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0) {
		log_error("Cannot open the lock. path=%s error=\"%s\"", path,
		          strerror(errno));
		return false;
	}
	if (lockf(fd, F_TLOCK, 0) == 0)
		return true;
	log_error("Another server uses the directory. path=%s", directory);
	return false;
}

static int
run(const struct program *program, const struct master_pool *pools,
    size_t count)
{
	const struct master_setup setup = {
		.config = &program->config,
		.registry = program->registry,
		.handle = mr_handle,
		.pools = pools,
		.pool_count = count,
	};

	return master_run(&setup);
}

static bool
open_pool(const struct config *config, const struct pool_config *pool,
          struct master_pool *opened)
{
	char path[CONFIG_SOCKET_PATH];

	config_socket(config, pool, path);
	opened->config = pool;
	opened->listener =
	    listener_open(path, config->socket_group, (int)pool->backlog);
	return opened->listener >= 0;
}

static void
close_pool(const struct config *config, const struct master_pool *pool)
{
	char path[CONFIG_SOCKET_PATH];

	config_socket(config, pool->config, path);
	close(pool->listener);
	unlink(path);
}

int
start_serve(const struct program *program)
{
	const struct config *config = &program->config;
	struct master_pool pools[CONFIG_POOLS];
	int status = EXIT_FAILURE;
	size_t opened = 0;

	if (!make_directory(config->state) ||
	    !make_directory(config->sockets) ||
	    !lock_directory(config->state) || !lock_directory(config->sockets))
		return EXIT_FAILURE;
	while (opened < config->pool_count &&
	       open_pool(config, &config->pools[opened], &pools[opened]))
		opened++;
	if (opened == config->pool_count)
		status = run(program, pools, opened);
	while (opened > 0)
		close_pool(config, &pools[--opened]);
	return status;
}

int
start_pool(const struct program *program, const char *name)
{
	struct master_pool pool = {
		.config = config_pool(&program->config, name),
		.listener = STDIN_FILENO,
	};
	int listening = 0;
	socklen_t size = sizeof(listening);

	if (pool.config == NULL) {
		log_error("There is no such pool. pool=%s", name);
		return EXIT_FAILURE;
	}
	if (getsockopt(STDIN_FILENO, SOL_SOCKET, SO_ACCEPTCONN, &listening,
	               &size) < 0 ||
	    !listening) {
		log_error("Descriptor 0 is not a listening socket: start this "
		          "with spawn-fcgi or by socket activation.");
		return EXIT_FAILURE;
	}
	/* A worker must not wait for a connection that another one took. */
	fcntl(STDIN_FILENO, F_SETFL,
	      fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);
	return run(program, &pool, 1);
}
