/*
 * complaint.h: what is wrong with a configuration, told with the line of the
 * file that makes it so.
 */
#ifndef FCGI_COMPLAINT_H
#define FCGI_COMPLAINT_H

#include "base/buffer.h"
#include "fcgi/config/catalog.h"
#include "fcgi/config/config.h"

#include <stddef.h>

#define COMPLAINT_LINES                                                        \
	(CATALOG_MOST + CONFIG_POOLS * CATALOG_MOST + 2 * CONFIG_ENDPOINTS)

struct complaint {
	const char *file;
	struct mr_buffer *text;
	struct {
		ptrdiff_t place; /* of the member in struct config */
		int line;
	} given[COMPLAINT_LINES];
	size_t given_count;
};

/* A member of the struct config has its value from this line. */
void complaint_note(struct complaint *complaint, const struct config *config,
                    const void *member, int line);

/* That line; 0 when the file does not give the member. */
int complaint_line(const struct complaint *complaint,
                   const struct config *config, const void *member);

/*
 * Begins a complaint with "FILE:LINE: ", without a line where it is 0; the
 * rest is for the caller to print, with the end of the line.
 */
struct mr_buffer *complaint_begin(const struct complaint *complaint, int line);

#endif
