/*
 * check_handle.c: whole requests to whole replies, over endpoints that are
 * declared here as the author of a module would.
 */
#include "api/handle.h"

#include "base/err.h"
#include "compute/process_numbers.h"
#include "schema/npy.h"
#include "unit.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>

/* POST /scale takes a body and a query parameter; GET /scale, the query. */

struct scale_in {
	double x;
	int64_t times;
};
struct scale_out {
	double product;
};

static enum mr_err
scale(mr_call *call, const struct scale_in *in, struct scale_out *out)
{
	(void)call;
	out->product = in->x * (double)in->times;
	return MR_OK;
}

static const struct mr_field scale_in[] = {
	MR_PARAM(struct scale_in, x, "factor", MR_RANGE(-1e308, 1e308)),
	MR_OPTIONAL(struct scale_in, times, "factor", MR_RANGE(1, 1000), "2",
	            .in_query = true),
};
static const struct mr_field scale_out[] = {
	MR_RESULT(struct scale_out, product, "product"),
};
MR_ENDPOINT(scale, MR_POST, "/scale", "Product");

struct greet_in {
	struct mr_string name;
};
struct greet_out {
	struct mr_string name;
};

static enum mr_err
greet(mr_call *call, const struct greet_in *in, struct greet_out *out)
{
	(void)call;
	out->name = in->name;
	if (in->name.length == 3) /* cuts the last character if it is long */
		out->name.length--;
	return MR_OK;
}

static const struct mr_field greet_in[] = {
	MR_PARAM(struct greet_in, name, "name", MR_LENGTH(1, 10)),
};
static const struct mr_field greet_out[] = {
	MR_RESULT(struct greet_out, name, "name"),
};
MR_ENDPOINT(greet, MR_GET, "/scale", "Name");

/* GET /end ends as it is told to. */

struct end_in {
	int64_t err;
};
MR_NOTHING(end_out);

static enum mr_err
end(mr_call *call, const struct end_in *in, struct end_out *out)
{
	(void)out;
	if (in->err == 100)
		return mr_refuse(call, "row %d is \"all\" zeros", 3);
	if (in->err == 101)
		return mr_alloc(call, SIZE_MAX / 4) == NULL ? MR_MEMORY : MR_OK;
	return (enum mr_err)in->err;
}

static const struct mr_field end_in[] = {
	MR_PARAM(struct end_in, err, "how to end", MR_RANGE(-1, 1000000)),
};
MR_ENDPOINT(end, MR_GET, "/end", "Ends");

/* POST /ping has no input; its output is untouched. */

MR_NOTHING(ping_in);
struct ping_out {
	bool alive;
};

static enum mr_err
ping(mr_call *call, const struct ping_in *in, struct ping_out *out)
{
	(void)call;
	(void)in;
	(void)out;
	return MR_OK;
}

static const struct mr_field ping_out[] = {
	MR_RESULT(struct ping_out, alive, "false"),
};
MR_ENDPOINT(ping, MR_POST, "/ping", "Nothing");

/* POST /echo gives its input back; whether it lies in the body, it sees. */

struct echo_in {
	struct mr_doubles numbers;
};
struct echo_out {
	struct mr_doubles numbers;
};

static const double *echoed;

static enum mr_err
echo(mr_call *call, const struct echo_in *in, struct echo_out *out)
{
	(void)call;
	echoed = in->numbers.data;
	out->numbers = in->numbers;
	return MR_OK;
}

static const struct mr_field echo_in[] = {
	MR_PARAM(struct echo_in, numbers, "any",
	         MR_ITEMS(0, 100000, -INFINITY, INFINITY)),
};
static const struct mr_field echo_out[] = {
	MR_RESULT(struct echo_out, numbers, "as they came"),
};
MR_ENDPOINT(echo, MR_POST, "/echo", "Numbers");

/* GET /powers divides by zero if it is told to. */

struct powers_in {
	double base;
};
struct powers_out {
	struct mr_doubles powers;
};

