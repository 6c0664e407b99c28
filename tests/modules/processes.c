/*
 * processes.c: endpoints that show and wear the process they run in; for tests.
 */
#include "millrace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* What a module opens while it is loaded is there in every worker. */
static int zero = -1;

static void __attribute__((constructor))
open_zero(void)
{
	zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
}

struct self_in {
	struct mr_string variable;
};
struct self_out {
	int64_t pid;
	struct mr_string value;
	int64_t zeros;
};

static enum mr_err
self(mr_call *call, const struct self_in *in, struct self_out *out)
{
	const char *value = getenv(in->variable.data);
	char bytes[16];

	(void)call;
	if (value == NULL)
		value = "";
	out->pid = getpid();
	out->value = (struct mr_string){ value, strlen(value) };
	out->zeros = read(zero, bytes, sizeof(bytes));
	return MR_OK;
}
static const struct mr_field self_in[] = {
	MR_OPTIONAL(struct self_in, variable, "name in the environment",
	            MR_LENGTH(1, 100), "\"PATH\""),
};
static const struct mr_field self_out[] = {
	MR_RESULT(struct self_out, pid, "process"),
	MR_RESULT(struct self_out, value, "of the variable, or empty"),
	MR_RESULT(struct self_out, zeros, "bytes read from /dev/zero, of 16"),
};
MR_ENDPOINT(self, MR_GET, "/processes/self", "Tells of its process");

struct say_in {
	struct mr_string text;
	int64_t times;
};
struct say_out {
	int64_t pid;
	int64_t bytes;
};

static bool
put(const char *bytes, size_t length)
{
	ssize_t written;

	for (; length > 0; bytes += written, length -= (size_t)written) {
		written = write(STDERR_FILENO, bytes, length);
		if (written < 0 && errno != EINTR)
			return false;
		if (written < 0)
			written = 0;
	}
	return true;
}

static enum mr_err
say(mr_call *call, const struct say_in *in, struct say_out *out)
{
	size_t times = (size_t)in->times;
	size_t length = times * in->text.length;
	char *line = mr_alloc(call, length + 1);

	if (line == NULL)
		return MR_MEMORY;
	for (size_t i = 0; i < times; i++)
		memcpy(line + i * in->text.length, in->text.data,
		       in->text.length);
	line[length] = '\n';
	if (!put(line, length + 1))
		return mr_refuse(call, "standard error cannot be written");
	out->pid = getpid();
	out->bytes = (int64_t)length;
	return MR_OK;
}
static const struct mr_field say_in[] = {
	MR_PARAM(struct say_in, text, "what is said", MR_LENGTH(1, 1000)),
	MR_OPTIONAL(struct say_in, times, "how often, on one line",
	            MR_RANGE(1, 1 << 20), "1"),
};
static const struct mr_field say_out[] = {
	MR_RESULT(struct say_out, pid, "process"),
	MR_RESULT(struct say_out, bytes, "length of the line"),
};
MR_ENDPOINT(say, MR_POST, "/processes/say", "Writes to standard error",
            .impure = true);

struct hold_in {
	int64_t mb;
};
struct hold_out {
	int64_t pid;
};

/* As a function does that forgets to free. */
static enum mr_err
hold(mr_call *call, const struct hold_in *in, struct hold_out *out)
{
	static char *volatile held;
	size_t size = (size_t)in->mb << 20;

	(void)call;
	held = malloc(size);
	if (held == NULL)
		return MR_MEMORY;
	memset(held, 1, size);
	out->pid = getpid();
	return MR_OK;
}
static const struct mr_field hold_in[] = {
	MR_PARAM(struct hold_in, mb, "memory to keep, MiB", MR_RANGE(1, 4096)),
};
static const struct mr_field hold_out[] = {
	MR_RESULT(struct hold_out, pid, "process"),
};
MR_ENDPOINT(hold, MR_POST, "/processes/hold", "Keeps memory");

MR_NOTHING(await_in);
MR_NOTHING(await_out);

static enum mr_err
await(mr_call *call, const struct await_in *in, struct await_out *out)
{
	(void)call;
	(void)in;
	(void)out;
	while (access("released", F_OK) != 0) {
		struct timespec turn = { .tv_nsec = 10000000 };

		nanosleep(&turn, NULL);
	}
	return MR_OK;
}
MR_ENDPOINT(await, MR_POST, "/processes/await",
            "Waits for the file `released`", .pool = "heavy");

MR_MODULE(&mr_endpoint_self, &mr_endpoint_say, &mr_endpoint_hold,
          &mr_endpoint_await);
