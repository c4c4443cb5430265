#!/usr/bin/env bats
# pulse-log: the log of a run, whole, in part, and as it grows.

load helper

setup() {
	in_own_folder
	export PULSE_HOME=$PWD/home
	(umask 077 && mkdir -p home/spool)
	spool=$PWD/home/spool
	WAITING=()
}

teardown() {
	# Ends what a test that failed has left.
	for pid in "${WAITING[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
}

# A run of JOB by hand, in the background or not: CLIENT JOB CMD...
alone() { "$PULSE_BIN/pulse-run" -k "$1" "$2" -- "${@:3}"; }

# The lines without their stamps.
unstamped() { sed -E 's/^[-0-9T:.]+Z //'; }

# Waits until a file holds a line, at most 10 s.
until_says() { # FILE TEXT
	for _ in {1..200}; do
		grep -qF -- "$2" "$1" 2>/dev/null && return
		sleep 0.05
	done
	echo "$1 never said '$2':" >&2
	cat "$1" >&2
	return 1
}

until_there() { # PATTERN
	for _ in {1..200}; do
		if compgen -G "$1" >/dev/null; then return; fi
		sleep 0.05
	done
	echo "there is no $1" >&2
	return 1
}

# Waits for a child of ours, at most 10 s.
ended() { # PID
	for _ in {1..200}; do
		if [ ! -e "/proc/$1/fd/0" ]; then
			wait "$1"
			return
		fi
		sleep 0.05
	done
	echo "$1 does not end" >&2
	return 1
}

@test "the log of the latest run is printed with its stamps" {
	alone 1 nightly sh -c 'echo first run'
	alone 1 nightly sh -c 'echo one; echo two >&2'
	run -0 --separate-stderr "$PULSE_BIN/pulse-log" nightly
	[ -z "$stderr" ]
	[[ ${lines[0]} =~ ^20[0-9-]{8}T[0-9:.]{12}Z\ one$ ]]
	same "$(unstamped <<<"$output")" $'one\ntwo'
}

@test "a run of the scheduler is told from one by hand by when it began" {
	alone 1 nightly echo by hand
	mkdir -m 700 "$spool/run/1.nightly.9" "$spool/run/1.nightly.10"
	echo '2020-01-01T00:00:00.000Z scheduled' >"$spool/run/1.nightly.10/log"
	touch -d 2020-01-01 "$spool/run/1.nightly.10"
	run -0 "$PULSE_BIN/pulse-log" nightly
	[[ $output == *"by hand" ]]
	touch -d '1 minute' "$spool/run/1.nightly.10"
	run -0 "$PULSE_BIN/pulse-log" nightly
	[[ $output == *"scheduled" ]]
}

@test "a run is named by its ID, by its part, or in the job's place" {
	alone 1 nightly echo old
	old=$(ls "$spool/run" | grep '^1.nightly.x')
	alone 1 nightly echo new
	run -0 "$PULSE_BIN/pulse-log" nightly --run "$old"
	[[ $output == *" old" ]]
	run -0 "$PULSE_BIN/pulse-log" nightly --run "${old#1.nightly.}"
	[[ $output == *" old" ]]
	run -0 "$PULSE_BIN/pulse-log" "$old"
	[[ $output == *" old" ]]
	run -64 "$PULSE_BIN/pulse-log" nightly --run 17
	same "$output" "pulse-log: cannot show '17' of nightly: no such run"
	run -64 "$PULSE_BIN/pulse-log" nightly --run ../../status
	[[ $output == *"no such run" ]]
}

