/*
 * fuzz_handle.c: any request, to the endpoints that are built in and to one
 * for each shape that echoes it, "/echo/a" for the first, "/echo/b", ...
 *
 * The first line of the input has a letter for each of enum part, which picks
 * from the table; where that says NULL, the part is a line of its own.  Then
 * come those lines, one for the query string, and the body.
 */
/* sources: tests/fuzz/decoding.c tests/fuzz/records.c tests/fuzz/shapes.c */
#include "api/call.h"
#include "api/negotiate.h"
#include "base/err.h"
#include "claim.h"
#include "decoding.h"
#include "lines.h"
#include "schema/npy.h"
#include "shapes.h"
#include "tests/unit/deflate.h"

#include <cjson/cJSON.h>

#define BODY_LIMIT 1000 /* bytes, of echoes */
#define CHOICES 8       /* of each part; some stand twice */

enum part { METHOD, PATH, CONTENT_TYPE, ACCEPT, CODING, LENGTH, PART_COUNT };

/* NULL: a line; "": no such header. */
static const char *const choices[PART_COUNT][CHOICES] = {
	[METHOD] = { NULL, "GET", "POST", "HEAD", "OPTIONS", "POST", "POST",
	             "post" },
	[PATH] = { NULL, "/sum-squares", "/process-numbers", "/echo/j",
	           "/echo/h", "/echo/o", "/echo/m", "/echo/n" },
	[CONTENT_TYPE] = { NULL, "", "application/json", "application/x-npy",
	                   "application/octet-stream",
	                   "Application/Vnd.X+Json; charset=\"UTF-8\"",
	                   "application/json;charset=latin1",
	                   "application/octet-stream; x=\";\"" },
	[ACCEPT] = { NULL, "", "application/json", "application/x-npy",
	             "application/octet-stream",
	             "*/*;q=0.1, application/x-npy;q=0.2",
	             "application/*, application/json;q=0.000",
	             "text/html, application/octet-stream;q=.1" },
	[CODING] = { NULL, "", "", "", "gzip", "x-gzip", " identity ",
	             "gzip, gzip" },
	[LENGTH] = { "1", "1", "1", "1", "1", "1", "1", "" },
};

/* Endpoints. */

static size_t
shape_of(const char *path)
{
	return (size_t)(path[strlen("/echo/")] - 'a');
}

static enum mr_err
echo(mr_call *call, const void *in, void *out)
{
	memcpy(out, in, fuzz_shapes[shape_of(call->request->path)].size);
	return MR_OK;
}

static struct mr_endpoint
echo_of(size_t shape, enum mr_method method)
{
	static char paths[26][sizeof("/echo/a")];

	CLAIM(shape < 26);
	snprintf(paths[shape], sizeof(paths[shape]), "/echo/%c",
	         (char)('a' + shape));
	return (struct mr_endpoint){
		/* Each has a name of its own. */
		.name = paths[shape] + (method == MR_GET),
		.function = echo,
		.in = fuzz_shapes[shape],
		.out = fuzz_shapes[shape],
		.method = method,
		.path = paths[shape],
		.summary = "What came in",
		.file = __FILE__,
		.body_limit = BODY_LIMIT,
	};
}

static void
add_echo(struct mr_registry *registry, struct mr_endpoint endpoint,
         struct mr_buffer *complaints)
{
	struct mr_endpoint *kept = malloc(sizeof(*kept));

	CLAIM(kept != NULL);
	*kept = endpoint;
	mr_registry_add(registry, kept, complaints);
}

static struct mr_registry *
new_registry(struct mr_arena *arena)
{
	struct mr_registry *registry = mr_registry_new();
	struct mr_buffer complaints = { .arena = arena };

	mr_registry_add_builtin(registry, &complaints);
	for (size_t i = 0; i < fuzz_shape_count; i++) {
		add_echo(registry, echo_of(i, MR_POST), &complaints);
		if (fuzz_fits_query(&fuzz_shapes[i]))
			add_echo(registry, echo_of(i, MR_GET), &complaints);
	}
	fputs(mr_buffer_text(&complaints), stderr);
	CLAIM(complaints.length == 0);
	return registry;
}

/* Requests. */

/* An input that is being read, and the arena for what is made of it. */
struct source {
	const char *at, *end; /* in the end, the body */
	struct mr_arena *arena;
};

static const char *
take_part(struct source *source, enum part part, char letter)
{
	const char *choice = choices[part][(unsigned char)(letter - 'a') %
	                                   CHOICES];

	return choice != NULL
	           ? choice
	           : take_line(&source->at, source->end, source->arena).data;
}

static const char *
header(const char *value)
{
	return *value == '\0' ? NULL : value;
}

static struct mr_string
plain_body(const struct source *source)
{
	return (struct mr_string){ source->at,
		                   (size_t)(source->end - source->at) };
}

/* The body is a piece of the arena, which mr_handle releases. */
static void
take_body(const struct source *source, struct mr_request *request,
          bool deflate)
{
	struct mr_string body = plain_body(source);
	char *copy;

	if (deflate)
		body = deflated(body, 1, NULL, source->arena);
	copy = mr_arena_alloc(source->arena, body.length);
	memcpy(copy, body.data, body.length);
	request->body = (struct mr_string){ copy, body.length };
	request->body_piece = body.length;
}

static uint64_t
count_phase(void *context, enum mr_phase phase)
{
	uint64_t *time = context;

	CLAIM(phase < MR_PHASE_COUNT);
	return ++*time;
}

