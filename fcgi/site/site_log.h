/*
 * site_log.h: nginx's access log: one JSON document a line; for site.c.
 */
#ifndef FCGI_SITE_LOG_H
#define FCGI_SITE_LOG_H

#include "base/buffer.h"
#include "fcgi/master/load.h"

/* For the http block: the format "millrace", and the maps that it needs. */
void site_log_format(struct program *program, struct mr_buffer *text);

/* For a location: what the log has of the endpoints of its one path. */
void site_log_location(const struct mr_endpoint *const *endpoints,
                       size_t count, struct mr_buffer *text);

/* Likewise for a path of the site itself. */
void site_log_system(const char *pool, struct mr_buffer *text);

#endif
