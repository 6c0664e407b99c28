/*
 * check_store.c: what every store does, over each of them.
 */
#include "jobs/store.h"

#include "jobs.h"

static struct mr_job
added(struct mr_job job)
{
	ck_assert_int_eq(store->functions->add(store, &job), MR_OK);
	return job;
}

static struct mr_job
queued(int number, int64_t rank)
{
	struct mr_job job = jobs_job(number);

	job.state = MR_JOB_QUEUED;
	job.rank = rank;
	return added(job);
}

static struct mr_job
finished(int number, int64_t time)
{
	struct mr_job job = jobs_job(number);

	job.state = MR_JOB_SUCCEEDED;
	job.finished = time;
	return added(job);
}

static enum mr_err
find(const char *id, struct mr_job *job)
{
	return store->functions->find(store, id, arena, job);
}

static void
assert_there(const char *id, bool is_there)
{
	struct mr_job job;

	ck_assert_int_eq(find(id, &job), is_there ? MR_OK : MR_NOT_FOUND);
}

static struct mr_bytes
bytes_of(const char *text)
{
	return (struct mr_bytes){ (const unsigned char *)text, strlen(text) };
}

static void
put(const char *id, enum mr_blob blob, const char *text)
{
	ck_assert_int_eq(store->functions->put(store, id, blob, bytes_of(text)),
	                 MR_OK);
}

/* NULL: there must be none. */
static void
assert_blob(const char *id, enum mr_blob blob, const char *expected)
{
	struct mr_buffer bytes = { .arena = arena };
	enum mr_err err = store->functions->get(store, id, blob, &bytes);

	ck_assert_int_eq(err, expected == NULL ? MR_NOT_FOUND : MR_OK);
	if (expected != NULL) {
		ck_assert_uint_eq(bytes.length, strlen(expected));
		ck_assert_str_eq(bytes.data, expected);
	}
}

/* Every member has a value of its own. */
static struct mr_job
full_job(void)
{
	struct mr_job job;

	for (size_t i = 0; i < mr_job_column_count; i++) {
		char *member = (char *)&job + mr_job_columns[i].offset;

		if (mr_job_columns[i].kind == MR_JOB_NUMBER)
			*(int64_t *)(void *)member = INT64_MAX - (int64_t)i;
		else
			*(const char **)(void *)member =
			    mr_job_columns[i].name;
	}
	job.state = MR_JOB_RUNNING;
	return job;
}

static void
assert_same(const struct mr_job *job, const struct mr_job *other)
{
	for (size_t i = 0; i < mr_job_column_count; i++) {
		const char *a = (const char *)job + mr_job_columns[i].offset;
		const char *b = (const char *)other + mr_job_columns[i].offset;

		if (mr_job_columns[i].kind == MR_JOB_NUMBER)
			ck_assert_msg(memcmp(a, b, sizeof(int64_t)) == 0, "%s",
			              mr_job_columns[i].name);
		else
			ck_assert_pstr_eq(*(const char *const *)(const void *)a,
			                  *(const char *const *)(const void *)b);
	}
}

START_TEST(test_every_member_comes_back)
{
	struct mr_job full = full_job(), bare = { .id = "bare" }, job;

	jobs_begin(_i);
	added(full);
	added(bare);
	ck_assert_int_eq(find(full.id, &job), MR_OK);
	assert_same(&job, &full);
	ck_assert_int_eq(find(bare.id, &job), MR_OK);
	assert_same(&job, &bare);
	ck_assert_int_eq(find("none", &job), MR_NOT_FOUND);
}
END_TEST

START_TEST(test_save_writes_all_but_what_never_changes)
{
	struct mr_job full = full_job(), job = { .id = full.id };

	jobs_begin(_i);
	added(full);
	job.attempt = full.attempt;
	job.detail = "another";
	job.endpoint = job.key = "not written";
	ck_assert_int_eq(store->functions->save(store, &job), MR_OK);
	job.endpoint = full.endpoint;
	job.method = full.method;
	job.path = full.path;
	job.created = full.created;
	job.digest = full.digest;
	job.key = full.key;
	job.request_id = full.request_id;
	ck_assert_int_eq(find(full.id, &full), MR_OK);
	assert_same(&full, &job);
}
END_TEST

