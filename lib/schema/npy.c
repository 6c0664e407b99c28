/*
 * npy.c: the dictionary is read by a small cursor, since it may come in any
 * order and spacing, and is written by one format.
 */
#include "schema/npy.h"

#include "schema/integer.h"
#include "schema/space.h"

#include <stdio.h>

#define MAGIC "\x93NUMPY"
#define VERSION_AT (sizeof(MAGIC) - 1)
#define LENGTH_AT (VERSION_AT + 2)
#define TEXT_AT (LENGTH_AT + 2) /* in version 1.0 */

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "the length of the header is little-endian");

static const struct {
	const char *descr;
	size_t size;
} types[MR_NPY_TYPE_COUNT] = {
#define ROW(symbol, descr, size) { "'" descr "'", size },
	MR_NPY_TYPES(ROW)
#undef ROW
};

struct cursor {
	struct mr_npy *npy;
	const char *start, *at, *end; /* of the file; here; of the header */
	unsigned seen;                /* keys, a bit each */
	bool comma;                   /* the last item had one behind it */
};

typedef bool reader(struct cursor *cursor);

static bool
fail(struct cursor *cursor, const char *at, const char *reason)
{
	cursor->npy->reason = reason;
	cursor->npy->offset = (size_t)(at - cursor->start);
	return false;
}

/* The character after white space; NUL, which is never expected, at the end. */
static char
peek(struct cursor *cursor)
{
	cursor->at = mr_behind_space(cursor->at, cursor->end);
	return cursor->at < cursor->end ? *cursor->at : '\0';
}

static bool
take(struct cursor *cursor, char c)
{
	if (peek(cursor) != c)
		return false;
	cursor->at++;
	return true;
}

static bool
take_word(struct cursor *cursor, const char *word)
{
	size_t length = strlen(word);

	peek(cursor);
	if ((size_t)(cursor->end - cursor->at) < length ||
	    memcmp(cursor->at, word, length) != 0)
		return false;
	cursor->at += length;
	return true;
}

/* Takes text in single or double quotes, which stay, as do escapes. */
static bool
take_string(struct cursor *cursor, struct mr_string *string)
{
	char quote = peek(cursor);
	const char *first = cursor->at, *at = first + 1;

	if (quote != '\'' && quote != '"')
		return fail(cursor, first, "text in quotes was expected");
	while (at < cursor->end && *at != quote)
		at += *at == '\\' && at + 1 < cursor->end ? 2 : 1;
	if (at >= cursor->end)
		return fail(cursor, cursor->end,
		            "the header ends inside a string");
	cursor->at = at + 1;
	*string = (struct mr_string){ first, (size_t)(cursor->at - first) };
	return true;
}

/* Whether the string in its quotes is text, which stands in single ones. */
static bool
is_text(struct mr_string string, const char *text)
{
	return string.length == strlen(text) &&
	       memcmp(string.data + 1, text + 1, string.length - 2) == 0;
}

/* Items with commas between them, and behind the last one if it likes. */
static bool
take_items(struct cursor *cursor, char close, reader *take_item)
{
	while (!take(cursor, close)) {
		if (!take_item(cursor))
			return false;
		cursor->comma = take(cursor, ',');
		if (!cursor->comma && peek(cursor) != close)
			return fail(cursor, cursor->at, "',' was expected");
	}
	return true;
}

/* A record's list of members, whose meaning does not matter. */
static bool
skip_brackets(struct cursor *cursor)
{
	struct mr_string string;
	size_t depth = 0;

	do {
		char c = peek(cursor);

		if (c == '\'' || c == '"') {
			if (!take_string(cursor, &string))
				return false;
			continue;
		}
		if (cursor->at == cursor->end)
			return fail(cursor, cursor->at,
			            "the header ends inside brackets");
		depth += c == '[' || c == '(';
		depth -= c == ']' || c == ')';
		cursor->at++;
	} while (depth > 0);
	return true;
}

static bool
read_descr(struct cursor *cursor)
{
	enum mr_npy_type type = 0;
	struct mr_string descr;

	if (peek(cursor) == '[') {
		cursor->npy->type = MR_NPY_OTHER;
		return skip_brackets(cursor);
	}
	if (!take_string(cursor, &descr))
		return false;
	while (type < MR_NPY_OTHER && !is_text(descr, types[type].descr))
		type++;
	cursor->npy->type = type;
	cursor->npy->size = types[type].size;
	return true;
}

static bool
read_order(struct cursor *cursor)
{
	cursor->npy->fortran = take_word(cursor, "True");
	if (!cursor->npy->fortran && !take_word(cursor, "False"))
		return fail(cursor, cursor->at, "True or False was expected");
	return true;
}

static bool
read_length(struct cursor *cursor)
{
	struct mr_npy *npy = cursor->npy;
	const char *end;
	int64_t length;

	peek(cursor);
	end = mr_integer_read(cursor->at, cursor->end, &length);
	if (end == NULL || *cursor->at == '-')
		return fail(cursor, cursor->at,
		            "the length of a dimension was expected");
	if (npy->dimensions == MR_NPY_DIMENSIONS)
		return fail(cursor, cursor->at, "too many dimensions");
	cursor->at = end;
	npy->shape[npy->dimensions++] = (size_t)length;
	take_word(cursor, "L"); /* Python 2 marked some numbers by it. */
	return true;
}

static bool
read_shape(struct cursor *cursor)
{
	if (!take(cursor, '('))
		return fail(cursor, cursor->at, "'(' was expected");
	if (!take_items(cursor, ')', read_length))
		return false;
	/* Without a comma, Python takes it for a number in brackets. */
	if (cursor->npy->dimensions == 1 && !cursor->comma)
		return fail(cursor, cursor->at - 1, "',' was expected");
	return true;
}

