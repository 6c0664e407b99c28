/*
 * check_runner_words.c: the one message of a runner that ends, as the broker
 * reads it.
 */
#include "fcgi/runner/runner_words.h"

#include "fcgi/base/listener.h"
#include "place.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#define ID "01890a5d-ac96-774b-bcce-b302099a8057"
#define PATIENCE 20000 /* ms */

static struct broker_client client;
static struct backtrace trace = { .depth = 2 };
static int listener, ends[2];

static void
prepare(void)
{
	const struct mr_job job = { .id = ID, .attempt = 4 };

	trace.frames[0] = &client;
	trace.frames[1] = &trace;
	listener = listener_open("s", "", 10);
	ck_assert_int_ge(listener, 0);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	                            ends),
	                 0);
	broker_client_init(&client, "s");
	client.fd = ends[0];
	runner_words_begin(&client, &job, 9);
}

static void
clean_up(void)
{
	close(listener);
	close(ends[0]);
	close(ends[1]);
}

static void
expect_words(int fd, enum mr_job_cause cause, const char *detail)
{
	struct pollfd readable = { .fd = fd, .events = POLLIN };
	struct message message;
	char bytes[4096];
	ssize_t got;

	ck_assert_int_eq(poll(&readable, 1, PATIENCE), 1);
	got = recv(fd, bytes, sizeof(bytes), 0);
	ck_assert_int_gt(got, 0);
	ck_assert(message_read(bytes, (size_t)got, arena, &message));
	ck_assert_int_eq(message.type, MESSAGE_FAIL);
	ck_assert_str_eq(message.id, ID);
	ck_assert_int_eq(message.attempt, 4);
	ck_assert_uint_eq(message.age, 9);
	ck_assert_int_eq(message.cause, cause);
	ck_assert_int_eq(message.number, 11);
	ck_assert_pstr_eq(message.detail, detail);
	ck_assert_uint_eq(message.frames.length, 2 * sizeof(void *));
	ck_assert_mem_eq(message.frames.data, trace.frames,
	                 2 * sizeof(void *));
}

static void
tell(enum guard_exit status, const char *detail)
{
	runner_words_tell(&(struct guard_ending){ .status = status,
	                                          .signal = 11,
	                                          .before = "It was: ",
	                                          .detail = detail },
	                  &trace);
}

static const struct {
	enum guard_exit status;
	enum mr_job_cause cause;
} causes[] = {
	{ GUARD_EXIT_CRASH, MR_JOB_CAUSE_CRASH },
	{ GUARD_EXIT_CALLED, MR_JOB_CAUSE_CRASH },
	{ GUARD_EXIT_DEADLINE, MR_JOB_CAUSE_DEADLINE },
	{ GUARD_EXIT_MEMORY, MR_JOB_CAUSE_MEMORY },
	{ GUARD_EXIT_TERMINATED, MR_JOB_CAUSE_DRAINED },
	{ GUARD_EXIT_ABANDONED, MR_JOB_CAUSE_CANCELLED },
};

START_TEST(test_each_end_has_its_cause)
{
	tell(causes[_i].status, "x");
	expect_words(ends[1], causes[_i].cause,
	             causes[_i].status == GUARD_EXIT_ABANDONED ? NULL
	                                                       : "It was: x");
}
END_TEST

START_TEST(test_long_detail_is_cut)
{
	char detail[1000], wanted[256] = "It was: ";

	memset(detail, 'a', sizeof(detail) - 1);
	detail[sizeof(detail) - 1] = '\0';
	memset(wanted + 8, 'a', sizeof(wanted) - 9);
	wanted[sizeof(wanted) - 1] = '\0';
	tell(GUARD_EXIT_CRASH, detail);
	expect_words(ends[1], MR_JOB_CAUSE_CRASH, wanted);
}
END_TEST

/* A connection that is closed, missing, or holds half a question. */
START_TEST(test_another_connection_is_made_where_one_is_of_no_use)
{
	int peer;

	if (_i == 0)
		shutdown(ends[1], SHUT_RDWR);
	else if (_i == 1)
		client.fd = -1;
	else
		runner_words_asking(true);
	tell(GUARD_EXIT_CRASH, "x");
	peer = accept(listener, NULL, NULL);
	ck_assert_int_ge(peer, 0);
	expect_words(peer, MR_JOB_CAUSE_CRASH, "It was: x");
	close(peer);
}
END_TEST

/* It does not read what is said by the old connection. */
static void
fill(int fd)
{
	static const char bytes[4096];

	while (send(fd, bytes, sizeof(bytes), MSG_NOSIGNAL) > 0)
		continue;
}

/* It is tried for one while in all, whatever there is to be tried. */
START_TEST(test_broker_that_does_not_read_is_given_up)
{
	fill(client.fd);
	tell(GUARD_EXIT_CRASH, "x");
	ck_assert_int_lt(accept(listener, NULL, NULL), 0);
	ck_assert_int_eq(errno, EAGAIN);
}
END_TEST

/* The lowest descriptor that is free. */
static int
next_descriptor(void)
{
	int fd = dup(ends[0]);

	close(fd);
	return fd;
}

/* Without a broker it gives up, in the end. */
START_TEST(test_words_that_nobody_hears_are_lost)
{
	int next = next_descriptor();

	client.fd = -1;
	ck_assert_int_eq(unlink("s"), 0);
	tell(GUARD_EXIT_CRASH, "x");
	ck_assert_int_lt(recv(ends[1], &client, 1, MSG_DONTWAIT), 0);
	ck_assert_int_eq(next_descriptor(), next);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_checked_fixture(tc, prepare, clean_up);
	tcase_add_loop_test(tc, test_each_end_has_its_cause, 0, N(causes));
	tcase_add_test(tc, test_long_detail_is_cut);
	tcase_add_loop_test(
	    tc, test_another_connection_is_made_where_one_is_of_no_use, 0, 3);
	tcase_add_test(tc, test_broker_that_does_not_read_is_given_up);
	tcase_add_test(tc, test_words_that_nobody_hears_are_lost);
}

UNIT_MAIN("runner_words", add_tests)
