/*
 * check_broker_answer.c: what is refused before it touches the store, and what
 * each question is answered with.
 */
#include "fcgi/broker/broker_answer.h"

#include "broker.h"

#define AGE 3

static struct mr_queue queue;

static void
begin(void)
{
	flaky_setup();
	queue = (struct mr_queue){ .store = &flaky.store,
		                   .arena = arena,
		                   .now = BROKER_NOW };
}

static struct message
answer(struct message question)
{
	struct message reply;

	broker_answer(&queue, &question, AGE, &reply);
	return reply;
}

static void
run(int number)
{
	const struct mr_lease lease = { .owner = "us/1",
		                        .now = BROKER_NOW,
		                        .duration = 1000 };
	struct mr_claimed claimed;

	ck_assert_int_eq(answer(broker_submit(number)).err, MR_OK);
	ck_assert_int_eq(mr_queue_claim(&queue, &lease, &claimed), MR_OK);
	ck_assert_str_eq(claimed.job.id, broker_id(number));
}

/* Submissions that no client of ours would send. */

static void
spoil_id(struct mr_job *job)
{
	job->id = "../../etc/passwd";
}

static void
spoil_endpoint(struct mr_job *job)
{
	job->endpoint = NULL;
}

static void
spoil_path(struct mr_job *job)
{
	job->path = NULL;
}

static void
spoil_digest(struct mr_job *job)
{
	job->digest = NULL;
}

static void
spoil_priority(struct mr_job *job)
{
	job->priority = MR_JOB_PRIORITY_LAST + 1;
}

static void
spoil_attempts(struct mr_job *job)
{
	job->attempts = 0;
}

static void
spoil_due(struct mr_job *job)
{
	job->due = -1;
}

static void (*const spoilers[])(struct mr_job *job) = {
	spoil_id, spoil_endpoint, spoil_path, spoil_digest,
	spoil_priority, spoil_attempts, spoil_due,
};

START_TEST(test_submission_that_is_not_whole_is_refused)
{
	struct message question = broker_submit(1);
	struct mr_job job = question.jobs[0];

	spoilers[_i](&job);
	question.jobs = &job;
	ck_assert_int_eq(answer(question).err, MR_SYNTAX);
	ck_assert_int_eq(flaky.adds, 0);
}
END_TEST

static const enum message_type about[] = {
	MESSAGE_FIND, MESSAGE_RESULT, MESSAGE_CANCEL, MESSAGE_RETRY,
	MESSAGE_WATCH, MESSAGE_CHECKPOINT, MESSAGE_FINISH, MESSAGE_FAIL,
};

START_TEST(test_question_without_its_job_is_refused)
{
	ck_assert_int_eq(answer((struct message){ .type = about[_i] }).err,
	                 MR_SYNTAX);
}
END_TEST

/* Runners hear that it is not theirs; all others, that it is not there. */
START_TEST(test_unknown_job_is_told)
{
	struct message question = broker_about(about[_i], 7);
	bool runner = about[_i] == MESSAGE_CHECKPOINT ||
	              about[_i] == MESSAGE_FINISH ||
	              about[_i] == MESSAGE_FAIL;

	question.result.status = 200;
	ck_assert_int_eq(answer(question).err,
	                 runner ? MR_CONFLICT : MR_NOT_FOUND);
}
END_TEST

static const enum message_type answers[] = { MESSAGE_REPLY, MESSAGE_CHANGED };

START_TEST(test_answer_is_no_question)
{
	ck_assert_int_eq(answer((struct message){ .type = answers[_i] }).err,
	                 MR_SYNTAX);
}
END_TEST

/* Whether there is a store, a job, or an id at all. */
static const enum mr_err watched[] = {
	MR_OK, MR_NOT_FOUND, MR_STORAGE, MR_SYNTAX,
};

