/*
 * check_handoff.c: connections and bytes through a handoff.
 */
#include "fcgi/worker/handoff.h"

#include "client.h"
#include "fcgi/worker/gate.h"
#include "unit.h"

#include <fcntl.h>
#include <sys/resource.h>

static int pair[2], ends[2];
static unsigned char sent[GATE_WINDOW], received[GATE_WINDOW];

static void
begin(void)
{
	ck_assert(handoff_open(pair));
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	for (size_t i = 0; i < sizeof(sent); i++)
		sent[i] = (unsigned char)(i * 7);
}

static void
end(void)
{
	close(pair[0]);
	close(pair[1]);
	close(ends[0]);
	close(ends[1]);
}

START_TEST(test_pair_is_private_and_does_not_block_its_receiver)
{
	size_t length;

	ck_assert_int_eq(fcntl(pair[0], F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(fcntl(pair[1], F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(handoff_receive(pair[0], received, &length), -1);
	ck_assert_int_eq(errno, EAGAIN);
}
END_TEST

/* The first bytes of what is sent. */
static bool
hand_off(int fd, size_t length)
{
	const struct mr_string bytes = { length == 0 ? NULL : (char *)sent,
		                         length };

	return handoff_send(pair[1], fd, bytes, 10);
}

static const size_t lengths[] = { 0, 1, 100, 4096, GATE_WINDOW };

START_TEST(test_connection_arrives_with_its_bytes)
{
	size_t length = 1;
	char text[6] = "";
	int fd;

	ck_assert(hand_off(ends[0], lengths[_i]));
	close(ends[0]);
	fd = handoff_receive(pair[0], received, &length);
	ends[0] = fd;
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_uint_eq(length, lengths[_i]);
	ck_assert_int_eq(memcmp(sent, received, length), 0);
	client_send(ends[1], (struct mr_string)BYTES("hello"));
	ck_assert_uint_eq(client_read(fd, text, 5), 5);
	ck_assert_str_eq(text, "hello");
}
END_TEST

START_TEST(test_connections_arrive_one_by_one_in_order)
{
	size_t length;

	for (size_t i = 1; i <= 20; i++)
		ck_assert(hand_off(ends[i % 2], i));
	for (size_t i = 1; i <= 20; i++) {
		int fd = handoff_receive(pair[0], received, &length);

		ck_assert_int_ge(fd, 0);
		ck_assert_uint_eq(length, i);
		close(fd);
	}
	ck_assert_int_eq(handoff_receive(pair[0], received, &length), -1);
}
END_TEST

/* Nobody receives: the sender gives up. */
START_TEST(test_sender_does_not_wait_for_ever)
{
	int count = 0;

	while (hand_off(ends[0], sizeof(sent)))
		ck_assert_int_lt(++count, 10000);
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_int_gt(count, 0);
}
END_TEST

START_TEST(test_message_without_a_connection_is_none)
{
	size_t length;

	ck_assert_int_eq(send(pair[1], "abc", 3, 0), 3);
	ck_assert_int_eq(handoff_receive(pair[0], received, &length), -1);
	ck_assert_int_eq(errno, EPROTO);
}
END_TEST

static void
limit_descriptors(rlim_t count)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = count;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/* The system would take the message, and lose what came with it. */
START_TEST(test_connection_waits_for_room)
{
	size_t length;
	int fd;

	ck_assert(hand_off(ends[0], 3));
	limit_descriptors((rlim_t)pair[1] + 1);
	while (dup(0) >= 0)
		continue;
	ck_assert_int_eq(handoff_receive(pair[0], received, &length), -1);
	ck_assert_int_eq(errno, EMFILE);
	limit_descriptors((rlim_t)pair[1] + 20);
	fd = handoff_receive(pair[0], received, &length);
	ck_assert_int_ge(fd, 0);
	ck_assert_uint_eq(length, 3);
	close(fd);
}
END_TEST

START_TEST(test_bad_descriptor_is_not_sent)
{
	ck_assert(!hand_off(-1, 1));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc,
	               test_pair_is_private_and_does_not_block_its_receiver);
	tcase_add_loop_test(tc, test_connection_arrives_with_its_bytes, 0,
	                    N(lengths));
	tcase_add_test(tc, test_connections_arrive_one_by_one_in_order);
	tcase_add_test(tc, test_sender_does_not_wait_for_ever);
	tcase_add_test(tc, test_message_without_a_connection_is_none);
	tcase_add_test(tc, test_connection_waits_for_room);
	tcase_add_test(tc, test_bad_descriptor_is_not_sent);
}

UNIT_MAIN("handoff", add_tests)
