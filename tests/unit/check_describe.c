/*
 * check_describe.c: the schema of every kind of row, word for word.
 */
#include "schema/describe.h"

#include "schema/base64.h"
#include "unit.h"

#include <float.h>
#include <math.h>

struct point {
	double x;
	int64_t label;
	bool has_label;
};
struct all {
	int64_t count;
	double rate, any;
	bool flag, has_rate, has_any, has_note;
	unsigned int side, maybe_side;
	struct mr_string name, note;
	struct mr_bytes blob;
	struct mr_int64s labels;
	struct mr_doubles weights;
	struct mr_matrix table;
	struct point origin;
	MR_ARRAY(struct point) corners;
};

static const struct mr_field point[] = {
	MR_PARAM(struct point, x, "abscissa", MR_RANGE(0, 1), .unit = "m"),
	MR_MAYBE(struct point, label, has_label, "label", MR_RANGE(1, 9)),
};

/* The row, and its schema in a body, in a query, in a result. */
#define BASE64                                                                 \
	"\"contentEncoding\":\"base64\","                                      \
	"\"pattern\":\"" MR_BASE64_PATTERN "\""

static const struct {
	struct mr_field field;
	const char *schema[MR_ROLE_COUNT];
} rows[] = {
	{ MR_PARAM(struct all, count, "how many",
	           MR_RANGE(INT64_MIN, INT64_MAX)),
	  { "{\"type\":\"integer\",\"description\":\"how many.\","
	    "\"format\":\"int64\",\"minimum\":-9223372036854775808,"
	    "\"maximum\":9223372036854775807,\"examples\":[1]}",
	    "{\"type\":\"integer\",\"format\":\"int64\","
	    "\"minimum\":-9223372036854775808,"
	    "\"maximum\":9223372036854775807}",
	    "{\"type\":\"integer\",\"description\":\"how many.\","
	    "\"format\":\"int64\"}" } },
	{ MR_PARAM(struct all, count, "beyond", MR_RANGE(-1e30, 1e30)),
	  { "{\"type\":\"integer\",\"description\":\"beyond.\","
	    "\"format\":\"int64\",\"minimum\":-9223372036854775808,"
	    "\"maximum\":9223372036854775807,\"examples\":[1]}" } },
	{ MR_OPTIONAL(struct all, rate, "interest, a fraction",
	              MR_RANGE(-0.5, 1e22), "0.05", .unit = "1/year"),
	  { "{\"type\":\"number\",\"description\":"
	    "\"interest, a fraction. Unit: 1/year.\",\"x-unit\":\"1/year\","
	    "\"format\":\"double\",\"minimum\":-0.5,\"maximum\":1e+22,"
	    "\"default\":0.05}",
	    "{\"type\":\"number\",\"x-unit\":\"1/year\","
	    "\"format\":\"double\",\"minimum\":-0.5,\"maximum\":1e+22}",
	    "{\"type\":\"number\",\"description\":"
	    "\"interest, a fraction. Unit: 1/year.\",\"x-unit\":\"1/year\","
	    "\"format\":\"double\"}" } },
	{ MR_MAYBE(struct all, any, has_any, "Any.",
	           MR_RANGE(-HUGE_VAL, DBL_MAX), .example = "-2.5",
	           .default_value = "7"),
	  { "{\"type\":[\"number\",\"null\"],\"description\":\"Any.\","
	    "\"format\":\"double\",\"default\":7,\"examples\":[-2.5]}",
	    "{\"type\":\"number\",\"format\":\"double\"}",
	    "{\"type\":[\"number\",\"null\"],\"description\":\"Any.\","
	    "\"format\":\"double\",\"examples\":[-2.5]}" } },
	{ MR_RESULT(struct all, rate, "ratio", .null_if_not_finite = true),
	  { [MR_ROLE_RESULT] =
	        "{\"type\":[\"number\",\"null\"],\"description\":\"ratio.\","
	        "\"format\":\"double\"}" } },
	{ MR_RESULT(struct all, rate, "ratio",
	            MR_OR_ABSENT(struct all, has_rate)),
	  { [MR_ROLE_RESULT] =
	        "{\"type\":\"number\",\"description\":\"ratio.\","
	        "\"format\":\"double\"}" } },
	{ MR_PARAM(struct all, flag, "yes or no", MR_EITHER),
	  { "{\"type\":\"boolean\",\"description\":\"yes or no.\","
	    "\"examples\":[true]}",
	    "{\"type\":\"boolean\"}",
	    "{\"type\":\"boolean\",\"description\":\"yes or no.\"}" } },
	{ MR_PARAM(struct all, name, "who", MR_LENGTH(0, 3)),
	  { "{\"type\":\"string\",\"description\":\"who.\","
	    "\"maxLength\":3,\"examples\":[\"tex\"]}",
	    "{\"type\":\"string\",\"maxLength\":3}",
	    "{\"type\":\"string\",\"description\":\"who.\"}" } },
	{ MR_PARAM(struct all, note, "what", MR_LENGTH(6, SIZE_MAX),
	           MR_OR_NULL(struct all, has_note)),
	  { "{\"type\":[\"string\",\"null\"],\"description\":\"what.\","
	    "\"minLength\":6,\"examples\":[\"textte\"]}",
	    "{\"type\":\"string\",\"minLength\":6}",
	    "{\"type\":[\"string\",\"null\"],\"description\":\"what.\"}" } },
	{ MR_PARAM(struct all, side, "which", MR_CHOICES("call", "put")),
	  { "{\"type\":\"string\",\"description\":\"which.\","
	    "\"enum\":[\"call\",\"put\"],\"examples\":[\"call\"]}",
	    "{\"type\":\"string\",\"enum\":[\"call\",\"put\"]}",
	    "{\"type\":\"string\",\"description\":\"which.\","
	    "\"enum\":[\"call\",\"put\"]}" } },
	{ MR_MAYBE(struct all, maybe_side, has_any, "which",
	           MR_CHOICES("call", "put")),
	  { "{\"type\":[\"string\",\"null\"],\"description\":\"which.\","
	    "\"enum\":[\"call\",\"put\",null],\"examples\":[\"call\"]}",
	    "{\"type\":\"string\",\"enum\":[\"call\",\"put\"]}",
	    "{\"type\":[\"string\",\"null\"],\"description\":\"which.\","
	    "\"enum\":[\"call\",\"put\",null]}" } },
	{ MR_PARAM(struct all, blob, "raw", MR_LENGTH(1, 6)),
	  { "{\"type\":\"string\",\"description\":"
	    "\"raw. Base64 of 1 to 6 bytes.\","
	    BASE64 ",\"minLength\":4,"
	    "\"maxLength\":8,\"examples\":[\"AAAA\"]}",
	    "{\"type\":\"string\"," BASE64 ","
	    "\"minLength\":4,\"maxLength\":8}" } },
	{ MR_RESULT(struct all, blob, "raw"),
	  { [MR_ROLE_RESULT] =
	        "{\"type\":\"string\",\"description\":\"raw.\","
	        BASE64 "}" } },
	{ MR_PARAM(struct all, labels, "labels", MR_ITEMS(0, 5, -7, -1)),
	  { "{\"type\":\"array\",\"description\":\"labels. Shape (n,).\","
	    "\"maxItems\":5,\"items\":{\"type\":\"integer\","
	    "\"format\":\"int64\",\"minimum\":-7,\"maximum\":-1},"
	    "\"examples\":[[-1,-1,-1]]}",
	    "{\"type\":\"array\",\"maxItems\":5,\"items\":{\"type\":"
	    "\"integer\",\"format\":\"int64\",\"minimum\":-7,"
	    "\"maximum\":-1}}",
	    "{\"type\":\"array\",\"description\":\"labels. Shape (n,).\","
	    "\"items\":{\"type\":\"integer\",\"format\":\"int64\"}}" } },
	{ MR_PARAM(struct all, weights, "weights",
	           MR_ITEMS(4, 5, -HUGE_VAL, HUGE_VAL), .unit = "kg"),
	  { "{\"type\":\"array\",\"description\":"
	    "\"weights. Shape (n,). Unit: kg.\",\"x-unit\":\"kg\","
	    "\"minItems\":4,\"maxItems\":5,\"items\":{\"type\":\"number\","
	    "\"format\":\"double\"},\"examples\":[[1,2,3,4]]}" } },
	{ MR_RESULT(struct all, weights, "weights",
	            .null_if_not_finite = true),
	  { [MR_ROLE_RESULT] =
	        "{\"type\":\"array\",\"description\":\"weights. Shape (n,).\","
	        "\"items\":{\"type\":[\"number\",\"null\"],"
	        "\"format\":\"double\"}}" } },
	{ MR_PARAM(struct all, table, "table",
	           MR_MATRIX(MR_ROWS(1, 2), MR_COLUMNS(2, 4), 0, 1e9)),
	  { "{\"type\":\"array\",\"description\":"
	    "\"table. Shape (rows, columns).\",\"minItems\":1,"
	    "\"maxItems\":2,\"items\":{\"type\":\"array\",\"minItems\":2,"
	    "\"maxItems\":4,\"items\":{\"type\":\"number\","
	    "\"format\":\"double\",\"minimum\":0,\"maximum\":1000000000}},"
	    "\"examples\":[[[1,2,3],[4,5,6]]]}",
	    NULL,
	    "{\"type\":\"array\",\"description\":"
	    "\"table. Shape (rows, columns).\",\"items\":{\"type\":"
	    "\"array\",\"items\":{\"type\":\"number\","
	    "\"format\":\"double\"}}}" } },
	{ MR_OBJECT(struct all, origin, "where", point),
	  { "{\"type\":\"object\",\"description\":\"where.\","
	    "\"properties\":{\"x\":{\"type\":\"number\",\"description\":"
	    "\"abscissa. Unit: m.\",\"x-unit\":\"m\",\"format\":\"double\","
	    "\"minimum\":0,\"maximum\":1,\"examples\":[1]},\"label\":"
	    "{\"type\":[\"integer\",\"null\"],\"description\":\"label.\","
	    "\"format\":\"int64\",\"minimum\":1,\"maximum\":9,"
	    "\"examples\":[1]}},\"required\":[\"x\"],"
	    "\"additionalProperties\":false}",
	    NULL,
	    "{\"type\":\"object\",\"description\":\"where.\","
	    "\"properties\":{\"x\":{\"type\":\"number\",\"description\":"
	    "\"abscissa. Unit: m.\",\"x-unit\":\"m\","
	    "\"format\":\"double\"},\"label\":{\"type\":[\"integer\","
	    "\"null\"],\"description\":\"label.\",\"format\":\"int64\""
	    "}},\"required\":[\"x\","
	    "\"label\"],\"additionalProperties\":false}" } },
	{ MR_OBJECTS(struct all, corners, "in order", point,
	             MR_LENGTH(2, 9)),
	  { "{\"type\":\"array\",\"description\":\"in order. Shape (n,).\","
	    "\"minItems\":2,\"maxItems\":9,\"items\":{\"type\":\"object\","
	    "\"properties\":{\"x\":{\"type\":\"number\",\"description\":"
	    "\"abscissa. Unit: m.\",\"x-unit\":\"m\",\"format\":\"double\","
	    "\"minimum\":0,\"maximum\":1,\"examples\":[1]},\"label\":"
	    "{\"type\":[\"integer\",\"null\"],\"description\":\"label.\","
	    "\"format\":\"int64\",\"minimum\":1,\"maximum\":9,"
	    "\"examples\":[1]}},\"required\":[\"x\"],"
	    "\"additionalProperties\":false},"
	    "\"examples\":[[{\"x\":1,\"label\":1},{\"x\":1,\"label\":1}]]}" } },
};

