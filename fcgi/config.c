/*
 * config.c: the tables of options, and reading and printing by them.
 */
#include "fcgi/config.h"

#include "base/nearest.h"
#include "fcgi/setting.h"

#include <errno.h>
#include <ini.h>
#include <sched.h>
#include <stdio.h>

#define SERVER(member) offsetof(struct config, member)
#define POOL(member) offsetof(struct pool_config, member)

static const struct setting server_settings[] = {
	{ "state", SETTING_TEXT, SERVER(state), 1, CONFIG_TEXT - 1,
	  "millrace-state",
	  "directory of everything that is kept; made if it is missing" },
	{ "sockets", SETTING_TEXT, SERVER(sockets), 0, CONFIG_TEXT - 1, "",
	  "directory of the pools' sockets; empty: the state directory" },
	{ "socket_group", SETTING_TEXT, SERVER(socket_group), 0, CONFIG_TEXT - 1,
	  "", "group that may connect, such as nginx's; empty: our own" },
	{ "stop_timeout", SETTING_DURATION, SERVER(stop_timeout), 0, 3600000,
	  "10s", "how long running requests may take to end on a stop" },
	{ "body_memory", SETTING_SIZE, SERVER(body_memory), 16 << 10,
	  UINT64_C(1) << 32, "16M",
	  "nginx keeps bodies up to this size in memory, not on disk" },
};

static const struct setting pool_settings[] = {
	{ "workers", SETTING_COUNT, POOL(workers), 0, 1024, "0",
	  "worker processes; 0: one for each processor" },
	{ "keep_alive", SETTING_BOOL, POOL(keep_alive), 0, 1, "no",
	  "yes: a worker holds many connections, for calls of microseconds; "
	  "no: an idle worker takes one request, for calls that compute" },
	{ "deadline", SETTING_DURATION, POOL(deadline), 1, 86400000, "30s",
	  "a request that takes longer is ended with 504" },
	{ "queue_limit", SETTING_DURATION, POOL(queue_limit), 1, 86400000, "30s",
	  "a request that waited longer for a worker is answered with 503" },
	{ "memory", SETTING_SIZE, POOL(memory), 0, UINT64_C(1) << 46, "2G",
	  "data that a worker may have; beyond it 507; 0: no limit" },
	{ "nice", SETTING_COUNT, POOL(nice), 0, 19, "0",
	  "priority given up, as nice(1)" },
	{ "backlog", SETTING_COUNT, POOL(backlog), 1, 65535, "4096",
	  "connections that may wait for a worker" },
};

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* The pools that there are without a file, in the language of the file. */
static const char built_in[] =
    "[pool fast]\nkeep_alive = yes\ndeadline = 1s\nqueue_limit = 5s\n"
    "memory = 256M\n"
    "[pool heavy]\nnice = 5\n";

/* Sections. */

static void
set_defaults(const struct setting *settings, size_t count, void *record)
{
	for (size_t i = 0; i < count; i++)
		setting_set(&settings[i], record, settings[i].standard);
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
	set_defaults(pool_settings, N(pool_settings), pool);
	memcpy(pool->name, name, strlen(name) + 1);
	return pool;
}

struct reading {
	struct config *config;
	const char *name;
	FILE *file;
	int line;
	struct mr_buffer *complaints;
};

/* "FILE:LINE: ", for a sentence and the end of the line to follow. */
static struct mr_buffer *
complain(struct reading *reading)
{
	mr_buffer_printf(reading->complaints, "%s:", reading->name);
	if (reading->line > 0)
		mr_buffer_printf(reading->complaints, "%d:", reading->line);
	mr_buffer_putc(reading->complaints, ' ');
	return reading->complaints;
}

/* A section of the file: its settings, and the struct that they set. */
struct section {
	const struct setting *settings;
	size_t count;
	void *record;
};

static void
complain_unknown(struct reading *reading, const char *name,
                 const struct mr_nearest *nearest)
{
	struct mr_buffer *text = complain(reading);

	mr_buffer_printf(text, "there is no option '%s'", name);
	if (nearest->name != NULL)
		mr_buffer_printf(text, "; did you mean '%s'?", nearest->name);
	mr_buffer_putc(text, '\n');
}

static void
set_value(struct reading *reading, const struct section *section,
          const char *name, const char *value)
{
	const struct setting *settings = section->settings;
	struct mr_nearest nearest = { .wanted = name };
	struct mr_buffer *text;

	for (size_t i = 0; i < section->count; i++) {
		mr_nearest_offer(&nearest, settings[i].name);
		if (strcmp(settings[i].name, name) != 0)
			continue;
		if (!setting_set(&settings[i], section->record, value)) {
			text = complain(reading);
			mr_buffer_printf(text,
			                 "%s cannot be '%s', it should be ",
			                 name, value);
			setting_print_domain(&settings[i], text);
			mr_buffer_putc(text, '\n');
		}
		return;
	}
	complain_unknown(reading, name, &nearest);
}

