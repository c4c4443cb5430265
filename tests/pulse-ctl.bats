#!/usr/bin/env bats
# pulse-ctl: what is asked reaches the scheduler, what becomes of it is told.

load helper

# pulse-ctl stands beside a scheduler that answers as the test says: `answer`
# is its answer, `after` what it does besides (N: its how-manieth call).
setup() {
	in_own_folder
	export PULSE_HOME=$PWD
	mkdir bin
	cp "$PULSE_BIN/pulse-ctl" bin/
	cat >bin/pulse-sched <<-'END'
		#!/bin/bash
		echo "$*" >>"$PULSE_HOME/calls"
		N=$(wc -l <"$PULSE_HOME/calls")
		control=$PULSE_HOME/spool/control
		for f in "$control"/new/*; do
			[ -e "$f" ] || continue
			id=${f##*/}
			cat "$f" >>"$PULSE_HOME/asked"
			mv "$f" "$control/cur/$id"
			jq -c --arg id "$id" '. + {id:$id}' "$PULSE_HOME/answer" >"$control/tmp/$id"
			mv "$control/tmp/$id" "$control/done/$id"
			rm "$control/cur/$id"
		done
		[ ! -e "$PULSE_HOME/after" ] || . "$PULSE_HOME/after"
	END
	chmod +x bin/pulse-sched
	ctl=$PWD/bin/pulse-ctl
	answer 200
	pids=()
}

teardown() {
	local pid
	for pid in "${pids[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	[ ! -d small ] || umount small 2>/dev/null || true
}

# answer STATUS [KEY=JSON...] - what the scheduler says from now on.
answer() {
	local more=
	for pair in "${@:2}"; do more+=",\"${pair%%=*}\":${pair#*=}"; done
	printf '{"status":%s,"epoch":0,"seq":0%s}\n' "$1" "$more" >answer
}

# state JOB [KEY=VALUE...] - a status file, by rename as the scheduler does it.
state() {
	mkdir -p spool/status
	printf 'job=%s client=%s %s at=2026-11-24T06:00:00Z\n' "${1#*.}" "${1%%.*}" "${*:2}" >spool/new-status
	mv spool/new-status "spool/status/$1"
}

# The same as text, for the file `after`.
then_state() { declare -f state; printf 'cd "$PULSE_HOME"; state %s\n' "$*"; }

ctl() {
	run --separate-stderr "$ctl" "$@" </dev/null
	echo "$status: $output $stderr" >&2
}

# A standalone run of 1.a_job that is at work.
working() {
	"$PULSE_BIN/pulse-run" -s spool "${1:-a_job}" -- "${2:-sleep}" "${3:-60}" >/dev/null 2>&1 3>&- &
	pids+=("$!")
	soon grep -qs . spool/lock/1."${1:-a_job}"
}

soon() {
	local tries=0
	until "$@" >/dev/null 2>&1; do
		[ $((tries += 1)) -lt 200 ] || {
			echo "did not come: $*" >&2
			return 1
		}
		sleep 0.05
	done
}

@test "pulse-ctl refuses what is no command, and names the nearest" {
	ctl pauze github_job
	[ "$status" -eq 64 ]
	[[ "$stderr" == *"'pauze' is no command; did you mean 'pause'?"* ]]
	ctl start
	[ "$status" -eq 64 ]
	[[ "$stderr" == *"'start' needs a JOB, or 'orchestrator'"* ]]
	ctl start ../x
	[ "$status" -eq 64 ]
	ctl breaker github ajar
	[ "$status" -eq 64 ]
	ctl pause --force github_job
	[ "$status" -eq 64 ]
	ctl start --id 'a b' github_job
	[ "$status" -eq 64 ]
	ctl prune now
	[ "$status" -eq 64 ]
	[ ! -e calls ]
	[ ! -e spool ]
}