static enum mr_err
powers(mr_call *call, const struct powers_in *in, struct powers_out *out)
{
	double *to = mr_alloc(call, 3 * sizeof(*to));

	if (to == NULL)
		return MR_MEMORY;
	for (int i = 0; i < 3; i++)
		to[i] = pow(in->base, i - 1);
	out->powers = (struct mr_doubles){ to, 3 };
	return MR_OK;
}

static const struct mr_field powers_in[] = {
	MR_PARAM(struct powers_in, base, "any", MR_RANGE(-9, 9)),
};
static const struct mr_field powers_out[] = {
	MR_RESULT(struct powers_out, powers, "-1, 0 and 1"),
};
MR_ENDPOINT(powers, MR_GET, "/powers", "Powers");

/* The harness. */

struct trace {
	enum mr_phase phases[32];
	size_t count;
};

static struct mr_registry *registry;
static struct mr_request request;
static struct mr_reply reply;
static struct trace trace;

static uint64_t
enter(void *context, enum mr_phase phase)
{
	struct trace *own = context;

	ck_assert_uint_lt(own->count, N(own->phases));
	own->phases[own->count++] = phase;
	return 1000 + own->count;
}

static void
begin(void)
{
	static const struct mr_endpoint *const own[] = {
		&mr_endpoint_scale, &mr_endpoint_greet, &mr_endpoint_end,
		&mr_endpoint_ping,  &mr_endpoint_echo,  &mr_endpoint_powers,
	};
	struct mr_buffer complaints = { .arena = arena };

	registry = mr_registry_new();
	for (size_t i = 0; i < N(own); i++)
		ck_assert(mr_registry_add(registry, own[i], &complaints));
	ck_assert(mr_registry_add_builtin(registry, &complaints));
	trace = (struct trace){ .count = 0 };
	request = (struct mr_request){ .method = "GET",
		                       .path = "/end",
		                       .query = { "", 0 },
		                       .body = { "", 0 },
		                       .request_id = "id-1",
		                       .enter = enter,
		                       .context = &trace };
}

static void
finish(void)
{
	mr_registry_free(registry);
}

static void
get(const char *path, const char *query)
{
	request.method = "GET";
	request.path = path;
	request.query = TEXT(query);
	mr_handle(registry, &request, &reply, arena);
}

static void
post(const char *path, const char *body)
{
	request.method = "POST";
	request.path = path;
	request.body = TEXT(body);
	request.has_length = true;
	request.content_type = "application/json";
	mr_handle(registry, &request, &reply, arena);
}

static void
assert_body(const char *body)
{
	ck_assert_int_eq(reply.status, 200);
	ck_assert_int_eq(reply.err, MR_OK);
	ck_assert_pstr_eq(reply.content_type, "application/json");
	ck_assert_uint_eq(reply.body.length, strlen(body));
	ck_assert_mem_eq(reply.body.data, body, reply.body.length);
}

static cJSON *
problem(void)
{
	cJSON *document;

	ck_assert_pstr_eq(reply.content_type, "application/problem+json");
	document = cJSON_ParseWithLength(reply.body.data, reply.body.length);
	ck_assert(cJSON_IsObject(document));
	return document;
}

static const char *
detail(void)
{
	cJSON *document = problem();
	const char *text = cJSON_GetStringValue(
	    cJSON_GetObjectItem(document, "detail"));

	if (text != NULL)
		text = mr_arena_copy(arena, text, strlen(text));
	cJSON_Delete(document);
	return text;
}

