/*
 * control_reply.h: the reply of pool control that a path fills in, whatever it is
 * about.
 */
#ifndef FCGI_CONTROL_REPLY_H
#define FCGI_CONTROL_REPLY_H

#include "fcgi/control/control.h"

/* A problem that is returned as an error becomes the reply. */
struct control_reply {
	const struct control *control;
	const struct mr_request *request;
	struct mr_reply *reply; /* zeroed */
	struct mr_arena *arena; /* of all that the reply points to */
	struct mr_problem problem;
	char id[MR_JOB_ID]; /* of the job that the path names */
};

/* Returns err, with the detail that the problem will have. */
enum mr_err control_reply_fail(struct control_reply *answer, enum mr_err err,
                               const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * text, in the arena or static, is what a reply of status 200 has.  MR_OK;
 * MR_MEMORY: it is NULL.
 */
enum mr_err control_reply_send(struct control_reply *answer, const char *type,
                               const char *text);

/* A query string that may hold one flag, or with NULL nothing. */
enum mr_err control_reply_read_flag(struct control_reply *answer,
                                    const char *flag, bool *set);

/* A query string that could not be read at all. */
enum mr_err control_reply_malformed(struct control_reply *answer,
                                    const char *reason, size_t offset);

#endif
