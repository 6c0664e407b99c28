/*
 * check_setting.c: texts to values and back, in every kind of setting.
 */
#include "fcgi/config/setting.h"

#include "unit.h"

#include <stdio.h>

struct record {
	char before;
	char text[11];
	char behind;
	bool flag;
	uint64_t number;
	char list[201];
	char end;
};

#define AT(member) offsetof(struct record, member)

static const char *const colours[] = { "red", "green", "blue", NULL };

static const struct setting kinds[] = {
	[SETTING_TEXT] = { "text", SETTING_TEXT, AT(text), 1, 10, "", .help = "" },
	[SETTING_BOOL] = { "flag", SETTING_BOOL, AT(flag), 0, 1, "no", .help = "" },
	[SETTING_CHOICE] = { "choice", SETTING_CHOICE, AT(number), 0, 0, "red",
	                     .choices = colours },
	[SETTING_OCTAL] = { "octal", SETTING_OCTAL, AT(number), 0, 0777, "022",
	                    .help = "" },
	[SETTING_LIST] = { "list", SETTING_LIST, AT(list), 0, 200, "",
	                   .help = "" },
	[SETTING_COUNT] = { "count", SETTING_COUNT, AT(number), 2, 1000, "2",
	                    .help = "" },
	[SETTING_DURATION] = { "duration", SETTING_DURATION, AT(number), 1,
	                       86400000, "1s", .help = "" },
	[SETTING_SIZE] = { "size", SETTING_SIZE, AT(number), 0,
	                   UINT64_C(1) << 46, "0", .help = "" },
};

static const char *
printed(void (*print)(const struct setting *, const void *, struct mr_buffer *),
        const struct setting *setting, const struct record *record)
{
	struct mr_buffer text = { .arena = arena };

	print(setting, record, &text);
	mr_buffer_putc(&text, '\0');
	return text.data;
}

/* Good values, and how they are printed. */
static const struct {
	enum setting_kind kind;
	const char *text, *printed;
	uint64_t value;
} values[] = {
	{ SETTING_TEXT, "a", "a", 0 },
	{ SETTING_TEXT, "0123456789", "0123456789", 0 },
	{ SETTING_TEXT, "a b=[c]", "a b=[c]", 0 },
	{ SETTING_TEXT, "\xC3\xA9", "\xC3\xA9", 0 },
	{ SETTING_BOOL, "yes", "yes", 1 },
	{ SETTING_BOOL, "no", "no", 0 },
	{ SETTING_CHOICE, "red", "red", 0 },
	{ SETTING_CHOICE, "blue", "blue", 2 },
	{ SETTING_OCTAL, "0", "000", 0 },
	{ SETTING_OCTAL, "7", "007", 7 },
	{ SETTING_OCTAL, "27", "027", 027 },
	{ SETTING_OCTAL, "0022", "022", 022 },
	{ SETTING_OCTAL, "777", "777", 0777 },
	{ SETTING_COUNT, "2", "2", 2 },
	{ SETTING_COUNT, "1000", "1000", 1000 },
	{ SETTING_COUNT, "0007", "7", 7 },
	{ SETTING_DURATION, "1ms", "1ms", 1 },
	{ SETTING_DURATION, "999ms", "999ms", 999 },
	{ SETTING_DURATION, "1000ms", "1s", 1000 },
	{ SETTING_DURATION, "1500ms", "1500ms", 1500 },
	{ SETTING_DURATION, "90s", "90s", 90000 },
	{ SETTING_DURATION, "60s", "1m", 60000 },
	{ SETTING_DURATION, "120m", "2h", 7200000 },
	{ SETTING_DURATION, "24h", "24h", 86400000 },
	{ SETTING_SIZE, "0", "0", 0 },
	{ SETTING_SIZE, "0K", "0", 0 },
	{ SETTING_SIZE, "1023", "1023", 1023 },
	{ SETTING_SIZE, "1024", "1K", 1024 },
	{ SETTING_SIZE, "1025K", "1025K", 1049600 },
	{ SETTING_SIZE, "2048K", "2M", 2 << 20 },
	{ SETTING_SIZE, "4096M", "4G", UINT64_C(4) << 30 },
	{ SETTING_SIZE, "65536G", "65536G", UINT64_C(1) << 46 },
};

