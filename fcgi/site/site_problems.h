/*
 * site_problems.h: the problems that nginx has to tell of by itself; for
 * site.c.
 */
#ifndef FCGI_SITE_PROBLEMS_H
#define FCGI_SITE_PROBLEMS_H

#include "base/buffer.h"
#include "fcgi/master/load.h"

/* For a server block: an internal location for each. */
void site_problem_locations(struct program *program, struct mr_buffer *text);

/* What leads there, wherever error_page may stand. */
void site_problem_pages(const char *indent, struct mr_buffer *text);

#endif