@test "pulse-ctl hands over a command whole" {
	ctl start github_job -k 2 --replace --reason "the token was \"bad\"" --id again.1
	[ "$status" -eq 0 ]
	[ "$(cat calls)" = --once ]
	run jq -c '[.id,.cmd,.job,.client,.force,.replace,.role,.note]' asked
	same "$output" '["again.1","start","github_job",2,true,true,"admin","the token was \"bad\""]'
	[ "$(jq -r .by asked)" = "$(id -un)" ]
	[ "$(jq '(.expires[:19]+"Z"|fromdate) - (.at[:19]+"Z"|fromdate)' asked)" -eq 60 ]
	rm asked
	ctl stop orchestrator --drain
	ctl start orchestrator
	ctl breaker jira open -k 1
	ctl prune --before 2026-01-01
	ctl put-back github_job
	ctl reload
	run jq -c '[.cmd,.job,.drain,.client,.integration,.to,.before,(.expires|type)]|map(select(.!=null))' asked
	same "$output" '["orchestrator-stop",true,"null"]
["orchestrator-start","null"]
["breaker",1,"jira","open","null"]
["prune","2026-01-01T00:00:00.000Z","null"]
["put-back","github_job","string"]
["reload","null"]'
}

@test "the scheduler's answer is told, and its code says which it was" {
	while read -r said code; do
		answer "$said" 'message="because"' 'state="RUNNING"' 'run_id="1.github_job.7"'
		ctl start --no-wait github_job
		echo "$said: $status" >&2
		[ "$status" -eq "$code" ]
		if [ "$code" -eq 0 ]; then
			[[ "$output" == *RUNNING*because* ]]
		else
			run=''
			[ "$code" -ne 75 ] || [[ $said != *409 ]] || run='; run 1.github_job.7'
			[ "$stderr" = "pulse-ctl: cannot start 'github_job': because$run" ]
			[ "$output" = "" ]
		fi
	done <<-'END'
		200 0
		202 0
		400 64
		404 64
		403 77
		409 75
		410 75
		423 75
		503 69
	END
}

@test "the client is found where one has the job, and asked for where several have" {
	state 7.github_job state=FINISHED
	state 1.jira_job state=FINISHED
	state 2.jira_job state=FINISHED
	state 0.sleep_job state=FINISHED
	ctl start github_job
	[ "$(tail -n 1 asked | jq .client)" -eq 7 ]
	ctl start jira_job
	[ "$status" -eq 64 ]
	[[ "$stderr" == *"'jira_job' runs for the clients"*"say which with -k"* ]]
	ctl start jira_job -k 2
	[ "$(tail -n 1 asked | jq .client)" -eq 2 ]
	[ "$output" = "2.jira_job: nothing to do" ]
	ctl start 1.jira_job
	[ "$(tail -n 1 asked | jq .client)" -eq 1 ]
	ctl start sleep_job -k 2
	[ "$(tail -n 1 asked | jq .client)" -eq 0 ]
	rm asked
	ctl pause --all
	[ "$(jq -r '"\(.client).\(.job)"' asked | tr '\n' ' ')" = "7.github_job 1.jira_job 2.jira_job 0.sleep_job " ]
	rm asked
	ctl pause --all -k 2
	[ "$(jq -r '"\(.client).\(.job)"' asked)" = 2.jira_job ]
}

@test "--json prints the answer and nothing else, -q nothing at all" {
	answer 202 'state="PENDING"' 'reason="manual"' 'message="it waits"'
	ctl start --json --no-wait github_job
	[ "$(jq -r .state <<<"$output")" = PENDING ]
	[ "${#lines[@]}" -eq 1 ]
	ctl start -q --no-wait github_job
	[ "$status" -eq 0 ]
	[ "$output$stderr" = "" ]
}

@test "a start is followed to the end of its run, whose code is the status" {
	while read -r code last; do
		rm -f calls
		state 1.github_job state=FINISHED epoch=3 run=1.github_job.6 last=success
		answer 202 'state="PENDING"' epoch=4
		{
			echo 'if [ "$N" = 1 ]; then'
			then_state 1.github_job state=RUNNING reason=manual epoch=5 run=1.github_job.7
			echo else
			then_state 1.github_job "$last" epoch=6 run=1.github_job.7
			echo fi
		} >after
		ctl start github_job
		echo "$last: $status: $output $stderr" >&2
		[ "$status" -eq "$code" ]
		[ "${lines[0]}" = "github_job: FINISHED -> RUNNING (manual)" ]
		[ "${#lines[@]}" -eq 2 ]
		[ "$(wc -l <calls)" -eq 2 ]
	done <<-'END'
		0 state=FINISHED last=success
		121 state=FINISHED last=partial
		77 state=ERROR reason=manual_fix class=authentication error="bad"
		69 state=ERROR reason=probe class=service_down
		70 state=ERROR reason=retry
		75 state=PENDING reason=quota
		75 state=NOT_STARTED last=stopped
	END
	[ "${lines[1]}" = "github_job: RUNNING -> NOT_STARTED (stopped)" ]
}

