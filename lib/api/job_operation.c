/*
 * job_operation.c: what a document says of jobs, by tables.
 */
#include "api/job_operation.h"

#include "api/job_headers.h"
#include "api/job_query.h"
#include "api/job_view.h"
#include "api/operation.h"
#include "schema/describe.h"

#include <string.h>

#define JOB "Job"
#define LIST "JobList"

enum { CAN_MISS = 1, CAN_CONFLICT = 2, CAN_WAIT = 4, CAN_STREAM = 8 };

struct operation {
	const char *path, *method, *name, *summary, *description;
	int cans;
	const char *result; /* description of the 200 */
	const char *schema; /* of it, as JSON is; NULL: of its own */
	struct {
		const char *status, *description;
		const char *schema;         /* NULL: no body */
		const char *const *headers; /* beside those of all */
	} more[2];
};

/* Of the 202 that has a job. */
static const char *const job_headers[] = { "Location", "Preference-Applied",
	                                   NULL };

static const struct operation operations[] = {
	{ MR_JOB_PATH, "get", "listJobs", "Jobs, the newest first",
	  "A page of them. Where there are older ones, `next` is what `after` "
	  "has to be for the next page, and a `Link` with `rel=\"next\"` has "
	  "its path.",
	  0, "The jobs.", LIST, { { NULL } } },
	{ MR_JOB_PATH "/{id}", "get", "getJob", "A job as it is now",
	  "Its state, progress, times and attempts, and how its last attempt "
	  "ended if it ended badly.",
	  CAN_MISS, "The job.", JOB, { { NULL } } },
	{ MR_JOB_PATH "/{id}", "delete", "cancelJob", "Cancel a job",
	  "One that nobody runs is cancelled at once. One that runs is told "
	  "to end, and ended by force if it does not; until then it stays "
	  "`running`.",
	  CAN_MISS | CAN_CONFLICT, "The job, which is cancelled.", JOB,
	  { { "202", "The job, which was told to end.", JOB, NULL } } },
	{ MR_JOB_PATH "/{id}/result", "get", "getJobResult",
	  "The result of a job",
	  "Exactly what the call would have been answered if it had not "
	  "become a job: that status, that type and that body. 409 before "
	  "there is any; with `Prefer: wait=N` it is waited for.",
	  CAN_MISS | CAN_CONFLICT | CAN_WAIT, "What the call answered.", NULL,
	  { { "202", "The job, which came to no end while the client waited.",
	      JOB, job_headers } } },
	{ MR_JOB_PATH "/{id}/events", "get", "getJobEvents",
	  "A job as it goes on",
	  "Server-sent events: `state` for each change of its state, with a "
	  "number for an id, and `progress`; the data of each is a job. After "
	  "the last one the stream ends. With `Last-Event-ID` it goes on "
	  "behind that one. As a WebSocket, on upgrade, the same data come as "
	  "text messages.",
	  CAN_MISS | CAN_STREAM, "The events.", NULL,
	  { { "101", "The same as a WebSocket.", NULL, NULL },
	    { "204", "There is nothing behind the last event.", NULL, NULL } } },
};

#define N(table) (sizeof(table) / sizeof((table)[0]))

bool
mr_job_operation_is(const char *name)
{
	for (size_t i = 0; i < N(operations); i++)
		if (strcmp(operations[i].name, name) == 0)
			return true;
	return false;
}

static bool
answers(const void *what, enum mr_err err)
{
	const struct operation *operation = what;

	switch (err) {
	case MR_NOT_FOUND:
		return (operation->cans & CAN_MISS) != 0;
	case MR_CONFLICT:
		return (operation->cans & CAN_CONFLICT) != 0;
	case MR_SYNTAX:
	case MR_URI_TOO_LONG:
	case MR_INVALID: /* a parameter that does not exist */
	case MR_HEADERS_TOO_LARGE:
	case MR_INTERNAL:
	case MR_GATEWAY:
	case MR_BUSY:
	case MR_STORAGE:
	case MR_DEADLINE:
	case MR_MEMORY:
		return true;
	default:
		return false;
	}
}

bool
mr_job_operation_answers(enum mr_err err)
{
	for (size_t i = 0; i < N(operations); i++)
		if (answers(&operations[i], err))
			return true;
	return false;
}

/* Parameters. */

#define WAIT_KEY "Prefer-Wait"

#define DIGITS_OF(number) #number
#define DIGITS(number) DIGITS_OF(number)

/* What job_headers.c reads, as regular expressions, in a string of JSON. */
#define KEY_LENGTH "{1," DIGITS(MR_JOB_HEADERS_KEY) "}"
#define KEY                                                                    \
	"(\\\"([ !#-\\\\[\\\\]-~]|\\\\\\\\[\\\"\\\\\\\\])" KEY_LENGTH "\\\"|"  \
	"[!#-+.-:<-\\\\[\\\\]-~-]" KEY_LENGTH ")"
