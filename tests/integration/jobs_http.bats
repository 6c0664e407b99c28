#!/usr/bin/env bats
# jobs_http.bats: jobs as a client finds, awaits and stops them, and as an
# operator does from the command line.

load helper
load server

modules+=(--module "$MILLRACE_BUILD/modules/jobs.so")
unknown=019dbb3e-5a4c-7c11-9e0c-6f2b8d9a1e57

# One runner: whatever comes behind its job waits.
alone='
	[server]
	stop_timeout = 200ms
	[pool runner]
	workers = 1'

setup() {
	make_sandbox
}

teardown() {
	[ -z "${site:-}" ] || is_gone "$site" || kill -TERM "$site"
	remove_sandbox
}

submit() { # BODY PATH [CURL'S ARGUMENTS]
	post "$1" "/jobs-test/$2" -H 'Prefer: respond-async' "${@:3}"
	expect_status 202
	job=$(json .id)
	expect_header Location "/jobs/$job"
}

state_of() { # JOB
	curl -sS --max-time "$PATIENCE" "$url/jobs/$1" | jq -r .state
}

is_in() { # JOB STATE
	[ "$(state_of "$1")" = "$2" ]
}

# A job that holds the only runner, for as long as the test takes.
occupy() {
	submit '{"task":"held","ms":600000}' nap
	held=$job
	eventually is_in "$held" running
}

commanded() { # ARGUMENTS OF `millrace jobs`
	run --separate-stderr of_site jobs "$@"
}

expect_command() { # STATUS PATTERN
	[ "$status" = "$1" ] || fail "status $status, not $1: $output $stderr"
	[[ $output$stderr =~ $2 ]] || fail "'$output$stderr' is not like '$2'"
}

# One job

@test "a job is told of until its result is that of the call" {
	start_site "$alone"
	submit '{"task":"a","steps":3,"ms":1}' steps -H 'X-Request-Id: mine'
	eventually is_in "$job" succeeded
	call "/jobs/$job"
	expect_status 200
	expect_header Content-Type application/json
	expect_header Cache-Control no-store
	expect_json '.endpoint == "steps" and .attempt == 1 and .status == 200'
	expect_json '.request_id == "mine" and .error == null'
	call "/jobs/$job/result"
	expect_ok '{"task":"a","sum":14}'
	expect_header Cache-Control no-store
	call --head "/jobs/$job/result"
	expect_status 200
	call "/jobs/$job/events"
	expect_status 200
	expect_header Content-Type text/event-stream
	expect_equal 'ids of events' "$(sed -n 's/^id: //p' "$body" | xargs)" '1 2 3'
	submit '{"task":"b"}' refusal
	eventually is_in "$job" failed
	call "/jobs/$job/result"
	expect_status 422
	expect_header Content-Type application/problem+json
	expect_json '.detail == "task b is refused"'
}

@test "progress is that of the runner" {
	start_site "$alone"
	submit '{"task":"a","steps":1000,"ms":50}' steps
	makes_progress() {
		call "/jobs/$job"
		jq -e '.progress.done > 1 and .progress.phase == "adding"' "$body"
	}
	eventually makes_progress
	expect_json '.progress.total == 1000 and .progress.eta_seconds > 1'
	expect_json '.progress.figures[0].name == "sum"'
	call /jobs
	expect_json '.jobs[0].progress.done > 1'
}

@test "what is not finished has no result, unless its client waits" {
	start_site "$alone"
	occupy
	submit '{"task":"a"}' count
	for id in "$held" "$job"; do
		call "/jobs/$id/result"
		expect_problem_here 409 conflict 'it has no result yet'
		expect_header Retry-After 1
	done
	call -X DELETE "/jobs/$held"
	call -H "Prefer: wait=$PATIENCE" "/jobs/$job/result"
	expect_ok "{\"task\":\"a\",\"job\":\"$job\"}"
}

@test "a wait that is over is a 202" {
	start_site "$alone"
	occupy
	call -H 'Prefer: wait=1' "/jobs/$held/result"
	expect_status 202
	expect_json ".id == \"$held\" and .state == \"running\""
}

# Stopping

@test "a job is cancelled, once" {
	start_site "$alone"
	occupy
	submit '{"task":"a"}' count
	for _ in 1 2; do
		call -X DELETE "/jobs/$job"
		expect_status 200
		expect_json '.state == "cancelled"'
	done
	call "/jobs/$job/result"
	expect_problem_here 409 conflict 'The job is cancelled'
	expect_header Retry-After ''
	call -X DELETE "/jobs/$held"
	expect_status 202
	expect_json '.state == "running" and .cancelling'
	eventually is_in "$held" cancelled
	call -X DELETE "/jobs/$held"
	expect_status 200
	submit '{"task":"b"}' count
	eventually is_in "$job" succeeded
	call -X DELETE "/jobs/$job"
	expect_problem_here 409 conflict 'The job is succeeded'
	[ "$(cat "$sandbox/state/counted")" = "b $job" ]
}

# Many

