#!/usr/bin/env bats
# observe.bats: what a site tells of itself: health, status, metrics, and the
# access log of nginx.

load helper

setup() {
	make_sandbox
	callers=()
}

teardown() {
	local caller

	for caller in "${callers[@]}"; do
		kill "$caller" 2>/dev/null || true
	done
	[ -z "${site:-}" ] || is_gone "$site" || kill -TERM "$site"
	remove_sandbox
}

# A call that is not of the OpenAPI document.
ask() { # CURL'S ARGUMENTS
	recorded= call "$@"
}

small='
	[server]
	stop_timeout = 100ms
	[pool fast]
	workers = 2
	deadline = 1s
	[pool heavy]
	workers = 1'

# Paths of the site itself

@test "health, status and metrics are told, never to be kept" {
	start_site "$small"
	while read -r target type; do
		ask "$target"
		expect_status 200
		expect_header Content-Type "$type"
		expect_header Cache-Control no-store
		[[ $(header X-Request-Id) =~ ^[0-9a-f]{32}$ ]]
		[[ $(header Server-Timing) =~ ^queue\;dur= ]]
		[ -z "$(header X-Millrace-Worker)$(header X-Millrace-Queue)" ]
		[ -s "$body" ]
		ask --head "$target"
		expect_status 200
		expect_header Content-Type "$type"
	done <<-'CASES'
		/livez    application/json
		/readyz   application/json
		/status   application/json
		/metrics  text/plain; version=0.0.4; charset=utf-8
	CASES
	ask /livez
	expect_body '{"status":"ok"}'
	ask '/readyz?verbose'
	expect_json '.status == "ready" and all(.checks[]; .ready) and
		any(.checks[]; .check == "pool heavy")'
}

@test "what the paths of the site do not take is refused" {
	start_site "$small"
	for target in /livez /readyz /status /metrics; do
		ask -X POST "$target"
		expect_problem_here 405 method 'GET, HEAD, OPTIONS$'
		expect_header Allow 'GET, HEAD, OPTIONS'
		expect_header Cache-Control no-store
		ask -X OPTIONS "$target"
		expect_status 204
		expect_header Allow 'GET, HEAD, OPTIONS'
		ask "$target?full"
		expect_problem_here 422 invalid
		expect_json '.errors == [{loc: ["query", "full"],
			type: "extra_forbidden", msg: "Extra inputs are not permitted"}]'
	done
	ask '/readyz?verbos=1'
	expect_problem_here 422 invalid
	expect_json '.errors[0].ctx.nearest == "verbose"'
}

@test "status and metrics are for those who may see them" {
	start_site $'[server]\nstatus_allow = 192.0.2.1, 2001:db8::/32'
	for target in /status /metrics; do
		ask "$target"
		expect_problem_here 403 forbidden
	done
	for target in /livez /readyz; do
		ask "$target"
		expect_status 200
	done
}

# A caller whose request goes on; /status tells when all of them do.
start_caller() { # CURL'S ARGUMENTS
	curl -sS --max-time 600 -o /dev/null "${@:1:$#-1}" "$url${!#}" 3>&- 2>&1 &
	callers+=($!)
}

status_shows() { # FILTER
	ask /status
	jq -e "$1" "$body" >/dev/null
}

@test "all is told while every worker hangs" {
	start_site "${small/deadline = 1s/deadline = 10m}"
	for i in 1 2; do
		start_caller -X POST /faults/spin
	done
	start_caller -H 'Content-Type: application/json' -d '{"ms":600000}' /faults/sleep
	eventually status_shows '[.pools[] | select(.name == "fast" or .name == "heavy")
		| .workers.busy] == [2, 1]'
	start_caller '/sum-squares?a=1&b=2' # has to wait
	for target in /livez /readyz /status /metrics; do
		ask "$target"
		expect_status 200
	done
}

# Metrics

metric() { # SERIES
	ask /metrics
	expect_status 200
	awk -v series="millrace_$1" '$1 == series { print $2 }' "$body"
}

expect_metric() { # SERIES VALUE
	expect_equal "$1" "$(metric "$1")" "$2"
}

expect_valid_metrics() {
	ask /metrics
	expect_status 200
	run -0 promtool check metrics <"$body"
	[ -z "$output" ] || fail "$output"
}

