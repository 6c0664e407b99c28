/*
 * check_reload.c: trials with small shell scripts in the program's place.
 */
#include "fcgi/master/reload.h"

#include "place.h"
#include "unit.h"

#include <sys/stat.h>

#define PROGRAM "./program"

static struct reload reload;
static char reason[256];
static char *const arguments[] = { (char[]){ "name" }, (char[]){ "one two" },
	                           NULL };

static void
write_program(const char *body)
{
	struct mr_buffer text = { .arena = arena };

	mr_buffer_printf(&text, "#!/bin/sh\n%s\n", body);
	place_write(PROGRAM, (struct mr_string){ text.data, text.length });
	ck_assert_int_eq(chmod(PROGRAM, 0755), 0);
}

static int
wait_for_trial(void)
{
	int status;

	ck_assert_int_gt(reload.trial, 0);
	ck_assert_int_eq(waitpid(reload.trial, &status, 0), reload.trial);
	return status;
}

static bool
try_out(const char *program)
{
	memset(reason, 'x', sizeof(reason));
	ck_assert(reload_try(&reload, program, arguments));
	return reload_judge(&reload, wait_for_trial(), reason, sizeof(reason));
}

/* What a program does, and what is made of it. */
static const struct {
	const char *body;
	bool good;
	const char *reason;
} trials[] = {
	{ "exit 86", true, "" },
	/* As of another program, or of a module that calls exit(). */
	{ "exit 0", false, "the trial ended with status 0" },
	{ "echo all is well; echo really >&2; exit 86", true, "" },
	{ "exit 3", false, "the trial ended with status 3" },
	{ "echo; echo; exit 3", false, "the trial ended with status 3" },
	{ "echo wrong >&2; exit 1", false, "wrong" },
	{ "echo wrong; echo more; exit 1", false, "wrong" },
	{ "echo; echo wrong >&2; exit 1", false, "wrong" },
	{ "printf 'no end'; exit 1", false, "no end" },
	{ "kill -9 $$", false, "the trial ended by signal 9" },
	{ "echo last words; kill -9 $$", false, "last words" },
	{ "[ \"$MILLRACE_TRIAL\" = 1 ] && exit 86", true, "" },
	{ "[ -z \"$NOTIFY_SOCKET\" ] && exit 86", true, "" },
	{ "[ \"$*\" = 'one two' ] && [ $# = 1 ] && exit 86", true, "" },
	/* All is blocked in a master; a program begins with nothing blocked. */
	{ "while read -r key value; do\n"
	  "[ $key$value != SigBlk:0000000000000000 ] || exit 86\n"
	  "done </proc/self/status",
	  true, "" },
};

START_TEST(test_trial_goes_as_its_program_ends)
{
	sigset_t all, before;

	setenv("NOTIFY_SOCKET", "/nowhere", 1);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	write_program(trials[_i].body);
	ck_assert_int_eq(try_out(PROGRAM), trials[_i].good);
	sigprocmask(SIG_SETMASK, &before, NULL);
	ck_assert_str_eq(reason, trials[_i].reason);
	ck_assert_int_eq(reload.trial, 0);
	ck_assert_str_eq(getenv("NOTIFY_SOCKET"), "/nowhere");
}
END_TEST

static const struct {
	const char *program, *reason;
} missing[] = {
	{ "./none", "./none: No such file or directory" },
	{ ".", ".: Permission denied" },
	{ "./text", "./text: Permission denied" },
};

START_TEST(test_program_that_cannot_run_is_told)
{
	place_write("text", TEXT("exit 0\n"));
	ck_assert(!try_out(missing[_i].program));
	ck_assert_str_eq(reason, missing[_i].reason);
}
END_TEST

START_TEST(test_long_words_are_cut)
{
	char small[8];

	write_program("head -c 5000 /dev/zero | tr '\\0' y; exit 1");
	ck_assert(!try_out(PROGRAM));
	ck_assert_uint_eq(strlen(reason), sizeof(reason) - 1);
	ck_assert(reload_try(&reload, PROGRAM, arguments));
	ck_assert(!reload_judge(&reload, wait_for_trial(), small,
	                        sizeof(small)));
	ck_assert_str_eq(small, "yyyyyyy");
}
END_TEST

static int
fail_aloud(void *context)
{
	(void)context;
	write_program("echo first; echo second >&2; exit 1");
	return try_out(PROGRAM) ? 1 : 0;
}

START_TEST(test_all_words_of_a_failure_are_logged)
{
	const char *log;

	ck_assert_int_eq(place_run(fail_aloud, NULL), 0);
	log = place_read("stderr").data;
	ck_assert_ptr_nonnull(strstr(log, "error Reload: first\n"));
	ck_assert_ptr_nonnull(strstr(log, "error Reload: second\n"));
}
END_TEST

/* Only one that has had its time is killed. */
START_TEST(test_trial_that_takes_too_long_is_killed)
{
	siginfo_t info = { .si_pid = 0 };

	write_program("exec sleep 1000");
	ck_assert(reload_try(&reload, PROGRAM, arguments));
	reload_tick(&reload);
	ck_assert_int_eq(waitid(P_PID, (id_t)reload.trial, &info,
	                        WEXITED | WNOHANG | WNOWAIT),
	                 0);
	ck_assert_int_eq(info.si_pid, 0);
	reload.until = 0;
	reload_tick(&reload);
	ck_assert(!reload_judge(&reload, wait_for_trial(), reason,
	                        sizeof(reason)));
	ck_assert_str_eq(reason, "the trial ended by signal 9");
	reload_tick(&reload); /* there is none to kill */
}
END_TEST

START_TEST(test_trials_leave_no_descriptor_behind)
{
	int before, after;

	write_program("exit 86");
	before = dup(0);
	close(before);
	for (int i = 0; i < 5; i++)
		ck_assert(try_out(PROGRAM));
	write_program("exit 1");
	for (int i = 0; i < 5; i++)
		ck_assert(!try_out(PROGRAM));
	after = dup(0);
	ck_assert_int_eq(after, before);
	close(after);
}
END_TEST

START_TEST(test_program_knows_that_it_is_tried_out)
{
	unsetenv("MILLRACE_TRIAL");
	ck_assert(!reload_is_trial());
	setenv("MILLRACE_TRIAL", "1", 1);
	ck_assert(reload_is_trial());
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_loop_test(tc, test_trial_goes_as_its_program_ends, 0,
	                    N(trials));
	tcase_add_loop_test(tc, test_program_that_cannot_run_is_told, 0,
	                    N(missing));
	tcase_add_test(tc, test_long_words_are_cut);
	tcase_add_test(tc, test_all_words_of_a_failure_are_logged);
	tcase_add_test(tc, test_trial_that_takes_too_long_is_killed);
	tcase_add_test(tc, test_trials_leave_no_descriptor_behind);
	tcase_add_test(tc, test_program_knows_that_it_is_tried_out);
}

UNIT_MAIN("reload", add_tests)
