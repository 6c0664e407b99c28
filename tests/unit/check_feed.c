/*
 * check_feed.c: what libfcgi gets to read.
 */
#include "fcgi/worker/feed.h"

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
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
#define HEAD "\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0\1\4\0\1\0\0\0\0"
#define BODY "\1\5\0\1\0\4\0\0ab"
#define END "\1\5\0\1\0\0\0\0"

/* Begins behind the head, which libfcgi has read. */
static void
begin(struct mr_string bytes)
{
	char head[64];

	feed_begin((const unsigned char *)bytes.data, bytes.length);
	ck_assert_int_eq(OS_Read(ends[0], head, sizeof(head)),
	                 (int)sizeof(HEAD) - 1);
}

/* All of the body, asked for in pieces of some size; -1 after an error. */
static ssize_t
read_all(char *to, size_t size)
{
	size_t have = 0;
	ssize_t got;

	while ((got = feed_body(ends[0], to + have, size)) > 0)
		have += (size_t)got;
	return got < 0 ? -1 : (ssize_t)have;
}

START_TEST(test_libfcgi_gets_the_head_only)
{
	const struct mr_string head = BYTES(HEAD);
	char got[64];

	feed_begin((const unsigned char *)HEAD BODY, sizeof(HEAD BODY) - 1);
	ck_assert_int_eq(OS_Read(-1, got, 10), 10);
	ck_assert_mem_eq(got, head.data, 10);
	ck_assert_int_eq(OS_Read(-1, got, sizeof(got)),
	                 (int)head.length - 10);
	ck_assert_mem_eq(got, head.data + 10, head.length - 10);
	ck_assert_int_eq(OS_Read(-1, got, sizeof(got)), 0);
}
END_TEST

/* Requests of which more or less is in memory, and what is on its way. */
static const struct {
	struct mr_string seen, coming;
	const char *body;
} requests[] = {
	{ BYTES(HEAD END), BYTES(""), "" },
	{ BYTES(HEAD BODY "cd" END), BYTES(""), "abcd" },
	{ BYTES(HEAD BODY), BYTES("cd" END), "abcd" },
	{ BYTES(HEAD), BYTES(BODY "cd" END), "abcd" },
	{ BYTES(HEAD BODY "cd\1\5"), BYTES("\0\1\0\0\0\0"), "abcd" },
	{ BYTES(HEAD BODY "cd\1\5\0\1\0\1"), BYTES("\7\0x0000000" END),
	  "abcdx" },
	{ BYTES(HEAD BODY "cd\1\5\0\1\0\1\7\0x00"), BYTES("00000" END),
	  "abcdx" },
	{ BYTES(HEAD BODY "cd\1\5\0\1\0\2\0\0x"),
	  BYTES("y\1\5\0\1\0\1\0\0z" END), "abcdxyz" },
	/* What follows belongs to the next request. */
	{ BYTES(HEAD BODY), BYTES("cd" END "\1\1\0\1\0\10\0\0"), "abcd" },
};

START_TEST(test_body_comes_without_its_records)
{
	const char *body = requests[_i].body;
	char got[64];

	for (size_t size = 1; size < 32; size++) {
		connect_ends();
		send_bytes(requests[_i].coming);
		begin(requests[_i].seen);
		ck_assert_int_eq(read_all(got, size), (ssize_t)strlen(body));
		ck_assert_mem_eq(got, body, strlen(body));
		ck_assert_int_eq(feed_body(ends[0], got, size), 0);
		close(ends[0]);
		close(ends[1]);
	}
}
END_TEST

START_TEST(test_next_request_stays_on_the_connection)
{
	char got[64];

	connect_ends();
	send_bytes((struct mr_string)BYTES("cd" END "next"));
	begin((struct mr_string)BYTES(HEAD BODY));
	ck_assert_int_eq(read_all(got, sizeof(got)), 4);
	ck_assert_int_eq(read(ends[0], got, sizeof(got)), 4);
	ck_assert_mem_eq(got, "next", 4);
}
END_TEST

/* What may not follow the start of a body. */
static const struct mr_string tails[] = {
	BYTES("cd\1\11\0\0\0\0\0\0"), /* GET_VALUES */
	BYTES("cd\1\5\0\2\0\0\0\0"),  /* of another request */
	BYTES("cd\2\5\0\1\0\0\0\0"),  /* of another version */
	BYTES("cd\1\4\0\1\0\0\0\0"),  /* parameters again */
	BYTES("cd\1\5\0\1\0\0\1\0x"), /* padding that is lost */
};

START_TEST(test_only_a_body_may_follow)
{
	char got[64];

	connect_ends();
	send_bytes(tails[_i]);
	begin((struct mr_string)BYTES(HEAD BODY));
	ck_assert_int_eq(read_all(got, sizeof(got)), -1);
	ck_assert_int_eq(errno, EPROTO);
}
END_TEST

START_TEST(test_records_may_come_byte_by_byte)
{
	const struct mr_string tail = BYTES("cd\1\5\0\1\0\1\7\0x0000000" END);
	char got[64];
	size_t have = 0;
	ssize_t length;

	connect_ends();
	/* What is not there yet is told at once. */
	ck_assert_int_eq(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	begin((struct mr_string)BYTES(HEAD BODY));
	ck_assert_int_eq(feed_body(ends[0], got, sizeof(got)), 2);
	for (size_t i = 0; i < tail.length; i++) {
		send_bytes((struct mr_string){ tail.data + i, 1 });
		length = feed_body(ends[0], got + have, sizeof(got));
		have += length > 0 ? (size_t)length : 0;
	}
	ck_assert_uint_eq(have, 3);
	ck_assert_mem_eq(got, "cdx", 3);
	ck_assert_int_eq(feed_body(ends[0], got, sizeof(got)), 0);
}
END_TEST

START_TEST(test_silent_connection_is_an_error_in_the_end)
{
	char got[64];

	connect_ends();
	begin((struct mr_string)BYTES(HEAD));
	ck_assert_int_eq(feed_body(ends[0], got, sizeof(got)), -1);
	ck_assert_int_eq(errno, EAGAIN);
}
END_TEST

START_TEST(test_body_that_is_cut_short_is_an_error)
{
	char got[64];

	connect_ends();
	begin((struct mr_string)BYTES(HEAD BODY));
	close(ends[1]);
	ck_assert_int_eq(read_all(got, sizeof(got)), -1);
	ck_assert_int_eq(errno, ECONNRESET);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_libfcgi_gets_the_head_only);
	tcase_add_loop_test(tc, test_body_comes_without_its_records, 0,
	                    N(requests));
	tcase_add_test(tc, test_next_request_stays_on_the_connection);
	tcase_add_loop_test(tc, test_only_a_body_may_follow, 0, N(tails));
	tcase_add_test(tc, test_records_may_come_byte_by_byte);
	tcase_add_test(tc, test_silent_connection_is_an_error_in_the_end);
	tcase_add_test(tc, test_body_that_is_cut_short_is_an_error);
}

UNIT_MAIN("feed", add_tests)
