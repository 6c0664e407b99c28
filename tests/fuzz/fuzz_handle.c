/*
 * fuzz_handle.c: any request to the endpoints that are built in.
 *
 * The input is a line each for method, path, query, Content-Type, Accept and
 * Content-Length, then the body.  A header whose line is empty is absent.
 */
/* sources: tests/fuzz/shapes.c */
#include "api/handle.h"
#include "base/err.h"
#include "claim.h"
#include "lines.h"
#include "shapes.h"

#include <cjson/cJSON.h>
#include <string.h>

enum line { METHOD, PATH, QUERY, CONTENT_TYPE, ACCEPT, LENGTH, LINE_COUNT };

static uint64_t
count_phase(void *context, enum mr_phase phase)
{
	uint64_t *time = context;

	CLAIM(phase < MR_PHASE_COUNT);
	return ++*time;
}

static const char *
header(struct mr_string line)
{
	return line.length == 0 ? NULL : line.data;
}

/* The body is a piece of the arena, which mr_handle releases. */
static struct mr_request
request_of(const char *at, const char *end, struct mr_arena *arena)
{
	struct mr_string lines[LINE_COUNT], body;
	char *copy;

	for (enum line i = 0; i < LINE_COUNT; i++)
		lines[i] = take_line(&at, end, arena);
	body.length = (size_t)(end - at);
	body.data = copy = mr_arena_alloc(arena, body.length);
	memcpy(copy, at, body.length);
	return (struct mr_request){
		.method = lines[METHOD].data,
		.path = lines[PATH].data,
		.query = lines[QUERY],
		.body = body,
		.body_piece = body.length,
		.has_length = lines[LENGTH].length > 0,
		.content_type = header(lines[CONTENT_TYPE]),
		.accept = header(lines[ACCEPT]),
		.request_id = "fuzz",
		.enter = count_phase,
	};
}

static const char *
text_of(const cJSON *problem, const char *name)
{
	const char *text = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(problem, name));

	CLAIM(text != NULL);
	return text;
}

static void
claim_problem(const struct mr_reply *reply)
{
	cJSON *problem =
	    cJSON_ParseWithLength(reply->body.data, reply->body.length);
	const char *type;

	CLAIM(problem != NULL);
	CLAIM(strcmp(reply->content_type, MR_PROBLEM_TYPE) == 0);
	CLAIM(cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(
	          problem, "status")) == reply->status);
	type = text_of(problem, "type");
	CLAIM(strstr(type, "urn:millrace:problem:") == type);
	CLAIM(strcmp(text_of(problem, "title"), mr_err_title(reply->err)) == 0);
	CLAIM(strcmp(text_of(problem, "request_id"), "fuzz") == 0);
	CLAIM(*text_of(problem, "detail") != '\0');
	text_of(problem, "instance");
	CLAIM(cJSON_HasObjectItem(problem, "errors") ==
	      (reply->err == MR_INVALID));
	CLAIM(cJSON_HasObjectItem(problem, "offset") ==
	      (reply->err == MR_SYNTAX));
	cJSON_Delete(problem);
}

static void
claim_headers(const struct mr_reply *reply)
{
	bool allows = false;

	CLAIM(reply->header_count <= MR_HEADERS_MAX);
	for (size_t i = 0; i < reply->header_count; i++) {
		CLAIM(strpbrk(reply->headers[i].value, "\r\n") == NULL);
		allows |= strcmp(reply->headers[i].name, "Allow") == 0;
	}
	CLAIM(allows == (reply->status == 405 || reply->status == 204));
}

/* Nothing that the client sends is the server's fault. */
static void
claim_reply(const struct mr_request *request, const struct mr_reply *reply,
            struct mr_arena *arena)
{
	CLAIM(reply->status < 500);
	CLAIM((unsigned)reply->err < MR_ERR_COUNT);
	CLAIM(reply->status == mr_err_status(reply->err) ||
	      (reply->status == 204 && reply->err == MR_OK));
	CLAIM(reply->entered[MR_PHASE_DONE] > 0);
	claim_headers(reply);
	if (reply->status == 204) {
		CLAIM(strcmp(request->method, "OPTIONS") == 0);
		CLAIM(reply->content_type == NULL && reply->body.length == 0);
		return;
	}
	fuzz_claim_json(reply->body.data, reply->body.length, arena);
	if (reply->err != MR_OK)
		claim_problem(reply);
	else
		CLAIM(strcmp(reply->content_type, "application/json") == 0);
}

static struct mr_registry *
builtin(struct mr_arena *arena)
{
	struct mr_registry *registry = mr_registry_new();
	struct mr_buffer complaints = { .arena = arena };

	CLAIM(mr_registry_add_builtin(registry, &complaints));
	CLAIM(complaints.length == 0);
	return registry;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct mr_arena *arena;
	static struct mr_registry *registry;
	struct mr_request request;
	struct mr_reply reply;
	uint64_t time = 0;

	if (registry == NULL) {
		arena = mr_arena_new();
		registry = builtin(arena);
	}
	request = request_of((const char *)data, (const char *)data + size,
	                     arena);
	request.context = &time;
	mr_handle(registry, &request, &reply, arena);
	claim_reply(&request, &reply, arena);
	mr_arena_reset(arena);
	return 0;
}