make_traffic() {
	for i in 1 2 3; do
		call '/sum-squares?a=3&b=4'
		expect_status 200
	done
	call '/sum-squares?a=x'
	expect_status 422
	call '/sum-squares?a=%zz'
	expect_status 400
	call -X DELETE /sum-squares
	expect_status 405
	call /nowhere
	expect_status 404
	post '{"numbers":[1],"rounds":1}' /process-numbers
	expect_status 200
	call -X POST /faults/segv
	expect_status 500
	call -X POST /faults/spin
	expect_status 504
}

expect_counts_of_traffic() {
	local sums='pool="fast",endpoint="sum_squares"'

	expect_metric "requests_total{$sums,class=\"2xx\"}" 3
	expect_metric "requests_total{$sums,class=\"4xx\"}" 2
	expect_metric "requests_total{$sums,class=\"5xx\"}" 0
	expect_metric 'requests_total{pool="fast",endpoint="",class="4xx"}' 1
	expect_metric 'requests_total{pool="fast",endpoint="segv",class="5xx"}' 1
	expect_metric 'requests_total{pool="fast",endpoint="spin",class="5xx"}' 1
	expect_metric "request_seconds_count{$sums,part=\"queue\"}" 5
	expect_metric "request_seconds_count{$sums,part=\"compute\"}" 3
	expect_metric "request_seconds_bucket{$sums,part=\"compute\",le=\"+Inf\"}" 3
	expect_metric 'received_bytes_total{pool="heavy",endpoint="process_numbers"}' 26
	expect_metric 'requests_in_flight{pool="fast",endpoint="spin"}' 0
	expect_metric 'worker_ends_total{pool="fast",cause="crash"}' 1
	expect_metric 'worker_ends_total{pool="fast",cause="deadline"}' 1
	expect_metric 'worker_signals_total{pool="fast",cause="crash",signal="SIGSEGV"}' 1
}

fast_serves() {
	status_shows '.pools[] | select(.name == "fast") | .workers
		| .total == 2 and .idle == 2'
}

@test "metrics count every request, valid and exact" {
	start_site "$small"
	make_traffic
	eventually fast_serves # deaths are counted once their workers are replaced
	expect_valid_metrics
	expect_counts_of_traffic
	expect_metric 'pool_deadline_seconds{pool="fast"}' 1.000
	expect_metric 'pool_workers_limit{pool="fast"}' 2
	expect_metric 'queue_length{pool="fast"}' 0
	[[ $(metric "build_info{version=\"$(sed -n 's/^## \([0-9.]*\).*/\1/p' \
		"$repository/CHANGES.md" | head -n 1)\"}") = 1 ]]
}

fast_was_replaced() {
	status_shows '.pools[] | select(.name == "fast")
		| .ends.killed == 2 and .workers.idle == 2'
}

@test "counters outlive the workers that counted" {
	start_site "$small"
	make_traffic
	eventually fast_serves
	for pid in $(json '.pools[] | select(.name == "fast").processes[].pid'); do
		kill -KILL "$pid"
	done
	eventually fast_was_replaced
	expect_counts_of_traffic
	expect_metric 'worker_signals_total{pool="fast",cause="killed",signal="SIGKILL"}' 2
	expect_metric 'worker_starts_total{pool="fast"}' 6
	call '/sum-squares?a=3&b=4'
	expect_metric 'requests_total{pool="fast",endpoint="sum_squares",class="2xx"}' 4
	expect_valid_metrics
}

# Status

heavy='.pools[] | select(.name == "heavy")'

@test "status tells what each worker does" {
	start_site "$small"
	start_caller -H 'Content-Type: application/json' -H 'X-Request-Id: id-1' \
		-d '{"ms":600000}' /faults/sleep
	eventually status_shows "$heavy | .workers.busy == 1"
	expect_json '.millrace | .generation == 1 and .draining == false and
		.reload_error == null and .uptime_seconds >= 0 and
		(.started | test("^[0-9-]{10}T[0-9:]{8}[.][0-9]{3}Z$"))'
	expect_json "$heavy"' | .manager == "static" and .workers.max == 1 and
		.workers.total == 1 and .limits.deadline_seconds == 30 and
		(.listen | endswith("/heavy.sock"))'
	expect_json "$heavy"' | .processes == [.processes[0]] and (.processes[0] |
		.worker == "heavy/0" and .state == "busy" and .requests == 1 and
		.method == "POST" and .instance == "/faults/sleep" and
		.endpoint == "pause_for" and .request_id == "id-1" and
		.body_bytes == 13 and .busy_seconds >= 0 and .rss_bytes > 0 and
		.peak_rss_bytes >= .rss_bytes and .cpu_seconds >= 0)'
	is_alive "$(json "$heavy | .processes[0].pid")"
}

