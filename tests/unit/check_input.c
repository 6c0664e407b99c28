/*
 * check_input.c: bodies in every format, coding and size, beside a query
 * string, to the record of their endpoint; and what becomes of their memory.
 */
#include "api/input.h"

#include "data.h"
#include "deflate.h"
#include "exchange.h"
#include "faults.h"
#include "schema/npy.h"

#include <math.h>

#define JSON MR_FORMAT_JSON
#define NPY MR_FORMAT_NPY
#define RAW MR_FORMAT_RAW
#define NONE MR_FORMAT_COUNT

static const char *const type_of[] = {
	[JSON] = "application/json",
	[NPY] = "application/x-npy",
	[RAW] = "application/octet-stream",
	[NONE] = "text/plain",
};

/* One record for all endpoints, whose rows tell what is in their input. */

struct input {
	struct mr_int64s wholes;
	struct mr_doubles numbers;
	struct mr_matrix matrix;
	struct mr_bytes octets;
	double x;
	int64_t times;
	struct mr_string name;
};
struct point {
	double x;
};

#define ROW(...) MR_PARAM(struct input, __VA_ARGS__)
#define X ROW(x, "a factor", MR_RANGE(-1e308, 1e308))
#define TIMES(...)                                                             \
	MR_OPTIONAL(struct input, times, "a factor", MR_RANGE(1, 1000), "2",   \
	            __VA_ARGS__)
#define WHOLES ROW(wholes, "t", MR_ITEMS(0, 1000000, INT64_MIN, INT64_MAX))
#define NUMBERS ROW(numbers, "t", MR_ITEMS(0, 1000000, -INFINITY, INFINITY))
static const struct mr_field scale[] = { X, TIMES(.in_query = true) };
static const struct mr_field get[] = { ROW(name, "t", MR_LENGTH(1, 10)) };
static const struct mr_field ping[] = { { .name = NULL } };
static const struct mr_field total[] = {
	WHOLES,
	MR_OPTIONAL(struct input, name, "t", MR_LENGTH(0, 9), "\"\""),
};
static const struct mr_field wholes[] = { WHOLES, X, TIMES() };
static const struct mr_field numbers[] = { X, TIMES(.in_query = true),
	                                   NUMBERS };
static const struct mr_field matrix[] = {
	X,
	ROW(matrix, "t", MR_MATRIX(MR_ROWS(1, 9), MR_COLUMNS(1, 9), -9, 9)),
	TIMES(),
};
static const struct mr_field octets[] = {
	X,
	TIMES(),
	ROW(octets, "t", MR_LENGTH(0, 100)),
};
static const struct mr_field two[] = { WHOLES, NUMBERS };
static const struct mr_field point[] = {
	MR_PARAM(struct point, x, "t", MR_RANGE(0, 1)),
};
struct beside {
	struct mr_int64s wholes;
	struct point point;
};
static const struct mr_field beside[] = {
	MR_PARAM(struct beside, wholes, "t", MR_ITEMS(0, 9, 0, 9)),
	MR_OBJECT(struct beside, point, "t", point),
};

#define ENDPOINT(rows, ...)                                                    \
	static const struct mr_endpoint to_##rows = {                          \
		.in = { rows, N(rows), sizeof(struct input) },                 \
		.method = MR_POST,                                             \
		__VA_ARGS__                                                    \
	}
ENDPOINT(scale, );
ENDPOINT(ping, );
ENDPOINT(total, .body_limit = 100000);
ENDPOINT(wholes, );
ENDPOINT(numbers, );
ENDPOINT(matrix, );
ENDPOINT(octets, );
ENDPOINT(two, );
ENDPOINT(beside, );
static const struct mr_endpoint to_get = {
	.in = { get, N(get), sizeof(struct input) },
};

/* The harness. */

static void
begin(void)
{
	request = (struct mr_request){ .query = { "", 0 },
		                       .body = { "", 0 },
		                       .has_length = true,
		                       .content_type = type_of[JSON] };
}

static enum mr_err
take(const struct mr_endpoint *endpoint)
{
	enum mr_err err;

	exchange_start(endpoint);
	err = mr_input_negotiate(&exchange);
	if (err == MR_OK)
		err = mr_input_begin(&exchange);
	return err == MR_OK ? mr_input_decode(&exchange) : err;
}