START_TEST(test_every_kind_has_its_keywords)
{
	for (enum mr_role role = 0; role < MR_ROLE_COUNT; role++) {
		struct mr_document *schema;

		if (rows[_i].schema[role] == NULL)
			continue;
		schema = mr_document_new();
		mr_describe_field(&rows[_i].field, role, arena, schema);
		ck_assert_pstr_eq(mr_document_print(schema, arena),
		                  rows[_i].schema[role]);
		mr_document_free(schema);
	}
}
END_TEST

static const struct mr_field mixed[] = {
	MR_PARAM(struct all, flag, "a", MR_EITHER),
	MR_PARAM(struct all, count, "b", MR_RANGE(0, 1), .in_query = true),
	MR_RESULT(struct all, rate, "c", MR_OR_ABSENT(struct all, has_rate),
	          .bounds = MR_RANGE(0, 1)),
	MR_MAYBE(struct all, any, has_any, "d", MR_RANGE(0, 1)),
};

static const struct {
	enum mr_role role;
	const char *required;
} shapes[] = {
	{ MR_ROLE_INPUT, "\"required\":[\"flag\"],\"additionalProperties\":false" },
	{ MR_ROLE_RESULT, "\"required\":[\"flag\",\"any\"],"
	                 "\"additionalProperties\":false" },
};