/* Every way to end.  A body of "" is none; lengths are said unless no_length. */
static const struct {
	const char *method, *path, *query, *body, *content_type, *accept;
	bool no_length;
	enum mr_err err;
	const char *detail; /* how it begins; NULL: it has none */
} refusals[] = {
	/* Routing. */
	{ "GET", "/none", "", "", NULL, NULL, false, MR_NOT_FOUND, "" },
	{ "POST", "/scale/", "", "", NULL, NULL, false, MR_NOT_FOUND, "" },
	{ "GET", "", "", "", NULL, NULL, false, MR_NOT_FOUND, "" },
	{ "OPTIONS", "/none", "", "", NULL, NULL, false, MR_NOT_FOUND, "" },
	{ "PUT", "/none", "", "", NULL, NULL, false, MR_NOT_FOUND, "" },
	{ "PUT", "/scale", "", "", NULL, NULL, false, MR_METHOD,
	  "This path answers to GET, HEAD, POST, OPTIONS" },
	{ "get", "/end", "", "", NULL, NULL, false, MR_METHOD,
	  "This path answers to GET, HEAD, OPTIONS" },
	{ "POST", "/end", "", "", NULL, NULL, false, MR_METHOD, "" },
	{ "GET", "/ping", "", "", NULL, NULL, false, MR_METHOD,
	  "This path answers to POST, OPTIONS" },
	{ "HEAD", "/ping", "", "", NULL, NULL, false, MR_METHOD, "" },
	{ "", "/ping", "", "", NULL, NULL, false, MR_METHOD, "" },
	/* Negotiation. */
	{ "GET", "/end", "err=0", "", NULL, "text/html", false,
	  MR_NOT_ACCEPTABLE, "This endpoint answers with application/json in UTF-8" },
	{ "POST", "/scale", "", "{\"x\":1}", "application/json",
	  "application/json;q=0", false, MR_NOT_ACCEPTABLE, "" },
	{ "POST", "/scale", "", "", NULL, NULL, true, MR_LENGTH_REQUIRED, "" },
	{ "POST", "/scale", "", "{\"x\":1}", "text/plain", NULL, false,
	  MR_MEDIA_TYPE, "The body should be application/json in UTF-8" },
	/* Malformed. */
	{ "GET", "/end", "err=%4", "", NULL, NULL, false, MR_SYNTAX,
	  "Query string, byte 4: " },
	{ "POST", "/scale", "", "{\"x\":1", "application/json", NULL, false,
	  MR_SYNTAX, "Body, byte 6: " },
	/* Unfit. */
	{ "GET", "/end", "", "", NULL, NULL, false, MR_INVALID,
	  "1 fault in the input" },
	{ "POST", "/scale", "times=0", "{\"y\":1}", "application/json", NULL,
	  false, MR_INVALID, "3 faults in the input" },
	/* How the function ends. */
	{ "GET", "/end", "err=100", "", NULL, NULL, false, MR_DOMAIN,
	  "row 3 is \"all\" zeros" },
	{ "GET", "/end", "err=15", "", NULL, NULL, false, MR_DOMAIN, NULL },
	{ "GET", "/end", "err=101", "", NULL, NULL, false, MR_MEMORY, NULL },
	{ "GET", "/end", "err=24", "", NULL, NULL, false, MR_BUSY, NULL },
	{ "GET", "/end", "err=22", "", NULL, NULL, false, MR_UNSUPPORTED,
	  NULL },
	{ "GET", "/end", "err=30", "", NULL, NULL, false, MR_RESULT,
	  "The function returned an unknown error, 30" },
	{ "GET", "/end", "err=-1", "", NULL, NULL, false, MR_RESULT,
	  "The function returned an unknown error, -1" },
	{ "GET", "/end", "err=999999", "", NULL, NULL, false, MR_RESULT,
	  "The function returned an unknown error, 999999" },
	{ "POST", "/scale", "times=1000", "{\"x\":1e308}", "application/json",
	  NULL, false, MR_RESULT, "The result product cannot be written" },
	{ "GET", "/scale", "name=a%C3%A9", "", NULL, NULL, false, MR_RESULT,
	  "The result name cannot be written" },
	{ "GET", "/powers", "base=0", "", NULL, "application/x-npy", false,
	  MR_RESULT,
	  "The result powers[0] cannot be written as application/x-npy" },
	{ "GET", "/sum-squares", "a=3037000500", "", NULL, NULL, false,
	  MR_DOMAIN, "The sum of squares is larger than" },
};

static void
send_refused(int row)
{
	request.method = refusals[row].method;
	request.path = refusals[row].path;
	request.query = TEXT(refusals[row].query);
	request.body = TEXT(refusals[row].body);
	request.content_type = refusals[row].content_type;
	request.accept = refusals[row].accept;
	request.has_length = !refusals[row].no_length;
	mr_handle(registry, &request, &reply, arena);
}

