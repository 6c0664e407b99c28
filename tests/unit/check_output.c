/*
 * check_output.c: which format a client gets its result in, and the reply in
 * each, beside files that NumPy wrote.
 */
#include "api/output.h"

#include "data.h"
#include "exchange.h"
#include "schema/npy.h"

#include <math.h>

/* One record for all endpoints, whose rows tell what is in their results. */

struct results {
	struct mr_int64s wholes;
	struct mr_doubles numbers, holes;
	struct mr_matrix matrix;
	struct mr_bytes octets;
	struct mr_string name;
	int64_t count;
	double mean;
	bool given;
};
MR_NOTHING(nothing);

#define ROW(...) MR_RESULT(struct results, __VA_ARGS__)
#define BESIDE ROW(count, "stands beside it")
static const struct mr_field wholes[] = { BESIDE, ROW(wholes, "t") };
static const struct mr_field numbers[] = { ROW(numbers, "t"), BESIDE };
static const struct mr_field holes[] = {
	BESIDE,
	ROW(holes, "t", .null_if_not_finite = true),
};
static const struct mr_field matrix[] = { ROW(matrix, "t") };
static const struct mr_field octets[] = { ROW(octets, "t"), BESIDE };
static const struct mr_field scalars[] = { BESIDE, ROW(mean, "t"),
	                                   ROW(name, "t") };
static const struct mr_field two[] = { ROW(wholes, "t"), ROW(numbers, "t") };
static const struct mr_field or_null[] = {
	ROW(wholes, "t", MR_OR_NULL(struct results, given)),
};

#define ENDPOINT(rows)                                                         \
	static const struct mr_endpoint to_##rows = {                          \
		.in = MR_SHAPE(nothing),                                       \
		.out = { rows, N(rows), sizeof(struct results) },              \
	}
ENDPOINT(wholes);
ENDPOINT(numbers);
ENDPOINT(holes);
ENDPOINT(matrix);
ENDPOINT(octets);
ENDPOINT(scalars);
ENDPOINT(two);
ENDPOINT(or_null);

#define JSON MR_FORMAT_JSON
#define NPY MR_FORMAT_NPY
#define RAW MR_FORMAT_RAW
#define NONE MR_FORMAT_COUNT

/* Formats. */

static const struct {
	const struct mr_endpoint *endpoint;
	bool npy, raw;
	const char *detail; /* of 406 */
} offers[] = {
	{ &to_wholes, true, true,
	  "This endpoint answers with application/json in UTF-8 or "
	  "application/x-npy or application/octet-stream" },
	{ &to_numbers, true, true,
	  "This endpoint answers with application/json in UTF-8 or "
	  "application/x-npy or application/octet-stream" },
	{ &to_matrix, true, false,
	  "This endpoint answers with application/json in UTF-8 or "
	  "application/x-npy" },
	{ &to_octets, false, true,
	  "This endpoint answers with application/json in UTF-8 or "
	  "application/octet-stream" },
	{ &to_scalars, false, false,
	  "This endpoint answers with application/json in UTF-8" },
	{ &to_two, false, false,
	  "This endpoint answers with application/json in UTF-8" },
	{ &to_or_null, false, false,
	  "This endpoint answers with application/json in UTF-8" },
};

START_TEST(test_array_that_is_always_there_is_offered_in_binary)
{
	const struct mr_endpoint *endpoint = offers[_i].endpoint;

	ck_assert(mr_output_gives(endpoint, JSON));
	ck_assert_int_eq(mr_output_gives(endpoint, NPY), offers[_i].npy);
	ck_assert_int_eq(mr_output_gives(endpoint, RAW), offers[_i].raw);
}
END_TEST

START_TEST(test_reply_varies_where_there_is_a_choice)
{
	static const char *const accepts[] = { NULL, "*/*", "text/html",
		                               "application/json" };
	bool varies = offers[_i].npy || offers[_i].raw;

	for (size_t i = 0; i < N(accepts); i++) {
		request.accept = accepts[i];
		exchange_start(offers[_i].endpoint);
		mr_output_negotiate(&exchange);
		exchange_assert_header(varies ? "Vary" : NULL, "Accept");
	}
}
END_TEST