START_TEST(test_id_and_key_are_there_once)
{
	struct mr_job first = jobs_job(1), second = jobs_job(2), job;

	jobs_begin(_i);
	first.key = "key";
	added(first);
	ck_assert_int_eq(store->functions->add(store, &first), MR_CONFLICT);
	second.key = "key";
	ck_assert_int_eq(store->functions->add(store, &second), MR_CONFLICT);
	second.key = NULL;
	added(second);
	added(jobs_job(3));
	ck_assert_int_eq(store->functions->find_key(store, "key", arena, &job),
	                 MR_OK);
	ck_assert_str_eq(job.id, first.id);
	ck_assert_int_eq(store->functions->find_key(store, "ke", arena, &job),
	                 MR_NOT_FOUND);
}
END_TEST

static enum mr_err
claim(int64_t duration, struct mr_job *job)
{
	struct mr_lease lease = { "owner", JOBS_NOW, duration };

	return store->functions->claim(store, &lease, arena, job);
}

/* Its state is for the caller to change. */
static struct mr_job
claimed(int64_t duration)
{
	struct mr_job job;

	ck_assert_int_eq(claim(duration, &job), MR_OK);
	ck_assert_int_eq(job.attempt, 1);
	ck_assert_str_eq(job.owner, "owner");
	job.state = MR_JOB_RUNNING;
	ck_assert_int_eq(store->functions->save(store, &job), MR_OK);
	return job;
}

START_TEST(test_claims_go_by_rank_then_age)
{
	static const int expected[] = { 3, 1, 4, 2 };
	struct mr_job job;

	jobs_begin(_i);
	queued(1, 20);
	queued(2, 30);
	queued(3, -5);
	queued(4, 20);
	added(jobs_job(5)); /* SCHEDULED */
	for (size_t i = 0; i < N(expected); i++)
		ck_assert_str_eq(claimed(1000).id, jobs_id(expected[i]));
	ck_assert_int_eq(claim(1000, &job), MR_NOT_FOUND);
}
END_TEST

START_TEST(test_saves_are_fenced_by_the_attempt)
{
	struct mr_job job, late;

	jobs_begin(_i);
	queued(1, 0);
	job = late = claimed(1000);
	late.attempt--;
	ck_assert_int_eq(store->functions->save(store, &late), MR_CONFLICT);
	ck_assert_int_eq(store->functions->save(store, &job), MR_OK);
	job.id = jobs_id(2);
	ck_assert_int_eq(store->functions->save(store, &job), MR_CONFLICT);
}
END_TEST

static size_t
running(const char *after, size_t limit)
{
	struct mr_running which = { after, limit };
	struct mr_jobs jobs;

	ck_assert_int_eq(store->functions->running(store, &which, arena, &jobs),
	                 MR_OK);
	for (size_t i = 0; i < jobs.length; i++) {
		ck_assert_int_eq(jobs.data[i].state, MR_JOB_RUNNING);
		ck_assert(after == NULL || strcmp(jobs.data[i].id, after) > 0);
		after = jobs.data[i].id;
	}
	return jobs.length;
}

START_TEST(test_who_runs_is_listed_and_its_lease_renewed)
{
	struct mr_lease lease = { "another", JOBS_NOW, 1000000 };
	struct mr_job job;
	int64_t before;

	jobs_begin(_i);
	for (int i = 1; i <= 5; i++)
		queued(i, i);
	for (int i = 1; i <= 4; i++)
		claimed(1000);
	ck_assert_uint_eq(running(NULL, 10), 4);
	ck_assert_uint_eq(running(NULL, 3), 3);
	ck_assert_uint_eq(running(jobs_id(1), 10), 3);
	ck_assert_int_eq(find(jobs_id(2), &job), MR_OK);
	before = job.lease;
	job.progress = "half";
	job.detail = "not written";
	ck_assert_int_eq(store->functions->renew(store, &job, &lease), MR_OK);
	ck_assert_int_eq(find(jobs_id(2), &job), MR_OK);
	ck_assert_int_gt(job.lease, before + 900000);
	ck_assert_str_eq(job.progress, "half");
	ck_assert_str_eq(job.owner, "another");
	ck_assert_ptr_null(job.detail);
}
END_TEST

