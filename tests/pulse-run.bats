#!/usr/bin/env bats
# pulse-run: one run at a time, its end told truly, and nothing left of it.

load helper

setup() {
	in_own_folder
	pids=()
}

# Whatever a failed test has left running.
teardown() {
	local pid
	demo_stop
	for pid in "${pids[@]}" $(cat pids 2>/dev/null); do
		kill -KILL "$pid" 2>/dev/null || true
	done
}

# run_job CMD... - a standalone run of 1.a_job; what it said is in $output.
run_job() {
	run --separate-stderr pulse-run -s spool a_job -- "$@"
}

# The folder of the last standalone run, and a value of its result.
last() { echo "spool/run/last.1.a_job${1:+/$1}"; }
value() { sed -n "s/^$1=//p" "${2:-$(last)}/result"; }

# prepare N [KEY=JSON...] -- WORD... - run/1.a_job.N as the scheduler makes it.
prepare() {
	local id=1.a_job.$1 spec='{client:1,job:"a_job",timeout:0,grace:10000,drain:60000,not_before:0,config:null,attempt:1,trigger:"due"}'
	shift
	[ -d spool/run ] || pulse-run -s spool other -- true
	mkdir "spool/run/$id"
	while [ "$1" != -- ]; do
		spec+="+{$1}"
		shift
	done
	shift
	printf '%s\0' "$@" | jq -Rsc "$spec + {argv:rtrimstr(\"\u0000\") | split(\"\u0000\")}" >"spool/run/$id/spec"
	: >"spool/run/$id/ticket"
}

# start N - pulse-run --run in the background; its pid in $pid.
start() {
	pulse-run -s spool --run "1.a_job.$1" >/dev/null 2>"err.$1" 3>&- &
	pid=$!
	pids+=("$pid")
}

# soon CMD... - waits until it succeeds, at most 10 s.
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

gone() { refute kill -0 "$1" 2>/dev/null; }
dead() { [[ $(ps -o stat= -p "$1") =~ ^(Z|$) ]]; } # perhaps not waited for
ended() { code=0; wait "$1" || code=$?; }

@test "pulse-run ends as its command does, and the result says the same" {
	for code in 0 121 64 65 69 73 74 75 76 77 78 3; do
		run_job sh -c "exit $code"
		[ "$status" -eq "$code" ]
		[ "$(value code)" = "$code" ]
		[ "$(value how)" = by_itself ]
		[ ! -e "$(last ticket)" ]
		[ -e "$(last started)" ]
	done
	[ "$output" = "" ]
	[ ! -e "$(last result.tmp)" ]
}

@test "a plain 1 is a bug, and a command that cannot be executed a configuration" {
	run_job sh -c 'exit 1'
	[ "$status" -eq 70 ]
	run_job ./no-such-thing
	[ "$status" -eq 78 ]
	[ "$(value cause)" = "cannot run './no-such-thing': No such file or directory" ]
	[[ "$stderr" == *"./no-such-thing"*"log"* ]]
	: >plain
	run_job ./plain
	[ "$status" -eq 78 ]
	grep -q 'Permission denied' "$(last log)"
}

@test "the worst line of failures is the outcome, unless the command did its work" {
	run_job sh -c 'echo "{\"code\":75,\"class\":\"api_rate_limit\",\"reason\":\"wait\",\"not_before\":\"2026-11-24T07:00:00Z\"}" >>"$PULSE_RUN_DIR/failures"; exit 1'
	[ "$status" -eq 75 ]
	[ "$(value class)" = api_rate_limit ]
	[ "$(value not_before)" = 2026-11-24T07:00:00.000Z ]
	[ "$(value cause)" = wait ]
	run_job sh -c 'echo "{\"code\":77,\"class\":\"authentication\"}" >>"$PULSE_RUN_DIR/failures"; exit 75'
	[ "$status" -eq 77 ]
	run_job sh -c 'echo "{\"code\":77,\"class\":\"authentication\"}" >>"$PULSE_RUN_DIR/failures"; exit 121'
	[ "$status" -eq 121 ]
}

