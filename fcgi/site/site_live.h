/*
 * site_live.h: what nginx needs for clients that wait or watch: pool live's
 * part of its configuration.
 */
#ifndef FCGI_SITE_LIVE_H
#define FCGI_SITE_LIVE_H

#include "base/buffer.h"
#include "fcgi/config/config.h"

/* For the http block: upstream and maps.  Nothing where there is no pool live. */
void site_live_upstream(const struct config *config, struct mr_buffer *text);

/* For a server block, likewise. */
void site_live_locations(const struct config *config, struct mr_buffer *text);

/* What the paths of live answer to, for the map of $millrace_allow. */
void site_live_map(struct mr_buffer *text);

#endif
