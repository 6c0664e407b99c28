/*
 * check_waits.c: GET / and GET /resource/: the very answers of the program that
 * they take the place of, to be delivered a second later.
 */
#include "builtin.h"

static const struct {
	const char *path, *query, *body;
} answers[] = {
	{ "/", "", "{\"message\":\"Hello World\"}" },
	{ "/resource/", "key=blue", "{\"resource\":\"Resource blue\"}" },
	{ "/resource/", "key=", "{\"resource\":\"Resource \"}" },
	{ "/resource/", "key=%C3%A9%22+%E2%82%AC",
	  "{\"resource\":\"Resource \xC3\xA9\\\" \xE2\x82\xAC\"}" },
};

START_TEST(test_answer_is_parked_for_a_second)
{
	struct mr_request request =
	    builtin_request("GET", answers[_i].path, answers[_i].query);
	struct mr_reply reply = builtin_call(&request);

	ck_assert_int_eq(reply.status, 200);
	ck_assert_pstr_eq(builtin_text(&reply), answers[_i].body);
	ck_assert_double_eq(reply.park, 1);
}
END_TEST

/* Characters that are longest in UTF-8, and in JSON. */
static const char *const characters[] = { "%F0%9F%98%80", "%01", "%22" };

START_TEST(test_longest_key_can_be_parked)
{
	struct mr_buffer query = { .arena = arena };
	struct mr_request request;
	struct mr_reply reply;

	mr_buffer_puts(&query, "key=");
	for (int i = 0; i < 256; i++)
		mr_buffer_puts(&query, characters[_i]);
	request = builtin_request("GET", "/resource/", mr_buffer_text(&query));
	reply = builtin_call(&request);
	ck_assert_int_eq(reply.status, 200);
	ck_assert_double_eq(reply.park, 1);
	mr_buffer_puts(&query, characters[_i]);
	request = builtin_request("GET", "/resource/", mr_buffer_text(&query));
	reply = builtin_call(&request);
	ck_assert_int_eq(reply.status, 422);
	ck_assert_double_eq(reply.park, 0);
}
END_TEST

START_TEST(test_key_must_be_given)
{
	struct mr_request request = builtin_request("GET", "/resource/", "");
	struct mr_reply reply = builtin_call(&request);

	ck_assert_int_eq(reply.status, 422);
	ck_assert_has(builtin_text(&reply), "[\"query\",\"key\"]");
	ck_assert_double_eq(reply.park, 0);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, builtin_setup, builtin_teardown);
	tcase_add_loop_test(tc, test_answer_is_parked_for_a_second, 0,
	                    N(answers));
	tcase_add_loop_test(tc, test_longest_key_can_be_parked, 0,
	                    N(characters));
	tcase_add_test(tc, test_key_must_be_given);
}

UNIT_MAIN("waits", add_tests)
