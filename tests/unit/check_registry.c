/*
 * check_registry.c: which endpoints are taken, which are refused and with
 * which words, and how they are found.
 */
#include "api/registry.h"

#include "unit.h"

static const struct mr_field no_rows[] = { { .name = NULL } };
struct record {
	int64_t whole;
};
static const struct mr_field record[] = {
	MR_PARAM(struct record, whole, "", MR_RANGE(1, 0)),
};
struct bad {
	struct record inner;
};
static const struct mr_field bad[] = {
	MR_OBJECT(struct bad, inner, "t", record),
};
struct deep {
	struct mr_matrix matrix;
	struct good {
		int64_t whole;
	} inner;
};
static const struct mr_field good[] = {
	MR_PARAM(struct good, whole, "t", MR_RANGE(0, 1)),
};
static const struct mr_field deep[] = {
	MR_PARAM(struct deep, matrix, "t",
	         MR_MATRIX(MR_ROWS(0, 1), MR_COLUMNS(0, 1), 0, 1)),
	MR_OBJECT(struct deep, inner, "t", good),
};

static struct mr_registry *registry;
static struct mr_buffer complaints;

static enum mr_err
nothing(mr_call *call, const void *in, void *out)
{
	(void)call;
	(void)in;
	(void)out;
	return MR_OK;
}

#define ROWS(path_, summary_, in_, out_)                                       \
	{ .name = "x", .function = nothing, .method = MR_GET,                  \
	  .path = (path_), .summary = (summary_), .file = "t.c",               \
	  .in = { (in_), 1, 8 },                                               \
	  .out = { (out_), 1, 8 } }
#define NOTHING { no_rows, 1, 1 }
#define SHAPES(method_, file_, in_, out_)                                      \
	{ .name = "x", .function = nothing, .method = (method_),               \
	  .path = "/a", .summary = "t", .file = (file_), .in = in_,            \
	  .out = out_ }
#define ENDPOINT(name_, method_, path_, ...)                                   \
	{ .name = (name_), .function = nothing, .method = (method_),           \
	  .path = (path_), .summary = "t", .file = "t.c",                      \
	  .in = NOTHING, .out = NOTHING, __VA_ARGS__ }

static const char *
said(void)
{
	mr_buffer_putc(&complaints, '\0');
	return complaints.data;
}

#define PATH                                                                   \
	"the path must be '/' and letters, digits, '/', '-', '.', '_', '~'"
#define OWN "t.c: endpoint x: the path is the site's own\n"
#define REMOVED "the path may not contain '//' or '/.'"

