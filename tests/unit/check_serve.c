/*
 * check_serve.c: one request after the other over a socketpair: what the
 * handler is told, what the client gets, and what becomes of the connection.
 */
#include "fcgi/worker/serve.h"

#include "client.h"
#include "fcgi/base/clock.h"
#include "fcgi/worker/feed.h"
#include "fcgi/worker/gate.h"
#include "fcgi/worker/handoff.h"
#include "fcgi/worker/parking.h"
#include "server.h"
#include "unit.h"

#include <netinet/in.h>
#include <sys/time.h>
#include <time.h>

#define BODY_LIMIT 200000

static struct pool_config pool;
static int client, parking[2];
static pid_t server;
static struct scoreboard *board;
static struct score *score;
static const struct terms terms[] = {
	{ .deadline = 300000000, .slow = 20000000, .row = 1, .pure = true },
	{ .deadline = 400000000, .row = 2 },
};

/* What came so far, of which the head is a part, as the loop hands it over. */
static bool
take_head(int fd)
{
	static unsigned char window[GATE_WINDOW];
	ssize_t length = recv(fd, window, sizeof(window), 0);

	if (length > 0)
		feed_begin(window, (size_t)length);
	return length > 0;
}

/*
 * "/pure" and "/impure" are two endpoints of the terms.  Beside what the
 * request says, "/pure" ends when its client has left.
 */
static void
handle(const void *context, const struct mr_request *request,
       struct mr_reply *reply, struct mr_arena *pieces)
{
	bool pure = strcmp(request->path, "/pure") == 0;

	ck_assert_ptr_eq(context, &board);
	if (pure || strcmp(request->path, "/impure") == 0) {
		request->routed(request->context, pure ? 0 : 1);
		request->enter(request->context, MR_PHASE_COMPUTE);
		if (write(held[1], "", 1) != 1)
			_exit(EXIT_FAILURE);
		for (int i = 0; i < 300 && strcmp(request->method, "GET") == 0;
		     i++) {
			if (request->cancelled(request->context)) {
				*reply = (struct mr_reply){
					.status = 499,
					.err = MR_CANCELLED
				};
				return;
			}
			poll(NULL, 0, 1);
		}
	}
	server_handle(context, request, reply, pieces);
}

/* Serves a connection until it is used up, then exits with its requests. */
static void
serve(int fd, long timeout)
{
	const struct timeval wait = { .tv_usec = timeout };
	const struct service service = {
		.handle = handle,
		.context = &board,
		.pool = &pool,
		.terms = terms,
		.score = score,
		.ledger = &board->ledger,
		.shard = 3,
		.arena = mr_arena_new(),
		.body_limit = BODY_LIMIT,
		.parking = parking[1],
	};
	struct pollfd readable = { .fd = fd, .events = POLLIN };
	int count = 1;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	serve_prepare();
	if (!guard_install(&pool, score))
		_exit(EXIT_FAILURE);
	while (poll(&readable, 1, -1) == 1 && take_head(fd) &&
	       serve_request(&service, fd))
		count++;
	if (fcntl(fd, F_GETFD) < 0)
		_exit(EXIT_FAILURE); /* it is ours to close */
	_exit(count);
}

static void
start(bool keep_alive, long timeout)
{
	int ends[2];
	pid_t parent = getpid();

	pool = (struct pool_config){ .name = "fast",
		                     .keep_alive = keep_alive,
		                     .queue_limit = 5000,
		                     .deadline = 1000 };
	board = new_board();
	score = &board->scores[0];
	server_pipes();
	if (parking[1] == 0)
		ck_assert(handoff_open(parking));
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	server = fork();
	ck_assert_int_ge(server, 0);
	if (server == 0) {
		server_begin(parent);
		close(ends[1]);
		serve(ends[0], timeout);
	}
	close(ends[0]);
	client = ends[1];
}

static void
stop(void)
{
	close(client);
	kill(server, SIGKILL);
	scoreboard_free(board);
}

static struct answer
ask(const struct ask *question)
{
	struct answer answer;

	client_send(client, wire_ask(question));
	ck_assert(client_receive(client, &answer));
	return answer;
}

/* What the handler is told. */

