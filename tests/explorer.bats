#!/usr/bin/env bats
# explorer: every history of one job, step by step, within bounds.

load helper

setup() {
	B=$TOP/build
	most=3
	case $PULSE_BIN in *-san) B=$TOP/build/san most=2 ;; esac
	explorer=$B/unit/explorer
}

@test "no law is broken, whatever happens twice to a job" {
	run -0 "$explorer" --incidents 2 --reboots 1 --faults 1
	[[ ${lines[-1]} == *" states, "*" transitions, 0 violations" ]]
}

@test "no law is broken, whatever three commands, kills or runs by hand meet" {
	run -0 "$explorer" --incidents "$most" --emergencies 0
	[[ ${lines[-1]} == *" 0 violations" ]]
}

@test "no law is broken, whatever meets an emergency stop" {
	run -0 "$explorer" --incidents "$most" --standalone 0 --ticks 0 --commands 1
	[[ ${lines[-1]} == *" 0 violations" ]]
}

@test "each fence is needed: without it there is a history that breaks a law" {
	"$explorer" --without nothing 2>"$BATS_TEST_TMPDIR/fences" || [ $? -eq 64 ]
	read -ra fences < <(sed 's/.*there are://' "$BATS_TEST_TMPDIR/fences")
	[ "${#fences[@]}" -gt 12 ]
	for fence in "${fences[@]}"; do
		run -1 "$explorer" --incidents 3 --reboots 1 --without "$fence"
		[ "$(grep -c '^broken: ' <<<"$output")" -eq 1 ]
		[[ ${lines[0]} == '  1  '*'['*']' ]]
		[[ ${lines[-1]} == *" 1 violations" ]]
	done
}
