/*
 * check_config.c: defaults, values, complaints that name the line, and a
 * printed configuration that reads back as the same one.
 */
#include "fcgi/config/config.h"

#include "fcgi/config/printout.h"

#include "place.h"
#include "unit.h"

#include <sched.h>

#define BUILT_IN 8 /* pools */

static struct config config;

static bool
read_text(const char *text, const char **complaint)
{
	struct mr_buffer what = { .arena = arena };
	bool good;

	place_write("a.conf", TEXT(text));
	good = config_read(&config, "a.conf", &what);
	mr_buffer_putc(&what, '\0');
	*complaint = what.data;
	return good;
}

static void
read_good(const char *text)
{
	const char *complaint;

	config_default(&config);
	ck_assert_msg(read_text(text, &complaint), "%s", complaint);
	ck_assert_str_eq(complaint, "");
}

START_TEST(test_default_has_its_pools)
{
	config_default(&config);
	ck_assert_str_eq(config.state, "millrace-state");
	ck_assert_str_eq(config.sockets, "");
	ck_assert_str_eq(config.socket_group, "");
	ck_assert_uint_eq(config.stop_timeout, 10000);
	ck_assert_uint_eq(config.body_memory, 16 << 20);
	ck_assert_str_eq(config.log, "");
	ck_assert_str_eq(config.status_allow, "127.0.0.1 ::1");
	ck_assert_uint_eq(config.stop_delay, 0);
	ck_assert_uint_eq(config.endpoint_count, 0);
	ck_assert_uint_eq(config.pool_count, BUILT_IN);
	ck_assert_str_eq(config.pools[0].name, "fast");
	ck_assert(config.pools[0].keep_alive);
	ck_assert_uint_eq(config.pools[0].deadline, 1000);
	ck_assert_uint_eq(config.pools[0].queue_limit, 5000);
	ck_assert_uint_eq(config.pools[0].memory, 256 << 20);
	ck_assert_uint_eq(config.pools[0].nice, 0);
	ck_assert_uint_eq(config.pools[0].backlog, 4096);
	ck_assert_str_eq(config.pools[1].name, "heavy");
	ck_assert(!config.pools[1].keep_alive);
	ck_assert_uint_eq(config.pools[1].deadline, 30000);
	ck_assert_uint_eq(config.pools[1].queue_limit, 30000);
	ck_assert_uint_eq(config.pools[1].memory, UINT64_C(2) << 30);
	ck_assert_uint_eq(config.pools[1].nice, 10);
	ck_assert_str_eq(config.pools[2].name, "io");
	ck_assert_uint_eq(config.pools[2].manager, POOL_ONDEMAND);
	ck_assert_uint_eq(config.pools[2].workers, 10000);
	ck_assert(!config.pools[2].keep_alive);
	ck_assert_str_eq(config.pools[3].name, "submit");
	ck_assert_uint_eq(config.pools[3].manager, POOL_DYNAMIC);
	ck_assert_uint_eq(config.pools[3].workers, 32);
	ck_assert(!config.pools[3].keep_alive);
	ck_assert_str_eq(config.pools[4].name, "runner");
	ck_assert_uint_eq(config.pools[4].deadline, 3600000);
	ck_assert_uint_eq(config.pools[4].nice, 10);
	ck_assert_str_eq(config.pools[5].name, "live");
	ck_assert_uint_eq(config.pools[5].workers, 1);
	ck_assert_uint_eq(config.pools[5].memory, 1 << 30);
	ck_assert_str_eq(config.pools[6].name, "broker");
	ck_assert_uint_eq(config.pools[6].workers, 1);
	ck_assert_str_eq(config.pools[7].name, "control");
	ck_assert_uint_eq(config.pools[7].manager, POOL_STATIC);
	ck_assert_uint_eq(config.pools[7].workers, 1);
	ck_assert(config.pools[7].keep_alive);
	ck_assert_uint_eq(config.pools[7].deadline, 5000);
	ck_assert_uint_eq(config.pools[7].memory, 128 << 20);
}
END_TEST

