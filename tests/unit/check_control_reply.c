/*
 * check_control_reply.c: query strings of pool control's paths, and what is wrong with
 * them.
 */
#include "fcgi/control/control_reply.h"

#include "asking.h"

static const struct {
	const char *path, *query;
	int status;
	const char *words;
} queries[] = {
	{ "/readyz", "verbose", 200, "\"checks\"" },
	{ "/readyz", "verbose=", 200, "\"checks\"" },
	{ "/readyz", "verbose=1", 200, "\"checks\"" },
	{ "/readyz", "verbose=true", 200, "\"checks\"" },
	{ "/readyz", "verbose=0", 200, "{\"status\":\"ready\"}" },
	{ "/readyz", "verbose=false", 200, "{\"status\":\"ready\"}" },
	{ "/readyz", "&", 200, "{\"status\":\"ready\"}" },
	{ "/readyz", "verbose=2", 422, "{\"loc\":[\"query\",\"verbose\"],"
	                               "\"type\":\"bool_parsing\"" },
	{ "/readyz", "verbos", 422, "\"ctx\":{\"nearest\":\"verbose\"}" },
	{ "/readyz", "verbose%00=1", 422, "extra_forbidden" },
	{ "/readyz", "x=1&y", 422, "{\"loc\":[\"query\",\"y\"],"
	                           "\"type\":\"extra_forbidden\"" },
	{ "/livez", "verbose", 422, "[\"query\",\"verbose\"]" },
	{ "/status", "full", 422, "[\"query\",\"full\"]" },
	{ "/metrics", "name[]=a", 422, "[\"query\",\"name[]\"]" },
	{ "/status", "%zz", 400, "\"offset\":0" },
	{ "/status", "\xff", 400, "urn:millrace:problem:syntax" },
};

START_TEST(test_query_is_read)
{
	ck_assert_has(ask("GET", queries[_i].path, queries[_i].query),
	              queries[_i].words);
	ck_assert_int_eq(reply.status, queries[_i].status);
	ck_assert_str_eq(header("Cache-Control"), "no-store");
}
END_TEST

START_TEST(test_long_detail_is_cut)
{
	struct control_reply answer = { .arena = arena };
	char words[2000];

	memset(words, 'x', sizeof(words) - 1);
	words[sizeof(words) - 1] = '\0';
	ck_assert_int_eq(control_reply_fail(&answer, MR_STORAGE, "%s", words),
	                 MR_STORAGE);
	ck_assert_uint_gt(strlen(answer.problem.detail), 100);
	ck_assert_uint_lt(strlen(answer.problem.detail), 1000);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, asking_setup, board_teardown);
	tcase_add_loop_test(tc, test_query_is_read, 0, N(queries));
	tcase_add_test(tc, test_long_detail_is_cut);
}

UNIT_MAIN("control_reply", add_tests)
