/*
 * check_decode.c: bodies and query strings to the input struct of an endpoint:
 * all faults at once, defaults, and malformed text before everything.
 */
#include "schema/decode.h"

#include "faults.h"
#include "unit.h"

#include <math.h>

struct order {
	int64_t count;
	double price;
	bool express;
	struct mr_string note;
	struct mr_int64s sizes;
	struct mr_doubles weights;
};

static const struct mr_field rows[] = {
	MR_PARAM(struct order, count, "t", MR_RANGE(1, 100)),
	MR_OPTIONAL(struct order, price, "t", MR_RANGE(0, 1e6), "2.5"),
	MR_OPTIONAL(struct order, express, "t", MR_EITHER, "true"),
	MR_OPTIONAL(struct order, note, "t", MR_LENGTH(0, 10), "\"no\\u006ee\""),
	MR_OPTIONAL(struct order, sizes, "t", MR_ITEMS(1, 3, 0, 9), "[1,2]"),
	MR_PARAM(struct order, weights, "t", MR_ITEMS(0, 50, -1, 1)),
};
static const struct mr_shape shape = { rows, N(rows), sizeof(struct order) };

/* Of a POST, one row is read from the query string. */
static const struct mr_field mixed_rows[] = {
	MR_PARAM(struct order, count, "t", MR_RANGE(1, 100), .in_query = true),
	MR_OPTIONAL(struct order, price, "t", MR_RANGE(0, 1e6), "2.5"),
};
static const struct mr_shape mixed = { mixed_rows, N(mixed_rows),
	                               sizeof(struct order) };

static struct order order;
static struct mr_decoding decoding;

static void
begin(const struct mr_shape *of, bool query_only)
{
	memset(&order, 0, sizeof(order));
	decoding = (struct mr_decoding){ .shape = of,
		                         .record = &order,
		                         .query_only = query_only,
		                         .arena = arena };
	mr_decode_begin(&decoding);
}

static enum mr_err
decode_body(struct mr_string body)
{
	enum mr_err err;

	begin(&shape, false);
	err = mr_decode_body(&decoding, guarded(body));
	return err == MR_OK ? mr_decode_finish(&decoding) : err;
}

static enum mr_err
decode_query(const char *query)
{
	enum mr_err err;

	begin(&shape, true);
	err = mr_decode_query(&decoding, guarded(TEXT(query)));
	return err == MR_OK ? mr_decode_finish(&decoding) : err;
}

static void
assert_order(void)
{
	ck_assert_int_eq(order.count, 7);
	ck_assert(order.price == 0.5);
	ck_assert(!order.express);
	ck_assert_str_eq(order.note.data, "a b");
	ck_assert_uint_eq(order.note.length, 3);
	ck_assert_uint_eq(order.sizes.length, 3);
	ck_assert_mem_eq(order.sizes.data, ((int64_t[]){ 3, 1, 2 }), 24);
	ck_assert_uint_eq(order.weights.length, 2);
	ck_assert_mem_eq(order.weights.data, ((double[]){ -1, 0.25 }), 16);
}

static const char *const bodies[] = {
	"{\"count\":7,\"price\":0.5,\"express\":false,\"note\":\"a b\","
	"\"sizes\":[3,1,2],\"weights\":[-1,0.25]}",
	" {\r\n\t\"weights\" : [ -1 , 25e-2 ], \"sizes\":[3,1,2] , "
	"\"note\":\"a\\u0020b\",\"express\" :false,\"price\":5e-1,\"count\":7 } ",
	"{\"\\u0063ount\":7,\"price\":0.5,\"e\\u0078press\":false,"
	"\"note\":\"a b\",\"sizes\":[3,1,2],\"weights\":[-1,0.25]}",
};

START_TEST(test_body_fills_the_record)
{
	ck_assert_int_eq(decode_body(TEXT(bodies[_i])), MR_OK);
	assert_order();
}
END_TEST

