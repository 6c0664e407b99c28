/*
 * feed.c: memory first, then the connection.
 */
#include "fcgi/feed.h"

#include "fcgi/gate.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static struct {
	const unsigned char *bytes;
	size_t length;
	bool more;
	struct gate_frame frame; /* of what follows */
} feed;

void
feed_begin(const unsigned char *bytes, size_t length, bool more)
{
	feed.bytes = bytes;
	feed.length = length;
	feed.more = more;
	feed.frame = (struct gate_frame){ 0 };
	if (more)
		gate_follow(&feed.frame, bytes, length);
}

int
OS_Read(int fd, char *to, size_t size)
{
	ssize_t length;

	if (feed.length > 0) {
		length = (ssize_t)(size < feed.length ? size : feed.length);
		memcpy(to, feed.bytes, (size_t)length);
		feed.bytes += length;
		feed.length -= (size_t)length;
		return (int)length;
	}
	do
		length = read(fd, to, size);
	while (length < 0 && errno == EINTR);
	if (length > 0 && feed.more &&
	    !gate_follow(&feed.frame, (unsigned char *)to, (size_t)length)) {
		errno = EPROTO;
		return -1;
	}
	return (int)length;
}
