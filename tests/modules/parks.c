/*
 * parks.c: answers that leave later; for tests.
 */
#include "millrace.h"

#include <string.h>

struct park_in {
	double seconds;
	int64_t length;
};
static const struct mr_field park_in[] = {
	MR_PARAM(struct park_in, seconds, "until the answer leaves",
	         MR_RANGE(0, 3600)),
	MR_OPTIONAL(struct park_in, length, "of the message", MR_RANGE(0, 4096),
	            "11"),
};
struct park_out {
	struct mr_string message;
};
static const struct mr_field park_out[] = {
	MR_RESULT(struct park_out, message, "of so many letters"),
};

static enum mr_err
park(mr_call *call, const struct park_in *in, struct park_out *out)
{
	static char letters[4096];

	memset(letters, 'x', sizeof(letters));
	out->message = (struct mr_string){ letters, (size_t)in->length };
	if (in->seconds > 0)
		mr_park(call, in->seconds);
	return MR_OK;
}
MR_ENDPOINT(park, MR_GET, "/park", "Answers after a while", .parks = true);

struct posted_in {
	double seconds;
};
static const struct mr_field posted_in[] = {
	MR_PARAM(struct posted_in, seconds, "until the answer leaves",
	         MR_RANGE(0, 3600)),
};
struct posted_out {
	struct mr_string message;
};
static const struct mr_field posted_out[] = {
	MR_RESULT(struct posted_out, message, "always the same"),
};

static enum mr_err
posted(mr_call *call, const struct posted_in *in, struct posted_out *out)
{
	out->message = (struct mr_string){ "posted", 6 };
	mr_park(call, in->seconds);
	return MR_OK;
}
MR_ENDPOINT(posted, MR_POST, "/park/post", "Answers a body after a while",
            .parks = true);

MR_MODULE(&mr_endpoint_park, &mr_endpoint_posted);