START_TEST(test_an_object_requires_what_must_be_there)
{
	const struct mr_shape shape = { mixed, N(mixed), sizeof(struct all) };
	struct mr_document *schema = mr_document_new();
	const char *text;

	mr_describe_shape(&shape, shapes[_i].role, arena, schema);
	text = mr_document_print(schema, arena);
	ck_assert_ptr_nonnull(strstr(text, "{\"type\":\"object\","));
	ck_assert_ptr_nonnull(strstr(text, shapes[_i].required));
	ck_assert_ptr_null(strstr(text, "\"count\""));
	ck_assert_ptr_nonnull(strstr(text, "\"rate\""));
	mr_document_free(schema);
}
END_TEST

START_TEST(test_a_shape_without_rows_is_an_empty_object)
{
	static const struct mr_field none[] = { { .name = NULL } };
	const struct mr_shape shape = { none, 1, 1 };
	struct mr_document *schema = mr_document_new();

	mr_describe_shape(&shape, MR_ROLE_RESULT, arena, schema);
	ck_assert_str_eq(mr_document_print(schema, arena),
	                 "{\"type\":\"object\",\"properties\":{},"
	                 "\"required\":[],\"additionalProperties\":false}");
	mr_document_free(schema);
}
END_TEST

START_TEST(test_arrays_have_a_form_and_a_dtype)
{
	static const struct {
		struct mr_field field;
		const char *form, *dtype;
	} cases[] = {
		{ { .kind = MR_KIND_INT64S }, "(n,)", "<i8" },
		{ { .kind = MR_KIND_DOUBLES }, "(n,)", "<f8" },
		{ { .kind = MR_KIND_MATRIX }, "(rows, columns)", "<f8" },
		{ { .kind = MR_KIND_BYTES }, NULL, NULL },
		{ { .kind = MR_KIND_DOUBLE }, NULL, NULL },
	};

	for (size_t i = 0; i < N(cases); i++) {
		ck_assert_pstr_eq(mr_describe_form(&cases[i].field),
		                  cases[i].form);
		ck_assert_pstr_eq(mr_describe_dtype(&cases[i].field),
		                  cases[i].dtype);
	}
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_every_kind_has_its_keywords, 0, N(rows));
	tcase_add_loop_test(tc, test_an_object_requires_what_must_be_there, 0,
	                    N(shapes));
	tcase_add_test(tc, test_a_shape_without_rows_is_an_empty_object);
	tcase_add_test(tc, test_arrays_have_a_form_and_a_dtype);
}

UNIT_MAIN("describe", add_tests)
