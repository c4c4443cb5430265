#!/usr/bin/env bats
# teams.yaml: whose figures are whose.

load helper
load delivery

# Issues done on 2026-11-02, by whom they are assigned to.
setup() {
	in_own_folder
	new_db a.db <<-'SQL'
		INSERT INTO projects (client_id, id, source, key, updated_ms, fetched_ms, digest)
		VALUES (1, '1', 'jira', 'PAY', 0, 0, 0);
		INSERT INTO statuses VALUES (1, '3', 'jira', 'Done', 'done', NULL, NULL, 0, 0, 0);
		INSERT INTO users (client_id, id, source, name, email, account_type, updated_ms, fetched_ms, digest)
		VALUES (1, 'acc-ada', 'jira', 'A. Example', 'ada@ACME.example', 'atlassian', 0, 0, 0),
			(1, 'acc-robot', 'jira', 'Release robot', NULL, 'app', 0, 0, 0);
		CREATE TEMP VIEW i (n, assignee_id, assignee) AS SELECT 0, 0, 0;
		CREATE TEMP TRIGGER i_in INSTEAD OF INSERT ON i BEGIN
			INSERT INTO issues (client_id, id, source, project_key, key, status, status_id, status_category,
				assignee_id, assignee, created_at, resolutiondate, updated_ms, fetched_ms, digest)
			VALUES (1, new.n, 'jira', 'PAY', 'PAY-' || new.n, 'Done', '3', 'done', new.assignee_id, new.assignee,
				unixepoch('2026-11-01'), unixepoch('2026-11-02T12:00'), 0, 0, 0);
		END;
		INSERT INTO i VALUES (1, 'acc-ada', 'Ada who was'), (2, 'acc-ada', 'A. Example'), (3, 'acc-x', 'ADA EXAMPLE'),
			(4, '5b10a2844c20165700ede21g', 'Carol'), (5, 'acc-dan', 'Dan Example'), (6, 'acc-eve', 'Eve'),
			(7, 'acc-robot', 'Release robot'), (8, 'acc-ci', 'acme-ci for builds'), (9, NULL, NULL);
	SQL
	printf 'clients:\n - {id: 1}\n' >pulse.yaml
}

# The example of the page, as its reader sees it.
page_example() {
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/{/^\./d;p}' "$SHARE/man/teams.yaml.5" | sed 's/\\(aq/'\''/g; s/\\e/\\/g'
}

done_by() { # KIND [OPTION...]: "GROUP ISSUES" lines, those with any
	metrics throughput -c pulse.yaml -d a.db --since 2026-11-01 --until 2026-11-08 --format ndjson --by "$@" |
		jq -r 'select(.part == null) | "\(.group) \(.value)"'
}

@test "the example of the page merges accounts, names teams and knows its bots" {
	page_example >teams.yaml
	same "$(done_by team)" "payments 3
web 1"
	same "$(done_by person | sort)" "Ada Example 3
Carol Example 1
Dan Example 1
Eve 1"
	same "$(done_by person --bots | sort)" "Ada Example 3
Carol Example 1
Dan Example 1
Eve 1
Release robot 1
acme-ci for builds 1"
}

@test "another file may be named, and without one everybody is himself" {
	run --separate-stderr -0 metrics throughput -c pulse.yaml -d a.db --by team
	same "$stderr" 'metrics: no team is known: there is no teams.yaml beside pulse.yaml, see teams.yaml(5)'
	same "$(done_by person | sort)" "A. Example 2
ADA EXAMPLE 1
Carol 1
Dan Example 1
Eve 1
acme-ci for builds 1"
	mkdir who
	echo 'teams: [{name: one, members: [{name: Eve}, {name: Dan Example}]}, {name: none}]' >who/is.yaml
	printf 'clients:\n - {id: 1, teams: who/is.yaml}\n' >pulse.yaml
	same "$(done_by team)" "one 2
none 0"
}

@test "what is no good in teams.yaml is refused with its line" {
	printf 'teams:\n - name: a\n   member: [ada]\n' >teams.yaml
	run --separate-stderr -78 metrics throughput -c pulse.yaml -d a.db --by team
	[[ $stderr == *"teams.yaml:3: expected no key 'member' here; did you mean members" ]]
	rm teams.yaml
	printf 'clients:\n - {id: 1, teams: gone.yaml}\n' >pulse.yaml
	run --separate-stderr -78 metrics throughput -c pulse.yaml -d a.db --by team
	[[ $stderr == *"gone.yaml: No such file or directory" ]]
}

@test "the shipped example is good" {
	cp "$SHARE/teams.yaml.example" teams.yaml
	same "$(done_by team)" "payments 2
web 0"
}
