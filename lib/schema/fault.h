/*
 * fault.h: what is wrong with an input: every fault at once, each with its
 * place, a stable type, a sentence and the bound that it breaks.
 */
#ifndef MR_SCHEMA_FAULT_H
#define MR_SCHEMA_FAULT_H

#include "base/arena.h"
#include "base/document.h"
#include "millrace.h"

/* More faults than this are counted as "truncated", not listed. */
#define MR_FAULTS_LISTED 20

/*
 * Symbol, type (FastAPI's where it has one), sentence (%s is the detail), and
 * the name under which ctx gives the detail, if any.
 */
#define MR_FAULTS(X)                                                           \
	X(MISSING, "missing", "Field required", NULL)                          \
	X(EXTRA, "extra_forbidden", "Extra inputs are not permitted", NULL)    \
	X(MISNAMED, "extra_forbidden",                                         \
	  "Extra inputs are not permitted; did you mean '%s'?", "nearest")     \
	X(REPEATED, "repeated", "Field may be given only once", NULL)          \
	X(OBJECT_TYPE, "model_attributes_type",                                \
	  "Input should be a valid object", NULL)                              \
	X(INT_TYPE, "int_type", "Input should be a valid integer", NULL)       \
	X(INT_FROM_FLOAT, "int_from_float",                                    \
	  "Input should be an integer without fraction or exponent", NULL)     \
	X(INT_PARSING, "int_parsing",                                          \
	  "Input should be a valid integer, unable to parse it as one", NULL)  \
	X(INT_SIZE, "int_parsing_size",                                        \
	  "Input should be an integer from -9223372036854775808 to "           \
	  "9223372036854775807", NULL)                                         \
	X(FLOAT_TYPE, "float_type", "Input should be a valid number", NULL)    \
	X(FLOAT_PARSING, "float_parsing",                                      \
	  "Input should be a valid number, unable to parse it as one", NULL)   \
	X(FINITE, "finite_number",                                             \
	  "Input should be a finite number", NULL)                             \
	X(BOOL_TYPE, "bool_type", "Input should be a valid boolean", NULL)     \
	X(BOOL_PARSING, "bool_parsing", "Input should be true or false", NULL) \
	X(STRING_TYPE, "string_type", "Input should be a valid string", NULL)  \
	X(STRING_SHORT, "string_too_short",                                    \
	  "String should have at least %s characters", "min_length")           \
	X(STRING_LONG, "string_too_long",                                      \
	  "String should have at most %s characters", "max_length")            \
	X(QUOTED, "string_pattern_mismatch",                                   \
	  "String should be 1 to %s visible characters in double quotes",      \
	  "max_length")                                                        \
	X(TIME, "datetime_parsing",                                            \
	  "Input should be a time such as 2030-01-31T12:00:00Z, or a date as " \
	  "HTTP writes it", NULL)                                              \
	X(LIST_TYPE, "list_type", "Input should be a valid list", NULL)        \
	X(LIST_SHORT, "too_short", "List should have at least %s items",       \
	  "min_length")                                                        \
	X(LIST_LONG, "too_long", "List should have at most %s items",          \
	  "max_length")                                                        \
	X(CHOICE, "enum", "Input should be %s", "expected")                    \
	X(BYTES_TYPE, "bytes_type", "Input should be a string of base64",      \
	  NULL)                                                                \
	X(BASE64, "base64_decode",                                             \
	  "Input should be base64 with padding and nothing else", NULL)        \
	X(BYTES_SHORT, "bytes_too_short", "Data should have at least %s bytes",\
	  "min_length")                                                        \
	X(BYTES_LONG, "bytes_too_long", "Data should have at most %s bytes",   \
	  "max_length")                                                        \
	X(ROW_LENGTH, "row_length",                                            \
	  "Row should have %s items, as one before it has", "length")          \
	X(ARRAY_DTYPE, "array_dtype",                                          \
	  "Array should be of a type that becomes %s without loss",            \
	  "expected")                                                          \
	X(ARRAY_ORDER, "array_order", "Array should be in C order", NULL)      \
	X(ARRAY_DIMENSIONS, "array_dimensions",                                \
	  "Array should have %s dimensions", "dimensions")                     \
	X(DATA_LENGTH, "data_length",                                          \
	  "Data should have a multiple of %s bytes", "multiple_of")            \
	X(LOW, "greater_than_equal",                                           \
	  "Input should be greater than or equal to %s", "ge")                 \
	X(HIGH, "less_than_equal",                                             \
	  "Input should be less than or equal to %s", "le")

enum mr_fault_kind {
#define MR_FAULT_SYMBOL(symbol, type, sentence, context) MR_FAULT_##symbol,
	MR_FAULTS(MR_FAULT_SYMBOL)
#undef MR_FAULT_SYMBOL
	MR_FAULT_COUNT
};

/* Where: a chain from the fault outwards.  name NULL: an element's index. */
struct mr_place {
	const struct mr_place *parent;
	struct mr_string name;
	size_t index;
};

/* Zeroed, but for the arena, to begin with. */
struct mr_faults {
	struct mr_arena *arena;
	struct mr_fault *first, **next;
	size_t count;
};

/* Place and detail (may be NULL) are copied. */
void mr_fault_add(struct mr_faults *faults, enum mr_fault_kind kind,
                  const struct mr_place *place, const char *detail);

/* The same with a number as the detail, such as the bound. */
void mr_fault_add_bound(struct mr_faults *faults, enum mr_fault_kind kind,
                        const struct mr_place *place, long double bound);

/* Adds "errors" and, if there were too many, "truncated" to an object. */
void mr_faults_describe(const struct mr_faults *faults,
                        struct mr_document *object);

#endif
