/*
 * check_allow.c: lists of addresses, their words, and who is in them.
 */
#include "fcgi/base/allow.h"

#include "unit.h"

#include <arpa/inet.h>
#include <sys/un.h>

static const char *const lists[] = {
	"", " ", ",", "all", "127.0.0.1", "127.0.0.1 ::1", "127.0.0.1,::1",
	" 127.0.0.1 , ::1 ", "10.0.0.0/8", "10.1.2.3/32", "0.0.0.0/0", "::/0",
	"10.1.2.3/8", "fd00::/8", "::1/128", "::ffff:10.0.0.0/104",
	"1111:2222:3333:4444:5555:6666:255.255.255.255/128", "127.0.0.1 all",
};

START_TEST(test_list_is_good)
{
	ck_assert(allow_check(lists[_i]));
}
END_TEST

static const char *const faults[] = {
	"localhost", "127.0.0.1;::1", "127.0.0", "127.0.0.256", "127.0.0.1:80",
	"[::1]", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8",
	"10.0.0.0/x", "10.0.0.0/0x8", "10.0.0.0/0008", "10.0.0.0 / 8", "::1/129",
	"::1/1000", "/8", "All", "all/8", "127.0.0.1 x", "*", "fe80::1%lo",
	"127.0.0.1/255.0.0.0", "4294967296.0.0.1", "10.0.0.0/4294967304",
	"1111:2222:3333:4444:5555:6666:255.255.255.255/1280",
	"1111:2222:3333:4444:5555:6666:255.255.255.255/128000000",
};

START_TEST(test_fault_is_refused)
{
	ck_assert(!allow_check(faults[_i]));
}
END_TEST

static const struct {
	const char *list, *client;
	bool in;
} clients[] = {
	{ "", "127.0.0.1", false },
	{ "all", "127.0.0.1", true },
	{ "all", "fd00::1", true },
	{ "127.0.0.1", "127.0.0.1", true },
	{ "127.0.0.1", "127.0.0.2", false },
	{ "127.0.0.1", "::1", false },
	{ "127.0.0.1", "::127.0.0.1", false },
	{ "127.0.0.1", "::ffff:127.0.0.1", true },
	{ "::ffff:127.0.0.1", "127.0.0.1", true },
	{ "::ffff:127.0.0.0/104", "127.9.9.9", true },
	{ "::ffff:127.0.0.0/104", "128.0.0.0", false },
	{ "10.0.0.0/8", "10.255.255.255", true },
	{ "10.0.0.0/8", "11.0.0.0", false },
	{ "10.0.0.0/8", "9.255.255.255", false },
	{ "10.0.0.0/8", "::ffff:10.1.1.1", true },
	{ "10.1.2.3/8", "10.9.9.9", true },
	{ "192.168.4.0/22", "192.168.7.255", true },
	{ "192.168.4.0/22", "192.168.8.0", false },
	{ "192.168.4.0/22", "192.168.3.255", false },
	{ "10.1.2.3/31", "10.1.2.2", true },
	{ "10.1.2.3/31", "10.1.2.4", false },
	{ "0.0.0.0/0", "255.1.2.3", true },
	{ "0.0.0.0/0", "::1", false },
	{ "::/0", "::1", true },
	{ "::/0", "ffff::1", true },
	{ "::/0", "127.0.0.1", false },
	{ "::/0", "::ffff:127.0.0.1", false },
	{ "fd00::/8", "fdff::1", true },
	{ "fd00::/8", "fe00::1", false },
	{ "fd00:1:2:8000::/49", "fd00:1:2:ffff::", true },
	{ "fd00:1:2:8000::/49", "fd00:1:2:7fff::", false },
	{ "1.1.1.1, 2.2.2.2  ::1", "::1", true },
	{ "1.1.1.1, 2.2.2.2  ::1", "2.2.2.2", true },
	{ "1.1.1.1, 2.2.2.2  ::1", "3.3.3.3", false },
};

START_TEST(test_client_is_in_or_not)
{
	struct sockaddr_in four = { .sin_family = AF_INET };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	const struct sockaddr *client = (const void *)&four;

	if (inet_pton(AF_INET, clients[_i].client, &four.sin_addr) != 1) {
		ck_assert_int_eq(inet_pton(AF_INET6, clients[_i].client,
		                           &six.sin6_addr),
		                 1);
		client = (const void *)&six;
	}
	ck_assert(allow_client(clients[_i].list, client) == clients[_i].in);
}
END_TEST

START_TEST(test_client_of_another_family_is_in_all_only)
{
	const struct sockaddr_un client = { .sun_family = AF_UNIX };

	ck_assert(allow_client("all", (const void *)&client));
	ck_assert(!allow_client("0.0.0.0/0 ::/0", (const void *)&client));
}
END_TEST

START_TEST(test_words_come_one_by_one)
{
	const char *rest = " ,10.0.0.0/8,  ::1\tall ";
	char word[ALLOW_WORD];

	ck_assert(allow_next(&rest, word));
	ck_assert_str_eq(word, "10.0.0.0/8");
	ck_assert(allow_next(&rest, word));
	ck_assert_str_eq(word, "::1");
	ck_assert(allow_next(&rest, word));
	ck_assert_str_eq(word, "all");
	ck_assert(!allow_next(&rest, word));
	ck_assert(!allow_next(&rest, word));
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_list_is_good, 0, N(lists));
	tcase_add_loop_test(tc, test_fault_is_refused, 0, N(faults));
	tcase_add_loop_test(tc, test_client_is_in_or_not, 0, N(clients));
	tcase_add_test(tc, test_client_of_another_family_is_in_all_only);
	tcase_add_test(tc, test_words_come_one_by_one);
}

UNIT_MAIN("allow", add_tests)
