/*
 * negotiate.h: reading Accept, Content-Type and Content-Encoding (RFC 9110,
 * sections 8.3, 8.4 and 12.5).
 */
#ifndef MR_API_NEGOTIATE_H
#define MR_API_NEGOTIATE_H

#include "schema/format.h"

/*
 * The weight that an Accept header gives a media type such as
 * "application/json", in thousandths: 0, not acceptable, to 1000.  The range
 * that names the type most closely decides, the first of several.  NULL, an
 * absent header, gives everything 1000; so does a weight that is malformed.
 */
int mr_accept_weight(const char *accept, const char *type);

/*
 * Whether a Content-Type is that of a format.  JSON: application/json or any
 * type/name+json, without a charset or with one that UTF-8 includes.
 * Others by their name, whatever the parameters.
 */
bool mr_content_is(const char *content_type, enum mr_format format);

enum mr_coding { MR_CODING_NONE, MR_CODING_GZIP, MR_CODING_UNKNOWN };

/* How a body with this Content-Encoding is coded; NULL: no such header. */
enum mr_coding mr_content_coding(const char *content_encoding);

#endif