static const struct {
	struct ask ask;
	const char *told;
} requests[] = {
	{ { .method = "GET", .path = "/a", .query = "x=1", .id = "i" },
	  "GET /a x=1 0 1 0 i" },
	{ { .path = "/b", .body = BYTES("abc"), .id = "i" },
	  "POST /b  3 1 294 i" },
	{ { .path = "/b", .length = "", .id = "i" }, "POST /b  0 0 0 i" },
	{ { .path = "/b", .length = "0", .id = "i" }, "POST /b  0 1 0 i" },
	{ { .path = "/b", .length = "", .body = BYTES("abc"), .id = "i" },
	  "POST /b  0 0 0 i" },
	/* A body that is longer than it says is cut, and read to its end. */
	{ { .path = "/b", .length = "2", .body = BYTES("abc"), .id = "i" },
	  "POST /b  2 1 195 i" },
	{ { .path = "/b", .length = "0", .body = BYTES("abc"), .id = "i" },
	  "POST /b  0 1 0 i" },
	{ { .path = "/b", .body = BYTES("abcdefgh"), .piece = 1, .id = "i" },
	  "POST /b  8 1 804 i" },
	{ { .path = "/b", .request = 65535, .id = "i" }, "POST /b  0 1 0 i" },
	{ { .method = "", .path = "", .id = "i" }, "   0 1 0 i" },
};

START_TEST(test_request_reaches_the_handler)
{
	struct answer answer = ask(&requests[_i].ask);

	ck_assert_int_eq(answer.status, 200);
	ck_assert_str_eq(answer.body.data, requests[_i].told);
	ck_assert_str_eq(answer_header(&answer, "X-Request-Id"), "i");
	ck_assert_uint_eq(answer.request, requests[_i].ask.request == 0
	                                      ? 1
	                                      : requests[_i].ask.request);
	ck_assert(client_is_silent(client));
	ck_assert_uint_eq(atomic_load(&score->generation), 1);
}
END_TEST

START_TEST(test_connection_serves_many_requests)
{
	for (int round = 0; round < 20; round++) {
		const struct ask *question =
		    &requests[(size_t)round % N(requests)].ask;

		ck_assert_str_eq(ask(question).body.data,
		                 requests[(size_t)round % N(requests)].told);
	}
	ck_assert_uint_eq(atomic_load(&score->generation), 20);
	close(client);
	client = -1;
	ck_assert_exited(server, 21); /* the last one found the end */
}
END_TEST

START_TEST(test_id_is_made_where_there_is_no_plain_one)
{
	static const char *const ids[] = { NULL, "", "a b", "x\r\ny" };
	struct answer answer =
	    ask(&(struct ask){ .path = "/", .id = ids[_i] });

	ck_assert_uint_eq(strlen(answer_header(&answer, "X-Request-Id")), 32);
}
END_TEST

/* Bodies of all sizes, also beyond libfcgi's buffer and the gate's window. */
static const size_t bodies[] = { 1,     8191,  8192,  8193,   16384,
	                         65535, 65536, 70000, 199999, BODY_LIMIT };

START_TEST(test_body_arrives_in_full)
{
	char *body = mr_arena_alloc(arena, bodies[_i]), expected[64];
	unsigned long sum = 0;

	for (size_t i = 0; i < bodies[_i]; i++)
		sum += (unsigned char)(body[i] = (char)(i * 7));
	snprintf(expected, sizeof(expected), "POST /b  %zu 1 %lu i", bodies[_i],
	         sum);
	for (int round = 0; round < 2; round++)
		ck_assert_str_eq(
		    ask(&(struct ask){ .path = "/b",
		                       .id = "i",
		                       .body = { body, bodies[_i] },
		                       .piece = round == 0 ? 0 : 1000 })
		        .body.data,
		    expected);
}
END_TEST

/* What the scoreboard and the ledger are told. */

static const struct ledger_counts *
counts(size_t row)
{
	return &board->ledger.rows[row].shards[3];
}

