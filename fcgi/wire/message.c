/*
 * message.c: a head of fixed size, and behind it those parts of the message
 * that hold anything.
 */
#include "fcgi/wire/message.h"

#include "base/text.h"
#include "jobs/pack.h"

#include <stdint.h>
#include <string.h>

/* The machine's own order: both ends are on one machine. */
struct head {
	uint32_t mark;   /* MARK */
	uint16_t type;   /* enum message_type */
	uint16_t parts;  /* a bit for each row of the table below */
	uint64_t length; /* with this head */
};

_Static_assert(sizeof(struct head) == MESSAGE_HEAD, "as others know it");

#define MARK (UINT32_C(0x4D520000) + MESSAGE_VERSION)

/* Texts that may be NULL. */

static void
write_text(struct mr_buffer *to, const char *text)
{
	mr_pack_text(to, mr_string_of(text));
}

static const char *
read_text(struct mr_unpack *from)
{
	return mr_unpack_text(from).data;
}

/* A number that names one of `count` things. */
static int64_t
read_choice(struct mr_unpack *from, int64_t count)
{
	int64_t choice = mr_unpack_number(from);

	if (choice >= 0 && choice < count)
		return choice;
	from->failed = true;
	return 0;
}

/* The parts. */

static bool
has_id(const struct message *message)
{
	return message->id != NULL;
}

static void
write_id(const struct message *message, struct mr_buffer *to)
{
	write_text(to, message->id);
}

static void
read_id(struct mr_unpack *from, struct message *message)
{
	message->id = read_text(from);
}

static bool
has_numbers(const struct message *message)
{
	return message->err != MR_OK || message->attempt != 0 ||
	       message->number != 0 || message->cause != MR_JOB_CAUSE_NONE ||
	       message->age != 0;
}

static void
write_numbers(const struct message *message, struct mr_buffer *to)
{
	mr_pack_number(to, (int64_t)message->err);
	mr_pack_number(to, message->attempt);
	mr_pack_number(to, message->number);
	mr_pack_number(to, (int64_t)message->cause);
	mr_pack_number(to, (int64_t)message->age);
}

static void
read_numbers(struct mr_unpack *from, struct message *message)
{
	message->err = (enum mr_err)read_choice(from, MR_ERR_COUNT);
	message->attempt = mr_unpack_number(from);
	message->number = mr_unpack_number(from);
	message->cause = (enum mr_job_cause)read_choice(from,
	                                                MR_JOB_CAUSE_COUNT);
	message->age = (uint64_t)mr_unpack_number(from);
}

static bool
has_words(const struct message *message)
{
	return message->detail != NULL || message->frames.data != NULL;
}

static void
write_words(const struct message *message, struct mr_buffer *to)
{
	write_text(to, message->detail);
	mr_pack_text(to, message->frames);
}

static void
read_words(struct mr_unpack *from, struct message *message)
{
	message->detail = read_text(from);
	message->frames = mr_unpack_text(from);
}

static bool
has_filter(const struct message *message)
{
	return message->type == MESSAGE_LIST;
}

static void
write_filter(const struct message *message, struct mr_buffer *to)
{
	mr_pack_number(to, message->filter.state);
	write_text(to, message->filter.endpoint);
	write_text(to, message->filter.after);
	mr_pack_number(to, (int64_t)message->filter.limit);
}

static void
read_filter(struct mr_unpack *from, struct message *message)
{
	message->filter.state = mr_unpack_number(from);
	message->filter.endpoint = read_text(from);
	message->filter.after = read_text(from);
	message->filter.limit = (size_t)mr_unpack_number(from);
}

static bool
has_input(const struct message *message)
{
	return message->input.method.data != NULL;
}

static void
write_input(const struct message *message, struct mr_buffer *to)
{
	mr_pack_input(to, &message->input);
}

static void
read_input(struct mr_unpack *from, struct message *message)
{
	mr_unpack_input(from, &message->input);
}

static bool
has_result(const struct message *message)
{
	return message->result.status != 0;
}

static void
write_result(const struct message *message, struct mr_buffer *to)
{
	mr_pack_result(to, &message->result);
}

static void
read_result(struct mr_unpack *from, struct message *message)
{
	mr_unpack_result(from, &message->result);
}

