/*
 * negotiate.h: reading Accept and Content-Type (RFC 9110, sections 8.3, 12.5).
 */
#ifndef MR_API_NEGOTIATE_H
#define MR_API_NEGOTIATE_H

#include <stdbool.h>

/*
 * Whether an Accept header allows a media type such as "application/json".
 * NULL, an absent header, allows everything.
 */
bool mr_accepts(const char *accept, const char *type);

/*
 * Whether a Content-Type is JSON in UTF-8: application/json or a type that
 * ends with +json, without a charset or with that of UTF-8.
 */
bool mr_content_is_json(const char *content_type);

/* Whether a Content-Encoding leaves the body as it is; NULL: no such header. */
bool mr_content_is_plain(const char *content_encoding);

#endif
