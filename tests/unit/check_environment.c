/*
 * check_environment.c: which variables count, and what follows from them.
 */
#include "fcgi/worker/environment.h"

#include "unit.h"

#include <regex.h>
#include <stdio.h>

static struct environment environment;
static struct mr_request request;
static char id[REQUEST_ID_LENGTH + 1];

static void
read_all(const char *const *variables)
{
	environment_read(&environment, (char *const *)(uintptr_t)variables);
	environment_describe(&environment, id, &request);
}

START_TEST(test_variables_are_read)
{
	static const char *const variables[] = {
		"FCGI_ROLE=RESPONDER",
		"REQUEST_METHOD=POST",
		"SCRIPT_NAME=/script",
		"PATH_INFO=/path",
		"QUERY_STRING=a=1&b=2",
		"CONTENT_TYPE=application/json",
		"CONTENT_LENGTH=12",
		"HTTP_ACCEPT=text/html",
		"HTTP_X_REQUEST_ID=id-1",
		"HTTP_PREFER=respond-async",
		"HTTP_PRIORITY=u=1",
		"HTTP_IDEMPOTENCY_KEY=key",
		"HTTP_JOB_RUN_AT=time",
		"HTTP_JOB_ATTEMPTS=2",
		"MILLRACE_ARRIVAL=1.5",
		NULL,
	};

	read_all(variables);
	ck_assert_str_eq(request.method, "POST");
	ck_assert_str_eq(request.path, "/path");
	ck_assert_str_eq(request.query.data, "a=1&b=2");
	ck_assert_uint_eq(request.query.length, 7);
	ck_assert_str_eq(request.content_type, "application/json");
	ck_assert_str_eq(request.accept, "text/html");
	ck_assert_str_eq(request.request_id, "id-1");
	ck_assert_ptr_eq(request.request_id, id);
	ck_assert_str_eq(request.prefer, "respond-async");
	ck_assert_str_eq(request.priority, "u=1");
	ck_assert_str_eq(request.idempotency_key, "key");
	ck_assert_str_eq(request.job_run_at, "time");
	ck_assert_str_eq(request.job_attempts, "2");
	ck_assert_uint_eq(request.body.length, 0);
	ck_assert_str_eq(environment.script_name, "/script");
	ck_assert_str_eq(environment.content_length, "12");
	ck_assert_str_eq(environment.arrival, "1.5");
}
END_TEST

/* Names that are not quite those. */
static const char *const strangers[] = {
	"",
	"=",
	"=POST",
	"REQUEST_METHOD",
	"REQUEST_METHO=POST",
	"REQUEST_METHODS=POST",
	"request_method=POST",
	" REQUEST_METHOD=POST",
	"REQUEST_METHOD =POST",
	"HTTP_REQUEST_METHOD=POST",
	"X=REQUEST_METHOD=POST",
};

START_TEST(test_absent_variables_are_empty)
{
	const char *const variables[] = { strangers[_i], NULL };

	read_all(variables);
	ck_assert_str_eq(request.method, "");
	ck_assert_str_eq(request.path, "");
	ck_assert_str_eq(request.query.data, "");
	ck_assert_ptr_null(request.content_type);
	ck_assert_ptr_null(request.accept);
	ck_assert_ptr_null(request.prefer);
	ck_assert_ptr_null(request.priority);
	ck_assert_ptr_null(request.idempotency_key);
	ck_assert_ptr_null(request.job_run_at);
	ck_assert_ptr_null(request.job_attempts);
	ck_assert_ptr_null(environment.request_id);
	ck_assert_str_eq(environment.content_length, "");
	ck_assert_str_eq(environment.arrival, "");
}
END_TEST

START_TEST(test_no_variables_at_all)
{
	static const char *const variables[] = { NULL };

	read_all(variables);
	ck_assert_str_eq(request.method, "");
	ck_assert(request_id_is_plain(id));
}
END_TEST

static const struct {
	const char *path_info, *script_name, *path;
} paths[] = {
	{ "PATH_INFO=/a", "SCRIPT_NAME=/b", "/a" },
	{ "PATH_INFO=", "SCRIPT_NAME=/b", "/b" },
	{ "X=", "SCRIPT_NAME=/b", "/b" },
	{ "PATH_INFO=/a", "X=", "/a" },
	{ "PATH_INFO=", "SCRIPT_NAME=", "" },
};

START_TEST(test_path_is_the_first_that_is_given)
{
	const char *const variables[] = { paths[_i].script_name,
		                          paths[_i].path_info, NULL };

	read_all(variables);
	ck_assert_str_eq(request.path, paths[_i].path);
}
END_TEST

START_TEST(test_empty_content_type_is_absent)
{
	static const char *const variables[] = { "CONTENT_TYPE=", NULL };

	read_all(variables);
	ck_assert_ptr_null(request.content_type);
}
END_TEST

