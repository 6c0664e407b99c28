/*
 * check_err.c: the facts about each error.  The rows are written out once
 * more here because clients depend on them.
 */
#include "base/err.h"

#include "unit.h"

static const struct {
	enum mr_err err;
	int status;
	const char *slug;
} rows[] = {
	{ MR_OK, 200, "ok" },
	{ MR_SYNTAX, 400, "syntax" },
	{ MR_FORBIDDEN, 403, "forbidden" },
	{ MR_NOT_FOUND, 404, "not-found" },
	{ MR_METHOD, 405, "method" },
	{ MR_NOT_ACCEPTABLE, 406, "not-acceptable" },
	{ MR_SLOW_CLIENT, 408, "slow-client" },
	{ MR_CONFLICT, 409, "conflict" },
	{ MR_LENGTH_REQUIRED, 411, "length-required" },
	{ MR_BODY_TOO_LARGE, 413, "body-too-large" },
	{ MR_URI_TOO_LONG, 414, "uri-too-long" },
	{ MR_MEDIA_TYPE, 415, "media-type" },
	{ MR_UNSATISFIABLE, 416, "unsatisfiable" },
	{ MR_MISDIRECTED, 421, "misdirected" },
	{ MR_INVALID, 422, "invalid" },
	{ MR_DOMAIN, 422, "domain" },
	{ MR_TOO_MANY, 429, "too-many" },
	{ MR_HEADERS_TOO_LARGE, 431, "headers-too-large" },
	{ MR_CANCELLED, 499, "cancelled" },
	{ MR_CRASH, 500, "crash" },
	{ MR_RESULT, 500, "result" },
	{ MR_INTERNAL, 500, "internal" },
	{ MR_UNSUPPORTED, 501, "unsupported" },
	{ MR_GATEWAY, 502, "gateway" },
	{ MR_BUSY, 503, "busy" },
	{ MR_DEADLINE, 504, "deadline" },
	{ MR_HTTP_VERSION, 505, "http-version" },
	{ MR_STORAGE, 503, "storage" },
	{ MR_MEMORY, 507, "memory" },
	{ MR_STORAGE_FULL, 507, "storage-full" },
};

START_TEST(test_error_has_its_status_and_slug)
{
	char slug[MR_ERR_SLUG];

	memset(slug, 'x', sizeof(slug));
	mr_err_slug(rows[_i].err, slug);
	ck_assert_int_eq(mr_err_status(rows[_i].err), rows[_i].status);
	ck_assert_str_eq(slug, rows[_i].slug);
}
END_TEST

START_TEST(test_every_error_has_a_row_here)
{
	bool seen[MR_ERR_COUNT] = { false };

	for (size_t i = 0; i < N(rows); i++)
		seen[rows[i].err] = true;
	for (int err = 0; err < MR_ERR_COUNT; err++)
		ck_assert_msg(seen[err], "error %d has no row", err);
}
END_TEST

START_TEST(test_titles_are_told_apart)
{
	for (int a = 0; a < MR_ERR_COUNT; a++) {
		ck_assert_str_ne(mr_err_title(a), "");
		for (int b = 0; b < a; b++)
			ck_assert_str_ne(mr_err_title(a), mr_err_title(b));
	}
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_error_has_its_status_and_slug, 0, N(rows));
	tcase_add_test(tc, test_every_error_has_a_row_here);
	tcase_add_test(tc, test_titles_are_told_apart);
}

UNIT_MAIN("err", add_tests)