static const struct {
	const char *name;
	reader *read;
} keys[] = {
	{ "'descr'", read_descr },
	{ "'fortran_order'", read_order },
	{ "'shape'", read_shape },
};
#define KEYS (sizeof(keys) / sizeof(*keys))

static bool
read_entry(struct cursor *cursor)
{
	struct mr_string name;
	size_t key = 0;

	if (!take_string(cursor, &name))
		return false;
	while (key < KEYS && !is_text(name, keys[key].name))
		key++;
	if (key == KEYS)
		return fail(cursor, name.data, "a key that no header has");
	if (cursor->seen & 1u << key)
		return fail(cursor, name.data, "the key stands twice");
	cursor->seen |= 1u << key;
	if (!take(cursor, ':'))
		return fail(cursor, cursor->at, "':' was expected");
	return keys[key].read(cursor);
}

static bool
read_dictionary(struct cursor *cursor)
{
	if (!take(cursor, '{'))
		return fail(cursor, cursor->at, "'{' was expected");
	if (!take_items(cursor, '}', read_entry))
		return false;
	if (cursor->seen != (1u << KEYS) - 1)
		return fail(cursor, cursor->at - 1,
		            "descr, fortran_order and shape are needed");
	peek(cursor);
	if (cursor->at != cursor->end)
		return fail(cursor, cursor->at,
		            "only white space may follow the dictionary");
	if (cursor->end[-1] != '\n')
		return fail(cursor, cursor->end - 1,
		            "a newline ends the header");
	return true;
}

/* What stands before the dictionary; end is that of the file. */
static bool
read_prefix(struct cursor *cursor, const char *end)
{
	const char *start = cursor->start;
	size_t size = (size_t)(end - start), width;
	uint32_t length = 0;

	if (size < VERSION_AT || memcmp(start, MAGIC, VERSION_AT) != 0)
		return fail(cursor, start, "no .npy file begins like this");
	if (size < TEXT_AT)
		return fail(cursor, end, "the header ends too early");
	if (start[VERSION_AT] < 1 || start[VERSION_AT] > 3 ||
	    start[VERSION_AT + 1] != 0)
		return fail(cursor, start + VERSION_AT,
		            "the version is not 1.0, 2.0 or 3.0");
	width = start[VERSION_AT] == 1 ? 2 : 4;
	if (size < LENGTH_AT + width)
		return fail(cursor, end, "the header ends too early");
	memcpy(&length, start + LENGTH_AT, width);
	if (length > MR_NPY_HEADER_LONGEST)
		return fail(cursor, start + LENGTH_AT,
		            "the header is too long");
	cursor->at = start + LENGTH_AT + width;
	if ((size_t)(end - cursor->at) < length)
		return fail(cursor, end, "the header ends too early");
	cursor->end = cursor->at + length;
	return true;
}

/* Bytes of data; SIZE_MAX, which no file has, when they are too many. */
static size_t
data_size(const struct mr_npy *npy)
{
	size_t size = npy->size;
	bool fits = true;

	for (size_t i = 0; i < npy->dimensions; i++) {
		if (npy->shape[i] == 0)
			return 0;
		fits = fits &&
		       !__builtin_mul_overflow(size, npy->shape[i], &size);
	}
	return fits ? size : SIZE_MAX;
}

static bool
find_data(struct cursor *cursor, const char *end)
{
	struct mr_npy *npy = cursor->npy;
	size_t size = data_size(npy);

	npy->data = (const unsigned char *)cursor->end;
	if (npy->type == MR_NPY_OTHER)
		return true;
	if ((size_t)(end - cursor->end) < size)
		return fail(cursor, end, "the data ends too early");
	if ((size_t)(end - cursor->end) > size)
		return fail(cursor, cursor->end + size,
		            "nothing may follow the data");
	npy->count = size / npy->size;
	return true;
}

enum mr_err
mr_npy_read(struct mr_npy *npy, struct mr_string file)
{
	const char *end = file.data + file.length;
	struct cursor cursor = { .npy = npy, .start = file.data };

	*npy = (struct mr_npy){ .type = MR_NPY_OTHER };
	return read_prefix(&cursor, end) && read_dictionary(&cursor) &&
	               find_data(&cursor, end)
	           ? MR_OK
	           : MR_SYNTAX;
}

/*
 * NumPy leaves room for the first length to grow to 21 digits, then fills up
 * to a multiple of 64 bytes.  With one dimension or two that is always 128.
 */
void
mr_npy_write(const struct mr_npy *npy, struct mr_buffer *file)
{
	const size_t length = MR_NPY_HEADER - TEXT_AT;
	char *room = mr_buffer_room(file, MR_NPY_HEADER);
	char shape[64];
	int written;

	if (room == NULL)
		return;
	snprintf(shape, sizeof(shape),
	         npy->dimensions == 1 ? "(%zu,)" : "(%zu, %zu)", npy->shape[0],
	         npy->shape[1]);
	memset(room, ' ', MR_NPY_HEADER);
	memcpy(room, MAGIC "\1\0", LENGTH_AT);
	room[LENGTH_AT] = (char)length;
	room[LENGTH_AT + 1] = 0;
	written = snprintf(room + TEXT_AT, length,
	                   "{'descr': %s, 'fortran_order': False, "
	                   "'shape': %s, }",
	                   types[npy->type].descr, shape);
	room[TEXT_AT + (size_t)written] = ' ';
	room[MR_NPY_HEADER - 1] = '\n';
	file->length += MR_NPY_HEADER;
}
