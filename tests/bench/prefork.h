/*
 * prefork.h: the plainest FastCGI server that works, for ceilings.
 *
 * Processes that share a listening socket; each takes a connection, reads one
 * request to its end, has it answered and closes.  It looks at no parameter,
 * has no limits, and trusts its peer: no server should be like this.
 */
#ifndef BENCH_PREFORK_H
#define BENCH_PREFORK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

#define RECORD_HEADER 8

enum record_type { RECORD_END = 3, RECORD_STDIN = 5, RECORD_STDOUT = 6 };

/* A request in memory, as it came: records, one behind the other. */
struct exchange {
	int fd;
	unsigned char *body; /* the first record of STDIN */
	unsigned char *end;  /* behind the last one, which is empty */
};

typedef void prefork_reply(const struct exchange *exchange);

/* The bytes of a record, its header included. */
size_t record_size(const unsigned char *record);

void record_header(unsigned char *record, enum record_type type, size_t length);

/* All of it in one call; prints why not. */
void send_all(int fd, const struct iovec *pieces, int count);

/* The main function of a server: PROGRAM SOCKET GROUP WORKERS. */
int prefork_main(int count, char **arguments, prefork_reply *reply);

#endif
