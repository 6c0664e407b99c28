/*
 * load.c: read, register, and check one against the other.
 */
#include "fcgi/master/load.h"

#include "base/nearest.h"
#include "fcgi/config/catalog.h"
#include "fcgi/config/terms.h"
#include "fcgi/master/role.h"

#include <stdio.h>
#include <unistd.h>

/* Who goes back to what it was has its configuration as it was, too. */
static const char *
file_to_read(const struct program *program, const struct options *options,
             char path[32])
{
	if (!program->handover.went_back)
		return options->config;
	snprintf(path, 32, "/proc/self/fd/%d",
	         program->handover.configuration);
	return path;
}

static bool
load_config(struct program *program, const struct options *options,
            struct mr_buffer *complaints)
{
	struct config *config = &program->config;
	char path[32];
	const char *file = file_to_read(program, options, path);

	config_default(config);
	if (file != NULL && !config_read(config, file, complaints))
		return false;
	if (!config_set(config, "state", options->state, complaints) ||
	    !config_set(config, "sockets", options->sockets, complaints) ||
	    !config_set(config, "socket_group", options->socket_group,
	                complaints))
		return false;
	config_resolve(config);
	return true;
}

static bool
load_endpoints(struct program *program, const struct options *options,
               struct mr_buffer *complaints)
{
	bool loaded = mr_registry_add_builtin(program->registry, complaints);
	struct descriptors before;

	descriptors_note(&before);
	for (size_t i = 0; i < options->module_count; i++)
		loaded &= mr_registry_add_module(
		    program->registry, options->modules[i], complaints);
	descriptors_note(&program->descriptors);
	descriptors_subtract(&program->descriptors, &before);
	return loaded;
}

static void
check_pool_of(const struct config *config, const struct mr_endpoint *endpoint,
              struct mr_buffer *complaints)
{
	const char *pool = mr_endpoint_pool(endpoint);
	const char *purpose = role_of(pool)->purpose;

	if (config_pool(config, pool) == NULL)
		mr_buffer_printf(complaints,
		                 "%s: endpoint %s: there is no pool %s in the "
		                 "configuration\n",
		                 endpoint->file, endpoint->name, pool);
	else if (purpose != NULL)
		mr_buffer_printf(complaints,
		                 "%s: endpoint %s: pool %s is for %s only; "
		                 "choose another pool\n",
		                 endpoint->file, endpoint->name, pool, purpose);
}

static void
check_path(const struct config *config, const struct pool_config *pool,
           struct mr_buffer *complaints)
{
	char path[CONFIG_SOCKET_PATH];

	if (!config_socket(config, pool, path))
		mr_buffer_printf(complaints,
		                 "pool %s: the path of its socket is longer "
		                 "than a socket may have (%d bytes); see "
		                 "--sockets\n",
		                 pool->name, CONFIG_SOCKET_PATH - 1);
}

/* A section [endpoint NAME], with the values that it takes from its pool. */
static void
check_terms(const struct endpoint_config *section, const struct terms *terms,
            const char *pool, struct mr_buffer *complaints)
{
	if (section->slow > 0 && terms->slow >= terms->deadline)
		mr_buffer_printf(complaints,
		                 "endpoint %s: slow is not below the deadline "
		                 "of pool %s, where a request ends before it "
		                 "is slow; lower it, or raise deadline here\n",
		                 section->name, pool);
}

static void
check_section(const struct program *program,
              const struct endpoint_config *section,
              struct mr_buffer *complaints)
{
	struct mr_nearest nearest = { .wanted = section->name };
	struct terms terms;
	const char *pool;
	size_t count;
	const struct mr_endpoint *const *endpoints =
	    mr_registry_endpoints(program->registry, &count);

	for (size_t i = 0; i < count; i++) {
		mr_nearest_offer(&nearest, endpoints[i]->name);
		if (strcmp(endpoints[i]->name, section->name) != 0)
			continue;
		pool = mr_endpoint_pool(endpoints[i]);
		if (config_pool(&program->config, pool) == NULL)
			return;
		terms = terms_of(&program->config, endpoints[i]);
		check_terms(section, &terms, pool, complaints);
		return;
	}
	mr_buffer_printf(complaints, "there is no endpoint '%s'",
	                 section->name);
	if (nearest.name != NULL)
		mr_buffer_printf(complaints, "; did you mean '%s'?",
		                 nearest.name);
	mr_buffer_putc(complaints, '\n');
}

