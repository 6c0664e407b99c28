/*
 * client.c: one request on a connection of its own.
 */
#include "fcgi/command/client.h"

#include "fcgi/base/address.h"
#include "fcgi/base/clock.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { BEGIN = 1, END = 3, PARAMS = 4, INPUT = 5, OUTPUT = 6, ERRORS = 7 };
enum { HEADER = 8, LONGEST = 1024 /* of a path */ };

/* The request. */

static void
put_record(struct mr_buffer *wire, int type, const void *content, size_t length)
{
	const char header[HEADER] = { 1, (char)type, 0, 1, (char)(length >> 8),
		                      (char)length };

	mr_buffer_append(wire, header, sizeof(header));
	mr_buffer_append(wire, content, length);
}

/* A length of more than 7 bits takes four bytes; LONGEST is far below 2^31. */
static void
put_length(struct mr_buffer *pairs, size_t length)
{
	if (length < 128) {
		mr_buffer_putc(pairs, (char)length);
	} else {
		const char bytes[4] = { (char)0x80, (char)(length >> 16),
			                (char)(length >> 8), (char)length };

		mr_buffer_append(pairs, bytes, sizeof(bytes));
	}
}

static void
put_pair(struct mr_buffer *pairs, const char *name, const char *value,
         size_t length)
{
	put_length(pairs, strlen(name));
	put_length(pairs, length);
	mr_buffer_puts(pairs, name);
	mr_buffer_append(pairs, value, length);
}

static void
put_request(struct mr_buffer *wire, const char *path)
{
	static const char begin[8] = { 0, 1 /* responder */ };
	struct mr_buffer pairs = { .arena = wire->arena };
	size_t length = strcspn(path, "?");
	const char *query = path + length + (path[length] == '?');

	put_pair(&pairs, "REQUEST_METHOD", "GET", 3);
	put_pair(&pairs, "SCRIPT_NAME", path, length);
	put_pair(&pairs, "QUERY_STRING", query, strlen(query));
	put_record(wire, BEGIN, begin, sizeof(begin));
	put_record(wire, PARAMS, pairs.data, pairs.length);
	put_record(wire, PARAMS, "", 0);
	put_record(wire, INPUT, "", 0);
	wire->failed |= pairs.failed;
}

/* The connection. */

struct connection {
	int fd;
	uint64_t end; /* of our patience */
};

static bool
fail(int error)
{
	errno = error;
	return false;
}

/* A backlog that stays full, and a peer that neither reads nor writes. */
static bool
limit(int fd)
{
	const struct timeval patience = { .tv_sec = CLIENT_PATIENCE / 1000 };

	return setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
	                  sizeof(patience)) == 0 &&
	       setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
	                  sizeof(patience)) == 0;
}

/* A path, or an address of TCP. */
static bool
resolve(const char *place, struct sockaddr_storage *address, socklen_t *size)
{
	struct sockaddr_un *local = (struct sockaddr_un *)address;

	if (address_parse(place, address, size))
		return true;
	if (strlen(place) >= sizeof(local->sun_path))
		return fail(ENAMETOOLONG);
	*address = (struct sockaddr_storage){ .ss_family = AF_UNIX };
	*size = sizeof(*local);
	strcpy(local->sun_path, place);
	return true;
}

static bool
dial(struct connection *connection, const char *place)
{
	struct sockaddr_storage address;
	socklen_t size;

	if (!resolve(place, &address, &size))
		return false;
	connection->fd =
	    socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connection->fd < 0)
		return false;
	if (limit(connection->fd) &&
	    connect(connection->fd, (struct sockaddr *)&address, size) == 0)
		return true;
	/* A TCP peer that does not answer in time is "in progress". */
	return fail(errno == EAGAIN || errno == EINPROGRESS ? ETIMEDOUT
	                                                    : errno);
}

static bool
send_all(const struct connection *connection, const struct mr_buffer *wire)
{
	size_t sent = 0;

	while (sent < wire->length) {
		ssize_t done = send(connection->fd, wire->data + sent,
		                    wire->length - sent, MSG_NOSIGNAL);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return fail(errno == EAGAIN ? ETIMEDOUT : errno);
		sent += (size_t)done;
	}
	return true;
}

