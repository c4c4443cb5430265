#!/usr/bin/env bats
# Days of the shipped schedule against demo-api, on a clock that a file drives:
# nobody waits, the clock goes on from one due point to the next.

load helper

# A day; a week with tests/run --full; four hours under sanitizers.
case ${PULSE_TEST_FULL:-}$PULSE_BIN in
*-san) HOURS=4 ;;
1*) HOURS=168 ;;
*) HOURS=24 ;;
esac
START=1793577600 # 2026-11-02T00:00:00Z

setup() {
	in_own_folder
	export PULSE_HOME=$PWD/home LEDGER=$PWD/ledger PULSE_TEST_CLOCK=$PWD/home/clock/now
	export GITHUB_TOKEN=demo-github-token JIRA_EMAIL=demo@acme.test JIRA_API_TOKEN=demo-jira-token
	mkdir -p home/clock home/pipelines
	: >ledger
	set_clock ${START}000
	demo_start --repos 3 --prs 12 --issues 12 --days 30 --now "$(cat "$PULSE_TEST_CLOCK")"
	cat >home/pulse.yaml <<-END
		clients:
		  - id: 1
		    github: {base_url: '$DEMO_URL/github', organization: acme, retry_config: {max_retries: 0}}
		    jira: {base_url: '$DEMO_URL/jira', retry_config: {max_retries: 0}}
	END
	# The jobs themselves, between two lines in the ledger.
	cat >home/pipelines/github_job <<-END
		#!/bin/bash
		now() { date -d "\$(cat "\$PULSE_TEST_CLOCK")" +%s; }
		echo "start \$PULSE_CLIENT \$PULSE_JOB \$PULSE_RUN_ID \$(now)" >>'$LEDGER'
		code=0
		'$TOP'/pipelines/"\${0##*/}" || code=\$?
		echo "end \$PULSE_CLIENT \$PULSE_JOB \$PULSE_RUN_ID \$(now) \$code" >>'$LEDGER'
		exit \$code
	END
	chmod +x home/pipelines/github_job
	ln home/pipelines/github_job home/pipelines/jira_job
	ln home/pipelines/github_job home/pipelines/sleep_job
	lead
}

lead() {
	pulse-sched --schedule "$SHARE/schedule.yaml" >>sched.log 2>&1 3>&- &
	SCHED=$!
}

teardown() {
	kill "$SCHED" 2>/dev/null && wait "$SCHED" || true
	demo_stop
	bash "$BATS_TEST_DIRNAME/agree" home/spool
}

# How the scheduler ended, as a service manager asks: 75 is to be started again,
# which is how it leaves when a pulse-ctl of sleep_job leads for a moment.
led() {
	local code=0
	wait "$SCHED" || code=$?
	[ $code -ne 75 ] || return 1
	echo "the scheduler ended with $code" >&2
	exit 1
}

set_clock() { # MS
	date -u -d "@$(($1 / 1000)).$(printf %03d $(($1 % 1000)))" +%Y-%m-%dT%H:%M:%S.%3NZ >home/clock/next
	mv home/clock/next home/clock/now
	NOW=$1
}

ask() { sqlite3 -readonly -cmd '.timeout 2000' home/spool/state.db "$1" 2>/dev/null; }

