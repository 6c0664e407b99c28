/*
 * check_call.c: memory, refusals, jobs and the end of a running function.
 */
#include "api/call.h"

#include "schema/utf8.h"
#include "unit.h"

static struct mr_call call;

static const size_t sizes[] = { 0, 1, 100, 40000, 1 << 20 };

START_TEST(test_alloc_is_zeroed_and_the_functions_own)
{
	unsigned char *piece = mr_alloc(&call, sizes[_i]);
	unsigned char *other = mr_alloc(&call, sizes[_i]);

	ck_assert_ptr_nonnull(piece);
	ck_assert_uint_eq((uintptr_t)piece % _Alignof(max_align_t), 0);
	for (size_t i = 0; i < sizes[_i]; i++)
		if (piece[i] != 0)
			ck_abort_msg("byte %zu is not zero", i);
	memset(piece, 0xFF, sizes[_i]);
	for (size_t i = 0; i < sizes[_i]; i++)
		if (other[i] != 0)
			ck_abort_msg("the pieces overlap");
}
END_TEST

static void
count_denial(void *context)
{
	++*(int *)context;
}

START_TEST(test_alloc_without_memory_is_null_and_told)
{
	int denied = 0;
	const struct mr_request request = { .deny = count_denial,
		                            .context = &denied };

	call.request = &request;
	ck_assert_ptr_null(mr_alloc(&call, SIZE_MAX));
	ck_assert_ptr_null(mr_alloc(&call, SIZE_MAX / 4));
	ck_assert_int_eq(denied, 2);
	ck_assert_ptr_nonnull(mr_alloc(&call, 1));
	ck_assert_int_eq(denied, 2);
}
END_TEST

START_TEST(test_alloc_without_memory_need_not_be_told)
{
	const struct mr_request request = { .deny = NULL };

	call.request = &request;
	ck_assert_ptr_null(mr_alloc(&call, SIZE_MAX));
}
END_TEST

START_TEST(test_refuse_keeps_the_functions_words)
{
	ck_assert_ptr_null(call.words);
	ck_assert_int_eq(mr_refuse(&call, "row %d of %s is 100%% zeros", 3, "A"),
	                 MR_DOMAIN);
	ck_assert_pstr_eq(call.words, "row 3 of A is 100% zeros");
}
END_TEST

START_TEST(test_last_refusal_stands)
{
	mr_refuse(&call, "first");
	mr_refuse(&call, "second");
	ck_assert_pstr_eq(call.words, "second");
}
END_TEST

START_TEST(test_words_are_a_copy)
{
	char row[] = "first";

	mr_refuse(&call, "%s", row);
	memset(row, 'x', 5);
	ck_assert_pstr_eq(call.words, "first");
}
END_TEST

/* Long words are cut, but not within a character: they become JSON. */
static const char *const characters[] = { "x", "\xC3\xA9", "\xE2\x82\xAC",
	                                  "\xF0\x9F\x98\x80" };

START_TEST(test_long_words_are_cut_between_characters)
{
	char text[2048];
	size_t length;

	for (size_t plain = 0; plain < 4; plain++) {
		memset(text, 'a', plain);
		text[plain] = '\0';
		while (strlen(text) < 1000)
			strcat(text, characters[_i]);
		ck_assert_int_eq(mr_refuse(&call, "%s", text), MR_DOMAIN);
		length = strlen(call.words);
		ck_assert_uint_gt(length, 200);
		ck_assert_uint_lt(length, 1000);
		ck_assert_mem_eq(call.words, text, length);
		ck_assert_msg(mr_utf8_check(call.words, call.words + length) ==
		                  call.words + length,
		              "words are cut within a character");
	}
}
END_TEST

static bool
is_set(void *context)
{
	return *(bool *)context;
}

START_TEST(test_call_is_cancelled_when_the_caller_says_so)
{
	bool gone = false;
	const struct mr_request request = { .cancelled = is_set,
		                            .context = &gone };

	call.request = &request;
	ck_assert(!mr_cancelled(&call));
	gone = true;
	ck_assert(mr_cancelled(&call));
}
END_TEST

