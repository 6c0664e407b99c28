/*
 * check_status.c: what the status document has, by cJSON.
 */
#include "fcgi/control/status.h"

#include "board.h"

#include <cjson/cJSON.h>
#include <signal.h>

#define S UINT64_C(1000000000)

static cJSON *tree;

static void
take(void)
{
	const struct status_time now = { 100 * S, UINT64_C(1700000090000) };
	char *text = status_print(&control, &now, arena);

	ck_assert_ptr_nonnull(text);
	cJSON_Delete(tree);
	tree = cJSON_Parse(text);
	ck_assert_msg(tree != NULL, "%s", text);
}

static void
begin(void)
{
	struct pool_config *pool;
	struct ledger_entry entry = { .status = 200 };

	board_setup();
	tree = NULL;
	pool = board_pool("fast");
	pool->workers = 4;
	pool->deadline = 1500;
	pool->backlog = 4096;
	pool = board_pool("lazy");
	pool->manager = POOL_ONDEMAND;
	snprintf(pool->listen, sizeof(pool->listen), "127.0.0.1:9000");
	board_worker(0, POLICY_SERVING, true);
	board_worker(0, POLICY_DRAINING, true);
	board_worker(0, POLICY_SERVING, false)->pid = 0;
	ledger_count(&board->ledger.rows[board_row("a", "fast")].shards[1],
	             &entry);
	ledger_count(&board->ledger.rows[board_row("b", "fast")].shards[2],
	             &entry);
	entry.refused = true;
	ledger_count(&board->ledger.rows[board_row("", "fast")].shards[0],
	             &entry);
	board->ledger.pools[0].started = 5;
	board->ledger.pools[0].full = 1;
	board->ledger.pools[0].ends[LEDGER_END_MEMORY] = 2;
	board->queued[0] = 3;
	board->queued[1] = SCOREBOARD_UNKNOWN;
	board->most_queued[0] = 9;
	board->most_busy[0] = 4;
	board->master = 17;
	board->started = UINT64_C(1700000000000);
	board->age = 1;
	board->jobs_open = true;
	board->jobs[MR_JOB_RUNNING] = 7;
}

static void
end(void)
{
	cJSON_Delete(tree);
	board_teardown();
}

/* A member by its path, "pools.0.name", as JSON. */
static const char *
at(const char *path)
{
	const cJSON *node = tree;
	char name[32], *text, *copy;

	for (size_t length; *path != '\0'; path += length + (path[length] == '.')) {
		length = strcspn(path, ".");
		snprintf(name, sizeof(name), "%.*s", (int)length, path);
		node = cJSON_IsArray(node) ? cJSON_GetArrayItem(node, atoi(name))
		                           : cJSON_GetObjectItem(node, name);
		ck_assert_msg(node != NULL, "no %s", path);
	}
	text = cJSON_PrintUnformatted(node);
	copy = mr_arena_copy(arena, text, strlen(text));
	cJSON_free(text);
	return copy;
}

static const struct {
	const char *path, *value;
} members[] = {
	{ "millrace.version", "\"1.2\"" },
	{ "millrace.pid", "17" },
	{ "millrace.started", "\"2023-11-14T22:13:20.000Z\"" },
	{ "millrace.uptime_seconds", "90" },
	{ "millrace.generation", "1" },
	{ "millrace.loaded", "null" },
	{ "millrace.reloads_failed", "0" },
	{ "millrace.reload_error", "null" },
	{ "millrace.draining", "false" },
	{ "jobs", "{\"scheduled\":0,\"queued\":0,\"running\":7}" },
	{ "pools.0.name", "\"fast\"" },
	{ "pools.0.manager", "\"static\"" },
	{ "pools.0.listen", "\"/run/m/fast.sock\"" },
	{ "pools.0.queue", "{\"length\":3,\"most\":9,\"backlog\":4096}" },
	{ "pools.0.workers",
	  "{\"max\":4,\"total\":2,\"starting\":0,\"idle\":0,\"busy\":1,"
	  "\"spent\":0,\"condemned\":0,\"leaving\":1,\"most_busy\":4}" },
	{ "pools.0.requests", "3" },
	{ "pools.0.refused", "1" },
	{ "pools.0.slow", "0" },
	{ "pools.0.full", "1" },
	{ "pools.0.started", "5" },
	{ "pools.0.ends.memory", "2" },
	{ "pools.0.ends.stopped", "0" },
	{ "pools.0.limits.deadline_seconds", "1.5" },
	{ "pools.0.limits.memory_bytes", "null" },
	{ "pools.0.processes.0.worker", "\"fast/0\"" },
	{ "pools.0.processes.1.state", "\"leaving\"" },
	{ "pools.1.name", "\"lazy\"" },
	{ "pools.1.manager", "\"ondemand\"" },
	{ "pools.1.listen", "\"127.0.0.1:9000\"" },
	{ "pools.1.queue.length", "null" },
	{ "pools.1.processes", "[]" },
	{ "deaths", "[]" },
};

