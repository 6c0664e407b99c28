/*
 * check_trace.c: addresses as names, the handler's own left out.
 */
#include "fcgi/board/trace.h"

#include "place.h"
#include "unit.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <setjmp.h>

#define APART __attribute__((noinline, noclone))

/* A function that is interrupted, and some around it. */

static struct backtrace trace;
static sigjmp_buf back;
static int crash_line, inner_line, outer_line, deep_line;
static volatile int turns; /* never negative, which no compiler knows */

/* As the guard does it. */
static APART void
take(void)
{
	trace.depth = backtrace(trace.frames, BACKTRACE_FRAMES);
}

static void
handle(int number)
{
	(void)number;
	take();
	siglongjmp(back, 1);
}

static APART void
crash(void)
{
	crash_line = __LINE__ + 2;
	if (turns >= 0)
		__builtin_trap();
}

static inline __attribute__((always_inline)) void
inlined(void)
{
	inner_line = __LINE__ + 1;
	crash();
	turns++;
}

static APART void
outer(void)
{
	outer_line = __LINE__ + 1;
	inlined();
	turns++;
}

static APART void
descend(int depth)
{
	deep_line = __LINE__ + 2;
	if (depth > 0)
		descend(depth - 1);
	else
		outer();
	turns++;
}

/* By the name of the library's, where a trace ends. */
static APART void
mr_handle(int depth)
{
	if (depth > 0)
		descend(depth);
	else
		outer();
	turns++;
}

/* Takes the trace of a crash in `depth` calls and two. */
static APART void
take_trace(int depth)
{
	struct sigaction action = { .sa_handler = handle };
	void *frame;

	backtrace(&frame, 1);
	sigaction(SIGILL, &action, NULL);
	sigaction(SIGTRAP, &action, NULL);
	if (sigsetjmp(back, 1) == 0)
		mr_handle(depth);
}

static const char *
printed(void)
{
	static char text[2048];

	trace_print(&trace, text, sizeof(text));
	return text;
}

START_TEST(test_functions_are_named_from_the_crash_to_the_handler)
{
	char expected[200];

	take_trace(0);
	snprintf(expected, sizeof(expected),
	         "crash (check_trace.c:%d) < inlined (check_trace.c:%d) < "
	         "outer (check_trace.c:%d) < mr_handle",
	         crash_line, inner_line, outer_line);
	ck_assert_str_eq(printed(), expected);
	/* Again, by what is known now. */
	ck_assert_str_eq(printed(), expected);
}
END_TEST

START_TEST(test_recursion_is_told_once)
{
	char expected[100];
	const char *text, *told;

	take_trace(10);
	snprintf(expected, sizeof(expected),
	         " < descend (check_trace.c:%d) < mr_handle", deep_line);
	text = printed();
	told = strstr(text, expected);
	ck_assert_msg(told != NULL, "%s", text);
	*strrchr(expected, '<') = '\0';
	ck_assert_msg(strstr(text, expected) == told, "%s", text);
}
END_TEST

/* In another process that this one has forked. */
START_TEST(test_trace_of_a_child_is_read_here)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	if (fork() == 0) {
		take_trace(0);
		if (write(ends[1], &trace, sizeof(trace)) != sizeof(trace))
			_exit(1);
		_exit(0);
	}
	ck_assert_int_eq(read(ends[0], &trace, sizeof(trace)), sizeof(trace));
	ck_assert_int_eq(strncmp(printed(), "crash (check_trace.c:", 21), 0);
	ck_assert_ptr_nonnull(strstr(printed(), " < mr_handle"));
}
END_TEST

/* Of a module beside the unit tests. */
static const char *
module_path(const char *name)
{
	static char path[4096 + 64];
	ssize_t length = readlink("/proc/self/exe", path, 4095);

	ck_assert_int_gt(length, 0);
	path[length] = '\0';
	snprintf(strrchr(path, '/'), 64, "/../modules/%s", name);
	return path;
}

/* A trace of its first endpoint's function, which is static. */
static void *
load_module(const char *path, const char **name)
{
	void *module = dlopen(path, RTLD_NOW);
	const struct mr_module *declared;
	const struct mr_endpoint *endpoint;

	ck_assert_msg(module != NULL, "%s", dlerror());
	declared = dlsym(module, "mr_module");
	ck_assert_ptr_nonnull(declared);
	endpoint = declared->endpoints[0];
	*name = endpoint->name;
	trace = (struct backtrace){
		1, { (char *)(uintptr_t)endpoint->function + 1 }
	};
	return module;
}

START_TEST(test_module_that_is_loaded_later_is_known)
{
	char expected[100];
	const char *name;
	void *module;

	take_trace(0);
	ck_assert_uint_gt(strlen(printed()), 0);
	module = load_module(module_path("faults.so"), &name);
	snprintf(expected, sizeof(expected), "%s_call (faults.c:", name);
	ck_assert_msg(strstr(printed(), expected) != NULL, "%s", printed());
	dlclose(module);
	ck_assert_int_eq(strncmp(printed(), "0x", 2), 0);
}
END_TEST

