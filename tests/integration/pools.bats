#!/usr/bin/env bats
# pools.bats: how many workers there are, when they are replaced, and who may
# connect.

load helper
load server

setup() {
	make_sandbox
	modules+=(--module "$processes")
}

teardown() {
	remove_sandbox
}

# Callers of heavy in the background; each tells its status.
start_callers() { # COUNT PATH BODY
	curl -sZ --parallel-immediate --parallel-max "$1" --max-time "$PATIENCE" -o /dev/null \
		-w '%{http_code}\n' -H 'Content-Type: application/json' -d "$3" "$url$2#[1-$1]" \
		>"$sandbox/callers" 2>/dev/null 3>&- &
	callers=$!
}

finish_callers() { # COUNT
	wait_for "$callers"
	expect_equal 'statuses of the callers' "$(sort "$sandbox/callers" | uniq -c | xargs)" "$1 200"
}

# Those whose calls run until they are released.
start_waiters() { # COUNT
	rm -f "$sandbox/released"
	start_callers "$1" /processes/await '{}'
}

release_waiters() { # COUNT
	touch "$sandbox/released"
	finish_callers "$1"
	call -X POST /processes/await
	expect_ok '{}'
}

heavy_is() { # MEMBER OF /status VALUE
	status_is ".pools[] | select(.name == \"heavy\") | $1" "$2"
}

of_heavy() { # MEMBER OF /status
	status_of ".pools[] | select(.name == \"heavy\") | $1"
}

# Managers

@test "three pools with three managers serve at once" {
	start_server '
		[pool fast]
		manager = static
		workers = 3
		[pool heavy]
		manager = dynamic
		workers = 6
		min_spare = 2
		max_spare = 4
		[pool io]
		manager = ondemand
		workers = 5'
	eventually has_workers fast 3
	eventually has_workers heavy 3 # halfway, as start is not given
	eventually has_workers control 1
	eventually server_says ' Ready\. pools=8 '
	expect_equal 'on demand' "$(workers_in io serving)" 0
	stop_server
	expect_equal ends "$(logged 'Worker ended\. pool=(fast|heavy|control) pid=[0-9]+ cause=stopped$')" 7
}

@test "a static pool has its number of workers again after each death" {
	start_server $'[pool fast]\nworkers = 4'
	eventually has_workers fast 4
	for i in 1 2 3 4 5 6; do
		kill -KILL "$(worker_pid fast/$((i % 4)))"
		eventually was_logged 'Worker ended\. pool=fast' $i
		eventually has_workers fast 4
	done
	stop_server
}

# The most workers that a pool ever had at a time, leaving ones aside.
most_workers() { # POOL
	awk -v pool="worker $1/" '
		index($0, pool) && / -> / {
			was = $5
			is = $7
			count += is == "starting"
			count -= (is == "draining" || is == "empty") && was != "draining" &&
				was != "terminating" && was != "killed"
			most = count > most ? count : most
		}
		END { print most + 0 }' "$site_log"
}

@test "a dynamic pool grows with what comes, to its limit, and shrinks again" {
	start_site '
		[pool heavy]
		manager = dynamic
		workers = 6
		min_spare = 1
		max_spare = 2'
	eventually heavy_is .workers.idle 1
	start_waiters 6
	eventually heavy_is .workers.busy 6
	release_waiters 6
	expect_equal 'the most workers' "$(most_workers heavy)" 6
	eventually heavy_is .workers.total 2
	expect_equal surplus "$(of_heavy .ends.surplus)" 4
	start_callers 12 /faults/sleep '{"ms":50}' # twice what there may be: they wait in line
	finish_callers 12
	[ "$(most_workers heavy)" -le 6 ]
	stop_site
}

@test "a dynamic pool keeps its spare workers beside the busy ones" {
	start_site '
		[pool heavy]
		manager = dynamic
		workers = 8
		start = 2
		min_spare = 2
		max_spare = 3'
	eventually heavy_is .workers.idle 2
	start_waiters 3
	eventually heavy_is '"\(.workers.busy) \(.workers.idle)"' '3 2'
	release_waiters 3
	stop_site
}

