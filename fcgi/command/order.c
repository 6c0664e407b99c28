/*
 * order.c: signals to the master, and what becomes of them.
 */
#include "fcgi/command/order.h"

#include "fcgi/base/clock.h"
#include "fcgi/command/client.h"
#include "fcgi/command/outcome.h"
#include "fcgi/master/reload.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* s for a reload: why a trial that hung was given up is to be told as well. */
#define PATIENCE (RELOAD_PATIENCE + 10)
#define INTERVAL 50 /* ms between two looks at /status */

/* The process that holds a lock on the open file; 0: nobody, -1: errno. */
static pid_t
holder_of(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_GETLK, &lock) < 0)
		return -1;
	if (lock.l_type == F_UNLCK)
		return 0;
	/* One of another pid namespace has no number here. */
	if (lock.l_pid <= 0) {
		errno = EXDEV;
		return -1;
	}
	return lock.l_pid;
}

pid_t
order_find_master(const struct config *config)
{
	char path[PATH_MAX];
	int fd, error;
	pid_t pid;

	snprintf(path, sizeof(path), "%s/lock", config->state);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	pid = fd < 0 ? -1 : holder_of(fd);
	error = errno;
	if (fd >= 0)
		close(fd);
	if (pid > 0)
		return pid;
	if (pid == 0 || error == ENOENT)
		outcome_fail("no server runs in %s; see --state and --config",
		         config->state);
	else if (error == EXDEV)
		outcome_fail("the server of %s runs in another container",
		         config->state);
	else
		outcome_fail("cannot look at %s: %s", path, strerror(error));
	return 0;
}

static bool
tell(pid_t pid, int signal)
{
	if (kill(pid, signal) == 0)
		return true;
	outcome_fail("cannot signal process %d: %s", (int)pid, strerror(errno));
	return false;
}

/* What /status says of reloads. */

struct state {
	double generation, failed;
	char loaded[40]; /* when a generation had begun to serve */
};

static bool
look(const struct program *program, struct state *state,
     struct mr_buffer *error)
{
	struct mr_document *document = client_status(&program->config, error);
	const struct mr_document *server =
	    mr_document_member(document, "millrace");

	if (document == NULL)
		return false;
	state->generation = mr_document_get_number(server, "generation", 0);
	state->failed = mr_document_get_number(server, "reloads_failed", 0);
	snprintf(state->loaded, sizeof(state->loaded), "%s",
	         mr_document_get_string(server, "loaded", ""));
	error->length = 0;
	mr_buffer_puts(error, mr_document_get_string(server, "reload_error",
	                                             "it does not say why"));
	mr_document_free(document);
	return true;
}

/* /status may miss an answer while its own workers are replaced. */
static int
await(const struct program *program, const struct state *before)
{
	uint64_t end = clock_now() + PATIENCE * CLOCK_NS_PER_S;
	struct mr_buffer error = { .arena = mr_arena_new() };
	struct state now;
	int status = -1;

	while (error.arena != NULL && status < 0 && clock_now() < end) {
		poll(NULL, 0, INTERVAL);
		mr_arena_reset(error.arena);
		error = (struct mr_buffer){ .arena = error.arena };
		if (!look(program, &now, &error))
			continue;
		/* Who goes back to what it was is a new generation as well. */
		if (now.failed > before->failed) {
			status = outcome_fail("the reload failed; what served goes "
			                  "on: %s",
			                  mr_buffer_text(&error));
		} else if (now.generation > before->generation &&
		           strcmp(now.loaded, before->loaded) != 0) {
			printf("generation %.0f serves\n", now.generation);
			status = EXIT_SUCCESS;
		}
	}
	mr_arena_free(error.arena);
	return status >= 0 ? status
	                   : outcome_fail("no reload within %d s; see the log",
	                              PATIENCE);
}

int
order_reload(const struct program *program)
{
	struct mr_buffer reason = { .arena = program->arena };
	pid_t master = order_find_master(&program->config);
	struct state before;
	bool known;

	if (master == 0)
		return EXIT_FAILURE;
	known = look(program, &before, &reason);
	if (!tell(master, SIGHUP))
		return EXIT_FAILURE;
	if (known)
		return await(program, &before);
	return outcome_fail("told process %d to reload, but cannot see whether it "
	                "does: %s",
	                (int)master, mr_buffer_text(&reason));
}

int
order_reopen(const struct program *program)
{
	pid_t master = order_find_master(&program->config);

	return master != 0 && tell(master, SIGUSR1) ? EXIT_SUCCESS
	                                            : EXIT_FAILURE;
}
