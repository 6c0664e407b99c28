/*
 * check_control.c: what each path answers to, and what it refuses.
 */
#include "fcgi/control/control.h"

#include "asking.h"

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

/* nginx passes what begins so, whatever the methods. */
START_TEST(test_jobs_are_places)
{
	bool restricted = true;

	ck_assert_str_eq(control_path(N(paths), &restricted), "/jobs");
	ck_assert(!restricted);
	ck_assert_str_eq(control_path(N(paths) + 1, &restricted), "/jobs/");
	ck_assert(!restricted);
	ck_assert_ptr_null(control_path(N(paths) + 2, &restricted));
}
END_TEST

#define ID "019dbb3e-5a4c-7c11-9e0c-6f2b8d9a1e57"

static const struct {
	const char *path, *allow; /* NULL: there is no such path */
} job_paths[] = {
	{ "/jobs", "GET, HEAD, OPTIONS" },
	{ "/jobs/" ID, "GET, HEAD, DELETE, OPTIONS" },
	{ "/jobs/" ID "/result", "GET, HEAD, OPTIONS" },
	{ "/jobs/", NULL },
	{ "/jobs//result", NULL },
	{ "/jobs/" ID "/", NULL },
	{ "/jobs/" ID "/results", NULL },
	{ "/jobs/" ID "/result/", NULL },
	{ "/jobs/" ID "/events", NULL }, /* nginx asks live for these */
	{ "/jobs/" ID "0", NULL },
	{ "/jobs/" ID ID ID, NULL },
	{ "/jobs/019DBB3E-5A4C-7C11-9E0C-6F2B8D9A1E57", NULL },
	{ "/jobs/019dbb3e", NULL },
	{ "/jobs/x/result", NULL },
	{ "/job", NULL },
	{ "/jobs2", NULL },
};

START_TEST(test_methods_of_jobs_are_told)
{
	const char *allow = job_paths[_i].allow;

	ask("OPTIONS", job_paths[_i].path, "");
	ck_assert_int_eq(reply.status, allow == NULL ? 404 : 204);
	ck_assert_str_eq(header("Allow"), allow == NULL ? "" : allow);
	ask("PUT", job_paths[_i].path, "");
	ck_assert_int_eq(reply.status, allow == NULL ? 404 : 405);
	ck_assert_str_eq(header("Allow"), allow == NULL ? "" : allow);
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

/* The same is told to nginx, for the methods that it refuses by itself. */
START_TEST(test_methods_are_mapped)
{
	static const char *const lines[] = {
		"\t\"~^/livez$\" \"GET, HEAD, OPTIONS\";\n",
		"\t\"~^/jobs$\" \"GET, HEAD, OPTIONS\";\n",
		"\t\"~^/jobs/[^/]+$\" \"GET, HEAD, DELETE, OPTIONS\";\n",
		"\t\"~^/jobs/[^/]+/result$\" \"GET, HEAD, OPTIONS\";\n",
	};
	struct mr_buffer text = { .arena = arena };

	control_map(&text);
	ck_assert_ptr_nonnull(mr_buffer_text(&text));
	for (size_t i = 0; i < N(lines); i++)
		ck_assert_uint_eq(count_of(text.data, lines[i]), 1);
	ck_assert_uint_eq(count_of(text.data, "\n"), N(paths) + 3);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, asking_setup, board_teardown);
	tcase_add_loop_test(tc, test_path_is_served, 0, N(paths));
	tcase_add_test(tc, test_jobs_are_places);
	tcase_add_loop_test(tc, test_methods_of_jobs_are_told, 0,
	                    N(job_paths));
	tcase_add_loop_test(tc, test_head_has_the_length, 0, N(paths));
	tcase_add_loop_test(tc, test_options_are_told, 0, N(paths));
	tcase_add_loop_test(tc, test_other_methods_are_refused, 0, N(paths));
	tcase_add_test(tc, test_other_paths_are_not_found);
	tcase_add_test(tc, test_methods_are_mapped);
	tcase_add_test(tc, test_want_of_memory_is_a_507);
}

UNIT_MAIN("control", add_tests)
