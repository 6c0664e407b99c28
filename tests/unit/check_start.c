/*
 * check_start.c: from a configuration to running pools, and back to a place
 * as it was.
 */
#include "fcgi/command/start.h"

#include "client.h"
#include "place.h"
#include "server.h"
#include "unit.h"

#include <sys/stat.h>

static struct program program;
static pid_t server;

static void
load(void)
{
	const struct options options = { .config = "c", .state = "state" };

	place_write("c", TEXT("[pool fast]\nworkers = 1\nmemory = 0\n"
	                      "[pool heavy]\nworkers = 1\nmemory = 0\n"
	                      "[pool io]\nmemory = 0\n"
	                      "[pool submit]\nmemory = 0\n"
	                      "[pool runner]\nmemory = 0\n"
	                      "[pool live]\nmemory = 0\n"
	                      "[pool broker]\nmemory = 0\n"
	                      "[pool control]\nmemory = 0\n"));
	ck_assert(load_program(&program, &options));
}

static void
unload(void)
{
	if (server > 0)
		kill(server, SIGKILL);
	load_free(&program);
}

static int
serve(void *context)
{
	(void)context;
	return start_serve(&program);
}

/* In the child, where descriptor 0 is what the test made it. */
static int
serve_pool(void *name)
{
	return start_pool(&program, name);
}

static void
launch(int (*act)(void *), void *context)
{
	pid_t parent = getpid();

	server = fork();
	ck_assert_int_ge(server, 0);
	if (server == 0) {
		server_begin(parent);
		dup2(open("log", O_WRONLY | O_CREAT | O_APPEND, 0600),
		     STDERR_FILENO);
		_exit(act(context));
	}
}

static void
await_log(const char *words)
{
	for (int i = 0; access("log", F_OK) < 0 ||
	                strstr(place_read("log").data, words) == NULL;
	     i++) {
		ck_assert_msg(i < CLIENT_WAIT / 5, "no '%s' in:\n%.2000s",
		              words, place_read("log").data);
		poll(NULL, 0, 5);
	}
}

static void
expect_sum(const char *path)
{
	struct answer answer =
	    client_call(path, &(struct ask){ .method = "GET",
	                                     .path = "/sum-squares",
	                                     .close = true });

	ck_assert_str_eq(answer.body.data,
	                 "{\"a\":5,\"b\":10,\"sum_of_squares\":125}");
}

static void
expect_end(void)
{
	ck_assert_int_eq(kill(server, SIGTERM), 0);
	ck_assert_exited(server, EXIT_SUCCESS);
	server = 0;
}

START_TEST(test_server_makes_its_directory_and_serves)
{
	launch(serve, NULL);
	await_log(" Ready. ");
	expect_sum("state/fast.sock");
	expect_sum("state/heavy.sock");
	expect_end();
	ck_assert_int_lt(access("state/fast.sock", F_OK), 0);
	ck_assert_int_lt(access("state/heavy.sock", F_OK), 0);
	ck_assert_int_eq(access("state", F_OK), 0);
}
END_TEST

START_TEST(test_sockets_have_a_directory_of_their_own)
{
	strcpy(program.config.sockets, "sockets");
	launch(serve, NULL);
	await_log(" Ready. ");
	expect_sum("sockets/fast.sock");
	ck_assert_int_lt(access("state/fast.sock", F_OK), 0);
	expect_end();
}
END_TEST

START_TEST(test_second_server_in_a_directory_is_refused)
{
	launch(serve, NULL);
	await_log(" Ready. ");
	ck_assert_int_eq(WEXITSTATUS(place_run(serve, NULL)), EXIT_FAILURE);
	ck_assert_ptr_nonnull(strstr(place_read("stderr").data,
	                             "Another server uses the directory."));
	expect_sum("state/fast.sock");
	expect_end();
}
END_TEST

/* Also where only its sockets are at the same place. */
START_TEST(test_second_server_takes_no_sockets_away)
{
	strcpy(program.config.sockets, "sockets");
	launch(serve, NULL);
	await_log(" Ready. ");
	strcpy(program.config.state, "other");
	ck_assert_int_eq(WEXITSTATUS(place_run(serve, NULL)), EXIT_FAILURE);
	expect_sum("sockets/fast.sock");
	expect_end();
}
END_TEST

