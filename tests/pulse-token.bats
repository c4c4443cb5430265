#!/usr/bin/env bats
# pulse-token: tokens are made, shown once, listed and taken away.

load helper

setup() {
	in_own_folder
	export PULSE_HOME=$PWD PULSE_TEST_CLOCK=$PWD/clock
	at 2026-11-24T06:00:00Z
}

at() { # TIME: it is then
	echo "$1" >"$PWD/.clock"
	mv "$PWD/.clock" "$PWD/clock"
}

token() { "$PULSE_BIN/pulse-token" "$@"; }

@test "pulse-token add prints a token once and keeps only its digest" {
	run --separate-stderr -0 token add --role operator ci
	[[ $output =~ ^pulse_[A-Za-z0-9_-]{49}$ ]]
	[[ $stderr == "pulse-token: 'ci' (operator) is good until 2027-02-22T06:00:00Z; "* ]]
	[[ $stderr != *"$output"* ]]
	refute grep -rF "$output" spool
	refute grep -rF "${output#pulse_}" spool
	same "$(jq -r .sha256 spool/tokens.ndjson)" "$(printf %s "$output" | sha256sum | cut -d' ' -f1)"
	same "$(stat -c %a spool/tokens.ndjson)" 600
	# The last six letters are the CRC-32 of the 43 in the middle, as another
	# program works it out.
	crc=$(printf %s "${output:6:43}" | gzip -c | tail -c 8 | head -c 4 | od -An -tx1 | awk '{ print $4 $3 $2 $1 }')
	same "$(printf '%b' "$(sed 's/../\\x&/g' <<<"$crc")" | base64 | tr '+/' '-_' | tr -d =)" "${output:49}"
}

@test "pulse-token makes each token another one" {
	for i in $(seq 20); do
		token add --role viewer "n$i" 2>/dev/null
	done >all
	same "$(sort -u all | wc -l)" 20
	same "$(jq -r .id spool/tokens.ndjson | sort -u | wc -l)" 20
	same "$(jq -r .sha256 spool/tokens.ndjson | sort -u | wc -l)" 20
}

@test "pulse-token add takes a duration, a time and never, and nothing that is over" {
	token add --role viewer --expires 12h a >/dev/null 2>&1
	token add --role viewer --expires 2027-01-31 b >/dev/null 2>&1
	token add --role viewer --expires 2026-11-24T06:00:01+01:00 c >/dev/null 2>err || [ $? -eq 64 ]
	grep -qF "'2026-11-24T06:00:01+01:00' is over already" err
	token add --role viewer --expires never d >/dev/null 2>err
	grep -qF "for ever" err
	same "$(token ls --json | jq -r '[.name,.expires]|join(" ")')" \
		"$(printf 'a 2026-11-24T18:00:00Z\nb 2027-01-31T00:00:00Z\nd ')"
	for bad in soon 2026-11-23 0d -1d 2026-13-01 ''; do
		run --separate-stderr -64 token add --role viewer --expires "$bad" x
		[ -z "$output" ]
	done
	same "$(wc -l <spool/tokens.ndjson)" 3
}

@test "pulse-token ls lists what there is and marks what has ended" {
	same "$(token ls 2>&1)" "pulse-token: cannot use '$PWD/spool': No such file or directory"
	token add --role viewer --expires 1h short >/dev/null 2>&1
	token add --role admin boss >/dev/null 2>&1
	run -0 token ls
	[[ ${lines[0]} =~ ^ID\ +NAME\ +ROLE\ +MADE\ +EXPIRES\ +STATE$ ]]
	[[ ${lines[1]} =~ ^[0-9a-f]{12}\ +short\ +viewer\ +2026-11-24T06:00:00Z\ +2026-11-24T07:00:00Z\ +good$ ]]
	at 2026-11-24T07:00:00Z
	run -0 token ls
	[[ ${lines[1]} =~ short.*ended$ ]]
	[[ ${lines[2]} =~ boss.*good$ ]]
	same "$(token ls --json | jq -c 'keys_unsorted' | sort -u)" '["id","name","role","made","expires","state"]'
}