# When the next job is looked at, once all that is due by now has been done.
settle() {
	local tries=0
	until NEXT=$(ask "SELECT min(CASE state
			WHEN 'RUNNING' THEN 0
			WHEN 'PENDING' THEN coalesce(not_before_ms, 0)
			WHEN 'ERROR' THEN coalesce(not_before_ms, next_due_ms)
			ELSE coalesce(next_due_ms, 0) END) FROM jobs HAVING count(*) >= 3") &&
		[ "${NEXT:-0}" -gt "$NOW" ]; do
		kill -0 "$SCHED" 2>/dev/null || led || lead
		[ $((tries += 1)) -lt 1500 ] || {
			tail -n 20 sched.log home/spool/status/* >&2
			return 1
		}
		sleep 0.02
	done
}

# Plays until MS.
play() {
	settle
	while [ "$NEXT" -le "$1" ]; do
		set_clock "$NEXT"
		settle
	done
	set_clock "$1"
	settle
}

judge() {
	awk -v from=$START -v to=$((NOW / 1000)) -v intervals="${*:-github_job=14400 jira_job=21600 sleep_job=900}" \
		-f "$BATS_TEST_DIRNAME/fixtures/ledger.awk"
}

@test "the shipped jobs run by themselves for days, each due point once, whoever kills the scheduler" {
	for ((hour = 4; hour < HOURS; hour += 4)); do
		play $(((START + hour * 3600) * 1000))
		# At another moment of a start each time.
		set_clock "$NEXT"
		sleep 0.0$((hour / 4 % 10))
		kill -9 "$SCHED"
		wait "$SCHED" || true
		lead
		curl -sf -d '{"what":"new-pr","repo":"api"}' "$DEMO_URL/__demo/change" >/dev/null
		curl -sf -d '{"what":"issue-create"}' "$DEMO_URL/__demo/change" >/dev/null
	done
	play $(((START + HOURS * 3600) * 1000))
	judge <ledger
	# The judge would have seen one run less, and one twice.
	some=$(awk '$1 == "start" && $3 == "sleep_job" && ++n == 4 { print $4 }' ledger)
	refute judge < <(grep -v " $some " ledger) >/dev/null
	refute judge < <(sed "/ $some /p" ledger) >/dev/null
	same "$(ask "SELECT count(*) FROM runs WHERE ended_ms IS NULL")" 0
	# What the figures are made from is what demo-api has by now.
	play $((NOW + 7 * 3600000))
	curl -sf "$DEMO_URL/__demo/expected" >world.json
	jq -r '.github_pr | to_entries[] | "\(.key) \(.value[])"' world.json | sort >expected
	jq -r '.jira_issue[][]' world.json | sort >>expected
	sqlite3 -readonly -separator ' ' home/spool/pulse.db "SELECT repo, number FROM v_pull_requests" | sort >got
	sqlite3 -readonly home/spool/pulse.db "SELECT id FROM issues WHERE deleted_at IS NULL" | sort >>got
	same "$(cat got)" "$(cat expected)"
	[ "$(wc -l <got)" -gt 24 ]
}

@test "an outage of GitHub: three retries, a breaker, a probe, recovery; Jira is not touched" {
	play $((NOW + 3600000))
	github() { ask "SELECT $1 FROM jobs WHERE job_name = 'github_job'"; }
	breaker() { ask "SELECT $1 FROM breakers WHERE integration = 'github'"; }
	minutes_between() { # LEAST MOST: from the last failure to the next try
		local wait
		wait=$(github "(not_before_ms - last_end_ms) / 60000.0")
		awk -v w="$wait" -v a="$1" -v z="$2" 'BEGIN { exit !(w >= a && w <= z) }' || {
			echo "the next try is after $wait minutes, not $1 to $2" >&2
			return 1
		}
	}
	curl -sf -d '{"match":"/github","do":"status","status":503}' "$DEMO_URL/__demo/faults" >/dev/null
	play "$(github next_due_ms)"
	for bounds in '5 7.5' '10 15' '20 30'; do
		same "$(github "state || ' ' || reason")" 'ERROR retry'
		# shellcheck disable=SC2086 # two numbers
		minutes_between $bounds
		case $bounds in
		20*) same "$(breaker "state || ' ' || ((until_ms - opened_ms) / 60000)")" 'open 15' ;;
		*) [ "$(breaker state)" != open ] ;;
		esac
		at=$(github not_before_ms)
		play $((at - 1))
		same "$(github not_before_ms)" "$at"
		play "$at"
	done
	# No retries left: one probe in one to four hours; the probe of the breaker
	# was the last retry, so it is open for twice as long.
	same "$(github "state || ' ' || reason || ' ' || tier")" 'ERROR probe standard'
	minutes_between 60 240
	same "$(breaker "state || ' ' || ((until_ms - opened_ms) / 60000)")" 'open 30'
	grep -q 'state=ERROR' home/spool/status/1.github_job
	same "$(grep -l state=ERROR home/spool/status/*)" home/spool/status/1.github_job
	# It is there again.
	curl -sf -d '' "$DEMO_URL/__demo/faults" >/dev/null
	play "$(github not_before_ms)"
	same "$(github "state || ' ' || last_result || ' ' || retry_count || ' ' || tier")" 'FINISHED success 0 fast'
	same "$(breaker state)" closed
	# Each run ended as it should, and the other jobs never noticed.
	same "$(ask "SELECT group_concat(result, ' ') FROM (SELECT result FROM runs WHERE job_name = 'github_job' ORDER BY id)")" \
		'success success failed failed failed failed success'
	grep -v github_job ledger | judge jira_job=21600 sleep_job=900
}

# Processes of this home, whoever started them.
ours() {
	local home=$PULSE_HOME
	(unset PULSE_HOME && grep -lsxzF "PULSE_HOME=$home" /proc/[0-9]*/environ | cut -d/ -f3 | grep -vx $$)
}
# kill -9 of everything, until nothing is left.
kill_all() {
	local tries=0 pids
	while pids=$(ours); do
		# shellcheck disable=SC2086 # a list
		kill -9 $pids 2>/dev/null || true
		[ $((tries += 1)) -lt 200 ]
		sleep 0.02
	done
	wait "$SCHED" || true
}
until_true() {
	local tries=0
	until "$@"; do
		[ $((tries += 1)) -lt 1000 ] || {
			echo "never true: $*" >&2
			tail -n 20 sched.log >&2
			return 1
		}
		sleep 0.02
	done
}
content() { # HOME
	local view
	for view in repositories pull_requests reviews commits deployments releases; do
		sqlite3 -readonly "$1/spool/pulse.db" "SELECT * FROM v_$view" | sort
	done
}
asked() { [ "$(curl -sf "$DEMO_URL/__demo/requests" | jq .total)" -ge "$1" ]; }
is_github() { [ "$(ask "SELECT state || ' ' || coalesce(reason, '') FROM jobs")" = "$*" ]; }

