/*
 * going.h: a POST to /go of a registry that the test fills.
 */
#ifndef MR_TESTS_GOING_H
#define MR_TESTS_GOING_H

#include "api/handle.h"
#include "tree.h"
#include "unit.h"

static struct mr_registry *registry;
static struct mr_request request;
static struct mr_reply reply;

static inline uint64_t
enter(void *context, enum mr_phase phase)
{
	(void)context;
	(void)phase;
	return 1;
}

static inline void
serve_endpoint(const struct mr_endpoint *endpoint)
{
	struct mr_buffer complaints = { .arena = arena };

	if (registry == NULL)
		registry = mr_registry_new();
	ck_assert_msg(mr_registry_add(registry, endpoint, &complaints), "%s",
	              mr_buffer_text(&complaints));
}

static inline void
prepare_request(void)
{
	request = (struct mr_request){ .method = "POST",
		                       .path = "/go",
		                       .query = { "", 0 },
		                       .body = { "", 0 },
		                       .request_id = "id-1",
		                       .enter = enter };
}

static inline void
finish(void)
{
	mr_registry_free(registry);
	registry = NULL;
}

static inline void
handle(void)
{
	mr_handle(registry, &request, &reply, arena);
}

static inline void
assert_result_problem(const char *words)
{
	cJSON *document =
	    cJSON_ParseWithLength(reply.body.data, reply.body.length);

	ck_assert_int_eq(reply.err, MR_RESULT);
	ck_assert_has(tree_text(document, "detail"), words);
	ck_assert_double_eq(reply.park, 0);
	cJSON_Delete(document);
}

#endif
