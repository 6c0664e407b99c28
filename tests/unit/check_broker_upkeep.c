/*
 * check_broker_upkeep.c: what the broker does unasked, on a store in memory,
 * and that nothing of it is remembered when it is not committed.
 */
#include "fcgi/broker/broker_upkeep.h"

#include "broker.h"
#include "fcgi/base/clock.h"
#include "fcgi/board/progress.h"
#include "new_board.h"

#include <unistd.h>

#define PLACE 2

static struct scoreboard *board;
static struct config config;
static struct broker_runs runs;
static struct broker_upkeep upkeep;
static struct broker_claim claim;
static uint64_t now;

static void
begin(void)
{
	flaky_setup();
	board = new_board();
	snprintf(board->instance, sizeof(board->instance), "%s", broker_id(0));
	atomic_store(&board->used, PLACE + 1);
	atomic_store(&board->scores[PLACE].pid, getpid());
	config_default(&config);
	broker_runs_init(&runs, board);
	broker_upkeep_init(&upkeep, &config, &runs);
	claim = (struct broker_claim){ .holder = &claim,
		                       .pid = getpid(),
		                       .place = PLACE };
	now = upkeep.started;
}

static void
end(void)
{
	broker_runs_free(&runs);
	scoreboard_free(board);
	flaky_teardown();
}

static struct mr_queue
queue_at(int64_t unix_ms)
{
	return (struct mr_queue){ .store = &flaky.store,
		                  .arena = arena,
		                  .now = unix_ms };
}

static void
submit(int number, int64_t due)
{
	struct mr_queue queue = queue_at(BROKER_NOW);
	struct message message = broker_submit(number);
	struct mr_job job = message.jobs[0];

	job.due = due;
	ck_assert_int_eq(mr_queue_submit(&queue, &job, &message.input), MR_OK);
}

/* Some ms after the beginning.  Whether it was due. */
static bool
turn(uint64_t ms)
{
	const struct broker_moment moment = { now + ms * CLOCK_NS_PER_MS,
		                              BROKER_NOW + (int64_t)ms };
	struct mr_queue queue = queue_at(moment.unix_ms);

	if (!broker_upkeep_is_due(&upkeep, moment, false))
		return false;
	ck_assert_int_eq(broker_upkeep_run(&queue, &upkeep), MR_OK);
	broker_upkeep_settle(&upkeep, true);
	return true;
}

static struct mr_job
job_of(int number)
{
	struct mr_job job;

	ck_assert_int_eq(flaky.real->functions->find(
	                     flaky.real, broker_id(number), arena, &job),
	                 MR_OK);
	return job;
}

static int
timeout_at(uint64_t ms)
{
	return broker_upkeep_timeout(
	    &upkeep, (struct broker_moment){ now + ms * CLOCK_NS_PER_MS,
	                                     BROKER_NOW + (int64_t)ms });
}

START_TEST(test_idle_runner_is_given_the_next_job)
{
	struct broker_given *given;

	submit(1, 0);
	submit(2, 0);
	broker_upkeep_wait(&upkeep, &claim);
	broker_upkeep_wait(&upkeep, &claim);
	ck_assert(turn(0));
	given = STAILQ_FIRST(&upkeep.given);
	ck_assert_ptr_nonnull(given);
	ck_assert_ptr_null(STAILQ_NEXT(given, entry));
	ck_assert_ptr_eq(given->claim, &claim);
	ck_assert_str_eq(given->reply.jobs->id, broker_id(1));
	ck_assert_str_eq(given->reply.input.body.data, "{}");
	ck_assert(!claim.waits);
	ck_assert_int_eq(job_of(1).state, MR_JOB_RUNNING);
	ck_assert_has(job_of(1).owner, board->instance);
	ck_assert_int_eq(job_of(2).state, MR_JOB_QUEUED);
}
END_TEST

