/*
 * ledger.c: rows by name, and counting in them.
 */
#include "fcgi/board/ledger.h"

#include "fcgi/base/clock.h"

#include <stdio.h>
#include <string.h>

#define US UINT64_C(1000)
#define MS CLOCK_NS_PER_MS
#define S CLOCK_NS_PER_S

const uint64_t ledger_bounds[LEDGER_BUCKETS - 1] = {
	10 * US,  50 * US,  100 * US, 250 * US, 500 * US, 1 * MS,   2500 * US,
	5 * MS,   10 * MS,  25 * MS,  50 * MS,  100 * MS, 250 * MS, 500 * MS,
	1 * S,    2500 * MS, 5 * S,   10 * S,   30 * S,
};

const char *
ledger_end_name(enum ledger_end end)
{
	static const char *const names[LEDGER_END_COUNT] = {
#define LEDGER_END_NAME(symbol, name) [LEDGER_END_##symbol] = name,
		LEDGER_ENDS(LEDGER_END_NAME)
#undef LEDGER_END_NAME
	};

	return names[end];
}

const char *
ledger_part_name(enum ledger_part part)
{
	static const char *const names[LEDGER_PART_COUNT] = {
		[LEDGER_QUEUE] = "queue",
		[LEDGER_DECODE] = "decode",
		[LEDGER_COMPUTE] = "compute",
		[LEDGER_ENCODE] = "encode",
	};

	return names[part];
}

static const char *
whole(const char *name, size_t size)
{
	return strnlen(name, size) < size ? name : "";
}

const char *
ledger_pool_name(const struct ledger *ledger, size_t pool)
{
	if (pool >= LEDGER_POOLS)
		return "";
	return whole(ledger->pools[pool].name, LEDGER_POOL_NAME);
}

const char *
ledger_endpoint_name(const struct ledger *ledger, size_t row)
{
	if (row >= LEDGER_ROWS)
		return "";
	return whole(ledger->rows[row].endpoint, LEDGER_ENDPOINT_NAME);
}

const char *
ledger_endpoint_pool(const struct ledger *ledger, size_t row)
{
	if (row >= LEDGER_ROWS)
		return "";
	return whole(ledger->rows[row].pool, LEDGER_POOL_NAME);
}

size_t
ledger_pool(struct ledger *ledger, const char *name)
{
	size_t count = ledger->pool_count;
	struct ledger_pool *pool;

	for (size_t i = 0; i < count && i < LEDGER_POOLS; i++)
		if (strcmp(ledger_pool_name(ledger, i), name) == 0)
			return i;
	if (count >= LEDGER_POOLS)
		return LEDGER_POOLS - 1;
	pool = &ledger->pools[count];
	snprintf(pool->name, sizeof(pool->name), "%s", name);
	ledger->pool_count++; /* a reader sees whole rows only */
	return count;
}

size_t
ledger_row(struct ledger *ledger, const char *endpoint, const char *pool)
{
	size_t count = ledger->row_count;
	struct ledger_row *row;

	for (size_t i = 0; i < count && i < LEDGER_ROWS; i++)
		if (strcmp(ledger_endpoint_name(ledger, i), endpoint) == 0 &&
		    strcmp(ledger_endpoint_pool(ledger, i), pool) == 0)
			return i;
	if (count >= LEDGER_ROWS)
		return LEDGER_ROWS - 1;
	row = &ledger->rows[count];
	snprintf(row->endpoint, sizeof(row->endpoint), "%s", endpoint);
	snprintf(row->pool, sizeof(row->pool), "%s", pool);
	ledger->row_count++;
	return count;
}

static void
add(_Atomic uint64_t *counter, uint64_t number)
{
	atomic_fetch_add_explicit(counter, number, memory_order_relaxed);
}

static size_t
bucket_of(uint64_t nanoseconds)
{
	size_t i = 0;

	while (i < LEDGER_BUCKETS - 1 && nanoseconds > ledger_bounds[i])
		i++;
	return i;
}

void
ledger_count(struct ledger_counts *counts, const struct ledger_entry *entry)
{
	int class = entry->status / 100;

	/* A status that none may answer with is an error of ours. */
	add(&counts->statuses[class >= 2 && class <= 5 ? class : 5], 1);
	if (entry->refused)
		add(&counts->refused, 1);
	if (entry->slow)
		add(&counts->slow, 1);
	if (entry->received > 0)
		add(&counts->received, entry->received);
	add(&counts->sent, entry->sent);
	for (size_t i = 0; i < LEDGER_PART_COUNT; i++) {
		if (!entry->reached[i])
			continue;
		add(&counts->nanoseconds[i], entry->nanoseconds[i]);
		add(&counts->buckets[i][bucket_of(entry->nanoseconds[i])], 1);
	}
}

/* A struct of counters is an array of them. */
#define COUNTERS (sizeof(struct ledger_counts) / sizeof(uint64_t))

void
ledger_sum(const struct ledger_row *row, struct ledger_counts *sum)
{
	_Atomic uint64_t *to = (_Atomic uint64_t *)sum;

	memset(sum, 0, sizeof(*sum));
	for (size_t shard = 0; shard < LEDGER_SHARDS; shard++) {
		const _Atomic uint64_t *from =
		    (const _Atomic uint64_t *)&row->shards[shard];

		for (size_t i = 0; i < COUNTERS; i++)
			to[i] += atomic_load_explicit(&from[i],
			                              memory_order_relaxed);
	}
}
