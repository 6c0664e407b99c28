/*
 * bare_fcgi.c: just enough FastCGI for a fixed reply: what one connection for
 * each request costs when nothing is done with the request.
 */
#include "prefork.h"

#define BODY "{\"a\":3,\"b\":4,\"sum_of_squares\":25}"
#define CONTENT                                                                \
	"Status: 200 OK\r\nContent-Type: application/json\r\n"                 \
	"Content-Length: 33\r\n\r\n" BODY

_Static_assert(sizeof(BODY) == 33 + 1, "Content-Length");

static struct {
	unsigned char output[RECORD_HEADER];
	char content[sizeof(CONTENT) - 1];
	unsigned char close[RECORD_HEADER], end[2 * RECORD_HEADER];
} answer = { .content = CONTENT };

static void
reply(const struct exchange *exchange)
{
	const struct iovec all = { &answer, sizeof(answer) };

	send_all(exchange->fd, &all, 1);
}

int
main(int count, char **arguments)
{
	record_header(answer.output, RECORD_STDOUT, sizeof(answer.content));
	record_header(answer.close, RECORD_STDOUT, 0);
	record_header(answer.end, RECORD_END, RECORD_HEADER);
	return prefork_main(count, arguments, reply);
}