static bool
has_checkpoint(const struct message *message)
{
	return message->checkpoint.data != NULL;
}

static void
write_checkpoint(const struct message *message, struct mr_buffer *to)
{
	mr_pack_text(to, message->checkpoint);
}

static void
read_checkpoint(struct mr_unpack *from, struct message *message)
{
	message->checkpoint = mr_unpack_text(from);
}

static const struct part {
	bool (*has)(const struct message *message);
	void (*write)(const struct message *message, struct mr_buffer *to);
	void (*read)(struct mr_unpack *from, struct message *message);
} parts[] = {
	{ has_id, write_id, read_id },
	{ has_numbers, write_numbers, read_numbers },
	{ has_words, write_words, read_words },
	{ has_filter, write_filter, read_filter },
	{ has_input, write_input, read_input },
	{ has_result, write_result, read_result },
	{ has_checkpoint, write_checkpoint, read_checkpoint },
};

/* The jobs are the last part, since they need memory. */
#define PARTS (sizeof(parts) / sizeof(parts[0]))
#define JOBS (1U << PARTS)

/* Even an empty job has its numbers, and the lengths of its texts. */
static bool
may_hold_jobs(const struct mr_unpack *from, int64_t count)
{
	size_t least = mr_job_column_count * sizeof(int64_t);

	return count > 0 && (size_t)count <= (size_t)(from->end - from->at) / least;
}

static void
read_jobs(struct mr_unpack *from, struct mr_arena *arena,
          struct message *message)
{
	int64_t count = mr_unpack_number(from);
	struct mr_job *jobs = NULL;

	if (!from->failed && may_hold_jobs(from, count))
		jobs = mr_arena_alloc(arena, (size_t)count * sizeof(*jobs));
	if (jobs == NULL) {
		from->failed = true;
		return;
	}
	for (int64_t i = 0; i < count; i++)
		mr_unpack_job(from, &jobs[i]);
	message->jobs = jobs;
	message->job_count = (size_t)count;
}

static void
write_jobs(const struct message *message, struct mr_buffer *to)
{
	mr_pack_number(to, (int64_t)message->job_count);
	for (size_t i = 0; i < message->job_count; i++)
		mr_pack_job(to, &message->jobs[i]);
}

/* Which parts there are; what the bits of a head may be. */
static unsigned
find_parts(const struct message *message)
{
	unsigned found = message->job_count > 0 ? JOBS : 0;

	for (size_t i = 0; i < PARTS; i++)
		if (parts[i].has(message))
			found |= 1U << i;
	return found;
}

void
message_write(const struct message *message, struct mr_buffer *to)
{
	struct head head = { .mark = MARK,
		             .type = (uint16_t)message->type,
		             .parts = (uint16_t)find_parts(message) };
	size_t start = to->length;

	mr_buffer_append(to, (const char *)&head, sizeof(head));
	for (size_t i = 0; i < PARTS; i++)
		if (head.parts & 1U << i)
			parts[i].write(message, to);
	if (head.parts & JOBS)
		write_jobs(message, to);
	if (to->failed)
		return;
	head.length = to->length - start;
	memcpy(to->data + start, &head, sizeof(head));
}

size_t
message_length(const char *bytes, size_t length)
{
	struct head head;

	if (length < sizeof(head))
		return 0;
	memcpy(&head, bytes, sizeof(head));
	if (head.mark != MARK || head.type >= MESSAGE_TYPE_COUNT ||
	    head.length < sizeof(head) || head.length > MESSAGE_MOST)
		return SIZE_MAX;
	return head.length;
}

bool
message_read(const char *bytes, size_t length, struct mr_arena *arena,
             struct message *message)
{
	struct mr_unpack from = { .end = bytes + length };
	struct head head;

	*message = (struct message){ .type = MESSAGE_REPLY };
	if (length == 0 || message_length(bytes, length) != length)
		return false;
	memcpy(&head, bytes, sizeof(head));
	from.at = bytes + sizeof(head);
	message->type = (enum message_type)head.type;
	for (size_t i = 0; i < PARTS; i++)
		if (head.parts & 1U << i)
			parts[i].read(&from, message);
	if (head.parts & JOBS)
		read_jobs(&from, arena, message);
	return !from.failed && from.at == from.end && head.parts < JOBS << 1;
}