static enum mr_err
take_text(const struct mr_endpoint *endpoint, const char *body)
{
	request.body = TEXT(body);
	return take(endpoint);
}

/* A body that is a piece of the arena. */
static enum mr_err
take_piece(const struct mr_endpoint *endpoint, struct mr_string body)
{
	request.body = body;
	request.body_piece = body.length;
	return take(endpoint);
}

static enum mr_err
take_gzip(const struct mr_endpoint *endpoint, struct mr_string text, int level)
{
	request.content_encoding = "gzip";
	return take_piece(endpoint, deflated(text, level, NULL, arena));
}

static const struct input *
input(void)
{
	return exchange.decoding.record;
}

static const char *
faults(void)
{
	ck_assert_ptr_eq(exchange.problem.faults, &exchange.decoding.faults);
	return faults_line(exchange.problem.faults);
}

/* Bodies that are taken. */

START_TEST(test_body_and_query_fill_the_record)
{
	request.query = TEXT("times=3");
	ck_assert_int_eq(take_text(&to_scale, "{\"x\":0.5}"), MR_OK);
	ck_assert_double_eq(input()->x, 0.5);
	ck_assert_int_eq(input()->times, 3);
	exchange_assert_header(NULL, NULL);
}
END_TEST

START_TEST(test_no_input_needs_no_body)
{
	request.content_type = NULL;
	ck_assert_int_eq(take_text(&to_ping, "{}"), MR_OK);
	request.has_length = false;
	ck_assert_int_eq(take_text(&to_ping, ""), MR_OK);
}
END_TEST

START_TEST(test_body_of_a_get_is_ignored)
{
	static char body[MR_BODY_LIMIT + 1];

	request.query = TEXT("name=x");
	request.body = (struct mr_string){ body, sizeof(body) };
	request.content_type = type_of[NONE];
	request.content_encoding = "br";
	request.has_length = false;
	ck_assert_int_eq(take(&to_get), MR_OK);
	ck_assert_str_eq(input()->name.data, "x");
	exchange_assert_header(NULL, NULL);
}
END_TEST

static const char *const content_types[] = { NULL, "application/json",
	                                     "application/json; charset=utf-8",
	                                     "application/vnd.api+json" };

START_TEST(test_content_type_may_be_absent_or_json)
{
	request.content_type = content_types[_i];
	ck_assert_int_eq(take_text(&to_scale, "{\"x\":1}"), MR_OK);
	ck_assert_double_eq(input()->x, 1);
	ck_assert_int_eq(input()->times, 2);
	ck_assert_int_eq(take_text(&to_wholes, "{\"x\":1,\"wholes\":[]}"),
	                 MR_OK);
}
END_TEST

/* Bodies that may not be read. */

static const struct {
	const struct mr_endpoint *endpoint;
	const char *content_type;
	const char *detail;
} types_refused[] = {
	{ &to_scale, "text/plain",
	  "The body should be application/json in UTF-8" },
	{ &to_scale, "application/json; charset=latin1",
	  "The body should be application/json in UTF-8" },
	{ &to_scale, "application/x-npy",
	  "The body should be application/json in UTF-8" },
	{ &to_scale, "application/octet-stream",
	  "The body should be application/json in UTF-8" },
	{ &to_ping, "application/x-npy",
	  "The body should be application/json in UTF-8" },
	{ &to_two, "application/x-npy",
	  "The body should be application/json in UTF-8" },
	{ &to_two, "application/octet-stream",
	  "The body should be application/json in UTF-8" },
	{ &to_beside, "application/x-npy",
	  "The body should be application/json in UTF-8" },
	{ &to_wholes, "text/plain",
	  "The body should be application/json in UTF-8 or application/x-npy "
	  "or application/octet-stream" },
	{ &to_numbers, "application/x-www-form-urlencoded",
	  "The body should be application/json in UTF-8 or application/x-npy "
	  "or application/octet-stream" },
	{ &to_matrix, "application/octet-stream",
	  "The body should be application/json in UTF-8 or "
	  "application/x-npy" },
	{ &to_octets, "application/x-npy",
	  "The body should be application/json in UTF-8 or "
	  "application/octet-stream" },
};

