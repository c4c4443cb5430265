# shellcheck shell=bash
# runs.bash - rounds `halt STAGE FAULT CALL N`: the scheduler, pulse-run or
# pulse-ctl is killed at the N-th call of one sort, or that fails with ENOSPC or
# EIO; plain turns of the scheduler must then bring the job to where the rules
# say, and its ledger must be good.

cut_calls=mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,write,pwrite64,fsync
cut_calls+=,fdatasync,fallocate,ftruncate,unlink,unlinkat
kill_calls=$cut_calls,fcntl,clone,clone3,vfork,kill,pidfd_send_signal

spool() { echo "$PULSE_HOME/spool"; }
count() { sqlite3 "file:$(spool)/state.db?mode=ro" "$1" 2>/dev/null; }
job_state() { count "SELECT state || ' ' || coalesce(reason, '') FROM jobs"; }
starts() { grep -c '^start ' "$PULSE_HOME/ledger" 2>/dev/null || true; }
nap() { read -rt "$1" _ <> <(:); }
# until_so CMD... - at most 10 s
until_so() {
	local i
	for ((i = 0; i < 500; i++)); do
		"$@" && return
		nap 0.02
	done
	return 1
}
clock_at() { date -u -d "@$((1772323200 + $1))" +%FT%TZ >"$PULSE_HOME/clock.new" && mv "$PULSE_HOME/clock.new" "$PULSE_HOME/clock"; }

# The processes of this home.
ours() {
	local home=$PULSE_HOME
	(unset PULSE_HOME && grep -lsxzF "PULSE_HOME=$home" /proc/[0-9]*/environ | cut -d/ -f3)
}
nobody() { [ -z "$(ours)" ]; }
end_ours() {
	local pid
	for pid in $(ours); do kill -KILL "$pid" 2>/dev/null || true; done
}

make_cut_home() { # DIR
	mkdir -p "$1"
	cat >"$1/work" <<-'JOB'
		#!/bin/bash
		exec {alive}>>"$PULSE_HOME/alive"
		flock -n "$alive" || echo "overlap $PULSE_JOB $PULSE_RUN_ID" >>"$PULSE_HOME/ledger"
		echo "start $PULSE_JOB $PULSE_RUN_ID" >>"$PULSE_HOME/ledger"
		[ ! -e "$PULSE_HOME/long" ] || read -rt 60 _ <> <(:)
		echo "end $PULSE_JOB $PULSE_RUN_ID 0" >>"$PULSE_HOME/ledger"
	JOB
	chmod +x "$1/work"
	printf '%s\n' 'free_space: 1K' 'jobs:' '  one: {run: ./work, interval: 1h, grace: 1s, drain: 1s}' >"$1/schedule.yaml"
	PULSE_HOME=$1 clock_at 0
}

cut_die() {
	echo "torture: $*" >&2
	exit 70
}

make_cut_bases() {
	local stage base=$WORK/cut
	make_cut_home "$base.once"
	for stage in run settle ctl stop emergency; do cp -a "$base.once" "$base.$stage"; done
	# A ticket that nobody has taken: killed before the spawn.
	in_cut "$base.run" strace -qq -o /dev/null -e inject=clone,clone3,vfork:signal=SIGKILL \
		pulse-sched --once >/dev/null 2>&1 || true
	[ -e "$base.run/spool/run/1.one.1/ticket" ] || cut_die "no ticket is left for pulse-run"
	cp -a "$base.run/spool" "$base.settle"
	in_cut "$base.settle" pulse-run --run 1.one.1 || cut_die "pulse-run ends with $?"
	[ -e "$base.settle/spool/run/1.one.1/result" ] || cut_die "there is no result"
	cp -a "$base.settle/spool" "$base.settle/ledger" "$base.ctl"
	in_cut "$base.ctl" pulse-sched --once || cut_die "--once ends with $?"
	touch "$base.stop/long" "$base.emergency/long"
}

in_cut() { # HOME CMD...
	local home=$1
	shift
	PULSE_HOME=$home PULSE_TEST_CLOCK=$home/clock "$@"
}

# What there must be before a stage that copying cannot bring: a live run.
set_stage() {
	case $1 in
	stop | emergency)
		pulse-sched --once >>"$PULSE_HOME/out" 2>&1 || return
		until_so grep -q '^start' "$PULSE_HOME/ledger" 2>/dev/null || return
		until_so test -s "$(spool)/run/1.one.1/started" || return
		;;
	esac
	[ "$1" != stop ] || printf '{"id":"c1","cmd":"stop","job":"one","client":1,"role":"admin","by":"torture","at":"%s"}\n' \
		"$(cat "$PULSE_HOME/clock")" >"$(spool)/control/new/c1"
}

# The stage behind the words before it (strace ... or nothing).
cut_stage() { # STAGE [WORD...]
	local name=$1
	shift
	case $name in
	once | settle | stop) "$@" pulse-sched --once ;;
	run) "$@" pulse-run --run 1.one.1 ;;
	ctl) "$@" pulse-ctl -q --no-wait pause one ;;
	emergency) "$@" pulse-ctl -q emergency-stop ;;
	esac
}

