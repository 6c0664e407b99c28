/*
 * reading.h: one value into one row of a record, and what was said of it: ""
 * if nothing, or faults at the place "x", each with its ctx.
 */
#ifndef MR_TESTS_READING_H
#define MR_TESTS_READING_H

#include "faults.h"
#include "schema/value.h"
#include "unit.h"

static struct mr_faults faults;

/* The row of a record that is cleared first. */
static inline struct mr_target
reading_target(const struct mr_shape *shape, int row, void *record)
{
	static const struct mr_place place = { .name = { "x", 1 } };
	const struct mr_field *field = &shape->fields[row];
	struct mr_target target = { field, (char *)record + field->offset,
		                    &place, &faults };

	faults = (struct mr_faults){ .arena = arena };
	memset(record, 0, shape->size);
	mr_value_clear(&target);
	return target;
}

/* The value is all of a JSON text that has no fault of its own. */
static inline const char *
reading_json(struct mr_target target, struct mr_string text)
{
	struct mr_json json;

	mr_json_start(&json, guarded(text), arena);
	mr_value_read(&target, &json);
	ck_assert_msg(mr_json_finish(&json), "%s", json.reason);
	return faults_with_ctx(&faults);
}

static inline const char *
reading_texts(struct mr_target target, const struct mr_string *texts,
              size_t count)
{
	ck_assert_int_eq(mr_value_parse(&target, texts, count), MR_OK);
	return faults_with_ctx(&faults);
}

#endif
