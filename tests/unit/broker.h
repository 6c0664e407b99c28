/*
 * broker.h: jobs and questions for the tests of the broker's parts, and a store
 * that counts its commits and fails when it is told to.
 */
#ifndef MR_TESTS_BROKER_H
#define MR_TESTS_BROKER_H

#include "fcgi/wire/message.h"
#include "jobs/memory.h"
#include "jobs/queue.h"
#include "unit.h"

#include <stdio.h>

#define BROKER_NOW 1700000000000 /* ms */

/* The id of a job by its number. */
static inline const char *
broker_id(int number)
{
	char *id = mr_arena_alloc(arena, MR_JOB_ID);

	snprintf(id, MR_JOB_ID, "0190a5c0-0000-7000-8000-%012d", number);
	ck_assert(mr_job_is_id(id));
	return id;
}

static inline struct message
broker_submit(int number)
{
	struct mr_job *job = mr_arena_alloc(arena, sizeof(*job));

	*job = (struct mr_job){ .id = broker_id(number),
		                .endpoint = "spin",
		                .method = "POST",
		                .path = "/spin now",
		                .priority = MR_JOB_PRIORITY_DEFAULT,
		                .attempts = 1,
		                .digest = "d",
		                .request_id = "r" };
	return (struct message){ .type = MESSAGE_SUBMIT,
		                 .jobs = job,
		                 .job_count = 1,
		                 .input = { .method = BYTES("POST"),
		                            .path = BYTES("/spin now"),
		                            .body = BYTES("{}") } };
}

/* A question about a job that carries no more than its id. */
static inline struct message
broker_about(enum message_type type, int number)
{
	return (struct message){ .type = type, .id = broker_id(number) };
}

static inline struct message
broker_finish(int number, int64_t attempt, int status)
{
	return (struct message){ .type = MESSAGE_FINISH,
		                 .id = broker_id(number),
		                 .attempt = attempt,
		                 .result = { .status = status,
		                             .content_type = BYTES("a/b"),
		                             .body = BYTES("[1]") } };
}

/* The store: one in memory, behind functions that may fail. */

static struct {
	struct mr_store store;
	struct mr_store *real;
	int begins, commits, rollbacks, adds;
	enum mr_err commit_err; /* of each commit */
	int add_fails_at;       /* the number of an add; 0: of none */
	enum mr_err add_err;    /* of that one; MR_OK: MR_STORAGE */
	bool add_fails_on;      /* of each one so many later, too */
} flaky;

static enum mr_err
flaky_begin(struct mr_store *store)
{
	(void)store;
	flaky.begins++;
	return flaky.real->functions->begin(flaky.real);
}

static void
flaky_rollback(struct mr_store *store)
{
	(void)store;
	flaky.rollbacks++;
	flaky.real->functions->rollback(flaky.real);
}

static enum mr_err
flaky_commit(struct mr_store *store)
{
	flaky.commits++;
	if (flaky.commit_err == MR_OK)
		return flaky.real->functions->commit(flaky.real);
	snprintf(store->reason, sizeof(store->reason), "the disk is full");
	flaky.real->functions->rollback(flaky.real);
	return flaky.commit_err;
}

static enum mr_err
flaky_add(struct mr_store *store, const struct mr_job *job)
{
	int at = flaky.add_fails_at;

	flaky.adds++;
	if (flaky.adds == at ||
	    (flaky.add_fails_on && flaky.adds % at == 0)) {
		snprintf(store->reason, sizeof(store->reason), "it is odd");
		return flaky.add_err == MR_OK ? MR_STORAGE : flaky.add_err;
	}
	return flaky.real->functions->add(flaky.real, job);
}

/* The others are those of the real one, which is not this one. */
#define DELEGATE(name, parameters, ...)                                        \
	static enum mr_err flaky_##name parameters                             \
	{                                                                      \
		(void)store;                                                   \
		return flaky.real->functions->name(flaky.real, __VA_ARGS__);   \
	}
DELEGATE(find, (struct mr_store *store, const char *id, struct mr_arena *to,
                struct mr_job *job), id, to, job)
DELEGATE(find_key, (struct mr_store *store, const char *key,
                    struct mr_arena *to, struct mr_job *job), key, to, job)
DELEGATE(claim, (struct mr_store *store, const struct mr_lease *lease,
                 struct mr_arena *to, struct mr_job *job), lease, to, job)
DELEGATE(find_due, (struct mr_store *store, int64_t now, struct mr_arena *to,
                    struct mr_job *job), now, to, job)
DELEGATE(next_due, (struct mr_store *store, int64_t *due), due)
DELEGATE(save, (struct mr_store *store, const struct mr_job *job), job)
DELEGATE(renew, (struct mr_store *store, const struct mr_job *job,
                 const struct mr_lease *lease), job, lease)
DELEGATE(running, (struct mr_store *store, const struct mr_running *which,
                   struct mr_arena *to, struct mr_jobs *jobs), which, to, jobs)
DELEGATE(list, (struct mr_store *store, const struct mr_job_filter *filter,
                struct mr_arena *to, struct mr_jobs *jobs), filter, to, jobs)
DELEGATE(put, (struct mr_store *store, const char *id, enum mr_blob blob,
               struct mr_bytes bytes), id, blob, bytes)
DELEGATE(get, (struct mr_store *store, const char *id, enum mr_blob blob,
               struct mr_buffer *to), id, blob, to)
DELEGATE(sweep, (struct mr_store *store, const struct mr_sweep *sweep,
                 size_t *count), sweep, count)
DELEGATE(count, (struct mr_store *store, int64_t *counts), counts)
#undef DELEGATE

static const struct mr_store_functions flaky_functions = {
	.begin = flaky_begin,
	.commit = flaky_commit,
	.rollback = flaky_rollback,
	.add = flaky_add,
	.find = flaky_find,
	.find_key = flaky_find_key,
	.claim = flaky_claim,
	.find_due = flaky_find_due,
	.next_due = flaky_next_due,
	.save = flaky_save,
	.renew = flaky_renew,
	.running = flaky_running,
	.list = flaky_list,
	.put = flaky_put,
	.get = flaky_get,
	.sweep = flaky_sweep,
	.count = flaky_count,
};

static inline void
flaky_setup(void)
{
	struct mr_buffer complaint = { .arena = arena };

	memset(&flaky, 0, sizeof(flaky));
	flaky.real = mr_store_memory(&complaint);
	ck_assert_ptr_nonnull(flaky.real);
	flaky.store.functions = &flaky_functions;
}

static inline void
flaky_teardown(void)
{
	mr_store_close(flaky.real);
}

#endif
