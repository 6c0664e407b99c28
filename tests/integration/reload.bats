#!/usr/bin/env bats
# reload.bats: a new configuration, module or program takes over, or does not,
# and no caller sees it.

load helper
load server

built=$MILLRACE_BUILD/modules # whatever a site has in its place

setup() {
	make_sandbox
	modules+=(--module "$processes")
}

teardown() {
	remove_sandbox
}

# A site with its programs and a module in the sandbox, where they can be
# replaced.
start_own_site() { # [CONFIGURATION]
	mkdir "$sandbox/build"
	cp "$millrace" "$MILLRACE_BUILD"/libmillrace.so* "$sandbox/build"
	cp "$MILLRACE_BUILD/modules/edition.so" "$sandbox/edition.so"
	modules+=(--module "$sandbox/edition.so")
	export MILLRACE_BUILD=$sandbox/build
	start_site "$@"
	master=$(master_pid)
}

# As an installation does it: the running one keeps its file.
put_in_place() { # FILE AS
	cp "$1" "$2.new"
	mv "$2.new" "$2"
}

start_reloadable_site() { # [CONFIGURATION]
	start_site "$@"
	master=$(master_pid)
}

expect_reload() { # GENERATION
	run --separate-stderr of_site reload
	expect_equal 'complaints of reload' "$stderr" ''
	expect_equal 'what reload says' "$output" "generation $1 serves"
	is_alive "$master"
}

# Nothing changes but that it is told.
expect_no_reload() { # REASON, A PATTERN
	local before

	before=$(status_of '.millrace | "\(.pid) \(.generation)"')
	run -1 --separate-stderr of_site reload
	[[ $stderr =~ $1 ]] || fail "'$stderr' is not like '$1'"
	expect_equal 'the server' "$(status_of '.millrace | "\(.pid) \(.generation)"')" "$before"
	expect_equal 'reloads that failed' "$(status_of .millrace.reloads_failed)" 1
	[[ $(status_of .millrace.reload_error) =~ $1 ]]
	was_logged "error Not reloaded, the old configuration serves on\. reason="
	is_alive "$master"
	call /sum-squares
	expect_status 200
}

old_workers_are_gone() {
	local pid

	for pid in $old_workers; do
		is_gone "$pid" || return 1
	done
}

# Without one failed call

two_each='
	[pool fast]
	workers = 2
	[pool heavy]
	workers = 2'

@test "ten reloads in a row cost no call, whatever it is, and run none twice" {
	start_reloadable_site "$two_each"
	old_workers=$(workers_of "$master")
	start_load --clients 6
	start_load_of_long_calls
	for generation in {2..11}; do
		expect_reload $generation
	done
	finish_long_calls
	stop_load
	expect_notes_once "$site_log"
	eventually old_workers_are_gone
	expect_equal 'other ends' "$(logged 'Worker ended' | cat)" "$(logged 'cause=reloaded$')"
	stop_site
}

# Of heavy, which a reload finds running.
start_load_of_long_calls() {
	curl -sZ --parallel-immediate --max-time "$PATIENCE" -o /dev/null -w '%{http_code}\n' \
		-H 'Content-Type: application/json' -d '{"ms":1500}' "$url/faults/sleep#[1-4]" \
		>"$sandbox/long" 2>/dev/null 3>&- &
	long=$!
}

finish_long_calls() {
	wait_for "$long"
	expect_equal 'statuses of long calls' "$(sort "$sandbox/long" | uniq -c | xargs)" '4 200'
}

@test "reloads asked for 0 to 25 ms apart cost no call" {
	start_reloadable_site "$two_each"
	start_load --clients 6
	for round in {1..10}; do
		for pause in 0 0.001 0.002 0.004 0.007 0.010 0.013 0.017 0.021 0.025; do
			kill -HUP "$master"
			sleep $pause
		done
		is_alive "$master"
	done
	eventually is_settled
	stop_load
	expect_notes_once "$site_log"
	[ "$(status_of .millrace.generation)" -ge 2 ]
	expect_equal 'reloads that failed' "$(status_of .millrace.reloads_failed)" 0
	expect_equal 'other ends' "$(logged 'cause=(crash|failed|deadline|unresponsive|killed)')" 0
	stop_site
}

