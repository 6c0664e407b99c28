/*
 * check_submission.c: jobs on their way to a broker, which a process plays.
 */
#include "fcgi/worker/submission.h"

#include "broker_double.h"
#include "fcgi/base/listener.h"
#include "jobs/digest.h"
#include "jobs/pack.h"
#include "place.h"

static const struct mr_endpoint endpoint = { .name = "annuity",
	                                     .method = MR_POST,
	                                     .path = "/annuity" };

static struct config config;
static struct submission submission;
static struct mr_submission wanted;
static struct mr_job job;

/* What the broker answers: err, and how often the job that it was sent. */
static struct {
	enum mr_err err;
	size_t jobs;
} script;

static void
answer(int client, const struct message *question)
{
	struct mr_job jobs[2];
	const struct message reply = { .type = MESSAGE_REPLY,
		                       .err = script.err,
		                       .jobs = jobs,
		                       .job_count = script.jobs };

	if (question->type != MESSAGE_SUBMIT || question->job_count != 1 ||
	    strcmp(question->id, question->jobs[0].id) != 0)
		_exit(EXIT_FAILURE);
	for (int i = 0; i < 2; i++) {
		jobs[i] = question->jobs[0];
		jobs[i].detail = question->input.body.data;
		jobs[i].state = MR_JOB_QUEUED;
	}
	broker_double_say(client, &reply);
}

static void
start(enum mr_err err, size_t jobs)
{
	script.err = err;
	script.jobs = jobs;
	broker_double_start(listener_open("broker.sock", "", 5), answer);
}

static enum mr_err
send_job(void)
{
	return submission_send(&submission, &wanted, arena, &job);
}

START_TEST(test_job_arrives_with_all_that_was_wanted)
{
	wanted.key = "POST /annuity key";
	wanted.request_id = "id-1";
	wanted.priority = 5;
	wanted.due = 12345;
	wanted.attempts = 7;
	start(MR_OK, 1);
	ck_assert_int_eq(send_job(), MR_OK);
	ck_assert(mr_job_is_id(job.id));
	ck_assert_str_eq(job.endpoint, "annuity");
	ck_assert_str_eq(job.method, "POST");
	ck_assert_str_eq(job.path, "/annuity");
	ck_assert_str_eq(job.key, "POST /annuity key");
	ck_assert_str_eq(job.request_id, "id-1");
	ck_assert_int_eq(job.priority, 5);
	ck_assert_int_eq(job.due, 12345);
	ck_assert_int_eq(job.attempts, 7);
	ck_assert_int_eq(job.state, MR_JOB_QUEUED);
	ck_assert_str_eq(job.detail, "{\"x\":1}");
}
END_TEST

/* As nginx passes them: the same for each try of a request. */
#define DIGITS "0123456789abcdef0011223344556677"
#define TICKET DIGITS " 1700000000.123"

static const char *const no_tickets[] = {
	NULL, "", "0123 1700000000.123", DIGITS "1700000000.123", DIGITS " soon",
	"0123456789ABCDEF0011223344556677 1700000000.123",
};

static const char *
sent_with(const char *ticket)
{
	submission_expect(&submission, ticket);
	ck_assert_int_eq(send_job(), MR_OK);
	ck_assert(mr_job_is_id(job.id));
	return job.id;
}

START_TEST(test_same_ticket_gives_the_same_ids)
{
	const char *first, *second;

	start(MR_OK, 1);
	first = sent_with(TICKET);
	ck_assert_int_eq(send_job(), MR_OK);
	second = job.id;
	ck_assert_str_ne(first, second);
	ck_assert_int_eq(strncmp(first, "018bcfe5-687b-7", 15), 0);
	ck_assert_str_eq(sent_with(TICKET), first);
	ck_assert_int_eq(send_job(), MR_OK);
	ck_assert_str_eq(job.id, second);
}
END_TEST

START_TEST(test_jobs_of_one_request_all_have_ids_of_their_own)
{
	char ids[300][MR_JOB_ID];

	start(MR_OK, 1);
	submission_expect(&submission, TICKET);
	for (size_t i = 0; i < N(ids); i++) {
		ck_assert_int_eq(send_job(), MR_OK);
		strcpy(ids[i], job.id);
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(ids[i], ids[j]);
	}
}
END_TEST

START_TEST(test_without_a_ticket_ids_differ)
{
	const char *first;

	start(MR_OK, 1);
	first = sent_with(no_tickets[_i]);
	ck_assert_str_ne(sent_with(no_tickets[_i]), first);
}
END_TEST

