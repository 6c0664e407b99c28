/*
 * wear.c: requests as the scoreboard counts them, memory as the kernel does.
 */
#include "fcgi/worker/wear.h"

#include "fcgi/base/clock.h"
#include "fcgi/base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* In pools that keep connections, memory is looked at this often. */
#define LOOK_REQUESTS 64
#define LOOK_NS CLOCK_NS_PER_S

static uint64_t
with_jitter(uint64_t requests)
{
	uint64_t tenth = requests / 10;

	return requests - tenth +
	       arc4random_uniform((uint32_t)(2 * tenth + 1));
}

bool
wear_begin(struct wear *wear, const struct pool_config *pool,
           struct score *score)
{
	*wear = (struct wear){
		.score = score,
		.requests = with_jitter(pool->max_requests),
		.pages = pool->max_rss / (uint64_t)sysconf(_SC_PAGESIZE),
		.every = pool->keep_alive ? LOOK_REQUESTS : 1,
		.statm = -1,
	};
	if (wear->pages == 0)
		return true;
	wear->statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	if (wear->statm < 0)
		log_error("Cannot see how large a worker is. pool=%s "
		          "error=\"%s\"",
		          pool->name, strerror(errno));
	return wear->statm >= 0;
}

/* "SIZE RESIDENT ..." in pages; 0 when it cannot be read. */
static uint64_t
resident(int statm)
{
	char text[64], *end;
	ssize_t length = pread(statm, text, sizeof(text) - 1, 0);

	if (length <= 0)
		return 0;
	text[length] = '\0';
	strtoull(text, &end, 10);
	return strtoull(end, NULL, 10);
}

static bool
is_too_large(struct wear *wear, uint64_t generation)
{
	uint64_t now = atomic_load_explicit(&wear->score->idle,
	                                    memory_order_relaxed);

	if (generation < wear->next && now < wear->look_at)
		return false;
	wear->next = generation + wear->every;
	wear->look_at = now + LOOK_NS;
	return resident(wear->statm) > wear->pages;
}

void
wear_check(struct wear *wear)
{
	struct score *score = wear->score;
	uint64_t generation =
	    atomic_load_explicit(&score->generation, memory_order_relaxed);

	if (wear->requests == 0 && wear->pages == 0)
		return;
	if (atomic_load_explicit(&score->spent, memory_order_relaxed) !=
	    SCORE_FRESH)
		return;
	if (wear->requests > 0 && generation >= wear->requests)
		atomic_store(&score->spent, SCORE_SPENT_REQUESTS);
	else if (wear->pages > 0 && is_too_large(wear, generation))
		atomic_store(&score->spent, SCORE_SPENT_MEMORY);
}
