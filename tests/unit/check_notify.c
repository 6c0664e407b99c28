/*
 * check_notify.c: a service manager's side of the conversation.
 */
#include "fcgi/base/notify.h"

#include "fcgi/base/clock.h"
#include "place.h"

#include <sys/socket.h>
#include <sys/un.h>

static int manager = -1;

/* A relative name would not be taken. */
static void
listen_to_us(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path), "%s/notify",
	         place);
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	ck_assert_int_eq(
	    bind(manager, (struct sockaddr *)&address, sizeof(address)), 0);
	setenv("NOTIFY_SOCKET", address.sun_path, 1);
}

static const char *
heard(void)
{
	static char text[512];
	ssize_t length = recv(manager, text, sizeof(text) - 1, 0);

	text[length < 0 ? 0 : length] = '\0';
	return text;
}

static void
say_status(void)
{
	notify_status("17 idle, 3 busy");
}

static void
say_two_lines(void)
{
	notify_status("one\nREADY=1");
}

static const struct {
	void (*say)(void);
	const char *state;
} sayings[] = {
	{ notify_ready, "READY=1" },
	{ notify_stopping, "STOPPING=1" },
	{ notify_alive, "WATCHDOG=1" },
	{ say_status, "STATUS=17 idle, 3 busy" },
	{ say_two_lines, "STATUS=one" },
};

START_TEST(test_state_is_told)
{
	listen_to_us();
	sayings[_i].say();
	ck_assert_str_eq(heard(), sayings[_i].state);
	ck_assert_str_eq(heard(), "");
}
END_TEST

START_TEST(test_nothing_is_told_without_a_manager)
{
	listen_to_us();
	unsetenv("NOTIFY_SOCKET");
	sayings[_i].say();
	ck_assert_str_eq(heard(), "");
}
END_TEST

START_TEST(test_reload_is_told_with_its_time)
{
	unsigned long long told, before = clock_now() / 1000;
	int end = 0;

	listen_to_us();
	notify_reloading();
	ck_assert_int_eq(
	    sscanf(heard(), "RELOADING=1\nMONOTONIC_USEC=%llu%n", &told, &end),
	    1);
	ck_assert_int_gt(end, 0);
	ck_assert_uint_ge(told, before);
	ck_assert_uint_le(told, clock_now() / 1000);
}
END_TEST

/* A pid of 0 stands for our own. */
static const struct {
	const char *limit; /* us */
	long pid;
	uint64_t interval; /* ms */
} watchdogs[] = {
	{ NULL, 0, 0 },          { "30000000", 0, 15000 },
	{ "30000000", 1, 0 },    { "1", 0, 1 },
	{ "1999", 0, 1 },        { "nonsense", 0, 0 },
};

static void
set_pid(const char *name, long pid)
{
	char text[24];

	snprintf(text, sizeof(text), "%ld", pid == 0 ? (long)getpid() : pid);
	setenv(name, text, 1);
}

START_TEST(test_watchdog_is_fed_twice_in_its_limit)
{
	unsetenv("WATCHDOG_USEC");
	if (watchdogs[_i].limit != NULL)
		setenv("WATCHDOG_USEC", watchdogs[_i].limit, 1);
	set_pid("WATCHDOG_PID", watchdogs[_i].pid);
	ck_assert_uint_eq(notify_watchdog(), watchdogs[_i].interval);
	/* And so after an exec of the same process. */
	ck_assert_uint_eq(notify_watchdog(), watchdogs[_i].interval);
}
END_TEST

static int
new_listener(int number)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%d", number);
	ck_assert_int_eq(
	    bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(fd, 8), 0);
	return fd;
}

static int
new_null(int number)
{
	(void)number;
	return open("/dev/null", O_RDWR);
}

/* The environment of one who was passed descriptors. */
static void
announce(int count, const char *names, long pid)
{
	char text[24];

	snprintf(text, sizeof(text), "%d", count);
	setenv("LISTEN_FDS", text, 1);
	setenv("LISTEN_FDNAMES", names, 1);
	set_pid("LISTEN_PID", pid);
}

static void
pass(int count, const char *names, int (*open_one)(int number))
{
	for (int i = 0; i < count; i++)
		dup2(open_one(i), 3 + i);
	announce(count, names, 0);
}

