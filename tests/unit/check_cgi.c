/*
 * check_cgi.c: one request in the environment and on standard input.
 */
#include "fcgi/command/cgi.h"

#include "place.h"
#include "unit.h"

#define VARIABLES 8

static int
answer(void *context)
{
	char *const *variables = context;
	static char *arguments[] = { "millrace", NULL };
	const struct options options = { .config = NULL };
	struct program program = { .arguments = arguments };
	int status;

	if (!load_program(&program, &options))
		return 9;
	/* Sanitizers reserve more than any limit. */
	for (size_t i = 0; i < program.config.pool_count; i++)
		program.config.pools[i].memory = 0;
	environ = (char **)(uintptr_t)variables;
	status = cgi_run(&program);
	load_free(&program);
	return status;
}

#define POST "REQUEST_METHOD=POST", "PATH_INFO=/process-numbers"
#define JSON "CONTENT_TYPE=application/json"

static const struct {
	const char *variables[VARIABLES];
	const char *input;
	const char *status, *words;
} requests[] = {
	{ { "REQUEST_METHOD=GET", "PATH_INFO=/sum-squares",
	    "QUERY_STRING=a=3&b=4" },
	  NULL, "200 OK", "\r\n\r\n{\"a\":3,\"b\":4,\"sum_of_squares\":25}" },
	{ { "REQUEST_METHOD=GET", "SCRIPT_NAME=/sum-squares",
	    "HTTP_X_REQUEST_ID=id-7" },
	  NULL, "200 OK", "\r\nX-Request-Id: id-7\r\n" },
	{ { POST, JSON, "CONTENT_LENGTH=26" }, "{\"numbers\":[1],\"rounds\":0}",
	  "200 OK", "\r\n\r\n{\"original_count\":1,\"processed_result\":[1]}" },
	/* What follows the body belongs to no one. */
	{ { POST, JSON, "CONTENT_LENGTH=26" },
	  "{\"numbers\":[1],\"rounds\":0}{}{}", "200 OK",
	  "\r\nContent-Length: 43\r\n" },
	{ { POST, JSON, "CONTENT_LENGTH=27" }, "{\"numbers\":[1],\"rounds\":0}",
	  "400 Malformed request", "\"instance\":\"/process-numbers\"" },
	{ { POST, JSON, "CONTENT_LENGTH=5" }, NULL,
	  "400 Malformed request", "did not arrive in full" },
	{ { POST, JSON }, "{}", "411 Length required", "\"status\":411" },
	{ { POST, JSON, "CONTENT_LENGTH=" }, "{}", "411 Length required", "" },
	{ { POST, JSON, "CONTENT_LENGTH=0" }, "{}", "400 Malformed request",
	  "\"offset\":0" },
	{ { POST, JSON, "CONTENT_LENGTH=x" }, "{}", "400 Malformed request",
	  "\"request_id\":\"" },
	{ { POST, JSON, "CONTENT_LENGTH=48000001" }, "{}",
	  "413 Body too large", "\"status\":413" },
	{ { POST, "CONTENT_LENGTH=2", "CONTENT_TYPE=text/plain" }, "{}",
	  "415 Unsupported media type", "" },
	{ { "REQUEST_METHOD=GET", "PATH_INFO=/process-numbers" }, NULL,
	  "405 Method not allowed", "\r\nAllow: POST, OPTIONS\r\n" },
	{ { "REQUEST_METHOD=OPTIONS", "PATH_INFO=/process-numbers" }, NULL,
	  "204 No Content", "\r\nAllow: POST, OPTIONS\r\n" },
	{ { "REQUEST_METHOD=GET", "PATH_INFO=/a b" }, NULL,
	  "404 Not found", "\"instance\":\"/a%20b\"" },
	{ { "REQUEST_METHOD=GET", "PATH_INFO=/sum-squares",
	    "HTTP_ACCEPT=text/html" },
	  NULL, "406 No acceptable representation", "" },
	{ { NULL }, NULL, "404 Not found", "" },
};

START_TEST(test_request_is_answered)
{
	char expected[100];
	const char *out;

	if (requests[_i].input != NULL)
		place_write("stdin", TEXT(requests[_i].input));
	ck_assert_int_eq(
	    place_run(answer, (void *)(uintptr_t)requests[_i].variables), 0);
	out = place_read("stdout").data;
	snprintf(expected, sizeof(expected), "Status: %s\r\n",
	         requests[_i].status);
	ck_assert_msg(strncmp(out, expected, strlen(expected)) == 0, "%s", out);
	ck_assert_msg(strstr(out, requests[_i].words) != NULL, "%s", out);
	ck_assert_str_eq(place_read("stderr").data, "");
}
END_TEST

START_TEST(test_head_has_the_header_alone)
{
	static const char *const variables[] = { "REQUEST_METHOD=HEAD",
		                                 "PATH_INFO=/sum-squares",
		                                 NULL };
	struct mr_string out;

	ck_assert_int_eq(place_run(answer, (void *)(uintptr_t)variables), 0);
	out = place_read("stdout");
	ck_assert_ptr_nonnull(strstr(out.data, "\r\nContent-Length: 35\r\n"));
	ck_assert_str_eq(out.data + out.length - 4, "\r\n\r\n");
}
END_TEST

static int
answer_no_one(void *variables)
{
	int full = open("/dev/full", O_WRONLY);

	dup2(full, STDOUT_FILENO);
	return answer(variables);
}

START_TEST(test_output_that_fails_is_an_error)
{
	static const char *const variables[] = { "REQUEST_METHOD=GET",
		                                 "PATH_INFO=/sum-squares",
		                                 NULL };

	ck_assert_int_eq(WEXITSTATUS(place_run(answer_no_one,
	                                       (void *)(uintptr_t)variables)),
	                 EXIT_FAILURE);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_loop_test(tc, test_request_is_answered, 0, N(requests));
	tcase_add_test(tc, test_head_has_the_header_alone);
	tcase_add_test(tc, test_output_that_fails_is_an_error);
}

UNIT_MAIN("cgi", add_tests)