START_TEST(test_watcher_is_told_of_changes_only)
{
	struct message question = broker_about(MESSAGE_WATCH, 1), reply;

	if (watched[_i] == MR_OK)
		answer(broker_submit(1));
	if (watched[_i] == MR_STORAGE)
		queue.store = NULL;
	if (watched[_i] == MR_SYNTAX)
		question.id = NULL;
	reply = answer(question);
	ck_assert_int_eq(reply.type, MESSAGE_CHANGED);
	ck_assert_int_eq(reply.err, watched[_i]);
	ck_assert_pstr_eq(reply.id, question.id);
}
END_TEST

/* Each end of an attempt is taken once, and of that attempt only. */
START_TEST(test_end_is_taken_once)
{
	struct message end = broker_finish(1, 1, 200);
	struct message fail = broker_about(MESSAGE_FAIL, 1);

	fail.attempt = 1;
	fail.cause = MR_JOB_CAUSE_CRASH;
	run(1);
	end.attempt = 2;
	ck_assert_int_eq(answer(end).err, MR_CONFLICT);
	end.attempt = 1;
	ck_assert_int_eq(answer(_i == 0 ? end : fail).err, MR_OK);
	ck_assert_int_eq(answer(end).err, MR_CONFLICT);
	ck_assert_int_eq(answer(fail).err, MR_CONFLICT);
}
END_TEST

START_TEST(test_result_comes_with_the_end)
{
	struct message reply;

	run(1);
	reply = answer(broker_about(MESSAGE_RESULT, 1));
	ck_assert_ptr_nonnull(reply.id);
	ck_assert_int_eq(reply.err, MR_OK);
	ck_assert_int_eq(reply.result.status, 0);
	answer(broker_finish(1, 1, 422));
	reply = answer(broker_about(MESSAGE_RESULT, 1));
	ck_assert_int_eq(reply.jobs->state, MR_JOB_FAILED);
	ck_assert_int_eq(reply.result.status, 422);
	ck_assert_str_eq(reply.result.body.data, "[1]");
}
END_TEST

START_TEST(test_list_is_bounded)
{
	struct message list = { .type = MESSAGE_LIST,
		                .filter = { .state = -1 } };

	for (int i = 0; i < 20; i++)
		answer(broker_submit(i));
	ck_assert_uint_eq(answer(list).job_count, 0);
	list.filter.limit = 5;
	ck_assert_uint_eq(answer(list).job_count, 5);
	list.filter.limit = SIZE_MAX;
	ck_assert_uint_eq(answer(list).job_count, 20);
}
END_TEST

/* Addresses of another generation's program mean nothing here. */
START_TEST(test_frames_of_another_age_are_left_out)
{
	void *frames[] = { (void *)&queue };
	struct message fail = broker_about(MESSAGE_FAIL, 1);
	struct message reply;

	run(1);
	fail.attempt = 1;
	fail.cause = MR_JOB_CAUSE_CRASH;
	fail.age = _i == 0 ? AGE : AGE + 1;
	fail.frames = (struct mr_string){ (const char *)frames,
		                          sizeof(frames) };
	reply = answer(fail);
	ck_assert_int_eq(reply.err, MR_OK);
	ck_assert_int_eq(reply.jobs->backtrace != NULL, _i == 0);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, flaky_teardown);
	tcase_add_loop_test(tc, test_submission_that_is_not_whole_is_refused, 0,
	                    N(spoilers));
	tcase_add_loop_test(tc, test_question_without_its_job_is_refused, 0,
	                    N(about));
	tcase_add_loop_test(tc, test_unknown_job_is_told, 0, N(about));
	tcase_add_loop_test(tc, test_answer_is_no_question, 0, N(answers));
	tcase_add_loop_test(tc, test_watcher_is_told_of_changes_only, 0,
	                    N(watched));
	tcase_add_loop_test(tc, test_end_is_taken_once, 0, 2);
	tcase_add_test(tc, test_result_comes_with_the_end);
	tcase_add_test(tc, test_list_is_bounded);
	tcase_add_loop_test(tc, test_frames_of_another_age_are_left_out, 0, 2);
}

UNIT_MAIN("broker_answer", add_tests)