START_TEST(test_request_is_told_to_the_scoreboard)
{
	struct answer answer = ask(&(struct ask){ .path = "/impure",
	                                          .body = BYTES("abc"),
	                                          .id = "i-1" });

	ck_assert_int_eq(answer.status, 200);
	ck_assert_str_eq(score->method, "POST");
	ck_assert_str_eq(score->instance, "/impure");
	ck_assert_str_eq(score->request_id, "i-1");
	ck_assert_uint_eq(score->body, 3);
	ck_assert_uint_eq(atomic_load(&score->row), 2);
	ck_assert_uint_eq(atomic_load(&score->since), 0);
	ck_assert_uint_gt(atomic_load(&score->idle), 0);
	ck_assert_uint_gt(atomic_load(&score->took), 0);
	ck_assert_uint_eq(atomic_load(&score->slow), 0);
	ck_assert_uint_eq(atomic_load(&score->due),
	                  atomic_load(&score->idle) -
	                      atomic_load(&score->took) + 400000000);
	ask(&(struct ask){ .path = "/pure", .id = "i-2" });
	ck_assert_uint_eq(atomic_load(&score->row), 1);
	ck_assert_uint_eq(score->body, 0);
	ck_assert_uint_eq(atomic_load(&score->due) - atomic_load(&score->slow),
	                  280000000);
	ask(&(struct ask){ .path = "/b" });
	ck_assert_uint_eq(atomic_load(&score->row), 0);
	ck_assert_uint_eq(atomic_load(&score->slow), 0);
}
END_TEST

START_TEST(test_long_words_are_cut_for_the_scoreboard)
{
	char path[400] = "/";

	memset(path + 1, 'p', sizeof(path) - 2);
	path[sizeof(path) - 1] = '\0';
	ask(&(struct ask){ .method = "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
	                   .path = path, .id = "i" });
	ck_assert_str_eq(score->method, "ABCDEFGHIJKLMNO");
	ck_assert_uint_eq(strlen(score->instance), sizeof(score->instance) - 1);
}
END_TEST

START_TEST(test_request_is_counted_once)
{
	uint64_t sent;

	sent = ask(&(struct ask){ .path = "/impure", .body = BYTES("abc") })
	           .body.length;
	ck_assert_uint_eq(atomic_load(&counts(2)->statuses[2]), 1);
	ck_assert_uint_eq(atomic_load(&counts(2)->received), 3);
	ck_assert_uint_eq(atomic_load(&counts(2)->sent), sent);
	sent += ask(&(struct ask){ .path = "/impure" }).body.length;
	ask(&(struct ask){ .path = "/impure", .method = "HEAD" });
	ck_assert_uint_eq(atomic_load(&counts(2)->statuses[2]), 3);
	ck_assert_uint_eq(atomic_load(&counts(2)->sent), sent);
	ck_assert_uint_eq(atomic_load(&counts(0)->statuses[2]), 0);
	ask(&(struct ask){ .path = "/b", .arrival = "1000.000" });
	ask(&(struct ask){ .path = "/b", .length = "x" });
	ck_assert_uint_eq(atomic_load(&counts(0)->refused), 1);
	ck_assert_uint_eq(atomic_load(&counts(0)->statuses[5]), 1);
	ck_assert_uint_eq(atomic_load(&counts(0)->statuses[4]), 1);
}
END_TEST

START_TEST(test_crash_is_counted_for_its_endpoint)
{
	struct answer answer;

	client_send(client, wire_ask(&(struct ask){ .path = "/impure",
	                                            .method = "GET" }));
	server_await_held();
	kill(server, SIGFPE);
	ck_assert(client_receive(client, &answer));
	ck_assert_int_eq(answer.status, 500);
	server_wait(server);
	ck_assert_uint_eq(atomic_load(&counts(2)->statuses[5]), 1);
	ck_assert_uint_eq(atomic_load(&counts(2)->sent), answer.body.length);
}
END_TEST

/* Clients that leave. */

/* Over TCP, which does not tell one end of a connection from the other. */
static void
start_over_tcp(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		                       .sin_addr.s_addr =
		                           htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0), peer;
	pid_t parent = getpid();

	ck_assert_int_eq(bind(listener, (void *)&address, size), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	getsockname(listener, (void *)&address, &size);
	client = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(connect(client, (void *)&address, size), 0);
	peer = accept(listener, NULL, NULL);
	ck_assert_int_ge(peer, 0);
	server = fork();
	if (server == 0) {
		server_begin(parent);
		close(client);
		serve(peer, 0);
	}
	close(peer);
	close(listener);
}

