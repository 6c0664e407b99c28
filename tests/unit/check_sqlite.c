/*
 * check_sqlite.c: what is committed outlives a kill, nothing else does; and a
 * file under retention stays small.
 */
#include "jobs/sqlite.h"

#include "jobs.h"

#include <signal.h>
#include <sys/stat.h>

static struct mr_job
of_state(int number, enum mr_job_state state)
{
	struct mr_job job = jobs_job(number);

	job.state = state;
	job.finished = mr_job_is_final(state) ? number : 0;
	return job;
}

static void
add(const struct mr_job *job)
{
	ck_assert_int_eq(store->functions->add(store, job), MR_OK);
}

static int
commit_and_die(void *context)
{
	struct mr_job kept = of_state(1, MR_JOB_QUEUED);
	struct mr_job lost = of_state(2, MR_JOB_QUEUED);

	(void)context;
	jobs_begin(1);
	do_begin();
	add(&kept);
	do_commit();
	do_begin();
	add(&lost);
	return raise(SIGKILL);
}

START_TEST(test_commit_outlives_a_kill)
{
	int64_t counts[MR_JOB_STATE_COUNT];
	struct mr_job job;
	int status = place_run(commit_and_die, NULL);

	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	jobs_begin(1);
	ck_assert_int_eq(
	    store->functions->find(store, jobs_id(1), arena, &job), MR_OK);
	ck_assert_int_eq(
	    store->functions->find(store, jobs_id(2), arena, &job),
	    MR_NOT_FOUND);
	ck_assert_int_eq(store->functions->count(store, counts), MR_OK);
	ck_assert_int_eq(counts[MR_JOB_QUEUED], 1);
}
END_TEST

static off_t
size_of(const char *file)
{
	struct stat status;

	ck_assert_int_eq(stat(file, &status), 0);
	return status.st_size;
}

static int64_t finished;

/* A hundred jobs that have finished, each with a result of 10,000 bytes. */
static void
finish_some(int first)
{
	static unsigned char result[10000];

	do_begin();
	for (int i = first; i < first + 100; i++) {
		struct mr_job job = of_state(i, MR_JOB_SUCCEEDED);

		add(&job);
		ck_assert_int_eq(
		    store->functions->put(
		        store, job.id, MR_BLOB_RESULT,
		        (struct mr_bytes){ result, sizeof(result) }),
		    MR_OK);
	}
	do_commit();
	finished += 100;
}

static size_t
sweep(int64_t keep)
{
	struct mr_sweep which = { 0, keep, finished, 1000 };
	size_t count;

	do_begin();
	ck_assert_int_eq(store->functions->sweep(store, &which, &count), MR_OK);
	do_commit();
	finished -= (int64_t)count;
	return count;
}

START_TEST(test_retention_bounds_the_file)
{
	off_t largest = 0;

	jobs_begin(1);
	for (int i = 1; i <= 60; i++) {
		finish_some(100 * i);
		ck_assert_uint_eq(sweep(300), i <= 3 ? 0 : 100);
		mr_arena_reset(arena);
		if (i == 10)
			largest = size_of("jobs.db");
	}
	ck_assert_int_le(size_of("jobs.db"), 2 * largest);
	ck_assert_int_le(size_of("jobs.db-wal"), 20 << 20);
	ck_assert_uint_eq(sweep(0), 300);
	for (int i = 0; i < 5; i++)
		sweep(0);
	mr_store_close(store);
	jobs_begin(1);
	ck_assert_int_le(size_of("jobs.db"), largest / 2);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, jobs_teardown);
	tcase_add_test(tc, test_commit_outlives_a_kill);
	tcase_add_test(tc, test_retention_bounds_the_file);
}

UNIT_MAIN("sqlite", add_tests)
