/*
 * skip.h: what is read only to see that it is well-formed.
 */
#ifndef MR_SCHEMA_SKIP_H
#define MR_SCHEMA_SKIP_H

#include "schema/json.h"

/* Steps over any one value, checking all of it. */
bool mr_json_skip(struct mr_json *json);

/*
 * For an object whose keys are not all known: note each after mr_json_key
 * (at: where it began), then check those noted since json->keys.count was
 * `from`.  A key that stands twice is an error.
 */
bool mr_json_note_key(struct mr_json *json, struct mr_string key,
                      const char *at);
bool mr_json_check_keys(struct mr_json *json, size_t from);

/* The one text of that error. */
bool mr_json_fail_repeated(struct mr_json *json, const char *at);

#endif
