/*
 * pack.h: records as bytes, for blobs and messages: numbers of 8 bytes and
 * texts behind their length, all in the machine's own order.
 */
#ifndef MR_JOBS_PACK_H
#define MR_JOBS_PACK_H

#include "base/buffer.h"
#include "jobs/job.h"

void mr_pack_number(struct mr_buffer *to, int64_t number);
/* NULL data is kept apart from an empty text. */
void mr_pack_text(struct mr_buffer *to, struct mr_string text);
void mr_pack_job(struct mr_buffer *to, const struct mr_job *job);
void mr_pack_input(struct mr_buffer *to, const struct mr_job_input *input);
void mr_pack_result(struct mr_buffer *to, const struct mr_job_result *result);

/* What is left of packed bytes; failed: they were not what was asked for. */
struct mr_unpack {
	const char *at, *end;
	bool failed;
};

/*
 * 0, or all NULL, once it has failed.  A text points into the bytes, with a
 * NUL behind it.
 */
int64_t mr_unpack_number(struct mr_unpack *from);
struct mr_string mr_unpack_text(struct mr_unpack *from);
void mr_unpack_job(struct mr_unpack *from, struct mr_job *job);
void mr_unpack_input(struct mr_unpack *from, struct mr_job_input *input);
void mr_unpack_result(struct mr_unpack *from, struct mr_job_result *result);

#endif
