/*
 * reload.h: whether a program would start with its configuration and modules,
 * tried out in a process of its own before a master gives up its place.
 */
#ifndef FCGI_RELOAD_H
#define FCGI_RELOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define RELOAD_PATIENCE 30 /* s for a trial; then it is killed */

struct reload {
	pid_t trial;   /* 0: none runs */
	uint64_t until; /* ns; then it is killed */
	int words;     /* memory file of what it says */
};

/* Starts the trial.  False, after logging why, when there can be none. */
bool reload_try(struct reload *reload, const char *program,
                char *const *arguments);

/* Time has passed. */
void reload_tick(struct reload *reload);

/*
 * The trial ended: whether it went well.  If not, what it said is logged, and
 * the first line goes to reason.
 */
bool reload_judge(struct reload *reload, int status, char *reason,
                  size_t size);

/*
 * For the program: whether it is to end once it has loaded, and with what
 * status: one that no other program ends with, nor a module that calls exit().
 */
bool reload_is_trial(void);
#define RELOAD_LOADED 86

#endif
