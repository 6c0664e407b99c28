#!/usr/bin/env bats
# openapi.bats: the document that `millrace openapi` prints, and the requests
# that it suggests.  What all other files see is held to it by
# tests/openapi/validate.

load helper
load own_site

configuration='
	[pool fast]
	workers = 2
	[pool heavy]
	workers = 1'

document=$BATS_FILE_TMPDIR/openapi.json

print_document() { # OPTIONS
	"$millrace" openapi "$@" >"$document"
}

expect_document() { # FILTER
	jq -e "$1" "$document" >/dev/null || fail "not so: $1"
}

@test "openapi prints one JSON document" {
	print_document
	expect_document '.openapi == "3.1.0" and .info.title == "Millrace"'
	expect_equal version "millrace $(jq -r .info.version "$document")" \
		"$("$millrace" version)"
	expect_equal lines "$(wc -l <"$document")" 1
}

# What only other endpoints start is not part of the site.
list_public() {
	"$millrace" endpoints --module "$faults" | awk '$3 != "internal"'
}

@test "openapi has the operations that endpoints lists" {
	print_document --module "$faults"
	list_public | awk '{ print $1, $2 }' |
		diff - <(jq -r '.paths | to_entries[] | .key as $path |
			select($path | startswith("/jobs") | not) | .value | keys[] |
			"\(. | ascii_upcase) \($path)"' "$document")
	expect_document '.paths | has("/jobs") and has("/jobs/{id}/events")'
}

@test "integers stand in the document exactly" {
	print_document
	grep -qF '"minimum":-9223372036854775808,"maximum":9223372036854775807' "$document"
}

@test "every reference of the document leads somewhere" {
	print_document --module "$faults"
	expect_document '. as $all | [.. | objects | select(has("$ref")) | ."$ref"] |
		length > 20 and all(.[]; . as $reference |
			$all | getpath($reference / "/" | .[1:]) != null)'
}

@test "every operation tells of problems, and 503 of when to try again" {
	print_document --module "$faults"
	expect_document 'all(.paths[][].responses;
		has("200") and has("400") and has("422") and has("500") and has("503"))'
	expect_document 'all(.components.responses | del(."202")[]; .content |
		keys == ["application/problem+json"])'
	expect_document '.components.responses | to_entries | map(select(.value.headers |
		has("Retry-After")) | .key) == ["503"]'
}

@test "openapi refuses what it cannot understand or load, or write" {
	run -2 --separate-stderr "$millrace" openapi more
	[[ $stderr =~ ^usage:\ millrace\ openapi ]]
	run -2 "$millrace" openapi --zebra
	run -1 --separate-stderr "$millrace" openapi --module "$sandbox/none.so"
	[[ $stderr =~ none.so ]]
	[ -z "$output" ]
	run -1 bash -c '"$1" openapi >/dev/full' - "$millrace"
	run -0 "$millrace" openapi --help
	[[ $output =~ millrace\ openapi ]]
}

# A function may still refuse, fail or be there to fail.
expect_taken() {
	case $code in
	200 | 202 | 500 | 502 | 504) ;;
	422) expect_problem_here 422 domain ;;
	*)
		show_reply
		fail "an example is answered with $code"
		;;
	esac
}

@test "the examples of the document are requests that every endpoint takes" {
	local count=0

	print_document --module "$faults"
	while IFS=$'\t' read -r method target text; do
		if [ -n "$text" ]; then
			post "$text" "$target"
		else
			call -X "$method" "$target"
		fi
		expect_taken
		count=$((count + 1))
	done < <("$repository/tests/openapi/examples" <"$document")
	# All of these, and the list of jobs.
	expect_equal 'number of requests' "$count" "$(($(list_public | wc -l) + 1))"
}
