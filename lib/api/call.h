/*
 * call.h: what a running function may ask of the core.
 */
#ifndef MR_API_CALL_H
#define MR_API_CALL_H

#include "api/handle.h"
#include "base/arena.h"
#include "millrace.h"

struct mr_call {
	struct mr_arena *arena;
	const struct mr_request *request;
	const struct mr_registry *registry;
	char *words; /* the function's own refusal; NULL: none */
	bool parks;
	double park;                /* s */
	struct mr_started *started, **next; /* in order; see background.h */
	int start_count;
};

#endif
