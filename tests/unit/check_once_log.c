/*
 * check_once_log.c: exactly one line for each id, by many writers at a time
 * that are killed at random, and before each of their system calls.
 */
#include "base/once_log.h"

#include "base/once_journal.h"
#include "place.h"

#include <dlfcn.h>
#include <errno.h>
#include <sys/file.h>
#include <sys/stat.h>

static struct mr_once_log once = { .directory = ".", .name = "log.txt" };

/*
 * The system calls that change something, counted: before the one whose turn
 * it is the process is killed, or it fails.
 */
static int calls_left = -1; /* -1: all of them work */
static int failure;         /* errno; 0: SIGKILL */

static bool
fails(void)
{
	if (calls_left < 0 || calls_left-- > 0)
		return false;
	if (failure == 0)
		raise(SIGKILL);
	errno = failure;
	return true;
}

#define REAL(name)                                                             \
	(__extension__(__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t
pwrite(int file, const void *bytes, size_t size, off_t offset)
{
	if (fails())
		return -1;
	/* Half of it is there when the call for the other half fails. */
	return REAL(pwrite)(file, bytes,
	                    calls_left == 0 && size > 1 ? size / 2 : size,
	                    offset);
}

int
fdatasync(int file)
{
	return fails() ? -1 : REAL(fdatasync)(file);
}

int
fsync(int file)
{
	return fails() ? -1 : REAL(fsync)(file);
}

int
renameat(int from, const char *old, int to, const char *new)
{
	return fails() ? -1 : REAL(renameat)(from, old, to, new);
}

static enum mr_err
append(const char *id, const char *line)
{
	return mr_once_log_append(&once, id, line);
}

static void
expect_log(const char *expected)
{
	ck_assert_pstr_eq(place_read("log.txt").data, expected);
}

/* As an operator would. */
static void
append_by_hand(const char *text)
{
	int file = open("log.txt", O_WRONLY | O_CREAT | O_APPEND, 0600);

	ck_assert_int_eq(write(file, text, strlen(text)),
	                 (ssize_t)strlen(text));
	close(file);
}

START_TEST(test_line_is_appended_once_for_each_id)
{
	ck_assert_int_eq(append("b", "Task 1 completed"), MR_OK);
	ck_assert_int_eq(append("c", "Task 1 completed"), MR_OK);
	ck_assert_int_eq(append("b", "Task 1 completed"), MR_OK);
	ck_assert_int_eq(append("a", "late"), MR_OK);
	ck_assert_int_eq(append("a", "late"), MR_OK);
	ck_assert_int_eq(append("c", "Task 1 completed"), MR_OK);
	ck_assert_int_eq(append("d", "last"), MR_OK);
	expect_log("Task 1 completed\nTask 1 completed\nlate\nlast\n");
}
END_TEST

START_TEST(test_line_without_id_is_appended_every_time)
{
	ck_assert_int_eq(append(NULL, "x"), MR_OK);
	ck_assert_int_eq(append(NULL, "x"), MR_OK);
	expect_log("x\nx\n");
}
END_TEST

static char long_text[MR_ONCE_LOG_LINE + 1];

static const struct {
	const char *id, *line;
	enum mr_err err;
} refusals[] = {
	{ "a", "", MR_INVALID },
	{ "a", "x\ny", MR_INVALID },
	{ "", "x", MR_INVALID },
	{ "a b", "x", MR_INVALID },
	{ "a\n", "x", MR_INVALID },
	{ long_text, "x", MR_INVALID },
	{ "a", long_text, MR_INVALID },
};

START_TEST(test_what_cannot_be_kept_is_refused)
{
	memset(long_text, 'x', sizeof(long_text) - 1);
	ck_assert_int_eq(append(refusals[_i].id, refusals[_i].line),
	                 refusals[_i].err);
	ck_assert_int_ne(access("log.txt", F_OK), 0);
}
END_TEST

START_TEST(test_longest_line_and_id_are_kept)
{
	char id[MR_ONCE_LOG_ID], line[MR_ONCE_LOG_LINE];

	memset(id, 'i', sizeof(id));
	memset(line, 'l', sizeof(line));
	id[sizeof(id) - 1] = line[sizeof(line) - 1] = '\0';
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(append(id, line), MR_OK);
	ck_assert_uint_eq(place_read("log.txt").length, sizeof(line));
}
END_TEST

START_TEST(test_directory_that_is_not_there_is_an_error)
{
	once.directory = NULL;
	ck_assert_int_eq(append("a", "x"), MR_STORAGE);
	once.directory = "nowhere";
	ck_assert_int_eq(append("a", "x"), MR_STORAGE);
}
END_TEST

/* What an operator did with the file between two lines, and what is there. */
static void
leave(void)
{
}

static void
take_away(void)
{
	ck_assert_int_eq(unlink("log.txt"), 0);
}

static void
move(void)
{
	ck_assert_int_eq(rename("log.txt", "log.txt.1"), 0);
}

static void
empty(void)
{
	ck_assert_int_eq(truncate("log.txt", 0), 0);
}

static void
cut(void)
{
	ck_assert_int_eq(truncate("log.txt", 2), 0);
}

static void
replace(void)
{
	take_away();
	append_by_hand("other\nlines\n");
}

static void
remark(void)
{
	append_by_hand("mine\n");
}

static const struct {
	void (*act)(void);
	const char *expected;
} operations[] = {
	{ leave, "1\n2\n3\n" },
	{ take_away, "3\n" },
	{ move, "3\n" },
	{ empty, "3\n" },
	{ cut, "1\n3\n" },
	{ replace, "other\nlines\n3\n" },
	{ remark, "1\n2\nmine\n3\n" },
};

START_TEST(test_file_is_the_operators_too)
{
	append("a", "1");
	append("b", "2");
	operations[_i].act();
	ck_assert_int_eq(append("b", "2"), MR_OK);
	ck_assert_int_eq(append("c", "3"), MR_OK);
	ck_assert_int_eq(append("a", "1"), MR_OK);
	expect_log(operations[_i].expected);
}
END_TEST

/* What the file holds after b was promised, and in the end. */
static const struct {
	struct mr_string left;
	const char *expected;
} promises[] = {
	{ BYTES("first\n"), "first\nsecond\nthird\n" },
	{ BYTES("first\nsec"), "first\nsecond\nthird\n" },
	{ BYTES("first\nsecond\n"), "first\nsecond\nthird\n" },
	{ BYTES("first\nsecond\nmine\n"), "first\nsecond\nmine\nthird\n" },
	{ BYTES("first\n\0\0\0\0"), "first\nsecond\nthird\n" },
	{ BYTES("first\nse\0\0\0\0\0"), "first\nsecond\nthird\n" },
	{ BYTES("first\nmine\n"), "first\nmine\nsecond\nthird\n" },
	{ BYTES(""), "second\nthird\n" },
	{ BYTES("x\n"), "x\nsecond\nthird\n" },
	{ BYTES("other lines\n"), "other lines\nsecond\nthird\n" },
};

START_TEST(test_promise_is_kept_by_whoever_comes_next)
{
	place_write("log.txt", promises[_i].left);
	place_write("log.txt.journal", TEXT(". a a 0 first\n"
	                                    "? b b 6 second\n"));
	ck_assert_int_eq(append("c", "third"), MR_OK);
	ck_assert_int_eq(append("b", "second"), MR_OK);
	ck_assert_int_eq(append("a", "first"), MR_OK);
	expect_log(promises[_i].expected);
}
END_TEST

static const struct mr_string tails[] = {
	BYTES("?"),
	BYTES("? b b 6 sec"),
	BYTES("? b b 6 se\0\0\0\0\n"),
	BYTES("\0\0\0\0"),
	BYTES("nonsense\n\n"),
};

START_TEST(test_torn_record_promises_nothing)
{
	struct mr_buffer journal = { .arena = arena };

	mr_buffer_puts(&journal, ". a a 0 first\n");
	mr_buffer_append(&journal, tails[_i].data, tails[_i].length);
	place_write("log.txt", TEXT("first\n"));
	place_write("log.txt.journal",
	            (struct mr_string){ journal.data, journal.length });
	ck_assert_int_eq(append("a", "first"), MR_OK);
	ck_assert_int_eq(append("b", "second"), MR_OK);
	expect_log("first\nsecond\n");
	ck_assert_pstr_eq(place_read("log.txt.journal").data,
	                  ". a a 0 first\n. b b 6 second\n");
}
END_TEST

/* 40 lines fill the journal several times; only the newest ids are known. */
START_TEST(test_journal_is_bounded)
{
	char id[16];
	struct stat status;

	once.journal = 200;
	for (int i = 10; i < 50; i++) {
		snprintf(id, sizeof(id), "id%d", i);
		for (int back = 0; back < 6; back++) {
			char known[16];

			snprintf(known, sizeof(known), "id%d",
			         i - back < 10 ? 10 : i - back);
			ck_assert_int_eq(append(back == 0 ? id : known, id),
			                 MR_OK);
		}
		ck_assert_int_eq(stat("log.txt.journal", &status), 0);
		ck_assert_int_lt(status.st_size, 300);
	}
	ck_assert_int_eq(stat("log.txt.journal.1", &status), 0);
	ck_assert_int_lt(status.st_size, 300);
	ck_assert_uint_eq(place_read("log.txt").length, 40 * 5);
}
END_TEST

static int
append_in_child(void *context)
{
	return (int)append(context, "line");
}

/* For each system call: killed before it, or in the middle of a write. */
START_TEST(test_killed_at_any_call_leaves_one_line)
{
	bool killed = true;

	append("a", "before");
	if (_i == 1)
		once.journal = 1;
	for (int calls = 0; killed; calls++) {
		char id[16];
		size_t length;

		snprintf(id, sizeof(id), "id%02d", calls);
		length = place_read("log.txt").length;
		calls_left = calls;
		killed = WIFSIGNALED(place_run(append_in_child, id));
		calls_left = -1;
		ck_assert_int_le(calls, 20);
		/* Half of the time somebody else comes first. */
		if (calls % 2 == 0) {
			ck_assert_int_eq(append(NULL, "line"), MR_OK);
			length += 5;
		}
		for (int again = 0; again < 2; again++)
			ck_assert_int_eq(append(id, "line"), MR_OK);
		ck_assert_uint_eq(place_read("log.txt").length, length + 5);
	}
}
END_TEST

static const int errors[] = { ENOSPC, EDQUOT, EIO };

/* Nothing is left of a line that failed, and no promise. */
START_TEST(test_failure_at_any_call_leaves_nothing)
{
	enum mr_err err = MR_STORAGE;

	append("a", "before");
	failure = errors[_i];
	for (int calls = 0; err != MR_OK; calls++) {
		ck_assert_int_le(calls, 20);
		calls_left = calls;
		err = append("b", "line");
		calls_left = -1;
		if (err == MR_OK)
			break;
		ck_assert_int_eq(err, failure == EIO ? MR_STORAGE
		                                     : MR_STORAGE_FULL);
		expect_log("before\n");
		ck_assert_pstr_eq(place_read("log.txt.journal").data,
		                  ". a a 0 before\n");
	}
	expect_log("before\nline\n");
	ck_assert_int_eq(append("b", "line"), MR_OK);
	expect_log("before\nline\n");
}
END_TEST

/* The promise of another stays when the disk is full, one's own does not. */
START_TEST(test_promise_that_cannot_be_kept_is_its_owners)
{
	place_write("log.txt", TEXT("first\nsec"));
	place_write("log.txt.journal", TEXT(". a a 0 first\n"
	                                    "? b b 6 second\n"));
	failure = ENOSPC;
	calls_left = 0;
	ck_assert_int_eq(append(_i == 0 ? "c" : "b", "second"),
	                 MR_STORAGE_FULL);
	calls_left = -1;
	expect_log(_i == 0 ? "first\nsec" : "first\n");
	ck_assert_int_eq(append("d", "third"), MR_OK);
	expect_log(_i == 0 ? "first\nsecond\nthird\n" : "first\nthird\n");
}
END_TEST

#define WRITERS 6
#define KILLS 400

/* In memory that all share: tasks that are done, of each writer. */
static volatile int *done;
static volatile int *stop;

/* The task that was not done when the writer was killed begins again. */
static int
write_tasks(int writer)
{
	char id[32], line[32];

	do {
		snprintf(id, sizeof(id), "%06d-%d", done[writer], writer);
		snprintf(line, sizeof(line), "Task %d of %d", done[writer],
		         writer);
		if (append(id, line) != MR_OK)
			return 1;
		done[writer]++;
	} while (!*stop);
	return 0;
}

static pid_t
start_writer(int writer)
{
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		_exit(write_tasks(writer));
	}
	return child;
}

static void
kill_at_random(pid_t writers[WRITERS])
{
	uint64_t state = 4;
	int status;

	for (int kills = 0; kills < KILLS; kills++) {
		int i = (int)(random_bits(&state) % WRITERS);

		usleep((useconds_t)(random_bits(&state) % 4000));
		kill(writers[i], SIGKILL);
		ck_assert_int_eq(waitpid(writers[i], &status, 0), writers[i]);
		ck_assert(WIFSIGNALED(status));
		writers[i] = start_writer(i);
	}
	*stop = 1;
	for (int i = 0; i < WRITERS; i++) {
		ck_assert_int_eq(waitpid(writers[i], &status, 0), writers[i]);
		ck_assert_int_eq(status, 0);
	}
}

/* Each line is the only one of its task, and each task that is done has one. */
START_TEST(test_killed_writers_leave_one_line_for_each_task)
{
	pid_t writers[WRITERS];
	int next[WRITERS] = { 0 };
	char *line, *rest;

	/* Enough for all that others write while one waits to run again. */
	once.journal = 4000000;
	done = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(done != MAP_FAILED);
	stop = done + WRITERS;
	for (int i = 0; i < WRITERS; i++)
		writers[i] = start_writer(i);
	kill_at_random(writers);
	rest = (char *)(uintptr_t)place_read("log.txt").data;
	while ((line = strsep(&rest, "\n")) != NULL && rest != NULL) {
		int task, writer, length = 0;

		ck_assert_int_eq(sscanf(line, "Task %d of %d%n", &task,
		                        &writer, &length), 2);
		ck_assert_int_eq(line[length], '\0');
		ck_assert(writer >= 0 && writer < WRITERS);
		/* A writer's tasks follow one another. */
		ck_assert_int_eq(task, next[writer]++);
	}
	ck_assert_str_eq(line, "");
	for (int i = 0; i < WRITERS; i++)
		ck_assert_int_eq(next[i], done[i]);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_test(tc, test_line_is_appended_once_for_each_id);
	tcase_add_test(tc, test_line_without_id_is_appended_every_time);
	tcase_add_loop_test(tc, test_what_cannot_be_kept_is_refused, 0,
	                    N(refusals));
	tcase_add_test(tc, test_longest_line_and_id_are_kept);
	tcase_add_test(tc, test_directory_that_is_not_there_is_an_error);
	tcase_add_loop_test(tc, test_file_is_the_operators_too, 0,
	                    N(operations));
	tcase_add_loop_test(tc, test_promise_is_kept_by_whoever_comes_next, 0,
	                    N(promises));
	tcase_add_loop_test(tc, test_torn_record_promises_nothing, 0,
	                    N(tails));
	tcase_add_test(tc, test_journal_is_bounded);
	tcase_add_loop_test(tc, test_killed_at_any_call_leaves_one_line, 0, 2);
	tcase_add_loop_test(tc, test_failure_at_any_call_leaves_nothing, 0,
	                    N(errors));
	tcase_add_loop_test(tc, test_promise_that_cannot_be_kept_is_its_owners,
	                    0, 2);
	tcase_add_test(tc, test_killed_writers_leave_one_line_for_each_task);
}

UNIT_MAIN("once_log", add_tests)
