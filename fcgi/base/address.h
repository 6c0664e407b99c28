/*
 * address.h: where a pool listens on TCP: "127.0.0.1:9000", "[::1]:9000".
 */
#ifndef FCGI_ADDRESS_H
#define FCGI_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/*
 * An address in digits, an IPv6 one in brackets, and a port of 1 to 65535; no
 * names, no zones.  The part of address behind *size is zero.  False, with
 * nothing of use in them, when text is something else.
 */
bool address_parse(const char *text, struct sockaddr_storage *address,
                   socklen_t *size);

/* Whether two such texts, both good, mean the same. */
bool address_same(const char *a, const char *b);

#endif
