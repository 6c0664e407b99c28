# jobs.bash: the sections of tests/bench/run that measure jobs.  Each has a
# site of its own, by start_other.

# How a site weighs, in MB: processes and all that they have started.
weigh() { # PID...
	local pid
	for pid in "$@" $(for pid in "$@"; do family "$pid"; done); do
		awk '$1 == "Pss:" { print $2 }' "/proc/$pid/smaps_rollup" 2>/dev/null || true
	done | awk '{ sum += $1 } END { print sum / 1024 }'
}

# The processes of a pool that serve now, by what /status says.
pids_of() { # POOL
	curl -s "$site/status" | jq --arg pool "$1" \
		'.pools[] | select(.name == $pool) | .processes[].pid'
}

nginx_of() { # PID OF scripts/run
	family "$1" | while read -r pid; do
		[ "$(cat "/proc/$pid/comm" 2>/dev/null)" != nginx ] || echo "$pid"
	done
}

site_of_jobs() { # NAME CONFIGURATION
	start_other "$1" "$2"
	site=http://127.0.0.1:$port_other
	jobs_state=$private/$1.state
}

# Asks for the job of a GET; prints its id.
submit() { # PATH [CURL'S ARGUMENTS]
	curl -s -H 'Prefer: respond-async' "${@:2}" "$site$1" | jq -r .id
}

job_says() { # ID FILTER
	curl -s "$site/jobs/$1" | jq -r "$2"
}

is_over() { # ID
	case $(job_says "$1" .state) in
	succeeded | failed | dead | cancelled) ;;
	*) return 1 ;;
	esac
}

no_job_waits() {
	local state
	for state in queued running scheduled; do
		[ "$(curl -s "$site/jobs?state=$state&limit=1" | jq '.jobs | length')" = 0 ] || return 1
	done
}

# Milliseconds of Unix time out of a job's.
moment() { # ID MEMBER
	job_says "$1" ".$2" | date -f - +%s%3N
}

# Submissions: durable ones beside what the disk lets SQLite commit.

submissions() { # NAME CONNECTIONS [HEADER]...
	url=$site load "$1" 1 "$2" "$seconds" "${trivial[product]}" GET '' \
		'Prefer: respond-async' "${@:3}"
	within 120 no_job_waits_or_later || true
}

# Those for later have no runner that could be in the way.
no_job_waits_or_later() {
	[ "$(curl -s "$site/jobs?state=queued&limit=1" | jq '.jobs | length')" = 0 ] &&
		[ "$(curl -s "$site/jobs?state=running&limit=1" | jq '.jobs | length')" = 0 ]
}

submissions_line() { # TEXT NAME
	line "$1" "$(median "$2" 1)" /s "p99 $(median "$2" 3) us, errors $(total "$2" 5)"
}

measure_jobs() {
	local round later
	later="Job-Run-At: $(date -u -d '+1 day' +%Y-%m-%dT%H:%M:%SZ)"
	site_of_jobs submissions ''
	for ((round = 0; round < rounds; round++)); do
		note jobs.disk "$("$out/fsync_commits" "$jobs_state/commits.db" "$seconds")"
		submissions jobs.one 1
		submissions jobs.many 32
		submissions jobs.later 1 "$later"
		submissions jobs.laters 32 "$later"
		[ -z "$peer" ] || {
			load jobs.peer 1 1 "$seconds" '/bench/peer/start-task/?task_id=1' POST ''
			load jobs.peers 1 32 "$seconds" '/bench/peer/start-task/?task_id=1' POST ''
		}
	done
	stop_last
	title "GET /sum-squares with Prefer: respond-async, durable, median of $rounds times $seconds s"
	line "SQLite, one row and one fsync each" "$(median jobs.disk 1)" /s
	submissions_line "1 client" jobs.one
	submissions_line "32 clients" jobs.many
	submissions_line "1 client, to be run later" jobs.later
	submissions_line "32 clients, to be run later" jobs.laters
	[ -z "$peer" ] || {
		submissions_line "FastAPI BackgroundTasks, 1, not durable" jobs.peer
		submissions_line "FastAPI BackgroundTasks, 32" jobs.peers
	}
	budget "1 client / SQLite" "$(ratio jobs.one jobs.disk 1)" x '>=' 0.5
	budget "32 clients / 1 client" "$(ratio jobs.many jobs.one 1)" x '>=' 3
	line "to be run later: 1 client / SQLite" "$(ratio jobs.later jobs.disk 1)" x
	line "to be run later: 32 clients / 1" "$(ratio jobs.laters jobs.later 1)" x
}

# Claims: from a job's being there to its start, while a runner is idle.