@test "a command that appends no line is quoted: what it said last is the cause" {
	run_job sh -c 'echo first; printf "no \033[1msuch\377 table\n\n  \n" >&2; exit 65'
	[ "$status" -eq 65 ]
	[ "$(value cause)" = 'no  [1msuch? table' ]
	[[ "$stderr" == *"ended with 65: no "*"such? table; its log is "* ]]
	run_job sh -c 'printf "cut off in the mid"; exit 75'
	[ "$(value cause)" = 'cut off in the mid' ]
	run_job sh -c 'echo well; exit 0'
	[ "$(value cause)" = '' ]
}

@test "root runs a job as the owner of the spool" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	setpriv --reuid=65534 --clear-groups true || skip "nobody but root may enter this root"
	place=$(mktemp -d /tmp/pulse-run.XXXXXX)
	cp "$PULSE_BIN/pulse-run" "$place"
	chmod 755 "$place"
	mkdir -m 700 "$place/spool"
	chown nobody "$place/spool"
	run -0 "$place/pulse-run" -s "$place/spool" a_job -- id -un
	owners=$(find "$place/spool" -printf '%u\n' | sort -u)
	said=$(cat "$place"/spool/run/last.1.a_job/log)
	chown -R root "$place/spool"
	run setpriv --reuid=65534 --clear-groups "$place/pulse-run" -s "$place/spool" a_job -- true
	rm -r "$place"
	same "$owners" nobody
	[[ $said == *" nobody" ]]
	[ "$status" -eq 77 ]
	[[ $output == *"spool': it belongs to root; do it as root, or with sudo -u root" ]]
}

@test "the command gets a clean place: no input, no descriptor but the lock, its own group" {
	run_job bash -c 'cat; ls -l /proc/self/fd | sed -n "s/.* \([0-9]*\) -> /\1 /p"; echo "group $(ps -o pgid= $$) $$"
		env | grep ^PULSE_ | sort; ps -o blocked=,ignored= $$' <<<"not for you"
	[ "$status" -eq 0 ]
	sed 's/^[^ ]* //' "$(last log)" >said
	grep -qx '0 /dev/null' said
	same "$(grep -E '^([3-9]|[1-9][0-9]+) /' said | grep -v /proc/ | cut -d' ' -f2)" "$PWD/spool/lock/1.a_job"
	[ "$(awk '$1 == "group" { print $2 == $3 }' said)" = 1 ]
	grep -qx "PULSE_RUN_DIR=$PWD/spool/run/$(readlink "$(last)")" said
	grep -qx "PULSE_HOME=$PWD" said
	grep -qx 'PULSE_CLIENT=1' said
	grep -qx 'PULSE_JOB=a_job' said
	grep -qE '^0+ 0+$' said
	refute grep -q 'not for you' said
}

@test "closed standard descriptors cost the command nothing" {
	pulse-run -s spool a_job -- bash -c 'echo out; echo err >&2; readlink /proc/$$/fd/$PULSE_LOCK_FD' <&- >&- 2>&-
	grep -q ' out$' "$(last log)"
	grep -q ' err$' "$(last log)"
	grep -q " $PWD/spool/lock/1.a_job$" "$(last log)"
}

@test "a prepared run takes its ticket once, and its spec's settings" {
	prepare 7 'not_before:1795521600000,config:"/etc/p.yaml"' -- sh -c 'echo "$PULSE_RUN_ID $PULSE_NOT_BEFORE $PULSE_CONFIG ${PULSE_ITEMS:-none}"'
	run --separate-stderr pulse-run -s spool --run 1.a_job.7
	[ "$status" -eq 0 ]
	grep -q ' 1.a_job.7 2026-11-24T12:00:00.000Z /etc/p.yaml none$' spool/run/1.a_job.7/log
	[ ! -e spool/run/last.1.a_job ]
	run --separate-stderr pulse-run -s spool --run 1.a_job.7
	[ "$status" -eq 75 ]
	[[ "$stderr" == *"its ticket is gone"* ]]
	prepare 8 -- sh -c 'cat "$PULSE_ITEMS"'
	echo '{"an":"item"}' >spool/run/1.a_job.8/items
	pulse-run -s spool --run 1.a_job.8
	grep -q ' {"an":"item"}$' spool/run/1.a_job.8/log
	prepare 9 -- touch ran
	mv spool/run/1.a_job.9/ticket spool/run/1.a_job.9/revoked
	run --separate-stderr pulse-run -s spool --run 1.a_job.9
	[ "$status" -eq 75 ]
	[ ! -e ran ]
	[ ! -e spool/run/1.a_job.9/result ]
}