/* 0: a unix socket; 1: TCP; 2: the master's order in a keep-alive pool. */
START_TEST(test_function_learns_that_its_client_left)
{
	stop();
	start(_i == 2, 0);
	if (_i == 1) {
		kill(server, SIGKILL);
		close(client);
		start_over_tcp();
	}
	client_send(client, wire_ask(&(struct ask){ .path = "/pure",
	                                            .method = "GET" }));
	server_await_held();
	if (_i == 2) {
		atomic_store(&score->to_watch, 1);
		kill(server, GUARD_SIGNAL_ORDER);
	}
	close(client);
	client = -1;
	ck_assert_exited(server, 1);
	ck_assert_uint_eq(atomic_load(&counts(1)->statuses[4]), 1);
	ck_assert_uint_gt(atomic_load(&score->left), 0);
}
END_TEST

/* Nobody looks, or nobody may tell; 2: the client only ends what it sends. */
START_TEST(test_function_goes_on)
{
	stop();
	start(_i == 0, 0);
	client_send(client, wire_ask(&(struct ask){
	                        .path = _i == 1 ? "/impure" : "/pure",
	                        .method = "GET" }));
	server_await_held();
	shutdown(client, _i == 2 ? SHUT_WR : SHUT_RDWR);
	ck_assert_exited(server, 1);
	ck_assert_uint_eq(atomic_load(&counts(_i == 1 ? 2 : 1)->statuses[2]),
	                  1);
	ck_assert_uint_eq(atomic_load(&score->left), 0);
}
END_TEST

START_TEST(test_kept_connection_is_not_watched_behind_its_reply)
{
	struct answer answer;

	for (int round = 1; round <= 2; round++) {
		client_send(client, wire_ask(&(struct ask){ .path = "/pure",
		                                            .method = "GET" }));
		server_await_held();
		atomic_store(&score->to_watch, round);
		kill(server, GUARD_SIGNAL_ORDER);
		ck_assert(client_receive(client, &answer));
		ck_assert_int_eq(answer.status, 200);
	}
	ck_assert_int_eq(ask(&(struct ask){ .path = "/impure" }).status, 200);
}
END_TEST

/* Refusals that the handler does not hear of. */

static const struct {
	const char *length;
	size_t body;
	int status;
	bool keep;
} refusals[] = {
	{ "x", 0, 400, true },
	{ "-1", 3, 400, true },
	{ "1 ", 1, 400, true },
	{ "99999999999999999999999", 0, 413, true },
	{ "200001", 0, 413, true },
	{ "200001", 100, 413, true },
	{ "200001", 150000, 413, true },
	{ "200001", 200001, 413, true },
	{ "18446744073709551615", 0, 413, true },
	{ "4", 3, 408, true }, /* the stream ended: nothing is outstanding */
	{ "4", 0, 408, true },
	{ "199999", 10000, 408, true },
};

START_TEST(test_bad_body_is_refused)
{
	char *body = mr_arena_alloc(arena, refusals[_i].body + 1);
	struct answer answer =
	    ask(&(struct ask){ .path = "/b/ä",
	                       .id = "i",
	                       .length = refusals[_i].length,
	                       .body = { body, refusals[_i].body } });

	ck_assert_int_eq(answer.status, refusals[_i].status);
	ck_assert_str_eq(answer_header(&answer, "Content-Type"),
	                 MR_PROBLEM_TYPE);
	ck_assert_str_eq(answer_header(&answer, "X-Request-Id"), "i");
	ck_assert_ptr_nonnull(
	    strstr(answer.body.data, "\"instance\":\"/b/%C3%A4\""));
	ck_assert_ptr_nonnull(strstr(answer.body.data, "\"request_id\":\"i\""));
	ck_assert_uint_eq(strtoul(answer_header(&answer, "Content-Length"),
	                          NULL, 10),
	                  answer.body.length);
	if (refusals[_i].keep)
		ck_assert_str_eq(ask(&requests[0].ask).body.data,
		                 requests[0].told);
}
END_TEST

