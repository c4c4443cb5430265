#!/usr/bin/env bats
# pulse-refetch: what was lost comes back, and nothing else is touched.

load helper

NOW=2026-11-24T08:00:00Z

setup() {
	in_own_folder
	export PULSE_HOME=$PWD/home
	DB=$PULSE_HOME/spool/pulse.db
}
teardown() { demo_stop; }

sql() { sqlite3 "$DB" "$1"; }
github() {
	GITHUB_TOKEN=demo-github-token "$TOP/pipelines/github_job" -q --base-url "$DEMO_URL/github" --org acme
}
jira() {
	JIRA_EMAIL=demo@acme.test JIRA_API_TOKEN=demo-jira-token "$TOP/pipelines/jira_job" -q --base-url "$DEMO_URL/jira"
}
filled() {
	demo_start --now $NOW --repos 3 --prs 12 --issues 12 --days 60
	github
	jira
}
refetch() { run --separate-stderr pulse-refetch "$@"; }
cursors() { sql "SELECT checkpoint_data FROM job_checkpoints ORDER BY id"; }
counts() {
	for t in pull_requests reviews pull_request_commits comments commits deployments \
		deployment_statuses releases issues issue_changes issue_histories; do
		echo "$t $(sql "SELECT count(*), coalesce(sum(digest), 0) % 100000007 FROM $t" 2>/dev/null ||
			sql "SELECT count(*) FROM $t")"
	done
}

@test "rows that were lost come back with the next runs, as far as said" {
	filled
	before=$(counts)
	[ "$(sql "SELECT count(*) FROM pull_requests WHERE updated_at >= unixepoch('2026-11-01')")" -gt 0 ]
	sql "DELETE FROM pull_requests WHERE updated_at >= unixepoch('2026-11-01');
		DELETE FROM comments WHERE updated_at >= unixepoch('2026-11-01');
		DELETE FROM issues WHERE updated_at >= unixepoch('2026-11-01');
		DELETE FROM commits; DELETE FROM deployments; DELETE FROM deployment_statuses; DELETE FROM releases"
	github
	[ "$(counts)" != "$before" ]
	refetch --all --since 2026-11-01
	[ "$status" -eq 0 ]
	[[ "$output" == *"github_job  acme/api"*"pull requests and comments since then, all commits"* ]]
	[[ "$output" == *"jira_job    OPS"*"issues and their changes since then"* ]]
	[ "$stderr" = "pulse-refetch: the next run fetches them: pulse start github_job" ]
	# The file that the fetchers begin with is rewritten as well.
	[ "$(jq -r '.["acme/api"].pr.mark' "$PULSE_HOME/spool/checkpoints/1/github_job.json")" = 2026-11-01T00:00:00.000Z ]
	github
	jira
	same "$(counts)" "$before"
}

@test "a time before the history begins the scope anew" {
	filled
	before=$(counts)
	sql "DELETE FROM pull_requests WHERE repo = 'acme/api'; DELETE FROM reviews WHERE repo = 'acme/api'"
	refetch acme/api --since 2001-01-01 -q
	[ "$status" -eq 0 ]
	[ "$output$stderr" = "" ]
	github
	same "$(counts)" "$before"
}

@test "only the scopes that were named are taken back" {
	filled
	freshness=$(sql "SELECT max(reached_ms) FROM scopes")
	cursors >before
	refetch --since 30d 'acme/*' --job github_job -k 1
	[ "$status" -eq 0 ]
	[ "$(grep -c acme/ <<<"$output")" -eq 3 ]
	cursors >after
	[ "$(diff before after | grep -c '^>')" -eq 3 ]
	[ "$(diff before after | grep -c '^<')" -eq 0 ]
	same "$(sql "SELECT max(reached_ms) FROM scopes")" "$freshness"
}

@test "a dry run says the same and changes nothing" {
	filled
	cursors >before
	refetch --all --since 30d -n
	[ "$status" -eq 0 ]
	[[ "$output" == *"acme/web"* ]]
	[ "$stderr" = "" ]
	cursors | cmp before -
}

@test "an unknown scope is refused with the name that was meant" {
	filled
	cursors >before
	refetch acme/ap acme/web --since 30d
	[ "$status" -eq 64 ]
	[ "$stderr" = "pulse-refetch: cannot refetch 'acme/ap': no such scope has been fetched: did you mean 'acme/api'?" ]
	refetch 'nobody/*' --since 30d
	[ "$status" -eq 64 ]
	refetch acme/api
	[ "$status" -eq 64 ]
	[[ "$stderr" == "pulse-refetch: say since when: --since TIME, such as --since 30d"* ]]
	refetch --all --since 30d -k 7
	[ "$status" -eq 64 ]
	[[ "$stderr" == *"nothing of that has been fetched yet"* ]]
	cursors | cmp before -
}

@test "what makes no sense is refused" {
	refetch --since 30d
	[ "$status" -eq 64 ]
	refetch --all
	[ "$status" -eq 64 ]
	refetch --all --since 2126-01-01
	[ "$status" -eq 64 ]
	refetch --all --since 30d
	[ "$status" -eq 78 ]
	[[ "$stderr" == *"cannot open '$DB'"* ]]
}

@test "a cursor that a fetch stored in between is kept, and told" {
	filled
	mkdir bin
	cp "$PULSE_BIN/pulse-refetch" bin/
	ln -s "$TOP/share" share
	cat >bin/load <<-END
		#!/bin/sh
		sqlite3 "$DB" "INSERT INTO job_checkpoints (job_name, client_id, scope, checkpoint_data, created_at)
			SELECT 'github_job', 1, 'acme/api', '{\"v\":1,\"id\":\"new\"}', 1"
		exec "$PULSE_BIN/load" "\$@"
	END
	chmod +x bin/load
	run --separate-stderr bin/pulse-refetch 'acme/*' --since 30d
	[ "$status" -eq 75 ]
	[[ "$stderr" == *"1 of 3 scopes moved on meanwhile: say it again"* ]]
	printf '#!/bin/sh\nexit 74\n' >bin/load
	run --separate-stderr bin/pulse-refetch acme/web --since 30d
	[ "$status" -eq 74 ]
	[[ "$stderr" == *"load ended with 74"* ]]
}
