/*
 * config.c: reads by the tables of options.
 */
#include "fcgi/config/config.h"

#include "base/nearest.h"
#include "fcgi/config/catalog.h"
#include "fcgi/config/complaint.h"
#include "fcgi/config/conflict.h"
#include "fcgi/config/machine.h"

#include <errno.h>
#include <ini.h>
#include <sched.h>
#include <stdio.h>

/* Of a worker of an ondemand pool where nothing is said: ms. */
#define IDLE_TIMEOUT 10000

/* Sections. */

static void
set_defaults(const struct catalog *catalog, void *record)
{
	for (size_t i = 0; i < catalog->count; i++)
		setting_set(&catalog->settings[i], record,
		            catalog->settings[i].standard);
}

#define LOWER "abcdefghijklmnopqrstuvwxyz0123456789_"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool
is_name(const char *name, const char *letters, size_t room)
{
	size_t length = strspn(name, letters);

	return length > 0 && length < room && name[length] == '\0';
}

static struct pool_config *
find_or_add_pool(struct config *config, const char *name)
{
	struct pool_config *pool = NULL;

	for (size_t i = 0; i < config->pool_count; i++)
		if (strcmp(config->pools[i].name, name) == 0)
			return &config->pools[i];
	if (config->pool_count == CONFIG_POOLS ||
	    !is_name(name, LOWER, sizeof(pool->name)))
		return NULL;
	pool = &config->pools[config->pool_count++];
	set_defaults(&catalog_pool, pool);
	memcpy(pool->name, name, strlen(name) + 1);
	return pool;
}

static struct endpoint_config *
find_or_add_endpoint(struct config *config, const char *name, int line)
{
	struct endpoint_config *endpoint = NULL;

	for (size_t i = 0; i < config->endpoint_count; i++)
		if (strcmp(config->endpoints[i].name, name) == 0)
			return &config->endpoints[i];
	if (config->endpoint_count == CONFIG_ENDPOINTS ||
	    !is_name(name, LOWER UPPER, sizeof(endpoint->name)))
		return NULL;
	endpoint = &config->endpoints[config->endpoint_count++];
	set_defaults(&catalog_endpoint, endpoint);
	memcpy(endpoint->name, name, strlen(name) + 1);
	endpoint->line = line;
	return endpoint;
}

struct reading {
	struct config *config;
	FILE *file;
	int line;
	int section; /* line of the section's title */
	struct complaint complaint;
};

static struct mr_buffer *
complain(const struct reading *reading)
{
	return complaint_begin(&reading->complaint, reading->line);
}

/* A section of the file: its settings, and the struct that they set. */
struct section {
	const struct catalog *catalog;
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
set_setting(struct reading *reading, const struct setting *setting,
            void *record, const char *value)
{
	char *member = (char *)record + setting->offset;
	int before =
	    complaint_line(&reading->complaint, reading->config, member);
	struct mr_buffer *text;

	/* A section may be continued further down, and change its mind. */
	if (before > reading->section && setting->kind != SETTING_LIST) {
		mr_buffer_printf(complain(reading),
		                 "%s is given in line %d already\n",
		                 setting->name, before);
		return;
	}
	if (setting_set(setting, record, value)) {
		complaint_note(&reading->complaint, reading->config, member,
		               reading->line);
		return;
	}
	text = complain(reading);
	mr_buffer_printf(text, "%s cannot be '%s', it should be ",
	                 setting->name, value);
	setting_print_domain(setting, text);
	mr_buffer_putc(text, '\n');
}

static void
set_value(struct reading *reading, const struct section *section,
          const char *name, const char *value)
{
	const struct setting *settings = section->catalog->settings;
	struct mr_nearest nearest = { .wanted = name };

	for (size_t i = 0; i < section->catalog->count; i++) {
		mr_nearest_offer(&nearest, settings[i].name);
		if (strcmp(settings[i].name, name) == 0) {
			set_setting(reading, &settings[i], section->record,
			            value);
			return;
		}
	}
	complain_unknown(reading, name, &nearest);
}

/* What a section's title names; false if nothing. */
static bool
find_section(struct reading *reading, const char *title,
             struct section *section)
{
	struct config *config = reading->config;

	*section = (struct section){ &catalog_server, NULL };
	if (strcmp(title, "server") == 0)
		section->record = config;
	else if (strncmp(title, "pool ", 5) == 0)
		*section = (struct section){ &catalog_pool,
			                     find_or_add_pool(config,
			                                      title + 5) };
	else if (strncmp(title, "endpoint ", 9) == 0)
		*section = (struct section){
			&catalog_endpoint,
			find_or_add_endpoint(config, title + 9, reading->line)
		};
	return section->record != NULL;
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
	char title[96];

