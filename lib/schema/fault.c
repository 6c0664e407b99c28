/*
 * fault.c: the list of faults and how it is told to the client.
 */
#include "schema/fault.h"

#include "base/buffer.h"
#include "schema/bound.h"
#include "schema/utf8.h"

#include <stdio.h>
#include <string.h>

struct mr_fault {
	struct mr_fault *next;
	enum mr_fault_kind kind;
	const struct mr_place *place;
	const char *detail;
	bool detail_is_number;
};

static const struct {
	const char *type, *sentence, *context;
} kinds[] = {
#define ROW(symbol, type, sentence, context) { type, sentence, context },
	MR_FAULTS(ROW)
#undef ROW
};

/* NULL when out of memory: the fault then counts, but says less. */
static const struct mr_place *
copy_place(struct mr_arena *arena, const struct mr_place *place)
{
	struct mr_place *copy;

	if (place == NULL)
		return NULL;
	copy = mr_arena_alloc(arena, sizeof(*copy));
	if (copy == NULL)
		return NULL;
	*copy = *place;
	copy->parent = copy_place(arena, place->parent);
	if (place->name.data != NULL)
		copy->name.data = mr_arena_copy(arena, place->name.data,
		                                place->name.length);
	return copy;
}

static struct mr_fault *
add(struct mr_faults *faults, enum mr_fault_kind kind,
    const struct mr_place *place, const char *detail)
{
	struct mr_fault *fault;

	if (faults->count++ >= MR_FAULTS_LISTED)
		return NULL;
	fault = mr_arena_alloc(faults->arena, sizeof(*fault));
	if (fault == NULL)
		return NULL;
	fault->kind = kind;
	fault->place = copy_place(faults->arena, place);
	if (detail != NULL)
		fault->detail =
		    mr_arena_copy(faults->arena, detail, strlen(detail));
	if (faults->next == NULL)
		faults->next = &faults->first;
	*faults->next = fault;
	faults->next = &fault->next;
	return fault;
}

void
mr_fault_add(struct mr_faults *faults, enum mr_fault_kind kind,
             const struct mr_place *place, const char *detail)
{
	add(faults, kind, place, detail);
}

void
mr_fault_add_bound(struct mr_faults *faults, enum mr_fault_kind kind,
                   const struct mr_place *place, long double bound)
{
	char text[MR_BOUND_TEXT];
	struct mr_fault *fault;

	mr_bound_write(text, bound);
	fault = add(faults, kind, place, text);
	if (fault != NULL)
		fault->detail_is_number = true;
}

/* A C string of at most size - 1 bytes, cut between two characters. */
static void
place_name(char *to, size_t size, struct mr_string name)
{
	size_t length = 0;

	for (size_t i = 0; i < name.length && length + 7 < size; i++) {
		if (name.data[i] == '\0')
			length += (size_t)sprintf(to + length, "\\u0000");
		else
			to[length++] = name.data[i];
	}
	*(char *)(uintptr_t)mr_utf8_check(to, to + length) = '\0';
}

static void
describe_place(const struct mr_place *place, struct mr_document *loc)
{
	char text[256];

	if (place == NULL)
		return;
	describe_place(place->parent, loc);
	if (place->name.data == NULL) {
		mr_document_size(loc, NULL, place->index);
	} else {
		place_name(text, sizeof(text), place->name);
		mr_document_string(loc, NULL, text);
	}
}

static void
describe(const struct mr_fault *fault, struct mr_document *errors,
         struct mr_arena *arena)
{
	struct mr_document *error = mr_document_object(errors, NULL);
	const char *context = kinds[fault->kind].context;
	const char *detail = fault->detail == NULL ? "" : fault->detail;
	struct mr_buffer sentence = { .arena = arena };
	struct mr_document *ctx;

	describe_place(fault->place, mr_document_array(error, "loc"));
	mr_document_string(error, "type", kinds[fault->kind].type);
	mr_buffer_printf(&sentence, kinds[fault->kind].sentence, detail);
	mr_document_string(error, "msg", sentence.failed ? "" : sentence.data);
	if (context == NULL || fault->detail == NULL)
		return;
	ctx = mr_document_object(error, "ctx");
	if (fault->detail_is_number)
		mr_document_literal(ctx, context, detail);
	else
		mr_document_string(ctx, context, detail);
}

void
mr_faults_describe(const struct mr_faults *faults, struct mr_document *object)
{
	struct mr_document *errors = mr_document_array(object, "errors");

	for (const struct mr_fault *fault = faults->first; fault != NULL;
	     fault = fault->next)
		describe(fault, errors, faults->arena);
	if (faults->count > MR_FAULTS_LISTED)
		mr_document_literal(object, "truncated", "true");
}
