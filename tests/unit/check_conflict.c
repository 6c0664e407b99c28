/*
 * check_conflict.c: pairs of options that contradict each other, told with
 * the line of the later one; and pairs that are only warned of.
 */
#include "fcgi/config/conflict.h"

#include "place.h"
#include "unit.h"

static struct config config;

static const char *
complaints_of(const char *text)
{
	struct mr_buffer what = { .arena = arena };
	bool good;

	place_write("a.conf", TEXT(text));
	config_default(&config);
	good = config_read(&config, "a.conf", &what);
	ck_assert(good == (what.length == 0));
	return mr_buffer_text(&what);
}

#define X "[pool x]\n"
#define DYNAMIC "[pool x]\nmanager = dynamic\nworkers = 8\n"
#define TCP "listen = 127.0.0.1:9000\n"
#define CLIENTS "allowed_clients = 127.0.0.1\n"

static const struct {
	const char *text;
	int line;
	const char *words;
} conflicts[] = {
	{ X "min_spare = 2\n", 2, "pool x: min_spare is for manager = dynamic, and "
	                         "this is static; leave it out" },
	{ X "max_spare = 2\n", 2, "max_spare is for manager = dynamic" },
	{ X "start = 2\n", 2, "start is for manager = dynamic" },
	{ X "start = 2\nmanager = ondemand\n", 3, "start is for manager = dynamic, "
	                                         "and this is ondemand" },
	{ X "idle_timeout = 2s\n", 2, "idle_timeout is for manager = ondemand, and "
	                             "this is static" },
	{ DYNAMIC "idle_timeout = 2s\n", 4, "and this is dynamic" },
	{ "[pool io]\nmanager = dynamic\nidle_timeout = 10s\n", 3,
	  "pool io: idle_timeout is for manager = ondemand" },
	{ DYNAMIC "min_spare = 9\n", 4, "min_spare = 9 is more than workers = 8" },
	{ DYNAMIC "max_spare = 9\n", 4, "max_spare = 9 is more than workers = 8" },
	{ DYNAMIC "max_spare = 9\n" X "workers = 7\n", 6,
	  "max_spare = 9 is more than workers = 7" },
	{ DYNAMIC "min_spare = 5\nmax_spare = 4\n", 5,
	  "min_spare = 5 is more than max_spare = 4; lower it" },
	{ DYNAMIC "max_spare = 4\nmin_spare = 5\n", 5,
	  "min_spare = 5 is more than max_spare = 4; lower it" },
	{ DYNAMIC "start = 5\n", 4, "start = 5 is not from min_spare = 1 to "
	                           "max_spare = 4" },
	{ DYNAMIC "start = 1\nmin_spare = 2\n", 5,
	  "start = 1 is not from min_spare = 2 to max_spare = 4" },
	{ X "manager = ondemand\nkeep_alive = yes\n", 3,
	  "manager = ondemand needs keep_alive = no" },
	{ X "keep_alive = yes\nmanager = ondemand\n", 3,
	  "manager = ondemand needs keep_alive = no" },
	{ "[pool io]\nkeep_alive = yes\n", 2, "pool io: with keep_alive" },
	{ "[pool fast]\nmanager = ondemand\n", 2, "pool fast: with keep_alive" },
	{ X "memory = 1G\nmax_rss = 1025M\n", 3, "max_rss is more than memory" },
	{ X "max_rss = 3G\n", 2, "max_rss is more than memory" },
	{ X "max_rss = 1G\nmemory = 1M\n", 3, "max_rss is more than memory" },
	{ X "slow = 30s\n", 2, "slow is not below deadline" },
	{ X "slow = 2s\ndeadline = 1s\n", 3, "slow is not below deadline" },
	{ "[pool fast]\nslow = 1s\n", 2, "pool fast: slow is not below" },
	{ X TCP, 2, "listen needs allowed_clients" },
	{ X CLIENTS, 2, "allowed_clients is for listen = ADDRESS:PORT" },
	{ X TCP CLIENTS "[pool y]\n" TCP CLIENTS, 5,
	  "pool y: pool x listens on 127.0.0.1:9000 already" },
	{ X TCP CLIENTS "[pool y]\nlisten = 127.0.0.1:09000\n" CLIENTS, 5,
	  "pool y: pool x listens" },
	{ "[pool y]\n" X TCP CLIENTS "[pool y]\n" TCP CLIENTS, 6,
	  "pool x: pool y listens" },
	{ "[pool control]\nmanager = dynamic\nworkers = 4\n", 2,
	  "pool control: it has to answer at once" },
	{ "[pool broker]\nworkers = 2\n", 2,
	  "pool broker: it is one process: workers = 1 only" },
	{ "[pool live]\nworkers = 3\n", 2, "pool live: it is one process" },
	{ "[pool live]\nmanager = dynamic\n", 2,
	  "pool live: it is one process, and is manager = static only" },
	{ "[pool broker]\nkeep_alive = yes\n", 2,
	  "pool broker: it does not serve FastCGI" },
	{ "[pool runner]\nkeep_alive = yes\n", 2,
	  "pool runner: it does not serve FastCGI" },
	{ "[pool runner]\nmanager = ondemand\n", 2,
	  "pool runner: a job is given to a runner that waits for one" },
	{ "[pool broker]\nlisteners = 2\n", 2, "at more than one socket" },
	{ "[pool live]\nallowed_clients = all\nlisten = 127.0.0.1:9000\n", 3,
	  "pool live: only this server's own processes may ask it" },
	{ "[pool control]\nmanager = ondemand\nkeep_alive = no\n", 2,
	  "pool control: it has to answer at once" },
	{ "[endpoint e]\nslow = 2s\ndeadline = 2s\n", 3,
	  "endpoint e: slow is not below deadline" },
	{ "[endpoint e]\ndeadline = 1s\nslow = 2s\n", 3,
	  "endpoint e: slow is not below deadline" },
};

