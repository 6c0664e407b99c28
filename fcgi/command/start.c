/*
 * start.c: directories, locks, listening sockets, and what a reload takes over.
 */
#include "fcgi/command/start.h"

#include "api/handle.h"
#include "fcgi/base/clock.h"
#include "fcgi/base/listener.h"
#include "fcgi/base/log.h"
#include "fcgi/base/notify.h"
#include "fcgi/command/directories.h"
#include "fcgi/command/spares.h"
#include "fcgi/config/printout.h"
#include "fcgi/control/control.h"
#include "fcgi/control/jobs_http.h"
#include "fcgi/master/master.h"
#include "fcgi/master/role.h"
#include "fcgi/worker/handoff.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* In place of an address, of a socket that was open when we came. */
#define INHERITED "inherited"

struct start {
	struct program *program;
	struct control control;
	struct broker_client broker; /* of a worker of pool control */
	struct pools_entry pools[CONFIG_POOLS];
	size_t count;
	struct handover next; /* what the next master takes over from us */
	struct scoreboard *board;
	struct terms *terms;
};

/* Pools. */

static void
handle(const void *context, const struct mr_request *request,
       struct mr_reply *reply, struct mr_arena *arena)
{
	mr_handle(context, request, reply, arena);
}

static struct pools_entry *
add_pool(struct start *start, const struct pool_config *config)
{
	struct pools_entry *pool = &start->pools[start->count++];
	const struct role *role = role_of(config->name);

	*pool = (struct pools_entry){
		.config = config,
		.listener = -1,
		.handoff = { -1, -1 },
		.main = role->main,
		.handle = handle,
		.context = start->program->registry,
		.stage = role->stage,
		.longer = role->longer,
		.alone = role->alone,
	};
	if (strcmp(config->name, CONTROL_POOL) == 0) {
		pool->handle = control_handle;
		pool->context = &start->control;
	}
	return pool;
}

/* From an earlier master. */
static bool
claim(struct start *start, struct pools_entry *pool)
{
	const struct handover_pool *old = handover_claim_pool(
	    &start->program->handover, pool->address);

	if (old == NULL)
		return false;
	pool->listener = old->listener;
	memcpy(pool->handoff, old->handoff, sizeof(pool->handoff));
	listener_resize(pool->listener, pool->address,
	                (int)pool->config->backlog);
	return true;
}

static bool
open_handoff(struct pools_entry *pool)
{
	if (handoff_open(pool->handoff))
		return true;
	log_error("Cannot make a pair of sockets. pool=%s error=\"%s\"",
	          pool->config->name, strerror(errno));
	return false;
}

static bool
open_spares(struct start *start, struct pools_entry *pool)
{
	return spares_open(&start->program->config, pool->config,
	                   &start->program->handover, &pool->spares);
}

static bool
open_pool(struct start *start, const struct pool_config *config)
{
	const struct config *all = &start->program->config;
	struct pools_entry *pool = add_pool(start, config);

	if (role_of(config->name)->deaf)
		return true;
	if (*config->listen != '\0') {
		strcpy(pool->address, config->listen);
	} else if (!config_socket(all, config, pool->address)) {
		log_error("The path of a socket is too long. pool=%s "
		          "sockets=%s",
		          config->name, all->sockets);
		return false;
	}
	pool->listener = notify_listener(config->name);
	pool->inherited = pool->listener >= 0;
	if (claim(start, pool))
		return open_spares(start, pool);
	if (!pool->inherited)
		pool->listener = listener_open(pool->address,
		                               all->socket_group,
		                               (int)config->backlog);
	return pool->listener >= 0 && open_handoff(pool) &&
	       open_spares(start, pool);
}

static void
close_pool(const struct config *config, const struct pools_entry *pool)
{
	if (pool->listener >= 0 && !pool->inherited)
		listener_close(pool->listener, pool->address);
	spares_close(config, pool->config, &pool->spares);
}

/* What the next master will find. */

