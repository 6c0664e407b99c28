/*
 * cpus.h: a list of processors, such as "0-3,6".
 */
#ifndef FCGI_CPUS_H
#define FCGI_CPUS_H

#include <sched.h>
#include <stdbool.h>

/*
 * Numbers and ranges, with a comma between them, as taskset -c takes them.
 * False, with set in any state, when text is something else, or empty, or a
 * number is larger than a cpu_set_t can hold.
 */
bool cpus_parse(const char *text, cpu_set_t *set);

#endif