# Plain turns until the row is in that state; now and then time passes.
turns_to() { # STATE [REASON]
	local tries
	for ((tries = 1; tries < 120; tries++)); do
		timeout 30 pulse-sched --once >>"$PULSE_HOME/out" 2>&1 || bad "the plain --once ends with $?: $(tail -1 "$PULSE_HOME/out")"
		[ "$(job_state)" != "$1 ${2-}" ] || return 0
		nap 0.02
		[ $((tries % 20)) -ne 0 ] || clock_at $((tries * 30))
	done
	bad "after all it is '$(job_state)', not $*"
}

halt() { # STAGE FAULT CALL N
	local stage=$1 fault=error=$2 code=0 said
	[ "$2" != KILL ] || fault=signal=SIGKILL
	export PULSE_TEST_CLOCK=$PULSE_HOME/clock
	trap 'end_ours; rm -rf "$home"' EXIT
	cp -a "$WORK/cut.$stage/." "$PULSE_HOME"
	set_stage "$stage" || bad "the stage cannot be set"
	cut_stage "$stage" strace -qq -o /dev/null -e trace="$3" -e "inject=$3:$fault:when=$4" \
		>>"$PULSE_HOME/out" 2>&1 || code=$?
	[ "$2" != KILL ] || [ "$4" -ne 1 ] || [ "$code" -eq 137 ] || bad "nobody was killed: it ends with $code"
	"rest_of_$stage" "$code"
	until_so nobody || bad "still alive: $(for i in $(ours); do tr '\0' ' ' <"/proc/$i/cmdline"; done)"
	said=$("$HERE/judge" "$PULSE_HOME/ledger") || bad "$said"
	[ "$(count "PRAGMA integrity_check")" = ok ] || bad "state.db is damaged"
	[ "$(count "SELECT count(*) FROM runs WHERE ended_ms IS NULL")" -eq 0 ] || bad "a run has no end"
	diff <(count "SELECT seq FROM events ORDER BY seq") <(jq -r 'select(.seq).seq' "$(spool)/events.ndjson") >"$PULSE_HOME/diff" ||
		bad "events.ndjson is not the table: $(head -3 "$PULSE_HOME/diff")"
}

# Exactly one run, whoever died on the way to it.
rest_of_once() {
	turns_to FINISHED
	[ "$(starts)" -eq 1 ] || bad "$(starts) runs, not one"
}

# A run that had begun is run again; never two at a time.
rest_of_run() {
	turns_to FINISHED
	[ "$(starts)" -le 2 ] || bad "$(starts) runs"
}

rest_of_settle() {
	turns_to FINISHED
	[ "$(starts)" -eq 1 ] || bad "a result was lost: $(starts) runs"
	[ "$(count "SELECT count(*) FROM runs")" -eq 1 ] || bad "the run is listed more than once"
}

rest_of_stop() {
	turns_to NOT_STARTED
	[ "$(starts)" -eq 1 ] || bad "it was started after its stop"
	[ "$(jq .status "$(spool)/control/done/c1")" = 202 ] || bad "the stop is not answered"
}

# What pulse-ctl says it has done is done; given again it is done in any case.
rest_of_ctl() {
	local before
	before=$(job_state)
	[ "$1" -ne 0 ] || [ "$before" = "PAUSED hold" ] || bad "pulse-ctl ends well, but it is '$before'"
	timeout 30 pulse-ctl -q pause one >>"$PULSE_HOME/out" 2>&1 || bad "the plain pause ends with $?: $(tail -1 "$PULSE_HOME/out")"
	[ "$(job_state)" = "PAUSED hold" ] || bad "after the plain pause it is '$(job_state)'"
	[ "$(starts)" -eq 1 ] || bad "$(starts) runs"
}

rest_of_emergency() {
	[ "$1" -ne 0 ] || nobody || bad "emergency-stop ends well, but somebody lives"
	timeout 30 pulse-ctl -q emergency-stop >>"$PULSE_HOME/out" 2>&1 || bad "the plain emergency-stop ends with $?"
	nobody || bad "somebody lives"
	rm -f "$PULSE_HOME/long"
	turns_to PAUSED emergency
	[ "$(starts)" -eq 1 ] || bad "something started under the latch"
	timeout 30 pulse-ctl -q start orchestrator >>"$PULSE_HOME/out" 2>&1 || bad "the plain start ends with $?"
	turns_to FINISHED
}

# Prints rounds `halt STAGE FAULT CALL N`: all, or of each call some by the seed.
cuts_of() { # FULL SEED FAULT STAGE...
	local full=$1 fault=$3 calls=$cut_calls name call count n
	[ "$fault" != KILL ] || calls=$kill_calls
	RANDOM=$2
	shift 3
	for name; do
		rm -rf "$WORK/count"
		cp -a "$WORK/cut.$name" "$WORK/count"
		(
			export PULSE_HOME=$WORK/count PULSE_TEST_CLOCK=$WORK/count/clock
			set_stage "$name" || cut_die "the stage $name cannot be set"
			cut_stage "$name" strace -qq -o "$WORK/trace" -e trace="$calls" >/dev/null 2>&1 || true
			end_ours
		)
		sed -nE 's/^([a-z0-9_]+)\(.*/\1/p' "$WORK/trace" | sort | uniq -c >"$WORK/counts"
		while read -r count call; do
			for ((n = 1; n <= count; n++)); do
				[ -n "$full" ] || [ "$n" -eq 1 ] || [ "$n" -eq "$count" ] ||
					[ $((RANDOM % count)) -lt 2 ] || continue
				echo "halt $name $fault $call $n"
			done
		done <"$WORK/counts"
	done
}
