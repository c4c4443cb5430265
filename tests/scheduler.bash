# What tests of a running scheduler share: schedules and jobs of their own, the
# clock that a file drives, commands as pulse-ctl leaves them, and what the
# spool says.  load helper goes first; setup calls scheduler_home.

# Midnight plus 3 s; every job below is due at a whole number of its intervals
# plus less than ten minutes.
START=2026-03-01T00:00:03Z

scheduler_home() {
	in_own_folder
	export PULSE_HOME=$PWD/home PULSE_TEST_CLOCK=$PWD/clock
	S=$PULSE_HOME/spool
	mkdir -p home
	at "$START"
	job ok 'echo "$PULSE_JOB $PULSE_CLIENT $PULSE_RUN_ID" >>"$PULSE_HOME/ledger"'
	SCHED=
}
scheduler_end() {
	[ -z "$SCHED" ] || kill -9 "$SCHED" 2>/dev/null || true
	local f pid
	for f in "$S"/run/*/started; do
		pid=$(jq -r '.pid // empty' "$f" 2>/dev/null) || true
		[ -z "$pid" ] || kill -USR2 "$pid" 2>/dev/null || true
	done
}

at() { printf '%s\n' "$1" >clock.new && mv clock.new clock; }
# job NAME LINE... - an executable of that name beside the schedule.
job() { printf '#!/bin/bash\n%s\n' "${@:2}" >"home/$1" && chmod +x "home/$1"; }
schedule() { { [ $# -gt 0 ] && printf '%s\n' "$@"; echo jobs:; sed 's/^/  /'; } >home/schedule.yaml; }
clients() { { echo clients:; for c; do echo "  - {id: $c, name: c$c}"; done; } >home/pulse.yaml; }
state() { sed -nE 's/.*\bstate=([A-Z_]+).*/\1/p' "$S/status/$1"; }
# field JOB KEY - of its status line
field() { sed -nE "s/.*\\b$2=(\"[^\"]*\"|[^ ]*).*/\\1/p" "$S/status/$1"; }
row() { sqlite3 "file:$S/state.db?mode=ro" "SELECT $2 FROM jobs WHERE client_id=${1%%.*} AND job_name='${1#*.}'"; }
count() { jq -s "map(select($1)) | length" "$S/events.ndjson"; }
# until_true CMD... - waits for it, 10 s at most
until_true() {
	local i
	for ((i = 0; i < 200; i++)); do
		"$@" >/dev/null 2>&1 && return
		read -rt 0.05 _ <> <(:) || true
	done
	echo "waited in vain for: $*" >&2
	cat "$S"/status/* log 2>/dev/null >&2
	return 1
}
is() { [ "$(state "$1")" = "$2" ]; }
because() { [ "$(field "$1" reason)" = "$2" ]; }
is_gone() { [ ! -e "/proc/$1" ] || grep -q ') Z ' "/proc/$1/stat"; }
ended() { # JOB N - N runs of it have ended
	[ "$(sqlite3 "file:$S/state.db?mode=ro" "SELECT count(*) FROM runs WHERE ended_ms IS NOT NULL AND client_id=${1%%.*} AND job_name='${1#*.}'")" -ge "$2" ]
}
daemon() { # [OPTION...]
	"$PULSE_BIN/pulse-sched" -v "$@" >log 2>&1 3>&- &
	SCHED=$!
	until_true grep -q orchestrator_started "$S/events.ndjson"
}
daemon_again() {
	local before
	before=$(grep -c orchestrator_started "$S/events.ndjson")
	"$PULSE_BIN/pulse-sched" -v "$@" >log 2>&1 3>&- &
	SCHED=$!
	until_true eval '[ "$(grep -c orchestrator_started "$S/events.ndjson")" -gt '"$before"' ]'
}
stop() { kill "$SCHED" && wait "$SCHED" && SCHED= && agreed; }
once() { "$PULSE_BIN/pulse-sched" --once "$@"; }
# tick JOB N - turns of --once until JOB has N ended runs
tick() {
	local i
	for ((i = 0; i < 200; i++)); do
		once || return
		ended "$@" && once && return
		read -rt 0.02 _ <> <(:) || true
	done
	return 1
}
# order ID JSON-MEMBERS - a command, as pulse-ctl leaves it; prints the answer
order() {
	printf '{"id":"%s","by":"test","role":"admin","at":"%s",%s}\n' "$1" "$(cat clock)" "$2" >"$S/control/tmp/$1"
	mv "$S/control/tmp/$1" "$S/control/new/$1"
	[ -z "$SCHED" ] && once
	until_true test -e "$S/control/done/$1"
	cat "$S/control/done/$1"
}

# later DURATION... - the clock goes on
later() { at "$(date -u -d "$(cat clock) + $*" +%FT%TZ)"; }
# agreed - state.db, events.ndjson, status/ and pulse-status say the same
agreed() { bash "$TOP/tests/agree" "$S"; }
