/*
 * check_negotiate.c: Accept, Content-Type and Content-Encoding headers.
 */
#include "api/negotiate.h"

#include "unit.h"

static const struct {
	const char *accept;
	int weight; /* of application/json */
} accepts[] = {
	{ NULL, 1000 },
	{ "", 1000 },
	{ "  \t", 1000 },
	{ "application/json", 1000 },
	{ "Application/JSON", 1000 },
	{ "application/*", 1000 },
	{ "*/*", 1000 },
	{ "text/html, application/json", 1000 },
	{ "text/html,application/xhtml+xml,*/*;q=0.8", 800 },
	{ " text/html ;q=0.5 , application/json ; q=0.1 ", 100 },
	{ "application/json;q=1.000", 1000 },
	{ "application/json;q=0.001", 1 },
	{ "application/json;Q=0.5", 500 },
	{ "application/json;charset=utf-8;q=0.5", 500 },
	{ "application/json;x=\"a,b;q=0\";q=1", 1000 },
	{ "application/json;x=\"\\\",q=0\"", 1000 },
	{ "application/*;q=0.1, */*;q=0", 100 },
	{ "application/json, */*;q=0", 1000 },
	{ "*/*;q=0, application/json", 1000 },
	{ "text/*;q=0, */*", 1000 },
	{ "text/html", 0 },
	{ "text/*", 0 },
	{ "image/png, text/html;q=0.9", 0 },
	{ "application/jsonp", 0 },
	{ "application/jso", 0 },
	{ "application/problem+json", 0 },
	{ "application/x-npy", 0 },
	{ "json", 0 },
	{ "application", 0 },
	{ "application/", 0 },
	{ "*/json", 0 },
	{ "application/*x", 0 },
	{ "app/*", 0 },
	{ "application/json;q=0", 0 },
	{ "application/json; q=0", 0 },
	{ "application/json;q=0.", 0 },
	{ "application/json;q=0.0", 0 },
	{ "application/json;q=0.000", 0 },
	{ "application/json;x=y;q=0", 0 },
	{ "*/*;q=0", 0 },
	{ "application/json;q=0, */*", 0 },
	{ "*/*, application/json;q=0", 0 },
	{ "application/*, application/json;q=0.0", 0 },
	{ "application/*;q=0, */*;q=1", 0 },
	{ "text/html;x=\"application/json\"", 0 },
	{ "text/html;x=\",application/json,\"", 0 },
	{ "application/json;q=0.25", 250 },
	{ "application/json;q=0.3333", 333 },
	{ "application/json;q=0.0000", 0 },
	{ "application/json;q=1.", 1000 },
	{ "application/json;q=1", 1000 },
	{ "application/json;q=\"0.5\"", 500 },
	{ "application/json;q = 0.5", 500 },
	{ "application/json;q=0.5;q=0.7", 700 },
	{ "application/json;q=0.2, application/json", 200 },
	{ "application/json;q=0.2, application/*;q=0.9, */*", 200 },
	{ "*/*, application/*;q=0.3", 300 },
	/* No weight, which says nothing against the type. */
	{ "application/json;q=", 1000 },
	{ "application/json;q", 1000 },
	{ "application/json;q=x", 1000 },
	{ "application/json;q=-1", 1000 },
	{ "application/json;q=1.001", 1000 },
	{ "application/json;q=2", 1000 },
	{ "application/json;q=.5", 1000 },
	{ "application/json;q=0,5", 0 },
	{ "application/json;q=0.5x", 1000 },
	{ "application/json;q=1e-1", 1000 },
	{ ",,;, application/json;;q=0.5;,", 500 },
	{ "application/json;x=\"", 1000 },
};

START_TEST(test_accept_gives_a_weight)
{
	ck_assert_int_eq(mr_accept_weight(accepts[_i].accept,
	                                  "application/json"),
	                 accepts[_i].weight);
}
END_TEST

/* Of the types that an endpoint may answer in. */
static const struct {
	const char *accept;
	int json, npy, raw;
} choices[] = {
	{ "*/*;q=0.1, application/json;q=0", 0, 100, 100 },
	{ "application/json;q=0, */*;q=0.1", 0, 100, 100 },
	{ "application/*;q=0, application/x-npy;q=0.2, */*", 0, 200, 0 },
	{ "*/*;q=0, application/*;q=0.3, application/x-npy;q=0", 300, 0, 300 },
	{ "application/octet-stream;q=0.001, */*;q=0", 0, 0, 1 },
	{ "application/x-npy, application/*;q=0.5, */*;q=0.1", 500, 1000, 500 },
	{ "application/x-npy;q=0.4, application/x-npy;q=0", 0, 400, 0 },
	{ "text/*, image/png", 0, 0, 0 },
	{ NULL, 1000, 1000, 1000 },
};

START_TEST(test_accept_gives_each_type_its_own)
{
	const char *accept = choices[_i].accept;

	ck_assert_int_eq(mr_accept_weight(accept, "application/json"),
	                 choices[_i].json);
	ck_assert_int_eq(mr_accept_weight(accept, "application/x-npy"),
	                 choices[_i].npy);
	ck_assert_int_eq(mr_accept_weight(accept, "application/octet-stream"),
	                 choices[_i].raw);
}
END_TEST

