/*
 * check_health.c: what is said of a server that is ready, and of one that is
 * not.
 */
#include "fcgi/control/health.h"

#include "asking.h"

/* Readiness: the worker of the pool that must have one, and what is said. */
static const struct {
	enum policy_state state;
	bool draining, configured;
	const char *detail; /* NULL: ready */
} readiness[] = {
	{ POLICY_SERVING, false, false, NULL },
	{ POLICY_SPENT, false, false, NULL },
	{ POLICY_STARTING, false, false,
	  "Pool fast has no worker that serves" },
	{ POLICY_CONDEMNED, false, false, NULL },
	{ POLICY_DRAINING, false, false,
	  "Pool fast has no worker that serves" },
	{ POLICY_SERVING, true, false, "The server is about to stop" },
	/* The ledger has no row for it yet. */
	{ POLICY_SERVING, false, true, "Pool new has no worker that serves" },
};

static void
make_ready(int i)
{
	board->scores[0].state = readiness[i].state;
	board->draining = readiness[i].draining;
	if (readiness[i].configured)
		strcpy(config.pools[config.pool_count++].name, "new");
}

START_TEST(test_readiness_is_told)
{
	const char *text, *detail = readiness[_i].detail;

	make_ready(_i);
	text = ask("GET", "/readyz", "");
	ck_assert_int_eq(reply.status, detail == NULL ? 200 : 503);
	ck_assert_has_not(text, "checks");
	ck_assert_str_eq(header("Retry-After"),
	                 detail == NULL ? "" : MR_RETRY_AFTER);
	if (detail != NULL) {
		ck_assert_has(text, detail);
		ck_assert_str_eq(reply.content_type, MR_PROBLEM_TYPE);
	}
	ck_assert_has(ask("GET", "/livez", ""), "{\"status\":\"ok\"}");
}
END_TEST

START_TEST(test_checks_are_told_either_way)
{
	const char *text, *detail = readiness[_i].detail;

	make_ready(_i);
	text = ask("GET", "/readyz", "verbose");
	ck_assert_int_eq(reply.status, detail == NULL ? 200 : 503);
	ck_assert_has(text, readiness[_i].draining
	                        ? "{\"check\":\"not draining\",\"ready\":false}"
	                        : "{\"check\":\"not draining\",\"ready\":true}");
	ck_assert_has(text, detail != NULL && strncmp(detail, "Pool f", 6) == 0
	                        ? "{\"check\":\"pool fast\",\"ready\":false}"
	                        : "{\"check\":\"pool fast\",\"ready\":true}");
	ck_assert_has(text, "{\"check\":\"pool lazy\",\"ready\":true}");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, asking_setup, board_teardown);
	tcase_add_loop_test(tc, test_readiness_is_told, 0, N(readiness));
	tcase_add_loop_test(tc, test_checks_are_told_either_way, 0,
	                    N(readiness));
}

UNIT_MAIN("health", add_tests)