measure_claims() {
	local id
	site_of_jobs claims ''
	for _ in {1..200}; do
		id=$(submit "${trivial[product]}")
		within 10 is_over "$id"
		job_says "$id" '[.created, .started, .finished] | .[]' | date -f - +%s%3N |
			paste -sd' ' >>"$private/claims.times"
	done
	stop_last
	awk '{ print $2 - $1, $3 - $1 }' "$private/claims.times" >"$figures/claims"
	title "200 jobs, one after the other, runners idle"
	line "submitted to started, p50" "$(median claims 1)" ms
	budget "submitted to started, p99" "$(percentile claims 1)" ms '<=' 20
	line "submitted to finished, p99" "$(percentile claims 2)" ms "p50 $(median claims 2) ms"
}

percentile() { # NAME COLUMN: the 99th
	cut -d' ' -f"$2" "$figures/$1" | sort -g |
		awk '{ value[NR] = $1 } END { print value[int(NR * 0.99 + 0.999)] }'
}

# Watchers: ten thousand clients that wait for a job, or watch it.

watchers=${BENCH_CROWD:-10000}

# Clients until they have their answer, and what they weigh meanwhile.  The
# jobs end once there is a file; the event is the end of the last job.
watch() { # NAME WHAT TEXT SPREAD-MS WATCHERS' ARGUMENTS...
	local name=$1 crowd live nginx busy first last count event asked said=$private/$1.said
	rm -f "$jobs_state/released"
	live=$(weigh $(pids_of live))
	nginx=$(weigh $(nginx_of "$other"))
	: >"$said"
	"$out/watchers" "$port_other" "$watchers" "$3" "$4" 120000 "${@:5}" >"$said" &
	crowd=$!
	within 100 grep -q '^asked' "$said" || true
	sleep 3 # until all of them have found their place
	live=$(awk -v a="$live" -v b="$(weigh $(pids_of live))" 'BEGIN { print b - a }')
	nginx=$(awk -v a="$nginx" -v b="$(weigh $(nginx_of "$other"))" 'BEGIN { print b - a }')
	busy=$(curl -s "$site/status" | jq '[.pools[] |
		select(.name == "fast" or .name == "heavy" or .name == "io") | .workers.busy] | add')
	asked=$(date +%s%3N)
	touch "$jobs_state/released"
	wait $crowd
	read -r _ count first last < <(grep ^answered "$said")
	within 120 no_job_waits || true
	event=$(curl -s "$site/jobs?limit=200" | jq -r '[.jobs[].finished] | max' | date -f - +%s%3N)
	title "$watchers $2"
	grep ^ended "$said" | sed 's/^ended \([0-9]*\) \(.*\)/  ended early: \1 with status \2/' || true
	budget "answered" "$count" '' '>=' "$watchers"
	[ "$count" -gt 0 ] || return 0
	line "first after they were to end" $((first - asked)) ms "the last job's end $((event - asked)) ms"
	budget "last after the last job's end" $((last - event)) ms '<=' 1000
	budget "memory of live for each" "$(divide "$live" "$(divide "$watchers" 1024)")" kB '<=' 20
	line "memory of nginx for each" "$(divide "$nginx" "$(divide "$watchers" 1024)")" kB
	budget "compute workers that are busy" "$busy" '' '<=' 0
}

measure_watchers() {
	local id runners='[pool runner]
workers = 4'
	site_of_jobs one "$runners"
	watch wait.one "clients with Prefer: wait=120 for one job, by its Idempotency-Key" \
		'"held":true' 10000 GET /bench/hold 'Prefer: wait=120' 'Idempotency-Key: "one"'
	stop_last
	site_of_jobs many "$runners"
	watch wait.many "clients with Prefer: wait=120 for a job each" '"held":true' \
		30000 GET '/bench/hold?number={}' 'Prefer: wait=120'
	stop_last
	site_of_jobs events "$runners"
	id=$(submit '/bench/hold?number=1')
	watch events "clients of one job's events" 'succeeded' 10000 GET "/jobs/$id/events"
	stop_last
}

# Hello: a second that costs no process, for five thousand at a time.

# Weighed once, while all are parked: to weigh takes processor time from what is
# measured.
hello() { # NAME PORT TARGET PIDS...
	local name=$1 port=$2 target=$3 crowd most
	"$out/crowd" "$port" "$target" 5000 0 20000 >"$private/hello" &
	crowd=$!
	sleep 0.8
	most=$(weigh "${@:4}")
	wait $crowd
	awk -v memory="$most" '
		$1 == 200 { count = $2; last = $4 }
		END { print last / 1000, memory, count + 0 }' "$private/hello" >>"$figures/$name"
}

