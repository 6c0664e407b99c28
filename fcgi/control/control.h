/*
 * control.h: the paths of the site itself: how it is (/livez, /readyz, /status
 * and /metrics), and its jobs (/jobs and below).  Served by CONTROL_POOL.
 */
#ifndef FCGI_CONTROL_H
#define FCGI_CONTROL_H

#include "api/handle.h"
#include "fcgi/board/scoreboard.h"
#include "fcgi/config/config.h"
#include "fcgi/wire/broker_client.h"

/* What all of it is told from. */
struct control {
	const struct config *config;
	const struct mr_registry *registry;
	const struct scoreboard *board;
	const char *version;

	/* How jobs are asked for: broker_client_ask, or a test's double. */
	enum mr_err (*ask)(struct broker_client *broker,
	                   const struct message *question,
	                   struct mr_arena *arena, struct message *reply);
	struct broker_client *broker; /* not connected when a worker is forked */
};

/* A serve_handler (serve.h); its context is a struct control. */
void control_handle(const void *context, const struct mr_request *request,
                    struct mr_reply *reply, struct mr_arena *arena);

/*
 * What nginx passes here, one by one: paths, or where they end with '/', all
 * that begins so; and whether only those in config.status_allow may see what
 * is there.  NULL at the end.
 */
const char *control_path(size_t i, bool *restricted);

/*
 * What each of them answers to, as lines of a map of nginx from a path to what
 * Allow says.
 */
void control_map(struct mr_buffer *text);

#endif
