#!/usr/bin/env bats
# job_storm.bats: processes are killed while jobs are submitted, run, watched
# and waited for; what was seen and what is stored proves that each job that
# was taken has come to one end, with one result.  MILLRACE_KILLS is how many.

load helper
load server

job_storm=$repository/tests/integration/job_storm
job_checker=$repository/tests/integration/job_checker
jobs=$MILLRACE_BUILD/modules/jobs.so

setup() {
	make_sandbox
}

teardown() {
	remove_sandbox
}

# A history without fault: jobs of which one was lost once, one refused, one
# cancelled; nobody knows of the last one whether it was taken.
good_history() {
	cat <<-'JSON'
		{
			"asked": [
				{"task": "1", "kind": "count", "key": "a", "status": null, "job": null, "result": null},
				{"task": "1", "kind": "count", "key": "a", "status": 202, "job": "j1", "result": null},
				{"task": "1", "kind": "count", "key": "a", "status": 202, "job": "j1", "result": null},
				{"task": "2", "kind": "refusal", "key": null, "status": 202, "job": "j2", "result": null},
				{"task": "3", "kind": "nap", "key": null, "status": 202, "job": "j3", "result": null},
				{"task": "4", "kind": "sum", "numbers": [3, 4], "key": null, "status": 200, "job": null,
					"result": {"a": 3, "b": 4, "sum_of_squares": 25}},
				{"task": "5", "kind": "steps", "steps": 3, "key": null, "status": 502, "job": null, "result": null}
			],
			"jobs": {
				"j1": {"view": {"state": "succeeded"},
					"lines": [[1, "queued", 0], [2, "running", 1], [3, "queued", 1], [4, "running", 2], [5, "succeeded", 2]],
					"results": [[200, {"task": "1", "job": "j1"}], [200, {"task": "1", "job": "j1"}]]},
				"j2": {"view": {"state": "failed"},
					"lines": [[1, "queued", 0], [2, "running", 1], [3, "failed", 1]],
					"results": [[422, {"status": 422}], [422, {"status": 422}]]},
				"j3": {"view": {"state": "cancelled"},
					"lines": [[1, "queued", 0], [2, "cancelled", 0]],
					"results": [[409, {}], [409, {}]]},
				"j5": {"view": {"state": "succeeded"},
					"lines": [[1, "queued", 0], [2, "running", 1], [3, "succeeded", 1]],
					"results": [[200, {"task": "5", "sum": 14}], [200, {"task": "5", "sum": 14}]]}
			},
			"cancelled": ["j3"],
			"watched": [["j1", [[2, "running"], [4, "running"], [5, "succeeded"]]]],
			"log": [["j1", "running", "succeeded", 2]],
			"tasks": [7],
			"noted": ["Task 7 completed", "Task 8 completed"],
			"counted": [["1", "j1"], ["1", "j1"]]
		}
	JSON
}

