/*
 * check_broker_batch.c: one commit for all that arrived, and nothing before it.
 */
#include "fcgi/broker/broker_batch.h"

#include "broker.h"

static struct broker_batch batch;

static void
begin(void)
{
	flaky_setup();
	batch = (struct broker_batch){ .store = &flaky.store,
		                       .reason = "it is locked",
		                       .arena = arena,
		                       .now = BROKER_NOW };
	broker_batch_init(&batch);
}

static void
ask(struct message message)
{
	ck_assert(broker_batch_add(&batch, &message, NULL));
}

static void
run(void)
{
	broker_batch_write(&batch);
	broker_batch_read(&batch);
}

static const struct message *
reply_to(int number)
{
	const struct broker_question *question =
	    STAILQ_FIRST(&batch.questions);

	for (; number > 0; number--)
		question = STAILQ_NEXT(question, entry);
	return &question->reply;
}

static size_t
changes(void)
{
	const struct broker_change *change;
	size_t count = 0;

	STAILQ_FOREACH(change, &batch.changes, entry)
		count++;
	return count;
}

static int64_t
jobs(void)
{
	int64_t counts[MR_JOB_STATE_COUNT] = { 0 }, sum = 0;

	ck_assert_int_eq(flaky.real->functions->count(flaky.real, counts),
	                 MR_OK);
	for (size_t i = 0; i < N(counts); i++)
		sum += counts[i];
	return sum;
}

START_TEST(test_many_submissions_are_one_commit)
{
	for (int i = 0; i < 100; i++)
		ask(broker_submit(i));
	run();
	ck_assert_int_eq(flaky.begins, 1);
	ck_assert_int_eq(flaky.commits, 1);
	ck_assert_int_eq(flaky.rollbacks, 0);
	ck_assert_int_eq(jobs(), 100);
	ck_assert_uint_eq(changes(), 100);
	for (int i = 0; i < 100; i++) {
		ck_assert_int_eq(reply_to(i)->err, MR_OK);
		ck_assert_str_eq(reply_to(i)->jobs->id, broker_id(i));
		ck_assert_int_eq(reply_to(i)->jobs->state, MR_JOB_QUEUED);
	}
}
END_TEST

START_TEST(test_failed_commit_is_the_error_of_all)
{
	flaky.commit_err = MR_STORAGE_FULL;
	for (int i = 0; i < 10; i++)
		ask(broker_submit(i));
	run();
	ck_assert_int_eq(flaky.commits, 1);
	ck_assert_int_eq(jobs(), 0);
	ck_assert_uint_eq(changes(), 0);
	ck_assert_int_eq(batch.err, MR_STORAGE_FULL);
	for (int i = 0; i < 10; i++) {
		ck_assert_int_eq(reply_to(i)->err, MR_STORAGE_FULL);
		ck_assert_str_eq(reply_to(i)->detail, "the disk is full");
		ck_assert_uint_eq(reply_to(i)->job_count, 0);
	}
}
END_TEST

/* The store fails at one of them: the others have their own transactions. */
START_TEST(test_one_that_fails_does_not_spoil_others)
{
	flaky.add_fails_at = 3;
	for (int i = 0; i < 5; i++)
		ask(broker_submit(i));
	run();
	ck_assert_int_eq(flaky.rollbacks, 1);
	ck_assert_int_eq(flaky.commits, 5);
	ck_assert_int_eq(jobs(), 5);
	ck_assert_uint_eq(changes(), 5);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(reply_to(i)->err, MR_OK);
}
END_TEST

static const enum mr_err repeated[] = {
	MR_STORAGE_FULL, MR_STORAGE, MR_MEMORY,
};

/* Neither the first transaction nor one after it can be committed. */
START_TEST(test_failure_that_will_repeat_is_not_repeated)
{
	flaky.add_fails_at = 2;
	flaky.commit_err = repeated[_i];
	for (int i = 0; i < 10; i++)
		ask(broker_submit(i));
	run();
	ck_assert_int_eq(flaky.begins, 2);
	ck_assert_int_eq(jobs(), 0);
	ck_assert_uint_eq(changes(), 0);
	ck_assert_int_eq(batch.err, repeated[_i]);
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(reply_to(i)->err, repeated[_i]);
}
END_TEST

/* Those before it are kept, and those behind it are not tried. */
START_TEST(test_full_disk_ends_a_turn)
{
	flaky.add_fails_at = 3;
	flaky.add_fails_on = true;
	flaky.add_err = MR_STORAGE_FULL;
	for (int i = 0; i < 10; i++)
		ask(broker_submit(i));
	run();
	ck_assert_int_eq(flaky.begins, 1 + 3);
	ck_assert_int_eq(jobs(), 2);
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(reply_to(i)->err,
		                 i < 2 ? MR_OK : MR_STORAGE_FULL);
	ck_assert_str_eq(reply_to(9)->detail, "it is odd");
}
END_TEST

