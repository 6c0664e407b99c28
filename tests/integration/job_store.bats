#!/usr/bin/env bats
# job_store.bats: stores that cannot be used: the site serves on, says why, and
# leaves the file as it was.

load helper
load server

setup() {
	make_sandbox
	mkdir "$sandbox/state"
	store=$sandbox/state/jobs.db
}

teardown() {
	if [ -n "${site:-}" ] && ! is_gone "$site"; then
		stop_site
	fi
	! mountpoint -q "$sandbox/state" || umount "$sandbox/state"
	remove_sandbox
}

submit() {
	call -H 'Prefer: respond-async' '/sum-squares?a=3&b=4'
}

# A store with one job, whose id is $job; no server uses it.
make_store() {
	start_site
	submit
	expect_status 202
	job=$(json .id)
	eventually is_in "$job" succeeded
	stop_site
}

is_in() { # JOB STATE
	[ "$(curl -sS --max-time "$PATIENCE" "$url/jobs/$1" | jq -r .state)" = "$2" ]
}

expect_unusable() { # PATTERN IN THE LOG
	start_site
	eventually was_logged "error Cannot open the store of jobs\. file=.*jobs\.db reason=\".*$1"
	for target in /jobs "/jobs/${job:-01900000-0000-7000-8000-000000000000}"; do
		call "$target"
		expect_problem_here 503 storage 'The jobs cannot be opened; .*'
		! grep -qF "$sandbox" "$body" || fail "$(cat "$body")"
	done
	submit
	expect_problem_here 503 storage
	expect_header Retry-After 1
	call '/sum-squares?a=3&b=4'
	expect_ok '{"a":3,"b":4,"sum_of_squares":25}'
	recorded= call /status
	expect_json '.jobs == null'
	stop_site
}

@test "a store of a newer version is left alone" {
	make_store
	python3 -c 'import sqlite3, sys
store = sqlite3.connect(sys.argv[1])
store.execute("PRAGMA user_version = 99")
store.execute("PRAGMA wal_checkpoint(TRUNCATE)")' "$store"
	before=$(sha256sum <"$store")
	expect_unusable newer
	expect_equal 'the store' "$(sha256sum <"$store")" "$before"
}

@test "a file that is no store is left alone" {
	head -c 20000 /dev/urandom >"$store"
	before=$(sha256sum <"$store")
	expect_unusable 'no store of jobs'
	expect_equal 'the store' "$(sha256sum <"$store")" "$before"
}

@test "a store that can be opened again is used without a restart" {
	mkdir "$store"
	start_site
	eventually was_logged 'Cannot open the store of jobs'
	rmdir "$store"
	eventually was_logged 'Opened the store of jobs'
	submit
	expect_status 202
}

@test "a store that is damaged answers 503, and tells" {
	make_store
	python3 - "$store" <<-'END'
		import sys
		with open(sys.argv[1], "r+b") as file:
		    file.seek(4096)
		    file.write(b"\xee" * 4096 * 8)
	END
	start_site
	call /jobs
	expect_problem_here 503 storage
	call '/sum-squares?a=3&b=4'
	expect_ok '{"a":3,"b":4,"sum_of_squares":25}'
}

@test "a full disk refuses jobs with a 507, and loses none" {
	[ "$(id -u)" = 0 ] && mount -t tmpfs -o size=3m tmpfs "$sandbox/state" ||
		skip 'a small disk needs root'
	local full=0 taken=()

	start_site
	head -c 100000 /dev/zero | tr '\0' ' ' >"$BATS_TEST_TMPDIR/spaces"
	printf '{"numbers":[1]}' >>"$BATS_TEST_TMPDIR/spaces"
	for _ in {1..60}; do
		post "@$BATS_TEST_TMPDIR/spaces" /process-numbers \
			-H 'Prefer: respond-async' -H 'Job-Run-At: 2099-01-01T00:00:00Z'
		case $code in
		202) taken+=("$(json .id)") ;;
		507) full=$((full + 1)) ;;
		*) fail "status $code" ;;
		esac
	done
	expect_problem_here 507 storage-full
	[ "${#taken[@]}" -gt 0 ] && [ "$full" -gt 0 ]
	call '/sum-squares?a=3&b=4'
	expect_ok '{"a":3,"b":4,"sum_of_squares":25}'
	for job in "${taken[@]}"; do
		is_in "$job" scheduled
	done
}
