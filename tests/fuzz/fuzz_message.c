/*
 * fuzz_message.c: any bytes from a process that speaks to the broker.
 *
 * How long a message is, is known from its head or not at all; what was read
 * is written and read again as the same bytes.
 */
/* sources: fcgi/wire/message.c */
#include "claim.h"
#include "fcgi/wire/message.h"

#include <string.h>

static struct mr_arena *arena;

/* More bytes change nothing once the head is there. */
static void
claim_length(const char *bytes, size_t size)
{
	size_t all = message_length(bytes, size);

	for (size_t length = 0; length < size && length < 2 * MESSAGE_HEAD;
	     length++)
		CLAIM(message_length(bytes, length) ==
		      (length < MESSAGE_HEAD ? 0 : all));
	CLAIM(all == 0 || all == SIZE_MAX ||
	      (all >= MESSAGE_HEAD && all <= MESSAGE_MOST));
}

static struct mr_buffer
written(const struct message *message)
{
	struct mr_buffer bytes = { .arena = arena };

	message_write(message, &bytes);
	CLAIM(!bytes.failed);
	return bytes;
}

/* Parts that hold nothing are not written; the rest stays as it was. */
static void
claim_same(const struct message *message)
{
	struct mr_buffer once = written(message), twice;
	struct message again;

	CLAIM(message_read(once.data, once.length, arena, &again));
	twice = written(&again);
	CLAIM(once.length == twice.length &&
	      memcmp(once.data, twice.data, once.length) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	struct message message;
	size_t length;

	if (arena == NULL)
		arena = mr_arena_new();
	CLAIM(arena != NULL);
	claim_length(bytes, size);
	length = message_length(bytes, size);
	if (length <= size && message_read(bytes, length, arena, &message))
		claim_same(&message);
	mr_arena_reset(arena);
	return 0;
}
