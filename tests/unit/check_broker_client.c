/*
 * check_broker_client.c: asking a double, which may end, be late, or say
 * nothing of use.
 */
#include "fcgi/wire/broker_client.h"

#include "broker_double.h"
#include "fcgi/base/clock.h"
#include "fcgi/base/listener.h"
#include "place.h"

#include <sys/eventfd.h>

#define SOCKET "s"
#define PATIENCE 20000 /* ms */
#define SHORT 50       /* ms */

static struct broker_client client;
static int listener;

static const struct message question = { .type = MESSAGE_FIND, .id = "one" };

/* The id comes back as the reply's detail. */
static struct mr_buffer
make_reply(const struct message *asked)
{
	struct mr_buffer reply = { .arena = arena };

	message_write(&(struct message){ .type = MESSAGE_REPLY,
	                                 .detail = asked->id },
	              &reply);
	return reply;
}

static void
answer(int fd, const struct message *asked)
{
	struct mr_buffer reply = make_reply(asked);

	send(fd, reply.data, reply.length, MSG_NOSIGNAL);
}

static void
answer_and_close(int fd, const struct message *asked)
{
	answer(fd, asked);
	shutdown(fd, SHUT_RDWR);
}

static void
answer_in_pieces(int fd, const struct message *asked)
{
	struct mr_buffer reply = make_reply(asked);

	for (size_t i = 0; i < reply.length; i++) {
		send(fd, reply.data + i, 1, MSG_NOSIGNAL);
		poll(NULL, 0, 1);
	}
}

/* As a broker that is killed with half an answer on its way. */
static void
break_off_once(int fd, const struct message *asked)
{
	static bool broken_off;
	struct mr_buffer reply = make_reply(asked);

	if (broken_off) {
		answer(fd, asked);
		return;
	}
	broken_off = true;
	send(fd, reply.data, reply.length / 2, MSG_NOSIGNAL);
	shutdown(fd, SHUT_RDWR);
}

static void
babble(int fd, const struct message *asked)
{
	(void)asked;
	send(fd, "HTTP/1.1 200 OK\r\nX: y\r\n\r\n", 25, MSG_NOSIGNAL);
	shutdown(fd, SHUT_RDWR);
}

static void
be_silent(int fd, const struct message *asked)
{
	(void)fd;
	(void)asked;
}

static void
begin(void)
{
	place_setup();
	listener = listener_open(SOCKET, "", 8);
	ck_assert_int_ge(listener, 0);
	broker_client_init(&client, SOCKET);
}

static void
end(void)
{
	broker_double_stop();
	broker_client_close(&client);
	place_teardown();
}

static enum mr_err
ask(int patience, struct message *reply)
{
	client.patience = patience;
	return broker_client_ask(&client, &question, arena, reply);
}

static void
expect_reply(void)
{
	struct message reply;

	ck_assert_int_eq(ask(PATIENCE, &reply), MR_OK);
	ck_assert_int_eq(reply.type, MESSAGE_REPLY);
	ck_assert_str_eq(reply.detail, "one");
}

static broker_double_act *const good[] = {
	answer, answer_and_close, answer_in_pieces, break_off_once,
};

START_TEST(test_questions_are_answered)
{
	broker_double_start(listener, good[_i]);
	for (int i = 0; i < 3; i++)
		expect_reply();
}
END_TEST

START_TEST(test_broker_that_was_replaced_is_found)
{
	broker_double_start(listener, answer);
	expect_reply();
	broker_double_stop();
	broker_double_start(listener, answer);
	expect_reply();
}
END_TEST

/* Not even its socket is there yet. */
START_TEST(test_broker_that_comes_late_is_found)
{
	pid_t child;

	listener_close(listener, SOCKET);
	child = fork();
	if (child == 0) {
		poll(NULL, 0, 100);
		listener = listener_open(SOCKET, "", 8);
		broker_double_start(listener, answer);
		poll(NULL, 0, PATIENCE);
		_exit(0);
	}
	broker_double_process = child;
	expect_reply();
}
END_TEST

static broker_double_act *const bad[] = { be_silent, babble };

START_TEST(test_patience_ends)
{
	uint64_t before = clock_now();
	struct message reply;

	broker_double_start(listener, bad[_i]);
	ck_assert_int_eq(ask(SHORT, &reply), MR_BUSY);
	ck_assert_int_eq(client.fd, -1);
	ck_assert_uint_ge(clock_now() - before, SHORT * CLOCK_NS_PER_MS);
}
END_TEST

START_TEST(test_without_a_broker_patience_ends)
{
	struct message reply;

	listener_close(listener, SOCKET);
	ck_assert_int_eq(ask(SHORT, &reply), MR_BUSY);
	ck_assert_int_eq(ask(0, &reply), MR_BUSY);
}
END_TEST

/* However long it would wait, and for whatever. */
START_TEST(test_quit_ends_waiting)
{
	const uint64_t one = 1;
	struct message reply;

	if (_i == 0)
		broker_double_start(listener, be_silent);
	else
		listener_close(listener, SOCKET);
	client.quit = eventfd(0, EFD_CLOEXEC);
	ck_assert_int_eq(write(client.quit, &one, sizeof(one)), sizeof(one));
	ck_assert_int_eq(ask(-1, &reply), MR_CANCELLED);
	ck_assert_int_eq(client.fd, -1);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_loop_test(tc, test_questions_are_answered, 0, N(good));
	tcase_add_test(tc, test_broker_that_was_replaced_is_found);
	tcase_add_test(tc, test_broker_that_comes_late_is_found);
	tcase_add_loop_test(tc, test_patience_ends, 0, N(bad));
	tcase_add_test(tc, test_without_a_broker_patience_ends);
	tcase_add_loop_test(tc, test_quit_ends_waiting, 0, 2);
}

UNIT_MAIN("broker_client", add_tests)