@test "what is no run, no job or no spool is refused with the way out" {
	run --separate-stderr -64 pulse-run
	run --separate-stderr -64 pulse-run -s spool 'A Job' -- true
	[[ "$stderr" == *"not a job name such as"* ]]
	run --separate-stderr -78 pulse-run -s spool --run 1.a_job.1
	[[ "$stderr" == *"$PWD/spool"*"No such file"* ]]
	run_job true
	run --separate-stderr -75 pulse-run -s spool --run 1.a_job.1
	prepare 2 -- true
	: >spool/run/1.a_job.2/spec
	run --separate-stderr -74 pulse-run -s spool --run 1.a_job.2
	mv spool/run/1.a_job.2 spool/run/1.b_job.2
	prepare 2 -- true
	cp spool/run/1.a_job.2/spec spool/run/1.b_job.2/spec
	run --separate-stderr -74 pulse-run -s spool --run 1.b_job.2
	[ -e spool/run/1.b_job.2/ticket ]
	run --separate-stderr -64 pulse-run -s spool --run ../../etc
	run --separate-stderr -64 pulse-run -s spool --run 1.a_job.1 a_job
	mkdir open
	chmod 777 open
	run --separate-stderr -77 pulse-run -s open a_job -- true
	[[ "$stderr" == *"chmod 700"* ]]
}

@test "a second run of a job finds the lock held, and says by which run" {
	prepare 3 -- sleep 60
	start 3
	soon test -s spool/run/1.a_job.3/started
	run_job touch ran
	[ "$status" -eq 75 ]
	[[ "$stderr" == *"run 1.a_job.3 (pid $pid) is not over"*"\`pulse stop a_job\` ends it" ]]
	[ ! -e ran ]
	[ ! -e "$(last)" ]
	pulse-run -s spool -k 2 a_job -- touch ran
	[ -e ran ]
	kill -TERM "$pid"
	ended "$pid"
	[ "$code" -eq 75 ]
	run_job true
	[ "$status" -eq 0 ]
}

@test "nothing starts while the emergency stop is in force" {
	run_job true
	printf 1 >spool/control/latch
	prepare 3 -- touch ran
	run_job touch ran
	[ "$status" -eq 75 ]
	[[ "$stderr" == *"emergency stop"*"pulse-ctl start orchestrator"* ]]
	run --separate-stderr -75 pulse-run -s spool --run 1.a_job.3
	[ -e spool/run/1.a_job.3/ticket ]
	rm spool/control/latch
	run_job touch ran
	[ "$status" -eq 75 ]
	[ ! -e ran ]
	printf 0 >spool/control/latch
	pulse-run -s spool --run 1.a_job.3
	[ -e ran ]
}

@test "TERM stops: stopped members too; a second TERM changes nothing" {
	prepare 3 -- bash -c 'trap "echo heard; exit 75" TERM; (kill -STOP $BASHPID; :) & echo $! >>pids; touch ready; while :; do sleep 0.05; done'
	start 3
	soon test -e ready
	kill -TERM "$pid"
	kill -TERM "$pid"
	ended "$pid"
	[ "$code" -eq 75 ]
	[ "$(value how spool/run/1.a_job.3)" = stopped ]
	[[ "$(value cause spool/run/1.a_job.3)" == "stopped: TERM from "* ]]
	[ "$(value class spool/run/1.a_job.3)" = system ]
	same "$(grep -c heard spool/run/1.a_job.3/log)" 1
	gone "$(cat pids)"
}

