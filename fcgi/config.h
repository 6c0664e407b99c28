/*
 * config.h: the configuration: an INI file over built-in defaults.
 *
 * One table in config.c holds every option with its default, its limits and
 * its help; reading, checking, printing and documentation come from it.
 */
#ifndef FCGI_CONFIG_H
#define FCGI_CONFIG_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stdint.h>

#define CONFIG_POOLS 16
#define CONFIG_TEXT 160 /* bytes of a text option, with its NUL */

struct pool_config {
	char name[32];
	uint64_t workers; /* not 0 once resolved */
	bool keep_alive;
	uint64_t deadline;    /* ms */
	uint64_t queue_limit; /* ms */
	uint64_t memory;      /* bytes; 0: no limit */
	uint64_t nice;
	uint64_t backlog;
};

struct config {
	char state[CONFIG_TEXT];   /* directory */
	char sockets[CONFIG_TEXT]; /* directory; empty: state */
	char socket_group[CONFIG_TEXT];
	uint64_t stop_timeout; /* ms */
	uint64_t body_memory;  /* bytes */
	struct pool_config pools[CONFIG_POOLS];
	size_t pool_count;
};

/* The built-in defaults. */
void config_default(struct config *config);

/*
 * Reads a file over what config holds.  False when there is anything wrong
 * with it, with a line for each in complaints.
 */
bool config_read(struct config *config, const char *file,
                 struct mr_buffer *complaints);

/*
 * Sets an option of the server from the command line, by its name there and
 * in a file; a NULL value sets nothing.  False with a complaint.
 */
bool config_set(struct config *config, const char *name, const char *value,
                struct mr_buffer *complaints);

/* Once all is read: fills in what was left to us, such as 0 workers. */
void config_resolve(struct config *config);

/* NULL when there is no pool of that name. */
const struct pool_config *config_pool(const struct config *config,
                                      const char *name);

/* The path of a pool's socket; false when it is too long for a socket. */
#define CONFIG_SOCKET_PATH 108
bool config_socket(const struct config *config, const struct pool_config *pool,
                   char path[CONFIG_SOCKET_PATH]);

/* The configuration as an INI file, each option with its help. */
void config_print(const struct config *config, struct mr_buffer *text);

#endif
