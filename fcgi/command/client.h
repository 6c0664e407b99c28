/*
 * client.h: the other side of FastCGI, for programs that ask a running server
 * about itself.
 */
#ifndef FCGI_CLIENT_H
#define FCGI_CLIENT_H

#include "base/buffer.h"
#include "base/document.h"
#include "fcgi/config/config.h"

#include <stdbool.h>

#define CLIENT_PATIENCE 2000         /* ms for a whole reply */
#define CLIENT_MOST ((size_t)16 << 20) /* bytes of a reply */

/*
 * GETs a path, which may have a query, of who listens at a place: the path of
 * a unix socket, or what address.h takes.  Appends the reply's body; status is
 * that of HTTP.  False with errno, for client_explain: what connect() gives,
 * ETIMEDOUT, EPROTO, EMSGSIZE (of path or reply), ENOMEM.
 */
bool client_get(const char *place, const char *path, struct mr_buffer *body,
                int *status);

/* What an errno of client_get means to whoever runs a server. */
const char *client_explain(int error);

/*
 * Where a pool of the server that has this configuration listens: a running one
 * has left it in the lock of its state directory, whatever --sockets it was
 * started with.  False: there is no such pool.
 */
bool client_find(const struct config *config, const char *name,
                 char place[CONFIG_TEXT]);

/*
 * GET /status of the server that has this configuration; to be freed.  NULL
 * after putting the reason, a sentence without a full stop, in place of what
 * `reason` holds.
 */
struct mr_document *client_status(const struct config *config,
                                  struct mr_buffer *reason);

#endif