@test "a start that waits where no scheduler runs is left to it" {
	state 1.github_job state=FINISHED epoch=3 run=1.github_job.6
	answer 202 'state="PENDING"' epoch=4
	then_state 1.github_job state=PENDING reason=slot epoch=4 run=1.github_job.6 >after
	ctl start github_job
	[ "$status" -eq 75 ]
	[ "$output" = "github_job: FINISHED -> PENDING (slot)" ]
	[[ "$stderr" == *"no scheduler is running to go on"* ]]
}

@test "a stop is over when the run has ended, without a scheduler as well" {
	working
	run_id=$(sed -n 's/^run=\([^ ]*\) .*/\1/p' spool/lock/1.a_job)
	state 1.a_job state=RUNNING reason=due epoch=3 run="$run_id"
	answer 202 'state="RUNNING"' 'want="stop"' epoch=4
	{
		echo "if [ \$N = 1 ]; then kill ${pids[0]}"
		then_state 1.a_job state=RUNNING want=stop epoch=4 run="$run_id"
		echo else
		then_state 1.a_job state=NOT_STARTED last=stopped epoch=5 run="$run_id"
		echo fi
	} >after
	ctl stop a_job
	[ "$status" -eq 0 ]
	same "$output" "a_job: RUNNING (stop)
a_job: RUNNING -> NOT_STARTED (stopped)"
	[ "$(wc -l <calls)" -eq 2 ]
	refute kill -0 "${pids[0]}"
}

@test "when the scheduler cannot run the command is taken back" {
	printf '#!/bin/sh\necho "pulse-sched: cannot use x" >&2\nexit 78\n' >bin/pulse-sched
	ctl start github_job
	[ "$status" -eq 78 ]
	[[ "$stderr" == *"pulse-sched: cannot use x"*"'github_job': not done"* ]]
	[ "$(ls spool/control/new)" = "" ]
	[[ "$(ls spool/control/done)" == *.withdrawn ]]
	rm bin/pulse-sched
	ctl stop github_job
	[ "$status" -eq 78 ]
}

@test "the same --id is one command, and its first answer comes again" {
	answer 202 'state="PENDING"'
	ctl start github_job --no-wait --json --id once
	first=$output
	answer 409
	ctl start github_job --no-wait --json --id once
	[ "$status" -eq 0 ]
	same "$output" "$first"
	[ "$(wc -l <asked)" -eq 1 ]
}

@test "at a terminal a reset asks for the job's name, elsewhere never" {
	state 1.github_job state=ERROR
	ctl reset github_job
	[ "$status" -eq 0 ]
	rm asked
	run script -qec "$ctl reset github_job" /dev/null <<<"jira_job"
	[ "$status" -eq 64 ]
	[[ "$output" == *"type the job's name"*"nothing done"* ]]
	[ ! -e asked ]
	run script -qec "$ctl reset github_job" /dev/null <<<"github_job"
	[ "$status" -eq 0 ]
	run script -qec "$ctl stop --force --yes github_job" /dev/null </dev/null
	[ "$status" -eq 0 ]
	[ "$(wc -l <asked)" -eq 2 ]
}

@test "with a full disk a stop is told to the run itself" {
	working
	state 1.a_job state=RUNNING reason=due
	run --separate-stderr env ASAN_OPTIONS=detect_leaks=0 strace -qqq -o trace -e trace=fsync -e inject=fsync:error=ENOSPC \
		"$ctl" stop a_job
	[ "$status" -eq 75 ]
	[ "$stderr" = "pulse-ctl: 'a_job': its run was told to stop; done, not recorded: No space left on device" ]
	wait "${pids[0]}" || true
	[ "$(ls spool/control/new spool/control/tmp | grep -c -)" -eq 0 ]
	run --separate-stderr env ASAN_OPTIONS=detect_leaks=0 strace -qqq -o trace -e trace=fsync -e inject=fsync:error=ENOSPC \
		"$ctl" start a_job
	[ "$status" -eq 74 ]
}