# No reload is under way, and what was asked for last was done.
is_settled() {
	[[ $(grep -E ' (Reloading|Ready)\. ?' "$site_log" | tail -n 1) =~ Ready ]]
}

@test "a call that runs goes on through reloads, with the master that came" {
	start_reloadable_site $'[pool heavy]\nworkers = 1'
	start_load_of_long_calls
	eventually status_is '.pools[] | select(.name == "heavy") | .workers.busy' 1
	for generation in 2 3 4; do
		expect_reload $generation
	done
	finish_long_calls
	stop_site
}

# What is new

@test "a reload takes up workers, deadline and environment" {
	start_reloadable_site $'[pool fast]\nworkers = 1\n[pool heavy]\nworkers = 1\ndeadline = 10m'
	write_config $'[pool fast]\nworkers = 3\nenv = A=two\n[pool heavy]\nworkers = 2\ndeadline = 50ms'
	expect_reload 2
	eventually status_is '.pools[] | select(.name == "fast") | .workers.idle' 3
	eventually status_is '.pools[] | select(.name == "heavy") | .workers.idle' 2
	expect_equal deadline "$(status_of '.pools[] | select(.name == "heavy") | .limits.deadline_seconds')" 0.05
	call '/processes/self?variable=A'
	expect_json '.value == "two"'
	post '{"ms":60000}' /faults/sleep
	expect_problem 504 deadline
	stop_site
}

@test "a reload takes up a new edition of a module" {
	start_own_site
	call /edition
	expect_ok '{"edition":1}'
	put_in_place "$built/edition_next.so" "$sandbox/edition.so"
	call /edition
	expect_ok '{"edition":1}'
	expect_reload 2
	call /edition
	expect_ok '{"edition":2}'
	stop_site
}

@test "a reload brings and removes pools" {
	start_reloadable_site
	[ ! -e "$private/extra.sock" ]
	write_config $'[pool extra]\nworkers = 2'
	expect_reload 2
	[ -S "$private/extra.sock" ]
	eventually status_is '.pools[] | select(.name == "extra") | .workers.idle' 2
	old_workers=$(status_of '.pools[] | select(.name == "extra") | .processes[].pid')
	write_config ''
	expect_reload 3
	eventually old_workers_are_gone
	[ ! -e "$private/extra.sock" ]
	eventually status_is '[.pools[].name] | index("extra")' null
	call /sum-squares
	expect_status 200
	stop_site
}