START_TEST(test_type_that_is_not_taken_is_refused_with_those_that_are)
{
	request.content_type = types_refused[_i].content_type;
	ck_assert_int_eq(take_text(types_refused[_i].endpoint, "{\"x\":1}"),
	                 MR_MEDIA_TYPE);
	ck_assert_str_eq(exchange.problem.detail, types_refused[_i].detail);
	exchange_assert_header(NULL, NULL);
}
END_TEST

START_TEST(test_takes_what_it_says)
{
	static const struct {
		const struct mr_endpoint *endpoint;
		bool npy, raw;
	} takes[] = {
		{ &to_scale, false, false }, { &to_ping, false, false },
		{ &to_two, false, false },   { &to_beside, false, false },
		{ &to_wholes, true, true },  { &to_numbers, true, true },
		{ &to_matrix, true, false }, { &to_octets, false, true },
	};

	for (size_t i = 0; i < N(takes); i++) {
		ck_assert(mr_input_takes(takes[i].endpoint, JSON));
		ck_assert_int_eq(mr_input_takes(takes[i].endpoint, NPY),
		                 takes[i].npy);
		ck_assert_int_eq(mr_input_takes(takes[i].endpoint, RAW),
		                 takes[i].raw);
	}
}
END_TEST

START_TEST(test_body_without_a_length_is_refused)
{
	for (int format = 0; format <= NONE; format++) {
		request.has_length = false;
		request.content_type = type_of[format];
		ck_assert_int_eq(take_text(&to_wholes, ""), MR_LENGTH_REQUIRED);
		ck_assert_str_eq(
		    exchange.problem.detail,
		    "A body is needed, with its length or chunked");
		ck_assert_int_eq(take_text(&to_ping, "{}"), MR_LENGTH_REQUIRED);
	}
}
END_TEST

/* Limits. */

/* White space behind an object. */
static struct mr_string
total_of(size_t size)
{
	static const char object[] = "{\"wholes\":[1,2,3],\"name\":\"a\\nb\"}";
	char *body = mr_arena_alloc(arena, size);

	memset(body, ' ', size);
	memcpy(body, object, sizeof(object) - 1);
	return (struct mr_string){ body, size };
}

static void
assert_total(void)
{
	static const int64_t values[] = { 1, 2, 3 };

	ck_assert_uint_eq(input()->wholes.length, 3);
	ck_assert_mem_eq(input()->wholes.data, values, sizeof(values));
	ck_assert_str_eq(input()->name.data, "a\nb");
}

START_TEST(test_body_may_be_as_long_as_declared)
{
	ck_assert_int_eq(take_piece(&to_total, total_of(100000)), MR_OK);
	assert_total();
	for (int format = 0; format <= NONE; format++) {
		request.content_type = type_of[format];
		ck_assert_int_eq(take_piece(&to_total, total_of(100001)),
		                 MR_BODY_TOO_LARGE);
		ck_assert_str_eq(exchange.problem.detail,
		                 "The body may have 100000 bytes");
	}
}
END_TEST

START_TEST(test_body_may_be_a_mebibyte_if_nothing_is_declared)
{
	char *body = mr_arena_alloc(arena, MR_BODY_LIMIT + 1);

	memset(body, ' ', MR_BODY_LIMIT + 1);
	memcpy(body, "{\"x\":1}", 7);
	request.body = (struct mr_string){ body, MR_BODY_LIMIT + 1 };
	ck_assert_int_eq(take(&to_scale), MR_BODY_TOO_LARGE);
	request.body.length--;
	ck_assert_int_eq(take(&to_scale), MR_OK);
	request.content_type = type_of[RAW];
	ck_assert_int_eq(take(&to_numbers), MR_INVALID); /* x is missing */
	request.body.length++;
	ck_assert_int_eq(take(&to_numbers), MR_BODY_TOO_LARGE);
}
END_TEST

/* What is malformed. */

