/*
 * check_status_process.c: a slot as the status document has it.
 */
#include "fcgi/control/status_process.h"

#include "board.h"
#include "printed.h"

#include <cjson/cJSON.h>

#define S UINT64_C(1000000000)

/* A process, from a slot that a test fills in. */
static const char *
process(struct score *score)
{
	const struct status_time now = { 100 * S, UINT64_C(1700000000000) };

	status_add_process(board, score, &now,
	                   mr_document_array(document, "p"));
	return printed();
}

static struct score *
fill(bool busy)
{
	struct score *score;

	board_pool("fast");
	board_pool("heavy");
	score = board_worker(1, POLICY_SERVING, busy);
	score->since = busy ? 98 * S + S / 2 : 0;
	score->number = 7;
	score->age = 2;
	score->generation = 41;
	score->connections = 3;
	score->started = 40 * S;
	score->row = (uint32_t)board_row("sum", "heavy");
	return score;
}

static void
fill_request(struct score *score)
{
	strcpy(score->method, "POST");
	strcpy(score->instance, "/sum");
	strcpy(score->request_id, "id-1");
	score->body = 123;
	score->took = S / 4;
	score->cpu = S / 8;
}

static const char *const members[] = {
	"\"worker\":\"heavy/7\"",
	"\"state\":\"busy\"",
	"\"generation\":2",
	"\"started\":\"2023-11-14T22:12:20.000Z\"", /* 60 s ago */
	"\"uptime_seconds\":60.000000",
	"\"requests\":41",
	"\"connections\":3",
	"\"busy_seconds\":1.500000",
	"\"method\":\"POST\"",
	"\"instance\":\"/sum\"",
	"\"endpoint\":\"sum\"",
	"\"request_id\":\"id-1\"",
	"\"body_bytes\":123",
	"\"last_seconds\":0.250000",
	"\"last_cpu_seconds\":0.125000",
};

START_TEST(test_process_has_its_members)
{
	struct score *score = fill(true);

	fill_request(score);
	ck_assert_has(process(score), members[_i]);
}
END_TEST

static const char *const unknown[] = {
	"\"state\":\"idle\"",        "\"busy_seconds\":null",
	"\"method\":null",           "\"instance\":null",
	"\"endpoint\":null",         "\"request_id\":null",
	"\"last_seconds\":null",     "\"last_cpu_seconds\":null",
};

START_TEST(test_worker_without_a_request_has_nulls)
{
	ck_assert_has(process(fill(false)), unknown[_i]);
}
END_TEST

START_TEST(test_process_has_its_usage)
{
	struct score *score = fill(false);
	cJSON *tree = cJSON_Parse(process(score));
	const cJSON *object = cJSON_GetArrayItem(
	    cJSON_GetObjectItem(tree, "p"), 0);

	ck_assert_int_eq(cJSON_GetObjectItem(object, "pid")->valueint,
	                 getpid());
	ck_assert(cJSON_GetObjectItem(object, "rss_bytes")->valuedouble > 0);
	ck_assert(cJSON_GetObjectItem(object, "peak_rss_bytes")->valuedouble >=
	          cJSON_GetObjectItem(object, "rss_bytes")->valuedouble);
	ck_assert(cJSON_IsNumber(cJSON_GetObjectItem(object, "cpu_seconds")));
	cJSON_Delete(tree);
}
END_TEST

START_TEST(test_process_that_is_gone_has_no_usage)
{
	struct score *score = fill(false);
	const char *text;

	score->pid = INT32_MAX;
	text = process(score);
	ck_assert_has(text, "\"rss_bytes\":null");
	ck_assert_has(text, "\"peak_rss_bytes\":null");
	ck_assert_has(text, "\"cpu_seconds\":null");
}
END_TEST

/* A function may write where it likes: no more is read than the slot has. */
START_TEST(test_spoiled_slot_is_told_within_its_bounds)
{
	struct score *score = &board->scores[0];
	const char *text;

	memset(score, 0xFF, sizeof(*score));
	score->abandoned = score->heirs = score->ready = false;
	text = process(score);
	ck_assert_has(text, "\"worker\":\"/4294967295\"");
	ck_assert_has(text, "\"endpoint\":null");
	ck_assert_has(text, "????\",\"endpoint\"");
	ck_assert_uint_lt(strlen(text), 1200);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, board_setup, board_teardown);
	tcase_add_checked_fixture(tc, printed_setup, printed_teardown);
	tcase_add_loop_test(tc, test_process_has_its_members, 0, N(members));
	tcase_add_loop_test(tc, test_worker_without_a_request_has_nulls, 0,
	                    N(unknown));
	tcase_add_test(tc, test_process_has_its_usage);
	tcase_add_test(tc, test_spoiled_slot_is_told_within_its_bounds);
	tcase_add_test(tc, test_process_that_is_gone_has_no_usage);
}

UNIT_MAIN("status_process", add_tests)