START_TEST(test_refusal_is_a_problem_document)
{
	const char *expected = refusals[_i].detail, *told;
	cJSON *document;
	char slug[MR_ERR_SLUG], type[64];

	send_refused(_i);
	ck_assert_int_eq(reply.err, refusals[_i].err);
	ck_assert_int_eq(reply.status, mr_err_status(refusals[_i].err));
	document = problem();
	mr_err_slug(refusals[_i].err, slug);
	snprintf(type, sizeof(type), "urn:millrace:problem:%s", slug);
	ck_assert_pstr_eq(
	    cJSON_GetStringValue(cJSON_GetObjectItem(document, "type")), type);
	ck_assert_pstr_eq(
	    cJSON_GetStringValue(cJSON_GetObjectItem(document, "title")),
	    mr_err_title(refusals[_i].err));
	ck_assert_int_eq(cJSON_GetObjectItem(document, "status")->valueint,
	                 reply.status);
	ck_assert_pstr_eq(
	    cJSON_GetStringValue(cJSON_GetObjectItem(document, "instance")),
	    refusals[_i].path);
	ck_assert_pstr_eq(
	    cJSON_GetStringValue(cJSON_GetObjectItem(document, "request_id")),
	    "id-1");
	ck_assert_int_eq(cJSON_HasObjectItem(document, "offset"),
	                 reply.err == MR_SYNTAX);
	ck_assert_int_eq(cJSON_HasObjectItem(document, "errors"),
	                 reply.err == MR_INVALID);
	told = cJSON_GetStringValue(cJSON_GetObjectItem(document, "detail"));
	if (expected == NULL)
		ck_assert_ptr_null(told);
	else
		ck_assert_msg(told != NULL &&
		                  strncmp(told, expected, strlen(expected)) == 0,
		              "%s", told);
	cJSON_Delete(document);
}
END_TEST

/* The phases that a refusal went through, by the digit, and those alone. */
static const char *
phases_of(enum mr_err err)
{
	switch (err) {
	case MR_SYNTAX:
	case MR_INVALID:
		return "03";
	case MR_DOMAIN:
	case MR_MEMORY:
	case MR_BUSY:
	case MR_UNSUPPORTED:
		return "013";
	default:
		return "3";
	}
}

static void
assert_phases(const char *phases)
{
	ck_assert_uint_eq(trace.count, strlen(phases));
	for (size_t i = 0; i < trace.count; i++)
		ck_assert_int_eq(trace.phases[i], phases[i] - '0');
	for (int phase = 0; phase < MR_PHASE_COUNT; phase++) {
		const char *place = strchr(phases, '0' + phase);

		ck_assert_uint_eq(reply.entered[phase],
		                  place == NULL
		                      ? 0
		                      : 1001 + (uint64_t)(place - phases));
	}
}

START_TEST(test_refusal_enters_the_phases_that_it_reached)
{
	send_refused(_i);
	if (reply.err != MR_RESULT)
		assert_phases(phases_of(reply.err));
	else if (strstr(detail(), "unknown error") != NULL)
		assert_phases("013");
	else
		assert_phases("0123");
}
END_TEST

START_TEST(test_refusal_names_its_endpoint)
{
	send_refused(_i);
	if (reply.err == MR_NOT_FOUND)
		ck_assert_ptr_null(reply.endpoint);
	else
		ck_assert_pstr_eq(reply.endpoint->path, refusals[_i].path);
	if (reply.err != MR_NOT_FOUND && reply.err != MR_METHOD)
		ck_assert_pstr_eq(mr_method_name(reply.endpoint->method),
		                  refusals[_i].method);
}
END_TEST

/* Allow with 405, Retry-After with 503, Vary where there is a choice. */
START_TEST(test_refusal_has_the_headers_of_its_status)
{
	send_refused(_i);
	if (reply.status == 405) {
		ck_assert_uint_eq(reply.header_count, 1);
		ck_assert_pstr_eq(reply.headers[0].name, "Allow");
	} else if (reply.status == 503) {
		ck_assert_uint_eq(reply.header_count, 1);
		ck_assert_pstr_eq(reply.headers[0].name, "Retry-After");
		ck_assert_pstr_eq(reply.headers[0].value, MR_RETRY_AFTER);
	} else if (reply.endpoint == &mr_endpoint_powers) {
		ck_assert_uint_eq(reply.header_count, 1);
		ck_assert_pstr_eq(reply.headers[0].name, "Vary");
	} else {
		ck_assert_uint_eq(reply.header_count, 0);
	}
}
END_TEST

