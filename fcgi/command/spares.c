/*
 * spares.c: the second socket of a pool, and so on.
 */
#include "fcgi/command/spares.h"

#include "fcgi/base/log.h"

/* Of an earlier master; -1: there is none. */
static int
claim(const char *address, const struct pool_config *pool,
      struct handover *from)
{
	const struct handover_pool *old = handover_claim_pool(from, address);

	if (old == NULL)
		return -1;
	listener_resize(old->listener, address, (int)pool->backlog);
	return old->listener;
}

bool
spares_open(const struct config *config, const struct pool_config *pool,
            struct handover *from, struct listener_spares *spares)
{
	char address[CONFIG_SOCKET_PATH];
	size_t count = *pool->listen == '\0' ? pool->listeners : 1;
	int fd;

	for (size_t number = 2; number <= count; number++) {
		if (!config_spare_socket(config, pool, number, address)) {
			log_error("The path of a socket is too long. pool=%s",
			          pool->name);
			return false;
		}
		fd = claim(address, pool, from);
		if (fd < 0)
			fd = listener_open(address, config->socket_group,
			                   (int)pool->backlog);
		if (fd < 0)
			return false;
		spares->fds[spares->count++] = fd;
	}
	return true;
}

void
spares_close(const struct config *config, const struct pool_config *pool,
             const struct listener_spares *spares)
{
	char address[CONFIG_SOCKET_PATH];

	for (size_t i = 0; i < spares->count; i++)
		if (config_spare_socket(config, pool, i + 2, address))
			listener_close(spares->fds[i], address);
}