static const char *const queries[] = {
	"count=7&price=0.5&express=false&note=a+b&sizes=3&sizes=1&sizes=2"
	"&weights=-1&weights=0.25",
	"&sizes=3&weights=-1&sizes=1&note=a%20b&&express=false&weights=2.5e-1"
	"&sizes=2&price=5e-1&count=7&",
	"%63ount=7&price=0.5&express=f%61lse&no%74e=a%20b&sizes=3&size%73=1"
	"&sizes=2&weights=-1&weights=0.25",
};

START_TEST(test_query_fills_the_record)
{
	ck_assert_int_eq(decode_query(queries[_i]), MR_OK);
	assert_order();
}
END_TEST

static void
assert_defaults(void)
{
	ck_assert(order.price == 2.5);
	ck_assert(order.express);
	ck_assert_uint_eq(order.note.length, 4);
	ck_assert_str_eq(order.note.data, "none");
	ck_assert_uint_eq(order.sizes.length, 2);
	ck_assert_mem_eq(order.sizes.data, ((int64_t[]){ 1, 2 }), 16);
}

START_TEST(test_what_is_not_given_has_its_default)
{
	ck_assert_int_eq(decode_body(TEXT("{\"weights\":[],\"count\":100}")),
	                 MR_OK);
	ck_assert_int_eq(order.count, 100);
	ck_assert_uint_eq(order.weights.length, 0);
	ck_assert_ptr_nonnull(order.weights.data);
	assert_defaults();
	ck_assert_int_eq(decode_query("weights=1&count=1"), MR_OK);
	ck_assert_int_eq(order.count, 1);
	assert_defaults();
}
END_TEST

/* The body, and everything that is said of it. */
#define TWENTY                                                                 \
	"body.weights.0 less_than_equal; body.weights.1 less_than_equal; "     \
	"body.weights.2 less_than_equal; body.weights.3 less_than_equal; "     \
	"body.weights.4 less_than_equal; body.weights.5 less_than_equal; "     \
	"body.weights.6 less_than_equal; body.weights.7 less_than_equal; "     \
	"body.weights.8 less_than_equal; body.weights.9 less_than_equal; "     \
	"body.weights.10 less_than_equal; body.weights.11 less_than_equal; "   \
	"body.weights.12 less_than_equal; body.weights.13 less_than_equal; "   \
	"body.weights.14 less_than_equal; body.weights.15 less_than_equal; "   \
	"body.weights.16 less_than_equal; body.weights.17 less_than_equal; "   \
	"body.weights.18 less_than_equal; body.z extra_forbidden"