/* More than is worth reading to its end. */
START_TEST(test_endless_body_is_refused_and_closed)
{
	struct answer answer;
	char *body = mr_arena_alloc(arena, 3 * BODY_LIMIT);
	pid_t sender = fork();

	if (sender == 0) {
		struct mr_string bytes = wire_ask(
		    &(struct ask){ .path = "/b",
		                   .body = { body, 3 * BODY_LIMIT } });

		signal(SIGPIPE, SIG_IGN);
		while (bytes.length > 0) {
			ssize_t sent = write(client, bytes.data, bytes.length);

			if (sent <= 0)
				break;
			bytes.data += sent;
			bytes.length -= (size_t)sent;
		}
		_exit(0);
	}
	ck_assert(client_receive(client, &answer));
	ck_assert_int_eq(answer.status, 413);
	ck_assert(client_is_closed(client));
	ck_assert_exited(server, 1);
	server_wait(sender);
}
END_TEST

/* A head, then part of a body, then silence. */
START_TEST(test_body_that_stalls_is_refused)
{
	struct mr_buffer wire = { .arena = arena };
	struct answer answer;

	wire_head(&wire, &(struct ask){ .path = "/b", .length = "100" });
	if (_i > 0)
		wire_record(&wire, (struct frame){ FCGI_STDIN, 1, 0 },
		            (struct mr_string)BYTES("0123456789"));
	wire.length -= _i == 2 ? 5 : 0; /* within the record */
	client_send(client, wire_text(&wire));
	ck_assert(client_receive(client, &answer));
	ck_assert_int_eq(answer.status, 408);
	ck_assert(client_is_closed(client));
	ck_assert_exited(server, 1);
}
END_TEST

START_TEST(test_body_with_strange_records_ends_the_connection)
{
	struct mr_buffer wire = { .arena = arena };
	struct answer answer;

	wire_head(&wire, &(struct ask){ .path = "/b", .length = "100" });
	wire_record(&wire, (struct frame){ FCGI_STDIN, 1, 0 },
	            (struct mr_string)BYTES("0123456789"));
	wire_record(&wire, (struct frame){ FCGI_PARAMS, 1, 0 },
	            (struct mr_string)BYTES("x"));
	client_send(client, wire_text(&wire));
	ck_assert(client_receive(client, &answer));
	ck_assert_int_eq(answer.status, 408);
	ck_assert(client_is_closed(client));
}
END_TEST

/* Replies. */

START_TEST(test_reply_to_head_has_no_body)
{
	struct answer answer =
	    ask(&(struct ask){ .method = "HEAD", .path = "/large",
	                       .query = "1000" });

	ck_assert_str_eq(answer_header(&answer, "Content-Length"), "1000");
	ck_assert_uint_eq(answer.body.length, 0);
}
END_TEST

START_TEST(test_large_reply_arrives)
{
	ck_assert_uint_eq(ask(&(struct ask){ .method = "GET", .path = "/large",
	                                     .query = "3000000" })
	                      .body.length,
	                  3000000);
	ck_assert_uint_eq(ask(&(struct ask){ .method = "GET", .path = "/large",
	                                     .query = "3" })
	                      .body.length,
	                  3);
}
END_TEST

/* Who closes. */

START_TEST(test_connection_is_closed_when_the_server_asked)
{
	struct answer answer =
	    ask(&(struct ask){ .path = "/b", .close = true });

	ck_assert_int_eq(answer.status, 200);
	ck_assert(client_is_closed(client));
	ck_assert_exited(server, 1);
}
END_TEST

START_TEST(test_connection_is_closed_when_the_pool_says_so)
{
	struct answer answer;

	stop();
	start(false, 0);
	answer = ask(&(struct ask){ .path = "/b" });
	ck_assert_int_eq(answer.status, 200);
	ck_assert(client_is_closed(client));
	ck_assert_exited(server, 1);
}
END_TEST

START_TEST(test_client_that_is_gone_ends_the_connection)
{
	client_send(client, wire_ask(&(struct ask){ .path = "/hold" }));
	server_await_held();
	close(client);
	client = -1;
	server_release();
	ck_assert_exited(server, 1);
}
END_TEST

/* The time that a request waited. */

static const char *
arrival(long ms_ago)
{
	struct timespec now;
	long long ms;
	char text[40];

	clock_gettime(CLOCK_REALTIME, &now);
	ms = now.tv_sec * 1000LL + now.tv_nsec / 1000000 - ms_ago;
	snprintf(text, sizeof(text), "%lld.%03lld", ms / 1000, ms % 1000);
	return mr_arena_copy(arena, text, strlen(text));
}

