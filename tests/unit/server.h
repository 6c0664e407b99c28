/*
 * server.h: a handler that does what a request's path says, and processes
 * that serve with it.
 */
#ifndef MR_TESTS_SERVER_H
#define MR_TESTS_SERVER_H

#include "client.h"
#include "fcgi/base/listener.h"
#include "fcgi/worker/guard.h"
#include "fcgi/worker/serve.h"
#include "new_board.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>

/* "/hold" tells on the first that it runs, and ends with a byte of the other. */
static int held[2], release[2];

static inline void
server_pipes(void)
{
	ck_assert_int_eq(pipe2(held, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(release, O_CLOEXEC), 0);
}

static inline void
server_await_held(void)
{
	char byte;

	ck_assert_int_eq(read(held[0], &byte, 1), 1);
}

static inline void
server_release(void)
{
	ck_assert_int_eq(write(release[1], "", 1), 1);
}

static inline void
server_hold(void)
{
	char byte;

	if (write(held[1], "", 1) == 1)
		while (read(release[0], &byte, 1) < 0 && errno == EINTR)
			continue;
}

/*
 * The reply tells the request: "METHOD PATH QUERY LENGTH HAS_LENGTH SUM ID",
 * where SUM adds up the bytes of the body; on "/large", a body of that many
 * bytes as the query says; on "/pid" just the process.  "/park" is for 2 s later.
 */
static inline void
server_describe(const struct mr_request *request, struct mr_buffer *text)
{
	unsigned long sum = 0;

	for (size_t i = 0; i < request->body.length; i++)
		sum += (unsigned char)request->body.data[i];
	if (strcmp(request->path, "/pid") == 0)
		mr_buffer_printf(text, "%d", getpid());
	else if (strcmp(request->path, "/large") == 0)
		for (long i = atol(request->query.data); i > 0; i--)
			mr_buffer_putc(text, 'x');
	else
		mr_buffer_printf(text, "%s %s %s %zu %d %lu %s",
		                 request->method, request->path,
		                 request->query.data, request->body.length,
		                 request->has_length, sum,
		                 request->request_id);
}

static inline void
server_handle(const void *context, const struct mr_request *request,
              struct mr_reply *reply, struct mr_arena *pieces)
{
	struct mr_buffer text = { .arena = pieces };

	(void)context;
	*reply = (struct mr_reply){ .status = 200,
		                    .content_type = "text/plain" };
	reply->entered[MR_PHASE_DECODE] =
	    request->enter(request->context, MR_PHASE_DECODE);
	if (strcmp(request->path, "/hold") == 0)
		server_hold();
	if (strcmp(request->path, "/crash") == 0)
		raise(SIGSEGV);
	if (strcmp(request->path, "/exit") == 0)
		exit(EXIT_SUCCESS);
	if (strcmp(request->path, "/die") == 0)
		raise(SIGKILL);
	server_describe(request, &text);
	reply->entered[MR_PHASE_DONE] =
	    request->enter(request->context, MR_PHASE_DONE);
	reply->head = strcmp(request->method, "HEAD") == 0;
	reply->park = strcmp(request->path, "/park") == 0 ? 2 : 0;
	reply->body = wire_text(&text);
}

/* In the child of a fork: it does not outlive the test. */
static inline void
server_begin(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_FAILURE);
	signal(SIGPIPE, SIG_IGN);
}

static inline int
server_wait(pid_t child)
{
	int status;

	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return status;
}

#define ck_assert_exited(child, code)                                          \
	do {                                                                   \
		int status_ = server_wait(child);                              \
		ck_assert_msg(WIFEXITED(status_) &&                            \
		                  WEXITSTATUS(status_) == (code),              \
		              "wait status %#x", (unsigned)status_);           \
	} while (0)

#endif