@test "a pool on demand has workers while there is something for them" {
	start_site '
		[pool heavy]
		manager = ondemand
		workers = 4
		idle_timeout = 300ms'
	expect_equal 'workers at first' "$(of_heavy .workers.total)" 0
	call '/readyz?verbose'
	expect_status 200
	post '{"ms":0}' /faults/sleep
	expect_ok '{"ms":0}'
	start_waiters 12
	eventually heavy_is .workers.most_busy 4
	release_waiters 12
	[ "$(most_workers heavy)" -le 4 ]
	eventually heavy_is .workers.total 0
	post '{"ms":0}' /faults/sleep
	expect_ok '{"ms":0}'
	eventually was_logged 'Worker ended\. pool=heavy pid=[0-9]+ cause=surplus' 2
	stop_site
}

@test "a worker on demand that is killed does not keep callers from the next" {
	start_site $'[pool heavy]\nmanager = ondemand\nworkers = 1\nidle_timeout = 10m'
	for i in 1 2 3; do
		post '{"ms":0}' /faults/sleep
		expect_ok '{"ms":0}'
		kill -KILL "$(worker_pid heavy/0)"
		eventually was_logged 'worker heavy/0: serving -> empty' $i
	done
	post '{"ms":0}' /faults/sleep
	expect_ok '{"ms":0}'
	stop_site
}

@test "status tells of a pool that is full, and of what waits for it" {
	start_site $'[pool fast]\nworkers = 1\n[pool heavy]\nworkers = 2'
	start_waiters 5
	eventually heavy_is '"\(.workers.busy) \(.queue.length) \(.full)"' '2 3 1'
	call /status
	expect_status 200
	expect_json '.pools[] | select(.name == "heavy") |
		[.processes[] | select(.instance == "/processes/await" and .state == "busy")] | length == 2'
	for path in /livez /readyz /metrics /sum-squares; do
		call $path
		expect_status 200
	done
	release_waiters 5
	eventually heavy_is '"\(.workers.busy) \(.queue.length) \(.queue.most)"' '0 0 3'
	stop_site
}

# Recycling

# In each replacement the new worker serves before the old one is let go.
expect_replacement_first() { # POOL, of one worker
	sed '/ Stopping\./q' "$site_log" | awk -v pool="worker $1/" '
		index($0, pool) && / -> / {
			serving += $7 == "serving"
			serving -= $7 == "draining"
			if ($7 == "draining" && serving < 1)
				print "none serves: " $0
		}' >"$sandbox/gaps"
	expect_equal gaps "$(cat "$sandbox/gaps")" ''
}

@test "a worker is replaced after so many requests, and no call is missed" {
	start_site '
		[pool fast]
		workers = 1
		max_requests = 40
		[pool heavy]
		workers = 1
		max_requests = 10'
	start_load --clients 4
	for pool in fast heavy; do
		eventually was_logged "Worker ended\. pool=$pool pid=[0-9]+ cause=recycled\$" 5
	done
	stop_load
	expect_notes_once "$site_log"
	kill -TERM "$(master_pid)"
	eventually is_gone "$site"
	for pool in fast heavy; do
		expect_replacement_first $pool
	done
	expect_equal 'other ends' "$(logged 'cause=(crash|killed|failed|deadline|unresponsive)')" 0
	expect_equal 'errors and warnings' "$(logged ' (error|warning) ')" 0
}

@test "a worker that holds too much memory is replaced" {
	start_site '
		[pool fast]
		workers = 1
		memory = 2G
		max_rss = 300M
		deadline = 20s'
	call /processes/self
	first=$(json .pid)
	post '{"mb":1}' /processes/hold
	expect_ok "{\"pid\":$first}"
	post '{"mb":400}' /processes/hold
	expect_ok "{\"pid\":$first}"
	for _ in {1..64}; do # in a pool that keeps connections it is not looked at each time
		call /sum-squares
	done
	eventually was_logged "Worker ended\. pool=fast pid=$first cause=recycled"
	call /processes/self
	expect_status 200
	[ "$(json .pid)" != "$first" ]
	stop_site
}

# What workers have

# A line of /proc/PID/status.
of_process() { # PID NAME
	awk -v name="$2:" '$1 == name { print $2 }' "/proc/$1/status"
}

limit_of() { # PID NAME
	awk -v name="$2" 'index($0, name) == 1 {
		sub(name, "")
		print $1
	}' "/proc/$1/limits"
}