START_TEST(test_request_that_waited_too_long_is_busy)
{
	struct answer answer = ask(
	    &(struct ask){ .path = "/b", .arrival = arrival(60000) });

	ck_assert_int_eq(answer.status, 503);
	ck_assert_str_eq(answer_header(&answer, "Retry-After"), "1");
	ck_assert_ptr_nonnull(strstr(answer_header(&answer, "Server-Timing"),
	                             "queue;dur=60"));
	ck_assert_int_eq(ask(&(struct ask){ .path = "/b",
	                                    .arrival = arrival(1000) })
	                     .status,
	                 200);
	/* A clock that is ahead of ours has not made anybody wait. */
	answer = ask(&(struct ask){ .path = "/b", .arrival = arrival(-60000) });
	ck_assert_int_eq(answer.status, 200);
	ck_assert_ptr_nonnull(strstr(answer_header(&answer, "Server-Timing"),
	                             "queue;dur=0.000"));
}
END_TEST

static const char *const no_arrivals[] = {
	"",          "-",     "abc",  "0",    "0.000",
	".",         "1",     "1e9",  "-5.5", "99999999999999999999.999",
	"1700000000", "1700000000.", "1700000000.1", "1700000000,123",
	" 1700000000.123", "1700000000.123.4", "17.00000000123",
};

START_TEST(test_what_is_no_arrival_is_no_wait)
{
	struct answer answer = ask(
	    &(struct ask){ .path = "/b", .arrival = no_arrivals[_i] });

	ck_assert_int_eq(answer.status, 200);
	ck_assert_ptr_nonnull(strstr(answer_header(&answer, "Server-Timing"),
	                             "queue;dur=0.000"));
}
END_TEST

/* The scoreboard shows the request while it runs, and only then. */
START_TEST(test_score_tells_of_the_request)
{
	struct answer answer;
	uint64_t before = clock_now();

	client_send(client, wire_ask(&(struct ask){ .path = "/hold" }));
	server_await_held();
	ck_assert_uint_eq(atomic_load(&score->generation), 1);
	ck_assert_uint_ge(atomic_load(&score->since), before);
	ck_assert_uint_le(atomic_load(&score->since), clock_now());
	server_release();
	ck_assert(client_receive(client, &answer));
	ask(&requests[0].ask);
	ck_assert_uint_eq(atomic_load(&score->generation), 2);
	close(client);
	client = -1;
	ck_assert_exited(server, 3);
	ck_assert_uint_eq(atomic_load(&score->since), 0);
}
END_TEST

/* A handler that does not return. */
static const struct {
	const char *path;
	int status, code;
} faults[] = {
	{ "/crash", 500, GUARD_EXIT_CRASH },
	{ "/exit", 500, GUARD_EXIT_CALLED },
};

START_TEST(test_crash_is_answered_on_its_request)
{
	struct answer answer;

	ask(&requests[0].ask);
	answer = ask(&(struct ask){ .path = faults[_i].path,
	                            .request = 77, .id = "x-1" });
	ck_assert_int_eq(answer.status, faults[_i].status);
	ck_assert_uint_eq(answer.request, 77);
	ck_assert_str_eq(answer_header(&answer, "X-Request-Id"), "x-1");
	ck_assert(client_is_closed(client));
	ck_assert_exited(server, faults[_i].code);
}
END_TEST

/* While the body is awaited the request can be ended as well. */
START_TEST(test_deadline_ends_the_reading_of_a_body)
{
	struct mr_buffer wire = { .arena = arena };
	struct answer answer;

	stop();
	start(true, 0);
	ask(&requests[0].ask);
	wire_head(&wire, &(struct ask){ .path = "/b", .length = "100" });
	client_send(client, wire_text(&wire));
	while (atomic_load(&score->generation) < 2 ||
	       atomic_load(&score->since) == 0)
		poll(NULL, 0, 1);
	atomic_store(&score->condemned, 2);
	do
		kill(server, GUARD_SIGNAL_ORDER);
	while (poll(&(struct pollfd){ .fd = client, .events = POLLIN }, 1,
	            10) == 0);
	ck_assert(client_receive(client, &answer));
	ck_assert_int_eq(answer.status, 504);
	ck_assert_exited(server, GUARD_EXIT_DEADLINE);
}
END_TEST

