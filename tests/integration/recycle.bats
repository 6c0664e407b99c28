#!/usr/bin/env bats
# recycle.bats: workers that have served enough make way for others, and no
# request fails of it, also where none may be run twice.

load helper
load own_site

configuration='
	[pool fast]
	workers = 2
	max_requests = 100
	[pool heavy]
	workers = 2
	max_requests = 20'

recycled() { # POOL
	logged " Worker ended\. pool=$1 pid=[0-9]+ cause=recycled"
}

was_recycled() { # POOL TIMES
	[ "$(recycled "$1")" -ge "$2" ]
}

@test "workers of a pool that keeps connections are replaced without a failure" {
	run -0 --separate-stderr curl -sSZ --parallel-max 8 -o /dev/null -w '%{http_code}\n' \
		"$url/sum-squares?a=[1-3000]"
	expect_equal statuses "$(sort <<<"$output" | uniq -c | xargs)" '3000 200'
	eventually was_recycled fast 2
	expect_equal errors "$(logged ' (error|warning) ')" 0
}

@test "workers of other pools are replaced without a failure" {
	rm -f "$sandbox/acted"
	run -0 --separate-stderr curl -sSZ --parallel-max 8 -H 'Content-Type: application/json' \
		--data-binary '{"ms":0}' -o /dev/null -w '%{http_code}\n' \
		"$url/faults/act#[1-600]"
	expect_equal statuses "$(sort <<<"$output" | uniq -c | xargs)" '600 200'
	eventually was_recycled heavy 2
	expect_equal errors "$(logged ' (error|warning) ')" 0
}
