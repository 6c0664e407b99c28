/*
 * serve.c: libfcgi in; the reply, complete before its first byte, out.
 */
#include "fcgi/serve.h"

#include "fcgi/clock.h"
#include "fcgi/environment.h"
#include "fcgi/feed.h"
#include "fcgi/guard.h"
#include "fcgi/head.h"
#include "fcgi/record.h"

#include <fcgiapp.h>
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
	const char *instance;      /* for problems */
	uint64_t queue;            /* ns from arrival to here */
	bool drained;              /* the body was read to its end */
};

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

/* Milliseconds of Unix time from "seconds.mmm"; 0 when it is no such time. */
static uint64_t
arrival_time(const char *text)
{
	uint64_t time = 0;
	int digits, decimals = 0;

	for (digits = 0; *text >= '0' && *text <= '9' && digits < 12; digits++)
		time = time * 10 + (uint64_t)(*text++ - '0');
	if (digits == 0 || *text++ != '.')
		return 0;
	for (; *text >= '0' && *text <= '9' && decimals < 3; decimals++)
		time = time * 10 + (uint64_t)(*text++ - '0');
	return decimals == 3 && *text == '\0' ? time : 0;
}

/* Nanoseconds since then, on a clock that may have been set meanwhile. */
static uint64_t
waited(const char *arrival)
{
	uint64_t then = arrival_time(arrival), now_ms;
	struct timespec now;

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
	request->enter = clock_enter;
	request->deny = guard_note_denied;
	transaction->queue = waited(environment->arrival);
	transaction->instance = mr_problem_instance(
	    request->path, transaction->service->arena);
	if (transaction->instance == NULL)
		transaction->instance = "/";
}

/* The body. */

static void
refuse(struct transaction *transaction, enum mr_err err, const char *detail)
{
	transaction->problem.err = err;
	transaction->problem.detail = detail;
}

/* The bytes of the body that came, length at most. */
static size_t
read_up_to(int fd, char *to, size_t length)
{
	size_t have = 0;
	ssize_t got;

	while ((got = feed_body(fd, to + have, length - have)) > 0)
		have += (size_t)got;
	return have;
}

/* What the client sends beyond a body that we take goes nowhere. */
static void
drain(struct transaction *transaction)
{
	int fd = transaction->fcgi.ipcFd;
	char rest[8192];
	size_t left = transaction->service->body_limit;
	ssize_t length;

	while ((length = feed_body(fd, rest, sizeof(rest))) > 0 && left > 0)
		left -= (size_t)length < left ? (size_t)length : left;
	transaction->drained = length == 0;
}

static void
read_body(struct transaction *transaction)
{
	const struct service *service = transaction->service;
	struct mr_request *request = &transaction->request;
	size_t length;
	char *body;

	if (!environment_admit(&transaction->environment, service->body_limit,
	                       request, &transaction->problem))
		return;
	length = request->body.length;
	if (length == 0)
		return;
	body = mr_arena_alloc(service->arena, length);
	request->body = (struct mr_string){ "", 0 };
	if (body == NULL) {
		refuse(transaction, MR_MEMORY, "There is no room for the body");
		return;
	}
	request->body = (struct mr_string){ body, length };
	request->body_piece = length;
	if (read_up_to(transaction->fcgi.ipcFd, body, length) < length)
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
	transaction->problem.instance = transaction->instance;
	transaction->reply = (struct mr_reply){ 0 };
	mr_reply_problem(&transaction->reply, &transaction->problem,
	                 service->arena);
}

/*
 * The deadline is for the function: from here on only the timeout of the
 * socket bounds a peer that does not read.
 */
static bool
send_reply(struct transaction *transaction)
{
	const struct service *service = transaction->service;
	struct mr_buffer head = { .arena = service->arena };
	const struct mr_reply *reply = &transaction->reply;
	const struct head_facts facts = {
		.request_id = transaction->request_id,
		.worker = service->name,
		.queue = transaction->queue,
	};
	struct iovec parts[3];

	head_write(reply, &facts, &head);
	score_end(service->score);
	if (head.failed)
		return guard_answer_memory();
	guard_disarm();
	parts[0] = (struct iovec){ head.data, head.length };
	parts[1] = (struct iovec){ (void *)(uintptr_t)reply->preamble.data,
		                   reply->preamble.length };
	parts[2] = (struct iovec){ (void *)(uintptr_t)reply->body.data,
		                   reply->body.length };
	return record_send_reply(transaction->fcgi.ipcFd,
	                         transaction->fcgi.requestId, parts,
	                         reply->head ? 1 : 3);
}

static void
arm(struct transaction *transaction, uint64_t start)
{
	const struct guard_request guarded = {
		.fd = transaction->fcgi.ipcFd,
		.id = transaction->fcgi.requestId,
		.request_id = transaction->request_id,
		.instance = transaction->instance,
		.queue = transaction->queue,
		.start = start,
	};

	guard_arm(&guarded);
}

static bool
run(struct transaction *transaction, uint64_t start)
{
	bool sent;

	describe_request(transaction);
	arm(transaction, start);
	read_body(transaction);
	drain(transaction);
	answer(transaction);
	sent = send_reply(transaction);
	guard_sent();
	return sent && transaction->drained &&
	       transaction->fcgi.keepConnection;
}

bool
serve_request(const struct service *service, int fd)
{
	struct transaction transaction = { .service = service };
	uint64_t start = clock_now();
	bool keep = false;

	score_begin(service->score, start);
	if (accept_request(&transaction, fd)) {
		keep = run(&transaction, start) && service->pool->keep_alive;
		FCGX_Free(&transaction.fcgi, 0);
		if (!keep)
			close(fd);
	}
	mr_arena_reset(service->arena);
	score_end(service->score);
	return keep;
}