START_TEST(test_default_is_without_conflict)
{
	read_good("");
	config_resolve(&config);
	for (size_t i = 0; i < config.pool_count; i++) {
		ck_assert_uint_eq(config.pools[i].umask, 022);
		ck_assert_str_eq(config.pools[i].listen, "");
		ck_assert_uint_eq(config.pools[i].env[0], 0);
		ck_assert_uint_eq(config.pools[i].idle_timeout,
		                  config.pools[i].manager == POOL_ONDEMAND
		                      ? 10000
		                      : 0);
	}
}
END_TEST

/* What a dynamic pool has where not all is said. */
static const struct {
	const char *text;
	uint64_t start, min_spare, max_spare;
} dynamics[] = {
	{ "workers = 1\n", 1, 1, 1 },
	{ "workers = 2\n", 1, 1, 1 },
	{ "workers = 8\n", 2, 1, 4 },
	{ "workers = 100\n", 25, 1, 50 },
	{ "workers = 8\nmin_spare = 6\n", 6, 6, 6 },
	{ "workers = 8\nmin_spare = 3\n", 3, 3, 4 },
	{ "workers = 8\nmax_spare = 8\n", 4, 1, 8 },
	{ "workers = 8\nmax_spare = 1\n", 1, 1, 1 },
	{ "workers = 8\nmin_spare = 2\nmax_spare = 6\n", 4, 2, 6 },
	{ "workers = 8\nstart = 3\n", 3, 1, 4 },
};

START_TEST(test_dynamic_pool_has_consistent_defaults)
{
	const struct pool_config *pool;
	char text[200];

	snprintf(text, sizeof(text), "[pool x]\nmanager = dynamic\n%s",
	         dynamics[_i].text);
	read_good(text);
	config_resolve(&config);
	pool = config_pool(&config, "x");
	ck_assert_uint_eq(pool->start, dynamics[_i].start);
	ck_assert_uint_eq(pool->min_spare, dynamics[_i].min_spare);
	ck_assert_uint_eq(pool->max_spare, dynamics[_i].max_spare);
}
END_TEST

START_TEST(test_endpoint_has_a_section)
{
	read_good("[endpoint sum_squares]\nslow = 10ms\n[endpoint Other1]\n"
	          "deadline = 2s\n[endpoint sum_squares]\ndeadline = 1s\n");
	ck_assert_uint_eq(config.endpoint_count, 2);
	ck_assert_str_eq(config.endpoints[0].name, "sum_squares");
	ck_assert_uint_eq(config.endpoints[0].slow, 10);
	ck_assert_uint_eq(config.endpoints[0].deadline, 1000);
	ck_assert_int_eq(config.endpoints[0].line, 1);
	ck_assert_str_eq(config.endpoints[1].name, "Other1");
	ck_assert_uint_eq(config.endpoints[1].slow, 0);
	ck_assert_int_eq(config.endpoints[1].line, 3);
}
END_TEST

START_TEST(test_environment_is_a_list)
{
	static const char env[] = "A=1\0PATH=/bin:/usr/bin\0";

	read_good("[pool x]\nenv = A=1\nenv = PATH=/bin:/usr/bin\n");
	ck_assert_mem_eq(config_pool(&config, "x")->env, env, sizeof(env));
}
END_TEST

START_TEST(test_sixty_four_endpoints_and_no_more)
{
	struct mr_buffer text = { .arena = arena };
	const char *complaint;

	for (int i = 0; i < CONFIG_ENDPOINTS; i++)
		mr_buffer_printf(&text, "[endpoint e%d]\nslow = %dms\n", i,
		                 i + 1);
	read_good(mr_buffer_text(&text));
	ck_assert_uint_eq(config.endpoint_count, CONFIG_ENDPOINTS);
	ck_assert_uint_eq(config.endpoints[63].slow, 64);
	ck_assert(!read_text("[endpoint e64]\n", &complaint));
	ck_assert_ptr_nonnull(strstr(complaint, "up to 64 of [endpoint NAME]"));
	ck_assert(read_text("[endpoint e63]\n", &complaint));
}
END_TEST

START_TEST(test_resolve_fills_in_workers_and_sockets)
{
	cpu_set_t processors;

	read_good("[server]\nstate = /s\n[pool fast]\nworkers = 3\n");
	config_resolve(&config);
	ck_assert_int_eq(sched_getaffinity(0, sizeof(processors), &processors),
	                 0);
	ck_assert_uint_eq(config.pools[0].workers, 3);
	ck_assert_uint_eq(config.pools[1].workers,
	                  (uint64_t)CPU_COUNT(&processors));
	ck_assert_str_eq(config.sockets, "/s");
	read_good("[server]\nstate = /s\nsockets = /t\n");
	config_resolve(&config);
	ck_assert_str_eq(config.sockets, "/t");
}
END_TEST

