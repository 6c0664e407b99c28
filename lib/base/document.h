/*
 * document.h: small JSON documents (problems, status), built in any order and
 * printed once.  The only place that knows cJSON; calls do not pass here.
 *
 * Every function accepts NULL for a node that could not be made; a member for
 * which there is no memory is left out.
 */
#ifndef MR_BASE_DOCUMENT_H
#define MR_BASE_DOCUMENT_H

#include "base/arena.h"

#include <stddef.h>

struct mr_document;

/* An empty object; free with mr_document_free. */
struct mr_document *mr_document_new(void);

/* Only for what mr_document_new returned; accepts NULL. */
void mr_document_free(struct mr_document *document);

/*
 * Add a member to an object, or with a NULL name an element to an array.
 * text is UTF-8, copied; NULL leaves it out.  literal is JSON already
 * ("true", "0.5").
 */
void mr_document_string(struct mr_document *parent, const char *name,
                        const char *text);
void mr_document_literal(struct mr_document *parent, const char *name,
                         const char *literal);
void mr_document_size(struct mr_document *parent, const char *name,
                      size_t size);

/* The same, returning the new child, which its parent owns. */
struct mr_document *mr_document_object(struct mr_document *parent,
                                       const char *name);
struct mr_document *mr_document_array(struct mr_document *parent,
                                      const char *name);

/* Compact text in arena; NULL when out of memory. */
char *mr_document_print(const struct mr_document *document,
                        struct mr_arena *arena);

#endif
