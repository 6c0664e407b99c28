/*
 * check_site_problems.c: a document for whatever nginx may have to say.
 */
#include "fcgi/site/site_problems.h"

#include "site.h"

static void
pages(struct program *ignored, struct mr_buffer *text)
{
	(void)ignored;
	site_problem_pages("\t", text);
}

/* What nginx may say by itself, and as what. */
static const struct {
	int status, answer;
} problems[] = {
	{ 400, 400 }, { 403, 403 }, { 404, 404 }, { 405, 405 }, { 408, 408 },
	{ 411, 411 }, { 413, 413 }, { 414, 414 }, { 416, 416 }, { 421, 421 },
	{ 429, 429 }, { 494, 431 }, { 500, 500 }, { 501, 501 }, { 502, 502 },
	{ 503, 503 }, { 504, 504 }, { 505, 505 },
};

START_TEST(test_problem_has_a_document)
{
	char text[100];
	const char *document;

	snprintf(text, sizeof(text), "location = /_millrace/%d {",
	         problems[_i].status);
	document = block(site_problem_locations, text);
	ck_assert_has(document, "\tinternal;\n");
	ck_assert_has(document, "default_type application/problem+json;");
	ck_assert_has(document, "add_header X-Request-Id "
	                        "$millrace_request_id always;");
	snprintf(text, sizeof(text), "\treturn %d '{\"type\":\"urn:millrace:",
	         problems[_i].answer);
	ck_assert_has(document, text);
	snprintf(text, sizeof(text), "\"status\":%d,", problems[_i].answer);
	ck_assert_has(document, text);
	ck_assert_has(document, "\"request_id\":\"$millrace_request_id\"");
	ck_assert_has(document, "\"instance\":\"$millrace_instance\"");
	ck_assert((strstr(document, "Allow $millrace_allow") != NULL) ==
	          (problems[_i].status == 405));
	ck_assert((strstr(document, "Retry-After 1 always") != NULL) ==
	          (problems[_i].status == 503));
}
END_TEST

START_TEST(test_errors_lead_to_every_document)
{
	const char *text = text_of(pages);
	char status[8];

	ck_assert_has(text, "\n\terror_page 400 ");
	ck_assert_has(text, " /_millrace/$status;\n");
	for (size_t i = 0; i < N(problems); i++) {
		snprintf(status, sizeof(status), " %d ", problems[i].status);
		ck_assert_has(text, status);
	}
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_checked_fixture(tc, site_load, site_unload);
	tcase_add_loop_test(tc, test_problem_has_a_document, 0, N(problems));
	tcase_add_test(tc, test_errors_lead_to_every_document);
}

UNIT_MAIN("site_problems", add_tests)
