/*
 * check_capture.c: lines of a pipe, whole, in order, and each with its worker.
 */
#include "fcgi/master/capture.h"

#include "place.h"
#include "unit.h"

#include <errno.h>

#define SAID " notice Worker said. worker=fast/0 pid=17 text=\""

/* What each line said, as it was logged, one behind the other. */
static char *
said(void)
{
	struct mr_string log = place_read("stderr");
	char *words = mr_arena_alloc(arena, log.length + 1), *to = words;
	const char *at = log.data, *end;

	ck_assert_ptr_nonnull(words);
	for (; *at != '\0'; at = end + 1) {
		end = strchr(at, '\n');
		ck_assert_ptr_nonnull(end);
		ck_assert_int_eq(strncmp(at + 24, SAID, strlen(SAID)), 0);
		at += 24 + strlen(SAID);
		memcpy(to, at, (size_t)(end - at));
		to += end - at;
		*to++ = '\n';
	}
	*to = '\0';
	return words;
}

/* What a worker writes, piece by piece, each of which is read. */
struct story {
	const char *pieces[6];
	const char *said;
};

static int
tell(void *context)
{
	const struct story *story = context;
	struct capture capture;
	int writer;

	if (!capture_open(&capture, &writer))
		return 1;
	for (size_t i = 0; story->pieces[i] != NULL; i++) {
		const char *piece = story->pieces[i];

		if (write(writer, piece, strlen(piece)) != (int)strlen(piece) ||
		    !capture_read(&capture, "fast/0", 17))
			return 2;
		/* Memory is for a line that is begun. */
		if ((capture.line == NULL) !=
		    (*piece == '\0' || piece[strlen(piece) - 1] == '\n'))
			return 3;
	}
	close(writer);
	capture_close(&capture, "fast/0", 17);
	return capture.fd == -1 && capture.line == NULL ? 0 : 4;
}

static struct story stories[] = {
	{ { NULL }, "" },
	{ { "one\n", NULL }, "one\"\n" },
	{ { "one\ntwo\n", NULL }, "one\"\ntwo\"\n" },
	{ { "one\n\nthree\n", NULL }, "one\"\n\"\nthree\"\n" },
	{ { "\n", NULL }, "\"\n" },
	{ { "o", "n", "e\n", NULL }, "one\"\n" },
	{ { "on", "e\ntw", "o\n", NULL }, "one\"\ntwo\"\n" },
	{ { "one", "\n", NULL }, "one\"\n" },
	{ { "one", "\n\n", NULL }, "one\"\n\"\n" },
	{ { "no end", NULL }, "no end\"\n" },
	{ { "one\n", "no end", NULL }, "one\"\nno end\"\n" },
	{ { "\xC3", "\xA9\n", NULL }, "\xC3\xA9\"\n" },
	{ { "a\"b\n", NULL }, "a\\\"b\"\n" },
};

START_TEST(test_lines_are_logged)
{
	ck_assert_int_eq(place_run(tell, &stories[_i]), 0);
	ck_assert_str_eq(said(), stories[_i].said);
}
END_TEST

/* A worker that writes one line of so many bytes, with or without an end. */
static size_t long_length;

static int
write_long(void *ended)
{
	struct capture capture;
	int writer, status;

	if (!capture_open(&capture, &writer))
		return 1;
	if (fork() == 0) {
		FILE *file = fdopen(writer, "w");

		for (size_t i = 0; i < long_length; i++)
			putc('a' + (int)(i % 26), file);
		if (ended != NULL)
			putc('\n', file);
		fclose(file);
		_exit(0);
	}
	close(writer);
	while (capture_read(&capture, "fast/0", 17))
		usleep(100);
	capture_close(&capture, "fast/0", 17);
	return wait(&status) > 0 ? status : 2;
}

static const size_t lengths[] = { 1000,
	                          65535,
	                          65536,
	                          65537,
	                          CAPTURE_LINE - 1,
	                          CAPTURE_LINE,
	                          CAPTURE_LINE + 1,
	                          2 * CAPTURE_LINE,
	                          2 * CAPTURE_LINE + 1 };

static void
check_long(const char *words)
{
	const char *at = words;

	for (size_t i = 0; i < long_length; i++) {
		/* Each assertion writes a mark to a file: not one for each byte. */
		if (*at++ != 'a' + (int)(i % 26))
			ck_abort_msg("byte %zu is another", i);
		if ((i + 1) % CAPTURE_LINE == 0 && i + 1 < long_length) {
			ck_assert_int_eq(
			    strncmp(at, "\" unfinished=true\n", 18), 0);
			at += 18;
		}
	}
	ck_assert_str_eq(at, "\"\n");
}

START_TEST(test_line_is_whole_up_to_a_megabyte)
{
	long_length = lengths[_i];
	ck_assert_int_eq(place_run(write_long, &long_length), 0);
	check_long(said());
	ck_assert_int_eq(place_run(write_long, NULL), 0);
	check_long(said());
}
END_TEST

