/*
 * allow.c: reads lists of addresses and compares with them.
 */
#include "fcgi/base/allow.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

/* All whose first bits are these; an IPv4 address is mapped into IPv6. */
struct network {
	unsigned char bytes[16];
	unsigned bits;
};

/* What an IPv4 address has in front when it is mapped: 96 bits. */
#define MAPPED_BITS 96
static const unsigned char mapped[12] = { [10] = 0xFF, [11] = 0xFF };

bool
allow_next(const char **list, char word[ALLOW_WORD])
{
	const char *start = *list + strspn(*list, ", \t");
	size_t length = strcspn(start, ", \t");
	size_t kept = length < ALLOW_WORD ? length : ALLOW_WORD - 1;

	memcpy(word, start, kept);
	word[kept] = '\0';
	*list = start + length;
	return length > 0;
}

static bool
parse_prefix(const char *text, unsigned most, unsigned *bits)
{
	size_t length = strspn(text, "0123456789");

	if (length == 0 || length > 3 || text[length] != '\0')
		return false;
	*bits = (unsigned)strtoul(text, NULL, 10);
	return *bits <= most;
}

/* Cuts word at its '/'. */
static bool
parse_network(char *word, struct network *network)
{
	char *prefix = strchr(word, '/');
	unsigned before = 0;

	if (prefix != NULL)
		*prefix++ = '\0';
	if (inet_pton(AF_INET, word, network->bytes + sizeof(mapped)) == 1) {
		memcpy(network->bytes, mapped, sizeof(mapped));
		before = MAPPED_BITS;
	} else if (inet_pton(AF_INET6, word, network->bytes) != 1) {
		return false;
	}
	network->bits = 128;
	if (prefix == NULL)
		return true;
	if (!parse_prefix(prefix, 128 - before, &network->bits))
		return false;
	network->bits += before;
	return true;
}

bool
allow_check(const char *list)
{
	struct network network;
	char word[ALLOW_WORD];

	while (allow_next(&list, word))
		if (strcmp(word, "all") != 0 && !parse_network(word, &network))
			return false;
	return true;
}

/* False when it is of neither family. */
static bool
bytes_of(const struct sockaddr *client, unsigned char bytes[16])
{
	const struct sockaddr_in *four = (const struct sockaddr_in *)client;
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)client;

	if (client->sa_family == AF_INET6) {
		memcpy(bytes, &six->sin6_addr, 16);
		return true;
	}
	if (client->sa_family != AF_INET)
		return false;
	memcpy(bytes, mapped, sizeof(mapped));
	memcpy(bytes + sizeof(mapped), &four->sin_addr, 4);
	return true;
}

static bool
is_in(const struct network *network, const unsigned char bytes[16])
{
	unsigned whole = network->bits / 8, rest = network->bits % 8;

	/* A network of IPv6, such as ::/0, has none of IPv4 in it. */
	if (network->bits < MAPPED_BITS &&
	    memcmp(bytes, mapped, sizeof(mapped)) == 0)
		return false;
	return memcmp(network->bytes, bytes, whole) == 0 &&
	       (rest == 0 || (network->bytes[whole] ^ bytes[whole]) >>
	                             (8 - rest) == 0);
}

bool
allow_client(const char *list, const struct sockaddr *client)
{
	struct network network;
	unsigned char bytes[16];
	char word[ALLOW_WORD];
	bool known = bytes_of(client, bytes);

	while (allow_next(&list, word))
		if (strcmp(word, "all") == 0 ||
		    (known && parse_network(word, &network) &&
		     is_in(&network, bytes)))
			return true;
	return false;
}
