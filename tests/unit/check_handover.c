/*
 * check_handover.c: a memory file that is written and read; and this program,
 * which becomes itself to take over what it left.
 */
#include "fcgi/master/handover.h"

#include "fcgi/base/log.h"

#include "fcgi/base/listener.h"
#include "place.h"
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

#define VARIABLE "MILLRACE_HANDOVER"
#define BACK "MILLRACE_WENT_BACK"

static struct handover handover;

static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static bool
is_kept(int fd)
{
	return (fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0;
}

/* Some descriptor that an exec closes. */
static int
descriptor(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	return fd;
}

/* Hands these lines to ourselves. */
static void
leave_lines(const char *lines)
{
	int fd = memfd_create("test", 0);
	char number[16];

	ck_assert_int_eq(write(fd, lines, strlen(lines)),
	                 (ssize_t)strlen(lines));
	snprintf(number, sizeof(number), "%d", fd);
	setenv(VARIABLE, number, 1);
	handover_take(&handover);
	ck_assert(!is_open(fd));
	ck_assert_ptr_null(getenv(VARIABLE));
}

static void
expect_nothing(void)
{
	ck_assert_int_eq(handover.board, -1);
	ck_assert_int_eq(handover.program, -1);
	ck_assert_int_eq(handover.configuration, -1);
	ck_assert_uint_eq(handover.lock_count, 0);
	ck_assert_uint_eq(handover.pool_count, 0);
	ck_assert_uint_eq(handover.worker_count, 0);
}

START_TEST(test_first_master_takes_nothing)
{
	unsetenv(VARIABLE);
	unsetenv(BACK);
	handover_take(&handover);
	ck_assert(!handover.taken);
	ck_assert(!handover.went_back);
	expect_nothing();
	handover_free(&handover);
}
END_TEST

/* The number of no open descriptor. */
static const char *const strangers[] = { "-1", "999", "99999999999999999999",
	                                 "-5" };

START_TEST(test_variable_of_nothing_is_passed_over)
{
	setenv(VARIABLE, strangers[_i], 1);
	handover_take(&handover);
	ck_assert(!handover.taken);
	ck_assert_ptr_null(getenv(VARIABLE));
	expect_nothing();
}
END_TEST

/* Lines of no meaning, or of half of one; the line behind them is read. */
static const char *const malformed[] = {
	"",
	"\n",
	"hello 5\n",
	"board\n",
	"board x\n",
	"Board 9\n",
	"program\n",
	"configuration x\n",
	"lock\n",
	"lock x /d\n",
	"pool\n",
	"pool\n",
	"pool 1 2\n",
	"pool 1 x 3 /s\n",
	"pool p 1 2 3 /s\n",
	"worker\n",
	"worker 1 2 3\n",
	"worker x 2 3 0\n",
};

START_TEST(test_malformed_line_is_passed_over)
{
	struct mr_buffer lines = { .arena = arena };
	int fd = descriptor();

	mr_buffer_printf(&lines, "%s", malformed[_i]);
	mr_buffer_printf(&lines, "lock %d /dir with blanks\n", fd);
	mr_buffer_putc(&lines, '\0');
	leave_lines(lines.data);
	ck_assert(handover.taken);
	ck_assert_int_eq(handover.board, -1);
	ck_assert_int_eq(handover.program, -1);
	ck_assert_int_eq(handover.configuration, -1);
	ck_assert_uint_eq(handover.pool_count, 0);
	ck_assert_uint_eq(handover.worker_count, 0);
	ck_assert_uint_eq(handover.lock_count, 1);
	ck_assert_int_eq(
	    handover_claim_lock(&handover, "/dir with blanks"), fd);
	handover_free(&handover);
}
END_TEST

START_TEST(test_more_than_there_is_room_for_is_passed_over)
{
	struct mr_buffer lines = { .arena = arena };

	for (int i = 0; i < HANDOVER_POOLS + 3; i++)
		mr_buffer_printf(&lines,
		                 "pool 900 -1 -1 /s%d\nlock 901 /d%d\n", i, i);
	mr_buffer_putc(&lines, '\0');
	leave_lines(lines.data);
	ck_assert_uint_eq(handover.pool_count, HANDOVER_POOLS);
	ck_assert_uint_eq(handover.lock_count, HANDOVER_LOCKS);
}
END_TEST

/* What is taken closes with the next exec, of a worker's function say. */
START_TEST(test_what_is_taken_is_close_on_exec)
{
	struct mr_buffer lines = { .arena = arena };
	int fds[8];

	for (size_t i = 0; i < N(fds); i++)
		fds[i] = dup(0);
	mr_buffer_printf(&lines,
	                 "board %d\nprogram %d\nconfiguration %d\nlock %d /d\n"
	                 "pool %d %d %d /s\nworker 7 3 %d 1\n",
	                 fds[0], fds[1], fds[2], fds[3], fds[4], fds[5], fds[6],
	                 fds[7]);
	mr_buffer_putc(&lines, '\0');
	leave_lines(lines.data);
	for (size_t i = 0; i < N(fds); i++)
		ck_assert(!is_kept(fds[i]));
	ck_assert_int_eq(handover.workers[0].pid, 7);
	ck_assert_uint_eq(handover.workers[0].slot, 3);
	ck_assert_int_eq(handover.workers[0].output, fds[7]);
	ck_assert(handover.workers[0].drains);
}
END_TEST

/* Claims. */

static void
add_pool(const char *address, int listener)
{
	struct handover_pool *pool =
	    &handover.pools[handover.pool_count++];

	*pool = (struct handover_pool){ .listener = listener,
		                        .handoff = { descriptor(),
		                                     descriptor() } };
	strcpy(pool->address, address);
}

static void
begin(void)
{
	handover = (struct handover){ .board = -1,
		                      .program = -1,
		                      .configuration = -1 };
}

START_TEST(test_pool_is_claimed_once_by_its_address)
{
	const struct handover_pool *pool;

	begin();
	add_pool("/a", descriptor());
	add_pool("127.0.0.1:80", descriptor());
	ck_assert_ptr_null(handover_claim_pool(&handover, "/"));
	ck_assert_ptr_null(handover_claim_pool(&handover, ""));
	pool = handover_claim_pool(&handover, "127.0.0.1:80");
	ck_assert_ptr_eq(pool, &handover.pools[1]);
	ck_assert_ptr_null(handover_claim_pool(&handover, "127.0.0.1:80"));
	ck_assert_ptr_eq(handover_claim_pool(&handover, "/a"),
	                 &handover.pools[0]);
}
END_TEST

START_TEST(test_lock_is_claimed_once_by_its_directory)
{
	begin();
	handover.lock_count = 2;
	handover.locks[0] = (struct handover_lock){ "a", 900, false };
	handover.locks[1] = (struct handover_lock){ "b", 901, false };
	ck_assert_int_eq(handover_claim_lock(&handover, "c"), -1);
	ck_assert_int_eq(handover_claim_lock(&handover, "b"), 901);
	ck_assert_int_eq(handover_claim_lock(&handover, "b"), -1);
	ck_assert_int_eq(handover_claim_lock(&handover, "a"), 900);
}
END_TEST

/* A pool that is no more leaves no socket; what is claimed is the caller's. */
START_TEST(test_free_closes_what_nobody_claims)
{
	struct handover_pool kept, lost;

	begin();
	handover.board = descriptor();
	handover.program = descriptor();
	handover.configuration = descriptor();
	handover.lock_count = 2;
	handover.locks[0] = (struct handover_lock){ "a", descriptor(), false };
	handover.locks[1] = (struct handover_lock){ "b", descriptor(), false };
	add_pool("s0", listener_open("s0", "", 1));
	add_pool("s1", listener_open("s1", "", 1));
	handover.workers = calloc(3, sizeof(*handover.workers));
	lost = handover.pools[0];
	handover_claim_lock(&handover, "b");
	kept = *handover_claim_pool(&handover, "s1");
	{
		struct handover before = handover;

		handover_free(&handover);
		ck_assert(is_open(before.board));
		ck_assert(!is_open(before.program));
		ck_assert(!is_open(before.configuration));
		ck_assert(!is_open(before.locks[0].fd));
		ck_assert(is_open(before.locks[1].fd));
	}
	ck_assert(is_open(kept.listener) && is_open(kept.handoff[0]) &&
	          is_open(kept.handoff[1]));
	ck_assert(!is_open(lost.listener) && !is_open(lost.handoff[0]) &&
	          !is_open(lost.handoff[1]));
	ck_assert_int_eq(access("s1", F_OK), 0);
	ck_assert_int_lt(access("s0", F_OK), 0);
	expect_nothing();
	handover_free(&handover); /* there is nothing any more */
}
END_TEST

/* Giving. */

static void
prepare_to_give(void)
{
	begin();
	handover.board = descriptor();
	handover.program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	handover.configuration = descriptor();
	handover.lock_count = 1;
	handover.locks[0] =
	    (struct handover_lock){ "a directory", descriptor(), false };
	add_pool("s0", listener_open("s0", "", 1));
	add_pool("a path of s1", -1);
	handover.workers = calloc(2, sizeof(*handover.workers));
	handover.worker_count = 2;
	handover.workers[0] = (struct pool_heirloom){ 4711, 5, -1, false };
	handover.workers[1] = (struct pool_heirloom){ 4712, SCOREBOARD_SLOTS,
		                                      descriptor(), true };
}

static char *const arguments[] = { (char[]){ "check_handover" },
	                           (char[]){ "taken" }, NULL };

/* Nothing is lost but time: all is as it was. */
START_TEST(test_program_that_cannot_run_is_not_become)
{
	int before, after;

	prepare_to_give();
	before = descriptor();
	close(before);
	errno = 0;
	handover_give(&handover, "./none", arguments);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_ptr_null(getenv(VARIABLE));
	ck_assert(!is_kept(handover.board));
	ck_assert(!is_kept(handover.program));
	ck_assert(!is_kept(handover.configuration));
	ck_assert(!is_kept(handover.locks[0].fd));
	ck_assert(!is_kept(handover.pools[0].listener));
	ck_assert(!is_kept(handover.pools[0].handoff[0]));
	ck_assert(!is_kept(handover.pools[0].handoff[1]));
	ck_assert(!is_kept(handover.workers[1].output));
	after = descriptor();
	ck_assert_int_eq(after, before); /* and no descriptor leaks */
}
END_TEST

START_TEST(test_going_back_to_nothing_returns)
{
	prepare_to_give();
	close(handover.program);
	handover.program = -1;
	handover_go_back(&handover, arguments);
	ck_assert_ptr_null(getenv(VARIABLE));
	ck_assert_ptr_null(getenv(BACK));
	ck_assert(!is_kept(handover.board));
}
END_TEST

/* What the main function below prints of what it took. */
static const char *
taken_line(bool back)
{
	struct mr_buffer line = { .arena = arena };

	mr_buffer_printf(
	    &line,
	    "taken=1 back=%d lock=%d pools=2 %d %d %d, -1 %d %d workers=2 "
	    "4711 5 -1 0, 4712 %d %d 1 word=fedcba9876543210 open=1\n",
	    back, handover.locks[0].fd, handover.pools[0].listener,
	    handover.pools[0].handoff[0], handover.pools[0].handoff[1],
	    handover.pools[1].handoff[0], handover.pools[1].handoff[1],
	    SCOREBOARD_SLOTS, handover.workers[1].output);
	mr_buffer_putc(&line, '\0');
	return line.data;
}

static int
become(void *back)
{
	if (*(bool *)back)
		handover_go_back(&handover, arguments);
	else
		handover_give(&handover, "/proc/self/exe", arguments);
	return 100;
}

START_TEST(test_program_takes_what_it_was_given)
{
	bool back = _i == 1;

	log_keep_word("fedcba9876543210");
	prepare_to_give();
	ck_assert_int_eq(place_run(become, &back), 0);
	ck_assert_str_eq(place_read("stdout").data, taken_line(back));
}
END_TEST

static bool
all_is_open(void)
{
	bool all = is_open(handover.board) && is_open(handover.program) &&
	           is_open(handover.configuration) &&
	           is_open(handover.workers[1].output);

	for (size_t i = 0; i < handover.pool_count; i++)
		all &= is_open(handover.pools[i].handoff[0]) &&
		       is_open(handover.pools[i].handoff[1]);
	return all && is_open(handover.pools[0].listener);
}

/* The program that is become: ourselves, with an argument. */
static int
tell_what_is_taken(void)
{
	handover_take(&handover);
	printf("taken=%d back=%d lock=%d pools=%zu", handover.taken,
	       handover.went_back,
	       handover_claim_lock(&handover, "a directory"),
	       handover.pool_count);
	for (size_t i = 0; i < handover.pool_count; i++)
		printf("%s %d %d %d", i > 0 ? "," : "",
		       handover.pools[i].listener,
		       handover.pools[i].handoff[0],
		       handover.pools[i].handoff[1]);
	printf(" workers=%zu", handover.worker_count);
	for (size_t i = 0; i < handover.worker_count; i++)
		printf("%s %d %zu %d %d", i > 0 ? "," : "",
		       handover.workers[i].pid, handover.workers[i].slot,
		       handover.workers[i].output, handover.workers[i].drains);
	printf(" word=%s open=%d\n", log_word(), all_is_open());
	if (handover_claim_pool(&handover, "s0") == NULL ||
	    handover_claim_pool(&handover, "a path of s1") == NULL)
		return EXIT_FAILURE;
	handover_free(&handover);
	return EXIT_SUCCESS;
}

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_test(tc, test_first_master_takes_nothing);
	tcase_add_loop_test(tc, test_variable_of_nothing_is_passed_over, 0,
	                    N(strangers));
	tcase_add_loop_test(tc, test_malformed_line_is_passed_over, 0,
	                    N(malformed));
	tcase_add_test(tc, test_more_than_there_is_room_for_is_passed_over);
	tcase_add_test(tc, test_what_is_taken_is_close_on_exec);
	tcase_add_test(tc, test_pool_is_claimed_once_by_its_address);
	tcase_add_test(tc, test_lock_is_claimed_once_by_its_directory);
	tcase_add_test(tc, test_free_closes_what_nobody_claims);
	tcase_add_test(tc, test_program_that_cannot_run_is_not_become);
	tcase_add_test(tc, test_going_back_to_nothing_returns);
	tcase_add_loop_test(tc, test_program_takes_what_it_was_given, 0, 2);
}

/* Before main, which runs the tests. */
__attribute__((constructor)) static void
be_taken(int count, char **words)
{
	if (count == 2 && strcmp(words[1], "taken") == 0)
		exit(tell_what_is_taken());
}

UNIT_MAIN("handover", add_tests)
