/*
 * health.h: /livez and /readyz: whether the server answers, and whether it
 * serves.
 */
#ifndef FCGI_HEALTH_H
#define FCGI_HEALTH_H

#include "fcgi/answer.h"

enum mr_err health_livez(struct answer *answer);
enum mr_err health_readyz(struct answer *answer);

#endif