static const struct {
	struct mr_string body;
	const char *faults;
} unfit[] = {
	{ BYTES("{}"), "body.count missing; body.weights missing" },
	{ BYTES("{\"count\":1,\"weights\":[],\"note\":\"\\u0000\\u0000"
	        "\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000"
	        "\\u0000\\u0000\"}"),
	  "body.note string_too_long" },
	{ BYTES("[]"), "body model_attributes_type" },
	{ BYTES("null"), "body model_attributes_type" },
	{ BYTES("\"x\""), "body model_attributes_type" },
	{ BYTES("{\"count\":1}"), "body.weights missing" },
	{ BYTES("{\"count\":null,\"weights\":[]}"), "body.count int_type" },
	{ BYTES("{\"count\":0,\"weights\":[]}"),
	  "body.count greater_than_equal" },
	{ BYTES("{\"count\":101,\"weights\":[]}"), "body.count less_than_equal" },
	{ BYTES("{\"count\":1,\"weights\":[],\"price\":null}"),
	  "body.price float_type" },
	{ BYTES("{\"count\":1,\"weights\":[],\"wieghts\":1}"),
	  "body.wieghts extra_forbidden" },
	{ BYTES("{\"count\":1,\"weights\":[],\"\":1}"), "body. extra_forbidden" },
	{ BYTES("{\"count\":1,\"weights\":[],\"Count\":1}"),
	  "body.Count extra_forbidden" },
	{ BYTES("{\"count\":1,\"weights\":[],\"count\\u0000\":1}"),
	  "body.count\\u0000 extra_forbidden" },
	{ BYTES("{\"count\":1,\"weights\":[],\"count\\u0000and more\":1}"),
	  "body.count\\u0000and more extra_forbidden" },
	{ BYTES("{\"count\":1,\"weights\":[],\"x\":{\"count\":5,\"y\":[1]}}"),
	  "body.x extra_forbidden" },
	/* All at once, in the order of the text, then what is missing. */
	{ BYTES("{\"price\":-1,\"express\":1,\"note\":\"12345678901\","
	        "\"sizes\":[0,10,\"1\",1.5],\"prise\":2,\"weights\":7}"),
	  "body.price greater_than_equal; body.express bool_type; "
	  "body.note string_too_long; body.sizes.1 less_than_equal; "
	  "body.sizes.2 int_type; body.sizes.3 int_from_float; "
	  "body.sizes too_long; body.prise extra_forbidden; "
	  "body.weights list_type; body.count missing" },
	/* Twenty, and twenty-one. */
	{ BYTES("{\"count\":1,\"weights\":[2,2,2,2,2,2,2,2,2,2,"
	        "2,2,2,2,2,2,2,2,2],\"z\":0}"),
	  TWENTY },
	{ BYTES("{\"weights\":[2,2,2,2,2,2,2,2,2,2,"
	        "2,2,2,2,2,2,2,2,2],\"z\":0}"),
	  TWENTY "; truncated" },
};

START_TEST(test_unfit_body_is_told_in_full)
{
	ck_assert_int_eq(decode_body(unfit[_i].body), MR_INVALID);
	ck_assert_str_eq(faults_line(&decoding.faults), unfit[_i].faults);
}
END_TEST

static const struct {
	const char *query, *faults;
} unfit_queries[] = {
	{ "", "query.count missing; query.weights missing" },
	{ "count=1", "query.weights missing" },
	{ "count=1&weights=1&wieghts=1", "query.wieghts extra_forbidden" },
	{ "count=1&weights=1&x=1&x=2", "query.x extra_forbidden; "
	                               "query.x extra_forbidden" },
	{ "count=1&weights=1&=", "query. extra_forbidden" },
	{ "count=1&weights=1&count=1", "query.count repeated" },
	{ "count=1&count=2&count=x&weights=1", "query.count repeated" },
	{ "count&weights=1", "query.count int_parsing" },
	{ "count=&weights=1", "query.count int_parsing" },
	{ "count=+1&weights=1", "query.count int_parsing" },
	{ "count=1%00&weights=1", "query.count int_parsing" },
	{ "count=1&weights[]=1", "query.weights[] extra_forbidden; "
	                         "query.weights missing" },
	{ "count=1.0&price=1e400&express=1&note=12345678901&sizes=10&sizes=x"
	  "&weights=2",
	  "query.count int_from_float; query.price finite_number; "
	  "query.express bool_parsing; query.note string_too_long; "
	  "query.sizes.0 less_than_equal; query.sizes.1 int_parsing; "
	  "query.weights.0 less_than_equal" },
	{ "sizes=1&sizes=2&sizes=3&sizes=4&count=1&weights=1",
	  "query.sizes too_long" },
	{ "a=&b=&c=&d=&e=&f=&g=&h=&i=&j=&k=&l=&m=&n=&o=&p=&q=&r=&s=",
	  "query.a extra_forbidden; query.b extra_forbidden; "
	  "query.c extra_forbidden; query.d extra_forbidden; "
	  "query.e extra_forbidden; query.f extra_forbidden; "
	  "query.g extra_forbidden; query.h extra_forbidden; "
	  "query.i extra_forbidden; query.j extra_forbidden; "
	  "query.k extra_forbidden; query.l extra_forbidden; "
	  "query.m extra_forbidden; query.n extra_forbidden; "
	  "query.o extra_forbidden; query.p extra_forbidden; "
	  "query.q extra_forbidden; query.r extra_forbidden; "
	  "query.s extra_forbidden; query.count missing; truncated" },
};

