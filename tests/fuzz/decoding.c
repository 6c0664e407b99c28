/*
 * decoding.c: the way there and back.
 */
#include "decoding.h"

#include "base/buffer.h"
#include "claim.h"
#include "records.h"
#include "schema/binary.h"
#include "schema/encode.h"
#include "schema/json.h"
#include "schema/query.h"
#include "schema/shape.h"
#include "schema/skip.h"

bool
fuzz_is_json(struct mr_string text, struct mr_arena *arena)
{
	struct mr_json json;

	mr_json_start(&json, text, arena);
	mr_json_skip(&json);
	return mr_json_finish(&json);
}

enum mr_err
fuzz_decode(const struct fuzz_input *input, struct mr_decoding *decoding)
{
	enum mr_err err;

	decoding->shape = input->shape;
	decoding->record =
	    mr_arena_alloc(decoding->arena, input->shape->size);
	decoding->query_only = input->query_only;
	decoding->format = input->format;
	mr_decode_begin(decoding);
	err = mr_decode_query(decoding, input->query);
	if (err == MR_OK && !input->query_only)
		err = mr_decode_body(decoding, input->body);
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
	CLAIM(fuzz_is_json((struct mr_string){ text, strlen(text) },
	                   decoding->arena));
	mr_document_free(document);
}

/* Decodes what a record was written as, which has to be the same again. */
static void
claim_same_again(const struct mr_decoding *decoding,
                 const struct fuzz_input *input)
{
	struct mr_decoding again = { .arena = decoding->arena };

	CLAIM(fuzz_decode(input, &again) == MR_OK);
	fuzz_claim_same(decoding->shape, decoding->record, again.record);
}

/* A shape of the same struct whose rows are all in the body. */
static struct mr_shape
without_query(const struct mr_shape *shape, struct mr_arena *arena)
{
	size_t count = mr_shape_count(shape);
	struct mr_field *fields =
	    mr_arena_alloc(arena, count * sizeof(*fields));

	for (size_t i = 0; i < count; i++) {
		fields[i] = shape->fields[i];
		fields[i].in_query = false;
	}
	return (struct mr_shape){ fields, count, shape->size };
}

static void
claim_json_again(const struct mr_decoding *decoding)
{
	struct mr_shape shape =
	    without_query(decoding->shape, decoding->arena);
	struct mr_buffer json = { .arena = decoding->arena };
	const char *culprit;

	CLAIM(mr_encode_json(&shape, decoding->record, &json, &culprit) ==
	      MR_OK);
	claim_same_again(decoding,
	                 &(struct fuzz_input){
	                     .shape = &shape,
	                     .query = { "", 0 },
	                     .body = { json.data, json.length } });
}

/*
 * Raw data is the same to the byte.  The header of a .npy file can be written
 * in other ways; what was not copied lies where it lay.
 */
static void
claim_binary_again(const struct mr_decoding *decoding,
                   const struct fuzz_input *input)
{
	const struct mr_field *field =
	    mr_format_input(input->format, input->shape);
	struct mr_binary binary = { .format = input->format };
	struct mr_buffer whole = { .arena = decoding->arena };
	struct fuzz_input again = *input;

	CLAIM(mr_binary_write(field,
	                      (const char *)decoding->record + field->offset,
	                      &whole, &binary) == MR_OK);
	if (decoding->keeps_body)
		CLAIM(binary.body.data + binary.body.length ==
		      input->body.data + input->body.length);
	mr_buffer_append(&whole, binary.body.data, binary.body.length);
	again.body = (struct mr_string){ whole.length == 0 ? "" : whole.data,
		                         whole.length };
	if (input->format == MR_FORMAT_RAW) {
		CLAIM(again.body.length == input->body.length);
		CLAIM(memcmp(again.body.data, input->body.data,
		             input->body.length) == 0);
	}
	claim_same_again(decoding, &again);
}

static void
claim_right(const struct mr_decoding *decoding, const struct fuzz_input *input)
{
	CLAIM(decoding->faults.count == 0);
	fuzz_claim_bounds(decoding->shape, decoding->record);
	claim_json_again(decoding);
	if (input->format != MR_FORMAT_JSON)
		claim_binary_again(decoding, input);
}

static void
claim_outcome(const struct mr_decoding *decoding, enum mr_err err,
              const struct fuzz_input *input)
{
	switch (err) {
	case MR_OK:
		claim_right(decoding, input);
		break;
	case MR_INVALID:
		claim_faults(decoding);
		break;
	case MR_SYNTAX:
		CLAIM(decoding->reason != NULL);
		CLAIM(decoding->offset <= input->query.length ||
		      decoding->offset <= input->body.length);
		break;
	default:
		CLAIM(err == MR_URI_TOO_LONG);
		CLAIM(input->query.length > MR_QUERY_LENGTH);
	}
}

void
fuzz_decoding(const struct fuzz_input *input)
{
	struct mr_decoding decoding = { .arena = mr_arena_new() };
	enum mr_err err = fuzz_decode(input, &decoding);

	claim_outcome(&decoding, err, input);
	if (input->query.length == 0 && !input->query_only &&
	    input->format == MR_FORMAT_JSON)
		CLAIM((err != MR_SYNTAX) ==
		      fuzz_is_json(input->body, decoding.arena));
	mr_arena_free(decoding.arena);
}
