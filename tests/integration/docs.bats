#!/usr/bin/env bats
# docs.bats: the docs page as a person uses it, in a browser; and its files.

load helper
load browser

setup_file() {
	[ -e "$MILLRACE_BUILD/docs/index.html" ] ||
		fail "no docs page: see $MILLRACE_BUILD/docs.log"
	make_sandbox
	start_site
	start_browser
}

teardown_file() {
	stop_browser
	stop_site
	remove_sandbox
}

# The page.

# Its address differs from test to test, so that it is loaded each time.
open_docs() {
	open_page "/docs?$BATS_TEST_NUMBER"
	eventually shows "$(operation /sum-squares)"
}

operation() { # PATH
	echo ".opblock:has([data-path=\"$1\"])"
}

# Unfolds an endpoint, until its fields can be filled in.
try_out() { # PATH
	local block

	block=$(operation "$1")
	click "$block .opblock-summary-control"
	eventually shows "$block .try-out__btn"
	click "$block .try-out__btn"
	eventually shows "$block .execute"
}

type_parameter() { # NAME TEXT
	type_in "tr[data-param-name=\"$1\"] input" "$2"
}

# Sends it; $body is then the reply as the page shows it.
execute() { # PATH
	local block

	block=$(operation "$1")
	click "$block .execute"
	eventually shows "$block .live-responses-table .response"
	code=$(text_of "$block .live-responses-table .response .response-col_status")
	head=/dev/null
	body=$BATS_TEST_TMPDIR/body
	text_of "$block .live-responses-table .highlight-code code" >"$body"
}

# The browser has nothing to complain of, neither of the policy for content,
# nor of scripts; and it asked nobody but us.
expect_peace() {
	expect_equal 'the log' "$(browse se/log '{ "type": "browser" }')" '[]'
	expect_equal 'what else was asked' "$(evaluate 'performance
		.getEntriesByType("resource").map(entry => entry.name)
		.filter(name => !name.startsWith(location.origin + "/"))')" '[]'
}

@test "the page lists the endpoints" {
	open_docs
	expect_equal title "$(browse title)" '"Millrace"'
	shows "$(operation /sum-squares).opblock-get"
	shows "$(operation /process-numbers).opblock-post"
	expect_peace
}

@test "a GET can be tried out" {
	open_docs
	try_out /sum-squares
	type_parameter a 3
	type_parameter b 4
	execute /sum-squares
	expect_status 200
	expect_json '. == { a: 3, b: 4, sum_of_squares: 25 }'
	expect_peace
}

@test "a POST can be tried out" {
	open_docs
	try_out /process-numbers
	type_in "$(operation /process-numbers) textarea" '{"numbers":[1,2,-1]}'
	execute /process-numbers
	expect_status 200
	expect_json '. == { original_count: 3,
		processed_result: [65269614, 753692824, 688423208] }'
	expect_peace
}

@test "replies show every digit of a number" {
	open_docs
	try_out /sum-squares
	type_parameter a 3037000499
	type_parameter b 65535
	execute /sum-squares
	expect_status 200
	grep -q '"sum_of_squares": 9223372035221085226\b' "$body" || fail "$(cat "$body")"
	expect_peace
}

@test "a phone need not scroll sideways" {
	browse window/rect '{ "width": 390, "height": 844 }'
	open_docs
	try_out /process-numbers
	execute /process-numbers
	expect_equal width "$(evaluate 'document.documentElement.scrollWidth')" \
		"$(evaluate 'document.documentElement.clientWidth')"
	expect_peace
}

# Its files.

expect_file() { # PATH TYPE
	call "$1"
	expect_status 200
	expect_header Content-Type "$2"
	expect_header Cache-Control no-cache
	expect_header X-Content-Type-Options nosniff
	[ -s "$body" ] || fail "$1 is empty"
}

expect_policy() {
	[[ $(header Content-Security-Policy) == "default-src 'none'; "* ]]
	[[ ! $(header Content-Security-Policy) =~ unsafe|\*|http ]]
	expect_header Referrer-Policy no-referrer
}

@test "files have their types and the policy for content" {
	while read -r target type; do
		expect_file "$target" "$type"
		expect_policy
	done <<-'FILES'
		/docs                      text/html; charset=utf-8
		/docs/docs.js              text/javascript
		/docs/docs.css             text/css
		/docs/swagger-ui-bundle.js text/javascript
		/docs/swagger-ui.css       text/css
		/docs/favicon-16x16.png    image/png
		/docs/favicon-32x32.png    image/png
		/docs/LICENSE              text/plain; charset=utf-8
		/docs/NOTICE               text/plain; charset=utf-8
		/docs/swagger-ui-bundle.js.LICENSE.txt text/plain; charset=utf-8
	FILES
}

@test "the page holds no script and no style of its own" {
	call /docs
	run ! grep -E '<style|style=|<script>| on[a-z]+=|//' "$body"
}

@test "the lock file names one version, and no place to get it from" {
	run -0 jq -e '.dependencies | all(test("^[0-9.]+$"))' \
		"$repository/nginx/docs/package.json"
	run ! grep -E '"resolved"|://' "$repository/nginx/docs/package-lock.json"
}

@test "the document is JSON and has both endpoints" {
	expect_file /openapi.json application/json
	expect_json '.openapi | startswith("3.1.")'
	expect_json '.paths | has("/sum-squares") and has("/process-numbers")'
}

@test "what a browser has already is not sent again" {
	for path in /docs /docs/swagger-ui-bundle.js /openapi.json; do
		for coding in identity gzip; do
			call -H "Accept-Encoding: $coding" "$path"
			call -H "Accept-Encoding: $coding" \
				-H "If-None-Match: $(header ETag)" "$path"
			expect_status 304
			expect_body ''
			expect_header Cache-Control no-cache
		done
	done
}

@test "large files are sent in gzip to who can read it" {
	for path in /docs/swagger-ui-bundle.js /docs/swagger-ui.css /openapi.json; do
		call -H 'Accept-Encoding: gzip' "$path"
		expect_header Content-Encoding gzip
		expect_header Vary Accept-Encoding
		gzip -t <"$body"
		call "$path"
		expect_header Content-Encoding ''
		expect_header Vary Accept-Encoding
	done
}

@test "files answer to GET and HEAD only" {
	for path in /docs /docs/docs.js /openapi.json; do
		call --head "$path"
		expect_status 200
		for method in POST PUT DELETE OPTIONS TRACE; do
			call -X $method "$path"
			expect_problem_here 405 method
			expect_header Allow 'GET, HEAD'
		done
	done
}

@test "other addresses of the page lead to it" {
	for path in /docs/ /docs/index.html; do
		call "$path"
		expect_status 308
		call --location "$path"
		expect_status 200
		grep -q '<title>Millrace</title>' "$body"
	done
}

@test "what is no file is not found" {
	for path in /docs/nope /docsx /docs/docs.js/ /docs/package.json \
		/openapi.json/ /openapi /www/openapi.json; do
		call "$path"
		expect_problem_here 404 not-found
	done
}

@test "no path leads out of the folder" {
	for path in /docs/../nginx.conf /docs/..%2fnginx.conf /docs../nginx.conf \
		/docs/%2e%2e/nginx.conf /docs/docs.js/../../listen.conf; do
		call --path-as-is "$path"
		expect_problem_here 404 not-found
	done
	for path in /docs/../../nginx.conf /docs/%2e%2e/%2e%2e/nginx.conf; do
		call --path-as-is "$path"
		expect_problem 400 syntax
	done
}
