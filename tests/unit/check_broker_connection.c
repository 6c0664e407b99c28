/*
 * check_broker_connection.c: messages in pieces, together, too many, and none.
 */
#include "fcgi/broker/broker_connection.h"

#include "broker.h"
#include "fcgi/base/listener.h"
#include "place.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>

#define SOCKET "s"

static struct broker_connection *connection;
static int peer, listener;

static void
begin(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX,
		                       .sun_path = SOCKET };

	place_setup();
	listener = listener_open(SOCKET, "", 8);
	peer = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(connect(peer, (struct sockaddr *)&address,
	                         sizeof(address)),
	                 0);
	connection = broker_connection_accept(listener);
	ck_assert_ptr_nonnull(connection);
	ck_assert_int_eq(connection->pid, getpid());
}

static void
end(void)
{
	broker_connection_free(connection);
	close(peer);
	place_teardown();
}

static struct mr_string
written(struct message message)
{
	struct mr_buffer bytes = { .arena = arena };

	message_write(&message, &bytes);
	ck_assert(!bytes.failed);
	return (struct mr_string){ bytes.data, bytes.length };
}

static void
say(const char *bytes, size_t length)
{
	ck_assert_int_eq(write(peer, bytes, length), length);
	broker_connection_read(connection);
}

static bool
take(struct message *message)
{
	size_t length;

	return broker_connection_take(connection, arena, message, &length);
}

START_TEST(test_nobody_is_accepted_twice)
{
	ck_assert_ptr_null(broker_connection_accept(listener));
	ck_assert_int_eq(errno, EAGAIN);
}
END_TEST

START_TEST(test_message_in_single_bytes_is_whole_with_the_last)
{
	struct mr_string bytes = written(broker_submit(1));
	struct message message;

	for (size_t i = 0; i < bytes.length; i++) {
		ck_assert(!broker_connection_has(connection));
		ck_assert(!take(&message));
		say(bytes.data + i, 1);
	}
	ck_assert(broker_connection_has(connection));
	ck_assert(take(&message));
	ck_assert_str_eq(message.jobs->id, broker_id(1));
	broker_connection_settle(connection);
	ck_assert_ptr_null(connection->in.data);
	ck_assert(!take(&message));
}
END_TEST

/* What is taken stays until it is settled, and what is behind it then too. */
START_TEST(test_messages_that_come_together_are_taken_in_order)
{
	struct message messages[5];

	for (int i = 0; i < 5; i++) {
		struct mr_string bytes =
		    written(broker_about(MESSAGE_FIND, i));

		say(bytes.data, bytes.length - (i == 4));
	}
	for (int i = 0; i < 2; i++)
		ck_assert(take(&messages[i]));
	for (int i = 0; i < 2; i++)
		ck_assert_str_eq(messages[i].id, broker_id(i));
	broker_connection_settle(connection);
	for (int i = 2; i < 4; i++)
		ck_assert(take(&messages[i]));
	for (int i = 2; i < 4; i++)
		ck_assert_str_eq(messages[i].id, broker_id(i));
	ck_assert(!take(&messages[4]));
	ck_assert(!connection->dropped);
}
END_TEST

/* What was said before the end is heard. */
START_TEST(test_last_words_are_heard)
{
	struct mr_string bytes = written(broker_about(MESSAGE_FAIL, 1));
	struct message message;

	ck_assert_int_eq(write(peer, bytes.data, bytes.length), bytes.length);
	shutdown(peer, SHUT_RDWR);
	broker_connection_read(connection);
	broker_connection_read(connection);
	ck_assert(connection->ended);
	ck_assert(take(&message));
	ck_assert_int_eq(message.type, MESSAGE_FAIL);
}
END_TEST

START_TEST(test_what_is_no_message_drops)
{
	struct message message;

	say("GET / HTTP/1.1\r\n\r\n", 18);
	ck_assert(broker_connection_has(connection));
	ck_assert(!take(&message));
	ck_assert(connection->dropped);
}
END_TEST

START_TEST(test_what_cannot_be_sent_is_kept)
{
	size_t size = 4 << 20, got = 0;
	char *bytes = mr_arena_alloc(arena, size);
	char *back = mr_arena_alloc(arena, size);

	for (size_t i = 0; i < size; i++)
		bytes[i] = (char)(i * 7 / 3);
	broker_connection_write(connection,
	                        (struct mr_string){ bytes, size / 2 });
	broker_connection_flush(connection);
	ck_assert_uint_gt(byte_queue_length(&connection->out), 0);
	broker_connection_write(connection, (struct mr_string){
	                                        bytes + size / 2, size / 2 });
	while (got < size) {
		ssize_t more = read(peer, back + got, size - got);

		ck_assert_int_gt(more, 0);
		got += (size_t)more;
		broker_connection_flush(connection);
	}
	ck_assert_mem_eq(back, bytes, size);
	ck_assert_ptr_null(connection->out.data);
}
END_TEST

/* One large answer is no reason; one more on top of it is. */
START_TEST(test_who_does_not_read_is_dropped)
{
	struct mr_string large = { mr_arena_alloc(arena, BROKER_UNREAD + 1),
		                   BROKER_UNREAD + 1 };

	broker_connection_write(connection, large);
	ck_assert(!connection->dropped);
	broker_connection_write(connection, (struct mr_string){ "x", 1 });
	ck_assert(connection->dropped);
}
END_TEST

/* Whether it goes with words of ours on their way, or with all read. */
START_TEST(test_what_was_not_read_is_known)
{
	char byte;

	broker_connection_write(connection, (struct mr_string){ "x", 1 });
	broker_connection_flush(connection);
	if (_i == 0)
		ck_assert_int_eq(read(peer, &byte, 1), 1);
	close(peer);
	peer = -1;
	broker_connection_read(connection);
	ck_assert(connection->ended);
	ck_assert_int_eq(connection->unread, _i != 0);
}
END_TEST

START_TEST(test_who_has_gone_is_dropped)
{
	close(peer);
	broker_connection_write(connection, (struct mr_string){ "x", 1 });
	broker_connection_flush(connection);
	ck_assert(connection->dropped);
	ck_assert(connection->unread);
	peer = -1;
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, test_nobody_is_accepted_twice);
	tcase_add_test(tc,
	               test_message_in_single_bytes_is_whole_with_the_last);
	tcase_add_test(tc, test_messages_that_come_together_are_taken_in_order);
	tcase_add_test(tc, test_last_words_are_heard);
	tcase_add_test(tc, test_what_is_no_message_drops);
	tcase_add_test(tc, test_what_cannot_be_sent_is_kept);
	tcase_add_test(tc, test_who_does_not_read_is_dropped);
	tcase_add_loop_test(tc, test_what_was_not_read_is_known, 0, 2);
	tcase_add_test(tc, test_who_has_gone_is_dropped);
}

UNIT_MAIN("broker_connection", add_tests)
