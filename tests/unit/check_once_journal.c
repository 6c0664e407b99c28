/*
 * check_once_journal.c: records, written and read back from the end, and what
 * is none.
 */
#include "base/once_journal.h"

#include "place.h"

static struct mr_once_reader reader;
static struct mr_once_record record;

static void
read_journal(struct mr_string text)
{
	int journal;

	place_write("journal", text);
	journal = open("journal", O_RDONLY);
	ck_assert_int_ge(journal, 0);
	mr_once_reader_begin(&reader, journal);
}

static const struct mr_once_record records[] = {
	{ 0, true, '?', "a", "b", 0, "x\n", 2 },
	{ 0, true, '.', "0190-7c", "0190-7d", INT64_MAX, "  Task -5 %s\n", 13 },
};

START_TEST(test_record_is_read_as_it_was_written)
{
	char text[MR_ONCE_RECORD];
	size_t length = mr_once_record_write(&records[_i], text);

	ck_assert_int_eq(text[length - 1], '\n');
	read_journal((struct mr_string){ text, length });
	ck_assert(mr_once_reader_previous(&reader, &record));
	ck_assert(record.valid);
	ck_assert_int_eq(record.start, 0);
	ck_assert_int_eq(record.state, records[_i].state);
	ck_assert_str_eq(record.id, records[_i].id);
	ck_assert_str_eq(record.newest, records[_i].newest);
	ck_assert_int_eq(record.offset, records[_i].offset);
	ck_assert_uint_eq(record.length, records[_i].length);
	ck_assert_mem_eq(record.line, records[_i].line, record.length);
	ck_assert(!mr_once_reader_previous(&reader, &record));
	ck_assert_int_eq(reader.end, 0);
}
END_TEST

START_TEST(test_longest_record_fits)
{
	struct mr_once_record longest = { .valid = true, .state = '?',
		                          .offset = INT64_MAX };
	char text[MR_ONCE_RECORD];
	size_t length;

	memset(longest.id, 'i', sizeof(longest.id) - 1);
	memset(longest.newest, 'n', sizeof(longest.newest) - 1);
	memset(longest.line, 'l', sizeof(longest.line) - 1);
	longest.line[sizeof(longest.line) - 1] = '\n';
	longest.length = sizeof(longest.line);
	length = mr_once_record_write(&longest, text);
	ck_assert_uint_lt(length, MR_ONCE_RECORD);
	read_journal((struct mr_string){ text, length });
	ck_assert(mr_once_reader_previous(&reader, &record));
	ck_assert(record.valid);
	ck_assert_mem_eq(record.line, longest.line, longest.length);
}
END_TEST

/* More than a window holds, of lengths that do not divide it. */
START_TEST(test_records_come_from_the_last_to_the_first)
{
	struct mr_buffer text = { .arena = arena };
	const int count = 5000;

	for (int i = 0; i < count; i++)
		mr_buffer_printf(&text, "? id%d newest %d line %*d\n", i, i,
		                 i % 100, i);
	read_journal((struct mr_string){ text.data, text.length });
	for (int i = count - 1; i >= 0; i--) {
		ck_assert(mr_once_reader_previous(&reader, &record));
		ck_assert(record.valid);
		ck_assert_int_eq(record.offset, i);
	}
	ck_assert(!mr_once_reader_previous(&reader, &record));
	ck_assert_int_eq(reader.end, 0);
}
END_TEST

static const struct mr_string pieces[] = {
	BYTES("\n"),
	BYTES("?"),
	BYTES("? a b 1 line"), /* torn */
	BYTES("? a b 1\n"),
	BYTES("? a b\n"),
	BYTES("? a b x line\n"),
	BYTES("? a b -1 line\n"),
	BYTES("! a b 1 line\n"),
	BYTES("? a b 1 li\0ne\n"),
	BYTES("\0\0\0\0"),
};

START_TEST(test_piece_is_no_record)
{
	struct mr_buffer text = { .arena = arena };

	mr_buffer_puts(&text, ". a b 7 good\n");
	mr_buffer_append(&text, pieces[_i].data, pieces[_i].length);
	read_journal((struct mr_string){ text.data, text.length });
	ck_assert(mr_once_reader_previous(&reader, &record));
	ck_assert(!record.valid);
	ck_assert_int_eq(record.start, 13);
	ck_assert(mr_once_reader_previous(&reader, &record));
	ck_assert(record.valid);
	ck_assert_int_eq(record.offset, 7);
	ck_assert(!mr_once_reader_previous(&reader, &record));
}
END_TEST

/* A long stretch without lines comes to an end, and so does the reading. */
START_TEST(test_zeros_are_read_piece_by_piece)
{
	struct mr_buffer text = { .arena = arena };
	int invalid = 0, valid = 0;

	mr_buffer_puts(&text, ". a b 7 good\n");
	for (int i = 0; i < 100000; i++)
		mr_buffer_putc(&text, '\0');
	read_journal((struct mr_string){ text.data, text.length });
	while (mr_once_reader_previous(&reader, &record))
		*(record.valid ? &valid : &invalid) += 1;
	ck_assert_int_eq(reader.end, 0);
	ck_assert_int_eq(valid, 1);
	ck_assert_int_ge(invalid, 100000 / MR_ONCE_RECORD);
}
END_TEST

START_TEST(test_no_journal_is_an_empty_one)
{
	mr_once_reader_begin(&reader, -1);
	ck_assert(!mr_once_reader_previous(&reader, &record));
	ck_assert_int_eq(reader.end, 0);
	read_journal((struct mr_string){ "", 0 });
	ck_assert(!mr_once_reader_previous(&reader, &record));
	ck_assert_int_eq(reader.end, 0);
}
END_TEST

START_TEST(test_journal_that_cannot_be_read_is_told)
{
	place_write("journal", TEXT(". a b 7 good\n"));
	mr_once_reader_begin(&reader, open("journal", O_WRONLY));
	ck_assert(!mr_once_reader_previous(&reader, &record));
	ck_assert_int_ne(reader.end, 0);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_loop_test(tc, test_record_is_read_as_it_was_written, 0,
	                    N(records));
	tcase_add_test(tc, test_longest_record_fits);
	tcase_add_test(tc, test_records_come_from_the_last_to_the_first);
	tcase_add_loop_test(tc, test_piece_is_no_record, 0, N(pieces));
	tcase_add_test(tc, test_zeros_are_read_piece_by_piece);
	tcase_add_test(tc, test_no_journal_is_an_empty_one);
	tcase_add_test(tc, test_journal_that_cannot_be_read_is_told);
}

UNIT_MAIN("once_journal", add_tests)