/* Values of options of pool fast. */

#define AT(member) offsetof(struct pool_config, member)

static const struct {
	const char *line;
	size_t member;
	uint64_t value;
} values[] = {
	{ "workers = 0", AT(workers), 0 },
	{ "workers = 10000", AT(workers), 10000 },
	{ "manager = static", AT(manager), POOL_STATIC },
	{ "manager = dynamic", AT(manager), POOL_DYNAMIC },
	{ "manager = ondemand\nkeep_alive = no", AT(manager), POOL_ONDEMAND },
	{ "manager = dynamic\nworkers = 9\nstart = 5\nmax_spare = 9", AT(start),
	  5 },
	{ "manager = dynamic\nworkers = 9\nmin_spare = 2", AT(min_spare), 2 },
	{ "manager = dynamic\nworkers = 9\nmax_spare = 7", AT(max_spare), 7 },
	{ "manager = ondemand\nkeep_alive = no\nidle_timeout = 1m",
	  AT(idle_timeout), 60000 },
	{ "max_requests = 500", AT(max_requests), 500 },
	{ "max_rss = 200M", AT(max_rss), 200 << 20 },
	{ "slow = 0s", AT(slow), 0 },
	{ "slow = 100ms", AT(slow), 100 },
	{ "files = 64", AT(files), 64 },
	{ "core = 0", AT(core), 0 },
	{ "umask = 077", AT(umask), 077 },
	{ "workers=7", AT(workers), 7 },
	{ "workers: 7", AT(workers), 7 },
	{ "workers = 007", AT(workers), 7 },
	{ "workers = 7 ; a remark", AT(workers), 7 },
	{ "workers = 1\n[pool fast]\nworkers = 2", AT(workers), 2 },
	{ "deadline = 1ms", AT(deadline), 1 },
	{ "deadline = 250ms", AT(deadline), 250 },
	{ "deadline = 2s", AT(deadline), 2000 },
	{ "deadline = 3m", AT(deadline), 180000 },
	{ "deadline = 24h", AT(deadline), 86400000 },
	{ "deadline = 86400000ms", AT(deadline), 86400000 },
	{ "queue_limit = 90s", AT(queue_limit), 90000 },
	{ "memory = 0", AT(memory), 0 },
	{ "memory = 1000", AT(memory), 1000 },
	{ "memory = 64K", AT(memory), 64 << 10 },
	{ "memory = 64M", AT(memory), 64 << 20 },
	{ "memory = 64G", AT(memory), UINT64_C(64) << 30 },
	{ "memory = 65536G", AT(memory), UINT64_C(1) << 46 },
	{ "nice = 19", AT(nice), 19 },
	{ "backlog = 1", AT(backlog), 1 },
	{ "backlog = 65535", AT(backlog), 65535 },
};

START_TEST(test_value_is_read_in_its_unit)
{
	char text[200];

	snprintf(text, sizeof(text), "[pool fast]\n%s\n", values[_i].line);
	read_good(text);
	ck_assert_uint_eq(*(uint64_t *)((char *)&config.pools[0] +
	                                values[_i].member),
	                  values[_i].value);
}
END_TEST

START_TEST(test_switch_is_yes_or_no)
{
	read_good("[pool fast]\nkeep_alive = no\n"
	          "[pool heavy]\nkeep_alive = yes\n");
	ck_assert(!config.pools[0].keep_alive);
	ck_assert(config.pools[1].keep_alive);
}
END_TEST

START_TEST(test_file_changes_only_what_it_names)
{
	read_good("; a remark\n\n[pool fast]\nnice = 3\n[server]\n"
	          "stop_timeout = 1m\n[pool fast]\nworkers = 2\n");
	ck_assert_uint_eq(config.pools[0].nice, 3);
	ck_assert_uint_eq(config.pools[0].workers, 2);
	ck_assert_uint_eq(config.pools[0].deadline, 1000);
	ck_assert_uint_eq(config.stop_timeout, 60000);
	ck_assert_uint_eq(config.pool_count, BUILT_IN);
}
END_TEST

