#!/usr/bin/env bats
# The orchestrator as a whole: real programs, real files, whatever comes.

load helper

START=2026-03-01T00:00:03Z

setup() {
	in_own_folder
	export PULSE_HOME=$PWD/home PULSE_TEST_CLOCK=$PWD/clock
	S=$PULSE_HOME/spool
	L=$PULSE_HOME/ledger
	mkdir -p home
	at "$START"
	SCHED='' LOCKER='' mounted=''
	# No look for leaks in what strace has hold of.
	traced=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
	script work 'exec {alive}>>"$PULSE_HOME/alive.$PULSE_JOB"' \
		'flock -n "$alive" || echo "overlap $PULSE_JOB $PULSE_RUN_ID" >>"$PULSE_HOME/ledger"' \
		'echo "start $PULSE_JOB $PULSE_RUN_ID" >>"$PULSE_HOME/ledger"' \
		'[ ! -e "$PULSE_HOME/long" ] || read -rt 60 _ <> <(:)' \
		'echo "end $PULSE_JOB $PULSE_RUN_ID 0" >>"$PULSE_HOME/ledger"'
}

# Whatever is left of this home.
teardown() {
	local pid
	[ -z "$LOCKER" ] || kill "$LOCKER" 2>/dev/null || true
	for pid in $(ours); do kill -KILL "$pid" 2>/dev/null || true; done
	[ -z "$mounted" ] || umount -l home
}