static const struct {
	const struct mr_endpoint *endpoint;
	enum mr_format format;
	const char *query, *body, *detail;
	size_t offset;
} malformed[] = {
	{ &to_get, JSON, "name=%4", "", "Query string, byte 5: ", 5 },
	{ &to_scale, JSON, "%", "{\"x\":", "Query string, byte 0: ", 0 },
	{ &to_scale, JSON, "", "", "Body, byte 0: ", 0 },
	{ &to_scale, JSON, "", "{\"x\":1", "Body, byte 6: ", 6 },
	{ &to_scale, JSON, "", "{\"x\":1,\"x\":2}", "Body, byte 7: ", 7 },
	{ &to_scale, JSON, "bogus=1&times=x", "{\"y\":1,\"x\":01}",
	  "Body, byte 11: ", 11 },
	{ &to_ping, JSON, "", "x", "Body, byte 0: ", 0 },
	{ &to_wholes, NPY, "x=%zz", "", "Query string, byte 2: ", 2 },
	{ &to_wholes, NPY, "x=1", "",
	  "Body, byte 0: no .npy file begins like this", 0 },
	{ &to_wholes, NPY, "x=1", "{\"wholes\":[]}",
	  "Body, byte 0: no .npy file begins like this", 0 },
	{ &to_matrix, NPY, "bogus=1", "\x93NUMPY\4\1..",
	  "Body, byte 6: the version is not 1.0, 2.0 or 3.0", 6 },
	{ &to_numbers, NPY, "x=1", "\x93NUMPY\1",
	  "Body, byte 7: the header ends too early", 7 },
};

START_TEST(test_malformed_input_has_a_place)
{
	const char *detail = malformed[_i].detail;

	request.content_type = type_of[malformed[_i].format];
	request.query = TEXT(malformed[_i].query);
	ck_assert_int_eq(take_text(malformed[_i].endpoint, malformed[_i].body),
	                 MR_SYNTAX);
	ck_assert_msg(strncmp(exchange.problem.detail, detail,
	                      strlen(detail)) == 0,
	              "%s", exchange.problem.detail);
	ck_assert(exchange.problem.has_offset);
	ck_assert_uint_eq(exchange.problem.offset, malformed[_i].offset);
	ck_assert_ptr_null(exchange.problem.faults);
}
END_TEST

START_TEST(test_query_that_is_too_long_is_refused)
{
	static char query[8194];

	memset(query, 'x', sizeof(query) - 1);
	request.query = TEXT(query);
	ck_assert_int_eq(take(&to_get), MR_URI_TOO_LONG);
	ck_assert_str_eq(exchange.problem.detail,
	                 "The query string is too long");
}
END_TEST

/* What is unfit.  In binary, what is not the body is in the query string. */

static const struct {
	const struct mr_endpoint *endpoint;
	enum mr_format format;
	const char *query, *body, *faults, *detail;
} unfit[] = {
	{ &to_get, JSON, "", "", "query.name missing", "1 fault in the input" },
	{ &to_scale, JSON, "times=0&tims=1", "{\"x\":\"1\",\"times\":5}",
	  "query.times greater_than_equal; query.tims extra_forbidden; "
	  "body.x float_type; body.times extra_forbidden",
	  "4 faults in the input" },
	{ &to_scale, JSON, "", "[]", "body model_attributes_type",
	  "1 fault in the input" },
	{ &to_ping, JSON, "x=1", "", "query.x extra_forbidden",
	  "1 fault in the input" },
	{ &to_ping, JSON, "", "{\"x\":1}", "body.x extra_forbidden",
	  "1 fault in the input" },
	{ &to_wholes, JSON, "x=1", "{\"wholes\":[]}",
	  "query.x extra_forbidden; body.x missing", "2 faults in the input" },
	{ &to_wholes, JSON, "times=2", "{\"x\":1,\"wholes\":[]}",
	  "query.times extra_forbidden", "1 fault in the input" },
	{ &to_wholes, RAW, "", "", "query.x missing", "1 fault in the input" },
	{ &to_wholes, RAW, "x=a&times=0", "1234567",
	  "query.x float_parsing; query.times greater_than_equal; "
	  "body.wholes data_length",
	  "3 faults in the input" },
	{ &to_wholes, RAW, "x=1&wholes=1", "", "query.wholes extra_forbidden",
	  "1 fault in the input" },
	{ &to_octets, RAW, "x=1&octets=AA%3D%3D&bogus=1", "",
	  "query.octets extra_forbidden; query.bogus extra_forbidden",
	  "2 faults in the input" },
	{ &to_numbers, RAW, "x=1", "\1\1\1\1\1\1\xF0\x7F",
	  "body.numbers.0 finite_number", "1 fault in the input" },
};

