/*
 * address.c: reads an address with its port.
 */
#include "fcgi/base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* In network byte order; 0 when it is none. */
static in_port_t
parse_port(const char *text)
{
	size_t length = strspn(text, "0123456789");
	unsigned long port;

	if (length == 0 || length > 5 || text[length] != '\0')
		return 0;
	port = strtoul(text, NULL, 10);
	return port <= UINT16_MAX ? htons((uint16_t)port) : 0;
}

/* The host alone, without brackets; false when it has no end or no room. */
static bool
split(const char *text, char host[INET6_ADDRSTRLEN], const char **port)
{
	bool bracket = *text == '[';
	const char *start = text + bracket;
	size_t length = strcspn(start, bracket ? "]" : ":");
	const char *colon = start + length + bracket;

	if (start[length] == '\0' || *colon != ':' ||
	    length >= INET6_ADDRSTRLEN)
		return false;
	memcpy(host, start, length);
	host[length] = '\0';
	*port = colon + 1;
	return true;
}

bool
address_parse(const char *text, struct sockaddr_storage *address,
              socklen_t *size)
{
	struct sockaddr_in *four = (struct sockaddr_in *)address;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;
	char host[INET6_ADDRSTRLEN];
	const char *port;

	memset(address, 0, sizeof(*address));
	if (!split(text, host, &port) || parse_port(port) == 0)
		return false;
	if (*text == '[') {
		six->sin6_family = AF_INET6;
		six->sin6_port = parse_port(port);
		*size = sizeof(*six);
		return inet_pton(AF_INET6, host, &six->sin6_addr) == 1;
	}
	four->sin_family = AF_INET;
	four->sin_port = parse_port(port);
	*size = sizeof(*four);
	return inet_pton(AF_INET, host, &four->sin_addr) == 1;
}

bool
address_same(const char *a, const char *b)
{
	struct sockaddr_storage first, second;
	socklen_t size;

	return address_parse(a, &first, &size) &&
	       address_parse(b, &second, &size) &&
	       memcmp(&first, &second, sizeof(first)) == 0;
}
