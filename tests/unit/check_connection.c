/*
 * check_connection.c: where connections come from, and what they have read.
 */
#include "fcgi/worker/connection.h"

#include "client.h"
#include "fcgi/base/listener.h"
#include "fcgi/worker/handoff.h"
#include "place.h"
#include "unit.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#define SOCKET "s"

static struct pool_config pool;
static int listener, pair[2];

static void
begin(void)
{
	pool = (struct pool_config){ .name = "fast" };
	listener = listener_open(SOCKET, "", 10);
	ck_assert_int_ge(listener, 0);
	ck_assert(handoff_open(pair));
}

static void
end(void)
{
	close(listener);
	close(pair[0]);
	close(pair[1]);
}

static struct mr_string
request(void)
{
	return wire_ask(&(struct ask){ .path = "/b", .body = BYTES("abc") });
}

START_TEST(test_nobody_there_is_no_connection)
{
	ck_assert_ptr_null(connection_accept(listener, &pool));
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_ptr_null(connection_inherit(pair[0]));
	ck_assert_int_eq(errno, EAGAIN);
}
END_TEST

START_TEST(test_request_in_two_parts_is_whole_in_the_end)
{
	struct mr_string bytes = request();
	int client = client_connect(SOCKET);
	struct connection *connection = connection_accept(listener, &pool);

	ck_assert_ptr_nonnull(connection);
	ck_assert_int_eq(fcntl(connection->fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(connection_judge(connection), GATE_PARTIAL);
	ck_assert_int_eq(connection_read(connection), GATE_PARTIAL);
	client_send(client, (struct mr_string){ bytes.data, 20 });
	ck_assert_int_eq(connection_read(connection), GATE_PARTIAL);
	ck_assert_uint_eq(connection->have, 20);
	client_send(client, (struct mr_string){ bytes.data + 20,
	                                        bytes.length - 20 });
	ck_assert_int_eq(connection_read(connection), GATE_WHOLE);
	connection_served(connection);
	ck_assert_uint_eq(connection->have, 0);
	ck_assert_ptr_null(connection->stash);
	close(client);
	ck_assert_int_eq(connection_read(connection), GATE_REFUSED);
	close(connection->fd);
	connection_free(connection);
}
END_TEST

/* Of a request, nothing, a part, or all of it was read before. */
START_TEST(test_connection_is_bequeathed_with_what_it_has)
{
	struct mr_string bytes = request();
	size_t first = _i == 0 ? 0 : _i == 1 ? 20 : bytes.length;
	int client = client_connect(SOCKET);
	struct connection *connection = connection_accept(listener, &pool);

	connection->stash = malloc(GATE_WINDOW);
	memcpy(connection->stash, bytes.data, first);
	connection->have = first;
	client_send(client, (struct mr_string){ bytes.data + first,
	                                        bytes.length - first });
	ck_assert(connection_bequeath(connection, pair[1]));
	close(connection->fd);
	connection_free(connection);
	connection = connection_inherit(pair[0]);
	ck_assert_ptr_nonnull(connection);
	ck_assert_uint_eq(connection->have, first);
	if (_i == 2)
		ck_assert_int_eq(connection_judge(connection), GATE_WHOLE);
	else
		ck_assert_int_eq(connection_read(connection), GATE_WHOLE);
	close(connection->fd);
	connection_free(connection);
}
END_TEST

/* Over TCP, a list says who may connect. */
static const struct {
	const char *allowed;
	bool taken;
} lists[] = {
	{ "127.0.0.1", true },
	{ "10.0.0.0/8, 127.0.0.0/8", true },
	{ "10.0.0.0/8", false },
};

START_TEST(test_client_must_be_allowed)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		                       .sin_addr.s_addr =
		                           htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	int tcp = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	int client = socket(AF_INET, SOCK_STREAM, 0), no_delay = 0;
	struct connection *connection;

	strcpy(pool.allowed_clients, lists[_i].allowed);
	ck_assert_int_eq(bind(tcp, (void *)&address, size), 0);
	ck_assert_int_eq(listen(tcp, 1), 0);
	getsockname(tcp, (void *)&address, &size);
	ck_assert_int_eq(connect(client, (void *)&address, size), 0);
	connection = connection_accept(tcp, &pool);
	ck_assert((connection != NULL) == lists[_i].taken);
	if (connection == NULL) {
		ck_assert_int_eq(errno, EAGAIN);
		ck_assert(client_is_closed(client));
		return;
	}
	size = sizeof(no_delay);
	getsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &no_delay, &size);
	ck_assert_int_ne(no_delay, 0);
	connection_free(connection);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, test_nobody_there_is_no_connection);
	tcase_add_test(tc, test_request_in_two_parts_is_whole_in_the_end);
	tcase_add_loop_test(tc, test_connection_is_bequeathed_with_what_it_has,
	                    0, 3);
	tcase_add_loop_test(tc, test_client_must_be_allowed, 0, N(lists));
}

UNIT_MAIN("connection", add_tests)
