/*
 * catalog.h: the tables of all options, and the pools that are built in.
 */
#ifndef FCGI_CATALOG_H
#define FCGI_CATALOG_H

#include "fcgi/config/setting.h"

/* The options of one kind of section. */
struct catalog {
	const struct setting *settings;
	size_t count;
};

extern const struct catalog catalog_server, catalog_pool, catalog_endpoint;

/* Options that the three have in all, for one of each. */
#define CATALOG_MOST 40

/* The pools that there are without a file, in the language of the file. */
extern const char catalog_built_in[];

/* What a pool that is built in is for; NULL for another. */
const char *catalog_purpose(const char *pool);

/* The names of enum pool_manager, and a NULL. */
extern const char *const catalog_managers[];

#endif