START_TEST(test_unfit_input_is_told_by_all_its_faults)
{
	request.content_type = type_of[unfit[_i].format];
	request.query = TEXT(unfit[_i].query);
	ck_assert_int_eq(take_text(unfit[_i].endpoint, unfit[_i].body),
	                 MR_INVALID);
	ck_assert_str_eq(faults(), unfit[_i].faults);
	ck_assert_str_eq(exchange.problem.detail, unfit[_i].detail);
	ck_assert(!exchange.problem.has_offset);
}
END_TEST

/* Every kind in every format that carries it. */

static const struct {
	const struct mr_endpoint *endpoint;
	enum mr_format format;
	const char *file; /* of tests/data; raw: what is behind its header */
	size_t member, count; /* count: elements, or rows */
	bool stays;           /* the member lies in the body */
} bodies[] = {
#define MEMBER(name) offsetof(struct input, name)
	{ &to_wholes, NPY, "i8", MEMBER(wholes), 5, true },
	{ &to_wholes, NPY, "i1", MEMBER(wholes), 5, false },
	{ &to_wholes, NPY, "u4", MEMBER(wholes), 4, false },
	{ &to_wholes, NPY, "empty_i8", MEMBER(wholes), 0, false },
	{ &to_wholes, RAW, "i8", MEMBER(wholes), 5, true },
	{ &to_wholes, RAW, "empty_i8", MEMBER(wholes), 0, false },
	{ &to_numbers, NPY, "f8", MEMBER(numbers), 6, true },
	{ &to_numbers, NPY, "version_3", MEMBER(numbers), 2, true },
	{ &to_numbers, NPY, "f2", MEMBER(numbers), 6, false },
	{ &to_numbers, NPY, "i4", MEMBER(numbers), 5, false },
	{ &to_numbers, RAW, "f8", MEMBER(numbers), 6, true },
	{ &to_numbers, RAW, "empty_f8", MEMBER(numbers), 0, false },
	{ &to_matrix, NPY, "matrix", MEMBER(matrix), 2, true },
	{ &to_matrix, NPY, "matrix_i4", MEMBER(matrix), 2, false },
	{ &to_octets, RAW, "i1", MEMBER(octets), 5, true },
	{ &to_octets, RAW, "empty_i8", MEMBER(octets), 0, false },
};

/* The body of a row, in the arena. */
static struct mr_string
body_of(int row)
{
	struct mr_string file = data_npy(bodies[row].file);
	size_t skipped = bodies[row].format == RAW ? MR_NPY_HEADER : 0;

	request.content_type = type_of[bodies[row].format];
	file.data += skipped;
	file.length -= skipped;
	file.data = mr_arena_copy(arena, file.data, file.length);
	return file;
}

static bool
is_inside(struct mr_string whole, const void *data)
{
	return (uintptr_t)data >= (uintptr_t)whole.data &&
	       (uintptr_t)data < (uintptr_t)whole.data + whole.length;
}

/* All members of arrays begin with a pointer and a length. */
static void
assert_taken(int row)
{
	const struct mr_bytes *member =
	    (const void *)((const char *)exchange.decoding.record +
	                   bodies[row].member);

	ck_assert_int_eq(exchange.decoding.format, bodies[row].format);
	ck_assert_double_eq(input()->x, 2.5);
	ck_assert_int_eq(input()->times, 7);
	ck_assert_ptr_nonnull(member->data);
	ck_assert_uint_eq(member->length, bodies[row].count);
	ck_assert_int_eq(exchange.decoding.keeps_body, bodies[row].stays);
	ck_assert_int_eq(is_inside(exchange.body, member->data),
	                 bodies[row].stays);
}

START_TEST(test_binary_body_is_taken_with_scalars_of_the_query)
{
	request.query = TEXT("x=2.5&times=7");
	ck_assert_int_eq(take_piece(bodies[_i].endpoint, body_of(_i)), MR_OK);
	assert_taken(_i);
}
END_TEST

START_TEST(test_binary_body_in_gzip_is_taken_alike)
{
	request.query = TEXT("x=2.5&times=7");
	ck_assert_int_eq(take_gzip(bodies[_i].endpoint, body_of(_i), 6), MR_OK);
	assert_taken(_i);
	ck_assert(!is_inside(request.body, exchange.body.data));
}
END_TEST

