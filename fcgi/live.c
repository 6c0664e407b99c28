/*
 * live.c: sockets: what they bring goes to live_client.h, what that has goes
 * to them.
 *
 * libwebsockets is given each connection once it is accepted here: the
 * listening sockets are the master's.  It runs in a loop of libuv of ours, for
 * whose epoll set ten thousand silent clients cost nothing.
 */
#include "fcgi/live.h"

#include "fcgi/clock.h"
#include "fcgi/live_client.h"
#include "fcgi/live_reply.h"
#include "fcgi/log.h"
#include "fcgi/parking.h"

#include <errno.h>
#include <libwebsockets.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <uv.h>

#define LISTENERS (1 + LISTENER_SPARES)
#define ACCEPTS 256         /* connections taken in a row */
#define DESCRIPTORS 131072  /* libwebsockets has a table of as many */
#define HEADER_ROOM 8192    /* bytes of a request's header ... */
#define HEADERS 64          /* ... of so many at a time */
#define FAREWELL 1000       /* ms that clients have to take our leave */
#define MESSAGE_ROOM 128    /* of what a client says, which nobody reads */

struct live {
	const struct worker *worker;
	struct mr_arena *arena;
	uv_loop_t loop;
	uv_poll_t listeners[LISTENERS], quit, peers;
	uv_timer_t timer;
	int epoll; /* the broker, and clients that are to say nothing more */
	unsigned broker;    /* which connection to it is in there ... */
	bool broker_full;   /* ... and whether to be written to */
	struct lws_context *context;
	struct lws_vhost *vhost;
	struct live_crowd crowd;
	size_t connections;
	int64_t end; /* ms of Unix time when clients have been told to leave */
};

/* Requests. */

struct header_texts {
	char path[64], arguments[128], due[24], last_event_id[24];
	char request_id[136], instance[256];
	char answer[PARKING_MOST];
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
		texts->path,       texts->arguments,  texts->due, texts->answer,
		texts->last_event_id, texts->request_id, texts->instance,
	};

	if (lws_hdr_copy(wsi, texts->path, sizeof(texts->path),
	                 WSI_TOKEN_GET_URI) < 0)
		*texts->path = '\0';
	copy_arguments(wsi, texts->arguments, sizeof(texts->arguments));
	copy_header(wsi, "x-millrace-due:", texts->due, sizeof(texts->due));
	copy_header(wsi, "x-millrace-answer:", texts->answer,
	            sizeof(texts->answer));
	copy_header(wsi, "last-event-id:", texts->last_event_id,
	            sizeof(texts->last_event_id));
	copy_header(wsi, "x-millrace-id:", texts->request_id,
	            sizeof(texts->request_id));
	copy_header(wsi, "x-millrace-instance:", texts->instance,
	            sizeof(texts->instance));
	return live_request_read(&headers, request);
}

static struct live *
live_of(struct lws *wsi)
{
	return lws_context_user(lws_get_context(wsi));
}

/* Replies. */

/* libwebsockets wants room in front of what it sends. */
static bool
begin_piece(struct live *live, struct mr_buffer *piece)
{
	*piece = (struct mr_buffer){ .arena = live->arena };
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
 * not see that a client has left.
 */
static bool
expect_silence(struct live *live, struct lws *wsi)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP |
		                               EPOLLONESHOT,
		                     .data.ptr = wsi };

	lws_http_headers_detach(wsi);
	lws_set_timeout(wsi, NO_PENDING_TIMEOUT, 0);
	return epoll_ctl(live->epoll, EPOLL_CTL_ADD, lws_get_socket_fd(wsi),
	                 &event) == 0;
}

static int
refuse(struct lws *wsi, const struct live_request *request, enum mr_err err)
{
	struct live *live = live_of(wsi);
	const struct live_origin origin = { request->request_id,
		                            request->instance };
	struct mr_buffer piece;

	if (begin_piece(live, &piece)) {
		live_reply_problem(&origin, err, NULL, &piece);
		write_piece(wsi, &piece, LWS_WRITE_HTTP);
	}
	mr_arena_reset(live->arena);
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
	struct live *live = live_of(wsi);
	const struct live_asker asker = { wsi, websocket };
	struct header_texts texts;
	struct live_request request;
	struct live_client *client;
	enum mr_err err = read_request(wsi, &texts, &request);

	if (err != MR_OK)
		return refuse(wsi, &request, err);
	client = live_client_new(&live->crowd, &request, &asker);
	if (client == NULL)
		return -1;
	lws_set_opaque_user_data(wsi, client);
	if (!websocket && !expect_silence(live, wsi))
		return -1;
	lws_callback_on_writable(wsi);
	return 0;
}

