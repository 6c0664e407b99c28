/*
 * json.h: a strict cursor over one JSON text (RFC 8259, and RFC 7493 in what
 * it refuses: duplicate keys, lone surrogates).
 *
 * The cursor says what comes next and steps over it; it builds no tree.  The
 * first error stays: every later call fails too, so that a caller may ask
 * once, at the end.
 */
#ifndef MR_SCHEMA_JSON_H
#define MR_SCHEMA_JSON_H

#include "base/arena.h"
#include "millrace.h"
#include "schema/keys.h"

#define MR_JSON_DEPTH 64

enum mr_json_type {
	MR_JSON_NONE, /* the end, or no value */
	MR_JSON_NULL,
	MR_JSON_FALSE,
	MR_JSON_TRUE,
	MR_JSON_NUMBER,
	MR_JSON_STRING,
	MR_JSON_ARRAY,
	MR_JSON_OBJECT
};

struct mr_json {
	const char *start, *at, *end;
	struct mr_arena *arena; /* for what needs unescaping, and keys */
	struct mr_keys keys;    /* of the objects that are open */
	unsigned depth;
	enum mr_err err;     /* MR_OK, MR_SYNTAX or MR_MEMORY */
	const char *reason;  /* a clause, when err is MR_SYNTAX */
	size_t offset;       /* byte at which the error was found */
};

/* A number as it stands in the text. */
struct mr_json_number {
	const char *text;
	size_t length;
	bool integral; /* has neither fraction nor exponent */
};

/* Starts at text; a byte order mark is an error. */
void mr_json_start(struct mr_json *json, struct mr_string text,
                   struct mr_arena *arena);

/* The type of the value after white space; does not step over it. */
enum mr_json_type mr_json_peek(struct mr_json *json);

/* Where the next token begins, after white space. */
const char *mr_json_place(struct mr_json *json);

/* Steps over a number. */
bool mr_json_number(struct mr_json *json, struct mr_json_number *number);

/*
 * Steps over an integer that an int64 holds and returns true; anything else
 * is left where it is, without an error.
 */
bool mr_json_int64(struct mr_json *json, int64_t *value);

/*
 * The same for elements of an array, room of them at most, from the one that
 * comes next, as long as each has a comma behind it; steps over the commas
 * too, so that an element still comes next.  Returns how many there were.
 */
size_t mr_json_int64s(struct mr_json *json, int64_t *values, size_t room);
size_t mr_json_doubles(struct mr_json *json, double *values, size_t room);

/*
 * Steps over a string.  What comes out lies in the text itself or in the
 * arena, and no NUL follows it.
 */
bool mr_json_string(struct mr_json *json, struct mr_string *string);

/*
 * An array or object: enter at its bracket, then take one element (or one key
 * with its colon) after each mr_json_more that returns true.
 */
bool mr_json_enter(struct mr_json *json);
bool mr_json_more(struct mr_json *json, bool *first, char close);
bool mr_json_key(struct mr_json *json, struct mr_string *key);

/* Nothing but white space may follow. */
bool mr_json_finish(struct mr_json *json);

/* Steps over "null", "true" or "false", which mr_json_peek has seen. */
bool mr_json_word(struct mr_json *json, const char *word);

/*
 * Record malformed text at a byte, or want of memory, unless there is an
 * error already; always false.
 */
bool mr_json_fail(struct mr_json *json, const char *at, const char *reason);
bool mr_json_exhaust(struct mr_json *json);

#endif