/* A body that is to be gzip is deflated here if the letter is a capital. */
static struct mr_request
request_of(struct source *source)
{
	const char *letters = source->at, *parts[PART_COUNT];
	struct mr_request request = { .request_id = "fuzz",
		                      .enter = count_phase };

	source->at += PART_COUNT + 1;
	for (enum part i = 0; i < PART_COUNT; i++)
		parts[i] = take_part(source, i, letters[i] | 0x20);
	request.query =
	    take_line(&source->at, source->end, source->arena);
	request.method = parts[METHOD];
	request.path = parts[PATH];
	request.has_length = header(parts[LENGTH]) != NULL;
	request.content_type = header(parts[CONTENT_TYPE]);
	request.content_encoding = header(parts[CODING]);
	request.accept = header(parts[ACCEPT]);
	take_body(source, &request,
	          mr_content_coding(request.content_encoding) ==
	                  MR_CODING_GZIP &&
	              letters[CODING] < 'a');
	return request;
}

/* Replies. */

static const char *
text_of(const cJSON *problem, const char *name)
{
	const char *text = cJSON_GetStringValue(
	    cJSON_GetObjectItemCaseSensitive(problem, name));

	CLAIM(text != NULL);
	return text;
}

static void
claim_problem(const struct mr_reply *reply, struct mr_arena *arena)
{
	cJSON *problem =
	    cJSON_ParseWithLength(reply->body.data, reply->body.length);
	const char *type;

	CLAIM(fuzz_is_json(reply->body, arena));
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

/* What an endpoint echoes comes back as it was, if it came the same way. */
static void
claim_raw(const struct source *source, const struct mr_request *request,
          const struct mr_reply *reply)
{
	struct mr_string plain = plain_body(source);

	if (reply->endpoint->function != echo ||
	    reply->endpoint->method != MR_POST ||
	    request->content_type == NULL ||
	    !mr_content_is(request->content_type, MR_FORMAT_RAW) ||
	    mr_content_coding(request->content_encoding) != MR_CODING_NONE)
		return;
	CLAIM(reply->body.length == plain.length);
	CLAIM(memcmp(reply->body.data, plain.data, plain.length) == 0);
}

static void
claim_npy(const struct mr_reply *reply, struct mr_arena *arena)
{
	struct mr_buffer whole = { .arena = arena };
	struct mr_npy npy;

	mr_buffer_append(&whole, reply->preamble.data, reply->preamble.length);
	mr_buffer_append(&whole, reply->body.data, reply->body.length);
	CLAIM(mr_npy_read(&npy, (struct mr_string){ whole.data,
	                                            whole.length }) == MR_OK);
	CLAIM(npy.type == MR_NPY_I8 || npy.type == MR_NPY_F8);
	CLAIM(npy.count * npy.size == reply->body.length);
}

static void
claim_json(const struct mr_reply *reply, struct mr_arena *arena)
{
	CLAIM(strcmp(reply->content_type, mr_format_type(MR_FORMAT_JSON)) == 0);
	CLAIM(fuzz_is_json(reply->body, arena));
}

static void
claim_result(const struct source *source, const struct mr_request *request,
             const struct mr_reply *reply)
{
	const char *type = reply->content_type;
	bool is_raw = strcmp(type, mr_format_type(MR_FORMAT_RAW)) == 0;

	CLAIM(mr_accept_weight(request->accept, type) > 0);
	CLAIM(reply->preamble.length == 0 ||
	      strcmp(type, mr_format_type(MR_FORMAT_NPY)) == 0);
	if (is_raw)
		claim_raw(source, request, reply);
	else if (strcmp(type, mr_format_type(MR_FORMAT_NPY)) == 0)
		claim_npy(reply, source->arena);
	else
		claim_json(reply, source->arena);
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
static bool
is_documented(enum mr_err err)
{
	static const enum mr_err errs[] = {
		MR_OK, MR_SYNTAX, MR_NOT_FOUND, MR_METHOD, MR_NOT_ACCEPTABLE,
		MR_LENGTH_REQUIRED, MR_BODY_TOO_LARGE, MR_URI_TOO_LONG,
		MR_MEDIA_TYPE, MR_INVALID, MR_DOMAIN
	};

	for (size_t i = 0; i < sizeof(errs) / sizeof(*errs); i++)
		if (errs[i] == err)
			return true;
	return false;
}

static void
claim_reply(const struct source *source, const struct mr_request *request,
            const struct mr_reply *reply)
{
	CLAIM(is_documented(reply->err));
	CLAIM(reply->status == mr_err_status(reply->err) ||
	      (reply->status == 204 && reply->err == MR_OK));
	CLAIM(reply->entered[MR_PHASE_DONE] > 0);
	claim_headers(reply);
	if (reply->status == 204) {
		CLAIM(strcmp(request->method, "OPTIONS") == 0);
		CLAIM(reply->content_type == NULL && reply->body.length == 0);
	} else if (reply->err == MR_OK) {
		claim_result(source, request, reply);
	} else {
		claim_problem(reply, source->arena);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct mr_arena *arena;
	static struct mr_registry *registry;
	struct source source = { (const char *)data, (const char *)data + size,
		                 NULL };
	struct mr_request request;
	struct mr_reply reply;
	uint64_t time = 0;

	if (registry == NULL) {
		arena = mr_arena_new();
		registry = new_registry(arena);
	}
	if (size <= PART_COUNT)
		return 0;
	source.arena = arena;
	request = request_of(&source);
	request.context = &time;
	mr_handle(registry, &request, &reply, arena);
	claim_reply(&source, &request, &reply);
	mr_arena_reset(arena);
	return 0;
}