START_TEST(test_new_pool_has_the_defaults_of_pools)
{
	read_good("[pool mine]\nworkers = 9\n");
	ck_assert_uint_eq(config.pool_count, BUILT_IN + 1);
	ck_assert_str_eq(config.pools[BUILT_IN].name, "mine");
	ck_assert_uint_eq(config.pools[BUILT_IN].manager, POOL_STATIC);
	ck_assert_uint_eq(config.pools[BUILT_IN].workers, 9);
	ck_assert_uint_eq(config.pools[BUILT_IN].deadline, 30000);
	ck_assert_uint_eq(config.pools[BUILT_IN].backlog, 4096);
	ck_assert(!config.pools[BUILT_IN].keep_alive);
	ck_assert_ptr_eq(config_pool(&config, "mine"), &config.pools[BUILT_IN]);
	ck_assert_ptr_null(config_pool(&config, "min"));
	ck_assert_ptr_null(config_pool(&config, ""));
}
END_TEST

/* Files with something wrong: the line of it, and words of the complaint. */
#define NAME31 "abcdefghijklmnopqrstuvwxyz01234"
#define FAST "[pool fast]\n"

static const struct {
	const char *text;
	int line;
	const char *words;
} faults[] = {
	{ FAST "workers = 10001\n", 2, "workers cannot be '10001', it should "
	                               "be 0 to 10000" },
	{ FAST "manager = Static\n", 2, "manager cannot be 'Static', it should "
	                                "be static, dynamic or ondemand" },
	{ FAST "umask = 8\n", 2, "umask cannot be '8', it should be 000 to 777" },
	{ FAST "slow = 25h\n", 2, "it should be 0s to 24h" },
	{ FAST "cpus = 3-1\n", 2, "cpus cannot be '3-1', it should be processors "
	                          "such as 0-3,6" },
	{ FAST "listen = 9000\n", 2, "listen cannot be '9000', it should be "
	                             "ADDRESS:PORT" },
	{ FAST "listen = localhost:9000\n", 2, "it should be ADDRESS:PORT in "
	                                       "digits" },
	{ FAST "allowed_clients = here\n", 2, "it should be addresses, networks" },
	{ FAST "env = A\n", 2, "env cannot be 'A', it should be NAME=VALUE" },
	{ FAST "user = " NAME31 "x\n", 2, "a text of 0 to 31 bytes" },
	{ FAST "min_spares = 1\n", 2, "did you mean 'min_spare'?" },
	{ FAST "max_children = 1\n", 2, "there is no option 'max_children'" },
	{ "[server]\nstatus_allow = any\n", 2, "it should be addresses" },
	{ "[endpoint a]\nslow = x\n", 2, "slow cannot be 'x'" },
	{ "[endpoint a]\nsloe = 1s\n", 2, "did you mean 'slow'?" },
	{ "[endpoint a]\nnice = 1\n", 2, "there is no option 'nice'" },
	{ "[endpoint a/b]\n", 1, "[endpoint a/b] cannot be a section" },
	{ "[endpoint ]\n", 1, "[endpoint ] cannot be a section" },
	{ "[endpoint]\n", 1, "[endpoint] cannot be a section" },
	{ "[endpoint " NAME31 NAME31 "xx]\n", 1, "cannot be a section" },
	{ FAST "workers = -1\n", 2, "'-1'" },
	{ FAST "workers = +1\n", 2, "'+1'" },
	{ FAST "workers = \n", 2, "workers cannot be ''" },
	{ FAST "workers = two\n", 2, "'two'" },
	{ FAST "workers = 1K\n", 2, "'1K'" },
	{ FAST "workers = 0x10\n", 2, "'0x10'" },
	{ FAST "workers = 1.5\n", 2, "'1.5'" },
	{ FAST "workers = 18446744073709551616\n", 2, "workers cannot" },
	{ FAST "deadline = 0ms\n", 2, "it should be 1ms to 24h" },
	{ FAST "deadline = 0s\n", 2, "'0s'" },
	{ FAST "deadline = 10\n", 2, "'10'" },
	{ FAST "deadline = 10 s\n", 2, "'10 s'" },
	{ FAST "deadline = 10S\n", 2, "'10S'" },
	{ FAST "deadline = 10sec\n", 2, "'10sec'" },
	{ FAST "deadline = 25h\n", 2, "'25h'" },
	{ FAST "deadline = 86400001ms\n", 2, "deadline cannot" },
	{ FAST "deadline = 18446744073709551615h\n", 2, "deadline cannot" },
	{ FAST "memory = 1k\n", 2, "'1k', it should be 0 to 65536G" },
	{ FAST "memory = 1GB\n", 2, "'1GB'" },
	{ FAST "memory = 1T\n", 2, "'1T'" },
	{ FAST "memory = 65537G\n", 2, "memory cannot" },
	{ FAST "memory = 17179869184G\n", 2, "memory cannot" },
	{ FAST "nice = 20\n", 2, "0 to 19" },
	{ FAST "backlog = 0\n", 2, "1 to 65535" },
	{ FAST "keep_alive = Yes\n", 2, "'Yes', it should be yes or no" },
	{ FAST "keep_alive = 1\n", 2, "yes or no" },
	{ FAST "keep_alive = true\n", 2, "yes or no" },
	{ "[server]\nstate = \n", 2, "a text of 1 to " },
	{ "[server]\nstate = a;b\n", 2, "without ';'" },
	{ "[server]\nbody_memory = 1K\n", 2, "it should be 16K to 4G" },
	{ "[server]\nstop_timeout = 61m\n", 2, "0s to 1h" },
	{ FAST "worker = 1\n", 2, "there is no option 'worker'; did you mean "
	                          "'workers'?" },
	{ FAST "deadlnie = 1s\n", 2, "did you mean 'deadline'?" },
	{ FAST "keepalive = yes\n", 2, "did you mean 'keep_alive'?" },
	{ FAST "Workers = 1\n", 2, "did you mean 'workers'?" },
	{ FAST "state = /x\n", 2, "there is no option 'state'" },
	{ "[server]\nworkers = 1\n", 2, "there is no option 'workers'" },
	{ FAST "xyz = 1\n", 2, "there is no option 'xyz'" },
	{ "[servers]\nstate = x\n", 1, "[servers] cannot be a section" },
	{ "[sever]\n", 1, "[sever] cannot be a section" },
	{ "[Server]\nstate = x\n", 1, "[Server] cannot be a section" },
	{ "[pool]\nnice = 1\n", 1, "[pool] cannot be" },
	{ "[pools fast]\nnice = 1\n", 1, "[pools fast] cannot be" },
	{ "state = x\n", 1, "an option must stand in a section" },
	{ "[pool ]\nnice = 1\n", 1, "[pool ] cannot be" },
	{ "[pool a b]\nnice = 1\n", 1, "[pool a b] cannot be" },
	{ "[pool ../x]\nnice = 1\n", 1, "[pool ../x] cannot be" },
	{ "[pool Fast]\nnice = 1\n", 1, "[pool Fast] cannot be" },
	{ "[pool " NAME31 "x]\nnice = 1\n", 1, "cannot be a section" },
	{ "  [sever]\nstate = x\n", 1, "[sever] cannot be a section" },
	{ "\xEF\xBB\xBF[sever]\nstate = x\n", 1,
	  "[sever] cannot be a section" },
	{ "\n; remark\n\n" FAST "\nbacklog = 1\n\nnice = x\n", 8, "'x'" },
	{ FAST "nice = 1\nnice = 1\n", 3, "nice is given in line 2 already" },
	{ FAST "nice\n", 2, "this is not 'name = value'" },
	{ "[pool fast\n", 1, "this is not 'name = value'" },
};

