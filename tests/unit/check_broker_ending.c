/*
 * check_broker_ending.c: what each cause becomes, for the job and its client.
 */
#include "fcgi/broker/broker_ending.h"

#include "broker.h"

#include <execinfo.h>

static const struct mr_job job = { .id = "j", .path = "/a b",
	                           .request_id = "r7" };

static struct mr_ending
read_ending(struct message message)
{
	struct mr_ending ending;

	ck_assert(broker_ending_read(&message, &job, arena, &ending));
	ck_assert_int_eq(ending.cause, message.cause);
	ck_assert_str_eq(ending.result.content_type.data,
	                 "application/problem+json");
	ck_assert_uint_eq(ending.result.body.length,
	                  strlen(ending.result.body.data));
	return ending;
}

static const struct {
	enum mr_job_cause cause;
	int status;
	const char *type;
} causes[] = {
	{ MR_JOB_CAUSE_CRASH, 500, "problem:crash" },
	{ MR_JOB_CAUSE_DEADLINE, 504, "problem:deadline" },
	{ MR_JOB_CAUSE_MEMORY, 507, "problem:memory" },
	{ MR_JOB_CAUSE_LOST, 502, "problem:gateway" },
	{ MR_JOB_CAUSE_DRAINED, 503, "problem:busy" },
	{ MR_JOB_CAUSE_CANCELLED, 499, "problem:cancelled" },
	{ MR_JOB_CAUSE_ERROR, 500, "problem:internal" },
};

START_TEST(test_cause_is_a_problem)
{
	struct mr_ending ending = read_ending(
	    (struct message){ .cause = causes[_i].cause, .detail = "It is so" });

	ck_assert_int_eq(ending.result.status, causes[_i].status);
	ck_assert_str_eq(ending.detail, "It is so");
	ck_assert_ptr_null(ending.backtrace);
	ck_assert_has(ending.result.body.data, causes[_i].type);
	ck_assert_has(ending.result.body.data, "\"detail\":\"It is so\"");
	ck_assert_has(ending.result.body.data, "\"instance\":\"/a%20b\"");
	ck_assert_has(ending.result.body.data, "\"request_id\":\"r7\"");
}
END_TEST

START_TEST(test_lost_runner_is_told_in_our_words)
{
	struct mr_ending ending;

	ck_assert(broker_ending_unheard(&job, MR_JOB_CAUSE_LOST, arena,
	                                &ending));
	ck_assert_int_eq(ending.cause, MR_JOB_CAUSE_LOST);
	ck_assert_int_eq(ending.result.status, 502);
	ck_assert_has(ending.result.body.data, ending.detail);
}
END_TEST

START_TEST(test_frames_are_named_line_by_line)
{
	void *frames[32];
	int depth = backtrace(frames, 32);
	struct mr_ending ending = read_ending((struct message){
	    .cause = MR_JOB_CAUSE_CRASH,
	    .number = 11,
	    .frames = { (const char *)frames,
	                (size_t)depth * sizeof(frames[0]) } });

	ck_assert_int_eq(ending.signal, 11);
	ck_assert_ptr_nonnull(ending.backtrace);
	ck_assert_has(ending.backtrace, "check_broker_ending.c");
	ck_assert_has(ending.backtrace, "\n");
	ck_assert_has_not(ending.backtrace, " < ");
}
END_TEST

/* Bytes that are no frames, from whoever sends them. */
START_TEST(test_other_frames_are_left_out)
{
	static const size_t lengths[] = { 0, 7, 4096 };
	struct mr_ending ending = read_ending((struct message){
	    .cause = MR_JOB_CAUSE_CRASH,
	    .frames = { mr_arena_alloc(arena, 4096), lengths[_i] } });

	ck_assert(ending.backtrace == NULL || *ending.backtrace == '\0');
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_cause_is_a_problem, 0, N(causes));
	tcase_add_test(tc, test_lost_runner_is_told_in_our_words);
	tcase_add_test(tc, test_frames_are_named_line_by_line);
	tcase_add_loop_test(tc, test_other_frames_are_left_out, 0, 3);
}

UNIT_MAIN("broker_ending", add_tests)