START_TEST(test_unfit_query_is_told_in_full)
{
	ck_assert_int_eq(decode_query(unfit_queries[_i].query), MR_INVALID);
	ck_assert_str_eq(faults_line(&decoding.faults),
	                 unfit_queries[_i].faults);
}
END_TEST

START_TEST(test_nearest_name_is_suggested)
{
	ck_assert_int_eq(decode_body(TEXT("{\"wieghts\":1}")), MR_INVALID);
	ck_assert_ptr_nonnull(strstr(faults_text(&decoding.faults),
	                             "did you mean 'weights'?\","
	                             "\"ctx\":{\"nearest\":\"weights\"}"));
	ck_assert_int_eq(decode_query("cuont=1"), MR_INVALID);
	ck_assert_ptr_nonnull(strstr(faults_text(&decoding.faults),
	                             "did you mean 'count'?\","
	                             "\"ctx\":{\"nearest\":\"count\"}"));
	ck_assert_int_eq(decode_query("unrelated=1"), MR_INVALID);
	ck_assert_ptr_null(strstr(faults_text(&decoding.faults), "nearest"));
}
END_TEST

/* The offset of what is malformed, however much is unfit before it. */
static const struct {
	struct mr_string body;
	size_t offset;
} malformed[] = {
	{ BYTES(""), 0 },
	{ BYTES("\xEF\xBB\xBF{\"count\":1,\"weights\":[]}"), 0 },
	{ BYTES("{\"count\":1,\"weights\":[]"), 23 },
	{ BYTES("{\"count\":1,\"weights\":[]}}"), 24 },
	{ BYTES("{\"count\":1,\"weights\":[]}\0"), 24 },
	{ BYTES("{\"count\":01,\"weights\":[]}"), 9 },
	{ BYTES("{\"count\":1,\"weights\":[],}"), 24 },
	{ BYTES("{\"count\":\"1\",\"bogus\":[1,2"), 25 },
	{ BYTES("{\"count\":1.0,\"weights\":null,\"x\":tru}"), 32 },
	{ BYTES("[1,2"), 4 },
	{ BYTES("null null"), 5 },
	{ BYTES("{\"count\":1,\"count\":1,\"weights\":[]}"), 11 },
	{ BYTES("{\"count\":1,\"weights\":[],\"co\\u0075nt\":2}"), 24 },
	{ BYTES("{\"co\\u0075nt\":\"x\", \"count\":1}"), 19 },
	{ BYTES("{\"x\":1,\"y\":2,\"\\u0078\":3,\"weights\":[],\"count\":1}"),
	  13 },
	{ BYTES("{\"x\":{\"k\":1,\"\\u006b\":1},\"count\":1}"), 12 },
	{ BYTES("{\"count\":{\"k\":1,\"k\":1}}"), 16 },
	{ BYTES("{\"weights\":[{\"k\":1,\"k\":1}]}"), 19 },
	{ BYTES("{\"note\":\"\\uD800\"}"), 9 },
	{ BYTES("{\"note\":\"\xC0\x80\"}"), 9 },
	{ BYTES("{\"note\":\"12345678901\n\"}"), 20 },
	{ BYTES("{\"n\\ote\":1}"), 3 },
	{ BYTES("{\"note\":\"\\uDC00\\uD800\"}"), 9 },
	{ BYTES("{\"note\":\"\0\"}"), 9 },
	{ BYTES("{\"note\0\":\"\"}"), 6 },
	{ BYTES("{\"sizes\":[1,-]}"), 13 },
	{ BYTES("{\"sizes\":[1,00]}"), 12 },
	{ BYTES("{\"count\":-01}"), 10 },
	{ BYTES("{\"price\":1E400.5}"), 14 },
	{ BYTES("{\"price\":Infinity}"), 9 },
	{ BYTES("{\"price\":-NaN}"), 10 },
	{ BYTES("{\"price\":1e99999999999x}"), 22 },
};

