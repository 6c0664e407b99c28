/*
 * check_log.c: one line for each call, whatever is in it.
 */
#include "fcgi/base/log.h"

#include "place.h"
#include "unit.h"

#include <regex.h>
#include <sys/stat.h>

#define STAMP                                                                  \
	"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z "

static int
log_text(void *text)
{
	log_warning("%s", (const char *)text);
	return 0;
}

static int
log_all(void *context)
{
	(void)context;
	log_notice("One. a=%d", 1);
	log_warning("Two. b=%s", "x");
	log_error("Three.");
	log_line(LOG_LEVEL_NOTICE, "Four.");
	return 0;
}

START_TEST(test_lines_have_time_and_level)
{
	regex_t pattern;

	place_run(log_all, NULL);
	ck_assert_int_eq(regcomp(&pattern,
	                         STAMP "notice One\\. a=1\n[^ ]* "
	                               "warning Two\\. b=x\n[^ ]* "
	                               "error Three\\.\n[^ ]* "
	                               "notice Four\\.\n$",
	                         REG_EXTENDED | REG_NOSUB),
	                 0);
	ck_assert_int_eq(regexec(&pattern, place_read("stderr").data, 0, NULL,
	                         0),
	                 0);
	regfree(&pattern);
}
END_TEST

static const struct {
	const char *text, *logged;
} texts[] = {
	{ "plain", "plain" },
	{ "", "" },
	{ "two\nlines", "two lines" },
	{ "a\r\nb\tc\x01\x1B[31m", "a  b c  [31m" },
	{ "caf\xC3\xA9", "caf\xC3\xA9" },
	{ "100%", "100%" },
	{ "\n", " " },
};

START_TEST(test_text_stays_on_its_line)
{
	char expected[100];
	const char *log;

	place_run(log_text, (void *)(uintptr_t)texts[_i].text);
	snprintf(expected, sizeof(expected), "Z warning %s\n",
	         texts[_i].logged);
	log = place_read("stderr").data;
	ck_assert_ptr_nonnull(strstr(log, expected));
	ck_assert_uint_eq(strlen(log), 24 + strlen(expected) - 1);
}
END_TEST

static const size_t lengths[] = { 2000,           2040,           2047,
	                          2048,           2049,           100000,
	                          LOG_LENGTH - 1, LOG_LENGTH,     LOG_LENGTH + 1,
	                          3 * LOG_LENGTH };

START_TEST(test_text_is_whole_up_to_a_megabyte)
{
	char *text = mr_arena_alloc(arena, lengths[_i] + 1);
	size_t whole = lengths[_i], plain;
	struct mr_string log;

	memset(text, 'x', lengths[_i]);
	text[lengths[_i]] = '\0';
	place_run(log_text, text);
	log = place_read("stderr");
	if (whole > LOG_LENGTH)
		whole = LOG_LENGTH;
	plain = whole < lengths[_i] ? whole - 3 : whole;
	ck_assert_uint_eq(log.length, 24 + 9 + whole + 1);
	ck_assert_uint_eq(strspn(log.data + 24 + 9, "x"), plain);
	ck_assert_str_eq(log.data + 24 + 9 + plain,
	                 plain < whole ? "...\n" : "\n");
}
END_TEST

/* As a hundred lines are more than what waits, and one of them alone is. */
static int
log_held(void *context)
{
	static char text[10000];

	(void)context;
	log_hold();
	for (int i = 0; i < 100; i++) {
		memset(text, 'x', sizeof(text) - 1);
		text[i == 50 ? 9000 : 70] = '\0';
		log_notice("line=%d %s", i, text);
	}
	log_release();
	log_notice("line=100 at once");
	return strstr(place_read("stderr").data, "at once") == NULL;
}

START_TEST(test_lines_that_wait_keep_their_order)
{
	const char *at;
	char line[32];

	ck_assert_int_eq(WEXITSTATUS(place_run(log_held, NULL)), 0);
	at = place_read("stderr").data;
	for (int i = 0; i <= 100; i++) {
		snprintf(line, sizeof(line), " notice line=%d ", i);
		at = strstr(at, line);
		ck_assert_msg(at != NULL, "no '%s'", line);
	}
}
END_TEST

static int
hold_and_exit(void *context)
{
	(void)context;
	log_hold();
	log_notice("Waits.");
	if (place_read("stderr").length > 0)
		return EXIT_FAILURE;
	log_release();
	return place_read("stderr").length == 0;
}

