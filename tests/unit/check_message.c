/*
 * check_message.c: what is written is read, and nothing else is.
 */
#include "fcgi/wire/message.h"

#include "unit.h"

#include <stdint.h>

static const struct mr_job jobs[] = {
	{ .id = "one", .state = MR_JOB_RUNNING, .endpoint = "spin",
	  .method = "POST", .path = "/spin", .attempt = 2, .owner = "i/7" },
	{ .id = "two", .detail = "", .history = "1 queued 1 0 none\n" },
};

static const struct mr_string body = BYTES("{\0}");
static void *const frames[] = { (void *)frames, (void *)jobs };

static const struct message messages[] = {
	{ .type = MESSAGE_REPLY },
	{ .type = MESSAGE_REPLY, .err = MR_STORAGE, .detail = "No disk" },
	{ .type = MESSAGE_REPLY, .jobs = jobs, .job_count = 2 },
	{ .type = MESSAGE_REPLY, .jobs = jobs, .job_count = 1,
	  .result = { .status = 200, .content_type = BYTES("a/b"),
	              .body = body } },
	{ .type = MESSAGE_REPLY, .jobs = jobs, .job_count = 1,
	  .input = { .method = BYTES("POST"), .path = BYTES("/"),
	             .body = body },
	  .checkpoint = body },
	{ .type = MESSAGE_SUBMIT, .jobs = jobs, .job_count = 1,
	  .input = { .method = BYTES("GET"), .path = BYTES("/spin"),
	             .query = BYTES("a=1") } },
	{ .type = MESSAGE_LIST,
	  .filter = { .state = -1, .endpoint = "spin", .after = "one",
	              .limit = 20 } },
	{ .type = MESSAGE_LIST, .filter = { .state = MR_JOB_DEAD } },
	{ .type = MESSAGE_CLAIM, .number = 32767 },
	{ .type = MESSAGE_CHECKPOINT, .id = "one", .attempt = INT64_MAX,
	  .checkpoint = BYTES("") },
	{ .type = MESSAGE_FAIL, .id = "one", .attempt = 3, .number = 11,
	  .cause = MR_JOB_CAUSE_CRASH, .detail = "SIGSEGV", .age = UINT64_MAX,
	  .frames = { (const char *)frames, sizeof(frames) } },
	{ .type = MESSAGE_WATCH, .id = "one" },
	{ .type = MESSAGE_CHANGED, .id = "none", .err = MR_NOT_FOUND },
};

static struct mr_string
written(const struct message *message)
{
	struct mr_buffer bytes = { .arena = arena };

	message_write(message, &bytes);
	ck_assert(!bytes.failed);
	return (struct mr_string){ bytes.data, bytes.length };
}

static void
expect_text(const char *got, const char *wanted)
{
	ck_assert_pstr_eq(got, wanted);
}

static void
expect_bytes(struct mr_string got, struct mr_string wanted)
{
	ck_assert_int_eq(got.data == NULL, wanted.data == NULL);
	ck_assert_uint_eq(got.length, wanted.length);
	if (got.length > 0)
		ck_assert_mem_eq(got.data, wanted.data, got.length);
}

static void
expect_job(const struct mr_job *got, const struct mr_job *wanted)
{
	expect_text(got->id, wanted->id);
	expect_text(got->endpoint, wanted->endpoint);
	expect_text(got->detail, wanted->detail);
	expect_text(got->owner, wanted->owner);
	expect_text(got->history, wanted->history);
	ck_assert_int_eq(got->state, wanted->state);
	ck_assert_int_eq(got->attempt, wanted->attempt);
}

static void
expect_filter(const struct mr_job_filter *got,
              const struct mr_job_filter *wanted)
{
	ck_assert_int_eq(got->state, wanted->state);
	ck_assert_uint_eq(got->limit, wanted->limit);
	expect_text(got->endpoint, wanted->endpoint);
	expect_text(got->after, wanted->after);
}

static void
expect_parts(const struct message *got, const struct message *wanted)
{
	expect_bytes(got->input.method, wanted->input.method);
	expect_bytes(got->input.query, wanted->input.query);
	expect_bytes(got->input.body, wanted->input.body);
	ck_assert_int_eq(got->result.status, wanted->result.status);
	expect_bytes(got->result.content_type, wanted->result.content_type);
	expect_bytes(got->result.body, wanted->result.body);
	expect_bytes(got->checkpoint, wanted->checkpoint);
	expect_bytes(got->frames, wanted->frames);
	expect_filter(&got->filter, &wanted->filter);
}

static void
expect_message(const struct message *got, const struct message *wanted)
{
	ck_assert_int_eq(got->type, wanted->type);
	ck_assert_int_eq(got->err, wanted->err);
	ck_assert_int_eq(got->attempt, wanted->attempt);
	ck_assert_int_eq(got->number, wanted->number);
	ck_assert_int_eq(got->cause, wanted->cause);
	ck_assert_uint_eq(got->age, wanted->age);
	expect_text(got->id, wanted->id);
	expect_text(got->detail, wanted->detail);
	expect_parts(got, wanted);
	ck_assert_uint_eq(got->job_count, wanted->job_count);
	for (size_t i = 0; i < got->job_count; i++)
		expect_job(&got->jobs[i], &wanted->jobs[i]);
}