START_TEST(test_only_the_attempt_that_runs_is_renewed)
{
	struct mr_lease lease = { "owner", JOBS_NOW, 1000 };
	struct mr_job job, waiting;

	jobs_begin(_i);
	queued(1, 0);
	waiting = queued(2, 1);
	job = claimed(1000);
	ck_assert_int_eq(store->functions->renew(store, &waiting, &lease),
	                 MR_CONFLICT);
	job.attempt++;
	ck_assert_int_eq(store->functions->renew(store, &job, &lease),
	                 MR_CONFLICT);
	job.id = "none";
	ck_assert_int_eq(store->functions->renew(store, &job, &lease),
	                 MR_CONFLICT);
}
END_TEST

START_TEST(test_due_jobs_come_in_their_order)
{
	static const int64_t dues[] = { 300, 100, 200 };
	struct mr_job job;
	int64_t due;

	jobs_begin(_i);
	ck_assert_int_eq(store->functions->next_due(store, &due), MR_OK);
	ck_assert_int_eq(due, 0);
	for (int i = 0; i < (int)N(dues); i++) {
		job = jobs_job(i);
		job.due = dues[i];
		added(job);
	}
	job = jobs_job(9);
	job.due = 1;
	job.state = MR_JOB_QUEUED;
	added(job);
	for (int64_t next = 100; next <= 300; next += 100) {
		ck_assert_int_eq(store->functions->next_due(store, &due),
		                 MR_OK);
		ck_assert_int_eq(due, next);
		ck_assert_int_eq(store->functions->find_due(store, next - 1,
		                                            arena, &job),
		                 MR_NOT_FOUND);
		ck_assert_int_eq(
		    store->functions->find_due(store, next, arena, &job),
		    MR_OK);
		ck_assert_int_eq(job.due, next);
		job.state = MR_JOB_QUEUED;
		ck_assert_int_eq(store->functions->save(store, &job), MR_OK);
	}
}
END_TEST

/* Twenty jobs: every second one of another endpoint, every third FAILED. */
static const struct {
	struct mr_job_filter filter;
	int first;
	size_t count;
} lists[] = {
	{ { -1, NULL, NULL, 100 }, 19, 20 },
	{ { -1, NULL, NULL, 7 }, 19, 7 },
	{ { -1, "even", NULL, 100 }, 18, 10 },
	{ { MR_JOB_FAILED, NULL, NULL, 100 }, 18, 7 },
	{ { MR_JOB_SCHEDULED, NULL, NULL, 5 }, 19, 5 },
	{ { MR_JOB_FAILED, "even", NULL, 100 }, 18, 4 },
	{ { MR_JOB_FAILED, "odd", NULL, 2 }, 15, 2 },
	{ { MR_JOB_DEAD, NULL, NULL, 100 }, 0, 0 },
	{ { MR_JOB_DEAD, "even", NULL, 100 }, 0, 0 },
	{ { -1, "eve", NULL, 100 }, 0, 0 },
	{ { -1, NULL, NULL, 0 }, 0, 0 },
};

static struct mr_jobs
list(const struct mr_job_filter *filter)
{
	struct mr_jobs jobs;

	ck_assert_int_eq(store->functions->list(store, filter, arena, &jobs),
	                 MR_OK);
	return jobs;
}

START_TEST(test_lists_are_filtered_and_paged_newest_first)
{
	struct mr_job_filter filter = lists[_i / 2].filter;
	struct mr_jobs all;

	jobs_begin(_i % 2);
	for (int i = 0; i < 20; i++) {
		struct mr_job job = jobs_job(i * 7 % 20);

		job.endpoint = i % 2 == 0 ? "even" : "odd";
		job.state = i * 7 % 20 % 3 == 0 ? MR_JOB_FAILED
		                                : MR_JOB_SCHEDULED;
		added(job);
	}
	all = list(&filter);
	ck_assert_uint_eq(all.length, lists[_i / 2].count);
	if (all.length > 0)
		ck_assert_str_eq(all.data[0].id, jobs_id(lists[_i / 2].first));
	for (size_t i = 0; i < all.length; i++) {
		filter.limit = 1;
		ck_assert_str_eq(list(&filter).data[0].id, all.data[i].id);
		filter.after = all.data[i].id;
		ck_assert(filter.endpoint == NULL ||
		          strcmp(all.data[i].endpoint, filter.endpoint) == 0);
	}
}
END_TEST

