/*
 * printout.c: every option of every section, by the tables of options.
 */
#include "fcgi/config/printout.h"

#include "fcgi/config/catalog.h"

static void
print_settings(const struct catalog *catalog, const void *record,
               struct mr_buffer *text)
{
	const struct setting *setting = catalog->settings;

	for (size_t i = 0; i < catalog->count; i++, setting++) {
		mr_buffer_printf(text, "; %s (default %s)\n", setting->help,
		                 *setting->standard == '\0'
		                     ? "empty"
		                     : setting->standard);
		setting_print(setting, record, text);
	}
}

static void
print_pool(const struct pool_config *pool, struct mr_buffer *text)
{
	const char *purpose = catalog_purpose(pool->name);

	mr_buffer_printf(text, "\n[pool %s]\n", pool->name);
	if (purpose != NULL)
		mr_buffer_printf(text, "; %s\n", purpose);
	print_settings(&catalog_pool, pool, text);
}

void
printout_config(const struct config *config, struct mr_buffer *text)
{
	mr_buffer_puts(text, "[server]\n");
	print_settings(&catalog_server, config, text);
	for (size_t i = 0; i < config->pool_count; i++)
		print_pool(&config->pools[i], text);
	for (size_t i = 0; i < config->endpoint_count; i++) {
		mr_buffer_printf(text, "\n[endpoint %s]\n",
		                 config->endpoints[i].name);
		print_settings(&catalog_endpoint, &config->endpoints[i], text);
	}
}
