/*
 * config.c: the table of options, and reading and printing by it.
 */
#include "fcgi/config.h"

#include "base/nearest.h"

#include <errno.h>
#include <ini.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

enum kind { KIND_TEXT, KIND_BOOL, KIND_COUNT, KIND_DURATION, KIND_SIZE };

struct option {
	const char *name;
	enum kind kind;
	size_t offset;
	uint64_t min, max;
	const char *standard; /* the default, as in a file */
	const char *help;
};

#define SERVER(member) offsetof(struct config, member)
#define POOL(member) offsetof(struct pool_config, member)

static const struct option server_options[] = {
	{ "state", KIND_TEXT, SERVER(state), 1, CONFIG_TEXT - 1,
	  "millrace-state",
	  "directory of everything that is kept; made if it is missing" },
	{ "sockets", KIND_TEXT, SERVER(sockets), 0, CONFIG_TEXT - 1, "",
	  "directory of the pools' sockets; empty: the state directory" },
	{ "socket_group", KIND_TEXT, SERVER(socket_group), 0, CONFIG_TEXT - 1,
	  "", "group that may connect, such as nginx's; empty: our own" },
	{ "stop_timeout", KIND_DURATION, SERVER(stop_timeout), 0, 3600000,
	  "10s", "how long running requests may take to end on a stop" },
	{ "body_memory", KIND_SIZE, SERVER(body_memory), 16 << 10,
	  UINT64_C(1) << 32, "16M",
	  "nginx keeps bodies up to this size in memory, not on disk" },
};

static const struct option pool_options[] = {
	{ "workers", KIND_COUNT, POOL(workers), 0, 1024, "0",
	  "worker processes; 0: one for each processor" },
	{ "keep_alive", KIND_BOOL, POOL(keep_alive), 0, 1, "no",
	  "yes: a worker holds many connections, for calls of microseconds; "
	  "no: an idle worker takes one request, for calls that compute" },
	{ "deadline", KIND_DURATION, POOL(deadline), 1, 86400000, "30s",
	  "a request that takes longer is ended with 504" },
	{ "queue_limit", KIND_DURATION, POOL(queue_limit), 1, 86400000, "30s",
	  "a request that waited longer for a worker is answered with 503" },
	{ "memory", KIND_SIZE, POOL(memory), 0, UINT64_C(1) << 46, "2G",
	  "data that a worker may have; beyond it 507; 0: no limit" },
	{ "nice", KIND_COUNT, POOL(nice), 0, 19, "0",
	  "priority given up, as nice(1)" },
	{ "backlog", KIND_COUNT, POOL(backlog), 1, 65535, "4096",
	  "connections that may wait for a worker" },
};

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* The pools that there are without a file, in the language of the file. */
static const char built_in[] =
    "[pool fast]\nkeep_alive = yes\ndeadline = 1s\nqueue_limit = 5s\n"
    "memory = 256M\n"
    "[pool heavy]\nnice = 5\n";

/* Values. */

struct unit {
	const char *suffix;
	uint64_t factor;
};

static const struct unit units[][5] = {
	[KIND_COUNT] = { { "", 1 } },
	[KIND_DURATION] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 },
	                    { "h", 3600000 } },
	[KIND_SIZE] = { { "", 1 }, { "K", 1 << 10 }, { "M", 1 << 20 },
	                { "G", 1 << 30 } },
};

static bool
parse_number(const struct option *option, const char *text, uint64_t *number)
{
	const struct unit *unit = units[option->kind];
	unsigned long long digits;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	digits = strtoull(text, &end, 10);
	while (unit->suffix != NULL && strcmp(unit->suffix, end) != 0)
		unit++;
	return errno == 0 && unit->suffix != NULL &&
	       !__builtin_mul_overflow(digits, unit->factor, number) &&
	       *number >= option->min && *number <= option->max;
}