@test "emergency-stop ends every run within two seconds and sets the latch" {
	working a_job
	working b_job sh "-c"
	working deaf_job bash "$(printf 'trap "" TERM USR1 USR2; sleep 60')"
	"$PULSE_BIN/pulse-run" -s spool c_job -- bash -c 'trap "" TERM; setsid sleep 60 & sleep 60' >/dev/null 2>&1 3>&- &
	pids+=("$!")
	soon grep -qs . spool/lock/1.c_job
	began=$(date +%s%3N)
	ctl emergency-stop
	[ $(($(date +%s%3N) - began)) -lt 2000 ]
	[ "$status" -eq 0 ]
	[[ "$output" == *"runs ended in '$PWD/spool'; nothing starts before \`pulse start orchestrator\`" ]]
	[ "$(head -c 1 spool/control/latch)" = 1 ]
	for pid in "${pids[@]}"; do wait "$pid" || true; done
	run pulse-run -s spool a_job -- true
	[ "$status" -eq 75 ]
	[ ! -e calls ]
	ctl emergency-stop
	[ "$status" -eq 0 ]
	[[ "$output" == "0 runs ended"* ]]
}

@test "emergency-stop --json says in one object what it did and what it could not" {
	working
	ctl emergency-stop --json
	[ "$status" -eq 0 ]
	same "$(jq -c '[.latched, .ended, .left]' <<<"$output")" '[true,1,0]'
	[[ "$(jq -r .message <<<"$output")" == "1 run ended in '$PWD/spool'; nothing starts before"* ]]
	rm spool/control/latch
	mkdir spool/control/latch
	ctl emergency-stop --json
	[ "$status" -eq 74 ]
	same "$(jq -c '[.latched, .ended, .left]' <<<"$output")" '[false,0,0]'
	[[ "$(jq -r .message <<<"$output")" == "cannot set the latch: "*"no scheduler was running: keep it so" ]]
}

@test "emergency-stop kills a frozen pulse-run, and says what it could not do" {
	working
	kill -STOP "${pids[0]}"
	rm spool/control/latch
	mkdir spool/control/latch
	ctl emergency-stop
	[ "$status" -eq 74 ]
	[[ "$output" == "1 run ended"* ]]
	[[ "$stderr" == *"cannot set the latch"*"Is a directory; no scheduler was running: keep it so"* ]]
	ctl emergency-stop -s nowhere
	[ "$status" -eq 78 ]
	[ ! -e nowhere ]
}

@test "fifty runs end with a full disk, a locked database and a hung scheduler" {
	mkdir small
	mount -t tmpfs -o size=4m tmpfs small 2>/dev/null || skip "needs to mount a small disk"
	schedule
	export PULSE_HOME=$PWD/small
	cp -r pipelines schedule.yaml takes small/
	"$PULSE_BIN/pulse-sched" >sched.log 2>&1 3>&- &
	sched=$!
	pids+=("$sched")
	soon test -e small/spool/status/1.b_job
	for n in {1..50}; do
		"$PULSE_BIN/pulse-run" -s small/spool "job_$n" -- sh -c 'trap "" TERM; sleep 60 & sleep 60' >/dev/null 2>&1 3>&- &
		pids+=("$!")
	done
	for n in {1..50}; do soon grep -qs 'run=1' "small/spool/lock/1.job_$n"; done
	kill -STOP "$sched"
	mkfifo hold
	sqlite3 small/spool/state.db <hold >/dev/null 2>&1 3>&- &
	pids+=("$!")
	exec {hold}>hold
	echo 'BEGIN EXCLUSIVE;' >&$hold
	cat /dev/zero >small/full 2>/dev/null || true
	began=$(date +%s%3N)
	ctl emergency-stop
	[ $(($(date +%s%3N) - began)) -lt 2000 ]
	[ "$status" -eq 0 ]
	[[ "$output" == "50 runs ended in"* ]]
	exec {hold}>&-
	[ "$(head -c 1 small/spool/control/latch)" = 1 ]
	for n in {1..50}; do wait "${pids[n]}" || true; done
}

