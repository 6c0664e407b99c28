/*
 * options.c: one table of options for parsing and for help.
 */
#include "fcgi/config/options.h"

#include "base/nearest.h"

#include <stdio.h>
#include <string.h>

#define TO(member) offsetof(struct options, member)

static const struct row {
	const char *name, *argument; /* no argument: sets help */
	size_t offset;               /* of where a last argument goes */
	bool repeated;               /* goes to modules */
	const char *help;
} rows[] = {
	{ "config", "FILE", TO(config), false,
	  "read this configuration; `millrace check` prints one with all "
	  "options" },
	{ "module", "FILE", 0, true,
	  "serve the endpoints of this shared object too; may be given again" },
	{ "state", "DIR", TO(state), false,
	  "keep everything in this directory" },
	{ "sockets", "DIR", TO(sockets), false,
	  "put the pools' sockets into this directory" },
	{ "socket-group", "GROUP", TO(socket_group), false,
	  "let this group connect to the sockets" },
	{ "help", NULL, 0, false, "print this" },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

void
options_print(void)
{
	char left[32];

	for (size_t i = 0; i < ROWS; i++) {
		snprintf(left, sizeof(left), "--%s %s", rows[i].name,
		         rows[i].argument == NULL ? "" : rows[i].argument);
		printf("  %-22s %s\n", left, rows[i].help);
	}
}

/* "--name" or "--name=value". */
static const struct row *
find(const char *argument, const char **value)
{
	struct mr_nearest nearest = { 0 };
	size_t length = strcspn(argument, "=");
	char name[MR_NEAREST_LENGTH + 1];

	snprintf(name, sizeof(name), "%.*s", (int)length, argument);
	nearest.wanted = name;
	*value = argument[length] == '=' ? argument + length + 1 : NULL;
	for (size_t i = 0; i < ROWS; i++) {
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
		mr_nearest_offer(&nearest, rows[i].name);
	}
	fprintf(stderr, "millrace: there is no option --%s", name);
	if (nearest.name != NULL)
		fprintf(stderr, "; did you mean --%s?", nearest.name);
	fputc('\n', stderr);
	return NULL;
}

static bool
take(struct options *options, const struct row *row, const char *value)
{
	if (row->argument != NULL && (value == NULL || *value == '\0')) {
		fprintf(stderr, "millrace: --%s needs %s\n", row->name,
		        row->argument);
		return false;
	}
	if (row->argument == NULL && value != NULL) {
		fprintf(stderr, "millrace: --%s takes no value\n", row->name);
		return false;
	}
	if (row->argument == NULL) {
		options->help = true;
	} else if (!row->repeated) {
		*(const char **)((char *)options + row->offset) = value;
	} else if (options->module_count < OPTIONS_MODULES) {
		options->modules[options->module_count++] = value;
	} else {
		fprintf(stderr, "millrace: at most %d modules\n",
		        OPTIONS_MODULES);
		return false;
	}
	return true;
}

bool
options_parse(struct options *options, int count, char **arguments)
{
	const struct row *row;
	const char *value;
	int kept = 0;

	*options = (struct options){ .arguments = arguments };
	for (int i = 0; i < count; i++) {
		if (strcmp(arguments[i], "--") == 0) {
			while (++i < count)
				arguments[kept++] = arguments[i];
		} else if (strncmp(arguments[i], "--", 2) != 0) {
			arguments[kept++] = arguments[i];
		} else {
			row = find(arguments[i] + 2, &value);
			if (row == NULL)
				return false;
			if (value == NULL && row->argument != NULL &&
			    i + 1 < count)
				value = arguments[++i];
			if (!take(options, row, value))
				return false;
		}
	}
	options->argument_count = (size_t)kept;
	return true;
}
