#!/usr/bin/env bats
# calls.bats: calls that succeed, and what their replies carry.

load helper
load own_site

# The loop as tests/bench/peer/lib.rs has it; the shell's integers wrap and
# divide as Rust's do.  A shell of its own is not slowed down by being traced.
plain_loop() { # ROUNDS NUMBER...
	bash -c '
		for x in "${@:2}"; do
			for ((i = 0; i < $1; i++)); do
				x=$(((x + 1) * 2 % 1000000007))
			done
			echo "$x"
		done' - "$@" | paste -sd,
}

join() {
	local IFS=,

	echo "$*"
}

numbers=(0 1 2 -1 -2 -3 5 1000000006 1000000007 -1000000007 123456789012345678
	4611686018427387903 4611686018427387904 -4611686018427387905
	9223372036854775807 -9223372036854775807)
least=-9223372036854775808 # the shell cannot write it as a literal

@test "sum-squares has defaults and takes every number" {
	call /sum-squares
	expect_ok '{"a":5,"b":10,"sum_of_squares":125}'
	while read -r query a b sum; do
		call "/sum-squares$query"
		expect_ok "{\"a\":$a,\"b\":$b,\"sum_of_squares\":$sum}"
	done <<-CASES
		?a=3&b=4                    3 4 25
		?b=4                        5 4 41
		?a=-3                       -3 10 109
		?a=0&b=-0                   0 0 0
		?%61=%33&b=%2D4             3 -4 25
		?a=3&&b=4&                  3 4 25
		?a=3037000499&b=0           3037000499 0 9223372030926249001
		?a=-3037000499&b=65535      -3037000499 65535 9223372035221085226
		?a=2147483647&b=2147483648  2147483647 2147483648 9223372032559808513
	CASES
}

@test "sum-squares refuses an overflow in its own words" {
	local detail='The sum of squares is larger than the largest 64-bit integer'

	for query in 'a=3037000500' 'a=3037000499&b=77010' 'a=9223372036854775807' \
		'b=-9223372036854775808' 'a=-9223372036854775808&b=-9223372036854775808'; do
		call "/sum-squares?$query"
		expect_problem_here 422 domain "^$detail, 9223372036854775807\$"
	done
}

@test "process-numbers gives what the loop gives" {
	for rounds in 0 1 2 7 1000; do
		post "{\"numbers\":[$(join "${numbers[@]}" $least)],\"rounds\":$rounds}" \
			/process-numbers
		expect_ok "{\"original_count\":$((${#numbers[@]} + 1)),\"processed_result\":[$(
			plain_loop $rounds "${numbers[@]}" $least)]}"
	done
}

@test "process-numbers goes a thousand rounds by default" {
	post '{"numbers":[1,-5]}' /process-numbers
	expect_ok "{\"original_count\":2,\"processed_result\":[$(plain_loop 1000 1 -5)]}"
}

@test "process-numbers takes rounds without end" {
	# 1000000006 rounds and any multiple of it lead back to where they began.
	post '{"numbers":[5,-5],"rounds":9000000054000000000}' /process-numbers
	expect_status 200
	expect_json '.processed_result[0] == 5'
}

@test "process-numbers takes no numbers" {
	post '{"numbers":[]}' /process-numbers
	expect_ok '{"original_count":0,"processed_result":[]}'
}

@test "a body may be written in every way that JSON has" {
	for text in $' {\t"numbers" :\r\n[ 1 , 2 ] ,"rounds":1 } \n' \
		'{"rounds":1,"numbers":[1,2]}' '{"n\u0075mbers":[1,2],"r\u006Funds":1}'; do
		post "$text" /process-numbers
		expect_ok '{"original_count":2,"processed_result":[4,6]}'
	done
}

@test "a reply has its length and its timings" {
	local number='[0-9]+\.[0-9]{3}'

	for way in GET POST; do
		case $way in
		GET) call /sum-squares ;;
		POST) post '{"numbers":[1]}' /process-numbers ;;
		esac
		expect_status 200
		expect_header Content-Length "$(stat -c %s "$body")"
		[[ $(header Server-Timing) =~ ^queue\;dur=$number,\ decode\;dur=$number,\ compute\;dur=$number,\ encode\;dur=$number$ ]]
	done
}

