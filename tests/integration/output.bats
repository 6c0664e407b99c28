#!/usr/bin/env bats
# output.bats: the log, and what workers write, whole and in order.

load helper
load server

setup() {
	make_sandbox
	modules+=(--module "$processes")
}

teardown() {
	remove_sandbox
}

one_fast=$'[pool fast]\nworkers = 1\nmemory = 1G\ndeadline = 20s'

# The texts of what a worker said, a line each.
said() { # FILE
	sed -n 's/.* notice Worker said\. worker=fast\/0 pid=[0-9]* text="\(.*\)"$/\1/p' "$1"
}

has_said() { # FILE LINES
	[ "$(said "$1" | wc -l)" -ge "$2" ]
}

@test "what a worker writes is logged line by line, in order, with worker and pid" {
	start_site "$one_fast"
	for i in {1..50}; do
		post "{\"text\":\"line $i\"}" /processes/say
		expect_status 200
	done
	pid=$(json .pid)
	eventually has_said "$site_log" 50
	expect_equal lines "$(said "$site_log" | paste -sd,)" "$(printf 'line %d\n' {1..50} | paste -sd,)"
	expect_equal 'lines with the pid' "$(logged "Worker said\. worker=fast/0 pid=$pid text=\"line [0-9]+\"\$")" 50
	post '{"text":"one\ntwo \"quoted\" \u0007"}' /processes/say
	eventually was_logged 'text="one"$'
	eventually was_logged 'text="two \\"quoted\\" \\u0007"$'
	stop_site
}

@test "a line is logged whole, whatever its length up to a megabyte" {
	start_site "$one_fast"
	count=0
	for length in 1 1023 1024 1025 4095 4096 4097 65535 65536 65537 262144 1000000 1048576; do
		post "{\"text\":\"x\",\"times\":$length}" /processes/say
		expect_status 200
		count=$((count + 1))
		eventually has_said "$site_log" $count
		expect_equal "length of a line of $length" "$(said "$site_log" | tail -n 1 | tr -d '\n' | wc -c)" \
			"$(json .bytes)"
	done
	expect_equal 'lines in parts' "$(logged 'unfinished=true')" 0
	stop_site
}

@test "lines of several workers at a time are not mixed" {
	start_site $'[pool fast]\nworkers = 3\nmemory = 1G\ndeadline = 20s'
	for letter in a b c d; do
		curl -s -o /dev/null --max-time "$PATIENCE" -w '%{http_code}\n' -H 'Content-Type: application/json' \
			-d "{\"text\":\"$letter\",\"times\":200000}" "$url/processes/say#[1-5]" \
			>"$sandbox/said.$letter" 3>&- &
	done
	wait $(jobs -p | grep -v "^$site\$")
	expect_equal statuses "$(cat "$sandbox"/said.? | sort | uniq -c | xargs)" '20 200'
	eventually was_logged 'Worker said\.' 20
	expect_equal 'lines of one letter' "$(sed -n 's/.* text="\(.*\)"$/\1/p' "$site_log" |
		awk 'length == 200000 && $0 ~ "^" substr($0, 1, 1) "+$" { print substr($0, 1, 1) }' |
		sort | uniq -c | xargs)" '5 a 5 b 5 c 5 d'
	expect_equal lines "$(logged 'Worker said\.')" 20
	stop_site
}

@test "what a worker wrote before it died is logged" {
	start_site "$one_fast"
	post '{"text":"last words"}' /processes/say
	kill -KILL "$(json .pid)"
	eventually was_logged 'Worker said\. worker=fast/0 pid=[0-9]+ text="last words"$'
	stop_site
}

# A module whose functions print.
make_module() {
	cat >"$sandbox/chatty.c" <<-'SOURCE'
		#include "millrace.h"
		#include <stdio.h>
		MR_NOTHING(chat_in);
		MR_NOTHING(chat_out);
		static enum mr_err
		chat(mr_call *call, const struct chat_in *in, struct chat_out *out)
		{
			(void)call;
			(void)in;
			(void)out;
			printf("to \"standard\" output\n");
			fprintf(stderr, "to standard error\nwithout an end");
			for (int i = 0; i < 1000000; i++)
				putchar('x');
			printf("\n");
			return MR_OK;
		}
		MR_ENDPOINT(chat, MR_POST, "/chat", "Prints", .pool = "heavy");
		MR_MODULE(&mr_endpoint_chat);
	SOURCE
	cc -std=gnu11 -shared -fPIC -I "$repository/lib" -o "$sandbox/chatty.so" \
		"$sandbox/chatty.c"
	modules=(--module "$sandbox/chatty.so" --module "$faults")
}

