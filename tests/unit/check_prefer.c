/*
 * check_prefer.c: Prefer headers.
 */
#include "api/prefer.h"

#include "unit.h"

#define NO_WAIT -1

static const struct {
	const char *prefer;
	bool respond_async;
	int64_t wait;
} rows[] = {
	{ NULL, false, NO_WAIT },
	{ "", false, NO_WAIT },
	{ " , ,", false, NO_WAIT },
	{ "respond-async", true, NO_WAIT },
	{ "Respond-ASYNC", true, NO_WAIT },
	{ " \trespond-async ", true, NO_WAIT },
	{ "respond-async; x=1", true, NO_WAIT },
	{ "respond-async;x=\"a,b;c\"", true, NO_WAIT },
	{ "respond-async;", true, NO_WAIT },
	{ "respond-async=\"\"", true, NO_WAIT },
	{ "respond-async=no", false, NO_WAIT },
	{ "respond-async x", false, NO_WAIT },
	{ "respond-async, wait=10", true, 10 },
	{ "wait=10,respond-async", true, 10 },
	{ "return=minimal, , wait = 10 ; x", false, 10 },
	{ "WAIT=\"10\"", false, 10 },
	{ "wait=0", false, 0 },
	{ "wait=007", false, 7 },
	{ "wait=2147483647", false, INT32_MAX },
	{ "wait=2147483648", false, INT32_MAX },
	{ "wait=99999999999999999999999999", false, INT32_MAX },
	/* The first holds, but what is malformed is not there. */
	{ "wait=1, wait=2", false, 1 },
	{ "wait=x, wait=2", false, 2 },
	{ "wait, wait=2", false, 2 },
	{ "wait=, wait=2", false, 2 },
	{ "wait=1;=, wait=2", false, 2 },
	{ "wait=-1", false, NO_WAIT },
	{ "wait=1.5", false, NO_WAIT },
	{ "wait=\"1", false, NO_WAIT },
	{ "wait=1\"", false, NO_WAIT },
	{ "wait=\"1\"\"2\"", false, NO_WAIT },
	{ "wait=\"\\\"", false, NO_WAIT },
	{ "wait=\"\\1\"", false, NO_WAIT },
	{ "wait==1", false, NO_WAIT },
	{ "wait=1 2", false, NO_WAIT },
	{ "waits=1", false, NO_WAIT },
	{ "x=\"respond-async, wait=1\"", false, NO_WAIT },
	{ "x=\"\\\", respond-async\", wait=3", false, 3 },
	{ "\"respond-async\"", false, NO_WAIT },
	{ "r\xC3\xA9spond-async, wait=3", false, 3 },
};

START_TEST(test_prefer_is_read)
{
	struct mr_prefer read = mr_prefer_read(rows[_i].prefer);

	ck_assert_int_eq(read.respond_async, rows[_i].respond_async);
	ck_assert_int_eq(read.has_wait, rows[_i].wait != NO_WAIT);
	if (read.has_wait)
		ck_assert_int_eq(read.wait, rows[_i].wait);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_prefer_is_read, 0, N(rows));
}

UNIT_MAIN("prefer", add_tests)
