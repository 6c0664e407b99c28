/*
 * command.c: the program `millrace`: one table of subcommands.
 */
#include "api/openapi.h"
#include "base/nearest.h"
#include "fcgi/command/cgi.h"
#include "fcgi/command/invoke.h"
#include "fcgi/command/jobs_command.h"
#include "fcgi/command/order.h"
#include "fcgi/command/outcome.h"
#include "fcgi/command/start.h"
#include "fcgi/command/top.h"
#include "fcgi/config/conflict.h"
#include "fcgi/config/options.h"
#include "fcgi/config/printout.h"
#include "fcgi/master/load.h"
#include "fcgi/master/reload.h"
#include "fcgi/site/site.h"
#include "fcgi/site/site_upstreams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
serve(struct program *program, const struct options *options)
{
	(void)options;
	return start_serve(program);
}

static int
pool(struct program *program, const struct options *options)
{
	return start_pool(program, options->arguments[0]);
}

static int
reload(struct program *program, const struct options *options)
{
	(void)options;
	return order_reload(program);
}

static int
reopen(struct program *program, const struct options *options)
{
	(void)options;
	return order_reopen(program);
}

static int
top(struct program *program, const struct options *options)
{
	(void)options;
	return top_run(program);
}

static int
jobs(struct program *program, const struct options *options)
{
	return jobs_command_run(program, options->arguments,
	                        options->argument_count);
}

static int
cgi(struct program *program, const struct options *options)
{
	(void)options;
	return cgi_run(program);
}

static int
call(struct program *program, const struct options *options)
{
	return invoke_run(program, options->arguments, options->argument_count);
}

static int
endpoints(struct program *program, const struct options *options)
{
	struct mr_buffer text = { .arena = program->arena };
	size_t count;
	const struct mr_endpoint *const *list =
	    mr_registry_endpoints(program->registry, &count);

	(void)options;
	for (size_t i = 0; i < count; i++)
		mr_buffer_printf(&text, "%-4s %-24s %-8s %s\n",
		                 mr_method_name(list[i]->method), list[i]->path,
		                 mr_endpoint_is_public(list[i])
		                     ? mr_endpoint_pool(list[i])
		                     : "internal",
		                 list[i]->summary);
	return outcome_print(&text);
}

static int
openapi(struct program *program, const struct options *options)
{
	struct mr_buffer text = { .arena = program->arena };
	const char *document = mr_openapi_print(
	    program->registry, MILLRACE_VERSION, program->arena);

	(void)options;
	if (document == NULL) {
		fputs("millrace: out of memory\n", stderr);
		return EXIT_FAILURE;
	}
	mr_buffer_printf(&text, "%s\n", document);
	return outcome_print(&text);
}

static int
nginx(struct program *program, const struct options *options)
{
	static const struct {
		const char *name;
		void (*write)(struct program *, struct mr_buffer *);
	} parts[] = {
		{ "upstreams", site_upstreams },
		{ "locations", site_locations },
		{ "errors", site_errors },
	};
	struct mr_buffer text = { .arena = program->arena };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (strcmp(parts[i].name, options->arguments[0]) == 0) {
			parts[i].write(program, &text);
			return outcome_print(&text);
		}
	}
	fprintf(stderr,
	        "millrace: '%s' is not a part: upstreams, locations, errors\n",
	        options->arguments[0]);
	return EXIT_FAILURE;
}

static int
check(struct program *program, const struct options *options)
{
	struct mr_buffer text = { .arena = program->arena };
	struct mr_buffer warnings = { .arena = program->arena };
	char *rest, *line;

	(void)options;
	conflict_warn(&program->config, &warnings);
	load_warn(program, &warnings);
	rest = mr_buffer_text(&warnings);
	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line != '\0')
			fprintf(stderr, "millrace: warning: %s\n", line);
	printout_config(&program->config, &text);
	return outcome_print(&text);
}

