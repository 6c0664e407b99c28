/*
 * gate.c: a walk over FastCGI records (FastCGI Specification 1.0, sections
 * 3.3, 3.4 and 5), and over the names and values in the parameters.
 */
#include "fcgi/worker/gate.h"

#include <stdint.h>

enum { BEGIN_REQUEST = 1, PARAMS = 4, STDIN = 5 };
enum { RESPONDER = 1 };

struct record {
	unsigned type, id;
	size_t content, size; /* bytes of content, and of all with padding */
};

/* The stream of parameters, which records may cut anywhere. */
struct pairs {
	unsigned have;      /* bytes of the two lengths seen so far */
	unsigned char lengths[8];
	uint64_t remaining; /* bytes of name and value still to come */
};

struct walk {
	const unsigned char *at, *end;
	unsigned id;
	struct pairs pairs;
};

static struct record
read_header(const unsigned char *header)
{
	size_t content = (size_t)header[4] << 8 | header[5];

	return (struct record){
		.type = header[1],
		.id = (unsigned)header[2] << 8 | header[3],
		.content = content,
		.size = GATE_HEADER + content + header[6],
	};
}

static bool
next_record(struct walk *walk, struct record *record)
{
	if (walk->end - walk->at < GATE_HEADER)
		return false;
	*record = read_header(walk->at);
	return true;
}

/* The length that begins at bytes, if `have` bytes are enough for it. */
static bool
take_length(const unsigned char *bytes, unsigned have, unsigned *used,
            uint64_t *length)
{
	if (have == 0)
		return false;
	if ((bytes[0] & 0x80) == 0) {
		*used = 1;
		*length = bytes[0];
		return true;
	}
	if (have < 4)
		return false;
	*used = 4;
	*length = (uint64_t)(bytes[0] & 0x7F) << 24 |
	          (uint64_t)bytes[1] << 16 | (uint64_t)bytes[2] << 8 |
	          bytes[3];
	return true;
}

/* One more byte of lengths; once both are known, the pair's bytes remain. */
static void
add_length_byte(struct pairs *pairs, unsigned char byte)
{
	unsigned name_used, value_used;
	uint64_t name, value;

	pairs->lengths[pairs->have++] = byte;
	if (!take_length(pairs->lengths, pairs->have, &name_used, &name) ||
	    !take_length(pairs->lengths + name_used, pairs->have - name_used,
	                 &value_used, &value))
		return;
	pairs->have = 0;
	pairs->remaining = name + value;
}

/* False when a pair claims more than a head may have. */
static bool
walk_pairs(struct pairs *pairs, const unsigned char *at, size_t length)
{
	while (length > 0) {
		size_t step = length < pairs->remaining
		                  ? length
		                  : (size_t)pairs->remaining;

		if (step == 0) {
			add_length_byte(pairs, *at);
			step = 1;
		} else {
			pairs->remaining -= step;
		}
		if (pairs->remaining > GATE_WINDOW)
			return false;
		at += step;
		length -= step;
	}
	return true;
}

/* libfcgi takes the padding of a record that ends a stage for a header. */
static bool
has_lost_padding(const struct record *record)
{
	return record->size > GATE_HEADER + record->content;
}

static enum gate
walk_begin(struct walk *walk)
{
	struct record record;
	const unsigned char *body = walk->at + GATE_HEADER;

	if (walk->at < walk->end && walk->at[0] != 1)
		return GATE_REFUSED;
	if (!next_record(walk, &record))
		return GATE_PARTIAL;
	if (record.type != BEGIN_REQUEST || record.id == 0 ||
	    record.content != 8 || has_lost_padding(&record))
		return GATE_REFUSED;
	if ((size_t)(walk->end - walk->at) < record.size)
		return GATE_PARTIAL;
	if (body[0] != 0 || body[1] != RESPONDER)
		return GATE_REFUSED;
	walk->id = record.id;
	walk->at += record.size;
	return GATE_WHOLE;
}

/*
 * The records of one stream up to the empty one that ends it.  Parameters
 * are checked; of a body only the frame is.
 */
static enum gate
walk_stream(struct walk *walk, unsigned type)
{
	struct record record;

	while (next_record(walk, &record)) {
		if (walk->at[0] != 1 || record.type != type ||
		    record.id != walk->id ||
		    (record.content == 0 && has_lost_padding(&record)))
			return GATE_REFUSED;
		if ((size_t)(walk->end - walk->at) < record.size)
			return GATE_PARTIAL;
		if (type == PARAMS &&
		    !walk_pairs(&walk->pairs, walk->at + GATE_HEADER,
		                record.content))
			return GATE_REFUSED;
		walk->at += record.size;
		if (record.content == 0)
			return GATE_WHOLE;
	}
	return GATE_PARTIAL;
}

enum gate
gate_judge(const unsigned char *bytes, size_t length)
{
	struct walk walk = { .at = bytes, .end = bytes + length };
	bool full = length >= GATE_WINDOW;
	enum gate gate = walk_begin(&walk);

	if (gate == GATE_WHOLE)
		gate = walk_stream(&walk, PARAMS);
	if (gate == GATE_PARTIAL && full)
		return GATE_REFUSED;
	if (gate != GATE_WHOLE)
		return gate;
	if (walk.pairs.have > 0 || walk.pairs.remaining > 0)
		return GATE_REFUSED;
	gate = walk_stream(&walk, STDIN);
	if (gate == GATE_WHOLE && walk.at != walk.end)
		return GATE_REFUSED;
	return gate == GATE_PARTIAL && full ? GATE_LARGE : gate;
}

size_t
gate_head(const unsigned char *bytes, size_t length)
{
	struct walk walk = { .at = bytes, .end = bytes + length };
	struct record record;

	while (next_record(&walk, &record) && record.type != STDIN)
		walk.at += record.size;
	return (size_t)(walk.at - bytes);
}

/* The header in frame is complete: what kind of record begins? */
static bool
begin_record(struct gate_frame *frame)
{
	const struct record record = read_header(frame->header);

	if (frame->header[0] != 1 || record.type < frame->type ||
	    record.type > STDIN || record.id == 0 ||
	    (frame->type != 0 && record.id != frame->id))
		return false;
	frame->type = record.type;
	frame->id = record.id;
	frame->left = record.size - GATE_HEADER;
	frame->padding = frame->left - record.content;
	frame->have = 0;
	frame->over = frame->type == STDIN && record.content == 0;
	return !frame->over || frame->left == 0;
}

bool
gate_follow(struct gate_frame *frame, const void *from, size_t length)
{
	const unsigned char *bytes = from;

	while (length > 0) {
		size_t step = length < frame->left ? length : frame->left;

		if (step > 0) {
			frame->left -= step;
			if (frame->padding > frame->left)
				frame->padding = frame->left;
		} else if (frame->over) {
			return false;
		} else {
			step = 1;
			frame->header[frame->have++] = *bytes;
			if (frame->have == GATE_HEADER && !begin_record(frame))
				return false;
		}
		bytes += step;
		length -= step;
	}
	return true;
}
