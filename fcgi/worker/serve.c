/*
 * serve.c: libfcgi in; the reply, complete before its first byte, out.
 */
#include "fcgi/worker/serve.h"

#include "fcgi/base/clock.h"
#include "fcgi/worker/arrival.h"
#include "fcgi/worker/client_watch.h"
#include "fcgi/worker/delivery.h"
#include "fcgi/worker/feed.h"
#include "fcgi/worker/guard.h"
#include "fcgi/worker/head.h"

#include <fcgiapp.h>
#include <signal.h>
#include <unistd.h>

_Static_assert(SCORE_REQUEST_ID > REQUEST_ID_LENGTH,
               "a request's id does not fit into a slot");

struct transaction {
	const struct service *service;
	FCGX_Request fcgi;
	struct environment environment;
	struct mr_request request;
	struct mr_reply reply;
	struct mr_problem problem; /* of reading; MR_OK: none */
	struct guard_request guarded;
	const char *instance; /* for problems */
	bool drained;         /* the body was read to its end */
	bool refused;         /* it waited too long */
};

/* libfcgi handles signals that are others' to handle. */
void
serve_prepare(void)
{
	static const int numbers[] = { SIGPIPE, SIGUSR1 };
	struct sigaction before[2];

	for (int i = 0; i < 2; i++)
		sigaction(numbers[i], NULL, &before[i]);
	FCGX_Init();
	for (int i = 0; i < 2; i++)
		sigaction(numbers[i], &before[i], NULL);
}

/*
 * libfcgi is given the connection, and no listening socket from which it
 * could take another one by itself.  "Detached" makes it close promptly.
 */
static bool
accept_request(FCGX_Request *fcgi, int fd)
{
	FCGX_InitRequest(fcgi, -1, 0);
	fcgi->ipcFd = fd;
	fcgi->keepConnection = 1;
	fcgi->detached = 1;
	return FCGX_Accept_r(fcgi) == 0;
}

/* What the core tells of the request on its way. */

static struct ledger_counts *
counts_of(const struct service *service, uint32_t row)
{
	return &service->ledger->rows[row].shards[service->shard];
}

static void
note_endpoint(void *context, size_t index)
{
	struct transaction *transaction = context;
	const struct service *service = transaction->service;
	const struct terms *terms = &service->terms[index];
	struct score *score = service->score;
	uint64_t start = transaction->guarded.start;

	transaction->guarded.counts = counts_of(service, terms->row);
	transaction->guarded.pure = terms->pure;
	atomic_store_explicit(&score->row, terms->row, memory_order_relaxed);
	atomic_store_explicit(&score->due, start + terms->deadline,
	                      memory_order_relaxed);
	if (terms->slow > 0)
		atomic_store_explicit(&score->slow, start + terms->slow,
		                      memory_order_relaxed);
}

/*
 * Where calls take microseconds, a client is watched once the master finds
 * that one takes longer; elsewhere from the start of its function.
 */
static uint64_t
enter(void *context, enum mr_phase phase)
{
	const struct transaction *transaction = context;

	if (phase == MR_PHASE_COMPUTE && transaction->guarded.pure &&
	    !transaction->service->pool->keep_alive)
		client_watch_begin(transaction->guarded.fd);
	return clock_now();
}

/* The deadline is for the function: a disk may take longer. */
static enum mr_err
submit(void *context, const struct mr_submission *wanted,
       struct mr_arena *arena, struct mr_job *job)
{
	const struct transaction *transaction = context;

	atomic_store_explicit(&transaction->service->score->due,
	                      clock_now() + SUBMISSION_LONGEST * CLOCK_NS_PER_MS,
	                      memory_order_relaxed);
	return submission_send(transaction->service->submission, wanted, arena,
	                       job);
}

static void
describe_request(struct transaction *transaction)
{
	const struct service *service = transaction->service;
	struct environment *environment = &transaction->environment;
	struct mr_request *request = &transaction->request;
	struct score *score = service->score;

	environment_read(environment, transaction->fcgi.envp);
	environment_describe(environment, score->request_id, request);
	request->enter = enter;
	request->deny = guard_note_denied;
	request->routed = note_endpoint;
	request->cancelled = client_watch_left;
	request->submit = service->submission == NULL ? NULL : submit;
	if (service->submission != NULL)
		submission_expect(service->submission, environment->ticket);
	request->state_directory = service->state_directory;
	request->context = transaction;
	transaction->instance =
	    mr_problem_instance(request->path, service->arena);
	if (transaction->instance == NULL)
		transaction->instance = "/";
	score_copy_text(score->method, request->method,
	                sizeof(score->method));
	score_copy_text(score->instance, transaction->instance,
	                sizeof(score->instance));
	score->body = 0;
}

/* The body. */

static void
refuse(struct transaction *transaction, enum mr_err err, const char *detail)
{
	transaction->problem.err = err;
	transaction->problem.detail = detail;
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
	service->score->body = transaction->guarded.received = length;
	body = mr_arena_alloc(service->arena, length);
	request->body = (struct mr_string){ "", 0 };
	if (body == NULL) {
		refuse(transaction, MR_MEMORY, "There is no room for the body");
		return;
	}
	request->body = (struct mr_string){ body, length };
	request->body_piece = length;
	if (feed_up_to(transaction->fcgi.ipcFd, body, length) < length)
		refuse(transaction, MR_SLOW_CLIENT,
		       "The body did not arrive in time or in full");
}

