#!/usr/bin/env bats
# negotiation.bats: media types, codings of bodies and replies, and the ways
# of HTTP to ask before, or for less.

load helper
load own_site

one='{"numbers":[1],"rounds":1}'

expect_one() {
	expect_ok '{"original_count":1,"processed_result":[4]}'
}

# Content-Type and Accept

@test "a Content-Type that is JSON in UTF-8 is taken" {
	for type in application/json 'Application/JSON' 'application/vnd.api+json' \
		'application/json; charset=utf-8' 'application/json;Charset=UTF-8' \
		'application/json;charset="utf-8"' 'application/json; charset=us-ascii' \
		'application/json; x="charset=latin1"'; do
		call -H "Content-Type: $type" -d "$one" /process-numbers
		expect_one
	done
	call -H 'Content-Type:' -d "$one" /process-numbers
	expect_one
}

@test "another Content-Type is refused" {
	for type in text/plain application/x-www-form-urlencoded application/octets \
		application/jsonx json 'multipart/form-data; boundary=x' \
		'application/json; charset=latin1' 'application/json; charset="utf-16"' \
		'application/vnd.api+json;charset=iso-8859-1'; do
		call -H "Content-Type: $type" -d "$one" /process-numbers
		expect_problem_here 415 media-type 'application/json in UTF-8'
	done
}

@test "who accepts JSON is answered" {
	for accept in '*/*' 'application/*;q=0.5' 'text/html, application/json;q=0.1' \
		'text/html;q=1, */*;q=0.1' 'application/json;q=0.001, */*;q=0' \
		'*/*;q=0, application/json' '' 'application/json;q=' 'application/json;q=x' \
		',,application/json;;'; do
		call -H "Accept: $accept" /sum-squares
		expect_ok '{"a":5,"b":10,"sum_of_squares":125}'
	done
}

@test "who does not accept JSON is refused" {
	for accept in text/html 'application/json;q=0' 'image/*, text/*' \
		'*/*, application/json;q=0.0' 'application/xml;q=1' 'application/*;q=0, */*' \
		'json' ';q=1'; do
		call -H "Accept: $accept" /sum-squares
		expect_problem_here 406 not-acceptable
	done
}

# Bodies in gzip

# Standard input in gzip, posted as it is.
post_gzip() { # PATH [CURL'S ARGUMENTS]
	gzip -n >"$BATS_TEST_TMPDIR/gzip"
	post "@$BATS_TEST_TMPDIR/gzip" "$1" -H 'Content-Encoding: gzip' "${@:2}"
}

# Bytes that are taken for gzip.
post_as_gzip() { # FILE
	post "@$1" /process-numbers -H 'Content-Encoding: gzip'
}

@test "a body in gzip is taken, with its length or chunked" {
	for way in '' 'Transfer-Encoding: chunked'; do
		post_gzip /process-numbers -H "$way" <<<"$one"
		expect_one
	done
	for name in GZip x-gzip; do
		call -H "Content-Encoding: $name" -H 'Content-Type: application/json' \
			--data-binary "@$BATS_TEST_TMPDIR/gzip" /process-numbers
		expect_one
	done
}

@test "a body in gzip may have a name in it, and several members" {
	local file=$BATS_TEST_TMPDIR/input.json

	printf '%s' '{"numbers":[1],' >"$file"
	gzip -c "$file" >"$file.gz"
	printf '%s' '"rounds":1}' | gzip -9 >>"$file.gz"
	post_as_gzip "$file.gz"
	expect_one
}

@test "a body in gzip may be long" {
	post_gzip /process-numbers < <(
		printf '{"rounds":0,"numbers":[%s]}' "$(seq -s , 500000)")
	expect_status 200
	expect_json '.original_count == 500000 and .processed_result[499999] == 500000'
}

@test "a body that is called identity is taken as it is" {
	post "$one" /process-numbers -H 'Content-Encoding: identity'
	expect_one
}

