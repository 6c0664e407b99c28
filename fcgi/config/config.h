/*
 * config.h: the configuration: an INI file over built-in defaults.
 *
 * One table in catalog.c holds every option with its default, its limits and
 * its help; reading, checking, printing and documentation come from it.
 */
#ifndef FCGI_CONFIG_H
#define FCGI_CONFIG_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stdint.h>

#define CONFIG_POOLS 20
#define CONFIG_ENDPOINTS 64
#define CONTROL_POOL "control" /* the pool of the paths of the site itself */
#define SUBMIT_POOL "submit"   /* takes requests that become jobs */
#define BROKER_POOL "broker"   /* keeps the jobs; one process */
#define RUNNER_POOL "runner"   /* runs them */
#define LIVE_POOL "live"       /* holds who and what waits; one process */
#define CONFIG_TEXT 160 /* bytes of a text option, with its NUL */
#define CONFIG_NAME 32 /* of a pool, a user, a group, with its NUL */
#define CONFIG_ENDPOINT_NAME 64
#define CONFIG_LIST 1024 /* bytes of all values of a repeated option */

/* How many workers a pool has at a time. */
enum pool_manager {
	POOL_STATIC,  /* always as many as it may have */
	POOL_DYNAMIC, /* as requests come, some of them idle */
	POOL_ONDEMAND /* as requests come, none without */
};

struct pool_config {
	char name[CONFIG_NAME];

	/* How many. */
	uint64_t manager;      /* enum pool_manager */
	uint64_t workers;      /* most; not 0 once resolved */
	uint64_t start;        /* dynamic: at the start */
	uint64_t min_spare;    /* dynamic: idle ones, at least ... */
	uint64_t max_spare;    /* ... and at most */
	uint64_t idle_timeout; /* ondemand: ms */
	uint64_t max_requests; /* of a worker; 0: no limit */
	uint64_t max_rss;      /* bytes of a worker at rest; 0: no limit */

	/* Requests. */
	char listen[CONFIG_TEXT]; /* empty: NAME.sock; or ADDRESS:PORT */
	char allowed_clients[CONFIG_TEXT]; /* of ADDRESS:PORT */
	bool keep_alive;
	uint64_t listeners;   /* of unix: sockets, each with its backlog */
	uint64_t backlog;
	uint64_t queue_limit; /* ms */
	uint64_t deadline;    /* ms */
	uint64_t slow;        /* ms; 0: never */

	/* What a worker may and is. */
	uint64_t memory;        /* bytes; 0: no limit */
	uint64_t files;         /* descriptors; 0: as many as we may */
	uint64_t core;          /* bytes of a core dump */
	uint64_t nice;
	char cpus[CONFIG_TEXT]; /* "0-3,6"; empty: all */
	char user[CONFIG_NAME]; /* empty: ours */
	char group[CONFIG_NAME]; /* empty: the user's */
	uint64_t umask;
	char env[CONFIG_LIST];  /* NAME=VALUE, each with its NUL; one more ends */
};

/* What differs for one endpoint; 0: as in its pool. */
struct endpoint_config {
	char name[CONFIG_ENDPOINT_NAME];
	uint64_t deadline; /* ms */
	uint64_t slow;     /* ms */
	uint64_t job_deadline; /* ms, where it runs as a job */
	int line; /* of the file, where it is named first */
};

struct config {
	char state[CONFIG_TEXT];   /* directory */
	char sockets[CONFIG_TEXT]; /* directory; empty: state */
	char socket_group[CONFIG_TEXT];
	char log[CONFIG_TEXT];     /* file; empty: standard error */
	char status_allow[CONFIG_TEXT]; /* who may see /status and /metrics */
	uint64_t stop_timeout; /* ms */
	uint64_t stop_delay;   /* ms */
	uint64_t body_memory;  /* bytes */
	uint64_t job_attempts; /* that a job may fail, unless it says so */
	uint64_t job_wait;     /* ms; the longest that a client waits for one */
	uint64_t job_retention; /* ms that a finished job is kept */
	uint64_t job_keep;     /* finished jobs that are kept */
	struct pool_config pools[CONFIG_POOLS];
	size_t pool_count;
	struct endpoint_config endpoints[CONFIG_ENDPOINTS];
	size_t endpoint_count;
};

/* The built-in defaults. */
void config_default(struct config *config);

/*
 * Reads a file over what config holds.  False when there is anything wrong
 * with it, with a line for each in complaints; also for options that
 * contradict each other, or ask for what this machine or our user has not.
 */
bool config_read(struct config *config, const char *file,
                 struct mr_buffer *complaints);

/*
 * Sets an option of the server from the command line, by its name there and
 * in a file; a NULL value sets nothing.  False with a complaint.
 */
bool config_set(struct config *config, const char *name, const char *value,
                struct mr_buffer *complaints);

/*
 * Once all is read: fills in what was left to us, such as 0 workers, and how
 * many spare ones a dynamic pool has.
 */
void config_resolve(struct config *config);

/* NULL when there is no pool of that name. */
const struct pool_config *config_pool(const struct config *config,
                                      const char *name);

/* The path of a pool's socket; false when it is too long for a socket. */
#define CONFIG_SOCKET_PATH 108
bool config_socket(const struct config *config, const struct pool_config *pool,
                   char path[CONFIG_SOCKET_PATH]);

/* Of its further ones, of which the first has number 2. */
bool config_spare_socket(const struct config *config,
                         const struct pool_config *pool, size_t number,
                         char path[CONFIG_SOCKET_PATH]);

#endif
