/*
 * registry.h: the endpoints that this process serves.
 */
#ifndef MR_API_REGISTRY_H
#define MR_API_REGISTRY_H

#include "base/buffer.h"
#include "millrace.h"

struct mr_registry;

/* Empty; NULL when out of memory.  Free with mr_registry_free. */
struct mr_registry *mr_registry_new(void);

/* Accepts NULL.  Does not close modules: their code may still be running. */
void mr_registry_free(struct mr_registry *registry);

/*
 * The endpoint, which must outlive the registry, is checked first: its path
 * and rows, and that no other one has its method and path.  False when it
 * cannot be served; the reasons are appended to complaints, one a line.
 */
bool mr_registry_add(struct mr_registry *registry,
                     const struct mr_endpoint *endpoint,
                     struct mr_buffer *complaints);

/* The endpoints that are built in. */
bool mr_registry_add_builtin(struct mr_registry *registry,
                             struct mr_buffer *complaints);

/* Those of a module, a shared object that has MR_MODULE. */
bool mr_registry_add_module(struct mr_registry *registry, const char *file,
                            struct mr_buffer *complaints);

/* All endpoints, sorted by path, then by method. */
const struct mr_endpoint *const *
mr_registry_endpoints(const struct mr_registry *registry, size_t *count);

/*
 * The endpoints of one path lie side by side: the first of them, and how
 * many; NULL and 0 when the path is unknown.
 */
const struct mr_endpoint *const *
mr_registry_find(const struct mr_registry *registry, const char *path,
                 size_t *count);

/* Where one that was found stands among all. */
size_t mr_registry_index(const struct mr_registry *registry,
                         const struct mr_endpoint *const *found);

/* The pool that serves an endpoint. */
const char *mr_endpoint_pool(const struct mr_endpoint *endpoint);

/* Whether it is part of the site; else only mr_start runs it. */
bool mr_endpoint_is_public(const struct mr_endpoint *endpoint);

/* Whether any input of an endpoint is read from a body. */
bool mr_endpoint_wants_body(const struct mr_endpoint *endpoint);

/* The longest body that an endpoint takes, in bytes. */
size_t mr_endpoint_body_limit(const struct mr_endpoint *endpoint);

/* The longest body that any endpoint takes. */
size_t mr_registry_body_limit(const struct mr_registry *registry);

/*
 * Appends what Allow says for count endpoints of one path: their methods, and
 * those that follow from them.
 */
void mr_endpoints_allow(const struct mr_endpoint *const *endpoints,
                        size_t count, struct mr_buffer *allow);

/* "GET" or "POST". */
const char *mr_method_name(enum mr_method method);

#endif
