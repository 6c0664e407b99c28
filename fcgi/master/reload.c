/*
 * reload.c: a child that loads what we would, and tells.
 */
#include "fcgi/master/reload.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define VARIABLE "MILLRACE_TRIAL"

bool
reload_is_trial(void)
{
	return getenv(VARIABLE) != NULL;
}

static _Noreturn void
run(const char *program, char *const *arguments, int words)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(words, STDOUT_FILENO);
	dup2(words, STDERR_FILENO);
	setenv(VARIABLE, "1", 1);
	unsetenv("NOTIFY_SOCKET");
	execv(program, arguments);
	dprintf(words, "%s: %s\n", program, strerror(errno));
	_exit(EXIT_FAILURE);
}

bool
reload_try(struct reload *reload, const char *program, char *const *arguments)
{
	reload->words = memfd_create("millrace-trial", MFD_CLOEXEC);
	if (reload->words >= 0)
		reload->trial = fork();
	if (reload->words >= 0 && reload->trial == 0)
		run(program, arguments, reload->words);
	if (reload->words >= 0 && reload->trial > 0) {
		reload->until = clock_now() + RELOAD_PATIENCE * CLOCK_NS_PER_S;
		return true;
	}
	log_error("Cannot try out the configuration. error=\"%s\"",
	          strerror(errno));
	if (reload->words >= 0)
		close(reload->words);
	reload->trial = 0;
	return false;
}

void
reload_tick(struct reload *reload)
{
	if (reload->trial > 0 && clock_now() >= reload->until)
		kill(reload->trial, SIGKILL);
}

static void
log_words(FILE *words, char *reason, size_t size)
{
	char line[1024];

	while (fgets(line, sizeof(line), words) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (*line == '\0')
			continue;
		log_error("Reload: %s", line);
		if (*reason == '\0')
			snprintf(reason, size, "%s", line);
	}
}

bool
reload_judge(struct reload *reload, int status, char *reason, size_t size)
{
	bool good = WIFEXITED(status) && WEXITSTATUS(status) == RELOAD_LOADED;
	FILE *words = fdopen(reload->words, "r");

	*reason = '\0';
	reload->trial = 0;
	if (!good && words != NULL) {
		rewind(words);
		log_words(words, reason, size);
	}
	if (!good && *reason == '\0')
		snprintf(reason, size,
		         WIFSIGNALED(status) ? "the trial ended by signal %d"
		                             : "the trial ended with status %d",
		         WIFSIGNALED(status) ? WTERMSIG(status)
		                             : WEXITSTATUS(status));
	if (words != NULL)
		fclose(words);
	else
		close(reload->words);
	return good;
}
