/*
 * fuzz_headers.c: any bytes as the headers that are negotiated.
 *
 * The input is a line each for Accept, Content-Type and Content-Encoding.
 */
#include "api/negotiate.h"
#include "base/buffer.h"
#include "claim.h"
#include "lines.h"

#include <ctype.h>

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
	mr_arena_free(arena);
	return 0;
}
