#!/usr/bin/env bats
# config.bats: what `millrace check` says of a configuration and of modules.

load helper

setup() {
	make_sandbox
}

teardown() {
	remove_sandbox
}

@test "a configuration that is wrong is refused with its line and a way out" {
	while read -r line complaint; do
		read -r text
		printf '%b' "$text" >"$sandbox/bad.ini"
		expect_refusal 1 "^millrace: $sandbox/bad.ini:$line: .*$complaint" \
			check --config "$sandbox/bad.ini"
	done <<-'CASES'
		2 no option 'worker'; did you mean 'workers'
		[pool fast]\nworker = 2\n
		3 no option 'stat'; did you mean 'state'
		; of the server\n[server]\nstat = x\n
		2 no option 'zebra'$
		[server]\nzebra = x\n
		2 workers cannot be '-1', it should be 0 to 10000
		[pool fast]\nworkers = -1\n
		2 workers cannot be '10001', it should be 0 to 10000
		[pool fast]\nworkers = 10001\n
		2 workers cannot be '2x'
		[pool fast]\nworkers = 2x\n
		2 deadline cannot be '5', it should be 1ms to 24h
		[pool fast]\ndeadline = 5\n
		2 deadline cannot be '0s'
		[pool fast]\ndeadline = 0s\n
		2 memory cannot be '1T'
		[pool fast]\nmemory = 1T\n
		2 memory cannot be '99999999999999999999'
		[pool fast]\nmemory = 99999999999999999999\n
		2 keep_alive cannot be 'true', it should be yes or no
		[pool fast]\nkeep_alive = true\n
		2 nice cannot be '20', it should be 0 to 19
		[pool fast]\nnice = 20\n
		2 manager cannot be 'on-demand', it should be static, dynamic or ondemand
		[pool fast]\nmanager = on-demand\n
		2 no option 'max_children'
		[pool fast]\nmax_children = 5\n
		2 no option 'min_spares'; did you mean 'min_spare'
		[pool fast]\nmin_spares = 5\n
		2 umask cannot be '999', it should be 000 to 777
		[pool fast]\numask = 999\n
		2 env cannot be '1X=2', it should be NAME=VALUE
		[pool fast]\nenv = 1X=2\n
		2 cpus cannot be 'all', it should be processors such as 0-3,6
		[pool fast]\ncpus = all\n
		2 listen cannot be '9000', it should be ADDRESS:PORT
		[pool fast]\nlisten = 9000\n
		2 allowed_clients cannot be 'localhost', it should be addresses
		[pool fast]\nallowed_clients = localhost\n
		2 slow cannot be '5', it should be 0s to 24h
		[endpoint sum_squares]\nslow = 5\n
		2 no option 'memory'
		[endpoint sum_squares]\nmemory = 1G\n
		1 \[sever\] cannot be a section
		[sever]\nstate = x\n
		1 must stand in a section
		state = x\n
		1 \[pool a/b\] cannot be a section
		[pool a/b]\nworkers = 1\n
		2 this is not 'name = value'
		[server]\nstate\n
	CASES
}

@test "all that is wrong with a configuration is told at once" {
	printf '[sever]\nstate = x\n[pool fast]\nworker = 1\nnice = 99\n\njunk\n' >"$sandbox/bad.ini"
	run -1 --separate-stderr "$millrace" check --config "$sandbox/bad.ini"
	expect_equal lines "$(sed "s|^millrace: $sandbox/bad.ini:\([0-9]*\):.*|\1|" <<<"$stderr" | xargs)" \
		'1 4 5 7'
}

@test "a configuration that cannot be read is refused" {
	expect_refusal 1 "$sandbox/none.ini: No such file" check --config "$sandbox/none.ini"
	for command in serve endpoints 'nginx upstreams'; do
		# shellcheck disable=SC2086
		expect_refusal 1 'none.ini: No such file' $command --config "$sandbox/none.ini"
	done
}

# Prints what `check` makes of a file, once it has said the same of its own print.
check_twice() { # FILE
	"$millrace" check --config "$1" >"$sandbox/once.ini" 2>"$sandbox/warnings"
	"$millrace" check --config "$sandbox/once.ini" 2>"$sandbox/again" |
		diff "$sandbox/once.ini" -
	diff "$sandbox/warnings" "$sandbox/again"
}