#define YEAR "(19[7-9]|[2-9][0-9][0-9])[0-9]"
#define DAY "(0[1-9]|[12][0-9]|3[01])"
#define HOUR "([01][0-9]|2[0-3])"
#define CLOCK HOUR ":[0-5][0-9]:([0-5][0-9]|60)"
#define RFC3339                                                                \
	YEAR "-(0[1-9]|1[0-2])-" DAY "[Tt]" CLOCK "([.][0-9]+)?"               \
	     "([Zz]|[+-]" HOUR ":[0-5][0-9])"
#define FIXDATE                                                                \
	"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), " DAY                                  \
	" (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) " YEAR " " CLOCK   \
	" GMT"

static const struct {
	const char *key; /* in the document; NULL: the name */
	const char *name, *text, *schema;
	bool of_call; /* of each call that can become a job */
} headers[] = {
	{ NULL, "Prefer",
	  "`respond-async`: the call becomes a job. `wait=N`: likewise, but "
	  "its result is waited for, for N seconds at most (RFC 7240).",
	  "{\"type\":\"string\",\"examples\":[\"respond-async, wait=10\"]}",
	  true },
	{ NULL, "Idempotency-Key",
	  "Of a job: the same call with the same key is the same job, however "
	  "often it is sent. 1 to " DIGITS(MR_JOB_HEADERS_KEY)
	  " visible characters, in double quotes.",
	  "{\"type\":\"string\",\"pattern\":\"^" KEY "$\","
	  "\"examples\":[\"\\\"8e03978e-40d5-43e8-bc93-6894a57f9324\\\"\"]}",
	  true },
	{ NULL, "Priority",
	  "Of a job: `u=0`, at once, to `u=7` (RFC 9218); without it `u=3`.",
	  "{\"type\":\"string\",\"examples\":[\"u=5\"]}", true },
	{ NULL, "Job-Run-At",
	  "Of a job: when it may run, as RFC 3339 or HTTP writes times.",
	  "{\"type\":\"string\",\"anyOf\":["
	  "{\"format\":\"date-time\",\"pattern\":\"^" RFC3339 "$\"},"
	  "{\"pattern\":\"^" FIXDATE "$\"}],"
	  "\"examples\":[\"2030-01-31T12:00:00Z\"]}",
	  true },
	{ NULL, "Job-Attempts",
	  "Of a job: how many of its attempts may fail by a crash or a limit "
	  "until it is given up.",
	  "{\"type\":\"integer\",\"minimum\":1,"
	  "\"maximum\":" DIGITS(MR_JOB_HEADERS_ATTEMPTS) "}",
	  true },
	{ NULL, "Last-Event-ID", "The last event that the client has seen.",
	  "{\"type\":\"string\"}", false },
	{ WAIT_KEY, "Prefer",
	  "`wait=N`: the result is waited for, for N seconds at most (RFC "
	  "7240).",
	  "{\"type\":\"string\",\"examples\":[\"wait=10\"]}", false },
};

static void
describe_parameter(const char *name, const char *in, const char *text,
                   struct mr_document *parameter)
{
	mr_document_string(parameter, "name", name);
	mr_document_string(parameter, "in", in);
	mr_document_string(parameter, "description", text);
}

void
mr_job_operation_describe_parameters(struct mr_document *parameters)
{
	struct mr_document *parameter;

	for (size_t i = 0; i < N(headers); i++) {
		parameter = mr_document_object(
		    parameters, headers[i].key == NULL ? headers[i].name
		                                       : headers[i].key);
		describe_parameter(headers[i].name, "header", headers[i].text,
		                   parameter);
		mr_document_literal(parameter, "schema", headers[i].schema);
	}
	parameter = mr_document_object(parameters, "JobId");
	describe_parameter("id", "path", "The id of a job.", parameter);
	mr_document_literal(parameter, "required", "true");
	mr_document_literal(parameter, "schema",
	                    "{\"type\":\"string\",\"format\":\"uuid\"}");
}

static void
refer_parameter(struct mr_document *parameters, const char *name)
{
	mr_operation_refer(mr_document_object(parameters, NULL), "parameters",
	                   name);
}

void
mr_job_operation_add_parameters(struct mr_document *parameters)
{
	for (size_t i = 0; i < N(headers); i++)
		if (headers[i].of_call)
			refer_parameter(parameters, headers[i].name);
}

static void
describe_query(struct mr_document *parameters, struct mr_arena *arena)
{
	for (size_t i = 0; i < mr_job_query_shape.count; i++)
		mr_operation_add_query(&mr_job_query_shape.fields[i], arena,
		                       parameters);
}

