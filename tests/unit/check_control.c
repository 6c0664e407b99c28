/*
 * check_control.c: what each path answers to, refuses, and says of health.
 */
#include "fcgi/control.h"

#include "board.h"

static struct mr_reply reply;
static uint64_t ticks;

static uint64_t
tick(void *context, enum mr_phase phase)
{
	(void)context;
	(void)phase;
	return ++ticks;
}

static const char *
ask(const char *method, const char *path, const char *query)
{
	const struct mr_request request = {
		.method = method,
		.path = path,
		.query = TEXT(query),
		.body = BYTES(""),
		.request_id = "id-1",
		.enter = tick,
	};

	memset(&reply, 0xee, sizeof(reply));
	control_handle(&control, &request, &reply, arena);
	return mr_arena_copy(arena, reply.body.data, reply.body.length);
}

static const char *
header(const char *name)
{
	for (size_t i = 0; i < reply.header_count; i++)
		if (strcmp(reply.headers[i].name, name) == 0)
			return reply.headers[i].value;
	return "";
}

static void
begin(void)
{
	board_setup();
	board_pool("fast");
	board_pool("lazy")->manager = POOL_ONDEMAND;
	board_worker(0, POLICY_SERVING, false);
}

static const struct {
	const char *path, *type, *body;
	bool restricted;
} paths[] = {
	{ "/livez", "application/json", "{\"status\":\"ok\"}", false },
	{ "/readyz", "application/json", "{\"status\":\"ready\"}", false },
	{ "/status", "application/json", "{\"millrace\":{\"version\":\"1.2\"",
	  true },
	{ "/metrics", "text/plain; version=0.0.4; charset=utf-8",
	  "# HELP millrace_build_info ", true },
};

START_TEST(test_path_is_served)
{
	bool restricted;

	ck_assert_str_eq(control_path((size_t)_i, &restricted), paths[_i].path);
	ck_assert(restricted == paths[_i].restricted);
	ck_assert_int_eq(strncmp(ask("GET", paths[_i].path, ""), paths[_i].body,
	                         strlen(paths[_i].body)),
	                 0);
	ck_assert_int_eq(reply.status, 200);
	ck_assert_str_eq(reply.content_type, paths[_i].type);
	ck_assert(!reply.head);
	ck_assert_str_eq(header("Cache-Control"), "no-store");
	ck_assert_uint_ne(reply.entered[MR_PHASE_COMPUTE], 0);
	ck_assert_uint_gt(reply.entered[MR_PHASE_DONE],
	                  reply.entered[MR_PHASE_COMPUTE]);
}
END_TEST

START_TEST(test_paths_end)
{
	bool restricted;

	ck_assert_ptr_null(control_path(N(paths), &restricted));
}
END_TEST

START_TEST(test_head_has_the_length)
{
	ck_assert_uint_gt(strlen(ask("HEAD", paths[_i].path, "")), 10);
	ck_assert_int_eq(reply.status, 200);
	ck_assert(reply.head);
}
END_TEST

START_TEST(test_options_are_told)
{
	ask("OPTIONS", paths[_i].path, "");
	ck_assert_int_eq(reply.status, 204);
	ck_assert_ptr_null(reply.content_type);
	ck_assert_str_eq(header("Allow"), "GET, HEAD, OPTIONS");
	ck_assert_str_eq(header("Cache-Control"), "no-store");
}
END_TEST

START_TEST(test_other_methods_are_refused)
{
	const char *text = ask("POST", paths[_i].path, "");

	ck_assert_int_eq(reply.status, 405);
	ck_assert_str_eq(reply.content_type, MR_PROBLEM_TYPE);
	ck_assert_str_eq(header("Allow"), "GET, HEAD, OPTIONS");
	ck_assert_str_eq(header("Cache-Control"), "no-store");
	ck_assert_has(text, "\"type\":\"urn:millrace:problem:method\"");
	ck_assert_has(text, "\"request_id\":\"id-1\"");
	ck_assert_has(text, paths[_i].path);
}
END_TEST

START_TEST(test_other_paths_are_not_found)
{
	static const char *const others[] = { "/", "/livez/", "/live", "/Livez" };

	for (size_t i = 0; i < N(others); i++) {
		ck_assert_has(ask("GET", others[i], ""), "not-found");
		ck_assert_int_eq(reply.status, 404);
		ck_assert_str_eq(header("Cache-Control"), "no-store");
	}
}
END_TEST

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

START_TEST(test_want_of_memory_is_a_507)
{
	if (!CAN_STARVE)
		return;
	mr_arena_reset(arena);
	starve(true);
	for (int i = 0; i < 100; i++) {
		ask("GET", "/metrics", "");
		if (reply.status != 200)
			break;
	}
	starve(false);
	ck_assert_int_eq(reply.status, 507);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, board_teardown);
	tcase_add_loop_test(tc, test_path_is_served, 0, N(paths));
	tcase_add_test(tc, test_paths_end);
	tcase_add_loop_test(tc, test_head_has_the_length, 0, N(paths));
	tcase_add_loop_test(tc, test_options_are_told, 0, N(paths));
	tcase_add_loop_test(tc, test_other_methods_are_refused, 0, N(paths));
	tcase_add_test(tc, test_other_paths_are_not_found);
	tcase_add_loop_test(tc, test_query_is_read, 0, N(queries));
	tcase_add_loop_test(tc, test_readiness_is_told, 0, N(readiness));
	tcase_add_loop_test(tc, test_checks_are_told_either_way, 0,
	                    N(readiness));
	tcase_add_test(tc, test_want_of_memory_is_a_507);
}

UNIT_MAIN("control", add_tests)
