/*
 * runner_words.c: one message, in memory that is there, over a connection that
 * is there or is made.  All that follows the beginning is async-signal-safe.
 */
#include "fcgi/runner/runner_words.h"

#include "fcgi/base/clock.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PAUSE 10 /* ms, from one attempt to be heard to the next */
#define BUDGET (500 * CLOCK_NS_PER_MS)

#define DETAIL_SIZE 256

static struct {
	const struct broker_client *client;
	char id[MR_JOB_ID];
	int64_t attempt;
	uint64_t age;
	volatile sig_atomic_t asking;
	char frame[DETAIL_SIZE + sizeof(struct backtrace) + 512];
} words;

void
runner_words_begin(const struct broker_client *client,
                   const struct mr_job *job, uint64_t age)
{
	words.client = client;
	words.attempt = job->attempt;
	words.age = age;
	words.asking = 0;
	mr_job_copy_id(words.id, job->id);
}

void
runner_words_asking(bool asking)
{
	words.asking = asking;
	atomic_signal_fence(memory_order_seq_cst);
}

/* How the job of a runner that ends like this has ended. */
static enum mr_job_cause
cause_of(enum guard_exit status)
{
	switch (status) {
	case GUARD_EXIT_DEADLINE:
		return MR_JOB_CAUSE_DEADLINE;
	case GUARD_EXIT_MEMORY:
		return MR_JOB_CAUSE_MEMORY;
	case GUARD_EXIT_TERMINATED:
		return MR_JOB_CAUSE_DRAINED;
	case GUARD_EXIT_ABANDONED:
		return MR_JOB_CAUSE_CANCELLED;
	default:
		return MR_JOB_CAUSE_CRASH;
	}
}

/* All of it, or the connection is of no use. */
static bool
send_all(int fd, const struct mr_buffer *frame, uint64_t end)
{
	size_t sent = 0;

	while (fd >= 0 && sent < frame->length && clock_now() < end) {
		struct pollfd writable = { .fd = fd, .events = POLLOUT };
		ssize_t got = send(fd, frame->data + sent,
		                   frame->length - sent, MSG_NOSIGNAL);

		if (got < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		if (got < 0)
			poll(&writable, 1, PAUSE);
		else
			sent += (size_t)got;
	}
	return fd >= 0 && sent == frame->length;
}

static bool
send_anew(const struct mr_buffer *frame, uint64_t end)
{
	int fd = broker_client_connect(words.client->place);
	bool told = send_all(fd, frame, end);

	if (fd >= 0)
		close(fd);
	return told;
}

static void
send_frame(const struct mr_buffer *frame)
{
	uint64_t end = clock_now() + BUDGET;
	bool told = !words.asking && send_all(words.client->fd, frame, end);

	while (!told && clock_now() < end) {
		told = send_anew(frame, end);
		if (!told)
			poll(NULL, 0, PAUSE);
	}
}

/* What the broker says of a cancelled job fits better than words of clients. */
static const char *
put_detail(char detail[DETAIL_SIZE], const struct guard_ending *ending)
{
	size_t length;

	if (ending->status == GUARD_EXIT_ABANDONED)
		return NULL;
	score_copy_text(detail, ending->before, DETAIL_SIZE);
	length = strlen(detail);
	score_copy_text(detail + length, ending->detail, DETAIL_SIZE - length);
	return detail;
}

void
runner_words_tell(const struct guard_ending *ending,
                  const struct backtrace *trace)
{
	char detail[DETAIL_SIZE];
	const struct message message = {
		.type = MESSAGE_FAIL,
		.id = words.id,
		.detail = put_detail(detail, ending),
		.attempt = words.attempt,
		.number = ending->signal,
		.cause = cause_of(ending->status),
		.age = words.age,
		.frames = { (const char *)trace->frames,
		            (size_t)trace->depth * sizeof(*trace->frames) },
	};
	struct mr_buffer frame = { .data = words.frame,
		                   .capacity = sizeof(words.frame) };

	message_write(&message, &frame);
	if (!frame.failed)
		send_frame(&frame);
}
