/*
 * misplaced.c: endpoints in pools that cannot have them; for tests.  No server
 * starts with it.
 */
#include "millrace.h"

/* An endpoint without input and result. */
#define IN_POOL(name, pool_)                                                   \
	MR_NOTHING(name##_in);                                                 \
	MR_NOTHING(name##_out);                                                \
	static enum mr_err name(mr_call *call, const struct name##_in *in,     \
	                        struct name##_out *out)                        \
	{                                                                      \
		(void)call;                                                    \
		(void)in;                                                      \
		(void)out;                                                     \
		return MR_OK;                                                  \
	}                                                                      \
	MR_ENDPOINT(name, MR_GET, "/misplaced/" #name, "Cannot be served",     \
	            .pool = pool_)

IN_POOL(nowhere, "zebra");
IN_POOL(in_control, "control");

MR_MODULE(&mr_endpoint_nowhere, &mr_endpoint_in_control);
