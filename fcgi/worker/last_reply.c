/*
 * last_reply.c: replies with three gaps, filled and sent without memory.
 */
#include "fcgi/worker/last_reply.h"

#include "api/handle.h"
#include "base/err.h"
#include "fcgi/base/clock.h"
#include "fcgi/board/ledger.h"
#include "fcgi/worker/head.h"
#include "fcgi/worker/record.h"
#include "schema/integer.h"

#include <stdio.h>
#include <string.h>

/* Where a template is cut; words that no text of ours contains. */
#define MARK_DETAIL "<detail>"
#define MARK_INSTANCE "<instance>"
#define MARK_ID "<id>"

struct template {
	enum mr_err err;
	char head[160];
	const char *pieces[4]; /* before, between and behind the gaps */
};

static struct template templates[] = {
	{ .err = MR_CRASH },
	{ .err = MR_DEADLINE },
	{ .err = MR_MEMORY },
	{ .err = MR_BUSY },
};
#define TEMPLATES (sizeof(templates) / sizeof(templates[0]))

static struct mr_arena *arena; /* of the pieces; NULL: not prepared */

static char *
cut(char *text, const char *mark)
{
	char *at = strstr(text, mark);

	*at = '\0';
	return at + strlen(mark);
}

static bool
render(struct template *template)
{
	const struct mr_problem problem = { .err = template->err,
		                            .detail = MARK_DETAIL,
		                            .instance = MARK_INSTANCE,
		                            .request_id = MARK_ID };
	char *text = mr_problem_print(&problem, arena);

	if (text == NULL)
		return false;
	template->pieces[0] = text;
	template->pieces[1] = text = cut(text, MARK_DETAIL);
	template->pieces[2] = text = cut(text, MARK_INSTANCE);
	template->pieces[3] = cut(text, MARK_ID);
	snprintf(template->head, sizeof(template->head),
	         "Status: %d %s\r\nContent-Type: " MR_PROBLEM_TYPE "\r\n%s"
	         "X-Request-Id: ",
	         mr_err_status(template->err), mr_err_title(template->err),
	         template->err == MR_BUSY
	             ? "Retry-After: " MR_RETRY_AFTER "\r\n"
	             : "");
	return true;
}

bool
last_reply_prepare(void)
{
	bool rendered = true;

	if (arena != NULL)
		return true;
	arena = mr_arena_new();
	for (size_t i = 0; i < TEMPLATES && rendered; i++)
		rendered = arena != NULL && render(&templates[i]);
	if (!rendered) {
		mr_arena_free(arena);
		arena = NULL;
	}
	return rendered;
}

/* All that follows is async-signal-safe. */

static struct iovec
piece(const char *text)
{
	return (struct iovec){ (void *)(uintptr_t)text, strlen(text) };
}

/* "NAME;dur=MS", as Server-Timing has it. */
static char *
put_duration(char *to, enum ledger_part part, uint64_t nanoseconds)
{
	to = stpcpy(stpcpy(to, ledger_part_name(part)), ";dur=");
	to += mr_integer_write(to, (int64_t)(nanoseconds / CLOCK_NS_PER_MS));
	*to = '\0';
	return to;
}

/* The header lines that differ from reply to reply. */
static void
put_lines(char *to, const struct last_reply *reply, size_t length)
{
	const struct head_log log = { reply->worker, reply->queue,
		                      reply->elapsed };

	to = stpcpy(to, "\r\nContent-Length: ");
	to += mr_integer_write(to, (int64_t)length);
	if (reply->worker != NULL)
		to = head_put_log(to, &log);
	to = stpcpy(to, "\r\nServer-Timing: ");
	to = put_duration(to, LEDGER_QUEUE, reply->queue);
	to = stpcpy(to, ", ");
	to = put_duration(to, LEDGER_COMPUTE, reply->elapsed);
	stpcpy(to, "\r\n\r\n");
}

static const struct template *
template_of(enum mr_err err)
{
	size_t i = 0;

	while (i < TEMPLATES - 1 && templates[i].err != err)
		i++;
	return &templates[i];
}

bool
last_reply_send(const struct last_reply *reply, size_t *length)
{
	const struct template *template = template_of(reply->err);
	char lines[160 + HEAD_LOG_SIZE];
	struct iovec parts[] = {
		piece(template->head),      piece(reply->request_id),
		{ .iov_base = NULL },       piece(template->pieces[0]),
		piece(reply->before),       piece(reply->detail),
		piece(template->pieces[1]), piece(reply->instance),
		piece(template->pieces[2]), piece(reply->request_id),
		piece(template->pieces[3]),
	};
	const size_t count = sizeof(parts) / sizeof(parts[0]);

	*length = 0;
	for (size_t i = 3; i < count; i++)
		*length += parts[i].iov_len;
	put_lines(lines, reply, *length);
	parts[2] = piece(lines);
	return reply->id == 0
	           ? record_write(reply->fd, parts, count)
	           : record_send_reply(reply->fd, reply->id, parts, count);
}
