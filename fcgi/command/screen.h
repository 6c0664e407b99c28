/*
 * screen.h: what `millrace top` shows: from what GET /status said to lines of
 * text, and nothing else.
 */
#ifndef FCGI_SCREEN_H
#define FCGI_SCREEN_H

#include "base/buffer.h"
#include "base/document.h"

#include <stdbool.h>
#include <stddef.h>

struct screen {
	const struct mr_document *now;    /* GET /status */
	const struct mr_document *before; /* an earlier one, for rates; or NULL */
	double seconds;                   /* from then to now */
	const char *trouble;              /* for the top; or NULL */
	size_t rows, columns;             /* 0: as many as it takes */
	bool is_terminal;                 /* headings stand out */
};

/*
 * At most rows lines, each of at most columns characters and a newline.  All
 * is printable ASCII but for the escapes of headings; a member of the document
 * that is not there, or of another kind, is shown as "-".
 */
void screen_draw(const struct screen *screen, struct mr_buffer *text);

#endif
