#!/usr/bin/env bats
# process.bats: starting, stopping, and the other subcommands.

load helper
load server

setup() {
	make_sandbox
}

teardown() {
	remove_sandbox
}

# Stopping

@test "a server stops by each signal and leaves nothing" {
	for signal in TERM INT QUIT; do
		start_ready_server
		[ -S "$sandbox/state/fast.sock" ]
		kill -$signal "$master"
		wait_for "$master"
		expect_equal "status after $signal" "$status" 0
		server_says ' Stopped\.$'
		sandbox_is_empty
		[ ! -e "$sandbox/state/fast.sock" ]
		[ ! -e "$sandbox/state/heavy.sock" ]
	done
}

@test "scripts/run stops by each signal and leaves nothing" {
	for signal in TERM INT; do
		start_site
		kill -$signal "$site"
		wait_for "$site"
		expect_equal "status after $signal" "$status" 0
		sandbox_is_empty
		[ ! -e "$private" ]
	done
}

heavy_works() {
	[ "$(descriptors "$(worker_pid heavy/0)")" -gt "$at_rest" ]
}

# Has the one heavy worker sleep for a caller in the background.
start_sleep() { # MILLISECONDS
	eventually slot_serves heavy/0
	at_rest=$(descriptors "$(worker_pid heavy/0)")
	curl -sS -D "$sandbox/head" -o "$sandbox/body" -H 'Content-Type: application/json' \
		-d "{\"ms\":$1}" "$url/faults/sleep" 3>&- &
	caller=$!
	eventually heavy_works
}

finish_sleep() {
	wait "$caller"
	head=$sandbox/head.last
	body=$sandbox/body
	path=/faults/sleep
	last_head <"$sandbox/head" >"$head"
	code=$(awk 'NR == 1 { print $2 }' "$head")
}

@test "a stop lets a running request finish" {
	for stopped in site master; do
		start_site $'[pool heavy]\nworkers = 1'
		start_sleep 500
		case $stopped in
		site) kill -TERM "$site" ;;
		master) kill -TERM "$(master_pid)" ;;
		esac
		finish_sleep
		expect_ok '{"ms":500}'
		eventually is_gone "$site"
		sandbox_is_empty
	done
}

@test "a request that outlasts stop_timeout is a 503" {
	start_site $'[server]\nstop_timeout = 100ms\n[pool heavy]\nworkers = 1'
	start_sleep 60000
	kill -TERM "$(master_pid)"
	finish_sleep
	expect_problem_here 503 busy '^The server stopped before'
	[[ $(header Retry-After) =~ ^[1-9][0-9]*$ ]]
	eventually is_gone "$site"
}

@test "workers die with a master that is killed" {
	start_site $'[pool heavy]\nworkers = 1'
	start_sleep 60000
	kill -KILL "$(master_pid)"
	finish_sleep
	[[ $code =~ ^50[23]$ ]] # the second try may find a socket or none
	expect_header Content-Type application/problem+json
	eventually is_gone "$site"
	wait_for "$site"
	expect_equal 'status of scripts/run' "$status" 1
	sandbox_is_empty
}

@test "all of a site dies when scripts/run is killed" {
	start_site
	kill -KILL "$site"
	wait_for "$site" 2>/dev/null
	eventually sandbox_is_empty
}

@test "all of a site ends when its nginx is killed, and it can start again" {
	start_site
	kill -KILL "$(pgrep -o -f "nginx: master process.*$sandbox")"
	wait_for "$site"
	expect_equal status "$status" 1
	eventually sandbox_is_empty
	start_site
	kill -TERM "$site"
	wait_for "$site"
}

@test "what a killed site left is removed by the next one" {
	start_site
	kill -KILL "$site"
	wait_for "$site" 2>/dev/null
	eventually sandbox_is_empty
	expect_equal directories "$(find "$sandbox" -maxdepth 1 -name 'millrace.*' | wc -l)" 1
	start_site
	expect_equal directories "$(find "$sandbox" -maxdepth 1 -name 'millrace.*' | wc -l)" 1
	kill -TERM "$site"
	wait_for "$site"
}