START_TEST(test_blobs_are_replaced_and_removed)
{
	const char *id = jobs_id(1);

	jobs_begin(_i);
	queued(1, 0);
	queued(2, 0);
	for (enum mr_blob blob = 0; blob < MR_BLOB_COUNT; blob++) {
		assert_blob(id, blob, NULL);
		put(id, blob, "first");
		assert_blob(id, blob, "first");
		put(id, blob, "another");
		assert_blob(id, blob, "another");
		assert_blob(jobs_id(2), blob, NULL);
	}
	put(id, MR_BLOB_RESULT, "");
	put(id, MR_BLOB_RESULT, "");
	assert_blob(id, MR_BLOB_RESULT, NULL);
	assert_blob(id, MR_BLOB_INPUT, "another");
}
END_TEST

START_TEST(test_blobs_hold_any_bytes)
{
	struct mr_buffer bytes = { .arena = arena };
	static unsigned char many[3000000];

	for (size_t i = 0; i < sizeof(many); i++)
		many[i] = (unsigned char)(i * i >> 3);
	jobs_begin(_i);
	queued(1, 0);
	ck_assert_int_eq(
	    store->functions->put(store, jobs_id(1), MR_BLOB_INPUT,
	                          (struct mr_bytes){ many, sizeof(many) }),
	    MR_OK);
	ck_assert_int_eq(store->functions->get(store, jobs_id(1), MR_BLOB_INPUT,
	                                       &bytes),
	                 MR_OK);
	ck_assert_uint_eq(bytes.length, sizeof(many));
	ck_assert_mem_eq(bytes.data, many, sizeof(many));
}
END_TEST

/* Whatever it was that is taken back. */
START_TEST(test_rollback_leaves_nothing)
{
	struct mr_sweep sweep = { INT64_MAX, 0, 1, 10 };
	struct mr_job before, job;
	size_t count;

	jobs_begin(_i);
	queued(2, 0);
	before = claimed(1000);
	finished(4, 5);
	put(jobs_id(4), MR_BLOB_RESULT, "kept");
	do_begin();
	queued(1, 0);
	queued(3, -1);
	claimed(1000);
	put(before.id, MR_BLOB_CHECKPOINT, "gone");
	job = before;
	job.state = MR_JOB_FAILED;
	ck_assert_int_eq(store->functions->save(store, &job), MR_OK);
	ck_assert_int_eq(store->functions->sweep(store, &sweep, &count), MR_OK);
	ck_assert_uint_ge(count, 1);
	assert_there(jobs_id(4), false);
	store->functions->rollback(store);
	assert_there(jobs_id(1), false);
	assert_there(jobs_id(3), false);
	ck_assert_int_eq(find(before.id, &job), MR_OK);
	assert_same(&job, &before);
	assert_blob(before.id, MR_BLOB_CHECKPOINT, NULL);
	assert_blob(jobs_id(4), MR_BLOB_RESULT, "kept");
	ck_assert_int_eq(claim(1000, &job), MR_NOT_FOUND);
}
END_TEST

START_TEST(test_commit_keeps_all_and_a_rollback_behind_it_nothing)
{
	jobs_begin(_i);
	do_begin();
	queued(1, 0);
	put(jobs_id(1), MR_BLOB_INPUT, "input");
	do_commit();
	do_begin();
	queued(2, 0);
	store->functions->rollback(store);
	do_begin();
	do_commit();
	assert_there(jobs_id(1), true);
	assert_blob(jobs_id(1), MR_BLOB_INPUT, "input");
	assert_there(jobs_id(2), false);
}
END_TEST

/* Ten jobs that finished at 1 to 10, the youngest first; one that runs. */
static const struct {
	struct mr_sweep sweep;
	int64_t gone; /* those until then */
} sweeps[] = {
	{ { 0, 100, 10, 100 }, 0 },       { { 1, 100, 10, 100 }, 0 },
	{ { 4, 100, 10, 100 }, 3 },       { { 4, 100, 10, 2 }, 2 },
	{ { INT64_MAX, 100, 10, 99 }, 10 }, { { 0, 4, 10, 100 }, 6 },
	{ { 0, 10, 10, 100 }, 0 },        { { 0, 9, 10, 100 }, 1 },
	{ { 0, 0, 10, 100 }, 10 },        { { 0, 0, 10, 3 }, 3 },
	{ { 3, 7, 10, 100 }, 3 },         { { 5, 9, 10, 100 }, 4 },
	{ { 5, 0, 10, 0 }, 0 },           { { 5, 0, 10, 6 }, 6 },
};

