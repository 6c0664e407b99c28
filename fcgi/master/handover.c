/*
 * handover.c: lines of text in a memory file, whose descriptor an environment
 * variable names.
 */
#include "fcgi/master/handover.h"

#include "fcgi/base/listener.h"
#include "fcgi/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define VARIABLE "MILLRACE_HANDOVER" /* the descriptor */
#define BACK "MILLRACE_WENT_BACK"    /* set by who goes back */

/* An address may hold blanks, so it ends its line; likewise a directory. */
#define BOARD "board %d\n"
#define PROGRAM "program %d\n"
#define CONFIGURATION "configuration %d\n"
#define WORD "word "
#define LOCK "lock %d "
#define POOL "pool %d %d %d "
#define WORKER "worker %d %zu %d %d\n"

static const struct handover nothing = { .board = -1,
	                                 .program = -1,
	                                 .configuration = -1 };

/* Descriptors, which are close-on-exec but for the exec that hands over. */

static bool
keep(int fd, bool kept)
{
	return fd < 0 || fcntl(fd, F_SETFD, kept ? 0 : FD_CLOEXEC) == 0;
}

static bool
keep_all(const struct handover *handover, bool kept)
{
	bool done = keep(handover->board, kept) &&
	            keep(handover->program, kept) &&
	            keep(handover->configuration, kept);

	for (size_t i = 0; i < handover->lock_count; i++)
		done &= keep(handover->locks[i].fd, kept);
	for (size_t i = 0; i < handover->pool_count; i++)
		done &= keep(handover->pools[i].listener, kept) &&
		        keep(handover->pools[i].handoff[0], kept) &&
		        keep(handover->pools[i].handoff[1], kept);
	for (size_t i = 0; i < handover->worker_count; i++)
		done &= keep(handover->workers[i].output, kept);
	return done;
}

/* Reading. */

static void
take_end_of_line(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%.*s", (int)strcspn(from, "\n"), from);
}

static bool
take_pool(struct handover *handover, const char *line)
{
	struct handover_pool *pool = &handover->pools[handover->pool_count];
	int end = 0;

	if (handover->pool_count == HANDOVER_POOLS ||
	    sscanf(line, POOL "%n", &pool->listener, &pool->handoff[0],
	           &pool->handoff[1], &end) != 3)
		return false;
	take_end_of_line(pool->address, sizeof(pool->address), line + end);
	handover->pool_count++;
	return true;
}

static bool
take_lock(struct handover *handover, const char *line)
{
	struct handover_lock *lock = &handover->locks[handover->lock_count];
	int end = 0;

	if (handover->lock_count == HANDOVER_LOCKS ||
	    sscanf(line, LOCK "%n", &lock->fd, &end) != 1)
		return false;
	take_end_of_line(lock->directory, sizeof(lock->directory), line + end);
	handover->lock_count++;
	return true;
}

static bool
take_worker(struct handover *handover, const char *line)
{
	struct pool_heirloom worker, *workers;
	int drains;

	if (sscanf(line, WORKER, &worker.pid, &worker.slot, &worker.output,
	           &drains) != 4)
		return false;
	worker.drains = drains != 0;
	workers = reallocarray(handover->workers, handover->worker_count + 1,
	                       sizeof(*workers));
	if (workers == NULL)
		return false;
	handover->workers = workers;
	workers[handover->worker_count++] = worker;
	return true;
}

static bool
take_word(const char *line)
{
	char word[LOG_WORD];

	if (strncmp(line, WORD, sizeof(WORD) - 1) != 0)
		return false;
	take_end_of_line(word, sizeof(word), line + sizeof(WORD) - 1);
	log_keep_word(word);
	return true;
}

/* What a newer program may have added is passed over. */
static void
take_line(struct handover *handover, const char *line)
{
	if (take_worker(handover, line) || take_pool(handover, line) ||
	    take_lock(handover, line) || take_word(line) ||
	    sscanf(line, BOARD, &handover->board) == 1 ||
	    sscanf(line, PROGRAM, &handover->program) == 1)
		return;
	sscanf(line, CONFIGURATION, &handover->configuration);
}