@test "pulse-token rm takes one away by its name or its id, and no other" {
	for name in a b c; do
		token add --role viewer "$name" >/dev/null 2>&1
	done
	run -0 token rm a
	[ -z "$output" ]
	run -0 token rm "$(jq -r 'select(.name == "c").id' spool/tokens.ndjson)"
	same "$(jq -r .name spool/tokens.ndjson)" b
	run --separate-stderr -64 token rm a
	same "$stderr" "pulse-token: cannot take 'a' away: there is no such token; pulse token ls lists them"
}

@test "pulse-token rm on a folder without lock/ says what is missing, and add makes it" {
	mkdir -m 700 spool
	run --separate-stderr -73 token rm a
	same "$stderr" "pulse-token: cannot change '$PWD/spool/lock': No such file or directory; if that is the spool, mkdir -m 700 it"
	same "$(find spool -mindepth 1)" ""
	mkdir -m 700 spool/lock
	run --separate-stderr -64 token rm a
	[[ $stderr == *"there is no such token"* ]]
	rm -r spool/lock
	token add --role viewer a >/dev/null 2>&1
	rm -r spool/lock
	run --separate-stderr -73 token rm a
	[[ $stderr == *"'$PWD/spool/lock': No such file"* ]]
	same "$(jq -r .name spool/tokens.ndjson)" a
	token add --role viewer b >/dev/null 2>&1
	run -0 token rm a
	same "$(jq -r .name spool/tokens.ndjson)" b
	rm -r spool/lock
	: >spool/lock
	for args in 'rm b' 'add --role viewer c'; do
		# shellcheck disable=SC2086
		run --separate-stderr -78 token $args
		same "$stderr" "pulse-token: cannot use '$PWD/spool/lock': Not a directory"
	done
}

@test "pulse-token refuses a second token of a name until the first has ended" {
	token add --role viewer --expires 1h ci >/dev/null 2>&1
	run --separate-stderr -73 token add --role admin ci
	[ -z "$output" ]
	[[ $stderr == "pulse-token: cannot make 'ci': there is one of this name; "* ]]
	at 2026-11-24T07:00:00Z
	token add --role admin ci >/dev/null 2>&1
	same "$(token ls --json | jq -r .role)" admin
}

@test "pulse-token refuses what makes no sense and touches no file" {
	while IFS='|' read -r args word; do
		# shellcheck disable=SC2086
		run --separate-stderr -64 token $args
		[ -z "$output" ]
		[[ ${stderr_lines[0]} == *"$word"* ]] || {
			echo "$args: $stderr" >&2
			return 1
		}
	done <<-'END'
		add x|--role viewer, operator or admin
		add --role root x|'root' is no role
		add --role viewer|NAME
		add --role viewer -- -x|'-x' is no name
		add --role viewer a/b|'a/b' is no name
		add --role viewer 0123456789ab|is no name
		add --role viewer --json x|--json goes with ls
		ls x|ls lists all
		ls --role viewer|go with add
		rm|ID or NAME
		rm --expires 1d x|go with add
		make x|'make' is none of add, ls and rm
		add --role viewer x y|y
	END
	[ ! -e spool ]
}

@test "pulse-token takes a token away again that nobody could see" {
	run --separate-stderr -74 bash -c "'$PULSE_BIN/pulse-token' add --role viewer x >/dev/full"
	[[ ${stderr_lines[-1]} == "pulse-token: cannot print 'the token': there is none now" ]]
	same "$(wc -c <spool/tokens.ndjson)" 0
}

@test "pulse-token warns of a file that others may read" {
	(umask 022 && token add --role viewer a >open 2>err)
	grep -qF 'chmod 600 it' err
	(umask 077 && token add --role viewer b >closed 2>err)
	refute grep -qF 'chmod 600 it' err
}

