# helper.bash: a site of its own for every file, and what replies are held to.
#
# All that a file starts runs in its sandbox, a private directory that is the
# working directory of every process, so that what is left of it can be found
# without regard to other sites and tests on the machine.

bats_require_minimum_version 1.5.0

repository=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
export MILLRACE_BUILD=${MILLRACE_BUILD:-$repository/build}
export PATH=$PATH:/usr/sbin:/sbin
millrace=$MILLRACE_BUILD/millrace
faults=$MILLRACE_BUILD/modules/faults.so
kinds=$MILLRACE_BUILD/modules/kinds.so
texts=$MILLRACE_BUILD/modules/texts.so
modules=(--module "$faults" --module "$kinds" --module "$texts") # of a site

# Whatever goes on for longer than this has failed: s.
PATIENCE=30

fail() {
	echo "$*" >&2
	return 1
}

# Repeats a command until it succeeds.
eventually() {
	local end=$((SECONDS + PATIENCE))

	until "$@"; do
		if [ "$SECONDS" -ge "$end" ]; then
			fail "not within $PATIENCE s: $*"
			return 1
		fi
		sleep 0.02
	done
}

# Processes.

make_sandbox() {
	sandbox=$(mktemp -d "${TMPDIR:-/tmp}/mrit.XXXXXX")
	chmod 711 "$sandbox" # nginx's workers are another user
	export sandbox
}

# Runs a command in the sandbox and the background; its pid is $started.
background() { # LOG COMMAND...
	local log=$1

	shift
	: >"$log" # at once: nobody is to read what an earlier one wrote
	(cd "$sandbox" && exec "$@") \
		>"$log" 2>&1 </dev/null 3>&- &
	started=$!
}

is_alive() {
	[[ $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) =~ ^[^ZX] ]]
}

is_gone() {
	! is_alive "$1"
}

# The processes that run in the sandbox.
inhabitants() {
	find /proc/[0-9]*/cwd -maxdepth 0 -lname "$sandbox" 2>/dev/null |
		cut -d / -f 3
}

# What was killed is a moment in going, the longer the more memory it had.
sandbox_is_empty() {
	local end=$((SECONDS + 5))

	while [ -n "$(inhabitants)" ]; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.05
	done
}

# Waits for a child of this shell; $status is that of its end.
wait_for() { # PID
	status=0
	wait "$1" || status=$?
}

# Ends what is left in the sandbox, and tells of it.
clear_sandbox() {
	local pid

	for pid in $(inhabitants); do
		echo "left running: $pid $(tr '\0' ' ' <"/proc/$pid/cmdline")" >&2
		kill -KILL "$pid" || true
	done
}

# What sanitizers found, but for the faults that the module makes on purpose.
sanitizer_findings() { # FILE...
	grep -shE 'runtime error:|ERROR: [A-Za-z]+Sanitizer' "$@" |
		grep -vE '(^|text=")tests/modules/faults\.c:' || true
}

