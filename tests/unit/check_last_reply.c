/*
 * check_last_reply.c: problems that are sent without memory are those that
 * would have been sent with it.
 */
#include "fcgi/worker/last_reply.h"

#include "api/problem.h"
#include "base/err.h"
#include "client.h"
#include "unit.h"

static const enum mr_err errs[] = { MR_CRASH, MR_DEADLINE, MR_MEMORY, MR_BUSY };

START_TEST(test_reply_is_the_problem_as_it_is_printed)
{
	const struct mr_problem problem = { .err = errs[_i],
		                            .detail = "one and two",
		                            .instance = "/a%20b",
		                            .request_id = "i-1" };
	struct last_reply reply = { .err = errs[_i],
		                    .id = 7,
		                    .request_id = "i-1",
		                    .instance = "/a%20b",
		                    .before = "one ",
		                    .detail = "and two",
		                    .queue = 5000000,
		                    .elapsed = 7000000 };
	struct answer answer;
	size_t length;
	int ends[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	ck_assert(last_reply_prepare());
	ck_assert(last_reply_prepare());
	reply.fd = ends[0];
	ck_assert(last_reply_send(&reply, &length));
	ck_assert(client_receive(ends[1], &answer));
	ck_assert_uint_eq(answer.request, 7);
	ck_assert_int_eq(answer.status, mr_err_status(errs[_i]));
	ck_assert_str_eq(answer.body.data, mr_problem_print(&problem, arena));
	ck_assert_uint_eq(length, answer.body.length);
	ck_assert_str_eq(answer_header(&answer, "Server-Timing"),
	                 "queue;dur=5, compute;dur=7");
	ck_assert((answer_header(&answer, "Retry-After") != NULL) ==
	          (errs[_i] == MR_BUSY));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_reply_is_the_problem_as_it_is_printed, 0,
	                    N(errs));
}

UNIT_MAIN("last_reply", add_tests)
