/*
 * check_order.c: which process an order goes to.
 */
#include "fcgi/command/order.h"

#include "place.h"

static struct program program;

static int
reopen(void *context)
{
	(void)context;
	program.arena = arena;
	snprintf(program.config.state, sizeof(program.config.state), "%s",
	         place);
	return order_reopen(&program);
}

/* Holds the lock, if it is to, until USR1; tells when it does. */
static pid_t
start_holder(bool holds)
{
	int told[2];
	char byte;
	pid_t child;

	ck_assert_int_eq(pipe(told), 0);
	child = fork();
	if (child == 0) {
		int fd = open("lock", O_RDWR | O_CREAT, 0644);
		sigset_t set;
		int signal;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		sigemptyset(&set);
		sigaddset(&set, SIGUSR1);
		sigprocmask(SIG_BLOCK, &set, NULL);
		if ((holds && lockf(fd, F_TLOCK, 0) != 0) ||
		    write(told[1], "", 1) != 1)
			_exit(2);
		_exit(sigwait(&set, &signal) == 0 && signal == SIGUSR1 ? 0 : 1);
	}
	ck_assert_int_eq(read(told[0], &byte, 1), 1);
	return child;
}

START_TEST(test_order_goes_to_who_holds_the_lock)
{
	pid_t child = start_holder(true);
	int status;

	ck_assert_int_eq(place_run(reopen, NULL), 0);
	ck_assert_uint_eq(place_read("stderr").length, 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(test_lock_that_nobody_holds_is_no_server)
{
	pid_t child = start_holder(false);

	ck_assert_int_ne(place_run(reopen, NULL), 0);
	ck_assert_ptr_nonnull(
	    strstr(place_read("stderr").data, "no server runs in "));
	ck_assert_int_eq(waitpid(child, NULL, WNOHANG), 0);
	kill(child, SIGKILL);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
}
END_TEST

START_TEST(test_state_without_a_lock_is_no_server)
{
	ck_assert_int_ne(place_run(reopen, NULL), 0);
	ck_assert_ptr_nonnull(
	    strstr(place_read("stderr").data, "no server runs in "));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_test(tc, test_order_goes_to_who_holds_the_lock);
	tcase_add_test(tc, test_lock_that_nobody_holds_is_no_server);
	tcase_add_test(tc, test_state_without_a_lock_is_no_server);
}

UNIT_MAIN("order", add_tests)
