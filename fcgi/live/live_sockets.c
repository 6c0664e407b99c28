/*
 * live_sockets.c: what connections bring goes to live_client.h, what that has
 * goes to them.
 */
#include "fcgi/live/live_sockets.h"

#include "fcgi/base/log.h"
#include "fcgi/live/live_reply.h"

#include <libwebsockets.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

/*
 * libwebsockets has a table of as many, and as Debian builds it goes through all
 * of it for each connection: 131072 of them would take a fifth of a millisecond.
 */
#define DESCRIPTORS 32768
#define HEADER_ROOM 8192   /* bytes of a request's header ... */
#define HEADERS 128        /* ... of so many at a time */
#define PIECE_ROOM 131072  /* of what a WebSocket is sent at a time */
#define MESSAGE_ROOM 128   /* of what it says, which nobody reads */

/* Requests. */

struct header_texts {
	char path[64], arguments[128], last_event_id[24];
	char request_id[136], instance[256];
};

/* "" when it is absent or too long. */
static void
copy_header(struct lws *wsi, const char *name, char *to, size_t size)
{
	if (lws_hdr_custom_copy(wsi, to, (int)size, name,
	                        (int)strlen(name)) < 0)
		*to = '\0';
}

/* As they were: joined by '&'; one that is too long ends them. */
static void
copy_arguments(struct lws *wsi, char *to, size_t size)
{
	int length, at = 0;

	for (int i = 0; (length = lws_hdr_copy_fragment(
	                     wsi, to + at, (int)size - at - 1,
	                     WSI_TOKEN_HTTP_URI_ARGS, i)) > 0;
	     i++) {
		at += length;
		to[at++] = '&';
	}
	to[at] = '\0';
}

static enum mr_err
read_request(struct lws *wsi, struct header_texts *texts,
             struct live_request *request)
{
	const struct live_headers headers = {
		texts->path,       texts->arguments, texts->last_event_id,
		texts->request_id, texts->instance,
	};

	if (lws_hdr_copy(wsi, texts->path, sizeof(texts->path),
	                 WSI_TOKEN_GET_URI) < 0)
		*texts->path = '\0';
	copy_arguments(wsi, texts->arguments, sizeof(texts->arguments));
	copy_header(wsi, "last-event-id:", texts->last_event_id,
	            sizeof(texts->last_event_id));
	copy_header(wsi, "x-millrace-id:", texts->request_id,
	            sizeof(texts->request_id));
	copy_header(wsi, "x-millrace-instance:", texts->instance,
	            sizeof(texts->instance));
	return live_request_read(&headers, request);
}

static struct live_sockets *
sockets_of(struct lws *wsi)
{
	return lws_context_user(lws_get_context(wsi));
}

/* Replies. */

/* libwebsockets wants room in front of what it sends. */
static bool
begin_piece(struct live_sockets *sockets, struct mr_buffer *piece)
{
	*piece = (struct mr_buffer){ .arena = sockets->arena };
	if (mr_buffer_room(piece, LWS_PRE) == NULL)
		return false;
	piece->length = LWS_PRE;
	return true;
}

static bool
write_piece(struct lws *wsi, const struct mr_buffer *piece,
            enum lws_write_protocol protocol)
{
	int length = (int)(piece->length - LWS_PRE);

	if (piece->failed)
		return false;
	if (length == 0 && protocol != LWS_WRITE_PING)
		return true;
	return lws_write(wsi, (unsigned char *)piece->data + LWS_PRE,
	                 (size_t)length, protocol) >= length;
}

/*
 * libwebsockets does not look at what comes in once it has a request, and would
 * not see that a client has left.  Of one that cannot be watched it is seen when
 * there is something to send.
 */
static void
expect_silence(struct live_sockets *sockets, struct lws *wsi)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP |
		                               EPOLLONESHOT,
		                     .data.ptr = wsi };

	lws_http_headers_detach(wsi);
	lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0);
	epoll_ctl(sockets->epoll, EPOLL_CTL_ADD, lws_get_socket_fd(wsi), &event);
}

static int
refuse(struct lws *wsi, const struct live_request *request, enum mr_err err)
{
	struct live_sockets *sockets = sockets_of(wsi);
	const struct live_origin origin = { request->request_id,
		                            request->instance };
	struct mr_buffer piece;

	if (begin_piece(sockets, &piece)) {
		live_reply_problem(&origin, err, NULL, &piece);
		write_piece(wsi, &piece, LWS_WRITE_HTTP);
	}
	mr_arena_reset(sockets->arena);
	return -1;
}

/* What cannot be served is told so before it is a WebSocket. */
static int
judge(struct lws *wsi)
{
	struct header_texts texts;
	struct live_request request;
	enum mr_err err = read_request(wsi, &texts, &request);

	if (err == MR_OK && request.kind != LIVE_EVENTS)
		err = MR_NOT_FOUND;
	return err == MR_OK ? 0 : refuse(wsi, &request, err);
}

/* A client from here on; libwebsockets' own memory of its header is freed. */
static int
admit(struct lws *wsi, bool websocket)
{
	struct live_sockets *sockets = sockets_of(wsi);
	const struct live_asker asker = { wsi, websocket };
	struct header_texts texts;
	struct live_request request;
	struct live_client *client;
	enum mr_err err = read_request(wsi, &texts, &request);

	if (err != MR_OK)
		return refuse(wsi, &request, err);
	client = live_client_new(sockets->crowd, &request, &asker);
	if (client == NULL)
		return -1;
	lws_set_opaque_user_data(wsi, client);
	if (!websocket)
		expect_silence(sockets, wsi);
	lws_callback_on_writable(wsi);
	return 0;
}

