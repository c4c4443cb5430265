#!/usr/bin/env bats
# The whole way, from the APIs to the figures, against the organisation's own
# account of itself, which shares no code with it.

load helper

NOW=2026-11-24T08:00:00Z

setup() { in_own_folder; }
teardown() { demo_stop; }

fill() { # fetches all of both halves into pulse.db
	export PULSE_HOME=$PWD/home GITHUB_TOKEN=demo-github-token \
		JIRA_EMAIL=demo@acme.test JIRA_API_TOKEN=demo-jira-token
	mkdir -p "$PULSE_HOME"
	{
		fetch-github -q --base-url "$DEMO_URL/github" --org acme
		fetch-jira -q --base-url "$DEMO_URL/jira"
	} 2>notes | validate | "$PULSE_BIN/load" -d pulse.db
	link-deployments -d pulse.db
}

# Both as {name: [value, n]}, in one order.
ours() { # SINCE UNTIL
	local bands
	for bands in dora-2021 dora-2023; do
		metrics dora -d pulse.db --since "$1" --until "$2" --bands $bands --format ndjson |
			jq -c --arg b $bands '(if .metric == "time_to_restore" and $b == "dora-2023"
				then "failed_deployment_recovery" else .metric end
				+ if .part then "_" + .part else "" end) as $name | {($name): [.value, .n]}'
	done | jq -sS add
}
theirs() {
	curl -s "$DEMO_URL/__demo/dora?since=$1&until=$2" |
		jq -S '.deployments as $d | with_entries(select(.value | type == "object") | .value |= [.value, .n])
			| .deployment_frequency[1] = $d'
}

@test "the DORA figures equal those computed from the definitions by brute force" {
	for seed in 1 7; do
		demo_start --now $NOW --prs 300 --seed $seed
		rm -f pulse.db
		fill
		for span in "2025-11-29T08:00:00Z $NOW" "2026-03-04T11:00:00Z 2026-05-05T13:00:00Z"; do
			read -r since until <<<"$span"
			theirs "$since" "$until" >theirs
			jq -e '.lead_time[1] > 10 and .change_failure_rate[1] > 10' theirs
			same "$(ours "$since" "$until")" "$(cat theirs)"
		done
		demo_stop
	done
}
