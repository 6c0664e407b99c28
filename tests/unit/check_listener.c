/*
 * check_listener.c: the socket of a pool: its mode, its group, its place.
 */
#include "fcgi/base/listener.h"

#include "client.h"
#include "place.h"
#include "unit.h"

#include <arpa/inet.h>
#include <grp.h>
#include <netinet/in.h>
#include <sys/stat.h>

static struct stat
status_of(const char *path)
{
	struct stat status;

	ck_assert_int_eq(stat(path, &status), 0);
	return status;
}

static const mode_t masks[] = { 0, 022, 077, 0777 };

START_TEST(test_socket_has_mode_0660)
{
	mode_t before = umask(masks[_i]);
	int fd = listener_open("s", "", 10);

	ck_assert_int_ge(fd, 0);
	ck_assert_uint_eq(status_of("s").st_mode, S_IFSOCK | 0660);
	ck_assert_uint_eq(umask(before), masks[_i]);
	close(fd);
}
END_TEST

START_TEST(test_socket_listens_without_blocking)
{
	int fd = listener_open("s", "", 10), listening = 0, client, server;
	socklen_t size = sizeof(listening);

	ck_assert_int_eq(getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening,
	                            &size),
	                 0);
	ck_assert_int_eq(listening, 1);
	ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	ck_assert_int_eq(accept(fd, NULL, NULL), -1);
	ck_assert_int_eq(errno, EAGAIN);
	client = client_connect("s");
	server = accept(fd, NULL, NULL);
	ck_assert_int_ge(server, 0);
	close(server);
	close(client);
	close(fd);
}
END_TEST

START_TEST(test_backlog_holds_as_many_as_asked)
{
	struct sockaddr_un address = { AF_UNIX, "s" };
	int fd = listener_open("s", "", 3), last;

	for (int i = 0; i <= 3; i++)
		client_connect("s");
	last = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	ck_assert_int_eq(
	    connect(last, (struct sockaddr *)&address, sizeof(address)), -1);
	ck_assert_int_eq(errno, EAGAIN);
	close(fd);
}
END_TEST

START_TEST(test_socket_that_is_there_is_replaced)
{
	int old = listener_open("s", "", 10), fd = listener_open("s", "", 10);
	int server;

	ck_assert_int_ge(fd, 0);
	client_connect("s");
	server = accept(fd, NULL, NULL);
	ck_assert_int_ge(server, 0);
	ck_assert_int_eq(accept(old, NULL, NULL), -1);
	close(old);
	close(fd);
}
END_TEST

START_TEST(test_socket_is_given_to_the_group)
{
	struct group *group = getgrgid(getgid());
	int fd = listener_open("s", group->gr_name, 10);

	ck_assert_int_ge(fd, 0);
	ck_assert_uint_eq(status_of("s").st_gid, getgid());
	close(fd);
}
END_TEST

/* What cannot be, and what the log says of it. */
static const struct {
	const char *path, *group, *words;
} faults[] = {
	{ "none/s", "", "Cannot listen. address=none/s error=\"No such file" },
	{ "directory", "", "Cannot listen. address=directory" },
	{ "file/s", "", "Cannot listen. address=file/s error=\"Not a directory" },
	{ "s", "no-such-group", "There is no such group. "
	                        "socket_group=no-such-group" },
};

static int
open_row(void *row)
{
	return listener_open(faults[*(int *)row].path,
	                     faults[*(int *)row].group, 10) < 0
	           ? 0
	           : 1;
}

START_TEST(test_fault_is_told)
{
	mkdir("directory", 0755);
	place_write("file", TEXT("x"));
	ck_assert_int_eq(place_run(open_row, &_i), 0);
	ck_assert_ptr_nonnull(
	    strstr(place_read("stderr").data, faults[_i].words));
	ck_assert_int_lt(access("s", F_OK), 0);
}
END_TEST

/* A path mistyped must not cost anyone a file. */
START_TEST(test_file_that_is_no_socket_is_kept)
{
	int fd;

	place_write("file", TEXT("precious"));
	fd = listener_open("file", "", 10);
	ck_assert_int_lt(fd, 0);
	ck_assert_str_eq(place_read("file").data, "precious");
}
END_TEST

