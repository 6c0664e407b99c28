/*
 * check_loop.c: many connections to one worker: none of them, silent, half
 * sent or ill-formed, holds up another one; and the order to quit.
 */
#include "fcgi/worker/loop.h"

#include "client.h"
#include "fcgi/worker/handoff.h"
#include "fcgi/worker/parking.h"
#include "place.h"
#include "server.h"
#include "unit.h"

#include <sys/eventfd.h>

#define SOCKET "s"
#define SPARE "s.2"

static struct pool_config pool;
static struct scoreboard *board;
static struct score *scores; /* of the board */
static int quits[2], listener, spare, handoff[2], parking[2];
static pid_t workers[2];

static void
note_begun(const void *score)
{
	atomic_store(&((struct score *)(uintptr_t)score)->ready, true);
}

static void
run(size_t slot)
{
	const struct service service = {
		.handle = server_handle,
		.pool = &pool,
		.score = &scores[slot],
		.ledger = &board->ledger,
		.arena = mr_arena_new(),
		.body_limit = 1 << 20,
		.parking = parking[1],
	};
	struct wear wear;
	const struct loop_setup setup = {
		.service = &service,
		.wear = &wear,
		.listener = listener,
		.spares = { { spare }, 1 },
		.handoff = handoff,
		.quit = quits[slot],
		.siblings = scores,
		.sibling_count = 2,
		.begun = note_begun,
		.context = &scores[slot],
	};

	serve_prepare();
	if (!guard_install(&pool, service.score) ||
	    !wear_begin(&wear, &pool, service.score))
		_exit(EXIT_FAILURE);
	_exit(loop_run(&setup) ? 7 : EXIT_FAILURE);
}

static void
start_worker(size_t slot)
{
	pid_t parent = getpid();

	workers[slot] = fork();
	ck_assert_int_ge(workers[slot], 0);
	if (workers[slot] == 0) {
		server_begin(parent);
		run(slot);
	}
}

static void
start(bool keep_alive)
{
	pool = (struct pool_config){ .name = "fast",
		                     .keep_alive = keep_alive,
		                     .queue_limit = 100000,
		                     .deadline = 100000 };
	board = new_board();
	scores = board->scores;
	server_pipes();
	quits[0] = eventfd(0, EFD_NONBLOCK);
	quits[1] = eventfd(0, EFD_NONBLOCK);
	ck_assert(handoff_open(handoff));
	ck_assert(handoff_open(parking));
	listener = listener_open(SOCKET, "", 100);
	spare = listener_open(SPARE, "", 100);
	ck_assert(listener >= 0 && spare >= 0);
	start_worker(0);
}

static void
start_keep_alive(void)
{
	start(true);
}

static void
start_one_by_one(void)
{
	start(false);
}

static void
stop(void)
{
	for (size_t i = 0; i < N(workers); i++)
		if (workers[i] > 0)
			kill(workers[i], SIGKILL);
	close(listener);
	close(spare);
}

static void
tell_quit(void)
{
	const uint64_t one = 1;

	ck_assert_int_eq(write(quits[0], &one, sizeof(one)), sizeof(one));
}

/* The other worker is to take its connections. */
static void
tell_quit_with_heirs(void)
{
	atomic_store(&scores[0].heirs, true);
	tell_quit();
}

static void
await_end(void)
{
	ck_assert_exited(workers[0], 7);
	workers[0] = 0;
}

static void
await_ready(size_t slot)
{
	while (!atomic_load(&scores[slot].ready))
		poll(NULL, 0, 1);
}

static uint32_t
connections(size_t slot)
{
	return atomic_load(&scores[slot].connections);
}

static void
await_connections(size_t slot, uint32_t count)
{
	for (int i = 0; connections(slot) != count; i++) {
		ck_assert_msg(i < CLIENT_WAIT, "%u connections",
		              connections(slot));
		poll(NULL, 0, 1);
	}
}