# A process that is left fails the test, unless it failed already.
remove_sandbox() {
	local findings left=0

	cd /
	if [ -z "${BATS_TEST_COMPLETED-1}" ]; then
		clear_sandbox
	elif ! eventually sandbox_is_empty; then
		clear_sandbox
		left=1
	fi
	findings=$(sanitizer_findings "$sandbox"/*log*)
	rm -rf "$sandbox"
	[ -z "$findings" ] || fail "$findings"
	return $left
}

is_sanitized() {
	grep -qF libasan.so "$millrace"
}

# Pools without a memory limit, as a configuration: sanitizers reserve more than
# any limit.
print_unlimited() { # POOLS BESIDE THOSE BUILT IN
	printf '[pool %s]\nmemory = 0\n' \
		fast heavy io submit runner live broker control "$@"
}

# The configuration of a test.
write_config() { # TEXT, MAY BE INDENTED
	sed 's/^\t*//' <<<"$1" >"$sandbox/site.ini"
	if is_sanitized; then
		print_unlimited $(sed -n 's/^\[pool \(.*\)\]/\1/p' "$sandbox/site.ini") \
			>>"$sandbox/site.ini"
	fi
}

# Runs `millrace` to its end and compares status and what it says of errors.
expect_refusal() { # STATUS PATTERN ARGUMENTS...
	run --separate-stderr timeout "$PATIENCE" "$millrace" "${@:3}"
	[ "$status" = "$1" ] || fail "status $status, not $1: ${*:3}"
	[[ $stderr =~ $2 ]] || fail "'$stderr' is not like '$2': ${*:3}"
	[ -z "$output" ] || fail "printed '$output': ${*:3}"
	expect_equal 'what sanitizers found' "$(sanitizer_findings - <<<"$stderr")" ''
}

# The site.

port_is_taken() { # PORT
	(: <>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# A port that is free, and no other test of this run is given.
random_port() {
	local free

	while :; do
		free=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
		if mkdir "$BATS_RUN_TMPDIR/port.$free" 2>/dev/null && ! port_is_taken "$free"; then
			echo "$free"
			return
		fi
	done
}

is_ready_or_over() {
	grep -q '^ready ' "$site_log" || is_gone "$site"
}

try_site() {
	export port url
	port=$(random_port)
	url=http://127.0.0.1:$port
	background "$site_log" env TMPDIR="$sandbox" "$repository/scripts/run" \
		--port "$port" --state "$sandbox/state" \
		--config "$sandbox/site.ini" "${modules[@]}"
	export site=$started
	eventually is_ready_or_over
	grep -q '^ready ' "$site_log"
}

# Starts a site with the modules of the tests on a port that is free.
start_site() { # [CONFIGURATION]
	export site_log=$sandbox/log

	write_config "${1:-}"
	until try_site; do
		grep -qi 'in use' "$site_log" || fail "$(cat "$site_log")"
	done
	start_recording
	private=$(echo "$sandbox"/millrace.*)
	export private
}

nginx_answers_or_is_gone() {
	curl -so "$sandbox/probe" "$url/" || is_gone "$nginx"
}

# An nginx without Millrace's processes; its pid is $nginx.
start_nginx() { # DIRECTORY OF nginx.conf
	background "$sandbox/nginx.log" nginx -p "$1" -c "$1/nginx.conf" \
		-e stderr -g 'daemon off;'
	export nginx=$started
	eventually nginx_answers_or_is_gone
	is_alive "$nginx" || fail "$(cat "$sandbox/nginx.log")"
}

stop_site() {
	[ -n "${site:-}" ] || return 0
	kill -TERM "$site"
	eventually is_gone "$site"
	[ ! -e "$private" ] || fail "$private is left"
}

# How often the log of the site has a line; patterns are extended.
logged() { # PATTERN
	grep -cE -- "$1" "$site_log" || true
}

was_logged() { # PATTERN [TIMES]
	[ "$(logged "$1")" -ge "${2:-1}" ]
}

# The process that serves in a slot now, such as heavy/0.
worker_pid() { # SLOT
	sed -n "s|.* worker $1: starting -> serving pid=||p" "$site_log" | tail -n 1
}

slot_serves() { # SLOT
	[[ $(grep "worker $1:" "$site_log" | tail -n 1) =~ '-> serving' ]]
}

descriptors() { # PID
	ls "/proc/$1/fd" 2>/dev/null | wc -l
}

# Whether a worker of a pool without keep-alive runs a request: it then has
# one descriptor more than at rest.
holds_more_than() { # PID DESCRIPTORS
	[ "$(descriptors "$1")" -gt "$2" ]
}

# How many connections to a socket no worker has taken yet.
waiting_on() { # SOCKET
	awk -v path="$1" '$NF == path && $6 == "02"' /proc/net/unix | wc -l
}

has_waiting() { # SOCKET
	[ "$(waiting_on "$1")" -gt 0 ]
}

# Requests and replies.

# Under `make it` every call to a site of start_site is kept, beside what the
# site says of itself, for tests/openapi/validate.
start_recording() {
	export recorded=

	[ -n "${MILLRACE_RECORDED:-}" ] || return 0
	recorded=$(mktemp -d "$MILLRACE_RECORDED/site.XXXXXX")
	"$millrace" openapi "${modules[@]}" >"$recorded/openapi.json"
}

# Of a body as much as is looked at, and a byte that tells of more.
keep() { # FILE AS
	head -c 1000001 "$1" >"$2"
}

record() { # METHOD, CURL'S ARGUMENTS
	local argument place

	[ -n "${recorded:-}" ] || return 0
	place=$(mktemp -d "$recorded/XXXXXX")
	printf '%s\0' "$code" "$@" >"$place/call"
	cp "$head" "$place/head"
	keep "$body" "$place/body"
	for argument; do
		if [[ $argument == @* && -f ${argument#@} ]]; then
			keep "${argument#@}" "$place/sent"
		fi
	done
}

# Sends curl's arguments; the last one is a path.  Fills in $code, $head, $body.
call() {
	path=${!#}
	path=${path%%\?*}
	head=$BATS_TEST_TMPDIR/head
	body=$BATS_TEST_TMPDIR/body
	: >"$body"
	code=$(curl -sS --max-time "$PATIENCE" -D "$head.all" -o "$body" \
		-w '%{http_code} %{method}' "${@:1:$#-1}" "$url${!#}")
	method=${code#* }
	code=${code% *}
	last_head <"$head.all" >"$head"
	record "$method" "$@"
}

post() { # BODY PATH [CURL'S ARGUMENTS]
	call -H 'Content-Type: application/json' --data-binary "$1" "${@:3}" "$2"
}

# Of the heads that curl has seen, the one behind all "100 Continue".
last_head() {
	tr -d '\r' | awk -v RS= '{ last = $0 } END { print last }'
}

# Sends bytes, in the notation of printf, to nginx until it closes.
send_raw() {
	local socket

	head=$BATS_TEST_TMPDIR/head
	body=$BATS_TEST_TMPDIR/body
	# shellcheck disable=SC2059
	printf "$1" >"$body.all"
	exec {socket}<>"/dev/tcp/127.0.0.1/$port"
	cat "$body.all" >&"$socket" # at once: nginx may close after the first line
	timeout "$PATIENCE" cat <&"$socket" >"$body.all" || true # reset at the end
	exec {socket}>&-
	sed '/^\r$/q' "$body.all" | last_head >"$head"
	sed '1,/^\r$/d' "$body.all" >"$body"
	code=$(awk 'NR == 1 { print $2 }' "$head")
}

header() { # NAME
	awk -v name="$1" 'BEGIN { FS = ": *" }
		tolower($1) == tolower(name) { sub(/^[^:]*: */, ""); print }' "$head"
}

json() { # FILTER
	jq -r "$1" "$body"
}

show_reply() {
	cat "$head" >&2
	head -c 2000 "$body" >&2
	echo >&2
}

expect_equal() { # WHAT FOUND EXPECTED
	[ "$2" = "$3" ] || {
		fail "$1 is '$2', not '$3'"
	}
}

expect_status() { # CODE
	[ "$code" = "$1" ] || {
		show_reply
		fail "status $code, not $1"
	}
}

expect_header() { # NAME VALUE
	expect_equal "$1" "$(header "$1")" "$2"
}

expect_body() { # TEXT
	expect_equal body "$(cat "$body")" "$1"
}

expect_json() { # FILTER
	jq -e "$1" "$body" >/dev/null || {
		show_reply
		fail "not so: $1"
	}
}

expect_ok() { # BODY
	expect_status 200
	expect_header Content-Type application/json
	expect_body "$1"
}

# No place of the machine, and nothing of HTML.
expect_discreet() {
	if printf '%s\n' '<' "$MILLRACE_BUILD" "$repository" "$sandbox" /tmp /usr \
		/home /root .sock .so | grep -qFf - "$body"; then
		show_reply
		fail 'the reply shows HTML or a place of the machine'
	fi
}

# What is wrong with a problem document, by name; nothing if all is well.
problem_faults='
	def sentence: type == "string" and length > 3;
	{
		members: ((keys - ["type", "title", "status", "detail", "instance",
			"request_id", "offset", "errors", "truncated"]) == []),
		type: (.type == "urn:millrace:problem:" + $slug),
		title: (.title | sentence),
		status: (.status == $status),
		detail: (has("detail") == false or (.detail | sentence)),
		instance: (.instance | test("^/[^?#\"<> ]*$")),
		request_id: (.request_id == $id and
			($id | test("^[A-Za-z0-9._-]{1,128}$")))
	} | to_entries[] | select(.value | not) | .key'

# A problem document that is whole and in step with its head.
expect_problem() { # STATUS SLUG [DETAIL, A PATTERN]
	local faults

	expect_status "$1"
	expect_header Content-Type application/problem+json
	faults=$(jq -r --argjson status "$1" --arg slug "$2" \
		--arg id "$(header X-Request-Id)" "$problem_faults" "$body")
	[ -z "$faults" ] || {
		show_reply
		fail "wrong members:" $faults
	}
	[[ $(header Server-Timing) =~ ^(queue|nginx)\;dur=[0-9.]+ ]] || {
		show_reply
		fail 'no Server-Timing'
	}
	expect_discreet
	if [ $# -gt 2 ]; then
		[[ $(json .detail) =~ $3 ]] || fail "detail is '$(json .detail)', not like '$3'"
	fi
}

# The same, and it names the path of the last call.
expect_problem_here() { # STATUS SLUG [DETAIL]
	expect_problem "$@"
	expect_equal instance "$(json .instance)" "$path"
}