START_TEST(test_conflict_is_told_with_its_line)
{
	const char *told = complaints_of(conflicts[_i].text);
	char start[32];

	snprintf(start, sizeof(start), "a.conf:%d: ", conflicts[_i].line);
	ck_assert_msg(strncmp(told, start, strlen(start)) == 0, "%s", told);
	ck_assert_msg(strstr(told, conflicts[_i].words) != NULL, "%s", told);
	ck_assert_msg(strchr(told, '\n')[1] == '\0', "%s", told);
}
END_TEST

/* The nearest that is allowed. */
static const char *const good[] = {
	"",
	X "start = 0\nmin_spare = 0\nmax_spare = 0\nidle_timeout = 0s\n",
	DYNAMIC "min_spare = 8\n",
	DYNAMIC "max_spare = 8\n",
	DYNAMIC "min_spare = 4\nmax_spare = 4\nstart = 4\n",
	DYNAMIC "keep_alive = yes\n",
	X "manager = ondemand\nidle_timeout = 1ms\n",
	"[pool fast]\nmanager = ondemand\nkeep_alive = no\n",
	X "memory = 1G\nmax_rss = 1G\n",
	X "memory = 0\nmax_rss = 100G\n",
	X "slow = 29999ms\n",
	X TCP CLIENTS "[pool y]\nlisten = 127.0.0.1:9001\n" CLIENTS,
	"[pool control]\nworkers = 2\nnice = 1\nkeep_alive = no\n",
	"[endpoint e]\nslow = 1999ms\ndeadline = 2s\n[endpoint f]\nslow = 9h\n",
};

START_TEST(test_what_goes_together_is_not_told)
{
	ck_assert_str_eq(complaints_of(good[_i]), "");
}
END_TEST

START_TEST(test_all_conflicts_are_told)
{
	const char *told = complaints_of(X "slow = 30s\nmin_spare = 3\n" TCP
	                                 "[endpoint e]\nslow = 1s\n"
	                                 "deadline = 1s\n");

	ck_assert_ptr_nonnull(strstr(told, "a.conf:2: pool x: slow"));
	ck_assert_ptr_nonnull(strstr(told, "a.conf:3: pool x: min_spare"));
	ck_assert_ptr_nonnull(strstr(told, "a.conf:4: pool x: listen"));
	ck_assert_ptr_nonnull(strstr(told, "a.conf:7: endpoint e: slow"));
}
END_TEST

/* Warnings; the machine's own may come besides. */
static const struct {
	const char *text, *words;
} warnings[] = {
	{ X "keep_alive = yes\n", "pool x: with keep_alive = yes a request waits "
	                         "for another one up to the deadline of 30 s" },
	{ "[pool fast]\nmemory = 0\n", "pool fast: with memory = 0" },
	{ "[pool io]\nmanager = static\n", "all of its 10000 workers" },
	{ X TCP "allowed_clients = all\n", "pool x: everyone who reaches "
	                                  "127.0.0.1:9000" },
};

static const char *
warnings_of(const char *text)
{
	struct mr_buffer what = { .arena = arena };

	ck_assert_str_eq(complaints_of(text), "");
	config_resolve(&config);
	conflict_warn(&config, &what);
	return mr_buffer_text(&what);
}

START_TEST(test_harmful_pair_is_warned_of)
{
	const char *words = warnings[_i].words;

	ck_assert_ptr_nonnull(strstr(warnings_of(warnings[_i].text), words));
	ck_assert_ptr_null(strstr(warnings_of(""), words));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_loop_test(tc, test_conflict_is_told_with_its_line, 0,
	                    N(conflicts));
	tcase_add_loop_test(tc, test_what_goes_together_is_not_told, 0,
	                    N(good));
	tcase_add_test(tc, test_all_conflicts_are_told);
	tcase_add_loop_test(tc, test_harmful_pair_is_warned_of, 0,
	                    N(warnings));
}

UNIT_MAIN("conflict", add_tests)
