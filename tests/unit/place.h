/*
 * place.h: a directory of its own for each test, in which it runs and which
 * is removed with all files in it; and code that reads and prints.
 */
#ifndef MR_TESTS_PLACE_H
#define MR_TESTS_PLACE_H

#include "base/buffer.h"
#include "unit.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static char place[] = "/tmp/millrace-unit.XXXXXX";

static void
place_setup(void)
{
	ck_assert_ptr_nonnull(mkdtemp(place));
	ck_assert_int_eq(chdir(place), 0);
}

static int
place_remove(const char *path, const struct stat *status, int type,
             struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

static void
place_teardown(void)
{
	nftw(place, place_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void
place_write(const char *path, struct mr_string text)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(text.data, 1, text.length, file), text.length);
	ck_assert_int_eq(fclose(file), 0);
}

static inline struct mr_string
place_read(const char *path)
{
	struct mr_buffer text = { .arena = arena };
	FILE *file = fopen(path, "r");
	size_t got;

	ck_assert_ptr_nonnull(file);
	do {
		char *room = mr_buffer_room(&text, 1 << 16);

		ck_assert_ptr_nonnull(room);
		got = fread(room, 1, 1 << 16, file);
		text.length += got;
	} while (got > 0);
	fclose(file);
	mr_buffer_putc(&text, '\0');
	return (struct mr_string){ text.data, text.length - 1 };
}

/*
 * Runs act in a process of its own, whose standard input is what the file
 * "stdin" holds, if there is one, and whose output goes to the files "stdout"
 * and "stderr".  Returns its wait status.
 */
static inline int
place_run(int (*act)(void *context), void *context)
{
	static const char *const names[] = { "stdin", "stdout", "stderr" };
	int status;
	pid_t child;

	fflush(NULL);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (int fd = 0; fd < 3; fd++) {
			int file = open(names[fd],
			                fd == 0 ? O_RDONLY
			                        : O_WRONLY | O_CREAT | O_TRUNC,
			                0600);

			dup2(file < 0 ? open("/dev/null", O_RDWR) : file, fd);
		}
		status = act(context);
		fflush(NULL);
		_exit(status);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return status;
}

#endif
