/*
 * check_feed.c: what libfcgi gets to read.
 */
#include "fcgi/feed.h"

#include "unit.h"

#include <errno.h>
#include <sys/socket.h>

static int ends[2]; /* of a connection: ours, the peer's */

static void
connect_ends(void)
{
	const struct timeval soon = { .tv_usec = 50000 };

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
}

static void
send_bytes(struct mr_string bytes)
{
	ck_assert_int_eq(write(ends[1], bytes.data, bytes.length),
	                 (ssize_t)bytes.length);
}

/* A begin record, an empty PARAMS record, and the start of a body of 4. */
#define BEGIN "\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0"
#define HEAD BEGIN "\1\4\0\1\0\0\0\0\1\5\0\1\0\4\0\0ab"

START_TEST(test_bytes_are_read_before_the_connection)
{
	const struct mr_string head = BYTES(HEAD);
	char got[64];

	connect_ends();
	send_bytes((struct mr_string)BYTES("cd"));
	feed_begin((const unsigned char *)head.data, head.length, true);
	ck_assert_int_eq(OS_Read(ends[0], got, 10), 10);
	ck_assert_mem_eq(got, head.data, 10);
	ck_assert_int_eq(OS_Read(ends[0], got, sizeof(got)),
	                 (int)head.length - 10);
	ck_assert_int_eq(OS_Read(ends[0], got, sizeof(got)), 2);
	ck_assert_mem_eq(got, "cd", 2);
}
END_TEST

/* What may and may not follow HEAD. */
static const struct {
	struct mr_string bytes;
	bool good;
} tails[] = {
	{ BYTES("cd"), true },
	{ BYTES("cd\1\5\0\1\0\0\0\0"), true },
	{ BYTES("cd\1\5\0\1\0\1\7\0x"), true },
	{ BYTES("cd\1\11\0\0\0\0\0\0"), false },  /* GET_VALUES */
	{ BYTES("cd\1\5\0\2\0\0\0\0"), false },  /* of another request */
	{ BYTES("cd\2\5\0\1\0\0\0\0"), false },  /* of another version */
	{ BYTES("cd\1\4\0\1\0\0\0\0"), false },  /* parameters again */
	{ BYTES("cd\1\5\0\1\0\0\0\0\1"), false }, /* behind the end */
	{ BYTES("cd\1\5\0\1\0\0\1\0x"), false },  /* padding that is lost */
};

START_TEST(test_only_a_body_may_follow)
{
	const struct mr_string head = BYTES(HEAD);
	char got[64];
	int length;

	connect_ends();
	feed_begin((const unsigned char *)head.data, head.length, true);
	ck_assert_int_eq(OS_Read(ends[0], got, sizeof(got)), (int)head.length);
	send_bytes(tails[_i].bytes);
	length = OS_Read(ends[0], got, sizeof(got));
	if (tails[_i].good) {
		ck_assert_int_eq(length, (int)tails[_i].bytes.length);
	} else {
		ck_assert_int_eq(length, -1);
		ck_assert_int_eq(errno, EPROTO);
	}
}
END_TEST

START_TEST(test_records_may_come_byte_by_byte)
{
	const struct mr_string head = BYTES(HEAD);
	const struct mr_string tail = BYTES("cd\1\5\0\1\0\1\7\0x0000000"
	                                    "\1\5\0\1\0\0\0\0");
	char got[64];

	connect_ends();
	feed_begin((const unsigned char *)head.data, head.length, true);
	ck_assert_int_eq(OS_Read(ends[0], got, sizeof(got)), (int)head.length);
	for (size_t i = 0; i < tail.length; i++) {
		send_bytes((struct mr_string){ tail.data + i, 1 });
		ck_assert_int_eq(OS_Read(ends[0], got, sizeof(got)), 1);
		ck_assert_int_eq(got[0], tail.data[i]);
	}
}
END_TEST

START_TEST(test_silent_connection_is_an_error_in_the_end)
{
	char got[64];

	connect_ends();
	feed_begin((const unsigned char *)"", 0, true);
	ck_assert_int_eq(OS_Read(ends[0], got, sizeof(got)), -1);
	ck_assert_int_eq(errno, EAGAIN);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_bytes_are_read_before_the_connection);
	tcase_add_loop_test(tc, test_only_a_body_may_follow, 0, N(tails));
	tcase_add_test(tc, test_records_may_come_byte_by_byte);
	tcase_add_test(tc, test_silent_connection_is_an_error_in_the_end);
}

UNIT_MAIN("feed", add_tests)
