/*
 * check_live_parked.c: answers leave when they are due, to whom they are for.
 */
#include "fcgi/live/live_parked.h"

#include "fcgi/worker/handoff.h"
#include "fcgi/worker/parking.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static struct live_parked parked;
static int pair[2], clients[3];

static void
open_all(void)
{
	parked = (struct live_parked){ 0 };
	ck_assert(live_parked_open(&parked));
	ck_assert(handoff_open(pair));
}

/* A connection of which only whoever receives it has the other end. */
static void
come(size_t client, int64_t due, const char *answer)
{
	const struct parking parking = { due, (const unsigned char *)answer,
		                         strlen(answer) };
	int ends[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	                            ends),
	                 0);
	ck_assert(parking_send(&parking, ends[0], pair[1], 0));
	close(ends[0]);
	clients[client] = ends[1];
}

static void
take_all(void)
{
	while (live_parked_take(&parked, pair[0]))
		continue;
	ck_assert_int_eq(errno, EAGAIN);
}

/* "-": it waits on; "": it was closed without one. */
static const char *
heard_by(size_t client)
{
	static char text[16];
	ssize_t length = recv(clients[client], text, sizeof(text) - 1, 0);

	if (length < 0)
		return "-";
	text[length] = '\0';
	if (length > 0) {
		char more;

		ck_assert_int_eq(recv(clients[client], &more, 1, 0), 0);
	}
	return text;
}

START_TEST(test_each_leaves_when_it_is_due)
{
	come(0, 3000, "late");
	come(1, 1000, "early");
	take_all();
	ck_assert_int_eq(live_parked_tick(&parked, 999), 1000);
	ck_assert_str_eq(heard_by(1), "-");
	ck_assert_int_eq(live_parked_tick(&parked, 1000), 3000);
	ck_assert_str_eq(heard_by(1), "early");
	ck_assert_str_eq(heard_by(0), "-");
	ck_assert_int_eq(live_parked_tick(&parked, 9000), 0);
	ck_assert_str_eq(heard_by(0), "late");
	live_parked_free(&parked);
}
END_TEST

START_TEST(test_who_has_left_is_forgotten)
{
	struct pollfd leavers = { .fd = parked.epoll, .events = POLLIN };

	come(0, 1000, "a");
	come(1, 2000, "b");
	take_all();
	ck_assert_int_eq(poll(&leavers, 1, 0), 0);
	close(clients[0]);
	ck_assert_int_eq(poll(&leavers, 1, 1000), 1);
	live_parked_hear(&parked);
	ck_assert_int_eq(live_parked_tick(&parked, 0), 2000);
	ck_assert_int_eq(poll(&leavers, 1, 0), 0);
	live_parked_free(&parked);
}
END_TEST

/* Nobody hears of it before the answer. */
START_TEST(test_heir_has_all)
{
	struct live_parked heir = { 0 };

	ck_assert(live_parked_open(&heir));
	come(0, 1000, "a");
	come(1, 2000, "b");
	take_all();
	live_parked_bequeath(&parked, pair[1]);
	while (live_parked_take(&heir, pair[0]))
		continue;
	ck_assert_str_eq(heard_by(0), "-");
	ck_assert_int_eq(live_parked_tick(&heir, 1500), 2000);
	ck_assert_str_eq(heard_by(0), "a");
	ck_assert_str_eq(heard_by(1), "-");
	live_parked_free(&heir);
	ck_assert_str_eq(heard_by(1), "");
	live_parked_free(&parked);
}
END_TEST

/* A process with few descriptors leaves it where it is. */
START_TEST(test_what_there_is_no_room_for_waits)
{
	struct rlimit before, none;

	come(0, 1000, "a");
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = (struct rlimit){ 3, before.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	ck_assert(!live_parked_take(&parked, pair[0]));
	ck_assert_int_eq(errno, EMFILE);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	ck_assert(live_parked_take(&parked, pair[0]));
	ck_assert_int_eq(live_parked_tick(&parked, 1000), 0);
	ck_assert_str_eq(heard_by(0), "a");
	live_parked_free(&parked);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, open_all, NULL);
	tcase_add_test(tc, test_each_leaves_when_it_is_due);
	tcase_add_test(tc, test_who_has_left_is_forgotten);
	tcase_add_test(tc, test_heir_has_all);
	tcase_add_test(tc, test_what_there_is_no_room_for_waits);
}

UNIT_MAIN("live_parked", add_tests)