START_TEST(test_value_is_set_and_printed)
{
	struct record record = { .before = 'b', .behind = 'e' }, again;
	const struct setting *setting = &kinds[values[_i].kind];
	char line[64];

	ck_assert(setting_set(setting, &record, values[_i].text));
	if (setting->kind == SETTING_TEXT)
		ck_assert_str_eq(record.text, values[_i].text);
	else if (setting->kind == SETTING_BOOL)
		ck_assert_uint_eq(record.flag, values[_i].value);
	else
		ck_assert_uint_eq(record.number, values[_i].value);
	snprintf(line, sizeof(line), "%s = %s\n", setting->name,
	         values[_i].printed);
	ck_assert_str_eq(printed(setting_print, setting, &record), line);
	again = record;
	ck_assert(setting_set(setting, &again, values[_i].printed));
	ck_assert_mem_eq(&again, &record, sizeof(record));
	ck_assert_int_eq(record.before, 'b');
	ck_assert_int_eq(record.behind, 'e');
}
END_TEST

static const struct {
	enum setting_kind kind;
	const char *text;
} faults[] = {
	{ SETTING_TEXT, "" },          { SETTING_TEXT, "0123456789a" },
	{ SETTING_TEXT, "a;b" },       { SETTING_TEXT, ";" },
	{ SETTING_TEXT, " a" },        { SETTING_TEXT, "a " },
	{ SETTING_TEXT, "a\nb" },      { SETTING_TEXT, "a\tb" },
	{ SETTING_TEXT, "a\r" },       { SETTING_BOOL, "" },
	{ SETTING_BOOL, "Yes" },       { SETTING_BOOL, "NO" },
	{ SETTING_BOOL, "true" },      { SETTING_BOOL, "1" },
	{ SETTING_BOOL, "yes " },      { SETTING_COUNT, "" },
	{ SETTING_COUNT, "1" },        { SETTING_COUNT, "1001" },
	{ SETTING_COUNT, "-2" },       { SETTING_COUNT, "+2" },
	{ SETTING_COUNT, " 2" },       { SETTING_COUNT, "2 " },
	{ SETTING_COUNT, "2.0" },      { SETTING_COUNT, "0x2" },
	{ SETTING_COUNT, "2K" },       { SETTING_COUNT, "two" },
	{ SETTING_COUNT, "18446744073709551618" },
	{ SETTING_DURATION, "" },      { SETTING_DURATION, "5" },
	{ SETTING_DURATION, "s" },     { SETTING_DURATION, "0s" },
	{ SETTING_DURATION, "1S" },    { SETTING_DURATION, "1 s" },
	{ SETTING_DURATION, "1sec" },  { SETTING_DURATION, "1m30s" },
	{ SETTING_DURATION, "1d" },    { SETTING_DURATION, "25h" },
	{ SETTING_DURATION, "5124095576030432h" },
	{ SETTING_CHOICE, "" },        { SETTING_CHOICE, "Red" },
	{ SETTING_CHOICE, "0" },       { SETTING_CHOICE, "red " },
	{ SETTING_CHOICE, "re" },      { SETTING_OCTAL, "" },
	{ SETTING_OCTAL, "8" },        { SETTING_OCTAL, "1000" },
	{ SETTING_OCTAL, "0x1" },      { SETTING_OCTAL, "-1" },
	{ SETTING_LIST, "A" },         { SETTING_LIST, "=a" },
	{ SETTING_LIST, "1A=a" },      { SETTING_LIST, "A B=a" },
	{ SETTING_LIST, "A-B=a" },     { SETTING_LIST, "A=b;c" },
	{ SETTING_LIST, "A=b " },      { SETTING_LIST, "A=\n" },
	{ SETTING_SIZE, "" },          { SETTING_SIZE, "K" },
	{ SETTING_SIZE, "1k" },        { SETTING_SIZE, "1KB" },
	{ SETTING_SIZE, "1T" },        { SETTING_SIZE, "65537G" },
	{ SETTING_SIZE, "17179869185G" },
};

START_TEST(test_fault_is_refused)
{
	struct record record = { .text = "kept", .number = 77 };
	const struct record before = record;

	ck_assert(!setting_set(&kinds[faults[_i].kind], &record,
	                       faults[_i].text));
	ck_assert_mem_eq(&record, &before, sizeof(record));
}
END_TEST

static void
print_domain(const struct setting *setting, const void *record,
             struct mr_buffer *text)
{
	(void)record;
	setting_print_domain(setting, text);
}

static const char *const domains[] = {
	[SETTING_TEXT] = "a text of 1 to 10 bytes without ';'",
	[SETTING_BOOL] = "yes or no",
	[SETTING_CHOICE] = "red, green or blue",
	[SETTING_OCTAL] = "000 to 777",
	[SETTING_LIST] = "NAME=VALUE of up to 180 bytes without ';', with all "
	                 "that are given 200 bytes at most",
	[SETTING_COUNT] = "2 to 1000",
	[SETTING_DURATION] = "1ms to 24h",
	[SETTING_SIZE] = "0 to 65536G",
};

