/*
 * check_pack.c: records come back from bytes, and other bytes are refused.
 */
#include "jobs/pack.h"

#include "unit.h"

static struct mr_unpack
unpack_of(struct mr_string bytes)
{
	return (struct mr_unpack){ bytes.data, bytes.data + bytes.length,
		                   false };
}

static struct mr_string
packed(const struct mr_buffer *buffer)
{
	ck_assert(!buffer->failed);
	return guarded((struct mr_string){ buffer->data, buffer->length });
}

START_TEST(test_numbers_and_texts_come_back)
{
	struct mr_buffer to = { .arena = arena };
	struct mr_unpack from;
	struct mr_string text;

	mr_pack_number(&to, INT64_MIN);
	mr_pack_text(&to, (struct mr_string){ NULL, 0 });
	mr_pack_text(&to, TEXT(""));
	mr_pack_text(&to, (struct mr_string)BYTES("a\0b"));
	from = unpack_of(packed(&to));
	ck_assert_int_eq(mr_unpack_number(&from), INT64_MIN);
	ck_assert_ptr_null(mr_unpack_text(&from).data);
	text = mr_unpack_text(&from);
	ck_assert_uint_eq(text.length, 0);
	ck_assert_str_eq(text.data, "");
	text = mr_unpack_text(&from);
	ck_assert_uint_eq(text.length, 3);
	ck_assert_mem_eq(text.data, "a\0b", 4);
	ck_assert(!from.failed && from.at == from.end);
	ck_assert_int_eq(mr_unpack_number(&from), 0);
	ck_assert(from.failed);
}
END_TEST

static void
pack_some_job(struct mr_buffer *to)
{
	struct mr_job job = { .id = "id",
		              .state = MR_JOB_DEAD,
		              .detail = "why",
		              .status = 500 };

	mr_pack_job(to, &job);
}

static bool
unpack_some_job(struct mr_unpack *from)
{
	struct mr_job job;

	mr_unpack_job(from, &job);
	ck_assert(from->failed == (job.id == NULL));
	if (from->failed)
		return false;
	ck_assert_str_eq(job.id, "id");
	ck_assert_int_eq(job.state, MR_JOB_DEAD);
	ck_assert_str_eq(job.detail, "why");
	ck_assert_ptr_null(job.key);
	ck_assert_int_eq(job.status, 500);
	return true;
}

static void
pack_some_input(struct mr_buffer *to)
{
	struct mr_job_input input = { .method = BYTES("POST"),
		                      .path = BYTES("/sum"),
		                      .accept = BYTES(""),
		                      .body = BYTES("\0\1") };

	mr_pack_input(to, &input);
}

static bool
unpack_some_input(struct mr_unpack *from)
{
	struct mr_job_input input;

	mr_unpack_input(from, &input);
	ck_assert(from->failed == (input.method.data == NULL));
	if (from->failed)
		return false;
	ck_assert_str_eq(input.method.data, "POST");
	ck_assert_str_eq(input.path.data, "/sum");
	ck_assert_ptr_null(input.query.data);
	ck_assert_ptr_nonnull(input.accept.data);
	ck_assert_mem_eq(input.body.data, "\0\1", 2);
	return true;
}

static void
pack_some_result(struct mr_buffer *to)
{
	struct mr_job_result result = { 200, BYTES("text/plain"), BYTES("3") };

	mr_pack_result(to, &result);
}

static bool
unpack_some_result(struct mr_unpack *from)
{
	struct mr_job_result result;

	mr_unpack_result(from, &result);
	if (from->failed) {
		ck_assert_int_eq(result.status, 0);
		ck_assert_ptr_null(result.body.data);
		return false;
	}
	ck_assert_int_eq(result.status, 200);
	ck_assert_str_eq(result.content_type.data, "text/plain");
	ck_assert_str_eq(result.body.data, "3");
	return true;
}

static const struct {
	void (*pack)(struct mr_buffer *to);
	bool (*unpack)(struct mr_unpack *from);
} records[] = {
	{ pack_some_job, unpack_some_job },
	{ pack_some_input, unpack_some_input },
	{ pack_some_result, unpack_some_result },
};

START_TEST(test_records_come_back_and_cut_ones_do_not)
{
	struct mr_buffer to = { .arena = arena };

	records[_i].pack(&to);
	for (size_t length = 0; length <= to.length; length++) {
		struct mr_unpack from = unpack_of(
		    guarded((struct mr_string){ to.data, length }));

		ck_assert_int_eq(records[_i].unpack(&from),
		                 length == to.length);
	}
}
END_TEST

static const int64_t lengths[] = { -2,        INT64_MIN, 4,
	                           INT64_MAX, 1,         UINT32_MAX };

START_TEST(test_length_that_lies_fails)
{
	struct mr_buffer to = { .arena = arena };
	struct mr_unpack from;

	mr_pack_number(&to, lengths[_i]);
	mr_buffer_append(&to, "abc", 4);
	from = unpack_of(packed(&to));
	ck_assert_ptr_null(mr_unpack_text(&from).data);
	ck_assert(from.failed);
}
END_TEST

/* A NUL within a text would cut it. */
START_TEST(test_text_of_a_job_has_no_nul)
{
	struct mr_buffer to = { .arena = arena };
	struct mr_unpack from;
	struct mr_job job;

	mr_pack_text(&to, (struct mr_string)BYTES("i\0d"));
	pack_some_job(&to);
	from = unpack_of(packed(&to));
	mr_unpack_job(&from, &job);
	ck_assert(from.failed);
	ck_assert_ptr_null(job.id);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_numbers_and_texts_come_back);
	tcase_add_loop_test(tc, test_records_come_back_and_cut_ones_do_not, 0,
	                    N(records));
	tcase_add_loop_test(tc, test_length_that_lies_fails, 0, N(lengths));
	tcase_add_test(tc, test_text_of_a_job_has_no_nul);
}

UNIT_MAIN("pack", add_tests)