static const struct command {
	const char *name, *arguments, *help;
	size_t least, most; /* arguments */
	int (*run)(struct program *program, const struct options *options);
} commands[] = {
	{ "serve", "", "run all pools in the foreground", 0, 0, serve },
	{ "pool", "NAME", "run one pool on the listening socket given as "
	                  "descriptor 0 (spawn-fcgi, systemd)", 1, 1, pool },
	{ "reload", "", "have the running server take up its configuration, "
	                "modules and program anew", 0, 0, reload },
	{ "reopen", "", "have the running server open its log file anew", 0, 0,
	  reopen },
	{ "top", "", "watch the running server's pools and workers", 0, 0, top },
	{ "jobs", JOBS_COMMAND_ARGUMENTS, JOBS_COMMAND_HELP, 0, 8, jobs },
	{ "cgi", "", "answer the one request in the environment (plain CGI)",
	  0, 0, cgi },
	{ "call", "PATH [NAME=VALUE]...", "call a function; '-' in place of "
	                                  "values reads a JSON body", 1, 1000,
	  call },
	{ "endpoints", "", "list what is served: method, path, pool, summary",
	  0, 0, endpoints },
	{ "openapi", "", "print what is served as an OpenAPI 3.1 document", 0, 0,
	  openapi },
	{ "nginx", "upstreams|locations|errors",
	  "print a part of nginx's configuration", 1, 1, nginx },
	{ "check", "", "check configuration and modules; print the effective "
	               "configuration", 0, 0, check },
};

/* The status for a command line that cannot be understood. */
#define USAGE 2

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void
print_command(const struct command *command)
{
	printf("  millrace %s%s%s\n      %s\n", command->name,
	       *command->arguments == '\0' ? "" : " ", command->arguments,
	       command->help);
}

static int
help(void)
{
	puts("millrace " MILLRACE_VERSION
	     ": C functions as HTTP endpoints behind nginx\n\nCommands:");
	for (size_t i = 0; i < COMMANDS; i++)
		print_command(&commands[i]);
	puts("  millrace help | --help\n      print this\n"
	     "  millrace version | --version\n      print the version\n\n"
	     "Options of every command:");
	options_print();
	return EXIT_SUCCESS;
}

static const struct command *
find(const char *name)
{
	struct mr_nearest nearest = { .wanted = name };

	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
		mr_nearest_offer(&nearest, commands[i].name);
	}
	fprintf(stderr, "millrace: there is no command '%s'", name);
	if (nearest.name != NULL)
		fprintf(stderr, "; did you mean '%s'?", nearest.name);
	fputs("\nTry 'millrace help'.\n", stderr);
	return NULL;
}

/* As it is before the options are taken out of it. */
static char **
copy(int count, char **arguments)
{
	size_t size = ((size_t)count + 1) * sizeof(*arguments);
	char **same = malloc(size);

	return same == NULL ? NULL : memcpy(same, arguments, size);
}

static int
run(const struct command *command, int count, char **arguments, char **same)
{
	struct options options;
	struct program program;
	int status;

	if (!options_parse(&options, count - 2, arguments + 2))
		return USAGE;
	options.called = same;
	if (options.help) {
		print_command(command);
		options_print();
		return EXIT_SUCCESS;
	}
	if (options.argument_count < command->least ||
	    options.argument_count > command->most) {
		fprintf(stderr, "usage: millrace %s %s\n", command->name,
		        command->arguments);
		return USAGE;
	}
	if (!load_program(&program, &options))
		status = EXIT_FAILURE;
	else if (reload_is_trial())
		status = RELOAD_LOADED;
	else
		status = command->run(&program, &options);
	/* Still taken: the master before us did not get its successor. */
	if (program.handover.taken)
		handover_go_back(&program.handover, program.arguments);
	load_free(&program);
	return status;
}

static bool
is_either(const char *text, const char *a, const char *b)
{
	return strcmp(text, a) == 0 || strcmp(text, b) == 0;
}

int
main(int count, char **arguments)
{
	const struct command *command;
	char **same;
	int status;

	if (count < 2) {
		help();
		return USAGE;
	}
	if (is_either(arguments[1], "help", "--help"))
		return help();
	if (is_either(arguments[1], "version", "--version")) {
		puts("millrace " MILLRACE_VERSION);
		return EXIT_SUCCESS;
	}
	command = find(arguments[1]);
	if (command == NULL)
		return USAGE;
	same = copy(count, arguments);
	status = run(command, count, arguments, same);
	free(same);
	return status;
}
