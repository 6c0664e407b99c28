/*
 * jobs_text.c: cells of a table, lines of a record, a bar.
 */
#include "fcgi/command/jobs_text.h"

#include "base/signal_name.h"
#include "base/time.h"
#include "fcgi/base/clock.h"
#include "fcgi/board/ledger.h"
#include "fcgi/command/cells.h"
#include "jobs/history.h"
#include "jobs/progress.h"

#include <math.h>
#include <stdio.h>

#define BAR 24 /* characters */

static void
finish(struct cells_line *line, struct mr_buffer *text)
{
	while (line->length > 0 && line->text[line->length - 1] == ' ')
		line->length--;
	mr_buffer_append(text, line->text, line->length);
	mr_buffer_putc(text, '\n');
	line->length = 0;
}

/* Seconds between two times; NAN where there is not both. */
static double
between(int64_t from, int64_t to)
{
	if (from == 0 || to == 0)
		return NAN;
	return to < from ? 0 : (double)(to - from) / 1000;
}

static const char *
state_of(const struct mr_job *job)
{
	return job->cancelling && job->state == MR_JOB_RUNNING
	           ? "cancelling"
	           : mr_job_state_name(job->state);
}

/* How long its last attempt takes, or took. */
static double
running_time(const struct mr_job *job, int64_t now)
{
	if (job->state == MR_JOB_RUNNING)
		return between(job->started, now);
	return between(job->started, job->finished);
}

static struct mr_job_progress
progress_of(const struct mr_job *job)
{
	struct mr_job_progress progress;

	if (job->progress == NULL || !mr_progress_read(job->progress, &progress))
		progress = (struct mr_job_progress){ .total = 0 };
	return progress;
}

/* The table. */

static void
put_percent(const struct mr_job_progress *progress, struct cells_line *line)
{
	double fraction = mr_progress_fraction(progress);

	if (!isnan(fraction))
		cells_add(line, 0, "%.0f%%", floor(100 * fraction));
}

/* What a state leaves to be asked. */
static void
put_remark(const struct mr_job *job, int64_t now, struct cells_line *line)
{
	const struct mr_job_progress progress = progress_of(job);

	if (job->state == MR_JOB_RUNNING) {
		put_percent(&progress, line);
		cells_add(line, 0, "%s", progress.phase);
	} else if (job->state == MR_JOB_SCHEDULED) {
		cells_add(line, 0, "in %s",
		          cells_duration(between(now, job->due)).text);
	}
	if (job->state != MR_JOB_SUCCEEDED && job->detail != NULL)
		cells_add(line, 0, "%s", job->detail);
}

static void
put_row(const struct mr_job *job, int64_t now, struct mr_buffer *text)
{
	struct cells_line line = { 0 };

	cells_add(&line, 1 - MR_JOB_ID, "%s", job->id);
	cells_add(&line, -10, "%s", state_of(job));
	cells_add(&line, -20, "%s", job->endpoint);
	cells_add(&line, 5, "%s", cells_duration(between(job->created, now)).text);
	cells_add(&line, 5, "%s", cells_duration(running_time(job, now)).text);
	cells_add(&line, 3, "%d", (int)job->attempt);
	put_remark(job, now, &line);
	finish(&line, text);
}

void
jobs_text_table(const struct mr_job *jobs, size_t count, int64_t now,
                struct mr_buffer *text)
{
	struct cells_line line = { 0 };

	cells_add(&line, 1 - MR_JOB_ID, "JOB");
	cells_add(&line, -10, "STATE");
	cells_add(&line, -20, "ENDPOINT");
	cells_add(&line, 5, "AGE");
	cells_add(&line, 5, "TOOK");
	cells_add(&line, 3, "TRY");
	finish(&line, text);
	for (size_t i = 0; i < count; i++)
		put_row(&jobs[i], now, text);
}

/* A record. */

static void
put_fact(struct mr_buffer *text, const char *name, const char *value)
{
	struct cells_line line = { 0 };

	if (value == NULL || *value == '\0')
		return;
	cells_add(&line, -11, "%s", name);
	cells_add(&line, 0, "%s", value);
	finish(&line, text);
}

static void
put_number(struct mr_buffer *text, const char *name, int64_t value)
{
	char number[24];

	snprintf(number, sizeof(number), "%lld", (long long)value);
	put_fact(text, name, value == 0 ? NULL : number);
}

static void
put_time(struct mr_buffer *text, const char *name, int64_t time, int64_t now)
{
	char words[MR_TIME_TEXT + 40], date[MR_TIME_TEXT];
	bool is_past = time <= now;

	if (time == 0)
		return;
	mr_time_print(time, date);
	snprintf(words, sizeof(words), "%s (%s%s%s)", date, is_past ? "" : "in ",
	         cells_duration(is_past ? between(time, now)
	                                : between(now, time)).text,
	         is_past ? " ago" : "");
	put_fact(text, name, words);
}

static void
put_attempts(struct mr_buffer *text, const struct mr_job *job)
{
	char words[120];

	snprintf(words, sizeof(words), "%d; %d of %d failed, %d lost",
	         (int)job->attempt, (int)job->failures, (int)job->attempts,
	         (int)job->losses);
	put_fact(text, "attempts", words);
}

