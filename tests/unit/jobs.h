/*
 * jobs.h: jobs to fill a store with, and each kind of store in turn.
 */
#ifndef MR_TESTS_JOBS_H
#define MR_TESTS_JOBS_H

#include "jobs/memory.h"
#include "jobs/queue.h"
#include "jobs/sqlite.h"

#include "place.h"

#define JOBS_NOW INT64_C(1700000000000)

static struct mr_store *
jobs_in_memory(const char *file, struct mr_buffer *complaint)
{
	(void)file;
	return mr_store_memory(complaint);
}

/* Each kind of store; a loop test runs over them. */
static struct mr_store *(*const jobs_stores[])(const char *file,
                                               struct mr_buffer *complaint) = {
	jobs_in_memory,
	mr_store_sqlite,
};

static struct mr_store *store;

static void
jobs_begin(int which)
{
	struct mr_buffer complaint = { .arena = arena };

	store = jobs_stores[which]("jobs.db", &complaint);
	ck_assert_msg(store != NULL, "%s", mr_buffer_text(&complaint));
}

/* Behind place_setup. */
static void
jobs_teardown(void)
{
	mr_store_close(store);
	place_teardown();
}

#define do_begin() ck_assert_int_eq(store->functions->begin(store), MR_OK)
#define do_commit() ck_assert_int_eq(store->functions->commit(store), MR_OK)

/* The id of the number-th job, in their order. */
static inline const char *
jobs_id(int number)
{
	char *id = mr_arena_alloc(arena, MR_JOB_ID);

	mr_job_make_id((uint64_t)JOBS_NOW + (uint64_t)number,
	               (const unsigned char *)"0123456789", id);
	return id;
}

static inline struct mr_job
jobs_job(int number)
{
	return (struct mr_job){
		.id = jobs_id(number),
		.endpoint = "sum",
		.method = "POST",
		.path = "/sum",
		.priority = MR_JOB_PRIORITY_DEFAULT,
		.attempts = 3,
		.digest = "00ff",
	};
}

#endif
