#!/usr/bin/env bats
# storm.bats: processes are killed at random moments under load, and no answer
# is wrong, no call hangs, nobody is left.  MILLRACE_STORM is its length: s.

load helper
load server

setup() {
	make_sandbox
}

teardown() {
	remove_sandbox
}

kill_worker() {
	local pid

	pid=$(workers_of "$master" | shuf -n 1)
	[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null || true
}

# As an operator would, without waiting for what it leaves.
replace_master() {
	kill -KILL "$master"
	wait_for "$master" 2>/dev/null
	masters=$((masters + 1))
	start_server_again
}

@test "kills at random moments under load: no wrong answer, no hang, no orphan" {
	local end=$((SECONDS + ${MILLRACE_STORM:-20}))

	masters=0
	start_fronted_server '
		[pool fast]
		workers = 3
		queue_limit = 2s
		[pool heavy]
		workers = 3
		deadline = 2s
		queue_limit = 2s'
	call /sum-squares
	expect_status 200
	# deadline and queue, thrice since nginx may try three workers, and a margin
	start_load --clients 8 --limit 20 --allow 502 --allow 503 --allow 504
	while [ "$SECONDS" -lt "$end" ]; do
		sleep "0.0$((RANDOM % 10))"
		case $((RANDOM % 24)) in
		0) replace_master ;;
		1 | 2) kill -HUP "$master" ;;
		*) kill_worker ;;
		esac
	done
	call /sum-squares
	stop_load
	cat "$sandbox/load" >&3
	[ "$(cat "$sandbox"/log.* | grep -c ' Worker ended\. .*cause=killed')" -ge 10 ]
	[ "$masters" -ge 1 ]
	grep -oh 'note-[0-9-]*-' "$sandbox"/log.* | sort >"$sandbox/notes.logged"
	[ -s "$sandbox/notes.logged" ]
	expect_equal 'what ran twice' "$(uniq -d "$sandbox/notes.logged")" ''
	eventually is_whole
	stop_fronted_server
	sandbox_is_empty
}

# All pools serve again, whatever happened to them.
is_whole() {
	status_is '[.pools[] | select(.workers.total < .workers.max and .name != "io" and .name != "submit")] | length' 0
}
