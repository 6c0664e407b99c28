/*
 * spares.h: the further listening sockets of a pool, beside its first one.
 */
#ifndef FCGI_SPARES_H
#define FCGI_SPARES_H

#include "fcgi/base/listener.h"
#include "fcgi/master/handover.h"

/*
 * Opens as many as the configuration asks for, or takes them over from the last
 * master.  False after logging why one could not be opened; those before it
 * are in spares.
 */
bool spares_open(const struct config *config, const struct pool_config *pool,
                 struct handover *from, struct listener_spares *spares);

void spares_close(const struct config *config, const struct pool_config *pool,
                  const struct listener_spares *spares);

#endif
