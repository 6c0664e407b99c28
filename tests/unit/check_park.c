/*
 * check_park.c: answers that are held back.
 */
#include "api/park.h"

#include "going.h"

#include <math.h>

/* What the function does, beside its answer. */
static struct {
	bool parks;
	double park;
	bool starts; /* itself, which nobody takes */
	enum mr_err err;
	size_t length; /* of the answer */
} script;

/* POST /go follows the script. */

MR_NOTHING(go_in);
struct go_out {
	struct mr_string text;
};

static enum mr_err go(mr_call *call, const struct go_in *in,
                      struct go_out *out);

static const struct mr_field go_out[] = {
	MR_RESULT(struct go_out, text, "text"),
};
MR_ENDPOINT(go, MR_POST, "/go", "Goes", .parks = true);
static struct mr_endpoint stays; /* the same, but for .parks */

static enum mr_err
go(mr_call *call, const struct go_in *in, struct go_out *out)
{
	char *text = mr_alloc(call, script.length + 1);

	out->text = (struct mr_string){ memset(text, 'x', script.length),
		                        script.length };
	if (script.parks)
		mr_park(call, script.park);
	if (script.starts)
		ck_assert_int_eq(mr_start(call, &mr_endpoint_go, in), MR_OK);
	return script.err;
}

static enum mr_err
refuse(void *context, const struct mr_submission *submission,
       struct mr_arena *pieces, struct mr_job *job)
{
	(void)context;
	(void)submission;
	(void)pieces;
	(void)job;
	return MR_BUSY;
}

static void
begin(void)
{
	stays = mr_endpoint_go;
	stays.name = "stays";
	stays.path = "/stays";
	stays.parks = false;
	serve_endpoint(&mr_endpoint_go);
	serve_endpoint(&stays);
	memset(&script, 0, sizeof(script));
	prepare_request();
	request.submit = refuse;
}

static const struct {
	const char *path;
	double seconds;
	size_t length;
	const char *problem; /* NULL: it is parked */
} parks[] = {
	{ "/go", 1.5, 0, NULL },
	{ "/go", 0, 0, NULL },
	{ "/go", MR_PARK_LONGEST, 0, NULL },
	{ "/go", 1, MR_PARKED - sizeof("{\"text\":\"\"}") + 1, NULL },
	{ "/go", 1, MR_PARKED - sizeof("{\"text\":\"\"}") + 2,
	  "more than 2048 bytes" },
	{ "/go", -0.1, 0, "for -0.1 seconds" },
	{ "/go", MR_PARK_LONGEST + 1.0, 0, "for 86401 seconds" },
	{ "/go", INFINITY, 0, "for inf seconds" },
	{ "/go", NAN, 0, "nan seconds" },
	{ "/stays", 1, 0, "is not declared to" },
};

START_TEST(test_answer_is_parked)
{
	script.parks = true;
	script.park = parks[_i].seconds;
	script.length = parks[_i].length;
	request.path = parks[_i].path;
	handle();
	if (parks[_i].problem != NULL) {
		assert_result_problem(parks[_i].problem);
		return;
	}
	ck_assert_int_eq(reply.status, 200);
	ck_assert_double_eq(reply.park, parks[_i].seconds);
	ck_assert_uint_gt(reply.body.length, parks[_i].length);
}
END_TEST

START_TEST(test_problem_is_not_parked)
{
	script.parks = true;
	script.park = 2;
	script.err = MR_DOMAIN;
	handle();
	ck_assert_int_eq(reply.err, MR_DOMAIN);
	ck_assert_double_eq(reply.park, 0);
	script.err = MR_OK;
	script.starts = true;
	handle();
	ck_assert_int_eq(reply.err, MR_BUSY);
	ck_assert_double_eq(reply.park, 0);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, finish);
	tcase_add_loop_test(tc, test_answer_is_parked, 0, N(parks));
	tcase_add_test(tc, test_problem_is_not_parked);
}

UNIT_MAIN("park", add_tests)