/* The configuration as it is now, whatever its file says by then. */
static int
keep_configuration(const struct program *program)
{
	struct mr_buffer text = { .arena = program->arena };
	int fd = memfd_create("millrace-configuration", MFD_CLOEXEC);

	printout_config(&program->config, &text);
	if (fd >= 0 && !text.failed &&
	    write(fd, text.data, text.length) == (ssize_t)text.length)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static struct handover_pool *
add_heirloom(struct start *start, const struct pools_entry *pool, int listener)
{
	struct handover_pool *next =
	    &start->next.pools[start->next.pool_count++];

	*next = (struct handover_pool){ .listener = listener,
		                        .handoff = { -1, -1 } };
	snprintf(next->address, sizeof(next->address), "%s", pool->address);
	return next;
}

static void
prepare_handover(struct start *start)
{
	struct handover_pool *next;

	start->next.program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	start->next.configuration = keep_configuration(start->program);
	for (size_t i = 0; i < start->count; i++) {
		const struct pools_entry *pool = &start->pools[i];

		if (pool->listener < 0)
			continue;
		next = add_heirloom(start, pool, pool->listener);
		memcpy(next->handoff, pool->handoff, sizeof(next->handoff));
		for (size_t j = 0; j < pool->spares.count; j++) {
			next = add_heirloom(start, pool, pool->spares.fds[j]);
			config_spare_socket(&start->program->config,
			                    pool->config, j + 2,
			                    next->address);
		}
	}
}

/* One of another layout cannot be read: what its workers do is not known. */
static void
leave_board(struct start *start)
{
	struct handover *from = &start->program->handover;

	log_notice("The new program counts otherwise: from 0.");
	for (size_t i = 0; i < from->worker_count; i++)
		from->workers[i].slot = SCOREBOARD_SLOTS;
}

static bool
open_board(struct start *start)
{
	int old = start->program->handover.board;

	start->board = old < 0 ? NULL : scoreboard_open(old);
	start->next.board = old;
	if (start->board == NULL && old >= 0)
		leave_board(start);
	if (start->board == NULL)
		start->board = scoreboard_new(&start->next.board);
	if (start->board == NULL)
		log_error("Cannot make a scoreboard. error=\"%s\"",
		          strerror(errno));
	return start->board != NULL;
}

/* Running. */

static void
sign_board(struct start *start)
{
	struct scoreboard *board = start->board;
	bool back = start->program->handover.went_back;

	scoreboard_name(board);
	if (atomic_load(&board->started) == 0)
		atomic_store(&board->started, clock_unix_ms());
	atomic_store(&board->master, getpid());
	snprintf(board->reload_error, sizeof(board->reload_error), "%s",
	         back ? "the new program could not start; the log says why"
	              : "");
	/* Who sees the new age is to see how it came about. */
	if (back)
		atomic_fetch_add(&board->reloads_failed, 1);
	atomic_fetch_add(&board->age, 1);
}

/* For whoever asks about the server by its state directory (client.c). */
static void
tell_where(const struct start *start)
{
	int lock = start->next.lock_count > 0 ? start->next.locks[0].fd : -1;

	if (lock < 0 || ftruncate(lock, 0) < 0)
		return;
	for (size_t i = 0; i < start->count; i++) {
		const struct pools_entry *pool = &start->pools[i];
		const char *name = pool->config->name;

		if (!pool->inherited && (strcmp(name, CONTROL_POOL) == 0 ||
		                         strcmp(name, BROKER_POOL) == 0))
			dprintf(lock, "%s %s\n", name, pool->address);
	}
}

static int
run(struct start *start)
{
	struct program *program = start->program;
	struct master_setup setup = {
		.config = &program->config,
		.registry = program->registry,
		.kept = &program->descriptors,
		.pools = start->pools,
		.pool_count = start->count,
		.from = &program->handover,
		.next = &start->next,
		.program = program->path,
		.arguments = program->arguments,
	};

	if (!open_board(start))
		return EXIT_FAILURE;
	setup.board = start->board;
	setup.terms = start->terms =
	    terms_new(&program->config, program->registry,
	              &start->board->ledger);
	if (start->terms == NULL)
		return EXIT_FAILURE;
	start->control = (struct control){ .config = &program->config,
		                           .registry = program->registry,
		                           .board = start->board,
		                           .version = MILLRACE_VERSION,
		                           .ask = broker_client_ask,
		                           .broker = &start->broker };
	/* Each worker of pool control connects by itself. */
	broker_client_find(&start->broker, &program->config);
	start->broker.patience = JOBS_HTTP_PATIENCE;
	sign_board(start);
	tell_where(start);
	prepare_handover(start);
	return master_run(&setup);
}

/* When there is a way back, it is not to find its sockets gone. */
static int
finish(struct start *start, int status)
{
	bool back = start->program->handover.taken;

	for (size_t i = 0; i < start->count && !back; i++)
		close_pool(&start->program->config, &start->pools[i]);
	free(start->terms);
	return status;
}

int
start_serve(struct program *program)
{
	struct config *config = &program->config;
	struct start start = { .program = program };
	int status = EXIT_FAILURE;
	bool opened;

	/*
	 * The log of a server that runs is not ours before the locks are.  Who
	 * goes back writes on where it wrote before, if it has to.
	 */
	opened = directories_take(config, &program->handover, &start.next) &&
	         (log_open(config->log) || program->handover.went_back);
	for (size_t i = 0; opened && i < config->pool_count; i++)
		opened = open_pool(&start, &config->pools[i]);
	if (opened)
		status = run(&start);
	return finish(&start, status);
}

static bool
is_listening(int fd)
{
	int listening = 0;
	socklen_t size = sizeof(listening);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) ==
	           0 &&
	       listening;
}

/* Of one pool only; the socket belongs to whoever started us. */
int
start_pool(struct program *program, const char *name)
{
	const struct pool_config *config = config_pool(&program->config, name);
	struct start start = { .program = program };
	struct pools_entry *pool;
	int status;

	if (config == NULL) {
		log_error("There is no such pool. pool=%s", name);
		return EXIT_FAILURE;
	}
	if (role_of(name)->main != worker_serve) {
		log_error("This pool works with the others of one server "
		          "only: start it by `millrace serve`. pool=%s",
		          name);
		return EXIT_FAILURE;
	}
	pool = add_pool(&start, config);
	strcpy(pool->address, INHERITED);
	pool->listener =
	    is_listening(STDIN_FILENO) ? STDIN_FILENO : notify_listener(NULL);
	if (pool->listener < 0) {
		log_error("Descriptor 0 is not a listening socket: start this "
		          "with spawn-fcgi or by socket activation.");
		return EXIT_FAILURE;
	}
	/* A worker must not wait for a connection that another one took. */
	fcntl(pool->listener, F_SETFL,
	      fcntl(pool->listener, F_GETFL) | O_NONBLOCK);
	if (!log_open(program->config.log) ||
	    (!claim(&start, pool) && !open_handoff(pool)))
		return EXIT_FAILURE;
	status = run(&start);
	free(start.terms);
	return status;
}