/* TCP. */

static int
connect_to(uint16_t port)
{
	const struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_ge(fd, 0);
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -1;
}

static uint16_t
port_of(int fd)
{
	struct sockaddr_in address;
	socklen_t size = sizeof(address);

	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &size),
	                 0);
	ck_assert_int_eq(address.sin_family, AF_INET);
	ck_assert_uint_eq(ntohl(address.sin_addr.s_addr), INADDR_LOOPBACK);
	return ntohs(address.sin_port);
}

/* "127.0.0.1:PORT", with a port that was free just now. */
static const char *
free_address(void)
{
	const struct sockaddr_in any = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	static char address[32];
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(
	    bind(fd, (const struct sockaddr *)&any, sizeof(any)), 0);
	snprintf(address, sizeof(address), "127.0.0.1:%d", port_of(fd));
	close(fd);
	return address;
}

START_TEST(test_address_of_tcp_listens)
{
	int fd = listener_open(free_address(), "no-such-group", 10), client;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	ck_assert_int_eq(accept(fd, NULL, NULL), -1);
	ck_assert_int_eq(errno, EAGAIN);
	client = connect_to(port_of(fd));
	ck_assert_int_ge(client, 0);
	ck_assert_int_ge(accept(fd, NULL, NULL), 0);
	close(client);
	close(fd);
}
END_TEST

/* The next master listens while connections of the last one linger. */
START_TEST(test_port_is_free_again_at_once)
{
	const char *address = free_address();
	int fd = listener_open(address, "", 10), client, server;

	client = connect_to(port_of(fd));
	server = accept(fd, NULL, NULL);
	ck_assert_int_ge(server, 0);
	close(server); /* who closes first has the connection linger */
	close(client);
	listener_close(fd, address);
	fd = listener_open(address, "", 10);
	ck_assert_int_ge(fd, 0);
	close(fd);
}
END_TEST

static int
open_taken_port(void *address)
{
	return listener_open(address, "", 10) < 0 ? 0 : 1;
}

START_TEST(test_port_that_is_taken_is_told)
{
	const char *address = free_address();
	int fd = listener_open(address, "", 10);
	char words[64];

	snprintf(words, sizeof(words), "Cannot listen. address=%s error=",
	         address);
	ck_assert_int_eq(place_run(open_taken_port, (char *)(uintptr_t)address), 0);
	ck_assert_ptr_nonnull(strstr(place_read("stderr").data, words));
	close(fd);
}
END_TEST

/* Closing. */

START_TEST(test_close_removes_the_socket)
{
	int fd = listener_open("s", "", 10);

	listener_close(fd, "s");
	ck_assert_int_lt(fcntl(fd, F_GETFD), 0);
	ck_assert_int_lt(access("s", F_OK), 0);
}
END_TEST

/* An address of TCP may be the name of a file, too. */
START_TEST(test_close_of_tcp_removes_no_file)
{
	const char *address = free_address();
	int fd = listener_open(address, "", 10);

	place_write(address, TEXT("precious"));
	listener_close(fd, address);
	ck_assert_int_lt(fcntl(fd, F_GETFD), 0);
	ck_assert_str_eq(place_read(address).data, "precious");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_loop_test(tc, test_socket_has_mode_0660, 0, N(masks));
	tcase_add_test(tc, test_socket_listens_without_blocking);
	tcase_add_test(tc, test_backlog_holds_as_many_as_asked);
	tcase_add_test(tc, test_socket_that_is_there_is_replaced);
	tcase_add_test(tc, test_socket_is_given_to_the_group);
	tcase_add_loop_test(tc, test_fault_is_told, 0, N(faults));
	tcase_add_test(tc, test_file_that_is_no_socket_is_kept);
	tcase_add_test(tc, test_address_of_tcp_listens);
	tcase_add_test(tc, test_port_is_free_again_at_once);
	tcase_add_test(tc, test_port_that_is_taken_is_told);
	tcase_add_test(tc, test_close_removes_the_socket);
	tcase_add_test(tc, test_close_of_tcp_removes_no_file);
}

UNIT_MAIN("listener", add_tests)
