/*
 * client.h: the web server's side of FastCGI: building requests, one record
 * after the other or a whole one as nginx sends it, and reading replies.
 */
#ifndef MR_TESTS_CLIENT_H
#define MR_TESTS_CLIENT_H

#include "base/buffer.h"
#include "unit.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

enum {
	FCGI_BEGIN = 1,
	FCGI_ABORT = 2,
	FCGI_END = 3,
	FCGI_PARAMS = 4,
	FCGI_STDIN = 5,
	FCGI_STDOUT = 6,
	FCGI_DATA = 8,
	FCGI_GET_VALUES = 9
};
enum { FCGI_HEADER = 8, FCGI_CONTENT_MAX = 65535, CLIENT_WAIT = 20000 };

/* Requests. */

struct frame {
	unsigned type, id, padding;
};

static inline void
wire_record(struct mr_buffer *wire, struct frame frame, struct mr_string content)
{
	const char header[FCGI_HEADER] = {
		1,
		(char)frame.type,
		(char)(frame.id >> 8),
		(char)frame.id,
		(char)(content.length >> 8),
		(char)content.length,
		(char)frame.padding,
	};

	mr_buffer_append(wire, header, sizeof(header));
	mr_buffer_append(wire, content.data, content.length);
	for (unsigned i = 0; i < frame.padding; i++)
		mr_buffer_putc(wire, 'p');
}

static inline void
wire_begin(struct mr_buffer *wire, unsigned id, bool keep)
{
	const char body[8] = { 0, 1, (char)keep };

	wire_record(wire, (struct frame){ FCGI_BEGIN, id, 0 },
	            (struct mr_string){ body, sizeof(body) });
}

/* A stream in records of `piece` bytes, and the empty record that ends it. */
static inline void
wire_stream(struct mr_buffer *wire, struct frame frame, struct mr_string stream,
            size_t piece)
{
	while (stream.length > 0) {
		size_t length = stream.length < piece ? stream.length : piece;

		wire_record(wire, frame,
		            (struct mr_string){ stream.data, length });
		stream.data += length;
		stream.length -= length;
	}
	frame.padding = 0;
	wire_record(wire, frame, (struct mr_string){ "", 0 });
}

static inline void
wire_length(struct mr_buffer *pairs, size_t length, bool is_long)
{
	const char bytes[4] = { (char)(length >> 24 | 0x80),
		                (char)(length >> 16), (char)(length >> 8),
		                (char)length };

	if (is_long || length > 127)
		mr_buffer_append(pairs, bytes, 4);
	else
		mr_buffer_putc(pairs, (char)length);
}

static inline void
wire_pair(struct mr_buffer *pairs, const char *name, const char *value)
{
	wire_length(pairs, strlen(name), false);
	wire_length(pairs, strlen(value), false);
	mr_buffer_puts(pairs, name);
	mr_buffer_puts(pairs, value);
}

static inline struct mr_string
wire_text(const struct mr_buffer *buffer)
{
	ck_assert(!buffer->failed);
	return (struct mr_string){ buffer->data == NULL ? "" : buffer->data,
		                   buffer->length };
}

struct ask {
	const char *method; /* NULL: POST */
	const char *path;
	const char *query;
	const char *length; /* NULL: that of the body; "": none is given */
	const char *id, *arrival;
	struct mr_string body;
	bool close;       /* as nginx without fastcgi_keep_conn */
	unsigned request; /* FastCGI's id; 0: 1 */
	size_t piece;     /* bytes of content in a record; 0: the most */
};

static inline struct mr_string
ask_pairs(const struct ask *ask)
{
	struct mr_buffer pairs = { .arena = arena };
	char length[24];

	snprintf(length, sizeof(length), "%zu", ask->body.length);
	wire_pair(&pairs, "REQUEST_METHOD",
	          ask->method == NULL ? "POST" : ask->method);
	wire_pair(&pairs, "SCRIPT_NAME", ask->path);
	wire_pair(&pairs, "QUERY_STRING", ask->query == NULL ? "" : ask->query);
	wire_pair(&pairs, "CONTENT_TYPE", "application/json");
	wire_pair(&pairs, "CONTENT_LENGTH",
	          ask->length == NULL ? length : ask->length);
	if (ask->id != NULL)
		wire_pair(&pairs, "HTTP_X_REQUEST_ID", ask->id);
	if (ask->arrival != NULL)
		wire_pair(&pairs, "MILLRACE_ARRIVAL", ask->arrival);
	return wire_text(&pairs);
}

static inline void
wire_head(struct mr_buffer *wire, const struct ask *ask)
{
	unsigned id = ask->request == 0 ? 1 : ask->request;

	wire_begin(wire, id, !ask->close);
	wire_stream(wire, (struct frame){ FCGI_PARAMS, id, 0 }, ask_pairs(ask),
	            ask->piece == 0 ? FCGI_CONTENT_MAX : ask->piece);
}

static inline struct mr_string
wire_ask(const struct ask *ask)
{
	struct mr_buffer wire = { .arena = arena };
	unsigned id = ask->request == 0 ? 1 : ask->request;

	wire_head(&wire, ask);
	wire_stream(&wire, (struct frame){ FCGI_STDIN, id, 0 }, ask->body,
	            ask->piece == 0 ? FCGI_CONTENT_MAX : ask->piece);
	return wire_text(&wire);
}

