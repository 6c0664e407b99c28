#!/usr/bin/env bats
# submission.bats: how a client asks for a job, and what becomes of the headers
# that say more of it.

load helper
load server

modules+=(--module "$MILLRACE_BUILD/modules/jobs.so")
one_runner='
	[server]
	stop_timeout = 200ms
	[pool runner]
	workers = 1'

setup() {
	make_sandbox
	start_site "$one_runner"
}

teardown() {
	[ -z "${site:-}" ] || is_gone "$site" || kill -TERM "$site"
	remove_sandbox
}

submit() { # BODY [CURL'S ARGUMENTS]
	post "$1" /jobs-test/count -H 'Prefer: respond-async' "${@:2}"
}

is_in() { # JOB STATE
	[ "$(curl -sS --max-time "$PATIENCE" "$url/jobs/$1" | jq -r .state)" = "$2" ]
}

@test "a job is answered with where it is, and that it was asked for" {
	submit '{"task":"one"}'
	expect_status 202
	expect_header Location "/jobs/$(json .id)"
	expect_header Preference-Applied respond-async
	expect_header Cache-Control no-store
	expect_json '.request == "POST /jobs-test/count" and .endpoint == "count" and
		.priority == 3 and .request_id != null and .links.self == "/jobs/" + .id'
	eventually is_in "$(json .id)" succeeded
	stop_site
}

@test "a call that does not ask is answered at once, whatever else it says" {
	post '{"task":"one"}' /jobs-test/count -H 'Prefer: return=minimal' \
		-H 'Idempotency-Key: one' -H 'Job-Attempts: 1' -H 'Priority: ?' \
		-H 'Job-Run-At: 2126-11-21T16:05:06Z'
	expect_ok '{"task":"one","job":""}'
	post '{"task":"one"}' /jobs-test/count -H 'Job-Attempts: none' -H 'Job-Run-At: soon'
	expect_problem_here 422 invalid '2 faults in the input'
	stop_site
}

@test "what is wrong is told at once, and nothing becomes a job" {
	submit '{"tusk":"one"}'
	expect_problem_here 422 invalid
	submit '{"task":'
	expect_problem_here 400 syntax
	submit '{"task":"one"}' -H 'Accept: text/html'
	expect_problem_here 406 not-acceptable
	submit '{"task":1}' -H 'Idempotency-Key: "one' -H 'Job-Run-At: tomorrow' \
		-H 'Job-Attempts: 101'
	expect_problem_here 422 invalid '4 faults in the input'
	expect_json '[.errors[] | {loc, type}] == [
		{loc: ["header", "Job-Run-At"], type: "datetime_parsing"},
		{loc: ["header", "Job-Attempts"], type: "less_than_equal"},
		{loc: ["header", "Idempotency-Key"], type: "string_pattern_mismatch"},
		{loc: ["body", "task"], type: "string_type"}]'
	call /jobs
	expect_body '{"jobs":[],"next":null}'
	stop_site
}

@test "a key is one job, however often and in whatever state" {
	local job key='Idempotency-Key: "8e03978e-40d5-43e8-bc93-6894a57f9324"'

	submit '{"task":"one"}' -H "$key"
	expect_status 202
	job=$(json .id)
	submit '{"task":"one"}' -H "$key"
	expect_status 202
	expect_header Location "/jobs/$job"
	eventually is_in "$job" succeeded
	submit '{"task":"one"}' -H "$key"
	expect_status 202
	expect_json ".id == \"$job\" and .state == \"succeeded\""
	submit '{"task":"two"}' -H "$key"
	expect_problem_here 422 invalid 'This Idempotency-Key was used for another input'
	submit '{"task":"one"}' -H 'Idempotency-Key: "another"'
	expect_status 202
	[ "$(json .id)" != "$job" ]
	# It is a key of this path alone.
	post '{"task":"one"}' /jobs-test/steps -H 'Prefer: respond-async' -H "$key"
	expect_status 202
	[ "$(json .id)" != "$job" ]
	stop_site
}

@test "a job has the time, the urgency and the attempts that were asked for" {
	submit '{"task":"later"}' -H 'Job-Run-At: 2126-11-21T16:05:06.5+02:00' \
		-H 'Priority: u=6, i' -H 'Job-Attempts: 7'
	expect_status 202
	expect_json '.state == "scheduled" and .due == "2126-11-21T14:05:06.500Z" and
		.priority == 6 and .attempts == 7'
	submit '{"task":"sooner"}' -H 'Job-Run-At: Thu, 21 Nov 2024 14:05:06 GMT'
	expect_status 202
	eventually is_in "$(json .id)" succeeded
	stop_site
}

@test "a compressed body is stored as it came, and read by the job" {
	local job

	printf '{"task":"packed"}' | gzip >"$sandbox/body.gz"
	call -H 'Content-Type: application/json' -H 'Content-Encoding: gzip' \
		-H 'Prefer: respond-async' --data-binary "@$sandbox/body.gz" /jobs-test/count
	expect_status 202
	job=$(json .id)
	eventually is_in "$job" succeeded
	call "/jobs/$job/result"
	expect_ok "{\"task\":\"packed\",\"job\":\"$job\"}"
	stop_site
}

@test "what only others start has no path" {
	post '{"task_id":1}' /log-task
	expect_problem_here 404 not-found
	stop_site
}

@test "head stores no job" {
	call --head -H 'Prefer: respond-async' '/sum-squares?a=3'
	expect_status 200
	call /jobs
	expect_body '{"jobs":[],"next":null}'
	stop_site
}

# Who asks for a job waits for a disk.

worker_of() { # REQUEST-ID
	jq -r --arg id "$1" 'select(.request_id == $id) | .worker' "$sandbox/state/access.log"
}

is_served_by() { # POOL PREFER
	local id=served-$RANDOM-$RANDOM

	call -H "X-Request-Id: $id" -H "Prefer: $2" '/sum-squares?a=3&b=4'
	eventually grep -q "\"$id\"" "$sandbox/state/access.log"
	[[ $(worker_of "$id") =~ ^$1/[0-9]+$ ]] || fail "$2: $(worker_of "$id")"
}

@test "what asks for a job is taken by workers of its own" {
	is_served_by submit respond-async
	expect_status 202
	is_served_by submit 'handling=lenient, Respond-Async'
	expect_status 202
	is_served_by fast return=minimal
	expect_ok '{"a":3,"b":4,"sum_of_squares":25}'
	is_served_by fast ''
	expect_status 200
	stop_site
}

submitters_wait() {
	[ "$(curl -sS --max-time "$PATIENCE" "$url/status" |
		jq '.pools[] | select(.name == "submit") | .workers.busy')" -ge 2 ]
}

@test "no plain call waits for those who wait for the disk" {
	local broker crowd count

	broker=$(worker_pid broker/0)
	kill -STOP "$broker"
	seq 200 | xargs -P 200 -I{} curl -sS --max-time "$PATIENCE" -o /dev/null \
		-w '%{http_code}\n' -H 'Prefer: respond-async' "$url/sum-squares?a={}" \
		>"$sandbox/answers" &
	crowd=$!
	eventually submitters_wait
	for count in {1..20}; do
		call "/sum-squares?a=$count"
		expect_status 200
	done
	kill -CONT "$broker"
	wait_for $crowd
	expect_equal answers "$(grep -cE '^(202|503|504)$' "$sandbox/answers")" 200
	grep -q 202 "$sandbox/answers"
	stop_site
}
