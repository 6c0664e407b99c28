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
#define MESSAGE_ROOM 128    /* of what a client says, which nobody reads */

struct live {
	const struct worker *worker;
	struct mr_arena *arena;
	uv_loop_t loop;
	uv_poll_t listeners[LISTENERS], quit, leaving;
	int hangups; /* an epoll set of clients that are to say nothing more */
	uv_timer_t timer;
	struct lws_context *context;
	struct lws_vhost *vhost;
	struct live_crowd crowd;
	bool quitting, over;
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
	if (lws_hdr_copy(wsi, texts->arguments, sizeof(texts->arguments),
	                 WSI_TOKEN_HTTP_URI_ARGS) < 0)
		*texts->arguments = '\0';
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
	return epoll_ctl(live->hangups, EPOLL_CTL_ADD, lws_get_socket_fd(wsi),
	                 &event) == 0;
}

static void plan(struct live *live);

/* A client from here on; libwebsockets' own memory of its header is freed. */
static int
admit(struct lws *wsi, bool websocket)
{
	struct live *live = live_of(wsi);
	const struct live_asker asker = { wsi, websocket };
	struct header_texts texts;
	struct live_request request;
	struct live_client *client;

	if (read_request(wsi, &texts, &request) != MR_OK)
		return -1;
	client = live_client_new(&live->crowd, &request, &asker);
	if (client == NULL)
		return -1;
	lws_set_opaque_user_data(wsi, client);
	if (!websocket && !expect_silence(live, wsi))
		return -1;
	plan(live);
	lws_callback_on_writable(wsi);
	return 0;
}

/* Replies. */

static bool
write_piece(struct lws *wsi, const struct mr_buffer *piece)
{
	int length = (int)(piece->length - LWS_PRE);

	return length == 0 ||
	       lws_write(wsi, (unsigned char *)piece->data + LWS_PRE,
	                 (size_t)length, LWS_WRITE_HTTP) >= length;
}

/* -1 ends the connection. */
static int
proceed(struct lws *wsi)
{
	struct live *live = live_of(wsi);
	struct live_client *client = lws_get_opaque_user_data(wsi);
	struct mr_buffer piece = { .arena = live->arena };
	enum live_step step;
	bool failed;

	if (client == NULL)
		return -1;
	if (mr_buffer_room(&piece, LWS_PRE) == NULL)
		return -1;
	piece.length = LWS_PRE;
	step = live_client_next(client, &piece);
	failed = piece.failed || !write_piece(wsi, &piece);
	mr_arena_reset(live->arena);
	if (failed)
		return -1;
	if (step == LIVE_LAST) {
		live_client_free(client);
		lws_set_opaque_user_data(wsi, NULL);
		if (!lws_partial_buffered(wsi))
			return -1;
	}
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
	case LWS_CALLBACK_HTTP_WRITEABLE:
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return proceed(wsi);
	case LWS_CALLBACK_CLOSED:
	case LWS_CALLBACK_CLOSED_HTTP:
	case LWS_CALLBACK_WSI_DESTROY:
		part(wsi);
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

static void
hear_timer(uv_timer_t *timer)
{
	plan(timer->data);
}

static void
plan(struct live *live)
{
	int64_t now = (int64_t)clock_unix_ms();
	int64_t next = live_crowd_tick(&live->crowd, now);

	if (next == 0)
		return;
	uv_update_time(&live->loop);
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
		lws_adopt_socket_vhost(live->vhost, fd);
	}
}

/* Who has left has no client any more, or has one that goes now. */
static void
hear_hangups(uv_poll_t *handle, int status, int events)
{
	const struct live *live = handle->data;
	struct epoll_event gone[ACCEPTS];
	int count = epoll_wait(live->hangups, gone, ACCEPTS, 0);

	(void)status;
	(void)events;
	for (int i = 0; i < count; i++)
		if (lws_get_opaque_user_data(gone[i].data.ptr) != NULL)
			lws_set_timeout(gone[i].data.ptr,
			                PENDING_TIMEOUT_CLOSE_SEND,
			                LWS_TO_KILL_SYNC);
}

static void
hear_quit(uv_poll_t *handle, int status, int events)
{
	struct live *live = handle->data;

	(void)status;
	(void)events;
	uv_poll_stop(handle);
	live->over = true;
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
	               watch(live, &live->leaving, live->hangups,
	                     hear_hangups) &&
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

bool
live_run(const struct worker *worker, struct service *service, int quit)
{
	struct live live = { .worker = worker, .arena = service->arena };

	limit_descriptors();
	live_crowd_init(&live.crowd, wake);
	live.hangups = epoll_create1(EPOLL_CLOEXEC);
	if (live.hangups < 0 || uv_loop_init(&live.loop) != 0 || !open_context(&live) ||
	    !watch_sources(&live, quit)) {
		log_error("Cannot watch connections. error=\"%s\"",
		          strerror(errno));
		return false;
	}
	worker_begun(worker);
	while (!live.over)
		uv_run(&live.loop, UV_RUN_ONCE);
	return true;
}