@test "a well-formed X-Request-Id comes back" {
	for id in a 7 A.b_c-9 .. "$(printf 'x%.0s' {1..128})"; do
		call -H "X-Request-Id: $id" /sum-squares
		expect_status 200
		expect_header X-Request-Id "$id"
		call -H "X-Request-Id: $id" /no-such-path
		expect_problem_here 404 not-found
		expect_header X-Request-Id "$id"
	done
}

@test "an ill-formed X-Request-Id is replaced, by another one each time" {
	local ids=()

	for id in 'a b' 'a"b' 'a;b' 'ü' 'a,b' '<a>' '$host' "$(printf 'x%.0s' {1..129})"; do
		call -H "X-Request-Id: $id" /sum-squares
		expect_status 200
		[[ $(header X-Request-Id) =~ ^[0-9a-f]{32}$ ]]
		ids+=("$(header X-Request-Id)")
	done
	expect_equal 'number of ids' "$(printf '%s\n' "${ids[@]}" | sort -u | wc -l)" ${#ids[@]}
}

@test "the access log has the request id" {
	local id=in-the-log-$RANDOM

	call -H "X-Request-Id: $id" /sum-squares
	eventually grep -q "\"$id\"" "$sandbox/state/access.log"
	expect_equal uri "$(grep "\"$id\"" "$sandbox/state/access.log" | jq -r '.uri + " \(.status)"')" \
		'/sum-squares 200'
}

@test "a connection is kept for the next request" {
	run -0 curl -sS -o /dev/null -o /dev/null -o /dev/null -w '%{http_code} %{num_connects}\n' \
		"$url/sum-squares" "$url/sum-squares?a=x" "$url/sum-squares"
	expect_equal 'statuses and connections' "$output" $'200 1\n422 0\n200 0'
}

@test "concurrent calls get each its own answer" {
	local replies=$BATS_TEST_TMPDIR/replies

	mkdir "$replies"
	curl -sSZ --parallel-max 40 -o "$replies/#1" "$url/sum-squares?a=[1-400]&b=0"
	for a in {1..400}; do
		echo "{\"a\":$a,\"b\":0,\"sum_of_squares\":$((a * a))}"
	done >"$replies.expected"
	for a in {1..400}; do
		echo "$(cat "$replies/$a")"
	done | diff "$replies.expected" -
}

# A call with a sequence of numbers, for one round of the loop.
post_sequence() { # FIRST LAST [CURL'S ARGUMENTS]
	local input=$BATS_TEST_TMPDIR/input.json

	{
		printf '{"rounds":1,"numbers":['
		seq -f %.0f -s , "$1" "$2"
		printf ']}'
	} >"$input"
	post "@$input" /process-numbers "${@:3}"
}

expect_sequence() { # FIRST LAST
	seq -f %.0f "$1" "$2" |
		awk -v count=$(($2 - $1 + 1)) '
			BEGIN { printf "{\"original_count\":%d,\"processed_result\":[", count }
			NR > 1 { printf "," }
			{ printf "%.0f", ($1 + 1) * 2 % 1000000007 }
			END { printf "]}" }' >"$BATS_TEST_TMPDIR/expected.json"
	expect_status 200
	cmp "$body" "$BATS_TEST_TMPDIR/expected.json"
}

# When nginx last made a temporary file, of a request and of a reply.
spooled() {
	stat -c %y "$private/body" "$private/fastcgi"
}

@test "a million numbers each way are not written to disk" {
	local before

	before=$(spooled)
	for way in '' 'Transfer-Encoding: chunked'; do
		post_sequence 1200000000 1200999999 -H "$way"
		expect_sequence 1200000000 1200999999
		[ "$(stat -c %s "$body")" -gt 9000000 ]
	done
	expect_equal 'last temporary file' "$(spooled)" "$before"
}

@test "a body beyond body_memory is written to disk and answered alike" {
	local before

	before=$(spooled)
	post_sequence 100000000000 100001799999
	expect_sequence 100000000000 100001799999
	[ "$(spooled)" != "$before" ]
}