static const struct ask hello = { .path = "/b", .body = BYTES("abc"),
	                          .id = "i" };
#define TOLD "POST /b  3 1 294 i"

static void
expect_answer(int fd)
{
	struct answer answer;

	ck_assert_msg(client_receive(fd, &answer), "closed without a reply");
	ck_assert_str_eq(answer.body.data, TOLD);
}

static void
expect_service(void)
{
	int fd = client_connect(SOCKET);

	client_send(fd, wire_ask(&hello));
	expect_answer(fd);
	close(fd);
}

/* Both kinds of pool. */

START_TEST(test_requests_are_served_one_after_the_other)
{
	for (int i = 0; i < 50; i++)
		expect_service();
	await_connections(0, 0);
	ck_assert_uint_eq(atomic_load(&scores[0].generation), 50);
}
END_TEST

START_TEST(test_requests_at_any_socket_are_served)
{
	static const char *const sockets[] = { SOCKET, SPARE, SPARE, SOCKET };

	for (size_t i = 0; i < N(sockets); i++) {
		int fd = client_connect(sockets[i]);

		client_send(fd, wire_ask(&hello));
		expect_answer(fd);
		close(fd);
	}
}
END_TEST

/* It is another process's then: what becomes of it does not wake the worker. */
START_TEST(test_parked_connection_is_not_heard_of_any_more)
{
	int fd = client_connect(SOCKET), held_here;
	struct parking parked;
	char status[64];

	client_send(fd, wire_ask(&(struct ask){ .path = "/park", .id = "i" }));
	ck_assert_int_eq(
	    poll(&(struct pollfd){ .fd = parking[0], .events = POLLIN }, 1,
	         CLIENT_WAIT),
	    1);
	held_here = parking_receive(&parked, parking[0]);
	ck_assert_int_ge(held_here, 0);
	await_connections(0, 0);
	client_send(fd, wire_ask(&hello));
	close(fd);
	expect_service();
	ck_assert_int_gt(recv(held_here, status, sizeof(status), 0), 0);
}
END_TEST

/* Connections that say nothing, or begin to, and wait. */
START_TEST(test_unfinished_requests_hold_up_no_one)
{
	struct mr_string bytes = wire_ask(&hello);
	int stalled[40];

	for (size_t i = 0; i < N(stalled); i++) {
		stalled[i] = client_connect(SOCKET);
		client_send(stalled[i], (struct mr_string){ bytes.data, i });
	}
	expect_service();
	for (size_t i = 0; i < N(stalled); i++)
		ck_assert(client_is_silent(stalled[i]));
	expect_service();
	/* They are served as soon as they are whole. */
	for (size_t i = N(stalled); i-- > 0;) {
		client_send(stalled[i],
		            (struct mr_string){ bytes.data + i,
		                                bytes.length - i });
		expect_answer(stalled[i]);
	}
}
END_TEST

/* Bytes one at a time, so that each wakes the worker. */
START_TEST(test_request_in_single_bytes_is_served)
{
	struct mr_string bytes = wire_ask(&hello);
	int fd = client_connect(SOCKET);

	for (size_t i = 0; i < bytes.length; i++) {
		client_send(fd, (struct mr_string){ bytes.data + i, 1 });
		if (i % 50 == 0)
			expect_service();
	}
	expect_answer(fd);
}
END_TEST

START_TEST(test_requests_that_hang_up_are_forgotten)
{
	struct mr_string bytes = wire_ask(&hello);

	for (size_t length = 0; length < bytes.length; length += 7) {
		int fd = client_connect(SOCKET);

		client_send(fd, (struct mr_string){ bytes.data, length });
		close(fd);
	}
	expect_service();
	await_connections(0, 0);
}
END_TEST