START_TEST(test_who_accepts_none_is_told_all)
{
	request.accept = "text/html, application/json;q=0";
	exchange_start(offers[_i].endpoint);
	ck_assert_int_eq(mr_output_negotiate(&exchange), MR_NOT_ACCEPTABLE);
	ck_assert_str_eq(exchange.problem.detail, offers[_i].detail);
}
END_TEST

static const struct {
	const struct mr_endpoint *endpoint;
	const char *accept;
	enum mr_format format;
} choices[] = {
	{ &to_wholes, NULL, JSON },
	{ &to_wholes, "", JSON },
	{ &to_wholes, "*/*", JSON },
	{ &to_wholes, "application/*", JSON },
	{ &to_wholes, "application/json", JSON },
	{ &to_wholes, "application/x-npy", NPY },
	{ &to_wholes, "Application/X-NPY", NPY },
	{ &to_wholes, "application/octet-stream", RAW },
	/* The best one wins; of several, the first as the server has them. */
	{ &to_wholes, "application/x-npy, application/json", JSON },
	{ &to_wholes, "application/octet-stream, application/x-npy", NPY },
	{ &to_wholes, "application/json;q=0.5, application/x-npy", NPY },
	{ &to_wholes, "application/x-npy;q=0.5, application/json;q=0.6", JSON },
	{ &to_wholes, "application/x-npy;q=0.001, text/html", NPY },
	{ &to_wholes, "application/octet-stream, */*;q=0.9", RAW },
	{ &to_wholes, "application/*;q=0.3, application/octet-stream;q=0.4",
	  RAW },
	{ &to_wholes, "application/x-npy;q=0.5;q=0.7, */*;q=0.6", NPY },
	/* A weight of zero. */
	{ &to_wholes, "*/*;q=0.1, application/json;q=0", NPY },
	{ &to_wholes, "application/json;q=0, application/x-npy;q=0, */*", RAW },
	{ &to_wholes, "application/*;q=0, application/x-npy;q=0.1", NPY },
	{ &to_wholes, "application/x-npy;q=0, */*", JSON },
	{ &to_wholes, "application/x-npy;q=0", NONE },
	{ &to_wholes, "*/*;q=0", NONE },
	{ &to_wholes, "application/json;q=0", NONE },
	{ &to_wholes, "text/html", NONE },
	/* What is not offered. */
	{ &to_matrix, "application/x-npy", NPY },
	{ &to_matrix, "application/octet-stream", NONE },
	{ &to_matrix, "application/octet-stream, */*;q=0.1", JSON },
	{ &to_octets, "application/octet-stream", RAW },
	{ &to_octets, "application/x-npy", NONE },
	{ &to_octets, "application/json;q=0, */*", RAW },
	{ &to_scalars, "application/x-npy", NONE },
	{ &to_scalars, "application/x-npy, application/json;q=0.1", JSON },
	{ &to_two, "application/x-npy", NONE },
	{ &to_or_null, "application/x-npy, application/octet-stream", NONE },
};

START_TEST(test_accept_chooses_the_format)
{
	enum mr_format format = choices[_i].format;

	request.accept = choices[_i].accept;
	exchange_start(choices[_i].endpoint);
	ck_assert_int_eq(mr_output_negotiate(&exchange),
	                 format == NONE ? MR_NOT_ACCEPTABLE : MR_OK);
	if (format != NONE)
		ck_assert_int_eq(exchange.format, format);
}
END_TEST

/* Replies. */

static struct results record;

static enum mr_err
encode(const struct mr_endpoint *endpoint, enum mr_format format)
{
	exchange_start(endpoint);
	exchange.format = format;
	return mr_output_encode(&exchange, &record);
}

static void
assert_ok(const char *type)
{
	ck_assert_int_eq(reply.status, 200);
	ck_assert_str_eq(reply.content_type, type);
	exchange_assert_header(NULL, NULL);
}

static const struct {
	const struct mr_endpoint *endpoint;
	const char *json;
} texts[] = {
	{ &to_wholes, "{\"count\":2,\"wholes\":[]}" },
	{ &to_holes, "{\"count\":2,\"holes\":[1,null]}" },
	{ &to_octets, "{\"octets\":\"AP8=\",\"count\":2}" },
	{ &to_scalars, "{\"count\":2,\"mean\":0.5,\"name\":\"n\"}" },
	{ &to_or_null, "{\"wholes\":null}" },
};

