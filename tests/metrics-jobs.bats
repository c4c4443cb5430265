#!/usr/bin/env bats
# What metrics tells of the jobs, from a state.db made by hand.

load helper

setup() {
	in_own_folder
	mkdir -p home/spool
	export PULSE_HOME=$PWD/home
	"$PULSE_BIN/load" -d home/spool/pulse.db </dev/null
	{
		cat "$SHARE/schema/state/"*.sql
		printf 'PRAGMA application_id = 0x50554c54; PRAGMA user_version = 1;\n'
		cat "$BATS_TEST_DIRNAME/fixtures/jobs.sql"
	} | sqlite3 home/spool/state.db
}

# figures METRIC... - "JOB WEEK PART VALUE N" of the two weeks.
figures() {
	metrics --since 2026-11-02 --until 2026-11-16 --by job,week --format ndjson "$@" |
		jq -r 'select(.value != null) | [.group, .period[8:], .part // "-",
			(.value * 1e4 | round / 1e4), .n] | join(" ")'
}

@test "durations are those of all runs that ran, by job and the week they ended in" {
	# github_job 60, 20, 40: the median is 40; of 3 values the one with rank
	# 0.5 is the largest within 0.95.  10 and 5: the lower one.
	same "$(figures job_duration)" "github_job 02 - 40 3
github_job 02 p95 40 3
github_job 02 longest 60 3
github_job 09 - 5 2
github_job 09 p95 5 2
github_job 09 longest 10 2
jira_job 02 - 80 2
jira_job 02 p95 80 2
jira_job 02 longest 120 2
sleep_job 09 - 2 1
sleep_job 09 p95 2 1
sleep_job 09 longest 2 1"
}

@test "the rate is all records by all minutes of the runs that brought any" {
	# (600 + 100) in (60 + 20) s; (200 + 50) in (120 + 80) s.
	same "$(figures job_rate)" "github_job 02 - 525 2
github_job 02 records 700 2
github_job 02 rejected 6 2
jira_job 02 - 75 2
jira_job 02 records 250 2
jira_job 02 rejected 2 2"
}

@test "a run that a person ended is in no success rate, a vanished one failed" {
	same "$(figures job_success_rate)" "github_job 02 - 0.6667 3
github_job 09 - 0 3
jira_job 02 - 1 1
sleep_job 09 - 1 1"
}

@test "failures are counted by class, none is 0 where there were runs" {
	same "$(figures job_errors | sort)" "github_job 02 - 1 3
github_job 02 network_timeout 1 3
github_job 02 unknown 0 3
github_job 02 vanished 0 3
github_job 09 - 3 3
github_job 09 network_timeout 1 3
github_job 09 unknown 1 3
github_job 09 vanished 1 3
jira_job 02 - 0 1
jira_job 02 network_timeout 0 1
jira_job 02 unknown 0 1
jira_job 02 vanished 0 1
sleep_job 09 - 0 1
sleep_job 09 network_timeout 0 1
sleep_job 09 unknown 0 1
sleep_job 09 vanished 0 1"
}

@test "requests add up, and answers are weighed by them" {
	same "$(figures api_requests)" "github_job 02 - 45 3
github_job 02 bytes 45000 3
github_job 09 - 1 1
github_job 09 bytes 1000 1
jira_job 02 - 25 2
jira_job 02 bytes 25000 2"
	# (10 * 100 + 30 * 200 + 5 * 400) / 45; (20 * 50 + 5 * 60) / 25.
	same "$(figures response_time)" "github_job 02 - 200 45
github_job 02 p95 200 45
github_job 02 slowest 400 45
github_job 09 - 900 1
github_job 09 p95 900 1
github_job 09 slowest 900 1
jira_job 02 - 52 25
jira_job 02 p95 50 25
jira_job 02 slowest 60 25"
}

