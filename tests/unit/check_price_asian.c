/*
 * check_price_asian.c: POST /price-asian as a job that is stopped and goes on:
 * what it keeps, what it tells, and that its result does not depend on it.
 */
#include "compute/asian_option.h"

#include "builtin.h"

#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>

#define BODY                                                                   \
	"{\"spot\":100,\"strike\":105,\"rate\":0.05,\"volatility\":0.2,"       \
	"\"maturity\":1,\"steps\":12,\"paths\":100000,\"seed\":7}"
#define PATHS 100000
#define BLOCKS ((PATHS + MR_ASIAN_BLOCK - 1) / MR_ASIAN_BLOCK)

/* A clock on which every look takes a second. */
static bool hurried;
static time_t hurried_seconds;

int
clock_gettime(clockid_t clock, struct timespec *now)
{
	if (!hurried)
		return (int)syscall(SYS_clock_gettime, clock, now);
	*now = (struct timespec){ .tv_sec = hurried_seconds++ };
	return 0;
}

/* What the job told and kept. */
static struct {
	double done, total, price, standard_error;
	int tellings, checkpoints;
	char kept[4096];
	size_t kept_length;
	enum mr_err keeping; /* what keeping ends with */
	int turns;           /* until it is cancelled; -1: never */
} told;

static void
progress(void *context, double done, double total, const char *phase)
{
	(void)context;
	ck_assert_double_gt(done, told.done);
	ck_assert_str_eq(phase, "simulating");
	told.done = done;
	told.total = total;
	told.tellings++;
}

static void
figure(void *context, const char *name, double value)
{
	(void)context;
	if (strcmp(name, "price") == 0)
		told.price = value;
	else if (strcmp(name, "standard_error") == 0)
		told.standard_error = value;
	else
		ck_abort_msg("%s", name);
}

static enum mr_err
checkpoint(void *context, const void *data, size_t size)
{
	(void)context;
	ck_assert_uint_le(size, sizeof(told.kept));
	memcpy(told.kept, data, size);
	told.kept_length = size;
	told.checkpoints++;
	return told.keeping;
}

static bool
cancelled(void *context)
{
	(void)context;
	if (told.turns > 0)
		told.turns--;
	return told.turns == 0;
}

/* Runs it with what was kept so far. */
static struct mr_reply
run(const char *body)
{
	const struct mr_job_call job = {
		.id = "0",
		.restored = { told.kept, told.kept_length },
		.progress = progress,
		.figure = figure,
		.checkpoint = checkpoint,
	};
	struct mr_request request = builtin_request("POST", "/price-asian", "");

	request.body = TEXT(body);
	request.has_length = true;
	request.job = &job;
	request.cancelled = cancelled;
	told.done = 0;
	told.tellings = 0;
	return builtin_call(&request);
}

/* The result of a run that nobody stopped. */
static const char *
undisturbed(const char *body)
{
	struct mr_reply reply;

	told.turns = -1;
	told.kept_length = 0;
	reply = run(body);
	ck_assert_msg(reply.status == 200, "%s", builtin_text(&reply));
	return builtin_text(&reply);
}

START_TEST(test_run_tells_how_far_it_is)
{
	const char *result = undisturbed(BODY);
	double price, error, geometric;
	long long paths;

	ck_assert_int_eq(sscanf(result,
	                        "{\"price\":%lf,\"standard_error\":%lf,"
	                        "\"paths\":%lld,\"geometric_price\":%lf}",
	                        &price, &error, &paths, &geometric),
	                 4);
	ck_assert_int_eq(paths, PATHS);
	ck_assert_double_eq(told.done, PATHS);
	ck_assert_double_eq(told.total, PATHS);
	ck_assert_double_eq(told.price, price);
	ck_assert_double_eq(told.standard_error, error);
	ck_assert_double_gt(error, 0);
	ck_assert_double_lt(error, 0.01);
	ck_assert_double_gt(price, geometric);
	ck_assert_int_eq(told.tellings, BLOCKS);
}
END_TEST

/* Stopped after so many blocks, again and again: it must come to its end. */
static const int turns[] = { 4, 5, 8, 50, BLOCKS, BLOCKS + 1 };

START_TEST(test_result_is_the_same_however_often_it_stopped)
{
	const char *expected = undisturbed(BODY);
	struct mr_reply reply;
	int attempts = 0;

	hurried = true;
	told.kept_length = 0;
	do {
		ck_assert_int_lt(attempts++, BLOCKS);
		told.turns = turns[_i];
		reply = run(BODY);
	} while (reply.err == MR_CANCELLED);
	hurried = false;
	ck_assert_int_eq(attempts > 1, turns[_i] <= BLOCKS);
	ck_assert_int_gt(told.checkpoints, 0);
	ck_assert_str_eq(builtin_text(&reply), expected);
	ck_assert_int_lt(told.tellings, attempts > 1 ? BLOCKS : BLOCKS + 1);
}
END_TEST