# Starting

@test "a second server on the same directory is refused and harms nothing" {
	start_ready_server
	inode=$(stat -c %i "$sandbox/state/fast.sock")
	expect_refusal 1 "Another server uses the directory. path=$sandbox/state" \
		serve --state "$sandbox/state" --config "$sandbox/site.ini"
	expect_refusal 1 "Another server uses the directory. path=$sandbox/state" \
		serve --state "$sandbox/mine" --sockets "$sandbox/state" --config "$sandbox/site.ini"
	expect_equal socket "$(stat -c %i "$sandbox/state/fast.sock")" "$inode"
	is_alive "$master"
	kill -TERM "$master"
	wait "$master"
}

@test "a server takes the place of one that was killed" {
	start_ready_server
	kill -KILL "$master"
	eventually sandbox_is_empty
	[ -S "$sandbox/state/fast.sock" ]
	start_ready_server
	kill -TERM "$master"
	wait "$master"
}

@test "sockets have the mode 0660 and the group that is asked for" {
	group=$(id -gn)
	start_ready_server '' --socket-group "$group"
	for pool in fast heavy; do
		expect_equal "mode and group of $pool" \
			"$(stat -c '%a %G' "$sandbox/state/$pool.sock")" "660 $group"
	done
	kill -TERM "$master"
	wait "$master"
}

@test "a group that does not exist is refused" {
	expect_refusal 1 'There is no such group\. socket_group=no-such-group' \
		serve --state "$sandbox/state" --socket-group no-such-group
}

@test "a state directory that cannot be made is refused" {
	expect_refusal 1 "Cannot make a directory\. path=/proc/nowhere" \
		serve --state /proc/nowhere
}

@test "a path too long for a socket is refused with a way out" {
	expect_refusal 1 'pool fast: the path of its socket is longer .*--sockets' \
		check --state "$sandbox/$(printf 'x%.0s' {1..120})"
}

deaths() { # AT LEAST
	[ "$(grep -c 'worker fast/0: starting -> empty' "$server_log")" -ge "$1" ]
}

# Milliseconds from each death of fast/0 to its next start.
pauses() {
	local then

	grep 'worker fast/0: ' "$server_log" | while read -r time _ _ _ from _; do
		if [ "$from" = empty ] && [ -n "${then:-}" ]; then
			echo $((($(date -d "$time" +%s%N) - then) / 1000000))
		fi
		then=$(date -d "$time" +%s%N)
	done
}

@test "workers that die at once are started after growing pauses" {
	server_log=$sandbox/server.log
	printf '[pool fast]\nworkers = 1\nfiles = 4\n' >"$sandbox/tiny.ini"
	background "$server_log" "$millrace" serve --state "$sandbox/state" \
		--config "$sandbox/tiny.ini"
	master=$started
	eventually deaths 5
	is_alive "$master"
	kill -TERM "$master"
	wait "$master"
	least=100
	for pause in $(pauses | head -n 4); do
		[ "$pause" -ge "$least" ] || fail "after $pause ms, not $least"
		least=$((2 * least))
	done
	expect_equal 'the least of the next pause' "$least" 1600
}

@test "scripts/run refuses a port in use and what is no port or option" {
	start_site
	while read -r code arguments; do
		# shellcheck disable=SC2086
		run "$repository/scripts/run" ${arguments/PORT/$port}
		expect_equal "status of $arguments" "$status" "$code"
		[[ $output =~ scripts/run:\ .*(port|option|value) ]]
	done <<-'CASES'
		1 --port PORT
		2 --port x
		2 --port 0
		2 --port 65536
		2 --port
		2 --porr 80
	CASES
	call /sum-squares
	expect_status 200
	stop_site
}

# The command line