/* What a section's title names; false if nothing. */
static bool
find_section(struct reading *reading, const char *title,
             struct section *section)
{
	struct pool_config *pool;

	*section = (struct section){ server_settings, N(server_settings),
		                     reading->config };
	if (strcmp(title, "server") == 0)
		return true;
	if (strncmp(title, "pool ", 5) != 0)
		return false;
	pool = find_or_add_pool(reading->config, title + 5);
	*section = (struct section){ pool_settings, N(pool_settings), pool };
	return pool != NULL;
}

/* libinih's handler.  What is in a section that is none was told there. */
static int
take(void *context, const char *title, const char *name, const char *value)
{
	struct reading *reading = context;
	struct section section;

	if (find_section(reading, title, &section))
		set_value(reading, &section, name, value);
	else if (*title == '\0')
		mr_buffer_puts(complain(reading),
		               "an option must stand in a section\n");
	return 1;
}

static void
check_title(struct reading *reading, const char *line)
{
	struct section section;
	char title[64];

	snprintf(title, sizeof(title), "%.*s", (int)strcspn(line, "]\n"), line);
	if (!find_section(reading, title, &section))
		mr_buffer_printf(complain(reading),
		                 "[%s] cannot be a section: there are [server] "
		                 "and up to %d of [pool NAME], with up to 31 of "
		                 "a-z, 0-9 and _ in a name\n",
		                 title, CONFIG_POOLS);
}

/* As libinih does, a byte order mark counts as blank. */
static const char *
behind_blanks(const char *line)
{
	static const char mark[] = "\xEF\xBB\xBF";

	if (strncmp(line, mark, strlen(mark)) == 0)
		line += strlen(mark);
	return line + strspn(line, " \t");
}

/*
 * libinih's reader, a kind of fgets.  It sees what the library tells no one:
 * the number of a line, a section without options, a line that is cut.
 */
static char *
next_line(char *line, int size, void *context)
{
	struct reading *reading = context;
	size_t length;

	if (fgets(line, size, reading->file) == NULL)
		return NULL;
	reading->line++;
	length = strlen(line);
	if (length + 1 == (size_t)size && line[length - 1] != '\n') {
		mr_buffer_printf(complain(reading),
		                 "a line may have %d bytes\n", size - 2);
		return NULL;
	}
	if (*behind_blanks(line) == '[')
		check_title(reading, behind_blanks(line) + 1);
	return line;
}

bool
config_set(struct config *config, const char *name, const char *value,
           struct mr_buffer *complaints)
{
	const struct section section = { server_settings, N(server_settings),
		                         config };
	struct reading reading = { .config = config,
		                   .name = "command line",
		                   .complaints = complaints };
	size_t before = complaints->length;

	if (value != NULL)
		set_value(&reading, &section, name, value);
	return complaints->length == before;
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
	struct reading reading = { .config = config };

	memset(config, 0, sizeof(*config));
	set_defaults(server_settings, N(server_settings), config);
	ini_parse_string(built_in, take, &reading);
}

bool
config_read(struct config *config, const char *file,
            struct mr_buffer *complaints)
{
	struct reading reading = { .config = config,
		                   .name = file,
		                   .file = fopen(file, "re"),
		                   .complaints = complaints };
	size_t before = complaints->length;
	int line = 0;

	if (reading.file != NULL)
		line = ini_parse_stream(next_line, &reading, take, &reading);
	if (reading.file == NULL || ferror(reading.file))
		mr_buffer_printf(complaints, "%s: %s\n", file,
		                 strerror(errno));
	else if (line != 0)
		mr_buffer_printf(complaints,
		                 "%s:%d: this is not 'name = value'\n", file,
		                 line);
	if (reading.file != NULL)
		fclose(reading.file);
	return complaints->length == before;
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
print_settings(const struct setting *settings, size_t count,
               const void *record, struct mr_buffer *text)
{
	for (size_t i = 0; i < count; i++) {
		const char *standard = settings[i].standard;

		mr_buffer_printf(text, "; %s (default %s)\n%s = ",
		                 settings[i].help,
		                 *standard == '\0' ? "empty" : standard,
		                 settings[i].name);
		setting_print(&settings[i], record, text);
		mr_buffer_putc(text, '\n');
	}
}

void
config_print(const struct config *config, struct mr_buffer *text)
{
	mr_buffer_puts(text, "[server]\n");
	print_settings(server_settings, N(server_settings), config, text);
	for (size_t i = 0; i < config->pool_count; i++) {
		mr_buffer_printf(text, "\n[pool %s]\n", config->pools[i].name);
		print_settings(pool_settings, N(pool_settings), &config->pools[i],
		              text);
	}
}
