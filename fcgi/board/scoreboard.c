/*
 * scoreboard.c: the memory file, and the slots in it.
 */
#include "fcgi/board/scoreboard.h"

#include "fcgi/base/clock.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static struct scoreboard *
map(int fd)
{
	void *board = mmap(NULL, sizeof(struct scoreboard),
	                   PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return board == MAP_FAILED ? NULL : board;
}

struct scoreboard *
scoreboard_new(int *fd)
{
	struct scoreboard *board = NULL;

	*fd = memfd_create("millrace-scoreboard", MFD_CLOEXEC);
	if (*fd < 0)
		return NULL;
	if (ftruncate(*fd, sizeof(*board)) == 0)
		board = map(*fd);
	if (board != NULL)
		board->layout = SCOREBOARD_LAYOUT;
	else
		close(*fd);
	return board;
}

struct scoreboard *
scoreboard_open(int fd)
{
	struct scoreboard *board;
	struct stat status;
	uint64_t layout = 0;

	if (fstat(fd, &status) < 0 ||
	    pread(fd, &layout, sizeof(layout), 0) < 0)
		return NULL;
	if (layout != SCOREBOARD_LAYOUT || status.st_size != sizeof(*board)) {
		errno = EPROTO;
		return NULL;
	}
	return map(fd);
}

void
scoreboard_name(struct scoreboard *board)
{
	unsigned char random[10];

	if (*board->instance != '\0')
		return;
	while (getrandom(random, sizeof(random), 0) != sizeof(random))
		continue;
	mr_job_make_id(clock_unix_ms(), random, board->instance);
}

void
scoreboard_free(struct scoreboard *board)
{
	if (board != NULL)
		munmap(board, sizeof(*board));
}

size_t
scoreboard_reserve(struct scoreboard *board, size_t from, size_t count)
{
	size_t run = 0;

	for (size_t i = from; i < SCOREBOARD_SLOTS; i++) {
		run = atomic_load(&board->scores[i].pid) == 0 ? run + 1 : 0;
		if (run < count)
			continue;
		if (i >= board->used)
			board->used = (uint32_t)i + 1;
		return i + 1 - count;
	}
	return SCOREBOARD_SLOTS;
}

/* Thousands are claimed one after the other: each goes on from the last. */
size_t
scoreboard_claim(struct scoreboard *board, size_t from)
{
	size_t begin = board->vacant > from ? board->vacant : from;
	size_t i = scoreboard_reserve(board, begin, 1);

	if (i < SCOREBOARD_SLOTS)
		board->vacant = (uint32_t)i;
	return i;
}

void
scoreboard_release(struct scoreboard *board, size_t slot)
{
	if (slot == SCOREBOARD_SLOTS)
		return;
	/* Its siblings leave no connection to one that is dead. */
	atomic_store(&board->scores[slot].ready, false);
	atomic_store(&board->scores[slot].pid, 0);
	if (slot < board->vacant)
		board->vacant = (uint32_t)slot;
}

void
score_begin(struct score *score, uint64_t now, uint64_t due)
{
	atomic_fetch_add_explicit(&score->generation, 1, memory_order_relaxed);
	atomic_store_explicit(&score->due, due, memory_order_relaxed);
	atomic_store_explicit(&score->slow, 0, memory_order_relaxed);
	atomic_store_explicit(&score->left, 0, memory_order_relaxed);
	atomic_store_explicit(&score->since, now, memory_order_release);
}

void
score_end(struct score *score, uint64_t now)
{
	atomic_store_explicit(&score->idle, now, memory_order_relaxed);
	atomic_store_explicit(&score->since, 0, memory_order_release);
}

bool
score_is_slow(const struct score *score, uint64_t now)
{
	uint64_t slow =
	    atomic_load_explicit(&score->slow, memory_order_relaxed);

	return slow != 0 && now >= slow;
}

bool
score_is_crowded(const struct score *score, const struct score *siblings,
                 size_t count)
{
	uint32_t mine = atomic_load_explicit(&score->connections,
	                                     memory_order_relaxed);

	for (size_t i = 0; i < count; i++) {
		const struct score *other = &siblings[i];

		if (atomic_load_explicit(&other->ready,
		                         memory_order_relaxed) &&
		    atomic_load_explicit(&other->since,
		                         memory_order_relaxed) == 0 &&
		    atomic_load_explicit(&other->connections,
		                         memory_order_relaxed) < mine)
			return true;
	}
	return false;
}

void
score_copy_text(char *to, const char *from, size_t size)
{
	size_t length = strnlen(from, size - 1);

	memcpy(to, from, length);
	to[length] = '\0';
}

void
score_reset(struct score *score)
{
	memset(score, 0, sizeof(*score));
}