START_TEST(test_line_waits_for_its_release)
{
	ck_assert_int_eq(WEXITSTATUS(place_run(hold_and_exit, NULL)), 0);
}
END_TEST

/* Processes that share a log do not mix their lines. */
static int
log_together(void *context)
{
	static char text[200000];

	(void)context;
	for (int child = 0; child < 4; child++) {
		if (fork() != 0)
			continue;
		memset(text, 'a' + child, sizeof(text) - 1);
		text[sizeof(text) - 1] = '\0';
		for (int i = 0; i < 20; i++)
			log_notice("%s", text);
		_exit(0);
	}
	while (wait(NULL) > 0)
		continue;
	return 0;
}

START_TEST(test_lines_of_processes_do_not_mix)
{
	char *rest, *line;
	size_t lines = 0;

	place_run(log_together, NULL);
	rest = (char *)(uintptr_t)place_read("stderr").data;
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		ck_assert_uint_eq(strlen(line), 24 + 8 + 199999);
		ck_assert_uint_eq(strspn(line + 32, (char[]){ line[32], 0 }),
		                  199999);
		lines++;
	}
	ck_assert_uint_eq(lines, 80);
}
END_TEST

static int
log_to_no_one(void *context)
{
	(void)context;
	close(STDERR_FILENO);
	log_error("Nobody hears.");
	return 3;
}

START_TEST(test_log_that_is_closed_does_no_harm)
{
	ck_assert_int_eq(WEXITSTATUS(place_run(log_to_no_one, NULL)), 3);
}
END_TEST

/* The file. */

static int
log_to_files(void *context)
{
	(void)context;
	log_notice("Before.");
	if (!log_open("log"))
		return 1;
	log_notice("One.");
	if (rename("log", "log.1") < 0)
		return 2;
	log_notice("Two.");
	if (!log_reopen())
		return 3;
	log_notice("Three.");
	/* What is not ours goes there too. */
	fputs("Library.\n", stderr);
	if (fork() == 0)
		execlp("sh", "sh", "-c", "echo Child. >&2", NULL);
	return wait(NULL) > 0 ? 0 : 4;
}

START_TEST(test_file_is_opened_anew)
{
	ck_assert_int_eq(place_run(log_to_files, NULL), 0);
	ck_assert_str_eq(place_read("stderr").data + 24, " notice Before.\n");
	ck_assert_ptr_nonnull(strstr(place_read("log.1").data, "One."));
	ck_assert_ptr_nonnull(strstr(place_read("log.1").data, "Two."));
	ck_assert_ptr_null(strstr(place_read("log.1").data, "Three."));
	ck_assert_str_eq(place_read("log").data + 24,
	                 " notice Three.\nLibrary.\nChild.\n");
}
END_TEST

static int
log_to_file(void *context)
{
	(void)context;
	umask(0);
	return log_open("log") ? (log_notice("New."), 0) : 1;
}

START_TEST(test_file_is_appended_to)
{
	place_write("log", TEXT("Old.\n"));
	ck_assert_int_eq(place_run(log_to_file, NULL), 0);
	ck_assert_ptr_nonnull(strstr(place_read("log").data, "Old.\n2"));
	ck_assert_ptr_nonnull(strstr(place_read("log").data, "New.\n"));
}
END_TEST

START_TEST(test_file_is_for_owner_and_group)
{
	struct stat status;

	ck_assert_int_eq(place_run(log_to_file, NULL), 0);
	ck_assert_int_eq(stat("log", &status), 0);
	ck_assert_uint_eq(status.st_mode, S_IFREG | 0640);
}
END_TEST

static int
log_to_standard_error(void *context)
{
	(void)context;
	if (!log_open("") || !log_reopen())
		return 1;
	log_notice("Here.");
	return 0;
}

START_TEST(test_no_file_is_standard_error)
{
	ck_assert_int_eq(place_run(log_to_standard_error, NULL), 0);
	ck_assert_str_eq(place_read("stderr").data + 24, " notice Here.\n");
}
END_TEST

static const struct {
	const char *path, *error;
} unopened[] = {
	{ "none/log", "path=none/log error=\"No such file or directory\"" },
	{ "directory", "path=directory error=\"Is a directory\"" },
	{ "fifo", "path=fifo error=\"No such device or address\"" },
};

