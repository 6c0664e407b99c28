#!/usr/bin/env bats
# live.bats: clients that pool live holds: parked answers, waits, events.

configuration='
	[pool fast]
	workers = 1
	[pool runner]
	workers = 2'

load helper
load server
load own_site

modules+=(--module "$MILLRACE_BUILD/modules/parks.so")
websocket=$repository/tests/integration/websocket
event_source=$repository/tests/integration/event_source
nobody=01a1fe80-a930-7ae6-8c63-4b5ba233a4e1 # no job has this id
parked='{"message":"xxxxxxxxxxx"}'

ms() {
	echo $((${EPOCHREALTIME/./} / 1000))
}

# In the background: status and body of a GET go to a file.
fetch() { # FILE CURL'S ARGUMENTS
	background "$sandbox/$1" curl -sS --max-time "$PATIENCE" -w ' %{http_code}' \
		"${@:2:$#-2}" "$url${!#}"
}

expect_fetched() { # FILE TEXT
	wait_for "$started"
	expect_equal "$1" "$(cat "$sandbox/$1")" "$2"
}

# Of clients as many are with live by now, by whichever socket they came.
live_clients() {
	ls -l "/proc/$(worker_pid 'live/[0-9]*')/fd" |
		sed -n 's/.*socket:\[\([0-9]*\)\]$/\1/p' |
		awk -v path="$private/" 'NR == FNR { held[$1]; next }
			$7 in held && $6 == "03" && index($NF, path) == 1' - /proc/net/unix |
		wc -l
}

live_holds() { # COUNT
	[ "$(live_clients)" -ge "$1" ]
}

kill_live() {
	local pid

	pid=$(worker_pid 'live/[0-9]*')
	kill -KILL "$pid"
	eventually was_logged "Worker ended\. pool=live pid=$pid "
}

# A job that takes some ms; its id is $job.
submit_pause() { # MS
	post "{\"ms\":$1}" /faults/sleep -H 'Prefer: respond-async'
	expect_status 202
	job=$(json .id)
	expect_header Location "/jobs/$job"
}

events() { # FILE [CURL'S ARGUMENTS]
	background "$sandbox/$1" curl -sSN --max-time "$PATIENCE" "${@:2}" \
		"$url/jobs/$job/events"
}

