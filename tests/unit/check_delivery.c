/*
 * check_delivery.c: what leaves for nginx, and what for live.
 */
#include "fcgi/worker/delivery.h"

#include "fcgi/base/clock.h"
#include "fcgi/worker/handoff.h"
#include "fcgi/worker/parking.h"
#include "unit.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECORD 8 /* bytes of a record's header */

static int ends[2], pair[2]; /* of a connection; of the way to live */
static struct service service;
static const struct environment environment = { .arrival = "", .age = "" };

static void
set_up(void)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	                            ends),
	                 0);
	ck_assert(handoff_open(pair));
	service = (struct service){ .arena = arena,
		                    .parking = pair[1],
		                    .job_wait = 60000,
		                    .name = "fast/0" };
}

static bool parked; /* the last one, or it was to be */

/* Whether the connection may be used again, or the reply is parked. */
static bool
deliver(const struct mr_reply *reply)
{
	const struct delivery delivery = {
		.service = &service,
		.environment = &environment,
		.reply = reply,
		.request_id = "i",
		.fd = ends[0],
		.id = 1,
	};
	struct mr_buffer head;

	ck_assert(delivery_write_head(&delivery, &head));
	parked = delivery_is_parked(&delivery);
	return parked ? delivery_park(&delivery, &head)
	              : delivery_send(&delivery, &head);
}

/* What has arrived, as text. */
static const char *
arrived(void)
{
	static char text[4096];
	ssize_t got = recv(ends[1], text, sizeof(text) - 1, 0);

	text[got < 0 ? 0 : got] = '\0';
	return got > RECORD ? text + RECORD : "";
}

static const struct mr_reply plain = { .status = 200,
	                               .content_type = "text/plain",
	                               .preamble = { "be", 2 },
	                               .body = { "hind", 4 } };

START_TEST(test_reply_leaves_whole)
{
	const char *text;

	ck_assert(deliver(&plain));
	text = arrived();
	ck_assert_ptr_eq(strstr(text, "Status: 200 OK\r\n"), text);
	ck_assert_has(text, "\r\n\r\nbehind");
}
END_TEST

START_TEST(test_reply_to_a_head_has_no_body)
{
	struct mr_reply reply = plain;

	reply.head = true;
	ck_assert(deliver(&reply));
	ck_assert_has_not(arrived(), "behind");
}
END_TEST

START_TEST(test_who_waits_for_a_job_is_sent_to_live)
{
	struct mr_reply reply = plain;
	const char *text;

	reply.job = "j";
	reply.wait = 5;
	ck_assert(!deliver(&reply));
	text = arrived();
	ck_assert_has(text, "X-Accel-Redirect: /_millrace/wait?job=j&until=");
	ck_assert_has_not(text, "behind");
}
END_TEST

START_TEST(test_parked_reply_goes_to_live_with_its_connection)
{
	int64_t now = (int64_t)clock_unix_ms();
	struct mr_reply reply = plain;
	struct parking parking;
	int fd;

	reply.park = 2;
	ck_assert(deliver(&reply) && parked);
	ck_assert_str_eq(arrived(), "");
	fd = parking_receive(&parking, pair[0]);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_ge(parking.due, now + 2000);
	ck_assert_int_eq(write(fd, parking.records, parking.length),
	                 (ssize_t)parking.length);
	ck_assert_has(arrived(), "\r\n\r\nbehind");
}
END_TEST

START_TEST(test_parked_reply_leaves_at_once_without_live)
{
	struct mr_reply reply = plain;

	reply.park = 2;
	service.parking = -1;
	ck_assert(deliver(&reply) && !parked);
	ck_assert_has(arrived(), "\r\n\r\nbehind");
}
END_TEST

/* As when live hangs; the second one is not even waited for. */
START_TEST(test_way_to_live_that_is_full_takes_no_more)
{
	static const unsigned char records[RECORD_ROOM];
	const struct parking parking = { 1, records, sizeof(records) };
	struct mr_reply reply = plain;

	while (parking_send(&parking, ends[0], pair[1], 0))
		continue;
	reply.park = 2;
	for (int i = 0; i < 2; i++) {
		ck_assert(!deliver(&reply) && parked);
		ck_assert_int_eq(errno, EAGAIN);
	}
	ck_assert_str_eq(arrived(), "");
}
END_TEST

START_TEST(test_what_live_does_not_take_is_not_sent)
{
	struct mr_reply reply = plain;

	reply.park = 2;
	close(pair[0]);
	ck_assert(!deliver(&reply) && parked);
	ck_assert_str_eq(arrived(), "");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, set_up, NULL);
	tcase_add_test(tc, test_reply_leaves_whole);
	tcase_add_test(tc, test_reply_to_a_head_has_no_body);
	tcase_add_test(tc, test_who_waits_for_a_job_is_sent_to_live);
	tcase_add_test(tc, test_parked_reply_goes_to_live_with_its_connection);
	tcase_add_test(tc, test_parked_reply_leaves_at_once_without_live);
	tcase_add_test(tc, test_way_to_live_that_is_full_takes_no_more);
	tcase_add_test(tc, test_what_live_does_not_take_is_not_sent);
}

UNIT_MAIN("delivery", add_tests)
