/*
 * operation.h: one endpoint as OpenAPI describes it.
 */
#ifndef MR_API_OPERATION_H
#define MR_API_OPERATION_H

#include "base/arena.h"
#include "base/document.h"
#include "millrace.h"

/*
 * Whether a call of the endpoint can end with err, by its function or by what
 * stands before it.  Not so for what has no endpoint (404, 405), nor for what
 * is wrong with HTTP itself (501, 505).
 */
bool mr_operation_answers(const struct mr_endpoint *endpoint, enum mr_err err);

/* The heading under which the endpoint stands. */
const char *mr_operation_tag(const struct mr_endpoint *endpoint);

/*
 * Adds the members of an Operation Object to an empty object.  Replies other
 * than 200 refer to "#/components/responses/STATUS", and every reply to
 * "#/components/headers/NAME"; job_operation.h has the rest of what it refers
 * to.
 */
void mr_operation_describe(const struct mr_endpoint *endpoint,
                           struct mr_arena *arena,
                           struct mr_document *operation);

/*
 * Adds to the responses a reference for each status of the errors that `answers`
 * says of `what` that it can be answered with.
 */
void mr_operation_refer_problems(struct mr_document *responses,
                                 bool (*answers)(const void *what,
                                                 enum mr_err err),
                                 const void *what);

/* Adds "headers": those of every reply, and more, which ends with NULL. */
void mr_operation_add_headers(struct mr_document *response,
                              const char *const *more);

/* Adds a parameter that is read from the query string. */
void mr_operation_add_query(const struct mr_field *field,
                            struct mr_arena *arena,
                            struct mr_document *parameters);

/* Adds "$ref": "#/components/KIND/NAME". */
void mr_operation_refer(struct mr_document *node, const char *kind,
                        const char *name);

#endif
