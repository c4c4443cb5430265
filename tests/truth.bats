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
		metrics deployment_frequency lead_time change_failure_rate time_to_restore -d pulse.db --since "$1" --until "$2" --bands $bands --format ndjson |
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

# Every row as "type scope key", from the tables and from the organisation.
held() {
	sqlite3 -separator ' ' pulse.db <<-'END' | sort
		SELECT 'github_repo', organization, id FROM repositories WHERE deleted_at IS NULL;
		SELECT 'github_pr', repo, number FROM pull_requests WHERE deleted_at IS NULL;
		SELECT 'github_review', repo, number || '/' || id FROM reviews WHERE deleted_at IS NULL;
		SELECT 'github_pr_commit', repo, number || '/' || sha FROM pull_request_commits WHERE deleted_at IS NULL;
		SELECT 'github_comment', repo, id FROM comments WHERE deleted_at IS NULL;
		SELECT 'github_commit', repo, sha FROM commits WHERE deleted_at IS NULL;
		SELECT 'github_deployment', repo, id FROM deployments WHERE deleted_at IS NULL;
		SELECT 'github_deployment_status', repo, deployment_id || '/' || id FROM deployment_statuses WHERE deleted_at IS NULL;
		SELECT 'github_release', repo, id FROM releases WHERE deleted_at IS NULL;
	END
}
expected() {
	curl -s "$DEMO_URL/__demo/expected" |
		jq -r 'to_entries[] | select(.key | startswith("github_")) | .key as $t
			| .value | to_entries[] | .key as $s | .value[] | "\($t) \($s) \(.)"' | sort
}

run_github() {
	export PULSE_HOME=$PWD/home GITHUB_TOKEN=demo-github-token
	mkdir -p "$PULSE_HOME"
	fetch-github -q --base-url "$DEMO_URL/github" --org acme \
		--checkpoint checkpoints/1/github_job.json >batch
	"$PULSE_BIN/load" -d pulse.db --checkpoints checkpoints <batch
}

@test "after each change the next run ends with exactly the expected GitHub rows" {
	demo_start --now $NOW --prs 150 --issues 20 --repos 5
	run_github
	same "$(held)" "$(expected)"
	while read -r change; do
		curl -s -f -d "{\"what\":$change}" "$DEMO_URL/__demo/change" >touched
		run_github
		same "$(held)" "$(expected)" || {
			echo "after $change" >&2
			false
		}
	done <<-'END'
		"pr-update"
		"pr-merge"
		"new-pr"
		"old-branch"
		"pr-commits-rewritten"
		"new-review"
		"review-deleted"
		"new-comment"
		"new-commits"
		"force-push"
		"new-deployment","state":"in_progress"
		"deployment-finish"
		"new-deployment"
		"deployment-inactive"
		"new-release"
		"rename-repo","repo":"web","to":"shop"
		"pr-merge","repo":"shop"
	END
}
