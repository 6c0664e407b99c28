/*
 * check_head.c: the header of a reply, to the byte.
 */
#include "fcgi/worker/head.h"

#include "base/err.h"
#include "unit.h"

#include <stdio.h>

static const char *
written(const struct mr_reply *reply, uint64_t queue)
{
	struct mr_buffer head = { .arena = arena };
	const struct head_facts facts = { .request_id = "id-1",
		                          .queue = queue };

	head_write(reply, &facts, &head);
	mr_buffer_putc(&head, '\0');
	ck_assert(!head.failed);
	return head.data;
}

#define MS UINT64_C(1000000)

static const struct {
	struct mr_reply reply;
	uint64_t queue;
	const char *head;
} heads[] = {
	{ { .status = 200, .content_type = "application/json",
	    .body = BYTES("{\"a\":1}"),
	    .entered = { 1 * MS, 3 * MS, 6 * MS, 10 * MS } },
	  5 * MS,
	  "Status: 200 OK\r\nContent-Type: application/json\r\n"
	  "Content-Length: 7\r\nX-Request-Id: id-1\r\n"
	  "Server-Timing: queue;dur=5.000, decode;dur=2.000, "
	  "compute;dur=3.000, encode;dur=4.000\r\n\r\n" },
	/* The header tells the length of the body that HEAD does not send. */
	{ { .status = 200, .content_type = "application/json", .head = true,
	    .body = BYTES("12345678901") },
	  0,
	  "Status: 200 OK\r\nContent-Type: application/json\r\n"
	  "Content-Length: 11\r\nX-Request-Id: id-1\r\n"
	  "Server-Timing: queue;dur=0.000\r\n\r\n" },
	{ { .status = 202 },
	  0,
	  "Status: 202 Accepted\r\nX-Request-Id: id-1\r\n"
	  "Server-Timing: queue;dur=0.000\r\n\r\n" },
	{ { .status = 204, .headers = { { "Allow", "GET, HEAD, OPTIONS" } },
	    .header_count = 1 },
	  0,
	  "Status: 204 No Content\r\nAllow: GET, HEAD, OPTIONS\r\n"
	  "X-Request-Id: id-1\r\nServer-Timing: queue;dur=0.000\r\n\r\n" },
	{ { .status = 503, .err = MR_BUSY, .content_type = "x/y",
	    .headers = { { "Retry-After", "1" }, { "A", "b" } },
	    .header_count = 2 },
	  0,
	  "Status: 503 Busy\r\nContent-Type: x/y\r\nContent-Length: 0\r\n"
	  "Retry-After: 1\r\nA: b\r\nX-Request-Id: id-1\r\n"
	  "Server-Timing: queue;dur=0.000\r\n\r\n" },
	/* A call that ended in decoding: the phase lasts until the end. */
	{ { .status = 422, .err = MR_INVALID, .content_type = "x/y",
	    .entered = { 1 * MS, 0, 0, 4 * MS } },
	  0,
	  "Status: 422 Input does not match the declaration\r\n"
	  "Content-Type: x/y\r\nContent-Length: 0\r\nX-Request-Id: id-1\r\n"
	  "Server-Timing: queue;dur=0.000, decode;dur=3.000\r\n\r\n" },
	{ { .status = 422, .err = MR_DOMAIN, .content_type = "x/y",
	    .entered = { 1 * MS, 2 * MS, 0, 4 * MS } },
	  0,
	  "Status: 422 Input outside the domain of the function\r\n"
	  "Content-Type: x/y\r\nContent-Length: 0\r\nX-Request-Id: id-1\r\n"
	  "Server-Timing: queue;dur=0.000, decode;dur=1.000, "
	  "compute;dur=2.000\r\n\r\n" },
};

START_TEST(test_head_is_as_stated)
{
	ck_assert_str_eq(written(&heads[_i].reply, heads[_i].queue),
	                 heads[_i].head);
}
END_TEST

static const struct {
	uint64_t queue;
	const char *duration;
} durations[] = {
	{ 0, "0.000" },
	{ 999, "0.000" },
	{ 1000, "0.001" },
	{ 1999, "0.001" },
	{ 99999, "0.099" },
	{ 123456, "0.123" },
	{ 999999, "0.999" },
	{ 1000000, "1.000" },
	{ 1020300000, "1020.300" },
	{ UINT64_C(86400000) * 1000000, "86400000.000" },
	{ UINT64_MAX, "18446744073709.551" },
};

START_TEST(test_duration_has_three_digits_of_a_millisecond)
{
	const struct mr_reply reply = { .status = 200 };
	char expected[64];

	snprintf(expected, sizeof(expected), "queue;dur=%s\r\n\r\n",
	         durations[_i].duration);
	ck_assert_ptr_nonnull(
	    strstr(written(&reply, durations[_i].queue), expected));
}
END_TEST

/* Every way to end has its own status line. */
START_TEST(test_status_line_has_the_title)
{
	struct mr_reply reply = { .err = (enum mr_err)_i };
	char expected[128];

	reply.status = mr_err_status(reply.err);
	snprintf(expected, sizeof(expected), "Status: %d %s\r\n", reply.status,
	         mr_err_title(reply.err));
	ck_assert_int_eq(strncmp(written(&reply, 0), expected,
	                         strlen(expected)),
	                 0);
}
END_TEST