measure_hello() {
	local round
	site_of_jobs hello ''
	for ((round = 0; round < rounds; round++)); do
		hello hello.product "$port_other" / "$other"
		[ -z "$peer" ] || hello hello.peer "$port" /bench/peer/ "$peer_pid" "$nginx_pid"
	done
	stop_last
	title "5000 clients at once that GET / and its answer after a second, median of $rounds"
	budget "Millrace, answered" "$(divide "$(total hello.product 3)" "$rounds")" '' '>=' 5000
	budget "from the first request to the last answer" "$(median hello.product 1)" s '<=' 1.2
	budget "memory in all, with nginx" "$(median hello.product 2)" MB '<=' 100
	[ -z "$peer" ] || {
		line "FastAPI, answered" "$(divide "$(total hello.peer 3)" "$rounds")" ''
		line "from the first request to the last answer" "$(median hello.peer 1)" s
		line "memory in all, with nginx" "$(median hello.peer 2)" MB
	}
}

# Store: what a million finished jobs cost those that come.

# From the command to the first answer that needs the store.
start_of_store() { # NAME CONFIGURATION
	local begin=$EPOCHREALTIME end
	site_of_jobs "$1" "$2"
	within 60 answers_with_jobs
	end=$EPOCHREALTIME
	note "store.$1.start" $((${end/./} - ${begin/./}))
}

answers_with_jobs() {
	[ "$(curl -s -o "$private/page" -w '%{http_code}' "$site/jobs?limit=1")" = 200 ]
}

page() { # NAME QUERY
	local _
	for _ in {1..50}; do
		note "$1" "$(curl -s -o "$private/page" -w '%{time_total} %{http_code}' "$site/jobs$2")"
	done
	budget "GET /jobs$2, p99" "$(slowest "$1")" ms '<=' 20
	void "$1" || true
}

measure_store() {
	local count=${BENCH_JOBS:-1000000} round name begin id
	mkdir -p "$private/full.state"
	begin=$SECONDS
	"$out/fill_jobs" "$private/full.state/jobs.db" "$count"
	title "A store with $count finished jobs, filled in $((SECONDS - begin)) s"
	line "size of it" "$(divide "$(du -sb "$private/full.state" | cut -f1)" 1000000)" MB
	for ((round = 0; round < rounds; round++)); do
		for name in empty full; do
			start_of_store $name ''
			submissions "store.$name" 1
			[ $name$round != full0 ] || {
				id=$(curl -s "$site/jobs?limit=100" | jq -r '.jobs[-1].id')
				page store.plain ''
				page store.state '?state=succeeded'
				page store.none '?state=dead'
				page store.endpoint '?endpoint=sum_squares'
				page store.both '?endpoint=sum_squares&state=failed'
				page store.after "?after=$id"
			}
			stop_last
		done
	done
	budget "start, to the first page of jobs" "$(divide "$(median store.full.start 1)" 1000000)" s '<=' 2
	line "the same with an empty store" "$(divide "$(median store.empty.start 1)" 1000000)" s
	submissions_line "1 client" store.full
	submissions_line "1 client, empty store" store.empty
	budget "p99 of a submission, full / empty" "$(ratio store.full store.empty 3)" x '<=' 1.5
	measure_retention
}

# The file stops growing once jobs go as others come.
measure_retention() {
	local round
	site_of_jobs retention '[server]
job_keep = 1000'
	title "Size of the store with job_keep = 1000, after $seconds s of submissions each"
	for ((round = 0; round < 2 * rounds; round++)); do
		submissions retention 32
		within 60 few_jobs_are_kept || true
		line "after $(total retention 4) jobs" \
			"$(divide "$(du -cb "$jobs_state"/jobs.db* | tail -n 1 | cut -f1)" 1000000)" MB
	done
	stop_last
}

few_jobs_are_kept() {
	local id
	id=$(curl -s "$site/jobs?limit=1000" | jq -r '.jobs[-1].id // empty')
	[ "$(curl -s "$site/jobs?limit=1000&after=$id" | jq '.jobs | length')" -lt 500 ]
}

# Progress: what telling it costs the one who computes.

tell() { # NAME TELLS
	note "$1" "$(curl -s -H 'Prefer: wait=60' \
		"$site/bench/tell?turns=3000000&work=${3:-400}&tells=$2" | jq .seconds)"
}

measure_progress() {
	local round
	site_of_jobs progress ''
	for ((round = 0; round < 3 * rounds; round++)); do
		tell progress.silent false
		tell progress.telling true
		tell progress.idle false 0
		tell progress.bare true 0
	done
	stop_last
	title "mr_progress after each of 3,000,000 pieces of work"
	line "a piece of work" "$(divide "$(median progress.silent 1)" 0.003)" ns
	line "a call of mr_progress" "$(awk -v a="$(median progress.bare 1)" \
		-v b="$(median progress.idle 1)" 'BEGIN { print (a - b) / 0.003 }')" ns
	line "with / without" "$(ratio progress.telling progress.silent 1)" x
	budget "of a second, for a million calls" "$(awk -v a="$(median progress.bare 1)" \
		-v b="$(median progress.idle 1)" 'BEGIN { print (a - b) / 3 * 100 }')" % '<=' 1
}