/* Of a pipe that is always full. */
static int
write_much(void *context)
{
	static char lines[CAPTURE_BURST];
	struct capture capture;
	int writer;

	(void)context;
	memset(lines, '\n', sizeof(lines));
	if (!capture_open(&capture, &writer) ||
	    fcntl(writer, F_SETPIPE_SZ, 4 * CAPTURE_BURST) < 0)
		return 1;
	for (int i = 0; i < 4; i++)
		if (write(writer, lines, sizeof(lines)) != sizeof(lines))
			return 2;
	return capture_read(&capture, "fast/0", 17) ? 0 : 3;
}

START_TEST(test_one_call_reads_so_much)
{
	ck_assert_int_eq(place_run(write_much, NULL), 0);
	ck_assert_uint_eq(strlen(said()), 2 * CAPTURE_BURST);
}
END_TEST

/* Another master listens on: what was begun is not lost. */
static int
flush_begun(void *context)
{
	struct capture capture;
	int writer;

	(void)context;
	if (!capture_open(&capture, &writer) || write(writer, "one\ntwo", 7) != 7)
		return 1;
	capture_read(&capture, "fast/0", 17);
	capture_flush(&capture, "fast/0", 17);
	capture_flush(&capture, "fast/0", 17);
	return capture.fd < 0 || capture.line != NULL;
}

START_TEST(test_flushing_says_what_was_begun)
{
	ck_assert_int_eq(place_run(flush_begun, NULL), 0);
	ck_assert_str_eq(said(), "one\"\ntwo\" unfinished=true\n");
}
END_TEST

/* A child of the worker's has the pipe, and says no more. */
static int
close_early(void *context)
{
	struct capture capture;
	int writer;

	(void)context;
	if (!capture_open(&capture, &writer) || write(writer, "one\ntwo", 7) != 7)
		return 1;
	capture_close(&capture, "fast/0", 17);
	capture_close(&capture, "fast/0", 17);
	return capture_read(&capture, "fast/0", 17) ? 2 : 0;
}

START_TEST(test_closing_does_not_wait_for_others)
{
	ck_assert_int_eq(place_run(close_early, NULL), 0);
	ck_assert_str_eq(said(), "one\"\ntwo\"\n");
}
END_TEST

START_TEST(test_end_of_the_file_is_told)
{
	struct capture capture;
	int writer;

	ck_assert(capture_open(&capture, &writer));
	ck_assert(capture_read(&capture, "fast/0", 17));
	close(writer);
	ck_assert(!capture_read(&capture, "fast/0", 17));
	capture_close(&capture, "fast/0", 17);
}
END_TEST

START_TEST(test_pipe_is_of_this_process_and_waits_on_one_side)
{
	struct capture capture;
	int writer;

	ck_assert(capture_open(&capture, &writer));
	ck_assert_int_eq(fcntl(capture.fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(fcntl(writer, F_GETFD), FD_CLOEXEC);
	ck_assert(fcntl(capture.fd, F_GETFL) & O_NONBLOCK);
	ck_assert(!(fcntl(writer, F_GETFL) & O_NONBLOCK));
	close(writer);
	capture_close(&capture, "fast/0", 17);
}
END_TEST

START_TEST(test_no_pipe_is_told)
{
	struct rlimit limit, none;
	struct capture capture;
	int writer, error;
	bool opened;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = (struct rlimit){ 3, limit.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	opened = capture_open(&capture, &writer);
	error = errno;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert(!opened);
	ck_assert_int_eq(error, EMFILE);
	ck_assert_int_eq(capture.fd, -1);
	capture_close(&capture, "fast/0", 17);
}
END_TEST

/* Without memory a line comes in pieces, or is at least spoken of. */
static int
write_starved(void *context)
{
	static char text[60001];
	struct capture capture;
	int writer;

	(void)context;
	memset(text, 'x', sizeof(text) - 1);
	if (!capture_open(&capture, &writer) ||
	    write(writer, text, sizeof(text)) != sizeof(text))
		return 1;
	starve(true);
	capture_read(&capture, "fast/0", 17);
	starve(false);
	if (write(writer, "after\n", 6) != 6)
		return 2;
	capture_read(&capture, "fast/0", 17);
	capture_close(&capture, "fast/0", 17);
	return 0;
}

START_TEST(test_want_of_memory_does_not_end_it)
{
	if (!CAN_STARVE)
		return;
	ck_assert_int_eq(place_run(write_starved, NULL), 0);
	ck_assert_ptr_nonnull(strstr(place_read("stderr").data, "after\"\n"));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_loop_test(tc, test_lines_are_logged, 0, N(stories));
	tcase_add_loop_test(tc, test_line_is_whole_up_to_a_megabyte, 0,
	                    N(lengths));
	tcase_add_test(tc, test_one_call_reads_so_much);
	tcase_add_test(tc, test_flushing_says_what_was_begun);
	tcase_add_test(tc, test_closing_does_not_wait_for_others);
	tcase_add_test(tc, test_end_of_the_file_is_told);
	tcase_add_test(tc, test_pipe_is_of_this_process_and_waits_on_one_side);
	tcase_add_test(tc, test_no_pipe_is_told);
	tcase_add_test(tc, test_want_of_memory_does_not_end_it);
}

UNIT_MAIN("capture", add_tests)
