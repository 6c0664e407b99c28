/*
 * echo_fcgi.c: the body goes back as it came: what a body and a reply of some
 * size cost when nothing is done with them.  The records of STDIN become those
 * of STDOUT where they lie, so no byte of them is copied.
 */
#include "prefork.h"

#include <stdio.h>

/* Records carry at most 64 kB, so their content is counted here. */
static size_t
turn_round(const struct exchange *exchange)
{
	size_t length = 0;

	for (unsigned char *record = exchange->body; record < exchange->end;
	     record += record_size(record)) {
		record[1] = RECORD_STDOUT;
		length += ((size_t)record[4] << 8) + record[5];
	}
	return length;
}

static void
reply(const struct exchange *exchange)
{
	unsigned char head[RECORD_HEADER + 128], end[2 * RECORD_HEADER] = { 0 };
	char *content = (char *)head + RECORD_HEADER;
	int length = snprintf(content, sizeof(head) - RECORD_HEADER,
	                      "Status: 200 OK\r\n"
	                      "Content-Type: application/json\r\n"
	                      "Content-Length: %zu\r\n\r\n",
	                      turn_round(exchange));
	const struct iovec pieces[] = {
		{ head, RECORD_HEADER + (size_t)length },
		{ exchange->body, (size_t)(exchange->end - exchange->body) },
		{ end, sizeof(end) },
	};

	record_header(head, RECORD_STDOUT, (size_t)length);
	record_header(end, RECORD_END, RECORD_HEADER);
	send_all(exchange->fd, pieces, 3);
}

int
main(int count, char **arguments)
{
	return prefork_main(count, arguments, reply);
}
