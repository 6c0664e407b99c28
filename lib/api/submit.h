/*
 * submit.h: calls that become jobs: the answer is that they were accepted.
 */
#ifndef MR_API_SUBMIT_H
#define MR_API_SUBMIT_H

#include "api/exchange.h"
#include "api/prefer.h"

/* How the client wants it. */
struct mr_wish {
	struct mr_prefer prefer;
	struct mr_submission submission;
};

/*
 * Whether the call is to be a job: there is someone who takes jobs, and the
 * client asks for it or the endpoint is long-running.  What runs as a job
 * already is none, nor is a HEAD of an endpoint that is not long-running.
 */
bool mr_submit_is_asked(const struct mr_exchange *exchange,
                        struct mr_prefer *prefer);

/*
 * Reads the other headers, before anything is decoded; from here on the body
 * stays as it came.  MR_OK; MR_SYNTAX; MR_MEMORY.
 */
enum mr_err mr_submit_begin(struct mr_exchange *exchange, struct mr_wish *wish);

/*
 * Stores the job of an input that was found valid, and makes the reply a 202.
 * A HEAD has the status and stores nothing.  MR_OK, or as mr_submit.
 */
enum mr_err mr_submit_finish(struct mr_exchange *exchange,
                             struct mr_wish *wish);

/*
 * Stores one job: its method, path and request id are added, and its key is
 * put into the scope of these two.  MR_OK, also where it is stored already;
 * MR_INVALID, MR_STORAGE, MR_STORAGE_FULL, MR_BUSY, each with its sentence;
 * MR_MEMORY.
 */
enum mr_err mr_submit(struct mr_exchange *exchange,
                      struct mr_submission *submission, struct mr_job *job);

/* A text as a string; NULL stays so. */
struct mr_string mr_submit_text(const char *text);

#endif
