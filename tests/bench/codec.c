/*
 * codec.c: what reading and writing JSON costs, without any process between.
 *
 *   codec MODULE small           microseconds of a small call
 *   codec MODULE PATH FILE       MB/s of the body in FILE for POST PATH
 *
 * All goes through mr_handle, whose phases tell decoding from encoding, so
 * the cost of fresh memory is in it.  The second form prints a line for
 * Millrace and one for cJSON: "NAME DECODE ENCODE".
 */
#include "api/handle.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SMALL_CALLS 200000
#define CALLS 8

static uint64_t
now(void *context, enum mr_phase phase)
{
	struct timespec time;

	(void)context;
	(void)phase;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static uint64_t
no_clock(void *context, enum mr_phase phase)
{
	(void)context;
	(void)phase;
	return 0;
}

static _Noreturn void
die(const char *why)
{
	fprintf(stderr, "codec: %s\n", why);
	exit(EXIT_FAILURE);
}

struct bench {
	struct mr_registry *registry;
	struct mr_arena *arena;
};

static void
load(struct bench *bench, const char *module)
{
	struct mr_buffer complaints;

	bench->registry = mr_registry_new();
	bench->arena = mr_arena_new();
	if (bench->registry == NULL || bench->arena == NULL)
		die("no memory");
	complaints = (struct mr_buffer){ .arena = bench->arena };
	if (!mr_registry_add_builtin(bench->registry, &complaints) ||
	    !mr_registry_add_module(bench->registry, module, &complaints))
		die("the module cannot be loaded");
}

/* Nanoseconds of a call, on average. */
static double
time_small(const struct bench *bench, const char *path, const char *query)
{
	const struct mr_request request = {
		.method = "GET",
		.path = path,
		.query = { query, strlen(query) },
		.body = { "", 0 },
		.enter = no_clock,
	};
	struct mr_reply reply;
	uint64_t start = now(NULL, MR_PHASE_DECODE);

	for (int i = 0; i < SMALL_CALLS; i++) {
		mr_handle(bench->registry, &request, &reply, bench->arena);
		if (reply.status != 200)
			die("a small call failed");
		mr_arena_reset(bench->arena);
	}
	return (double)(now(NULL, MR_PHASE_DONE) - start) / SMALL_CALLS;
}

static void
measure_small(const struct bench *bench)
{
	double nothing = time_small(bench, "/bench/nothing", "");
	double squares = time_small(bench, "/sum-squares", "a=3&b=4");

	printf("%.4f %.4f\n", squares / 1e3, (squares - nothing) / 1e3);
}

/* The shortest times seen, in nanoseconds: what else runs only adds to them. */
struct times {
	uint64_t decode, encode;
};

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* In MB/s: a thousand times the bytes of a nanosecond. */
static void
print_speeds(const char *name, size_t in, size_t out, struct times times)
{
	printf("%s %.1f %.1f\n", name, 1e3 * (double)in / (double)times.decode,
	       1e3 * (double)out / (double)times.encode);
}

static void
measure_millrace(const struct bench *bench, const char *path,
                 struct mr_string body)
{
	const struct mr_request request = {
		.method = "POST",
		.path = path,
		.query = { "", 0 },
		.body = body,
		.has_length = true,
		.enter = now,
	};
	struct times times = { UINT64_MAX, UINT64_MAX };
	struct mr_reply reply;
	uint64_t *entered = reply.entered;

	for (int i = 0; i < CALLS; i++) {
		mr_arena_reset(bench->arena);
		mr_handle(bench->registry, &request, &reply, bench->arena);
		if (reply.status != 200)
			die(reply.body.data);
		times.decode =
		    least(times.decode, entered[MR_PHASE_COMPUTE] -
		                            entered[MR_PHASE_DECODE]);
		times.encode = least(times.encode, entered[MR_PHASE_DONE] -
		                                       entered[MR_PHASE_ENCODE]);
	}
	print_speeds("millrace", body.length, reply.body.length, times);
}

/* Once, which takes longer than all the calls above. */
static void
measure_cjson(struct mr_string body)
{
	uint64_t start = now(NULL, MR_PHASE_DECODE), decoded;
	cJSON *tree = cJSON_ParseWithLength(body.data, body.length);
	struct times times;
	char *text;

	decoded = now(NULL, MR_PHASE_ENCODE);
	times.decode = decoded - start;
	text = cJSON_PrintUnformatted(tree);
	times.encode = now(NULL, MR_PHASE_DONE) - decoded;
	if (text == NULL)
		die("cJSON cannot read or print the body");
	print_speeds("cjson", body.length, strlen(text), times);
	free(text);
	cJSON_Delete(tree);
}

static struct mr_string
read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t room = 0;
	ssize_t length;

	length = file == NULL ? -1 : getdelim(&text, &room, '\0', file);
	if (length < 0)
		die("the file cannot be read");
	fclose(file);
	return (struct mr_string){ text, (size_t)length };
}

int
main(int count, char **arguments)
{
	struct bench bench;
	struct mr_string body;

	if (count != 3 && count != 4)
		die("usage: codec MODULE small | codec MODULE PATH FILE");
	load(&bench, arguments[1]);
	if (count == 3) {
		measure_small(&bench);
	} else {
		body = read_file(arguments[3]);
		measure_millrace(&bench, arguments[2], body);
		measure_cjson(body);
		free((char *)(uintptr_t)body.data);
	}
	mr_registry_free(bench.registry);
	mr_arena_free(bench.arena);
	return EXIT_SUCCESS;
}
