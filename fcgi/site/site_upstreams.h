/*
 * site_upstreams.h: what stands in nginx's http block: upstreams, maps, the
 * format of the access log.
 */
#ifndef FCGI_SITE_UPSTREAMS_H
#define FCGI_SITE_UPSTREAMS_H

#include "base/buffer.h"
#include "fcgi/master/load.h"

void site_upstreams(struct program *program, struct mr_buffer *text);

#endif
