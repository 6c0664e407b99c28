/*
 * check_spares.c: further sockets: opened, taken over, gone at the end.
 */
#include "fcgi/command/spares.h"

#include "place.h"
#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>

static struct config config;
static struct pool_config *pool;
static struct handover from;
static struct listener_spares spares;

static void
setup(void)
{
	place_setup();
	config = (struct config){ .sockets = ".", .pool_count = 1 };
	pool = &config.pools[0];
	*pool = (struct pool_config){ .name = "io",
		                      .backlog = 8,
		                      .listeners = 3 };
	from = (struct handover){ .board = -1,
		                  .program = -1,
		                  .configuration = -1 };
	spares = (struct listener_spares){ .count = 0 };
}

static bool
is_socket(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISSOCK(status.st_mode);
}

START_TEST(test_spares_are_opened_and_removed)
{
	ck_assert(spares_open(&config, pool, &from, &spares));
	ck_assert_uint_eq(spares.count, 2);
	ck_assert(!is_socket("io.sock"));
	ck_assert(is_socket("io.sock.2") && is_socket("io.sock.3"));
	ck_assert(!is_socket("io.sock.4"));
	spares_close(&config, pool, &spares);
	ck_assert(!is_socket("io.sock.2") && !is_socket("io.sock.3"));
}
END_TEST

static const struct {
	uint64_t listeners;
	const char *listen;
} without[] = { { 0, "" }, { 1, "" }, { 4, "127.0.0.1:9000" } };

START_TEST(test_pool_without_spares_has_none)
{
	pool->listeners = without[_i].listeners;
	strcpy(pool->listen, without[_i].listen);
	ck_assert(spares_open(&config, pool, &from, &spares));
	ck_assert_uint_eq(spares.count, 0);
}
END_TEST

START_TEST(test_spares_are_taken_over)
{
	int old = listener_open("io.sock.3", "", 8);

	from.pools[0] = (struct handover_pool){ .address = "./io.sock.3",
		                                .listener = old,
		                                .handoff = { -1, -1 } };
	from.pool_count = 1;
	ck_assert(spares_open(&config, pool, &from, &spares));
	ck_assert_uint_eq(spares.count, 2);
	ck_assert_int_eq(spares.fds[1], old);
	ck_assert_int_ne(spares.fds[0], old);
	spares_close(&config, pool, &spares);
}
END_TEST

START_TEST(test_spare_that_cannot_be_opened_is_an_error)
{
	strcpy(config.sockets, "./nowhere");
	ck_assert(!spares_open(&config, pool, &from, &spares));
	ck_assert_uint_eq(spares.count, 0);
	memset(config.sockets, 'x', sizeof(config.sockets) - 1);
	ck_assert(!spares_open(&config, pool, &from, &spares));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, place_teardown);
	tcase_add_test(tc, test_spares_are_opened_and_removed);
	tcase_add_loop_test(tc, test_pool_without_spares_has_none, 0,
	                    N(without));
	tcase_add_test(tc, test_spares_are_taken_over);
	tcase_add_test(tc, test_spare_that_cannot_be_opened_is_an_error);
}

UNIT_MAIN("spares", add_tests)