/* Sections stand in a file only, whose name goes in front. */
static void
check_sections(const struct program *program, const char *file,
               struct mr_buffer *complaints)
{
	const struct config *config = &program->config;
	const struct endpoint_config *section;

	for (size_t i = 0; i < config->endpoint_count; i++) {
		struct mr_buffer own = { .arena = complaints->arena };

		section = &config->endpoints[i];
		check_section(program, section, &own);
		if (own.length > 0) {
			mr_buffer_printf(complaints, "%s:%d: ", file,
			                 section->line);
			mr_buffer_append(complaints, own.data, own.length);
		}
	}
}

static bool
check_together(const struct program *program, const char *file,
               struct mr_buffer *complaints)
{
	const struct config *config = &program->config;
	size_t count, before = complaints->length;
	const struct mr_endpoint *const *endpoints =
	    mr_registry_endpoints(program->registry, &count);

	for (size_t i = 0; i < count; i++)
		check_pool_of(config, endpoints[i], complaints);
	for (size_t i = 0; i < config->pool_count; i++)
		check_path(config, &config->pools[i], complaints);
	check_sections(program, file, complaints);
	return complaints->length == before;
}

/* Each line of the complaints is told with our name in front. */
static void
tell(struct mr_buffer *complaints)
{
	char *rest = mr_buffer_text(complaints), *line;

	if (rest == NULL)
		fputs("millrace: out of memory\n", stderr);
	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line != '\0')
			fprintf(stderr, "millrace: %s\n", line);
}

/*
 * As it was called, since a path may lead to another file by the time of a
 * reload; or else where the file was when it was found by PATH.
 */
static void
find_path(struct program *program)
{
	const char *name =
	    program->arguments == NULL ? "" : program->arguments[0];
	ssize_t length;

	if (strchr(name, '/') != NULL && access(name, X_OK) == 0) {
		snprintf(program->path, sizeof(program->path), "%s", name);
		return;
	}
	length = readlink("/proc/self/exe", program->path,
	                  sizeof(program->path) - 1);
	program->path[length < 0 ? 0 : length] = '\0';
}

bool
load_program(struct program *program, const struct options *options)
{
	struct mr_buffer complaints = { .arena = mr_arena_new() };
	bool loaded;

	*program = (struct program){ .arena = complaints.arena,
		                     .registry = mr_registry_new(),
		                     .arguments = options->called };
	handover_take(&program->handover);
	find_path(program);
	if (program->arena == NULL || program->registry == NULL) {
		fputs("millrace: out of memory\n", stderr);
		return false;
	}
	loaded = load_config(program, options, &complaints);
	loaded &= load_endpoints(program, options, &complaints);
	if (loaded)
		loaded = check_together(program, options->config,
		                        &complaints);
	if (!loaded)
		tell(&complaints);
	return loaded;
}

static bool
has_endpoint(const struct program *program, const struct pool_config *pool)
{
	size_t count;
	const struct mr_endpoint *const *endpoints =
	    mr_registry_endpoints(program->registry, &count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(mr_endpoint_pool(endpoints[i]), pool->name) == 0)
			return true;
	return false;
}

void
load_warn(const struct program *program, struct mr_buffer *warnings)
{
	const struct config *config = &program->config;

	for (size_t i = 0; i < config->pool_count; i++) {
		const char *name = config->pools[i].name;
		struct mr_nearest nearest = { .wanted = name };

		if (catalog_purpose(name) != NULL ||
		    has_endpoint(program, &config->pools[i]))
			continue;
		for (size_t j = 0; j < config->pool_count; j++)
			if (j != i)
				mr_nearest_offer(&nearest,
				                 config->pools[j].name);
		mr_buffer_printf(warnings, "pool %s: no endpoint is in it",
		                 name);
		if (nearest.name != NULL)
			mr_buffer_printf(warnings, "; did you mean %s?",
			                 nearest.name);
		mr_buffer_putc(warnings, '\n');
	}
}

void
load_free(struct program *program)
{
	mr_registry_free(program->registry);
	mr_arena_free(program->arena);
}