/* How many complaints there are, of which one has the line and the words. */
static size_t
count_complaints(const char *text, int number, const char *words)
{
	const char *complaint, *line, *found;
	size_t count = 0;
	char start[32];

	config_default(&config);
	ck_assert(!read_text(text, &complaint));
	snprintf(start, sizeof(start), "a.conf:%d: ", number);
	line = strstr(complaint, start);
	found = line == NULL ? NULL : strstr(line, words);
	ck_assert_msg(found != NULL && found < line + strcspn(line, "\n"), "%s",
	              complaint);
	for (; *complaint != '\0'; complaint = strchr(complaint, '\n') + 1)
		count++;
	return count;
}

START_TEST(test_fault_is_told_with_its_line)
{
	ck_assert_uint_eq(count_complaints(faults[_i].text, faults[_i].line,
	                                   faults[_i].words),
	                  1);
}
END_TEST

/* Two faults in one file. */
static const struct {
	const char *text;
	int line;
	const char *words;
} several[] = {
	{ FAST "nice = x\nnice = y\n", 2, "'x'" },
	{ FAST "nice = x\nnice = y\n", 3, "'y'" },
	{ FAST "nice\nworkers = x\n", 2, "this is not 'name = value'" },
	{ FAST "nice\nworkers = x\n", 3, "workers cannot be 'x'" },
	{ FAST "workers = x\nnice\n", 2, "workers cannot be 'x'" },
	{ "[sever]\n[pool fast]\nnice = x\n", 3, "'x'" },
	{ "[]\nstate = x\n", 1, "[] cannot be a section" },
	{ FAST "nice = 1\n [sever]\n", 3, "[sever] cannot be" },
};

