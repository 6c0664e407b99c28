/*
 * jobs_command.c: one table of actions, each a question for the broker.
 */
#include "fcgi/command/jobs_command.h"

#include "base/err.h"
#include "base/nearest.h"
#include "fcgi/base/clock.h"
#include "fcgi/command/client.h"
#include "fcgi/command/jobs_filter.h"
#include "fcgi/command/jobs_text.h"
#include "fcgi/command/order.h"
#include "fcgi/command/outcome.h"
#include "fcgi/wire/broker_client.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LIMIT 20 /* jobs that are listed, unless it is said how many */
#define INTERVAL 200 /* ms between two looks at a job that is watched */
#define N(array) (sizeof(array) / sizeof((array)[0]))

struct asking {
	struct broker_client broker;
	struct mr_arena *arena; /* of one answer */
	struct message reply;
};

/* Asking. */

/* False after telling why; of MR_CONFLICT the caller tells. */
static bool
ask(struct asking *asking, const struct message *question)
{
	enum mr_err err;

	mr_arena_reset(asking->arena);
	err = broker_client_ask(&asking->broker, question, asking->arena,
	                        &asking->reply);
	if (err == MR_BUSY)
		outcome_fail("%s: the broker does not answer; see the log",
		         asking->broker.place);
	else if (err != MR_OK)
		outcome_fail("%s", mr_err_title(err));
	if (err != MR_OK)
		return false;
	err = asking->reply.err;
	if (err == MR_NOT_FOUND)
		outcome_fail("there is no job %s", question->id);
	else if (err != MR_OK && err != MR_CONFLICT)
		outcome_fail("%s%s%s", mr_err_title(err),
		         asking->reply.detail == NULL ? "" : ": ",
		         asking->reply.detail == NULL ? ""
		                                      : asking->reply.detail);
	return err == MR_OK || err == MR_CONFLICT;
}

/* NULL after telling why; the job is there until the next question. */
static const struct mr_job *
ask_of_job(struct asking *asking, enum message_type type, const char *id)
{
	const struct message question = { .type = type, .id = id };

	if (!ask(asking, &question))
		return NULL;
	if (asking->reply.job_count == 1)
		return asking->reply.jobs;
	outcome_fail("the broker answers with %zu jobs", asking->reply.job_count);
	return NULL;
}

/* Lists. */

static int
list(struct asking *asking, char *const *arguments, size_t count)
{
	struct message question = { .type = MESSAGE_LIST };
	struct mr_buffer text = { .arena = asking->arena };
	struct mr_buffer complaint = { .arena = asking->arena };

	question.filter = (struct mr_job_filter){
		.state = -1, .limit = LIMIT
	};
	for (size_t i = 0; i < count; i++)
		if (!jobs_filter_read(&question.filter, arguments[i],
		                      &complaint))
			return outcome_fail("%s", mr_buffer_text(&complaint));
	if (!ask(asking, &question))
		return EXIT_FAILURE;
	jobs_text_table(asking->reply.jobs, asking->reply.job_count,
	                (int64_t)clock_unix_ms(), &text);
	return outcome_print(&text);
}

/* One job. */

static int
show(struct asking *asking, char *const *arguments, size_t count)
{
	struct mr_buffer text = { .arena = asking->arena };
	const struct mr_job *job =
	    ask_of_job(asking, MESSAGE_FIND, arguments[0]);

	(void)count;
	if (job == NULL)
		return EXIT_FAILURE;
	jobs_text_record(job, (int64_t)clock_unix_ms(), &text);
	return outcome_print(&text);
}

static int
cancel(struct asking *asking, char *const *arguments, size_t count)
{
	const struct mr_job *job =
	    ask_of_job(asking, MESSAGE_CANCEL, arguments[0]);

	(void)count;
	if (job == NULL)
		return EXIT_FAILURE;
	if (asking->reply.err == MR_CONFLICT)
		return outcome_fail("the job is %s: it cannot be cancelled any more",
		                mr_job_state_name(job->state));
	puts(mr_job_is_final(job->state) ? "cancelled" : "being cancelled");
	return EXIT_SUCCESS;
}

static int
retry(struct asking *asking, char *const *arguments, size_t count)
{
	const struct mr_job *job =
	    ask_of_job(asking, MESSAGE_RETRY, arguments[0]);

	(void)count;
	if (job == NULL)
		return EXIT_FAILURE;
	if (asking->reply.err == MR_CONFLICT)
		return outcome_fail("the job is %s: only one that failed, is dead "
		                "or was cancelled runs again",
		                mr_job_state_name(job->state));
	puts(mr_job_state_name(job->state));
	return EXIT_SUCCESS;
}

