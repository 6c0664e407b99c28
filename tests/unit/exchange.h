/*
 * exchange.h: a request on its way, as handle.c starts it, for the tests of
 * each step; and whether memory was given back.
 */
#ifndef MR_TESTS_EXCHANGE_H
#define MR_TESTS_EXCHANGE_H

#include "api/exchange.h"

#include "unit.h"

#include <errno.h>

static struct mr_request request; /* a test fills it in first */
static struct mr_reply reply;
static struct mr_exchange exchange;

static inline void
exchange_start(const struct mr_endpoint *endpoint)
{
	reply = (struct mr_reply){ .preamble = { "", 0 }, .body = { "", 0 } };
	exchange = (struct mr_exchange){
		.request = &request,
		.reply = &reply,
		.arena = arena,
		.endpoint = endpoint,
		.body = request.body,
		.body_piece = request.body_piece,
		.decoding = { .shape = &endpoint->in,
		              .query_only = endpoint->method == MR_GET,
		              .arena = arena },
	};
}

/* The only header that was added; both NULL: there is none. */
static inline void
exchange_assert_header(const char *name, const char *value)
{
	ck_assert_uint_eq(reply.header_count, name == NULL ? 0 : 1);
	if (name != NULL) {
		ck_assert_str_eq(reply.headers[0].name, name);
		ck_assert_str_eq(reply.headers[0].value, value);
	}
}

/* Of the page that the address lies in. */
static inline bool
is_mapped(const void *address)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	unsigned char resident;

	return mincore((void *)((uintptr_t)address & ~(page - 1)), 1,
	               &resident) == 0 ||
	       errno != ENOMEM;
}

#endif