@test "a command that ignores TERM is killed when its grace is over" {
	prepare 3 'grace:200' -- bash -c 'trap "" TERM; touch ready; while :; do sleep 0.05; done'
	start 3
	soon test -e ready
	kill -TERM "$pid"
	ended "$pid"
	[ "$code" -eq 75 ]
	[ "$(value how spool/run/1.a_job.3)" = stopped ]
	grep -q 'not all has ended in time: KILL' spool/run/1.a_job.3/log
}

@test "USR1 drains, TERM after it stops, USR2 kills at once" {
	prepare 3 'grace:60000' -- bash -c 'trap "touch heard" TERM; touch ready; while :; do sleep 0.05; done'
	start 3
	soon test -e ready
	kill -USR1 "$pid"
	soon test -e heard
	rm heard
	kill -USR1 "$pid"
	kill -TERM "$pid"
	soon test -e heard
	kill -USR2 "$pid"
	ended "$pid"
	[ "$code" -eq 75 ]
	[ "$(value how spool/run/1.a_job.3)" = killed ]
	prepare 4 -- bash -c 'trap "exit 0" TERM; touch ready4; while :; do sleep 0.05; done'
	start 4
	soon test -e ready4
	kill -USR1 "$pid"
	ended "$pid"
	[ "$code" -eq 0 ]
	[ "$(value how spool/run/1.a_job.4)" = drained ]
}

@test "a run that takes longer than its timeout is stopped and may be tried again" {
	prepare 3 'timeout:200' -- sleep 60
	run --separate-stderr pulse-run -s spool --run 1.a_job.3
	[ "$status" -eq 75 ]
	[ "$(value how spool/run/1.a_job.3)" = timed_out ]
	[[ "$(value cause spool/run/1.a_job.3)" == "ran longer than"* ]]
}

@test "what outlives the command is ended, counted, and leaves no process: escapees too" {
	prepare 3 -- bash -c 'echo $$ >>pids
		sleep 60 & echo $! >>pids
		setsid bash -c "echo \$\$ >>pids; trap \"\" TERM; sleep 61 & echo \$! >>pids; wait; while :; do sleep 0.05; done" &
		until [ "$(wc -l <pids)" -ge 4 ]; do sleep 0.02; done'
	run --separate-stderr pulse-run -s spool --run 1.a_job.3
	[ "$status" -eq 0 ]
	[ "$(value leftovers spool/run/1.a_job.3)" -ge 3 ]
	while read -r left; do
		gone "$left"
	done <pids
	run_job true
	[ "$status" -eq 0 ]
}

@test "a left-over that ends by itself in time is none" {
	run_job bash -c '(sleep 0.2; echo late) & exit 0'
	[ "$status" -eq 0 ]
	[ "$(value leftovers)" = 0 ]
	grep -q ' late$' "$(last log)"
}

@test "a crash and a death by SIGPIPE are told apart" {
	run_job bash -c 'kill -SEGV $$'
	[ "$status" -eq 139 ]
	[ "$(value class)" = bug ]
	[ "$(value how)" = by_itself ]
	run_job bash -c 'set -o pipefail; yes | head -n 1; exit 0'
	[ "$status" -eq 0 ]
	run_job bash -c 'set -o pipefail; (echo "{\"code\":74,\"class\":\"disk\"}" >>"$PULSE_RUN_DIR/failures"; yes) | head -n 1'
	[ "$status" -eq 74 ]
	run_job bash -c 'kill -KILL $$'
	[ "$status" -eq 137 ]
}

