/*
 * check_exchange.c: the words and headers that a step leaves behind.
 */
#include "api/exchange.h"

#include "exchange.h"

MR_NOTHING(nothing);
static const struct mr_endpoint endpoint = { .in = MR_SHAPE(nothing) };

static void
begin(void)
{
	exchange_start(&endpoint);
}

START_TEST(test_fail_keeps_the_sentence_and_returns_the_error)
{
	ck_assert_int_eq(mr_exchange_fail(&exchange, MR_BUSY, "%d of %s", 3,
	                                  "four"),
	                 MR_BUSY);
	ck_assert_str_eq(exchange.problem.detail, "3 of four");
	ck_assert_int_eq(mr_exchange_fail(&exchange, MR_SYNTAX, "again"),
	                 MR_SYNTAX);
	ck_assert_str_eq(exchange.problem.detail, "again");
}
END_TEST

START_TEST(test_long_sentence_is_cut)
{
	mr_exchange_fail(&exchange, MR_RESULT, "<%*s>", 1000, "x");
	ck_assert_uint_eq(strlen(exchange.problem.detail), 255);
	ck_assert_int_eq(exchange.problem.detail[0], '<');
}
END_TEST

/* Sets of formats. */

static bool
serves_json(const struct mr_endpoint *of, enum mr_format format)
{
	ck_assert_ptr_eq(of, &endpoint);
	return format == MR_FORMAT_JSON;
}

static bool
serves_binary(const struct mr_endpoint *of, enum mr_format format)
{
	return !serves_json(of, format);
}

static bool
serves_all(const struct mr_endpoint *of, enum mr_format format)
{
	return serves_json(of, format) || format < MR_FORMAT_COUNT;
}

static const struct {
	bool (*serves)(const struct mr_endpoint *, enum mr_format);
	const char *detail;
} sets[] = {
	{ serves_json, "It is application/json in UTF-8" },
	{ serves_binary,
	  "It is application/x-npy or application/octet-stream" },
	{ serves_all, "It is application/json in UTF-8 or application/x-npy or "
	              "application/octet-stream" },
};

START_TEST(test_fail_format_names_the_types_that_serve)
{
	ck_assert_int_eq(mr_exchange_fail_format(&exchange, MR_MEDIA_TYPE,
	                                         "It is", sets[_i].serves),
	                 MR_MEDIA_TYPE);
	ck_assert_str_eq(exchange.problem.detail, sets[_i].detail);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, NULL);
	tcase_add_test(tc, test_fail_keeps_the_sentence_and_returns_the_error);
	tcase_add_test(tc, test_long_sentence_is_cut);
	tcase_add_loop_test(tc, test_fail_format_names_the_types_that_serve, 0,
	                    N(sets));
}

UNIT_MAIN("exchange", add_tests)
