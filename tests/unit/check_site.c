/*
 * check_site.c: what nginx is told: of each pool, each path, each problem;
 * and, where nginx is installed, that it understands that.
 */
#include "fcgi/site.h"

#include "place.h"
#include "unit.h"

/* Endpoints beside the ones built in: two of one path, one that acts. */

MR_NOTHING(any_in);
MR_NOTHING(any_out);

static enum mr_err
any(mr_call *call, const struct any_in *in, struct any_out *out)
{
	(void)call;
	(void)in;
	(void)out;
	return MR_OK;
}

#define VARIANT(name, ...)                                                     \
	static enum mr_err name(mr_call *call, const struct any_in *in,        \
	                        struct any_out *out)                           \
	{                                                                      \
		return any(call, in, out);                                     \
	}                                                                      \
	MR_ENDPOINT(name, __VA_ARGS__)

#define read_it_in any_in
#define read_it_out any_out
#define write_it_in any_in
#define write_it_out any_out
#define act_in any_in
#define act_out any_out
VARIANT(read_it, MR_GET, "/it", "Reads it", .pool = "heavy",
        .body_limit = 100);
VARIANT(write_it, MR_POST, "/it", "Writes it", .pool = "heavy",
        .body_limit = 5000);
VARIANT(act, MR_POST, "/act", "Acts", .impure = true, .body_limit = 70000);

static struct program program;

static void
load(void)
{
	static const struct mr_endpoint *const more[] = {
		&mr_endpoint_read_it, &mr_endpoint_write_it, &mr_endpoint_act
	};
	const struct options options = { .config = "c" };
	struct mr_buffer complaints = { .arena = arena };

	place_write("c", TEXT("[server]\nsockets = /run/m\nbody_memory = 64K\n"
	                      "[pool fast]\ndeadline = 1s\n"
	                      "queue_limit = 2s\n"));
	ck_assert(load_program(&program, &options));
	for (size_t i = 0; i < N(more); i++) {
		bool added = mr_registry_add(program.registry, more[i],
		                             &complaints);

		mr_buffer_putc(&complaints, '\0');
		ck_assert_msg(added, "%s", complaints.data);
	}
}

static void
unload(void)
{
	load_free(&program);
}

typedef void part(struct program *, struct mr_buffer *);

static const char *
text_of(part *write)
{
	struct mr_buffer text = { .arena = arena };

	write(&program, &text);
	mr_buffer_putc(&text, '\0');
	ck_assert(!text.failed);
	return text.data;
}

/* From the line that opens a block to the brace that closes it. */
static const char *
block(part *write, const char *opening)
{
	const char *text = text_of(write), *at = strstr(text, opening);

	ck_assert_msg(at != NULL, "no '%s'", opening);
	return mr_arena_copy(arena, at,
	                     (size_t)(strstr(at, "\n}\n") + 3 - at));
}

#define ck_assert_has(text, words)                                             \
	ck_assert_msg(strstr(text, words) != NULL, "no '%s' in:\n%s", words,   \
	              text)
#define ck_assert_has_not(text, words)                                         \
	ck_assert_msg(strstr(text, words) == NULL, "'%s' in:\n%s", words, text)

static part *const parts[] = { site_upstreams, site_locations, site_errors };

START_TEST(test_pool_has_an_upstream)
{
	const char *fast = block(site_upstreams, "upstream millrace_fast {");
	const char *heavy = block(site_upstreams, "upstream millrace_heavy {");

	ck_assert_has(fast, "server \"unix:/run/m/fast.sock\" max_fails=0;");
	ck_assert_has(fast, "\tkeepalive ");
	ck_assert_has(heavy, "server \"unix:/run/m/heavy.sock\" max_fails=0;");
	ck_assert_has_not(heavy, "\tkeepalive ");
}
END_TEST

static const struct {
	const char *path, *methods;
} allowed[] = {
	{ "default", "GET, HEAD" },
	{ "/it", "GET, HEAD, POST, OPTIONS" },
	{ "/act", "POST, OPTIONS" },
	{ "/sum-squares", "GET, HEAD, OPTIONS" },
	{ "/process-numbers", "POST, OPTIONS" },
};

START_TEST(test_path_has_its_methods)
{
	char line[100];
	const char *text = text_of(site_upstreams), *first;

	snprintf(line, sizeof(line), "\t%s \"%s\";\n", allowed[_i].path,
	         allowed[_i].methods);
	first = strstr(text, line);
	ck_assert_msg(first != NULL, "%s", text);
	ck_assert_ptr_null(strstr(first + 1, line));
}
END_TEST

static const struct {
	const char *path;
	const char *has[6], *not[2];
} locations[] = {
	{ "location = /it {",
	  { "client_max_body_size 5000;", "client_body_buffer_size 5000;",
	    "fastcgi_pass millrace_heavy;", "fastcgi_keep_conn off;",
	    "error_page 502 = @millrace_heavy_try2;",
	    "fastcgi_next_upstream error non_idempotent;" },
	  { "fastcgi_keep_conn on" } },
	{ "location = /act {",
	  { "client_max_body_size 70000;", "client_body_buffer_size 65536;",
	    "fastcgi_pass millrace_fast;", "fastcgi_keep_conn on;",
	    "fastcgi_next_upstream off;", "fastcgi_read_timeout 8s;" },
	  { "_try", "non_idempotent" } },
	{ "location = /sum-squares {",
	  { "client_max_body_size 1048576;", "fastcgi_pass millrace_fast;",
	    "error_page 502 = @millrace_fast_try2;",
	    "fastcgi_param QUERY_STRING $query_string;",
	    "fastcgi_param CONTENT_LENGTH $content_length;",
	    "fastcgi_param MILLRACE_ARRIVAL $msec;" },
	  { "fastcgi_next_upstream off" } },
	{ "location @millrace_fast_try2 {",
	  { "fastcgi_pass millrace_fast;", "error_page 400 ",
	    "error_page 502 = @millrace_fast_try3;",
	    "fastcgi_next_upstream error non_idempotent;" },
	  { NULL } },
	{ "location @millrace_fast_try3 {",
	  { "fastcgi_pass millrace_fast;", "error_page 400 ",
	    "fastcgi_next_upstream error non_idempotent;" },
	  { "error_page 502 = @" } },
	{ "location @millrace_heavy_try3 {",
	  { "fastcgi_pass millrace_heavy;" },
	  { "error_page 502 = @" } },
};

