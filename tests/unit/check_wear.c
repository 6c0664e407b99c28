/*
 * check_wear.c: when a worker says that it is used up.
 */
#include "fcgi/worker/wear.h"

#include "unit.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#define MB ((size_t)1 << 20)
#define S UINT64_C(1000000000)

static struct score score;
static struct wear wear;
static struct pool_config pool;

static void
begin(void)
{
	memset(&score, 0, sizeof(score));
	pool = (struct pool_config){ .name = "fast" };
}

static void
serve_one(uint64_t idle)
{
	atomic_fetch_add(&score.generation, 1);
	atomic_store(&score.idle, idle);
	wear_check(&wear);
}

/* Requests after which a worker is spent. */
static uint64_t
lifetime(void)
{
	begin();
	pool.max_requests = 1000;
	ck_assert(wear_begin(&wear, &pool, &score));
	while (atomic_load(&score.spent) == SCORE_FRESH)
		serve_one(1);
	ck_assert_uint_eq(atomic_load(&score.spent), SCORE_SPENT_REQUESTS);
	return atomic_load(&score.generation);
}

START_TEST(test_requests_are_limited_with_jitter)
{
	uint64_t first = lifetime();
	bool differ = false;

	for (int i = 0; i < 100; i++) {
		uint64_t life = lifetime();

		ck_assert_uint_ge(life, 900);
		ck_assert_uint_le(life, 1100);
		differ |= life != first;
	}
	ck_assert(differ);
}
END_TEST

static const uint64_t few[] = { 1, 2, 9 };

START_TEST(test_few_requests_have_no_jitter)
{
	pool.max_requests = few[_i];
	ck_assert(wear_begin(&wear, &pool, &score));
	for (uint64_t i = 1; i <= few[_i]; i++) {
		ck_assert_uint_eq(atomic_load(&score.spent), SCORE_FRESH);
		serve_one(1);
	}
	ck_assert_uint_eq(atomic_load(&score.spent), SCORE_SPENT_REQUESTS);
}
END_TEST

START_TEST(test_without_limits_nothing_wears)
{
	ck_assert(wear_begin(&wear, &pool, &score));
	ck_assert_int_eq(wear.statm, -1);
	for (int i = 0; i < 100000; i++)
		serve_one(1);
	ck_assert_uint_eq(atomic_load(&score.spent), SCORE_FRESH);
}
END_TEST

static void
grow(void)
{
	char *piece = mmap(NULL, 100 * MB, PROT_READ | PROT_WRITE,
	                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	ck_assert_ptr_ne(piece, MAP_FAILED);
	memset(piece, 1, 100 * MB);
}

START_TEST(test_memory_is_looked_at_after_each_request)
{
	pool.max_rss = 100 * MB;
	ck_assert(wear_begin(&wear, &pool, &score));
	ck_assert_int_eq(fcntl(wear.statm, F_GETFD), FD_CLOEXEC);
	serve_one(1);
	ck_assert_uint_eq(atomic_load(&score.spent), SCORE_FRESH);
	grow();
	serve_one(1);
	ck_assert_uint_eq(atomic_load(&score.spent), SCORE_SPENT_MEMORY);
	close(wear.statm);
}
END_TEST

/* 0: after 64 requests; 1: after a second. */
START_TEST(test_memory_is_looked_at_seldom_where_connections_are_kept)
{
	int count = 0;

	pool.keep_alive = true;
	pool.max_rss = 100 * MB;
	ck_assert(wear_begin(&wear, &pool, &score));
	serve_one(S);
	grow();
	while (atomic_load(&score.spent) == SCORE_FRESH) {
		ck_assert_int_lt(++count, 100);
		serve_one(_i == 0 ? S : 2 * S);
	}
	ck_assert_int_eq(count, _i == 0 ? 64 : 1);
	close(wear.statm);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, NULL);
	tcase_add_test(tc, test_requests_are_limited_with_jitter);
	tcase_add_loop_test(tc, test_few_requests_have_no_jitter, 0, N(few));
	tcase_add_test(tc, test_without_limits_nothing_wears);
	tcase_add_test(tc, test_memory_is_looked_at_after_each_request);
	tcase_add_loop_test(
	    tc, test_memory_is_looked_at_seldom_where_connections_are_kept, 0,
	    2);
}

UNIT_MAIN("wear", add_tests)