START_TEST(test_accept_knows_any_type)
{
	static const char accept[] =
	    "application/json;q=0.5, text/*;q=0.2, */*;q=0.1";

	ck_assert_int_eq(mr_accept_weight(accept, "text/html"), 200);
	ck_assert_int_eq(mr_accept_weight(accept, "image/png"), 100);
	ck_assert_int_eq(mr_accept_weight("application/json", "text/html"), 0);
}
END_TEST

static const struct {
	const char *type;
	bool is_json;
} types[] = {
	{ "application/json", true },
	{ "APPLICATION/Json", true },
	{ " application/json ", true },
	{ "application/json;", true },
	{ "application/json; charset=utf-8", true },
	{ "application/json;charset=UTF-8", true },
	{ "application/json; charset=\"utf-8\"", true },
	{ "application/json; Charset=Utf-8", true },
	{ "application/json; charset=us-ascii", true },
	{ "application/json; version=1; charset=utf-8", true },
	{ "application/json; x=\";charset=latin1\"", true },
	{ "application/vnd.api+json", true },
	{ "application/problem+JSON; charset=utf-8", true },
	{ "", false },
	{ ";", false },
	{ "a/b+json", true },
	{ "+json", false },
	{ "foo+json", false },
	{ "/+json", false },
	{ "/foo+json", false },
	{ "foo/+json", false },
	{ "foo+json/bar", false },
	{ "foo; x=/bar+json", false },
	{ "application", false },
	{ "application/", false },
	{ "application/jsonx", false },
	{ "application/xjson", false },
	{ "application/json+xml", false },
	{ "text/json", false },
	{ "text/plain", false },
	{ "application/x-www-form-urlencoded", false },
	{ "multipart/form-data; boundary=application/json", false },
	{ "application/json, text/plain", false },
	{ "application/json; charset=latin1", false },
	{ "application/json; charset=utf-16", false },
	{ "application/json; charset=\"iso-8859-1\"", false },
	{ "application/json; charset=", false },
	{ "application/json; x=\";\"; charset=latin1", false },
	{ "application/vnd.api+json; charset=utf-16", false },
};

START_TEST(test_content_is_json)
{
	ck_assert_int_eq(mr_content_is(types[_i].type, MR_FORMAT_JSON),
	                 types[_i].is_json);
}
END_TEST

static const struct {
	const char *type;
	enum mr_format format; /* MR_FORMAT_COUNT: none */
} binary[] = {
	{ "application/x-npy", MR_FORMAT_NPY },
	{ " Application/X-NPY ", MR_FORMAT_NPY },
	{ "application/x-npy; version=1", MR_FORMAT_NPY },
	{ "application/x-npy; charset=latin1", MR_FORMAT_NPY },
	{ "application/octet-stream", MR_FORMAT_RAW },
	{ "application/OCTET-stream;x=\";\"", MR_FORMAT_RAW },
	{ "application/json", MR_FORMAT_JSON },
	{ "application/x-npy+json", MR_FORMAT_JSON },
	{ "application/x-npyz", MR_FORMAT_COUNT },
	{ "application/npy", MR_FORMAT_COUNT },
	{ "application/*", MR_FORMAT_COUNT },
	{ "x-npy", MR_FORMAT_COUNT },
	{ "", MR_FORMAT_COUNT },
};

START_TEST(test_content_is_of_one_format)
{
	for (enum mr_format format = 0; format < MR_FORMAT_COUNT; format++)
		ck_assert_int_eq(mr_content_is(binary[_i].type, format),
		                 format == binary[_i].format);
}
END_TEST

static const struct {
	const char *encoding;
	enum mr_coding coding;
} encodings[] = {
	{ NULL, MR_CODING_NONE },
	{ "", MR_CODING_NONE },
	{ "  ", MR_CODING_NONE },
	{ "identity", MR_CODING_NONE },
	{ " Identity ", MR_CODING_NONE },
	{ "gzip", MR_CODING_GZIP },
	{ "\tGZip ", MR_CODING_GZIP },
	{ "x-gzip", MR_CODING_GZIP },
	{ "X-GZIP", MR_CODING_GZIP },
	{ "deflate", MR_CODING_UNKNOWN },
	{ "br", MR_CODING_UNKNOWN },
	{ "zstd", MR_CODING_UNKNOWN },
	{ "gzip, gzip", MR_CODING_UNKNOWN },
	{ "gzip, identity", MR_CODING_UNKNOWN },
	{ "gzip;q=1", MR_CODING_UNKNOWN },
	{ "gzi", MR_CODING_UNKNOWN },
	{ "gzipp", MR_CODING_UNKNOWN },
	{ "\"gzip\"", MR_CODING_UNKNOWN },
};

START_TEST(test_content_has_a_coding)
{
	ck_assert_int_eq(mr_content_coding(encodings[_i].encoding),
	                 encodings[_i].coding);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_accept_gives_a_weight, 0, N(accepts));
	tcase_add_loop_test(tc, test_accept_gives_each_type_its_own, 0,
	                    N(choices));
	tcase_add_test(tc, test_accept_knows_any_type);
	tcase_add_loop_test(tc, test_content_is_json, 0, N(types));
	tcase_add_loop_test(tc, test_content_is_of_one_format, 0, N(binary));
	tcase_add_loop_test(tc, test_content_has_a_coding, 0, N(encodings));
}

UNIT_MAIN("negotiate", add_tests)
