/*
 * health.h: /livez and /readyz: whether the server answers, and whether it
 * serves.
 */
#ifndef FCGI_HEALTH_H
#define FCGI_HEALTH_H

#include "fcgi/control/control_reply.h"

enum mr_err health_livez(struct control_reply *answer);
enum mr_err health_readyz(struct control_reply *answer);

#endif
