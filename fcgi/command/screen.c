/*
 * screen.c: a header, then pools, workers and deaths as tables.
 */
#include "fcgi/command/screen.h"

#include "fcgi/command/cells.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* Deaths that are shown even where there are more workers than rows. */
#define DEATHS 5

typedef const struct mr_document node;

struct drawing {
	const struct screen *screen;
	struct mr_buffer *text;
	size_t left; /* rows */
};

static void
finish(struct drawing *drawing, struct cells_line *line, bool is_heading)
{
	size_t columns = drawing->screen->columns;
	bool stands_out = is_heading && drawing->screen->is_terminal;

	if (drawing->left == 0)
		return;
	drawing->left--;
	if (columns > 0 && line->length > columns)
		line->length = columns;
	while (line->length > 0 && line->text[line->length - 1] == ' ')
		line->length--;
	if (stands_out)
		mr_buffer_puts(drawing->text, "\033[7m");
	mr_buffer_append(drawing->text, line->text, line->length);
	for (size_t i = line->length; stands_out && i < columns; i++)
		mr_buffer_putc(drawing->text, ' ');
	mr_buffer_puts(drawing->text, stands_out ? "\033[0m\n" : "\n");
}

static void
blank(struct drawing *drawing)
{
	finish(drawing, &(struct cells_line){ 0 }, false);
}

/* Values. */

static struct cells_value
count_of(node *object, const char *name)
{
	return cells_count(mr_document_get_number(object, name, NAN));
}

static struct cells_value
bytes_of(node *object, const char *name)
{
	return cells_bytes(mr_document_get_number(object, name, NAN));
}

static struct cells_value
duration_of(node *object, const char *name)
{
	return cells_duration(mr_document_get_number(object, name, NAN));
}

static const char *
text_of(node *object, const char *name)
{
	return mr_document_get_string(object, name, "-");
}

/* By how much a number grew in a second; NAN where that is not known. */
static double
rate(const struct screen *screen, node *now, node *before, const char *name)
{
	double grown = mr_document_get_number(now, name, NAN) -
	               mr_document_get_number(before, name, NAN);

	return screen->seconds > 0 && grown >= 0 ? grown / screen->seconds
	                                         : NAN;
}

/* The header. */

static void
draw_header(struct drawing *drawing)
{
	node *server = mr_document_member(drawing->screen->now, "millrace");
	const char *error =
	    mr_document_get_string(server, "reload_error", NULL);
	struct cells_line line = { 0 };

	cells_add(&line, 0, "millrace %s", text_of(server, "version"));
	cells_add(&line, 0, " pid %.0f", mr_document_get_number(server, "pid", 0));
	cells_add(&line, 0, " up %s", duration_of(server, "uptime_seconds").text);
	cells_add(&line, 0, " generation %s", count_of(server, "generation").text);
	if (mr_document_get_bool(server, "draining", false))
		cells_add(&line, 0, " DRAINING");
	if (mr_document_get_number(server, "reloads_failed", 0) > 0)
		cells_add(&line, 0, " failed reloads %s",
		     count_of(server, "reloads_failed").text);
	finish(drawing, &line, false);
	if (error != NULL) {
		line.length = 0;
		cells_add(&line, 0, "The last reload failed: %s", error);
		finish(drawing, &line, false);
	}
	if (drawing->screen->trouble != NULL) {
		line.length = 0;
		cells_add(&line, 0, "No news: %s", drawing->screen->trouble);
		finish(drawing, &line, false);
	}
}

/* Tables. */

struct column {
	const char *name;
	int width;
};

static void
draw_heading(struct drawing *drawing, const struct column *columns)
{
	struct cells_line line = { 0 };

	for (; columns->name != NULL; columns++)
		cells_add(&line, columns->width, "%s", columns->name);
	finish(drawing, &line, true);
}

static node *
find_by_name(node *array, const char *name)
{
	node *element = mr_document_first(array);

	while (element != NULL && strcmp(text_of(element, "name"), name) != 0)
		element = mr_document_next(element);
	return element;
}

static size_t
length_of(node *array)
{
	size_t length = 0;

	for (node *element = mr_document_first(array); element != NULL;
	     element = mr_document_next(element))
		length++;
	return length;
}