START_TEST(test_all_faults_are_told_each_with_its_line)
{
	ck_assert_uint_eq(count_complaints(several[_i].text, several[_i].line,
	                                   several[_i].words),
	                  2);
}
END_TEST

START_TEST(test_missing_file_is_told)
{
	struct mr_buffer complaint = { .arena = arena };

	config_default(&config);
	ck_assert(!config_read(&config, "none.conf", &complaint));
	mr_buffer_putc(&complaint, '\0');
	ck_assert_str_eq(complaint.data,
	                 "none.conf: No such file or directory\n");
}
END_TEST

START_TEST(test_directory_is_no_file)
{
	struct mr_buffer complaint = { .arena = arena };

	config_default(&config);
	ck_assert(!config_read(&config, ".", &complaint));
	ck_assert_uint_gt(complaint.length, 0);
}
END_TEST

START_TEST(test_pool_name_may_have_31_letters)
{
	read_good("[pool " NAME31 "]\nnice = 1\n");
	ck_assert_ptr_nonnull(config_pool(&config, NAME31));
}
END_TEST

START_TEST(test_twenty_pools_and_no_more)
{
	struct mr_buffer text = { .arena = arena };
	const char *complaint;

	for (int i = BUILT_IN; i < CONFIG_POOLS; i++)
		mr_buffer_printf(&text, "[pool p%d]\nnice = %d\n", i, i);
	mr_buffer_putc(&text, '\0');
	read_good(text.data);
	ck_assert_uint_eq(config.pool_count, CONFIG_POOLS);
	ck_assert_uint_eq(config_pool(&config, "p19")->nice, 19);
	ck_assert(!read_text("[pool p20]\nnice = 1\n", &complaint));
	ck_assert_ptr_nonnull(strstr(complaint, "[pool p20] cannot be a section: there are "
	                                 "[server], up to 20 of"));
	ck_assert(read_text("[pool p19]\nnice = 1\n", &complaint));
}
END_TEST

START_TEST(test_pool_without_options_is_a_pool)
{
	read_good("[pool io]\n");
	ck_assert_ptr_nonnull(config_pool(&config, "io"));
}
END_TEST

/* As long as it may be; what is longer is not cut in silence. */
static const struct {
	const char *before, *behind;
	int most;
	const char *complaint; /* how it begins */
} lengths[] = {
	{ "[server]\nstate = ", "\n", CONFIG_TEXT - 1, "a.conf:2: " },
	{ "\n; ", "\n[server]\nstate = x\n", 196,
	  "a.conf:2: a line may have 198 bytes\n" },
};

START_TEST(test_long_text_is_read_or_told)
{
	const char *expected = lengths[_i].complaint, *complaint;
	char text[500], line[200];

	for (int length = 100; length < 300; length++) {
		snprintf(text, sizeof(text), "%s%0*d%s", lengths[_i].before,
		         length, 0, lengths[_i].behind);
		config_default(&config);
		if (length > lengths[_i].most) {
			ck_assert(!read_text(text, &complaint));
			ck_assert_ptr_eq(strstr(complaint, expected), complaint);
			continue;
		}
		ck_assert(read_text(text, &complaint));
		snprintf(line, sizeof(line), "state = %s\n", config.state);
		ck_assert_has(text, line);
	}
}
END_TEST

/* The path of a socket. */