void
handover_take(struct handover *handover)
{
	const char *number = getenv(VARIABLE);
	char line[CONFIG_TEXT + 64];
	FILE *file = NULL;

	*handover = nothing;
	if (number != NULL)
		file = fdopen(atoi(number), "r");
	handover->went_back = getenv(BACK) != NULL;
	unsetenv(VARIABLE);
	unsetenv(BACK);
	if (file == NULL)
		return;
	rewind(file);
	while (fgets(line, sizeof(line), file) != NULL)
		take_line(handover, line);
	fclose(file);
	handover->taken = true;
	keep_all(handover, false);
}

static void
close_open(int fd)
{
	if (fd >= 0)
		close(fd);
}

void
handover_free(struct handover *handover)
{
	close_open(handover->program);
	close_open(handover->configuration);
	for (size_t i = 0; i < handover->lock_count; i++)
		if (!handover->locks[i].claimed)
			close_open(handover->locks[i].fd);
	for (size_t i = 0; i < handover->pool_count; i++) {
		if (handover->pools[i].claimed)
			continue;
		listener_close(handover->pools[i].listener,
		               handover->pools[i].address);
		close_open(handover->pools[i].handoff[0]);
		close_open(handover->pools[i].handoff[1]);
	}
	free(handover->workers);
	*handover = nothing;
}

const struct handover_pool *
handover_claim_pool(struct handover *handover, const char *address)
{
	for (size_t i = 0; i < handover->pool_count; i++) {
		struct handover_pool *pool = &handover->pools[i];

		if (!pool->claimed && strcmp(pool->address, address) == 0) {
			pool->claimed = true;
			return pool;
		}
	}
	return NULL;
}

int
handover_claim_lock(struct handover *handover, const char *directory)
{
	for (size_t i = 0; i < handover->lock_count; i++) {
		struct handover_lock *lock = &handover->locks[i];

		if (!lock->claimed &&
		    strcmp(lock->directory, directory) == 0) {
			lock->claimed = true;
			return lock->fd;
		}
	}
	return -1;
}

/* Writing. */

static int
write_down(const struct handover *handover)
{
	int fd = memfd_create("millrace-handover", 0);
	int copy = fd < 0 ? -1 : dup(fd);
	FILE *file = copy < 0 ? NULL : fdopen(copy, "w");

	if (file == NULL) {
		close_open(copy);
		close_open(fd);
		return -1;
	}
	fprintf(file, BOARD PROGRAM CONFIGURATION, handover->board,
	        handover->program, handover->configuration);
	fprintf(file, WORD "%s\n", log_word());
	for (size_t i = 0; i < handover->lock_count; i++)
		fprintf(file, LOCK "%s\n", handover->locks[i].fd,
		        handover->locks[i].directory);
	for (size_t i = 0; i < handover->pool_count; i++) {
		const struct handover_pool *pool = &handover->pools[i];

		fprintf(file, POOL "%s\n", pool->listener, pool->handoff[0],
		        pool->handoff[1], pool->address);
	}
	for (size_t i = 0; i < handover->worker_count; i++) {
		const struct pool_heirloom *worker = &handover->workers[i];

		fprintf(file, WORKER, worker->pid, worker->slot,
		        worker->output, worker->drains);
	}
	if (fclose(file) == 0)
		return fd;
	close(fd);
	return -1;
}

void
handover_give(const struct handover *handover, const char *program,
              char *const *arguments)
{
	int fd = write_down(handover), error;
	char number[16];

	snprintf(number, sizeof(number), "%d", fd);
	if (fd >= 0 && setenv(VARIABLE, number, 1) == 0 &&
	    keep_all(handover, true))
		execv(program, arguments);
	error = errno;
	keep_all(handover, false);
	unsetenv(VARIABLE);
	close_open(fd);
	errno = error;
}

/* Whether we may try again, a little later; not when we are told to stop. */
static bool
may_try_again(void)
{
	const struct timespec rest = { .tv_nsec = 200000000 };
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGQUIT);
	return sigtimedwait(&stop, NULL, &rest) < 0;
}

void
handover_go_back(const struct handover *handover, char *const *arguments)
{
	char program[64];

	/* The one that went back has failed as well. */
	if (handover->went_back && !may_try_again())
		return;
	log_error("Going back to the program and the configuration before.");
	snprintf(program, sizeof(program), "/proc/self/fd/%d",
	         handover->program);
	if (setenv(BACK, "1", 1) == 0)
		handover_give(handover, program, arguments);
	unsetenv(BACK);
	log_error("Cannot go back. error=\"%s\"", strerror(errno));
}