@test "everything is killed in the middle, twice: the job goes on from its cursors to the same database" {
	kill -9 "$SCHED"
	wait "$SCHED" || true
	demo_stop
	rm -rf home/spool home/pipelines
	unset PULSE_HOME # so that demo-api is none of ours
	demo_start --repos 6 --prs 60 --days 60 --now "$(cat "$PULSE_TEST_CLOCK")" --latency-ms 20
	export PULSE_HOME=$PWD/home
	sed -i "s,http://[^/]*/,$DEMO_URL/," home/pulse.yaml
	echo "jobs: {github_job: {run: $TOP/pipelines/github_job, interval: 4h, fast_recovery: 1m}}" >home/schedule.yaml
	PULSE_HOME=$PWD/calm PULSE_CONFIG=$PWD/home/pulse.yaml "$TOP/pipelines/github_job" -q
	whole=$(curl -sf -X POST "$DEMO_URL/__demo/requests" | jq .total)

	SHARE=home lead
	until_true asked $((whole / 2))
	kill_all
	# Not started again before fast_recovery is over.
	SHARE=home lead
	until_true is_github 'PENDING orphan'
	curl -sf -X POST "$DEMO_URL/__demo/requests" >/dev/null
	# A reader that has begun a write keeps load waiting, with all in the queue.
	mkfifo hold
	env -u PULSE_HOME sqlite3 home/spool/pulse.db <hold >/dev/null 2>&1 3>&- &
	holder=$!
	exec 7>hold
	echo '.timeout 5000' >&7
	set_clock $((NOW + 60000))
	until_true asked 5
	echo 'BEGIN IMMEDIATE; SELECT 1;' >&7
	until_true compgen -G 'home/spool/queue/1/github/new/*' >/dev/null
	kill_all
	exec 7>&-
	wait "$holder"
	curl -sf -X POST "$DEMO_URL/__demo/requests" >/dev/null

	SHARE=home lead
	until_true is_github 'PENDING orphan'
	set_clock $((NOW + 60000))
	until_true is_github 'FINISHED '
	refute asked $((whole / 2))
	content calm >expected
	content home >got
	same "$(cat got)" "$(cat expected)"
	[ "$(wc -l <got)" -gt 100 ]
	same "$(ask "SELECT group_concat(result, ' ') FROM (SELECT result FROM runs ORDER BY id)")" 'orphaned orphaned success'
}
