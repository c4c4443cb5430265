#!/usr/bin/env bats
# A sample of tests/compare: Pulse's figures against a second, naive reading of
# the definitions, over random organisations.

load helper

setup() { in_own_folder; }

@test "a naive reading of the definitions comes to the same figures for random organisations" {
	run --separate-stderr -0 "$TOP/tests/compare/run" --organisations 2 --seed 11
	[ -z "$stderr" ]
	[[ $output =~ ^2\ organisations,\ ([0-9]+)\ figures\ compared,\ 0\ differences$ ]]
	[ "${BASH_REMATCH[1]}" -gt 1000 ]
}

@test "the comparison names the seed, the question and the figures when metrics is wrong by a minute" {
	mkdir bin
	ln -s "$PULSE_BIN"/* bin
	rm bin/metrics
	printf '#!/bin/bash\n"%s/metrics" "$@" | jq -c "if .metric == \\"lead_time\\" then .value += 1 else . end"\n' \
		"$PULSE_BIN" >bin/metrics
	chmod +x bin/metrics
	PULSE_BIN=$PWD/bin run -1 "$TOP/tests/compare/run" --organisations 1 --seed 11 --only dora --keep kept
	[[ $output == *"seed 11 (demo-api --seed 11 "*'"zone":'*"differs, < Pulse > truth"* ]]
	[[ $output == *$'\n< lead_time coding '* ]]
	[[ $output == *$'\n> lead_time coding '* ]]
	[[ ${lines[-1]} =~ ^1\ organisations,\ [0-9]+\ figures\ compared,\ [1-9][0-9]*\ differences$ ]]
	[ -s kept/11/pulse.db ]
}