/* In a process of its own, since libcheck's has descriptor 3 in use. */
#define ck_assert_in_child(act, context)                                       \
	ck_assert_int_eq(place_run((act), (void *)(uintptr_t)(context)), 0)

static const struct listener {
	int count;
	const char *names, *pool;
	int fd;
} listeners[] = {
	{ 2, "fast:heavy", "fast", 3 },
	{ 2, "fast:heavy", "heavy", 4 },
	{ 2, "fast:heavy", "io", -1 },
	{ 2, "fast:heavy", NULL, -1 },
	{ 1, "millrace.socket", NULL, 3 },
	{ 1, "millrace.socket", "fast", -1 },
	{ 1, "fast", "fast", 3 },
};

/* Twice: after an exec of the same process it is found once more. */
static int
look_for(void *context)
{
	const struct listener *listener = context;

	pass(listener->count, listener->names, new_listener);
	if (!notify_passed(3) || notify_passed(3 + listener->count) ||
	    notify_passed(2))
		return 1;
	return notify_listener(listener->pool) != listener->fd ||
	       notify_listener(listener->pool) != listener->fd;
}

START_TEST(test_listener_is_found_by_its_name)
{
	ck_assert_in_child(look_for, &listeners[_i]);
}
END_TEST

static int
look_at_flags(void *context)
{
	(void)context;
	pass(1, "fast", new_listener);
	return notify_listener("fast") != 3 ||
	       (fcntl(3, F_GETFD) & FD_CLOEXEC) == 0 ||
	       (fcntl(3, F_GETFL) & O_NONBLOCK) == 0;
}

START_TEST(test_listener_is_ours_and_does_not_block)
{
	ck_assert_in_child(look_at_flags, NULL);
}
END_TEST

static int
look_as_another(void *context)
{
	(void)context;
	pass(1, "fast", new_listener);
	announce(1, "fast", 1);
	if (notify_listener("fast") != -1 || notify_listener(NULL) != -1)
		return 1;
	unsetenv("LISTEN_PID");
	return notify_listener("fast") != -1;
}

START_TEST(test_listener_of_another_process_is_not_taken)
{
	ck_assert_in_child(look_as_another, NULL);
}
END_TEST

static int
look_at_null(void *context)
{
	(void)context;
	pass(1, "fast", new_null);
	return notify_listener("fast") != -1;
}

START_TEST(test_what_does_not_listen_is_not_taken)
{
	ck_assert_in_child(look_at_null, NULL);
	ck_assert_ptr_nonnull(strstr(place_read("stderr").data, " fd=3"));
}
END_TEST

static int
forget(void *context)
{
	(void)context;
	pass(1, "fast", new_listener);
	if (notify_listener("fast") != 3)
		return 1;
	notify_forget();
	notify_ready();
	return notify_watchdog() != 0 || notify_listener("fast") != -1 ||
	       notify_passed(3);
}

START_TEST(test_worker_has_nothing_of_it)
{
	listen_to_us();
	setenv("WATCHDOG_USEC", "30000000", 1);
	unsetenv("WATCHDOG_PID");
	ck_assert_uint_ne(notify_watchdog(), 0);
	ck_assert_in_child(forget, NULL);
	ck_assert_str_eq(heard(), "");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_loop_test(tc, test_state_is_told, 0, N(sayings));
	tcase_add_loop_test(tc, test_nothing_is_told_without_a_manager, 0,
	                    N(sayings));
	tcase_add_test(tc, test_reload_is_told_with_its_time);
	tcase_add_loop_test(tc, test_watchdog_is_fed_twice_in_its_limit, 0,
	                    N(watchdogs));
	tcase_add_loop_test(tc, test_listener_is_found_by_its_name, 0,
	                    N(listeners));
	tcase_add_test(tc, test_listener_is_ours_and_does_not_block);
	tcase_add_test(tc, test_listener_of_another_process_is_not_taken);
	tcase_add_test(tc, test_what_does_not_listen_is_not_taken);
	tcase_add_test(tc, test_worker_has_nothing_of_it);
}

UNIT_MAIN("notify", add_tests)
