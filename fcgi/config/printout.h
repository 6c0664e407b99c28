/*
 * printout.h: a configuration as an INI file, each option with its help.
 */
#ifndef FCGI_PRINTOUT_H
#define FCGI_PRINTOUT_H

#include "base/buffer.h"
#include "fcgi/config/config.h"

/* It reads back as the same configuration. */
void printout_config(const struct config *config, struct mr_buffer *text);

#endif
