/*
 * jobs_command.h: `millrace jobs`: an operator looks at the jobs of a running
 * server, and stops them or runs them again.
 */
#ifndef FCGI_JOBS_COMMAND_H
#define FCGI_JOBS_COMMAND_H

#include "fcgi/master/load.h"

/* The rest of the command line, for the help. */
#define JOBS_COMMAND_ARGUMENTS                                                 \
	"[list] [state=S] [endpoint=E] [limit=N] [after=ID] | "                \
	"show|watch|cancel|retry ID"

#define JOBS_COMMAND_HELP                                                      \
	"list the running server's jobs, newest first, or show, follow, stop " \
	"or run again one of them;\n      "                                     \
	"states: scheduled, queued, running, succeeded, failed, dead, cancelled"

/*
 * Does what the arguments say, and asks the broker of the server that has this
 * configuration.  Returns the status to exit with: that of success only when
 * all went well, and for watch, when the job did.
 */
int jobs_command_run(const struct program *program, char *const *arguments,
                     size_t count);

#endif
