/*
 * check_query.c: splitting, percent-decoding, and refusals at a byte.
 */
#include "schema/query.h"

#include "unit.h"

static const struct {
	const char *text;
	struct mr_string pairs[6]; /* name, value, name, value, ... */
	size_t count;
} queries[] = {
	{ "", { { NULL, 0 } }, 0 },
	{ "&", { { NULL, 0 } }, 0 },
	{ "&&&", { { NULL, 0 } }, 0 },
	{ "a=1", { BYTES("a"), BYTES("1") }, 1 },
	{ "a=1&b=2",
	  { BYTES("a"), BYTES("1"), BYTES("b"), BYTES("2") },
	  2 },
	{ "&a=1&&b=2&",
	  { BYTES("a"), BYTES("1"), BYTES("b"), BYTES("2") },
	  2 },
	{ "a=2&a=1&a=2",
	  { BYTES("a"), BYTES("2"), BYTES("a"), BYTES("1"), BYTES("a"),
	    BYTES("2") },
	  3 },
	{ "a", { BYTES("a"), BYTES("") }, 1 },
	{ "a=", { BYTES("a"), BYTES("") }, 1 },
	{ "=1", { BYTES(""), BYTES("1") }, 1 },
	{ "=", { BYTES(""), BYTES("") }, 1 },
	{ "a=b=c", { BYTES("a"), BYTES("b=c") }, 1 },
	{ "a;b=1;2", { BYTES("a;b"), BYTES("1;2") }, 1 },
	{ "a+b=c+d", { BYTES("a b"), BYTES("c d") }, 1 },
	{ "a%2Bb=%2b+", { BYTES("a+b"), BYTES("+ ") }, 1 },
	{ "%61%3D=%26%25", { BYTES("a="), BYTES("&%") }, 1 },
	{ "a=%00x", { BYTES("a"), BYTES("\0x") }, 1 },
	{ "n=caf%C3%A9%E2%82%ac", { BYTES("n"), BYTES("caf\xC3\xA9\xE2\x82\xAC") }, 1 },
	{ "n=caf\xC3\xA9", { BYTES("n"), BYTES("caf\xC3\xA9") }, 1 },
	{ "a=%2541", { BYTES("a"), BYTES("%41") }, 1 },
	{ "a[]=1", { BYTES("a[]"), BYTES("1") }, 1 },
};

START_TEST(test_parameters_come_in_order)
{
	struct mr_query query;

	ck_assert_int_eq(mr_query_parse(&query, guarded(TEXT(queries[_i].text)),
	                                arena),
	                 MR_OK);
	ck_assert_uint_eq(query.count, queries[_i].count);
	for (size_t i = 0; i < 2 * query.count; i++) {
		const struct mr_parameter *parameter = &query.parameters[i / 2];
		struct mr_string got = i % 2 == 0 ? parameter->name
		                                  : parameter->value;
		struct mr_string expected = queries[_i].pairs[i];

		ck_assert_uint_eq(got.length, expected.length);
		ck_assert_mem_eq(got.data, expected.data, got.length);
		ck_assert(!parameter->taken);
	}
}
END_TEST

static const struct {
	const char *text;
	size_t offset;
} refusals[] = {
	{ "%", 0 },
	{ "%4", 0 },
	{ "a=%", 2 },
	{ "a=1%2", 3 },
	{ "a=%&b=41", 2 },
	{ "a=%4&b=1", 2 },
	{ "a=%4=1", 2 },
	{ "a=%4G", 2 },
	{ "a=%G4", 2 },
	{ "a=%%41", 2 },
	{ "a=%+1", 2 },
	{ "a=%-1", 2 },
	{ "a%=1", 1 },
	{ "a%4=1", 1 },
	{ "a=1&b=2&c%zz=3", 9 },
	{ "a=1&b=%41%4", 9 },
	/* Not UTF-8: the first byte of what is not a character. */
	{ "a=%FF", 2 },
	{ "a=\xFF", 2 },
	{ "%C3=1", 0 },
	{ "a=%C3&b=%A9", 2 },
	{ "a=%C0%80", 2 },
	{ "a=%ED%A0%80", 2 },
	{ "a=1&b=%80", 6 },
	{ "a=xyz%FF", 5 },
	{ "a=%41%C3%A9%FFz", 11 },
	{ "a=b+\xE2\x82", 4 },
};

START_TEST(test_malformed_query_is_refused_at_the_byte)
{
	struct mr_query query;

	ck_assert_int_eq(mr_query_parse(&query, guarded(TEXT(refusals[_i].text)),
	                                arena),
	                 MR_SYNTAX);
	ck_assert_ptr_nonnull(query.reason);
	ck_assert_uint_eq(query.offset, refusals[_i].offset);
}
END_TEST

START_TEST(test_longest_query_is_taken_and_a_longer_refused)
{
	static char text[MR_QUERY_LENGTH + 1];
	struct mr_query query;

	memset(text, 'x', sizeof(text));
	text[1] = '=';
	ck_assert_int_eq(mr_query_parse(&query,
	                                (struct mr_string){ text,
	                                                    MR_QUERY_LENGTH },
	                                arena),
	                 MR_OK);
	ck_assert_uint_eq(query.parameters[0].value.length, MR_QUERY_LENGTH - 2);
	ck_assert_int_eq(
	    mr_query_parse(&query,
	                   (struct mr_string){ text, MR_QUERY_LENGTH + 1 },
	                   arena),
	    MR_URI_TOO_LONG);
}
END_TEST

START_TEST(test_as_many_parameters_as_fit_are_taken)
{
	static char text[MR_QUERY_LENGTH];
	struct mr_query query;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = i % 2 == 0 ? 'x' : '&';
	ck_assert_int_eq(mr_query_parse(&query,
	                                guarded((struct mr_string){
	                                    text, sizeof(text) }),
	                                arena),
	                 MR_OK);
	ck_assert_uint_eq(query.count, sizeof(text) / 2);
}
END_TEST

START_TEST(test_decoded_text_outlives_the_query)
{
	char text[] = "name=va%6Cue";
	struct mr_query query;

	ck_assert_int_eq(mr_query_parse(&query, TEXT(text), arena), MR_OK);
	memset(text, 'x', sizeof(text));
	ck_assert_str_eq(query.parameters[0].name.data, "name");
	ck_assert_str_eq(query.parameters[0].value.data, "value");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_parameters_come_in_order, 0, N(queries));
	tcase_add_loop_test(tc, test_malformed_query_is_refused_at_the_byte, 0,
	                    N(refusals));
	tcase_add_test(tc, test_longest_query_is_taken_and_a_longer_refused);
	tcase_add_test(tc, test_as_many_parameters_as_fit_are_taken);
	tcase_add_test(tc, test_decoded_text_outlives_the_query);
}

UNIT_MAIN("query", add_tests)