/* The last piece is out, or will be before the connection ends. */
static int
end(struct lws *wsi, struct live_client *client, bool websocket)
{
	if (websocket)
		lws_close_reason(wsi, (enum lws_close_status)
		                          live_client_reason(client),
		                 NULL, 0);
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
	struct live *live = live_of(wsi);
	struct live_client *client = lws_get_opaque_user_data(wsi);
	struct mr_buffer piece;
	enum live_step step;
	bool written;

	if (client == NULL || !begin_piece(live, &piece))
		return -1;
	step = live_client_next(client, &piece);
	written = write_piece(wsi, &piece,
	                      step == LIVE_PING ? LWS_WRITE_PING
	                      : websocket       ? LWS_WRITE_TEXT
	                                        : LWS_WRITE_HTTP);
	mr_arena_reset(live->arena);
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

static int
hear(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
     size_t length)
{
	(void)user;
	(void)in;
	(void)length;
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
	case LWS_CALLBACK_WSI_DESTROY:
		part(wsi);
		live_of(wsi)->connections--;
		return 0;
	default:
		return 0;
	}
}

static const struct lws_protocols protocols[] = {
	{ "millrace", hear, 0, MESSAGE_ROOM, 0, NULL, 0 },
	{ 0 },
};

/* Time. */

static void
wake(void *connection)
{
	lws_callback_on_writable(connection);
}

/* It only ends the wait. */
static void
hear_timer(uv_timer_t *timer)
{
	(void)timer;
}

/* The broker's connection, which may be another one than it was. */
static void
watch_broker(struct live *live)
{
	const struct live_link *link = &live->crowd.jobs.link;
	bool full = live_link_is_full(link);
	struct epoll_event event = { .events = EPOLLIN | (full ? EPOLLOUT : 0),
		                     .data.ptr = live };
	int change = link->opened == live->broker ? EPOLL_CTL_MOD
	                                          : EPOLL_CTL_ADD;

	if (link->fd < 0 ||
	    (change == EPOLL_CTL_MOD && full == live->broker_full))
		return;
	epoll_ctl(live->epoll, change, link->fd, &event);
	live->broker = link->opened;
	live->broker_full = full;
}

static void
plan(struct live *live)
{
	int64_t now = (int64_t)clock_unix_ms();
	int64_t next = live_crowd_tick(&live->crowd, now);

	watch_broker(live);
	if (live->end != 0 && (next == 0 || next > live->end))
		next = live->end;
	uv_update_time(&live->loop);
	if (next != 0)
		uv_timer_start(&live->timer, hear_timer,
		               next > now ? (uint64_t)(next - now) : 0, 0);
}

/* New connections. */

static void
hear_listener(uv_poll_t *handle, int status, int events)
{
	struct live *live = handle->data;
	uv_os_fd_t listener;

	(void)status;
	(void)events;
	if (uv_fileno((uv_handle_t *)handle, &listener) != 0)
		return;
	for (int i = 0; i < ACCEPTS; i++) {
		int fd = accept4(listener, NULL, NULL,
		                 SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0)
			return;
		if (lws_adopt_socket_vhost(live->vhost, fd) != NULL)
			live->connections++;
	}
}

/* Who has left has no client any more, or has one that goes now. */
static void
hear_peers(uv_poll_t *handle, int status, int events)
{
	struct live *live = handle->data;
	struct epoll_event heard[ACCEPTS];
	int count = epoll_wait(live->epoll, heard, ACCEPTS, 0);

	(void)status;
	(void)events;
	for (int i = 0; i < count; i++) {
		if (heard[i].data.ptr == live)
			live_jobs_hear(&live->crowd.jobs);
		else if (lws_get_opaque_user_data(heard[i].data.ptr) != NULL)
			lws_set_timeout(heard[i].data.ptr,
			                PENDING_TIMEOUT_CLOSE_SEND,
			                LWS_TO_KILL_SYNC);
	}
}