@test "check prints a configuration that reads back the same" {
	cat >"$sandbox/mine.ini" <<-END
		[server]
		state = $sandbox/state
		stop_timeout = 90s
		status_allow = 10.0.0.0/8 ::1
		[pool fast]
		workers = 3
		memory = 0
		[pool mine]
		deadline = 1500ms
		keep_alive = yes
		nice = 7
		env = A=1
		env = B=two words
		env = A=3
		[pool some]
		manager = dynamic
		workers = 8
		listen = [::1]:9000
		allowed_clients = ::1
		[pool none]
		manager = ondemand
		umask = 7
		[endpoint sum_squares]
		slow = 20ms
	END
	check_twice "$sandbox/mine.ini"
	while read -r line; do
		grep -qxF -- "$line" "$sandbox/once.ini" || fail "no '$line'"
	done <<-END
		state = $sandbox/state
		sockets = $sandbox/state
		stop_timeout = 90s
		stop_delay = 0s
		status_allow = 10.0.0.0/8 ::1
		deadline = 1500ms
		nice = 7
		env = B=two words
		env = A=3
		manager = dynamic
		start = 2
		min_spare = 1
		max_spare = 4
		listen = [::1]:9000
		allowed_clients = ::1
		manager = ondemand
		idle_timeout = 10s
		umask = 007
		[endpoint sum_squares]
		slow = 20ms
	END
	expect_equal sections "$(grep '^\[' "$sandbox/once.ini" | xargs)" \
		'[server] [pool fast] [pool heavy] [pool io] [pool submit] [pool runner] [pool live] [pool broker] [pool control] [pool mine] [pool some] [pool none] [endpoint sum_squares]'
}

@test "check prints the built-in configuration, which reads back the same" {
	: >"$sandbox/empty.ini"
	check_twice "$sandbox/empty.ini"
	"$millrace" check 2>/dev/null | diff "$sandbox/once.ini" -
}

@test "options that contradict each other are refused with the line of the later one" {
	while read -r line complaint; do
		read -r text
		printf '%b' "$text" >"$sandbox/bad.ini"
		expect_refusal 1 "^millrace: $sandbox/bad.ini:$line: $complaint" \
			check --config "$sandbox/bad.ini"
	done <<-'CASES'
		2 pool fast: min_spare is for manager = dynamic, and this is static
		[pool fast]\nmin_spare = 2\n
		3 pool x: idle_timeout is for manager = ondemand, and this is dynamic
		[pool x]\nmanager = dynamic\nidle_timeout = 5s\n
		4 pool x: min_spare = 5 is more than max_spare = 4; lower it, or raise max_spare
		[pool x]\nworkers = 9\nmin_spare = 5\nmax_spare = 4\nmanager = dynamic\n
		4 pool x: max_spare = 9 is more than workers = 8
		[pool x]\nmanager = dynamic\nmax_spare = 9\nworkers = 8\n
		4 pool x: start = 7 is not from min_spare = 1 to max_spare = 4
		[pool x]\nmanager = dynamic\nworkers = 8\nstart = 7\n
		2 pool io: with keep_alive = yes connections are held by workers
		[pool io]\nkeep_alive = yes\n
		2 pool x: listen needs allowed_clients
		[pool x]\nlisten = 127.0.0.1:9000\n
		2 pool x: allowed_clients is for listen
		[pool x]\nallowed_clients = 127.0.0.1\n
		5 pool y: pool x listens on 127.0.0.1:9000 already
		[pool x]\nlisten = 127.0.0.1:9000\nallowed_clients = all\n[pool y]\nlisten = 127.0.0.1:9000\nallowed_clients = all\n
		2 pool fast: max_rss is more than memory
		[pool fast]\nmax_rss = 1G\n
		2 pool fast: slow is not below deadline
		[pool fast]\nslow = 1s\n
		3 endpoint sum_squares: slow is not below deadline
		[endpoint sum_squares]\nslow = 2s\ndeadline = 1s\n
		1 endpoint sum_squares: slow is not below the deadline of pool fast
		[endpoint sum_squares]\nslow = 2s\n
		1 there is no endpoint 'sum_square'; did you mean 'sum_squares'
		[endpoint sum_square]\nslow = 1ms\n
		2 there is no endpoint 'zebra'$
		; of nothing\n[endpoint zebra]\n
		2 pool control: it has to answer at once
		[pool control]\nmanager = dynamic\n
		2 pool x: there is no processor [0-9]+ for cpus = 0-1023
		[pool x]\ncpus = 0-1023\n
		2 pool x: there is no user no-such-user
		[pool x]\nuser = no-such-user\n
		2 pool x: there is no group no-such-group
		[pool x]\ngroup = no-such-group\n
		2 pool x: files = 1073741824 is above the hard limit
		[pool x]\nfiles = 1073741824\n
	CASES
}

