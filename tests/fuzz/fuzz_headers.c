/*
 * fuzz_headers.c: any bytes as the headers that are negotiated, and as those
 * that ask for a job.
 *
 * The input is a line each for Accept, Content-Type, Content-Encoding, Prefer,
 * Priority, Job-Run-At, Job-Attempts and Idempotency-Key.
 */
#include "api/job_headers.h"
#include "api/negotiate.h"
#include "api/prefer.h"
#include "base/buffer.h"
#include "base/time.h"
#include "jobs/job.h"
#include "claim.h"
#include "lines.h"

#include <ctype.h>
#include <stdlib.h>

static struct mr_arena *arena;

static const char *
joined(const char *a, const char *b, const char *c)
{
	struct mr_buffer text = { .arena = arena };

	mr_buffer_puts(&text, a);
	mr_buffer_puts(&text, b);
	mr_buffer_puts(&text, c);
	mr_buffer_putc(&text, '\0');
	return text.data;
}

static const char *
upper(const char *text)
{
	char *copy = mr_arena_copy(arena, text, strlen(text));

	for (char *at = copy; *at != '\0'; at++)
		*at = (char)toupper((unsigned char)*at);
	return copy;
}

static void
claim_accept(const char *accept, const char *type)
{
	int weight = mr_accept_weight(accept, type);

	CLAIM(weight >= 0 && weight <= 1000);
	CLAIM(weight == mr_accept_weight(upper(accept), type));
	CLAIM(weight == mr_accept_weight(joined(" ", accept, "\t"), type));
	/* The first range that names the type itself decides. */
	CLAIM(mr_accept_weight(joined(type, ",", accept), type) == 1000);
	CLAIM(mr_accept_weight(joined(type, ";q=0,", accept), type) == 0);
	CLAIM(mr_accept_weight(joined(type, " ; q=0.25 , ", accept), type) ==
	      250);
}

static int
formats_of(const char *type)
{
	int count = 0;

	for (enum mr_format format = 0; format < MR_FORMAT_COUNT; format++) {
		bool is = mr_content_is(type, format);

		CLAIM(is == mr_content_is(upper(type), format));
		count += is;
	}
	return count;
}

static void
claim_content_type(const char *type)
{
	CLAIM(formats_of(type) <= 1);
	for (enum mr_format format = 0; format < MR_FORMAT_COUNT; format++) {
		const char *own = mr_format_type(format);

		CLAIM(format == MR_FORMAT_JSON ||
		      mr_content_is(joined(own, ";", type), format));
		CLAIM(!mr_content_is(joined(own, "x;", type), format));
	}
	CLAIM(formats_of(joined("application/json", ";charset=latin1;",
	                        type)) == 0);
	if (strpbrk(type, ";\"") == NULL &&
	    mr_content_is(type, MR_FORMAT_JSON)) {
		CLAIM(formats_of(joined(type, ";", "charset=utf-8")) == 1);
		CLAIM(formats_of(joined(type, ";", "charset=utf-16")) == 0);
	}
}

static void
claim_coding(const char *encoding)
{
	enum mr_coding coding = mr_content_coding(encoding);

	CLAIM(coding == mr_content_coding(upper(encoding)));
	CLAIM(coding == mr_content_coding(joined("\t", encoding, " ")));
	CLAIM(mr_content_coding(joined("gzip", ",", encoding)) ==
	      MR_CODING_UNKNOWN);
}

static bool
are_same(struct mr_prefer a, struct mr_prefer b)
{
	return a.respond_async == b.respond_async && a.has_wait == b.has_wait &&
	       a.wait == b.wait;
}

static void
claim_prefer(const char *prefer)
{
	struct mr_prefer read = mr_prefer_read(prefer), more;

	CLAIM(read.wait >= 0 && read.wait <= MR_PREFER_WAIT_MOST);
	CLAIM(read.has_wait || read.wait == 0);
	CLAIM(are_same(read, mr_prefer_read(upper(prefer))));
	CLAIM(are_same(read, mr_prefer_read(joined(", \t", prefer, " "))));
	/* The first of several holds. */
	more = mr_prefer_read(joined("wait=7", ",", prefer));
	CLAIM(more.has_wait && more.wait == 7);
	CLAIM(more.respond_async == read.respond_async);
}

static void
claim_priority(const char *priority)
{
	int urgency = mr_job_headers_priority(priority);

	CLAIM(urgency >= 0 && urgency <= MR_JOB_PRIORITY_LAST);
	CLAIM(mr_job_headers_priority(joined("=,", priority, "")) ==
	      MR_JOB_PRIORITY_DEFAULT);
}

/* What was read, written anew, is the same time. */
static void
claim_time(const char *text)
{
	char written[MR_TIME_TEXT];
	int64_t ms, again;

	if (!mr_job_headers_time(text, &ms))
		return;
	CLAIM(ms >= 0 && ms <= MR_TIME_LAST);
	mr_time_print(ms, written);
	CLAIM(!mr_job_headers_time(joined(text, "x", ""), &again));
	CLAIM(mr_job_headers_time(written, &again));
	CLAIM(again == ms);
}

static void
claim_attempts(const char *text)
{
	int attempts;

	if (mr_job_headers_attempts(text, &attempts))
		CLAIM(attempts >= 0 &&
		      (attempts > MR_JOB_HEADERS_ATTEMPTS ||
		       atoi(text) == attempts));
}

/* A key in quotes, where it needs no escapes, is the same key. */
static void
claim_key(const char *text)
{
	char key[MR_JOB_HEADERS_KEY + 1], again[MR_JOB_HEADERS_KEY + 1];

	if (!mr_job_headers_key(text, key))
		return;
	CLAIM(*key != '\0' && strlen(key) <= MR_JOB_HEADERS_KEY);
	for (const char *at = key; *at != '\0'; at++)
		CLAIM(*at >= ' ' && *at <= '~');
	if (strpbrk(key, "\"\\") == NULL) {
		CLAIM(mr_job_headers_key(joined("\"", key, "\""), again));
		CLAIM(strcmp(key, again) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data, *end = at + size;
	const char *accept;

	arena = mr_arena_new();
	accept = take_line(&at, end, arena).data;
	for (enum mr_format format = 0; format < MR_FORMAT_COUNT; format++)
		claim_accept(accept, mr_format_type(format));
	claim_content_type(take_line(&at, end, arena).data);
	claim_coding(take_line(&at, end, arena).data);
	claim_prefer(take_line(&at, end, arena).data);
	claim_priority(take_line(&at, end, arena).data);
	claim_time(take_line(&at, end, arena).data);
	claim_attempts(take_line(&at, end, arena).data);
	claim_key(take_line(&at, end, arena).data);
	mr_arena_free(arena);
	return 0;
}