/* Each after GET /taken of the pool "heavy", endpoint "first". */
static const struct {
	struct mr_endpoint endpoint;
	const char *complaint; /* "": none */
} candidates[] = {
	{ ENDPOINT("x", MR_GET, "/"), "" },
	{ ENDPOINT("x", MR_GET, "/start-task/"), "" },
	{ ENDPOINT("x", MR_GET, "/a.B_c~9/d-e"), "" },
	{ ENDPOINT("x", MR_GET, "/take"), "" },
	{ ENDPOINT("x", MR_GET, "/taken/"), "" },
	{ ENDPOINT("x", MR_GET, "/Taken"), "" },
	{ ENDPOINT("x", MR_POST, "/taken", .pool = "heavy"), "" },
	{ ENDPOINT("x", MR_GET, "/taken", .pool = "heavy"),
	  "t.c: endpoint x: GET /taken is endpoint first\n" },
	{ ENDPOINT("first", MR_GET, "/taken", .pool = "io"),
	  "t.c: endpoint first: GET /taken is endpoint first\n"
	  "t.c: endpoint first: GET /taken has the same name\n" },
	{ ENDPOINT("first", MR_GET, "/free"),
	  "t.c: endpoint first: GET /taken has the same name\n" },
	{ ENDPOINT("x", MR_GET, "/x", .tag = "\xFF"),
	  "t.c: endpoint x: summary, description, tag: not UTF-8\n" },
	{ ENDPOINT("x", MR_GET, "/x", .description = "\xFF"),
	  "t.c: endpoint x: summary, description, tag: not UTF-8\n" },
	{ ENDPOINT("x", MR_POST, "/taken"),
	  "t.c: endpoint x: /taken is in pool heavy already\n" },
	{ ENDPOINT("x", MR_POST, "/taken", .pool = "io"),
	  "t.c: endpoint x: /taken is in pool heavy already\n" },
	{ ENDPOINT("x", MR_GET, NULL), "t.c: endpoint x: " PATH "\n" },
	{ ENDPOINT("x", MR_GET, ""), "t.c: endpoint x: " PATH "\n" },
	{ ENDPOINT("x", MR_GET, "path"), "t.c: endpoint x: " PATH "\n" },
	{ ENDPOINT("x", MR_GET, "/a b"), "t.c: endpoint x: " PATH "\n" },
	{ ENDPOINT("x", MR_GET, "/a?b"), "t.c: endpoint x: " PATH "\n" },
	{ ENDPOINT("x", MR_GET, "/a%20b"), "t.c: endpoint x: " PATH "\n" },
	{ ENDPOINT("x", MR_GET, "/{id}"), "t.c: endpoint x: " PATH "\n" },
	{ ENDPOINT("x", MR_GET, "/a;"), "t.c: endpoint x: " PATH "\n" },
	{ ENDPOINT("x", MR_GET, "/caf\xC3\xA9"), "t.c: endpoint x: " PATH "\n" },
	{ ENDPOINT("x", MR_GET, "/a\n"), "t.c: endpoint x: " PATH "\n" },
	{ ENDPOINT("x", MR_GET, "/docs"), OWN },
	{ ENDPOINT("x", MR_GET, "/docs/"), OWN },
	{ ENDPOINT("x", MR_GET, "/docs/docs.js"), OWN },
	{ ENDPOINT("x", MR_POST, "/openapi.json"), OWN },
	{ ENDPOINT("x", MR_GET, "/console"), OWN },
	{ ENDPOINT("x", MR_GET, "/console/a/b"), OWN },
	{ ENDPOINT("x", MR_GET, "/metrics"), OWN },
	{ ENDPOINT("x", MR_GET, "/livez"), OWN },
	{ ENDPOINT("x", MR_GET, "/readyz"), OWN },
	{ ENDPOINT("x", MR_GET, "/status"), OWN },
	{ ENDPOINT("x", MR_POST, "/jobs"), OWN },
	{ ENDPOINT("x", MR_GET, "/jobs/1"), OWN },
	{ ENDPOINT("x", MR_GET, "/_millrace/404"), OWN },
	{ ENDPOINT("x", MR_POST, "/x", .internal = true), "" },
	{ ENDPOINT("x", MR_GET, "/x", .internal = true),
	  "t.c: endpoint x: it is internal: then its method is POST\n" },
	{ ENDPOINT("x", MR_POST, "/taken", .pool = "heavy", .internal = true),
	  "t.c: endpoint x: /taken is a path of endpoint first, and one of "
	  "both is internal\n" },
	{ ENDPOINT("x", MR_GET, "/x", .long_running = true), "" },
	{ ENDPOINT("x", MR_GET, "/x", .parks = true), "" },
	{ ENDPOINT("x", MR_GET, "/x", .parks = true, .long_running = true),
	  "t.c: endpoint x: it parks, and is long-running: a job has no answer "
	  "to hold back\n" },
	{ ENDPOINT("x", MR_POST, "/x", .parks = true, .internal = true),
	  "t.c: endpoint x: it parks, and is internal: nobody waits for its "
	  "answer\n" },
	{ ENDPOINT("listJobs", MR_GET, "/x"),
	  "t.c: endpoint listJobs: the name is the site's own\n" },
	{ ENDPOINT("x", MR_GET, "/doc"), "" },
	{ ENDPOINT("x", MR_GET, "/docsx"), "" },
	{ ENDPOINT("x", MR_GET, "/Docs"), "" },
	{ ENDPOINT("x", MR_GET, "/openapi"), "" },
	{ ENDPOINT("x", MR_GET, "/a/docs"), "" },
	{ ENDPOINT("x", MR_METHOD_COUNT, "/a"),
	  "t.c: endpoint x: the method is unknown\n" },
	{ ROWS("/a", "", no_rows, no_rows),
	  "t.c: endpoint x: it has no summary\n" },
	{ ROWS("/a", NULL, no_rows, no_rows),
	  "t.c: endpoint x: it has no summary\n" },
	{ ROWS("/a", "t", record, no_rows),
	  "t.c: endpoint x: field whole: it has no text\n"
	  "t.c: endpoint x: field whole: min is above max\n" },
	{ ROWS("/a", "t", no_rows, record),
	  "t.c: endpoint x: field whole: it has no text\n"
	  "t.c: endpoint x: field whole: min is above max\n" },
	{ ROWS("a", "", no_rows, record),
	  "t.c: endpoint x: " PATH "\n"
	  "t.c: endpoint x: it has no summary\n"
	  "t.c: endpoint x: field whole: it has no text\n"
	  "t.c: endpoint x: field whole: min is above max\n" },
	{ ENDPOINT("x", MR_GET, "//a"), "t.c: endpoint x: " REMOVED "\n" },
	{ ENDPOINT("x", MR_GET, "/a/../b"), "t.c: endpoint x: " REMOVED "\n" },
	{ ENDPOINT("x", MR_GET, "/a/."), "t.c: endpoint x: " REMOVED "\n" },
	{ ENDPOINT("x", MR_GET, "/.hidden"), "t.c: endpoint x: " REMOVED "\n" },
	{ ENDPOINT("x", MR_GET, "/a.b/c./d"), "" },
	/* What a body can hold, and a query string cannot. */
	{ SHAPES(MR_POST, "t.c", MR_SHAPE(deep), NOTHING), "" },
	{ SHAPES(MR_GET, "t.c", MR_SHAPE(deep), NOTHING),
	  "t.c: endpoint x: field matrix: it cannot stand in a query string\n"
	  "t.c: endpoint x: field inner: it cannot stand in a query string\n" },
	{ SHAPES(MR_GET, "t.c", NOTHING, MR_SHAPE(deep)), "" },
	/* Of both structs, and of what is in them. */
	{ SHAPES(MR_POST, "t.c", MR_SHAPE(bad), MR_SHAPE(bad)),
	  "t.c: endpoint x: field inner.whole: it has no text\n"
	  "t.c: endpoint x: field inner.whole: min is above max\n"
	  "t.c: endpoint x: field inner.whole: it has no text\n"
	  "t.c: endpoint x: field inner.whole: min is above max\n" },
	{ SHAPES(MR_GET, NULL, NOTHING, MR_SHAPE(bad)),
	  "?: endpoint x: field inner.whole: it has no text\n"
	  "?: endpoint x: field inner.whole: min is above max\n" },
};