static bool
parse_bool(const char *text, bool *value)
{
	*value = strcmp(text, "yes") == 0;
	return *value || strcmp(text, "no") == 0;
}

static bool
set(const struct option *option, void *record, const char *text)
{
	void *member = (char *)record + option->offset;
	size_t length = strlen(text);

	switch (option->kind) {
	case KIND_TEXT:
		if (length < option->min || length > option->max)
			return false;
		memcpy(member, text, length + 1);
		return true;
	case KIND_BOOL:
		return parse_bool(text, member);
	default:
		return parse_number(option, text, member);
	}
}

/* In the largest unit that divides it. */
static void
print_number(const struct option *option, uint64_t number,
             struct mr_buffer *text)
{
	const struct unit *unit = units[option->kind], *best = unit;

	for (; unit->suffix != NULL; unit++)
		if (number > 0 && number % unit->factor == 0)
			best = unit;
	mr_buffer_printf(text, "%llu%s",
	                 (unsigned long long)(number / best->factor),
	                 best->suffix);
}

/* What a good value looks like, for complaints. */
static void
print_domain(const struct option *option, struct mr_buffer *text)
{
	if (option->kind == KIND_BOOL) {
		mr_buffer_puts(text, "yes or no");
	} else if (option->kind == KIND_TEXT) {
		mr_buffer_printf(text, "a text of %llu to %llu bytes",
		                 (unsigned long long)option->min,
		                 (unsigned long long)option->max);
	} else {
		print_number(option, option->min, text);
		mr_buffer_puts(text, " to ");
		print_number(option, option->max, text);
	}
}

/* Sections. */

static void
set_defaults(const struct option *options, size_t count, void *record)
{
	for (size_t i = 0; i < count; i++)
		set(&options[i], record, options[i].standard);
}

static struct pool_config *
find_or_add_pool(struct config *config, const char *name)
{
	struct pool_config *pool = NULL;

	for (size_t i = 0; i < config->pool_count; i++)
		if (strcmp(config->pools[i].name, name) == 0)
			return &config->pools[i];
	if (config->pool_count == CONFIG_POOLS ||
	    strlen(name) >= sizeof(pool->name) || *name == '\0' ||
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") !=
	        strlen(name))
		return NULL;
	pool = &config->pools[config->pool_count++];
	set_defaults(pool_options, N(pool_options), pool);
	memcpy(pool->name, name, strlen(name) + 1);
	return pool;
}

struct reading {
	struct config *config;
	struct mr_buffer *complaint; /* of the first thing that is wrong */
};

/* A section of the file: its options, and the struct that they set. */
struct section {
	const struct option *options;
	size_t count;
	void *record;
};

static int
set_option(struct reading *reading, const struct section *section,
           const char *name, const char *value)
{
	const struct option *options = section->options;
	struct mr_nearest nearest = { .wanted = name };

	for (size_t i = 0; i < section->count; i++) {
		mr_nearest_offer(&nearest, options[i].name);
		if (strcmp(options[i].name, name) != 0)
			continue;
		if (set(&options[i], section->record, value))
			return 1;
		mr_buffer_printf(reading->complaint,
		                 "%s cannot be '%s', it should be ", name,
		                 value);
		print_domain(&options[i], reading->complaint);
		return 0;
	}
	mr_buffer_printf(reading->complaint, "there is no option '%s'", name);
	if (nearest.name != NULL)
		mr_buffer_printf(reading->complaint, "; did you mean '%s'?",
		                 nearest.name);
	return 0;
}

/* What a section's title names; false, and a complaint, if nothing. */
static bool
find_section(struct reading *reading, const char *title,
             struct section *section)
{
	struct pool_config *pool;

