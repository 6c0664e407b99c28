/*
 * load.c: read, register, and check one against the other.
 */
#include "fcgi/load.h"

#include <stdio.h>

static bool
load_config(struct config *config, const struct options *options,
            struct mr_buffer *complaints)
{
	config_default(config);
	if (options->config != NULL &&
	    !config_read(config, options->config, complaints))
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
load_endpoints(struct mr_registry *registry, const struct options *options,
               struct mr_buffer *complaints)
{
	bool loaded = mr_registry_add_builtin(registry, complaints);

	for (size_t i = 0; i < options->module_count; i++)
		loaded &= mr_registry_add_module(registry, options->modules[i],
		                                 complaints);
	return loaded;
}

static bool
check_pools(const struct program *program, struct mr_buffer *complaints)
{
	size_t count, before = complaints->length;
	const struct mr_endpoint *const *endpoints =
	    mr_registry_endpoints(program->registry, &count);
	char path[CONFIG_SOCKET_PATH];

	for (size_t i = 0; i < count; i++)
		if (config_pool(&program->config,
		                mr_endpoint_pool(endpoints[i])) == NULL)
			mr_buffer_printf(complaints,
			                 "%s: endpoint %s: there is no pool %s "
			                 "in the configuration\n",
			                 endpoints[i]->file, endpoints[i]->name,
			                 mr_endpoint_pool(endpoints[i]));
	for (size_t i = 0; i < program->config.pool_count; i++)
		if (!config_socket(&program->config,
		                   &program->config.pools[i], path))
			mr_buffer_printf(complaints,
			                 "pool %s: the path of its socket is "
			                 "longer than a socket may have (%d "
			                 "bytes); see --sockets\n",
			                 program->config.pools[i].name,
			                 CONFIG_SOCKET_PATH - 1);
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

bool
load_program(struct program *program, const struct options *options)
{
	struct mr_buffer complaints = { .arena = mr_arena_new() };
	bool loaded;

	*program = (struct program){ .arena = complaints.arena,
		                     .registry = mr_registry_new() };
	if (program->arena == NULL || program->registry == NULL) {
		fputs("millrace: out of memory\n", stderr);
		return false;
	}
	loaded = load_config(&program->config, options, &complaints);
	loaded &= load_endpoints(program->registry, options, &complaints);
	if (loaded)
		loaded = check_pools(program, &complaints);
	if (!loaded)
		tell(&complaints);
	return loaded;
}

void
load_free(struct program *program)
{
	mr_registry_free(program->registry);
	mr_arena_free(program->arena);
}
