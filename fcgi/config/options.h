/*
 * options.h: the command line that all subcommands share.
 */
#ifndef FCGI_OPTIONS_H
#define FCGI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#define OPTIONS_MODULES 32

struct options {
	const char *config; /* NULL: built-in defaults */
	const char *state, *sockets, *socket_group; /* NULL: as configured */
	const char *modules[OPTIONS_MODULES];
	size_t module_count;
	bool help;
	char **arguments; /* what is no option, argument_count of them */
	size_t argument_count;
	char *const *called; /* all as it was, to be called again; or NULL */
};

/* Arguments behind the subcommand.  False after telling what is wrong. */
bool options_parse(struct options *options, int count, char **arguments);

/* The options, for help texts. */
void options_print(void);

#endif
