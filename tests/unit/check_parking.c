/*
 * check_parking.c: what nginx is told, and what live makes of it.
 */
#include "fcgi/parking.h"

#include "unit.h"

#include <stdio.h>

static char letters[MR_PARKED + 1];

static const struct parking_facts facts = { .request_id = "id-1",
	                                    .arrival = 1000,
	                                    .now = 1500,
	                                    .longest = 60000 };

static const struct {
	struct mr_reply reply;
	struct parking_facts facts;
	const char *header; /* NULL: it cannot be said */
} cases[] = {
	{ { .park = 1.5, .body = BYTES("ab") },
	  { "id-1", 1000, 1500, 0 },
	  "Status: 200 OK\r\nX-Request-Id: id-1\r\n"
	  "X-Accel-Redirect: /_millrace/park\r\nX-Millrace-Due: 2500\r\n"
	  "X-Millrace-Answer: U3RhdHVzOiB4DQoNCmFi\r\n\r\n" },
	/* Without an arrival it is now; of HEAD there is no body. */
	{ { .park = 1, .head = true, .body = BYTES("ab") },
	  { "id-1", 0, 1500, 0 },
	  "Status: 200 OK\r\nX-Request-Id: id-1\r\n"
	  "X-Accel-Redirect: /_millrace/park\r\nX-Millrace-Due: 2500\r\n"
	  "X-Millrace-Answer: U3RhdHVzOiB4DQoNCg==\r\n\r\n" },
	{ { .park = 1, .preamble = BYTES("x"), .body = { letters, MR_PARKED } },
	  { "id-1", 0, 1500, 0 },
	  NULL },
	{ { .job = "j", .wait = 2 },
	  { "id-1", 1000, 1500, 60000 },
	  "Status: 200 OK\r\nX-Request-Id: id-1\r\n"
	  "X-Accel-Redirect: /_millrace/wait?job=j&until=3500\r\n\r\n" },
	{ { .job = "j", .wait = 1e300 },
	  { "id-1", 1000, 1500, 60000 },
	  "Status: 200 OK\r\nX-Request-Id: id-1\r\n"
	  "X-Accel-Redirect: /_millrace/wait?job=j&until=61500\r\n\r\n" },
};

START_TEST(test_header_is_as_stated)
{
	struct mr_buffer head = { .arena = arena };
	struct mr_reply reply = cases[_i].reply;

	if (reply.preamble.data == NULL)
		reply.preamble.data = "";
	mr_buffer_puts(&head, "Status: x\r\n\r\n");
	ck_assert(parking_is_wanted(&reply));
	ck_assert_int_eq(parking_write(&reply, &cases[_i].facts, &head),
	                 cases[_i].header != NULL);
	if (cases[_i].header != NULL)
		ck_assert_str_eq(mr_buffer_text(&head), cases[_i].header);
}
END_TEST

START_TEST(test_reply_that_leaves_now_is_left_alone)
{
	ck_assert(!parking_is_wanted(&(struct mr_reply){ .status = 200 }));
	ck_assert(!parking_is_wanted(&(struct mr_reply){ .job = "j" }));
	ck_assert(!parking_is_wanted(&(struct mr_reply){ .wait = 1 }));
}
END_TEST

/* The value of a header line. */
static struct mr_string
value_of(const char *header, const char *name)
{
	const char *value = strstr(header, name);

	ck_assert_ptr_nonnull(value);
	value += strlen(name);
	return (struct mr_string){ value, strcspn(value, "\r") };
}

/* The longest answer, with as long a head as a worker writes. */
START_TEST(test_longest_answer_arrives)
{
	struct mr_buffer head = { .arena = arena }, http = { .arena = arena };
	const struct mr_reply reply = { .park = 1,
		                        .preamble = { "", 0 },
		                        .body = { letters, MR_PARKED } };
	char long_id[129] = "", expected[4096];

	memset(long_id, 'i', 128);
	memset(letters, 'l', MR_PARKED);
	mr_buffer_printf(&head, "Status: 200 OK\r\nX-Request-Id: %s\r\nA: %400s"
	                        "\r\n\r\n",
	                 long_id, "a");
	snprintf(expected, sizeof(expected), "HTTP/1.1 %s%s",
	         mr_buffer_text(&head) + strlen("Status: "), letters);
	ck_assert(parking_write(&reply,
	                        &(struct parking_facts){ long_id, 0, 1, 0 },
	                        &head));
	ck_assert_uint_le(head.length, PARKING_MOST);
	ck_assert(parking_unpack(
	    value_of(mr_buffer_text(&head), "X-Millrace-Answer: "), &http));
	ck_assert_str_eq(mr_buffer_text(&http), expected);
}
END_TEST

START_TEST(test_head_that_is_too_long_is_refused)
{
	struct mr_buffer head = { .arena = arena };
	const struct mr_reply reply = { .park = 1,
		                        .preamble = { "", 0 },
		                        .body = { "", 0 } };

	mr_buffer_printf(&head, "Status: %3000s", "x");
	ck_assert(!parking_write(&reply, &facts, &head));
}
END_TEST

static const char *const strange[] = { "", "YQ==", "!!!!", "U3RhdHVzOiA=",
	                               "U3RhdHVzWCB4DQoNCg==", "U3Rh" };

START_TEST(test_what_is_no_answer_is_refused)
{
	struct mr_buffer http = { .arena = arena };

	ck_assert(!parking_unpack(guarded(TEXT(strange[_i])), &http));
	ck_assert_uint_eq(http.length, 0);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_header_is_as_stated, 0, N(cases));
	tcase_add_test(tc, test_reply_that_leaves_now_is_left_alone);
	tcase_add_test(tc, test_longest_answer_arrives);
	tcase_add_test(tc, test_head_that_is_too_long_is_refused);
	tcase_add_loop_test(tc, test_what_is_no_answer_is_refused, 0,
	                    N(strange));
}

UNIT_MAIN("parking", add_tests)