START_TEST(test_binary_body_needs_its_scalars_in_the_query)
{
	request.query = TEXT("times=7");
	ck_assert_int_eq(take_piece(bodies[_i].endpoint, body_of(_i)),
	                 MR_INVALID);
	ck_assert_str_eq(faults(), "query.x missing");
	request.query = TEXT("x=1&y=2");
	ck_assert_int_eq(take_piece(bodies[_i].endpoint, body_of(_i)),
	                 MR_INVALID);
	ck_assert_str_eq(faults(), "query.y extra_forbidden");
	request.query = TEXT("x=1");
	ck_assert_int_eq(take_piece(bodies[_i].endpoint, body_of(_i)), MR_OK);
	ck_assert_int_eq(input()->times, 2);
}
END_TEST

START_TEST(test_unfit_npy_is_told_at_the_field)
{
	request.query = TEXT("bogus=1");
	request.content_type = type_of[NPY];
	request.body = data_npy("matrix_fortran");
	ck_assert_int_eq(take(&to_wholes), MR_INVALID);
	ck_assert_str_eq(faults(),
	                 "query.bogus extra_forbidden; "
	                 "body.wholes array_dtype; body.wholes array_order; "
	                 "body.wholes array_dimensions; query.x missing");
}
END_TEST

START_TEST(test_npy_that_is_cut_is_malformed_where_it_ends)
{
	request.query = TEXT("x=1");
	request.content_type = type_of[NPY];
	request.body = data_npy("f8");
	request.body.length--;
	ck_assert_int_eq(take(&to_numbers), MR_SYNTAX);
	ck_assert_str_eq(exchange.problem.detail,
	                 "Body, byte 175: the data ends too early");
	ck_assert_uint_eq(exchange.problem.offset, 175);
	ck_assert_int_eq(take_gzip(&to_numbers, request.body, 6), MR_SYNTAX);
	ck_assert_uint_eq(exchange.problem.offset, 175);
}
END_TEST

/* The body itself is used at every eighth address only. */
START_TEST(test_body_that_is_not_aligned_is_copied)
{
	struct mr_string file = data_npy("f8");
	char *room = mr_arena_alloc(arena, file.length + 8);
	bool aligned = _i % 8 == 0;

	memcpy(room + _i, file.data, file.length);
	request.query = TEXT("x=1");
	request.content_type = type_of[NPY];
	request.body = (struct mr_string){ room + _i, file.length };
	ck_assert_int_eq(take(&to_numbers), MR_OK);
	ck_assert_int_eq(exchange.decoding.keeps_body, aligned);
	ck_assert_int_eq(is_inside(request.body, input()->numbers.data),
	                 aligned);
	ck_assert_mem_eq(input()->numbers.data, file.data + MR_NPY_HEADER,
	                 6 * sizeof(double));
}
END_TEST

/* Memory. */

START_TEST(test_body_that_is_no_piece_is_left_alone)
{
	request.body = total_of(90000);
	ck_assert_int_eq(take(&to_total), MR_OK);
	assert_total();
	ck_assert(is_mapped(request.body.data));
	ck_assert_int_eq(request.body.data[0], '{');
}
END_TEST

/* A file of 20000 elements of a type, zeroed but for the first byte. */
static struct mr_string
long_npy(enum mr_npy_type type, size_t size)
{
	const struct mr_npy npy = { .type = type,
		                    .dimensions = 1,
		                    .shape = { 20000 } };
	struct mr_buffer header = { .arena = arena };
	char *file = mr_arena_alloc(arena, MR_NPY_HEADER + 20000 * size);

	mr_npy_write(&npy, &header);
	memcpy(file, header.data, MR_NPY_HEADER);
	file[MR_NPY_HEADER] = 3;
	return (struct mr_string){ file, MR_NPY_HEADER + 20000 * size };
}

static const struct {
	enum mr_npy_type type;
	size_t size; /* of an element */
	const char *query;
	enum mr_err err;
	bool stays;
} long_files[] = {
	{ MR_NPY_I8, 8, "x=1", MR_OK, true },
	{ MR_NPY_I4, 4, "x=1", MR_OK, false },
	{ MR_NPY_F8, 8, "x=1", MR_INVALID, false },
};

