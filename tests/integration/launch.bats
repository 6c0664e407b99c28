#!/usr/bin/env bats
# launch.bats: what a service manager says to a server, and hears of it; and a
# server that is process 1 of a container.

load helper
load server

setup() {
	make_sandbox
	server_log=$sandbox/server.log # where start_server is not called
	heard=$sandbox/heard
}

teardown() {
	remove_sandbox
}

# A manager's ear: each message becomes a line, its lines apart by spaces.
start_manager() {
	cat >"$sandbox/manager.py" <<-'PYTHON'
		import os, socket, sys
		ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		ear.bind(sys.argv[1])
		while True:
		    message = ear.recv(4096).decode().strip().replace("\n", " ")
		    print(message, flush=True)
	PYTHON
	background "$heard" python3 "$sandbox/manager.py" "$sandbox/notify"
	manager=$started
	eventually test -S "$sandbox/notify"
}

stop_manager() {
	kill -TERM "$manager"
	wait_for "$manager"
}

was_heard() { # PATTERN TIMES
	[ "$(grep -cE -- "$1" "$heard")" -ge "$2" ]
}

# What was heard of its life, without what is told again and again.
life() {
	grep -vE '^(WATCHDOG=1|STATUS=.*)$' "$heard" | sed 's/MONOTONIC_USEC=[0-9]*$/AT/' |
		tr '\n' ';'
}

monotonic_us() {
	python3 -c 'import time; print(time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000)'
}

# Notices

@test "a service manager hears of the start, of a reload and of the stop" {
	start_manager
	NOTIFY_SOCKET="$sandbox/notify" start_server
	eventually was_heard '^READY=1$' 1
	server_says ' Ready\. '
	was_heard '^STATUS=Generation 1 serves\.$' 1

	before=$(monotonic_us)
	kill -HUP "$master"
	eventually was_heard '^READY=1$' 2
	was_heard '^STATUS=Generation 2 serves\.$' 1
	told=$(sed -n 's/.*MONOTONIC_USEC=//p' "$heard")
	[ "$told" -ge "$before" ]
	[ "$told" -le "$(monotonic_us)" ]

	echo 'nonsense = 1' >>"$sandbox/site.ini"
	kill -HUP "$master"
	eventually server_says ' Not reloaded, '
	is_alive "$master"
	stop_server
	eventually was_heard '^STOPPING=1$' 1
	expect_equal life "$(life)" 'READY=1;RELOADING=1 AT;READY=1;STOPPING=1;'
	expect_equal 'notices to the watchdog' "$(grep -c WATCHDOG "$heard")" 0
	stop_manager
}

@test "a watchdog is fed, by the next program of the master as well" {
	start_manager
	NOTIFY_SOCKET="$sandbox/notify" WATCHDOG_USEC=400000 start_server
	eventually was_heard '^WATCHDOG=1$' 4
	kill -HUP "$master"
	eventually was_heard '^READY=1$' 2
	fed=$(grep -c '^WATCHDOG=1$' "$heard")
	eventually was_heard '^WATCHDOG=1$' $((fed + 4))
	stop_server
	stop_manager
}

@test "without a service manager nothing is missed" {
	NOTIFY_SOCKET="$sandbox/nobody" WATCHDOG_USEC=400000 start_server
	eventually server_says ' Ready\. '
	eventually server_says 'Cannot notify the service manager\.'
	stop_server
}

# A module that tells what a worker has of the manager's.
build_environment() {
	cat >"$sandbox/environment.c" <<-'SOURCE'
		#include "millrace.h"
		#include <stdlib.h>
		struct environment_in { int64_t unused; };
		struct environment_out { int64_t found; };
		static enum mr_err
		environment(mr_call *call, const struct environment_in *in,
			struct environment_out *out)
		{
			static const char *const names[] = { "NOTIFY_SOCKET", "WATCHDOG_USEC",
				"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES" };
			(void)call;
			(void)in;
			for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
				out->found += getenv(names[i]) != NULL;
			return MR_OK;
		}
		static const struct mr_field environment_in[] = {
			MR_PARAM(struct environment_in, unused, "any", MR_RANGE(0, 1)),
		};
		static const struct mr_field environment_out[] = {
			MR_RESULT(struct environment_out, found, "how many names are set"),
		};
		MR_ENDPOINT(environment, MR_GET, "/environment", "Looks", .pool = "fast");
		MR_MODULE(&mr_endpoint_environment);
	SOURCE
	cc -shared -fPIC -I "$repository/lib" -o "$sandbox/environment.so" "$sandbox/environment.c"
}

# Socket activation