START_TEST(test_socket_lies_in_its_directory)
{
	char path[CONFIG_SOCKET_PATH];

	read_good("[server]\nsockets = /run/m\n");
	ck_assert(config_socket(&config, &config.pools[0], path));
	ck_assert_str_eq(path, "/run/m/fast.sock");
}
END_TEST

START_TEST(test_socket_path_fits_or_is_refused)
{
	char path[CONFIG_SOCKET_PATH];
	size_t most = CONFIG_SOCKET_PATH - 1 - strlen("/fast.sock");

	config_default(&config);
	memset(config.sockets, 'd', most);
	ck_assert(config_socket(&config, &config.pools[0], path));
	ck_assert_uint_eq(strlen(path), CONFIG_SOCKET_PATH - 1);
	config.sockets[most] = 'd';
	ck_assert(!config_socket(&config, &config.pools[0], path));
}
END_TEST

/* What is printed reads back as the same, and prints as the same. */
static const char *const texts[] = {
	"",
	"[server]\nstate = /var/lib/m r\nsockets = /run/m\n"
	"socket_group = www-data\nstop_timeout = 1500ms\nbody_memory = 32K\n",
	"[server]\nstop_timeout = 0ms\n",
	"[server]\nstop_timeout = 59m\n",
	"[pool fast]\nworkers = 5\nkeep_alive = no\ndeadline = 90s\n"
	"queue_limit = 1ms\nmemory = 0\nnice = 19\nbacklog = 1\n",
	"[pool io]\nmemory = 1025K\n[pool x_1]\nmemory = 3G\ndeadline = 24h\n",
	"[pool io]\nmemory = 1025\n[pool x_1]\nmemory = 65536G\n",
	"[server]\nlog = /var/log/m\nstatus_allow = 10.0.0.0/8, all\n"
	"stop_delay = 5s\n",
	"[pool d]\nmanager = dynamic\nworkers = 20\nmax_requests = 1000\n"
	"max_rss = 1G\nslow = 2500ms\nfiles = 100\numask = 077\n",
	"[pool d]\nmanager = dynamic\nworkers = 20\nstart = 5\nmin_spare = 5\n"
	"max_spare = 7\n",
	"[pool o]\nmanager = ondemand\nidle_timeout = 1ms\ncore = 0\n"
	"listen = [::1]:9000\nallowed_clients = ::1 127.0.0.0/8\n",
	"[pool e]\nenv = A=1\nenv = B=a b = [c] # d\nenv = C=\n",
	"[endpoint a]\nslow = 3s\n[endpoint B_2]\ndeadline = 90s\n",
};

static struct mr_string
printed(void)
{
	struct mr_buffer text = { .arena = arena };

	printout_config(&config, &text);
	ck_assert(!text.failed);
	mr_buffer_putc(&text, '\0');
	return (struct mr_string){ text.data, text.length - 1 };
}

START_TEST(test_printed_configuration_reads_back)
{
	struct config before;
	struct mr_string first;

	read_good(texts[_i]);
	if (_i % 2 == 0)
		config_resolve(&config);
	before = config;
	first = printed();
	read_good(first.data);
	ck_assert_uint_eq(config.pool_count, before.pool_count);
	ck_assert_str_eq(printed().data, first.data);
	ck_assert_str_eq(config.state, before.state);
	ck_assert_str_eq(config.sockets, before.sockets);
	ck_assert_str_eq(config.socket_group, before.socket_group);
	ck_assert_str_eq(config.log, before.log);
	ck_assert_str_eq(config.status_allow, before.status_allow);
	ck_assert_mem_eq(config.pools, before.pools, sizeof(config.pools));
	ck_assert_uint_eq(config.endpoint_count, before.endpoint_count);
	for (size_t i = 0; i < before.endpoint_count; i++) {
		ck_assert_str_eq(config.endpoints[i].name,
		                 before.endpoints[i].name);
		ck_assert_uint_eq(config.endpoints[i].deadline,
		                  before.endpoints[i].deadline);
		ck_assert_uint_eq(config.endpoints[i].slow,
		                  before.endpoints[i].slow);
	}
}
END_TEST

/* Directories that the command line names; printed, they are the same. */
static const struct {
	const char *directory;
	bool good;
} directories[] = {
	{ "/a", true },     { "/a=b", true },   { "[a]", true },
	{ "#a", true },     { "/a: b", true },  { "/a b", true },
	{ "caf\xC3\xA9", true }, { "/a;b", false }, { "/a ;b", false },
	{ ";a", false },    { " a", false },    { "a ", false },
	{ "a\nb", false },  { "", false },
};

