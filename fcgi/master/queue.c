/*
 * queue.c: sock_diag(7) for unix sockets, TCP_INFO for the others.
 */
#include "fcgi/master/queue.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whole in every case: the answer to one question is some 50 bytes. */
#define ANSWER_SIZE 1024

struct question {
	struct nlmsghdr head;
	struct unix_diag_req body;
};

int
queue_open(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
	              NETLINK_SOCK_DIAG);
}

static int
option(int fd, int name)
{
	int value = 0;
	socklen_t size = sizeof(value);

	return getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 ? value
	                                                            : -1;
}

static long
tcp_length(int listener)
{
	struct tcp_info info = { .tcpi_unacked = 0 };
	socklen_t size = sizeof(info);

	/* Of a listening socket this is its queue. */
	if (getsockopt(listener, IPPROTO_TCP, TCP_INFO, &info, &size) < 0)
		return -1;
	return (long)info.tcpi_unacked;
}

static bool
ask(int diag, uint32_t number, uint32_t inode)
{
	const struct question question = {
		.head = { .nlmsg_len = sizeof(question),
		          .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		          .nlmsg_flags = NLM_F_REQUEST,
		          .nlmsg_seq = number },
		.body = { .sdiag_family = AF_UNIX,
		          .udiag_states = UINT32_MAX,
		          .udiag_ino = inode,
		          .udiag_show = UDIAG_SHOW_RQLEN,
		          .udiag_cookie = { UINT32_MAX, UINT32_MAX } },
	};

	return send(diag, &question, sizeof(question), 0) ==
	       (ssize_t)sizeof(question);
}

/* The queue's length in an answer; -1 when it holds none, or an error. */
static long
find(const struct nlmsghdr *head)
{
	const struct unix_diag_msg *body = NLMSG_DATA(head);
	const struct rtattr *attribute = (const struct rtattr *)(body + 1);
	struct unix_diag_rqlen queue;
	size_t rest;

	if (head->nlmsg_type != SOCK_DIAG_BY_FAMILY ||
	    head->nlmsg_len < NLMSG_LENGTH(sizeof(*body)))
		return -1;
	rest = head->nlmsg_len - NLMSG_LENGTH(sizeof(*body));
	for (; RTA_OK(attribute, rest); attribute = RTA_NEXT(attribute, rest)) {
		if (attribute->rta_type != UNIX_DIAG_RQLEN ||
		    RTA_PAYLOAD(attribute) < sizeof(queue))
			continue;
		memcpy(&queue, RTA_DATA(attribute), sizeof(queue));
		return (long)queue.udiag_rqueue;
	}
	return -1;
}

/* The system answers while it is asked, so there is nothing to wait for. */
static long
unix_length(int diag, uint32_t inode)
{
	static uint32_t number;
	_Alignas(struct nlmsghdr) char answer[ANSWER_SIZE];
	const struct nlmsghdr *head = (const struct nlmsghdr *)answer;
	ssize_t got;

	if (!ask(diag, ++number, inode))
		return -1;
	while ((got = recv(diag, answer, sizeof(answer), MSG_DONTWAIT)) > 0)
		if (NLMSG_OK(head, (size_t)got) && head->nlmsg_seq == number)
			return find(head);
	return -1;
}

/* The system looks through all of its unix sockets for the one it is asked of. */
static bool
is_empty(int listener)
{
	struct pollfd listening = { listener, POLLIN, 0 };

	return poll(&listening, 1, 0) == 0;
}

long
queue_length(int diag, int listener)
{
	struct stat status;

	if (option(listener, SO_ACCEPTCONN) != 1)
		return -1;
	if (option(listener, SO_DOMAIN) != AF_UNIX)
		return tcp_length(listener);
	if (diag < 0 || fstat(listener, &status) < 0)
		return -1;
	if (is_empty(listener))
		return 0;
	return unix_length(diag, (uint32_t)status.st_ino);
}