/* Bodies that are announced, where 1000 bytes are the most. */
static const struct {
	const char *text;
	enum mr_err err;
	size_t length;
} lengths[] = {
	{ "", MR_OK, 0 },
	{ "0", MR_OK, 0 },
	{ "1", MR_OK, 1 },
	{ "007", MR_OK, 7 },
	{ "999", MR_OK, 999 },
	{ "1000", MR_OK, 1000 },
	{ "1001", MR_BODY_TOO_LARGE, 0 },
	{ "4294967296", MR_BODY_TOO_LARGE, 0 },
	{ "18446744073709551615", MR_BODY_TOO_LARGE, 0 },
	{ "18446744073709551616", MR_BODY_TOO_LARGE, 0 },
	{ "18446744073709551617", MR_BODY_TOO_LARGE, 0 },
	{ "184467440737095516170", MR_BODY_TOO_LARGE, 0 },
	{ "99999999999999999999999999999999", MR_BODY_TOO_LARGE, 0 },
	{ "99999999999999999999999999999999x", MR_SYNTAX, 0 },
	{ "-1", MR_SYNTAX, 0 },
	{ "+1", MR_SYNTAX, 0 },
	{ " 1", MR_SYNTAX, 0 },
	{ "1 ", MR_SYNTAX, 0 },
	{ "1,1", MR_SYNTAX, 0 },
	{ "1.0", MR_SYNTAX, 0 },
	{ "0x10", MR_SYNTAX, 0 },
	{ "1e3", MR_SYNTAX, 0 },
	{ "ten", MR_SYNTAX, 0 },
};

START_TEST(test_body_is_admitted_or_refused)
{
	struct mr_problem problem = { .err = MR_OK };

	environment = (struct environment){ .content_length =
		                                lengths[_i].text };
	request = (struct mr_request){ .body = { "", 0 } };
	ck_assert(environment_admit(&environment, 1000, &request, &problem) ==
	          (lengths[_i].err == MR_OK));
	ck_assert_int_eq(problem.err, lengths[_i].err);
	ck_assert(request.has_length == (*lengths[_i].text != '\0'));
	ck_assert_uint_eq(request.body.length, lengths[_i].length);
	if (problem.err != MR_OK)
		ck_assert_uint_gt(strlen(problem.detail), 0);
}
END_TEST

/* Ids. */

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
	const char *id;
	bool plain;
} ids[] = {
	{ "a", true },
	{ "0", true },
	{ "-", true },
	{ "AZaz09._-", true },
	{ "4bf92f3577b34da6a3ce929d0e0e4736", true },
	{ A64 A64, true },
	{ A64 A64 "a", false },
	{ "", false },
	{ "a b", false },
	{ "a\n", false },
	{ "a\r\nX: y", false },
	{ "a\"b", false },
	{ "<id>", false },
	{ "a/b", false },
	{ "a,b", false },
	{ "a%20", false },
	{ "\x80", false },
	{ "\xC3\xA4", false },
	{ "a\x7F", false },
};

START_TEST(test_id_is_taken_if_plain_or_made)
{
	char variable[200];
	const char *const variables[] = { variable, NULL };

	snprintf(variable, sizeof(variable), "HTTP_X_REQUEST_ID=%s",
	         ids[_i].id);
	read_all(variables);
	ck_assert(request_id_is_plain(ids[_i].id) == ids[_i].plain);
	ck_assert(request_id_is_plain(id));
	if (ids[_i].plain)
		ck_assert_str_eq(id, ids[_i].id);
	else
		ck_assert_uint_eq(strlen(id), 32);
}
END_TEST

START_TEST(test_pattern_and_function_agree)
{
	regex_t pattern;

	ck_assert_int_eq(regcomp(&pattern, "^" REQUEST_ID_PATTERN "$",
	                         REG_EXTENDED | REG_NOSUB),
	                 0);
	ck_assert((regexec(&pattern, ids[_i].id, 0, NULL, 0) == 0) ==
	          ids[_i].plain);
	regfree(&pattern);
}
END_TEST

START_TEST(test_every_byte_is_plain_or_not_by_the_pattern)
{
	const char text[] = { (char)_i, '\0' };
	bool plain = strchr("abcdefghijklmnopqrstuvwxyz"
	                    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-",
	                    _i) != NULL;

	ck_assert(request_id_is_plain(text) == plain);
}
END_TEST

START_TEST(test_made_ids_differ)
{
	static const char *const variables[] = { NULL };
	char before[REQUEST_ID_LENGTH + 1] = "";

	for (int i = 0; i < 100; i++) {
		read_all(variables);
		ck_assert_str_ne(before, id);
		ck_assert_uint_eq(strspn(id, "0123456789abcdef"), 32);
		strcpy(before, id);
	}
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_variables_are_read);
	tcase_add_loop_test(tc, test_absent_variables_are_empty, 0,
	                    N(strangers));
	tcase_add_test(tc, test_no_variables_at_all);
	tcase_add_loop_test(tc, test_path_is_the_first_that_is_given, 0,
	                    N(paths));
	tcase_add_test(tc, test_empty_content_type_is_absent);
	tcase_add_loop_test(tc, test_body_is_admitted_or_refused, 0,
	                    N(lengths));
	tcase_add_loop_test(tc, test_id_is_taken_if_plain_or_made, 0, N(ids));
	tcase_add_loop_test(tc, test_pattern_and_function_agree, 0, N(ids));
	tcase_add_loop_test(tc, test_every_byte_is_plain_or_not_by_the_pattern,
	                    1, 256);
	tcase_add_test(tc, test_made_ids_differ);
}

UNIT_MAIN("environment", add_tests)
