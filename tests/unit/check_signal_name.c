/*
 * check_signal_name.c: signals with and without a name.
 */
#include "base/signal_name.h"

#include "unit.h"

#include <limits.h>
#include <signal.h>

static const struct {
	int signal;
	const char *name;
} signals[] = {
	{ SIGSEGV, "SIGSEGV" }, { SIGKILL, "SIGKILL" }, { 0, "0" },
	{ 40, "40" },           { INT_MAX, "2147483647" },
	{ INT_MIN, "-2147483648" },
};

START_TEST(test_signal_has_a_name_or_its_number)
{
	char name[MR_SIGNAL_NAME];

	mr_signal_name(signals[_i].signal, name);
	ck_assert_str_eq(name, signals[_i].name);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_signal_has_a_name_or_its_number, 0,
	                    N(signals));
}

UNIT_MAIN("signal_name", add_tests)
