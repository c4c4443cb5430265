#!/usr/bin/env bats
# spool-take: how each batch is settled by the way its command ends.

load helper

setup() {
	in_own_folder
	Q=s/queue/1/github
	for i in 1 2 3; do
		spool-put -s s github -- printf '{"type":"r","key":"%s"}\n' "$i"
	done
}

take() { run --separate-stderr "$1" spool-take -s s github -- "${@:2}"; }
in_state() { find "$Q/$1" -type f | wc -l; }
keys() { jq -rj 'select(.type == "r") | .key'; }

@test "spool-take feeds each batch, the oldest first, and keeps it compressed in done" {
	cat "$Q"/new/* >all
	take -0 cat
	same "$output" "$(cat all)"
	[ "$(in_state new)" -eq 0 ]
	[ "$(in_state done)" -eq 3 ]
	[ "$(in_state tmp)" -eq 0 ]
	same "$(zstd -dc "$Q"/done/*.zst)" "$(cat all)"
	take -0 false
}

@test "spool-take counts 121 as loaded and passes it on" {
	take -121 sh -c 'exit 121'
	[ "$(in_state done)" -eq 3 ]
}

@test "spool-take moves a batch without records to bad and goes on" {
	take -65 sh -c 'grep -q "\"2\"" && exit 65; exit 0'
	[ "$(in_state done)" -eq 2 ]
	[ "$(in_state bad)" -eq 1 ]
	same "$(keys <"$Q"/bad/*.batch)" 2
	[[ $stderr == *"holds no records"* ]]
}

@test "spool-take leaves a batch in new and stops at any other ending" {
	for code in 1 64 69 70 71 73 74 75 76 77 78; do
		take "-$code" sh -c "echo ran; exit $code"
		same "$output" ran
		[ "$(in_state new)" -eq 3 ]
	done
}

@test "spool-take leaves with 75 when a signal that is no crash ended the command" {
	for signal in KILL TERM INT HUP PIPE; do
		# Under nohup HUP would be ignored.
		for i in 1 2 3 4; do
			take -75 env --default-signal bash -c "kill -$signal \$\$"
		done
		take -75 bash -c "exit $((128 + $(kill -l "$signal")))"
	done
	[ "$(in_state new)" -eq 3 ]
}

@test "spool-take gives a batch up after three crashes in a row, over several runs" {
	for signal in SEGV BUS; do
		take -75 bash -c "kill -$signal \$\$"
		[[ $stderr == *"crashed its command"* ]]
		[ "$(in_state new)" -eq 3 ]
	done
	# The third crash is a script's: 128 + ABRT.  The others are loaded.
	take -70 bash -c 'grep -q "\"1\"" && exit 134; exit 0'
	[ "$(in_state bad)" -eq 1 ]
	[ "$(in_state done)" -eq 2 ]
	same "$(keys <"$Q"/bad/*.batch)" 1
}

@test "spool-take counts crashes in a row only" {
	take -75 bash -c 'kill -SEGV $$'
	take -75 bash -c 'kill -FPE $$'
	take -75 bash -c 'exit 75'
	take -75 bash -c 'kill -ILL $$'
	take -75 bash -c 'kill -SYS $$'
	[ "$(in_state new)" -eq 3 ]
	take -70 bash -c 'grep -q "\"1\"" && kill -SEGV $$; exit 0'
	[ "$(in_state bad)" -eq 1 ]
}

@test "spool-take runs a pipe without a shell and judges it by its worst stage" {
	take -0 cat '|' grep -v batch '|' tr -d '\n'
	same "$output" '{"type":"r","key":"1"}{"type":"r","key":"2"}{"type":"r","key":"3"}'
	spool-put -s s github -- echo '{"type":"r"}'
	take -75 sh -c 'exit 75' '|' cat
	take -69 cat '|' sh -c 'exit 69'
	take -75 sh -c 'kill -PIPE $$' '|' sh -c 'exit 75'
	[ "$(in_state new)" -eq 1 ]
	take -64 cat '|'
	take -78 cat '|' no-such-program
	[ "$(in_state new)" -eq 1 ]
}

@test "spool-take tells its command the path of the batch" {
	take -0 sh -c 'echo "$PULSE_BATCH"'
	same "$(head -1 <<<"$output")" "$(realpath s)/queue/1/github/new/$(cd "$Q/done" && ls | head -1 | sed 's/\.zst$//')"
}

@test "spool-take gives no token to its command" {
	GITHUB_TOKEN=a JIRA_TOKEN=b take -0 sh -c 'echo "$GITHUB_TOKEN$JIRA_TOKEN"'
	[ -z "$output" ]
}

@test "spool-take ends with 75 when another one holds the queue, or waits for it" {
	mkfifo go
	spool-take -s s github -- sh -c '[ -e started ] || { : >started; cat go; }' 3>&- >/dev/null &
	for ((i = 0; i < 500; i++)); do [ ! -e started ] || break; read -rt 0.02 _ <> <(:) || true; done
	take -75 cat
	[[ $stderr == "spool-take: cannot take from 'github': another one does" ]]
	run -75 spool-take --wait 50ms -s s github -- cat
	spool-take --wait 20s -s s github -- cat 3>&- >waited &
	echo >go
	wait
	[ "$(in_state new)" -eq 0 ]
	[ ! -s waited ]
}

@test "spool-take settles by its command's end after its own TERM, and stops" {
	spool-take -s s github -- bash -c 'trap "exit 0" TERM; : >started; while :; do read -rt 1 _ <> <(:); done' 3>&- &
	pid=$!
	for ((i = 0; i < 500; i++)); do [ ! -e started ] || break; read -rt 0.02 _ <> <(:) || true; done
	kill -TERM "$pid"
	code=0; wait "$pid" || code=$?
	[ "$code" -eq 75 ]
	[ "$(in_state done)" -eq 1 ]
	[ "$(in_state new)" -eq 2 ]
}

@test "spool-take's command ends when spool-take is killed" {
	spool-take -s s github -- bash -c 'echo $$ >pid; trap "echo TERM >got; exit" TERM; while :; do read -rt 1 _ <> <(:); done' 3>&- &
	pid=$!
	for ((i = 0; i < 500; i++)); do [ ! -s pid ] || break; read -rt 0.02 _ <> <(:) || true; done
	kill -KILL "$pid"
	for ((i = 0; i < 500; i++)); do [ ! -s got ] || break; read -rt 0.02 _ <> <(:) || true; done
	same "$(cat got)" TERM
	[ "$(in_state new)" -eq 3 ]
}

@test "spool-take loads a batch again that a crash left in new and done" {
	name=$(ls "$Q/new" | head -1)
	cp "$Q/new/$name" kept
	take -0 true
	cp kept "$Q/new/$name"
	take -0 cat
	same "$output" "$(cat kept)"
	[ "$(in_state new)" -eq 0 ]
	[ "$(in_state done)" -eq 3 ]
}

@test "spool-take keeps a batch in new when it cannot be archived" {
	take -0 true
	head -c 300000 /dev/urandom | base64 -w 1000 >noise
	run -0 spool-put -s s github -- cat noise
	run --separate-stderr -74 bash -c 'ulimit -f 100; exec spool-take -s s github -- true'
	[[ $stderr == *"cannot settle the batch"* ]]
	[ "$(in_state new)" -eq 1 ]
	[ "$(in_state tmp)" -eq 0 ]
	take -0 true
	[ "$(in_state new)" -eq 0 ]
}
