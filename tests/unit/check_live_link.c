/*
 * check_live_link.c: messages over a connection that may end at any byte.
 */
#include "fcgi/live/live_link.h"

#include "live_broker.h"

static struct live_link broker_link;
static struct message message;

static void
set_up(void)
{
	open_broker();
	live_link_init(&broker_link, SOCKET);
	ck_assert(live_link_open(&broker_link));
	accept_live();
}

static void
tear_down(void)
{
	live_link_close(&broker_link);
}

static struct mr_buffer
bytes_of(const char *id)
{
	const struct message change = { .type = MESSAGE_CHANGED, .id = id };
	struct mr_buffer text = { .arena = arena };

	message_write(&change, &text);
	return text;
}

static void
put(const char *bytes, size_t length)
{
	ck_assert_int_eq(write(broker, bytes, length), length);
	live_link_move(&broker_link);
}

static bool
comes(const char *id)
{
	return live_link_next(&broker_link, arena, &message) &&
	       strcmp(message.id, id) == 0;
}

static bool
nothing_comes(void)
{
	return !live_link_next(&broker_link, arena, &message);
}

/* Cut at each byte of the first one. */
START_TEST(test_half_a_message_is_waited_for)
{
	struct mr_buffer text = bytes_of(ID), more = bytes_of("b");
	size_t cut = (size_t)_i;

	ck_assert_uint_lt(cut, text.length);
	put(text.data, cut);
	ck_assert(nothing_comes());
	ck_assert_int_ge(broker_link.fd, 0);
	mr_buffer_append(&text, more.data, more.length);
	put(text.data + cut, text.length - cut);
	ck_assert(comes(ID));
	ck_assert(comes("b"));
	ck_assert(nothing_comes());
	ck_assert_int_ge(broker_link.fd, 0);
}
END_TEST

/* Of the version, which is in the head, another one; and no message at all. */
static const char *const foreign[] = {
	"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
	"\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377\377",
};

START_TEST(test_foreign_bytes_end_the_connection)
{
	struct mr_buffer text = bytes_of(ID);

	put(text.data, text.length);
	put(foreign[_i], strlen(foreign[_i]));
	ck_assert(comes(ID));
	ck_assert(nothing_comes());
	ck_assert_int_eq(broker_link.fd, -1);
	ck_assert(nothing_comes());
}
END_TEST

/* Of the half one nothing is left: the next connection begins anew. */
START_TEST(test_close_in_the_middle_leaves_nothing_of_it)
{
	struct mr_buffer text = bytes_of(ID);

	put(text.data, text.length - 1);
	ck_assert_int_ge(broker_link.fd, 0);
	close_broker();
	live_link_move(&broker_link);
	ck_assert_int_eq(broker_link.fd, -1);
	ck_assert(nothing_comes());
	ck_assert(!live_link_open(&broker_link));
	open_broker();
	ck_assert(live_link_open(&broker_link));
	ck_assert_uint_eq(broker_link.opened, 2);
	accept_live();
	put(text.data, text.length);
	ck_assert(comes(ID));
}
END_TEST

START_TEST(test_without_a_connection_nothing_is_sent)
{
	const struct message watch = { .type = MESSAGE_WATCH, .id = ID };

	live_link_close(&broker_link);
	live_link_send(&broker_link, &watch, arena);
	ck_assert(!live_link_is_full(&broker_link));
	live_link_move(&broker_link);
	ck_assert(nothing_comes());
}
END_TEST

/* A broker that does not read stops nobody: the rest is kept and sent later. */
START_TEST(test_what_cannot_be_sent_is_kept)
{
	const struct message watch = { .type = MESSAGE_WATCH, .id = ID };
	size_t sent = 0;

	while (!live_link_is_full(&broker_link)) {
		live_link_send(&broker_link, &watch, arena);
		sent++;
	}
	for (size_t i = 0; i < sent; i++) {
		expect_question(MESSAGE_WATCH, ID);
		live_link_move(&broker_link);
	}
	ck_assert(!live_link_is_full(&broker_link));
	expect_no_question();
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc, test_half_a_message_is_waited_for, 0, 40);
	tcase_add_loop_test(tc, test_foreign_bytes_end_the_connection, 0,
	                    N(foreign));
	tcase_add_test(tc, test_close_in_the_middle_leaves_nothing_of_it);
	tcase_add_test(tc, test_without_a_connection_nothing_is_sent);
	tcase_add_test(tc, test_what_cannot_be_sent_is_kept);
}

UNIT_MAIN("live_link", add_tests)
