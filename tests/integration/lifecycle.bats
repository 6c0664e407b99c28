#!/usr/bin/env bats
# lifecycle.bats: signals to the master and to workers, stopping, dying.

load helper
load server

setup() {
	make_sandbox
	modules+=(--module "$processes")
}

teardown() {
	remove_sandbox
}

finish_site() { # STATUS OF scripts/run
	eventually is_gone "$site"
	wait_for "$site"
	expect_equal 'status of scripts/run' "$status" "$1"
	sandbox_is_empty
}

# Workers

@test "a hang-up, as a terminal sends it, does nothing to a worker" {
	start_ready_server $'[pool fast]\nworkers = 2'
	before=$(workers_of "$master")
	for pid in $before; do
		kill -HUP "$pid"
		kill -INT "$pid"
	done
	kill -USR1 "$master"
	eventually server_says ' The log is open anew\.'
	stop_server
	for pid in $before; do
		was_logged "Worker ended\. pool=[a-z]+ pid=$pid cause=stopped\$"
	done
}

# The other worker goes on as it is, and so does a caller of both.
@test "a worker that is ended by hand is replaced, and the others are unhurt" {
	start_site $'[pool fast]\nworkers = 2\n[pool heavy]\nworkers = 2'
	start_load --clients 2 --calls sums --allow 502
	for signal in QUIT TERM KILL; do
		for pool in fast heavy; do
			eventually has_workers $pool 2
			victim=$(worker_pid $pool/0)
			other=$(worker_pid $pool/1)
			kill -$signal "$victim"
			eventually is_gone "$victim"
			eventually was_logged "Worker ended\. pool=$pool pid=$victim "
			eventually slot_serves $pool/0
			expect_equal "the other one after $signal" "$(worker_pid $pool/1)" "$other"
			[ "$(worker_pid $pool/0)" != "$victim" ]
			is_alive "$other"
		done
	done
	stop_load
	stop_site
}

@test "a worker that is told to quit or to terminate costs no call" {
	start_site $'[pool fast]\nworkers = 2'
	start_load --clients 3 --calls sums --calls numbers
	for i in 1 2 3 4 5 6 7 8; do
		signal=QUIT
		[ $((i % 2)) = 0 ] || signal=TERM
		eventually has_workers fast 2
		kill -$signal "$(worker_pid fast/$((i / 2 % 2)))"
		eventually was_logged 'Worker ended\. pool=fast' $i
	done
	stop_load
	stop_site
}

# Stopping

# A caller in the background; its answer's status goes to the file `called`.
start_call() { # BODY PATH
	curl -s -o "$sandbox/called.body" -w '%{http_code}' --max-time "$PATIENCE" \
		-H 'Content-Type: application/json' -d "$1" "$url$2" >"$sandbox/called" 3>&- &
	caller=$!
	eventually heavy_is_busy
}

heavy_is_busy() {
	status_is '.pools[] | select(.name == "heavy") | .workers.busy' 1
}

finish_call() { # STATUS
	wait_for "$caller"
	expect_equal 'status of the call' "$(cat "$sandbox/called")" "$1"
}

one_heavy='[pool heavy]
	workers = 1'

@test "a worker that ignores QUIT and TERM is killed at the end of the ladder" {
	start_site $'[server]\nstop_timeout = 100ms\n'"$one_heavy"
	post '{"ms":0}' /faults/stubborn
	expect_ok '{"ms":0}'
	start_call '{"ms":3600000}' /faults/stubborn
	kill -TERM "$(master_pid)"
	finish_call 502
	finish_site 1 # since a part of it ended by itself
	expect_equal ladder "$(sed -n 's/.* worker heavy\/0: \(.*\) pid=.*/\1/p' "$site_log" |
		tail -n 4 | paste -sd,)" \
		'serving -> draining,draining -> terminating,terminating -> killed,killed -> empty'
	was_logged 'Worker ended\. pool=heavy pid=[0-9]+ cause=unresponsive signal=9'
	was_logged ' Stopped\.$'
}

