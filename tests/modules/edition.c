/*
 * edition.c: a module that is replaced by a later edition of itself; for tests.
 */
#include "millrace.h"

#ifndef EDITION
#define EDITION 1
#endif

MR_NOTHING(edition_in);
struct edition_out {
	int64_t edition;
};

static enum mr_err
edition(mr_call *call, const struct edition_in *in, struct edition_out *out)
{
	(void)call;
	(void)in;
	out->edition = EDITION;
	return MR_OK;
}
static const struct mr_field edition_out[] = {
	MR_RESULT(struct edition_out, edition, "of the module"),
};
MR_ENDPOINT(edition, MR_GET, "/edition", "Tells of its edition");

MR_MODULE(&mr_endpoint_edition);
