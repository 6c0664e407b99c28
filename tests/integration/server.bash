# server.bash: a server without scripts/run, and what is seen of a server and
# its workers from outside.

processes=$MILLRACE_BUILD/modules/processes.so
checker=$repository/tests/integration/checker

# A master without nginx; its pid is $master, its log is read as a site's.
start_server() { # [CONFIGURATION] [OPTIONS...]
	server_log=$(mktemp "$sandbox/log.XXXXXX")
	site_log=$server_log
	write_config "${1:-}"
	background "$server_log" "$millrace" serve --state "$sandbox/state" \
		--config "$sandbox/site.ini" --module "$faults" "${@:2}"
	master=$started
}

server_says() { # PATTERN
	grep -qE -- "$1" "$server_log"
}

start_ready_server() { # [CONFIGURATION] [OPTIONS...]
	start_server "$@"
	eventually server_says ' Ready\. '
}

stop_server() {
	kill -TERM "$master"
	wait_for "$master"
	expect_equal 'status of the server' "$status" 0
}

# A part of nginx's configuration for sockets in the sandbox.
print_part() { # upstreams|locations|errors [OPTIONS...]
	"$millrace" nginx "$1" --module "$faults" --state "$sandbox" "${@:2}" \
		>"$sandbox/$1.conf"
}

# The configuration of Millrace's own nginx, as scripts/run lays it out.
lay_out_nginx() { # [OPTIONS...]
	export port url
	port=$(random_port)
	url=http://127.0.0.1:$port
	cp "$repository/nginx/"*.conf "$sandbox"
	for part in upstreams locations errors; do
		print_part $part "$@"
	done
	echo "listen 127.0.0.1:$port; access_log off;" >"$sandbox/listen.conf"
	if [ "$(id -u)" = 0 ]; then
		sed -i '1i user www-data;' "$sandbox/nginx.conf"
	fi
}

# A server and an nginx of which one may end without the other.
start_fronted_server() { # [CONFIGURATION]
	fronted=(--sockets "$sandbox" --module "$processes")
	if [ "$(id -u)" = 0 ]; then
		fronted+=(--socket-group www-data)
	fi
	start_ready_server "${1:-}" "${fronted[@]}"
	lay_out_nginx --config "$sandbox/site.ini" --module "$processes"
	start_nginx "$sandbox"
	configuration=${1:-}
}

start_server_again() {
	start_ready_server "$configuration" "${fronted[@]}"
}

stop_fronted_server() {
	stop_server
	kill -TERM "$nginx"
	wait_for "$nginx"
}

# Of a site, which answers a little before its master is ready.
master_pid() {
	eventually was_logged ' Ready\. '
	sed -n 's/.* Ready\. .*pid=\([0-9]*\).*/\1/p' "$site_log" | tail -n 1
}

workers_of() { # MASTER
	pgrep -P "$1" || true
}

# How many workers of a pool are in a state, as the log has it.
workers_in() { # POOL STATE
	awk -v pool="worker $1/" -v wanted="$2" '
		index($0, pool) && / -> / {
			name = $4
			for (i = 5; i <= NF; i++)
				if ($i == "->")
					now[name] = $(i + 1)
		}
		END {
			for (name in now)
				count += now[name] == wanted
			print count + 0
		}' "$site_log"
}

has_workers() { # POOL COUNT, serving
	[ "$(workers_in "$1" serving)" = "$2" ]
}

# A member of /status, by a filter of jq.
status_of() { # FILTER
	curl -sS --max-time "$PATIENCE" "$url/status" | jq -r "$1"
}

status_is() { # FILTER VALUE
	[ "$(status_of "$1")" = "$2" ]
}

# The command line of a site, for commands that talk to it.
of_site() { # COMMAND
	timeout "$PATIENCE" "$millrace" "$@" --state "$sandbox/state" \
		--sockets "$private" --config "$sandbox/site.ini" "${modules[@]}"
}

# Load whose answers are checked, until stop_load.
start_load() { # [OPTIONS OF checker...]
	rm -f "$sandbox/enough"
	background "$sandbox/load" "$checker" "$url" --until "$sandbox/enough" \
		--notes "$sandbox/notes" "$@"
	load=$started
}

stop_load() {
	touch "$sandbox/enough"
	wait_for "$load"
	[ "$status" = 0 ] || fail "$(cat "$sandbox/load")"
}

# The notes of the load were all written, and none was written twice.
notes_are_logged() { # LOG
	grep -o 'note-[0-9-]*-' "$1" | sort >"$sandbox/notes.logged"
	sort "$sandbox/notes" | comm -23 - "$sandbox/notes.logged" >"$sandbox/notes.lost"
	[ ! -s "$sandbox/notes.lost" ]
}

expect_notes_once() { # LOG
	eventually notes_are_logged "$1"
	[ -s "$sandbox/notes" ]
	expect_equal 'what was noted twice' "$(uniq -d "$sandbox/notes.logged")" ''
}
