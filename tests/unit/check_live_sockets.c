/*
 * check_live_sockets.c: connections that cannot be taken, or not be watched.
 * What is said over them needs a whole site: tests/integration/live.bats.
 */
#include "fcgi/live/live_sockets.h"

#include "fcgi/worker/waiting.h"
#include "unit.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <uv.h>

#define LIMIT 64 /* descriptors */

static uv_loop_t loop;
static struct live_crowd crowd;
static struct live_sockets sockets;
static bool full; /* the set has no room for another descriptor */

/* In the place of the C library's, for all of this program. */
int
epoll_ctl(int set, int operation, int fd, struct epoll_event *event)
{
	if (full && set == sockets.epoll && operation == EPOLL_CTL_ADD) {
		errno = ENOSPC;
		return -1;
	}
	return (int)syscall(SYS_epoll_ctl, set, operation, fd, event);
}

static void
limit_descriptors(rlim_t count)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = count;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void
set_up(void)
{
	limit_descriptors(LIMIT);
	ck_assert_int_eq(uv_loop_init(&loop), 0);
	live_crowd_init(&crowd, live_sockets_wake);
	sockets.crowd = &crowd;
	sockets.arena = mr_arena_new();
	sockets.epoll = epoll_create1(EPOLL_CLOEXEC);
	live_jobs_init(&crowd.jobs, "none.sock", NULL, sockets.arena);
	ck_assert(live_sockets_open(&sockets, &loop));
}

static void
tear_down(void)
{
	mr_arena_free(sockets.arena);
}

/* All that is sent on a connection, until it ends. */
static const char *
hear(int fd)
{
	static char text[4096];
	size_t length = 0;

	for (ssize_t got = -1; got != 0; poll(NULL, 0, 1)) {
		uv_run(&loop, UV_RUN_NOWAIT);
		live_crowd_tick(&crowd, INT64_MAX);
		got = recv(fd, text + length, sizeof(text) - 1 - length, 0);
		if (got > 0)
			length += (size_t)got;
	}
	text[length] = '\0';
	return text;
}

START_TEST(test_client_is_answered_even_if_it_cannot_be_watched)
{
	static const char request[] =
	    "GET " WAITING_PATH
	    "?job=01a1ff22-6d76-7c83-afce-183b7c699e3d&until=1000 HTTP/1.1\r\n"
	    "Host: millrace\r\nConnection: close\r\n\r\n";
	int ends[2];

	full = _i == 1;
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	                            ends),
	                 0);
	live_sockets_adopt(&sockets, ends[0]);
	ck_assert_uint_eq(sockets.count, 1);
	ck_assert_int_eq(send(ends[1], request, strlen(request), 0),
	                 strlen(request));
	ck_assert_has(hear(ends[1]), "does not answer"); /* there is no broker */
	ck_assert_uint_eq(sockets.count, 0);
	ck_assert_uint_eq(crowd.count, 0);
}
END_TEST

/* As when the limit is raised while it runs. */
START_TEST(test_connection_that_is_refused_does_not_count)
{
	int ends[2];

	limit_descriptors(2 * LIMIT);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	                            ends),
	                 0);
	ck_assert_int_eq(dup2(ends[0], LIMIT + 1), LIMIT + 1);
	close(ends[0]);
	live_sockets_adopt(&sockets, LIMIT + 1);
	ck_assert_str_eq(hear(ends[1]), "");
	ck_assert_uint_eq(sockets.count, 0);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(
	    tc, test_client_is_answered_even_if_it_cannot_be_watched, 0, 2);
	tcase_add_test(tc, test_connection_that_is_refused_does_not_count);
}

UNIT_MAIN("live_sockets", add_tests)
