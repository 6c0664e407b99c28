/*
 * check_machine.c: processors, users and limits that are not there, as root
 * and as another user.
 */
#include "fcgi/config/machine.h"

#include "place.h"
#include "unit.h"

#include <grp.h>
#include <pwd.h>
#include <sched.h>

/* Who is not root, and needs no entry anywhere. */
#define STRANGER 54321

static struct config config;

static const char *
complaints_of(const char *text)
{
	struct mr_buffer what = { .arena = arena };

	place_write("a.conf", TEXT(text));
	config_default(&config);
	config_read(&config, "a.conf", &what);
	return mr_buffer_text(&what);
}

static const char *
with(const char *option, const char *value)
{
	struct mr_buffer text = { .arena = arena };

	mr_buffer_printf(&text, "[pool x]\n%s = %s\n", option, value);
	return complaints_of(mr_buffer_text(&text));
}

static void
become_stranger(void)
{
	ck_assert_int_eq(chmod(".", 0777), 0);
	if (geteuid() == 0) {
		ck_assert_int_eq(setegid(STRANGER), 0);
		ck_assert_int_eq(seteuid(STRANGER), 0);
	}
}

static void
become_oneself(void)
{
	if (getuid() == 0) {
		ck_assert_int_eq(seteuid(0), 0);
		ck_assert_int_eq(setegid(getgid()), 0);
	}
}

START_TEST(test_processor_that_is_there_is_good)
{
	cpu_set_t set, after;
	char cpu[16];
	int first = 0;

	ck_assert_int_eq(sched_getaffinity(0, sizeof(set), &set), 0);
	while (!CPU_ISSET(first, &set))
		first++;
	snprintf(cpu, sizeof(cpu), "%d", first);
	ck_assert_str_eq(with("cpus", cpu), "");
	ck_assert_int_eq(sched_getaffinity(0, sizeof(after), &after), 0);
	ck_assert(CPU_EQUAL(&set, &after));
}
END_TEST

START_TEST(test_processor_beside_our_own_is_good)
{
	cpu_set_t set, one, after;
	char list[16];
	int last = CPU_SETSIZE - 1;

	ck_assert_int_eq(sched_getaffinity(0, sizeof(set), &set), 0);
	while (!CPU_ISSET(last, &set))
		last--;
	snprintf(list, sizeof(list), "%d", last);
	for (int i = 0; i <= last; i++) {
		CPU_ZERO(&one);
		CPU_SET(i, &one);
		if (!CPU_ISSET(i, &set) ||
		    sched_setaffinity(0, sizeof(one), &one) < 0)
			continue;
		ck_assert_str_eq(with("cpus", list), "");
		ck_assert_int_eq(sched_getaffinity(0, sizeof(set), &after), 0);
		ck_assert(CPU_EQUAL(&one, &after));
	}
}
END_TEST

static const struct {
	const char *option, *value, *words;
} faults[] = {
	{ "cpus", "0-1023", "a.conf:2: pool x: there is no processor " },
	{ "user", "no-such-user",
	  "a.conf:2: pool x: there is no user no-such-user" },
	{ "group", "no-such-group",
	  "a.conf:2: pool x: there is no group no-such-group" },
	{ "files", "1073741824",
	  "a.conf:2: pool x: files = 1073741824 is above the hard limit" },
};

START_TEST(test_what_is_not_there_is_told)
{
	const char *told = with(faults[_i].option, faults[_i].value);

	ck_assert_msg(strncmp(told, faults[_i].words,
	                      strlen(faults[_i].words)) == 0,
	              "%s", told);
	ck_assert_msg(strchr(told, '\n')[1] == '\0', "%s", told);
}
END_TEST

START_TEST(test_our_own_user_and_group_are_good)
{
	const struct passwd *user = getpwuid(geteuid());
	const struct group *group = getgrgid(getegid());

	if (user != NULL)
		ck_assert_str_eq(with("user", user->pw_name), "");
	if (group != NULL)
		ck_assert_str_eq(with("group", group->gr_name), "");
}
END_TEST

START_TEST(test_only_root_can_have_another_user)
{
	become_stranger();
	ck_assert_ptr_nonnull(strstr(with("user", "root"),
	                             "only root can have workers of user root"));
	ck_assert_ptr_nonnull(
	    strstr(with("group", "root"),
	           "only root can have workers of group root"));
	become_oneself();
	if (geteuid() == 0) {
		ck_assert_str_eq(with("user", "nobody"), "");
		ck_assert_str_eq(with("group", "nogroup"), "");
	}
}
END_TEST

START_TEST(test_only_root_goes_above_a_hard_limit)
{
	const struct rlimit limit = { 1 << 20, 1 << 20 };

	ck_assert_int_eq(setrlimit(RLIMIT_CORE, &limit), 0);
	become_stranger();
	ck_assert_str_eq(with("core", "1M"), "");
	ck_assert_ptr_nonnull(
	    strstr(with("core", "2M"),
	           "a.conf:2: pool x: core = 2097152 is above the hard limit "
	           "of 1048576"));
	become_oneself();
	if (geteuid() == 0)
		ck_assert_str_eq(with("core", "2M"), "");
}
END_TEST

START_TEST(test_backlog_is_that_of_the_kernel)
{
	struct mr_string told = place_read("/proc/sys/net/core/somaxconn");

	ck_assert_uint_eq(machine_backlog(), strtoull(told.data, NULL, 10));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_test(tc, test_processor_that_is_there_is_good);
	tcase_add_test(tc, test_processor_beside_our_own_is_good);
	tcase_add_loop_test(tc, test_what_is_not_there_is_told, 0, N(faults));
	tcase_add_test(tc, test_our_own_user_and_group_are_good);
	tcase_add_test(tc, test_only_root_can_have_another_user);
	tcase_add_test(tc, test_only_root_goes_above_a_hard_limit);
	tcase_add_test(tc, test_backlog_is_that_of_the_kernel);
}

UNIT_MAIN("machine", add_tests)
