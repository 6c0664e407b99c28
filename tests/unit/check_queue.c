/*
 * check_queue.c: connections that nobody has accepted yet, of real sockets.
 */
#include "fcgi/master/queue.h"

#include "client.h"
#include "place.h"
#include "unit.h"

#include <netinet/in.h>

static int
listen_unix(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(address.sun_path, path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)),
	                 0);
	ck_assert_int_eq(listen(fd, 200), 0);
	return fd;
}

/* On any port; its address comes back. */
static int
listen_tcp(struct sockaddr_in *address)
{
	socklen_t size = sizeof(*address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	*address = (struct sockaddr_in){ .sin_family = AF_INET };
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)address, size), 0);
	ck_assert_int_eq(listen(fd, 200), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)address, &size), 0);
	return fd;
}

static int
diag_open(void)
{
	int diag = queue_open();

	ck_assert_int_ge(diag, 0);
	ck_assert_int_eq(fcntl(diag, F_GETFD), FD_CLOEXEC);
	return diag;
}

static const int counts[] = { 0, 1, 2, 10, 150 };

START_TEST(test_connections_of_a_unix_socket_are_counted)
{
	int diag = diag_open(), fd = listen_unix("s"), other = listen_unix("o");

	for (int i = 0; i < counts[_i]; i++) {
		ck_assert_int_eq(queue_length(diag, fd), i);
		/* What it sends is no connection more. */
		client_send(client_connect("s"), TEXT("hello"));
	}
	ck_assert_int_eq(queue_length(diag, other), 0);
	for (int i = counts[_i]; i > 0; i--) {
		ck_assert_int_eq(queue_length(diag, fd), i);
		ck_assert_int_ge(accept(fd, NULL, NULL), 0);
	}
	ck_assert_int_eq(queue_length(diag, fd), 0);
}
END_TEST

START_TEST(test_connections_of_tcp_are_counted)
{
	struct sockaddr_in address;
	int fd = listen_tcp(&address), client;

	ck_assert_int_eq(queue_length(-1, fd), 0);
	for (int i = 0; i < counts[_i]; i++) {
		client = socket(AF_INET, SOCK_STREAM, 0);
		ck_assert_int_eq(connect(client, (struct sockaddr *)&address,
		                         sizeof(address)),
		                 0);
	}
	for (int i = counts[_i]; i > 0; i--) {
		ck_assert_int_eq(queue_length(-1, fd), i);
		ck_assert_int_ge(accept(fd, NULL, NULL), 0);
	}
	ck_assert_int_eq(queue_length(-1, fd), 0);
}
END_TEST

START_TEST(test_what_does_not_listen_has_no_queue)
{
	int diag = diag_open(), fd = listen_unix("s"), ends[2];

	ck_assert_int_eq(queue_length(diag, client_connect("s")), -1);
	ck_assert_int_eq(queue_length(diag, accept(fd, NULL, NULL)), -1);
	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(queue_length(diag, ends[0]), -1);
	ck_assert_int_eq(queue_length(diag, -1), -1);
	ck_assert_int_eq(queue_length(diag, diag), -1);
}
END_TEST

START_TEST(test_without_means_it_is_unknown)
{
	int fd = listen_unix("s"), ends[2];

	client_connect("s");
	ck_assert_int_eq(queue_length(-1, fd), -1);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
	/* One that takes the question and does not answer. */
	ck_assert_int_eq(queue_length(ends[0], fd), -1);
	ck_assert_int_eq(queue_length(1000, fd), -1);
}
END_TEST

/* An answer that came too late is not taken for the next one. */
START_TEST(test_old_answer_is_not_taken)
{
	char answer[1024];
	int ends[2], diag = diag_open(), fd = listen_unix("s");
	ssize_t length;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
	client_connect("s");
	ck_assert_int_eq(queue_length(ends[0], fd), -1);
	length = recv(ends[1], answer, sizeof(answer), 0);
	ck_assert_int_gt(length, 0);
	ck_assert_int_eq(send(diag, answer, (size_t)length, 0), length);
	client_connect("s");
	ck_assert_int_eq(queue_length(diag, fd), 2);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_loop_test(tc, test_connections_of_a_unix_socket_are_counted,
	                    0, N(counts));
	tcase_add_loop_test(tc, test_connections_of_tcp_are_counted, 0,
	                    N(counts));
	tcase_add_test(tc, test_what_does_not_listen_has_no_queue);
	tcase_add_test(tc, test_without_means_it_is_unknown);
	tcase_add_test(tc, test_old_answer_is_not_taken);
}

UNIT_MAIN("queue", add_tests)
