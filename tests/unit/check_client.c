/*
 * check_client.c: replies as a server could send them, good and bad.
 */
#include "fcgi/command/client.h"

#include "fcgi/base/listener.h"
#include "place.h"

#include <errno.h>
#include <sys/socket.h>

static struct mr_buffer body;
static int status;

/* Sends one connection the bytes; the request goes to the file "request". */
static pid_t
serve(struct mr_string bytes, bool hang)
{
	int listener = listener_open("socket", "", 8);
	char request[4096];
	pid_t child;

	ck_assert_int_ge(listener, 0);
	fcntl(listener, F_SETFL, 0);
	child = fork();
	if (child == 0) {
		int peer = accept(listener, NULL, NULL);
		ssize_t length = recv(peer, request, sizeof(request), 0);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		place_write("request",
		            (struct mr_string){ request, (size_t)length });
		while (bytes.length > 0) {
			ssize_t sent = send(peer, bytes.data, bytes.length,
			                    MSG_NOSIGNAL);

			if (sent <= 0)
				break;
			bytes.data += sent;
			bytes.length -= (size_t)sent;
		}
		if (hang)
			pause();
		_exit(0);
	}
	close(listener);
	return child;
}

static bool
get(const char *path)
{
	body = (struct mr_buffer){ .arena = arena };
	return client_get("socket", path, &body, &status);
}

static void
end(pid_t child)
{
	kill(child, SIGKILL);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
}

#define RECORD(type, size) "\1" type "\0\1\0" size "\0\0"
#define OVER RECORD("\3", "\x08") "\0\0\0\0\0\0\0\0"

static const struct {
	struct mr_string bytes;
	int status;
	const char *body;
} replies[] = {
	{ BYTES(RECORD("\6", "\x09") "A: b\r\n\r\nc" OVER), 200, "c" },
	{ BYTES(RECORD("\6", "\x09") "Status: 5" RECORD("\6", "\x09")
	        "03 No\r\n\r\n" RECORD("\6", "\x02") "ab" RECORD("\6", "\x01")
	        "c" RECORD("\6", "\x00") OVER),
	  503, "abc" },
	{ BYTES("\1\6\0\1\0\3\3\0\nabppp" OVER), 200, "ab" },
	{ BYTES(RECORD("\7", "\4") "oops" RECORD("\6", "\2") "\n\n" OVER), 200,
	  "\n" },
	{ BYTES(RECORD("\6", "\x0f") "status:404\r\n\r\nx" OVER), 404, "x" },
};

START_TEST(test_reply_is_put_together)
{
	pid_t child = serve(replies[_i].bytes, true);

	ck_assert_msg(get("/status"), "%s", strerror(errno));
	ck_assert_int_eq(status, replies[_i].status);
	ck_assert_str_eq(mr_buffer_text(&body), replies[_i].body);
	end(child);
}
END_TEST

static const struct {
	struct mr_string bytes;
	bool hang;
	int error;
} failures[] = {
	{ BYTES(""), false, EPROTO },
	{ BYTES("HTTP/1.1 200 OK\r\n\r\n"), false, EPROTO },
	{ BYTES(RECORD("\6", "\x09") "A: b\r\n\r\nc"), false, EPROTO },
	{ BYTES(RECORD("\6", "\x09") "A: b"), false, EPROTO },
	{ BYTES(RECORD("\6", "\4") "A: b" OVER), false, EPROTO },
	{ BYTES(OVER), false, EPROTO },
	{ BYTES(RECORD("\x0b", "\0")), true, EPROTO },
	{ BYTES(RECORD("\6", "\x09") "A: b\r\n\r\nc"), true, ETIMEDOUT },
};

START_TEST(test_bad_reply_is_refused)
{
	pid_t child = serve(failures[_i].bytes, failures[_i].hang);

	ck_assert(!get("/status"));
	ck_assert_msg(errno == failures[_i].error ||
	                  (errno == ECONNRESET && !failures[_i].hang),
	              "%s", strerror(errno));
	ck_assert_uint_eq(body.length, 0);
	end(child);
}
END_TEST

START_TEST(test_reply_without_end_is_not_kept)
{
	struct mr_buffer bytes = { .arena = arena };
	pid_t child;

	for (size_t sent = 0; sent <= CLIENT_MOST; sent += 0xFFFF) {
		mr_buffer_append(&bytes, "\1\6\0\1\xFF\xFF\0\0", 8);
		memset(mr_buffer_room(&bytes, 0xFFFF), 'x', 0xFFFF);
		bytes.length += 0xFFFF;
	}
	child = serve((struct mr_string){ bytes.data, bytes.length }, true);
	ck_assert(!get("/status"));
	ck_assert_int_eq(errno, EMSGSIZE);
	end(child);
}
END_TEST