/* As if it had not been: the runner waits, and all is tried again. */
START_TEST(test_nothing_is_given_that_is_not_committed)
{
	struct broker_moment moment = { now, BROKER_NOW };
	struct mr_queue queue = queue_at(BROKER_NOW);

	submit(1, 0);
	broker_upkeep_wait(&upkeep, &claim);
	ck_assert(broker_upkeep_is_due(&upkeep, moment, false));
	ck_assert_int_eq(flaky_begin(&flaky.store), MR_OK);
	ck_assert_int_eq(broker_upkeep_run(&queue, &upkeep), MR_OK);
	flaky_rollback(&flaky.store);
	broker_upkeep_settle(&upkeep, false);
	ck_assert(STAILQ_EMPTY(&upkeep.given));
	ck_assert(claim.waits);
	ck_assert(!turn(1));
	ck_assert_int_gt(timeout_at(1), 0);
	ck_assert(turn(1100));
	ck_assert(!claim.waits);
	ck_assert_int_eq(job_of(1).attempt, 1);
}
END_TEST

/* There is nothing, so nothing is asked for until there may be. */
START_TEST(test_idle_runner_waits_without_work)
{
	broker_upkeep_wait(&upkeep, &claim);
	ck_assert(turn(0));
	ck_assert(claim.waits);
	ck_assert(!turn(1));
	ck_assert_int_gt(timeout_at(1), 0);
	ck_assert(broker_upkeep_is_due(
	    &upkeep, (struct broker_moment){ now, BROKER_NOW }, true));
	submit(1, 0);
	broker_upkeep_note(&upkeep, &(struct mr_job){ .id = broker_id(1),
	                                              .state = MR_JOB_QUEUED },
	                   -1);
	ck_assert_int_eq(timeout_at(1), 0);
	ck_assert(turn(2));
	ck_assert(!claim.waits);
	broker_upkeep_leave(&upkeep, &claim);
}
END_TEST

START_TEST(test_scheduled_job_is_queued_when_due)
{
	submit(1, BROKER_NOW + 500);
	ck_assert(turn(0));
	ck_assert_int_eq(job_of(1).state, MR_JOB_SCHEDULED);
	ck_assert_int_le(timeout_at(1), 499);
	ck_assert(!turn(499));
	ck_assert_int_eq(timeout_at(500), 0);
	ck_assert(turn(500));
	ck_assert_int_eq(job_of(1).state, MR_JOB_QUEUED);
	ck_assert_int_eq(upkeep.next_due, 0);
}
END_TEST

/* ms of Unix time: later than 64 bits of ns hold, but not than a request. */
static const int64_t far_away[] = {
	20228313600000,  /* 2611 */
	253402300799000, /* the last second of 9999 */
	INT64_MAX,
};

START_TEST(test_job_of_a_far_year_is_waited_for)
{
	ck_assert(turn(0));
	upkeep.next_due = far_away[_i];
	ck_assert_int_gt(timeout_at(1), 500);
	ck_assert_int_le(timeout_at(1), 1000);
	ck_assert(!turn(1));
}
END_TEST

START_TEST(test_news_of_an_earlier_job_is_heeded)
{
	struct mr_job job = { .id = broker_id(1), .state = MR_JOB_SCHEDULED };

	ck_assert(turn(0));
	for (int64_t due = BROKER_NOW + 900; due >= BROKER_NOW + 300;
	     due -= 300) {
		job.due = due;
		broker_upkeep_note(&upkeep, &job, -1);
		ck_assert_int_eq(upkeep.next_due, due);
	}
	job.due = BROKER_NOW + 800;
	broker_upkeep_note(&upkeep, &job, -1);
	ck_assert_int_eq(upkeep.next_due, BROKER_NOW + 300);
}
END_TEST

/* Claimed by someone of this server, or of another. */
static void
claim_for(const char *owner)
{
	const struct mr_lease lease = { .owner = owner,
		                        .now = BROKER_NOW,
		                        .duration = 1000 };
	struct mr_queue queue = queue_at(BROKER_NOW);
	struct mr_claimed claimed;

	ck_assert_int_eq(mr_queue_claim(&queue, &lease, &claimed), MR_OK);
}

static void
claim_for_us(void)
{
	char owner[MR_JOB_ID + 16];

	snprintf(owner, sizeof(owner), "%s/%d", board->instance, getpid());
	claim_for(owner);
}

static const char *const strangers[] = {
	"0190a5c0-0000-7000-8000-000000000009/1", "x", "/1",
	"0190a5c0-0000-7000-8000-000000000000", /* ours, but without a pid */
};