@test "a reload takes up a new program, and the first one may be gone" {
	start_own_site
	version=$(status_of .millrace.version)
	next=9${version#?} # its end may be the text of something else
	/usr/bin/python3 -c 'import sys
old, new = (text.encode() + b"\0" for text in sys.argv[1:])
sys.stdout.buffer.write(sys.stdin.buffer.read().replace(old, new))' "$version" "$next" \
		<"$millrace" >"$sandbox/next"
	chmod +x "$sandbox/next"
	start_load --clients 3
	put_in_place "$sandbox/next" "$sandbox/build/millrace"
	expect_reload 2
	expect_equal program "$(stat -Lc %i "/proc/$master/exe")" "$(stat -c %i "$sandbox/build/millrace")"
	expect_equal version "$(status_of .millrace.version)" "$next"
	put_in_place "$millrace" "$sandbox/build/millrace"
	expect_reload 3
	expect_equal version "$(status_of .millrace.version)" "$version"
	stop_load
	stop_site
}

# What does not work

@test "a configuration that is wrong leaves the old one, and says where" {
	start_reloadable_site "$two_each"
	start_load --clients 3
	printf '[pool fast]\nworkers = 2\nworker = 3\n' >"$sandbox/site.ini"
	run -1 --separate-stderr timeout "$PATIENCE" "$millrace" reload --state "$sandbox/state"
	[[ $stderr =~ ^'millrace: the reload failed; what served goes on: '.*site\.ini:3:\ .*workers ]]
	expect_equal 'what reload prints' "$output" ''
	run -0 timeout "$PATIENCE" "$millrace" top --state "$sandbox/state" </dev/null
	[[ $output =~ 'The last reload failed: ' ]] || fail "$output"
	was_logged "error Not reloaded.* reason=\".*site\.ini:3: .*did you mean 'workers'"
	was_logged "error Reload: millrace: $sandbox/site\.ini:3: .*no option 'worker'"
	expect_equal generation "$(status_of .millrace.generation)" 1
	expect_equal 'reloads that failed' "$(status_of .millrace.reloads_failed)" 1
	run -1 --separate-stderr of_site reload # which reads the file itself
	[[ $stderr =~ site\.ini:3:.*did\ you\ mean\ \'workers\' ]]
	write_config "$two_each"
	expect_reload 2
	stop_load
	stop_site
}

@test "a module that crashes whoever loads it leaves the old one" {
	start_own_site
	put_in_place "$built/crashing.so" "$sandbox/edition.so"
	kill -HUP "$master"
	eventually was_logged 'error Not reloaded.* reason="the trial ended by signal 11"'
	expect_equal 'what status says' "$(status_of .millrace.reload_error)" 'the trial ended by signal 11'
	call /edition
	expect_ok '{"edition":1}'
	is_alive "$master"
	stop_site
}

@test "workers that cannot serve leave the old ones serving" {
	start_reloadable_site "$two_each"
	write_config $'[pool fast]\nworkers = 2\nfiles = 3'
	kill -HUP "$(master_pid)"
	eventually was_logged 'Worker ended\. pool=fast pid=[0-9]+ cause=failed' 3
	call '/sum-squares?a=3&b=4'
	expect_status 200
	write_config "$two_each"
	expect_reload 3
	stop_site
}

@test "a program that cannot run leaves the old one" {
	start_own_site
	echo 'no program' >"$sandbox/build/millrace.text"
	chmod +x "$sandbox/build/millrace.text"
	put_in_place "$sandbox/build/millrace.text" "$sandbox/build/millrace"
	expect_no_reload 'build/millrace: Exec format error'
	put_in_place "$millrace" "$sandbox/build/millrace"
	expect_reload 2
	stop_site
}

@test "a reload that finds its socket taken goes back, and says so" {
	start_reloadable_site "$two_each"
	start_load --clients 4
	tcp=$(random_port)
	background "$sandbox/taker.log" /usr/bin/python3 -c 'import socket, sys, time
s = socket.create_server(("127.0.0.1", int(sys.argv[1])))
time.sleep(1000)' "$tcp"
	taker=$started
	eventually port_is_taken "$tcp"
	write_config "$two_each
		[pool extra]
		listen = 127.0.0.1:$tcp
		allowed_clients = 127.0.0.1"
	run -1 --separate-stderr of_site reload
	[[ $stderr =~ 'could not start' ]]
	was_logged "error Cannot listen\. address=127\.0\.0\.1:$tcp "
	was_logged 'Going back to the program and the configuration before\.'
	is_alive "$master"
	expect_equal 'reloads that failed' "$(status_of .millrace.reloads_failed)" 1
	expect_equal pools "$(status_of '[.pools[].name] | index("extra")')" null
	kill "$taker"
	wait_for "$taker"
	run -0 of_site reload
	eventually status_is '[.pools[].name] | index("extra") != null' true
	stop_load
	expect_notes_once "$site_log"
	stop_site
}

# At the same time as a stop

@test "a stop during a reload stops, and so does a reload during a stop" {
	for first in HUP TERM; do
		for pause in 0 0.002 0.01 0.03; do
			start_ready_server $'[pool fast]\nworkers = 2'
			kill -$first "$master"
			sleep $pause
			if [ $first = HUP ]; then
				kill -TERM "$master"
			else
				kill -HUP "$master" || true # it may be over
			fi
			wait_for "$master"
			expect_equal "status after $first and $pause s" "$status" 0
			server_says ' Stopped\.$'
			sandbox_is_empty
			expect_equal sockets "$(find "$sandbox/state" -name '*.sock')" ''
		done
	done
}

@test "reload says why it cannot when no server runs" {
	expect_refusal 1 'no server runs in ' reload --state "$sandbox/state"
	expect_refusal 1 'no server runs in ' reopen --state "$sandbox/state"
}