	snprintf(title, sizeof(title), "%.*s", (int)strcspn(line, "]\n"), line);
	if (!find_section(reading, title, &section))
		mr_buffer_printf(complain(reading),
		                 "[%s] cannot be a section: there are [server], "
		                 "up to %d of [pool NAME], with up to 31 of "
		                 "a-z, 0-9 and _ in a name, and up to %d of "
		                 "[endpoint NAME]\n",
		                 title, CONFIG_POOLS, CONFIG_ENDPOINTS);
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
 * fgets does not tell that it read beyond a NUL; but it leaves what stood in
 * the line before: '\n' everywhere.
 */
static bool
has_nul(const char *line, size_t length, size_t size)
{
	const char *end = memrchr(line, '\0', size);

	return (size_t)(end - line) > length;
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

	memset(line, '\n', (size_t)size);
	if (fgets(line, size, reading->file) == NULL)
		return NULL;
	reading->line++;
	length = strlen(line);
	if (has_nul(line, length, (size_t)size)) {
		mr_buffer_puts(complain(reading), "a NUL byte is no text\n");
		return NULL;
	}
	if (length + 1 == (size_t)size && line[length - 1] != '\n') {
		mr_buffer_printf(complain(reading),
		                 "a line may have %d bytes\n", size - 2);
		return NULL;
	}
	if (*behind_blanks(line) == '[') {
		reading->section = reading->line;
		check_title(reading, behind_blanks(line) + 1);
	}
	return line;
}

bool
config_set(struct config *config, const char *name, const char *value,
           struct mr_buffer *complaints)
{
	const struct section section = { &catalog_server, config };
	struct reading reading = {
		.config = config,
		.complaint = { .file = "command line", .text = complaints },
	};
	size_t before = complaints->length;

	if (value != NULL)
		set_value(&reading, &section, name, value);
	return complaints->length == before;
}

/* What a dynamic pool has where nothing, or 0, is said. */
static void
resolve_dynamic(struct pool_config *pool)
{
	if (pool->min_spare == 0)
		pool->min_spare = 1;
	if (pool->max_spare == 0)
		pool->max_spare = pool->workers / 2 < pool->min_spare
		                      ? pool->min_spare
		                      : pool->workers / 2;
	if (pool->start == 0)
		pool->start = (pool->min_spare + pool->max_spare) / 2;
}

void
config_resolve(struct config *config)
{
	cpu_set_t processors;
	uint64_t count = 1;
	struct pool_config *pool;

	if (sched_getaffinity(0, sizeof(processors), &processors) == 0)
		count = (uint64_t)CPU_COUNT(&processors);
	for (size_t i = 0; i < config->pool_count; i++) {
		pool = &config->pools[i];
		if (pool->workers == 0)
			pool->workers = count;
		if (pool->manager == POOL_DYNAMIC)
			resolve_dynamic(pool);
		if (pool->manager == POOL_ONDEMAND && pool->idle_timeout == 0)
			pool->idle_timeout = IDLE_TIMEOUT;
	}
	if (config->sockets[0] == '\0')
		memcpy(config->sockets, config->state, sizeof(config->state));
}

void
config_default(struct config *config)
{
	struct reading reading = { .config = config };

	memset(config, 0, sizeof(*config));
	set_defaults(&catalog_server, config);
	ini_parse_string(catalog_built_in, take, &reading);
}

/* Options that are good alone; looked at with what they come to in the end. */
static void
check_together(const struct reading *reading)
{
	struct config resolved = *reading->config;

	config_resolve(&resolved);
	conflict_find(&resolved, &reading->complaint);
	machine_check(&resolved, &reading->complaint);
}

bool
config_read(struct config *config, const char *file,
            struct mr_buffer *complaints)
{
	struct reading reading = {
		.config = config,
		.file = fopen(file, "re"),
		.complaint = { .file = file, .text = complaints },
	};
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
	if (complaints->length == before)
		check_together(&reading);
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

bool
config_spare_socket(const struct config *config, const struct pool_config *pool,
                    size_t number, char path[CONFIG_SOCKET_PATH])
{
	return snprintf(path, CONFIG_SOCKET_PATH, "%s/%s.sock.%zu",
	                config->sockets, pool->name,
	                number) < CONFIG_SOCKET_PATH;
}
