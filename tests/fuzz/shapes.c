/*
 * shapes.c: the shapes, and the way there and back.
 */
#include "shapes.h"

#include "claim.h"
#include "schema/encode.h"
#include "schema/skip.h"
#include "schema/query.h"
#include "schema/shape.h"
#include "schema/utf8.h"

#include <float.h>
#include <string.h>

#define ANY_INT64 MR_RANGE(INT64_MIN, INT64_MAX)
#define ANY_DOUBLE MR_RANGE(-DBL_MAX, DBL_MAX)
#define INT64S(most) MR_ITEMS(0, most, INT64_MIN, INT64_MAX)
#define DOUBLES(most) MR_ITEMS(0, most, -DBL_MAX, DBL_MAX)

struct scalars {
	int64_t i;
	double d;
	bool b;
	struct mr_string s;
};
static const struct mr_field scalars[] = {
	MR_PARAM(struct scalars, i, "any integer", ANY_INT64),
	MR_PARAM(struct scalars, d, "any number", ANY_DOUBLE),
	MR_PARAM(struct scalars, b, "a switch", MR_EITHER),
	MR_PARAM(struct scalars, s, "a text", MR_LENGTH(0, 1000)),
};

struct lists {
	struct mr_int64s i;
	struct mr_doubles d;
};
static const struct mr_field lists[] = {
	MR_PARAM(struct lists, i, "integers", INT64S(1000)),
	MR_PARAM(struct lists, d, "numbers", DOUBLES(1000)),
};

struct narrow {
	int64_t i;
	double d;
	struct mr_string s;
	struct mr_int64s is;
	struct mr_doubles ds;
};
static const struct mr_field narrow[] = {
	MR_PARAM(struct narrow, i, "a small integer", MR_RANGE(-5, 5)),
	MR_PARAM(struct narrow, d, "a fraction", MR_RANGE(0, 0.5)),
	MR_PARAM(struct narrow, s, "a short text", MR_LENGTH(1, 3)),
	MR_PARAM(struct narrow, is, "few digits", MR_ITEMS(1, 3, 0, 9)),
	MR_PARAM(struct narrow, ds, "few fractions", MR_ITEMS(2, 2, -1, 1)),
};

/* Names that are near to each other. */
struct optional {
	int64_t rate;
	double rates;
	bool ratio;
	struct mr_string ration;
	struct mr_int64s rations;
	struct mr_doubles rational;
};
static const struct mr_field optional[] = {
	MR_OPTIONAL(struct optional, rate, "any integer", ANY_INT64,
	            "-9223372036854775808"),
	MR_OPTIONAL(struct optional, rates, "any number", ANY_DOUBLE, "1e-320"),
	MR_OPTIONAL(struct optional, ratio, "a switch", MR_EITHER, "true"),
	MR_OPTIONAL(struct optional, ration, "a text", MR_LENGTH(0, 40),
	            "\"\\u0000\\ud834\\udd1e\""),
	MR_OPTIONAL(struct optional, rations, "integers", INT64S(40),
	            "[1, -0, 3]"),
	MR_OPTIONAL(struct optional, rational, "numbers", DOUBLES(40), "[]"),
};

MR_NOTHING(nothing);

static const struct mr_shape shapes[] = {
	MR_SHAPE(scalars),  MR_SHAPE(lists),   MR_SHAPE(narrow),
	MR_SHAPE(optional), MR_SHAPE(nothing),
};

#define ELEMENT_SIZE sizeof(int64_t) /* of both kinds of list */

static const void *
member(const struct mr_field *field, const void *record)
{
	return (const char *)record + field->offset;
}

static void
claim_in_range(const struct mr_bounds *bounds, long double value)
{
	CLAIM(value >= bounds->min && value <= bounds->max);
}

static void
claim_in_length(const struct mr_bounds *bounds, size_t length)
{
	CLAIM(length >= bounds->min_length && length <= bounds->max_length);
}

static void
claim_string(const struct mr_bounds *bounds, const struct mr_string *string)
{
	const char *end = string->data + string->length;

	CLAIM(string->data != NULL && *end == '\0');
	CLAIM(mr_utf8_check(string->data, end) == end);
	claim_in_length(bounds, mr_utf8_count(string->data, end));
}

static void
claim_bounds(const struct mr_field *field, const void *record)
{
	const void *value = member(field, record);
	const struct mr_int64s *int64s = value;
	const struct mr_doubles *doubles = value;

	switch (field->kind) {
	case MR_KIND_INT64:
		claim_in_range(&field->bounds, *(const int64_t *)value);
		break;
	case MR_KIND_DOUBLE:
		claim_in_range(&field->bounds, *(const double *)value);
		break;
	case MR_KIND_STRING:
		claim_string(&field->bounds, value);
		break;
	case MR_KIND_INT64S:
		claim_in_length(&field->bounds, int64s->length);
		for (size_t i = 0; i < int64s->length; i++)
			claim_in_range(&field->bounds, int64s->data[i]);
		break;
	case MR_KIND_DOUBLES:
		claim_in_length(&field->bounds, doubles->length);
		for (size_t i = 0; i < doubles->length; i++)
			claim_in_range(&field->bounds, doubles->data[i]);
		break;
	default:
		break;
	}
}