static void
assert_long_file(int row)
{
	const struct mr_int64s *array = &input()->wholes;

	ck_assert_int_eq(exchange.decoding.keeps_body, long_files[row].stays);
	if (long_files[row].err != MR_OK)
		return;
	ck_assert_uint_eq(array->length, 20000);
	ck_assert_int_eq(array->data[0], 3);
	ck_assert_int_eq(array->data[19999], 0);
	if (!long_files[row].stays)
		return;
	ck_assert_ptr_eq(array->data, exchange.body.data + MR_NPY_HEADER);
	mr_arena_reset(arena);
	ck_assert(!is_mapped(exchange.body.data));
}

START_TEST(test_binary_body_is_kept_while_the_record_is_in_it)
{
	request.content_type = type_of[NPY];
	request.query = TEXT(long_files[_i].query);
	ck_assert_int_eq(take_piece(&to_wholes, long_npy(long_files[_i].type,
	                                                 long_files[_i].size)),
	                 long_files[_i].err);
	assert_long_file(_i);
}
END_TEST

START_TEST(test_inflated_body_is_kept_while_the_record_is_in_it)
{
	request.content_type = type_of[NPY];
	request.query = TEXT(long_files[_i].query);
	ck_assert_int_eq(
	    take_gzip(&to_wholes,
	              long_npy(long_files[_i].type, long_files[_i].size), 0),
	    long_files[_i].err);
	assert_long_file(_i);
}
END_TEST

/* Codings. */

START_TEST(test_gzip_body_is_inflated)
{
	ck_assert_int_eq(take_gzip(&to_scale, TEXT("{\"x\":0.5}"), 6), MR_OK);
	ck_assert_double_eq(input()->x, 0.5);
	ck_assert_int_eq(take_gzip(&to_ping, TEXT("{}"), 6), MR_OK);
	ck_assert_int_eq(take_gzip(&to_ping, TEXT(""), 6), MR_OK);
}
END_TEST

START_TEST(test_gzip_body_is_malformed_as_json_too)
{
	ck_assert_int_eq(take_gzip(&to_scale, TEXT("{\"x\":01}"), 6),
	                 MR_SYNTAX);
	ck_assert_str_eq(exchange.problem.detail,
	                 "Body, byte 5: a number may not begin with a zero");
	ck_assert_int_eq(take_gzip(&to_scale, TEXT(""), 6), MR_SYNTAX);
}
END_TEST

static const struct {
	const char *body, *detail;
	size_t offset;
} no_gzip[] = {
	{ "", "Compressed body, byte 0: it ends too early", 0 },
	{ "\x1F\x8B", "Compressed body, byte 2: it ends too early", 2 },
	{ "{\"x\":1}",
	  "Compressed body, byte 0: a member should begin with 1F 8B", 0 },
};

START_TEST(test_gzip_that_is_none_is_malformed)
{
	request.content_encoding = "x-gzip";
	ck_assert_int_eq(take_text(&to_scale, no_gzip[_i].body), MR_SYNTAX);
	ck_assert_str_eq(exchange.problem.detail, no_gzip[_i].detail);
	ck_assert(exchange.problem.has_offset);
	ck_assert_uint_eq(exchange.problem.offset, no_gzip[_i].offset);
}
END_TEST

START_TEST(test_gzip_body_obeys_the_limit_on_both_sides)
{
	ck_assert_int_eq(take_gzip(&to_total, total_of(100000), 6), MR_OK);
	assert_total();
	ck_assert_int_eq(take_gzip(&to_total, total_of(100001), 6),
	                 MR_BODY_TOO_LARGE);
	ck_assert_str_eq(exchange.problem.detail,
	                 "The body may have 100000 bytes once it is inflated");
	ck_assert_int_eq(take_gzip(&to_total, total_of(100000), 0),
	                 MR_BODY_TOO_LARGE);
	ck_assert_str_eq(exchange.problem.detail,
	                 "The body may have 100000 bytes");
}
END_TEST

/* Ten megabytes in ten kilobytes, for one. */
START_TEST(test_gzip_bomb_is_refused)
{
	ck_assert_int_eq(take_gzip(&to_scale, total_of(10000000), 9),
	                 MR_BODY_TOO_LARGE);
	ck_assert_uint_lt(request.body.length, 20000);
	ck_assert_str_eq(exchange.problem.detail,
	                 "The body may have 1048576 bytes once it is inflated");
}
END_TEST

