/*
 * live_reply.c: replies as a worker writes them, with the status line of HTTP.
 */
#include "fcgi/live/live_reply.h"

#include "api/job_view.h"
#include "base/err.h"
#include "fcgi/worker/head.h"

/* The title that goes with a status: of the first error that has it. */
static enum mr_err
err_of(int status)
{
	for (int err = MR_OK; err < MR_ERR_COUNT; err++)
		if (mr_err_status((enum mr_err)err) == status)
			return (enum mr_err)err;
	return MR_OK;
}

/* The header of a reply, as CGI programs print it, as that of HTTP/1.1. */
static void
put_head(const struct mr_buffer *head, struct mr_buffer *http)
{
	const size_t skip = sizeof("Status: ") - 1;

	if (head->length <= skip)
		return;
	mr_buffer_puts(http, "HTTP/1.1 ");
	mr_buffer_append(http, head->data + skip, head->length - skip);
}

static void
write_reply(const struct live_origin *origin, const struct mr_reply *reply,
            struct mr_buffer *http)
{
	const struct head_facts facts = { .request_id = origin->request_id };
	struct mr_buffer head = { .arena = http->arena };

	head_write(reply, &facts, &head);
	http->failed |= head.failed;
	put_head(&head, http);
	if (reply->head)
		return;
	mr_buffer_append(http, reply->body.data, reply->body.length);
}

void
live_reply_accepted(const struct live_origin *origin, const char *id,
                    const char *view, struct mr_buffer *http)
{
	struct mr_buffer path = { .arena = http->arena };
	struct mr_reply reply = {
		.status = 202,
		.content_type = "application/json",
		.preamble = { "", 0 },
		.body = { view, strlen(view) },
		.headers = { { "Location", "" },
		             { "Preference-Applied", "respond-async" },
		             { "Cache-Control", "no-store" } },
		.header_count = 3,
	};

	mr_job_view_path(id, &path);
	reply.headers[0].value = mr_buffer_text(&path);
	if (reply.headers[0].value == NULL)
		http->failed = true;
	else
		write_reply(origin, &reply, http);
}

void
live_reply_result(const struct live_origin *origin,
                  const struct mr_job_result *result, struct mr_buffer *http)
{
	const struct mr_reply reply = {
		.status = result->status,
		.err = err_of(result->status),
		.content_type = result->content_type.data,
		.preamble = { "", 0 },
		.body = result->body,
		.head = true,
	};

	write_reply(origin, &reply, http);
}

void
live_reply_problem(const struct live_origin *origin, enum mr_err err,
                   const char *detail, struct mr_buffer *http)
{
	const struct mr_problem problem = {
		.err = err,
		.detail = detail,
		.instance = *origin->instance == '\0' ? "/" : origin->instance,
		.request_id = origin->request_id,
	};
	struct mr_reply reply = { .preamble = { "", 0 } };

	mr_reply_problem(&reply, &problem, http->arena);
	write_reply(origin, &reply, http);
}

static void
write_bare(const struct live_origin *origin, const char *lines,
           struct mr_buffer *http)
{
	mr_buffer_printf(http, "HTTP/1.1 %sX-Request-Id: %s\r\n\r\n", lines,
	                 origin->request_id);
}

void
live_reply_events(const struct live_origin *origin, struct mr_buffer *http)
{
	write_bare(origin,
	           "200 OK\r\nContent-Type: text/event-stream\r\n"
	           "Cache-Control: no-store\r\nConnection: close\r\n",
	           http);
}

void
live_reply_nothing(const struct live_origin *origin, struct mr_buffer *http)
{
	write_bare(origin, "204 No Content\r\n", http);
}