# "ID STATE" of each state that was told of.
states_in() { # FILE
	awk '/^id: / { id = $2 } /^event: / { event = $2 }
		/^data: / && event == "state" {
			match($0, /"state":"[a-z]*/)
			print id, substr($0, RSTART + 9, RLENGTH - 9)
		}' "$sandbox/$1"
}

has_states() { # FILE COUNT
	[ "$(states_in "$1" | wc -l)" -ge "$2" ]
}

@test "a parked answer leaves when it is due, as it is" {
	local begin

	begin=$(ms)
	call -H 'X-Request-Id: park-1' '/park?seconds=0.4'
	expect_ok "$parked"
	[ $(($(ms) - begin)) -ge 400 ]
	expect_header X-Request-Id park-1
	expect_equal 'inner headers' "$(grep -ci '^x-millrace\|^x-accel' "$head" || true)" 0
	call '/park?seconds=0'
	expect_ok "$parked"
}

@test "a parked answer to HEAD and to POST" {
	call -I '/park?seconds=0.1'
	expect_status 200
	expect_header Content-Length ${#parked}
	post '{"seconds":0.1}' /park/post
	expect_ok '{"message":"posted"}'
}

@test "a parked answer by HTTP/1.0, with gzip, and as an array" {
	call -0 '/park?seconds=0.1'
	expect_ok "$parked"
	call --compressed '/park?seconds=0.1&length=2000'
	expect_status 200
	expect_header Content-Encoding gzip
	expect_equal length "$(json '.message | length')" 2000
	call --compressed '/park?seconds=0.1'
	expect_ok "$parked"
	expect_header Content-Encoding ''
	call -H 'Accept: application/x-npy' '/park?seconds=0.1'
	expect_problem_here 406 not-acceptable
	call -I /
	expect_status 200
}

@test "an answer that is too long to be parked is a problem" {
	call '/park?seconds=0.1&length=4000'
	expect_problem_here 500 result 'cannot be parked'
	call '/park?seconds=0&length=4000'
	expect_status 200
}

@test "what is parked holds no worker" {
	for i in 1 2 3 4 5 6 7 8; do
		fetch "parked.$i" '/park?seconds=2'
		waiting[i]=$started
	done
	call '/park?seconds=0'
	expect_ok "$parked"
	for i in 1 2 3 4 5 6 7 8; do
		started=${waiting[i]}
		expect_fetched "parked.$i" "$parked 200"
	done
}

@test "nobody asks for what is internal" {
	call "/_millrace/wait?job=$nobody&until=1"
	expect_problem_here 404 not-found
}

@test "a wait ends with the answer of the plain call" {
	post '{"ms":200}' /faults/sleep -H 'Prefer: wait=20' -H 'X-Request-Id: wait-1'
	expect_ok '{"ms":200}'
	expect_header X-Request-Id wait-1
}

@test "a wait that is over ends with the job, whose result can be waited for" {
	post '{"ms":2500}' /faults/sleep -H 'Prefer: wait=1'
	expect_status 202
	expect_header Preference-Applied respond-async
	expect_json '.state == "running" or .state == "queued"'
	job=$(json .id)
	expect_header Location "/jobs/$job"
	call -H 'Prefer: wait=20' "/jobs/$job/result"
	expect_ok '{"ms":2500}'
}

@test "a live that is killed costs nobody an answer" {
	fetch park.out '/park?seconds=3'
	park=$started
	fetch wait.out -H 'Content-Type: application/json' -H 'Prefer: wait=20' \
		-d '{"ms":3000}' /faults/sleep
	eventually live_holds 2
	kill_live
	kill_live
	expect_fetched wait.out '{"ms":3000} 200'
	started=$park
	expect_fetched park.out "$parked 200"
}

# COUNT clients at once; how many of each status they had is in the file.
crowd_parks() { # FILE COUNT SECONDS
	seq "$2" >"$sandbox/numbers"
	background "$sandbox/$1" bash -c '
		sed "s|.*|url = \"$1\"\noutput = /dev/null|" "$2" |
			curl -sS --no-progress-meter --parallel --parallel-immediate \
				--parallel-max 300 --max-time 60 -w "%{http_code}\n" -K - |
			sort | uniq -c' - "$url/park?seconds=$3" "$sandbox/numbers"
}

@test "a live that is killed beside a crowd costs nobody an answer" {
	crowd_parks crowd 300 5
	eventually live_holds 300
	kill_live
	eventually live_holds 300
	wait_for "$started"
	expect_equal statuses "$(tr -s ' ' <"$sandbox/crowd")" ' 300 200'
}

ticks() { # PID
	awk '{ print $14 + $15 }' "/proc/$1/stat"
}

@test "live waits for descriptors, says so, and computes nothing meanwhile" {
	local before limit live spent

	eventually slot_serves 'live/[0-9]*'
	live=$(worker_pid 'live/[0-9]*')
	before=$(descriptors "$live")
	fetch held.out '/park?seconds=1.5'
	held=$started
	eventually holds_more_than "$live" "$before"
	limit=$(prlimit --pid "$live" --nofile --output SOFT --noheadings)
	prlimit --pid "$live" --nofile=3:
	spent=$(ticks "$live")
	fetch next.out '/park?seconds=0.1'
	next=$started
	eventually was_logged 'Cannot take connections\. error='
	started=$held
	expect_fetched held.out "$parked 200"
	[ $(($(ticks "$live") - spent)) -lt 40 ]
	expect_equal lines "$(logged 'Cannot take connections')" 1
	prlimit --pid "$live" --nofile="$((limit)):"
	started=$next
	expect_fetched next.out "$parked 200"
}

# The next live has no connection to the broker yet, and nobody to make one.
wait_without_broker() { # SIGNAL
	submit_pause 2000
	fetch wait.out -H 'Prefer: wait=20' "/jobs/$job/result"
	wait=$started
	eventually live_holds 1
	broker=$(worker_pid broker/0)
	kill -"$1" "$broker"
	kill_live
	events meanwhile
	eventually live_holds 2
	kill -CONT "$broker" || true
	wait_for "$started"
	expect_equal states "$(states_in meanwhile)" $'1 queued\n2 running\n3 succeeded'
	started=$wait
	expect_fetched wait.out '{"ms":2000} 200'
}

@test "whoever comes while the broker is silent waits for it" {
	wait_without_broker STOP
}

@test "whoever comes while the broker is away waits for it" {
	wait_without_broker KILL
}

@test "live says that the broker is away, and that it is back" {
	local away back

	away=$(logged 'The broker is away\.')
	back=$(logged 'The broker is back\.')
	submit_pause 1500
	events all
	eventually has_states all 2
	kill -KILL "$(worker_pid broker/0)"
	eventually was_logged 'The broker is away\.' $((away + 1))
	eventually was_logged 'The broker is back\.' $((back + 1))
	wait_for "$started"
	expect_equal states "$(states_in all)" $'1 queued\n2 running\n3 succeeded'
}

@test "events are all states, and then the end" {
	submit_pause 300
	events all
	wait_for "$started"
	expect_equal 'the end of curl' "$status" 0
	expect_equal states "$(states_in all)" $'1 queued\n2 running\n3 succeeded'
	grep -q '^retry: 1000$' "$sandbox/all"
	sed -n 's/^data: //p' "$sandbox/all" | tail -n 1 |
		jq -e --arg job "$job" '.id == $job and .status == 200'
}

@test "events go on behind the last one that was seen" {
	submit_pause 10
	events all
	wait_for "$started"
	events rest -H 'Last-Event-ID: 1'
	wait_for "$started"
	expect_equal states "$(states_in rest)" $'2 running\n3 succeeded'
	call -H 'Last-Event-ID: 3' "/jobs/$job/events"
	expect_status 204
}

@test "events go on at the next live" {
	submit_pause 3000
	events before
	eventually has_states before 2
	kill_live
	wait_for "$started"
	events after -H 'Last-Event-ID: 2'
	wait_for "$started"
	expect_equal states "$(states_in after)" '3 succeeded'
}

opened() { # COUNT
	[ "$(grep -c '^open$' "$sandbox/said")" -ge "$1" ]
}

@test "an EventSource hears of each state once, whatever becomes of live" {
	submit_pause 600000
	background "$sandbox/said" timeout "$PATIENCE" "$event_source" "$url/jobs/$job/events"
	watcher=$started
	eventually grep -q running "$sandbox/said"
	for i in 2 3; do
		kill_live
		eventually opened $i
	done
	kill -HUP "$site"
	eventually opened 4
	call -X DELETE "/jobs/$job"
	wait_for "$watcher"
	expect_equal 'the end' "$(tail -n 1 "$sandbox/said")" over
	expect_equal states "$(grep '^[0-9]' "$sandbox/said")" $'1 queued\n2 running\n3 cancelled'
}

@test "a WebSocket says the same, and why it ends" {
	submit_pause 300
	timeout "$PATIENCE" "$websocket" "$url/jobs/$job/events?after=1" >"$sandbox/said"
	expect_equal 'the end' "$(tail -n 1 "$sandbox/said")" 'closed 1000'
	expect_equal messages \
		"$(sed '$d' "$sandbox/said" | jq -r 'select(.event == "state") | "\(.id) \(.data.state)"')" \
		$'2 running\n3 succeeded'
	run timeout "$PATIENCE" "$websocket" "$url/jobs/$nobody/events"
	expect_equal 'of no job' "$output" 'closed 4404'
	run timeout "$PATIENCE" "$websocket" "$url/jobs/x/events"
	expect_equal 'of no id' "$output" 'refused 404'
}

@test "events of no job, and other methods, are problems" {
	call "/jobs/$nobody/events"
	expect_problem_here 404 not-found 'no such job'
	call /jobs/x/events
	expect_problem_here 404 not-found
	call -X POST "/jobs/$nobody/events"
	expect_problem_here 405 method
}

@test "a client that leaves is forgotten" {
	local live before

	eventually slot_serves live/0
	live=$(worker_pid live/0)
	before=$(descriptors "$live")
	fetch gone.out '/park?seconds=600'
	eventually holds_more_than "$live" "$before"
	kill "$started"
	wait_for "$started"
	is_at_rest() { [ "$(descriptors "$live")" -le "$before" ]; }
	eventually is_at_rest
}

@test "a reload costs nobody an answer, and watchers are told to come again" {
	submit_pause 4000
	fetch park.out '/park?seconds=3'
	park=$started
	fetch wait.out -H 'Prefer: wait=20' "/jobs/$job/result"
	wait=$started
	background "$sandbox/said" timeout "$PATIENCE" "$websocket" "$url/jobs/$job/events"
	socket=$started
	eventually grep -q running "$sandbox/said"
	kill -HUP "$site"
	wait_for "$socket"
	expect_equal 'the end' "$(tail -n 1 "$sandbox/said")" 'closed 1012'
	started=$wait
	expect_fetched wait.out '{"ms":4000} 200'
	started=$park
	expect_fetched park.out "$parked 200"
}

# The last one: the site is gone.  The job goes on for longer than nginx stays.
@test "a stop tells those who wait at once, and parked answers still leave" {
	submit_pause 20000
	fetch park.out '/park?seconds=2'
	park=$started
	fetch wait.out -H 'Prefer: wait=60' "/jobs/$job/result"
	wait=$started
	events watched
	events=$started
	eventually grep -q running "$sandbox/watched"
	eventually live_holds 3
	kill -TERM "$site"
	started=$wait
	wait_for "$started"
	grep -q ' 202$' "$sandbox/wait.out"
	wait_for "$events"
	expect_equal 'the end of curl' "$status" 0
	started=$park
	expect_fetched park.out "$parked 200"
	wait_for "$site"
	expect_equal 'live was told again' "$(logged 'live/0: draining -> terminating')" 0
}