START_TEST(test_gzip_body_is_released_once_it_is_inflated)
{
	ck_assert_int_eq(take_gzip(&to_total, total_of(90000), 0), MR_OK);
	assert_total();
	ck_assert(!is_mapped(request.body.data));
	ck_assert(is_mapped(exchange.body.data));
}
END_TEST

START_TEST(test_coding_other_than_gzip_is_refused)
{
	request.content_encoding = "deflate";
	ck_assert_int_eq(take_text(&to_scale, "{\"x\":0.5}"), MR_MEDIA_TYPE);
	ck_assert_str_eq(
	    exchange.problem.detail,
	    "The body may have the Content-Encoding gzip, or none");
	exchange_assert_header("Accept-Encoding", "gzip");
}
END_TEST

START_TEST(test_coding_without_a_body_is_ignored)
{
	request.content_encoding = "br";
	ck_assert_int_eq(take_text(&to_ping, ""), MR_OK);
	exchange_assert_header(NULL, NULL);
}
END_TEST

static void
add_refusals(TCase *tc)
{
	tcase_add_loop_test(
	    tc, test_type_that_is_not_taken_is_refused_with_those_that_are, 0,
	    N(types_refused));
	tcase_add_test(tc, test_takes_what_it_says);
	tcase_add_test(tc, test_body_without_a_length_is_refused);
	tcase_add_test(tc, test_body_may_be_as_long_as_declared);
	tcase_add_test(tc, test_body_may_be_a_mebibyte_if_nothing_is_declared);
	tcase_add_loop_test(tc, test_malformed_input_has_a_place, 0,
	                    N(malformed));
	tcase_add_test(tc, test_query_that_is_too_long_is_refused);
	tcase_add_loop_test(tc, test_unfit_input_is_told_by_all_its_faults, 0,
	                    N(unfit));
	tcase_add_test(tc, test_unfit_npy_is_told_at_the_field);
	tcase_add_test(tc, test_npy_that_is_cut_is_malformed_where_it_ends);
}

static void
add_codings(TCase *tc)
{
	tcase_add_test(tc, test_gzip_body_is_inflated);
	tcase_add_test(tc, test_gzip_body_is_malformed_as_json_too);
	tcase_add_loop_test(tc, test_gzip_that_is_none_is_malformed, 0,
	                    N(no_gzip));
	tcase_add_test(tc, test_gzip_body_obeys_the_limit_on_both_sides);
	tcase_add_test(tc, test_gzip_bomb_is_refused);
	tcase_add_test(tc, test_gzip_body_is_released_once_it_is_inflated);
	tcase_add_test(tc, test_coding_other_than_gzip_is_refused);
	tcase_add_test(tc, test_coding_without_a_body_is_ignored);
}

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, NULL);
	tcase_add_test(tc, test_body_and_query_fill_the_record);
	tcase_add_test(tc, test_no_input_needs_no_body);
	tcase_add_test(tc, test_body_of_a_get_is_ignored);
	tcase_add_loop_test(tc, test_content_type_may_be_absent_or_json, 0,
	                    N(content_types));
	add_refusals(tc);
	tcase_add_loop_test(tc,
	                    test_binary_body_is_taken_with_scalars_of_the_query,
	                    0, N(bodies));
	tcase_add_loop_test(tc, test_binary_body_in_gzip_is_taken_alike, 0,
	                    N(bodies));
	tcase_add_loop_test(tc, test_binary_body_needs_its_scalars_in_the_query,
	                    0, N(bodies));
	tcase_add_loop_test(tc, test_body_that_is_not_aligned_is_copied, 0, 9);
	tcase_add_test(tc, test_body_that_is_no_piece_is_left_alone);
	tcase_add_loop_test(tc,
	                    test_binary_body_is_kept_while_the_record_is_in_it,
	                    0, N(long_files));
	tcase_add_loop_test(
	    tc, test_inflated_body_is_kept_while_the_record_is_in_it, 0,
	    N(long_files));
	add_codings(tc);
}

UNIT_MAIN("input", add_tests)