@test "what runs cost: the database, the processor, memory" {
	# 6 and 4 of 60 and 20 s.
	same "$(figures database_time)" "github_job 02 - 4 2
github_job 02 p95 4 2
github_job 02 share 0.125 2
jira_job 02 - 30 1
jira_job 02 p95 30 1
jira_job 02 share 0.25 1
sleep_job 09 - 1 1
sleep_job 09 p95 1 1
sleep_job 09 share 0.5 1"
	same "$(figures job_cpu_time | grep -v sleep)" "github_job 02 - 10 3
github_job 02 p95 10 3
github_job 02 total 35 3
github_job 09 - 1 2
github_job 09 p95 1 2
github_job 09 total 2 2
jira_job 02 - 8 2
jira_job 02 p95 8 2
jira_job 02 total 48 2"
	same "$(figures job_memory | grep 'github_job 02')" "github_job 02 - 20971520 3
github_job 02 p95 20971520 3
github_job 02 largest 31457280 3"
}

@test "all jobs together are one group, and its rows add up to it" {
	local window=(--since 2026-11-02 --until 2026-11-16)
	run -0 metrics "${window[@]}" --format ndjson job_success_rate
	same "$(jq -c '[.group, .period, .value, .n]' <<<"$output")" '["all",null,0.5,8]'
	run -0 metrics "${window[@]}" --format ndjson --rows job_success_rate
	same "$(jq -s -c '[length, (map(.good) | add / length)]' <<<"$output")" '[8,0.5]'
	same "$(jq -s -c 'map(.run) | .[0:2]' <<<"$output")" '["1.github_job.2","1.github_job.3"]'
	run -0 metrics "${window[@]}" --format ndjson --by month job_errors
	same "$(jq -c 'select(.part == null) | [.period, .value]' <<<"$output")" '["2026-11-01",4]'
	# In New York the 1st ends with the first hours of the 2nd in UTC.
	run -0 metrics --since 2026-11-01 --until 2026-11-16 --by day --tz America/New_York --format ndjson job_errors
	same "$(jq -c 'select(.part == null and .period == "2026-11-01") | .n' <<<"$output")" 2
}

@test "without state.db there are no data" {
	rm home/spool/state.db
	run -0 metrics --format ndjson job_duration job_errors api_requests
	same "$(jq -s -c 'map(.value) | unique' <<<"$output")" '[null]'
}

@test "figures of jobs are never kept, as a run may end at any time" {
	local window=(--since 2026-11-02 --until 2026-11-16 --format ndjson)
	same "$(metrics "${window[@]}" job_success_rate | jq .n)" 8
	same "$(metrics -v "${window[@]}" job_success_rate 2>&1 >/dev/null)" 'metrics: job_success_rate: not kept, as it reads state.db'
	sqlite3 home/spool/state.db "UPDATE runs SET ended_ms = 1794391300000, result = 'success' WHERE id = 12"
	same "$(metrics "${window[@]}" job_success_rate | jq .n)" 9
}

@test "the head of every metric says who defines it so, and names columns that its rows have" {
	metrics ls --format ndjson | jq -r .name >names
	while read -r name; do
		metrics explain "$name" >told
		for part in 'unit: ' 'As others define it: ' 'Columns of --rows:'; do
			grep -q "^$part" told || echo "$name does not say $part" >>wrong
		done
		metrics "$name" --rows --format csv | head -1 | tr , '\n' >has
		sed -n '/^Columns of --rows:/,/^$/s/^  \(.*\) - .*/\1/p' told | sed 's/ - .*//; s/, /\n/g' |
			grep -vxF -f has | sed "s/^/$name has no column /" >>wrong || true
	done <names
	[ "$(wc -l <names)" -gt 50 ]
	same "$(cat wrong)" ""
	# What no peer defines says so, in its help too.
	for name in cycle_time escaped_bugs reopen_rate bug_share rework_rate; do
		metrics explain "$name" | grep -iq proposal
	done
}
