/*
 * check_screen.c: documents, and the lines that are made of them.
 */
#include "fcgi/command/screen.h"

#include "unit.h"

#define WORKER(name, pid, busy, requests, cpu)                                 \
	"{\"worker\":\"" name "\",\"pid\":" #pid ",\"state\":\"busy\","        \
	"\"generation\":2,\"uptime_seconds\":61.5,\"requests\":" #requests     \
	",\"busy_seconds\":" busy ",\"method\":\"GET\",\"instance\":\"/a\","   \
	"\"request_id\":\"id-" #pid "\",\"rss_bytes\":20971520,"               \
	"\"cpu_seconds\":" #cpu "}"

#define DEATH(pid)                                                             \
	"{\"number\":1,\"time\":\"2026-01-31T12:00:00.123Z\",\"pool\":"        \
	"\"fast\",\"pid\":" #pid ",\"cause\":\"crash\",\"signal\":"            \
	"\"SIGSEGV\",\"detail\":\"\\u001b[2Jbad\\nline\",\"request_id\":"      \
	"\"abc\",\"instance\":\"/faults/crash\"}"

#define STATUS(requests, workers, deaths)                                      \
	"{\"millrace\":{\"version\":\"1.2.3\",\"pid\":77,"                     \
	"\"uptime_seconds\":3.25,\"generation\":2,\"reloads_failed\":0,"       \
	"\"reload_error\":null,\"draining\":false},"                           \
	"\"pools\":[{\"name\":\"fast\",\"manager\":\"dynamic\",\"queue\":"     \
	"{\"length\":5,\"most\":9,\"backlog\":128},\"workers\":{\"max\":8,"    \
	"\"total\":4,\"idle\":1,\"busy\":3},\"requests\":" #requests           \
	",\"refused\":6,\"started\":11,\"ends\":{\"crash\":7},"                \
	"\"processes\":[" workers "]}],\"deaths\":[" deaths "]}"

static struct mr_document *
parse(const char *text)
{
	struct mr_document *document = mr_document_parse(text, strlen(text));

	ck_assert_msg(document != NULL, "%s", text);
	return document;
}

static const char *
draw(const struct screen *screen)
{
	struct mr_buffer text = { .arena = arena };
	const char *drawn;

	screen_draw(screen, &text);
	drawn = mr_buffer_text(&text);
	ck_assert_ptr_nonnull(drawn);
	return drawn;
}

static const char *
draw_text(const char *status)
{
	struct mr_document *document = parse(status);
	const char *text = draw(&(struct screen){ .now = document });

	mr_document_free(document);
	return text;
}

#define THREE_WORKERS                                                          \
	WORKER("fast/0", 100, "null", 10, 1)                                   \
	"," WORKER("fast/1", 101, "0.5", 20, 1) "," WORKER(                    \
	    "fast/2", 102, "2.25", 30, 1)

START_TEST(test_snapshot_is_plain_text)
{
	ck_assert_str_eq(
	    draw_text(STATUS(1000, THREE_WORKERS, DEATH(99))),
	    "millrace 1.2.3  pid 77  up 3.2s  generation 2\n"
	    "\n"
	    "POOL     MANAGER  WORKERS  IDLE  BUSY QUEUE REQ/S REQUESTS REFUSED "
	    "CRASHES STARTS\n"
	    "fast     dynamic      4/8     1     3     5     -     1000       6 "
	    "      7     11\n"
	    "\n"
	    "WORKER         PID STATE    GEN    UP REQUESTS  BUSY CPU%   RSS "
	    "REQUEST\n"
	    "fast/2         102 busy       2 61.5s       30  2.2s    -   20M "
	    "GET /a id-102\n"
	    "fast/1         101 busy       2 61.5s       20  0.5s    -   20M "
	    "GET /a id-101\n"
	    "fast/0         100 busy       2 61.5s       10     -    -   20M\n"
	    "\n"
	    "DIED AT             POOL         PID CAUSE        REASON\n"
	    "2026-01-31T12:00:00 fast          99 crash        SIGSEGV "
	    "?[2Jbad?line /faults/crash abc\n");
}
END_TEST

/* Those of the same pid are compared, in whatever order they come. */
START_TEST(test_rates_come_from_differences)
{
	struct mr_document *before = parse(STATUS(
	    1000,
	    WORKER("fast/1", 101, "null", 20, 1) "," WORKER(
	        "fast/0", 100, "null", 10, 1) "," WORKER("fast/2", 99, "null",
	                                                  5, 1),
	    ""));
	struct mr_document *now = parse(STATUS(
	    1500,
	    WORKER("fast/0", 100, "null", 11, 1) "," WORKER(
	        "fast/1", 101, "null", 40, 1.5) "," WORKER("fast/2", 102,
	                                                   "null", 90, 1),
	    ""));
	const char *text = draw(&(struct screen){
	    .now = now, .before = before, .seconds = 2 });
	const char *first = strstr(text, "\nfast/1 ");

	ck_assert_ptr_nonnull(strstr(text, "   250     1500 "));
	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_nonnull(strstr(first, "   25   20M\nfast/0 "));
	ck_assert_ptr_nonnull(strstr(first, "    0   20M\nfast/2 "));
	ck_assert_ptr_nonnull(strstr(first, "    -   20M\n"));
	mr_document_free(before);
	mr_document_free(now);
}
END_TEST

