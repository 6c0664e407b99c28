/*
 * cgi.c: the environment and standard input to a reply on standard output.
 */
#include "fcgi/command/cgi.h"

#include "api/handle.h"
#include "fcgi/base/clock.h"
#include "fcgi/base/log.h"
#include "fcgi/config/terms.h"
#include "fcgi/worker/environment.h"
#include "fcgi/worker/guard.h"
#include "fcgi/worker/head.h"
#include "fcgi/worker/limits.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
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
		problem->err = MR_SYNTAX;
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
	const struct head_facts facts = { .request_id = id };

	head_write(reply, &facts, &text);
	if (!reply->head) {
		mr_buffer_append(&text, reply->preamble.data,
		                 reply->preamble.length);
		mr_buffer_append(&text, reply->body.data, reply->body.length);
	}
	return !text.failed &&
	       fwrite(text.data, 1, text.length, stdout) == text.length &&
	       fflush(stdout) == 0;
}

/* What holds: the pool of the path, or else the first; the deadline in ns. */
struct terms_here {
	const struct pool_config *pool;
	uint64_t deadline;
};

static struct terms_here
find_terms(const struct program *program, const struct mr_request *request)
{
	const struct config *config = &program->config;
	size_t count;
	const struct mr_endpoint *const *endpoints =
	    mr_registry_find(program->registry, request->path, &count);
	struct terms_here here = { &config->pools[0],
		                   config->pools[0].deadline * CLOCK_NS_PER_MS };

	for (size_t i = 0; i < count; i++) {
		const char *method = mr_method_name(endpoints[i]->method);

		here.pool = config_pool(config, mr_endpoint_pool(endpoints[i]));
		here.deadline = terms_of(config, endpoints[i]).deadline;
		if (strcmp(method, request->method) == 0)
			break;
	}
	return here;
}

/* There is no master here: a timer condemns the request. */
static bool
set_deadline(struct score *score, uint64_t start, uint64_t deadline)
{
	struct sigevent order = { .sigev_notify = SIGEV_SIGNAL,
		                  .sigev_signo = GUARD_SIGNAL_ORDER };
	const struct itimerspec once = {
		.it_value = { .tv_sec = (time_t)(deadline / CLOCK_NS_PER_S),
		              .tv_nsec = (long)(deadline % CLOCK_NS_PER_S) },
	};
	timer_t timer;

	score_begin(score, start, start + deadline);
	atomic_store(&score->condemned, atomic_load(&score->generation));
	return timer_create(CLOCK_MONOTONIC, &order, &timer) == 0 &&
	       timer_settime(timer, 0, &once, NULL) == 0;
}

static bool
protect(struct program *program, const struct mr_request *request)
{
	static struct score score;
	static struct guard_request guarded;
	const struct terms_here terms = find_terms(program, request);

	guarded = (struct guard_request){
		.fd = STDOUT_FILENO,
		.request_id = request->request_id,
		.instance = mr_problem_instance(request->path, program->arena),
		.start = clock_now(),
	};
	if (!limits_apply(terms.pool))
		return false;
	if (guarded.instance == NULL || !guard_install(terms.pool, &score) ||
	    !set_deadline(&score, guarded.start, terms.deadline)) {
		log_error("Cannot guard the request. error=\"%s\"",
		          strerror(errno));
		return false;
	}
	guard_arm(&guarded);
	return true;
}

/* A process of its own can as well sleep. */
static void
hold_back(double seconds)
{
	struct timespec left = { .tv_sec = (time_t)seconds };

	left.tv_nsec = (long)((seconds - (double)left.tv_sec) * 1e9);
	while (nanosleep(&left, &left) < 0 && errno == EINTR)
		continue;
}

int
cgi_run(struct program *program)
{
	struct environment environment;
	char id[REQUEST_ID_LENGTH + 1];
	struct mr_problem problem = { 0 };
	struct mr_request request;
	struct mr_reply reply = { 0 };
	bool printed;

	environment_read(&environment, environ);
	environment_describe(&environment, id, &request);
	request.state_directory = program->config.state;
	request.enter = clock_enter;
	request.deny = guard_note_denied;
	if (!protect(program, &request))
		return EXIT_FAILURE;
	if (read_body(program, &environment, &request, &problem))
		mr_handle(program->registry, &request, &reply, program->arena);
	else
		refuse(program, &request, &problem, &reply);
	guard_disarm();
	hold_back(reply.park);
	printed = print_reply(program, &reply, id);
	guard_sent();
	return printed ? EXIT_SUCCESS : EXIT_FAILURE;
}
