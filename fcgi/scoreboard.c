/*
 * scoreboard.c: the shared slots.
 */
#include "fcgi/scoreboard.h"

#include <sys/mman.h>

struct score *
scoreboard_new(size_t slots)
{
	void *scores = mmap(NULL, slots * sizeof(struct score),
	                    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
	                    -1, 0);

	return scores == MAP_FAILED ? NULL : scores;
}

void
scoreboard_free(struct score *scores, size_t slots)
{
	if (scores != NULL)
		munmap(scores, slots * sizeof(*scores));
}

/*
 * A reader takes the generation first, then `since`: what it sees of the start
 * is then never older than the request that it thinks of.
 */
void
score_begin(struct score *score, uint64_t now)
{
	atomic_fetch_add_explicit(&score->generation, 1, memory_order_relaxed);
	atomic_store_explicit(&score->since, now, memory_order_release);
}

void
score_end(struct score *score)
{
	atomic_store_explicit(&score->since, 0, memory_order_release);
}