static int
log_to_nowhere(void *row)
{
	if (log_open(unopened[*(int *)row].path))
		return 1;
	log_notice("Still here.");
	return 0;
}

START_TEST(test_file_that_cannot_be_opened_changes_nothing)
{
	const char *log;

	mkdir("directory", 0755);
	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	ck_assert_int_eq(place_run(log_to_nowhere, &_i), 0);
	log = place_read("stderr").data;
	ck_assert_ptr_nonnull(strstr(log, "error Cannot open the log. "));
	ck_assert_ptr_nonnull(strstr(log, unopened[_i].error));
	ck_assert_ptr_nonnull(strstr(log, "Still here."));
}
END_TEST

static int
log_to_lost_file(void *context)
{
	(void)context;
	if (mkdir("logs", 0755) < 0 || !log_open("logs/log") ||
	    rename("logs", "moved") < 0 || log_reopen())
		return 1;
	log_notice("Still here.");
	return mkdir("logs", 0755) == 0 && log_reopen() ? 0 : 2;
}

START_TEST(test_file_that_cannot_be_opened_anew_is_kept)
{
	const char *log;

	ck_assert_int_eq(place_run(log_to_lost_file, NULL), 0);
	log = place_read("moved/log").data;
	ck_assert_ptr_nonnull(strstr(log, "Cannot open the log. path=logs/log"));
	ck_assert_ptr_nonnull(strstr(log, "Still here."));
	ck_assert_uint_eq(place_read("logs/log").length, 0);
	remove("logs/log");
}
END_TEST

/* A reader that does not keep up, of a pipe that does not block. */
static int
log_to_slow_reader(void *context)
{
	static char text[300000], read_back[65536];
	int pair[2];
	size_t got = 0;
	ssize_t length;

	(void)context;
	memset(text, 'x', sizeof(text) - 1);
	if (pipe2(pair, O_NONBLOCK) < 0 || dup2(pair[1], STDERR_FILENO) < 0)
		return 1;
	if (fork() == 0) {
		log_notice("%s", text);
		_exit(0);
	}
	close(pair[1]);
	close(STDERR_FILENO);
	fcntl(pair[0], F_SETFL, 0);
	while ((length = read(pair[0], read_back, sizeof(read_back))) > 0) {
		got += (size_t)length;
		usleep(1000);
	}
	return got == 24 + 8 + sizeof(text) - 1 + 1 ? 0 : 2;
}

START_TEST(test_line_is_whole_for_a_slow_reader)
{
	ck_assert_int_eq(place_run(log_to_slow_reader, NULL), 0);
}
END_TEST

/* Nobody reads: a part of the line is there, and the next begins its own. */
static int
log_to_full_pipe(void *context)
{
	static char text[300000], read_back[65536];
	int pair[2];
	ssize_t length;

	(void)context;
	memset(text, 'x', sizeof(text) - 1);
	if (pipe2(pair, O_NONBLOCK) < 0 || dup2(pair[1], STDERR_FILENO) < 0)
		return 1;
	log_notice("%s", text);
	while (read(pair[0], read_back, sizeof(read_back)) > 0)
		continue;
	log_notice("Next.");
	length = read(pair[0], read_back, sizeof(read_back));
	return length == 1 + 24 + 14 && *read_back == '\n' ? 0 : 2;
}

START_TEST(test_line_behind_a_torn_one_is_its_own)
{
	ck_assert_int_eq(place_run(log_to_full_pipe, NULL), 0);
}
END_TEST

/* What workers write. */

static int
log_saying(void *context)
{
	log_said(context);
	return 0;
}

static const struct {
	struct mr_string text;
	const char *logged;
} sayings[] = {
	{ BYTES(""), "" },
	{ BYTES("plain text"), "plain text" },
	{ BYTES("a=\"b\\c\""), "a=\\\"b\\\\c\\\"" },
	{ BYTES("\ttab\rreturn\nline"), "\\ttab\\rreturn\\nline" },
	{ BYTES("nul\0end"), "nul\\u0000end" },
	{ BYTES("\x1B[31m\x7F"), "\\u001b[31m\\u007f" },
	{ BYTES("caf\xC3\xA9 \xF0\x9F\x98\x80"), "caf\xC3\xA9 \xF0\x9F\x98\x80" },
	{ BYTES("\xC2\x9B" "31m \xC2\xA0"), "\\u009b31m \xC2\xA0" },
	{ BYTES("\xFFx\xC3"), "\\xffx\\xc3" },
	{ BYTES("100% %s"), "100% %s" },
	/* As a worker's own line would be, but for the word. */
	{ BYTES("\x1E" "00000000000000002Worker ended."),
	  "\\u001e00000000000000002Worker ended." },
};

