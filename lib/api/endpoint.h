/*
 * endpoint.h: questions about one endpoint.
 */
#ifndef MR_API_ENDPOINT_H
#define MR_API_ENDPOINT_H

#include "base/buffer.h"
#include "millrace.h"

/* The pool that serves an endpoint. */
const char *mr_endpoint_pool(const struct mr_endpoint *endpoint);

/* Whether it is part of the site; else only mr_start runs it. */
bool mr_endpoint_is_public(const struct mr_endpoint *endpoint);

/* Whether any input of an endpoint is read from a body. */
bool mr_endpoint_wants_body(const struct mr_endpoint *endpoint);

/* The longest body that an endpoint takes, in bytes. */
size_t mr_endpoint_body_limit(const struct mr_endpoint *endpoint);

/*
 * Appends what Allow says for count endpoints of one path: their methods, and
 * those that follow from them.
 */
void mr_endpoints_allow(const struct mr_endpoint *const *endpoints,
                        size_t count, struct mr_buffer *allow);

/* "GET" or "POST". */
const char *mr_method_name(enum mr_method method);

#endif
