/*
 * job_operation.h: jobs as OpenAPI describes them: their own paths, and what
 * the operations of endpoints say of them.
 */
#ifndef MR_API_JOB_OPERATION_H
#define MR_API_JOB_OPERATION_H

#include "base/arena.h"
#include "base/document.h"
#include "millrace.h"

/* The heading under which they stand. */
#define MR_JOB_TAG "Jobs"

/* Whether one of their operations has that operationId. */
bool mr_job_operation_is(const char *name);

/* Whether one of them can end with err. */
bool mr_job_operation_answers(enum mr_err err);

/* Adds their paths; arena is for what is made on the way. */
void mr_job_operation_describe_paths(struct mr_document *paths,
                                     struct mr_arena *arena);

/*
 * Adds the components that they, and calls that can become jobs, refer to:
 * parameters, schemas, and the response 202.
 */
void mr_job_operation_describe_parameters(struct mr_document *parameters);
void mr_job_operation_describe_schemas(struct mr_document *schemas,
                                       struct mr_arena *arena);
void mr_job_operation_describe_accepted(struct mr_document *responses);

/* Adds references to the headers by which a call becomes a job. */
void mr_job_operation_add_parameters(struct mr_document *parameters);

#endif