static const struct column pool_columns[] = {
	{ "POOL", -8 },   { "MANAGER", -8 }, { "WORKERS", 7 },
	{ "IDLE", 5 },    { "BUSY", 5 },     { "QUEUE", 5 },
	{ "REQ/S", 5 },   { "REQUESTS", 8 }, { "REFUSED", 7 },
	{ "CRASHES", 7 }, { "STARTS", 6 },   { NULL, 0 },
};

static void
draw_pool(struct drawing *drawing, node *pool)
{
	const struct screen *screen = drawing->screen;
	node *workers = mr_document_member(pool, "workers");
	node *before =
	    find_by_name(mr_document_member(screen->before, "pools"),
	                 text_of(pool, "name"));
	struct cells_line line = { 0 };

	cells_add(&line, -8, "%s", text_of(pool, "name"));
	cells_add(&line, -8, "%s", text_of(pool, "manager"));
	cells_add(&line, 7, "%s/%s", count_of(workers, "total").text,
	     count_of(workers, "max").text);
	cells_add(&line, 5, "%s", count_of(workers, "idle").text);
	cells_add(&line, 5, "%s", count_of(workers, "busy").text);
	cells_add(&line, 5, "%s",
	     count_of(mr_document_member(pool, "queue"), "length").text);
	cells_add(&line, 5, "%s",
	     cells_count(rate(screen, pool, before, "requests")).text);
	cells_add(&line, 8, "%s", count_of(pool, "requests").text);
	cells_add(&line, 7, "%s", count_of(pool, "refused").text);
	cells_add(&line, 7, "%s",
	     count_of(mr_document_member(pool, "ends"), "crash").text);
	cells_add(&line, 6, "%s", count_of(pool, "started").text);
	finish(drawing, &line, false);
}

static void
draw_pools(struct drawing *drawing)
{
	node *pools = mr_document_member(drawing->screen->now, "pools");

	draw_heading(drawing, pool_columns);
	for (node *pool = mr_document_first(pools); pool != NULL;
	     pool = mr_document_next(pool))
		draw_pool(drawing, pool);
}

static const struct column worker_columns[] = {
	{ "WORKER", -10 }, { "PID", 7 },  { "STATE", -8 }, { "GEN", 3 },
	{ "UP", 5 },       { "REQUESTS", 8 }, { "BUSY", 5 },   { "CPU%", 4 },
	{ "RSS", 5 },      { "REQUEST", 0 },  { NULL, 0 },
};

struct worker {
	node *process;
	double busy;     /* s; -1: idle */
	double requests; /* in a second, or NAN */
	double cpu;      /* s of the processor in a second, or NAN */
	double pid;
};

/* The longest at work first, then those with the most requests of late. */
static int
compare(const void *a, const void *b)
{
	const struct worker *one = a, *other = b;
	double theirs = isnan(other->requests) ? 0 : other->requests;
	double ours = isnan(one->requests) ? 0 : one->requests;

	if (one->busy != other->busy)
		return one->busy > other->busy ? -1 : 1;
	if (ours != theirs)
		return ours > theirs ? -1 : 1;
	return (one->pid > other->pid) - (one->pid < other->pid);
}

static int
compare_pids(const void *a, const void *b)
{
	const struct worker *one = a, *other = b;

	return (one->pid > other->pid) - (one->pid < other->pid);
}

/* All of a document; in arena.  NULL when there are none, or no memory. */
static struct worker *
list_workers(node *document, struct mr_arena *arena, size_t *length)
{
	struct worker *workers;
	node *pools = mr_document_member(document, "pools"), *pool, *process;

	*length = 0;
	for (pool = mr_document_first(pools); pool != NULL;
	     pool = mr_document_next(pool))
		*length += length_of(mr_document_member(pool, "processes"));
	workers = mr_arena_alloc(arena, *length * sizeof(*workers));
	if (workers == NULL)
		*length = 0;
	if (*length == 0)
		return NULL;
	*length = 0;
	for (pool = mr_document_first(pools); pool != NULL;
	     pool = mr_document_next(pool))
		for (process = mr_document_first(
		         mr_document_member(pool, "processes"));
		     process != NULL; process = mr_document_next(process))
			workers[(*length)++] = (struct worker){
				.process = process,
				.pid = mr_document_get_number(process, "pid",
				                              0),
			};
	return workers;
}