START_TEST(test_malformed_body_wins_over_all_faults)
{
	ck_assert_int_eq(decode_body(malformed[_i].body), MR_SYNTAX);
	ck_assert_ptr_nonnull(decoding.reason);
	ck_assert_msg(decoding.offset == malformed[_i].offset,
	              "byte %zu, not %zu: %s", decoding.offset,
	              malformed[_i].offset, decoding.reason);
}
END_TEST

/*
 * Numbers at the ends of what there is, as an integer and as a double: the
 * fault, or none.
 */
static const struct {
	const char *text, *of_count, *of_price;
	int64_t count;
	double price;
} extremes[] = {
	{ "-0", "", "", 0, -0.0 },
	{ "0", "", "", 0, 0 },
	{ "0.0", "int_from_float", "", 0, 0 },
	{ "-0e5", "int_from_float", "", 0, -0.0 },
	{ "1E400", "int_from_float", "finite_number", 0, 0 },
	{ "-1E400", "int_from_float", "finite_number", 0, 0 },
	{ "5e-324", "int_from_float", "", 0, 0x1p-1074 },
	{ "-5e-324", "int_from_float", "", 0, -0x1p-1074 },
	{ "2e-324", "int_from_float", "", 0, 0 },
	{ "9007199254740993", "", "", 9007199254740993, 9007199254740992.0 },
	{ "9223372036854775807", "", "", INT64_MAX, 0x1p63 },
	{ "-9223372036854775808", "", "", INT64_MIN, -0x1p63 },
	{ "9223372036854775808", "int_parsing_size", "", 0, 0x1p63 },
	{ "-9223372036854775809", "int_parsing_size", "", 0, -0x1p63 },
	{ "18446744073709551616", "int_parsing_size", "", 0, 0x1p64 },
	{ "1e-99999999999", "int_from_float", "", 0, 0 },
	{ "1e99999999999", "int_from_float", "finite_number", 0, 0 },
	{ "0e99999999999", "int_from_float", "", 0, 0 },
	{ "1.7976931348623157e308", "int_from_float", "", 0,
	  1.7976931348623157e308 },
	{ "1.7976931348623159e308", "int_from_float", "finite_number", 0, 0 },
	{ "null", "int_type", "float_type", 0, 0 },
	{ "\"1\"", "int_type", "float_type", 0, 0 },
};

static const char *
decode_number(const struct mr_field *field, const char *text)
{
	const struct mr_shape one = { field, 1, sizeof(struct order) };
	struct mr_buffer body = { .arena = arena };
	const char *line;

	mr_buffer_printf(&body, "{\"%s\":%s}", field->name, text);
	begin(&one, false);
	ck_assert_int_eq(mr_decode_body(&decoding,
	                                (struct mr_string){ body.data,
	                                                    body.length }),
	                 MR_OK);
	ck_assert_int_eq(mr_decode_finish(&decoding),
	                 decoding.faults.count == 0 ? MR_OK : MR_INVALID);
	line = faults_line(&decoding.faults);
	return *line == '\0' ? line : strchr(line, ' ') + 1;
}

