/*
 * prefer.c: preferences, each a name with perhaps a value and parameters.
 */
#include "api/prefer.h"

#include "api/field_value.h"

#include <string.h>

/* A token, or what stands between quotes. */
static bool
read_word(struct mr_piece word, struct mr_piece *value)
{
	*value = word;
	if (word.length == 0 || word.data[0] != '"')
		return mr_piece_is_token(word);
	if (word.length < 2 || word.data[word.length - 1] != '"')
		return false;
	*value = (struct mr_piece){ word.data + 1, word.length - 2 };
	for (size_t i = 0; i < value->length; i++) {
		if (value->data[i] == '"')
			return false;
		if (value->data[i] == '\\' && ++i == value->length)
			return false;
	}
	return true;
}

/* "name" or "name=word"; a name alone has the value "". */
static bool
read_pair(struct mr_piece pair, struct mr_piece *name, struct mr_piece *value)
{
	const char *end = pair.data + pair.length;
	const char *equals = memchr(pair.data, '=', pair.length);

	*value = (struct mr_piece){ "", 0 };
	*name = pair;
	if (equals == NULL)
		return mr_piece_is_token(*name);
	*name = mr_piece_trim(mr_piece_between(pair.data, equals));
	return mr_piece_is_token(*name) &&
	       read_word(mr_piece_trim(mr_piece_between(equals + 1, end)),
	                 value);
}

/* Parameters mean nothing to us, but malformed ones spoil a preference. */
static bool
are_parameters(const char *at, const char *end)
{
	struct mr_piece name, value;

	while (at < end) {
		struct mr_piece parameter = mr_piece_split(&at, end, ';');

		if (parameter.length > 0 &&
		    !read_pair(parameter, &name, &value))
			return false;
	}
	return true;
}

static void
read_preference(struct mr_piece preference, struct mr_prefer *to)
{
	const char *at = preference.data, *end = at + preference.length;
	struct mr_piece name, value;
	long long seconds;

	if (!read_pair(mr_piece_split(&at, end, ';'), &name, &value) ||
	    !are_parameters(at, end))
		return;
	if (mr_piece_is(name, "respond-async") && value.length == 0)
		to->respond_async = true;
	if (mr_piece_is(name, "wait") && !to->has_wait &&
	    mr_piece_number(value, MR_PREFER_WAIT_MOST, &seconds)) {
		to->has_wait = true;
		to->wait = seconds;
	}
}

struct mr_prefer
mr_prefer_read(const char *prefer)
{
	struct mr_prefer read = { .respond_async = false };
	const char *end = prefer == NULL ? NULL : prefer + strlen(prefer);

	while (prefer < end)
		read_preference(mr_piece_split(&prefer, end, ','), &read);
	return read;
}