# What is done to it, and what is then said of it.
faults_of_histories() {
	cat <<-'TABLE'
		del(.jobs.j2)	2 j2 is lost
		del(.jobs.j1)	1 j1 is lost
		.asked[3].job = null	2 was taken, without an id
		.asked[3].job = "j1"	j1 is the id of 1 2
		.asked += [.asked[4]]	j3 was given 2 times
		.asked[2].job = "j9" | .jobs.j9 = .jobs.j1	1 became j1 j9
		.jobs.j6 = .jobs.j5	5 became j5 j6
		.asked[5].result.sum_of_squares = 26	4 None was answered with
		.asked[1].status = 200 | .asked[1].result = {"task": "1"}	j1 answered otherwise
		.jobs.j1.lines |= .[:4]	j1 has 0 final states
		.jobs.j1.lines += [[6, "succeeded", 2]]	j1 went from succeeded to succeeded
		.jobs.j1.lines += [[6, "failed", 2]]	j1 has 2 final states
		.jobs.j1.lines |= .[1:]	j1 has line 2 after 0
		.jobs.j1.lines[2][0] = 2	j1 has line 2 after 2
		.jobs.j1.lines[3][2] = 1	j1 has attempt 1 after 1
		.jobs.j1.lines[4][2] = 1	j1 has attempt 1 after 2
		.jobs.j1.lines[2][1] = "running"	j1 went from running to running
		.jobs.j1.view.state = "running"	j1 is still running
		.jobs.j1.view.state = "dead"	j1 is dead but last became succeeded
		.jobs.j1.results[1] = [200, {"task": "1"}]	j1 has the results
		.jobs.j1.results |= .[:1]	j1 has the results
		.jobs.j2.results[] = [200, {}]	2 j2 has the result
		.jobs.j1.results[] = [200, {"task": "2", "job": "j1"}]	1 j1 has the result
		.jobs.j1.results[][1].job = "j2"	j1 ran as j2
		.jobs.j2.lines[2][1] = "dead" | .jobs.j2.view.state = "dead"	2 j2 is dead
		.cancelled = []	j3 was cancelled by nobody
		.counted = []	1 j1 never ran
		.counted += [["1", "j7"]]	1 ran as j7
		.counted += [["1", "j2"]]	1 ran as j2 not as j1
		.watched[0][1] |= .[:2]	j1 was told without its end
		.watched[0][1] |= [.[1], .[0], .[2]]	j1 was told in the order
		.watched[0][1] |= [.[0], .[0], .[2]]	j1 was told in the order
		.watched[0][1][0][1] = "queued"	j1 was told as 2 queued
		.log += [["j1", "running", "failed", 2]]	j1 was logged with 2 ends
		.log += [["j1", "succeeded", "running", 2]]	j1 was logged from succeeded to running
		.noted |= .[1:]	task 7 was not completed
		.noted += ["Task 8 completed"]	2 times: Task 8 completed
		.noted += ["Task 8 comp"]	noted: 'Task 8 comp'
		.asked = [.asked[0]] | .jobs = {} | .counted = [] | .watched = []	taken 0
	TABLE
}

@test "the checker of histories finds no fault in a good one, and each in bad ones" {
	local filter expected history=$sandbox/history count=0

	good_history >"$history"
	run "$job_checker" "$history"
	expect_equal 'status of a good history' "$status" 0
	while IFS=$'\t' read -r filter expected; do
		good_history | jq "$filter" >"$history"
		run "$job_checker" "$history"
		[ "$status" = 1 ] || fail "nothing is wrong after $filter"
		[[ $output == *"$expected"* ]] || fail "$filter: $output"
		count=$((count + 1))
	done < <(faults_of_histories)
	[ "$count" -ge 35 ]
}

@test "processes are killed at random: each job comes to one end with one result" {
	local kills=200 server=("$millrace" serve --state "$sandbox/state" --sockets "$sandbox"
		--config "$sandbox/site.ini" --module "$faults" --module "$jobs")

	if [ "$(id -u)" = 0 ]; then
		server+=(--socket-group www-data)
	fi
	! is_sanitized || kills=30 # each start takes seconds
	kills=${MILLRACE_KILLS:-$kills}
	write_config '
		[pool runner]
		workers = 4'
	lay_out_nginx --config "$sandbox/site.ini" --module "$jobs"
	start_nginx "$sandbox"
	timeout $((300 + kills)) "$job_storm" --url "$url" --state "$sandbox/state" \
		--history "$sandbox/history" --kills "$kills" \
		--nginx "$nginx" -- "${server[@]}" >"$sandbox/said" 3>&- || fail "$(cat "$sandbox/said")"
	cat "$sandbox/said" >&3
	"$job_checker" "$sandbox/history" >"$sandbox/said" || fail "$(cat "$sandbox/said")"
	cat "$sandbox/said" >&3
	kill -TERM "$nginx"
	wait_for "$nginx"
	sandbox_is_empty
}
