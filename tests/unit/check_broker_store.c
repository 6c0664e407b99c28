/*
 * check_broker_store.c: a store that cannot be opened, is told once, and is
 * opened when it can be.
 */
#include "fcgi/broker/broker_store.h"

#include "place.h"

#include <fcntl.h>
#include <sys/stat.h>

#define STATE "state"

static struct broker_store store;

static void
begin(void)
{
	struct config config;
	int log;

	place_setup();
	log = open("log", O_WRONLY | O_CREAT | O_APPEND, 0600);
	dup2(log, STDERR_FILENO);
	config_default(&config);
	snprintf(config.state, sizeof(config.state), STATE);
	broker_store_init(&store, &config);
}

static void
end(void)
{
	broker_store_close(&store);
	place_teardown();
}

/* As if its time had come. */
static void
try_now(void)
{
	store.again = 0;
	ck_assert_int_eq(broker_store_timeout(&store), 0);
	broker_store_open(&store);
}

static size_t
logged(const char *words)
{
	const char *at = place_read("log").data;
	size_t count = 0;

	while ((at = strstr(at, words)) != NULL) {
		at += strlen(words);
		count++;
	}
	return count;
}

START_TEST(test_reason_is_logged_once)
{
	for (int i = 0; i < 3; i++) {
		try_now();
		ck_assert_ptr_null(store.store);
		ck_assert_uint_gt(strlen(store.reason), 0);
		ck_assert_uint_eq(logged("Cannot open the store"), 1);
	}
	place_write(STATE, (struct mr_string)BYTES("a file"));
	for (int i = 0; i < 3; i++) {
		try_now();
		ck_assert_uint_eq(logged("Cannot open the store"), 2);
	}
	ck_assert_uint_eq(logged(store.reason), 1);
	ck_assert_uint_eq(logged("Opened"), 0);
}
END_TEST

START_TEST(test_it_is_opened_when_it_can_be)
{
	struct mr_store *opened;

	try_now();
	ck_assert_int_eq(mkdir(STATE, 0700), 0);
	try_now();
	opened = store.store;
	ck_assert_ptr_nonnull(opened);
	ck_assert_str_eq(store.reason, "");
	ck_assert_int_eq(broker_store_timeout(&store), -1);
	ck_assert_uint_eq(logged("Opened the store of jobs."), 1);
	broker_store_open(&store);
	ck_assert_ptr_eq(store.store, opened);
	broker_store_close(&store);
	ck_assert_ptr_null(store.store);
	try_now();
	ck_assert_ptr_nonnull(store.store);
	ck_assert_uint_eq(logged("Opened the store of jobs."), 1);
}
END_TEST

/* What could not be opened just now is left alone for some seconds. */
START_TEST(test_it_is_not_tried_all_the_time)
{
	try_now();
	ck_assert_int_gt(broker_store_timeout(&store), 0);
	ck_assert_int_eq(mkdir(STATE, 0700), 0);
	store.again += 3600 * UINT64_C(1000000000);
	broker_store_open(&store);
	ck_assert_ptr_null(store.store);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, test_reason_is_logged_once);
	tcase_add_test(tc, test_it_is_opened_when_it_can_be);
	tcase_add_test(tc, test_it_is_not_tried_all_the_time);
}

UNIT_MAIN("broker_store", add_tests)