static void
claim_same_bytes(struct mr_string a, struct mr_string b, size_t element_size)
{
	CLAIM(a.data != NULL && b.data != NULL && a.length == b.length);
	CLAIM(memcmp(a.data, b.data, a.length * element_size) == 0);
}

/* Bit by bit, so that -0 differs from 0. */
static void
claim_same(const struct mr_field *field, const void *a_, const void *b_)
{
	const void *a = member(field, a_), *b = member(field, b_);
	const struct mr_int64s *m = a, *n = b;

	switch (field->kind) {
	case MR_KIND_INT64:
	case MR_KIND_DOUBLE:
		CLAIM(memcmp(a, b, ELEMENT_SIZE) == 0);
		break;
	case MR_KIND_BOOL:
		CLAIM(*(const bool *)a == *(const bool *)b);
		break;
	case MR_KIND_STRING:
		claim_same_bytes(*(const struct mr_string *)a,
		                 *(const struct mr_string *)b, 1);
		break;
	default:
		claim_same_bytes(
		    (struct mr_string){ (const void *)m->data, m->length },
		    (struct mr_string){ (const void *)n->data, n->length },
		    ELEMENT_SIZE);
		break;
	}
}

void
fuzz_claim_json(const char *text, size_t length, struct mr_arena *arena)
{
	struct mr_json json;

	mr_json_start(&json, (struct mr_string){ text, length }, arena);
	mr_json_skip(&json);
	CLAIM(mr_json_finish(&json));
}

/* MR_SYNTAX and the like, or what mr_decode_finish says. */
static enum mr_err
decode_all(struct mr_decoding *decoding, fuzz_decoder *decode,
           struct mr_string text)
{
	enum mr_err err;

	decoding->record =
	    mr_arena_alloc(decoding->arena, decoding->shape->size);
	mr_decode_begin(decoding);
	err = decode(decoding, text);
	return err == MR_OK ? mr_decode_finish(decoding) : err;
}

static void
claim_faults(const struct mr_decoding *decoding)
{
	struct mr_document *document = mr_document_new();
	char *text;

	CLAIM(decoding->faults.count > 0);
	mr_faults_describe(&decoding->faults, document);
	text = mr_document_print(document, decoding->arena);
	CLAIM(text != NULL);
	fuzz_claim_json(text, strlen(text), decoding->arena);
	mr_document_free(document);
}

static void
claim_round_trip(const struct mr_decoding *decoding)
{
	const struct mr_shape *shape = decoding->shape;
	struct mr_buffer json = { .arena = decoding->arena };
	struct mr_decoding again = { .shape = shape, .arena = json.arena };
	const struct mr_field *culprit;
	struct mr_string text;

	CLAIM(mr_encode_json(shape, decoding->record, &json, &culprit) ==
	      MR_OK);
	text = (struct mr_string){ json.data, json.length };
	CLAIM(decode_all(&again, mr_decode_json, text) == MR_OK);
	for (size_t i = 0; i < mr_shape_count(shape); i++) {
		claim_bounds(&shape->fields[i], decoding->record);
		claim_same(&shape->fields[i], decoding->record, again.record);
	}
}

static void
claim_outcome(const struct mr_decoding *decoding, enum mr_err err,
              size_t length)
{
	switch (err) {
	case MR_OK:
		CLAIM(decoding->faults.count == 0);
		claim_round_trip(decoding);
		break;
	case MR_INVALID:
		claim_faults(decoding);
		break;
	case MR_SYNTAX:
		CLAIM(decoding->reason != NULL && decoding->offset <= length);
		break;
	default:
		CLAIM(err == MR_URI_TOO_LONG && decoding->query_only);
		CLAIM(length > MR_QUERY_LENGTH);
	}
}

void
fuzz_decoding(fuzz_decoder *decode, const uint8_t *data, size_t size)
{
	struct mr_decoding decoding = { .query_only =
		                            decode == mr_decode_query };
	struct mr_string text;

	if (size == 0)
		return;
	text = (struct mr_string){ (const char *)data + 1, size - 1 };
	decoding.shape = &shapes[data[0] % (sizeof(shapes) / sizeof(*shapes))];
	decoding.arena = mr_arena_new();
	claim_outcome(&decoding, decode_all(&decoding, decode, text),
	              text.length);
	mr_arena_free(decoding.arena);
}
