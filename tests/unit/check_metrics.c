/*
 * check_metrics.c: every number of requests and of the server in its series;
 * and, where promtool is installed, that Prometheus finds no fault.
 */
#include "fcgi/control/metrics.h"

#include "board.h"
#include "place.h"

static const char *
metrics(void)
{
	struct mr_buffer text = { .arena = arena };

	metrics_write(&control, &text);
	ck_assert_ptr_nonnull(mr_buffer_text(&text));
	return text.data;
}

#define SERIES "{pool=\"fast\",endpoint=\"sum\""

/* Counters of several shards, as workers would have them. */
static void
fill(void)
{
	struct ledger_entry entry = {
		.status = 200,
		.received = 10,
		.sent = 100,
		.nanoseconds = { 0, 20000, 10000, UINT64_C(40000000000) },
		.reached = { true, true, true, true },
	};
	struct ledger_row *row;

	board_pool("fast")->deadline = 1500;
	row = &board->ledger.rows[board_row("sum", "fast")];
	ledger_count(&row->shards[0], &entry);
	ledger_count(&row->shards[7], &entry);
	entry = (struct ledger_entry){ .status = 503, .refused = true,
		                       .sent = 1 };
	ledger_count(&row->shards[3], &entry);
	entry = (struct ledger_entry){ .status = 422 };
	ledger_count(&row->shards[3], &entry);
	atomic_fetch_add(&row->shards[1].slow, 4);
	board_worker(0, POLICY_SERVING, true);
	board->started = 1700000000123;
	board->loaded = 1700000001000;
	board->age = 3;
	board->reloads_failed = 2;
	board->jobs_open = true;
	board->jobs[MR_JOB_QUEUED] = 12;
	board->jobs[MR_JOB_SUCCEEDED] = 13;
	board->jobs_entered[MR_JOB_QUEUED] = 14;
	board->jobs_entered[MR_JOB_DEAD] = 15;
}

static const char *const lines[] = {
	"millrace_build_info{version=\"1.2\"} 1\n",
	"millrace_start_time_seconds 1700000000.123\n",
	"millrace_configuration_time_seconds 1700000001.000\n",
	"millrace_configuration_generation 3\n",
	"millrace_reloads_failed_total 2\n",
	"millrace_draining 0\n",
	"millrace_jobs_open 1\n",
	"millrace_jobs{state=\"scheduled\"} 0\n",
	"millrace_jobs{state=\"queued\"} 12\n",
	"millrace_jobs_entered_total{state=\"queued\"} 14\n",
	"millrace_jobs_entered_total{state=\"dead\"} 15\n",
	"millrace_requests_total" SERIES ",class=\"2xx\"} 2\n",
	"millrace_requests_total" SERIES ",class=\"3xx\"} 0\n",
	"millrace_requests_total" SERIES ",class=\"4xx\"} 1\n",
	"millrace_requests_total" SERIES ",class=\"5xx\"} 1\n",
	"millrace_received_bytes_total" SERIES "} 20\n",
	"millrace_sent_bytes_total" SERIES "} 201\n",
	"millrace_queue_refused_total" SERIES "} 1\n",
	"millrace_slow_requests_total" SERIES "} 4\n",
	"millrace_requests_in_flight" SERIES "} 1\n",
	/* 20 us is above the first bound, 10 us is not. */
	"_bucket" SERIES ",part=\"decode\",le=\"1e-05\"} 0\n",
	"_bucket" SERIES ",part=\"decode\",le=\"5e-05\"} 2\n",
	"_bucket" SERIES ",part=\"decode\",le=\"+Inf\"} 2\n",
	"_bucket" SERIES ",part=\"compute\",le=\"1e-05\"} 2\n",
	"_bucket" SERIES ",part=\"encode\",le=\"30\"} 0\n",
	"_bucket" SERIES ",part=\"encode\",le=\"+Inf\"} 2\n",
	"_sum" SERIES ",part=\"queue\"} 0.000000000\n",
	"_sum" SERIES ",part=\"decode\"} 0.000040000\n",
	"_sum" SERIES ",part=\"encode\"} 80.000000000\n",
	"_count" SERIES ",part=\"encode\"} 2\n",
	/* metrics_pools.c is asked, too. */
	"millrace_workers{pool=\"fast\",state=\"busy\"} 1\n",
};

START_TEST(test_number_has_its_series)
{
	fill();
	ck_assert_has(metrics(), lines[_i]);
}
END_TEST

START_TEST(test_all_rows_are_told_of)
{
	board_pool("fast");
	board_row("", "fast");
	board_row("sum", "fast");
	board_row("other", "fast");
	ck_assert_uint_eq(count_of(metrics(), "millrace_sent_bytes_total{"), 3);
	ck_assert_has(metrics(),
	              "millrace_sent_bytes_total{pool=\"fast\",endpoint=\"\"}");
}
END_TEST

/* How many of them there are, only the store knows. */
START_TEST(test_finished_jobs_are_no_gauge)
{
	fill();
	ck_assert_has_not(metrics(), "millrace_jobs{state=\"succeeded\"");
}
END_TEST

START_TEST(test_draining_shows)
{
	board->draining = true;
	ck_assert_has(metrics(), "millrace_draining 1\n");
}
END_TEST

/* The names of endpoints, too, may hold what has to be escaped. */
START_TEST(test_promtool_finds_no_fault)
{
	if (system("command -v promtool > /dev/null") != 0)
		return;
	fill();
	board_row("odd \"\\\n", "fast");
	board->ledger.pools[0].crashes[11] = 1;
	board->ledger.pools[0].kills[9] = 1;
	config.pools[0].memory = 1 << 20;
	place_write("metrics", TEXT(metrics()));
	ck_assert_msg(system("promtool check metrics < metrics > found 2>&1") ==
	                  0,
	              "%s", place_read("found").data);
}
END_TEST

START_TEST(test_want_of_memory_is_told)
{
	struct mr_buffer text = { .arena = arena };

	char name[16];

	if (!CAN_STARVE)
		return;
	fill();
	for (int i = 0; i < 50; i++) { /* more than the arena has already */
		snprintf(name, sizeof(name), "row%d", i);
		board_row(name, "fast");
	}
	starve(true);
	metrics_write(&control, &text);
	starve(false);
	ck_assert_ptr_null(mr_buffer_text(&text));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_checked_fixture(tc, board_setup, board_teardown);
	tcase_add_loop_test(tc, test_number_has_its_series, 0, N(lines));
	tcase_add_test(tc, test_all_rows_are_told_of);
	tcase_add_test(tc, test_finished_jobs_are_no_gauge);
	tcase_add_test(tc, test_draining_shows);
	tcase_add_test(tc, test_promtool_finds_no_fault);
	tcase_add_test(tc, test_want_of_memory_is_told);
}

UNIT_MAIN("metrics", add_tests)