START_TEST(test_refusal_has_no_preamble)
{
	send_refused(_i);
	ck_assert_uint_eq(reply.preamble.length, 0);
	ck_assert_ptr_nonnull(reply.preamble.data);
}
END_TEST

START_TEST(test_success_is_the_result)
{
	request.query = TEXT("times=3");
	post("/scale", "{\"x\":0.5}");
	assert_body("{\"product\":1.5}");
	assert_phases("0123");
	ck_assert_ptr_eq(reply.endpoint, &mr_endpoint_scale);
	ck_assert_uint_eq(reply.header_count, 0);
	ck_assert(!reply.head);
}
END_TEST

START_TEST(test_method_chooses_the_endpoint)
{
	get("/scale", "name=a%20bc");
	assert_body("{\"name\":\"a bc\"}");
	ck_assert_ptr_eq(reply.endpoint, &mr_endpoint_greet);
	request.query = TEXT("");
	post("/scale", "{\"x\":-0.25}");
	assert_body("{\"product\":-0.5}");
	ck_assert_ptr_eq(reply.endpoint, &mr_endpoint_scale);
}
END_TEST

START_TEST(test_function_without_output_answers_an_empty_object)
{
	get("/end", "err=0");
	assert_body("{}");
}
END_TEST

START_TEST(test_function_without_input_needs_no_body)
{
	request.method = "POST";
	request.path = "/ping";
	mr_handle(registry, &request, &reply, arena);
	assert_body("{\"alive\":false}");
	post("/ping", "{}");
	assert_body("{\"alive\":false}");
}
END_TEST

/* HEAD is GET with the header only, whatever comes of it. */
static const struct {
	const char *path, *query;
	int status;
} heads[] = {
	{ "/scale", "name=x", 200 }, { "/scale", "", 422 },
	{ "/scale", "%", 400 },      { "/ping", "", 405 },
	{ "/none", "", 404 },
};

START_TEST(test_head_says_that_only_the_header_is_sent)
{
	request.method = "HEAD";
	request.path = heads[_i].path;
	request.query = TEXT(heads[_i].query);
	mr_handle(registry, &request, &reply, arena);
	ck_assert_int_eq(reply.status, heads[_i].status);
	ck_assert(reply.head);
	ck_assert_uint_gt(reply.body.length, 0); /* for its Content-Length */
	request.method = "GET";
	mr_handle(registry, &request, &reply, arena);
	ck_assert(!reply.head);
}
END_TEST

static const struct {
	const char *path, *allow;
} allows[] = {
	{ "/scale", "GET, HEAD, POST, OPTIONS" },
	{ "/end", "GET, HEAD, OPTIONS" },
	{ "/ping", "POST, OPTIONS" },
	{ "/sum-squares", "GET, HEAD, OPTIONS" },
	{ "/process-numbers", "POST, OPTIONS" },
};

START_TEST(test_options_answers_the_methods_without_a_body)
{
	request.method = "OPTIONS";
	request.path = allows[_i].path;
	request.accept = "text/html";
	mr_handle(registry, &request, &reply, arena);
	ck_assert_int_eq(reply.status, 204);
	ck_assert_int_eq(reply.err, MR_OK);
	ck_assert_ptr_null(reply.content_type);
	ck_assert_uint_eq(reply.body.length, 0);
	ck_assert_uint_eq(reply.header_count, 1);
	ck_assert_pstr_eq(reply.headers[0].name, "Allow");
	ck_assert_pstr_eq(reply.headers[0].value, allows[_i].allow);
	assert_phases("3");
}
END_TEST

START_TEST(test_wrong_method_is_answered_the_methods)
{
	request.method = "DELETE";
	request.path = allows[_i].path;
	mr_handle(registry, &request, &reply, arena);
	ck_assert_int_eq(reply.status, 405);
	ck_assert_uint_eq(reply.header_count, 1);
	ck_assert_pstr_eq(reply.headers[0].name, "Allow");
	ck_assert_pstr_eq(reply.headers[0].value, allows[_i].allow);
}
END_TEST

