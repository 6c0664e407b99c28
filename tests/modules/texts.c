/*
 * texts.c: a GET endpoint with a reply of any length; for tests.
 */
#include "millrace.h"

#include <string.h>

struct text_in {
	int64_t length;
};
struct text_out {
	struct mr_string text;
};

static enum mr_err
text(mr_call *call, const struct text_in *in, struct text_out *out)
{
	char *all = mr_alloc(call, (size_t)in->length + 1);

	if (all == NULL)
		return MR_MEMORY;
	memset(all, 'x', (size_t)in->length);
	out->text = (struct mr_string){ all, (size_t)in->length };
	return MR_OK;
}

static const struct mr_field text_in[] = {
	MR_PARAM(struct text_in, length, "how many times x",
	         MR_RANGE(0, 1000000)),
};
static const struct mr_field text_out[] = {
	MR_RESULT(struct text_out, text, "so many times x"),
};
MR_ENDPOINT(text, MR_GET, "/text", "Repeats x");

MR_MODULE(&mr_endpoint_text);
