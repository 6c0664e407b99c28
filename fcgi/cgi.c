/*
 * cgi.c: the environment and standard input to a reply on standard output.
 */
#include "fcgi/cgi.h"

#include "api/handle.h"
#include "fcgi/clock.h"
#include "fcgi/environment.h"
#include "fcgi/head.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The body, or in problem why there is none. */
static bool
read_body(struct program *program, const struct environment *environment,
          struct mr_request *request, struct mr_problem *problem)
{
	size_t length;
	char *body;

	if (!environment_admit(environment,
	                       mr_registry_body_limit(program->registry),
	                       request, problem))
		return false;
	length = request->body.length;
	body = mr_arena_alloc(program->arena, length);
	request->body = (struct mr_string){ body, length };
	if (body == NULL) {
		problem->err = MR_MEMORY;
		problem->detail = "There is no room for the body";
	} else if (fread(body, 1, length, stdin) < length) {
		problem->err = MR_SLOW_CLIENT;
		problem->detail = "The body did not arrive in full";
	}
	return problem->err == MR_OK;
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
	request.enter = clock_enter;
	if (read_body(program, &environment, &request, &problem))
		mr_handle(program->registry, &request, &reply, program->arena);
	else
		refuse(program, &request, &problem, &reply);
	return print_reply(program, &reply, id) ? EXIT_SUCCESS : EXIT_FAILURE;
}