START_TEST(test_sweep_takes_the_oldest)
{
	int64_t counts[MR_JOB_STATE_COUNT];
	int64_t gone = sweeps[_i / 2].gone;
	size_t count;

	jobs_begin(_i % 2);
	queued(100, 0);
	claimed(1000);
	for (int i = 1; i <= 10; i++) {
		finished(i, 11 - i);
		put(jobs_id(i), MR_BLOB_RESULT, "result");
	}
	ck_assert_int_eq(
	    store->functions->sweep(store, &sweeps[_i / 2].sweep, &count),
	    MR_OK);
	ck_assert_int_eq((int64_t)count, gone);
	for (int i = 1; i <= 10; i++) {
		assert_there(jobs_id(i), 11 - i > gone);
		assert_blob(jobs_id(i), MR_BLOB_RESULT,
		            11 - i > gone ? "result" : NULL);
	}
	ck_assert_int_eq(store->functions->count(store, counts), MR_OK);
	ck_assert_int_eq(counts[MR_JOB_SUCCEEDED], 10 - gone);
	ck_assert_int_eq(counts[MR_JOB_RUNNING], 1);
}
END_TEST

START_TEST(test_count_follows_every_change)
{
	int64_t counts[MR_JOB_STATE_COUNT], expected[MR_JOB_STATE_COUNT] = { 0 };
	struct mr_job jobs[50];
	uint64_t state = 1;

	jobs_begin(_i);
	for (int i = 0; i < 50; i++) {
		jobs[i] = jobs_job(i);
		jobs[i].state = i % MR_JOB_STATE_COUNT;
		added(jobs[i]);
		expected[jobs[i].state]++;
	}
	for (int i = 0; i < 200; i++) {
		struct mr_job *job = &jobs[random_bits(&state) % 50];

		expected[job->state]--;
		job->state =
		    (int64_t)(random_bits(&state) % MR_JOB_STATE_COUNT);
		expected[job->state]++;
		ck_assert_int_eq(store->functions->save(store, job), MR_OK);
		ck_assert_int_eq(store->functions->count(store, counts), MR_OK);
		ck_assert_mem_eq(counts, expected, sizeof(counts));
	}
}
END_TEST

START_TEST(test_what_is_found_outlives_the_store)
{
	struct mr_job job;

	jobs_begin(_i);
	added(full_job());
	ck_assert_int_eq(find("id", &job), MR_OK);
	mr_store_close(store);
	store = NULL;
	ck_assert_str_eq(job.history, "history");
}
END_TEST

static void
add_tests(TCase *tc)
{
	const TTest *const tests[] = {
		test_every_member_comes_back,
		test_save_writes_all_but_what_never_changes,
		test_id_and_key_are_there_once,
		test_claims_go_by_rank_then_age,
		test_saves_are_fenced_by_the_attempt,
		test_who_runs_is_listed_and_its_lease_renewed,
		test_only_the_attempt_that_runs_is_renewed,
		test_due_jobs_come_in_their_order,
		test_blobs_are_replaced_and_removed,
		test_blobs_hold_any_bytes,
		test_rollback_leaves_nothing,
		test_commit_keeps_all_and_a_rollback_behind_it_nothing,
		test_count_follows_every_change,
		test_what_is_found_outlives_the_store,
	};

	tcase_add_checked_fixture(tc, place_setup, jobs_teardown);
	for (size_t i = 0; i < N(tests); i++)
		tcase_add_loop_test(tc, tests[i], 0, N(jobs_stores));
	tcase_add_loop_test(tc, test_lists_are_filtered_and_paged_newest_first,
	                    0, N(lists) * 2);
	tcase_add_loop_test(tc, test_sweep_takes_the_oldest, 0, N(sweeps) * 2);
}

UNIT_MAIN("store", add_tests)