@test "pulse-token refuses a file of tokens that is damaged or that others may write" {
	token add --role viewer a >/dev/null 2>&1
	cp spool/tokens.ndjson good
	echo '{"id":"0123456789ab","name":"x","role":"admin"}' >>spool/tokens.ndjson
	run --separate-stderr -65 token ls
	[[ $stderr == "pulse-token: cannot read '$PWD/spool/tokens.ndjson': line 2 is no token's; "* ]]
	run --separate-stderr -73 token add --role viewer b
	[ -z "$output" ]
	run --separate-stderr -73 token rm a
	cat good >spool/tokens.ndjson
	chmod 666 spool/tokens.ndjson
	run --separate-stderr -65 token ls
	[[ $stderr == *"others may write it; chmod 600 it"* ]]
	rm spool/tokens.ndjson
	ln -s "$PWD/good" spool/tokens.ndjson
	run --separate-stderr -65 token ls
	[[ $stderr == *"it is a link" ]]
	run --separate-stderr -73 token add --role viewer b
	same "$(wc -l <good)" 1
}

@test "pulse-token loses no token when many are made and taken away at once" {
	token add --role viewer kept >/dev/null 2>&1
	pids=()
	for i in $(seq 8); do
		{ token add --role viewer "n$i" && token rm "n$i" && token add --role viewer "m$i"; } >/dev/null 2>>err 3>&- &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	same "$(jq -r .name spool/tokens.ndjson | sort | paste -sd' ')" "kept m1 m2 m3 m4 m5 m6 m7 m8"
	same "$(find spool -name '.tokens.ndjson*')" ""
}

@test "pulse-token that is killed at any call leaves the tokens of before, or the new one as well" {
	token add --role viewer a >/dev/null 2>&1
	for call in write fsync renameat; do
		for n in 1 2 3; do
			token rm b 2>/dev/null || [ $? -eq 64 ]
			ASAN_OPTIONS=detect_leaks=0 strace -qqq -o /dev/null -e trace=$call -e inject=$call:signal=KILL:when=$n \
				"$PULSE_BIN/pulse-token" add --role viewer b >/dev/null 2>&1 || true
			names=$(token ls --json | jq -r .name | paste -sd' ')
			[[ $names == a || $names == 'a b' ]]
		done
	done
	token add --role viewer c >/dev/null 2>&1
}

@test "pulse-token makes none where there is no room, and says so" {
	token add --role viewer a >/dev/null 2>&1
	cp spool/tokens.ndjson before
	for call in fsync renameat; do
		run --separate-stderr -73 env ASAN_OPTIONS=detect_leaks=0 strace -qqq -o /dev/null -e trace=$call \
			-e inject=$call:error=ENOSPC "$PULSE_BIN/pulse-token" add --role viewer b
		[ -z "$output" ]
		same "$stderr" "pulse-token: cannot make '$PWD/spool/tokens.ndjson': No space left on device"
		cmp before spool/tokens.ndjson
	done
}

@test "pulse token is pulse-token" {
	run -0 "$PULSE_BIN/pulse" token add --role viewer ci
	run -0 "$PULSE_BIN/pulse" token ls --json
	same "$(jq -r .name <<<"$output")" ci
	"$PULSE_BIN/pulse" | grep -qE '^  token +make, list and take away'
	# shellcheck source=/dev/null
	. "$SHARE/completions/pulse.bash"
	COMP_WORDS=(pulse token '') COMP_CWORD=2
	_pulse_complete pulse
	same "${COMPREPLY[*]}" "add ls rm"
	COMP_WORDS=(pulse-token add --role '') COMP_CWORD=3
	_pulse_complete pulse-token
	same "${COMPREPLY[*]}" "admin operator viewer"
}

@test "the example of pulse-token's page makes a header that curl reads" {
	sed -n '/^\.Bd -literal/,/^\.Ed/{/^\./d;p}' "$TOP/tools/pulse-token.1" | head -2 >example
	HOME=$PWD bash example 2>/dev/null
	same "$(stat -c %a .pulse-header)" 600
	grep -qxE 'Authorization: Bearer pulse_[A-Za-z0-9_-]{49}' .pulse-header
	same "$(wc -l <.pulse-header)" 1
}