START_TEST(test_run_of_another_server_is_lost_at_once)
{
	submit(1, 0);
	claim_for(strangers[_i]);
	ck_assert(turn(0));
	ck_assert_int_eq(job_of(1).state, MR_JOB_QUEUED);
	ck_assert_int_eq(job_of(1).losses, 1);
	ck_assert(TAILQ_EMPTY(&runs.list));
}
END_TEST

/* It is found, kept while it goes on, and its progress with the lease. */
START_TEST(test_run_of_this_server_is_an_orphan)
{
	submit(1, 0);
	claim_for_us();
	progress_begin(&board->scores[PLACE].job, broker_id(1), 1);
	progress_tell(&board->scores[PLACE].job, 1, 4, "halfway");
	ck_assert(turn(0));
	ck_assert_uint_eq(runs.orphans, 1);
	ck_assert_int_eq(job_of(1).state, MR_JOB_RUNNING);
	ck_assert_has(job_of(1).progress, "halfway");
	ck_assert_int_le(timeout_at(1), 100);
	for (uint64_t ms = 100; ms < 3000; ms += 100)
		turn(ms);
	ck_assert_int_eq(job_of(1).state, MR_JOB_RUNNING);
	progress_begin(&board->scores[PLACE].job, NULL, 0);
	for (uint64_t ms = 3000; ms < 4000; ms += 100)
		turn(ms);
	ck_assert_int_eq(job_of(1).state, MR_JOB_QUEUED);
	ck_assert(TAILQ_EMPTY(&runs.list));
}
END_TEST

/* Cancelled while there was no broker to tell it. */
START_TEST(test_orphan_that_was_cancelled_is_told)
{
	struct mr_queue queue = queue_at(BROKER_NOW);
	struct mr_job job;

	submit(1, 0);
	claim_for_us();
	ck_assert_int_eq(mr_queue_cancel(&queue, broker_id(1), &job), MR_OK);
	progress_begin(&board->scores[PLACE].job, broker_id(1), 1);
	ck_assert(turn(0));
	ck_assert_uint_ne(atomic_load(&board->scores[PLACE].cancelled), 0);
}
END_TEST

START_TEST(test_leases_are_renewed)
{
	int64_t lease;

	submit(1, 0);
	claim_for_us();
	progress_begin(&board->scores[PLACE].job, broker_id(1), 1);
	lease = job_of(1).lease;
	ck_assert(turn(0));
	ck_assert_int_gt(job_of(1).lease, lease + 20000);
	ck_assert(turn(20000));
	ck_assert_int_le(timeout_at(20000), 10000);
}
END_TEST

/* A few at a time, soon after each other, and then not for long. */
START_TEST(test_old_jobs_go_in_small_batches)
{
	struct mr_queue queue = queue_at(BROKER_NOW);
	int64_t counts[MR_JOB_STATE_COUNT] = { 0 };
	struct mr_job job;

	config.job_keep = 10;
	for (int i = 1; i <= 450; i++) {
		submit(i, 0);
		ck_assert_int_eq(mr_queue_cancel(&queue, broker_id(i), &job),
		                 MR_OK);
		broker_upkeep_note(&upkeep, &job, MR_JOB_QUEUED);
	}
	for (uint64_t ms = 0; ms < 1000; ms += 250)
		ck_assert(turn(ms) == (ms < 750));
	ck_assert_int_eq(flaky.real->functions->count(flaky.real, counts),
	                 MR_OK);
	ck_assert_int_eq(counts[MR_JOB_CANCELLED], 10);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, test_idle_runner_is_given_the_next_job);
	tcase_add_test(tc, test_nothing_is_given_that_is_not_committed);
	tcase_add_test(tc, test_idle_runner_waits_without_work);
	tcase_add_test(tc, test_scheduled_job_is_queued_when_due);
	tcase_add_loop_test(tc, test_job_of_a_far_year_is_waited_for, 0,
	                    N(far_away));
	tcase_add_test(tc, test_news_of_an_earlier_job_is_heeded);
	tcase_add_loop_test(tc, test_run_of_another_server_is_lost_at_once, 0,
	                    N(strangers));
	tcase_add_test(tc, test_run_of_this_server_is_an_orphan);
	tcase_add_test(tc, test_orphan_that_was_cancelled_is_told);
	tcase_add_test(tc, test_leases_are_renewed);
	tcase_add_test(tc, test_old_jobs_go_in_small_batches);
}

UNIT_MAIN("broker_upkeep", add_tests)
