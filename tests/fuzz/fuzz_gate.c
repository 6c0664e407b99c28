/*
 * fuzz_gate.c: any bytes on a connection, and what libfcgi makes of those
 * that the gate lets through.
 *
 * The verdict on more bytes follows from that on fewer: what is refused stays
 * so, and nothing may follow a whole request.  A whole one neither stops nor
 * fails libfcgi, and its body is read to the very end.
 */
/* sources: fcgi/worker/gate.c fcgi/worker/environment.c */
#include "claim.h"
#include "fcgi/worker/environment.h"
#include "fcgi/worker/gate.h"

#include <fcgiapp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { HEADER = 8, STDIN = 5 };

static size_t
content(const uint8_t *record)
{
	return (size_t)record[4] << 8 | record[5];
}

static bool
may_follow(enum gate shorter, enum gate longer)
{
	return shorter == GATE_PARTIAL ? longer != GATE_LARGE
	                               : longer == GATE_REFUSED;
}

/* Each prefix of a short input, and some of a long one. */
static void
claim_monotony(const uint8_t *data, size_t size)
{
	size_t step = size / 256 + 1;
	enum gate before = GATE_PARTIAL;

	for (size_t length = 0; length < size; length += step) {
		enum gate now = gate_judge(data, length);

		CLAIM(may_follow(before, now));
		before = now;
	}
	CLAIM(may_follow(before, gate_judge(data, size)));
}

/* With the window full there is nothing left to wait for. */
static void
claim_decision(const uint8_t *data, size_t size)
{
	static uint8_t window[GATE_WINDOW];
	enum gate few = gate_judge(data, size), all;

	memset(window, 0, sizeof(window));
	memcpy(window, data, size);
	all = gate_judge(window, GATE_WINDOW);
	CLAIM(all != GATE_PARTIAL);
	CLAIM(few == GATE_PARTIAL || all == GATE_REFUSED);
}

static size_t
length_of_body(const uint8_t *data, size_t size)
{
	const uint8_t *end = data + size;
	size_t length = 0;

	for (; data < end; data += HEADER + content(data) + data[6])
		if (data[1] == STDIN)
			length += content(data);
	CLAIM(data == end);
	return length;
}

static void
claim_environment(FCGX_Request *fcgi)
{
	struct environment environment;
	struct mr_request request;
	char id[REQUEST_ID_LENGTH + 1];
	struct mr_problem problem = { .err = MR_OK };

	environment_read(&environment, fcgi->envp);
	environment_describe(&environment, id, &request);
	CLAIM(request_id_is_plain(id));
	CLAIM(strlen(request.method) + strlen(request.path) +
	          request.query.length <
	      GATE_WINDOW);
	if (environment_admit(&environment, GATE_WINDOW, &request, &problem))
		CLAIM(problem.err == MR_OK &&
		      request.body.length <= GATE_WINDOW);
	else
		CLAIM(problem.err != MR_OK && request.has_length);
}

static void
claim_body(FCGX_Stream *in, size_t expected)
{
	static char body[GATE_WINDOW + 1];

	CLAIM((size_t)FCGX_GetStr(body, sizeof(body), in) == expected);
	CLAIM(FCGX_GetError(in) == 0);
}

static void
claim_libfcgi(const uint8_t *data, size_t size)
{
	const struct timeval soon = { .tv_usec = 50000 };
	FCGX_Request fcgi;
	int ends[2];
	char byte;

	CLAIM(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
	setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
	CLAIM(write(ends[1], data, size) == (ssize_t)size);
	FCGX_InitRequest(&fcgi, -1, 0);
	fcgi.ipcFd = ends[0];
	fcgi.keepConnection = 1;
	fcgi.detached = 1;
	CLAIM(FCGX_Accept_r(&fcgi) == 0);
	claim_environment(&fcgi);
	claim_body(fcgi.in, length_of_body(data, size));
	CLAIM(recv(ends[0], &byte, 1, MSG_DONTWAIT) < 0);
	FCGX_Free(&fcgi, 0);
	close(ends[0]);
	close(ends[1]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool started;

	if (!started)
		FCGX_Init();
	started = true;
	if (size >= GATE_WINDOW)
		return -1;
	claim_monotony(data, size);
	claim_decision(data, size);
	if (gate_judge(data, size) == GATE_WHOLE)
		claim_libfcgi(data, size);
	return 0;
}