/* A server that began anew has counted less. */
START_TEST(test_counter_that_falls_has_no_rate)
{
	struct mr_document *before = parse(STATUS(1000, "", ""));
	struct mr_document *now = parse(STATUS(10, "", ""));

	ck_assert_ptr_nonnull(
	    strstr(draw(&(struct screen){ .now = now, .before = before,
	                                  .seconds = 1 }),
	           "     -       10 "));
	mr_document_free(before);
	mr_document_free(now);
}
END_TEST

static size_t
count_lines(const char *text, size_t columns)
{
	size_t lines = 0;

	while (*text != '\0') {
		size_t length = strcspn(text, "\n");

		ck_assert_msg(length <= columns, "%s", text);
		text += length + 1;
		lines++;
	}
	return lines;
}

#define EIGHT_DEATHS                                                           \
	DEATH(1) "," DEATH(2) "," DEATH(3) "," DEATH(4) "," DEATH(             \
	    5) "," DEATH(6) "," DEATH(7) "," DEATH(8)
#define NINE_WORKERS THREE_WORKERS "," THREE_WORKERS "," THREE_WORKERS

static const struct {
	size_t rows, columns;
} sizes[] = {
	{ 1, 1 }, { 3, 40 }, { 12, 20 }, { 14, 80 }, { 24, 80 }, { 25, 200 },
	{ 200, 1000 },
};

START_TEST(test_screen_fits)
{
	struct mr_document *now =
	    parse(STATUS(1000, NINE_WORKERS, EIGHT_DEATHS));
	size_t all = count_lines(draw(&(struct screen){ .now = now }), 999);
	size_t lines = count_lines(
	    draw(&(struct screen){ .now = now,
	                           .trouble = NULL,
	                           .rows = sizes[_i].rows,
	                           .columns = sizes[_i].columns }),
	    sizes[_i].columns);

	ck_assert_uint_eq(all, 4 + 2 + 9 + 2 + 8);
	ck_assert_uint_eq(lines, sizes[_i].rows < all ? sizes[_i].rows : all);
	mr_document_free(now);
}
END_TEST

START_TEST(test_deaths_have_room_beside_many_workers)
{
	struct mr_document *now =
	    parse(STATUS(1000, NINE_WORKERS, EIGHT_DEATHS));
	const char *text = draw(&(struct screen){ .now = now,
	                                          .rows = 18,
	                                          .columns = 80 });
	const char *deaths = strstr(text, "DIED AT");

	ck_assert_ptr_nonnull(strstr(text, "WORKER"));
	ck_assert_ptr_nonnull(deaths);
	ck_assert_uint_eq(count_lines(deaths, 80), 1 + 5);
	mr_document_free(now);
}
END_TEST

START_TEST(test_headings_stand_out_on_a_terminal_only)
{
	struct mr_document *now = parse(STATUS(1000, THREE_WORKERS, ""));
	struct screen screen = { .now = now, .rows = 24, .columns = 30 };

	ck_assert_ptr_null(strchr(draw(&screen), '\033'));
	screen.is_terminal = true;
	ck_assert_ptr_nonnull(strstr(
	    draw(&screen), "\n\033[7mPOOL     MANAGER  WORKERS  IDL\033[0m\n"));
	mr_document_free(now);
}
END_TEST

START_TEST(test_trouble_is_on_top)
{
	struct mr_document *now = parse(
	    "{\"millrace\":{\"version\":\"1\",\"pid\":2,\"draining\":true,"
	    "\"reloads_failed\":3,\"reload_error\":\"line 7\\u0007\"}}");
	static const char expected[] =
	    "millrace 1  pid 2  up -  generation -  DRAINING  "
	    "failed reloads 3\n"
	    "The last reload failed: line 7?\n"
	    "No news: gone\n\n";
	const char *text =
	    draw(&(struct screen){ .now = now, .trouble = "gone" });


	ck_assert_ptr_eq(strstr(text, expected), text);
	mr_document_free(now);
}
END_TEST

/* None of these is what a server says; none may be the end of us. */
static const char *const odd[] = {
	"{}",
	"[]",
	"7",
	"{\"pools\":{},\"deaths\":\"\"}",
	"{\"millrace\":[],\"pools\":[1,[],{\"processes\":[3,{}],\"queue\":7}],"
	"\"deaths\":[0,{}]}",
	"{\"pools\":[{\"name\":7,\"processes\":[{\"worker\":1,\"pid\":\"x\","
	"\"busy_seconds\":1e300,\"rss_bytes\":-1e300}]}]}",
};

START_TEST(test_odd_documents_are_shown_as_far_as_they_go)
{
	struct mr_document *document = parse(odd[_i]);
	struct screen screen = { .now = document, .before = document,
		                 .seconds = 1 };

	ck_assert_ptr_nonnull(strstr(draw(&screen), "\nPOOL "));
	ck_assert_ptr_nonnull(strstr(draw(&screen), "\nWORKER "));
	mr_document_free(document);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_snapshot_is_plain_text);
	tcase_add_test(tc, test_rates_come_from_differences);
	tcase_add_test(tc, test_counter_that_falls_has_no_rate);
	tcase_add_loop_test(tc, test_screen_fits, 0, N(sizes));
	tcase_add_test(tc, test_deaths_have_room_beside_many_workers);
	tcase_add_test(tc, test_headings_stand_out_on_a_terminal_only);
	tcase_add_test(tc, test_trouble_is_on_top);
	tcase_add_loop_test(tc,
	                    test_odd_documents_are_shown_as_far_as_they_go, 0,
	                    N(odd));
}

UNIT_MAIN("screen", add_tests)
