/*
 * check_job.c: the table names every member; ids are in order and known again.
 */
#include "jobs/job.h"

#include "unit.h"

START_TEST(test_columns_cover_the_record)
{
	size_t offset = 0;

	for (size_t i = 0; i < mr_job_column_count; i++) {
		ck_assert_uint_eq(mr_job_columns[i].offset, offset);
		offset += mr_job_columns[i].kind == MR_JOB_NUMBER
		              ? sizeof(int64_t)
		              : sizeof(const char *);
	}
	ck_assert_uint_eq(offset, sizeof(struct mr_job));
	ck_assert_str_eq(mr_job_columns[0].name, "id");
}
END_TEST

START_TEST(test_states_and_causes_have_names)
{
	for (int state = 0; state < MR_JOB_STATE_COUNT; state++)
		ck_assert_int_eq((int)mr_job_state_of(mr_job_state_name(state)),
		                 state);
	ck_assert_str_eq(mr_job_state_name(MR_JOB_DEAD), "dead");
	ck_assert_str_eq(mr_job_cause_name(MR_JOB_CAUSE_LOST), "lost");
	ck_assert_str_eq(mr_job_state_name(-1), "unknown");
	ck_assert_str_eq(mr_job_state_name(MR_JOB_STATE_COUNT), "unknown");
	ck_assert_str_eq(mr_job_cause_name(-1), "unknown");
	ck_assert_str_eq(mr_job_cause_name(MR_JOB_CAUSE_COUNT), "unknown");
	ck_assert_int_eq((int)mr_job_state_of("Dead"), MR_JOB_STATE_COUNT);
}
END_TEST

START_TEST(test_final_states)
{
	ck_assert_int_eq(mr_job_is_final(_i - 1),
	                 _i - 1 >= MR_JOB_SUCCEEDED &&
	                     _i - 1 <= MR_JOB_CANCELLED);
}
END_TEST

/* The example of RFC 9562, appendix A.6. */
START_TEST(test_id_is_that_of_the_standard)
{
	static const unsigned char random[10] = { 0x0C, 0xC3, 0x18, 0xC4, 0xDC,
		                                  0x0C, 0x0C, 0x07, 0x39, 0x8F };
	char id[MR_JOB_ID];

	mr_job_make_id(UINT64_C(0x017F22E279B0), random, id);
	ck_assert_str_eq(id, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
	ck_assert(mr_job_is_id(id));
}
END_TEST

START_TEST(test_ids_sort_by_age)
{
	char last[MR_JOB_ID] = "", id[MR_JOB_ID];
	uint64_t state = 1;

	for (uint64_t now = 1; now < UINT64_C(1) << 47; now += now / 9 + 1) {
		uint64_t random[2] = { random_bits(&state),
			               random_bits(&state) };

		mr_job_make_id(now, (const unsigned char *)random, id);
		ck_assert(mr_job_is_id(id));
		ck_assert_int_lt(strcmp(last, id), 0);
		strcpy(last, id);
	}
}
END_TEST

static const char *const no_ids[] = {
	"",
	"017f22e2",
	"017f22e2-79b0-7cc3-98c4-dc0c0c07398",
	"017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
	"017F22E2-79b0-7cc3-98c4-dc0c0c07398f",
	"017f22e2-79b0-4cc3-98c4-dc0c0c07398f",
	"017f22e2-79b0-7cc3-c8c4-dc0c0c07398f",
	"017f22e2079b0-7cc3-98c4-dc0c0c07398f",
	"017f22e-279b0-7cc3-98c4-dc0c0c07398f",
	"017f22g2-79b0-7cc3-98c4-dc0c0c07398f",
	"../../../../../../../etc/passwd-0000",
};

START_TEST(test_other_texts_are_no_ids)
{
	ck_assert(!mr_job_is_id(no_ids[_i]));
}
END_TEST

/* From memory of others there is no more than an id, and its rest is clean. */
static const struct {
	const char *id, *copy;
} copies[] = {
	{ "017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
	  "017f22e2-79b0-7cc3-98c4-dc0c0c07398f" },
	{ "017f22e2-79b0-7cc3-98c4-dc0c0c07398f more",
	  "017f22e2-79b0-7cc3-98c4-dc0c0c07398f" },
	{ "short", "short" },
	{ "", "" },
};

START_TEST(test_copy_of_an_id_is_bounded)
{
	char id[MR_JOB_ID], clean[MR_JOB_ID] = "";

	memset(id, 'x', sizeof(id));
	strcpy(clean, copies[_i].copy);
	mr_job_copy_id(id, copies[_i].id);
	ck_assert_mem_eq(id, clean, sizeof(id));
}
END_TEST

/* Those of one moment, as they are made for many calls at once. */
START_TEST(test_hash_scatters_ids)
{
	enum { MANY = 1024 };
	unsigned char random[10] = { 0 };
	int buckets[MANY] = { 0 }, most = 0;
	char id[MR_JOB_ID];

	for (int i = 0; i < MANY; i++) {
		random[8] = (unsigned char)(i >> 8);
		random[9] = (unsigned char)i;
		mr_job_make_id(1700000000000, random, id);
		buckets[mr_job_hash(id) % MANY]++;
	}
	for (int i = 0; i < MANY; i++)
		most = buckets[i] > most ? buckets[i] : most;
	ck_assert_int_le(most, 16);
}
END_TEST

START_TEST(test_copy_has_texts_of_its_own)
{
	char id[] = "id", detail[] = "detail";
	struct mr_job job = { .id = id, .detail = detail, .rank = -5 }, copy;

	ck_assert_int_eq(mr_job_copy(&job, arena, &copy), MR_OK);
	memset(id, 'x', 2);
	memset(detail, 'x', 6);
	ck_assert_str_eq(copy.id, "id");
	ck_assert_str_eq(copy.detail, "detail");
	ck_assert_int_eq(copy.rank, -5);
	ck_assert_ptr_null(copy.key);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_columns_cover_the_record);
	tcase_add_test(tc, test_states_and_causes_have_names);
	tcase_add_loop_test(tc, test_final_states, 0, MR_JOB_STATE_COUNT + 2);
	tcase_add_test(tc, test_id_is_that_of_the_standard);
	tcase_add_test(tc, test_ids_sort_by_age);
	tcase_add_loop_test(tc, test_other_texts_are_no_ids, 0, N(no_ids));
	tcase_add_loop_test(tc, test_copy_of_an_id_is_bounded, 0, N(copies));
	tcase_add_test(tc, test_hash_scatters_ids);
	tcase_add_test(tc, test_copy_has_texts_of_its_own);
}

UNIT_MAIN("job", add_tests)
