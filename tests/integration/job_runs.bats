#!/usr/bin/env bats
# job_runs.bats: how jobs end that do not end well, and what they outlive.

configuration='
	[server]
	job_attempts = 2
	stop_timeout = 1s
	[pool runner]
	workers = 2
	memory = 256M
	[endpoint spin]
	job_deadline = 300ms'

load helper
load own_site
load server

# Its id is $job.
submit() { # BODY PATH
	post "$1" "$2" -H 'Prefer: respond-async'
	expect_status 202
	job=$(json .id)
}

job_is() { # STATE
	curl -sS "$url/jobs/$job" >"$BATS_TEST_TMPDIR/job"
	jq -e --arg state "$1" '.state == $state' "$BATS_TEST_TMPDIR/job" >/dev/null
}

expect_job() { # FILTER
	jq -e "$1" "$BATS_TEST_TMPDIR/job" >/dev/null ||
		fail "$1: $(cat "$BATS_TEST_TMPDIR/job")"
}

@test "a job that crashes is given up with its signal and a backtrace" {
	submit '' /faults/segv
	eventually job_is dead
	expect_job '.attempt == 2 and .error.cause == "crash" and .error.signal == "SIGSEGV"'
	expect_job '.error.backtrace | test("^do_segv \\(faults\\.c:[0-9]+\\)\n.*mr_handle$"; "m")'
	submit '' /faults/stack
	eventually job_is dead
	expect_job '.error.detail | test("stack overflow")'
}

@test "exit, a deadline and a memory limit have their causes" {
	submit '' /faults/exit
	eventually job_is dead
	expect_job '.error.cause == "crash" and .error.detail == "The function called exit()"'
	submit '' /faults/spin
	eventually job_is dead
	expect_job '.error.cause == "deadline" and .status == 504'
	! is_sanitized || return 0 # there is no limit then
	submit '{"mb":1024}' /faults/alloc
	eventually job_is dead
	expect_job '.error.cause == "memory" and .status == 507'
}

@test "a cancelled job is ended, also where it is impure and hears nothing" {
	for path in /faults/loop /faults/sleep /faults/act /faults/stubborn; do
		submit '{"ms":60000}' "$path"
		eventually job_is running
		call -X DELETE "/jobs/$job"
		expect_status 202
		eventually job_is cancelled
	done
}

@test "a job outlives its broker, and a reload" {
	submit '{"ms":3000}' /faults/sleep
	eventually job_is running
	kill -KILL "$(worker_pid broker/0)"
	eventually was_logged 'worker broker/0: starting -> serving' 2
	kill -HUP "$(master_pid)"
	eventually was_logged ' Ready\. .* generation=2'
	eventually job_is succeeded
	expect_job '.attempt == 1 and .losses == 0'
}

@test "a job that is at work when the server stops is given back" {
	submit '{"ms":60000}' /faults/sleep
	eventually job_is running
	stop_site
	was_logged "job $job: running -> queued attempt=1 cause=drained"
	start_site "$configuration"
	eventually job_is running
	expect_job '.attempt == 2 and .failures == 0 and .losses == 0'
}