@test "the log has a time on each line, and cuts the long ones" {
	run_job sh -c 'printf "a\033b\n"; head -c 20000 /dev/zero | tr "\0" x; printf "\nlast"'
	[ "$status" -eq 0 ]
	refute grep -vqE '^20[0-9]{2}-[0-9-]{5}T[0-9:]{8}\.[0-9]{3}Z ' "$(last log)"
	same "$(wc -l <"$(last log)")" 5
	grep -q $'a\033b' "$(last log)"
	same "$(tr -dc x <"$(last log)" | wc -c)" 20000
	[[ "$(tail -n 1 "$(last log)")" == *" last" ]]
}

@test "when pulse-run is killed, the lock stays with what lives of the run, until the next run ends it" {
	prepare 3 -- bash -c 'echo $$ >>pids; setsid bash -c "echo \$\$ >>pids; touch ready; while :; do sleep 0.05; done" & while :; do sleep 0.05; done'
	start 3
	soon test -e ready
	kill -KILL "$pid"
	ended "$pid"
	grep -q "OFDLCK.*:$(stat -c %i spool/lock/1.a_job) " /proc/locks
	[ ! -e spool/run/1.a_job.3/result ]
	for left in $(cat pids); do kill -0 "$left"; done
	run_job touch ran
	[ "$status" -eq 0 ]
	[ -e ran ]
	for left in $(cat pids); do soon dead "$left"; done
}

@test "of two that end the same remains none is killed by the other" {
	prepare 3 -- bash -c 'echo $$ >>pids; while :; do sleep 0.05; done'
	start 3
	soon test -s pids
	kill -KILL "$pid"
	ended "$pid"
	local one two first=0 second=0
	slowly() { exec env ASAN_OPTIONS=detect_leaks=0 strace -qq -o /dev/null -e trace=pwrite64 -e inject=pwrite64:delay_enter=60000 "$PULSE_BIN/pulse-run" -s spool a_job -- touch "$1"; }
	slowly a >/dev/null 2>&1 3>&- &
	one=$!
	read -rt 0.04 _ <> <(:) || true
	slowly b >/dev/null 2>&1 3>&- &
	two=$!
	wait "$one" || first=$?
	wait "$two" || second=$?
	[[ " 0/0 0/75 75/0 " == *" $first/$second "* ]]
	soon dead "$(cat pids)"
}

@test "what has let go of the lock is ended as well before the job runs again" {
	run_job bash -c 'echo ready'
	prepare 3 -- bash -c 'exec {PULSE_LOCK_FD}>&-; echo $$ >>pids; while :; do sleep 0.05; done'
	start 3
	soon test -s pids
	kill -KILL "$pid"
	ended "$pid"
	refute grep -q "OFDLCK.*:$(stat -c %i spool/lock/1.a_job) " /proc/locks
	kill -0 "$(cat pids)"
	run_job true
	[ "$status" -eq 0 ]
	soon dead "$(cat pids)"
}

@test "what a killed standalone run has left does not hold the scheduler back" {
	export PULSE_HOME=$PWD
	printf '#!/bin/sh\nexit 0\n' >ok
	chmod +x ok
	echo 'jobs: {a_job: {run: ./ok, interval: 1h}}' >schedule.yaml
	pulse-run a_job -- bash -c 'echo $$ >>pids; while :; do sleep 0.05; done' 2>err 3>&- &
	pid=$!
	pids+=("$pid")
	soon test -s pids
	kill -KILL "$pid"
	ended "$pid"
	pulse-sched --once
	soon test -e spool/run/1.a_job.1/result
	[ "$(value code spool/run/1.a_job.1)" = 0 ]
	soon dead "$(cat pids)"
}

@test "a run whose pulse-run is stopped, not dead, is left alone" {
	prepare 3 -- sleep 60
	start 3
	soon test -s spool/run/1.a_job.3/started
	kill -STOP "$pid"
	run_job touch ran
	[ "$status" -eq 75 ]
	[ ! -e ran ]
	kill -CONT "$pid"
	kill -TERM "$pid"
	ended "$pid"
	[ "$(value how spool/run/1.a_job.3)" = stopped ]
}

