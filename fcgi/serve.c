/*
 * serve.c: libfcgi in; the reply, complete before its first byte, out.
 */
#include "fcgi/serve.h"

#include "fcgi/environment.h"
#include "fcgi/guard.h"
#include "fcgi/head.h"
#include "fcgi/record.h"

#include <fcgiapp.h>
#include <limits.h>
#include <time.h>
#include <unistd.h>

struct transaction {
	const struct service *service;
	FCGX_Request fcgi;
	struct environment environment;
	char request_id[REQUEST_ID_LENGTH + 1];
	struct mr_request request;
	struct mr_reply reply;
	struct mr_problem problem; /* of reading; MR_OK: none */
	uint64_t queue;            /* ns from arrival to here */
	bool drained;              /* the body was read to its end */
};

size_t
serve_body_limit(const struct mr_registry *registry)
{
	size_t count, most = 0;
	const struct mr_endpoint *const *endpoints =
	    mr_registry_endpoints(registry, &count);

	for (size_t i = 0; i < count; i++)
		if (mr_endpoint_body_limit(endpoints[i]) > most)
			most = mr_endpoint_body_limit(endpoints[i]);
	return most;
}

void
serve_start(void)
{
	FCGX_Init();
}

/*
 * libfcgi is given the connection, and no listening socket from which it
 * could take another one by itself.  "Detached" makes it close promptly.
 */
static bool
accept_request(struct transaction *transaction, int fd)
{
	FCGX_Request *fcgi = &transaction->fcgi;

	FCGX_InitRequest(fcgi, -1, 0);
	fcgi->ipcFd = fd;
	fcgi->keepConnection = 1;
	fcgi->detached = 1;
	return FCGX_Accept_r(fcgi) == 0;
}

static uint64_t
enter_phase(void *context, enum mr_phase phase)
{
	const struct service *service = context;

	atomic_store_explicit(&service->score->phase, phase,
	                      memory_order_relaxed);
	return scoreboard_clock();
}

/* Nanoseconds since "seconds.milliseconds"; 0 when that is no such time. */
static uint64_t
waited(const char *arrival)
{
	uint64_t then = 0, now_ms;
	struct timespec now;
	int digits = 0;

	for (; (*arrival >= '0' && *arrival <= '9') || *arrival == '.';
	     arrival++)
		if (*arrival != '.' && digits++ < 16)
			then = then * 10 + (uint64_t)(*arrival - '0');
	clock_gettime(CLOCK_REALTIME, &now);
	now_ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	return then == 0 || then > now_ms ? 0 : (now_ms - then) * 1000000;
}

static void
describe_request(struct transaction *transaction)
{
	struct environment *environment = &transaction->environment;
	struct mr_request *request = &transaction->request;

	environment_read(environment, transaction->fcgi.envp);
	environment_describe(environment, transaction->request_id, request);
	request->enter = enter_phase;
	request->context = (void *)(uintptr_t)transaction->service;
	transaction->queue = waited(environment->arrival);
}

/* The body. */

static void
refuse(struct transaction *transaction, enum mr_err err, const char *detail)
{
	transaction->problem.err = err;
	transaction->problem.detail = detail;
}

/* What the client sends beyond a body that we take goes nowhere. */
static void
drain(struct transaction *transaction)
{
	char rest[8192];
	size_t left = transaction->service->body_limit;
	int length = 0;

	do {
		left -= (size_t)length;
		length = FCGX_GetStr(rest, sizeof(rest), transaction->fcgi.in);
	} while (length == sizeof(rest) && left > sizeof(rest));
	transaction->drained = length < (int)sizeof(rest) &&
	                       FCGX_GetError(transaction->fcgi.in) == 0;
}

static size_t
read_up_to(FCGX_Stream *in, char *to, size_t length)
{
	size_t have = 0;

	while (have < length) {
		size_t want = length - have < INT_MAX ? length - have : INT_MAX;
		int got = FCGX_GetStr(to + have, (int)want, in);

		have += (size_t)got;
		if ((size_t)got < want)
			break;
	}
	return have;
}

static void
read_body(struct transaction *transaction)
{
	const struct service *service = transaction->service;
	struct mr_request *request = &transaction->request;
	size_t length;
	char *body;

	if (!environment_length(&transaction->environment,
	                        &request->has_length, &length)) {
		refuse(transaction, MR_SYNTAX, "Content-Length is no number");
		return;
	}
	if (length > service->body_limit) {
		refuse(transaction, MR_BODY_TOO_LARGE,
		       "No endpoint takes a body of that size");
		return;
	}
	if (length == 0)
		return;
	body = mr_arena_alloc(service->arena, length);
	if (body == NULL) {
		refuse(transaction, MR_MEMORY, "There is no room for the body");
		return;
	}
	request->body = (struct mr_string){ body, length };
	request->body_piece = length;
	if (read_up_to(transaction->fcgi.in, body, length) < length)
		refuse(transaction, MR_SLOW_CLIENT,
		       "The body did not arrive in time or in full");
}

/* The reply. */

static void
answer(struct transaction *transaction)
{
	const struct service *service = transaction->service;

	if (transaction->problem.err == MR_OK &&
	    transaction->queue / 1000000 > service->pool->queue_limit)
		refuse(transaction, MR_BUSY,
		       "The request waited too long for a worker");
	if (transaction->problem.err == MR_OK) {
		service->handle(service->registry, &transaction->request,
		                &transaction->reply, service->arena);
		return;
	}
	transaction->problem.request_id = transaction->request_id;
	transaction->problem.instance = mr_problem_instance(
	    transaction->request.path, service->arena);
	transaction->reply = (struct mr_reply){ 0 };
	mr_reply_problem(&transaction->reply, &transaction->problem,
	                 service->arena);
}

static bool
send_reply(struct transaction *transaction)
{
	struct mr_buffer head = { .arena = transaction->service->arena };
	const struct mr_reply *reply = &transaction->reply;
	struct iovec parts[2];

	head_write(reply, transaction->request_id, transaction->queue, &head);
	guard_disarm();
	if (head.failed)
		return false;
	parts[0] = (struct iovec){ head.data, head.length };
	parts[1] = (struct iovec){ (void *)(uintptr_t)reply->body.data,
		                   reply->head ? 0 : reply->body.length };
	return record_send_reply(transaction->fcgi.ipcFd,
	                         transaction->fcgi.requestId, parts, 2);
}

static bool
run(struct transaction *transaction)
{
	struct guard_request guarded;

	describe_request(transaction);
	guarded = (struct guard_request){
		.fd = transaction->fcgi.ipcFd,
		.id = transaction->fcgi.requestId,
		.request_id = transaction->request_id,
		.instance = mr_problem_instance(transaction->request.path,
		                                transaction->service->arena),
	};
	if (guarded.instance == NULL)
		return false;
	guard_arm(&guarded);
	read_body(transaction);
	drain(transaction);
	answer(transaction);
	return send_reply(transaction) && transaction->drained &&
	       transaction->fcgi.keepConnection;
}

bool
serve_request(const struct service *service, int fd)
{
	struct transaction transaction = { .service = service };
	bool keep = false;

	score_begin(service->score, scoreboard_clock());
	if (accept_request(&transaction, fd)) {
		keep = run(&transaction) && service->pool->keep_alive;
		FCGX_Free(&transaction.fcgi, 0);
		if (!keep)
			close(fd);
	}
	guard_disarm();
	mr_arena_reset(service->arena);
	score_end(service->score);
	return keep;
}
