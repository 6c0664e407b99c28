/*
 * site.h: what stands in a server block of nginx, as it follows from the
 * endpoints.
 */
#ifndef FCGI_SITE_H
#define FCGI_SITE_H

#include "base/buffer.h"
#include "fcgi/master/load.h"

/* For a server block: a location for each endpoint, and what they need. */
void site_locations(struct program *program, struct mr_buffer *text);

/* For a server block that is all Millrace's: its problem documents. */
void site_errors(struct program *program, struct mr_buffer *text);

/* Of a location whose replies may be shrunk. */
void site_gzip(struct mr_buffer *text);

#endif
