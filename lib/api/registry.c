/*
 * registry.c: a sorted table of endpoints.
 */
#include "api/registry.h"

#include "api/job_operation.h"
#include "schema/declaration.h"
#include "schema/shape.h"
#include "schema/utf8.h"

#include <ctype.h>
#include <dlfcn.h>
#include <stdlib.h>

struct mr_registry {
	const struct mr_endpoint **endpoints;
	size_t count;
};

size_t
mr_registry_body_limit(const struct mr_registry *registry)
{
	size_t most = 0;

	for (size_t i = 0; i < registry->count; i++)
		if (mr_endpoint_body_limit(registry->endpoints[i]) > most)
			most = mr_endpoint_body_limit(registry->endpoints[i]);
	return most;
}

struct mr_registry *
mr_registry_new(void)
{
	return calloc(1, sizeof(struct mr_registry));
}

void
mr_registry_free(struct mr_registry *registry)
{
	if (registry == NULL)
		return;
	free(registry->endpoints);
	free(registry);
}

static int
by_path(const struct mr_endpoint *a, const struct mr_endpoint *b)
{
	int order = strcmp(a->path, b->path);

	return order != 0 ? order : (int)a->method - (int)b->method;
}

/* Where a new endpoint belongs. */
static size_t
position(const struct mr_registry *registry,
         const struct mr_endpoint *endpoint)
{
	size_t i = 0;

	while (i < registry->count &&
	       by_path(registry->endpoints[i], endpoint) < 0)
		i++;
	return i;
}

static bool
path_is_plain(const char *path)
{
	if (path == NULL || *path != '/')
		return false;
	for (; *path != '\0'; path++)
		if (!isalnum((unsigned char)*path) &&
		    strchr("/-._~", *path) == NULL)
			return false;
	return true;
}

/* A path that the site has for itself, or one below it. */
static bool
path_is_reserved(const char *path)
{
	static const char *const reserved[] = {
		"/_millrace", "/console", "/docs",
		"/jobs",      "/livez",   "/metrics",
		"/readyz",    "/status",  "/openapi.json",
		NULL,
	};
	const char *const *own = reserved;

	for (; *own != NULL; own++) {
		size_t length = strlen(*own);

		if (strncmp(path, *own, length) == 0 &&
		    (path[length] == '\0' || path[length] == '/'))
			return true;
	}
	return false;
}

static void
check_path(const struct mr_registry *registry,
           const struct mr_endpoint *endpoint, struct mr_buffer *complaints)
{
	const struct mr_endpoint *const *others;
	size_t count;

	if (!path_is_plain(endpoint->path)) {
		mr_buffer_puts(complaints, "the path must be '/' and letters, "
		                           "digits, '/', '-', '.', '_', '~'\n");
		return;
	}
	/* A server in front of us takes these out of a path. */
	if (strstr(endpoint->path, "//") != NULL ||
	    strstr(endpoint->path, "/.") != NULL)
		mr_buffer_puts(complaints,
		               "the path may not contain '//' or '/.'\n");
	if (path_is_reserved(endpoint->path))
		mr_buffer_puts(complaints, "the path is the site's own\n");
	others = mr_registry_find(registry, endpoint->path, &count);
	for (size_t i = 0; i < count; i++) {
		if (others[i]->method == endpoint->method)
			mr_buffer_printf(complaints, "%s %s is endpoint %s\n",
			                 mr_method_name(endpoint->method),
			                 endpoint->path, others[i]->name);
		else if (strcmp(mr_endpoint_pool(others[i]),
		                mr_endpoint_pool(endpoint)) != 0)
			mr_buffer_printf(complaints,
			                 "%s is in pool %s already\n",
			                 endpoint->path,
			                 mr_endpoint_pool(others[i]));
		else if (others[i]->internal != endpoint->internal)
			mr_buffer_printf(complaints,
			                 "%s is a path of endpoint %s, and one "
			                 "of both is internal\n",
			                 endpoint->path, others[i]->name);
	}
}

/* Clients that are made from the document have one function for each name. */
static void
check_name(const struct mr_registry *registry,
           const struct mr_endpoint *endpoint, struct mr_buffer *complaints)
{
	if (mr_job_operation_is(endpoint->name))
		mr_buffer_puts(complaints, "the name is the site's own\n");
	for (size_t i = 0; i < registry->count; i++) {
		const struct mr_endpoint *other = registry->endpoints[i];

		if (strcmp(other->name, endpoint->name) == 0)
			mr_buffer_printf(complaints,
			                 "%s %s has the same name\n",
			                 mr_method_name(other->method),
			                 other->path);
	}
}

/* Attributes that contradict each other. */
static void
check_attributes(const struct mr_endpoint *endpoint,
                 struct mr_buffer *complaints)
{
	if (endpoint->parks && endpoint->long_running)
		mr_buffer_puts(complaints, "it parks, and is long-running: a "
		                           "job has no answer to hold back\n");
	if (endpoint->parks && endpoint->internal)
		mr_buffer_puts(complaints, "it parks, and is internal: nobody "
		                           "waits for its answer\n");
	if (endpoint->internal && endpoint->method != MR_POST)
		mr_buffer_puts(complaints,
		               "it is internal: then its method is POST\n");
}