/* The web server may close its side as soon as it has sent all. */
START_TEST(test_half_closed_connection_is_served)
{
	int fd = client_connect(SOCKET);

	client_send(fd, wire_ask(&hello));
	shutdown(fd, SHUT_WR);
	expect_answer(fd);
	close(fd);
	await_connections(0, 0);
}
END_TEST

static const struct {
	const char *what;
	struct mr_string bytes;
} strangers[] = {
	{ "http", BYTES("GET / HTTP/1.1\r\nHost: x\r\n\r\n") },
	{ "get_values",
	  BYTES("\1\x09\0\0\0\x10\0\0\x0E\0FCGI_MAX_CONNS") },
	{ "many get_values",
	  BYTES("\1\x09\0\0\0\x60\0\0"
	        "\x0E\0FCGI_MAX_CONNS\x0E\0FCGI_MAX_CONNS"
	        "\x0E\0FCGI_MAX_CONNS\x0E\0FCGI_MAX_CONNS"
	        "\x0E\0FCGI_MAX_CONNS\x0E\0FCGI_MAX_CONNS") },
	{ "authorizer", BYTES("\1\1\0\1\0\x08\0\0\0\2\1\0\0\0\0\0") },
	{ "abort", BYTES("\1\2\0\1\0\0\0\0") },
	{ "zeroes", BYTES("\0\0\0\0\0\0\0\0\0\0\0\0") },
};

START_TEST(test_what_is_no_request_is_closed_unanswered)
{
	int fd = client_connect(SOCKET);

	client_send(fd, strangers[_i].bytes);
	ck_assert_msg(client_is_closed(fd), "%s", strangers[_i].what);
	expect_service();
	await_connections(0, 0);
}
END_TEST

START_TEST(test_head_beyond_the_window_is_closed)
{
	struct mr_buffer wire = { .arena = arena };
	char *pairs = mr_arena_alloc(arena, 70000);
	int fd = client_connect(SOCKET);

	wire_begin(&wire, 1, true);
	wire_stream(&wire, (struct frame){ FCGI_PARAMS, 1, 0 },
	            (struct mr_string){ pairs, 70000 }, 10000);
	client_send(fd, wire_text(&wire));
	ck_assert(client_is_closed(fd));
	expect_service();
}
END_TEST

START_TEST(test_body_beyond_the_window_is_served)
{
	char *body = mr_arena_alloc(arena, 1 << 20);
	struct answer answer = client_call(
	    SOCKET, &(struct ask){ .path = "/b", .id = "i",
	                           .body = { body, 1 << 20 } });

	ck_assert_str_eq(answer.body.data, "POST /b  1048576 1 0 i");
	expect_service();
}
END_TEST

START_TEST(test_quit_ends_an_idle_worker)
{
	int fd = client_connect(SOCKET);

	expect_service();
	tell_quit();
	ck_assert_exited(workers[0], 7);
	workers[0] = 0;
	ck_assert_uint_eq(connections(0), 0);
	ck_assert(client_is_closed(fd));
}
END_TEST

/* A few, and more of them than one look at the connections finds. */
static const size_t arrived[] = { 3, 100 };

/* The request that runs, and those that have arrived, are still served. */
START_TEST(test_quit_serves_what_has_arrived)
{
	struct answer answer;
	int waiting[100], running;
	size_t count = arrived[_i];

	for (size_t i = 0; i < count; i++)
		waiting[i] = client_connect(SOCKET);
	await_connections(0, count);
	running = client_connect(SOCKET);
	client_send(running,
	            wire_ask(&(struct ask){ .path = "/hold", .id = "i" }));
	server_await_held();
	for (size_t i = 0; i < count; i++)
		client_send(waiting[i], wire_ask(&hello));
	tell_quit();
	server_release();
	ck_assert(client_receive(running, &answer));
	for (size_t i = 0; i < count; i++)
		expect_answer(waiting[i]);
	ck_assert_exited(workers[0], 7);
	workers[0] = 0;
	ck_assert(client_is_closed(running));
}
END_TEST

/* Heirs. */

