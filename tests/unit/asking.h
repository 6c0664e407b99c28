/*
 * asking.h: a request to pool control, without a server around it.
 */
#ifndef MR_TESTS_ASKING_H
#define MR_TESTS_ASKING_H

#include "board.h"

static struct mr_reply reply;
static const char *prefer; /* the header of the next requests; NULL: none */

/* Of a worker of pool fast that serves, and of pool lazy, which has none yet. */
static inline void
asking_setup(void)
{
	board_setup();
	board_pool("fast");
	board_pool("lazy")->manager = POOL_ONDEMAND;
	board_worker(0, POLICY_SERVING, false);
}

static inline uint64_t
asking_tick(void *context, enum mr_phase phase)
{
	static uint64_t ticks;

	(void)context;
	(void)phase;
	return ++ticks;
}

/* The body; all else is in reply. */
static inline const char *
ask(const char *method, const char *path, const char *query)
{
	const struct mr_request request = {
		.method = method,
		.path = path,
		.query = TEXT(query),
		.body = BYTES(""),
		.request_id = "id-1",
		.prefer = prefer,
		.enter = asking_tick,
	};

	memset(&reply, 0xee, sizeof(reply));
	control_handle(&control, &request, &reply, arena);
	return mr_arena_copy(arena, reply.body.data, reply.body.length);
}

/* Of the reply; "" where it has none. */
static inline const char *
header(const char *name)
{
	for (size_t i = 0; i < reply.header_count; i++)
		if (strcmp(reply.headers[i].name, name) == 0)
			return reply.headers[i].value;
	return "";
}

#endif
