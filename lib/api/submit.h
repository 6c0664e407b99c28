/*
 * submit.h: calls that become jobs: the answer is that they were accepted.
 */
#ifndef MR_API_SUBMIT_H
#define MR_API_SUBMIT_H

#include "api/exchange.h"
#include "api/prefer.h"

/* What the headers of a call say of the job that it is to become. */
struct mr_job_request {
	struct mr_prefer prefer;
	struct mr_submission submission;
};

/*
 * Reads these headers, of any call, behind mr_input_begin and before anything is
 * decoded; what is wrong with them is told with the faults of the input.
 * MR_OK; MR_MEMORY.
 */
enum mr_err mr_submit_begin(struct mr_exchange *exchange,
                            struct mr_job_request *wanted);

/*
 * Whether the call is to be a job: there is someone who takes jobs, and the
 * client asks for it or the endpoint is long-running.  What runs as a job
 * already is none, nor is a HEAD of an endpoint that is not long-running.
 */
bool mr_submit_is_asked(const struct mr_exchange *exchange,
                        const struct mr_prefer *prefer);

/*
 * Stores the job of an input that was found valid, and makes the reply a 202.
 * A HEAD has the status and stores nothing.  MR_OK, or as mr_submit.
 */
enum mr_err mr_submit_finish(struct mr_exchange *exchange,
                             struct mr_job_request *wanted);

/*
 * Stores one job: its method, path and request id are added, and its key is
 * put into the scope of these two.  MR_OK, also where it is stored already;
 * MR_INVALID, MR_STORAGE, MR_STORAGE_FULL, MR_BUSY, each with its sentence;
 * MR_MEMORY.
 */
enum mr_err mr_submit(struct mr_exchange *exchange,
                      struct mr_submission *submission, struct mr_job *job);

#endif
