/*
 * check_waiting.c: what nginx is told of who waits for a job.
 */
#include "fcgi/worker/waiting.h"

#include "unit.h"

static const struct {
	double wait;
	int64_t until;
} waits[] = {
	{ 2, 3500 },
	{ 0.5, 2000 },
	{ 60, 61500 },
	{ 1e300, 61500 },
};

START_TEST(test_wait_is_as_long_as_it_may_be)
{
	const struct mr_reply reply = { .job = "j", .wait = waits[_i].wait };

	ck_assert_int_eq(waiting_until(&reply, 60000, 1500), waits[_i].until);
}
END_TEST

START_TEST(test_nginx_is_sent_to_live)
{
	const struct mr_reply reply = { .job = "j", .wait = 2 };
	struct mr_buffer head = { .arena = arena };

	mr_buffer_puts(&head, "Status: x\r\n\r\n");
	waiting_write(&reply, "id-1", 3500, &head);
	ck_assert_str_eq(mr_buffer_text(&head),
	                 "Status: 200 OK\r\nX-Request-Id: id-1\r\n"
	                 "X-Accel-Redirect: /_millrace/wait?job=j&until=3500"
	                 "\r\n\r\n");
}
END_TEST

static const struct {
	struct mr_reply reply;
	bool waits;
} replies[] = {
	{ { .job = "j", .wait = 2 }, true },
	{ { .status = 200 }, false },
	{ { .job = "j" }, false },
	{ { .wait = 1 }, false },
};

START_TEST(test_only_who_wants_a_job_waits)
{
	ck_assert(waiting_is_wanted(&replies[_i].reply) == replies[_i].waits);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_wait_is_as_long_as_it_may_be, 0, N(waits));
	tcase_add_test(tc, test_nginx_is_sent_to_live);
	tcase_add_loop_test(tc, test_only_who_wants_a_job_waits, 0, N(replies));
}

UNIT_MAIN("waiting", add_tests)