@test "an unknown job names the nearest one, a job of several clients these" {
	alone 1 nightly echo a
	alone 2 nightly echo b
	alone 2 weekly echo c
	run -64 "$PULSE_BIN/pulse-log" nightyl
	same "$output" "pulse-log: cannot show 'nightyl': no such job; did you mean nightly?"
	run -64 "$PULSE_BIN/pulse-log" export
	same "$output" "pulse-log: cannot show 'export': no such job; \`pulse status\` lists them"
	run -64 "$PULSE_BIN/pulse-log" nightly
	same "$output" "pulse-log: cannot show 'nightly': it is a job of several clients: -k 1, -k 2"
	run -64 "$PULSE_BIN/pulse-log" weekly -k 1
	same "$output" "pulse-log: cannot show 'weekly': that client has no such job"
	run -0 "$PULSE_BIN/pulse-log" nightly -k 2
	[[ $output == *" b" ]]
	run -0 "$PULSE_BIN/pulse-log" 1.nightly
	[[ $output == *" a" ]]
	run -0 "$PULSE_BIN/pulse-log" weekly
	[[ $output == *" c" ]]
}

@test "without a run it is 75, without a spool 78" {
	alone 1 nightly echo a
	rm -r "$spool"/run/*
	run -75 "$PULSE_BIN/pulse-log" nightly
	same "$output" "pulse-log: cannot show 'nightly': it has no run yet"
	run -78 "$PULSE_BIN/pulse-log" -s "$PWD/none" nightly
	[[ $output == *"cannot open the spool '$PWD/none'"* ]]
}

@test "only the last lines, or those since a time" {
	alone 1 nightly seq 5
	run -0 "$PULSE_BIN/pulse-log" nightly -n 2
	same "$(unstamped <<<"$output")" $'4\n5'
	run -0 "$PULSE_BIN/pulse-log" nightly -n 0
	same "$output" ""
	run -0 "$PULSE_BIN/pulse-log" nightly -n 99999999999999
	[ "${#lines[@]}" -eq 5 ]
	run -0 "$PULSE_BIN/pulse-log" nightly --since 1h
	[ "${#lines[@]}" -eq 5 ]
	log=$(echo "$spool"/run/1.nightly.x*/log)
	printf '%s\n' '2026-01-01T10:00:00.000Z old' '2026-01-01T11:00:00.000Z new' 'no stamp' >"$log"
	run -0 "$PULSE_BIN/pulse-log" nightly --since 2026-01-01T10:30:00Z
	same "$output" $'2026-01-01T11:00:00.000Z new\nno stamp'
	run -0 "$PULSE_BIN/pulse-log" nightly --since 2026-01-01T10:30:00Z -n 1
	same "$output" 'no stamp'
}

@test "a log that was rotated is printed from its beginning" {
	alone 1 nightly seq 3
	run=$(echo "$spool"/run/1.nightly.x*)
	mv "$run/log" "$run/log.1"
	echo '2026-01-01T11:00:00.000Z 4' >"$run/log"
	run -0 "$PULSE_BIN/pulse-log" nightly
	same "$(unstamped <<<"$output")" $'1\n2\n3\n4'
}

@test "a run that said nothing says so" {
	alone 1 nightly true
	run -0 --separate-stderr "$PULSE_BIN/pulse-log" nightly
	[ -z "$output" ]
	[[ $stderr == "pulse-log: run 1.nightly.x"*" has said nothing" ]]
}

@test "control characters pass into a pipe and show as text on a terminal" {
	alone 1 nightly printf 'a\tb \033[2Jc \377 \u202ed\n'
	"$PULSE_BIN/pulse-log" nightly >bytes
	grep -qaF $'a\tb \033[2Jc \377 \u202ed' bytes
	script -qec "'$PULSE_BIN/pulse-log' nightly" /dev/null >shown
	grep -qF $'a\tb \\x1b[2Jc \\xff \\xe2\\x80\\xaed' shown
	refute grep -q $'\033' shown
}