/* What a question is refused for is no matter of the store. */
START_TEST(test_one_that_is_refused_does_not_spoil_others)
{
	struct message wrong = broker_submit(1);

	wrong.jobs = NULL;
	wrong.job_count = 0;
	ask(broker_submit(1));
	ask(broker_finish(7, 1, 200));
	ask(wrong);
	ask(broker_submit(1));
	ask(broker_submit(2));
	run();
	ck_assert_int_eq(flaky.commits, 1);
	ck_assert_int_eq(reply_to(0)->err, MR_OK);
	ck_assert_int_eq(reply_to(1)->err, MR_CONFLICT);
	ck_assert_int_eq(reply_to(2)->err, MR_SYNTAX);
	ck_assert_int_eq(reply_to(3)->err, MR_CONFLICT);
	ck_assert_str_eq(reply_to(3)->jobs->id, broker_id(1));
	ck_assert_int_eq(reply_to(4)->err, MR_OK);
	ck_assert_int_eq(jobs(), 2);
}
END_TEST

static const enum message_type reading[] = {
	MESSAGE_FIND, MESSAGE_RESULT, MESSAGE_WATCH,
};

START_TEST(test_who_only_reads_needs_no_transaction)
{
	ask(broker_about(reading[_i], 1));
	run();
	ck_assert_int_eq(flaky.begins, 0);
	ck_assert_int_eq(reply_to(0)->err, MR_NOT_FOUND);
}
END_TEST

START_TEST(test_who_reads_sees_what_was_written)
{
	ask(broker_about(reading[_i], 1));
	ask(broker_submit(1));
	run();
	ck_assert_int_eq(reply_to(0)->err, MR_OK);
	ck_assert_int_eq(reply_to(0)->jobs->state, MR_JOB_QUEUED);
}
END_TEST

START_TEST(test_without_a_store_all_get_the_reason)
{
	batch.store = NULL;
	ask(broker_submit(1));
	ask(broker_about(MESSAGE_FIND, 1));
	ask((struct message){ .type = MESSAGE_LIST, .filter = { .limit = 9 } });
	run();
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(reply_to(i)->err, MR_STORAGE);
		ck_assert_str_eq(reply_to(i)->detail, "it is locked");
	}
}
END_TEST

/* The upkeep. */

static int upkept;
static enum mr_err upkeep_err;

static enum mr_err
keep_up(struct mr_queue *queue, void *context)
{
	(void)queue;
	ck_assert_ptr_eq(context, &upkept);
	upkept++;
	return upkeep_err;
}

START_TEST(test_upkeep_is_of_the_same_commit)
{
	upkept = 0;
	upkeep_err = MR_OK;
	batch.upkeep = keep_up;
	batch.context = &upkept;
	ask(broker_submit(1));
	run();
	ck_assert_int_eq(flaky.commits, 1);
	ck_assert_int_eq(upkept, 1);
	ck_assert(batch.kept_up);
}
END_TEST

START_TEST(test_upkeep_that_fails_spoils_nothing)
{
	upkept = 0;
	upkeep_err = MR_STORAGE;
	batch.upkeep = keep_up;
	batch.context = &upkept;
	ask(broker_submit(1));
	run();
	ck_assert(!batch.kept_up);
	ck_assert_int_eq(reply_to(0)->err, MR_OK);
	ck_assert_int_eq(jobs(), 1);
	ck_assert_uint_eq(changes(), 1);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, flaky_teardown);
	tcase_add_test(tc, test_many_submissions_are_one_commit);
	tcase_add_test(tc, test_failed_commit_is_the_error_of_all);
	tcase_add_test(tc, test_one_that_fails_does_not_spoil_others);
	tcase_add_loop_test(tc, test_failure_that_will_repeat_is_not_repeated, 0,
	                    N(repeated));
	tcase_add_test(tc, test_full_disk_ends_a_turn);
	tcase_add_test(tc, test_one_that_is_refused_does_not_spoil_others);
	tcase_add_loop_test(tc, test_who_only_reads_needs_no_transaction, 0,
	                    N(reading));
	tcase_add_loop_test(tc, test_who_reads_sees_what_was_written, 0,
	                    N(reading));
	tcase_add_test(tc, test_without_a_store_all_get_the_reason);
	tcase_add_test(tc, test_upkeep_is_of_the_same_commit);
	tcase_add_test(tc, test_upkeep_that_fails_spoils_nothing);
}

UNIT_MAIN("broker_batch", add_tests)
