/*
 * job.c: the table of a job's members, and ids.
 */
#include "jobs/job.h"

#include <string.h>

#define TEXT(member)                                                           \
	{ #member,                                                             \
	  _Generic(((struct mr_job *)0)->member, const char *: MR_JOB_TEXT),   \
	  offsetof(struct mr_job, member) }
#define NUMBER(member)                                                         \
	{ #member,                                                             \
	  _Generic(((struct mr_job *)0)->member, int64_t: MR_JOB_NUMBER),      \
	  offsetof(struct mr_job, member) }

const struct mr_job_column mr_job_columns[] = {
	TEXT(id),         NUMBER(state),     TEXT(endpoint),
	TEXT(method),     TEXT(path),        NUMBER(priority),
	NUMBER(created),  NUMBER(due),       NUMBER(rank),
	NUMBER(started),  NUMBER(finished),  NUMBER(attempt),
	NUMBER(failures), NUMBER(losses),    NUMBER(attempts),
	NUMBER(cancelling), TEXT(owner),     NUMBER(lease),
	NUMBER(cause),    NUMBER(signal),    TEXT(detail),
	TEXT(backtrace),  TEXT(digest),      TEXT(key),
	TEXT(request_id), TEXT(progress),    TEXT(history),
	NUMBER(status),
};
const size_t mr_job_column_count =
    sizeof(mr_job_columns) / sizeof(mr_job_columns[0]);

static const struct {
	const char *name;
	bool final;
} states[] = {
#define STATE(symbol, name, final) { name, final },
	MR_JOB_STATES(STATE)
#undef STATE
};

static const char *const causes[] = {
#define CAUSE(symbol, name) name,
	MR_JOB_CAUSES(CAUSE)
#undef CAUSE
};

/* Stores may hold numbers that a later version wrote. */
const char *
mr_job_state_name(int64_t state)
{
	return state < 0 || state >= MR_JOB_STATE_COUNT ? "unknown"
	                                                : states[state].name;
}

const char *
mr_job_cause_name(int64_t cause)
{
	return cause < 0 || cause >= MR_JOB_CAUSE_COUNT ? "unknown"
	                                                : causes[cause];
}

enum mr_job_state
mr_job_state_of(const char *name)
{
	unsigned int state = 0;

	while (state < MR_JOB_STATE_COUNT &&
	       strcmp(states[state].name, name) != 0)
		state++;
	return state;
}

bool
mr_job_is_final(int64_t state)
{
	return state >= 0 && state < MR_JOB_STATE_COUNT && states[state].final;
}

static bool
has_hyphen(size_t place)
{
	return place == 8 || place == 13 || place == 18 || place == 23;
}

void
mr_job_make_id(uint64_t now, const unsigned char random[10], char id[MR_JOB_ID])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[16];
	size_t place = 0;

	for (size_t i = 0; i < 6; i++)
		bytes[i] = (unsigned char)(now >> (40 - 8 * i));
	memcpy(bytes + 6, random, 10);
	bytes[6] = (unsigned char)(0x70 | (bytes[6] & 0x0F));
	bytes[8] = (unsigned char)(0x80 | (bytes[8] & 0x3F));
	for (size_t i = 0; i < sizeof(bytes); i++) {
		if (has_hyphen(place))
			id[place++] = '-';
		id[place++] = digits[bytes[i] >> 4];
		id[place++] = digits[bytes[i] & 0x0F];
	}
	id[place] = '\0';
}

bool
mr_job_is_id(const char *text)
{
	size_t place;

	for (place = 0; text[place] != '\0' && place < MR_JOB_ID; place++)
		if (has_hyphen(place)
		        ? text[place] != '-'
		        : strchr("0123456789abcdef", text[place]) == NULL)
			return false;
	return place == MR_JOB_ID - 1 && text[14] == '7' &&
	       strchr("89ab", text[19]) != NULL;
}

void
mr_job_copy_id(char to[MR_JOB_ID], const char *id)
{
	size_t length = strnlen(id, MR_JOB_ID - 1);

	memcpy(to, id, length);
	memset(to + length, 0, MR_JOB_ID - length);
}

/* FNV-1a, folded: its low bits alone know little of the last bytes. */
uint64_t
mr_job_hash(const char *id)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (; *id != '\0'; id++)
		hash = (hash ^ (unsigned char)*id) * UINT64_C(1099511628211);
	return hash ^ hash >> 32;
}

enum mr_err
mr_job_copy(const struct mr_job *job, struct mr_arena *arena,
            struct mr_job *copy)
{
	struct mr_job made = *job;

	for (size_t i = 0; i < mr_job_column_count; i++) {
		const struct mr_job_column *column = &mr_job_columns[i];
		const char **text =
		    (const char **)(void *)((char *)&made + column->offset);

		if (column->kind != MR_JOB_TEXT || *text == NULL)
			continue;
		*text = mr_arena_copy(arena, *text, strlen(*text));
		if (*text == NULL)
			return MR_MEMORY;
	}
	*copy = made;
	return MR_OK;
}
