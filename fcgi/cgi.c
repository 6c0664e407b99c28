/*
 * cgi.c: the plain-CGI program.
 */
#include "fcgi/cgi.h"

#include "api/handle.h"
#include "fcgi/environment.h"
#include "fcgi/head.h"
#include "fcgi/scoreboard.h"
#include "fcgi/serve.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The body, or why there is none. */
static enum mr_err
read_body(struct program *program, const struct environment *environment,
          struct mr_request *request, const char **detail)
{
	size_t length;
	char *body;

	*detail = "Content-Length is no number";
	if (!environment_length(environment, &request->has_length, &length))
		return MR_SYNTAX;
	*detail = "No endpoint takes a body of that size";
	if (length > serve_body_limit(program->registry))
		return MR_BODY_TOO_LARGE;
	*detail = "There is no room for the body";
	body = mr_arena_alloc(program->arena, length);
	if (body == NULL)
		return MR_MEMORY;
	request->body = (struct mr_string){ body, length };
	*detail = "The body did not arrive in full";
	return fread(body, 1, length, stdin) == length ? MR_OK
	                                               : MR_SLOW_CLIENT;
}

static void
refuse(struct program *program, const struct mr_request *request,
       struct mr_problem *problem, struct mr_reply *reply)
{
	problem->request_id = request->request_id;
	problem->instance =
	    mr_problem_instance(request->path, program->arena);
	mr_reply_problem(reply, problem, program->arena);
}

static bool
print_reply(struct program *program, const struct mr_reply *reply,
            const char *id)
{
	struct mr_buffer text = { .arena = program->arena };

	head_write(reply, id, 0, &text);
	if (!reply->head)
		mr_buffer_append(&text, reply->body.data, reply->body.length);
	return !text.failed &&
	       fwrite(text.data, 1, text.length, stdout) == text.length &&
	       fflush(stdout) == 0;
}

int
cgi_run(struct program *program)
{
	struct environment environment;
	char id[REQUEST_ID_LENGTH + 1];
	struct mr_problem problem = { 0 };
	struct mr_request request;
	struct mr_reply reply = { 0 };

	environment_read(&environment, environ);
	environment_describe(&environment, id, &request);
	request.enter = scoreboard_enter;
	problem.err =
	    read_body(program, &environment, &request, &problem.detail);
	if (problem.err == MR_OK)
		mr_handle(program->registry, &request, &reply, program->arena);
	else
		refuse(program, &request, &problem, &reply);
	return print_reply(program, &reply, id) ? EXIT_SUCCESS : EXIT_FAILURE;
}
