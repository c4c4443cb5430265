#!/usr/bin/env bats
# spool-ls: what the spool holds, and how a batch gets back into new/.

load helper

setup() {
	in_own_folder
	echo 2026-11-24T06:00:00Z >clock
	export PULSE_TEST_CLOCK=$PWD/clock
	Q=s/queue/1/github
	for i in 1 2 3; do
		spool-put -s s github -- printf '{"type":"r","key":"%s"}\n' "$i"
	done
	spool-put -s s -k 2 jira -- echo '{"type":"r"}'
	# 1 is loaded, 2 given up, 3 waits.
	run -65 spool-take -s s github -- sh -c 'case $(cat) in *\"1\"*) exit 0 ;; *\"2\"*) exit 65 ;; *) exit 75 ;; esac'
}

ls_json() { spool-ls -s s "$@"; }

@test "spool-ls tells for each queue and state how many files, how much, how old" {
	echo 2026-11-24T09:30:00Z >clock
	run -0 spool-ls -s s
	[ "${#lines[@]}" -eq 5 ]
	size=$(stat -c %s s/queue/2/jira/new/*)
	same "$(tail -1 <<<"$output" | tr -s ' ')" "2 jira new 1 $size 3h"
	same "$(awk 'NR > 1 { print $1, $2, $3, $4 }' <<<"$output")" '1 github new 1
1 github done 1
1 github bad 1
2 jira new 1'
}

@test "spool-ls lists the files of one queue, and those of one client" {
	run -0 spool-ls -s s github
	same "$(awk 'NR > 1 { print $6 }' <<<"$output")" "$(for s in new done bad; do ls "$Q/$s"; done)"
	same "$(ls_json -k 2 --jq .queue)" jira
	same "$(ls_json --json nosuch)" ''
	same "$(spool-ls -s nowhere)" ''
}

@test "spool-ls gives objects as JSON, and what a jq expression makes of them" {
	same "$(ls_json --json github | jq -c '[.client, .queue, .state, .at]' | sort -u)" \
		"$(printf '["1","github","%s","2026-11-24T06:00:00.%sZ"]\n' new 002 done 000 bad 001 | sort)"
	ls_json --json | while IFS= read -r line; do
		file=$(jq -r .file <<<"$line")
		[ "$(stat -c %s "$file")" -eq "$(jq .bytes <<<"$line")" ]
		[ "${file##*/}" = "$(jq -r .name <<<"$line")" ]
	done
	same "$(ls_json --jq 'select(.state == "bad") | .file')" "$(ls $Q/bad/*)"
	run --separate-stderr -64 spool-ls -s s --jq '.['
	[[ $stderr == *"--jq"* ]]
}

@test "spool-ls --bad counts lines and broken rules, names what deals with a file, and shows no record" {
	echo evidence >"$Q/bad/7.tail"
	printf '%s\n' '{"type":"github_pr","data":{"title":"a secret"}}' 'no JSON' '{"type":"github_pr"}' |
		PULSE_BATCH=$PWD/$Q/new/x.001 validate || true
	run -0 spool-ls -s "$PWD/s" --bad --json
	same "$(jq -c '[.kind, .lines, .command]' <<<"$output" | sort)" \
		"$(jq -nc --arg q "$PWD/$Q" --arg b "$(basename "$Q"/bad/*.batch .batch)" '
			["batch", 3, "spool-ls --replay -k 1 github \($b)"],
			["rejects", 3, "validate --unwrap <\($q)/bad/x.001.rejects | load"],
			["tail", 1, null]' | sort)"
	same "$(jq -c 'select(.kind == "rejects") | .rules | ."scope: required", (to_entries | map(select(.key | startswith("not a JSON value"))) | .[0].value)' <<<"$output" | paste -sd ' ')" "2 1"
	refute grep -q secret <<<"$output"
	run -0 spool-ls -s s --bad
	same "$(awk '{ print $3, $4 }' <<<"$output" | paste -sd ' ')" "KIND LINES batch 3 tail 1 rejects 3"
	touch "$Q/bad/\$(touch owned).rejects"
	same "$(spool-ls -s s --bad --json | jq -c 'select(.lines == 0) | .command')" null
	run -64 spool-ls -s s --bad --jq .
}

@test "spool-ls shows no control byte of a name" {
	: >"$Q/bad/a"$'\e''[2Jb'
	run -0 spool-ls -s s github
	[[ $output == *'a?[2Jb'* ]]
}

@test "spool-ls --replay puts a loaded and a given up batch back into new, byte for byte" {
	loaded=$(ls "$Q/done") bad=$(ls "$Q/bad")
	zstd -dcq "$Q/done/$loaded" >was
	cp "$Q/bad/$bad" bad.was
	run -0 spool-ls -s s --replay github "$loaded" "${bad%.batch}"
	cmp was "$Q/new/${loaded%.zst}"
	cmp bad.was "$Q/new/${bad%.batch}"
	[ -z "$(ls "$Q/done" "$Q/bad" "$Q/tmp" | grep 2026)" ]
	run -0 spool-take -s s github -- grep -oh '"key":"."'
	same "$(tr -d '\n' <<<"$output")" '"key":"1""key":"2""key":"3"'
}

@test "spool-ls --replay leaves a damaged batch where it is" {
	loaded=$(ls "$Q/done")
	printf x | dd of="$Q/done/$loaded" bs=1 seek=20 conv=notrunc status=none
	run --separate-stderr -74 spool-ls -s s --replay github "$loaded"
	[[ $stderr == *"cannot put back '$loaded': Bad message"* ]]
	[ -f "$Q/done/$loaded" ]
	same "$(ls "$Q/new" | wc -l)$(ls "$Q/tmp")" 1
}

@test "spool-ls --replay names what it does not find, and does not disturb a taker" {
	run --separate-stderr -64 spool-ls -s s --replay github nosuch
	same "$stderr" "spool-ls: cannot put back 'nosuch': no such batch in done/ or bad/"
	run -64 spool-ls -s s --replay github ../bad/x
	run -64 spool-ls -s s --replay github
	run -64 spool-ls -s s github extra
	exec 8>>"$Q/lock"
	flock 8
	run --separate-stderr -75 spool-ls -s s --replay github "$(ls "$Q/done")"
	[[ $stderr == *"spool-take is at work in it" ]]
}
