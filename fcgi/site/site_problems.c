/*
 * site_problems.c: the same documents as a worker's, with nginx's variables
 * where a request's own words go.
 */
#include "fcgi/site/site_problems.h"

#include "api/handle.h"
#include "base/err.h"

/* Where nginx finds them; never seen by a client. */
#define INTERNAL "/_millrace/"

#define N(array) (sizeof(array) / sizeof((array)[0]))

/* What nginx may have to say by itself; 494 is its own name for 431. */
static const struct {
	int status;
	enum mr_err err;
	const char *detail;
} answers[] = {
	{ 400, MR_SYNTAX, "The request is not well-formed HTTP" },
	{ 403, MR_FORBIDDEN, "The server may not answer this" },
	{ 404, MR_NOT_FOUND, "No endpoint has this path" },
	{ 405, MR_METHOD, "This path does not answer to this method" },
	{ 408, MR_SLOW_CLIENT, "The request did not arrive in time" },
	{ 411, MR_LENGTH_REQUIRED, "The body needs a length" },
	{ 413, MR_BODY_TOO_LARGE, "This path takes no body of that size" },
	{ 414, MR_URI_TOO_LONG, "The request line is too long" },
	{ 416, MR_UNSATISFIABLE, "There is no such range" },
	{ 421, MR_MISDIRECTED, "This server is not for that host" },
	{ 429, MR_TOO_MANY, "Requests come faster than they may" },
	{ 494, MR_HEADERS_TOO_LARGE, "A header line is too long" },
	{ 500, MR_INTERNAL, "nginx could not go on" },
	{ 501, MR_UNSUPPORTED, "This coding is not spoken here" },
	{ 502, MR_GATEWAY, "The worker was killed, or could not answer" },
	{ 503, MR_BUSY, "No worker can be reached now" },
	{ 504, MR_DEADLINE, "No worker answered in time" },
	{ 505, MR_HTTP_VERSION, "This version is not spoken here" },
};

static void
print_return(struct program *program, size_t i, struct mr_buffer *text)
{
	const struct mr_problem problem = {
		.err = answers[i].err,
		.detail = answers[i].detail,
		.instance = "$millrace_instance",
		.request_id = "$millrace_request_id",
	};
	char *document = mr_problem_print(&problem, program->arena);

	mr_buffer_printf(text, "\treturn %d '%s';\n",
	                 mr_err_status(answers[i].err),
	                 document == NULL ? "" : document);
}

static void
print_document(struct program *program, size_t i, struct mr_buffer *text)
{
	mr_buffer_printf(text,
	                 "location = " INTERNAL "%d {\n"
	                 "\tinternal;\n"
	                 "\tclient_max_body_size 0;\n"
	                 "\tdefault_type " MR_PROBLEM_TYPE ";\n"
	                 "\tadd_header X-Request-Id $millrace_request_id "
	                 "always;\n"
	                 "\tadd_header Server-Timing "
	                 "\"nginx;dur=$millrace_milliseconds\" always;\n",
	                 answers[i].status);
	if (answers[i].err == MR_METHOD)
		mr_buffer_puts(text,
		               "\tadd_header Allow $millrace_allow always;\n");
	if (answers[i].err == MR_BUSY)
		mr_buffer_puts(text, "\tadd_header Retry-After " MR_RETRY_AFTER
		                     " always;\n");
	if (answers[i].err == MR_GATEWAY)
		mr_buffer_puts(text,
		               "\tif ($millrace_unreached) {\n"
		               "\t\trewrite ^ " INTERNAL "503 last;\n"
		               "\t}\n");
	print_return(program, i, text);
	mr_buffer_puts(text, "}\n");
}

void
site_problem_pages(const char *indent, struct mr_buffer *text)
{
	/* With '=' the document decides on the status: 502 or 503, and 431. */
	mr_buffer_printf(text,
	                 "%serror_page 494 = " INTERNAL "494;\n"
	                 "%serror_page 502 = " INTERNAL "502;\n"
	                 "%serror_page",
	                 indent, indent, indent);
	for (size_t i = 0; i < N(answers); i++)
		if (answers[i].status != 494 && answers[i].status != 502)
			mr_buffer_printf(text, " %d", answers[i].status);
	mr_buffer_puts(text, " " INTERNAL "$status;\n");
}

void
site_problem_locations(struct program *program, struct mr_buffer *text)
{
	mr_buffer_puts(text, "\n# Problems that nginx has to tell of itself.\n");
	for (size_t i = 0; i < N(answers); i++)
		print_document(program, i, text);
}
