/*
 * check_client_watch.c: who is found to have left, over what, and when.
 */
#include "fcgi/worker/client_watch.h"

#include "unit.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static struct score score;
static int ends[2];

static void
begin(void)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	client_watch_install(&score);
}

static bool
is_found(void)
{
	for (int i = 0; i < 5000 && !client_watch_left(NULL); i++)
		poll(NULL, 0, 1);
	return client_watch_left(NULL);
}

/* 0: before it is watched; 1: after that. */
START_TEST(test_client_that_leaves_is_found)
{
	if (_i == 0)
		close(ends[1]);
	client_watch_begin(ends[0]);
	if (_i == 1) {
		ck_assert(!client_watch_left(NULL));
		close(ends[1]);
	}
	ck_assert(is_found());
	ck_assert_uint_gt(atomic_load(&score.left), 0);
	client_watch_end();
	ck_assert(!client_watch_left(NULL));
}
END_TEST

/* What it sends, and that it will send no more, is not its end. */
START_TEST(test_client_that_waits_has_not_left)
{
	client_watch_begin(ends[0]);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	ck_assert(!client_watch_left(NULL));
	shutdown(ends[1], SHUT_WR);
	poll(NULL, 0, 20);
	ck_assert(!client_watch_left(NULL));
	ck_assert_uint_eq(atomic_load(&score.left), 0);
	close(ends[1]);
	ck_assert(is_found());
}
END_TEST

START_TEST(test_after_the_end_no_signal_comes)
{
	client_watch_begin(ends[0]);
	client_watch_begin(ends[0]);
	ck_assert((fcntl(ends[0], F_GETFL) & O_ASYNC) != 0);
	client_watch_end();
	client_watch_end();
	ck_assert_int_eq(fcntl(ends[0], F_GETFL) & O_ASYNC, 0);
	close(ends[1]);
	poll(NULL, 0, 20);
	ck_assert(!client_watch_left(NULL));
	ck_assert_uint_eq(atomic_load(&score.left), 0);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, NULL);
	tcase_add_loop_test(tc, test_client_that_leaves_is_found, 0, 2);
	tcase_add_test(tc, test_client_that_waits_has_not_left);
	tcase_add_test(tc, test_after_the_end_no_signal_comes);
}

UNIT_MAIN("client_watch", add_tests)