START_TEST(test_attempts_are_those_of_the_configuration)
{
	start(MR_OK, 1);
	ck_assert_int_eq(send_job(), MR_OK);
	ck_assert_int_eq(job.attempts, 3);
	ck_assert_ptr_null(job.key);
}
END_TEST

START_TEST(test_digest_is_that_of_the_whole_input)
{
	struct mr_buffer packed = { .arena = arena };
	char sum[MR_DIGEST];

	start(MR_OK, 1);
	ck_assert_int_eq(send_job(), MR_OK);
	mr_pack_input(&packed, &wanted.input);
	mr_digest((struct mr_string){ packed.data, packed.length }, sum);
	ck_assert_str_eq(job.digest, sum);
	wanted.input.query = TEXT("a=1");
	ck_assert_int_eq(send_job(), MR_OK);
	ck_assert_str_ne(job.digest, sum);
}
END_TEST

START_TEST(test_each_job_has_an_id_of_its_own)
{
	char first[MR_JOB_ID];

	start(MR_OK, 1);
	ck_assert_int_eq(send_job(), MR_OK);
	strcpy(first, job.id);
	ck_assert_int_eq(send_job(), MR_OK);
	ck_assert_str_ne(first, job.id);
}
END_TEST

static const struct {
	enum mr_err err;
	size_t jobs;
	enum mr_err end;
	const char *key;
} ends[] = {
	{ MR_OK, 1, MR_OK, NULL },
	{ MR_CONFLICT, 1, MR_CONFLICT, NULL },
	{ MR_INVALID, 0, MR_INVALID, "key" },
	{ MR_STORAGE, 0, MR_STORAGE, NULL },
	{ MR_STORAGE_FULL, 0, MR_STORAGE_FULL, NULL },
	{ MR_BUSY, 0, MR_BUSY, NULL },
	{ MR_MEMORY, 0, MR_MEMORY, NULL },
	/* What a broker cannot have meant. */
	{ MR_INVALID, 0, MR_INTERNAL, NULL },
	{ MR_OK, 0, MR_INTERNAL, NULL },
	{ MR_OK, 2, MR_INTERNAL, NULL },
	{ MR_CONFLICT, 0, MR_INTERNAL, NULL },
	{ MR_NOT_FOUND, 0, MR_INTERNAL, NULL },
	{ MR_CRASH, 1, MR_INTERNAL, NULL },
};

START_TEST(test_end_is_what_the_broker_says)
{
	wanted.key = ends[_i].key;
	start(ends[_i].err, ends[_i].jobs);
	ck_assert_int_eq(send_job(), ends[_i].end);
	if (ends[_i].end == MR_OK || ends[_i].end == MR_CONFLICT)
		ck_assert_str_eq(job.endpoint, "annuity");
}
END_TEST

START_TEST(test_without_a_broker_it_is_busy)
{
	ck_assert_int_eq(send_job(), MR_BUSY);
}
END_TEST

START_TEST(test_configuration_without_a_broker_takes_no_jobs)
{
	config.pool_count = 0;
	ck_assert(!submission_begin(&submission, &config));
}
END_TEST

static void
begin(void)
{
	place_setup();
	config_default(&config);
	snprintf(config.sockets, sizeof(config.sockets), "%s", place);
	config.job_attempts = 3;
	ck_assert(submission_begin(&submission, &config));
	wanted = (struct mr_submission){
		.endpoint = &endpoint,
		.input = { .method = TEXT("POST"),
		           .path = TEXT("/annuity"),
		           .body = TEXT("{\"x\":1}") },
		.priority = MR_JOB_PRIORITY_DEFAULT,
	};
}

static void
finish(void)
{
	broker_client_close(&submission.client);
	broker_double_stop();
	place_teardown();
}

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, begin, finish);
	tcase_add_test(tc, test_job_arrives_with_all_that_was_wanted);
	tcase_add_test(tc, test_same_ticket_gives_the_same_ids);
	tcase_add_test(tc, test_jobs_of_one_request_all_have_ids_of_their_own);
	tcase_add_loop_test(tc, test_without_a_ticket_ids_differ, 0,
	                    N(no_tickets));
	tcase_add_test(tc, test_attempts_are_those_of_the_configuration);
	tcase_add_test(tc, test_digest_is_that_of_the_whole_input);
	tcase_add_test(tc, test_each_job_has_an_id_of_its_own);
	tcase_add_loop_test(tc, test_end_is_what_the_broker_says, 0, N(ends));
	tcase_add_test(tc, test_without_a_broker_it_is_busy);
	tcase_add_test(tc, test_configuration_without_a_broker_takes_no_jobs);
}

UNIT_MAIN("submission", add_tests)