START_TEST(test_endpoint_is_judged_before_it_is_added)
{
	static const struct mr_endpoint first =
	    ENDPOINT("first", MR_GET, "/taken", .pool = "heavy");
	bool fine = *candidates[_i].complaint == '\0';
	size_t count;

	ck_assert(mr_registry_add(registry, &first, &complaints));
	ck_assert_int_eq(mr_registry_add(registry, &candidates[_i].endpoint,
	                                 &complaints),
	                 fine);
	ck_assert_pstr_eq(said(), candidates[_i].complaint);
	mr_registry_endpoints(registry, &count);
	ck_assert_uint_eq(count, fine ? 2 : 1);
}
END_TEST

static const struct mr_endpoint sorted[] = {
	ENDPOINT("a", MR_GET, "/"),       ENDPOINT("b", MR_GET, "/a"),
	ENDPOINT("c", MR_POST, "/a"),     ENDPOINT("d", MR_POST, "/a-b"),
	ENDPOINT("e", MR_GET, "/a/b"),    ENDPOINT("f", MR_GET, "/aa"),
	ENDPOINT("g", MR_POST, "/aa"),    ENDPOINT("h", MR_GET, "/b"),
	ENDPOINT("i", MR_POST, "/start/"),
};

static void
add_sorted(void)
{
	for (size_t i = 0; i < N(sorted); i++) /* in another order */
		ck_assert(mr_registry_add(registry, &sorted[i * 5 % N(sorted)],
		                          &complaints));
}

START_TEST(test_endpoints_are_sorted)
{
	const struct mr_endpoint *const *endpoints;
	size_t count;

	add_sorted();
	endpoints = mr_registry_endpoints(registry, &count);
	ck_assert_uint_eq(count, N(sorted));
	for (size_t i = 0; i < count; i++)
		ck_assert_ptr_eq(endpoints[i], &sorted[i]);
}
END_TEST

