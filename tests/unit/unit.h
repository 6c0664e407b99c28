/*
 * unit.h: what every unit test program has: an arena for each test, and a main
 * function that runs one suite.  CK_FORK, CK_RUN_CASE, ... work as libcheck
 * documents them; the exit status tells whether every check passed.
 */
#ifndef MR_TESTS_UNIT_H
#define MR_TESTS_UNIT_H

#include "base/arena.h"
#include "millrace.h"
#include "tests/unit/random.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define N(table) (sizeof(table) / sizeof((table)[0]))
#define UNIT_TIMEOUT 60 /* seconds; only to end a test that hangs */

/* Bytes of a literal, which may hold a NUL; and of a C string. */
#define BYTES(literal) { (literal), sizeof(literal) - 1 }
#define TEXT(string) ((struct mr_string){ (string), strlen(string) })

static struct mr_arena *arena;

static void
unit_setup(void)
{
	arena = mr_arena_new();
	ck_assert_ptr_nonnull(arena);
}

static void
unit_teardown(void)
{
	mr_arena_free(arena);
}

/* A copy behind whose last byte lies a page that cannot be read. */
static inline struct mr_string
guarded(struct mr_string text)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t room = (text.length / page + 1) * page;
	char *base = mmap(NULL, room + page, PROT_READ | PROT_WRITE,
	                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert(base != MAP_FAILED);
	ck_assert_int_eq(mprotect(base + room, page, PROT_NONE), 0);
	base += room - text.length;
	memcpy(base, text.data, text.length);
	return (struct mr_string){ base, text.length };
}

/* Tests that starve are for allocators that survive it; sanitizers' do not. */
#ifdef __SANITIZE_ADDRESS__
#define CAN_STARVE false
#else
#define CAN_STARVE true
#endif

/* Whether the system has no more memory to give, from here on. */
static inline void
starve(bool starved)
{
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_AS, &limit), 0);
	limit.rlim_cur = starved ? 0 : limit.rlim_max;
	ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
}

#define ck_assert_has(text, words)                                             \
	ck_assert_msg(strstr(text, words) != NULL, "no '%s' in:\n%s", words,   \
	              text)
#define ck_assert_has_not(text, words)                                         \
	ck_assert_msg(strstr(text, words) == NULL, "'%s' in:\n%s", words, text)

#define UNIT_MAIN(name, add_tests)                                             \
	int main(void)                                                         \
	{                                                                      \
		Suite *suite = suite_create(name);                             \
		TCase *tc = tcase_create(name);                                \
		SRunner *runner = srunner_create(suite);                       \
		int failed;                                                    \
                                                                               \
		tcase_set_timeout(tc, UNIT_TIMEOUT);                           \
		tcase_add_checked_fixture(tc, unit_setup, unit_teardown);      \
		add_tests(tc);                                                 \
		suite_add_tcase(suite, tc);                                    \
		srunner_run_all(runner, CK_ENV);                               \
		failed = srunner_ntests_failed(runner);                        \
		srunner_free(runner);                                          \
		return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;              \
	}

#endif
