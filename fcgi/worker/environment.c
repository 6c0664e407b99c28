/*
 * environment.c: picking the variables that matter.
 */
#include "fcgi/worker/environment.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

static const struct {
	const char *name; /* with its '=' */
	size_t length, offset;
} wanted[] = {
#define ROW(name, member)                                                      \
	{ name "=", sizeof(name), offsetof(struct environment, member) }
	ROW("REQUEST_METHOD", method),
	ROW("PATH_INFO", path_info),
	ROW("SCRIPT_NAME", script_name),
	ROW("QUERY_STRING", query),
	ROW("CONTENT_TYPE", content_type),
	ROW("CONTENT_LENGTH", content_length),
	ROW("HTTP_ACCEPT", accept),
	ROW("HTTP_CONTENT_ENCODING", content_encoding),
	ROW("HTTP_X_REQUEST_ID", request_id),
	ROW("HTTP_PREFER", prefer),
	ROW("HTTP_PRIORITY", priority),
	ROW("HTTP_IDEMPOTENCY_KEY", idempotency_key),
	ROW("HTTP_JOB_RUN_AT", job_run_at),
	ROW("HTTP_JOB_ATTEMPTS", job_attempts),
	ROW("MILLRACE_ARRIVAL", arrival),
	ROW("MILLRACE_AGE", age),
	ROW("MILLRACE_TICKET", ticket),
#undef ROW
};

void
environment_read(struct environment *environment, char *const *variables)
{
	*environment = (struct environment){ .method = "", .path_info = "",
		.script_name = "", .query = "", .content_length = "",
		.arrival = "",
		.age = "" };
	for (; *variables != NULL; variables++) {
		for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]);
		     i++) {
			if (**variables != *wanted[i].name ||
			    strncmp(*variables, wanted[i].name,
			            wanted[i].length) != 0)
				continue;
			*(const char **)((char *)environment +
			                 wanted[i].offset) =
			    *variables + wanted[i].length;
			break;
		}
	}
	/* The CGI way of saying that a header is absent. */
	if (environment->content_type != NULL &&
	    *environment->content_type == '\0')
		environment->content_type = NULL;
}

/* False when it is not a number; SIZE_MAX when it is too large for one. */
static bool
parse_length(const char *at, size_t *length)
{
	*length = 0;
	for (; *at >= '0' && *at <= '9'; at++)
		*length = *length > (SIZE_MAX - 9) / 10
		              ? SIZE_MAX
		              : *length * 10 + (size_t)(*at - '0');
	return *at == '\0';
}

bool
environment_admit(const struct environment *environment, size_t limit,
                  struct mr_request *request, struct mr_problem *problem)
{
	const char *text = environment->content_length;

	request->has_length = *text != '\0';
	if (!parse_length(text, &request->body.length)) {
		problem->err = MR_SYNTAX;
		problem->detail = "Content-Length is no number";
	} else if (request->body.length > limit) {
		problem->err = MR_BODY_TOO_LARGE;
		problem->detail = "No endpoint takes a body of that size";
	} else {
		return true;
	}
	request->body.length = 0;
	return false;
}

bool
request_id_is_plain(const char *id)
{
	size_t length = strlen(id);

	if (length == 0 || length > REQUEST_ID_LENGTH)
		return false;
	for (; *id != '\0'; id++)
		if ((unsigned char)*id >= 0x80 ||
		    (!isalnum((unsigned char)*id) && strchr("._-", *id) == NULL))
			return false;
	return true;
}

/*
 * 32 hexadecimal digits: 16 that are random for each process, and a count, so
 * that a request does not have to wait for randomness.
 */
static void
make_id(char id[REQUEST_ID_LENGTH + 1])
{
	static const char digits[] = "0123456789abcdef";
	static uint64_t words[2];

	/* Without randomness ids are only less distinct, not wrong. */
	if (words[0] == 0 &&
	    getrandom(words, sizeof(words), GRND_NONBLOCK) < 0)
		words[0] = (uint64_t)getpid() << 32 | (uint32_t)time(NULL);
	words[1]++;
	for (int i = 0; i < 32; i++)
		id[i] = digits[words[i / 16] >> (60 - i % 16 * 4) & 15];
	id[32] = '\0';
}

void
environment_describe(const struct environment *environment,
                     char id[REQUEST_ID_LENGTH + 1],
                     struct mr_request *request)
{
	if (environment->request_id != NULL &&
	    request_id_is_plain(environment->request_id))
		strcpy(id, environment->request_id);
	else
		make_id(id);
	*request = (struct mr_request){
		.method = environment->method,
		.path = *environment->path_info != '\0'
		            ? environment->path_info
		            : environment->script_name,
		.query = { environment->query, strlen(environment->query) },
		.body = { "", 0 },
		.content_type = environment->content_type,
		.content_encoding = environment->content_encoding,
		.accept = environment->accept,
		.request_id = id,
		.prefer = environment->prefer,
		.priority = environment->priority,
		.idempotency_key = environment->idempotency_key,
		.job_run_at = environment->job_run_at,
		.job_attempts = environment->job_attempts,
	};
}
