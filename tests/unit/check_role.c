/*
 * check_role.c: which pools are not for endpoints, and what those do.
 */
#include "fcgi/master/role.h"

#include "fcgi/broker/broker.h"
#include "fcgi/live/live.h"
#include "fcgi/runner/runner.h"
#include "unit.h"

static const struct {
	const char *pool;
	worker_main *main;
	bool endpoints, deaf, alone;
	size_t stage, longer;
} rows[] = {
	{ "fast", worker_serve, true, false, false, 0, 0 },
	{ "mine", worker_serve, true, false, false, 0, 0 },
	{ "", worker_serve, true, false, false, 0, 0 },
	{ "control", worker_serve, false, false, false, 2, 0 },
	{ "submit", worker_serve, false, false, false, 0, 0 },
	{ "broker", broker_run, false, false, true, 2, 0 },
	{ "runner", runner_run, false, true, false, 0, 1 },
	{ "live", live_run, false, false, false, 1, 0 },
};

START_TEST(test_role_follows_from_the_name)
{
	const struct role *role = role_of(rows[_i].pool);

	ck_assert(role->main == rows[_i].main);
	ck_assert_int_eq(role->purpose == NULL, rows[_i].endpoints);
	ck_assert_int_eq(role->deaf, rows[_i].deaf);
	ck_assert_uint_eq(role->stage, rows[_i].stage);
	ck_assert_uint_eq(role->longer, rows[_i].longer);
	ck_assert_int_eq(role->alone, rows[_i].alone);
	ck_assert_int_eq(role_speaks_fastcgi(rows[_i].pool),
	                 rows[_i].main == worker_serve);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_role_follows_from_the_name, 0, N(rows));
}

UNIT_MAIN("role", add_tests)