@test "jobs are listed page by page, the newest first" {
	local last='' next='?endpoint=count&limit=2' ids=() pages=0

	start_site "$alone"
	occupy
	for task in 1 2 3 4 5; do
		submit "{\"task\":\"$task\"}" count
		ids=("$job" "${ids[@]}")
	done
	while [ "$next" != null ]; do
		call "/jobs$next"
		expect_status 200
		last+=$(json '.jobs[].id' | tr '\n' ' ')
		pages=$((pages + 1))
		if [ "$(json .next)" != null ]; then
			[[ $(header Link) =~ ^'</jobs?endpoint=count&limit=2&after='(.*)'>; rel="next"'$ ]]
			expect_equal 'the next page' "${BASH_REMATCH[1]}" "$(json .next)"
			next="?endpoint=count&limit=2&after=$(json .next)"
		else
			expect_header Link ''
			next=null
		fi
	done
	expect_equal 'what is listed' "$last" "${ids[*]} "
	expect_equal pages "$pages" 3
	call '/jobs?state=running'
	expect_json ".jobs | length == 1 and .[0].id == \"$held\""
	call '/jobs?state=dead'
	expect_body '{"jobs":[],"next":null}'
	call '/jobs?limit=0&stat=dead'
	expect_problem_here 422 invalid
	expect_json '[.errors[].loc[1]] == ["limit", "stat"]'
}

# Not these

@test "other paths and methods are refused" {
	start_site "$alone"
	for id in "$unknown" x "${unknown^^}"; do
		for target in "/jobs/$id" "/jobs/$id/result"; do
			recorded= call "$target"
			expect_problem_here 404 not-found
		done
	done
	recorded= call "/jobs/$unknown/nothing"
	expect_problem_here 404 not-found
	call -X DELETE "/jobs/$unknown"
	expect_problem_here 404 not-found
	for target in /jobs "/jobs/$unknown" "/jobs/$unknown/result" "/jobs/$unknown/events"; do
		allow='GET, HEAD, OPTIONS'
		[ "$target" != "/jobs/$unknown" ] || allow='GET, HEAD, DELETE, OPTIONS'
		for method in PUT TRACE; do
			recorded= call -X "$method" "$target"
			expect_problem_here 405 method
			expect_header Allow "$allow"
		done
		recorded= call -X OPTIONS "$target"
		expect_status 204
		expect_header Allow "$allow"
	done
}

@test "while the broker is away, jobs are a 503 and all else is as it was" {
	local broker

	start_site "$alone"
	submit '{"task":"a"}' count
	eventually is_in "$job" succeeded
	broker=$(worker_pid broker/0)
	kill -STOP "$broker"
	call "/jobs/$job"
	expect_problem_here 503 busy 'Pool broker'
	expect_header Retry-After 1
	recorded= call /livez
	expect_status 200
	commanded show "$job"
	kill -CONT "$broker"
	expect_command 1 'the broker does not answer'
	call "/jobs/$job"
	expect_status 200
	kill -KILL "$broker"
	call "/jobs/$job/result"
	expect_ok "{\"task\":\"a\",\"job\":\"$job\"}"
}

# Operators

@test "status and metrics count jobs" {
	start_site "$alone"
	occupy
	submit '{"task":"a"}' count
	counted() {
		recorded= call /metrics
		grep -qx "millrace_jobs{state=\"$1\"} $2" "$body"
	}
	counted running 1
	counted queued 1
	counted scheduled 0
	status_is '.jobs | tojson' '{"scheduled":0,"queued":1,"running":1}'
	call -X DELETE "/jobs/$job"
	call -X DELETE "/jobs/$held"
	eventually counted running 0
	counted queued 0
	grep -qx 'millrace_jobs_entered_total{state="cancelled"} 2' "$body"
}

@test "an operator lists, shows, cancels and retries" {
	start_site "$alone"
	occupy
	submit '{"task":"a"}' count
	commanded
	expect_command 0 "$job queued +count .*$held running +nap "
	commanded state=running
	expect_command 0 "$held running"
	[[ $output != *$job* ]]
	commanded cancel "$job"
	expect_command 0 '^cancelled$'
	commanded cancel "$held"
	expect_command 0 '^being cancelled$'
	eventually is_in "$held" cancelled
	commanded retry "$job"
	expect_command 0 '^queued$'
	eventually is_in "$job" succeeded
	commanded cancel "$job"
	expect_command 1 'the job is succeeded: it cannot be cancelled'
	commanded show "$unknown"
	expect_command 1 "there is no job $unknown"
	commanded cancle "$job"
	expect_command 1 "no action 'cancle'; did you mean 'cancel'"
	run --separate-stderr timeout "$PATIENCE" "$millrace" jobs --state "$sandbox"
	expect_command 1 'no server runs in '
}

@test "a job that was given up is shown with its backtrace" {
	start_site "$alone"
	submit '{"task":"a","times":9}' crash -H 'Job-Attempts: 1'
	eventually is_in "$job" dead
	commanded show "$job"
	expect_command 0 'state +dead'
	expect_command 0 'cause +crash'
	expect_command 0 'signal +SIGABRT'
	expect_command 0 'error +[^ ]'
	expect_command 0 'backtrace.*crash'
}

@test "a job is followed to its end" {
	start_site "$alone"
	submit '{"task":"a","steps":20,"ms":20}' steps
	commanded watch "$job"
	expect_command 0 'succeeded$'
	submit '{"task":"b"}' refusal
	commanded watch "$job"
	expect_command 1 'failed'
	submit '{"task":"c","steps":20,"ms":50}' steps
	run timeout "$PATIENCE" script -qec \
		"$millrace jobs watch $job --state $sandbox/state" /dev/null
	expect_command 0 $'\r''running \[#+\.+\] +[0-9.]+% '
	expect_command 0 $'\r''succeeded'
}
