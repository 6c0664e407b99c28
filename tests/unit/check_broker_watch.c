/*
 * check_broker_watch.c: many jobs and many watchers.
 */
#include "fcgi/broker/broker_watch.h"

#include "broker.h"

#define MANY 10000

static struct broker_watches watches;
static struct broker_watcher some, other;

static size_t
count_of(const char *id)
{
	const struct broker_watch *watch = broker_watch_first(&watches, id);
	size_t count = 0;

	for (; watch != NULL; watch = broker_watch_next(watch))
		count++;
	return count;
}

static void
end(void)
{
	broker_watch_free(&watches);
	ck_assert_uint_eq(watches.count, 0);
}

START_TEST(test_nobody_watches_at_first)
{
	ck_assert_ptr_null(broker_watch_first(&watches, "a"));
	broker_watch_remove(&watches, &some, "a");
	broker_watch_end(&watches, "a");
	broker_watch_leave(&watches, &some);
}
END_TEST

START_TEST(test_watching_twice_is_watching_once)
{
	ck_assert(broker_watch_add(&watches, &some, "a"));
	ck_assert(broker_watch_add(&watches, &some, "a"));
	ck_assert_uint_eq(count_of("a"), 1);
	broker_watch_remove(&watches, &some, "a");
	ck_assert_uint_eq(count_of("a"), 0);
}
END_TEST

START_TEST(test_each_watcher_of_many_jobs_is_found)
{
	for (int i = 0; i < MANY; i++) {
		ck_assert(broker_watch_add(&watches, &some, broker_id(i)));
		if (i % 2 == 0)
			ck_assert(broker_watch_add(&watches, &other,
			                           broker_id(i)));
	}
	ck_assert_uint_eq(watches.count, MANY + MANY / 2);
	for (int i = 0; i < MANY; i++)
		ck_assert_uint_eq(count_of(broker_id(i)), 2 - i % 2);
	broker_watch_end(&watches, broker_id(4));
	ck_assert_uint_eq(count_of(broker_id(4)), 0);
	broker_watch_leave(&watches, &some);
	for (int i = 5; i < MANY; i++)
		ck_assert_uint_eq(count_of(broker_id(i)), 1 - i % 2);
	ck_assert(LIST_EMPTY(&some.watches));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, NULL, end);
	tcase_add_test(tc, test_nobody_watches_at_first);
	tcase_add_test(tc, test_watching_twice_is_watching_once);
	tcase_add_test(tc, test_each_watcher_of_many_jobs_is_found);
}

UNIT_MAIN("broker_watch", add_tests)
