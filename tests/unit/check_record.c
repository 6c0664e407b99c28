/*
 * check_record.c: replies of every size through a socket, read back; and
 * peers that are gone, slow, or do not read.
 */
#include "fcgi/worker/record.h"

#include "client.h"
#include "unit.h"

#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>

#define HEAD "Status: 200\r\n\r\n"
#define HEAD_LENGTH (sizeof(HEAD) - 1)

static int ends[2];

static void
open_ends(void)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	signal(SIGPIPE, SIG_IGN);
}

static void
close_ends(void)
{
	close(ends[0]);
	close(ends[1]);
}

static void
limit_wait(long microseconds)
{
	const struct timeval wait = { .tv_usec = microseconds };

	ck_assert_int_eq(setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &wait,
	                            sizeof(wait)),
	                 0);
}

/* A body in which every byte tells its place. */
static struct mr_string
marked(size_t length)
{
	char *bytes = mr_arena_alloc(arena, length + 1);

	ck_assert_ptr_nonnull(bytes);
	for (size_t i = 0; i < length; i++)
		bytes[i] = (char)(i * 31 + i / 251);
	return (struct mr_string){ bytes, length };
}

static struct iovec
part(struct mr_string text)
{
	return (struct iovec){ (void *)(uintptr_t)text.data, text.length };
}

/* In a process of its own, which exits with 0 if it was sent. */
static pid_t
send_apart(int id, const struct iovec *parts, size_t count)
{
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		close(ends[1]);
		_exit(record_send_reply(ends[0], id, parts, count) ? 0 : 1);
	}
	close(ends[0]);
	ends[0] = -1;
	return child;
}

static void
await_success(pid_t child)
{
	int status;

	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}

static const struct {
	size_t body;
	size_t records;
} sizes[] = {
	{ 0, 1 },
	{ 1, 1 }, /* what is small is one record */
	{ 4000, 1 },
	{ 4096, 2 },
	{ 65527, 2 },
	{ 65528, 2 },
	{ 65529, 3 },
	{ 65535, 3 },
	{ 65536, 3 },
	{ 2 * 65528, 3 },
	{ 61 * 65528, 62 }, /* with the head and both ends, a batch */
	{ 62 * 65528, 63 },
	{ 63 * 65528, 64 },
	{ 63 * 65528 + 1, 65 },
	{ 64 * 65528, 65 },
	{ 10000000, 154 },
};

START_TEST(test_reply_of_any_size_arrives)
{
	struct mr_string body = marked(sizes[_i].body);
	const struct iovec parts[] = {
		part((struct mr_string)BYTES(HEAD)), part(body)
	};
	struct answer answer;
	pid_t child = send_apart(7, parts, N(parts));

	ck_assert(client_receive(ends[1], &answer));
	ck_assert_uint_eq(answer.request, 7);
	ck_assert_int_eq(answer.status, 200);
	ck_assert_uint_eq(answer.records, sizes[_i].records);
	ck_assert_uint_eq(answer.body.length, body.length);
	ck_assert(memcmp(answer.body.data, body.data, body.length) == 0);
	await_success(child);
	ck_assert(client_is_closed(ends[1]));
}
END_TEST

START_TEST(test_small_reply_is_rendered)
{
	const struct iovec whole = part(marked(RECORD_SMALL));
	const struct iovec large = part(marked(RECORD_SMALL + 1));
	unsigned char reply[RECORD_ROOM];

	ck_assert_uint_eq(record_render(reply, 7, &whole, 1), RECORD_ROOM);
	ck_assert_mem_eq(reply + 8, whole.iov_base, RECORD_SMALL);
	ck_assert_uint_eq(record_render(reply, 7, &large, 1), 0);
	ck_assert_uint_eq(record_render(reply, 7, NULL, 0), 24);
}
END_TEST

static const int ids[] = { 1, 127, 128, 255, 256, 257, 32768, 65535 };

START_TEST(test_reply_carries_the_id)
{
	const struct iovec parts[] = { part((struct mr_string)BYTES(HEAD)) };
	struct answer answer;

	ck_assert(record_send_reply(ends[0], ids[_i], parts, 1));
	ck_assert(client_receive(ends[1], &answer));
	ck_assert_uint_eq(answer.request, (unsigned)ids[_i]);
}
END_TEST