/* What is left by one that was killed is no hindrance. */
START_TEST(test_server_starts_where_one_was_killed)
{
	launch(serve, NULL);
	await_log(" Ready. ");
	kill(server, SIGKILL);
	server_wait(server);
	ck_assert_int_eq(access("state/fast.sock", F_OK), 0);
	ck_assert_int_eq(unlink("log"), 0);
	launch(serve, NULL);
	await_log(" Ready. ");
	expect_sum("state/fast.sock");
	expect_end();
}
END_TEST

static const struct {
	const char *state, *sockets, *group, *words;
} faults[] = {
	{ "none/state", "", "", "Cannot make a directory. path=none/state" },
	{ "state", "none/sockets", "",
	  "Cannot make a directory. path=none/sockets" },
	{ "file", "", "", "/file/lock error" },
	{ "state", "file", "", "/file/lock error" },
	{ "state", "", "no-such-group", "There is no such group." },
};

START_TEST(test_fault_is_told)
{
	place_write("file", TEXT(""));
	strcpy(program.config.state, faults[_i].state);
	strcpy(program.config.sockets, *faults[_i].sockets == '\0'
	                                   ? faults[_i].state
	                                   : faults[_i].sockets);
	strcpy(program.config.socket_group, faults[_i].group);
	ck_assert_int_eq(WEXITSTATUS(place_run(serve, NULL)), EXIT_FAILURE);
	ck_assert_ptr_nonnull(
	    strstr(place_read("stderr").data, faults[_i].words));
	ck_assert_int_lt(access("state/fast.sock", F_OK), 0);
}
END_TEST

/* One pool, on a socket from elsewhere. */

static void
listen_on_0(int flags)
{
	struct sockaddr_un address = { AF_UNIX, "given" };
	int fd = socket(AF_UNIX, SOCK_STREAM | flags, 0);

	ck_assert_int_eq(
	    bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(fd, 10), 0);
	ck_assert_int_eq(dup2(fd, 0), 0);
	close(fd);
}

START_TEST(test_pool_serves_on_the_socket_given)
{
	listen_on_0(0);
	launch(serve_pool, (void *)(uintptr_t) "fast");
	await_log(" Ready. ");
	expect_sum("given");
	expect_end();
	ck_assert_int_eq(access("given", F_OK), 0);
}
END_TEST

START_TEST(test_pool_must_be_configured)
{
	ck_assert_int_eq(WEXITSTATUS(place_run(serve_pool,
	                                       (void *)(uintptr_t) "none")),
	                 EXIT_FAILURE);
	ck_assert_ptr_nonnull(strstr(place_read("stderr").data,
	                             "There is no such pool. pool=none"));
}
END_TEST

/* They need each other, and one scoreboard. */
static const char *const together[] = { "broker", "runner", "live" };

START_TEST(test_pool_of_jobs_does_not_run_alone)
{
	ck_assert_int_eq(
	    WEXITSTATUS(place_run(serve_pool,
	                          (void *)(uintptr_t)together[_i])),
	    EXIT_FAILURE);
	ck_assert_ptr_nonnull(strstr(place_read("stderr").data,
	                             "start it by `millrace serve`. pool="));
}
END_TEST

START_TEST(test_descriptor_0_must_listen)
{
	if (_i == 1)
		place_write("stdin", TEXT("x"));
	ck_assert_int_eq(WEXITSTATUS(place_run(serve_pool,
	                                       (void *)(uintptr_t) "fast")),
	                 EXIT_FAILURE);
	ck_assert_ptr_nonnull(
	    strstr(place_read("stderr").data,
	           "Descriptor 0 is not a listening socket"));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_checked_fixture(tc, load, unload);
	tcase_add_test(tc, test_server_makes_its_directory_and_serves);
	tcase_add_test(tc, test_sockets_have_a_directory_of_their_own);
	tcase_add_test(tc, test_second_server_in_a_directory_is_refused);
	tcase_add_test(tc, test_second_server_takes_no_sockets_away);
	tcase_add_test(tc, test_server_starts_where_one_was_killed);
	tcase_add_loop_test(tc, test_fault_is_told, 0, N(faults));
	tcase_add_test(tc, test_pool_serves_on_the_socket_given);
	tcase_add_test(tc, test_pool_must_be_configured);
	tcase_add_loop_test(tc, test_pool_of_jobs_does_not_run_alone, 0,
	                    N(together));
	tcase_add_loop_test(tc, test_descriptor_0_must_listen, 0, 2);
}

UNIT_MAIN("start", add_tests)