ours() {
	local home=$PULSE_HOME
	(unset PULSE_HOME && grep -lsxzF "PULSE_HOME=$home" /proc/[0-9]*/environ | cut -d/ -f3)
}
# Nobody but the scheduler.
nobody() {
	local pid
	for pid in $(ours); do [ "$pid" = "$SCHED" ] || return 1; done
}
at() { printf '%s\n' "$1" >clock.new && mv clock.new clock; }
script() { printf '#!/bin/bash\n%s\n' "${@:2}" >"home/$1" && chmod +x "home/$1"; }
schedule() { { printf '%s\n' 'free_space: 1K' "$@" jobs: && sed 's/^/  /'; } >home/schedule.yaml; }
one() { schedule <<<'one: {run: ./work, interval: 1h, grace: 1s, drain: 1s}'; }
column() { sqlite3 "file:$S/state.db?mode=ro" "SELECT $2 FROM jobs WHERE job_name = '$1'"; }
is() { [ "$(column "$1" state)" = "$2" ]; }
because() { [ "$(column "$1" reason)" = "$2" ]; }
starts() { cat "$L" 2>/dev/null | grep -c "^start ${1-}" || true; }
has_started() { [ "$(starts "${2-}")" -ge "$1" ]; }
judged() { run -0 "$TOP/tests/torture/judge" "$L"; }
soon() { # CMD... - at most 10 s
	local i
	for ((i = 0; i < 200; i++)); do
		"$@" >/dev/null 2>&1 && return
		read -rt 0.05 _ <> <(:) || true
	done
	echo "waited in vain for: $*" >&2
	cat "$S"/status/* log "$L" 2>/dev/null >&2
	return 1
}
serve() {
	pulse-sched -v >>log 2>&1 3>&- &
	SCHED=$!
	soon grep -q orchestrator_started "$S/events.ndjson"
}
# turns_to JOB STATE - plain turns of --once
turns_to() {
	local i
	for ((i = 0; i < 150; i++)); do
		pulse-sched --once >>log 2>&1 3>&- || return
		is "$1" "$2" && return
		read -rt 0.03 _ <> <(:) || true
	done
	echo "$1 is $(column "$1" state), not $2" >&2
	return 1
}
# order ID JSON-MEMBERS - a command, as pulse-ctl leaves it
order() {
	printf '{"id":"%s","by":"test","role":"admin","at":"%s",%s}\n' "$1" "$(cat clock)" "$2" >"$S/control/tmp/$1"
	mv "$S/control/tmp/$1" "$S/control/new/$1"
}
# A run that is committed and has its ticket, and nobody who takes it.
ticket() {
	ASAN_OPTIONS=$traced strace -qq -o /dev/null -e inject=clone,clone3,vfork:signal=SIGKILL pulse-sched --once >/dev/null 2>&1 || true
	[ -e "$S/run/1.one.1/ticket" ]
}
fifty() {
	local i
	schedule 'slots: {total: 60}' < <(for ((i = 1; i <= 50; i++)); do
		echo "job$i: {run: ./work, interval: 1d, grace: 1s}"
	done)
	touch home/long
	serve
	soon has_started 50
}
is_locked() { ! sqlite3 "$S/state.db" 'BEGIN IMMEDIATE'; }
# All runs are gone within two seconds, and the latch is set.
all_gone() {
	local began=${EPOCHREALTIME//[.,]/} took
	pulse-ctl -q emergency-stop
	took=$((${EPOCHREALTIME//[.,]/} - began))
	nobody
	[ "$took" -lt 2000000 ]
	same "$(head -c 1 "$S/control/latch")" 1
}

@test "the judge of ledgers sees each thing that must not be" {
	j=$TOP/tests/torture/judge
	printf '%s\n' 'start a 1' 'end a 1 0' 'give stop a' 'acked stop a' 'clock 1' 'start a 2' 'acked pause a' \
		'start a 1.a.x3' 'give resume a' 'start a 4' 'acked emergency' 'give lift' 'start b 5' | "$j"
	refute "$j" <<<'overlap a 1'
	printf '%s\n' 'start a 1' 'start a 1' | refute "$j"
	printf '%s\n' 'acked stop a' 'start a 1' | refute "$j"
	printf '%s\n' 'acked pause a' 'clock 1' 'start a 1' | refute "$j"
	printf '%s\n' 'acked emergency' 'give start a' 'start a 1.a.x1' | refute "$j"
	refute "$j" <<<'end a 1 0'
}

@test "ten schedulers at once start each run once" {
	schedule 'slots: {total: 20}' < <(for i in {1..12}; do echo "job$i: {run: ./work, interval: 1h}"; done)
	for i in {1..10}; do pulse-sched --once >>log 2>&1 3>&- & done
	wait
	soon has_started 12
	serve
	for i in {1..5}; do
		pulse-sched --once
		soon is "job$i" FINISHED
	done
	soon is job12 FINISHED
	same "$(starts)" 12
	judged
}

@test "a stop that meets the natural end leaves no doubt" {
	one
	script work 'echo "start $PULSE_JOB $PULSE_RUN_ID" >>"$PULSE_HOME/ledger"' \
		'read -rt "0.0$((RANDOM % 6))" _ <> <(:)' 'echo "end $PULSE_JOB $PULSE_RUN_ID 0" >>"$PULSE_HOME/ledger"'
	serve
	soon is one FINISHED
	for i in {1..12}; do
		echo "give start one" >>"$L"
		pulse-ctl -q --no-wait start one
		read -rt "0.0$((i % 8))" _ <> <(:) || true
		pulse-ctl -q stop one
		echo "acked stop one" >>"$L"
		refute is one RUNNING
		refute is one ERROR
	done
	soon nobody
	judged
}

@test "a run that has its lock but not its ticket does not start once its stop is answered" {
	one
	ticket
	ASAN_OPTIONS=$traced strace -qq -o /dev/null -e trace=renameat -e inject=renameat:delay_enter=1500000:when=1 \
		pulse-run --run 1.one.1 >/dev/null 2>&1 3>&- &
	late=$!
	soon grep -q 1.one.1 "$S/lock/1.one"
	order c1 '"cmd":"stop","job":"one"'
	pulse-sched --once
	soon test -e "$S/control/done/c1"
	code=0
	wait "$late" || code=$?
	same "$code" 75
	turns_to one NOT_STARTED
	same "$(starts)" 0
}

@test "who was killed by the emergency stop before the scheduler looked is not tried again" {
	one
	touch home/long
	pulse-sched --once
	soon has_started 1
	pulse-ctl -q emergency-stop
	soon nobody
	rm home/long
	turns_to one PAUSED
	because one emergency
	at 2026-03-01T00:30:00Z
	pulse-sched --once
	same "$(starts)" 1
	pulse-ctl -q start orchestrator
	turns_to one FINISHED
	same "$(starts)" 2
}

@test "a start of the orchestrator from before an emergency stop does not lift it" {
	one
	serve
	soon is one FINISHED
	pulse-ctl -q stop orchestrator
	kill -STOP "$SCHED"
	order c1 '"cmd":"orchestrator-start"'
	at 2026-03-01T01:20:00Z
	pulse-ctl -q emergency-stop
	kill -CONT "$SCHED"
	soon test -e "$S/control/done/c1"
	same "$(jq .status "$S/control/done/c1")" 409
	same "$(head -c 1 "$S/control/latch")" 1
	same "$(starts)" 1
	pulse-ctl -q start orchestrator
	soon has_started 2
}

@test "the clock may step to and fro: a job runs at most once too often, and never stops" {
	one
	serve
	soon is one FINISHED
	runs=1
	for when in 2026-03-01T01:00:03 2026-03-01T00:00:03 2026-03-02T00:00:03 2026-03-01T00:00:03 \
		2036-03-01T00:00:03 2026-03-01T00:00:03; do
		at "${when}Z"
		# The due point of the hour after is kept within ten minutes of it.
		at "${when%%T*}T$(printf %02d $((10#${when:11:2} + 1))):10:03Z"
		runs=$((runs + 1))
		soon has_started "$runs"
		soon is one FINISHED
		now=$(starts)
		[ "$now" -le $((runs + 1)) ]
		runs=$now
		[ $(($(column one next_due_ms) / 1000 - $(date -d "$(cat clock)" +%s))) -le 3600 ]
	done
	judged
}

@test "emergency-stop ends 50 runs within two seconds though the disk is full" {
	mount -t tmpfs -o size=24m tmpfs home 2>/dev/null || skip "no file system of its own"
	mounted=1
	cp -a "$BATS_TEST_DIRNAME/../tests/torture/judge" home/judge
	script work 'echo "start $PULSE_JOB $PULSE_RUN_ID" >>"$PULSE_HOME/ledger"' 'read -rt 60 _ <> <(:)'
	fifty
	dd if=/dev/zero of=home/full bs=4k 2>/dev/null || true
	refute dd if=/dev/zero of=home/more bs=4k count=1
	all_gone
	rm -f home/full home/more
	soon is job1 PAUSED
	soon is job50 PAUSED
	same "$(starts)" 50
}

@test "emergency-stop ends 50 runs within two seconds though state.db is locked" {
	fifty
	mkfifo lines
	env -u PULSE_HOME sqlite3 "$S/state.db" <lines >/dev/null 2>&1 3>&- &
	LOCKER=$!
	exec 8>lines
	echo 'BEGIN EXCLUSIVE;' >&8
	soon is_locked
	all_gone
	exec 8>&-
	wait "$LOCKER"
	soon is job1 PAUSED
	same "$(starts)" 50
}

@test "emergency-stop ends 50 runs within two seconds though the scheduler is stopped" {
	fifty
	kill -STOP "$SCHED"
	all_gone
	kill -CONT "$SCHED"
	soon is job1 PAUSED
	soon is job50 PAUSED
	same "$(starts)" 50
}

@test "one damaged file is set aside and named, and everything else goes on" {
	schedule <<-'END'
		one: {run: ./work, interval: 1h}
		two: {run: ./work, interval: 1h}
	END
	turns_to one FINISHED
	turns_to two FINISHED
	# Status, events, an answer, an unknown file in every room.
	head -c 100 /dev/urandom >"$S/status/1.one"
	printf '{"seq":' >>"$S/events.ndjson"
	head -c 100 /dev/urandom >"$S/control/new/nonsense"
	printf '{}' >"$S/control/new/20260301T000000.000000Z-1-ab"
	head -c 100 /dev/urandom >"$S/lock/1.two"
	mkdir "$S/run/nonsense" "$S/status/folder" "$S/control/new/folder"
	mkdir -p "$S/checkpoints/1"
	head -c 100 /dev/urandom >"$S/checkpoints/1/one.json"
	at 2026-03-01T01:20:00Z
	pulse-sched --once >>log 2>&1
	soon has_started 4
	turns_to one FINISHED
	turns_to two FINISHED
	same "$(starts one)" 2
	same "$(starts two)" 2
	grep -q 'state=FINISHED' "$S/status/1.one"
	jq -es 'map(.seq | select(.)) | . == sort' "$S/events.ndjson"
	same "$(jq .status "$S/control/done/20260301T000000.000000Z-1-ab")" 400
	judged
}

@test "a damaged result is kept and named, and counts as none" {
	one
	touch home/long
	pulse-sched --once
	soon has_started 1
	soon test -s "$S/run/1.one.1/started"
	rm home/long
	# Its pulse-run ends, and what it wrote is cut in half.
	kill -TERM "$(jq .pid "$S/run/1.one.1/started")"
	soon test -e "$S/run/1.one.1/result"
	soon nobody
	truncate -s 40 "$S/run/1.one.1/result"
	turns_to one PENDING
	because one orphan
	[ -e "$S/run/1.one.1/bad-result" ]
	at 2026-03-01T00:20:00Z
	turns_to one FINISHED
	same "$(starts)" 2
}

@test "a damaged start record costs nothing: the lock says who it is" {
	one
	touch home/long
	pulse-sched --once
	soon has_started 1
	soon test -s "$S/run/1.one.1/started"
	printf nonsense >"$S/run/1.one.1/started"
	pulse-sched --once
	is one RUNNING
	order c1 '"cmd":"stop","job":"one"'
	turns_to one NOT_STARTED
	soon nobody
	# And when pulse-run is killed what it leaves behind is ended.
	pulse-ctl -q --no-wait start one
	soon has_started 2
	soon test -s "$S/run/1.one.2/started"
	printf nonsense >"$S/run/1.one.2/started"
	kill -KILL "$(sed -n 's/.* pid=\([0-9]*\) .*/\1/p' "$S/lock/1.one")"
	turns_to one PENDING
	because one orphan
	soon nobody
	same "$(starts)" 2
}

