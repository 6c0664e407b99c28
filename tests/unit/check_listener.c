/*
 * check_listener.c: the socket of a pool: its mode, its group, its place.
 */
#include "fcgi/listener.h"

#include "client.h"
#include "place.h"
#include "unit.h"

#include <grp.h>
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
}

UNIT_MAIN("listener", add_tests)