START_TEST(test_number_at_the_end_of_its_type_is_judged_exactly)
{
	static const struct mr_field count = MR_PARAM(
	    struct order, count, "t", MR_RANGE(INT64_MIN, INT64_MAX));
	static const struct mr_field price = MR_PARAM(
	    struct order, price, "t", MR_RANGE(-INFINITY, INFINITY));

	ck_assert_str_eq(decode_number(&count, extremes[_i].text),
	                 extremes[_i].of_count);
	if (*extremes[_i].of_count == '\0')
		ck_assert_int_eq(order.count, extremes[_i].count);
	ck_assert_str_eq(decode_number(&price, extremes[_i].text),
	                 extremes[_i].of_price);
	if (*extremes[_i].of_price == '\0')
		ck_assert_mem_eq(&order.price, &extremes[_i].price,
		                 sizeof(double));
}
END_TEST

START_TEST(test_every_truncation_is_malformed)
{
	const char *whole = bodies[_i];
	size_t length = strlen(whole);

	while (whole[length - 1] == ' ')
		length--;
	while (length-- > 0)
		ck_assert_int_eq(
		    decode_body((struct mr_string){ whole, length }), MR_SYNTAX);
}
END_TEST

/* The object is the first level; lists and skipped values are deeper. */
static const char *const prefixes[] = { "{\"x\":", "{\"note\":",
	                                "{\"weights\":[" };

START_TEST(test_depth_64_is_unfit_and_65_malformed)
{
	struct mr_buffer text = { .arena = arena };
	size_t outside = 1 + (size_t)(_i == 2);

	for (size_t depth = 64; depth <= 65; depth++) {
		text.length = 0;
		mr_buffer_puts(&text, prefixes[_i]);
		for (size_t i = outside; i < depth; i++)
			mr_buffer_putc(&text, '[');
		for (size_t i = outside; i < depth; i++)
			mr_buffer_putc(&text, ']');
		mr_buffer_puts(&text, _i == 2 ? "]}" : "}");
		ck_assert_int_eq(
		    decode_body((struct mr_string){ text.data, text.length }),
		    depth == 64 ? MR_INVALID : MR_SYNTAX);
	}
	ck_assert_uint_eq(decoding.offset,
	                  strlen(prefixes[_i]) + 64 - outside);
}
END_TEST

static const struct {
	const char *query;
	enum mr_err err;
	size_t offset;
} malformed_queries[] = {
	{ "count=x&weights=%4", MR_SYNTAX, 16 },
	{ "bogus=1&count=%", MR_SYNTAX, 14 },
	{ "note=%FF", MR_SYNTAX, 5 },
	{ "%FF=1", MR_SYNTAX, 0 },
};

START_TEST(test_malformed_query_wins_over_all_faults)
{
	ck_assert_int_eq(decode_query(malformed_queries[_i].query), MR_SYNTAX);
	ck_assert_ptr_nonnull(decoding.reason);
	ck_assert_uint_eq(decoding.offset, malformed_queries[_i].offset);
}
END_TEST

START_TEST(test_too_long_query_is_refused)
{
	static char query[8194];

	memset(query, 'x', sizeof(query) - 1);
	ck_assert_int_eq(decode_query(query), MR_URI_TOO_LONG);
}
END_TEST

/* A query string and a body together. */
static const struct {
	const char *query, *body, *faults;
} pairs[] = {
	{ "count=7", "{\"price\":0.5}", "" },
	{ "count=7", "{}", "" },
	{ "", "{\"price\":0.5}", "query.count missing" },
	{ "count=7", "{\"count\":7}", "body.count extra_forbidden" },
	{ "count=7&price=1", "{}", "query.price extra_forbidden" },
	{ "price=1", "{\"count\":7}",
	  "query.price extra_forbidden; body.count extra_forbidden; "
	  "query.count missing" },
	{ "count=0", "{\"price\":-1}",
	  "query.count greater_than_equal; body.price greater_than_equal" },
};

START_TEST(test_rows_are_read_from_where_they_belong)
{
	begin(&mixed, false);
	ck_assert_int_eq(mr_decode_query(&decoding, TEXT(pairs[_i].query)),
	                 MR_OK);
	ck_assert_int_eq(mr_decode_body(&decoding, TEXT(pairs[_i].body)), MR_OK);
	ck_assert_int_eq(mr_decode_finish(&decoding),
	                 *pairs[_i].faults == '\0' ? MR_OK : MR_INVALID);
	ck_assert_str_eq(faults_line(&decoding.faults), pairs[_i].faults);
	if (*pairs[_i].faults == '\0')
		ck_assert_int_eq(order.count, 7);
}
END_TEST