/* Half a request is with the one that ends; the rest comes to its heir. */
START_TEST(test_heir_serves_what_was_half_read)
{
	struct mr_string bytes = wire_ask(&hello);
	size_t half = bytes.length / 2;
	int fds[10];

	await_ready(0);
	for (size_t i = 0; i < N(fds); i++) {
		fds[i] = client_connect(SOCKET);
		client_send(fds[i], (struct mr_string){ bytes.data, half });
	}
	await_connections(0, N(fds));
	expect_service();
	tell_quit_with_heirs();
	await_end();
	ck_assert(!atomic_load(&scores[0].ready));
	ck_assert_uint_eq(connections(0), 0);
	for (size_t i = 0; i < N(fds); i++)
		ck_assert(client_is_silent(fds[i]));
	/* Some have sent the rest before there is anyone, some after that. */
	for (size_t i = 0; i < N(fds); i++) {
		if (i == N(fds) / 2) {
			start_worker(1);
			await_connections(
			    1, N(fds) - (pool.keep_alive ? 0 : i));
		}
		client_send(fds[i], (struct mr_string){ bytes.data + half,
		                                        bytes.length - half });
	}
	for (size_t i = 0; i < N(fds); i++)
		expect_answer(fds[i]);
}
END_TEST

/* What arrives while the one that ends is busy is not lost, nor closed. */
START_TEST(test_heir_serves_what_arrived)
{
	struct answer answer;
	int running = client_connect(SOCKET), fds[10];

	await_ready(0);
	for (size_t i = 0; i < N(fds); i++)
		fds[i] = client_connect(SOCKET);
	await_connections(0, N(fds) + 1);
	client_send(running,
	            wire_ask(&(struct ask){ .path = "/hold", .id = "i" }));
	server_await_held();
	for (size_t i = 0; i < N(fds); i++)
		client_send(fds[i], wire_ask(&hello));
	tell_quit_with_heirs();
	start_worker(1);
	server_release();
	ck_assert(client_receive(running, &answer));
	for (size_t i = 0; i < N(fds); i++)
		expect_answer(fds[i]);
	await_end();
	ck_assert_uint_eq(atomic_load(&scores[0].generation), 1);
	ck_assert_uint_eq(atomic_load(&scores[1].generation), N(fds));
}
END_TEST

/* Workers end one after the other under a load that never stops. */
START_TEST(test_no_request_fails_when_workers_end)
{
	pid_t clients[4];

	await_ready(0);
	for (size_t i = 0; i < N(clients); i++) {
		clients[i] = fork();
		if (clients[i] == 0) {
			int fd = client_connect(SOCKET);

			for (int round = 0; round < 2000; round++) {
				client_send(fd, wire_ask(&hello));
				expect_answer(fd);
				if (pool.keep_alive)
					continue;
				close(fd);
				fd = client_connect(SOCKET);
			}
			_exit(9);
		}
	}
	for (int round = 0; round < 20; round++) {
		size_t leaver = round % 2;
		const uint64_t one = 1;

		memset(&scores[1 - leaver], 0, sizeof(*scores));
		start_worker(1 - leaver);
		await_ready(1 - leaver);
		poll(NULL, 0, 5);
		atomic_store(&scores[leaver].heirs, true);
		ck_assert_int_eq(write(quits[leaver], &one, 8), 8);
		ck_assert_exited(workers[leaver], 7);
		workers[leaver] = 0;
		ck_assert_int_eq(read(quits[leaver], &(uint64_t){ 0 }, 8), 8);
	}
	for (size_t i = 0; i < N(clients); i++)
		ck_assert_exited(clients[i], 9);
}
END_TEST

/* Pools that keep connections. */

