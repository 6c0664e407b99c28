/*
 * check_metrics_pools.c: every number of a pool in its series.
 */
#include "fcgi/control/metrics_pools.h"

#include "board.h"

#include <signal.h>

static const char *
metrics(void)
{
	struct mr_buffer text = { .arena = arena };
	struct exposition to = { .text = &text };
	struct survey survey;

	survey_take(board, &survey);
	metrics_write_pools(&control, &survey, &to);
	ck_assert_ptr_nonnull(mr_buffer_text(&text));
	return text.data;
}

static void
fill(void)
{
	struct pool_config *pool = board_pool("fast");
	struct ledger_pool *counts = &board->ledger.pools[0];

	*pool = (struct pool_config){
		.name = "fast", .workers = 4, .deadline = 1500,
		.queue_limit = 5000, .slow = 20, .backlog = 4096,
		.memory = 1 << 20, .max_rss = 4096, .max_requests = 77,
	};
	board_pool("heavy");
	board_worker(0, POLICY_SERVING, true);
	board_worker(0, POLICY_SERVING, false);
	board_worker(0, POLICY_SERVING, false);
	board_worker(1, POLICY_STARTING, false);
	board->queued[0] = 5;
	board->queued[1] = SCOREBOARD_UNKNOWN;
	board->most_queued[0] = 6;
	board->most_busy[0] = 3;
	counts->started = 12;
	counts->full = 2;
	counts->ends[LEDGER_END_CRASH] = 3;
	counts->ends[LEDGER_END_KILLED] = 1;
	counts->crashes[SIGSEGV] = 2;
	counts->crashes[SIGFPE] = 1;
	counts->kills[SIGKILL] = 1;
	counts->kills[SIGRTMIN + 1] = 1;
}

static const char *const lines[] = {
	"millrace_workers{pool=\"fast\",state=\"busy\"} 1\n",
	"millrace_workers{pool=\"fast\",state=\"idle\"} 2\n",
	"millrace_workers{pool=\"fast\",state=\"leaving\"} 0\n",
	"millrace_workers{pool=\"heavy\",state=\"starting\"} 1\n",
	"millrace_queue_length{pool=\"fast\"} 5\n",
	"millrace_queue_length_highest{pool=\"fast\"} 6\n",
	"millrace_queue_length_highest{pool=\"heavy\"} 0\n",
	"millrace_workers_busy_highest{pool=\"fast\"} 3\n",
	"millrace_worker_starts_total{pool=\"fast\"} 12\n",
	"millrace_pool_full_total{pool=\"fast\"} 2\n",
	"millrace_worker_ends_total{pool=\"fast\",cause=\"crash\"} 3\n",
	"millrace_worker_ends_total{pool=\"fast\",cause=\"killed\"} 1\n",
	"millrace_worker_ends_total{pool=\"heavy\",cause=\"crash\"} 0\n",
	"_signals_total{pool=\"fast\",cause=\"crash\",signal=\"SIGSEGV\"} 2\n",
	"_signals_total{pool=\"fast\",cause=\"crash\",signal=\"SIGFPE\"} 1\n",
	"_signals_total{pool=\"fast\",cause=\"killed\",signal=\"SIGKILL\"} 1\n",
	"_signals_total{pool=\"fast\",cause=\"killed\",signal=\"35\"} 1\n",
	"millrace_pool_workers_limit{pool=\"fast\"} 4\n",
	"millrace_pool_deadline_seconds{pool=\"fast\"} 1.500\n",
	"millrace_pool_queue_limit_seconds{pool=\"fast\"} 5.000\n",
	"millrace_pool_slow_seconds{pool=\"fast\"} 0.020\n",
	"millrace_pool_backlog_limit{pool=\"fast\"} 4096\n",
	"millrace_pool_memory_limit_bytes{pool=\"fast\"} 1048576\n",
	"millrace_pool_rss_limit_bytes{pool=\"fast\"} 4096\n",
	"millrace_pool_requests_limit{pool=\"fast\"} 77\n",
};

START_TEST(test_number_has_its_series)
{
	fill();
	ck_assert_has(metrics(), lines[_i]);
}
END_TEST

static const char *const absent[] = {
	"millrace_queue_length{pool=\"heavy\"}",     /* unknown */
	"pool_memory_limit_bytes{pool=\"heavy\"}",   /* none */
	"worker_signals_total{pool=\"heavy\"",       /* none yet */
	"cause=\"killed\",signal=\"SIGSEGV\"",       /* likewise */
};

START_TEST(test_what_there_is_not_has_no_series)
{
	fill();
	ck_assert_has_not(metrics(), absent[_i]);
}
END_TEST

START_TEST(test_every_cause_has_a_series)
{
	board_pool("fast");
	ck_assert_uint_eq(count_of(metrics(), "\nmillrace_worker_ends_total{"),
	                  LEDGER_END_COUNT);
}
END_TEST

/* A counter that goes away and comes back would be read as a restart. */
START_TEST(test_pool_that_was_configured_keeps_its_counters)
{
	fill();
	config.pool_count = 0;
	ck_assert_has(metrics(),
	              "millrace_worker_starts_total{pool=\"fast\"} 12\n");
	ck_assert_has_not(metrics(), "millrace_pool_workers_limit{");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, board_setup, board_teardown);
	tcase_add_loop_test(tc, test_number_has_its_series, 0, N(lines));
	tcase_add_loop_test(tc, test_what_there_is_not_has_no_series, 0,
	                    N(absent));
	tcase_add_test(tc, test_every_cause_has_a_series);
	tcase_add_test(tc, test_pool_that_was_configured_keeps_its_counters);
}

UNIT_MAIN("metrics_pools", add_tests)