# Binds sockets, passes them as descriptors 3 and above, and becomes a program.
write_activator() {
	cat >"$sandbox/activate.py" <<-'PYTHON'
		import os, socket, sys
		names, directory, command = sys.argv[1], sys.argv[2], sys.argv[3:]
		sockets = []
		for name in names.split(":"):
		    one = socket.socket(socket.AF_UNIX)
		    one.bind(f"{directory}/{name}.sock")
		    os.chmod(f"{directory}/{name}.sock", 0o666)
		    one.listen(128)
		    sockets.append(os.dup2(one.fileno(), 100 + len(sockets)))
		for i, fd in enumerate(sockets):
		    os.dup2(fd, 3 + i, inheritable=True)
		    os.close(fd)
		os.closerange(3 + len(sockets), 100)
		os.environ["LISTEN_FDS"] = str(len(sockets))
		os.environ["LISTEN_FDNAMES"] = os.environ.get("NAMES", names)
		os.environ["LISTEN_PID"] = str(os.getpid())
		os.execv(command[0], command)
	PYTHON
	mkdir -p "$sandbox/activated"
}

activate() { # NAMES COMMAND...
	background "$server_log" python3 "$sandbox/activate.py" "$1" "$sandbox/activated" "${@:2}"
	master=$started
}

# Of the server whose control socket is the one that was passed.
generation() {
	"$millrace" top --state "$sandbox/state" --sockets "$sandbox/activated" 2>"$sandbox/said" |
		sed -n '1s/.* generation \([0-9]*\).*/\1/p'
}

serves_generation() { # NUMBER
	[ "$(generation)" = "$1" ]
}

@test "serve takes the sockets that were opened for it, and leaves them there" {
	write_config ''
	write_activator
	activate heavy:control:fast "$millrace" serve --state "$sandbox/state" \
		--config "$sandbox/site.ini"
	eventually serves_generation 1
	[ ! -e "$sandbox/state/control.sock" ]
	[ ! -e "$sandbox/state/fast.sock" ]
	[ -S "$sandbox/state/io.sock" ] # of which nothing was passed
	"$millrace" reload --state "$sandbox/state" --sockets "$sandbox/activated"
	serves_generation 2
	stop_server
	for pool in heavy control fast; do
		[ -S "$sandbox/activated/$pool.sock" ]
	done
	[ ! -e "$sandbox/state/io.sock" ]
}

@test "pool takes the one socket that was opened, whatever its name" {
	write_config ''
	write_activator
	NAMES=millrace.socket activate control "$millrace" pool control --config "$sandbox/site.ini" \
		--state "$sandbox/state"
	eventually serves_generation 1
	stop_server
	[ -S "$sandbox/activated/control.sock" ]
}

@test "a worker has nothing of the service manager's" {
	build_environment
	write_config ''
	write_activator
	start_manager
	NOTIFY_SOCKET=$sandbox/notify WATCHDOG_USEC=60000000 activate fast "$millrace" pool fast \
		--config "$sandbox/site.ini" --module "$sandbox/environment.so" \
		--state "$sandbox/state"
	eventually was_heard '^READY=1$' 1
	cat >"$sandbox/nginx.conf" <<-CONF
		pid nginx.pid;
		events {}
		http {
			client_body_temp_path t1; fastcgi_temp_path t2; proxy_temp_path t3;
			uwsgi_temp_path t4; scgi_temp_path t5; access_log off;
			server {
				listen 127.0.0.1:$(random_port);
				location / {
					fastcgi_param REQUEST_METHOD GET;
					fastcgi_param SCRIPT_NAME /environment;
					fastcgi_param QUERY_STRING unused=0;
					fastcgi_pass unix:$sandbox/activated/fast.sock;
				}
			}
		}
	CONF
	url=http://127.0.0.1:$(sed -n 's/.*listen .*:\([0-9]*\);/\1/p' "$sandbox/nginx.conf")
	start_nginx "$sandbox"
	call /
	expect_ok '{"found":0}'
	kill -QUIT "$nginx"
	wait_for "$nginx"
	stop_server
	stop_manager
}

# Process 1

own_children() { # PID
	cat "/proc/$1/task/$1/children"
}

# The child of the server that is no program of ours.
find_orphan() {
	orphan=$(grep -lsz '^orphan$' $(own_children "$master" |
		sed 's|\([0-9][0-9]*\) *|/proc/\1/cmdline |g') | cut -d / -f 3)
	[ -n "$orphan" ]
}

@test "as process 1 of a container a server adopts, reaps, and stops" {
	unshare --pid --fork --mount-proc true 2>"$sandbox/said" ||
		skip 'no namespace of processes may be made'
	write_config ''
	background "$server_log" unshare --pid --fork --mount-proc "$millrace" serve \
		--state "$sandbox/state" --config "$sandbox/site.ini"
	container=$started
	eventually server_says ' Ready\. .* pid=1 '
	master=$(own_children "$container" | tr -d ' ')

	# Its parent ends at once; it ends itself when it can read.
	mkfifo "$sandbox/fifo"
	nsenter -t "$master" -p -m -- sh -c "sh -c 'read line <$sandbox/fifo' orphan &" 3>&-
	eventually find_orphan
	echo >"$sandbox/fifo"
	eventually test ! -e "/proc/$orphan"
	is_alive "$master"

	kill -TERM "$master"
	wait_for "$container"
	expect_equal status "$status" 0
	server_says ' Stopped\.$'
}
