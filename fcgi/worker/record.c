/*
 * record.c: cutting a reply into records and gathering them into few writes.
 */
#include "fcgi/worker/record.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#define HEADER 8
#define CONTENT_MAX ((size_t)65528) /* the most that needs no padding */
#define BATCH 64                    /* records to one write */

enum { END_REQUEST = 3, STDOUT = 6 };

struct sender {
	int fd, id;
	size_t records;
	unsigned char headers[BATCH][HEADER];
	struct iovec pieces[2 * BATCH];
	bool failed;
};

bool
record_write(int fd, struct iovec *pieces, size_t count)
{
	while (count > 0) {
		ssize_t written = writev(fd, pieces, (int)count);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return false;
		for (; count > 0 && (size_t)written >= pieces->iov_len;
		     pieces++, count--)
			written -= (ssize_t)pieces->iov_len;
		if (count > 0) {
			pieces->iov_base = (char *)pieces->iov_base + written;
			pieces->iov_len -= (size_t)written;
		}
	}
	return true;
}

static void
flush(struct sender *sender)
{
	if (!sender->failed)
		sender->failed = !record_write(sender->fd, sender->pieces,
		                            2 * sender->records);
	sender->records = 0;
}

static void
put_header(unsigned char *header, int id, unsigned type, size_t length)
{
	header[0] = 1;
	header[1] = (unsigned char)type;
	header[2] = (unsigned char)(id >> 8);
	header[3] = (unsigned char)id;
	header[4] = (unsigned char)(length >> 8);
	header[5] = (unsigned char)length;
	header[6] = header[7] = 0;
}

static void
add(struct sender *sender, unsigned type, const void *content, size_t length)
{
	unsigned char *header = sender->headers[sender->records];
	struct iovec *piece = &sender->pieces[2 * sender->records];

	put_header(header, sender->id, type, length);
	piece[0] = (struct iovec){ header, HEADER };
	piece[1] = (struct iovec){ (void *)(uintptr_t)content, length };
	if (++sender->records == BATCH)
		flush(sender);
}

static void
add_output(struct sender *sender, const struct iovec *part)
{
	const char *at = part->iov_base;
	size_t rest = part->iov_len;

	while (rest > 0) {
		size_t length = rest < CONTENT_MAX ? rest : CONTENT_MAX;

		add(sender, STDOUT, at, length);
		at += length;
		rest -= length;
	}
}

static size_t
total(const struct iovec *parts, size_t count)
{
	size_t length = 0;

	for (size_t i = 0; i < count; i++)
		length += parts[i].iov_len;
	return length;
}

size_t
record_render(unsigned char *reply, int id, const struct iovec *parts,
              size_t count)
{
	unsigned char *at = reply;
	size_t length = total(parts, count);

	if (length > RECORD_SMALL)
		return 0;
	if (length > 0) {
		put_header(at, id, STDOUT, length);
		at += HEADER;
	}
	for (size_t i = 0; i < count; i++)
		if (parts[i].iov_len > 0)
			at = mempcpy(at, parts[i].iov_base, parts[i].iov_len);
	put_header(at, id, STDOUT, 0);
	put_header(at + HEADER, id, END_REQUEST, HEADER);
	memset(at + 2 * HEADER, 0, HEADER);
	return (size_t)(at + 3 * HEADER - reply);
}

bool
record_send_reply(int fd, int id, const struct iovec *parts, size_t count)
{
	static const unsigned char complete[8];
	unsigned char reply[RECORD_ROOM];
	struct iovec small = { reply, record_render(reply, id, parts, count) };
	struct sender sender;

	/* A copy costs less than the pieces would: there and here. */
	if (small.iov_len > 0)
		return record_write(fd, &small, 1);
	sender.fd = fd;
	sender.id = id;
	sender.records = 0;
	sender.failed = false;
	for (size_t i = 0; i < count; i++)
		add_output(&sender, &parts[i]);
	add(&sender, STDOUT, "", 0);
	add(&sender, END_REQUEST, complete, sizeof(complete));
	flush(&sender);
	return !sender.failed;
}
