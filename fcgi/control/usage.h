/*
 * usage.h: what a process has had of memory and processor, by /proc.
 */
#ifndef FCGI_USAGE_H
#define FCGI_USAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct usage {
	uint64_t rss, peak_rss; /* bytes */
	uint64_t cpu;           /* ms */
};

/* False when there is no such process, or it has ended. */
bool usage_read(pid_t pid, struct usage *usage);

#endif
