#!/usr/bin/env bats
# refusals.bats: every way to be refused, by Millrace and by nginx.

load helper
load own_site

configuration='
	[pool fast]
	workers = 2
	[pool heavy]
	workers = 1
	deadline = 1s
	queue_limit = 500ms
	backlog = 1'

repeat() { # TIMES TEXT
	printf "$2%.0s" $(seq "$1")
}

# 400

@test "what is not JSON is refused, with the byte where it goes wrong" {
	while read -r offset text; do
		post "$(printf '%b' "$text")" /process-numbers
		expect_problem_here 400 syntax "^Body, byte $offset: "
		expect_json ".offset == $offset"
	done <<-'CASES'
		0
		1  \x20
		0  x
		0  nul
		0  'numbers'
		1  {numbers:[1]}
		13 {"numbers":[1
		11 {"numbers":
		12 {"numbers":[
		9  {"numbers
		12 {"numbers":[,1]}
		14 {"numbers":[1,]}
		15 {"numbers":[1],}
		12 {"numbers":[+1]}
		12 {"numbers":[01]}
		12 {"numbers":[.5]}
		14 {"numbers":[1.]}
		14 {"numbers":[1e]}
		12 {"numbers":[NaN]}
		13 {"numbers":[-Infinity]}
		16 {"numbers":[],"x\n":1}
		16 {"numbers":[],"x\\q":1}
		20 {"numbers":[1],"x":"\xff"}
		20 {"numbers":[1],"x":"\xc0\xaf"}
		20 {"numbers":[1],"x":"\xed\xa0\x80"}
		0  \xef\xbb\xbf{"numbers":[1]}
		15 {"numbers":[1],"numbers":[2]}
		15 {"numbers":[1],"number\\u0073":[2]}
		15 {"numbers":[1]}x
		16 {"numbers":[1]} {"numbers":[1]}
		15 {"numbers":[1]}]
	CASES
}

@test "a key that stands twice is refused wherever it stands" {
	post '{"numbers":[1],"x":{"a":1,"\u0061":2}}' /process-numbers
	expect_problem_here 400 syntax twice
	expect_json '.offset == 26'
}

@test "a NUL byte in a body is refused" {
	call -H 'Content-Type: application/json' --data-binary @<(printf '{"numbers":[1]}\0') \
		/process-numbers
	expect_problem_here 400 syntax
	expect_json '.offset == 15'
}

@test "a body that is nested more than 64 deep is refused" {
	post "{\"x\":$(repeat 63 '[')$(repeat 63 ']')}" /process-numbers
	expect_problem_here 422 invalid
	post "{\"x\":$(repeat 64 '[')$(repeat 64 ']')}" /process-numbers
	expect_problem_here 400 syntax
	expect_json '.offset == 68'
	post "$(repeat 100000 '[')" /process-numbers
	expect_problem_here 400 syntax
	expect_json '.offset == 64'
}

@test "a query string that cannot be decoded is refused" {
	while read -r query offset; do
		call "/sum-squares?$query"
		expect_problem_here 400 syntax "^Query string, byte $offset: "
		expect_json ".offset == $offset"
	done <<-'CASES'
		a=%zz     2
		a=1&b=1%2 7
		%         0
		a=1&%ff=1 4
		a=%c0%af  2
	CASES
}

# 422

faults_of_reply() {
	jq -c '.errors[] | [(.loc | join(".")), .type, .ctx]' "$body"
}

@test "all faults of a body are told at once" {
	post '{"numbers":["1",1.0,1e3,9223372036854775808,null,true,[1],-9223372036854775809,7],
		"rounds":-1,"number":3,"zebra":{"a":[]}}' /process-numbers
	expect_problem_here 422 invalid '^11 faults '
	diff <(faults_of_reply) - <<-'FAULTS'
		["body.numbers.0","int_type",null]
		["body.numbers.1","int_from_float",null]
		["body.numbers.2","int_from_float",null]
		["body.numbers.3","int_parsing_size",null]
		["body.numbers.4","int_type",null]
		["body.numbers.5","int_type",null]
		["body.numbers.6","int_type",null]
		["body.numbers.7","int_parsing_size",null]
		["body.rounds","greater_than_equal",{"ge":0}]
		["body.number","extra_forbidden",{"nearest":"numbers"}]
		["body.zebra","extra_forbidden",null]
	FAULTS
	expect_json 'all(.errors[]; .msg | length > 10)'
	expect_json 'any(.errors[]; .msg | test("did you mean .numbers.\\?"))'
	expect_json '.errors[0].loc == ["body", "numbers", 0]'
	expect_json 'has("truncated") | not'
}

@test "all faults of a query string are told at once" {
	call '/sum-squares?a=x&c=1&b=9223372036854775808'
	expect_problem_here 422 invalid '^3 faults '
	diff <(faults_of_reply) - <<-'FAULTS'
		["query.a","int_parsing",null]
		["query.c","extra_forbidden",null]
		["query.b","int_parsing_size",null]
	FAULTS
}

@test "a number in a query string is a whole number and nothing else" {
	for value in '' x 1x 1.0 1e3 0x1 +1 %2B1 %201 1%20 -- -; do
		call "/sum-squares?a=$value"
		expect_problem_here 422 invalid '^1 fault '
		expect_json '.errors[0].loc == ["query", "a"]'
	done
}

@test "a parameter may be given only once" {
	call '/sum-squares?a=1&a=1'
	expect_problem_here 422 invalid
	expect_json '[.errors[] | .loc, .type] == [["query", "a"], "repeated"]'
}

@test "a body that has not the declared shape is refused" {
	while read -r text place type; do
		post "$text" /process-numbers
		expect_problem_here 422 invalid
		expect_json "any(.errors[]; .loc == $place and .type == \"$type\")"
	done <<-'CASES'
		[]                       ["body"]           model_attributes_type
		null                     ["body"]           model_attributes_type
		7                        ["body"]           model_attributes_type
		"x"                      ["body"]           model_attributes_type
		{}                       ["body","numbers"] missing
		{"rounds":3}             ["body","numbers"] missing
		{"numbers":3}            ["body","numbers"] list_type
		{"numbers":null}         ["body","numbers"] list_type
		{"numbers":{}}           ["body","numbers"] list_type
		{"numbers":[],"rounds":"1"} ["body","rounds"] int_type
		{"numbers":[],"rounds":null} ["body","rounds"] int_type
	CASES
}

@test "input that an endpoint does not have is refused" {
	post '{"numbers":[1]}' '/process-numbers?rounds=1'
	expect_problem_here 422 invalid
	expect_json '.errors[0].loc == ["query", "rounds"]'
	post '{"x":1}' /faults/segv
	expect_problem_here 422 invalid
	expect_json '.errors[0].loc == ["body", "x"]'
}

@test "after twenty faults the list is cut and says so" {
	post "{\"numbers\":[$(repeat 100 '"",')0]}" /process-numbers
	expect_problem_here 422 invalid '^100 faults '
	expect_json '(.errors | length) == 20 and .truncated == true'
}

@test "names in a refusal cannot break it" {
	post '{"numbers":[],"a\"\\\u0000\u001f😀":1}' /process-numbers
	expect_problem_here 422 invalid
	expect_json '.errors[0].loc | length == 2'
	repeat 100000 'ü' | sed 's/.*/{"numbers":[],"&":1}/' >"$BATS_TEST_TMPDIR/long"
	post "@$BATS_TEST_TMPDIR/long" /process-numbers
	expect_problem_here 422 invalid
	[ "$(stat -c %s "$body")" -lt 2000 ]
}

@test "more numbers than an endpoint takes are refused" {
	{
		printf '{"numbers":[0'
		awk 'BEGIN { while (i++ < 2000000) printf ",0" }'
		printf ']}'
	} >"$BATS_TEST_TMPDIR/many"
	post "@$BATS_TEST_TMPDIR/many" /process-numbers
	expect_problem_here 422 invalid
	expect_json '.errors[0] | .loc == ["body", "numbers"] and .ctx.max_length == 2000000'
}

# 404 to 431

@test "a path without endpoint is not found" {
	for target in /nope /sum-squares/ /Sum-squares /sum-squares/x /faults \
		/_millrace/404 /_millrace/502 '/nope?a=1'; do
		call "$target"
		expect_problem_here 404 not-found
	done
	call -X POST -d x /nope
	expect_problem_here 404 not-found
	call -X OPTIONS /nope
	expect_problem_here 404 not-found
}

@test "a path can hold anything and is told in a form that is safe" {
	while read -r target instance; do
		call --path-as-is "$target"
		expect_problem 404 not-found
		expect_equal instance "$(json .instance)" "$instance"
	done <<-'CASES'
		/a%22b%3Cscript%3E  /a%22b%3Cscript%3E
		/nope/$host         /nope/
		/a"b                /a
		/%F0%9F%98%80       /%F0%9F%98%80
		/nope/..;/x         /nope/..;/x
	CASES
}

@test "a method that a path does not have is refused with those it has" {
	while read -r target allow; do
		for method in GET POST PUT PATCH DELETE FOO PROPFIND; do
			[[ $allow != *$method* ]] || continue
			call -X "$method" "$target"
			expect_problem_here 405 method
			expect_header Allow "$allow"
		done
	done <<-CASES
		/sum-squares      GET, HEAD, OPTIONS
		/process-numbers  POST, OPTIONS
		/faults/segv      POST, OPTIONS
	CASES
}

@test "HEAD on a path without GET is refused" {
	send_raw 'HEAD /process-numbers HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
	expect_status 405
	expect_header Content-Type application/problem+json
	expect_header Allow 'POST, OPTIONS'
	expect_body ''
}

@test "TRACE and CONNECT are refused by nginx in the same way" {
	for method in TRACE CONNECT; do
		call -X $method /sum-squares
		expect_problem_here 405 method
		expect_header Allow 'GET, HEAD, OPTIONS'
	done
}

@test "a body without a length is refused" {
	call -X POST -H 'Content-Type: application/json' /process-numbers
	expect_problem_here 411 length-required
	send_raw 'POST /process-numbers HTTP/1.0\r\nContent-Type: application/json\r\n\r\n{"numbers":[]}'
	expect_problem 411 length-required
}

# Sends zeros; the endpoint takes one byte less, or none of them.
post_zeros() { # BYTES PATH [CURL'S ARGUMENTS]
	head -c "$1" /dev/zero >"$BATS_TEST_TMPDIR/zeros"
	post "@$BATS_TEST_TMPDIR/zeros" "${@:2}"
}

@test "a body over the limit of its endpoint is refused by nginx" {
	while read -r limit target; do
		post_zeros "$((limit + 1))" "$target"
		expect_problem_here 413 body-too-large
		post_zeros "$limit" "$target"
		expect_problem_here 400 syntax
	done <<-CASES
		1048576  /faults/segv
		48000000 /process-numbers
	CASES
}

@test "a chunked body over the limit of its endpoint is refused in the same way" {
	for target in /faults/segv /process-numbers; do
		post_zeros 48000001 "$target" -H 'Transfer-Encoding: chunked'
		expect_problem_here 413 body-too-large
	done
}

@test "a request line over 16 kB is refused by nginx" {
	call "/sum-squares?$(repeat 17000 a)"
	expect_problem 414 uri-too-long
}

@test "a query string over the limit is refused" {
	call "/sum-squares?$(repeat 16000 a)"
	expect_problem_here 414 uri-too-long
}

@test "a header over 16 kB is refused by nginx" {
	call -H "X-Long: $(repeat 17000 a)" /sum-squares
	expect_problem_here 431 headers-too-large
	run -0 curl -s -o /dev/null -w '%{http_code}' -H "Cookie: $(repeat 15000 a)" "$url/sum-squares"
	expect_equal 'status with a header of 15 kB' "$output" 200
}

# Requests that are not well-formed, to nginx

@test "what is not HTTP is refused by nginx" {
	while read -r request; do
		send_raw "$request"
		expect_problem 400 syntax
	done <<-'CASES'
		nonsense\r\n\r\n
		GET\r\n\r\n
		GET / HTTP/1.1\r\n\r\n
		GET /sum-squares HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n
		GET /sum-squares HTTP/1.1\r\nHost: a/b\r\n\r\n
		get /sum-squares HTTP/1.1\r\nHost: a\r\n\r\n
		GET /%%zz HTTP/1.1\r\nHost: a\r\n\r\n
		GET /%%00 HTTP/1.1\r\nHost: a\r\n\r\n
		GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n
		POST /process-numbers HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n
		POST /process-numbers HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n
		POST /process-numbers HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n
		POST /process-numbers HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n
	CASES
}

@test "versions and codings that nginx does not speak are refused" {
	send_raw 'GET /sum-squares HTTP/9.1\r\nHost: a\r\n\r\n'
	expect_problem 505 http-version
	send_raw 'POST /process-numbers HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n'
	expect_problem 501 unsupported
}

# 502 to 504

expect_busy() { # DETAIL
	expect_problem_here 503 busy "$1"
	[[ $(header Retry-After) =~ ^[1-9][0-9]*$ ]] || fail "Retry-After: $(header Retry-After)"
}

@test "a socket that is gone is a 503 that says when to try again" {
	for size in 1000 3000000 20000000; do
		mv "$private/heavy.sock" "$private/away.sock"
		post_zeros $size /process-numbers
		mv "$private/away.sock" "$private/heavy.sock"
		expect_busy 'No worker can be reached'
	done
	post '{"numbers":[1]}' /process-numbers
	expect_status 200
}

# The one worker of the heavy pool stands still for the rest of the test.
stop_heavy_worker() {
	stopped=$(worker_pid heavy/0)
	kill -STOP "$stopped"
}

teardown() {
	[ -z "${stopped:-}" ] || kill -CONT "$stopped" || true
}

@test "a queue that is full is a 503 that says when to try again" {
	stop_heavy_worker
	coproc python3 -c '
import socket, sys
held = []
try:
    while len(held) < 100:
        held.append(socket.socket(socket.AF_UNIX))
        held[-1].setblocking(False)
        held[-1].connect(sys.argv[1])
except BlockingIOError:
    pass
print("full", flush=True)
sys.stdin.read()' "$private/heavy.sock"
	read -r answer <&"${COPROC[0]}"
	expect_equal queue "$answer" full
	post '{"numbers":[1]}' /process-numbers
	exec {COPROC[1]}>&-
	expect_busy 'No worker can be reached'
}

@test "a request that waited for longer than queue_limit is a 503" {
	stop_heavy_worker
	{
		eventually has_waiting "$private/heavy.sock"
		sleep 1 # twice the limit
		kill -CONT "$stopped"
	} &
	post '{"numbers":[1]}' /process-numbers
	wait $!
	expect_busy 'waited too long'
}

@test "a request that no worker takes is a 504 of nginx in the end" {
	stop_heavy_worker
	post '{"numbers":[1]}' /process-numbers
	expect_problem_here 504 deadline
}
