#!/usr/bin/env bats
# pulse-why: what it says of a job in each of its states.

load helper

setup() {
	in_own_folder
	export PULSE_HOME=$PWD/home PULSE_TEST_CLOCK=$PWD/clock TZ=UTC
	S=$PULSE_HOME/spool
	mkdir -p home
	at 2026-03-01T00:00:03Z
	job ok 'echo fine'
}

teardown() {
	for f in "$S"/run/*/started; do
		pid=$(jq -r '.pid // empty' "$f" 2>/dev/null) || true
		[ -z "$pid" ] || kill -USR2 "$pid" 2>/dev/null || true
	done
}

at() { printf '%s\n' "$1" >clock.new && mv clock.new clock; }
job() { printf '#!/bin/bash\n%s\n' "${@:2}" >"home/$1" && chmod +x "home/$1"; }
# fails CODE CLASS CAUSE [MORE] - lines of a pipeline that does
fails() {
	printf '%s\n' "cat >>\"\$PULSE_RUN_DIR/failures\" <<'LINE'" \
		'{"tool":"t","code":'"$1"',"class":"'"$2"'","reason":"'"$3"'"'"${4:-}"'}' LINE "exit $1"
}
schedule() { { echo jobs:; printf '  %s\n' "$@"; } >home/schedule.yaml; }
why() { "$PULSE_BIN/pulse-why" "$@"; }
# The line behind a word.
line() { sed -nE "s/^$1 +//p" <<<"$output"; }
# Lets the scheduler start what is due, waits for the end, lets it see that.
tick() {
	local folder
	"$PULSE_BIN/pulse-sched" --once 2>&1 || true
	for folder in "$S"/run/*.*.[0-9]*; do
		[ -f "$folder/started" ] || continue
		for _ in {1..200}; do
			if [ -f "$folder/result" ]; then break; fi
			sleep 0.05
		done
	done
	"$PULSE_BIN/pulse-sched" --once 2>&1 || true
}

@test "a job that went well: when it did, and when it is due again" {
	schedule 'ok: {run: ok, interval: 4h}'
	tick
	run -0 --separate-stderr why ok
	[ -z "$stderr" ]
	same "${lines[0]}" "ok: FINISHED for 0s, since 2026-03-01 00:00:03"
	[[ $(line 'last run') == "done, on 2026-03-01 00:00:03 (now): 1.ok.1" ]]
	[[ $(line next) =~ ^in\ 4h|^in\ 3h|^in\ [0-9]+m ]]
	[[ $(line next) == *": its next interval" ]]
	same "$(line 'by hand')" "pulse run ok"
	same "$(line log)" "pulse log ok"
	same "$(line failing)" ""
	same "$(line means)" ""
}

@test "a failure that passes: its class, what it said, the retry and why then" {
	job bad "$(fails 75 network_timeout "cannot fetch 'x': timed out")"
	schedule 'bad: {run: bad, interval: 4h}'
	tick
	run -0 why bad
	[[ ${lines[0]} == "bad: ERROR (retry) for "* ]]
	[[ $(line 'last run') == "failed with 75, network_timeout, on "*": 1.bad.1" ]]
	same "$(line said)" "cannot fetch 'x': timed out"
	same "$(line means)" "the service did not answer in time, or the line to it broke"
	[[ $(line 'to do') == "nothing: it is tried again by itself"* ]]
	[[ $(line next) =~ ^in\ [4-7]m,\ at\ 2026-03-01\ 00:0[5-7]:[0-9]{2}:\ retry\ 1\ of\ 3 ]]
	same "$(line failing)" "since 2026-03-01 00:00:03 (now); retries: 1, tier: fast"
	[[ $(line asleep) == "no scheduler is running"* ]]
}

@test "a failure that needs a person says what to do, then how to go on" {
	job bad "$(fails 77 authentication "cannot use 'token': refused")"
	schedule 'bad: {run: bad, interval: 4h}'
	tick
	run -0 why bad
	[[ ${lines[0]} == "bad: ERROR (manual_fix) for "* ]]
	same "$(line said)" "cannot use 'token': refused"
	[[ $(line 'to do') == *"\`pulse doctor\` tries it; then \`pulse start bad\`" ]]
	same "$(line next)" "not before a person has acted"
}

@test "a quota: when the server allows more" {
	job bad "$(fails 75 api_rate_limit spent ',"not_before":"2026-03-01T00:42:00.000Z"')"
	schedule 'bad: {run: bad, interval: 4h}'
	tick
	run -0 why bad
	[[ ${lines[0]} == "bad: PENDING (quota) for "* ]]
	[[ $(line next) == "in 41m, at 2026-03-01 00:42:00: the quota is spent; the server says: not before 2026-03-01T00:42:00Z" ]]
}

@test "an open breaker, with the way to close it" {
	job bad "$(fails 75 temporary_service_error 503)"
	schedule 'bad: {run: bad, interval: 4h, integration: github}' \
		'also: {run: bad, interval: 4h, integration: github}' \
		'three: {run: bad, interval: 4h, integration: github}'
	tick
	tick
	tick
	run -0 why bad
	same "$(line breaker)" "of github: open until $(sqlite3 "$S/state.db" "SELECT strftime('%Y-%m-%d %H:%M:%S', until_ms/1000, 'unixepoch') FROM breakers"); \`pulse breaker github closed\` closes it at once"
}

@test "a job that waits says for whom" {
	job slow 'sleep 30'
	schedule 'slow: {run: slow, interval: 4h, integration: github}' \
		'ok: {run: ok, interval: 1h, integration: github}'
	"$PULSE_BIN/pulse-sched" --once
	run -0 why ok
	[[ ${lines[0]} == "ok: PENDING (slot) for "* ]]
	same "$(line next)" "as soon as it may: waits for another run to end: github"
	run -0 why slow
	[[ ${lines[0]} == "slow: RUNNING (first) for "* ]]
	same "$(line next)" ""
}

@test "a run that is under way: how far it is, what it is asked" {
	job slow "printf '%s\\n' '{\"tool\":\"t\",\"done\":2,\"total\":4,\"op\":\"steps\",\"at\":\"2026-03-01T00:00:03.000Z\"}' >>\"\$PULSE_RUN_DIR/progress\"" \
		'echo under way; read -rt 30 _ <> <(:)'
	schedule 'slow: {run: slow, interval: 4h}'
	"$PULSE_BIN/pulse-sched" --once
	for _ in {1..200}; do
		if grep -qs 'under way' "$S"/run/1.slow.1/log; then break; fi
		sleep 0.05
	done
	run -0 why slow
	[[ ${lines[0]} == "slow: RUNNING (first) for "* ]]
	[[ $(line now) == "50 %, steps"* ]]
	same "$(line 'last run')" ""
}

@test "a job that somebody paused or stopped" {
	schedule 'ok: {run: ok, interval: 4h}'
	tick
	"$PULSE_BIN/pulse-ctl" pause ok >/dev/null
	run -0 why ok
	[[ ${lines[0]} == "ok: PAUSED (hold) for "* ]]
	same "$(line next)" "not by itself: somebody paused it; \`pulse resume ok\` lets it go on"
	"$PULSE_BIN/pulse-ctl" stop orchestrator >/dev/null
	run -0 why ok
	same "$(line held)" "the orchestrator was stopped: nothing starts before \`pulse start orchestrator\`"
}

@test "the emergency stop, and what clears it" {
	schedule 'ok: {run: ok, interval: 4h}'
	tick
	"$PULSE_BIN/pulse-ctl" emergency-stop -y >/dev/null
	run -0 why ok
	same "$(line latch)" "the emergency stop is in force: nothing starts before \`pulse start orchestrator\`"
}

@test "failed items are counted" {
	schedule 'ok: {run: ok, interval: 4h}'
	tick
	for n in 1 2; do
		printf '{"type":"failure","client":1,"job":"ok","scope":"acme/api","entity":"github_pr","key":"%d","class":"network_timeout","http":null,"reason":"slow","at":"2026-03-01T00:00:00.000Z","not_before":null}\n' $n
	done | "$PULSE_BIN/load" -d "$S/pulse.db"
	run -0 why ok
	same "$(line items)" "2 failed ones wait; \`retry-scan\` lists them"
	run -0 why ok --json
	same "$(jq .failed_items <<<"$output")" 2
}

@test "a job that no scheduler has seen yet, and one that is in no schedule" {
	schedule 'ok: {run: ok, interval: 4h}' 'new: {run: ok, interval: 4h}'
	(umask 077 && mkdir -p "$S")
	run -0 why ok
	same "${lines[0]}" "ok: no scheduler has looked at it yet"
	"$PULSE_BIN/pulse-run" nightly -- sh -c 'exit 3' 2>/dev/null || [ $? -eq 3 ]
	run -0 why nightly
	same "${lines[0]}" "nightly: in no schedule: it runs by hand or from cron"
	[[ $(line 'last run') == "failed with 3, bug, on "*": 1.nightly.x"* ]]
	refute grep -q 'pulse start' <<<"$output"
}

@test "an unknown job names the nearest one, of the spool or of the schedule" {
	schedule 'ok: {run: ok, interval: 4h}' 'nightly: {run: ok, interval: 4h}'
	(umask 077 && mkdir -p "$S")
	run -64 why nigthly
	same "$output" "pulse-why: cannot explain 'nigthly': no such job; did you mean nightly?"
	tick
	run -64 why nigthly
	same "$output" "pulse-why: cannot explain 'nigthly': no such job; did you mean nightly?"
	run -64 why frob
	same "$output" "pulse-why: cannot explain 'frob': no such job; \`pulse status\` lists them"
	run -64 why
	run -78 why -s "$PWD/none" ok
	[[ $output == "pulse-why: cannot open the spool '$PWD/none': "* ]]
}

@test "a job of several clients is asked for with its client" {
	printf 'clients: [{id: 1, name: a}, {id: 2, name: b}]\n' >home/pulse.yaml
	job ok '[ "$PULSE_CLIENT" = 1 ] || exit 78'
	schedule 'ok: {run: ok, interval: 4h}'
	tick
	run -64 why ok
	same "$output" "pulse-why: cannot explain 'ok': it is a job of several clients: -k 1, -k 2"
	run -0 why ok -k 1
	[[ ${lines[0]} == "ok of client 1: FINISHED "* ]]
	run -0 why 2.ok
	[[ ${lines[0]} == "ok of client 2: ERROR (manual_fix) "* ]]
	[[ $(line 'to do') == *"then \`pulse start ok -k 2\`" ]]
	same "$(line log)" "pulse log ok -k 2"
}

@test "without the database the status file tells what it can" {
	job bad "$(fails 74 disk "cannot write 'x': No space left on device")"
	schedule 'bad: {run: bad, interval: 4h}'
	tick
	rm "$S"/state.db*
	run -0 why bad
	[[ ${lines[0]} == "bad: ERROR (retry) for "* ]]
	same "$(line failed)" "with disk"
	same "$(line said)" "cannot write 'x': No space left on device"
	[[ $(line next) == *"retry 1 of 3"* ]]
	# A damaged one and a bad schedule are said, and hide nothing.
	echo garbage >"$S/state.db"
	echo 'jobs: 7' >home/schedule.yaml
	run -0 why bad
	[[ ${lines[0]} == "bad: ERROR (retry) for "* ]]
	[[ $(line note) == *"state.db is not used: "* ]]
	[[ $(line note) == *"the schedule is not used: "*"schedule.yaml"* ]]
}

@test "--json is one object with what is known" {
	job bad "$(fails 77 permission "cannot read 'x': forbidden")"
	schedule 'bad: {run: bad, interval: 4h}'
	tick
	run -0 why bad --json
	[ "${#lines[@]}" -eq 1 ]
	same "$(jq -c '[.job, .client, .state, .reason, .known, .scheduled, .scheduler, .latched, .held]' <<<"$output")" \
		'["bad",1,"ERROR","manual_fix",true,true,false,false,false]'
	same "$(jq -c '.failure | [.class, .code, .run, .cause]' <<<"$output")" \
		'["permission",77,"1.bad.1","cannot read '"'x'"': forbidden"]'
	same "$(jq -c '.outlook | [.person, .failing]' <<<"$output")" '[true,true]'
}

@test "what a program said reaches no terminal as a command" {
	job bad "$(fails 75 network_timeout 'red \u001b[31m alert')"
	schedule 'bad: {run: bad, interval: 4h}'
	tick
	run -0 why bad
	[[ $(line said) == 'red '*'[31m alert' ]]
	refute grep -q $'\033' <<<"$output"
}

@test "nothing is written, and a full disk is told" {
	schedule 'ok: {run: ok, interval: 4h}'
	tick
	find "$S" -type f ! -name 'state.db-*' -exec md5sum {} + | sort >before
	why ok >/dev/null
	why ok --json >/dev/null
	find "$S" -type f ! -name 'state.db-*' -exec md5sum {} + | sort >after
	same "$(cat after)" "$(cat before)"
	run -74 bash -c "'$PULSE_BIN/pulse-why' ok >/dev/full"
}
