#!/usr/bin/env bats
# guard.bats: crashes, hangs and hostile peers cost one request and no more.

load helper
load own_site

configuration='
	[pool fast]
	workers = 2
	[pool heavy]
	workers = 1
	deadline = 2s'

expect_service() {
	call /sum-squares
	expect_ok '{"a":5,"b":10,"sum_of_squares":125}'
	post '{"numbers":[1],"rounds":1}' /process-numbers
	expect_ok '{"original_count":1,"processed_result":[4]}'
}

# The master tells of the end of a worker in one line.
expect_logged_end() { # CAUSE POOL
	eventually was_logged " Worker ended\. pool=$2 pid=[0-9]+ cause=$1( signal=[0-9]+)? detail=\"[^\"]+\" instance=$path request_id=$(json .request_id)( backtrace=\"[^\"]*\")?\$"
}

@test "a crash is a 500 that names the signal, and the next call works" {
	while read -r target detail; do
		call -X POST "$target"
		expect_problem_here 500 crash "^The function was stopped by $detail\$"
		expect_logged_end crash fast
		call -X POST "$target"
		expect_problem_here 500 crash
		expect_service
	done <<-'CASES'
		/faults/segv   SIGSEGV \(invalid memory reference\)
		/faults/abort  SIGABRT \(abort\)
		/faults/fpe    SIGFPE \(erroneous arithmetic operation\)
		/faults/stack  SIGSEGV \(stack overflow\)
	CASES
}

@test "a crash leaves a backtrace in the log that names the lines" {
	call -X POST /faults/segv
	expect_status 500
	eventually was_logged "request_id=$(json .request_id) backtrace=\"do_segv \(faults\.c:[0-9]+\) < segv \(faults\.c:[0-9]+\) < segv_call \(faults\.c:[0-9]+\) < .* < mr_handle\""
}

@test "a function that calls exit is a 500" {
	call -X POST /faults/exit
	expect_problem_here 500 crash '^The function called exit\(\)$'
	expect_logged_end exit fast
	expect_service
}

@test "a crash in the middle of a kept connection leaves the connection" {
	run -0 curl -sS -X POST -o /dev/null -o /dev/null -o /dev/null \
		-w '%{http_code} %{num_connects}\n' \
		"$url/faults/segv" "$url/process-numbers" "$url/faults/abort"
	expect_equal 'statuses and connections' "$output" $'500 1\n411 0\n500 0'
}

@test "the slot of a crashed worker serves again at once, by another process" {
	local before

	before=$(logged 'worker fast/[01]: empty -> starting')
	call -X POST /faults/segv
	expect_status 500
	eventually was_logged 'worker fast/[01]: empty -> starting' $((before + 1))
	eventually slot_serves fast/0
	eventually slot_serves fast/1
	is_alive "$(worker_pid fast/0)"
	is_alive "$(worker_pid fast/1)"
}

# Milliseconds since some time.
clock() {
	echo $(($(date +%s%N) / 1000000))
}

@test "a function that does not return is a 504 at the deadline" {
	local began took

	while read -r deadline pool target text; do
		began=$(clock)
		post "$text" "$target"
		took=$(($(clock) - began))
		expect_problem_here 504 deadline "not finish within its $deadline ms\$"
		[ "$took" -ge "$deadline" ] || fail "after $took ms"
		[ "$took" -lt $((deadline + 5000)) ] || fail "after $took ms"
		expect_logged_end deadline "$pool"
		expect_service
	done <<-'CASES'
		1000 fast  /faults/spin  {}
		2000 heavy /faults/sleep {"ms":60000}
	CASES
}

@test "a function that returns before the deadline is not disturbed" {
	post '{"ms":1500}' /faults/sleep
	expect_ok '{"ms":1500}'
}

@test "memory beyond the limit of the pool is a 507" {
	if is_sanitized; then
		skip "sanitizers bring an allocator of their own"
	fi
	post '{"mb":1024}' /faults/alloc
	expect_problem_here 507 memory 'more than the 256 MiB of pool fast$'
	expect_logged_end memory fast
	post '{"mb":64}' /faults/alloc
	expect_ok '{"mb":64}'
}

# Calls in a loop until a file is there, one status a line.
keep_calling() { # FILE TO END, PATH WITH A RANGE
	while [ ! -e "$1" ]; do
		curl -sS -o /dev/null -w '%{http_code}\n' "$url$2"
	done
}

@test "a hundred crashes cost their callers a 500 and the neighbours nothing" {
	local replies=$BATS_TEST_TMPDIR/replies

	keep_calling "$replies.end" '/sum-squares?a=[1-100]' >"$replies.neighbours" &
	run -0 curl -sS -X POST -o /dev/null -w '%{http_code}\n' "$url/faults/segv#[1-100]"
	touch "$replies.end"
	wait $!
	expect_equal 'of the callers' "$(sort <<<"$output" | uniq -c | xargs)" '100 500'
	expect_equal 'of the neighbours' "$(sort -u "$replies.neighbours")" 200
}

@test "a hundred crashes at once cost nobody else anything" {
	local replies=$BATS_TEST_TMPDIR/replies

	curl -sSZ --parallel-max 8 -X POST -o /dev/null -w '%{http_code}\n' \
		"$url/faults/abort#[1-100]" >"$replies.callers" &
	curl -sSZ --parallel-max 8 -o /dev/null -w '%{http_code}\n' \
		"$url/sum-squares?a=[1-400]" >"$replies.neighbours"
	wait $!
	expect_equal 'of the callers' "$(sort "$replies.callers" | uniq -c | xargs)" '100 500'
	expect_equal 'of the neighbours' "$(sort "$replies.neighbours" | uniq -c | xargs)" '400 200'
}