static const struct {
	const char *path;
	size_t first, count;
} paths[] = {
	{ "/", 0, 1 },    { "/a", 1, 2 },    { "/a-b", 3, 1 }, { "/a/b", 4, 1 },
	{ "/aa", 5, 2 },  { "/b", 7, 1 },    { "/start/", 8, 1 },
	{ "", 0, 0 },     { "/a/", 0, 0 },   { "/A", 0, 0 },   { "a", 0, 0 },
	{ "/start", 0, 0 }, { "/zzz", 0, 0 }, { "//", 0, 0 },
};

START_TEST(test_endpoints_of_a_path_are_found_together)
{
	const struct mr_endpoint *const *found;
	size_t count = 99;

	add_sorted();
	found = mr_registry_find(registry, paths[_i].path, &count);
	ck_assert_uint_eq(count, paths[_i].count);
	if (count == 0)
		ck_assert_ptr_null(found);
	for (size_t i = 0; i < count; i++)
		ck_assert_ptr_eq(found[i], &sorted[paths[_i].first + i]);
}
END_TEST

START_TEST(test_index_is_the_place_among_all)
{
	const struct mr_endpoint *const *endpoints;
	size_t count, same;

	add_sorted();
	endpoints = mr_registry_endpoints(registry, &count);
	ck_assert_uint_gt(count, 2);
	for (size_t i = 0; i < count; i += same)
		ck_assert_uint_eq(
		    mr_registry_index(registry,
		                      mr_registry_find(registry,
		                                       endpoints[i]->path,
		                                       &same)),
		    i);
}
END_TEST

START_TEST(test_empty_registry_finds_nothing)
{
	size_t count = 99;

	ck_assert_ptr_null(mr_registry_find(registry, "/", &count));
	ck_assert_uint_eq(count, 0);
	count = 99;
	mr_registry_endpoints(registry, &count);
	ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(test_builtin_endpoints_are_added_once)
{
	size_t count, again;

	ck_assert(mr_registry_add_builtin(registry, &complaints));
	ck_assert_uint_eq(complaints.length, 0);
	mr_registry_endpoints(registry, &count);
	ck_assert_uint_ge(count, 2);
	mr_registry_find(registry, "/sum-squares", &again);
	ck_assert_uint_eq(again, 1);
	ck_assert(!mr_registry_add_builtin(registry, &complaints));
	ck_assert_ptr_nonnull(strstr(said(), "endpoint sum_squares: GET "
	                                     "/sum-squares is endpoint "
	                                     "sum_squares\n"));
	mr_registry_endpoints(registry, &again);
	ck_assert_uint_eq(again, count);
}
END_TEST

/* A file that is no module, and what the complaint must hold. */
static const struct {
	const char *file, *complaint;
} modules[] = {
	{ "/nonexistent/module.so", "module /nonexistent/module.so: " },
	{ "/nonexistent/module.so", "No such file" },
	{ "/proc/self/comm", "module /proc/self/comm: " },
	{ "libm.so.6", "module libm.so.6: it has no MR_MODULE line\n" },
};

START_TEST(test_file_that_is_no_module_is_refused)
{
	size_t count;

	ck_assert(!mr_registry_add_module(registry, modules[_i].file,
	                                  &complaints));
	ck_assert_msg(strstr(said(), modules[_i].complaint) != NULL, "%s",
	              said());
	ck_assert_int_eq(complaints.data[strlen(complaints.data) - 1], '\n');
	mr_registry_endpoints(registry, &count);
	ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(test_free_accepts_null)
{
	mr_registry_free(NULL);
}
END_TEST

static void
begin(void)
{
	registry = mr_registry_new();
	ck_assert_ptr_nonnull(registry);
	complaints = (struct mr_buffer){ .arena = arena };
}

static void
end(void)
{
	mr_registry_free(registry);
}

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_loop_test(tc, test_endpoint_is_judged_before_it_is_added, 0,
	                    N(candidates));
	tcase_add_test(tc, test_endpoints_are_sorted);
	tcase_add_loop_test(tc, test_endpoints_of_a_path_are_found_together, 0,
	                    N(paths));
	tcase_add_test(tc, test_index_is_the_place_among_all);
	tcase_add_test(tc, test_empty_registry_finds_nothing);
	tcase_add_test(tc, test_builtin_endpoints_are_added_once);
	tcase_add_loop_test(tc, test_file_that_is_no_module_is_refused, 0,
	                    N(modules));
	tcase_add_test(tc, test_free_accepts_null);
}

UNIT_MAIN("registry", add_tests)
