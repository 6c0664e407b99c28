/*
 * resource.c: GET /resource/, a resource that takes a second to come.
 */
#include "millrace.h"

#include <string.h>

#define WORDS "Resource "

/* In JSON a character may take six bytes; MR_PARKED is for all of them. */
#define LONGEST_KEY 256

struct resource_in {
	struct mr_string key;
};
struct resource_out {
	struct mr_string resource;
};

static enum mr_err
resource(mr_call *call, const struct resource_in *in, struct resource_out *out)
{
	size_t length = strlen(WORDS) + in->key.length;
	char *text = mr_alloc(call, length + 1);

	if (text == NULL)
		return MR_MEMORY;
	memcpy(text, WORDS, strlen(WORDS));
	memcpy(text + strlen(WORDS), in->key.data, in->key.length);
	out->resource = (struct mr_string){ text, length };
	mr_park(call, 1);
	return MR_OK;
}

static const struct mr_field resource_in[] = {
	MR_PARAM(struct resource_in, key, "which resource",
	         MR_LENGTH(0, LONGEST_KEY), .example = "\"blue\""),
};
static const struct mr_field resource_out[] = {
	MR_RESULT(struct resource_out, resource, "the word and the key"),
};
MR_ENDPOINT(resource, MR_GET, "/resource/", "A resource, a second later",
            .description =
                "Stands for what has to be fetched from elsewhere. The answer "
                "is delivered one second after the request arrived; no worker "
                "waits for it.",
            .tag = "waits", .parks = true);