@test "what a function prints is in the log, line by line and whole" {
	unset MILLRACE_RECORDED # its module is not the document's
	make_module
	start_site
	call -X POST /chat
	expect_status 200
	said=' notice Worker said\. worker=heavy/[0-9]+ pid=[0-9]+ text='
	eventually was_logged "$said\"to \\\\\"standard\\\\\" output\"\$"
	eventually was_logged "$said\"to standard error\"\$"
	eventually was_logged "$said\"(without an end)?x+\"\$"
	long=$(grep -aE "text=\"[^\"]*xxx" "$site_log" | tr -cd x | wc -c)
	[ "$long" -ge 1000000 ] || fail "$long"
	stop_site
}

# The log file

@test "a log file is opened anew when it was moved away" {
	start_site "[server]
		log = $sandbox/own.log
		$one_fast"
	post '{"text":"before"}' /processes/say
	eventually grep -q 'text="before"' "$sandbox/own.log"
	expect_equal mode "$(stat -c %a "$sandbox/own.log")" 640
	mv "$sandbox/own.log" "$sandbox/own.log.1"
	post '{"text":"between"}' /processes/say
	eventually grep -q 'text="between"' "$sandbox/own.log.1"
	run -0 of_site reopen
	expect_equal 'what reopen says' "$output" ''
	eventually grep -q 'The log is open anew\.' "$sandbox/own.log"
	expect_equal mode "$(stat -c %a "$sandbox/own.log")" 640
	post '{"text":"after"}' /processes/say
	eventually grep -q 'text="after"' "$sandbox/own.log"
	run -1 grep -q 'text="after"' "$sandbox/own.log.1"
	mv "$sandbox/own.log" "$sandbox/own.log.2"
	run -0 of_site reload # which opens it, too
	post '{"text":"reloaded"}' /processes/say
	eventually grep -q 'text="reloaded"' "$sandbox/own.log"
	stop_site
	grep -q ' Stopped\.$' "$sandbox/own.log"
}

@test "reopening loses no line under load" {
	start_site "[server]
		log = $sandbox/own.log
		$one_fast"
	start_load --clients 4 --calls note
	for i in {1..10}; do
		mv "$sandbox/own.log" "$sandbox/own.log.$i"
		run -0 of_site reopen
		eventually [ -e "$sandbox/own.log" ]
	done
	stop_load
	eventually notes_in_all_logs
	expect_equal 'what was noted twice' "$(uniq -d "$sandbox/notes.logged")" ''
	stop_site
}

notes_in_all_logs() {
	cat "$sandbox"/own.log* >"$sandbox/all"
	notes_are_logged "$sandbox/all"
}

@test "a log that cannot be opened is a reason not to start, and not to stop" {
	printf '[server]\nlog = %s/none/own.log\n' "$sandbox" >"$sandbox/bad.ini"
	expect_refusal 1 'Cannot open the log\. path=.*none/own\.log error="No such file' \
		serve --state "$sandbox/state" --config "$sandbox/bad.ini"
	mkdir "$sandbox/logs"
	start_site "[server]
		log = logs/own.log
		$one_fast"
	mv "$sandbox/logs" "$sandbox/moved"
	run -0 of_site reopen
	eventually grep -q ' error Cannot open the log\. path=logs/own\.log error="No such file' \
		"$sandbox/moved/own.log"
	post '{"text":"still here"}' /processes/say
	expect_status 200
	eventually grep -q 'text="still here"' "$sandbox/moved/own.log"
	run -1 --separate-stderr of_site reload
	[[ $stderr =~ 'could not start' ]]
	call /sum-squares
	expect_status 200
	mkdir "$sandbox/logs"
	run -0 of_site reopen
	eventually grep -q 'The log is open anew\.' "$sandbox/logs/own.log"
	stop_site
}
