/*
 * pack.c: a number is 8 bytes; a text its length, its bytes and a NUL, NULL
 * the length -1 alone.
 */
#include "jobs/pack.h"

#include <limits.h>

void
mr_pack_number(struct mr_buffer *to, int64_t number)
{
	mr_buffer_append(to, (const char *)&number, sizeof(number));
}

void
mr_pack_text(struct mr_buffer *to, struct mr_string text)
{
	if (text.data == NULL) {
		mr_pack_number(to, -1);
		return;
	}
	mr_pack_number(to, (int64_t)text.length);
	mr_buffer_append(to, text.data, text.length);
	mr_buffer_putc(to, '\0');
}

void
mr_pack_job(struct mr_buffer *to, const struct mr_job *job)
{
	for (size_t i = 0; i < mr_job_column_count; i++) {
		const void *member =
		    (const char *)job + mr_job_columns[i].offset;
		struct mr_string text = { NULL, 0 };

		if (mr_job_columns[i].kind == MR_JOB_NUMBER) {
			mr_pack_number(to, *(const int64_t *)member);
			continue;
		}
		text.data = *(const char *const *)member;
		if (text.data != NULL)
			text.length = strlen(text.data);
		mr_pack_text(to, text);
	}
}

void
mr_pack_input(struct mr_buffer *to, const struct mr_job_input *input)
{
	mr_pack_text(to, input->method);
	mr_pack_text(to, input->path);
	mr_pack_text(to, input->query);
	mr_pack_text(to, input->content_type);
	mr_pack_text(to, input->content_encoding);
	mr_pack_text(to, input->accept);
	mr_pack_text(to, input->body);
}

void
mr_pack_result(struct mr_buffer *to, const struct mr_job_result *result)
{
	mr_pack_number(to, result->status);
	mr_pack_text(to, result->content_type);
	mr_pack_text(to, result->body);
}

int64_t
mr_unpack_number(struct mr_unpack *from)
{
	int64_t number;

	if (from->failed || from->end - from->at < (ptrdiff_t)sizeof(number)) {
		from->failed = true;
		return 0;
	}
	memcpy(&number, from->at, sizeof(number));
	from->at += sizeof(number);
	return number;
}

struct mr_string
mr_unpack_text(struct mr_unpack *from)
{
	int64_t length = mr_unpack_number(from);
	struct mr_string text;

	if (from->failed || length == -1)
		return (struct mr_string){ NULL, 0 };
	if (length < 0 || length >= from->end - from->at ||
	    from->at[length] != '\0') {
		from->failed = true;
		return (struct mr_string){ NULL, 0 };
	}
	text = (struct mr_string){ from->at, (size_t)length };
	from->at += length + 1;
	return text;
}

void
mr_unpack_job(struct mr_unpack *from, struct mr_job *job)
{
	for (size_t i = 0; i < mr_job_column_count; i++) {
		void *member = (char *)job + mr_job_columns[i].offset;
		struct mr_string text;

		if (mr_job_columns[i].kind == MR_JOB_NUMBER) {
			*(int64_t *)member = mr_unpack_number(from);
			continue;
		}
		text = mr_unpack_text(from);
		*(const char **)member = text.data;
		if (text.data != NULL && strlen(text.data) != text.length)
			from->failed = true;
	}
	if (job->id == NULL)
		from->failed = true;
	if (from->failed)
		*job = (struct mr_job){ .id = NULL };
}

void
mr_unpack_input(struct mr_unpack *from, struct mr_job_input *input)
{
	input->method = mr_unpack_text(from);
	input->path = mr_unpack_text(from);
	input->query = mr_unpack_text(from);
	input->content_type = mr_unpack_text(from);
	input->content_encoding = mr_unpack_text(from);
	input->accept = mr_unpack_text(from);
	input->body = mr_unpack_text(from);
	if (input->method.data == NULL || input->path.data == NULL)
		from->failed = true;
	if (from->failed)
		*input = (struct mr_job_input){ .method = { NULL, 0 } };
}

void
mr_unpack_result(struct mr_unpack *from, struct mr_job_result *result)
{
	int64_t status = mr_unpack_number(from);

	result->content_type = mr_unpack_text(from);
	result->body = mr_unpack_text(from);
	if (status < 0 || status > INT_MAX)
		from->failed = true;
	result->status = from->failed ? 0 : (int)status;
	if (from->failed)
		*result = (struct mr_job_result){ .status = 0 };
}