@test "a command line that cannot be understood is refused with status 2" {
	while IFS='|' read -r arguments complaint; do
		# shellcheck disable=SC2086
		expect_refusal 2 "$complaint" $arguments
	done <<-'CASES'
		serv|no command 'serv'; did you mean 'serve'
		zebra|no command 'zebra'
		check --modul x|no option --modul; did you mean --module
		check --zebra|no option --zebra
		check --config|--config needs FILE
		check --config=|--config needs FILE
		check more|usage: millrace check
		pool|usage: millrace pool NAME
		nginx|usage: millrace nginx
		call|usage: millrace call PATH
	CASES
	run -2 "$millrace"
	[[ $output =~ Commands: ]]
}

@test "help and version are told on standard output" {
	for arguments in help --help version --version 'serve --help' 'call --help'; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr "$millrace" $arguments
		[[ $output =~ ^(millrace\ [0-9]+\.[0-9]+|\ \ millrace\ (serve|call)) ]]
		[ -z "$stderr" ]
	done
}

@test "endpoints lists method, path, pool and summary" {
	run -0 --separate-stderr "$millrace" endpoints --module "$faults"
	while read -r method path pool summary; do
		grep -qE "^$method +$path +$pool +$summary" <<<"$output" || fail "no $path"
	done <<-'CASES'
		GET  /sum-squares     fast  Sum of two squares
		POST /process-numbers heavy Rounds of arithmetic
		POST /faults/sleep    heavy Sleeps
		POST /faults/segv     fast  Writes through a null pointer
	CASES
	expect_equal order "$(awk '{ print $2 }' <<<"$output")" \
		"$(awk '{ print $2 }' <<<"$output" | LC_ALL=C sort)"
}

@test "output that cannot be written is a failure" {
	for arguments in check endpoints 'nginx locations' 'call /sum-squares'; do
		# shellcheck disable=SC2086
		run -1 bash -c '"$@" >/dev/full' - "$millrace" $arguments
	done
}

@test "call prints a result and tells of a problem by its status" {
	while IFS='|' read -r arguments result; do
		# shellcheck disable=SC2086
		run -0 --separate-stderr "$millrace" call $arguments
		expect_equal "result of $arguments" "$output" "$result"
	done <<-'CASES'
		/sum-squares|{"a":5,"b":10,"sum_of_squares":125}
		/sum-squares a=-3 b=4|{"a":-3,"b":4,"sum_of_squares":25}
		/process-numbers numbers=[1,2] rounds=1|{"original_count":2,"processed_result":[4,6]}
	CASES
	run -0 --separate-stderr bash -c 'echo "{\"numbers\":[1],\"rounds\":1}" | "$1" call /process-numbers -' - "$millrace"
	expect_equal 'result of standard input' "$output" '{"original_count":1,"processed_result":[4]}'
}