@test "an idle worker that is killed is missed by nobody" {
	for slot in fast/0 fast/1 heavy/0; do
		eventually slot_serves $slot
		pid=$(worker_pid $slot)
		kill -KILL "$pid"
		expect_service
		expect_service
		eventually was_logged " Worker ended\. pool=${slot%/*} pid=$pid cause=killed signal=9( |\$)"
	done
}

# Kills the worker of the heavy pool as soon as it runs a request.
kill_heavy_worker_at_work() {
	local pid rest

	eventually slot_serves heavy/0
	pid=$(worker_pid heavy/0)
	rest=$(descriptors "$pid")
	echo "$pid" >>"$BATS_TEST_TMPDIR/killed"
	touch "$BATS_TEST_TMPDIR/armed"
	eventually holds_more_than "$pid" "$rest"
	kill -KILL "$pid"
	eventually is_gone "$pid"
}

is_armed() {
	[ -e "$BATS_TEST_TMPDIR/armed" ]
}

@test "a pure request whose worker is killed is tried once more" {
	kill_heavy_worker_at_work &
	eventually is_armed
	post '{"ms":1000}' /faults/sleep
	wait $!
	expect_ok '{"ms":1000}'
	eventually was_logged "Worker ended\. pool=heavy pid=$(cat "$BATS_TEST_TMPDIR/killed") cause=killed signal=9( |\$)"
}

# The next workers are forks of the same master: at rest they have as many
# descriptors as the first one.
kill_every_try() {
	local pid rest

	eventually slot_serves heavy/0
	rest=$(descriptors "$(worker_pid heavy/0)")
	touch "$BATS_TEST_TMPDIR/armed"
	for try in 1 2 3; do
		eventually heavy_is_busy "$rest"
		pid=$(worker_pid heavy/0)
		kill -KILL "$pid"
		eventually is_gone "$pid"
	done
}

heavy_is_busy() { # DESCRIPTORS AT REST
	slot_serves heavy/0 && holds_more_than "$(worker_pid heavy/0)" "$1"
}

@test "a request whose workers are all killed is a 502" {
	kill_every_try &
	eventually is_armed
	post '{"ms":1900}' /faults/sleep
	wait $!
	expect_problem_here 502 gateway '^The worker was killed, or could not answer$'
	expect_service
}

# Peers on the pools' sockets that do not speak as nginx does.

# Opens six connections to each pool, sends bytes in hexadecimal on each, says
# "open", and for every line that it then reads, how many are not closed, and
# what came back on them.
hold_connections() { # BYTES
	coproc PEER { python3 -c '
import select, socket, sys
peers = []
for path in sys.argv[2:] * 6:
    peer = socket.socket(socket.AF_UNIX)
    peer.connect(path)
    peer.send(bytes.fromhex(sys.argv[1]))
    peers.append(peer)
print("open", flush=True)
for line in sys.stdin:
    closed, received = 0, b""
    for peer in select.select(peers, [], [], 0)[0]:
        try:
            piece = peer.recv(4096)
            closed += not piece
            received += piece
        except ConnectionError:
            closed += 1
    print(len(peers) - closed, received.hex() or "-", flush=True)
' "$1" "$private/fast.sock" "$private/heavy.sock" 3>&-; }
	read -r answer <&"${PEER[0]}"
	expect_equal 'the peer' "$answer" open
}

still_held() {
	echo >&"${PEER[1]}"
	read -r answer <&"${PEER[0]}"
	echo "$answer"
}

are_closed() {
	[ "$(still_held)" = '0 -' ]
}

release_connections() {
	local peer=$PEER_PID

	exec {PEER[1]}>&-
	wait "$peer"
}

begin=01010001000800000001010000000000 # FCGI_BEGIN_REQUEST, responder, kept

@test "silent and half-sent connections hold no worker" {
	for bytes in '' 01 "$begin" "${begin}01040001ffff0000"; do
		hold_connections "$bytes"
		expect_service
		expect_service
		expect_equal "held with '$bytes'" "$(still_held)" '12 -'
		release_connections
	done
}

@test "connections that stay half-sent are closed in the end" {
	hold_connections "$begin"
	eventually are_closed
	release_connections
	expect_service
}

@test "records that are no request close their connection and nothing else" {
	local ended

	ended=$(logged 'Worker ended')
	while read -r bytes what; do
		hold_connections "$bytes"
		eventually are_closed
		release_connections
	done <<-CASES
		0109000000000000                                 GET_VALUES, empty
		01090000001100000f00464347495f4d50585f434f4e4e53  GET_VALUES
		0109000000ff0000                                 GET_VALUES, cut short
		0102000100000000                                 ABORT_REQUEST
		${begin:0:18}02${begin:20}                       an authorizer
		0101000000080000${begin:16}                      request 0
		0201000100080000${begin:16}                      version 2
		474554202f20485454502f312e300d0a0d0a             HTTP
		${begin}0105000100000000                         a body before the parameters
		${begin}0104000100040000ffffffff0104000100000000  a name of 2 GB
		${begin}01040001000200000a0a0104000100000000     a name that is not there
	CASES
	expect_service
	expect_equal 'workers that ended' "$(logged 'Worker ended')" "$ended"
}

fast_pool_answers() {
	[ "$(curl -so "$sandbox/probe" -w '%{http_code}' "$url/sum-squares?a=1&b=2")" = 200 ]
}

@test "a function that closes descriptors costs its caller, and the pool goes on" {
	call -X POST /faults/shut
	expect_problem_here 502 gateway
	eventually was_logged 'error Cannot watch connections\. call=epoll_wait'
	eventually fast_pool_answers
}