/* Binary.  Where the input lies in the body, the reply may do so as well. */

static struct mr_string
powers_of_two(void)
{
	const double data[] = { 0.5, 1, 2 };
	const struct mr_npy npy = { .type = MR_NPY_F8,
		                    .dimensions = 1,
		                    .shape = { N(data) } };
	struct mr_buffer file = { .arena = arena };

	mr_npy_write(&npy, &file);
	mr_buffer_append(&file, (const char *)data, sizeof(data));
	return (struct mr_string){ file.data, file.length };
}

static void
assert_npy(struct mr_string file)
{
	ck_assert_int_eq(reply.status, 200);
	ck_assert_pstr_eq(reply.content_type, "application/x-npy");
	ck_assert_uint_eq(reply.preamble.length, MR_NPY_HEADER);
	ck_assert_mem_eq(reply.preamble.data, file.data, MR_NPY_HEADER);
	ck_assert_uint_eq(reply.preamble.length + reply.body.length,
	                  file.length);
	ck_assert_mem_eq(reply.body.data, file.data + MR_NPY_HEADER,
	                 reply.body.length);
	ck_assert_uint_eq(reply.header_count, 1);
	ck_assert_pstr_eq(reply.headers[0].name, "Vary");
	ck_assert_pstr_eq(reply.headers[0].value, "Accept");
	assert_phases("0123");
}

START_TEST(test_array_in_binary_is_not_moved)
{
	struct mr_string file = powers_of_two();

	request.method = "POST";
	request.path = "/echo";
	request.body = file;
	request.body_piece = file.length;
	request.has_length = true;
	request.content_type = request.accept = "application/x-npy";
	mr_handle(registry, &request, &reply, arena);
	assert_npy(file);
	ck_assert_ptr_eq(echoed, file.data + MR_NPY_HEADER);
	ck_assert_ptr_eq(reply.body.data, echoed);
}
END_TEST

START_TEST(test_formats_of_body_and_result_are_independent)
{
	struct mr_string file = powers_of_two();

	request.accept = "application/x-npy";
	post("/echo", "{\"numbers\":[0.5,1,2]}");
	assert_npy(file);
	trace.count = 0;
	request.accept = NULL;
	request.body = file;
	request.content_type = "application/x-npy";
	mr_handle(registry, &request, &reply, arena);
	assert_body("{\"numbers\":[0.5,1,2]}");
	ck_assert_uint_eq(reply.preamble.length, 0);
}
END_TEST

START_TEST(test_get_and_head_answer_in_binary)
{
	struct mr_string file = powers_of_two();

	request.accept = "application/x-npy";
	get("/powers", "base=2");
	assert_npy(file);
	ck_assert(!reply.head);
	trace.count = 0;
	request.method = "HEAD";
	mr_handle(registry, &request, &reply, arena);
	assert_npy(file);
	ck_assert(reply.head);
}
END_TEST

START_TEST(test_instance_is_escaped_and_an_absent_id_left_out)
{
	cJSON *document;

	request.request_id = NULL;
	get("/a b\"\xC3\xA9", "");
	document = problem();
	ck_assert_pstr_eq(
	    cJSON_GetStringValue(cJSON_GetObjectItem(document, "instance")),
	    "/a%20b%22%C3%A9");
	ck_assert(!cJSON_HasObjectItem(document, "request_id"));
	cJSON_Delete(document);
}
END_TEST

static const struct mr_endpoint *routed;

static void
note_routed(void *context, size_t index)
{
	size_t count;

	ck_assert_ptr_eq(context, &trace);
	ck_assert_uint_eq(trace.count, 0);
	ck_assert_ptr_null(routed);
	routed = mr_registry_endpoints(registry, &count)[index];
	ck_assert_uint_lt(index, count);
}