/* More parts than one write takes; empty ones make no record. */
START_TEST(test_parts_are_joined)
{
	struct mr_string body = marked(5000);
	static struct iovec parts[10001];
	struct answer answer;

	parts[0] = part((struct mr_string)BYTES(HEAD));
	for (size_t i = 0; i < body.length; i++) {
		parts[1 + 2 * i] = part((struct mr_string){ "", 0 });
		parts[2 + 2 * i] =
		    part((struct mr_string){ body.data + i, 1 });
	}
	ck_assert(record_send_reply(ends[0], 1, parts, N(parts)));
	ck_assert(client_receive(ends[1], &answer));
	ck_assert_uint_eq(answer.records, 1 + body.length);
	ck_assert_uint_eq(answer.body.length, body.length);
	ck_assert_mem_eq(answer.body.data, body.data, body.length);
}
END_TEST

START_TEST(test_reply_of_no_parts_is_an_end)
{
	static const unsigned char expected[] = {
		1, FCGI_STDOUT, 0, 1, 0, 0, 0, 0,
		1, FCGI_END,    0, 1, 0, 8, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0,
	};
	char got[100];

	ck_assert(record_send_reply(ends[0], 1, NULL, 0));
	ck_assert_int_eq(recv(ends[1], got, sizeof(got), 0), sizeof(expected));
	ck_assert_mem_eq(got, expected, sizeof(expected));
}
END_TEST

static const size_t bodies[] = { 10, 70000, 10000000 };

START_TEST(test_peer_that_is_gone_is_told)
{
	const struct iovec parts[] = { part((struct mr_string)BYTES(HEAD)),
		                       part(marked(bodies[_i])) };

	close(ends[1]);
	ck_assert(!record_send_reply(ends[0], 1, parts, N(parts)));
	ck_assert_int_eq(errno, EPIPE);
	ends[1] = -1;
}
END_TEST

START_TEST(test_peer_that_goes_while_we_send_is_told)
{
	const struct iovec parts[] = { part((struct mr_string)BYTES(HEAD)),
		                       part(marked(10000000)) };
	pid_t child = send_apart(1, parts, N(parts));
	char some[1000];
	int status;

	ck_assert_uint_gt(client_read(ends[1], some, sizeof(some)), 0);
	close(ends[1]);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(WEXITSTATUS(status), 1);
	ends[1] = -1;
}
END_TEST

START_TEST(test_peer_that_does_not_read_is_told)
{
	const struct iovec parts[] = { part((struct mr_string)BYTES(HEAD)),
		                       part(marked(10000000)) };

	limit_wait(20000);
	ck_assert(!record_send_reply(ends[0], 1, parts, N(parts)));
	ck_assert(errno == EAGAIN || errno == EWOULDBLOCK);
}
END_TEST

static void
ignore(int number)
{
	(void)number;
}

/* Signals that interrupt the writing do not cut the reply. */
START_TEST(test_interrupted_reply_arrives)
{
	const struct itimerval often = { { 0, 200 }, { 0, 200 } };
	struct sigaction action = { .sa_handler = ignore };
	struct mr_string body = marked(10000000);
	const struct iovec parts[] = { part((struct mr_string)BYTES(HEAD)),
		                       part(body) };
	struct answer answer;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		sigaction(SIGALRM, &action, NULL);
		setitimer(ITIMER_REAL, &often, NULL);
		_exit(record_send_reply(ends[0], 1, parts, N(parts)) ? 0 : 1);
	}
	ck_assert(client_receive(ends[1], &answer));
	ck_assert_uint_eq(answer.body.length, body.length);
	ck_assert(memcmp(answer.body.data, body.data, body.length) == 0);
	await_success(child);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, open_ends, close_ends);
	tcase_add_test(tc, test_small_reply_is_rendered);
	tcase_add_loop_test(tc, test_reply_of_any_size_arrives, 0, N(sizes));
	tcase_add_loop_test(tc, test_reply_carries_the_id, 0, N(ids));
	tcase_add_test(tc, test_parts_are_joined);
	tcase_add_test(tc, test_reply_of_no_parts_is_an_end);
	tcase_add_loop_test(tc, test_peer_that_is_gone_is_told, 0, N(bodies));
	tcase_add_test(tc, test_peer_that_goes_while_we_send_is_told);
	tcase_add_test(tc, test_peer_that_does_not_read_is_told);
	tcase_add_test(tc, test_interrupted_reply_arrives);
}

UNIT_MAIN("record", add_tests)
