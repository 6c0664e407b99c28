/*
 * err.h: the facts about each enum mr_err, all from the one table in
 * millrace.h.
 */
#ifndef MR_BASE_ERR_H
#define MR_BASE_ERR_H

#include "millrace.h"

/* The HTTP status that a call ending with err is answered with. */
int mr_err_status(enum mr_err err);

/* A short sentence for people, the same for every occurrence of err. */
const char *mr_err_title(enum mr_err err);

/* Writes the last part of the problem type, such as "not-acceptable". */
#define MR_ERR_SLUG 24
void mr_err_slug(enum mr_err err, char slug[MR_ERR_SLUG]);

#endif