/* A frame of RFC 6455; libwebsockets sends its own only outside of its calls. */
static void
say_why(struct lws *wsi, const struct live_client *client)
{
	enum live_close reason = live_client_reason(client);
	const char frame[] = { (char)0x88, 2, (char)(reason >> 8),
		               (char)reason };
	struct mr_buffer piece;

	if (!begin_piece(sockets_of(wsi), &piece))
		return;
	mr_buffer_append(&piece, frame, sizeof(frame));
	write_piece(wsi, &piece, LWS_WRITE_HTTP);
	mr_arena_reset(sockets_of(wsi)->arena);
}

/*
 * The last piece is out, or will be before the connection ends.  A WebSocket
 * says why it ends, behind all else.
 */
static int
end(struct lws *wsi, struct live_client *client, bool websocket)
{
	if (lws_partial_buffered(wsi) && websocket) {
		lws_callback_on_writable(wsi);
		return 0;
	}
	if (websocket)
		say_why(wsi, client);
	live_client_free(client);
	lws_set_opaque_user_data(wsi, NULL);
	if (!lws_partial_buffered(wsi))
		return -1;
	lws_callback_on_writable(wsi);
	return 0;
}

/* -1 ends the connection. */
static int
proceed(struct lws *wsi, bool websocket)
{
	struct live_sockets *sockets = sockets_of(wsi);
	struct live_client *client = lws_get_opaque_user_data(wsi);
	struct mr_buffer piece;
	enum live_step step;
	bool written;

	if (client == NULL || !begin_piece(sockets, &piece))
		return -1;
	step = live_client_next(client, &piece);
	written = write_piece(wsi, &piece,
	                      step == LIVE_PING ? LWS_WRITE_PING
	                      : websocket       ? LWS_WRITE_TEXT
	                                        : LWS_WRITE_HTTP);
	mr_arena_reset(sockets->arena);
	if (!written)
		return -1;
	if (step == LIVE_LAST)
		return end(wsi, client, websocket);
	if (step != LIVE_REST)
		lws_callback_on_writable(wsi);
	return 0;
}

static void
part(struct lws *wsi)
{
	live_client_free(lws_get_opaque_user_data(wsi));
	lws_set_opaque_user_data(wsi, NULL);
}

/* What libwebsockets calls with: two of them are for us. */
#define EVENT                                                                  \
	struct lws *wsi, enum lws_callback_reasons reason,                     \
	    __attribute__((unused)) void *user,                                \
	    __attribute__((unused)) void *in,                                  \
	    __attribute__((unused)) size_t length

static int
hear(EVENT)
{
	switch (reason) {
	case LWS_CALLBACK_HTTP:
		return admit(wsi, false);
	case LWS_CALLBACK_ESTABLISHED:
		return admit(wsi, true);
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
		return judge(wsi);
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return proceed(wsi, false);
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return proceed(wsi, true);
	case LWS_CALLBACK_CLOSED:
	case LWS_CALLBACK_CLOSED_HTTP:
		part(wsi);
		return 0;
	case LWS_CALLBACK_WSI_CREATE:
		sockets_of(wsi)->count++;
		return 0;
	case LWS_CALLBACK_WSI_DESTROY:
		part(wsi);
		sockets_of(wsi)->count--;
		return 0;
	default:
		return 0;
	}
}

static const struct lws_protocols protocols[] = {
	{ "millrace", hear, 0, MESSAGE_ROOM, 0, NULL, PIECE_ROOM },
	{ 0 },
};

/* For others. */

void
live_sockets_wake(void *connection)
{
	lws_callback_on_writable(connection);
}

void
live_sockets_hang_up(void *connection)
{
	/* Who has no client any more goes by itself. */
	if (lws_get_opaque_user_data(connection) != NULL)
		lws_set_timeout(connection, PENDING_TIMEOUT_CLOSE_SEND,
		                LWS_TO_KILL_SYNC);
}

void
live_sockets_adopt(struct live_sockets *sockets, int fd)
{
	lws_adopt_socket_vhost(sockets->vhost, fd);
}

/* The table is filled in full, however high the limit. */
static void
limit_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	    limit.rlim_cur > DESCRIPTORS) {
		limit.rlim_cur = DESCRIPTORS;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static void
say(int level, const char *line)
{
	(void)level;
	log_error("libwebsockets said. text=\"%.*s\"",
	          (int)strcspn(line, "\n"), line);
}

bool
live_sockets_open(struct live_sockets *sockets, void *loop)
{
	void *loops[1] = { loop };
	const struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN_SERVER,
		.protocols = protocols,
		.options = LWS_SERVER_OPTION_LIBUV |
		           LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
		.foreign_loops = loops,
		.user = sockets,
		.uid = (uid_t)-1,
		.gid = (gid_t)-1,
		.max_http_header_data2 = HEADER_ROOM,
		.max_http_header_pool = HEADERS,
		.keepalive_timeout = 1,
		.timeout_secs = 60,
	};
	struct lws_context *context;

	limit_descriptors();
	lws_set_log_level(LLL_ERR, say);
	context = lws_create_context(&info);
	if (context == NULL)
		return false;
	sockets->vhost = lws_create_vhost(context, &info);
	return sockets->vhost != NULL;
}
