#!/usr/bin/env bats
# slow.bats: requests above the slow threshold of their pool or endpoint.

configuration='
	[pool heavy]
	workers = 1
	[pool fast]
	slow = 200ms
	[endpoint pause_for]
	slow = 200ms'

load helper
load own_site

slow_requests() { # ENDPOINT
	curl -sS "$url/metrics" |
		sed -n "/pool=\"runner\"/d; s/^millrace_slow_requests_total{.*endpoint=\"$1\"} //p"
}

@test "a slow request is told with its place in C, its id and its size" {
	call -H 'X-Request-Id: slow-1' -X POST /faults/spin
	expect_status 504
	eventually was_logged 'warning Request is slow\. worker=fast/[0-9]+ .* endpoint=spin'
	line=$(grep 'Request is slow.*endpoint=spin' "$site_log")
	[[ $line == *' request_id=slow-1 body_bytes=0 '* ]]
	[[ $line =~ backtrace=\"do_spin\ \(faults.c:[0-9]+\)\ \<.*mr_handle ]] || fail "$line"
	expect_equal 'slow requests' "$(slow_requests spin)" 1
}

@test "an endpoint has a threshold of its own, and its body is not told" {
	post '{"ms":600}' /faults/sleep -H 'X-Request-Id: slow-2'
	expect_ok '{"ms":600}'
	eventually was_logged 'endpoint=pause_for .*request_id=slow-2 body_bytes=10 '
	expect_equal 'lines with the body' "$(logged '"ms":')" 0
	expect_equal 'slow requests' "$(slow_requests pause_for)" 1
}

@test "what is quick is not told" {
	post '{"ms":10}' /faults/sleep -H 'X-Request-Id: quick'
	expect_ok '{"ms":10}'
	call -H "X-Request-Id: quick" "/sum-squares?a=1&b=2"
	expect_status 200
	post '{"ms":600}' /faults/sleep -H 'X-Request-Id: slow-3'
	eventually was_logged 'request_id=slow-3'
	expect_equal 'quick ones in the log' "$(logged 'request_id=quick')" 0
}
