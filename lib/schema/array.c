/*
 * array.c: elements into a list.
 *
 * What comes behind the longest array that is allowed is read, so that all of
 * a text is judged, but not kept.
 */
#include "schema/array.h"

#include "schema/elements.h"
#include "schema/list.h"
#include "schema/scalar.h"
#include "schema/skip.h"

_Static_assert(sizeof(double) == sizeof(int64_t), "elements are of one size");

static struct mr_list
new_list(const struct mr_target *target)
{
	return (struct mr_list){ .arena = target->faults->arena,
		                 .size = sizeof(int64_t) };
}

bool
mr_array_enter(const struct mr_target *target, struct mr_json *json)
{
	if (mr_json_peek(json) == MR_JSON_ARRAY)
		return mr_json_enter(json);
	if (mr_json_skip(json))
		mr_target_fault(target, MR_FAULT_LIST_TYPE);
	return false;
}

/* The most numbers of a run: they are looked at twice while in the cache. */
#define RUN ((size_t)1024)

static bool
run_within(const struct mr_target *target, const void *run, size_t count)
{
	const struct mr_bounds *bounds = &target->field->bounds;

	return mr_target_is_integral(target)
	           ? mr_elements_int64_within(run, count, bounds)
	           : mr_elements_double_within(run, count, bounds);
}

/* A run began at start; the rest of the text may be as dense. */
static void
expect_more(struct mr_list *list, const struct mr_json *json,
            const char *start, size_t most)
{
	double runs = (double)(json->end - json->at) /
	              (double)(json->at - start);
	size_t more = (size_t)(runs * (double)RUN * 1.02);

	list->expected = list->length + (more < most ? more : most) + 1;
}

/*
 * The fast lane: a run of numbers at once, `most` of them at most.  If any is
 * out of bounds, the run is taken back, and all is read one by one for its
 * faults.
 */
static size_t
take_run(const struct mr_target *target, struct mr_json *json,
         struct mr_list *list, size_t most)
{
	void *run = list->elements + list->length * list->size;
	size_t room = list->capacity - list->length;
	const char *start = json->at;
	size_t count;

	if (list->one_by_one)
		return 0;
	room = room < most ? room : most;
	room = room < RUN ? room : RUN;
	count = mr_target_is_integral(target)
	            ? mr_json_int64s(json, run, room)
	            : mr_json_doubles(json, run, room);
	if (!run_within(target, run, count)) {
		json->at = start;
		list->one_by_one = true;
		return 0;
	}
	list->length += count;
	if (count == RUN)
		expect_more(list, json, start, most - count);
	return count;
}

/*
 * The numbers of one JSON array, which has been entered, behind those that the
 * list has; `most` of them are kept.  Returns how many there were.
 */
static size_t
read_numbers(const struct mr_target *target, struct mr_json *json,
             struct mr_list *list, size_t most)
{
	const size_t start = list->length;
	struct mr_place place;
	struct mr_target element = mr_target_element(target, &place);
	bool first = true;

	for (; mr_json_more(json, &first, ']'); place.index++) {
		void *room = mr_list_room(list);

		if (room != NULL && list->length - start == place.index &&
		    place.index < most) {
			place.index +=
			    take_run(target, json, list, most - place.index);
			room = mr_list_room(list);
		}
		if (room == NULL) {
			mr_json_exhaust(json);
			break;
		}
		if (mr_scalar_take(&element, json, room) && place.index < most)
			list->length++;
	}
	return place.index;
}

void
mr_array_read(const struct mr_target *target, struct mr_json *json)
{
	struct mr_list list = new_list(target);
	size_t count;

	if (!mr_array_enter(target, json))
		return;
	count = read_numbers(target, json, &list,
	                     target->field->bounds.max_length);
	if (json->err == MR_OK &&
	    mr_target_fits_array(target, count))
		mr_list_hand_over(&list, target->member);
}

/* Of a matrix, before its first row of a length that is allowed. */
#define UNKNOWN SIZE_MAX

/* A row's length is in the bounds, and that of the rows before it. */
static void
check_columns(const struct mr_target *row, size_t columns,
              struct mr_matrix *matrix)
{
	const struct mr_bounds *bounds = &row->field->bounds;
	struct mr_limits limits = { bounds->min_columns, bounds->max_columns,
		                    MR_FAULT_LIST_SHORT, MR_FAULT_LIST_LONG };

	if (!mr_target_in_limits(row, columns, limits))
		return;
	if (matrix->columns == UNKNOWN)
		matrix->columns = columns;
	limits = (struct mr_limits){ matrix->columns, matrix->columns,
		                     MR_FAULT_ROW_LENGTH, MR_FAULT_ROW_LENGTH };
	mr_target_in_limits(row, columns, limits);
}

/* One row; those that are too many are read, but not kept. */
static void
read_row(const struct mr_target *row, struct mr_json *json,
         struct mr_list *list, struct mr_matrix *matrix)
{
	const struct mr_bounds *bounds = &row->field->bounds;
	size_t start = list->length, columns;

	if (!mr_array_enter(row, json))
		return;
	columns = read_numbers(row, json, list, bounds->max_columns);
	if (json->err != MR_OK)
		return;
	check_columns(row, columns, matrix);
	if (matrix->rows >= bounds->max_length)
		list->length = start;
}

void
mr_array_read_matrix(const struct mr_target *target, struct mr_json *json)
{
	struct mr_list list = new_list(target);
	struct mr_matrix *member = target->member;
	struct mr_matrix matrix = { member->data, 0, UNKNOWN };
	struct mr_place place;
	struct mr_target row = mr_target_element(target, &place);
	bool first = true;

	if (!mr_array_enter(target, json))
		return;
	for (; mr_json_more(json, &first, ']'); matrix.rows = ++place.index)
		read_row(&row, json, &list, &matrix);
	if (json->err != MR_OK ||
	    !mr_target_fits_array(target, matrix.rows))
		return;
	if (matrix.columns == UNKNOWN) /* within the bounds, as ever */
		matrix.columns = target->field->bounds.min_columns;
	if (list.length > 0)
		matrix.data = mr_list_elements(&list);
	*member = matrix;
}

enum mr_err
mr_array_parse(const struct mr_target *target, const struct mr_string *texts,
               size_t count)
{
	struct mr_list list = new_list(target);
	struct mr_place place;
	struct mr_target element = mr_target_element(target, &place);
	void *room;

	for (; place.index < count; place.index++) {
		room = mr_list_room(&list);
		if (room == NULL)
			return MR_MEMORY;
		if (mr_scalar_take_text(&element, texts[place.index], room))
			list.length++;
	}
	if (mr_target_fits_array(target, count))
		mr_list_hand_over(&list, target->member);
	return MR_OK;
}