START_TEST(test_request_has_path_and_query)
{
	pid_t child = serve(replies[0].bytes, true);
	static const char expected[] =
	    "\1\1\0\1\0\x08\0\0\0\1\0\0\0\0\0\0"
	    "\1\4\0\1\0\x3b\0\0"
	    "\x0e\3REQUEST_METHODGET\x0b\7SCRIPT_NAME/status"
	    "\x0c\6QUERY_STRINGfull=1"
	    "\1\4\0\1\0\0\0\0\1\5\0\1\0\0\0\0";
	struct mr_string request;

	ck_assert(get("/status?full=1"));
	request = place_read("request");
	ck_assert_uint_eq(request.length, sizeof(expected) - 1);
	ck_assert_mem_eq(request.data, expected, sizeof(expected) - 1);
	end(child);
}
END_TEST

START_TEST(test_nobody_there_is_explained)
{
	char path[200];

	ck_assert(!get("/"));
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_ptr_nonnull(strstr(client_explain(errno), "running?"));
	close(listener_open("socket", "", 8));
	ck_assert(!get("/"));
	ck_assert_int_eq(errno, ECONNREFUSED);
	ck_assert_ptr_nonnull(strstr(client_explain(errno), "running?"));
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	ck_assert(!client_get(path, "/", &body, &status));
	ck_assert_int_eq(errno, ENAMETOOLONG);
}
END_TEST

/* Of the server in this directory, which sends bytes. */
static struct mr_document *
ask_status(struct mr_string bytes, struct mr_buffer *reason)
{
	struct config config = {
		.state = "/",
		.pools = { { .name = "control" } },
		.pool_count = 1,
	};
	struct mr_document *document;
	pid_t child;

	snprintf(config.sockets, sizeof(config.sockets), "%s", place);
	child = serve(bytes, true);
	ck_assert_int_eq(rename("socket", "control.sock"), 0);
	document = client_status(&config, reason);
	end(child);
	return document;
}

static const struct {
	struct mr_string bytes;
	const char *reason; /* NULL: a document */
} documents[] = {
	{ BYTES(RECORD("\6", "\4") "\n{}\n" OVER), NULL },
	{ BYTES(RECORD("\6", "\2") "\n{" OVER), "/status is no JSON document" },
	{ BYTES(RECORD("\6", "\1") "\n" OVER), "/status is no JSON document" },
	{ BYTES(RECORD("\6", "\x0f") "Status: 503\n\n{}" OVER),
	  "/status answers with status 503" },
};

START_TEST(test_status_is_a_document)
{
	struct mr_buffer reason = { .arena = arena };
	struct mr_document *document;

	mr_buffer_puts(&reason, "an earlier one");
	document = ask_status(documents[_i].bytes, &reason);
	ck_assert_int_eq(document != NULL, documents[_i].reason == NULL);
	ck_assert_str_eq(mr_buffer_text(&reason),
	                 documents[_i].reason == NULL ? ""
	                                              : documents[_i].reason);
	mr_document_free(document);
}
END_TEST

/* What a server has left in its lock, or else the configuration. */
static const struct {
	const char *lock, *name;
	const char *place; /* NULL: there is no such pool */
} places[] = {
	{ "control /a/c\nbroker /a/b\n", "broker", "/a/b" },
	{ "control /a/c\nbroker /a/b\n", "control", "/a/c" },
	{ "control 127.0.0.1:9000", "control", "127.0.0.1:9000" },
	{ "broken /a\nbrokers /b\nbroker\n", "broker", "/s/broker.sock" },
	{ "broker \n", "broker", "/s/broker.sock" },
	{ "", "control", "/s/control.sock" },
	{ NULL, "broker", "/s/broker.sock" },
	{ "control /a/c\n", "other", NULL },
};

START_TEST(test_pool_is_found)
{
	struct config config = {
		.sockets = "/s",
		.pools = { { .name = "control" }, { .name = "broker" } },
		.pool_count = 2,
	};
	char found[CONFIG_TEXT];

	snprintf(config.state, sizeof(config.state), "%s", place);
	if (places[_i].lock != NULL)
		place_write("lock", TEXT(places[_i].lock));
	ck_assert(client_find(&config, places[_i].name, found) ==
	          (places[_i].place != NULL));
	if (places[_i].place != NULL)
		ck_assert_str_eq(found, places[_i].place);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, place_setup, place_teardown);
	tcase_add_loop_test(tc, test_reply_is_put_together, 0, N(replies));
	tcase_add_loop_test(tc, test_bad_reply_is_refused, 0, N(failures));
	tcase_add_loop_test(tc, test_pool_is_found, 0, N(places));
	tcase_add_test(tc, test_reply_without_end_is_not_kept);
	tcase_add_test(tc, test_request_has_path_and_query);
	tcase_add_test(tc, test_nobody_there_is_explained);
	tcase_add_loop_test(tc, test_status_is_a_document, 0, N(documents));
}

UNIT_MAIN("client", add_tests)
