/*
 * control.h: the paths of the site itself, which tell how it is: /livez,
 * /readyz, /status and /metrics.  Served by CONTROL_POOL.
 */
#ifndef FCGI_CONTROL_H
#define FCGI_CONTROL_H

#include "api/handle.h"
#include "fcgi/config.h"
#include "fcgi/scoreboard.h"

/* What all of it is told from. */
struct control {
	const struct config *config;
	const struct mr_registry *registry;
	const struct scoreboard *board;
	const char *version;
};

/* A serve_handler (serve.h); its context is a struct control. */
void control_handle(const void *context, const struct mr_request *request,
                    struct mr_reply *reply, struct mr_arena *arena);

/*
 * The paths, one by one, and whether only those in config.status_allow may see
 * what is there; NULL at the end.
 */
const char *control_path(size_t i, bool *restricted);

#endif