@test "what is in gzip is refused as what is not" {
	post_gzip /process-numbers <<<'{"numbers":[01]}'
	expect_problem_here 400 syntax '^Body, byte 12: '
	post_gzip /process-numbers <<<'{"numbers":["1"]}'
	expect_problem_here 422 invalid
	post_gzip /process-numbers </dev/null
	expect_problem_here 400 syntax '^Body, byte 0: '
}

expect_no_gzip() { # OFFSET CLAUSE
	expect_problem_here 400 syntax "^Compressed body, byte $1: $2"
	expect_json ".offset == $1"
}

@test "gzip that is cut is refused" {
	local length file=$BATS_TEST_TMPDIR/gzip

	gzip -n <<<"$one" >"$file"
	length=$(stat -c %s "$file")
	for kept in 0 1 5 10 11 $((length - 8)) $((length - 1)); do
		head -c "$kept" "$file" >"$file.cut"
		post_as_gzip "$file.cut"
		expect_no_gzip "$kept" 'it ends too early'
	done
}

@test "what is not gzip, or has something behind it, is refused" {
	local file=$BATS_TEST_TMPDIR/gzip

	post "$one" /process-numbers -H 'Content-Encoding: gzip'
	expect_no_gzip 0 'a member should begin with 1F 8B'
	for tail in x "$one" '\0'; do
		gzip -n <<<"$one" >"$file"
		printf "$tail" >>"$file"
		post_as_gzip "$file"
		expect_no_gzip "$(gzip -n <<<"$one" | wc -c)" 'a member should begin with 1F 8B'
	done
}

@test "gzip with a wrong checksum is refused" {
	local file=$BATS_TEST_TMPDIR/gzip

	gzip -n <<<"$one" >"$file"
	printf '\0\0\0\0' | dd of="$file" bs=1 conv=notrunc status=none \
		seek=$(($(stat -c %s "$file") - 8))
	post_as_gzip "$file"
	expect_problem_here 400 syntax 'incorrect data check$'
}

@test "a gzip bomb is refused at the limit of its endpoint" {
	while read -r limit size target; do
		for way in '' 'Transfer-Encoding: chunked'; do
			post_gzip "$target" -H "$way" < <(head -c "$size" /dev/zero)
			[ "$(stat -c %s "$BATS_TEST_TMPDIR/gzip")" -lt 50000 ]
			expect_problem_here 413 body-too-large \
				"^The body may have $limit bytes once it is inflated\$"
		done
	done <<-CASES
		1048576  10000000 /faults/segv
		48000000 48000001 /process-numbers
	CASES
	post_gzip /faults/segv < <(head -c 1048576 /dev/zero)
	expect_problem_here 400 syntax '^Body, byte 0: '
}

@test "another coding is refused, with the one that is taken" {
	for coding in deflate br zstd 'gzip, gzip' 'gzip, identity' compress; do
		post "$one" /process-numbers -H "Content-Encoding: $coding"
		expect_problem_here 415 media-type gzip
		expect_header Accept-Encoding gzip
	done
}

# Replies in gzip

# Calls once without and once with gzip; the text has to be the same.
expect_gzip_on_request() { # CALL'S ARGUMENTS
	local plain=$BATS_TEST_TMPDIR/plain

	call "$@"
	expect_status 200
	expect_header Content-Encoding ''
	header Vary | grep -qx Accept-Encoding
	expect_header Content-Length "$(stat -c %s "$body")"
	cp "$body" "$plain"
	call -H 'Accept-Encoding: deflate, gzip;q=0.5' "$@"
	expect_status 200
	expect_header Content-Type application/json
	expect_header Content-Encoding gzip
	header Vary | grep -qx Accept-Encoding
	gzip -dc "$body" | cmp - "$plain"
}

@test "a long reply is in gzip for who asks, and says that it varies" {
	expect_gzip_on_request '/text?length=5000'
	expect_gzip_on_request -H 'Via: 1.1 proxy' '/text?length=1000000'
	printf '{"numbers":[%s]}' "$(seq -s , 100000)" >"$BATS_TEST_TMPDIR/numbers"
	expect_gzip_on_request -H 'Content-Type: application/json' \
		--data-binary "@$BATS_TEST_TMPDIR/numbers" /process-numbers
}