@test "a run is followed until it has ended, and how is told on stderr" {
	mkfifo gate
	"$PULSE_BIN/pulse-run" nightly -- sh -c 'echo begins; read -r line <gate; echo "got $line"; printf unfinished; exit 75' >/dev/null 2>&1 3>&- &
	WAITING+=($!)
	until_there "$spool/run/1.nightly.x*/log"
	"$PULSE_BIN/pulse-log" nightly -f >out 2>err 3>&- &
	follower=$!
	WAITING+=($!)
	until_says out begins
	echo go >gate
	ended "$follower"
	same "$(unstamped <out)" $'begins\ngot go\nunfinished'
	[[ $(cat err) == "pulse-log: run 1.nightly.x"*" has ended with 75, temporary_service_error: unfinished" ]]
	# One that is over already is printed and told of just so.
	run -0 --separate-stderr "$PULSE_BIN/pulse-log" nightly -f
	same "$(unstamped <<<"$output")" $'begins\ngot go\nunfinished'
	same "$stderr" "$(cat err)"
}

@test "following ends when the supervisor is killed" {
	mkfifo gate
	"$PULSE_BIN/pulse-run" nightly -- sh -c 'echo begins; echo $$ >child; read -r line <gate' >/dev/null 2>&1 3>&- &
	supervisor=$!
	WAITING+=($!)
	until_there child
	until_there "$spool/run/1.nightly.x*/log"
	"$PULSE_BIN/pulse-log" nightly -f >out 2>err 3>&- &
	follower=$!
	WAITING+=($! "$(cat child)")
	until_says out begins
	kill -KILL "$supervisor"
	ended "$follower"
	[[ $(cat err) == "pulse-log: run 1.nightly.x"*" has ended without a result" ]]
	kill -KILL "$(cat child)"
}

@test "following does not lose a line when the log is rotated meanwhile" {
	mkfifo gate
	"$PULSE_BIN/pulse-run" nightly -- sh -c 'echo begins; read -r line <gate; seq -f "%0500.0f" 40000; echo end' >/dev/null 2>&1 3>&- &
	WAITING+=($!)
	until_there "$spool/run/1.nightly.x*/log"
	"$PULSE_BIN/pulse-log" nightly -f >out 2>err 3>&- &
	follower=$!
	WAITING+=($!)
	until_says out begins
	echo go >gate
	ended "$follower"
	compgen -G "$spool/run/1.nightly.x*/log.1" >/dev/null
	same "$(unstamped <out | sed 's/^0*//' | md5sum)" "$({ echo begins; seq 40000; echo end; } | md5sum)"
}

@test "with --forever the next run is followed, and the one after it" {
	alone 1 nightly echo one
	"$PULSE_BIN/pulse-log" nightly --forever >out 2>err 3>&- &
	follower=$!
	WAITING+=($!)
	until_says err 'has ended: done'
	alone 1 other echo not this
	alone 1 nightly echo two
	alone 1 nightly echo three
	until_says out three
	for _ in {1..200}; do
		if [ "$(grep -c 'has ended: done' err)" -eq 3 ]; then break; fi
		sleep 0.05
	done
	same "$(unstamped <out)" $'one\ntwo\nthree'
	[ "$(grep -c 'has ended: done' err)" -eq 3 ]
	kill "$follower"
}

@test "while nothing is said the follower sleeps" {
	mkfifo gate
	"$PULSE_BIN/pulse-run" nightly -- sh -c 'echo begins; read -r line <gate' >/dev/null 2>&1 3>&- &
	WAITING+=($!)
	until_there "$spool/run/1.nightly.x*/log"
	"$PULSE_BIN/pulse-log" nightly -f >out 2>err 3>&- &
	follower=$!
	WAITING+=($!)
	until_says out begins
	sleep 0.2
	before=$(awk '/ctxt/ { n += $2 } END { print n }' "/proc/$follower/status")
	sleep 0.5
	same "$(awk '/ctxt/ { n += $2 } END { print n }' "/proc/$follower/status")" "$before"
	echo go >gate
	ended "$follower"
}

@test "a full disk is told" {
	alone 1 nightly seq 3
	run -74 bash -c "'$PULSE_BIN/pulse-log' nightly >/dev/full"
	[[ $output == "pulse-log: cannot write"* ]]
}