@test "of several that find what a dead run has left one starts at most, and is spared" {
	one
	script work 'echo "start $PULSE_JOB $PULSE_RUN_ID" >>"$PULSE_HOME/ledger"' 'read -rt "$1" _ <> <(:)' \
		'echo "end $PULSE_JOB $PULSE_RUN_ID 0" >>"$PULSE_HOME/ledger"'
	for n in 1 2 3; do
		rm -f "$L"
		pulse-run one -- "$PULSE_HOME/work" 60 >/dev/null 2>&1 3>&- &
		first=$!
		soon has_started 1
		kill -KILL "$first"
		for i in {1..6}; do
			pulse-run one -- "$PULSE_HOME/work" 0.4 >/dev/null 2>&1 3>&- &
		done
		wait
		# Who has the lock and has not signed it yet may be ended with
		# what was left; who has begun comes to its end, alone.
		run -0 --separate-stderr awk 'NR > 1 && $1 == "start" { if (on) print "two at once: " $0; on = 1 }
			$1 == "end" { on = 0; n++ } END { print NR - 1 - 2 * n }' "$L"
		same "$output" 0
		run -0 pulse-run one -- "$PULSE_HOME/work" 0
	done
}

@test "what has its own session, or has closed everything, does not outlive its run" {
	one
	script work 'echo "start $PULSE_JOB $PULSE_RUN_ID" >>"$PULSE_HOME/ledger"' \
		'setsid sleep 300 </dev/null >/dev/null 2>&1 &' \
		'(for fd in /proc/self/fd/*; do eval "exec ${fd##*/}>&-"; done; exec sleep 300) &' \
		'read -rt "$(cat "$PULSE_HOME/wait")" _ <> <(:)' 'echo "end $PULSE_JOB $PULSE_RUN_ID 0" >>"$PULSE_HOME/ledger"'
	echo 0.2 >home/wait
	pulse-sched --once
	turns_to one FINISHED
	nobody
	# Killed, it cannot clean up; the next look does, before anything starts.
	echo 60 >home/wait
	pulse-ctl -q --no-wait start one
	soon has_started 2
	soon test -s "$S/run/1.one.2/started"
	kill -KILL "$(jq .pid "$S/run/1.one.2/started")"
	turns_to one PENDING
	because one orphan
	echo 0.1 >home/wait
	at 2026-03-01T00:20:00Z
	turns_to one FINISHED
	soon nobody
}