static bool
read_all(const struct connection *connection, char *to, size_t length)
{
	while (length > 0) {
		ssize_t got;

		if (clock_now() > connection->end)
			return fail(ETIMEDOUT);
		got = recv(connection->fd, to, length, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail(errno == EAGAIN ? ETIMEDOUT : errno);
		if (got == 0)
			return fail(EPROTO);
		to += got;
		length -= (size_t)got;
	}
	return true;
}

/* The content of a record; what is not output is read and forgotten. */
static bool
read_content(const struct connection *connection, bool is_output,
             size_t length, struct mr_buffer *output)
{
	char *room = mr_buffer_room(output, length);

	if (room == NULL)
		return fail(ENOMEM);
	if (!read_all(connection, room, length))
		return false;
	if (is_output)
		output->length += length;
	return output->length <= CLIENT_MOST || fail(EMSGSIZE);
}

static bool
read_reply(const struct connection *connection, struct mr_buffer *output)
{
	unsigned char header[HEADER], type = 0;
	char padding[255];

	while (type != END) {
		size_t length;

		if (!read_all(connection, (char *)header, sizeof(header)))
			return false;
		type = header[1];
		length = (size_t)header[4] << 8 | header[5];
		if (header[0] != 1 ||
		    (type != OUTPUT && type != ERRORS && type != END))
			return fail(EPROTO);
		if (!read_content(connection, type == OUTPUT, length, output) ||
		    !read_all(connection, padding, header[6]))
			return false;
	}
	return true;
}

/* Of CGI: header lines, of which Status is one, and the body. */
static bool
split(const struct mr_buffer *output, struct mr_buffer *body, int *status)
{
	const char *line = output->data, *end, *all = line + output->length;

	*status = 200;
	for (; line < all; line = end + 1) {
		end = memchr(line, '\n', (size_t)(all - line));
		if (end == NULL)
			break;
		if (end == line || (end == line + 1 && *line == '\r')) {
			mr_buffer_append(body, end + 1,
			                 (size_t)(all - end - 1));
			return !body->failed || fail(ENOMEM);
		}
		if (end - line > 7 && strncasecmp(line, "Status:", 7) == 0)
			*status = atoi(line + 7);
	}
	return fail(EPROTO);
}

static bool
ask(const struct connection *connection, const char *path,
    struct mr_buffer *output)
{
	struct mr_buffer wire = { .arena = output->arena };

	put_request(&wire, path);
	if (wire.failed)
		return fail(ENOMEM);
	return send_all(connection, &wire) && read_reply(connection, output);
}

bool
client_get(const char *place, const char *path, struct mr_buffer *body,
           int *status)
{
	struct mr_buffer output = { .arena = body->arena };
	struct connection connection = {
		.fd = -1,
		.end = clock_now() + CLIENT_PATIENCE * CLOCK_NS_PER_MS,
	};
	bool got;
	int error;

	if (strlen(path) > LONGEST)
		return fail(EMSGSIZE);
	got = dial(&connection, place) && ask(&connection, path, &output) &&
	      split(&output, body, status);
	error = errno;
	if (connection.fd >= 0)
		close(connection.fd);
	errno = error;
	return got;
}

const char *
client_explain(int error)
{
	switch (error) {
	case ENOENT:
	case ECONNREFUSED:
		return "nobody listens there: is the server running?";
	case EACCES:
		return "this user may not connect there: see --socket-group";
	case ETIMEDOUT:
		return "no answer within 2 s";
	case ECONNRESET:
	case EPIPE:
	case EPROTO:
		return "the answer was cut short, or is not FastCGI";
	case EMSGSIZE:
		return "the answer is too large";
	default:
		return strerror(error);
	}
}

/* GET /status. */

static struct mr_document *
parse_status(const struct mr_buffer *body, int status, struct mr_buffer *reason)
{
	struct mr_document *document = NULL;

	if (status == 200)
		document = mr_document_parse(body->data, body->length);
	if (document == NULL)
		mr_buffer_printf(reason,
		                 status == 200
		                     ? "/status is no JSON document"
		                     : "/status answers with status %d",
		                 status);
	return document;
}

/* The line "NAME PLACE" of a file; false: there is none. */
static bool
read_place(FILE *file, const char *name, char place[CONFIG_TEXT])
{
	char line[CONFIG_NAME + CONFIG_TEXT];
	size_t length = strlen(name);

	while (fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, name, length) != 0 || line[length] != ' ' ||
		    strlen(line + length + 1) >= CONFIG_TEXT)
			continue;
		strcpy(place, line + length + 1);
		return *place != '\0';
	}
	return false;
}

bool
client_find(const struct config *config, const char *name,
            char place[CONFIG_TEXT])
{
	const struct pool_config *pool = config_pool(config, name);
	char path[PATH_MAX];
	bool found = false;
	FILE *lock;

	snprintf(path, sizeof(path), "%s/lock", config->state);
	lock = fopen(path, "re");
	if (lock != NULL) {
		found = read_place(lock, name, place);
		fclose(lock);
	}
	if (found)
		return true;
	if (pool == NULL)
		return false;
	strcpy(place, pool->listen);
	return *place != '\0' || config_socket(config, pool, place);
}

struct mr_document *
client_status(const struct config *config, struct mr_buffer *reason)
{
	struct mr_buffer body = { .arena = reason->arena };
	char place[CONFIG_TEXT];
	int status;

	reason->length = 0;
	if (!client_find(config, CONTROL_POOL, place)) {
		mr_buffer_puts(reason, "there is no pool control");
		return NULL;
	}
	if (!client_get(place, "/status", &body, &status)) {
		mr_buffer_printf(reason, "%s: %s", place,
		                 client_explain(errno));
		return NULL;
	}
	return parse_status(&body, status, reason);
}