static struct worker *
rank_workers(const struct drawing *drawing, size_t *length)
{
	const struct screen *screen = drawing->screen;
	struct mr_arena *arena = drawing->text->arena;
	size_t before_length;
	struct worker *workers = list_workers(screen->now, arena, length);
	struct worker *before =
	    list_workers(screen->before, arena, &before_length);

	if (before != NULL)
		qsort(before, before_length, sizeof(*before), compare_pids);
	for (size_t i = 0; i < *length; i++) {
		struct worker *worker = &workers[i], *found = NULL;
		node *then;

		if (before != NULL)
			found = bsearch(worker, before, before_length,
			                sizeof(*before), compare_pids);
		then = found == NULL ? NULL : found->process;
		worker->busy = mr_document_get_number(worker->process,
		                                      "busy_seconds", -1);
		worker->requests =
		    rate(screen, worker->process, then, "requests");
		worker->cpu =
		    rate(screen, worker->process, then, "cpu_seconds");
	}
	if (workers != NULL)
		qsort(workers, *length, sizeof(*workers), compare);
	return workers;
}

static void
draw_worker(struct drawing *drawing, const struct worker *worker)
{
	node *process = worker->process;
	struct cells_line line = { 0 };

	cells_add(&line, -10, "%s", text_of(process, "worker"));
	cells_add(&line, 7, "%.0f", worker->pid);
	cells_add(&line, -8, "%s", text_of(process, "state"));
	cells_add(&line, 3, "%s", count_of(process, "generation").text);
	cells_add(&line, 5, "%s", duration_of(process, "uptime_seconds").text);
	cells_add(&line, 8, "%s", count_of(process, "requests").text);
	cells_add(&line, 5, "%s", duration_of(process, "busy_seconds").text);
	cells_add(&line, 4, "%s", cells_count(100 * worker->cpu).text);
	cells_add(&line, 5, "%s", bytes_of(process, "rss_bytes").text);
	if (worker->busy >= 0)
		cells_add(&line, 0, "%s %s %s", text_of(process, "method"),
		          text_of(process, "instance"),
		          text_of(process, "request_id"));
	finish(drawing, &line, false);
}

static void
draw_workers(struct drawing *drawing, size_t deaths)
{
	size_t length;
	const struct worker *workers = rank_workers(drawing, &length);

	blank(drawing);
	draw_heading(drawing, worker_columns);
	for (size_t i = 0; i < length && drawing->left > deaths; i++)
		draw_worker(drawing, &workers[i]);
}

static const struct column death_columns[] = {
	{ "DIED AT", -19 }, { "POOL", -8 },  { "PID", 7 },
	{ "CAUSE", -12 },   { "REASON", 0 }, { NULL, 0 },
};

static void
draw_deaths(struct drawing *drawing)
{
	node *deaths = mr_document_member(drawing->screen->now, "deaths");
	node *death = mr_document_first(deaths);

	if (death == NULL)
		return;
	blank(drawing);
	draw_heading(drawing, death_columns);
	for (; death != NULL; death = mr_document_next(death)) {
		struct cells_line line = { 0 };

		cells_add(&line, -19, "%s", text_of(death, "time"));
		cells_add(&line, -8, "%s", text_of(death, "pool"));
		cells_add(&line, 7, "%.0f",
		          mr_document_get_number(death, "pid", 0));
		cells_add(&line, -12, "%s", text_of(death, "cause"));
		cells_add(&line, 0, "%s %s %s %s", text_of(death, "signal"),
		          text_of(death, "detail"), text_of(death, "instance"),
		          text_of(death, "request_id"));
		finish(drawing, &line, false);
	}
}

void
screen_draw(const struct screen *screen, struct mr_buffer *text)
{
	struct drawing drawing = {
		.screen = screen,
		.text = text,
		.left = screen->rows == 0 ? SIZE_MAX : screen->rows,
	};
	size_t deaths = length_of(mr_document_member(screen->now, "deaths"));

	if (deaths > DEATHS)
		deaths = DEATHS;
	draw_header(&drawing);
	blank(&drawing);
	draw_pools(&drawing);
	draw_workers(&drawing, screen->rows == 0 || deaths == 0 ? 0 : deaths + 2);
	draw_deaths(&drawing);
}