START_TEST(test_document_has_its_members)
{
	take();
	ck_assert_str_eq(at(members[_i].path), members[_i].value);
}
END_TEST

START_TEST(test_failed_reload_is_told)
{
	board->reloads_failed = 2;
	strcpy(board->reload_error, "c:3: there is no option 'x'");
	board->draining = true;
	take();
	ck_assert_str_eq(at("millrace.reloads_failed"), "2");
	ck_assert_str_eq(at("millrace.reload_error"),
	                 "\"c:3: there is no option 'x'\"");
	ck_assert_str_eq(at("millrace.draining"), "true");
}
END_TEST

/* A pool that is no longer configured is told of while it has workers. */
START_TEST(test_removed_pool_is_shown_with_its_last_workers)
{
	config.pool_count = 0;
	take();
	ck_assert_str_eq(at("pools.0.name"), "\"fast\"");
	ck_assert_str_eq(at("pools.0.manager"), "null");
	ck_assert_str_eq(at("pools.0.listen"), "null");
	ck_assert_int_eq(cJSON_GetArraySize(cJSON_GetObjectItem(tree, "pools")),
	                 1);
}
END_TEST

static void
die(uint64_t number)
{
	struct death *death = &board->deaths[number % SCOREBOARD_DEATHS];

	death->time = UINT64_C(1700000000000);
	death->pid = (int32_t)(1000 + number);
	death->pool = 1;
	death->cause = LEDGER_END_CRASH;
	death->signal = number % 2 == 0 ? 0 : SIGSEGV;
	strcpy(death->detail, "The function crashed");
	strcpy(death->request_id, "id-1");
	strcpy(death->instance, "/a");
	death->number = number;
	board->death_count = number;
}

START_TEST(test_death_has_its_reason)
{
	die(1);
	take();
	ck_assert_str_eq(at("deaths"),
	                 "[{\"number\":1,\"time\":\"2023-11-14T22:13:20.000Z\","
	                 "\"pool\":\"lazy\",\"pid\":1001,\"cause\":\"crash\","
	                 "\"signal\":\"SIGSEGV\","
	                 "\"detail\":\"The function crashed\","
	                 "\"request_id\":\"id-1\",\"instance\":\"/a\"}]");
}
END_TEST

START_TEST(test_last_deaths_come_newest_first)
{
	for (uint64_t number = 1; number <= 40; number++)
		die(number);
	take();
	ck_assert_int_eq(
	    cJSON_GetArraySize(cJSON_GetObjectItem(tree, "deaths")),
	    SCOREBOARD_DEATHS);
	ck_assert_str_eq(at("deaths.0.number"), "40");
	ck_assert_str_eq(at("deaths.0.signal"), "null");
	ck_assert_str_eq(at("deaths.31.number"), "9");
}
END_TEST

START_TEST(test_death_that_is_being_written_is_left_out)
{
	die(1);
	die(2);
	board->deaths[2].number = 0;
	take();
	ck_assert_str_eq(at("deaths.0.number"), "1");
	ck_assert_int_eq(
	    cJSON_GetArraySize(cJSON_GetObjectItem(tree, "deaths")), 1);
}
END_TEST

START_TEST(test_many_processes_are_cut)
{
	take();
	ck_assert_ptr_null(cJSON_GetObjectItem(tree, "truncated"));
	for (size_t i = 2; i < STATUS_PROCESSES; i++)
		board_worker(0, POLICY_SERVING, false);
	take();
	ck_assert_ptr_null(cJSON_GetObjectItem(tree, "truncated"));
	board_worker(0, POLICY_SERVING, false);
	take();
	ck_assert_str_eq(at("truncated"), "true");
	ck_assert_str_eq(at("pools.0.workers.total"), "257");
	ck_assert_int_eq(
	    cJSON_GetArraySize(cJSON_GetObjectItem(
	        cJSON_GetArrayItem(cJSON_GetObjectItem(tree, "pools"), 0),
	        "processes")),
	    STATUS_PROCESSES);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_loop_test(tc, test_document_has_its_members, 0, N(members));
	tcase_add_test(tc, test_failed_reload_is_told);
	tcase_add_test(tc, test_removed_pool_is_shown_with_its_last_workers);
	tcase_add_test(tc, test_death_has_its_reason);
	tcase_add_test(tc, test_last_deaths_come_newest_first);
	tcase_add_test(tc, test_death_that_is_being_written_is_left_out);
	tcase_add_test(tc, test_many_processes_are_cut);
}

UNIT_MAIN("status", add_tests)