/* What need not be given, in a query string and in a body. */
struct presence {
	double maybe, or_null, or_absent;
	bool has_maybe, has_or_null, has_or_absent;
};
static const struct mr_field presence[] = {
	MR_MAYBE(struct presence, maybe, has_maybe, "t", MR_RANGE(0, 1)),
	MR_PARAM(struct presence, or_null, "t", MR_RANGE(0, 1),
	         MR_OR_NULL(struct presence, has_or_null)),
	MR_FIELD(struct presence, or_absent, "t", .bounds = MR_RANGE(0, 1),
	         MR_OR_ABSENT(struct presence, has_or_absent)),
};

static const struct {
	bool query;
	const char *text, *faults;
	bool has[3];
} presences[] = {
	{ false, "{}", "body.or_null missing", { false } },
	{ false, "{\"or_null\":null}", "", { false } },
	{ false, "{\"or_null\":0}", "", { false, true } },
	{ false, "{\"or_null\":0,\"maybe\":null}", "", { false, true } },
	{ false, "{\"or_null\":0,\"maybe\":0}", "", { true, true } },
	{ false, "{\"or_null\":0,\"or_absent\":0}", "",
	  { false, true, true } },
	{ false, "{\"or_null\":null,\"or_absent\":null}",
	  "body.or_absent float_type", { false } },
	{ true, "", "query.or_null missing", { false } },
	{ true, "or_null=0", "", { false, true } },
	{ true, "or_null=null", "query.or_null float_parsing", { false } },
	{ true, "or_null=0&maybe=1&or_absent=1", "", { true, true, true } },
	{ true, "or_null=0&maybe=", "query.maybe float_parsing", { false } },
	{ true, "or_null=0&maybe=1&maybe=1", "query.maybe repeated",
	  { false } },
};

START_TEST(test_flags_tell_what_was_given)
{
	static const struct mr_shape optional = MR_SHAPE(presence);
	struct mr_string text = guarded(TEXT(presences[_i].text));
	struct presence got = { 0 };
	bool good = *presences[_i].faults == '\0';

	begin(&optional, presences[_i].query);
	decoding.record = &got;
	mr_decode_begin(&decoding);
	ck_assert_int_eq(presences[_i].query
	                     ? mr_decode_query(&decoding, text)
	                     : mr_decode_body(&decoding, text),
	                 MR_OK);
	ck_assert_int_eq(mr_decode_finish(&decoding),
	                 good ? MR_OK : MR_INVALID);
	ck_assert_str_eq(faults_line(&decoding.faults), presences[_i].faults);
	if (good) {
		ck_assert_int_eq(got.has_maybe, presences[_i].has[0]);
		ck_assert_int_eq(got.has_or_null, presences[_i].has[1]);
		ck_assert_int_eq(got.has_or_absent, presences[_i].has[2]);
	}
}
END_TEST

START_TEST(test_record_outlives_the_body)
{
	char body[] = "{\"count\":7,\"note\":\"kept\",\"weights\":[0.5]}";

	begin(&shape, false);
	ck_assert_int_eq(mr_decode_body(&decoding, TEXT(body)), MR_OK);
	memset(body, 'x', sizeof(body));
	ck_assert_int_eq(mr_decode_finish(&decoding), MR_OK);
	ck_assert_str_eq(order.note.data, "kept");
	ck_assert(order.weights.data[0] == 0.5);
}
END_TEST