/* Watching. */

static size_t
terminal_columns(void)
{
	struct winsize size = { 0 };

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return 80;
	return size.ws_col;
}

/* Over the line that was there; one that fills all columns would wrap. */
static bool
draw_bar(const struct mr_job *job, struct mr_arena *arena)
{
	struct mr_buffer text = { .arena = arena };

	mr_buffer_puts(&text, "\r");
	jobs_text_bar(job, (int64_t)clock_unix_ms(), terminal_columns() - 1,
	              &text);
	mr_buffer_puts(&text, mr_job_is_final(job->state) ? "\033[K\n"
	                                                  : "\033[K");
	return outcome_print(&text) == EXIT_SUCCESS;
}

/* Unless it is what was told last. */
static bool
tell_step(const struct mr_job *job, struct mr_arena *arena, char last[256])
{
	struct mr_buffer text = { .arena = arena };
	const char *line;

	jobs_text_step(job, &text);
	line = mr_buffer_text(&text);
	if (line != NULL && strncmp(line, last, 255) == 0)
		return true;
	snprintf(last, 256, "%s", line == NULL ? "" : line);
	mr_buffer_putc(&text, '\n');
	return outcome_print(&text) == EXIT_SUCCESS;
}

static int
watch(struct asking *asking, char *const *arguments, size_t count)
{
	const bool is_terminal = isatty(STDOUT_FILENO);
	const struct mr_job *job;
	char last[256] = "";

	(void)count;
	for (;;) {
		job = ask_of_job(asking, MESSAGE_FIND, arguments[0]);
		if (job == NULL)
			return EXIT_FAILURE;
		if (!(is_terminal ? draw_bar(job, asking->arena)
		                  : tell_step(job, asking->arena, last)))
			return EXIT_FAILURE;
		if (mr_job_is_final(job->state))
			return job->state == MR_JOB_SUCCEEDED ? EXIT_SUCCESS
			                                      : EXIT_FAILURE;
		poll(NULL, 0, INTERVAL);
	}
}

/* The command line. */

static const struct action {
	const char *name;
	bool of_job; /* its one argument is an id */
	int (*run)(struct asking *asking, char *const *arguments, size_t count);
} actions[] = {
	{ "list", false, list },
	{ "show", true, show },
	{ "watch", true, watch },
	{ "cancel", true, cancel },
	{ "retry", true, retry },
};

/* NULL after telling why. */
static const struct action *
find_action(const char *name)
{
	struct mr_nearest nearest = { .wanted = name };

	for (size_t i = 0; i < N(actions); i++) {
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
		mr_nearest_offer(&nearest, actions[i].name);
	}
	if (nearest.name == NULL)
		outcome_fail("there is no action '%s'", name);
	else
		outcome_fail("there is no action '%s'; did you mean '%s'?", name,
		         nearest.name);
	return NULL;
}

static bool
check_arguments(const struct action *action, char *const *arguments,
                size_t count)
{
	if (!action->of_job)
		return true;
	if (count != 1)
		outcome_fail("usage: millrace jobs %s ID", action->name);
	else if (!mr_job_is_id(arguments[0]))
		outcome_fail("'%s' is no id of a job", arguments[0]);
	else
		return true;
	return false;
}

/* Of a server that runs: another one's socket may be left where it was. */
static bool
find_broker(const struct config *config, struct broker_client *broker)
{
	char place[CONFIG_TEXT];

	if (order_find_master(config) == 0)
		return false;
	if (!client_find(config, BROKER_POOL, place)) {
		outcome_fail("there is no pool " BROKER_POOL);
		return false;
	}
	broker_client_init(broker, place);
	return true;
}

int
jobs_command_run(const struct program *program, char *const *arguments,
                 size_t count)
{
	const struct action *action = &actions[0];
	struct asking asking = { .arena = NULL };
	int status = EXIT_FAILURE;

	if (count > 0 && strchr(arguments[0], '=') == NULL) {
		action = find_action(arguments[0]);
		arguments++;
		count--;
	}
	if (action == NULL || !check_arguments(action, arguments, count) ||
	    !find_broker(&program->config, &asking.broker))
		return EXIT_FAILURE;
	asking.arena = mr_arena_new();
	if (asking.arena == NULL)
		return outcome_fail("out of memory");
	status = action->run(&asking, arguments, count);
	broker_client_close(&asking.broker);
	mr_arena_free(asking.arena);
	return status;
}
