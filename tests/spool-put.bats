#!/usr/bin/env bats
# spool-put: what becomes of a command's output, however it ends.

load helper

setup() {
	in_own_folder
	# emit CODE|kill: two records, a checkpoint, two more, half a line.
	cat >emit <<'END'
#!/bin/bash
printf '%s\n' '{"type":"r","key":"1"}' '{"type":"r","key":"2"}' '{"type":"checkpoint","scope":"a"}'
printf '%s\n' '{"type":"r","key":"3"}' '{"type":"r","key":"4"}'
[ -z "${2-}" ] || printf '%s' "$2"
[ "$1" != kill ] || kill -KILL $$
exit "$1"
END
	chmod +x emit
	Q=s/queue/1/github
}

put() { run --separate-stderr "$1" spool-put -s s github -- ./emit "${@:2}"; }
# The keys committed, in order, and C for a checkpoint.
keys() { cat "$Q"/new/* | jq -rj 'select(.type != "batch") | .key // "C"'; }
in_state() { find "$Q/$1" -type f | wc -l; }

@test "spool-put commits all of a command that ended with 0, framed by batch lines" {
	run -0 spool-put -s s github -- ./emit 0
	[ -z "$output" ]
	same "$(keys)" 12C34
	[ "$(in_state new)" -eq 1 ]
	[ "$(in_state tmp)" -eq 0 ]
	first=$(head -1 "$Q"/new/*) last=$(tail -1 "$Q"/new/*)
	[ "$(jq -r '.type + (.part | tostring)' <<<"$first")" = batch1 ]
	same "$(jq -c '. + {end: true}' <<<"$first")" "$(jq -c . <<<"$last")"
}

@test "spool-put commits the tail of a command that ended with 121, and passes the code on" {
	put -121 121
	same "$(keys)" 12C34
}

@test "spool-put keeps only what a checkpoint closed when its command is killed" {
	put -75 kill
	same "$(keys)" 12C
	[ "$(in_state bad)" -eq 0 ]
	[ "$(in_state tmp)" -eq 0 ]
}

@test "spool-put drops the tail of a command that failed for the moment or for a person" {
	for code in 1 64 69 73 74 75 77 78; do
		rm -rf s
		run "-$code" spool-put -s s github -- ./emit "$code"
		same "$(keys)" 12C
		[ "$(in_state bad)" -eq 0 ]
	done
}

@test "spool-put keeps the tail as evidence after 65, 70, 76 and a crash, the newest three" {
	for code in 65 70 76; do put "-$code" "$code"; done
	for i in 3 4 5; do
		run -70 spool-put -s s github -- bash -c "echo '{\"type\":\"r\",\"key\":\"$i\"}'; kill -SEGV \$\$"
	done
	[ "$(in_state bad)" -eq 3 ]
	same "$(cat "$Q"/bad/*.tail | jq -r .key | tr -d '\n')" 345
	[ "$(in_state new)" -eq 3 ]
}

@test "spool-put never commits a last line without its end, and says so with 121" {
	put -121 0 '{"type":"r","key":"9"}'
	[[ $stderr == *"last line"* ]]
	same "$(keys)" 12C34
	same "$(cat "$Q"/bad/*.tail)" '{"type":"r","key":"9"}'
	rm -rf s
	put -75 75 '{"type":"checkpoint","scope":"a"}'
	same "$(keys)" 12C
}

@test "spool-put makes no batch of no output" {
	run -0 spool-put -s s github -- true
	run -75 spool-put -s s github -- bash -c 'exit 75'
	run -77 spool-put -s s github -- bash -c 'echo "{\"type\":\"r\"}"; exit 77'
	[ "$(find "$Q" -type f | wc -l)" -eq 0 ]
}

@test "spool-put cuts a large output into parts of one put that a checkpoint closed" {
	run -75 spool-put -s s --part-size 90 github -- ./emit 75
	same "$(keys)" 12C
	[ "$(in_state new)" -gt 1 ]
	same "$(cat "$Q"/new/* | jq -r 'select(.end) | .part' | tr '\n' ' ')" "$(seq -s ' ' 1 "$(in_state new)") "
	[ "$(cat "$Q"/new/* | jq -r 'select(.end) | .put' | sort -u | wc -l)" -eq 1 ]
}

@test "spool-put commits a full part while its command still runs, once a checkpoint passed" {
	mkfifo go
	cat >slow <<'END'
#!/bin/bash
printf '%s\n' '{"type":"r","key":"1"}' '{"type":"r","key":"2"}' '{"type":"checkpoint"}' '{"type":"r","key":"3"}'
read -r _ <go
END
	chmod +x slow
	spool-put -s s --part-size 90 github -- ./slow 3>&- &
	pid=$!
	for ((i = 0; i < 500; i++)); do
		[ "$(cat "$Q"/new/* 2>/dev/null | jq -rj 'select(.type == "r") | .key')" != 12 ] || break
		read -rt 0.02 _ <> <(:) || true
	done
	same "$(jq -rj 'select(.type == "r") | .key' "$Q"/new/*)" 12
	echo >go
	wait "$pid"
	same "$(keys)" 12C3
}

@test "spool-put passes standard input through to its command" {
	run -0 bash -c 'echo "{\"type\":\"r\",\"key\":\"in\"}" | spool-put -s s github -- cat'
	same "$(keys)" in
}

@test "spool-put passes bytes on as they are, also in lines of many megabytes" {
	{ printf '{"type":"checkpoint"}\n\377\0\n\n'; head -c 20000000 /dev/zero | tr '\0' x; echo; seq 9; } >bytes
	run -0 spool-put -s s github -- cat bytes
	cmp bytes <(cat "$Q"/new/* | LC_ALL=C grep -av '"type":"batch"')
}

@test "spool-put gives tokens to a fetcher only" {
	printf '#!/bin/sh\nprintf "{\\"type\\":\\"r\\",\\"key\\":\\"%%s\\"}\\n" "$GITHUB_TOKEN$GH_TOKEN$JIRA_EMAIL$JIRA_API_TOKEN$JIRA_TOKEN"\n' >other
	chmod +x other
	cp other fetch-it
	export GITHUB_TOKEN=a GH_TOKEN=b JIRA_EMAIL=c JIRA_API_TOKEN=d JIRA_TOKEN=e
	run -0 spool-put -s s github -- ./other
	same "$(keys)" ''
	run -0 spool-put -s s github -- ./fetch-it
	same "$(keys)" abcde
}

@test "spool-put sends its TERM on and commits what a checkpoint closed" {
	cat >until-term <<'END'
#!/bin/bash
trap 'echo "{\"type\":\"r\",\"key\":\"late\"}"; echo "{\"type\":\"checkpoint\"}"; echo "{\"type\":\"r\",\"key\":\"lost\"}"; exit 75' TERM
echo '{"type":"r","key":"early"}'
: >ready
while :; do read -rt 1 _ <> <(:); done
END
	chmod +x until-term
	spool-put -s s github -- ./until-term 3>&- &
	pid=$!
	for ((i = 0; i < 500; i++)); do [ ! -e ready ] || break; read -rt 0.02 _ <> <(:) || true; done
	kill -TERM "$pid"
	code=0; wait "$pid" || code=$?
	[ "$code" -eq 75 ]
	same "$(keys)" earlylateC
}

@test "spool-put does not wait for what its command left behind" {
	run -0 timeout 20 spool-put -s s github -- bash -c 'echo "{\"type\":\"r\",\"key\":\"1\"}"; sleep 60 2>/dev/null 3>&- & exit 0'
	same "$(keys)" 1
}

@test "spool-put sweeps what a killed one left in tmp, and not what a living one writes" {
	mkfifo go
	spool-put -s s github -- cat go 3>&- &
	living=$!
	spool-put -s s github -- cat go 3>&- &
	killed=$!
	for ((i = 0; i < 500; i++)); do [ "$(ls "$Q/tmp" 2>/dev/null | wc -l)" -ne 2 ] || break; read -rt 0.02 _ <> <(:) || true; done
	kill -KILL "$killed"
	wait "$killed" || true
	[ "$(in_state tmp)" -eq 2 ]
	run -0 spool-put -s s github -- true
	[ "$(in_state tmp)" -eq 1 ]
	echo '{"type":"r","key":"alive"}' >go
	wait "$living"
	same "$(keys)" alive
}

@test "spool-put names what it cannot run, and refuses what is no queue" {
	run --separate-stderr -78 spool-put -s s github -- no-such-program
	same "$stderr" "spool-put: cannot run 'no-such-program': No such file or directory"
	run --separate-stderr -64 spool-put -s s ../x -- true
	[[ $stderr == *"'../x'"* ]]
	run -64 spool-put -s s github
	[ ! -e s/queue/1/github/new/* ]
}

@test "spool-put refuses a spool that others may write, before its command runs" {
	mkdir -p "$Q"
	chmod 777 "$Q"
	run --separate-stderr -77 spool-put -s s github -- touch ran
	[[ $stderr == *"cannot open the queue 'github'"* ]]
	[ ! -e ran ]
}

@test "spool-put leaves with 74 and nothing half-done when a file may not grow" {
	run --separate-stderr -74 bash -c 'ulimit -f 4; exec spool-put -s s github -- cat /dev/zero'
	[[ $stderr == *"cannot write to the spool: File too large"* ]]
	[ "$(find "$Q" -type f | wc -l)" -eq 0 ]
}

@test "spool-put makes its folders for their owner alone" {
	run -0 spool-put -s s -k 7 github -- ./emit 0
	[ -z "$(find s -type d ! -perm 700)" ]
	[ -z "$(find s -type f ! -perm 600)" ]
	[ -d s/queue/7/github/new ]
}
