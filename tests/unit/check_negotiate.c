/*
 * check_negotiate.c: Accept and Content-Type headers.
 */
#include "api/negotiate.h"

#include "unit.h"

static const struct {
	const char *accept;
	bool accepts;
} accepts[] = {
	{ NULL, true },
	{ "", true },
	{ "  \t", true },
	{ "application/json", true },
	{ "Application/JSON", true },
	{ "application/*", true },
	{ "*/*", true },
	{ "text/html, application/json", true },
	{ "text/html,application/xhtml+xml,*/*;q=0.8", true },
	{ " text/html ;q=0.5 , application/json ; q=0.1 ", true },
	{ "application/json;q=1.000", true },
	{ "application/json;q=0.001", true },
	{ "application/json;Q=0.5", true },
	{ "application/json;charset=utf-8;q=0.5", true },
	{ "application/json;x=\"a,b;q=0\";q=1", true },
	{ "application/json;x=\"\\\",q=0\"", true },
	{ "application/*;q=0.1, */*;q=0", true },
	{ "application/json, */*;q=0", true },
	{ "*/*;q=0, application/json", true },
	{ "text/*;q=0, */*", true },
	{ "text/html", false },
	{ "text/*", false },
	{ "image/png, text/html;q=0.9", false },
	{ "application/jsonp", false },
	{ "application/jso", false },
	{ "application/problem+json", false },
	{ "application/x-npy", false },
	{ "json", false },
	{ "application", false },
	{ "application/", false },
	{ "*/json", false },
	{ "application/*x", false },
	{ "app/*", false },
	{ "application/json;q=0", false },
	{ "application/json; q=0", false },
	{ "application/json;q=0.", false },
	{ "application/json;q=0.0", false },
	{ "application/json;q=0.000", false },
	{ "application/json;x=y;q=0", false },
	{ "*/*;q=0", false },
	{ "application/json;q=0, */*", false },
	{ "*/*, application/json;q=0", false },
	{ "application/*, application/json;q=0.0", false },
	{ "application/*;q=0, */*;q=1", false },
	{ "text/html;x=\"application/json\"", false },
	{ "text/html;x=\",application/json,\"", false },
};

START_TEST(test_accept_is_judged)
{
	ck_assert_int_eq(mr_accepts(accepts[_i].accept, "application/json"),
	                 accepts[_i].accepts);
}
END_TEST

START_TEST(test_accept_is_judged_for_any_type)
{
	ck_assert(mr_accepts("application/x-npy", "application/x-npy"));
	ck_assert(mr_accepts("text/*", "text/html"));
	ck_assert(!mr_accepts("application/json", "application/x-npy"));
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
	{ "+json", false },
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

START_TEST(test_content_type_is_judged)
{
	ck_assert_int_eq(mr_content_is_json(types[_i].type), types[_i].is_json);
}
END_TEST

static const struct {
	const char *encoding;
	bool plain;
} encodings[] = {
	{ NULL, true },        { "", true },       { "  ", true },
	{ "identity", true },  { " Identity ", true },
	{ "gzip", false },     { "deflate", false }, { "br", false },
	{ "gzip, identity", false },
};

START_TEST(test_content_encoding_is_judged)
{
	ck_assert_int_eq(mr_content_is_plain(encodings[_i].encoding),
	                 encodings[_i].plain);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_content_encoding_is_judged, 0,
	                    N(encodings));
	tcase_add_loop_test(tc, test_accept_is_judged, 0, N(accepts));
	tcase_add_test(tc, test_accept_is_judged_for_any_type);
	tcase_add_loop_test(tc, test_content_type_is_judged, 0, N(types));
}

UNIT_MAIN("negotiate", add_tests)
