/*
 * check_agenda.c: alarms come out in the order of their times.
 */
#include "fcgi/agenda.h"

#include "unit.h"

#define ALARMS 1000

static struct agenda agenda;
static struct alarm alarms[ALARMS];

/* Takes out all that is left; how many there were. */
static size_t
empty_in_order(void)
{
	int64_t last = INT64_MIN;
	struct alarm *next;
	size_t count = 0;

	for (; (next = agenda_next(&agenda)) != NULL; count++) {
		ck_assert_int_ge(next->due, last);
		last = next->due;
		agenda_cancel(&agenda, next);
		ck_assert_uint_eq(next->place, 0);
	}
	agenda_free(&agenda);
	return count;
}

static void
set(size_t i, int64_t due)
{
	ck_assert(agenda_set(&agenda, &alarms[i], due));
	ck_assert_int_eq(alarms[i].due, due);
}

START_TEST(test_agenda_is_in_order)
{
	uint64_t state = 1;

	for (size_t i = 0; i < ALARMS; i++)
		set(i, (int64_t)(random_bits(&state) % 100));
	ck_assert_uint_eq(empty_in_order(), ALARMS);
}
END_TEST

START_TEST(test_agenda_without_some_is_in_order)
{
	size_t left = ALARMS;

	for (size_t i = 0; i < ALARMS; i++)
		set(i, (int64_t)(i * 7919 % ALARMS));
	for (size_t i = 0; i < ALARMS; i += 3, left--)
		agenda_cancel(&agenda, &alarms[i]);
	for (size_t i = 0; i < ALARMS; i += 3)
		ck_assert_uint_eq(alarms[i].place, 0);
	ck_assert_uint_eq(empty_in_order(), left);
}
END_TEST

START_TEST(test_alarm_that_is_set_anew_moves)
{
	set(0, 10);
	set(1, 20);
	set(0, 30);
	ck_assert_ptr_eq(agenda_next(&agenda), &alarms[1]);
	set(0, 5);
	ck_assert_ptr_eq(agenda_next(&agenda), &alarms[0]);
	ck_assert_uint_eq(empty_in_order(), 2);
}
END_TEST

START_TEST(test_alarm_that_is_not_set_is_not_cancelled)
{
	agenda_cancel(&agenda, &alarms[0]);
	ck_assert_ptr_null(agenda_next(&agenda));
	set(1, 1);
	agenda_cancel(&agenda, &alarms[0]);
	ck_assert_ptr_eq(agenda_next(&agenda), &alarms[1]);
	ck_assert_uint_eq(empty_in_order(), 1);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_agenda_is_in_order);
	tcase_add_test(tc, test_agenda_without_some_is_in_order);
	tcase_add_test(tc, test_alarm_that_is_set_anew_moves);
	tcase_add_test(tc, test_alarm_that_is_not_set_is_not_cancelled);
}

UNIT_MAIN("agenda", add_tests)
