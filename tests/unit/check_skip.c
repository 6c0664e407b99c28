/*
 * check_skip.c: values that are read only to see that they are well-formed.
 */
#include "schema/skip.h"

#include "unit.h"

#include <string.h>

#define GOOD ((size_t)-1)

static const struct {
	const char *text;
	size_t offset; /* of the error, or GOOD */
} cases[] = {
	{ "null", GOOD },
	{ "[1,[true,false],{\"a\":{}}]", GOOD },
	{ "{\"a\":{\"a\":{\"a\":1}}}", GOOD },
	{ "[{\"a\":1},{\"a\":2}]", GOOD },
	{ "{\"a\":{\"b\":1},\"b\":{\"a\":1}}", GOOD },
	{ "{\"a\":1,\"a\":2}", 7 },
	{ "{\"a\":1,\"\\u0061\":2}", 7 },
	{ "{\"x\":{\"a\":1,\"b\":2,\"a\":3}}", 18 },
	{ "{\"a\":{\"b\":1},\"c\":2,\"a\":3}", 19 },
	{ "[1,]", 3 },
	{ "{\"a\":}", 5 },
	{ "nul", 0 },
	{ "", 0 },
};

START_TEST(test_value_is_stepped_over_or_refused_at_a_byte)
{
	struct mr_string text = { cases[_i].text, strlen(cases[_i].text) };
	struct mr_json json;

	mr_json_start(&json, text, arena);
	mr_json_skip(&json);
	ck_assert_int_eq(mr_json_finish(&json), cases[_i].offset == GOOD);
	if (cases[_i].offset != GOOD)
		ck_assert_uint_eq(json.offset, cases[_i].offset);
}
END_TEST

/* Objects side by side need no more memory for keys than one of them. */
START_TEST(test_keys_of_closed_objects_are_forgotten)
{
	const size_t count = 10000;
	char *text = mr_arena_alloc(arena, 9 * count + 2);
	struct mr_json json;

	text[0] = '[';
	for (size_t i = 0; i < count; i++)
		memcpy(text + 1 + 9 * i, "{\"ab\":0},", 9);
	text[9 * count] = ']';
	mr_json_start(&json, (struct mr_string){ text, 9 * count + 1 }, arena);
	ck_assert(mr_json_skip(&json));
	ck_assert_uint_eq(json.keys.count, 0);
	ck_assert_uint_lt(json.keys.capacity, 100);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_value_is_stepped_over_or_refused_at_a_byte,
	                    0, N(cases));
	tcase_add_test(tc, test_keys_of_closed_objects_are_forgotten);
}

UNIT_MAIN("skip", add_tests)