/* For the log: the last phase that counts is the function's. */
START_TEST(test_log_is_told_worker_and_times)
{
	const struct head_facts facts = { .request_id = "id-1",
		                          .worker = "heavy/3",
		                          .queue = 5 * MS };
	const struct mr_reply reply = {
		.status = 200,
		.entered = { 1 * MS, 3 * MS, 6 * MS, 10 * MS },
	};
	struct mr_buffer head = { .arena = arena };

	head_write(&reply, &facts, &head);
	ck_assert_str_eq(mr_buffer_text(&head),
	                 "Status: 200 OK\r\nX-Request-Id: id-1\r\n"
	                 "X-Millrace-Worker: heavy/3\r\n"
	                 "X-Millrace-Queue: 0.005000\r\n"
	                 "X-Millrace-Compute: 0.003000\r\n"
	                 "Server-Timing: queue;dur=5.000, decode;dur=2.000, "
	                 "compute;dur=3.000, encode;dur=4.000\r\n\r\n");
}
END_TEST

static const struct {
	uint64_t queue, compute;
	const char *times;
} logged[] = {
	{ 0, 0, "Queue: 0.000000\r\nX-Millrace-Compute: 0.000000" },
	{ 999, 11000, "Queue: 0.000000\r\nX-Millrace-Compute: 0.000011" },
	{ 61 * 1000 * MS + 500 * MS, 999999999,
	  "Queue: 61.500000\r\nX-Millrace-Compute: 0.999999" },
	{ UINT64_MAX, UINT64_MAX, "Queue: 18446744073.709551\r\n"
	                          "X-Millrace-Compute: 18446744073.709551" },
};

/* With the longest name of a worker, it fits what it is said to need. */
START_TEST(test_times_of_the_log_are_in_seconds)
{
	struct head_log log = {
		.worker = "0123456789012345678901234567890123456789012/999",
		.queue = logged[_i].queue,
		.compute = logged[_i].compute,
	};
	char text[HEAD_LOG_SIZE + 1], expected[HEAD_LOG_SIZE];

	text[HEAD_LOG_SIZE] = '!';
	ck_assert_ptr_eq(head_put_log(text, &log), text + strlen(text));
	ck_assert_int_eq(text[HEAD_LOG_SIZE], '!');
	snprintf(expected, sizeof(expected),
	         "\r\nX-Millrace-Worker: %s\r\nX-Millrace-%s", log.worker,
	         logged[_i].times);
	ck_assert_str_eq(text, expected);
}
END_TEST

/* Nothing is sent of what is for HEAD, or for nobody. */
static const struct {
	struct mr_reply reply;
	uint64_t sent;
} accounts[] = {
	{ { .status = 200, .preamble = BYTES("12"), .body = BYTES("345") }, 5 },
	{ { .status = 200, .body = BYTES("345"), .head = true }, 0 },
	{ { .status = 500, .body = BYTES("345"), .err = MR_CANCELLED }, 0 },
};

START_TEST(test_request_is_counted_with_its_reply)
{
	struct ledger_counts counts = { .refused = 0 };
	const struct head_request request = { .queue = 7,
		                              .received = 11,
		                              .refused = _i == 0,
		                              .slow = _i != 0 };
	struct mr_reply reply = accounts[_i].reply;

	reply.entered[MR_PHASE_COMPUTE] = 3;
	reply.entered[MR_PHASE_DONE] = 8;
	head_account(&reply, &request, &counts);
	ck_assert_uint_eq(counts.statuses[reply.status / 100], 1);
	ck_assert_uint_eq(counts.refused, _i == 0);
	ck_assert_uint_eq(counts.slow, _i != 0);
	ck_assert_uint_eq(counts.received, 11);
	ck_assert_uint_eq(counts.sent, accounts[_i].sent);
	ck_assert_uint_eq(counts.nanoseconds[LEDGER_QUEUE], 7);
	ck_assert_uint_eq(counts.nanoseconds[LEDGER_DECODE], 0);
	ck_assert_uint_eq(counts.nanoseconds[LEDGER_COMPUTE], 5);
	ck_assert_uint_eq(counts.buckets[LEDGER_DECODE][0], 0);
	ck_assert_uint_eq(counts.buckets[LEDGER_QUEUE][0], 1);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_head_is_as_stated, 0, N(heads));
	tcase_add_loop_test(tc,
	                    test_duration_has_three_digits_of_a_millisecond, 0,
	                    N(durations));
	tcase_add_loop_test(tc, test_request_is_counted_with_its_reply, 0,
	                    N(accounts));
	tcase_add_test(tc, test_log_is_told_worker_and_times);
	tcase_add_loop_test(tc, test_times_of_the_log_are_in_seconds, 0,
	                    N(logged));
	tcase_add_loop_test(tc, test_status_line_has_the_title, 0,
	                    MR_ERR_COUNT);
}

UNIT_MAIN("head", add_tests)