START_TEST(test_heir_keeps_connections)
{
	int fds[20];

	await_ready(0);
	for (size_t i = 0; i < N(fds); i++) {
		fds[i] = client_connect(SOCKET);
		client_send(fds[i], wire_ask(&hello));
		expect_answer(fds[i]);
	}
	start_worker(1);
	await_ready(1);
	tell_quit_with_heirs();
	await_end();
	await_connections(1, N(fds));
	for (size_t i = 0; i < N(fds); i++) {
		ck_assert(client_is_silent(fds[i]));
		client_send(fds[i], wire_ask(&hello));
		expect_answer(fds[i]);
	}
	ck_assert_uint_eq(connections(1), N(fds));
}
END_TEST

START_TEST(test_connection_serves_many_requests)
{
	int fd = client_connect(SOCKET), other = client_connect(SOCKET);

	for (int i = 0; i < 20; i++) {
		client_send(fd, wire_ask(&hello));
		expect_answer(fd);
		client_send(other, wire_ask(&hello));
		expect_answer(other);
	}
	ck_assert_uint_eq(connections(0), 2);
	ck_assert(client_is_silent(fd));
	close(fd);
	await_connections(0, 1);
}
END_TEST

START_TEST(test_connection_is_closed_where_the_server_asks)
{
	struct answer answer;
	int fd = client_connect(SOCKET);

	client_send(fd, wire_ask(&(struct ask){ .path = "/b",
	                                        .close = true }));
	ck_assert(client_receive(fd, &answer));
	ck_assert(client_is_closed(fd));
	await_connections(0, 0);
}
END_TEST

/* A second request in parts behind a first one that was served. */
START_TEST(test_kept_connection_may_send_in_parts)
{
	struct mr_string bytes = wire_ask(&hello);
	int fd = client_connect(SOCKET);

	client_send(fd, bytes);
	expect_answer(fd);
	for (size_t at = 1; at < bytes.length; at += 13) {
		client_send(fd, (struct mr_string){ bytes.data, at });
		expect_service();
		ck_assert(client_is_silent(fd));
		client_send(fd, (struct mr_string){ bytes.data + at,
		                                    bytes.length - at });
		expect_answer(fd);
	}
}
END_TEST

/*
 * Requests one behind the other are either served or end the connection;
 * no client is left waiting.
 */
START_TEST(test_pipelined_request_is_not_left_waiting)
{
	struct mr_buffer two = { .arena = arena };
	struct mr_string bytes = wire_ask(&hello);
	struct pollfd readable = { .events = POLLIN };
	size_t replies = 0, got;
	char text[65536];

	mr_buffer_append(&two, bytes.data, bytes.length);
	mr_buffer_append(&two, bytes.data, bytes.length);
	readable.fd = client_connect(SOCKET);
	client_send(readable.fd, wire_text(&two));
	do {
		ck_assert_msg(poll(&readable, 1, 8000) == 1,
		              "a request is left waiting");
		got = client_read(readable.fd, text, sizeof(text));
		for (size_t i = 0; i + 3 < got; i++)
			replies += memcmp(text + i, TOLD, 4) == 0;
	} while (got > 0 && replies < 2);
}
END_TEST

/* Two workers share out the connections. */
START_TEST(test_connections_are_shared_out)
{
	int fds[20];

	start_worker(1);
	await_ready(0);
	await_ready(1);
	for (size_t i = 0; i < N(fds); i++) {
		fds[i] = client_connect(SOCKET);
		client_send(fds[i], wire_ask(&hello));
		expect_answer(fds[i]);
	}
	ck_assert_uint_eq(connections(0) + connections(1), N(fds));
	ck_assert_uint_ge(connections(0), N(fds) / 4);
	ck_assert_uint_ge(connections(1), N(fds) / 4);
}
END_TEST

/*
 * A connection that a worker takes only because no one else did, here since
 * the other one is but a score, has as much time to speak as any.
 */