static const struct {
	const char *method, *path;
	const struct mr_endpoint *endpoint; /* NULL: none is told of */
} routes[] = {
	{ "GET", "/scale", &mr_endpoint_greet },
	{ "HEAD", "/scale", &mr_endpoint_greet },
	{ "POST", "/scale", &mr_endpoint_scale },
	{ "POST", "/ping", &mr_endpoint_ping },
	{ "OPTIONS", "/scale", NULL },
	{ "DELETE", "/scale", NULL },
	{ "GET", "/ping", NULL },
	{ "GET", "/none", NULL },
};

START_TEST(test_endpoint_is_told_before_anything_is_done)
{
	routed = NULL;
	request.method = routes[_i].method;
	request.path = routes[_i].path;
	request.routed = note_routed;
	mr_handle(registry, &request, &reply, arena);
	ck_assert_ptr_eq(routed, routes[_i].endpoint);
}
END_TEST

static bool
is_cancelled(void *context)
{
	ck_assert_ptr_eq(context, &trace);
	return true;
}

/* A function that gives up must have been told to. */
START_TEST(test_function_may_give_up_when_its_caller_is_gone)
{
	char query[16];

	snprintf(query, sizeof(query), "err=%d", MR_CANCELLED);
	get("/end", query);
	ck_assert_int_eq(reply.err, MR_RESULT);
	ck_assert_int_eq(reply.status, 500);
	trace.count = 0;
	request.cancelled = is_cancelled;
	get("/end", query);
	ck_assert_int_eq(reply.err, MR_CANCELLED);
	ck_assert_int_eq(reply.status, 499);
	trace.count = 0;
	get("/end", "err=0");
	assert_body("{}");
}
END_TEST

START_TEST(test_reply_problem_fills_a_reply)
{
	const struct mr_problem busy = { .err = MR_BUSY,
		                         .detail = "queue full",
		                         .request_id = "id-2" };
	cJSON *document;

	reply = (struct mr_reply){ .body = { "", 0 } };
	mr_reply_problem(&reply, &busy, arena);
	ck_assert_int_eq(reply.status, 503);
	ck_assert_int_eq(reply.err, MR_BUSY);
	ck_assert_uint_eq(reply.header_count, 1);
	ck_assert_pstr_eq(reply.headers[0].name, "Retry-After");
	ck_assert_pstr_eq(detail(), "queue full");
	document = problem();
	ck_assert(!cJSON_HasObjectItem(document, "instance"));
	cJSON_Delete(document);
}
END_TEST

START_TEST(test_reply_problem_takes_the_place_of_a_binary_reply)
{
	const struct mr_problem internal = { .err = MR_INTERNAL };
	cJSON *document;

	request.accept = "application/x-npy";
	get("/powers", "base=2");
	ck_assert_uint_gt(reply.preamble.length, 0);
	mr_reply_problem(&reply, &internal, arena);
	ck_assert_int_eq(reply.status, 500);
	ck_assert_uint_eq(reply.preamble.length, 0);
	document = problem();
	cJSON_Delete(document);
}
END_TEST

START_TEST(test_requests_do_not_touch_each_other)
{
	for (int i = 0; i < 100; i++) {
		request.query = TEXT("");
		post("/scale", "{\"x\":1}");
		assert_body("{\"product\":2}");
		post("/scale", "{\"x\":");
		ck_assert_int_eq(reply.status, 400);
		get("/none", "");
		ck_assert_ptr_null(reply.endpoint);
		ck_assert_uint_eq(reply.header_count, 0);
		ck_assert_uint_eq(reply.entered[MR_PHASE_DECODE], 0);
		mr_arena_reset(arena);
		trace.count = 0;
	}
}
END_TEST

/* The endpoints that are built in. */
static const struct {
	const char *query, *body;
} sums[] = {
	{ "", "{\"a\":5,\"b\":10,\"sum_of_squares\":125}" },
	{ "a=3&b=4", "{\"a\":3,\"b\":4,\"sum_of_squares\":25}" },
	{ "b=-4", "{\"a\":5,\"b\":-4,\"sum_of_squares\":41}" },
	{ "a=3037000499&b=0",
	  "{\"a\":3037000499,\"b\":0,\"sum_of_squares\":9223372030926249001}" },
};

START_TEST(test_sum_squares_answers)
{
	get("/sum-squares", sums[_i].query);
	assert_body(sums[_i].body);
}
END_TEST