@test "only the owner of a spool commands it, and root in his place" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	setpriv --reuid=65534 --clear-groups true || skip "nobody but root may enter this root"
	place=$(mktemp -d /tmp/pulse-ctl.XXXXXX)
	cp bin/* "$place"
	mkdir -m 700 "$place/spool"
	chown -R nobody "$place"
	run "$place/pulse-ctl" -s "$place/spool" reload
	[ "$(stat -c %U "$place"/spool/control "$place"/spool/control/done/* | sort -u)" = nobody ]
	chown -R root "$place/spool"
	chmod -R go+rX "$place"
	run setpriv --reuid=65534 --clear-groups "$place/pulse-ctl" -s "$place/spool" reload
	rm -r "$place"
	[ "$status" -eq 77 ]
	[[ "$output" == *"it belongs to root; do it as root, or with sudo -u root"* ]]
}

# The real programs from here on: a_job takes its time, b_job has a bad token.
schedule() {
	rm -r bin
	mkdir pipelines
	printf '#!/bin/sh\nsleep "$(cat "$PULSE_HOME/takes")"\n' >pipelines/a_job
	printf '#!/bin/sh\nexit 77\n' >pipelines/b_job
	chmod +x pipelines/*
	cat >schedule.yaml <<-'END'
		slots: {total: 4}
		jobs:
		  a_job: {run: pipelines/a_job, interval: 4h, fast_recovery: 30m}
		  b_job: {run: pipelines/b_job, interval: 4h, fast_recovery: 30m}
	END
	ctl=$PULSE_BIN/pulse-ctl
	echo 0 >takes
}

daemon() {
	"$PULSE_BIN/pulse-sched" >sched.log 2>&1 3>&- &
	sched=$!
	pids+=("$sched")
	soon grep -qs state=ERROR spool/status/1.b_job
	soon grep -qs state=FINISHED spool/status/1.a_job
}

@test "without a scheduler a start runs to its end, and a stop too" {
	schedule
	# Whether a shorter run is over when the scheduler that started it leaves,
	# so that nobody sees it run, is a matter of luck.
	echo 1 >takes
	printf '#!/bin/sh\nsleep 1\nexit 77\n' >pipelines/b_job
	ctl start a_job
	[ "$status" -eq 0 ]
	[[ "$output" == *"RUNNING -> FINISHED (success)" ]]
	ctl start b_job
	[ "$status" -eq 77 ]
	[[ "$output" == *"b_job: RUNNING -> ERROR (manual_fix)"* ]]
	ctl start c_job
	[ "$status" -eq 64 ]
	[ "$stderr" = "pulse-ctl: cannot start 'c_job': no job 'c_job': did you mean 'a_job'?" ]
	echo 60 >takes
	ctl start a_job --no-wait
	[ "$status" -eq 0 ]
	ctl stop a_job
	[ "$status" -eq 0 ]
	# Whether the run is over when the scheduler leaves is a matter of luck.
	[ "${lines[-1]}" = "a_job: RUNNING -> NOT_STARTED (stopped)" ]
}

@test "with a scheduler jobs are held, let go, stopped, and let go all" {
	schedule
	daemon
	echo 60 >takes
	ctl start a_job --no-wait
	soon grep -q state=RUNNING spool/status/1.a_job
	ctl start a_job
	[ "$status" -eq 75 ]
	[[ "$stderr" == *"it is running"*"run 1.a_job."* ]]
	ctl pause --all
	[ "$status" -eq 0 ]
	grep -q 'state=PAUSED reason=hold' spool/status/1.a_job
	grep -q 'state=PAUSED reason=hold' spool/status/1.b_job
	ctl start a_job
	[ "$status" -eq 75 ]
	echo 0 >takes
	ctl resume --all
	[ "$status" -eq 0 ]
	soon grep -q state=FINISHED spool/status/1.a_job
	ctl resume a_job
	[ "$status" -eq 0 ]
	[ "$output" = "a_job: nothing to do: FINISHED: it is not paused" ]
	ctl stop orchestrator --drain
	[ "$status" -eq 0 ]
	ctl start --timeout 200ms a_job
	[ "$status" -eq 75 ]
	ctl start orchestrator
	soon grep -q state=FINISHED spool/status/1.a_job
}

@test "a scheduler that hangs is not waited for, and hears of an emergency stop later" {
	schedule
	daemon
	echo 60 >takes
	ctl start a_job --no-wait
	soon grep -q state=RUNNING spool/status/1.a_job
	soon grep -q 'run=1.a_job.[0-9]* pid' spool/lock/1.a_job
	kill -STOP "$sched"
	ctl stop a_job --timeout 300ms
	[ "$status" -eq 75 ]
	[ "$stderr" = "pulse-ctl: 'a_job': not done: nobody took it" ]
	[[ "$(ls spool/control/done)" == *.withdrawn* ]]
	ctl emergency-stop
	[ "$status" -eq 0 ]
	[[ "$output" == "1 run ended"* ]]
	kill -CONT "$sched"
	soon grep -q 'state=PAUSED reason=emergency' spool/status/1.a_job
	ctl start --force a_job
	[ "$status" -eq 75 ]
	[[ "$stderr" == *"the emergency stop is in force"* ]]
	echo 0 >takes
	ctl start orchestrator
	[ "$output" = "start orchestrator: the emergency stop is cleared" ]
	soon grep -q state=FINISHED spool/status/1.a_job
}

@test "a latch that cannot be written ends the scheduler as well" {
	schedule
	daemon
	rm spool/control/latch
	mkdir spool/control/latch
	ctl emergency-stop
	[ "$status" -eq 74 ]
	[[ "$stderr" == *"the scheduler was ended as well: keep it from being started again"* ]]
	code=0
	wait "$sched" || code=$?
	[ "$code" -eq 137 ]
}

# killed CALL N CMD... - CMD, ended by KILL at the N-th CALL; false when it came
# through.
killed() {
	code=0
	ASAN_OPTIONS=detect_leaks=0 strace -qqq -o /dev/null -e "trace=$1" \
		-e "inject=$1:signal=KILL:when=$2" "${@:3}" >/dev/null 2>&1 </dev/null 3>&- || code=$?
	[ "$code" -eq 137 ]
}

@test "a writer that is killed at any step leaves a whole command or none" {
	"$ctl" reload --no-wait
	for call in openat write fsync linkat unlinkat; do
		for n in {1..40}; do
			killed $call "$n" "$ctl" pause a_job || break
			for f in spool/control/new/*; do
				[ ! -e "$f" ] || [ "$(jq -r .id "$f")" = "${f##*/}" ]
			done
			rm -f spool/control/new/* spool/control/tmp/*
		done
		[ "$n" -lt 40 ]
	done
}

@test "a scheduler that is killed at any step applies a command once and answers it" {
	schedule
	ctl start a_job
	ctl stop orchestrator
	i=0
	for call in renameat fsync fdatasync pwrite64 write unlinkat; do
		for n in {1..9}; do
			id=kill.$((i += 1))
			verb=pause
			[ $((i % 2)) -eq 1 ] || verb=resume
			printf '{"id":"%s","cmd":"%s","job":"a_job","by":"me","role":"admin","at":"2026-11-24T06:00:00Z"}' \
				"$id" $verb >spool/control/new/$id
			came=0
			killed $call "$n" "$PULSE_BIN/pulse-sched" --once || came=1
			"$PULSE_BIN/pulse-sched" --once
			[ "$(jq .status spool/control/done/$id)" -eq 202 ]
			[ "$(sqlite3 spool/state.db "SELECT count(*) FROM commands WHERE id = '$id'")" -eq 1 ]
			[ "$(sqlite3 spool/state.db "SELECT count(*) FROM events WHERE command_id = '$id'")" -eq 1 ]
			[ "$(ls spool/control/new spool/control/cur | grep -c kill)" -eq 0 ]
			[ $came -eq 0 ] || break
		done
	done
	[ $i -gt 20 ]
}
