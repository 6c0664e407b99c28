/*
 * problem.h: what went wrong, as the client reads it (RFC 9457).
 */
#ifndef MR_API_PROBLEM_H
#define MR_API_PROBLEM_H

#include "base/arena.h"
#include "base/document.h"
#include "base/err.h"
#include "millrace.h"
#include "schema/fault.h"

#include <stdarg.h>

#define MR_PROBLEM_TYPE "application/problem+json"

struct mr_problem {
	enum mr_err err;
	const char *detail;     /* a sentence; NULL: none */
	const char *instance;   /* the path, escaped for a URI; NULL: none */
	const char *request_id; /* NULL: none */
	const struct mr_faults *faults; /* NULL: none */
	bool has_offset;
	size_t offset; /* of malformed input, the byte */

	/* Adds members that only this problem has; NULL: it has none. */
	void (*extend)(const void *extension, struct mr_document *document);
	const void *extension;
};

/*
 * Makes a sentence the detail, in arena: what is longer than MR_PROBLEM_DETAIL is
 * cut; none when out of memory.
 */
#define MR_PROBLEM_DETAIL 255
void mr_problem_say(struct mr_problem *problem, struct mr_arena *arena,
                    const char *format, va_list values)
    __attribute__((format(printf, 3, 0)));

/* The document, in arena; NULL when out of memory. */
char *mr_problem_print(const struct mr_problem *problem,
                       struct mr_arena *arena);

/* Writes the type of a problem, such as "urn:millrace:problem:busy". */
#define MR_PROBLEM_URN "urn:millrace:problem:"
#define MR_PROBLEM_URN_SIZE (sizeof(MR_PROBLEM_URN) + MR_ERR_SLUG)
void mr_problem_urn(enum mr_err err, char urn[MR_PROBLEM_URN_SIZE]);

/* Adds the JSON Schema of every problem to an empty object. */
void mr_problem_describe(struct mr_document *schema);

/*
 * path with everything but unreserved characters and '/' percent-encoded:
 * path itself where there is nothing to encode, or else in arena; NULL when
 * out of memory.
 */
const char *mr_problem_instance(const char *path, struct mr_arena *arena);

#endif