@test "call refuses with a problem on standard error" {
	while IFS='|' read -r arguments complaint; do
		# shellcheck disable=SC2086
		expect_refusal 1 "$complaint" call $arguments
	done <<-'CASES'
		/sum-squares a=x|"status":422.*"int_parsing"
		/sum-squares a=3037000500|"status":422.*largest 64-bit integer
		/sum-squares aaa=1 zebra=1|"status":422.*2 faults
		/process-numbers numbers=[1|"status":422.*"list_type"
		/process-numbers|"status":422.*"missing"
		/sum-square|no endpoint has the path /sum-square; did you mean /sum-squares
		/sum-squares a|'a' is not NAME=VALUE
	CASES
}

# Plain CGI

cgi() { # NAME=VALUE..., body on standard input
	write_config ''
	env -i PATH="$PATH" "$@" "$millrace" cgi --config "$sandbox/site.ini" \
		--module "$faults" | tr -d '\r' >"$sandbox/reply"
	head=$sandbox/head
	body=$sandbox/body
	sed '/^$/q' "$sandbox/reply" >"$head"
	sed '1,/^$/d' "$sandbox/reply" >"$body"
	code=$(header Status)
	code=${code%% *}
}

@test "cgi answers GET" {
	cgi REQUEST_METHOD=GET SCRIPT_NAME=/sum-squares QUERY_STRING='a=3&b=4' \
		HTTP_X_REQUEST_ID=from-cgi </dev/null
	expect_ok '{"a":3,"b":4,"sum_of_squares":25}'
	expect_header X-Request-Id from-cgi
	expect_header Content-Length 33
	cgi REQUEST_METHOD=GET SCRIPT_NAME=/cgi-bin/millrace PATH_INFO=/sum-squares </dev/null
	expect_ok '{"a":5,"b":10,"sum_of_squares":125}'
	cgi REQUEST_METHOD=HEAD SCRIPT_NAME=/sum-squares </dev/null
	expect_status 200
	expect_body ''
}

@test "cgi answers POST and reads only its body" {
	cgi REQUEST_METHOD=POST SCRIPT_NAME=/process-numbers CONTENT_LENGTH=26 \
		CONTENT_TYPE=application/json <<<'{"numbers":[1],"rounds":1}and what follows'
	expect_ok '{"original_count":1,"processed_result":[4]}'
}

@test "cgi refuses what it cannot answer" {
	while read -r code_expected slug length target; do
		cgi REQUEST_METHOD=POST SCRIPT_NAME="$target" CONTENT_LENGTH="$length" \
			CONTENT_TYPE=application/json <<<'{"numbers":[1]}'
		path=$target
		expect_problem_here "$code_expected" "$slug"
	done <<-'CASES'
		400 syntax         x                    /process-numbers
		400 syntax         -1                   /process-numbers
		400 syntax         15x                  /process-numbers
		413 body-too-large 99999999999999999999 /process-numbers
		413 body-too-large 48000001             /process-numbers
		400 syntax         1000                 /process-numbers
		404 not-found      15                   /nope
		405 method         0                    /sum-squares
	CASES
	cgi REQUEST_METHOD=POST SCRIPT_NAME=/process-numbers </dev/null
	expect_problem 411 length-required
	cgi </dev/null
	expect_status 404
}

@test "cgi answers for a function that does not return" {
	while read -r code_expected slug target detail; do
		cgi REQUEST_METHOD=POST SCRIPT_NAME="$target" HTTP_X_REQUEST_ID=from-cgi </dev/null
		path=$target
		expect_problem_here "$code_expected" "$slug" "$detail"
		expect_header X-Request-Id from-cgi
		expect_header Content-Length "$(wc -c <"$body" | tr -d ' ')"
	done <<-'CASES'
		500 crash    /faults/segv  SIGSEGV
		500 crash    /faults/stack stack overflow
		500 crash    /faults/exit  called exit
		504 deadline /faults/spin  its 1000 ms
	CASES
}

# One pool for spawn-fcgi

@test "pool serves a socket of spawn-fcgi behind nginx" {
	write_config ''
	background "$sandbox/pool.log" spawn-fcgi -s "$sandbox/fast.sock" -M 0666 -n -- \
		"$millrace" pool fast --config "$sandbox/site.ini" --module "$faults"
	pool=$started
	lay_out_nginx
	start_nginx "$sandbox"
	call /sum-squares
	expect_ok '{"a":5,"b":10,"sum_of_squares":125}'
	call -X POST /faults/segv
	expect_problem_here 500 crash SIGSEGV
	call /sum-squares
	expect_status 200
	post '{"numbers":[1]}' /process-numbers # of the pool that is not there
	expect_problem_here 503 busy
	kill -TERM "$pool" "$nginx"
	wait "$pool" "$nginx"
	[ -S "$sandbox/fast.sock" ] # it is spawn-fcgi's
}

@test "pool needs a listening socket and a name that exists" {
	expect_refusal 1 'Descriptor 0 is not a listening socket' pool fast
	expect_refusal 1 'There is no such pool\. pool=zebra' pool zebra
}
