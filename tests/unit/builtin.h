/*
 * builtin.h: calls of the endpoints that are built in, without a server.
 */
#ifndef MR_TESTS_BUILTIN_H
#define MR_TESTS_BUILTIN_H

#include "api/handle.h"

#include "unit.h"

static struct mr_registry *registry;

static uint64_t
builtin_enter(void *context, enum mr_phase phase)
{
	(void)context;
	(void)phase;
	return 0;
}

/* A request without anything else; neither body nor its length. */
static inline struct mr_request
builtin_request(const char *method, const char *path, const char *query)
{
	return (struct mr_request){ .method = method,
		                    .path = path,
		                    .query = TEXT(query),
		                    .body = { "", 0 },
		                    .enter = builtin_enter };
}

static inline struct mr_reply
builtin_call(const struct mr_request *request)
{
	struct mr_reply reply;

	mr_handle(registry, request, &reply, arena);
	return reply;
}

static inline const char *
builtin_text(const struct mr_reply *reply)
{
	return mr_arena_copy(arena, reply->body.data, reply->body.length);
}

static void
builtin_setup(void)
{
	struct mr_buffer complaints = { .arena = arena };

	registry = mr_registry_new();
	ck_assert_ptr_nonnull(registry);
	mr_registry_add_builtin(registry, &complaints);
	ck_assert_uint_eq(complaints.length, 0);
}

static void
builtin_teardown(void)
{
	mr_registry_free(registry);
}

#endif