START_TEST(test_what_is_written_is_read)
{
	struct mr_string bytes = guarded(written(&messages[_i]));
	struct message message;

	ck_assert_uint_eq(message_length(bytes.data, bytes.length),
	                  bytes.length);
	ck_assert(message_read(bytes.data, bytes.length, arena, &message));
	expect_message(&message, &messages[_i]);
}
END_TEST

/* Its length is known from the head on, and what is short is not read. */
START_TEST(test_what_is_cut_is_not_read)
{
	struct mr_string bytes = written(&messages[_i]);
	struct message message;

	for (size_t length = 0; length < bytes.length; length++) {
		struct mr_string part =
		    guarded((struct mr_string){ bytes.data, length });

		ck_assert_uint_eq(message_length(part.data, length),
		                  length < MESSAGE_HEAD ? 0 : bytes.length);
		ck_assert(!message_read(part.data, length, arena, &message));
	}
}
END_TEST

/* Where the length in the head is made to agree with what is there. */
START_TEST(test_what_is_cut_and_says_so_is_not_read)
{
	struct mr_string bytes = written(&messages[_i]);
	struct message message;

	for (size_t length = MESSAGE_HEAD; length < bytes.length; length++) {
		char *copy = mr_arena_copy(arena, bytes.data, length);
		uint64_t said = length;

		memcpy(copy + 8, &said, sizeof(said));
		ck_assert(!message_read(copy, length, arena, &message));
	}
}
END_TEST

START_TEST(test_messages_follow_each_other)
{
	struct mr_buffer bytes = { .arena = arena };
	size_t at = 0;

	for (size_t i = 0; i < N(messages); i++)
		message_write(&messages[i], &bytes);
	for (size_t i = 0; i < N(messages); i++) {
		size_t length = message_length(bytes.data + at,
		                               bytes.length - at);
		struct message message;

		ck_assert(message_read(bytes.data + at, length, arena,
		                       &message));
		expect_message(&message, &messages[i]);
		at += length;
	}
	ck_assert_uint_eq(at, bytes.length);
}
END_TEST

/* A byte of the head that makes it another's; see message.c. */
static const struct {
	const char *what;
	size_t at;
	unsigned char byte;
} strangers[] = {
	{ "another version", 0, MESSAGE_VERSION + 1 },
	{ "another program", 2, 'X' },
	{ "an unknown type", 4, MESSAGE_TYPE_COUNT },
	{ "shorter than its head", 8, MESSAGE_HEAD - 1 },
	{ "longer than any", 12, 1 },
};

START_TEST(test_what_is_not_ours_is_told)
{
	struct mr_string bytes = written(&messages[0]);
	char *copy = mr_arena_copy(arena, bytes.data, bytes.length);

	copy[strangers[_i].at] = (char)strangers[_i].byte;
	ck_assert_msg(message_length(copy, bytes.length) == SIZE_MAX, "%s",
	              strangers[_i].what);
}
END_TEST

/* Where a byte behind the head names a thing that there is not. */
static const struct {
	const char *what;
	struct message message;
	size_t at;
} wrong[] = {
	{ "no such part", { .type = MESSAGE_REPLY }, 7 },
	{ "no such error", { .type = MESSAGE_REPLY, .err = MR_BUSY },
	  MESSAGE_HEAD },
	{ "no such cause", { .type = MESSAGE_FAIL, .attempt = 1 },
	  MESSAGE_HEAD + 24 },
	{ "so many jobs", { .type = MESSAGE_REPLY, .jobs = jobs,
	                    .job_count = 2 }, MESSAGE_HEAD },
	{ "many more jobs", { .type = MESSAGE_REPLY, .jobs = jobs,
	                      .job_count = 2 }, MESSAGE_HEAD + 7 },
};

START_TEST(test_what_does_not_exist_is_not_read)
{
	struct mr_string bytes = written(&wrong[_i].message);
	char *copy = mr_arena_copy(arena, bytes.data, bytes.length);
	struct message message;

	ck_assert(message_read(copy, bytes.length, arena, &message));
	copy[wrong[_i].at] = 0x7F;
	ck_assert_msg(!message_read(copy, bytes.length, arena, &message), "%s",
	              wrong[_i].what);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_what_is_written_is_read, 0, N(messages));
	tcase_add_loop_test(tc, test_what_is_cut_is_not_read, 0, N(messages));
	tcase_add_loop_test(tc, test_what_is_cut_and_says_so_is_not_read, 0,
	                    N(messages));
	tcase_add_test(tc, test_messages_follow_each_other);
	tcase_add_loop_test(tc, test_what_is_not_ours_is_told, 0, N(strangers));
	tcase_add_loop_test(tc, test_what_does_not_exist_is_not_read, 0,
	                    N(wrong));
}

UNIT_MAIN("message", add_tests)