static void
describe_parameters(const struct operation *operation, struct mr_arena *arena,
                    struct mr_document *to)
{
	struct mr_document *parameters = mr_document_array(to, "parameters");

	if ((operation->cans & CAN_MISS) != 0)
		refer_parameter(parameters, "JobId");
	else
		describe_query(parameters, arena);
	if ((operation->cans & CAN_WAIT) != 0)
		refer_parameter(parameters, WAIT_KEY);
	if ((operation->cans & CAN_STREAM) != 0)
		refer_parameter(parameters, "Last-Event-ID");
}

/* Responses. */

static void
describe_content(const char *schema, struct mr_document *response)
{
	struct mr_document *content = mr_document_object(response, "content");
	struct mr_document *media =
	    mr_document_object(content, "application/json");

	mr_operation_refer(mr_document_object(media, "schema"), "schemas",
	                   schema);
}

/* Of what has no schema of its own: anything, or a stream of events. */
static void
describe_other(const struct operation *operation,
               struct mr_document *response)
{
	struct mr_document *content = mr_document_object(response, "content");
	bool stream = (operation->cans & CAN_STREAM) != 0;
	struct mr_document *media = mr_document_object(
	    content, stream ? "text/event-stream" : "*/*");

	mr_document_literal(media, "schema", "{}");
}

static void
describe_result(const struct operation *operation,
                struct mr_document *responses)
{
	struct mr_document *response = mr_document_object(responses, "200");

	mr_document_string(response, "description", operation->result);
	if ((operation->cans & CAN_STREAM) == 0)
		mr_operation_add_headers(response, NULL);
	if (operation->schema != NULL)
		describe_content(operation->schema, response);
	else
		describe_other(operation, response);
}

static void
describe_more(const struct operation *operation, struct mr_document *responses)
{
	struct mr_document *response;

	for (size_t i = 0; i < N(operation->more); i++) {
		if (operation->more[i].status == NULL)
			return;
		response = mr_document_object(responses,
		                              operation->more[i].status);
		mr_document_string(response, "description",
		                   operation->more[i].description);
		if (operation->more[i].schema == NULL)
			continue;
		mr_operation_add_headers(response, operation->more[i].headers);
		describe_content(operation->more[i].schema, response);
	}
}

static void
describe_responses(const struct operation *operation, struct mr_document *to)
{
	struct mr_document *responses = mr_document_object(to, "responses");

	describe_result(operation, responses);
	describe_more(operation, responses);
	mr_operation_refer_problems(responses, answers, operation);
}

void
mr_job_operation_describe_paths(struct mr_document *paths,
                                struct mr_arena *arena)
{
	const struct operation *operation = operations;
	struct mr_document *item = NULL, *node;

	for (size_t i = 0; i < N(operations); i++, operation++) {
		if (i == 0 || strcmp(operation[-1].path, operation->path) != 0)
			item = mr_document_object(paths, operation->path);
		node = mr_document_object(item, operation->method);
		mr_document_string(node, "operationId", operation->name);
		mr_document_string(node, "summary", operation->summary);
		mr_document_string(node, "description",
		                   operation->description);
		mr_document_string(mr_document_array(node, "tags"), NULL,
		                   MR_JOB_TAG);
		describe_parameters(operation, arena, node);
		describe_responses(operation, node);
	}
}

/* Components. */

void
mr_job_operation_describe_schemas(struct mr_document *schemas,
                                  struct mr_arena *arena)
{
	mr_describe_shape(&mr_job_view_shape, MR_ROLE_RESULT, arena,
	                  mr_document_object(schemas, JOB));
	mr_describe_shape(&mr_job_list_shape, MR_ROLE_RESULT, arena,
	                  mr_document_object(schemas, LIST));
}

/* From the job that was accepted to the operations that have its id. */
static void
describe_links(struct mr_document *response)
{
	struct mr_document *links = mr_document_object(response, "links");
	struct mr_document *link, *parameters;

	for (size_t i = 0; i < N(operations); i++) {
		if ((operations[i].cans & CAN_MISS) == 0)
			continue;
		link = mr_document_object(links, operations[i].name);
		mr_document_string(link, "operationId", operations[i].name);
		parameters = mr_document_object(link, "parameters");
		mr_document_string(parameters, "id", "$response.body#/id");
	}
}

void
mr_job_operation_describe_accepted(struct mr_document *responses)
{
	struct mr_document *response = mr_document_object(responses, "202");

	mr_document_string(response, "description",
	                   "The call is a job, and stored; or this "
	                   "Idempotency-Key already has one, which may have "
	                   "come to its end.");
	mr_operation_add_headers(response, job_headers);
	describe_content(JOB, response);
	describe_links(response);
}
