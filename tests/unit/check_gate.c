/*
 * check_gate.c: whole requests however they are cut; nothing else passes.
 */
#include "fcgi/worker/gate.h"

#include "client.h"
#include "unit.h"

#define HOLD(truth)                                                            \
	do {                                                                   \
		if (!(truth))                                                  \
			ck_abort_msg("%s:%d: %s", __FILE__, __LINE__, #truth); \
	} while (0)

static enum gate
judge(struct mr_string bytes)
{
	return gate_judge((const unsigned char *)bytes.data, bytes.length);
}

static struct mr_string
first(struct mr_string bytes, size_t length)
{
	return (struct mr_string){ bytes.data, length };
}

static struct mr_string
filled(size_t length)
{
	char *bytes = mr_arena_alloc(arena, length + 1);

	ck_assert_ptr_nonnull(bytes);
	memset(bytes, 'x', length);
	return (struct mr_string){ bytes, length };
}

/* Pairs with lengths of one byte and of four, short and long. */
static struct mr_string
many_pairs(void)
{
	struct mr_buffer pairs = { .arena = arena };

	wire_pair(&pairs, "REQUEST_METHOD", "GET");
	wire_pair(&pairs, "", "");
	wire_pair(&pairs, "QUERY_STRING", filled(127).data);
	wire_pair(&pairs, "HTTP_ACCEPT", filled(128).data);
	wire_pair(&pairs, filled(300).data, "");
	wire_length(&pairs, 1, true);
	wire_length(&pairs, 0, true);
	mr_buffer_putc(&pairs, 'n');
	return wire_text(&pairs);
}

/* Requests that are whole. */

static struct mr_string
whole(struct mr_string pairs, struct frame frame, size_t piece)
{
	struct mr_buffer wire = { .arena = arena };

	wire_begin(&wire, frame.id, true);
	frame.type = FCGI_PARAMS;
	wire_stream(&wire, frame, pairs, piece);
	frame.type = FCGI_STDIN;
	wire_stream(&wire, frame, TEXT("{\"numbers\": [1, 2, 3]}"), piece);
	return wire_text(&wire);
}

static const struct {
	unsigned id, padding;
	size_t piece;
} cuts[] = {
	{ 1, 0, FCGI_CONTENT_MAX }, { 1, 0, 1 },   { 1, 7, 1 },
	{ 1, 0, 2 },                { 1, 1, 3 },   { 255, 0, 100 },
	{ 256, 5, 129 },            { 65535, 0, 1000 }, { 1, 255, 50 },
	{ 1, 255, FCGI_CONTENT_MAX },
};

static struct mr_string
cut(int row)
{
	return whole(many_pairs(),
	             (struct frame){ .id = cuts[row].id,
	                             .padding = cuts[row].padding },
	             cuts[row].piece);
}

START_TEST(test_whole_request_is_whole_and_no_prefix_of_it)
{
	struct mr_string bytes = cut(_i);

	ck_assert_int_eq(judge(bytes), GATE_WHOLE);
	for (size_t length = 0; length < bytes.length; length++)
		HOLD(judge(first(bytes, length)) == GATE_PARTIAL);
}
END_TEST

/* libfcgi would read them with the request, and lose them. */
START_TEST(test_bytes_behind_a_whole_request_are_refused)
{
	struct mr_buffer two = { .arena = arena };
	struct mr_string bytes = cut(_i);

	mr_buffer_append(&two, bytes.data, bytes.length);
	mr_buffer_append(&two, bytes.data, bytes.length);
	for (size_t more = 1; more <= bytes.length; more++)
		HOLD(judge(first(wire_text(&two), bytes.length + more)) ==
		     GATE_REFUSED);
}
END_TEST

/* The bytes end where memory does. */
START_TEST(test_no_byte_behind_the_last_is_read)
{
	struct mr_string bytes = cut(_i);

	for (size_t length = 0; length <= bytes.length; length += 7)
		judge(guarded(first(bytes, length)));
	ck_assert_int_eq(judge(guarded(bytes)), GATE_WHOLE);
}
END_TEST

START_TEST(test_pairs_cut_at_any_byte_are_whole)
{
	struct mr_string pairs = many_pairs();

	for (size_t at = 1; at < pairs.length; at++)
		HOLD(judge(whole(pairs, (struct frame){ .id = 1 }, at)) ==
		     GATE_WHOLE);
}
END_TEST

START_TEST(test_request_without_pairs_and_body_is_whole)
{
	struct mr_buffer wire = { .arena = arena };
	const struct frame params = { FCGI_PARAMS, 9, 0 };
	const struct frame body = { FCGI_STDIN, 9, 0 };

	wire_begin(&wire, 9, false);
	wire_record(&wire, params, (struct mr_string)BYTES(""));
	ck_assert_int_eq(judge(wire_text(&wire)), GATE_PARTIAL);
	wire_record(&wire, body, (struct mr_string)BYTES(""));
	ck_assert_int_eq(judge(wire_text(&wire)), GATE_WHOLE);
}
END_TEST

/* Requests that are spoilt in one byte: of which record, where, how. */

enum { BEGIN, PARAMS, NO_PARAMS, INPUT, NO_INPUT, RECORDS };

static const struct {
	size_t record, offset;
	unsigned char value;
} spoils[] = {
	{ BEGIN, 0, 0 },
	{ BEGIN, 0, 2 },
	{ BEGIN, 0, 'G' }, /* as of an HTTP request */
	{ BEGIN, 1, 0 },
	{ BEGIN, 1, FCGI_ABORT },
	{ BEGIN, 1, FCGI_END },
	{ BEGIN, 1, FCGI_PARAMS },
	{ BEGIN, 1, FCGI_STDIN },
	{ BEGIN, 1, FCGI_GET_VALUES },
	{ BEGIN, 1, 255 },
	{ BEGIN, 3, 0 }, /* id 0 */
	{ BEGIN, 3, 2 }, /* id not that of the rest */
	{ BEGIN, 2, 1 },
	{ BEGIN, 4, 1 }, /* content of 264 bytes */
	{ BEGIN, 5, 0 },
	{ BEGIN, 5, 7 },
	{ BEGIN, 5, 9 },
	{ BEGIN, 8, 1 }, /* role 257 */
	{ BEGIN, 9, 0 },
	{ BEGIN, 9, 2 },
	{ BEGIN, 9, 3 },
	{ PARAMS, 0, 0 },
	{ PARAMS, 1, FCGI_BEGIN },
	{ PARAMS, 1, FCGI_ABORT },
	{ PARAMS, 1, FCGI_STDIN },
	{ PARAMS, 1, FCGI_DATA },
	{ PARAMS, 1, FCGI_GET_VALUES },
	{ PARAMS, 2, 1 },
	{ PARAMS, 3, 0 },
	{ PARAMS, 3, 2 },
	{ PARAMS, 8, 15 },  /* the name takes a byte of the value */
	{ PARAMS, 8, 100 }, /* the pair ends behind the pairs */
	{ NO_PARAMS, 0, 2 },
	{ NO_PARAMS, 1, FCGI_STDIN },
	{ NO_PARAMS, 3, 2 },
	{ INPUT, 0, 2 },
	{ INPUT, 1, FCGI_PARAMS },
	{ INPUT, 1, FCGI_BEGIN },
	{ INPUT, 1, FCGI_ABORT },
	{ INPUT, 1, FCGI_DATA },
	{ INPUT, 1, FCGI_GET_VALUES },
	{ INPUT, 3, 0 },
	{ INPUT, 2, 1 },
	{ NO_INPUT, 0, 0 },
	{ NO_INPUT, 1, FCGI_ABORT },
	{ NO_INPUT, 3, 7 },
};

START_TEST(test_spoilt_request_is_refused)
{
	struct mr_string bytes = wire_ask(&(struct ask){
	    .path = "/x", .body = BYTES("[1]") });
	unsigned char *spoilt =
	    (unsigned char *)mr_arena_copy(arena, bytes.data, bytes.length);
	unsigned char *at = spoilt;
	enum gate gate;

	for (size_t i = 0; i < spoils[_i].record; i++)
		at += FCGI_HEADER + ((size_t)at[4] << 8 | at[5]) + at[6];
	at[spoils[_i].offset] = spoils[_i].value;
	gate = gate_judge(spoilt, bytes.length);
	ck_assert_int_eq(gate, GATE_REFUSED);
	for (size_t length = bytes.length; length > 0; length--) {
		enum gate shorter = gate_judge(spoilt, length);

		HOLD(shorter == GATE_PARTIAL || shorter == GATE_REFUSED);
		HOLD(shorter == gate || gate == GATE_REFUSED);
		gate = shorter;
	}
}
END_TEST

START_TEST(test_wrong_version_is_refused_at_its_byte)
{
	ck_assert_int_eq(gate_judge((const unsigned char *)"G", 1),
	                 GATE_REFUSED);
	ck_assert_int_eq(gate_judge((const unsigned char *)"\1", 1),
	                 GATE_PARTIAL);
	ck_assert_int_eq(gate_judge((const unsigned char *)"", 0),
	                 GATE_PARTIAL);
}
END_TEST

/* libfcgi answers these with a buffer that is too small. */
START_TEST(test_management_record_is_refused)
{
	struct mr_buffer wire = { .arena = arena };

	for (int i = 0; i < 10; i++)
		wire_pair(&wire, "FCGI_MAX_CONNS", "");
	struct mr_string pairs = wire_text(&wire);
	wire = (struct mr_buffer){ .arena = arena };
	if (_i == 1)
		wire_begin(&wire, 1, true);
	wire_record(&wire, (struct frame){ FCGI_GET_VALUES, 0, 0 }, pairs);
	ck_assert_int_eq(judge(wire_text(&wire)), GATE_REFUSED);
}
END_TEST

/*
 * libfcgi forgets the padding of the record with which the next stream
 * begins, and takes it for the header of the following one.
 */
static const unsigned padded[] = { BEGIN, NO_PARAMS, NO_INPUT };

START_TEST(test_padding_that_libfcgi_would_misread_is_refused)
{
	struct mr_buffer wire = { .arena = arena };
	const struct mr_string nothing = BYTES("");
	const unsigned padding = 8;

	wire_record(&wire,
	            (struct frame){ FCGI_BEGIN, 1,
	                            padded[_i] == BEGIN ? padding : 0 },
	            (struct mr_string)BYTES("\0\1\1\0\0\0\0\0"));
	wire_record(&wire,
	            (struct frame){ FCGI_PARAMS, 1,
	                            padded[_i] == NO_PARAMS ? padding : 0 },
	            nothing);
	wire_record(&wire,
	            (struct frame){ FCGI_STDIN, 1,
	                            padded[_i] == NO_INPUT ? padding : 0 },
	            nothing);
	ck_assert_int_eq(judge(wire_text(&wire)), GATE_REFUSED);
}
END_TEST

/* Lengths of a name and of a value that claim too much. */
static const struct {
	uint32_t name, value;
	enum gate gate;
} claims[] = {
	{ 10, 20, GATE_PARTIAL },
	{ 30000, 30000, GATE_PARTIAL },
	{ 32768, 32768, GATE_PARTIAL }, /* more than there is room for */
	{ 32768, 32769, GATE_REFUSED },
	{ 65537, 0, GATE_REFUSED },
	{ 0, 65537, GATE_REFUSED },
	{ 0x7FFFFFFF, 0, GATE_REFUSED },
	{ 0, 0x7FFFFFFF, GATE_REFUSED },
	{ 0x7FFFFFFF, 0x7FFFFFFF, GATE_REFUSED },
	{ 0x40000000, 0x40000000, GATE_REFUSED },
};

START_TEST(test_lengths_that_claim_too_much_are_refused)
{
	struct mr_buffer pairs = { .arena = arena }, wire = { .arena = arena };

	wire_length(&pairs, claims[_i].name, true);
	wire_length(&pairs, claims[_i].value, true);
	wire_begin(&wire, 1, true);
	wire_record(&wire, (struct frame){ FCGI_PARAMS, 1, 0 },
	            wire_text(&pairs));
	ck_assert_int_eq(judge(wire_text(&wire)), claims[_i].gate);
	wire_record(&wire, (struct frame){ FCGI_PARAMS, 1, 0 },
	            (struct mr_string)BYTES(""));
	wire_record(&wire, (struct frame){ FCGI_STDIN, 1, 0 },
	            (struct mr_string)BYTES(""));
	ck_assert_int_eq(judge(wire_text(&wire)), GATE_REFUSED);
}
END_TEST

/* Parts of a pair at the end of the pairs. */
static const struct mr_string ends[] = {
	BYTES("\1"),           BYTES("\x80"),        BYTES("\x80\0\0"),
	BYTES("\x80\0\0\1"),   BYTES("\1\1a"),       BYTES("\1\x80\0\0"),
	BYTES("\0\0\0"),       BYTES("\1\0"),        BYTES("\0\1"),
	BYTES("\1\1ab\2\2cc"), BYTES("\x80\0\0\1\1a"),
};

START_TEST(test_pairs_that_end_early_are_refused)
{
	struct mr_string bytes =
	    whole(ends[_i], (struct frame){ .id = 1 }, 1);

	ck_assert_int_eq(judge(bytes), GATE_REFUSED);
}
END_TEST

/* The window. */

static const struct {
	size_t pairs, body, given;
	enum gate gate;
} windows[] = {
	{ 100, 60000, GATE_WINDOW, GATE_WHOLE },
	{ 100, 70000, GATE_WINDOW - 1, GATE_PARTIAL },
	{ 100, 70000, GATE_WINDOW, GATE_LARGE },
	{ 100, 10000000, GATE_WINDOW, GATE_LARGE },
	{ 60000, 10000, GATE_WINDOW, GATE_LARGE },
	{ 70000, 0, GATE_WINDOW - 1, GATE_PARTIAL },
	{ 70000, 0, GATE_WINDOW, GATE_REFUSED },
	{ 200000, 100, GATE_WINDOW, GATE_REFUSED },
};

/* Many pairs, of 100 bytes each with their lengths. */
static struct mr_string
pairs_of(size_t length)
{
	struct mr_buffer pairs = { .arena = arena };

	for (; length > 0; length -= 100)
		wire_pair(&pairs, "n", filled(97).data);
	return wire_text(&pairs);
}

static struct mr_string
sized(size_t pairs, size_t body, size_t piece)
{
	struct mr_buffer wire = { .arena = arena };

	wire_begin(&wire, 1, true);
	wire_stream(&wire, (struct frame){ FCGI_PARAMS, 1, 0 }, pairs_of(pairs),
	            piece);
	wire_stream(&wire, (struct frame){ FCGI_STDIN, 1, 0 }, filled(body),
	            piece);
	return wire_text(&wire);
}

START_TEST(test_window_decides_what_does_not_fit)
{
	static const size_t pieces[] = { 8000, 32768, FCGI_CONTENT_MAX };

	for (size_t i = 0; i < N(pieces); i++) {
		struct mr_string bytes = sized(windows[_i].pairs,
		                               windows[_i].body, pieces[i]);
		size_t length = bytes.length < windows[_i].given
		                    ? bytes.length
		                    : windows[_i].given;

		ck_assert_int_eq(judge(first(bytes, length)),
		                 windows[_i].gate);
	}
}
END_TEST

/* To the byte: the head, or all of the request, fills the window. */
START_TEST(test_window_is_exact)
{
	struct mr_buffer head = { .arena = arena };
	size_t body = GATE_WINDOW - sized(100, 0, 40000).length;

	/* Beside the body are the headers of its two records. */
	ck_assert_int_eq(judge(sized(100, body - 16, 40000)), GATE_WHOLE);
	ck_assert_uint_eq(sized(100, body - 16, 40000).length, GATE_WINDOW);
	ck_assert_int_eq(
	    judge(first(sized(100, body - 15, 40000), GATE_WINDOW)),
	    GATE_LARGE);

	wire_begin(&head, 1, true);
	wire_record(&head, (struct frame){ FCGI_PARAMS, 1, 0 }, pairs_of(100));
	while (head.length + 2 * FCGI_HEADER + 100 <= GATE_WINDOW)
		wire_record(&head, (struct frame){ FCGI_PARAMS, 1, 0 },
		            pairs_of(100));
	wire_record(&head,
	            (struct frame){ FCGI_PARAMS, 1,
	                            (unsigned)(GATE_WINDOW - head.length -
	                                       2 * FCGI_HEADER - 2) },
	            (struct mr_string)BYTES("\0\0"));
	wire_record(&head, (struct frame){ FCGI_PARAMS, 1, 0 },
	            (struct mr_string)BYTES(""));
	ck_assert_uint_eq(head.length, GATE_WINDOW);
	ck_assert_int_eq(judge(wire_text(&head)), GATE_LARGE);
	ck_assert_int_eq(judge(first(wire_text(&head), GATE_WINDOW - 1)),
	                 GATE_PARTIAL);
}
END_TEST

START_TEST(test_head_ends_where_the_body_begins)
{
	struct mr_buffer wire = { .arena = arena };
	size_t head;

	wire_begin(&wire, 1, true);
	wire_record(&wire, (struct frame){ FCGI_PARAMS, 1, 3 }, pairs_of(100));
	wire_record(&wire, (struct frame){ FCGI_PARAMS, 1, 0 },
	            (struct mr_string)BYTES(""));
	head = wire.length;
	wire_record(&wire, (struct frame){ FCGI_STDIN, 1, 0 },
	            (struct mr_string)BYTES("body"));
	for (size_t length = head; length <= wire.length; length++)
		ck_assert_uint_eq(gate_head((unsigned char *)wire.data, length),
		                  head);
}
END_TEST

/* Whatever is changed: what is decided is not decided otherwise later. */
START_TEST(test_decided_bytes_do_not_become_a_request)
{
	uint64_t seed = (uint64_t)_i;

	for (int round = 0; round < 300; round++) {
		struct mr_string bytes = cut(_i);
		unsigned char *noisy = (unsigned char *)mr_arena_copy(
		    arena, bytes.data, bytes.length);
		enum gate before = GATE_PARTIAL;

		for (uint64_t n = random_bits(&seed) % 4; n > 0; n--)
			noisy[random_bits(&seed) % bytes.length] =
			    (unsigned char)random_bits(&seed);
		for (size_t length = 0; length <= bytes.length; length += 3) {
			enum gate now = gate_judge(noisy, length);

			HOLD(now != GATE_LARGE);
			HOLD(before == GATE_PARTIAL || now == GATE_REFUSED);
			before = now;
		}
		mr_arena_reset(arena);
	}
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc,
	                    test_whole_request_is_whole_and_no_prefix_of_it, 0,
	                    N(cuts));
	tcase_add_loop_test(tc,
	                    test_bytes_behind_a_whole_request_are_refused, 0,
	                    N(cuts));
	tcase_add_loop_test(tc, test_no_byte_behind_the_last_is_read, 0,
	                    N(cuts));
	tcase_add_test(tc, test_pairs_cut_at_any_byte_are_whole);
	tcase_add_test(tc, test_request_without_pairs_and_body_is_whole);
	tcase_add_loop_test(tc, test_spoilt_request_is_refused, 0, N(spoils));
	tcase_add_test(tc, test_wrong_version_is_refused_at_its_byte);
	tcase_add_loop_test(tc, test_management_record_is_refused, 0, 2);
	tcase_add_loop_test(
	    tc, test_padding_that_libfcgi_would_misread_is_refused, 0,
	    N(padded));
	tcase_add_loop_test(tc, test_lengths_that_claim_too_much_are_refused, 0,
	                    N(claims));
	tcase_add_loop_test(tc, test_pairs_that_end_early_are_refused, 0,
	                    N(ends));
	tcase_add_loop_test(tc, test_window_decides_what_does_not_fit, 0,
	                    N(windows));
	tcase_add_test(tc, test_window_is_exact);
	tcase_add_test(tc, test_head_ends_where_the_body_begins);
	tcase_add_loop_test(tc, test_decided_bytes_do_not_become_a_request, 0,
	                    N(cuts));
}

UNIT_MAIN("gate", add_tests)