START_TEST(test_json_is_the_whole_result)
{
	static const double values[] = { 1, NAN };

	record = (struct results){ .holes = { values, 2 },
		                   .octets = { (const void *)"\0\xFF", 2 },
		                   .name = { "n", 1 },
		                   .count = 2,
		                   .mean = 0.5 };
	ck_assert_int_eq(encode(texts[_i].endpoint, JSON), MR_OK);
	assert_ok("application/json");
	ck_assert_uint_eq(reply.preamble.length, 0);
	ck_assert_uint_eq(reply.body.length, strlen(texts[_i].json));
	ck_assert_mem_eq(reply.body.data, texts[_i].json, reply.body.length);
}
END_TEST

/* A piece of the arena that a body was; whether the record lies in it. */
static const struct {
	size_t piece, count;
	bool keeps_body, reused;
} bodies[] = {
	{ 100000, 10, false, true },   { 100000, 10, true, false },
	{ 40000, 30000, false, true }, { 1000, 10, false, true },
	{ 100, 30000, false, false },  { 0, 10, false, false },
};

START_TEST(test_reply_takes_the_memory_of_the_body)
{
	size_t count = bodies[_i].count;
	int64_t *values = mr_arena_alloc(arena, count * sizeof(*values));

	record = (struct results){ .wholes = { values, count } };
	request.body_piece = bodies[_i].piece;
	request.body.length = bodies[_i].piece;
	request.body.data = mr_arena_alloc(arena, bodies[_i].piece);
	memset((char *)(uintptr_t)request.body.data, 'x', bodies[_i].piece);
	exchange_start(&to_wholes);
	exchange.decoding.keeps_body = bodies[_i].keeps_body;
	ck_assert_int_eq(mr_output_encode(&exchange, &record), MR_OK);
	ck_assert_uint_eq(reply.body.length,
	                  sizeof("{\"count\":0,\"wholes\":[]}") - 1 +
	                      2 * count - 1);
	ck_assert_mem_eq(reply.body.data, "{\"count\":0,\"wholes\":[0,0,", 25);
	if (bodies[_i].piece >= reply.body.length)
		ck_assert_int_eq(reply.body.data == request.body.data,
		                 bodies[_i].reused);
	if (bodies[_i].keeps_body)
		ck_assert_int_eq(request.body.data[0], 'x');
}
END_TEST

/* A result that holds the data of the file, which is in C order. */
static const struct {
	const struct mr_endpoint *endpoint;
	const char *name;
	size_t rows, columns; /* of data; no columns: an array of rows */
} files[] = {
	{ &to_wholes, "i8", 5, 0 },
	{ &to_wholes, "empty_i8", 0, 0 },
	{ &to_numbers, "f8", 6, 0 },
	{ &to_numbers, "empty_f8", 0, 0 },
	{ &to_holes, "f8_not_finite", 4, 0 },
	{ &to_matrix, "matrix", 2, 3 },
	{ &to_matrix, "matrix_column", 2, 1 },
	{ &to_matrix, "no_rows", 0, 3 },
};

static struct mr_string
load_record(int row)
{
	struct mr_string file = data_npy(files[row].name);
	const void *data = file.data + MR_NPY_HEADER;
	size_t length = files[row].rows;

	record = (struct results){
		.wholes = { data, length },
		.numbers = { data, length },
		.holes = { data, length },
		.matrix = { data, length, files[row].columns },
		.octets = { data, file.length - MR_NPY_HEADER },
	};
	return file;
}

START_TEST(test_npy_is_the_file_of_numpy)
{
	struct mr_string file = load_record(_i);

	ck_assert_int_eq(encode(files[_i].endpoint, NPY), MR_OK);
	assert_ok("application/x-npy");
	ck_assert_uint_eq(reply.preamble.length, MR_NPY_HEADER);
	ck_assert_mem_eq(reply.preamble.data, file.data, MR_NPY_HEADER);
	ck_assert_uint_eq(MR_NPY_HEADER + reply.body.length, file.length);
	ck_assert_mem_eq(reply.body.data, file.data + MR_NPY_HEADER,
	                 reply.body.length);
}
END_TEST

