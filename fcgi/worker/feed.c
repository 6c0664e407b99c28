/*
 * feed.c: memory first, then the connection.
 */
#include "fcgi/worker/feed.h"

#include "fcgi/worker/gate.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>

#define BETWEEN (GATE_HEADER + 255) /* padding, and the next header */

static struct {
	const unsigned char *bytes;
	size_t head, length;     /* bytes of the head, and of all */
	struct gate_frame frame; /* of what is not read yet */
} feed;

void
feed_begin(const unsigned char *bytes, size_t length)
{
	feed.bytes = bytes;
	feed.head = gate_head(bytes, length);
	feed.length = length;
	feed.frame = (struct gate_frame){ 0 };
	gate_follow(&feed.frame, bytes, feed.head);
}

static size_t
take(char *to, size_t size)
{
	memcpy(to, feed.bytes, size);
	feed.bytes += size;
	feed.length -= size;
	return size;
}

int
OS_Read(int fd, char *to, size_t size)
{
	(void)fd;
	size = take(to, size < feed.head ? size : feed.head);
	feed.head -= size;
	return (int)size;
}

/* As readv(2) of two parts. */
static ssize_t
read_parts(int fd, const struct iovec *parts)
{
	size_t first = parts[0].iov_len, second = parts[1].iov_len;
	ssize_t length;

	if (feed.length > 0) {
		first = take(parts[0].iov_base,
		             first < feed.length ? first : feed.length);
		second = take(parts[1].iov_base,
		              second < feed.length ? second : feed.length);
		return (ssize_t)(first + second);
	}
	do
		length = readv(fd, parts, 2);
	while (length < 0 && errno == EINTR);
	return length;
}

/*
 * What is left of a record, and if there is room for it, the header of the
 * next one by the same call.  0 when no content came.
 */
static ssize_t
read_record(int fd, char *to, size_t size)
{
	struct gate_frame *frame = &feed.frame;
	size_t content = frame->left - frame->padding;
	unsigned char between[BETWEEN];
	struct iovec parts[] = {
		{ to, content < size ? content : size },
		{ between, frame->padding + GATE_HEADER - frame->have },
	};
	ssize_t length;

	if (content > size)
		parts[1].iov_len = 0;
	length = read_parts(fd, parts);
	if (length <= 0) {
		errno = length == 0 ? ECONNRESET : errno;
		return -1;
	}
	content = (size_t)length < parts[0].iov_len ? (size_t)length
	                                            : parts[0].iov_len;
	if (!gate_follow(frame, to, content) ||
	    !gate_follow(frame, between, (size_t)length - content)) {
		errno = EPROTO;
		return -1;
	}
	return (ssize_t)content;
}

ssize_t
feed_body(int fd, char *to, size_t size)
{
	ssize_t length = 0;

	while (length == 0 && size > 0 && !feed.frame.over)
		length = read_record(fd, to, size);
	return length;
}

size_t
feed_up_to(int fd, char *to, size_t length)
{
	size_t have = 0;
	ssize_t got;

	while ((got = feed_body(fd, to + have, length - have)) > 0)
		have += (size_t)got;
	return have;
}

bool
feed_drain(int fd, size_t most)
{
	char rest[8192];
	ssize_t length;

	while ((length = feed_body(fd, rest, sizeof(rest))) > 0 && most > 0)
		most -= (size_t)length < most ? (size_t)length : most;
	return length == 0;
}