/* How the last attempt ended, if it did not end well. */
static void
put_error(struct mr_buffer *text, const struct mr_job *job)
{
	char signal[MR_SIGNAL_NAME] = "";

	if (job->cause != MR_JOB_CAUSE_NONE)
		put_fact(text, "cause", mr_job_cause_name(job->cause));
	if (job->signal != 0)
		mr_signal_name((int)job->signal, signal);
	put_fact(text, "signal", signal);
	put_fact(text, "error", job->detail);
}

static void
put_history(struct mr_buffer *text, const char *history)
{
	struct mr_history_line entry;
	char date[MR_TIME_TEXT];

	if (history == NULL || *history == '\0')
		return;
	mr_buffer_puts(text, "history\n");
	while (mr_history_next(&history, &entry)) {
		struct cells_line line = { 0 };

		mr_time_print(entry.time, date);
		cells_add(&line, 0, "    %s %s", date,
		          mr_job_state_name(entry.state));
		if (entry.cause != MR_JOB_CAUSE_NONE)
			cells_add(&line, 0, "(%s)",
			          mr_job_cause_name(entry.cause));
		finish(&line, text);
	}
}

static void
put_backtrace(struct mr_buffer *text, const char *lines)
{
	if (lines == NULL || *lines == '\0')
		return;
	mr_buffer_puts(text, "backtrace\n");
	while (*lines != '\0') {
		struct cells_line line = { 0 };
		int length = (int)strcspn(lines, "\n");

		cells_add(&line, 0, "    %.*s", length, lines);
		finish(&line, text);
		lines += length;
		lines += *lines == '\n';
	}
}

void
jobs_text_record(const struct mr_job *job, int64_t now, struct mr_buffer *text)
{
	struct mr_buffer request = { .arena = text->arena };
	struct mr_buffer progress = { .arena = text->arena };

	mr_buffer_printf(&request, "%s %s",
	                 job->method == NULL ? "" : job->method,
	                 job->path == NULL ? "" : job->path);
	put_fact(text, "job", job->id);
	put_fact(text, "state", state_of(job));
	put_fact(text, "endpoint", job->endpoint);
	put_fact(text, "request", mr_buffer_text(&request));
	put_fact(text, "request id", job->request_id);
	put_fact(text, "input", job->digest);
	put_fact(text, "owner", job->owner);
	put_attempts(text, job);
	put_time(text, "created", job->created, now);
	if (job->state == MR_JOB_SCHEDULED)
		put_time(text, "due", job->due, now);
	put_time(text, "started", job->started, now);
	put_time(text, "finished", job->finished, now);
	put_fact(text, "took", job->started == 0
	                           ? NULL
	                           : cells_duration(running_time(job, now)).text);
	if (job->state == MR_JOB_RUNNING)
		jobs_text_bar(job, now, 0, &progress);
	put_fact(text, "progress", mr_buffer_text(&progress));
	put_number(text, "status", job->status);
	put_error(text, job);
	put_history(text, job->history);
	put_backtrace(text, job->backtrace);
}

/* The bar. */

static void
put_bar(const struct mr_job_progress *progress, struct cells_line *line)
{
	double fraction = mr_progress_fraction(progress);
	char bar[BAR + 1];
	int full = isnan(fraction) ? 0 : (int)(fraction * BAR);

	for (int i = 0; i < BAR; i++)
		bar[i] = i < full ? '#' : '.';
	bar[BAR] = '\0';
	cells_add(line, 0, "[%s]", bar);
	if (!isnan(fraction))
		cells_add(line, 6, "%.1f%%", 100 * fraction);
}

static void
put_figures(const struct mr_job_progress *progress, struct cells_line *line)
{
	for (size_t i = 0; i < MR_FIGURES; i++)
		if (progress->figures[i].name[0] != '\0')
			cells_add(line, 0, "%s=%.6g", progress->figures[i].name,
			          progress->figures[i].value);
}

static void
put_run(const struct mr_job *job, int64_t now, struct cells_line *line)
{
	const struct mr_job_progress progress = progress_of(job);
	double rest = mr_progress_left(&progress);

	put_bar(&progress, line);
	cells_add(line, 0, "%s",
	          cells_duration(running_time(job, now)).text);
	if (!isnan(rest))
		cells_add(line, 0, "%s left", cells_duration(rest).text);
	if (progress.phase[0] != '\0')
		cells_add(line, 0, "%s", progress.phase);
	put_figures(&progress, line);
}

void
jobs_text_bar(const struct mr_job *job, int64_t now, size_t columns,
              struct mr_buffer *text)
{
	struct cells_line line = { 0 };

	cells_add(&line, 0, "%s", state_of(job));
	if (job->state == MR_JOB_RUNNING)
		put_run(job, now, &line);
	else
		put_remark(job, now, &line);
	if (columns > 0 && line.length > columns)
		line.length = columns;
	mr_buffer_append(text, line.text, line.length);
}

void
jobs_text_step(const struct mr_job *job, struct mr_buffer *text)
{
	const struct mr_job_progress progress = progress_of(job);
	struct cells_line line = { 0 };

	cells_add(&line, 0, "%s", state_of(job));
	if (job->attempt > 1)
		cells_add(&line, 0, "attempt %d", (int)job->attempt);
	if (job->state == MR_JOB_RUNNING) {
		put_percent(&progress, &line);
		if (progress.phase[0] != '\0')
			cells_add(&line, 0, "%s", progress.phase);
	} else if (job->state != MR_JOB_SUCCEEDED && job->detail != NULL) {
		cells_add(&line, 0, "%s", job->detail);
	}
	mr_buffer_append(text, line.text, line.length);
}