START_TEST(test_call_that_nobody_can_cancel_is_not)
{
	const struct mr_request request = { .cancelled = NULL };

	call.request = &request;
	ck_assert(!mr_cancelled(&call));
}
END_TEST

/* Jobs. */

struct told {
	double done, total, value;
	const char *phase, *name;
	struct mr_string kept;
};

static void
note_progress(void *context, double done, double total, const char *phase)
{
	struct told *told = context;

	told->done = done;
	told->total = total;
	told->phase = phase;
}

static void
note_figure(void *context, const char *name, double value)
{
	struct told *told = context;

	told->name = name;
	told->value = value;
}

static enum mr_err
note_checkpoint(void *context, const void *data, size_t size)
{
	struct told *told = context;

	told->kept = (struct mr_string){ data, size };
	return MR_CONFLICT;
}

START_TEST(test_job_is_told_of_by_its_call)
{
	struct told told = { 0 };
	const struct mr_job_call job = { .id = "7",
		                         .restored = BYTES("a\0b"),
		                         .progress = note_progress,
		                         .figure = note_figure,
		                         .checkpoint = note_checkpoint };
	const struct mr_request request = { .job = &job,
		                            .state_directory = "/state",
		                            .context = &told };

	call.request = &request;
	mr_progress(&call, 1, 2, "count");
	mr_figure(&call, "error", 0.5);
	ck_assert_double_eq(told.done, 1);
	ck_assert_double_eq(told.total, 2);
	ck_assert_str_eq(told.phase, "count");
	ck_assert_str_eq(told.name, "error");
	ck_assert_double_eq(told.value, 0.5);
	ck_assert_int_eq(mr_checkpoint(&call, "xyz", 3), MR_CONFLICT);
	ck_assert_uint_eq(told.kept.length, 3);
	ck_assert_mem_eq(told.kept.data, "xyz", 3);
	ck_assert_str_eq(mr_job_id(&call), "7");
	ck_assert_uint_eq(mr_restored(&call).length, 3);
	ck_assert_mem_eq(mr_restored(&call).data, "a\0b", 3);
	ck_assert_str_eq(mr_state_directory(&call), "/state");
}
END_TEST

START_TEST(test_call_that_is_no_job_tells_and_keeps_nothing)
{
	const struct mr_request request = { .job = NULL };

	call.request = &request;
	mr_progress(&call, 1, 2, "count");
	mr_figure(&call, "error", 0.5);
	ck_assert_int_eq(mr_checkpoint(&call, "xyz", 3), MR_OK);
	ck_assert_ptr_null(mr_job_id(&call));
	ck_assert_uint_eq(mr_restored(&call).length, 0);
	ck_assert_ptr_nonnull(mr_restored(&call).data);
	ck_assert_ptr_null(mr_state_directory(&call));
}
END_TEST

static void
begin(void)
{
	call = (struct mr_call){ .arena = arena };
}

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, NULL);
	tcase_add_loop_test(tc, test_alloc_is_zeroed_and_the_functions_own, 0,
	                    N(sizes));
	tcase_add_test(tc, test_alloc_without_memory_is_null_and_told);
	tcase_add_test(tc, test_alloc_without_memory_need_not_be_told);
	tcase_add_test(tc, test_call_is_cancelled_when_the_caller_says_so);
	tcase_add_test(tc, test_call_that_nobody_can_cancel_is_not);
	tcase_add_test(tc, test_job_is_told_of_by_its_call);
	tcase_add_test(tc, test_call_that_is_no_job_tells_and_keeps_nothing);
	tcase_add_test(tc, test_refuse_keeps_the_functions_words);
	tcase_add_test(tc, test_last_refusal_stands);
	tcase_add_test(tc, test_words_are_a_copy);
	tcase_add_loop_test(tc, test_long_words_are_cut_between_characters, 0,
	                    N(characters));
}

UNIT_MAIN("call", add_tests)
