/*
 * openapi.h: what is served, as an OpenAPI 3.1 document.
 */
#ifndef MR_API_OPENAPI_H
#define MR_API_OPENAPI_H

#include "api/registry.h"
#include "base/arena.h"

/* JSON, in arena; NULL when out of memory. */
char *mr_openapi_print(const struct mr_registry *registry, const char *version,
                       struct mr_arena *arena);

#endif