@test "the lock is held through spool-put and what it runs" {
	PULSE_HOME=$PWD run_job spool-put mine -- bash -c 'readlink "/proc/$$/fd/$PULSE_LOCK_FD" >&2; ls /proc/self/fd | wc -l >&2'
	[ "$status" -eq 0 ]
	grep -q " $PWD/spool/lock/1.a_job$" "$(last log)"
	grep -q ' 5$' "$(last log)"
}

@test "lines that validate diverts are counted in the result" {
	run_job bash -c 'printf "no record\nnor this\n" | validate >/dev/null; printf "{}\n" | validate >/dev/null; exit 0'
	[ "$status" -eq 0 ]
	[ "$(value rejected)" = 3 ]
}

@test "no token gets into the folder of a run" {
	GITHUB_TOKEN=ghp_canary0123456789 run_job sh -c 'exit 75'
	GITHUB_TOKEN=ghp_canary0123456789 run_job ./no-such-thing
	refute grep -r canary spool
}

@test "a full disk is told before anything runs, and a log that cannot grow holds nobody up" {
	run_job true
	prepare 3 -- touch ran
	run --separate-stderr -73 env ASAN_OPTIONS=detect_leaks=0 strace -qq -o /dev/null -e trace=fallocate -e inject=fallocate:error=ENOSPC \
		pulse-run -s spool --run 1.a_job.3
	[[ "$stderr" == *"cannot make room for the result of run '1.a_job.3': No space left on device"* ]]
	[ "$(value code spool/run/1.a_job.3)" = 73 ]
	grep -q 'No space left' spool/run/1.a_job.3/log
	prepare 4 -- touch ran
	run --separate-stderr -74 env ASAN_OPTIONS=detect_leaks=0 strace -qq -o /dev/null -e trace=fsync -e inject=fsync:error=EIO \
		pulse-run -s spool --run 1.a_job.4
	[[ "$stderr" == *"cannot write the beginning of run '1.a_job.4'"* ]]
	[ ! -e spool/run/1.a_job.4/result ]
	[ ! -e ran ]
	run --separate-stderr bash -c 'ulimit -f 8; exec pulse-run -s spool a_job -- seq 1 9999'
	[ "$status" -eq 0 ]
	[ "$(value code)" = 0 ]
	[ "$(stat -c %s "$(last log)")" -le 8192 ]
	grep -q 'lines were dropped so far: File too large' "$(last log)"
}

@test "a result that cannot be written is 74, and the lock is free all the same" {
	prepare 3 -- touch ran
	run --separate-stderr -74 env ASAN_OPTIONS=detect_leaks=0 strace -qq -o /dev/null -e trace=fsync -e inject=fsync:error=EIO:when=3+ \
		pulse-run -s spool --run 1.a_job.3
	[ -e ran ]
	[ ! -e spool/run/1.a_job.3/result ]
	[[ "$stderr" == *"cannot write the result of run '1.a_job.3': Input/output error"* ]]
	run_job true
	[ "$status" -eq 0 ]
	prepare 4 -- true
	run --separate-stderr -0 env ASAN_OPTIONS=detect_leaks=0 strace -qq -o /dev/null -e trace=fsync -e inject=fsync:error=EIO:when=4 \
		pulse-run -s spool --run 1.a_job.4
	[ "$(value code spool/run/1.a_job.4)" = 0 ]
	[[ "$stderr" == *"may not be safe on disk: Input/output error"* ]]
}

# on_a_terminal CMD... - what is written to `keys` is typed; its screen is in
# `screen`.
on_a_terminal() {
	mkfifo keys
	script -qefc "$*" screen <keys >/dev/null 2>&1 3>&- &
	pid=$!
	pids+=("$pid")
	exec 8>keys
}

@test "on a terminal the lines are shown, Ctrl-C stops, and once more kills" {
	on_a_terminal "pulse-run -s spool a_job -- bash -c 'trap \"echo heard; touch heard\" TERM; printf \"a\\033[31mb\\n\"; touch ready; while :; do sleep 0.05; done'"
	soon test -e ready
	printf '\003' >&8
	soon test -e heard
	printf '\003' >&8
	ended "$pid"
	exec 8>&-
	[ "$code" -eq 75 ]
	[ "$(value how)" = killed ]
	[ "$(value cause)" = "killed: INT from the terminal" ]
	grep -qF 'a\x1b[31mb' screen
	grep -q heard screen
}