START_TEST(test_checkpoints_are_not_made_all_the_time)
{
	undisturbed(BODY);
	ck_assert_int_le(told.checkpoints, BLOCKS / 2);
	told.checkpoints = 0;
	hurried = true;
	undisturbed(BODY);
	hurried = false;
	/* Three looks in two blocks. */
	ck_assert_int_ge(told.checkpoints, BLOCKS / 3);
	ck_assert_int_lt(told.checkpoints, BLOCKS);
}
END_TEST

/* Runs that are not the one of the checkpoint, which they must not use. */
static const char *const others[] = {
	"{\"spot\":100,\"strike\":105,\"rate\":0.05,\"volatility\":0.2,"
	"\"maturity\":1,\"steps\":12,\"paths\":100000,\"seed\":8}",
	"{\"spot\":100,\"strike\":105,\"rate\":0.05,\"volatility\":0.2,"
	"\"maturity\":1,\"steps\":12,\"paths\":99999,\"seed\":7}",
	"{\"spot\":100,\"strike\":105,\"rate\":0.05,\"volatility\":0.2,"
	"\"maturity\":1,\"steps\":13,\"paths\":100000,\"seed\":7}",
	"{\"spot\":100,\"strike\":105,\"rate\":0.05,\"volatility\":0.2,"
	"\"maturity\":1,\"steps\":12,\"paths\":100000,\"seed\":7,"
	"\"option\":\"put\"}",
	"{\"spot\":101,\"strike\":105,\"rate\":0.05,\"volatility\":0.2,"
	"\"maturity\":1,\"steps\":12,\"paths\":100000,\"seed\":7}",
};

static void
keep_some(void)
{
	hurried = true;
	told.turns = 20;
	told.kept_length = 0;
	ck_assert_int_eq(run(BODY).err, MR_CANCELLED);
	hurried = false;
	told.turns = -1;
	ck_assert_uint_gt(told.kept_length, 0);
}

START_TEST(test_checkpoint_of_another_run_is_not_used)
{
	const char *expected = undisturbed(others[_i]);
	struct mr_reply reply;

	keep_some();
	reply = run(others[_i]);
	ck_assert_str_eq(builtin_text(&reply), expected);
}
END_TEST

START_TEST(test_checkpoint_that_is_damaged_is_not_used)
{
	const char *expected = undisturbed(BODY);
	struct mr_reply reply;

	keep_some();
	if (_i == 0)
		told.kept_length--;
	else if (_i == 1)
		told.kept[0] ^= 2; /* the version */
	else
		memset(told.kept, 0xFF, sizeof(told.kept));
	reply = run(BODY);
	ck_assert_str_eq(builtin_text(&reply), expected);
	ck_assert_int_eq(told.tellings, BLOCKS);
}
END_TEST

START_TEST(test_run_ends_when_its_checkpoint_is_refused)
{
	hurried = true;
	told.turns = -1;
	told.keeping = MR_CONFLICT;
	ck_assert_int_eq(run(BODY).err, MR_CONFLICT);
	hurried = false;
	ck_assert_int_eq(told.checkpoints, 1);
	ck_assert_int_lt(told.tellings, 4);
}
END_TEST

/* The widest inputs have a result that is a number. */
static const char *const extremes[] = {
	"{\"spot\":1e9,\"strike\":1e-6,\"rate\":1,\"volatility\":3,"
	"\"maturity\":50,\"steps\":1,\"paths\":1000}",
	"{\"spot\":1e9,\"strike\":1e-6,\"rate\":1,\"volatility\":1,"
	"\"maturity\":50,\"steps\":3660,\"paths\":1000}",
	"{\"spot\":1e-6,\"strike\":1e9,\"rate\":-1,\"volatility\":3,"
	"\"maturity\":50,\"steps\":2,\"paths\":1000,\"option\":\"put\"}",
	"{\"spot\":1,\"strike\":1,\"rate\":0,\"volatility\":0,"
	"\"maturity\":0.001,\"steps\":1,\"paths\":1000}",
	"{\"spot\":1,\"strike\":1e9,\"rate\":0,\"volatility\":0.1,"
	"\"maturity\":1,\"paths\":1001,\"seed\":-9223372036854775808}",
};

START_TEST(test_widest_inputs_have_a_result)
{
	undisturbed(extremes[_i]);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, builtin_setup, builtin_teardown);
	tcase_add_test(tc, test_run_tells_how_far_it_is);
	tcase_add_loop_test(tc,
	                    test_result_is_the_same_however_often_it_stopped,
	                    0, N(turns));
	tcase_add_test(tc, test_checkpoints_are_not_made_all_the_time);
	tcase_add_loop_test(tc, test_checkpoint_of_another_run_is_not_used, 0,
	                    N(others));
	tcase_add_loop_test(tc, test_checkpoint_that_is_damaged_is_not_used, 0,
	                    3);
	tcase_add_test(tc, test_run_ends_when_its_checkpoint_is_refused);
	tcase_add_loop_test(tc, test_widest_inputs_have_a_result, 0,
	                    N(extremes));
}

UNIT_MAIN("price_asian", add_tests)
