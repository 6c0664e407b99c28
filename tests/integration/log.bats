#!/usr/bin/env bats
# log.bats: where the log goes, and what functions print is in it.

load helper

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

setup() {
	make_sandbox
}

teardown() {
	stop_site
	remove_sandbox
}

log_mode() {
	stat -c %a "$sandbox/master.log"
}

has_line() { # FILE PATTERN
	grep -qE -- "$2" "$1" 2>/dev/null
}

# The pid of the master, which tells it when it is ready.
master_pid() { # LOG
	sed -n 's/.* Ready\. .*pid=\([0-9]*\).*/\1/p' "$1" | tail -n 1
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
}

@test "the log is a file that another program may move" {
	start_site $'[server]\nlog = master.log'
	eventually has_line "$sandbox/master.log" ' Ready\. '
	expect_equal mode "$(log_mode)" 640
	mv "$sandbox/master.log" "$sandbox/master.log.1"
	call -X POST /faults/segv
	expect_status 500
	eventually has_line "$sandbox/master.log.1" 'cause=crash'
	kill -USR1 "$(master_pid "$sandbox/master.log.1")"
	eventually [ -e "$sandbox/master.log" ]
	expect_equal mode "$(log_mode)" 640
	lines=$(wc -l <"$sandbox/master.log.1")
	call -X POST /faults/segv
	expect_status 500
	eventually has_line "$sandbox/master.log" 'cause=crash'
	expect_equal lines "$(wc -l <"$sandbox/master.log.1")" "$lines"
}

@test "a log that cannot be opened again goes on where it was" {
	mkdir "$sandbox/logs"
	start_site $'[server]\nlog = logs/master.log'
	eventually has_line "$sandbox/logs/master.log" ' Ready\. '
	mv "$sandbox/logs" "$sandbox/moved"
	kill -USR1 "$(master_pid "$sandbox/moved/master.log")"
	eventually has_line "$sandbox/moved/master.log" \
		' error Cannot open the log\. path=logs/master\.log error="No such file'
	call -X POST /faults/segv
	expect_status 500
	eventually has_line "$sandbox/moved/master.log" 'cause=crash'
}