	if (strcmp(title, "server") == 0) {
		*section = (struct section){ server_options, N(server_options),
			                     reading->config };
		return true;
	}
	if (strncmp(title, "pool ", 5) != 0) {
		mr_buffer_printf(reading->complaint,
		                 "there is no section [%s], only [server] and "
		                 "[pool NAME]",
		                 title);
		return false;
	}
	pool = find_or_add_pool(reading->config, title + 5);
	if (pool == NULL)
		mr_buffer_printf(reading->complaint,
		                 "'%s' cannot be a pool: a name has up to 31 "
		                 "of a-z, 0-9 and _, and there are at most %d "
		                 "pools",
		                 title + 5, CONFIG_POOLS);
	*section = (struct section){ pool_options, N(pool_options), pool };
	return pool != NULL;
}

/* libinih's handler: 0 makes ini_parse return the number of this line. */
static int
take(void *context, const char *title, const char *name, const char *value)
{
	struct reading *reading = context;
	struct section section;

	if (reading->complaint->length > 0 ||
	    !find_section(reading, title, &section))
		return 0;
	return set_option(reading, &section, name, value);
}

void
config_resolve(struct config *config)
{
	cpu_set_t processors;
	uint64_t count = 1;

	if (sched_getaffinity(0, sizeof(processors), &processors) == 0)
		count = (uint64_t)CPU_COUNT(&processors);
	for (size_t i = 0; i < config->pool_count; i++)
		if (config->pools[i].workers == 0)
			config->pools[i].workers = count;
	if (config->sockets[0] == '\0')
		memcpy(config->sockets, config->state, sizeof(config->state));
}

void
config_default(struct config *config)
{
	struct mr_buffer no_complaint = { 0 };
	struct reading reading = { config, &no_complaint };

	memset(config, 0, sizeof(*config));
	set_defaults(server_options, N(server_options), config);
	ini_parse_string(built_in, take, &reading);
}

bool
config_read(struct config *config, const char *file,
            struct mr_buffer *complaint)
{
	struct mr_buffer what = { .arena = complaint->arena };
	struct reading reading = { config, &what };
	int line = ini_parse(file, take, &reading);

	if (line == 0)
		return true;
	if (line < 0) {
		mr_buffer_printf(complaint, "%s: %s\n", file,
		                 strerror(errno));
		return false;
	}
	mr_buffer_putc(&what, '\0');
	mr_buffer_printf(complaint, "%s:%d: %s\n", file, line,
	                 what.failed || what.length == 1
	                     ? "this is not 'name = value'"
	                     : what.data);
	return false;
}

const struct pool_config *
config_pool(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->pool_count; i++)
		if (strcmp(config->pools[i].name, name) == 0)
			return &config->pools[i];
	return NULL;
}

bool
config_socket(const struct config *config, const struct pool_config *pool,
              char path[CONFIG_SOCKET_PATH])
{
	return snprintf(path, CONFIG_SOCKET_PATH, "%s/%s.sock",
	                config->sockets, pool->name) < CONFIG_SOCKET_PATH;
}

static void
print_options(const struct option *options, size_t count, const void *record,
              struct mr_buffer *text)
{
	for (size_t i = 0; i < count; i++) {
		const struct option *option = &options[i];
		const void *member = (const char *)record + option->offset;

		mr_buffer_printf(text, "; %s (default %s)\n%s = ",
		                 option->help,
		                 *option->standard == '\0' ? "empty"
		                                           : option->standard,
		                 option->name);
		if (option->kind == KIND_TEXT)
			mr_buffer_puts(text, member);
		else if (option->kind == KIND_BOOL)
			mr_buffer_puts(text,
			               *(const bool *)member ? "yes" : "no");
		else
			print_number(option, *(const uint64_t *)member, text);
		mr_buffer_putc(text, '\n');
	}
}

void
config_print(const struct config *config, struct mr_buffer *text)
{
	mr_buffer_puts(text, "[server]\n");
	print_options(server_options, N(server_options), config, text);
	for (size_t i = 0; i < config->pool_count; i++) {
		mr_buffer_printf(text, "\n[pool %s]\n", config->pools[i].name);
		print_options(pool_options, N(pool_options), &config->pools[i],
		              text);
	}
}
