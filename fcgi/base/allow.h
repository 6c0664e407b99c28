/*
 * allow.h: a list of those who may: addresses and networks, such as
 * "127.0.0.1, 10.0.0.0/8 fd00::/8", or "all".
 */
#ifndef FCGI_ALLOW_H
#define FCGI_ALLOW_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

#define ALLOW_WORD (INET6_ADDRSTRLEN + sizeof("/128"))

/*
 * Takes the next word off a list, whose words have commas or blanks between
 * them.  False at the end.  A word that is too long for any address comes
 * cut, as one that allow_check refuses.
 */
bool allow_next(const char **list, char word[ALLOW_WORD]);

/* Whether every word is "all", or an address with or without a prefix. */
bool allow_check(const char *list);

/*
 * Whether a good list has the address of a client.  An IPv4 address that is
 * mapped into IPv6 is the IPv4 address, in the list as well.
 */
bool allow_client(const char *list, const struct sockaddr *client);

#endif