START_TEST(test_path_has_a_location)
{
	const char *text = block(site_locations, locations[_i].path);

	for (size_t i = 0; i < 6 && locations[_i].has[i] != NULL; i++)
		ck_assert_has(text, locations[_i].has[i]);
	for (size_t i = 0; i < 2 && locations[_i].not[i] != NULL; i++)
		ck_assert_has_not(text, locations[_i].not[i]);
}
END_TEST

/* Also where a second try answers. */
START_TEST(test_every_reply_in_json_may_be_gzip)
{
	const char *text = block(site_locations, locations[_i].path);

	ck_assert_has(text, "\tgzip on;\n");
	ck_assert_has(text, "\tgzip_vary on;\n");
	ck_assert_has(text, "\tgzip_proxied any;\n");
	ck_assert_has(text, "\tgzip_types application/json "
	                    "application/problem+json;\n");
}
END_TEST

START_TEST(test_path_has_one_location)
{
	const char *text = text_of(site_locations);
	const char *first = strstr(text, "location = /it {");

	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_null(strstr(first + 1, "location = /it {"));
}
END_TEST

/* What nginx may say by itself, and as what. */
static const struct {
	int status, answer;
} problems[] = {
	{ 400, 400 }, { 403, 403 }, { 404, 404 }, { 405, 405 }, { 408, 408 },
	{ 411, 411 }, { 413, 413 }, { 414, 414 }, { 416, 416 }, { 421, 421 },
	{ 429, 429 }, { 494, 431 }, { 500, 500 }, { 501, 501 }, { 502, 502 },
	{ 503, 503 }, { 504, 504 }, { 505, 505 },
};

START_TEST(test_problem_has_a_document)
{
	char text[100];
	const char *document;

	snprintf(text, sizeof(text), "location = /_millrace/%d {",
	         problems[_i].status);
	document = block(site_locations, text);
	ck_assert_has(document, "\tinternal;\n");
	ck_assert_has(document, "default_type application/problem+json;");
	ck_assert_has(document, "add_header X-Request-Id "
	                        "$millrace_request_id always;");
	snprintf(text, sizeof(text), "\treturn %d '{\"type\":\"urn:millrace:",
	         problems[_i].answer);
	ck_assert_has(document, text);
	snprintf(text, sizeof(text), "\"status\":%d,", problems[_i].answer);
	ck_assert_has(document, text);
	ck_assert_has(document, "\"request_id\":\"$millrace_request_id\"");
	ck_assert_has(document, "\"instance\":\"$millrace_instance\"");
	ck_assert((strstr(document, "Allow $millrace_allow") != NULL) ==
	          (problems[_i].status == 405));
	ck_assert((strstr(document, "Retry-After 1 always") != NULL) ==
	          (problems[_i].status == 503));
}
END_TEST

START_TEST(test_errors_lead_to_every_document)
{
	const char *text = text_of(site_errors);
	char status[8];

	ck_assert_has(text, "\nerror_page 400 ");
	ck_assert_has(text, " /_millrace/$status;\n");
	for (size_t i = 0; i < N(problems); i++) {
		snprintf(status, sizeof(status), " %d ", problems[i].status);
		ck_assert_has(text, status);
	}
}
END_TEST

/* nginx itself reads all of it. */
START_TEST(test_nginx_understands_it)
{
	static const char site[] =
	    "pid nginx.pid;\nerror_log stderr;\nevents {}\nhttp {\n"
	    "access_log off;\ninclude upstreams;\nserver {\n"
	    "listen unix:nginx.sock;\ninclude errors;\ninclude locations;\n"
	    "}\n}\n";
	static const char *const names[] = { "upstreams", "locations",
		                             "errors" };

	if (system("command -v nginx > /dev/null") != 0)
		return;
	for (size_t i = 0; i < N(parts); i++)
		place_write(names[i], TEXT(text_of(parts[i])));
	place_write("nginx.conf", (struct mr_string)BYTES(site));
	ck_assert_msg(system("nginx -t -p . -c nginx.conf -e stderr "
	                     "> nginx.log 2>&1") == 0,
	              "%s", place_read("nginx.log").data);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_checked_fixture(tc, load, unload);
	tcase_add_test(tc, test_pool_has_an_upstream);
	tcase_add_loop_test(tc, test_path_has_its_methods, 0, N(allowed));
	tcase_add_loop_test(tc, test_path_has_a_location, 0, N(locations));
	tcase_add_loop_test(tc, test_every_reply_in_json_may_be_gzip, 0,
	                    N(locations));
	tcase_add_test(tc, test_path_has_one_location);
	tcase_add_loop_test(tc, test_problem_has_a_document, 0, N(problems));
	tcase_add_test(tc, test_errors_lead_to_every_document);
	tcase_add_test(tc, test_nginx_understands_it);
}

UNIT_MAIN("site", add_tests)