@test "a server with a contradiction does not start" {
	printf '[pool fast]\nslow = 1s\n' >"$sandbox/bad.ini"
	expect_refusal 1 'bad.ini:2: pool fast: slow is not below' \
		serve --state "$sandbox/state" --config "$sandbox/bad.ini"
	[ ! -e "$sandbox/state" ]
}

@test "check warns of pairs that are legal and do harm" {
	printf '%s\n' '[pool x]' 'keep_alive = yes' 'memory = 0' >"$sandbox/warned.ini"
	run -0 --separate-stderr "$millrace" check --config "$sandbox/warned.ini"
	[[ $stderr =~ millrace:\ warning:\ pool\ x:\ with\ keep_alive ]]
	[[ $stderr =~ millrace:\ warning:\ pool\ x:\ with\ memory\ =\ 0 ]]
	grep -qx 'keep_alive = yes' <<<"$output"
}

@test "a module that cannot be loaded is refused by its name" {
	echo text >"$sandbox/text.so"
	expect_refusal 1 "module $sandbox/none.so: .*cannot open" check --module "$sandbox/none.so"
	expect_refusal 1 "module $sandbox/text.so: " check --module "$sandbox/text.so"
	expect_refusal 1 'libmillrace.so: it has no MR_MODULE line' \
		check --module "$MILLRACE_BUILD/libmillrace.so"
	expect_refusal 1 'endpoint segv: POST /faults/segv is endpoint segv' \
		check --module "$faults" --module "$faults"
}

@test "endpoints that contradict themselves are refused by file, endpoint and field" {
	local command file=tests/modules/contradictions.c

	for command in check "serve --state $sandbox/state"; do
		# shellcheck disable=SC2086
		run -1 --separate-stderr timeout "$PATIENCE" "$millrace" $command \
			--module "$MILLRACE_BUILD/modules/contradictions.so"
		[ -z "$output" ]
		sed "s|^|millrace: $file: endpoint |" <<-'COMPLAINTS' | diff <(echo "$stderr") -
			default_outside: field value: the default is not a value that the field accepts
			example_outside: field value: the example is not a value that the field accepts
			default_of_required: field value: it is required, and has a default
			absent_but_required: field value: it is required, and may be left out
			absent_with_default: field value: it has a default, so that it is never left out
			two_of_one_name: field value: the name stands twice
			upside_down: field value: min is above max
			wrong_bounds: field value: a number needs MR_RANGE
			no_text: field value: it has no text
			flag_outside: field value: its flag is outside of the struct
			choice_twice: field colour: a choice stands twice
			no_choice: field colour: there is nothing to choose from
			no_columns: field matrix: the longest length must be above zero and not below the shortest
			null_for_choice: field colour: null_if_not_finite is for doubles only
			not_in_query: field matrix: it cannot stand in a query string
			inside: field numbers.value: the default is not a value that the field accepts
			inside: field numbers.other: a field of an object is not read from a query string
			taken: GET /sum-squares is endpoint sum_squares
			no_path: the path must be '/' and letters, digits, '/', '-', '.', '_', '~'
			dots: the path may not contain '//' or '/.'
		COMPLAINTS
		[ ! -e "$sandbox/state" ]
	done
}

@test "endpoints in a pool that cannot have them are refused by file and name" {
	run -1 --separate-stderr timeout "$PATIENCE" "$millrace" check \
		--module "$MILLRACE_BUILD/modules/misplaced.so"
	[ -z "$output" ]
	sed "s|^|millrace: tests/modules/misplaced.c: endpoint |" <<-'COMPLAINTS' | diff <(echo "$stderr") -
		in_control: pool control is for /status and the like only; choose another pool
		nowhere: there is no pool zebra in the configuration
	COMPLAINTS
	printf '[pool zebra]\n' >"$sandbox/zebra.ini"
	run -1 --separate-stderr timeout "$PATIENCE" "$millrace" check \
		--config "$sandbox/zebra.ini" --module "$MILLRACE_BUILD/modules/misplaced.so"
	[[ $stderr =~ in_control ]]
	[[ ! $stderr =~ nowhere ]]
}