/* Replies. */

struct answer {
	unsigned request;
	int status;
	const char *head;      /* with the empty line that ends it */
	struct mr_string body; /* a NUL follows */
	size_t records;        /* of output that are not empty */
	size_t used;           /* bytes of it all */
};

static inline void
answer_split(struct answer *answer, struct mr_buffer *out)
{
	char *end;

	mr_buffer_putc(out, '\0');
	ck_assert(!out->failed);
	end = strstr(out->data, "\r\n\r\n");
	ck_assert_msg(end != NULL, "a reply without a head");
	answer->head = mr_arena_copy(arena, out->data,
	                             (size_t)(end + 4 - out->data));
	answer->body.data = end + 4;
	answer->body.length = out->length - 1 - (size_t)(end + 4 - out->data);
	ck_assert_int_eq(sscanf(answer->head, "Status: %d", &answer->status), 1);
}

/* False when more bytes are needed.  Any breach of FastCGI is a failure. */
static inline bool
answer_parse(struct answer *answer, const unsigned char *bytes, size_t length)
{
	struct mr_buffer out = { .arena = arena };
	size_t content, size;
	bool ended = false;

	*answer = (struct answer){ .used = 0 };
	for (;; answer->used += size, bytes += size) {
		if (length - answer->used < FCGI_HEADER)
			return false;
		content = (size_t)bytes[4] << 8 | bytes[5];
		size = FCGI_HEADER + content + bytes[6];
		if (length - answer->used < size)
			return false;
		if (bytes[0] != 1)
			ck_abort_msg("a record of version %d", bytes[0]);
		if (answer->used == 0)
			answer->request = (unsigned)bytes[2] << 8 | bytes[3];
		if (answer->request != ((unsigned)bytes[2] << 8 | bytes[3]))
			ck_abort_msg("a record of another request");
		if (bytes[1] != FCGI_STDOUT || ended)
			break;
		mr_buffer_append(&out, (const char *)bytes + FCGI_HEADER,
		                 content);
		ended = content == 0;
		answer->records += content > 0;
	}
	ck_assert_int_eq(bytes[1], FCGI_END);
	ck_assert(ended);
	ck_assert_uint_eq(content, 8);
	ck_assert_mem_eq(bytes + FCGI_HEADER, "\0\0\0\0\0\0\0\0", 8);
	answer->used += size;
	answer_split(answer, &out);
	return true;
}

/* The value of a header, or NULL. */
static inline const char *
answer_header(const struct answer *answer, const char *name)
{
	const char *at = answer->head;
	size_t length = strlen(name);

	for (; at != NULL && *at != '\0'; at = strstr(at, "\r\n")) {
		at += strspn(at, "\r\n");
		if (strncmp(at, name, length) == 0 && at[length] == ':')
			return mr_arena_copy(arena, at + length + 2,
			                     strcspn(at + length + 2, "\r"));
	}
	return NULL;
}

/* Connections. */

static inline int
client_connect(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_uint_lt(strlen(path), sizeof(address.sun_path));
	strcpy(address.sun_path, path);
	ck_assert_int_eq(
	    connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static inline void
client_send(int fd, struct mr_string bytes)
{
	while (bytes.length > 0) {
		ssize_t sent =
		    send(fd, bytes.data, bytes.length, MSG_NOSIGNAL);

		ck_assert_msg(sent > 0, "send: %s", strerror(errno));
		bytes.data += sent;
		bytes.length -= (size_t)sent;
	}
}

/* Waits for bytes; 0 at the end of the connection, however it came. */
static inline size_t
client_read(int fd, char *to, size_t size)
{
	struct pollfd readable = { .fd = fd, .events = POLLIN };
	ssize_t got;

	ck_assert_msg(poll(&readable, 1, CLIENT_WAIT) == 1, "no answer");
	got = recv(fd, to, size, 0);
	if (got < 0)
		ck_assert_int_eq(errno, ECONNRESET);
	return got < 0 ? 0 : (size_t)got;
}

/* One reply and not a byte more; false when the connection ends before. */
static inline bool
client_receive(int fd, struct answer *answer)
{
	struct mr_buffer bytes = { .arena = arena };
	size_t got;

	do {
		char *room = mr_buffer_room(&bytes, 1 << 16);

		ck_assert_ptr_nonnull(room);
		got = client_read(fd, room, 1 << 16);
		bytes.length += got;
		if (got == 0)
			return false;
	} while (!answer_parse(answer, (const unsigned char *)bytes.data,
	                       bytes.length));
	ck_assert_uint_eq(answer->used, bytes.length);
	return true;
}

/* Whether the other side closes without another byte. */
static inline bool
client_is_closed(int fd)
{
	char byte;

	return client_read(fd, &byte, 1) == 0;
}

/* Whether the connection is open and silent just now. */
static inline bool
client_is_silent(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0 &&
	       errno == EAGAIN;
}

/* On a new connection, which is closed. */
static inline struct answer
client_call(const char *path, const struct ask *ask)
{
	struct answer answer;
	int fd = client_connect(path);

	client_send(fd, wire_ask(ask));
	ck_assert_msg(client_receive(fd, &answer), "closed without a reply");
	close(fd);
	return answer;
}

#endif
