/*
 * fill_jobs.c: a store with as many finished jobs as are wanted, each with its
 * input and result, as if they had run.
 */
#include "jobs/history.h"
#include "jobs/pack.h"
#include "jobs/sqlite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TOGETHER 20000 /* in a transaction */
#define TEXT(text) { text, sizeof(text) - 1 }

static void
must(struct mr_store *store, enum mr_err err)
{
	if (err == MR_OK)
		return;
	fprintf(stderr, "fill_jobs: %s\n", store->reason);
	exit(EXIT_FAILURE);
}

static struct mr_bytes
bytes_of(const struct mr_buffer *buffer)
{
	return (struct mr_bytes){ (const unsigned char *)buffer->data,
		                  buffer->length };
}

/* The way of each: submitted, run and finished in 2 ms. */
static void
finish(struct mr_job *job, struct mr_arena *arena)
{
	job->state = MR_JOB_QUEUED;
	mr_history_add(job, job->created, arena);
	job->state = MR_JOB_RUNNING;
	job->attempt = 1;
	job->started = job->created + 1;
	mr_history_add(job, job->started, arena);
	job->state = MR_JOB_SUCCEEDED;
	job->status = 200;
	job->finished = job->created + 2;
	mr_history_add(job, job->finished, arena);
}

static void
add(struct mr_store *store, int64_t created, struct mr_arena *arena)
{
	static const struct mr_job_input input = {
		.method = TEXT("GET"), .path = TEXT("/sum-squares"),
		.query = TEXT("a=3&b=4"), .accept = TEXT("*/*")
	};
	static const struct mr_job_result result = {
		.status = 200, .content_type = TEXT("application/json"),
		.body = TEXT("{\"a\":3,\"b\":4,\"sum_of_squares\":25}")
	};
	unsigned char random[10];
	char id[MR_JOB_ID];
	struct mr_buffer bytes = { .arena = arena };
	struct mr_job job = {
		.id = id, .endpoint = "sum_squares", .method = "GET",
		.path = "/sum-squares", .created = created, .due = created,
		.rank = created, .priority = MR_JOB_PRIORITY_DEFAULT,
		.attempts = 3, .request_id = "bench",
		.digest = "0123456789abcdef0123456789abcdef"
		          "0123456789abcdef0123456789abcdef",
	};

	for (size_t i = 0; i < sizeof(random); i++)
		random[i] = (unsigned char)(rand() >> 8);
	mr_job_make_id((uint64_t)created, random, id);
	finish(&job, arena);
	must(store, store->functions->add(store, &job));
	mr_pack_input(&bytes, &input);
	must(store, store->functions->put(store, id, MR_BLOB_INPUT,
	                                  bytes_of(&bytes)));
	bytes = (struct mr_buffer){ .arena = arena };
	mr_pack_result(&bytes, &result);
	must(store, store->functions->put(store, id, MR_BLOB_RESULT,
	                                  bytes_of(&bytes)));
}

int
main(int argument_count, char **arguments)
{
	struct mr_arena *arena = mr_arena_new();
	struct mr_buffer complaint = { .arena = arena };
	struct mr_store *store;
	long count;
	int64_t created;

	if (argument_count != 3) {
		fputs("usage: fill_jobs FILE COUNT\n", stderr);
		return 2;
	}
	store = mr_store_sqlite(arguments[1], &complaint);
	if (store == NULL) {
		fprintf(stderr, "fill_jobs: %.*s\n", (int)complaint.length,
		        complaint.data);
		return EXIT_FAILURE;
	}
	count = atol(arguments[2]);
	created = (int64_t)time(NULL) * 1000 - count - 1000;
	for (long i = 0; i < count; i++) {
		if (i % TOGETHER == 0)
			must(store, store->functions->begin(store));
		add(store, created + i, arena);
		mr_arena_reset(arena);
		if (i % TOGETHER == TOGETHER - 1 || i == count - 1)
			must(store, store->functions->commit(store));
	}
	mr_store_close(store);
	mr_arena_free(arena);
	return EXIT_SUCCESS;
}
