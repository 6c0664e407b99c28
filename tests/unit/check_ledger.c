/*
 * check_ledger.c: rows by name, counting and adding up, also by many
 * processes at a time.
 */
#include "fcgi/board/ledger.h"

#include "unit.h"

#include <stdio.h>
#include <sys/wait.h>

#define NS_PER_S UINT64_C(1000000000)

static struct ledger *ledger;

/* Shared, as it is in the scoreboard. */
static void
prepare(void)
{
	ledger = mmap(NULL, sizeof(*ledger), PROT_READ | PROT_WRITE,
	              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(ledger != MAP_FAILED);
}

static void
clean_up(void)
{
	munmap(ledger, sizeof(*ledger));
}

START_TEST(test_pool_is_found_by_its_name)
{
	ck_assert_uint_eq(ledger_pool(ledger, "fast"), 0);
	ck_assert_uint_eq(ledger_pool(ledger, "heavy"), 1);
	ck_assert_uint_eq(ledger_pool(ledger, "fas"), 2);
	ck_assert_uint_eq(ledger_pool(ledger, "fast"), 0);
	ck_assert_uint_eq(ledger_pool(ledger, "heavy"), 1);
	ck_assert_uint_eq(ledger->pool_count, 3);
	ck_assert_str_eq(ledger->pools[1].name, "heavy");
}
END_TEST

START_TEST(test_row_is_found_by_endpoint_and_pool)
{
	ck_assert_uint_eq(ledger_row(ledger, "", "fast"), 0);
	ck_assert_uint_eq(ledger_row(ledger, "sum", "fast"), 1);
	ck_assert_uint_eq(ledger_row(ledger, "sum", "heavy"), 2);
	ck_assert_uint_eq(ledger_row(ledger, "", "heavy"), 3);
	ck_assert_uint_eq(ledger_row(ledger, "sum", "fast"), 1);
	ck_assert_uint_eq(ledger_row(ledger, "", "fast"), 0);
	ck_assert_uint_eq(ledger->row_count, 4);
	ck_assert_str_eq(ledger->rows[2].endpoint, "sum");
	ck_assert_str_eq(ledger->rows[2].pool, "heavy");
}
END_TEST

START_TEST(test_names_are_those_of_the_row)
{
	ledger_pool(ledger, "fast");
	ledger_row(ledger, "sum", "fast");
	ck_assert_str_eq(ledger_pool_name(ledger, 0), "fast");
	ck_assert_str_eq(ledger_endpoint_name(ledger, 0), "sum");
	ck_assert_str_eq(ledger_endpoint_pool(ledger, 0), "fast");
	ck_assert_str_eq(ledger_pool_name(ledger, LEDGER_POOLS), "");
	ck_assert_str_eq(ledger_endpoint_name(ledger, LEDGER_ROWS), "");
	ck_assert_str_eq(ledger_endpoint_pool(ledger, SIZE_MAX), "");
}
END_TEST

/* As after a stray write of a function: nothing beyond a row is read. */
START_TEST(test_spoiled_table_has_no_names)
{
	memset(ledger, 0xFF, sizeof(*ledger));
	ck_assert_str_eq(ledger_pool_name(ledger, 1), "");
	ck_assert_str_eq(ledger_endpoint_name(ledger, LEDGER_ROWS - 1), "");
	ck_assert_str_eq(ledger_endpoint_pool(ledger, LEDGER_ROWS - 1), "");
	ck_assert_uint_eq(ledger_pool(ledger, "fast"), LEDGER_POOLS - 1);
	ck_assert_uint_eq(ledger_row(ledger, "", "fast"), LEDGER_ROWS - 1);
}
END_TEST

/* What is there is found; all that has no room shares the last row. */
START_TEST(test_full_table_has_a_last_row_for_the_rest)
{
	char name[16];

	for (int i = 0; i < LEDGER_ROWS; i++) {
		snprintf(name, sizeof(name), "e%d", i);
		ck_assert_uint_eq(ledger_row(ledger, name, "p"), i);
		if (i < LEDGER_POOLS)
			ck_assert_uint_eq(ledger_pool(ledger, name), i);
	}
	ck_assert_uint_eq(ledger_row(ledger, "more", "p"), LEDGER_ROWS - 1);
	ck_assert_uint_eq(ledger_pool(ledger, "more"), LEDGER_POOLS - 1);
	ck_assert_uint_eq(ledger_row(ledger, "e7", "p"), 7);
	ck_assert_uint_eq(ledger_pool(ledger, "e7"), 7);
	ck_assert_uint_eq(ledger->row_count, LEDGER_ROWS);
	ck_assert_uint_eq(ledger->pool_count, LEDGER_POOLS);
	snprintf(name, sizeof(name), "e%d", LEDGER_ROWS - 1);
	ck_assert_str_eq(ledger->rows[LEDGER_ROWS - 1].endpoint, name);
}
END_TEST

/* Buckets: "le", as Prometheus has it. */

static size_t
bucket_of(uint64_t nanoseconds)
{
	struct ledger_entry entry = { .status = 200 };
	static struct ledger_counts counts;
	size_t found = LEDGER_BUCKETS;

	memset(&counts, 0, sizeof(counts));
	entry.reached[LEDGER_COMPUTE] = true;
	entry.nanoseconds[LEDGER_COMPUTE] = nanoseconds;
	ledger_count(&counts, &entry);
	for (size_t i = 0; i < LEDGER_BUCKETS; i++) {
		if (counts.buckets[LEDGER_COMPUTE][i] == 0)
			continue;
		ck_assert_uint_eq(found, LEDGER_BUCKETS);
		ck_assert_uint_eq(counts.buckets[LEDGER_COMPUTE][i], 1);
		found = i;
	}
	ck_assert_uint_lt(found, LEDGER_BUCKETS);
	return found;
}

START_TEST(test_bound_belongs_to_its_bucket)
{
	uint64_t bound = ledger_bounds[_i];

	ck_assert_uint_eq(bucket_of(bound - 1), _i);
	ck_assert_uint_eq(bucket_of(bound), _i);
	ck_assert_uint_eq(bucket_of(bound + 1), _i + 1);
	if (_i > 0)
		ck_assert_uint_gt(bound, ledger_bounds[_i - 1]);
}
END_TEST

START_TEST(test_extremes_have_a_bucket)
{
	ck_assert_uint_eq(bucket_of(0), 0);
	ck_assert_uint_eq(bucket_of(UINT64_MAX), LEDGER_BUCKETS - 1);
	ck_assert_uint_eq(ledger_bounds[LEDGER_BUCKETS - 2], 30 * NS_PER_S);
}
END_TEST

static const struct {
	int status;
	size_t class;
} statuses[] = {
	{ 200, 2 }, { 299, 2 }, { 304, 3 }, { 404, 4 }, { 503, 5 }, { 599, 5 },
	{ 100, 5 }, { 0, 5 },   { 600, 5 }, { 999, 5 }, { -1, 5 },
};

START_TEST(test_status_is_counted_in_its_class)
{
	static struct ledger_counts counts;

	ledger_count(&counts,
	             &(struct ledger_entry){ .status = statuses[_i].status });
	for (size_t i = 0; i < LEDGER_CLASSES; i++)
		ck_assert_uint_eq(counts.statuses[i],
		                  i == statuses[_i].class);
}
END_TEST

START_TEST(test_entry_counts_what_it_says_and_nothing_else)
{
	static struct ledger_counts counts, before;
	struct ledger_entry entry = { .status = 200,
		                      .received = 7,
		                      .sent = 11 };

	for (size_t i = 0; i < LEDGER_PART_COUNT; i++)
		entry.nanoseconds[i] = 1000 + i;
	entry.reached[LEDGER_QUEUE] = entry.reached[LEDGER_DECODE] = true;
	ledger_count(&counts, &entry);
	ledger_count(&counts, &entry);
	ck_assert_uint_eq(counts.received, 14);
	ck_assert_uint_eq(counts.sent, 22);
	ck_assert_uint_eq(counts.refused, 0);
	ck_assert_uint_eq(counts.slow, 0);
	ck_assert_uint_eq(counts.nanoseconds[LEDGER_QUEUE], 2000);
	ck_assert_uint_eq(counts.nanoseconds[LEDGER_DECODE], 2002);
	ck_assert_uint_eq(counts.nanoseconds[LEDGER_COMPUTE], 0);
	ck_assert_uint_eq(counts.nanoseconds[LEDGER_ENCODE], 0);
	memcpy(&before, &counts, sizeof(before));
	entry = (struct ledger_entry){ .status = 503, .refused = true };
	ledger_count(&counts, &entry);
	ck_assert_uint_eq(counts.refused, 1);
	ck_assert_uint_eq(counts.statuses[5], 1);
	ck_assert_uint_eq(counts.received, before.received);
	ck_assert_mem_eq(counts.buckets, before.buckets,
	                 sizeof(before.buckets));
}
END_TEST

/* Sums. */

START_TEST(test_sum_adds_up_every_counter_of_every_shard)
{
	const size_t counters =
	    sizeof(struct ledger_counts) / sizeof(uint64_t);
	struct ledger_row *row = &ledger->rows[3];
	static struct ledger_counts sum;
	_Atomic uint64_t *words;

	for (size_t i = 0; i < LEDGER_SHARDS; i++) {
		words = (_Atomic uint64_t *)&row->shards[i];
		for (size_t j = 0; j < counters; j++)
			words[j] = (i + 1) * (j + 1);
	}
	memset(&sum, 0xff, sizeof(sum));
	ledger_sum(row, &sum);
	words = (_Atomic uint64_t *)&sum;
	for (size_t j = 0; j < counters; j++)
		ck_assert_uint_eq(words[j], (j + 1) * LEDGER_SHARDS *
		                                (LEDGER_SHARDS + 1) / 2);
}
END_TEST

#define PROCESSES 6
#define REQUESTS UINT64_C(20000)

static void
count_requests(struct ledger_counts *counts)
{
	struct ledger_entry entry = { .status = 200,
		                      .received = 3,
		                      .sent = 2 };

	entry.reached[LEDGER_COMPUTE] = true;
	for (uint64_t i = 0; i < REQUESTS; i++) {
		entry.nanoseconds[LEDGER_COMPUTE] = i;
		ledger_count(counts, &entry);
	}
}

/* In one shard, or in one each: nothing is lost. */
START_TEST(test_processes_that_count_at_a_time_lose_nothing)
{
	static struct ledger_counts sum;
	uint64_t inside = 0;
	int status;

	for (int i = 0; i < PROCESSES; i++)
		if (fork() == 0) {
			count_requests(
			    &ledger->rows[0]
			         .shards[_i == 0 ? 0 : i % LEDGER_SHARDS]);
			_exit(EXIT_SUCCESS);
		}
	for (int i = 0; i < PROCESSES; i++) {
		ck_assert_int_gt(wait(&status), 0);
		ck_assert_int_eq(status, 0);
	}
	ledger_sum(&ledger->rows[0], &sum);
	ck_assert_uint_eq(sum.statuses[2], PROCESSES * REQUESTS);
	ck_assert_uint_eq(sum.received, 3 * PROCESSES * REQUESTS);
	ck_assert_uint_eq(sum.sent, 2 * PROCESSES * REQUESTS);
	ck_assert_uint_eq(sum.nanoseconds[LEDGER_COMPUTE],
	                  PROCESSES * REQUESTS * (REQUESTS - 1) / 2);
	for (size_t i = 0; i < LEDGER_BUCKETS; i++)
		inside += sum.buckets[LEDGER_COMPUTE][i];
	ck_assert_uint_eq(inside, PROCESSES * REQUESTS);
}
END_TEST

START_TEST(test_shards_share_no_line_of_the_cache)
{
	ck_assert_uint_eq(offsetof(struct ledger_row, shards) % 64, 0);
	ck_assert_uint_eq(sizeof(struct ledger_counts) % 64, 0);
}
END_TEST

START_TEST(test_name_is_its_own)
{
	for (int i = 0; i < LEDGER_END_COUNT; i++) {
		const char *name = ledger_end_name((enum ledger_end)i);

		ck_assert_uint_gt(strlen(name), 0);
		for (int j = 0; j < i; j++)
			ck_assert_str_ne(name,
			                 ledger_end_name((enum ledger_end)j));
	}
	for (int i = 0; i < LEDGER_PART_COUNT; i++) {
		const char *name = ledger_part_name((enum ledger_part)i);

		ck_assert_uint_gt(strlen(name), 0);
		for (int j = 0; j < i; j++)
			ck_assert_str_ne(
			    name, ledger_part_name((enum ledger_part)j));
	}
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, prepare, clean_up);
	tcase_add_test(tc, test_pool_is_found_by_its_name);
	tcase_add_test(tc, test_row_is_found_by_endpoint_and_pool);
	tcase_add_test(tc, test_names_are_those_of_the_row);
	tcase_add_test(tc, test_spoiled_table_has_no_names);
	tcase_add_test(tc, test_full_table_has_a_last_row_for_the_rest);
	tcase_add_loop_test(tc, test_bound_belongs_to_its_bucket, 0,
	                    LEDGER_BUCKETS - 1);
	tcase_add_test(tc, test_extremes_have_a_bucket);
	tcase_add_loop_test(tc, test_status_is_counted_in_its_class, 0,
	                    N(statuses));
	tcase_add_test(tc, test_entry_counts_what_it_says_and_nothing_else);
	tcase_add_test(tc, test_sum_adds_up_every_counter_of_every_shard);
	tcase_add_loop_test(tc,
	                    test_processes_that_count_at_a_time_lose_nothing, 0,
	                    2);
	tcase_add_test(tc, test_shards_share_no_line_of_the_cache);
	tcase_add_test(tc, test_name_is_its_own);
}

UNIT_MAIN("ledger", add_tests)
