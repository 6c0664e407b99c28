/*
 * check_endpoint.c: what follows from the members of an endpoint.
 */
#include "api/endpoint.h"

#include "unit.h"

START_TEST(test_what_is_not_declared_has_its_default)
{
	static const struct mr_endpoint plain = { .path = "/" };
	static const struct mr_endpoint own = {
		.pool = "heavy",
		.body_limit = 10,
		.internal = true,
	};

	ck_assert_pstr_eq(mr_endpoint_pool(&plain), "fast");
	ck_assert_pstr_eq(mr_endpoint_pool(&own), "heavy");
	ck_assert_uint_eq(mr_endpoint_body_limit(&plain), MR_BODY_LIMIT);
	ck_assert_uint_eq(mr_endpoint_body_limit(&own), 10);
	ck_assert(mr_endpoint_is_public(&plain));
	ck_assert(!mr_endpoint_is_public(&own));
}
END_TEST

START_TEST(test_methods_have_names)
{
	ck_assert_pstr_eq(mr_method_name(MR_GET), "GET");
	ck_assert_pstr_eq(mr_method_name(MR_POST), "POST");
}
END_TEST

START_TEST(test_body_is_wanted_if_an_input_is_read_from_it)
{
	static const struct mr_field rows[] = {
		{ .name = "a", .in_query = true },
		{ .name = "b" },
	};
	struct mr_endpoint endpoint = { .method = MR_POST,
		                        .in = { rows, 2, 1 } };

	ck_assert(mr_endpoint_wants_body(&endpoint));
	endpoint.method = MR_GET;
	ck_assert(!mr_endpoint_wants_body(&endpoint));
	endpoint.method = MR_POST;
	endpoint.in.count = 1;
	ck_assert(!mr_endpoint_wants_body(&endpoint));
}
END_TEST

/* In the order of a registry. */
static const struct mr_endpoint get = { .method = MR_GET };
static const struct mr_endpoint post = { .method = MR_POST };
static const struct {
	const struct mr_endpoint *endpoints[2];
	size_t count;
	const char *allow;
} allows[] = {
	{ { &get }, 1, "GET, HEAD, OPTIONS" },
	{ { &post }, 1, "POST, OPTIONS" },
	{ { &get, &post }, 2, "GET, HEAD, POST, OPTIONS" },
};

START_TEST(test_allow_lists_methods)
{
	struct mr_buffer allow = { .arena = arena };

	mr_endpoints_allow(allows[_i].endpoints, allows[_i].count, &allow);
	ck_assert_str_eq(mr_buffer_text(&allow), allows[_i].allow);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_what_is_not_declared_has_its_default);
	tcase_add_test(tc, test_methods_have_names);
	tcase_add_test(tc, test_body_is_wanted_if_an_input_is_read_from_it);
	tcase_add_loop_test(tc, test_allow_lists_methods, 0, N(allows));
}

UNIT_MAIN("endpoint", add_tests)