START_TEST(test_what_a_worker_says_is_escaped)
{
	const struct mr_string text = guarded(sayings[_i].text);
	struct saying saying = { "fast/0", 17, text.data, text.length, false };
	char expected[200];

	ck_assert(log_open(""));
	place_run(log_saying, &saying);
	snprintf(expected, sizeof(expected),
	         " notice Worker said. worker=fast/0 pid=17 text=\"%s\"\n",
	         sayings[_i].logged);
	ck_assert_str_eq(place_read("stderr").data + 24, expected);
}
END_TEST

START_TEST(test_what_a_worker_says_is_never_too_long)
{
	size_t length = (size_t)3 << 20;
	char *text = mr_arena_alloc(arena, length);
	struct saying saying = { "fast/0", 17, text, length, true };
	struct mr_string log;

	memset(text, '\1', length);
	place_run(log_saying, &saying);
	log = place_read("stderr");
	ck_assert_uint_gt(log.length, 6 * length);
	ck_assert_uint_lt(log.length, 6 * length + 100);
	ck_assert_str_eq(log.data + log.length - 30,
	                 "\\u0001\\u0001\" unfinished=true\n");
}
END_TEST

static int
relay(void *context)
{
	log_relay();
	return log_text(context);
}

START_TEST(test_line_of_a_worker_is_logged_as_it_is)
{
	struct saying saying = { "io/12", 99, "", 0, false };
	struct mr_string text;

	ck_assert(log_open(""));
	place_run(relay, (void *)(uintptr_t)"It was late. pool=io");
	text = place_read("stderr");
	ck_assert_uint_gt(text.length, 0);
	ck_assert_int_eq(text.data[text.length - 1], '\n');
	saying.text = text.data;
	saying.length = text.length - 1;
	place_run(log_saying, &saying);
	ck_assert_str_eq(place_read("stderr").data + 24,
	                 " warning It was late. pool=io worker=io/12 pid=99\n");
}
END_TEST

START_TEST(test_word_of_another_program_is_kept)
{
	log_keep_word("short");
	ck_assert_str_eq(log_word(), "");
	log_keep_word("0123456789abcdef");
	ck_assert(log_open(""));
	ck_assert_str_eq(log_word(), "0123456789abcdef");
}
END_TEST

START_TEST(test_worker_without_a_word_logs_by_itself)
{
	place_run(relay, (void *)(uintptr_t)"It was late.");
	ck_assert_str_eq(place_read("stderr").data + 24,
	                 " warning It was late.\n");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_test(tc, test_lines_have_time_and_level);
	tcase_add_test(tc, test_lines_that_wait_keep_their_order);
	tcase_add_test(tc, test_line_waits_for_its_release);
	tcase_add_loop_test(tc, test_text_stays_on_its_line, 0, N(texts));
	tcase_add_loop_test(tc, test_text_is_whole_up_to_a_megabyte, 0,
	                    N(lengths));
	tcase_add_test(tc, test_lines_of_processes_do_not_mix);
	tcase_add_test(tc, test_log_that_is_closed_does_no_harm);
	tcase_add_test(tc, test_file_is_opened_anew);
	tcase_add_test(tc, test_file_is_appended_to);
	tcase_add_test(tc, test_file_is_for_owner_and_group);
	tcase_add_test(tc, test_no_file_is_standard_error);
	tcase_add_loop_test(tc, test_file_that_cannot_be_opened_changes_nothing,
	                    0, N(unopened));
	tcase_add_test(tc, test_file_that_cannot_be_opened_anew_is_kept);
	tcase_add_test(tc, test_line_is_whole_for_a_slow_reader);
	tcase_add_test(tc, test_line_behind_a_torn_one_is_its_own);
	tcase_add_loop_test(tc, test_what_a_worker_says_is_escaped, 0,
	                    N(sayings));
	tcase_add_test(tc, test_what_a_worker_says_is_never_too_long);
	tcase_add_test(tc, test_line_of_a_worker_is_logged_as_it_is);
	tcase_add_test(tc, test_word_of_another_program_is_kept);
	tcase_add_test(tc, test_worker_without_a_word_logs_by_itself);
}

UNIT_MAIN("log", add_tests)
