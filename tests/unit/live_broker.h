/*
 * live_broker.h: a broker that says to pool live what the test wants it to, in
 * the directory that is the test's own.
 */
#ifndef MR_TESTS_LIVE_BROKER_H
#define MR_TESTS_LIVE_BROKER_H

#include "broker_double.h"
#include "fcgi/board/scoreboard.h"
#include "new_board.h"
#include "place.h"

#include <sys/un.h>

#define ID "01a1fe80-a930-7ae6-8c63-4b5ba233a4e1"
#define SOCKET "broker.sock"

static int listener, broker;
static struct scoreboard *board;
static struct mr_arena *scratch;

static inline void
open_broker(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	unlink(SOCKET);
	strcpy(address.sun_path, SOCKET);
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&address,
	                      sizeof(address)),
	                 0);
	ck_assert_int_eq(listen(listener, 5), 0);
}

/* With what a live beside it needs. */
static inline void
open_beside_broker(void)
{
	scratch = mr_arena_new();
	board = new_board();
	open_broker();
}

static inline void
close_broker(void)
{
	close(broker);
	close(listener);
}

static inline void
accept_live(void)
{
	broker = accept(listener, NULL, NULL);
	ck_assert_int_ge(broker, 0);
}

/* The next question, which has to be of that type and job. */
static inline void
expect_question(enum message_type type, const char *id)
{
	struct message message;

	ck_assert(broker_double_hear(broker, &message));
	ck_assert_int_eq(message.type, type);
	ck_assert_str_eq(message.id, id);
}

static inline void
expect_no_question(void)
{
	char byte;

	ck_assert_int_eq(recv(broker, &byte, 1, MSG_DONTWAIT), -1);
}

static inline void
tell(const struct message *message)
{
	broker_double_say(broker, message);
}

#define QUEUED "1 queued 1000 0 none\n"
#define RUNNING QUEUED "2 running 2000 1 none\n"
#define SUCCEEDED RUNNING "3 succeeded 3000 1 none\n"

static inline void
tell_change(const char *id, enum mr_job_state state, const char *history)
{
	const struct mr_job job = { .id = id, .state = state,
		                    .endpoint = "e", .method = "GET",
		                    .path = "/e", .attempt = 1,
		                    .request_id = "r", .history = history };

	tell(&(struct message){ .type = MESSAGE_CHANGED, .id = id,
	                        .jobs = &job, .job_count = 1 });
}

#endif