START_TEST(test_connection_taken_late_may_be_silent)
{
	struct pollfd late[5];

	atomic_store(&scores[1].ready, true);
	client_connect(SOCKET);
	await_connections(0, 1);
	for (size_t i = 0; i < N(late); i++) {
		late[i] = (struct pollfd){ .fd = client_connect(SOCKET),
			                   .events = POLLIN };
		ck_assert_msg(poll(&late[i], 1, 50) == 0, "closed");
	}
	for (size_t i = 0; i < N(late); i++) {
		client_send(late[i].fd, wire_ask(&hello));
		expect_answer(late[i].fd);
	}
	ck_assert_uint_eq(connections(0), 1 + N(late));
}
END_TEST

/* A worker that computes leaves new connections to the other one. */
START_TEST(test_busy_worker_holds_up_no_new_connection)
{
	struct answer answer;
	int fd = client_connect(SOCKET);

	client_send(fd, wire_ask(&(struct ask){ .path = "/hold", .id = "i" }));
	server_await_held();
	start_worker(1);
	for (int i = 0; i < 10; i++)
		expect_service();
	server_release();
	ck_assert(client_receive(fd, &answer));
}
END_TEST

/* Pools of one request after the other. */

START_TEST(test_connection_is_closed_after_its_reply)
{
	int fd = client_connect(SOCKET);

	client_send(fd, wire_ask(&hello));
	expect_answer(fd);
	ck_assert(client_is_closed(fd));
	await_connections(0, 0);
}
END_TEST

static void
add_common(TCase *tc)
{
	tcase_add_test(tc, test_requests_are_served_one_after_the_other);
	tcase_add_test(tc, test_requests_at_any_socket_are_served);
	tcase_add_test(tc, test_parked_connection_is_not_heard_of_any_more);
	tcase_add_test(tc, test_unfinished_requests_hold_up_no_one);
	tcase_add_test(tc, test_request_in_single_bytes_is_served);
	tcase_add_test(tc, test_requests_that_hang_up_are_forgotten);
	tcase_add_test(tc, test_half_closed_connection_is_served);
	tcase_add_loop_test(tc, test_what_is_no_request_is_closed_unanswered, 0,
	                    N(strangers));
	tcase_add_test(tc, test_head_beyond_the_window_is_closed);
	tcase_add_test(tc, test_body_beyond_the_window_is_served);
	tcase_add_test(tc, test_quit_ends_an_idle_worker);
	tcase_add_loop_test(tc, test_quit_serves_what_has_arrived, 0, N(arrived));
	tcase_add_test(tc, test_busy_worker_holds_up_no_new_connection);
	tcase_add_test(tc, test_heir_serves_what_was_half_read);
	tcase_add_test(tc, test_no_request_fails_when_workers_end);
}

static TCase *
add_case(Suite *suite, const char *name, SFun begin)
{
	TCase *tc = tcase_create(name);

	tcase_set_timeout(tc, UNIT_TIMEOUT);
	tcase_add_checked_fixture(tc, unit_setup, unit_teardown);
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_checked_fixture(tc, begin, stop);
	add_common(tc);
	suite_add_tcase(suite, tc);
	return tc;
}

int
main(void)
{
	Suite *suite = suite_create("loop");
	TCase *kept = add_case(suite, "keep_alive", start_keep_alive);
	TCase *single = add_case(suite, "one_by_one", start_one_by_one);
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(kept, test_connection_serves_many_requests);
	tcase_add_test(kept, test_heir_keeps_connections);
	tcase_add_test(kept, test_connection_is_closed_where_the_server_asks);
	tcase_add_test(kept, test_kept_connection_may_send_in_parts);
	tcase_add_test(kept, test_pipelined_request_is_not_left_waiting);
	tcase_add_test(kept, test_connections_are_shared_out);
	tcase_add_test(kept, test_connection_taken_late_may_be_silent);
	tcase_add_test(kept, test_heir_serves_what_arrived);
	tcase_add_test(single, test_heir_serves_what_arrived);
	tcase_add_test(single, test_connection_is_closed_after_its_reply);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