static void
check_texts(const struct mr_endpoint *endpoint, struct mr_buffer *complaints)
{
	if (endpoint->summary == NULL || *endpoint->summary == '\0')
		mr_buffer_puts(complaints, "it has no summary\n");
	if (!mr_utf8_is_text(endpoint->summary) ||
	    !mr_utf8_is_text(endpoint->description) ||
	    !mr_utf8_is_text(endpoint->tag))
		mr_buffer_puts(complaints,
		               "summary, description, tag: not UTF-8\n");
}

/* Puts file and name of the endpoint in front of each complaint. */
static void
forward(const struct mr_endpoint *endpoint, struct mr_buffer *from,
        struct mr_buffer *to)
{
	const char *file = endpoint->file == NULL ? "?" : endpoint->file;
	char *rest = mr_buffer_text(from), *line;

	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line != '\0')
			mr_buffer_printf(to, "%s: endpoint %s: %s\n",
			                 file, endpoint->name, line);
}

static bool
check(const struct mr_registry *registry, const struct mr_endpoint *endpoint,
      struct mr_buffer *complaints)
{
	struct mr_buffer own = { .arena = complaints->arena };

	if (endpoint->method >= MR_METHOD_COUNT)
		mr_buffer_puts(&own, "the method is unknown\n");
	else
		check_path(registry, endpoint, &own);
	check_name(registry, endpoint, &own);
	check_attributes(endpoint, &own);
	check_texts(endpoint, &own);
	mr_declaration_check(&endpoint->in,
	                     endpoint->method == MR_GET ? MR_ROLE_QUERY
	                                                : MR_ROLE_INPUT,
	                     &own);
	mr_declaration_check(&endpoint->out, MR_ROLE_RESULT, &own);
	if (own.length == 0 && !own.failed)
		return true;
	forward(endpoint, &own, complaints);
	return false;
}

bool
mr_registry_add(struct mr_registry *registry,
                const struct mr_endpoint *endpoint,
                struct mr_buffer *complaints)
{
	const struct mr_endpoint **endpoints;
	size_t i;

	if (!check(registry, endpoint, complaints))
		return false;
	endpoints = reallocarray(registry->endpoints, registry->count + 1,
	                         sizeof(*endpoints));
	if (endpoints == NULL) {
		mr_buffer_puts(complaints, "out of memory\n");
		return false;
	}
	registry->endpoints = endpoints;
	i = position(registry, endpoint);
	memmove(&endpoints[i + 1], &endpoints[i],
	        (registry->count - i) * sizeof(*endpoints));
	endpoints[i] = endpoint;
	registry->count++;
	return true;
}

static bool
add_all(struct mr_registry *registry, const struct mr_endpoint *const *list,
        struct mr_buffer *complaints)
{
	bool added = true;

	for (; *list != NULL; list++)
		added &= mr_registry_add(registry, *list, complaints);
	return added;
}

#define ENDPOINT(name)                                                         \
	__attribute__((visibility("hidden"))) extern const struct mr_endpoint  \
	    mr_endpoint_##name;
#include "builtin.inc"
#undef ENDPOINT

bool
mr_registry_add_builtin(struct mr_registry *registry,
                        struct mr_buffer *complaints)
{
	static const struct mr_endpoint *const builtin[] = {
#define ENDPOINT(name) &mr_endpoint_##name,
#include "builtin.inc"
#undef ENDPOINT
		NULL
	};

	return add_all(registry, builtin, complaints);
}

bool
mr_registry_add_module(struct mr_registry *registry, const char *file,
                       struct mr_buffer *complaints)
{
	void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	const struct mr_module *module;

	if (handle == NULL) {
		mr_buffer_printf(complaints, "module %s: %s\n", file,
		                 dlerror());
		return false;
	}
	module = dlsym(handle, "mr_module");
	if (module == NULL) {
		mr_buffer_printf(complaints,
		                 "module %s: it has no MR_MODULE line\n", file);
		return false;
	}
	if (module->abi != MR_ABI ||
	    module->endpoint_size != sizeof(struct mr_endpoint) ||
	    module->field_size != sizeof(struct mr_field)) {
		mr_buffer_printf(complaints,
		                 "module %s: it was built for another version "
		                 "of millrace.h (ABI %u, not %u)\n",
		                 file, module->abi, MR_ABI);
		return false;
	}
	return add_all(registry, module->endpoints, complaints);
}

const struct mr_endpoint *const *
mr_registry_endpoints(const struct mr_registry *registry, size_t *count)
{
	*count = registry->count;
	return registry->endpoints;
}

static int
path_order(const void *path, const void *endpoint)
{
	return strcmp(path, (*(const struct mr_endpoint *const *)endpoint)->path);
}

const struct mr_endpoint *const *
mr_registry_find(const struct mr_registry *registry, const char *path,
                 size_t *count)
{
	const struct mr_endpoint **first, **end;

	*count = 0;
	if (registry->count == 0)
		return NULL;
	first = bsearch(path, registry->endpoints, registry->count,
	                sizeof(*first), path_order);
	if (first == NULL)
		return NULL;
	end = registry->endpoints + registry->count;
	while (first > registry->endpoints &&
	       strcmp(first[-1]->path, path) == 0)
		first--;
	while (first + *count < end && strcmp(first[*count]->path, path) == 0)
		++*count;
	return first;
}

size_t
mr_registry_index(const struct mr_registry *registry,
                  const struct mr_endpoint *const *found)
{
	size_t count;

	return (size_t)(found - mr_registry_endpoints(registry, &count));
}
