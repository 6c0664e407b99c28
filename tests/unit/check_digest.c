/*
 * check_digest.c: the examples of FIPS 180-4.
 */
#include "jobs/digest.h"

#include "unit.h"

static const struct {
	struct mr_string bytes;
	const char *digest;
} rows[] = {
	{ BYTES(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b"
	             "7852b855" },
	{ BYTES("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff"
	                "61f20015ad" },
	{ BYTES("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	{ BYTES("\0"), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30"
	               "617afa01d" },
};

START_TEST(test_digest_is_that_of_the_standard)
{
	char digest[MR_DIGEST];

	mr_digest(guarded(rows[_i].bytes), digest);
	ck_assert_str_eq(digest, rows[_i].digest);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_digest_is_that_of_the_standard, 0,
	                    N(rows));
}

UNIT_MAIN("digest", add_tests)
