/*
 * load.h: what every subcommand begins with: configuration and endpoints.
 */
#ifndef FCGI_LOAD_H
#define FCGI_LOAD_H

#include "api/registry.h"
#include "fcgi/base/descriptors.h"
#include "fcgi/config/config.h"
#include "fcgi/config/options.h"
#include "fcgi/master/handover.h"

struct program {
	struct config config;
	struct mr_registry *registry;
	struct mr_arena *arena; /* for whatever the subcommand prints */
	struct handover handover;       /* from an earlier master */
	struct descriptors descriptors; /* those that modules have opened */
	char path[4096];                /* of this program, ... */
	char *const *arguments;         /* ... and how it was called */
};

/*
 * False after printing everything that is wrong: with the configuration, a
 * module, an endpoint, or what they ask of each other.
 */
bool load_program(struct program *program, const struct options *options);

/* What is legal and hardly meant: a pool of its own that nothing is in. */
void load_warn(const struct program *program, struct mr_buffer *warnings);

/* Also after load_program has failed. */
void load_free(struct program *program);

#endif
