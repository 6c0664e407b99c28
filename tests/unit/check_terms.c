/*
 * check_terms.c: what holds for an endpoint: its own, or that of its pool.
 */
#include "fcgi/config/terms.h"

#include "unit.h"

#define MS UINT64_C(1000000)

static struct config config;
static struct ledger ledger;

static void
prepare(void)
{
	memset(&config, 0, sizeof(config));
	memset(&ledger, 0, sizeof(ledger));
	config.pools[0] = (struct pool_config){ .name = "fast",
		                                .deadline = 1000,
		                                .slow = 100 };
	config.pools[1] = (struct pool_config){ .name = "heavy",
		                                .deadline = 9000 };
	config.pool_count = 2;
}

/* The endpoint's own values; 0: it has none.  `named`: it has a section. */
static const struct {
	const char *pool;
	bool named;
	uint64_t deadline, slow;
	uint64_t wanted_deadline, wanted_slow;
} rows[] = {
	{ "fast", false, 0, 0, 1000, 100 },
	{ "heavy", false, 0, 0, 9000, 0 },
	{ "fast", true, 0, 0, 1000, 100 },
	{ "fast", true, 1, 0, 1, 100 },
	{ "fast", true, 0, 3, 1000, 3 },
	{ "fast", true, 86400000, 5, 86400000, 5 },
	{ "heavy", true, 0, 7, 9000, 7 },
	{ NULL, false, 0, 0, 1000, 100 }, /* it names no pool */
};

static void
name_endpoint(const char *name, uint64_t deadline, uint64_t slow)
{
	struct endpoint_config *own =
	    &config.endpoints[config.endpoint_count++];

	strcpy(own->name, name);
	own->deadline = deadline;
	own->slow = slow;
}

START_TEST(test_own_value_outweighs_that_of_the_pool)
{
	const struct mr_endpoint endpoint = { .name = "e",
		                              .pool = rows[_i].pool };
	struct terms terms;

	name_endpoint("e2", 77, 77);
	if (rows[_i].named)
		name_endpoint("e", rows[_i].deadline, rows[_i].slow);
	terms = terms_of(&config, &endpoint);
	ck_assert_uint_eq(terms.deadline, rows[_i].wanted_deadline * MS);
	ck_assert_uint_eq(terms.slow, rows[_i].wanted_slow * MS);
}
END_TEST

START_TEST(test_endpoint_is_pure_unless_it_says_otherwise)
{
	const struct mr_endpoint endpoint = { .name = "e",
		                              .impure = _i == 1 };

	ck_assert_int_eq(terms_of(&config, &endpoint).pure, _i == 0);
}
END_TEST

START_TEST(test_each_endpoint_has_terms_with_a_row)
{
	struct mr_buffer complaints = { .arena = arena };
	struct mr_registry *registry = mr_registry_new();
	const struct mr_endpoint *const *endpoints;
	struct terms *terms;
	size_t count;

	ck_assert(mr_registry_add_builtin(registry, &complaints));
	endpoints = mr_registry_endpoints(registry, &count);
	ck_assert_uint_gt(count, 1);
	ledger_row(&ledger, "", "fast");
	name_endpoint(endpoints[1]->name, 5, 0);
	terms = terms_new(&config, registry, &ledger);
	for (size_t i = 0; i < count; i++) {
		const struct ledger_row *row = &ledger.rows[terms[i].row];

		ck_assert_str_eq(row->endpoint, endpoints[i]->name);
		ck_assert_str_eq(row->pool, mr_endpoint_pool(endpoints[i]));
		ck_assert_uint_eq(terms[i].deadline,
		                  terms_of(&config, endpoints[i]).deadline);
	}
	ck_assert_uint_eq(terms[1].deadline, 5 * MS);
	ck_assert_uint_eq(ledger.row_count, count + 1);
	free(terms);
	/* The same rows once more, as after a reload. */
	free(terms_new(&config, registry, &ledger));
	ck_assert_uint_eq(ledger.row_count, count + 1);
	mr_registry_free(registry);
}
END_TEST

/* Jobs: the endpoint's own, or that of the pool that runs them. */
START_TEST(test_job_has_a_deadline_and_a_row_of_its_own)
{
	struct mr_buffer complaints = { .arena = arena };
	struct mr_registry *registry = mr_registry_new();
	const struct mr_endpoint *const *endpoints;
	struct terms *terms;
	size_t count;

	ck_assert(mr_registry_add_builtin(registry, &complaints));
	endpoints = mr_registry_endpoints(registry, &count);
	config.pools[config.pool_count++] =
	    (struct pool_config){ .name = "runner", .deadline = 7000 };
	config.pools[config.pool_count++] =
	    (struct pool_config){ .name = "submit", .deadline = 10 };
	name_endpoint(endpoints[1]->name, 5, 0);
	config.endpoints[0].job_deadline = 9500;
	terms = terms_new(&config, registry, &ledger);
	for (size_t i = 0; i < count; i++) {
		const struct ledger_row *row = &ledger.rows[terms[i].job_row];

		ck_assert_str_eq(row->endpoint, endpoints[i]->name);
		ck_assert_str_eq(row->pool, "runner");
		ck_assert_uint_eq(terms[i].job_deadline,
		                  (i == 1 ? 9500 : 7000) * MS);
	}
	ck_assert_uint_eq(terms_longest(terms, registry, &config.pools[2]),
	                  9500);
	ck_assert_uint_eq(terms_longest(terms, registry, &config.pools[1]),
	                  9000);
	/* In pool submit it is that of its own pool, whichever that is. */
	ck_assert_uint_eq(terms_longest(terms, registry, &config.pools[3]),
	                  9000);
	free(terms);
	mr_registry_free(registry);
}
END_TEST

START_TEST(test_no_endpoint_has_no_terms)
{
	struct mr_registry *registry = mr_registry_new();
	struct terms *terms = terms_new(&config, registry, &ledger);

	ck_assert_ptr_nonnull(terms);
	ck_assert_uint_eq(ledger.row_count, 0);
	free(terms);
	mr_registry_free(registry);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, prepare, NULL);
	tcase_add_loop_test(tc, test_own_value_outweighs_that_of_the_pool, 0,
	                    N(rows));
	tcase_add_loop_test(tc, test_endpoint_is_pure_unless_it_says_otherwise,
	                    0, 2);
	tcase_add_test(tc, test_each_endpoint_has_terms_with_a_row);
	tcase_add_test(tc, test_job_has_a_deadline_and_a_row_of_its_own);
	tcase_add_test(tc, test_no_endpoint_has_no_terms);
}

UNIT_MAIN("terms", add_tests)
