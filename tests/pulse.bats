#!/usr/bin/env bats
# pulse, the front door: which program a command is.

load helper

# A door in an empty folder, beside programs that say how they were called.
setup() {
	in_own_folder
	mkdir -p home/bin
	cp "$PULSE_BIN/pulse" home/bin/pulse
	beside pulse-status 'what goes on'
	beside pulse-ctl 'all sorts'
	beside metrics 'figures'
	door=$PWD/home/bin/pulse
}

beside() { # NAME WHAT
	cat >"home/bin/$1" <<-END
		#!/bin/bash
		[ "\${1:-}" != --help ] || { printf '%s\n\nusage: …\n' "$1 - $2"; exit 0; }
		printf '%s' "\${0##*/}"; printf ' <%s>' "\$@"; echo
		exit "\${CODE:-0}"
	END
	chmod +x "home/bin/$1"
}

@test "a command is the program pulse-COMMAND beside it, with all that follows" {
	run -0 "$door" status --json -k 1 'two words' '' -- -x
	same "$output" "pulse-status <--json> <-k> <1> <two words> <> <--> <-x>"
}

@test "start and its like are pulse-ctl, metrics is metrics" {
	run -0 "$door" start github_job --force
	same "$output" "pulse-ctl <start> <github_job> <--force>"
	run -0 "$door" emergency-stop
	same "$output" "pulse-ctl <emergency-stop>"
	run -0 "$door" metrics dora
	same "$output" "metrics <dora>"
}

@test "its exit code is that of the command, its input and output too" {
	printf '#!/bin/sh\ncat; echo gone >&2; exit 75\n' >home/bin/pulse-why
	chmod +x home/bin/pulse-why
	run --separate-stderr -75 "$door" why <<<"bytes"
	same "$output" bytes
	same "$stderr" gone
}

@test "an option of a command is not the door's own" {
	run -0 "$door" status --version
	same "$output" "pulse-status <--version>"
	run -0 "$door" --version
	[[ $output == "pulse "* ]]
	run -64 "$door" --json status
	[[ $output == *"unknown option '--json'"* ]]
}

@test "a mistyped command names the nearest one" {
	run --separate-stderr -64 "$door" statsus
	same "$stderr" "pulse: cannot run 'statsus': no such command; did you mean status?"
	run --separate-stderr -64 "$door" strat github_job
	same "$stderr" "pulse: cannot run 'strat': no such command; did you mean start?"
	run --separate-stderr -64 "$door" frobnicate
	same "$stderr" "pulse: cannot run 'frobnicate': no such command; \`pulse help\` lists them"
}

@test "nothing outside of its folder is run, whatever the command is called" {
	printf '#!/bin/sh\necho outside\n' >home/pulse-x
	chmod +x home/pulse-x
	for word in ../pulse-x ../../bin/ls x/../../pulse-x . .. '' / 'a b' -- "$(printf 'x\ny')"; do
		run "$door" "$word"
		[ "$status" -eq 64 ]
		refute grep outside <<<"$output"
	done
	run -64 "$door" "$(head -c 100000 /dev/zero | tr '\0' a)"
	# A file that cannot be executed, and a folder, are no commands.
	touch home/bin/pulse-file
	mkdir home/bin/pulse-folder
	run -64 "$door" file
	run -64 "$door" folder
}

@test "a command that is named on a terminal shows no control characters" {
	run -64 "$door" "$(printf 'x\033[2J')"
	[[ $output == *"'x\\x1b[2J'"* ]]
}

@test "alone it lists what is there under headings, with what each says of itself" {
	beside pulse-mine 'something of my own'
	run -0 "$door"
	same "${lines[0]}" "pulse - run any of Pulse's commands"
	grep -qx '  status            what goes on' <<<"$output"
	grep -qx '  metrics           figures' <<<"$output"
	grep -q '^  start             start a job' <<<"$output"
	grep -qx '  mine              something of my own' <<<"$output"
	# What is not there is not shown, nor is pulse-ctl beside its words.
	refute grep -E '^  (why|ctl|load) ' <<<"$output"
	list=$output
	run -0 "$door" help
	same "$output" "$list"
	run -0 "$door" --help
	same "$output" "$list"
}

@test "help --tsv is the list for other programs" {
	run -0 "$door" help --tsv
	grep -qxP 'status\twhat goes on' <<<"$output"
	grep -qP '^stop\t' <<<"$output"
	[ "$(awk -F'\t' 'NF != 2' <<<"$output" | wc -l)" -eq 0 ]
}

