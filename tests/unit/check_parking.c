/*
 * check_parking.c: when an answer is due, and what is parked on its way to
 * live.
 */
#include "fcgi/worker/parking.h"

#include "fcgi/worker/handoff.h"
#include "unit.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct {
	const char *arrival, *age;
	int64_t due;
} times[] = {
	{ "1000.500", "", 1002000 },
	{ "1000.500", "2.250", 999750 }, /* in a later try */
	{ "", "", 3000 },
};

START_TEST(test_time_counts_from_the_arrival)
{
	const struct mr_reply reply = { .park = 1.5 };

	ck_assert_int_eq(parking_due(&reply, times[_i].arrival, times[_i].age,
	                             1500),
	                 times[_i].due);
}
END_TEST

static unsigned char bytes[RECORD_ROOM + 1];
static int pair[2];

static void
set_up(void)
{
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 7);
	ck_assert(handoff_open(pair));
}

static const size_t lengths[] = { 1, 200, RECORD_ROOM };

START_TEST(test_parked_answer_arrives_with_its_connection)
{
	const struct parking sent = { -5, bytes, lengths[_i] };
	struct parking got;
	int ends[2], fd;
	char text[3] = "";

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	ck_assert(parking_send(&sent, ends[0], pair[1], 0));
	close(ends[0]);
	fd = parking_receive(&got, pair[0]);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(got.due, -5);
	ck_assert_uint_eq(got.length, sent.length);
	ck_assert_mem_eq(got.records, bytes, sent.length);
	ck_assert_int_eq(write(fd, "ab", 2), 2);
	ck_assert_int_eq(read(ends[1], text, 2), 2);
	ck_assert_str_eq(text, "ab");
	ck_assert_int_eq(parking_receive(&got, pair[0]), -1);
	ck_assert_int_eq(errno, EAGAIN);
}
END_TEST

static const size_t strange[] = { 0, RECORD_ROOM + 1 };

START_TEST(test_what_is_no_answer_is_not_sent)
{
	const struct parking parking = { 1, bytes, strange[_i] };

	ck_assert(!parking_send(&parking, pair[0], pair[1], 0));
	ck_assert_int_eq(errno, EMSGSIZE);
}
END_TEST

START_TEST(test_short_message_is_refused)
{
	struct parking got;

	ck_assert(handoff_send(pair[1], pair[0],
	                       (struct mr_string){ (char *)bytes, 7 }, 0));
	ck_assert_int_eq(parking_receive(&got, pair[0]), -1);
	ck_assert_int_eq(errno, EPROTO);
}
END_TEST

/* It is not waited for forever that somebody takes them. */
START_TEST(test_queue_that_is_full_takes_no_more)
{
	const struct parking parking = { 1, bytes, RECORD_ROOM };
	int sent = 0;

	while (parking_send(&parking, pair[0], pair[1], 0))
		sent++;
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_int_gt(sent, 1);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_loop_test(tc, test_time_counts_from_the_arrival, 0, N(times));
	tcase_add_loop_test(tc, test_parked_answer_arrives_with_its_connection,
	                    0, N(lengths));
	tcase_add_loop_test(tc, test_what_is_no_answer_is_not_sent, 0,
	                    N(strange));
	tcase_add_test(tc, test_short_message_is_refused);
	tcase_add_test(tc, test_queue_that_is_full_takes_no_more);
}

UNIT_MAIN("parking", add_tests)