/* An upgrade has put another file where the module was loaded from. */
START_TEST(test_file_that_was_replaced_is_not_read)
{
	struct mr_string file = place_read(module_path("faults.so"));
	const char *name;

	place_write("m.so", file);
	/* Another one to its last byte of padding, else the same. */
	((char *)(uintptr_t)file.data)[15]++;
	place_write("new.so", file);
	load_module("./m.so", &name);
	ck_assert_int_eq(rename("new.so", "m.so"), 0);
	ck_assert_msg(strncmp(printed(), "m.so+0x", 7) == 0, "%s", printed());
}
END_TEST

/* The C library has names, but of its source lines nothing is known. */
START_TEST(test_symbol_is_named_without_debugging_information)
{
	void *function = dlsym(RTLD_NEXT, "strfry");

	trace = (struct backtrace){ 1, { (char *)function + 4 } };
	ck_assert_msg(strstr(printed(), "strfry") != NULL, "%s", printed());
	ck_assert_msg(strstr(printed(), "+0x4") != NULL, "%s", printed());
}
END_TEST

START_TEST(test_unknown_address_is_a_number)
{
	trace = (struct backtrace){ 1, { (void *)0x10 } };
	ck_assert_str_eq(printed(), "0x10");
	trace = (struct backtrace){ 2, { (void *)0x10, (void *)0x20 } };
	ck_assert_str_eq(printed(), "0x10 < 0x1f");
	trace = (struct backtrace){ 2, { NULL, NULL } };
	ck_assert_str_eq(printed(), "0x0");
}
END_TEST

static const size_t sizes[] = { 1, 2, 5, 24, 25, 26, 27, 28, 60, 100 };

START_TEST(test_text_ends_within_its_size)
{
	char text[128];
	const char *whole;
	size_t length;

	take_trace(0);
	whole = printed();
	memset(text, 'x', sizeof(text));
	trace_print(&trace, text, sizes[_i]);
	ck_assert_ptr_nonnull(memchr(text, '\0', sizes[_i]));
	for (size_t i = sizes[_i]; i < sizeof(text); i++)
		ck_assert_int_eq(text[i], 'x');
	/* A part of it, and no part of an entry. */
	length = strlen(text);
	ck_assert_int_eq(strncmp(text, whole, length), 0);
	ck_assert(length == 0 || whole[length] == '\0' ||
	          strncmp(whole + length, " < ", 3) == 0);
}
END_TEST

START_TEST(test_no_path_is_told)
{
	take_trace(5);
	ck_assert_ptr_null(strchr(printed(), '/'));
}
END_TEST

static const int depths[] = { 0, -1, INT32_MIN };

START_TEST(test_no_frames_are_no_text)
{
	trace = (struct backtrace){ depths[_i], { (void *)0x10 } };
	ck_assert_str_eq(printed(), "");
}
END_TEST

/* A worker that is out of its mind may have written anything. */
START_TEST(test_depth_is_not_believed)
{
	trace = (struct backtrace){ INT32_MAX, { (void *)0x10 } };
	ck_assert_str_eq(printed(), "0x10 < 0x0");
}
END_TEST

/* They would be handed to every program that is run from here. */
START_TEST(test_files_are_closed_on_exec)
{
	take_trace(0);
	ck_assert_uint_gt(strlen(printed()), 0);
	for (int fd = 3; fd < 100; fd++) {
		char link[40], path[200];
		ssize_t length;

		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		length = readlink(link, path, sizeof(path) - 1);
		if (length <= 0)
			continue;
		path[length] = '\0';
		if (strstr(path, "check_trace") != NULL ||
		    strstr(path, ".so") != NULL)
			ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	}
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_test(
	    tc, test_functions_are_named_from_the_crash_to_the_handler);
	tcase_add_test(tc, test_recursion_is_told_once);
	tcase_add_test(tc, test_trace_of_a_child_is_read_here);
	tcase_add_test(tc, test_module_that_is_loaded_later_is_known);
	tcase_add_test(tc, test_file_that_was_replaced_is_not_read);
	tcase_add_test(tc, test_symbol_is_named_without_debugging_information);
	tcase_add_test(tc, test_unknown_address_is_a_number);
	tcase_add_loop_test(tc, test_text_ends_within_its_size, 0, N(sizes));
	tcase_add_test(tc, test_no_path_is_told);
	tcase_add_loop_test(tc, test_no_frames_are_no_text, 0, N(depths));
	tcase_add_test(tc, test_depth_is_not_believed);
	tcase_add_test(tc, test_files_are_closed_on_exec);
}

UNIT_MAIN("trace", add_tests)
