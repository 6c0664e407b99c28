/*
 * registry.h: the endpoints that this process serves.
 */
#ifndef MR_API_REGISTRY_H
#define MR_API_REGISTRY_H

#include "api/endpoint.h"
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

/* The longest body that any endpoint takes. */
size_t mr_registry_body_limit(const struct mr_registry *registry);

#endif