/* The reply. */

static void
answer_problem(struct transaction *transaction)
{
	transaction->problem.request_id = transaction->request.request_id;
	transaction->problem.instance = transaction->instance;
	mr_reply_problem(&transaction->reply, &transaction->problem,
	                 transaction->service->arena);
}

static void
answer(struct transaction *transaction)
{
	const struct service *service = transaction->service;

	if (transaction->problem.err == MR_OK &&
	    transaction->guarded.queue / CLOCK_NS_PER_MS >
	        service->pool->queue_limit) {
		transaction->refused = true;
		refuse(transaction, MR_BUSY,
		       "The request waited too long for a worker");
	}
	if (transaction->problem.err == MR_OK) {
		service->handle(service->context, &transaction->request,
		                &transaction->reply, service->arena);
		return;
	}
	transaction->reply = (struct mr_reply){ 0 };
	answer_problem(transaction);
}

static void
count(const struct transaction *transaction)
{
	const struct guard_request *guarded = &transaction->guarded;
	const struct head_request request = {
		.queue = guarded->queue,
		.received = guarded->received,
		.refused = transaction->refused,
		.slow = score_is_slow(
		    transaction->service->score,
		    transaction->reply.entered[MR_PHASE_DONE]),
	};

	head_account(&transaction->reply, &request, guarded->counts);
}

/*
 * The deadline is for the function: from here on only timeouts bound a peer that
 * does not read.
 */
static bool
send_reply(struct transaction *transaction)
{
	const struct delivery delivery = {
		.service = transaction->service,
		.environment = &transaction->environment,
		.reply = &transaction->reply,
		.request_id = transaction->request.request_id,
		.queue = transaction->guarded.queue,
		.fd = transaction->fcgi.ipcFd,
		.id = transaction->fcgi.requestId,
	};
	struct mr_buffer head;
	bool parked = delivery_is_parked(&delivery);

	if (!delivery_write_head(&delivery, &head))
		return guard_answer_memory();
	guard_disarm();
	if (parked && !delivery_park(&delivery, &head)) {
		parked = false;
		refuse(transaction, MR_BUSY,
		       "Pool live, which holds answers back, takes no more");
		answer_problem(transaction);
		if (!delivery_write_head(&delivery, &head))
			return false;
	}
	count(transaction);
	return !parked && transaction->reply.err != MR_CANCELLED &&
	       delivery_send(&delivery, &head);
}

/* Where it is short beside a request, also the time of the processor. */
static uint64_t
processor_time(const struct service *service)
{
	return service->pool->keep_alive ? 0 : clock_processor();
}

static void
arm(struct transaction *transaction, uint64_t start)
{
	const struct service *service = transaction->service;

	transaction->guarded = (struct guard_request){
		.fd = transaction->fcgi.ipcFd,
		.id = transaction->fcgi.requestId,
		.request_id = transaction->request.request_id,
		.instance = transaction->instance,
		.worker = service->name,
		.queue = arrival_wait(transaction->environment.arrival),
		.start = start,
		.counts = counts_of(service, service->row),
	};
	atomic_store_explicit(&service->score->row, service->row,
	                      memory_order_relaxed);
	score_begin(service->score, start,
	            start + service->pool->deadline * CLOCK_NS_PER_MS);
	guard_arm(&transaction->guarded);
}

static void
finish(const struct transaction *transaction, uint64_t processor)
{
	const struct service *service = transaction->service;
	struct score *score = service->score;
	uint64_t end = transaction->reply.entered[MR_PHASE_DONE];

	if (end == 0)
		end = clock_now();
	atomic_store_explicit(&score->took, end - transaction->guarded.start,
	                      memory_order_relaxed);
	if (!service->pool->keep_alive)
		atomic_store_explicit(&score->cpu,
		                      processor_time(service) - processor,
		                      memory_order_relaxed);
	score_end(score, end);
}

static bool
run(struct transaction *transaction, uint64_t start)
{
	uint64_t processor = processor_time(transaction->service);
	bool sent;

	describe_request(transaction);
	arm(transaction, start);
	read_body(transaction);
	transaction->drained =
	    feed_drain(transaction->fcgi.ipcFd, transaction->service->body_limit);
	answer(transaction);
	finish(transaction, processor);
	sent = send_reply(transaction);
	guard_sent();
	return sent && transaction->drained && transaction->fcgi.keepConnection;
}

bool
serve_request(const struct service *service, int fd)
{
	struct transaction transaction = { .service = service };
	uint64_t start = clock_now();
	bool keep = false;

	if (accept_request(&transaction.fcgi, fd)) {
		keep = run(&transaction, start) && service->pool->keep_alive;
		FCGX_Free(&transaction.fcgi, 0);
	}
	mr_arena_reset(service->arena);
	return keep;
}