START_TEST(test_domain_is_told)
{
	ck_assert_str_eq(printed(print_domain, &kinds[_i], NULL), domains[_i]);
}
END_TEST

START_TEST(test_zero_of_a_duration_is_in_seconds)
{
	const struct setting setting = { "x", SETTING_DURATION, AT(number), 0,
		                         1000, "0s", .help = "" };
	struct record record = { .number = 1 };

	ck_assert(setting_set(&setting, &record, "0ms"));
	ck_assert_uint_eq(record.number, 0);
	ck_assert_str_eq(printed(setting_print, &setting, &record), "x = 0s\n");
}
END_TEST

/* Lists: what is given one after the other, and what is printed of it. */

static const struct {
	const char *given[4];
	const char *printed;
} lists[] = {
	{ { "" }, "list = \n" },
	{ { "A=1" }, "list = A=1\n" },
	{ { "A=" }, "list = A=\n" },
	{ { "A=1", "B=2", "C=3" }, "list = A=1\nlist = B=2\nlist = C=3\n" },
	{ { "A=1", "B=2", "A=3" }, "list = B=2\nlist = A=3\n" },
	{ { "A=1", "AB=2", "A=" }, "list = AB=2\nlist = A=\n" },
	{ { "A=1", "B=2", "", "C=3" }, "list = C=3\n" },
	{ { "_a9=x y=z" }, "list = _a9=x y=z\n" },
};

START_TEST(test_list_collects_its_texts)
{
	const struct setting *setting = &kinds[SETTING_LIST];
	struct record record = { .end = 'e' };

	for (size_t i = 0; i < 4 && lists[_i].given[i] != NULL; i++)
		ck_assert(setting_set(setting, &record, lists[_i].given[i]));
	ck_assert_str_eq(printed(setting_print, setting, &record),
	                 lists[_i].printed);
}
END_TEST

/* 201 bytes in all, one of them the last NUL. */
START_TEST(test_list_is_full_at_its_size)
{
	const struct setting *setting = &kinds[SETTING_LIST];
	struct record record = { .end = 'e' };
	char text[SETTING_ITEM + 2];

	memset(text, 'x', sizeof(text));
	memcpy(text, "A=", 2);
	text[SETTING_ITEM + 1] = '\0';
	ck_assert(!setting_set(setting, &record, text));
	text[SETTING_ITEM] = '\0';
	ck_assert(setting_set(setting, &record, text));
	ck_assert(!setting_set(setting, &record, "B=3456789012345678x"));
	ck_assert(setting_set(setting, &record, "B=3456789012345678"));
	ck_assert(!setting_set(setting, &record, "C="));
	ck_assert(setting_set(setting, &record, "B=8765432109876543"));
	ck_assert_uint_eq(strlen(record.list), SETTING_ITEM);
	ck_assert_str_eq(record.list + SETTING_ITEM + 1, "B=8765432109876543");
	ck_assert_int_eq(record.list[200], '\0');
	ck_assert_int_eq(record.end, 'e');
}
END_TEST

/* A text with a domain of its own. */

static bool
is_a(const char *text)
{
	return strspn(text, "a") == strlen(text);
}

START_TEST(test_text_is_checked)
{
	const struct setting setting = { "x", SETTING_TEXT, AT(text), 0, 10, "",
		                         .check = is_a, .domain = "some a" };
	struct record record = { .text = "kept" };

	ck_assert(!setting_set(&setting, &record, "ab"));
	ck_assert(!setting_set(&setting, &record, "aaaaaaaaaaa"));
	ck_assert_str_eq(record.text, "kept");
	ck_assert(setting_set(&setting, &record, "aaaaaaaaaa"));
	ck_assert(setting_set(&setting, &record, ""));
	ck_assert_str_eq(printed(print_domain, &setting, NULL),
	                 "some a, in 10 bytes at most");
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_value_is_set_and_printed, 0, N(values));
	tcase_add_loop_test(tc, test_fault_is_refused, 0, N(faults));
	tcase_add_loop_test(tc, test_domain_is_told, 0, N(domains));
	tcase_add_test(tc, test_zero_of_a_duration_is_in_seconds);
	tcase_add_loop_test(tc, test_list_collects_its_texts, 0, N(lists));
	tcase_add_test(tc, test_list_is_full_at_its_size);
	tcase_add_test(tc, test_text_is_checked);
}

UNIT_MAIN("setting", add_tests)