@test "after a reboot what had begun is interrupted, and what had not starts" {
	one
	touch home/long
	PULSE_TEST_BOOT=first pulse-sched --once
	soon has_started 1
	soon test -s "$S/run/1.one.1/started"
	# The machine goes down: everything dies, the folder is durable.
	for pid in $(ours); do kill -KILL "$pid" 2>/dev/null || true; done
	soon nobody
	rm home/long
	export PULSE_TEST_BOOT=second
	turns_to one FINISHED
	same "$(starts)" 2
	same "$(column one orphan_count)" 0
	# A folder that was lost with the power, with its run RUNNING.
	at 2026-03-01T01:20:00Z
	ASAN_OPTIONS=$traced strace -qq -o /dev/null -e inject=clone,clone3,vfork:signal=SIGKILL \
		pulse-sched --once >/dev/null 2>&1 || true
	is one RUNNING
	rm -r "$S"/run/1.one.3
	export PULSE_TEST_BOOT=third
	turns_to one FINISHED
	same "$(starts)" 3
	same "$(column one orphan_count)" 0
	judged
}

@test "a job that takes descriptor 9 for itself, as scripts do, keeps its lock" {
	one
	script work 'echo "start $PULSE_JOB $PULSE_RUN_ID" >>"$PULSE_HOME/ledger"' \
		'for fd in {3..20}; do eval "exec $fd>>\"\$PULSE_HOME/mine\""; done' 'read -rt 60 _ <> <(:)'
	pulse-run one -- "$PULSE_HOME/work" >/dev/null 2>&1 3>&- &
	first=$!
	soon has_started 1
	soon test -e home/mine
	kill -KILL "$first"
	# Nobody but the pipeline has it now.
	[ "$(stat -Lc %i /proc/[0-9]*/fd/* 2>/dev/null | grep -cx "$(stat -c %i "$S/lock/1.one")")" -ge 1 ]
}