@test "a worker that hears no deadline is killed, and the next call is served" {
	start_site "$one_heavy"$'\ndeadline = 100ms'
	post '{"ms":3600000}' /faults/stubborn
	expect_problem_here 502 gateway
	was_logged 'worker heavy/0: serving -> condemned'
	was_logged 'worker heavy/0: condemned -> killed'
	post '{"ms":0}' /faults/sleep
	expect_ok '{"ms":0}'
	stop_site
}

@test "a second signal ends a stop that takes its time" {
	start_site $'[server]\nstop_timeout = 10m\n'"$one_heavy"
	start_call '{"ms":3600000}' /faults/sleep
	master=$(master_pid)
	kill -TERM "$master"
	eventually was_logged 'worker heavy/0: serving -> draining'
	is_alive "$master"
	kill -TERM "$master"
	finish_call 503
	was_logged 'Stopping at once\.'
	finish_site 1
}

@test "not ready is said for stop_delay, while calls are answered" {
	start_site $'[server]\nstop_delay = 10m\n'"$one_heavy"
	call /readyz
	expect_status 200
	kill -TERM "$(master_pid)"
	eventually was_logged ' Stopping\.'
	call /readyz
	expect_problem_here 503 busy '^The server is about to stop$'
	[[ $(header Retry-After) =~ ^[1-9][0-9]*$ ]]
	call '/readyz?verbose'
	expect_status 503
	expect_json '.detail == "The server is about to stop" and
		[.checks[] | select(.ready | not) | .check] == ["not draining"] and
		any(.checks[]; .check == "pool fast" and .ready)'
	call /livez
	expect_status 200
	post '{"ms":10}' /faults/sleep
	expect_ok '{"ms":10}'
	expect_equal draining "$(status_of .millrace.draining)" true
	expect_equal drained "$(logged '-> draining')" 0
	kill -TERM "$(master_pid)" # not to wait for it
	finish_site 1
}

@test "control answers until the last running request has ended" {
	start_site "$one_heavy"
	start_call '{"ms":3600000}' /faults/sleep
	master=$(master_pid)
	kill -TERM "$master"
	eventually was_logged 'worker heavy/0: serving -> draining'
	call /livez
	expect_status 200
	expect_equal busy "$(status_of '.pools[] | select(.name == "heavy") | .workers.leaving')" 1
	kill -TERM "$master"
	finish_call 503
	finish_site 1
}

# Dying

@test "workers die with a killed master, whoever they are, and the next one serves" {
	# The kernel forgets the death signal of who changes its user.
	user=$(id -un)
	if [ "$(id -u)" = 0 ]; then
		user=nobody
	fi
	start_ready_server $'[pool fast]\nworkers = 2\nuser = '"$user"
	expect_equal 'user of a worker' "$(ps -o user= -p "$(worker_pid fast/0)")" "$user"
	kill -KILL "$master"
	wait_for "$master" 2>/dev/null
	eventually sandbox_is_empty
	start_ready_server $'[pool fast]\nworkers = 2'
	stop_server
}

@test "a master that is killed while it reloads leaves nothing behind" {
	for pause in 0.001 0.01 0.02 0.05; do
		start_ready_server
		kill -HUP "$master"
		sleep $pause
		kill -KILL "$master"
		wait_for "$master" 2>/dev/null
		eventually sandbox_is_empty
	done
	start_ready_server
	stop_server
}

@test "while there is no master nginx says so, and the next one serves" {
	start_fronted_server
	call /sum-squares
	expect_status 200
	kill -KILL "$master"
	wait_for "$master" 2>/dev/null
	eventually only_nginx_is_left
	call /sum-squares
	expect_problem 503 busy
	[[ $(header Retry-After) =~ ^[1-9][0-9]*$ ]]
	start_server_again
	call /sum-squares
	expect_status 200
	stop_fronted_server
}

only_nginx_is_left() {
	local pid

	for pid in $(inhabitants); do
		[[ $(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline") != *"$millrace"* ]] || return 1
	done
}