@test "a reply is not in gzip for who does not want it" {
	for coding in '' identity br 'gzip;q=0' 'deflate, gzip;q=0.0'; do
		call -H "Accept-Encoding: $coding" '/text?length=5000'
		expect_header Content-Encoding ''
		expect_json '.text | length == 5000'
	done
}

@test "a short reply is not in gzip" {
	call -H 'Accept-Encoding: gzip' '/text?length=900'
	expect_header Content-Encoding ''
	expect_header Content-Length "$(stat -c %s "$body")"
	expect_json '.text | length == 900'
}

# HEAD, OPTIONS, Expect, chunks

# What does not differ from one reply to the same request to the next.  HEAD
# has no need to say that GET's body is chunked (RFC 9112, section 6.1).
steady_head() {
	grep -viE '^(Date|Server-Timing|Transfer-Encoding):' "$head" | sort
}

@test "HEAD has the headers of GET and no body" {
	for target in '/sum-squares?a=3' '/sum-squares?a=x' /no-such-path \
		'/text?length=5000'; do
		for coding in identity gzip; do
			call -H 'X-Request-Id: same' -H "Accept-Encoding: $coding" "$target"
			steady_head >"$BATS_TEST_TMPDIR/get"
			call -I -H 'X-Request-Id: same' -H "Accept-Encoding: $coding" "$target"
			diff "$BATS_TEST_TMPDIR/get" <(steady_head)
		done
		send_raw "HEAD $target HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
		expect_body ''
	done
	call -I '/text?length=5000'
	expect_header Content-Length 5011
}

@test "OPTIONS tells the methods of every path" {
	local endpoints=$BATS_TEST_TMPDIR/endpoints

	"$millrace" endpoints "${modules[@]}" | grep -v ' internal ' >"$endpoints"
	while read -r target allow; do
		call -X OPTIONS -H 'Accept: text/html' "$target"
		expect_status 204
		expect_header Allow "$allow"
		expect_header Content-Type ''
		expect_body ''
	done < <(awk '
		$1 == "GET" { get[$2] = "GET, HEAD, " }
		$1 == "POST" { post[$2] = "POST, " }
		{ paths[$2] }
		END { for (path in paths) print path, get[path] post[path] "OPTIONS" }' "$endpoints")
}

# The first line of an answer to a head alone.
answer_to_head() { # LENGTH THE HEAD PROMISES
	printf '%s\r\n' 'POST /process-numbers HTTP/1.1' 'Host: a' \
		'Content-Type: application/json' "Content-Length: $1" \
		'Expect: 100-continue' 'Connection: close' '' >&"$connection"
	read -r -t "$PATIENCE" first <&"$connection"
}

@test "Expect is answered before the body is sent" {
	local connection first

	exec {connection}<>"/dev/tcp/127.0.0.1/$port"
	answer_to_head ${#one}
	expect_equal 'first line' "$first" $'HTTP/1.1 100 Continue\r'
	printf '%s' "$one" >&"$connection"
	timeout "$PATIENCE" cat <&"$connection" | tail -n 1 >"$BATS_TEST_TMPDIR/body"
	exec {connection}>&-
	expect_equal body "$(cat "$BATS_TEST_TMPDIR/body")" \
		'{"original_count":1,"processed_result":[4]}'
}

@test "Expect is refused for a body over the limit" {
	local connection first

	exec {connection}<>"/dev/tcp/127.0.0.1/$port"
	answer_to_head 48000001
	exec {connection}>&-
	[[ $first =~ ^HTTP/1.1\ 413\  ]]
}

@test "a chunked body is taken" {
	post '{"numbers":[1,2],"rounds":1}' /process-numbers -H 'Transfer-Encoding: chunked'
	expect_ok '{"original_count":2,"processed_result":[4,6]}'
	send_raw 'POST /process-numbers HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"num\r\n1\r\nb\r\nc;x=y\r\ners":[1,2,3]\r\n1\r\n}\r\n0\r\n\r\n'
	expect_status 200
	expect_json '.original_count == 3'
}
