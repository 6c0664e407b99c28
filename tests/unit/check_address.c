/*
 * check_address.c: addresses with a port, good and bad.
 */
#include "fcgi/base/address.h"

#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static const struct {
	const char *text;
	int family;
	const char *host;
	uint16_t port;
} addresses[] = {
	{ "127.0.0.1:9000", AF_INET, "127.0.0.1", 9000 },
	{ "0.0.0.0:1", AF_INET, "0.0.0.0", 1 },
	{ "255.255.255.255:65535", AF_INET, "255.255.255.255", 65535 },
	{ "10.1.2.3:00080", AF_INET, "10.1.2.3", 80 },
	{ "[::1]:9000", AF_INET6, "::1", 9000 },
	{ "[::]:9", AF_INET6, "::", 9 },
	{ "[fd00::1:2]:9000", AF_INET6, "fd00::1:2", 9000 },
	{ "[FD00:0:0::2]:9000", AF_INET6, "fd00::2", 9000 },
	{ "[::ffff:255.255.255.255]:1", AF_INET6, "::ffff:255.255.255.255", 1 },
};

START_TEST(test_address_is_read)
{
	struct sockaddr_storage address;
	const struct sockaddr_in *four = (const void *)&address;
	const struct sockaddr_in6 *six = (const void *)&address;
	char host[INET6_ADDRSTRLEN];
	bool is_six = addresses[_i].family == AF_INET6;
	socklen_t size = 0;

	ck_assert(address_parse(addresses[_i].text, &address, &size));
	ck_assert_int_eq(address.ss_family, addresses[_i].family);
	ck_assert_uint_eq(size, is_six ? sizeof(*six) : sizeof(*four));
	ck_assert_uint_eq(ntohs(is_six ? six->sin6_port : four->sin_port),
	                  addresses[_i].port);
	ck_assert_ptr_nonnull(inet_ntop(addresses[_i].family,
	                                is_six ? (const void *)&six->sin6_addr
	                                       : (const void *)&four->sin_addr,
	                                host, sizeof(host)));
	ck_assert_str_eq(host, addresses[_i].host);
}
END_TEST

static const char *const faults[] = {
	"", ":", "9000", ":9000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0",
	"127.0.0.1:65536", "127.0.0.1:100000", "127.0.0.1:99999999999999999999",
	"127.0.0.1:-1", "127.0.0.1:+9", "127.0.0.1: 9", "127.0.0.1:9 ",
	"127.0.0.1:9x", "127.0.0.1:9:9", " 127.0.0.1:9", "127.0.0.1 :9",
	"127.0.0:9", "127.0.0.256:9", "127.1:9", "localhost:9", "*:9", "::1:9",
	"[::1]", "[::1]:", "[::1]9", "[::1", "[::1:9", "[]:9", "[127.0.0.1]:9",
	"[::1]]:9", "[[::1]:9", "[fe80::1%lo]:9", "[1::2::3]:9", "[:::]:9",
	"[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]:9",
	"0000000000000000000000000000000000000000000000000000.0.0.1:9",
};

START_TEST(test_fault_is_refused)
{
	struct sockaddr_storage address;
	socklen_t size;

	ck_assert(!address_parse(faults[_i], &address, &size));
}
END_TEST

static const struct {
	const char *a, *b;
	bool same;
} pairs[] = {
	{ "127.0.0.1:9000", "127.0.0.1:9000", true },
	{ "127.0.0.1:9000", "127.0.0.1:09000", true },
	{ "127.0.0.1:9000", "127.0.0.1:9001", false },
	{ "127.0.0.1:9000", "127.0.0.2:9000", false },
	{ "[::1]:9000", "[0:0::1]:9000", true },
	{ "[::1]:9000", "[::2]:9000", false },
	{ "[::ffff:127.0.0.1]:9000", "127.0.0.1:9000", false },
	{ "", "", false },
};

START_TEST(test_same_is_the_same_however_written)
{
	ck_assert(address_same(pairs[_i].a, pairs[_i].b) == pairs[_i].same);
	ck_assert(address_same(pairs[_i].b, pairs[_i].a) == pairs[_i].same);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_loop_test(tc, test_address_is_read, 0, N(addresses));
	tcase_add_loop_test(tc, test_fault_is_refused, 0, N(faults));
	tcase_add_loop_test(tc, test_same_is_the_same_however_written, 0,
	                    N(pairs));
}

UNIT_MAIN("address", add_tests)
