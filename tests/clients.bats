#!/usr/bin/env bats
# clients: three of them, the shipped jobs, demo-api.  The second has a token
# that nobody takes, the third a GitHub that is not there; neither delays the
# first, nor its own other jobs.

load helper

START=1793577600 # 2026-11-02T00:00:00Z

setup() {
	in_own_folder
	export PULSE_HOME=$PWD/home LEDGER=$PWD/ledger PULSE_TEST_CLOCK=$PWD/home/clock/now
	export PULSE_BIN
	S=$PULSE_HOME/spool
	mkdir -p home/clock home/pipelines
	: >ledger
	set_clock ${START}000
	WORLD=(--repos 2 --prs 6 --issues 6 --days 20 --now "$(cat "$PULSE_TEST_CLOCK")")
	demo_start "${WORLD[@]}"
	GONE_URL=$DEMO_URL
	demo_stop
	demo_start "${WORLD[@]}"
	GONE_PID=
	for who in good:demo-github-token broken:no-such-token gone:demo-github-token; do
		(umask 077 && echo "${who#*:}" >"home/${who%:*}.token" && echo demo-jira-token >home/jira.token)
	done
	{
		echo clients:
		client 1 good "$DEMO_URL"
		client 2 broken "$DEMO_URL"
		client 3 gone "$GONE_URL"
	} >home/pulse.yaml
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
	pulse-sched --schedule "$SHARE/schedule.yaml" >sched.log 2>&1 3>&- &
	SCHED=$!
}

teardown() {
	kill "$SCHED" 2>/dev/null && wait "$SCHED" || true
	demo_stop
	[ -z "$GONE_PID" ] || kill "$GONE_PID"
}

client() { # ID NAME GITHUB
	cat <<-END
		  - id: $1
		    name: $2
		    github: {base_url: '$3/github', organization: acme, token: {file: $2.token}, retry_config: {max_retries: 0}}
		    jira: {base_url: '$DEMO_URL/jira', email: demo@acme.test, api_token: {file: jira.token}, retry_config: {max_retries: 0}}
	END
}

set_clock() { # MS
	date -u -d "@$(($1 / 1000)).$(printf %03d $(($1 % 1000)))" +%Y-%m-%dT%H:%M:%S.%3NZ >home/clock/next
	mv home/clock/next home/clock/now
	NOW=$1
}

ask() { sqlite3 -readonly -cmd '.timeout 2000' "$S/state.db" "$1" 2>/dev/null; }
row() { ask "SELECT $2 FROM jobs WHERE client_id = ${1%.*} AND job_name = '${1#*.}_job'"; }

# When the next job is looked at, once all that is due by now has been done.
settle() {
	local tries=0
	until NEXT=$(ask "SELECT min(CASE state
			WHEN 'RUNNING' THEN 0
			WHEN 'PENDING' THEN coalesce(not_before_ms, 0)
			WHEN 'ERROR' THEN CASE reason WHEN 'manual_fix' THEN 9e15 ELSE not_before_ms END
			ELSE coalesce(next_due_ms, 0) END) FROM jobs HAVING count(*) = 7") &&
		[ -n "$NEXT" ] && [ "${NEXT%.*}" -gt "$NOW" ]; do
		kill -0 "$SCHED"
		[ $((tries += 1)) -lt 1500 ] || {
			tail -n 20 sched.log "$S"/status/* >&2
			return 1
		}
		sleep 0.02
	done
}
play() { # until MS
	settle
	while [ "$NEXT" -le "$1" ]; do
		set_clock "$NEXT"
		settle
	done
	set_clock "$1"
	settle
}
# judge CLIENT JOB... - each due point had one run of them, at its time
judge() {
	local intervals=
	for job in "${@:2}"; do
		case $job in
		github) intervals+=" github_job=14400" ;;
		jira) intervals+=" jira_job=21600" ;;
		*) intervals+=" sleep_job=900" ;;
		esac
	done
	awk -v c="$1" '$2 == c' ledger | grep -E "$(printf '%s_job|' "${@:2}")no" |
		awk -v from=$START -v to=$((NOW / 1000)) -v intervals="${intervals# }" \
			-f "$BATS_TEST_DIRNAME/fixtures/ledger.awk"
}

@test "of three clients one has a bad token and one no service; nobody else waits for them" {
	play $(((START + 6 * 3600) * 1000))
	# The first, the Jira jobs of the others, and the host's own: always on time.
	judge 1 github jira
	judge 2 jira
	judge 3 jira
	judge 0 sleep
	# A bad token waits for a person: one run, no retry, no breaker.
	same "$(row 2.github "state || ' ' || reason")" 'ERROR manual_fix'
	same "$(grep -c 'start 2 github_job' ledger)" 1
	grep -q ' class=authentication ' "$S/status/2.github_job"
	# No service: three retries, then a breaker, that of this client alone.
	same "$(row 3.github "state || ' ' || reason || ' ' || tier")" 'ERROR probe standard'
	grep -q " class=temporary_service_error error=.*connect to server" "$S/status/3.github_job"
	same "$(ask "SELECT group_concat(client_id || integration) FROM breakers WHERE state <> 'closed'")" 3github
	same "$(grep -l state=ERROR "$S"/status/* | wc -l)" 2
	# What each has fetched is its own.
	same "$(sqlite3 -readonly "$S/pulse.db" 'SELECT client_id FROM pull_requests GROUP BY 1')" 1
	same "$(sqlite3 -readonly "$S/pulse.db" 'SELECT client_id FROM issues GROUP BY 1' | tr '\n' ' ')" '1 2 3 '
	bash "$BATS_TEST_DIRNAME/agree" "$S"
	# Waiting is told for each client by itself.
	run -0 pulse-status --tsv
	same "$(grep -c github_job <<<"$output")" 3

	# The token is mended and its job started; the service comes up by itself.
	cp home/good.token home/broken.token
	run -0 pulse-ctl -k 2 --no-wait start github_job
	"$PULSE_BIN/demo-api" --port "${GONE_URL##*:}" "${WORLD[@]}" >/dev/null 2>&1 3>&- &
	GONE_PID=$!
	until curl -sf "$GONE_URL/__demo/requests" >/dev/null; do sleep 0.05; done
	play $((NOW + 5 * 3600000))
	for c in 1 2 3; do
		same "$(row $c.github "state || ' ' || last_result || ' ' || tier || ' ' || retry_count")" 'FINISHED success fast 0'
	done
	same "$(ask "SELECT count(*) FROM breakers WHERE state <> 'closed'")" 0
	same "$(sqlite3 -readonly "$S/pulse.db" 'SELECT client_id, count(*) FROM pull_requests GROUP BY 1' | sed 's/.*|//' | sort -u | wc -l)" 1
	same "$(sqlite3 -readonly "$S/pulse.db" 'SELECT count(DISTINCT client_id) FROM pull_requests')" 3
	judge 1 github jira
	judge 0 sleep
	bash "$BATS_TEST_DIRNAME/agree" "$S"
}