static void
start_default(void)
{
	start(true, 100000);
}

/* The worker is done with it: what comes is what was handed over. */
START_TEST(test_parked_reply_is_handed_over)
{
	const struct ask question = { .method = _i == 0 ? "GET" : "HEAD",
		                      .path = "/park",
		                      .request = 7,
		                      .id = "i",
		                      .arrival = arrival(300) };
	int64_t now = (int64_t)clock_unix_ms();
	struct parking parked;
	struct answer answer;
	int fd;

	client_send(client, wire_ask(&question));
	ck_assert_exited(server, 1);
	ck_assert(client_is_silent(client));
	fd = parking_receive(&parked, parking[0]);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_le(parked.due, now + 1700); /* not 2000: it is as old */
	ck_assert_int_eq(write(fd, parked.records, parked.length),
	                 (ssize_t)parked.length);
	close(fd);
	ck_assert(client_receive(client, &answer));
	ck_assert_int_eq(answer.status, 200);
	ck_assert_uint_eq(answer.request, 7);
	ck_assert_uint_eq(answer.body.length,
	                  _i == 0 ? strlen("GET /park  0 0 0 i") : 0);
	ck_assert(client_is_closed(client));
}
END_TEST

START_TEST(test_reply_that_live_does_not_take_is_a_problem)
{
	struct answer answer;

	ck_assert_int_eq(shutdown(parking[1], SHUT_WR), 0);
	answer = ask(&(struct ask){ .path = "/park", .id = "i" });
	ck_assert_int_eq(answer.status, 503);
	ck_assert_has(answer.body.data, "takes no more");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, start_default, stop);
	tcase_add_loop_test(tc, test_request_reaches_the_handler, 0,
	                    N(requests));
	tcase_add_test(tc, test_connection_serves_many_requests);
	tcase_add_test(tc, test_request_is_told_to_the_scoreboard);
	tcase_add_test(tc, test_long_words_are_cut_for_the_scoreboard);
	tcase_add_test(tc, test_request_is_counted_once);
	tcase_add_test(tc, test_crash_is_counted_for_its_endpoint);
	tcase_add_loop_test(tc, test_function_learns_that_its_client_left, 0,
	                    3);
	tcase_add_loop_test(tc, test_function_goes_on, 0, 3);
	tcase_add_test(tc,
	               test_kept_connection_is_not_watched_behind_its_reply);
	tcase_add_loop_test(tc, test_id_is_made_where_there_is_no_plain_one, 0,
	                    4);
	tcase_add_loop_test(tc, test_body_arrives_in_full, 0, N(bodies));
	tcase_add_loop_test(tc, test_bad_body_is_refused, 0, N(refusals));
	tcase_add_test(tc, test_endless_body_is_refused_and_closed);
	tcase_add_loop_test(tc, test_body_that_stalls_is_refused, 0, 3);
	tcase_add_test(tc, test_body_with_strange_records_ends_the_connection);
	tcase_add_test(tc, test_reply_to_head_has_no_body);
	tcase_add_test(tc, test_large_reply_arrives);
	tcase_add_test(tc, test_connection_is_closed_when_the_server_asked);
	tcase_add_test(tc, test_connection_is_closed_when_the_pool_says_so);
	tcase_add_test(tc, test_client_that_is_gone_ends_the_connection);
	tcase_add_test(tc, test_request_that_waited_too_long_is_busy);
	tcase_add_loop_test(tc, test_what_is_no_arrival_is_no_wait, 0,
	                    N(no_arrivals));
	tcase_add_test(tc, test_score_tells_of_the_request);
	tcase_add_loop_test(tc, test_crash_is_answered_on_its_request, 0,
	                    N(faults));
	tcase_add_test(tc, test_deadline_ends_the_reading_of_a_body);
	tcase_add_loop_test(tc, test_parked_reply_is_handed_over, 0, 2);
	tcase_add_test(tc, test_reply_that_live_does_not_take_is_a_problem);
}

UNIT_MAIN("serve", add_tests)