@test "workers have the limits, priority, processors, mask and environment of their pool" {
	start_site '
		[pool fast]
		workers = 1
		memory = 1G
		files = 123
		core = 1M
		nice = 3
		cpus = 0
		umask = 027
		env = GREETING=well met
		env = SECOND=2
		[pool heavy]
		workers = 1'
	call '/processes/self?variable=GREETING'
	expect_json '.value == "well met" and .zeros == 16'
	pid=$(json .pid)
	call '/processes/self?variable=SECOND'
	expect_json '.value == "2"'
	expect_equal files "$(limit_of "$pid" 'Max open files')" 123
	expect_equal core "$(limit_of "$pid" 'Max core file size')" 1048576
	is_sanitized || expect_equal memory "$(limit_of "$pid" 'Max data size')" 1073741824
	expect_equal processors "$(of_process "$pid" Cpus_allowed_list)" 0
	expect_equal mask "$(of_process "$pid" Umask)" 0027
	expect_equal priority "$(ps -o nice= -p "$pid" | xargs)" 3
	other=$(worker_pid heavy/0)
	expect_equal 'mask of another pool' "$(of_process "$other" Umask)" 0022
	expect_equal 'processors of another pool' "$(of_process "$other" Cpus_allowed_list)" \
		"$(of_process "$(master_pid)" Cpus_allowed_list)"
	stop_site
}

@test "workers are the user and the group that their pool says" {
	[ "$(id -u)" = 0 ] || skip 'only root can change its user'
	start_site '
		[pool fast]
		workers = 1
		user = nobody
		[pool heavy]
		workers = 1
		group = daemon'
	call /processes/self
	expect_status 200
	pid=$(json .pid)
	expect_equal user "$(ps -o user=,group= -p "$pid" | xargs)" "nobody $(id -gn nobody)"
	expect_equal groups "$(grep ^Groups: "/proc/$pid/status" | cut -f 2 | xargs)" "$(id -G nobody)"
	expect_equal group "$(ps -o user=,group= -p "$(worker_pid heavy/0)" | xargs)" 'root daemon'
	expect_equal master "$(ps -o user= -p "$(master_pid)" | xargs)" root
	stop_site
}

# Descriptors of a process, what each leads to, without numbers of its own.
descriptors_of() { # PID
	find "/proc/$1/fd" -type l -printf '%l\n' | sed 's/:\[[0-9]*\]$//' | sort
}

listening_sockets() { # PID
	local inode

	find "/proc/$1/fd" -lname 'socket:*' -printf '%l\n' | tr -dc '0-9\n' |
		while read -r inode; do
			awk -v inode="$inode" '$7 == inode && $NF ~ /\.sock$/ {
				sub(".*/", "", $NF)
				print $NF
			}' /proc/net/unix
		done | sort -u
}

@test "a worker has the descriptors that it needs, and no other" {
	exec 7<"$BATS_TEST_FILENAME"
	start_ready_server $'[pool fast]\nworkers = 1\nlisteners = 1\n[pool heavy]\nworkers = 1' \
		--module "$processes"
	exec 7<&-
	for pool in fast heavy control; do
		pid=$(worker_pid $pool/0)
		expect_equal "listening sockets of $pool" "$(listening_sockets "$pid")" "$pool.sock"
		descriptors_of "$pid" >"$sandbox/descriptors"
		expect_equal "files of $pool" "$(grep ^/ "$sandbox/descriptors" | xargs)" '/dev/null /dev/zero'
		expect_equal "pipes of $pool" "$(grep -c ^pipe "$sandbox/descriptors")" 2
		# And the pair of handoff, and where what is parked goes.
		expect_equal "sockets of $pool" "$(grep -c ^socket "$sandbox/descriptors")" 4
		expect_equal "others of $pool" "$(grep ^anon "$sandbox/descriptors" | xargs)" \
			'anon_inode:[eventfd] anon_inode:[eventpoll] anon_inode:[signalfd]'
	done
	stop_server
}

# Who may connect

@test "a pool on TCP serves the clients that it allows and nobody else" {
	tcp=$(random_port)
	for allowed in 127.0.0.0/8 127.0.0.2; do
		start_site "
			[pool fast]
			workers = 1
			listen = 127.0.0.1:$tcp
			allowed_clients = $allowed"
		expect_equal socket "$(find "$private" -name 'fast.sock')" ''
		call /sum-squares
		if [ "$allowed" = 127.0.0.2 ]; then
			[[ $code =~ ^50[23]$ ]]
			exec {peer}<>"/dev/tcp/127.0.0.1/$tcp"
			run -0 timeout "$PATIENCE" cat <&"$peer" # until it is closed
			exec {peer}>&-
			expect_equal 'what a stranger is told' "$output" ''
		else
			expect_ok '{"a":5,"b":10,"sum_of_squares":125}'
		fi
		stop_site
	done
}
