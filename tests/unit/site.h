/*
 * site.h: a program with endpoints of every kind, and the parts of what nginx
 * is told of it.
 */
#ifndef MR_TESTS_SITE_H
#define MR_TESTS_SITE_H

#include "fcgi/master/load.h"
#include "place.h"
#include "unit.h"

/* Endpoints beside the ones built in: two of one path, one that acts. */

MR_NOTHING(any_in);
MR_NOTHING(any_out);

static enum mr_err
any(mr_call *call, const struct any_in *in, struct any_out *out)
{
	(void)call;
	(void)in;
	(void)out;
	return MR_OK;
}

#define VARIANT(name, ...)                                                     \
	static enum mr_err name(mr_call *call, const struct any_in *in,        \
	                        struct any_out *out)                           \
	{                                                                      \
		return any(call, in, out);                                     \
	}                                                                      \
	MR_ENDPOINT(name, __VA_ARGS__)

#define read_it_in any_in
#define read_it_out any_out
#define write_it_in any_in
#define write_it_out any_out
#define act_in any_in
#define act_out any_out
VARIANT(read_it, MR_GET, "/it", "Reads it", .pool = "heavy",
        .body_limit = 100);
VARIANT(write_it, MR_POST, "/it", "Writes it", .pool = "heavy",
        .body_limit = 5000);
#define later_in any_in
#define later_out any_out
VARIANT(later, MR_POST, "/long", "Runs long", .long_running = true);
VARIANT(act, MR_POST, "/act", "Acts", .impure = true, .body_limit = 70000);

static struct program program;

static inline void
site_load(void)
{
	static const struct mr_endpoint *const more[] = {
		&mr_endpoint_read_it, &mr_endpoint_write_it, &mr_endpoint_act,
		&mr_endpoint_later
	};
	const struct options options = { .config = "c" };
	struct mr_buffer complaints = { .arena = arena };

	place_write("c", TEXT("[server]\nsockets = /run/m\nbody_memory = 64K\n"
	                      "[pool fast]\ndeadline = 1s\n"
	                      "queue_limit = 2s\n"));
	ck_assert(load_program(&program, &options));
	for (size_t i = 0; i < N(more); i++) {
		bool added = mr_registry_add(program.registry, more[i],
		                             &complaints);

		mr_buffer_putc(&complaints, '\0');
		ck_assert_msg(added, "%s", complaints.data);
	}
}

static inline void
site_unload(void)
{
	load_free(&program);
}

typedef void part(struct program *, struct mr_buffer *);

static inline const char *
text_of(part *write)
{
	struct mr_buffer text = { .arena = arena };

	write(&program, &text);
	mr_buffer_putc(&text, '\0');
	ck_assert(!text.failed);
	return text.data;
}

/* From the line that opens a block to the brace that closes it. */
static inline const char *
block(part *write, const char *opening)
{
	const char *text = text_of(write), *at = strstr(text, opening);

	ck_assert_msg(at != NULL, "no '%s'", opening);
	return mr_arena_copy(arena, at,
	                     (size_t)(strstr(at, "\n}\n") + 3 - at));
}

#endif
