/*
 * prefer.h: reading Prefer (RFC 7240).
 */
#ifndef MR_API_PREFER_H
#define MR_API_PREFER_H

#include <stdbool.h>
#include <stdint.h>

#define MR_PREFER_WAIT_MOST INT32_MAX /* s; more is taken as this */

struct mr_prefer {
	bool respond_async;
	bool has_wait;
	int64_t wait; /* s */
};

/*
 * prefer: the header, or several joined by commas; NULL: none.  Of two that
 * say the same the first holds; preferences that are not known, or malformed,
 * are passed over.
 */
struct mr_prefer mr_prefer_read(const char *prefer);

#endif
