/*
 * check_descriptors.c: real descriptors, closed in a process of their own.
 */
#include "fcgi/base/descriptors.h"

#include "place.h"
#include "unit.h"

#define HIGH 700 /* a descriptor far above all others */

static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static bool
has(const struct descriptors *list, int fd)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->list[i] == fd)
			return true;
	return false;
}

START_TEST(test_note_lists_what_is_open)
{
	struct descriptors list;
	int null = open("/dev/null", O_RDONLY);

	descriptors_note(&list);
	ck_assert_uint_gt(list.count, 3);
	ck_assert(has(&list, null));
	for (size_t i = 0; i < list.count; i++) {
		ck_assert(is_open(list.list[i]));
		if (i > 0)
			ck_assert_int_gt(list.list[i], list.list[i - 1]);
	}
	close(null);
	descriptors_note(&list);
	ck_assert(!has(&list, null));
}
END_TEST

/* More than there is room for, without writing beyond it. */
START_TEST(test_note_leaves_out_what_has_no_room)
{
	struct {
		struct descriptors list;
		int behind;
	} noted = { .behind = 17 };

	for (int i = 0; i < DESCRIPTORS_MAX + 20; i++)
		ck_assert_int_ge(dup(0), 0);
	descriptors_note(&noted.list);
	ck_assert_uint_eq(noted.list.count, DESCRIPTORS_MAX);
	ck_assert_int_eq(noted.behind, 17);
}
END_TEST

static const struct {
	struct descriptors later, earlier, rest;
} differences[] = {
	{ { { 0 }, 0 }, { { 0 }, 0 }, { { 0 }, 0 } },
	{ { { 0, 1, 2 }, 3 }, { { 0, 1, 2 }, 3 }, { { 0 }, 0 } },
	{ { { 0, 1, 2, 5, 9 }, 5 }, { { 0, 1, 2 }, 3 }, { { 5, 9 }, 2 } },
	{ { { 0, 3, 4 }, 3 }, { { 0, 1, 3 }, 3 }, { { 4 }, 1 } },
	{ { { 7, 8 }, 2 }, { { 0 }, 0 }, { { 7, 8 }, 2 } },
	{ { { 0 }, 0 }, { { 3, 4 }, 2 }, { { 0 }, 0 } },
};

START_TEST(test_subtract_leaves_what_is_new)
{
	struct descriptors later = differences[_i].later;

	descriptors_subtract(&later, &differences[_i].earlier);
	ck_assert_uint_eq(later.count, differences[_i].rest.count);
	ck_assert_mem_eq(later.list, differences[_i].rest.list,
	                 later.count * sizeof(int));
}
END_TEST

/* 3 to 12 and HIGH are open; which are kept, and which given. */
static const struct closing {
	struct descriptors kept;
	int given[DESCRIPTORS_GIVEN];
	size_t count;
} closings[] = {
	{ { { 0 }, 0 }, { 0 }, 0 },
	{ { { 3 }, 1 }, { 0 }, 0 },
	{ { { 12 }, 1 }, { 0 }, 0 },
	{ { { HIGH }, 1 }, { 0 }, 0 },
	{ { { 0, 1, 2, 5 }, 4 }, { 0 }, 0 },
	{ { { 0 }, 0 }, { 5, 4 }, 2 },
	{ { { 0 }, 0 }, { -1, 6, -1, 3, -1 }, 5 },
	{ { { 4, 6, 8 }, 3 }, { 7, 5 }, 2 },
	{ { { 4, 6 }, 2 }, { 6, 6, 4 }, 3 },
	{ { { 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, HIGH }, 11 }, { 0 }, 0 },
	{ { { 0 }, 0 }, { 3, 5, 7, 9, 11, 12, HIGH, 4 }, 8 },
	{ { { 0 }, 0 }, { 1, 0 }, 2 },
};

static bool
is_wanted(const struct closing *closing, int fd)
{
	bool given = false;

	for (size_t i = 0; i < closing->count; i++)
		given |= closing->given[i] == fd;
	return fd <= STDERR_FILENO || given || has(&closing->kept, fd);
}

static int
close_and_look(void *context)
{
	const struct closing *closing = context;

	for (int fd = 3; fd <= 12; fd++)
		dup2(0, fd);
	dup2(0, HIGH);
	descriptors_close_others(&closing->kept, closing->given,
	                         closing->count);
	for (int fd = 0; fd <= HIGH + 1; fd++) {
		bool there = fd <= 12 || fd == HIGH;

		if (is_open(fd) != (there && is_wanted(closing, fd)))
			return 100;
	}
	return 0;
}

START_TEST(test_all_others_are_closed)
{
	struct closing closing = closings[_i];

	ck_assert_int_eq(place_run(close_and_look, &closing), 0);
}
END_TEST

/* As a worker does it: what a module opened stays, the rest goes. */
static int
keep_what_a_module_opened(void *context)
{
	struct descriptors before, kept;
	int ours = dup(0), module, later;

	(void)context;
	descriptors_note(&before);
	module = dup(0);
	descriptors_note(&kept);
	descriptors_subtract(&kept, &before);
	later = dup(0);
	descriptors_close_others(&kept, NULL, 0);
	return is_open(module) && !is_open(ours) && !is_open(later) ? 0 : 1;
}

START_TEST(test_what_was_opened_meanwhile_is_kept)
{
	ck_assert_int_eq(place_run(keep_what_a_module_opened, NULL), 0);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_test(tc, test_note_lists_what_is_open);
	tcase_add_test(tc, test_note_leaves_out_what_has_no_room);
	tcase_add_loop_test(tc, test_subtract_leaves_what_is_new, 0,
	                    N(differences));
	tcase_add_loop_test(tc, test_all_others_are_closed, 0, N(closings));
	tcase_add_test(tc, test_what_was_opened_meanwhile_is_kept);
}

UNIT_MAIN("descriptors", add_tests)
