/*
 * check_invoke.c: calls from the command line: the result, or the problem.
 */
#include "fcgi/command/invoke.h"

#include "place.h"
#include "unit.h"

#define ARGUMENTS 6

static int
invoke(void *context)
{
	char *const *arguments = context;
	const struct options options = { .config = NULL };
	struct program program;
	size_t count = 0;
	int status;

	while (arguments[count] != NULL)
		count++;
	if (!load_program(&program, &options))
		return 9;
	status = invoke_run(&program, arguments, count);
	load_free(&program);
	return status;
}

static const struct {
	const char *arguments[ARGUMENTS];
	const char *input;
	int status;
	const char *out, *err; /* err: words of it */
} calls[] = {
	{ { "/sum-squares" }, NULL, 0,
	  "{\"a\":5,\"b\":10,\"sum_of_squares\":125}\n", "" },
	{ { "/sum-squares", "a=3", "b=-4" }, NULL, 0,
	  "{\"a\":3,\"b\":-4,\"sum_of_squares\":25}\n", "" },
	{ { "/process-numbers", "numbers=[7,8]", "rounds=0" }, NULL, 0,
	  "{\"original_count\":2,\"processed_result\":[7,8]}\n", "" },
	{ { "/process-numbers", "rounds=0", "numbers=[]" }, NULL, 0,
	  "{\"original_count\":0,\"processed_result\":[]}\n", "" },
	{ { "/process-numbers", "-" }, "{\"numbers\":[1],\"rounds\":0}", 0,
	  "{\"original_count\":1,\"processed_result\":[1]}\n", "" },
	{ { "/process-numbers", "-" }, "", 1, "", "\"status\":400" },
	{ { "/process-numbers", "-" }, "{\"numbers\":[1.5]}", 1, "",
	  "\"status\":422" },
	{ { "/process-numbers" }, NULL, 1, "", "\"status\":422" },
	{ { "/process-numbers", "numbers=[1" }, NULL, 1, "",
	  "\"type\":\"list_type\"" },
	{ { "/process-numbers", "numbers=" }, NULL, 1, "",
	  "\"type\":\"list_type\"" },
	{ { "/process-numbers", "numbers=[1]", "rouns=1" }, NULL, 1, "",
	  "rounds" },
	{ { "/process-numbers", "numbers=[1]", "numbers=[2]" }, NULL, 1, "",
	  "\"status\":4" },
	{ { "/process-numbers", "numbers" }, NULL, 1, "",
	  "millrace: 'numbers' is not NAME=VALUE\n" },
	{ { "/process-numbers", "" }, NULL, 1, "", "is not NAME=VALUE" },
	{ { "/sum-squares", "a=x" }, NULL, 1, "", "\"status\":422" },
	{ { "/sum-squares", "a=3&b=4" }, NULL, 1, "", "\"status\":422" },
	{ { "/sum-squares", "a=9223372036854775807" }, NULL, 1, "",
	  "The sum of squares is larger" },
	{ { "/sum-square" }, NULL, 1, "",
	  "millrace: no endpoint has the path /sum-square; did you mean "
	  "/sum-squares?\n" },
	{ { "/xyzzy" }, NULL, 1, "",
	  "millrace: no endpoint has the path /xyzzy\n" },
};

START_TEST(test_call_prints_its_result_or_problem)
{
	int status;

	if (calls[_i].input != NULL)
		place_write("stdin", TEXT(calls[_i].input));
	status = place_run(invoke, (void *)(uintptr_t)calls[_i].arguments);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), calls[_i].status);
	ck_assert_str_eq(place_read("stdout").data, calls[_i].out);
	ck_assert_msg(strstr(place_read("stderr").data, calls[_i].err) != NULL,
	              "%s", place_read("stderr").data);
	if (calls[_i].status == 0)
		ck_assert_str_eq(place_read("stderr").data, "");
}
END_TEST

/* More on standard input than one read takes. */
START_TEST(test_long_input_is_read_whole)
{
	static const char *const arguments[] = { "/process-numbers", "-",
		                                 NULL };
	struct mr_buffer text = { .arena = arena };

	mr_buffer_puts(&text, "{\"rounds\":0,\"numbers\":[0");
	for (int i = 1; i < 50000; i++)
		mr_buffer_printf(&text, ",%d", i);
	mr_buffer_puts(&text, "]}");
	place_write("stdin", (struct mr_string){ text.data, text.length });
	ck_assert_int_eq(place_run(invoke, (void *)(uintptr_t)arguments), 0);
	ck_assert_ptr_nonnull(
	    strstr(place_read("stdout").data, "\"original_count\":50000"));
	ck_assert_ptr_nonnull(strstr(place_read("stdout").data, ",49999]"));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_loop_test(tc, test_call_prints_its_result_or_problem, 0,
	                    N(calls));
	tcase_add_test(tc, test_long_input_is_read_whole);
}

UNIT_MAIN("invoke", add_tests)
