#!/usr/bin/env bats
# abandon.bats: a client that leaves frees its worker, unless the function acts
# on the world.

load helper
load own_site

configuration='
	[pool fast]
	workers = 1
	deadline = 60s
	[pool heavy]
	workers = 1
	deadline = 60s'

# Begins a call that takes a minute; its client is $client.
begin_call() { # PATH BODY
	curl -sS -o "$BATS_TEST_TMPDIR/begun" -H 'Content-Type: application/json' \
		--data-binary "$2" "$url$1" 2>"$BATS_TEST_TMPDIR/complaints" 3>&- &
	client=$!
}

leave() {
	kill -KILL "$client"
	wait "$client" || true
}

minute='{"ms":60000}'

@test "a function that asks stops when its client has left, and its worker goes on" {
	local pid rest ended

	eventually slot_serves heavy/0
	pid=$(worker_pid heavy/0)
	rest=$(descriptors "$pid")
	ended=$(logged 'Worker ended')
	for round in 1 2 3; do
		begin_call /faults/loop "$minute"
		eventually holds_more_than "$pid" "$rest"
		leave
		post '{"ms":1}' /faults/loop
		expect_ok '{"ms":1}'
	done
	is_alive "$pid"
	expect_equal 'workers that ended' "$(logged 'Worker ended')" "$ended"
	expect_equal 'errors' "$(logged ' error ')" 0
}

@test "a function that does not ask is ended by force" {
	local pid rest

	eventually slot_serves heavy/0
	pid=$(worker_pid heavy/0)
	rest=$(descriptors "$pid")
	begin_call /faults/sleep "$minute"
	eventually holds_more_than "$pid" "$rest"
	leave
	post '{"ms":1}' /faults/sleep
	expect_ok '{"ms":1}'
	is_gone "$pid"
	eventually was_logged " Worker ended\. pool=heavy pid=$pid cause=abandoned .* instance=/faults/sleep "
}

uses_processor() { # PID
	local before

	before=$(awk '{ print $14 }' "/proc/$1/stat")
	sleep 0.2
	[ "$(awk '{ print $14 }' "/proc/$1/stat")" -gt $((before + 5)) ]
}

@test "also where connections are kept" {
	local pid

	eventually slot_serves fast/0
	pid=$(worker_pid fast/0)
	begin_call /faults/spin '{}'
	eventually uses_processor "$pid"
	leave
	call /sum-squares
	expect_ok '{"a":5,"b":10,"sum_of_squares":125}'
	is_gone "$pid"
	eventually was_logged " Worker ended\. pool=fast pid=$pid cause=abandoned .* instance=/faults/spin "
}

@test "a function that acts on the world runs to its end" {
	local pid rest

	eventually slot_serves heavy/0
	pid=$(worker_pid heavy/0)
	rest=$(descriptors "$pid")
	rm -f "$sandbox/acted"
	begin_call /faults/act '{"ms":1500}'
	eventually holds_more_than "$pid" "$rest"
	leave
	eventually [ -e "$sandbox/acted" ]
	is_alive "$pid"
	rm "$sandbox/acted"
	post '{"ms":1}' /faults/act
	expect_ok '{"ms":1}'
	[ -e "$sandbox/acted" ]
	is_alive "$pid"
}