START_TEST(test_faults_outlive_the_body)
{
	char body[] = "{\"count\":7,\"bogus\":\"kept\",\"weights\":[]}";

	begin(&shape, false);
	ck_assert_int_eq(mr_decode_body(&decoding, TEXT(body)), MR_OK);
	memset(body, 'x', sizeof(body));
	ck_assert_int_eq(mr_decode_finish(&decoding), MR_INVALID);
	ck_assert_str_eq(faults_line(&decoding.faults),
	                 "body.bogus extra_forbidden");
}
END_TEST

START_TEST(test_begin_points_at_nothing_but_not_at_null)
{
	begin(&shape, false);
	ck_assert_str_eq(order.note.data, "");
	ck_assert_ptr_nonnull(order.sizes.data);
	ck_assert_ptr_nonnull(order.weights.data);
	ck_assert_uint_eq(order.sizes.length + order.weights.length, 0);
}
END_TEST

START_TEST(test_64th_row_is_seen)
{
	static int64_t numbers[MR_FIELDS_MAX];
	static struct mr_field fields[MR_FIELDS_MAX];
	static char names[MR_FIELDS_MAX][4];
	const struct mr_shape wide = { fields, N(fields), sizeof(numbers) };

	for (size_t i = 0; i < N(fields); i++) {
		names[i][0] = 'f';
		names[i][1] = (char)('a' + i / 8);
		names[i][2] = (char)('a' + i % 8);
		fields[i] = (struct mr_field){ .name = names[i],
			                       .kind = MR_KIND_INT64,
			                       .offset = i * sizeof(int64_t),
			                       .text = "t",
			                       .bounds = MR_RANGE(0, 9),
			                       .default_value = "1" };
	}
	begin(&wide, false);
	decoding.record = numbers;
	mr_decode_begin(&decoding);
	ck_assert_int_eq(mr_decode_body(&decoding, TEXT("{\"fhh\":9}")), MR_OK);
	ck_assert_int_eq(mr_decode_finish(&decoding), MR_OK);
	ck_assert_int_eq(numbers[63], 9);
	ck_assert_int_eq(numbers[62], 1);
	ck_assert_int_eq(
	    mr_decode_body(&decoding, TEXT("{\"fha\":9,\"fhh\":9}")), MR_SYNTAX);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_body_fills_the_record, 0, N(bodies));
	tcase_add_loop_test(tc, test_query_fills_the_record, 0, N(queries));
	tcase_add_test(tc, test_what_is_not_given_has_its_default);
	tcase_add_loop_test(tc, test_unfit_body_is_told_in_full, 0, N(unfit));
	tcase_add_loop_test(tc, test_unfit_query_is_told_in_full, 0,
	                    N(unfit_queries));
	tcase_add_test(tc, test_nearest_name_is_suggested);
	tcase_add_loop_test(tc, test_malformed_body_wins_over_all_faults, 0,
	                    N(malformed));
	tcase_add_loop_test(
	    tc, test_number_at_the_end_of_its_type_is_judged_exactly, 0,
	    N(extremes));
	tcase_add_loop_test(tc, test_every_truncation_is_malformed, 0,
	                    N(bodies));
	tcase_add_loop_test(tc, test_depth_64_is_unfit_and_65_malformed, 0,
	                    N(prefixes));
	tcase_add_loop_test(tc, test_malformed_query_wins_over_all_faults, 0,
	                    N(malformed_queries));
	tcase_add_test(tc, test_too_long_query_is_refused);
	tcase_add_loop_test(tc, test_rows_are_read_from_where_they_belong, 0,
	                    N(pairs));
	tcase_add_loop_test(tc, test_flags_tell_what_was_given, 0,
	                    N(presences));
	tcase_add_test(tc, test_record_outlives_the_body);
	tcase_add_test(tc, test_faults_outlive_the_body);
	tcase_add_test(tc, test_begin_points_at_nothing_but_not_at_null);
	tcase_add_test(tc, test_64th_row_is_seen);
}

UNIT_MAIN("decode", add_tests)
