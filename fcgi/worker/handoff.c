/*
 * handoff.c: descriptors over a pair of SOCK_SEQPACKET sockets (unix(7)).
 */
#include "fcgi/worker/handoff.h"

#include "fcgi/worker/gate.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SEND_ROOM (8 << 20) /* bytes of what waits: some 10,000 connections */

union control {
	struct cmsghdr header; /* for its alignment */
	char bytes[CMSG_SPACE(sizeof(int))];
};

/* Beyond the bound of the system for those who may; up to it for the others. */
static void
make_room(int sender)
{
	const int room = SEND_ROOM;

	if (setsockopt(sender, SOL_SOCKET, SO_SNDBUFFORCE, &room,
	               sizeof(room)) < 0)
		setsockopt(sender, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
}

bool
handoff_open(int pair[2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return false;
	make_room(pair[1]);
	if (fcntl(pair[0], F_SETFL, O_RDWR | O_NONBLOCK) == 0)
		return true;
	close(pair[0]);
	close(pair[1]);
	return false;
}

bool
handoff_send(int sender, int fd, struct mr_string bytes, int patience)
{
	struct iovec part = { (void *)(uintptr_t)bytes.data, bytes.length };
	struct pollfd room = { .fd = sender, .events = POLLOUT };
	union control control = { .header = { .cmsg_len = 0 } };
	struct msghdr message = { .msg_iov = &part,
		                  .msg_iovlen = 1,
		                  .msg_control = control.bytes,
		                  .msg_controllen = sizeof(control.bytes) };
	struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
	ssize_t sent;

	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(rights), &fd, sizeof(int));
	sent = sendmsg(sender, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent < 0 && errno == EAGAIN && poll(&room, 1, patience) == 1)
		sent = sendmsg(sender, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	return sent == (ssize_t)bytes.length;
}

/* The descriptor of a message; -1 and EPROTO when it has none. */
static int
take_descriptor(struct msghdr *message)
{
	const struct cmsghdr *rights = CMSG_FIRSTHDR(message);
	int fd;

	if (rights == NULL || rights->cmsg_level != SOL_SOCKET ||
	    rights->cmsg_type != SCM_RIGHTS ||
	    rights->cmsg_len != CMSG_LEN(sizeof(int))) {
		errno = EPROTO;
		return -1;
	}
	memcpy(&fd, CMSG_DATA(rights), sizeof(int));
	return fd;
}

/* A descriptor for which there is no room would be lost, and its client too. */
static bool
has_room(int receiver)
{
	int fd = dup(receiver);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

int
handoff_receive(int receiver, void *bytes, size_t *length)
{
	struct iovec part = { bytes, GATE_WINDOW };
	union control control;
	struct msghdr message = { .msg_iov = &part,
		                  .msg_iovlen = 1,
		                  .msg_control = control.bytes,
		                  .msg_controllen = sizeof(control.bytes) };
	ssize_t got;

	if (!has_room(receiver))
		return -1;
	do
		got = recvmsg(receiver, &message, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -1;
	*length = (size_t)got;
	return take_descriptor(&message);
}
