/*
 * document.h: small JSON documents (problems, status), built in any order and
 * printed once, or parsed and looked through.  The only place that knows cJSON;
 * calls do not pass here.
 *
 * Every function accepts NULL for a node that could not be made; a member for
 * which there is no memory is left out.
 */
#ifndef MR_BASE_DOCUMENT_H
#define MR_BASE_DOCUMENT_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

struct mr_document;

/* An empty object; free with mr_document_free. */
struct mr_document *mr_document_new(void);

/* Only for what mr_document_new or _parse returned; accepts NULL. */
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

/*
 * Any one JSON value of length bytes, to be freed with mr_document_free; NULL
 * when it is not that, or when out of memory.
 */
struct mr_document *mr_document_parse(const char *text, size_t length);

/* A member of an object; NULL when there is none. */
const struct mr_document *mr_document_member(const struct mr_document *object,
                                             const char *name);

/* Walks through the elements of an array; NULL behind the last one. */
const struct mr_document *mr_document_first(const struct mr_document *array);
const struct mr_document *mr_document_next(const struct mr_document *element);

/*
 * A member's value, which the document owns; what is given as `otherwise`
 * when there is no member of that name and kind.
 */
const char *mr_document_get_string(const struct mr_document *object,
                                   const char *name, const char *otherwise);
double mr_document_get_number(const struct mr_document *object,
                              const char *name, double otherwise);
bool mr_document_get_bool(const struct mr_document *object, const char *name,
                          bool otherwise);

#endif
