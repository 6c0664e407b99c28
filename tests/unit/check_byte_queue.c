/*
 * check_byte_queue.c: bytes come out as they went in, and memory goes with
 * them.
 */
#include "fcgi/base/byte_queue.h"

#include "unit.h"

static struct byte_queue queue;

static char
byte_at(size_t place)
{
	return (char)(place * 7 / 3);
}

/* Checks and takes the first; how many were taken before. */
static void
expect(size_t from, size_t length)
{
	ck_assert_uint_ge(byte_queue_length(&queue), length);
	for (size_t i = 0; i < length; i++)
		ck_assert_int_eq(queue.data[queue.begin + i],
		                 byte_at(from + i));
	byte_queue_drop(&queue, length);
}

static void
add(size_t from, size_t length)
{
	char *bytes = mr_arena_alloc(arena, length + 1);

	for (size_t i = 0; i < length; i++)
		bytes[i] = byte_at(from + i);
	ck_assert(byte_queue_add(&queue, bytes, length));
}

START_TEST(test_empty_queue_holds_no_memory)
{
	ck_assert_uint_eq(byte_queue_length(&queue), 0);
	byte_queue_clear(&queue);
	add(0, 5);
	expect(0, 2);
	ck_assert_ptr_nonnull(queue.data);
	expect(2, 3);
	ck_assert_ptr_null(queue.data);
	add(0, 5);
	byte_queue_clear(&queue);
	ck_assert_ptr_null(queue.data);
	ck_assert_uint_eq(byte_queue_length(&queue), 0);
}
END_TEST

/* How many go in and out each time, of a queue that never runs empty. */
static const struct {
	size_t in, out;
} flows[] = {
	{ 1, 1 }, { 3, 2 }, { 100, 100 }, { 7, 1 }, { 1000, 999 },
};

START_TEST(test_order_is_kept)
{
	size_t in = 0, out = 0;

	add(in, 10);
	in += 10;
	for (int i = 0; i < 500; i++) {
		add(in, flows[_i].in);
		in += flows[_i].in;
		expect(out, flows[_i].out);
		out += flows[_i].out;
	}
	ck_assert_uint_eq(byte_queue_length(&queue), in - out);
	expect(out, in - out);
	ck_assert_ptr_null(queue.data);
}
END_TEST

/* What has gone makes room for what comes. */
START_TEST(test_room_stays_in_proportion)
{
	add(0, 100);
	for (size_t i = 0; i < 100000; i++) {
		add(100 + i, 1);
		expect(i, 1);
		ck_assert_uint_le(queue.room, 400);
	}
	byte_queue_clear(&queue);
}
END_TEST

START_TEST(test_reserved_room_is_there)
{
	for (size_t size = 1; size < 100000; size *= 3) {
		ck_assert(byte_queue_reserve(&queue, size));
		ck_assert_uint_ge(queue.room - queue.end, size);
		memset(queue.data + queue.end, 'x', size);
		queue.end += size;
		byte_queue_drop(&queue, size / 2);
	}
	byte_queue_clear(&queue);
}
END_TEST

/* No machine has so much; what is there is as it was. */
START_TEST(test_failure_changes_nothing)
{
	add(0, 10);
	ck_assert(!byte_queue_reserve(&queue, SIZE_MAX));
	ck_assert(!byte_queue_add(&queue, "x", SIZE_MAX / 2));
	expect(0, 10);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_empty_queue_holds_no_memory);
	tcase_add_loop_test(tc, test_order_is_kept, 0, N(flows));
	tcase_add_test(tc, test_room_stays_in_proportion);
	tcase_add_test(tc, test_reserved_room_is_there);
	tcase_add_test(tc, test_failure_changes_nothing);
}

UNIT_MAIN("byte_queue", add_tests)
