/*
 * object.h: names to rows: an object into a struct, by its rows.
 */
#ifndef MR_SCHEMA_OBJECT_H
#define MR_SCHEMA_OBJECT_H

#include "schema/json.h"
#include "schema/target.h"

/* A row has one bit in a set of them. */
#define MR_FIELDS_MAX 64
#define MR_EVERY_ROW UINT64_MAX

/* One object that is being read. */
struct mr_object {
	const struct mr_shape *shape;
	void *record; /* shape->size bytes, cleared */
	const struct mr_place *place;
	struct mr_faults *faults;
	uint64_t rows; /* those that may be given here */
	uint64_t seen; /* those that were; none to begin with */
};

/* In memory that becomes a record: what points somewhere points at nothing. */
void mr_object_clear(const struct mr_shape *shape, void *record);

/*
 * The place of the row's value, now seen, whose name is place's; false, and a
 * fault, when there is none of that name.
 */
bool mr_object_find(struct mr_object *object, const struct mr_place *place,
                    struct mr_target *target);

/*
 * Steps over one JSON value; one that is no object is a fault, and leaves no
 * row that should be given.
 */
void mr_object_read_json(struct mr_object *object, struct mr_json *json);

/*
 * Gives the rows that were not seen their defaults, and reports those that
 * must be given.  MR_OK (there may be faults), MR_MEMORY.
 */
enum mr_err mr_object_finish(const struct mr_object *object);

/* The readers of value.c's table: an object, an array of objects. */
void mr_object_read(const struct mr_target *target, struct mr_json *json);
void mr_object_read_array(const struct mr_target *target,
                          struct mr_json *json);

#endif
