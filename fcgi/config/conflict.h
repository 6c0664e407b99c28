/*
 * conflict.h: options that are good alone and wrong together.
 */
#ifndef FCGI_CONFLICT_H
#define FCGI_CONFLICT_H

#include "fcgi/config/complaint.h"

/*
 * Complains of every pair of options, in a configuration that is resolved,
 * that contradict each other.  The line is that of the later one.
 */
void conflict_find(const struct config *config,
                   const struct complaint *complaint);

/*
 * Appends a line for each pair, in a configuration that is resolved, that is
 * legal and known to do harm.
 */
void conflict_warn(const struct config *config, struct mr_buffer *text);

#endif