@test "status tells of the last request" {
	start_site "$small"
	post '{"ms":20}' /faults/sleep
	expect_status 200
	eventually status_shows "$heavy | .processes[0] | .state == \"idle\" and
		.last_seconds >= 0.02 and .busy_seconds == null and .requests == 1"
	expect_json "$heavy | .requests == 1 and .processes[0].last_cpu_seconds < 0.02"
}

@test "status tells why workers died" {
	start_site "$small"
	call -X POST -H 'X-Request-Id: of-segv' /faults/segv
	call -X POST -H 'X-Request-Id: of-spin' /faults/spin
	eventually fast_serves
	kill -KILL "$(json "$heavy | .processes[0].pid")"
	eventually status_shows '.deaths | length >= 3'
	expect_json '[.deaths[].number] == [3, 2, 1]'
	expect_json '.deaths[0] | .cause == "killed" and .signal == "SIGKILL" and
		.pool == "heavy" and .instance == null'
	expect_json '.deaths[1] | .cause == "deadline" and .signal == null and
		.pool == "fast" and .instance == "/faults/spin" and
		.request_id == "of-spin"'
	expect_json '.deaths[2] | .cause == "crash" and .signal == "SIGSEGV" and
		.instance == "/faults/segv" and .request_id == "of-segv" and
		(.detail | test("SIGSEGV"))'
}

# Access log

# Each line is JSON, strictly.
read_log() {
	python3 -c '
import json, sys
for line in open(sys.argv[1], "rb"):
    print(json.dumps(json.loads(line)))' "$sandbox/state/access.log"
}

has_line() { # FILTER
	read_log >"$sandbox/lines" || return 1
	jq -es "map(select($1)) | length == 1" "$sandbox/lines" >/dev/null
}

expect_line() { # FILTER
	eventually has_line "$1" || {
		cat "$sandbox/lines" >&2
		return 1
	}
}

@test "the access log has endpoint, pool, worker and times of each request" {
	start_site "$small"
	call -H 'X-Request-Id: a' '/sum-squares?a=3&b=4'
	call --head -H 'X-Request-Id: b' '/sum-squares'
	post '{"ms":20}' /faults/sleep -H 'X-Request-Id: c'
	call -X POST -H 'X-Request-Id: d' /faults/segv
	call -H 'X-Request-Id: e' /nowhere
	ask -H 'X-Request-Id: f' /livez
	expect_line '.request_id == "a" and .status == 200 and .pool == "fast" and
		.endpoint == "sum_squares" and (.worker | test("^fast/[01]$")) and
		.queue_seconds >= 0 and .compute_seconds >= 0'
	expect_line '.request_id == "b" and .method == "HEAD" and
		.endpoint == "sum_squares"'
	expect_line '.request_id == "c" and .worker == "heavy/0" and
		.endpoint == "pause_for" and .compute_seconds >= 0.02 and
		.compute_seconds <= .seconds + 0.002'
	expect_line '.request_id == "d" and .status == 500 and
		(.worker | test("^fast/[01]$")) and .compute_seconds >= 0'
	expect_line '.request_id == "e" and .status == 404 and .pool == "" and
		.endpoint == "" and .worker == "" and .queue_seconds == null and
		.compute_seconds == null'
	expect_line '.request_id == "f" and .pool == "control" and
		.worker == "control/0"'
}

heavy_is_busy_again() { # PID THAT WAS
	status_shows "$heavy | .workers.busy == 1 and .processes[0].pid != $1"
}

@test "a line of the access log is JSON, whatever was lost or sent" {
	local pid=0

	start_site "$small"
	send_raw 'GET /\xff\xfe"\\?\xc3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
	send_raw 'GET /\xc3\xa4"\\?\xff HTTP/1.1\r\nHost: a\r\nTraceparent: \xff"\r\nConnection: close\r\n\r\n'
	send_raw 'GET /sum-squares?a="\\\xff HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
	send_raw 'nonsense\r\n\r\n'
	start_caller -H 'Content-Type: application/json' -H 'X-Request-Id: lost' \
		-d '{"ms":600000}' /faults/sleep
	for try in 1 2 3; do
		eventually heavy_is_busy_again "$pid"
		pid=$(json "$heavy | .processes[0].pid")
		kill -KILL "$pid"
	done
	expect_line '.request_id == "lost" and .status == 502 and
		.worker == "" and .compute_seconds == null and
		(.upstream | split(" : ") | length) >= 2'
	expect_line '.uri == "" and .status == 400'
	expect_line '.uri == "/sum-squares" and .endpoint == "sum_squares"'
}
