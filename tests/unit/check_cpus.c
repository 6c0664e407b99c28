/*
 * check_cpus.c: lists of processors, good and bad.
 */
#include "fcgi/config/cpus.h"

#include "unit.h"

static const struct {
	const char *text;
	size_t count, first, last;
} lists[] = {
	{ "0", 1, 0, 0 },          { "1023", 1, 1023, 1023 },
	{ "0-3", 4, 0, 3 },        { "0-3,6", 5, 0, 6 },
	{ "6,0-3", 5, 0, 6 },      { "5-5", 1, 5, 5 },
	{ "1,1,1", 1, 1, 1 },      { "0-1023", 1024, 0, 1023 },
	{ "007", 1, 7, 7 },        { "63-64", 2, 63, 64 },
};

START_TEST(test_list_is_read)
{
	cpu_set_t set;

	memset(&set, 0xFF, sizeof(set));
	ck_assert(cpus_parse(lists[_i].text, &set));
	ck_assert_int_eq(CPU_COUNT(&set), (int)lists[_i].count);
	ck_assert(CPU_ISSET(lists[_i].first, &set));
	ck_assert(CPU_ISSET(lists[_i].last, &set));
}
END_TEST

START_TEST(test_gap_is_left)
{
	cpu_set_t set;

	ck_assert(cpus_parse("0-3,6", &set));
	for (size_t i = 0; i < CPU_SETSIZE; i++)
		ck_assert_int_eq(CPU_ISSET(i, &set) != 0, i <= 3 || i == 6);
}
END_TEST

static const char *const faults[] = {
	"", ",", "0,", ",0", "0,,1", "-", "-1", "1-", "3-1", "1-2-3", "a", "0x1",
	"0 ", " 0", "0, 1", "0;1", "1024", "0-1024", "99999999999999999999",
	"0-18446744073709551617", "all",
};

START_TEST(test_fault_is_refused)
{
	cpu_set_t set;

	ck_assert(!cpus_parse(faults[_i], &set));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_list_is_read, 0, N(lists));
	tcase_add_test(tc, test_gap_is_left);
	tcase_add_loop_test(tc, test_fault_is_refused, 0, N(faults));
}

UNIT_MAIN("cpus", add_tests)
