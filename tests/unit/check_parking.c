/*
 * check_parking.c: what nginx is told of who waits, and what is parked on its
 * way to live.
 */
#include "fcgi/worker/parking.h"

#include "fcgi/worker/handoff.h"
#include "unit.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct {
	struct mr_reply reply;
	const char *header;
} waits[] = {
	{ { .job = "j", .wait = 2 },
	  "Status: 200 OK\r\nX-Request-Id: id-1\r\n"
	  "X-Accel-Redirect: /_millrace/wait?job=j&until=3500\r\n\r\n" },
	{ { .job = "j", .wait = 1e300 },
	  "Status: 200 OK\r\nX-Request-Id: id-1\r\n"
	  "X-Accel-Redirect: /_millrace/wait?job=j&until=61500\r\n\r\n" },
};

START_TEST(test_wait_is_as_stated)
{
	const struct parking_facts facts = { "id-1", 1000, 1500, 60000 };
	struct mr_buffer head = { .arena = arena };

	mr_buffer_puts(&head, "Status: x\r\n\r\n");
	ck_assert(parking_waits(&waits[_i].reply));
	parking_write_wait(&waits[_i].reply, facts, &head);
	ck_assert_str_eq(mr_buffer_text(&head), waits[_i].header);
}
END_TEST

START_TEST(test_who_does_not_wait_is_left_alone)
{
	ck_assert(!parking_waits(&(struct mr_reply){ .status = 200 }));
	ck_assert(!parking_waits(&(struct mr_reply){ .job = "j" }));
	ck_assert(!parking_waits(&(struct mr_reply){ .wait = 1 }));
}
END_TEST

/* Without an arrival it is now. */
START_TEST(test_time_counts_from_the_arrival)
{
	const struct mr_reply reply = { .park = 1.5 };
	struct parking_facts facts = { "id-1", 1000, 1500, 0 };

	ck_assert_int_eq(parking_due(&reply, facts), 2500);
	facts.arrival = 0;
	ck_assert_int_eq(parking_due(&reply, facts), 3000);
}
END_TEST

START_TEST(test_later_try_has_the_arrival_of_the_first)
{
	ck_assert_int_eq(parking_facts_now("i", "1000.500", "", 0).arrival,
	                 1000500);
	ck_assert_int_eq(parking_facts_now("i", "1000.500", "2.250", 0).arrival,
	                 998250);
}
END_TEST

static unsigned char bytes[PARKING_MOST + 1];
static int pair[2];

static void
set_up(void)
{
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 7);
	ck_assert(handoff_open(pair));
}

static const size_t lengths[] = { 1, 200, PARKING_MOST };

START_TEST(test_parked_answer_arrives_with_its_connection)
{
	const struct parking sent = { -5, bytes, lengths[_i] };
	struct parking got;
	int ends[2], fd;
	char text[3] = "";

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	ck_assert(parking_send(&sent, ends[0], pair[1]));
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

static const size_t strange[] = { 0, PARKING_MOST + 1 };

START_TEST(test_what_is_no_answer_is_not_sent)
{
	const struct parking parking = { 1, bytes, strange[_i] };

	ck_assert(!parking_send(&parking, pair[0], pair[1]));
	ck_assert_int_eq(errno, EMSGSIZE);
}
END_TEST

START_TEST(test_short_message_is_refused)
{
	struct parking got;

	ck_assert(handoff_send(pair[1], pair[0], bytes, 7));
	ck_assert_int_eq(parking_receive(&got, pair[0]), -1);
	ck_assert_int_eq(errno, EPROTO);
}
END_TEST

/* It is not waited for forever that somebody takes them. */
START_TEST(test_queue_that_is_full_takes_no_more)
{
	const struct parking parking = { 1, bytes, PARKING_MOST };
	int sent = 0;

	while (parking_send(&parking, pair[0], pair[1]))
		sent++;
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_int_gt(sent, 1);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_loop_test(tc, test_wait_is_as_stated, 0, N(waits));
	tcase_add_test(tc, test_who_does_not_wait_is_left_alone);
	tcase_add_test(tc, test_time_counts_from_the_arrival);
	tcase_add_test(tc, test_later_try_has_the_arrival_of_the_first);
	tcase_add_loop_test(tc, test_parked_answer_arrives_with_its_connection,
	                    0, N(lengths));
	tcase_add_loop_test(tc, test_what_is_no_answer_is_not_sent, 0,
	                    N(strange));
	tcase_add_test(tc, test_short_message_is_refused);
	tcase_add_test(tc, test_queue_that_is_full_takes_no_more);
}

UNIT_MAIN("parking", add_tests)
