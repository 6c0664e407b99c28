/*
 * scalar.h: single numbers, booleans, strings, choices and bytes, from JSON
 * and from text.
 */
#ifndef MR_SCHEMA_SCALAR_H
#define MR_SCHEMA_SCALAR_H

#include "schema/json.h"
#include "schema/target.h"

/*
 * Reads a number into *to, an int64_t or a double as the row has it.  False
 * after a fault, with the cursor behind the value, and after an error.
 */
bool mr_scalar_take(const struct mr_target *target, struct mr_json *json,
                    void *to);

/* The same from text that is one number and nothing else. */
bool mr_scalar_take_text(const struct mr_target *target, struct mr_string text,
                         void *to);

/* The readers of value.c's table: one JSON value into the member. */
void mr_scalar_read_number(const struct mr_target *target,
                           struct mr_json *json);
void mr_scalar_read_bool(const struct mr_target *target, struct mr_json *json);
void mr_scalar_read_string(const struct mr_target *target,
                           struct mr_json *json);
void mr_scalar_read_choice(const struct mr_target *target,
                           struct mr_json *json);
void mr_scalar_read_bytes(const struct mr_target *target, struct mr_json *json);

/* Its parsers: one text into the member.  MR_OK (or a fault), MR_MEMORY. */
enum mr_err mr_scalar_parse_number(const struct mr_target *target,
                                   struct mr_string text);
enum mr_err mr_scalar_parse_bool(const struct mr_target *target,
                                 struct mr_string text);
enum mr_err mr_scalar_parse_string(const struct mr_target *target,
                                   struct mr_string text);
enum mr_err mr_scalar_parse_choice(const struct mr_target *target,
                                   struct mr_string text);
enum mr_err mr_scalar_parse_bytes(const struct mr_target *target,
                                  struct mr_string text);

#endif
