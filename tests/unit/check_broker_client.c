/*
 * check_broker_client.c: asking a double, which may end, be late, or say
 * nothing of use.
 */
#include "fcgi/broker_client.h"

#include "fcgi/clock.h"
#include "fcgi/listener.h"
#include "place.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#define SOCKET "s"
#define PATIENCE 20000 /* ms */
#define SHORT 50       /* ms */

static struct broker_client client;
static int listener;
static pid_t double_;

static const struct message question = { .type = MESSAGE_FIND, .id = "one" };

/* What the double does with a connection, until that returns. */
typedef void behaviour(int fd);

static bool
hear(int fd, char *bytes, size_t room)
{
	ssize_t got = recv(fd, bytes, MESSAGE_HEAD, MSG_WAITALL);
	size_t length;

	if (got != MESSAGE_HEAD)
		return false;
	length = message_length(bytes, MESSAGE_HEAD);
	ck_assert_uint_le(length, room);
	return recv(fd, bytes + MESSAGE_HEAD, length - MESSAGE_HEAD,
	            MSG_WAITALL) == (ssize_t)(length - MESSAGE_HEAD);
}

/* The id comes back as the reply's detail. */
static struct mr_buffer
make_reply(const char *bytes)
{
	struct mr_buffer reply = { .arena = arena };
	struct message message;

	ck_assert(message_read(bytes, message_length(bytes, MESSAGE_HEAD),
	                       arena, &message));
	message_write(&(struct message){ .type = MESSAGE_REPLY,
	                                 .detail = message.id },
	              &reply);
	return reply;
}

static void
answer_all(int fd)
{
	char bytes[4096];

	while (hear(fd, bytes, sizeof(bytes))) {
		struct mr_buffer reply = make_reply(bytes);

		send(fd, reply.data, reply.length, MSG_NOSIGNAL);
	}
}

static void
answer_one(int fd)
{
	char bytes[4096];
	struct mr_buffer reply;

	if (!hear(fd, bytes, sizeof(bytes)))
		return;
	reply = make_reply(bytes);
	send(fd, reply.data, reply.length, MSG_NOSIGNAL);
}

static void
answer_in_pieces(int fd)
{
	char bytes[4096];

	while (hear(fd, bytes, sizeof(bytes))) {
		struct mr_buffer reply = make_reply(bytes);

		for (size_t i = 0; i < reply.length; i++) {
			send(fd, reply.data + i, 1, MSG_NOSIGNAL);
			poll(NULL, 0, 1);
		}
	}
}

static int connections;

/* As a broker that is killed with half an answer on its way. */
static void
break_off_once(int fd)
{
	char bytes[4096];
	struct mr_buffer reply;

	if (connections > 0) {
		answer_all(fd);
		return;
	}
	hear(fd, bytes, sizeof(bytes));
	reply = make_reply(bytes);
	send(fd, reply.data, reply.length / 2, MSG_NOSIGNAL);
}

static void
babble(int fd)
{
	char bytes[4096];

	hear(fd, bytes, sizeof(bytes));
	send(fd, "HTTP/1.1 200 OK\r\nX: y\r\n\r\n", 25, MSG_NOSIGNAL);
}

static void
be_silent(int fd)
{
	char bytes[4096];

	while (hear(fd, bytes, sizeof(bytes)))
		continue;
}

static void
start(behaviour *act)
{
	fflush(NULL);
	double_ = fork();
	ck_assert_int_ge(double_, 0);
	if (double_ != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;; connections++) {
		int fd;

		poll(&(struct pollfd){ .fd = listener, .events = POLLIN }, 1,
		     -1);
		fd = accept(listener, NULL, NULL);
		act(fd);
		close(fd);
	}
}

static void
stop(void)
{
	if (double_ > 0) {
		kill(double_, SIGKILL);
		waitpid(double_, NULL, 0);
	}
	double_ = 0;
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
	stop();
	broker_client_close(&client);
	place_teardown();
}

static enum mr_err
ask(int patience, struct message *reply)
{
	return broker_client_ask(&client, &question, patience, arena, reply);
}

static void
expect_reply(void)
{
	struct message reply;

	ck_assert_int_eq(ask(PATIENCE, &reply), MR_OK);
	ck_assert_int_eq(reply.type, MESSAGE_REPLY);
	ck_assert_str_eq(reply.detail, "one");
}

static behaviour *const good[] = {
	answer_all, answer_one, answer_in_pieces, break_off_once,
};

START_TEST(test_questions_are_answered)
{
	start(good[_i]);
	for (int i = 0; i < 3; i++)
		expect_reply();
}
END_TEST

START_TEST(test_broker_that_was_replaced_is_found)
{
	start(answer_all);
	expect_reply();
	stop();
	start(answer_all);
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
		start(answer_all);
		poll(NULL, 0, PATIENCE);
		_exit(0);
	}
	double_ = child;
	expect_reply();
}
END_TEST

static behaviour *const bad[] = { be_silent, babble };

START_TEST(test_patience_ends)
{
	uint64_t before = clock_now();
	struct message reply;

	start(bad[_i]);
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
		start(be_silent);
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
