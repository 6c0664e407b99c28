/*
 * broker_double.h: a process that plays the broker, one connection after the other,
 * and what is said over a connection.
 */
#ifndef MR_TESTS_BROKER_DOUBLE_H
#define MR_TESTS_BROKER_DOUBLE_H

#include "fcgi/wire/message.h"
#include "unit.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

/* The next message; false: the connection has ended. */
static inline bool
broker_double_hear(int fd, struct message *message)
{
	char head[MESSAGE_HEAD], *bytes;
	ssize_t rest;

	if (recv(fd, head, sizeof(head), MSG_WAITALL) != (ssize_t)sizeof(head))
		return false;
	rest = (ssize_t)(message_length(head, sizeof(head)) - sizeof(head));
	bytes = mr_arena_alloc(arena, sizeof(head) + (size_t)rest);
	ck_assert_ptr_nonnull(bytes);
	memcpy(bytes, head, sizeof(head));
	if (recv(fd, bytes + sizeof(head), (size_t)rest, MSG_WAITALL) != rest)
		return false;
	ck_assert(message_read(bytes, sizeof(head) + (size_t)rest, arena,
	                       message));
	return true;
}

static inline void
broker_double_say(int fd, const struct message *message)
{
	struct mr_buffer bytes = { .arena = arena };

	message_write(message, &bytes);
	ck_assert_int_eq(send(fd, bytes.data, bytes.length, MSG_NOSIGNAL),
	                 (ssize_t)bytes.length);
}

/* What it does with each question; it hears no more once that shuts fd down. */
typedef void broker_double_act(int fd, const struct message *question);

static pid_t broker_double_process;

static inline void
broker_double_serve(int fd, broker_double_act *act)
{
	struct message question;

	while (broker_double_hear(fd, &question))
		act(fd, &question);
	close(fd);
}

static inline void
broker_double_start(int listener, broker_double_act *act)
{
	struct pollfd called = { .fd = listener, .events = POLLIN };

	fflush(NULL);
	broker_double_process = fork();
	ck_assert_int_ge(broker_double_process, 0);
	if (broker_double_process != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (poll(&called, 1, -1) == 1)
		broker_double_serve(accept(listener, NULL, NULL), act);
	_exit(EXIT_FAILURE);
}

static inline void
broker_double_stop(void)
{
	if (broker_double_process > 0) {
		kill(broker_double_process, SIGKILL);
		waitpid(broker_double_process, NULL, 0);
	}
	broker_double_process = 0;
}

#endif
