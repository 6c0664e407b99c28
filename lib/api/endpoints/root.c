/*
 * root.c: GET /, a greeting after a second, during which nobody is busy.
 */
#include "millrace.h"

MR_NOTHING(root_in);
struct root_out {
	struct mr_string message;
};

static enum mr_err
root(mr_call *call, const struct root_in *in, struct root_out *out)
{
	static const char message[] = "Hello World";

	(void)in;
	out->message = (struct mr_string){ message, sizeof(message) - 1 };
	mr_park(call, 1);
	return MR_OK;
}

static const struct mr_field root_out[] = {
	MR_RESULT(struct root_out, message, "a greeting"),
};
MR_ENDPOINT(root, MR_GET, "/", "A greeting, a second later",
            .description =
                "The answer is made at once and delivered one second after "
                "the request arrived. Until then no worker waits for it: "
                "thousands of clients may be waiting at once.",
            .tag = "waits", .parks = true);