START_TEST(test_process_numbers_answers_as_the_loop)
{
	static const int64_t from[] = { 1, -2, INT64_MAX, INT64_MIN };
	struct mr_buffer expected = { .arena = arena };
	int64_t to[4];

	mr_process_numbers(from, to, 4, 1000);
	mr_buffer_printf(&expected,
	                 "{\"original_count\":4,\"processed_result\":"
	                 "[%lld,%lld,%lld,%lld]}",
	                 (long long)to[0], (long long)to[1], (long long)to[2],
	                 (long long)to[3]);
	mr_buffer_putc(&expected, '\0');
	post("/process-numbers", "{\"numbers\":[1,-2,9223372036854775807,"
	                         "-9223372036854775808]}");
	assert_body(expected.data);
	post("/process-numbers", "{\"numbers\":[]}");
	assert_body("{\"original_count\":0,\"processed_result\":[]}");
	post("/process-numbers", "{\"rounds\":1,\"numbers\":[1,2]}");
	assert_body("{\"original_count\":2,\"processed_result\":[4,6]}");
}
END_TEST

START_TEST(test_headers_stand_in_order_up_to_their_bound)
{
	static const char *const names[] = { "A", "B" };
	struct mr_reply full = { .status = 0 };

	for (size_t i = 0; i < MR_HEADERS_MAX; i++)
		mr_reply_add_header(&full, names[i % 2], "value");
	mr_reply_add_header(&full, "Last", "value");
	ck_assert_uint_eq(full.header_count, MR_HEADERS_MAX);
	for (size_t i = 0; i < MR_HEADERS_MAX; i++)
		ck_assert_str_eq(full.headers[i].name, names[i % 2]);
	ck_assert_str_eq(full.headers[1].value, "value");
	/* What lies behind them stays as it is. */
	ck_assert_ptr_null(full.endpoint);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, finish);
	tcase_add_loop_test(tc, test_refusal_is_a_problem_document, 0,
	                    N(refusals));
	tcase_add_loop_test(tc, test_refusal_enters_the_phases_that_it_reached,
	                    0, N(refusals));
	tcase_add_loop_test(tc, test_refusal_names_its_endpoint, 0, N(refusals));
	tcase_add_loop_test(tc, test_refusal_has_the_headers_of_its_status, 0,
	                    N(refusals));
	tcase_add_loop_test(tc, test_refusal_has_no_preamble, 0, N(refusals));
	tcase_add_test(tc, test_success_is_the_result);
	tcase_add_test(tc, test_method_chooses_the_endpoint);
	tcase_add_test(tc, test_function_without_output_answers_an_empty_object);
	tcase_add_test(tc, test_function_without_input_needs_no_body);
	tcase_add_loop_test(tc, test_head_says_that_only_the_header_is_sent, 0,
	                    N(heads));
	tcase_add_loop_test(tc, test_options_answers_the_methods_without_a_body,
	                    0, N(allows));
	tcase_add_loop_test(tc, test_wrong_method_is_answered_the_methods, 0,
	                    N(allows));
	tcase_add_test(tc, test_array_in_binary_is_not_moved);
	tcase_add_test(tc, test_formats_of_body_and_result_are_independent);
	tcase_add_test(tc, test_get_and_head_answer_in_binary);
	tcase_add_test(tc, test_instance_is_escaped_and_an_absent_id_left_out);
	tcase_add_loop_test(tc, test_endpoint_is_told_before_anything_is_done,
	                    0, N(routes));
	tcase_add_test(tc, test_function_may_give_up_when_its_caller_is_gone);
	tcase_add_test(tc, test_headers_stand_in_order_up_to_their_bound);
	tcase_add_test(tc, test_reply_problem_fills_a_reply);
	tcase_add_test(tc,
	               test_reply_problem_takes_the_place_of_a_binary_reply);
	tcase_add_test(tc, test_requests_do_not_touch_each_other);
	tcase_add_loop_test(tc, test_sum_squares_answers, 0,
	                    N(sums));
	tcase_add_test(tc, test_process_numbers_answers_as_the_loop);
}

UNIT_MAIN("handle", add_tests)