static void
assert_body_is_data(struct mr_string file)
{
	ck_assert_uint_eq(reply.body.length, file.length - MR_NPY_HEADER);
	ck_assert_ptr_nonnull(reply.body.data);
	if (reply.body.length > 0)
		ck_assert_ptr_eq(reply.body.data, file.data + MR_NPY_HEADER);
}

START_TEST(test_binary_body_is_the_data_of_the_record)
{
	struct mr_string file = load_record(_i);

	encode(files[_i].endpoint, NPY);
	assert_body_is_data(file);
	encode(&to_octets, RAW);
	assert_body_is_data(file);
	ck_assert_uint_eq(reply.preamble.length, 0);
	if (!mr_output_gives(files[_i].endpoint, RAW))
		return;
	ck_assert_int_eq(encode(files[_i].endpoint, RAW), MR_OK);
	assert_ok("application/octet-stream");
	assert_body_is_data(file);
	ck_assert_uint_eq(reply.preamble.length, 0);
}
END_TEST

/* Of a result with a NaN, and a text that is none, everywhere. */
static const struct {
	const struct mr_endpoint *endpoint;
	enum mr_format format;
	const char *detail;
} unwritable[] = {
	{ &to_numbers, JSON,
	  "The result numbers[1] cannot be written as application/json" },
	{ &to_numbers, NPY,
	  "The result numbers[1] cannot be written as application/x-npy" },
	{ &to_numbers, RAW,
	  "The result numbers[1] cannot be written as application/octet-"
	  "stream" },
	{ &to_matrix, JSON,
	  "The result matrix[0][1] cannot be written as application/json" },
	{ &to_matrix, NPY,
	  "The result matrix[0][1] cannot be written as application/x-npy" },
	{ &to_scalars, JSON,
	  "The result name cannot be written as application/json" },
	{ &to_holes, JSON, NULL },
	{ &to_holes, NPY, NULL },
	{ &to_holes, RAW, NULL },
};

START_TEST(test_result_that_cannot_be_written_is_named)
{
	static const double values[] = { 1, NAN };
	enum mr_err err;

	record = (struct results){ .numbers = { values, 2 },
		                   .holes = { values, 2 },
		                   .matrix = { values, 1, 2 },
		                   .name = { "\xC3", 1 } };
	err = encode(unwritable[_i].endpoint, unwritable[_i].format);
	if (unwritable[_i].detail == NULL) {
		ck_assert_int_eq(err, MR_OK);
		return;
	}
	ck_assert_int_eq(err, MR_RESULT);
	ck_assert_str_eq(exchange.problem.detail, unwritable[_i].detail);
	ck_assert_int_eq(reply.status, 0);
	ck_assert_ptr_null(reply.content_type);
	ck_assert_uint_eq(reply.preamble.length, 0);
}
END_TEST

START_TEST(test_mean_that_is_not_finite_is_named)
{
	record = (struct results){ .mean = INFINITY, .name = { "", 0 } };
	ck_assert_int_eq(encode(&to_scalars, JSON), MR_RESULT);
	ck_assert_str_eq(
	    exchange.problem.detail,
	    "The result mean cannot be written as application/json");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_reply_takes_the_memory_of_the_body, 0,
	                    N(bodies));
	tcase_add_loop_test(
	    tc, test_array_that_is_always_there_is_offered_in_binary, 0,
	    N(offers));
	tcase_add_loop_test(tc, test_reply_varies_where_there_is_a_choice, 0,
	                    N(offers));
	tcase_add_loop_test(tc, test_who_accepts_none_is_told_all, 0,
	                    N(offers));
	tcase_add_loop_test(tc, test_accept_chooses_the_format, 0, N(choices));
	tcase_add_loop_test(tc, test_json_is_the_whole_result, 0, N(texts));
	tcase_add_loop_test(tc, test_npy_is_the_file_of_numpy, 0, N(files));
	tcase_add_loop_test(tc, test_binary_body_is_the_data_of_the_record, 0,
	                    N(files));
	tcase_add_loop_test(tc, test_result_that_cannot_be_written_is_named, 0,
	                    N(unwritable));
	tcase_add_test(tc, test_mean_that_is_not_finite_is_named);
}

UNIT_MAIN("output", add_tests)