@test "without a command a job is run as the schedule says, and a near miss is named" {
	mkdir jobs
	printf '#!/bin/sh\necho "$PULSE_JOB for $PULSE_CLIENT"; exec sleep "${NAP:-0}"\n' | tee jobs/one >jobs/other
	chmod +x jobs/*
	cat >schedule.yaml <<-END
		jobs:
		  one_job: {run: jobs/one, interval: 1h, timeout: 1s}
		  host_job: {run: jobs/other, interval: 1h, per: host}
	END
	pulse-run -s spool --schedule schedule.yaml -k 3 one_job
	grep -q ' one_job for 3$' spool/run/last.3.one_job/log
	pulse-run -s spool --schedule schedule.yaml -k 3 host_job
	grep -q ' host_job for 0$' spool/run/last.0.host_job/log
	NAP=60 run --separate-stderr -75 pulse-run -s spool --schedule schedule.yaml one_job
	[ "$(value how spool/run/last.1.one_job)" = timed_out ]
	run --separate-stderr -64 pulse-run -s spool --schedule schedule.yaml on_job
	[[ "$stderr" == *"no such job in "*"schedule.yaml; did you mean one_job?" ]]
	run --separate-stderr -78 pulse-run -s spool --schedule nowhere.yaml one_job
	[[ "$stderr" == *nowhere.yaml* ]]
}

# fetching OPTION... - github_job of a small organisation, in the background.
fetching() {
	export PULSE_HOME=$PWD/home
	demo_start --now 2026-11-24T08:00:00Z --repos 5 --prs 20 --issues 0 --days 60 "$@"
	GITHUB_TOKEN=demo-github-token pulse-run github_job -- "$TOP/pipelines/github_job" \
		-q --base-url "$DEMO_URL/github" --org acme >/dev/null 2>err 3>&- &
	pid=$!
	pids+=("$pid")
}

@test "a whole fetch and load is one run: counted, its cursors seen, no token kept" {
	fetching
	ended "$pid"
	[ "$code" -eq 0 ]
	last=home/spool/run/last.1.github_job
	[ "$(value stored "$last")" = 1 ]
	[ "$(value records "$last")" -gt 100 ]
	[ "$(value requests "$last")" -gt 10 ]
	[ "$(value bytes "$last")" -gt 10000 ]
	[ "$(value user_ms "$last")" -gt 0 ]
	[ "$(value peak_kb "$last")" -gt 1000 ]
	[ "$(value leftovers "$last")" = 0 ]
	refute grep -r demo-github-token home/spool/run home/spool/lock
	GITHUB_TOKEN=demo-github-token pulse-run github_job -- "$TOP/pipelines/github_job" \
		-q --base-url "$DEMO_URL/github" --org acme
	[ "$(value code "$last")" = 0 ]
}

@test "a drained fetch ends at a checkpoint, and what it had is committed and loaded" {
	fetching --latency-ms 40
	soon grep -rq '"checkpoint"' home/spool/queue/1/github/tmp
	kill -USR1 "$pid"
	ended "$pid"
	[ "$code" -eq 75 ]
	last=home/spool/run/last.1.github_job
	[ "$(value how "$last")" = drained ]
	[ "$(value stored "$last")" = 1 ]
	[ "$(value leftovers "$last")" = 0 ]
	refute grep KILL$ "$last/log"
	[ "$(find home/spool/queue/1/github/new -type f | wc -l)" -eq 0 ]
	[ "$(find home/spool/queue/1/github/done -type f | wc -l)" -eq 1 ]
	[ "$(sqlite3 -readonly home/spool/pulse.db 'SELECT count(*) FROM job_checkpoints')" -ge 1 ]
}