START_TEST(test_directory_of_the_command_line_reads_back)
{
	struct mr_buffer complaints = { .arena = arena };
	struct mr_string text;

	config_default(&config);
	ck_assert(config_set(&config, "state", directories[_i].directory,
	                     &complaints) == directories[_i].good);
	ck_assert((complaints.length == 0) == directories[_i].good);
	if (!directories[_i].good) {
		mr_buffer_putc(&complaints, '\0');
		ck_assert_ptr_nonnull(
		    strstr(complaints.data, "command line: state cannot be"));
		ck_assert_str_eq(config.state, "millrace-state");
		return;
	}
	text = printed();
	read_good(text.data);
	ck_assert_str_eq(config.state, directories[_i].directory);
}
END_TEST

START_TEST(test_option_that_is_not_given_sets_nothing)
{
	struct mr_buffer complaints = { .arena = arena };

	config_default(&config);
	ck_assert(config_set(&config, "state", NULL, &complaints));
	ck_assert_str_eq(config.state, "millrace-state");
}
END_TEST

START_TEST(test_printed_configuration_explains_every_option)
{
	static const char *const names[] = {
		"state", "sockets", "socket_group", "log", "status_allow",
		"stop_timeout", "stop_delay", "body_memory", "manager",
		"workers", "start", "min_spare", "max_spare", "idle_timeout",
		"max_requests", "max_rss", "listen", "allowed_clients",
		"keep_alive", "backlog", "queue_limit", "deadline", "slow",
		"memory", "files", "core", "nice", "cpus", "user", "group",
		"umask", "env",
	};
	char line[64];

	config_default(&config);
	for (size_t i = 0; i < N(names); i++) {
		snprintf(line, sizeof(line), ")\n%s = ", names[i]);
		ck_assert_ptr_nonnull(strstr(printed().data, line));
	}
	ck_assert_ptr_nonnull(strstr(printed().data, "(default 10s)"));
	ck_assert_ptr_nonnull(strstr(printed().data, "(default empty)"));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_test(tc, test_default_has_its_pools);
	tcase_add_test(tc, test_default_is_without_conflict);
	tcase_add_loop_test(tc, test_dynamic_pool_has_consistent_defaults, 0,
	                    N(dynamics));
	tcase_add_test(tc, test_endpoint_has_a_section);
	tcase_add_test(tc, test_environment_is_a_list);
	tcase_add_test(tc, test_sixty_four_endpoints_and_no_more);
	tcase_add_test(tc, test_resolve_fills_in_workers_and_sockets);
	tcase_add_loop_test(tc, test_value_is_read_in_its_unit, 0, N(values));
	tcase_add_test(tc, test_switch_is_yes_or_no);
	tcase_add_test(tc, test_file_changes_only_what_it_names);
	tcase_add_test(tc, test_new_pool_has_the_defaults_of_pools);
	tcase_add_loop_test(tc, test_fault_is_told_with_its_line, 0, N(faults));
	tcase_add_loop_test(tc, test_all_faults_are_told_each_with_its_line, 0,
	                    N(several));
	tcase_add_test(tc, test_missing_file_is_told);
	tcase_add_test(tc, test_directory_is_no_file);
	tcase_add_test(tc, test_pool_name_may_have_31_letters);
	tcase_add_test(tc, test_twenty_pools_and_no_more);
	tcase_add_test(tc, test_pool_without_options_is_a_pool);
	tcase_add_loop_test(tc, test_long_text_is_read_or_told, 0, N(lengths));
	tcase_add_test(tc, test_socket_lies_in_its_directory);
	tcase_add_test(tc, test_socket_path_fits_or_is_refused);
	tcase_add_loop_test(tc, test_printed_configuration_reads_back, 0,
	                    N(texts));
	tcase_add_loop_test(tc, test_directory_of_the_command_line_reads_back,
	                    0, N(directories));
	tcase_add_test(tc, test_option_that_is_not_given_sets_nothing);
	tcase_add_test(tc, test_printed_configuration_explains_every_option);
}

UNIT_MAIN("config", add_tests)
