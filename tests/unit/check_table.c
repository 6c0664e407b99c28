/*
 * check_table.c: any changes are taken back by a rollback, against a model.
 */
#include "jobs/table.h"

#include "unit.h"

#define MOST 40

/* What the table should hold: a number for each id, 0: it is not there. */
struct model {
	int64_t ranks[MOST];
};

static const char *
id_of(size_t number)
{
	char *id = mr_arena_alloc(arena, 16);

	id[0] = (char)('a' + number * 7 % 26);
	id[1] = (char)('a' + number);
	return id;
}

static void
assert_as(const struct mr_table *table, const struct model *model)
{
	size_t count = 0;

	for (size_t i = 0; i < MOST; i++) {
		const struct mr_entry *entry = mr_table_find(table, id_of(i));

		ck_assert_int_eq(entry != NULL, model->ranks[i] != 0);
		if (entry == NULL)
			continue;
		ck_assert_int_eq(entry->job.rank, model->ranks[i]);
		ck_assert_str_eq((const char *)entry->blobs[0].data, "blob");
		count++;
	}
	ck_assert_uint_eq(table->count, count);
	for (size_t i = 1; i < table->count; i++)
		ck_assert_int_lt(strcmp(table->entries[i - 1]->job.id,
		                        table->entries[i]->job.id),
		                 0);
}

static void
change(struct mr_table *table, struct model *model, uint64_t *state)
{
	static const struct mr_bytes blobs[MR_BLOB_COUNT] = {
		{ (const unsigned char *)"blob", 4 }
	};
	size_t number = random_bits(state) % MOST;
	struct mr_job job = { .id = id_of(number),
		              .rank = 1 + (int64_t)(random_bits(state) >> 2) };
	size_t place = 0;

	if (random_bits(state) % 3 > 0 || model->ranks[number] == 0) {
		ck_assert(mr_table_put(table, &job, blobs));
		model->ranks[number] = job.rank;
		return;
	}
	while (strcmp(table->entries[place]->job.id, job.id) != 0)
		place++;
	ck_assert(mr_table_remove(table, place));
	model->ranks[number] = 0;
}

START_TEST(test_transactions_are_all_or_nothing)
{
	struct mr_table table = { .count = 0 };
	struct model model = { { 0 } };
	uint64_t state = (uint64_t)_i;

	for (int turn = 0; turn < 60; turn++) {
		struct model before = model;
		int kind = (int)(random_bits(&state) % 3);

		if (kind < 2)
			mr_table_begin(&table);
		for (uint64_t i = random_bits(&state) % 50; i > 0; i--)
			change(&table, &model, &state);
		assert_as(&table, &model);
		if (kind == 0)
			mr_table_commit(&table);
		if (kind == 1) {
			mr_table_rollback(&table);
			model = before;
		}
		assert_as(&table, &model);
	}
	mr_table_clear(&table);
	ck_assert_uint_eq(table.count, 0);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_transactions_are_all_or_nothing, 0, 20);
}

UNIT_MAIN("table", add_tests)