/*
 * With heirs, everyone goes to them; else new clients are heard until the last
 * one is answered.
 */
static void
hear_quit(uv_poll_t *handle, int status, int events)
{
	struct live *live = handle->data;
	struct score *score = live->worker->score;
	bool heirs = atomic_load(&score->heirs);

	(void)status;
	(void)events;
	uv_poll_stop(handle);
	atomic_store(&score->ready, false);
	live->end = INT64_MAX;
	if (heirs) {
		for (size_t i = 0; i <= live->worker->spares.count; i++)
			uv_poll_stop(&live->listeners[i]);
		live->end = (int64_t)clock_unix_ms() + FAREWELL;
	}
	live_crowd_enter(&live->crowd, heirs ? LIVE_REPLACED : LIVE_STOPPING);
}

static bool
is_over(const struct live *live)
{
	return live->end != 0 &&
	       (live->connections == 0 ||
	        (int64_t)clock_unix_ms() >= live->end);
}

/* Setting up. */

static bool
watch(struct live *live, uv_poll_t *handle, int fd, uv_poll_cb callback)
{
	handle->data = live;
	return uv_poll_init(&live->loop, handle, fd) == 0 &&
	       uv_poll_start(handle, UV_READABLE, callback) == 0;
}

static bool
watch_sources(struct live *live, int quit)
{
	const struct worker *worker = live->worker;
	bool watched = watch(live, &live->quit, quit, hear_quit) &&
	               watch(live, &live->peers, live->epoll, hear_peers) &&
	               watch(live, &live->listeners[0], worker->listener,
	                     hear_listener);

	for (size_t i = 0; i < worker->spares.count; i++)
		watched = watched && watch(live, &live->listeners[i + 1],
		                           worker->spares.fds[i],
		                           hear_listener);
	live->timer.data = live;
	return watched && uv_timer_init(&live->loop, &live->timer) == 0;
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

static bool
open_context(struct live *live)
{
	void *loops[1] = { &live->loop };
	const struct lws_context_creation_info info = {
		.port = CONTEXT_PORT_NO_LISTEN_SERVER,
		.protocols = protocols,
		.options = LWS_SERVER_OPTION_LIBUV |
		           LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
		.foreign_loops = loops,
		.user = live,
		.uid = (uid_t)-1,
		.gid = (gid_t)-1,
		.max_http_header_data2 = HEADER_ROOM,
		.max_http_header_pool = HEADERS,
		.keepalive_timeout = 1,
		.timeout_secs = 60,
	};

	lws_set_log_level(LLL_ERR, say);
	live->context = lws_create_context(&info);
	if (live->context == NULL)
		return false;
	live->vhost = lws_create_vhost(live->context, &info);
	return live->vhost != NULL;
}

static void
open_crowd(struct live *live)
{
	const struct config *config = live->worker->config;
	const struct pool_config *pool = config_pool(config, BROKER_POOL);
	char place[CONFIG_SOCKET_PATH] = "";

	if (pool != NULL)
		config_socket(config, pool, place);
	live_crowd_init(&live->crowd, wake);
	live->crowd.jobs.changed = live_client_changed;
	live_jobs_init(&live->crowd.jobs, place, live->worker->board,
	               live->arena);
}

bool
live_run(const struct worker *worker, struct service *service, int quit)
{
	static struct live live;

	live.worker = worker;
	live.arena = service->arena;
	limit_descriptors();
	open_crowd(&live);
	live.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (live.epoll < 0 || uv_loop_init(&live.loop) != 0 || !open_context(&live) ||
	    !watch_sources(&live, quit)) {
		log_error("Cannot watch connections. error=\"%s\"",
		          strerror(errno));
		return false;
	}
	worker_begun(worker);
	while (!is_over(&live)) {
		plan(&live);
		uv_run(&live.loop, UV_RUN_ONCE);
	}
	return true;
}