@test "a command that says nothing or too much of itself is listed all the same" {
	printf '#!/bin/sh\nexit 1\n' >home/bin/pulse-silent
	printf '#!/bin/sh\nyes | head -c 10000000\n' >home/bin/pulse-loud
	printf '#!/bin/sh\nexec sleep 60\n' >home/bin/pulse-deaf
	chmod +x home/bin/pulse-*
	SECONDS=0
	run -0 "$door"
	[ "$SECONDS" -lt 20 ]
	grep -q '^  deaf' <<<"$output"
	grep -q '^  silent' <<<"$output"
	grep -q '^  loud' <<<"$output"
}

@test "help of a command is its --help when there is no terminal" {
	run -0 "$door" help status
	same "${lines[0]}" "pulse-status - what goes on"
	run -0 "$door" help start
	same "${lines[0]}" "pulse-ctl - all sorts"
	run -0 "$door" help help
	same "${lines[0]}" "pulse - run any of Pulse's commands"
	run -64 "$door" help statsu
	[[ $output == *"did you mean status?"* ]]
	run -64 "$door" help status more
}

@test "help of a command is its page on a terminal" {
	mkdir -p tree/bin tree/tools tree/share/records path
	cp "$PULSE_BIN/pulse" tree/bin
	cp home/bin/pulse-status tree/bin
	echo '.Dd page' >tree/tools/pulse-status.1
	printf '#!/bin/sh\necho "man of $1"\n' >path/man
	chmod +x path/man
	run -0 env PATH="$PWD/path:$PATH" script -qec "tree/bin/pulse help status" /dev/null
	[[ $output == *"man of "*"/tree/tools/pulse-status.1"* ]]
}

@test "a full disk is told" {
	run -74 bash -c "'$door' help >/dev/full"
}

@test "every command that the door of this checkout lists can be asked for help" {
	"$PULSE_BIN/pulse" help --tsv | cut -f 1 >words
	[ -s words ]
	while read -r word; do
		"$PULSE_BIN/pulse" "$word" --help >/dev/null || echo "$word"
	done <words >missing
	same "$(cat missing)" ""
	# And it lists every command that its table names.
	grep -oP '^\t\{ "\w+", "\K[a-z-]+' "$TOP/tools/lib/base/menu.c" | sort >named
	[ "$(wc -l <named)" -gt 20 ]
	same "$(sort words | comm -13 - named)" ""
}

@test "the completions know the commands, their options, the jobs and every program" {
	complete_it() { COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) && _pulse_complete "$1" && echo "${COMPREPLY[*]}"; }
	# shellcheck source=/dev/null
	. "$SHARE/completions/pulse.bash"
	same "$(complete_it pulse sta)" "start status"
	same "$(complete_it pulse help statu)" "status"
	same "$(complete_it pulse start --forc)" "--force"
	same "$(complete_it metrics --formatx)" ""
	same "$(complete_it metrics lead)" "lead_time"
	same "$(complete_it metrics explain veloc)" "velocity"
	same "$(complete_it metrics --by mo)" "month"
	same "$(complete_it metrics dora --format nd)" "ndjson"
	# The words are those that metrics itself names.
	words=$(complete_it metrics --format '' | tr ' ' '\n' | sort | paste -sd' ')
	same "$words" "$(metrics --format x 2>&1 | sed -n '1s/.*there is //p' | tr -d , | tr ' ' '\n' | sort | paste -sd' ')"
	export PULSE_HOME=$PWD/home
	(umask 077 && mkdir -p home/spool/status)
	chmod 700 home/spool
	echo 'job=nightly client=1 state=FINISHED at=2026-11-24T06:00:00.000Z epoch=1' >home/spool/status/1.nightly
	same "$(complete_it pulse why n)" "nightly"
	same "$(complete_it pulse-ctl start nig)" "nightly"
	same "$(complete_it pulse start '')" "nightly orchestrator"
	same "$(complete_it pulse ctl pau)" "pause"
	same "$(complete_it pulse ctl pause '')" "nightly"
	same "$(complete_it pulse breaker jira c)" "closed"
	same "$(complete_it retry-scan --put-back '')" "nightly"
	same "$(complete_it pulse status --color '')" "always auto never"
	for program in $(cd "$TOP" && git ls-files 'tools/fetch-*.c' 'tools/spool-*.c' 'tools/pulse*.c'); do
		program=$(basename "$program" .c)
		for file in _pulse pulse.bash pulse.fish; do
			grep -qE "(^|[[:blank:]])$program( |\$)" "$SHARE/completions/$file" || echo "$file: $program"
		done
	done >missing
	same "$(cat missing)" ""
}
