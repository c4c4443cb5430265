#!/usr/bin/env bats
# What Pulse gives to other tools: the views of pulse.db and state.db, a
# dashboard for Grafana, metadata for Datasette.  Their queries are run by plain
# sqlite3, which knows none of the functions of metrics.

load helper
load delivery

NOW=2026-11-24T12:00:00Z
SINCE=2026-08-26 UNTIL=2026-11-24
DASHBOARD=$SHARE/grafana/pulse.json
METADATA=$SHARE/datasette/metadata.yaml

# A filled pulse.db, and a state.db made by hand.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || exit 1
	export BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR PULSE_HOME=$BATS_FILE_TMPDIR \
		GITHUB_TOKEN=demo-github-token JIRA_EMAIL=demo@acme.test JIRA_API_TOKEN=demo-jira-token
	demo_start --now $NOW --prs 150 --issues 100 --repos 5 --days 120
	{
		fetch-github -q --base-url "$DEMO_URL/github" --org acme
		fetch-jira -q --base-url "$DEMO_URL/jira"
	} 2>notes | validate | "$PULSE_BIN/load" -d pulse.db
	demo_stop
	link-deployments -d pulse.db
	{
		cat "$SHARE/schema/state/"*.sql "$BATS_TEST_DIRNAME/fixtures/jobs.sql"
		printf 'PRAGMA application_id = 0x50554c54; PRAGMA user_version = 1;\n'
	} | sqlite3 state.db
}

setup() {
	cd "$BATS_FILE_TMPDIR" || exit 1
}

plain() { sqlite3 -readonly "$@"; }

# The dashboard's queries with its variables filled in, one JSON a line.
queries() {
	jq -c --arg from "$(date -d $SINCE +%s)000" --arg to "$(date -d $UNTIL +%s)000" '
		.panels[] | . as $panel | .targets[]?
		| {title: $panel.title, type: $panel.type, kind: .queryType, times: .timeColumns,
			file: (.datasource.uid | ltrimstr("${") | rtrimstr("}") + ".db"),
			sql: (.rawQueryText
				| gsub("\\$__from"; $from) | gsub("\\$__to"; $to) | gsub("\\$client"; "1")
				| gsub("\\$\\{service:sqlstring\\}"; "'\''all'\''")
				| gsub("\\$\\{project:sqlstring\\}"; "'\''PAY'\'','\''WEB'\''"))}' "$DASHBOARD"
}

panel() { # TITLE: the first row of its query
	plain "$(queries | jq -r "select(.title == \"$1\").file")" "$(queries | jq -r "select(.title == \"$1\").sql")" |
		head -1
}

# What is wrong with the rows (JSON) of a query for its panel.
wrong() {
	jq -r --slurpfile rows "$2" '
		def numbers($names): all($rows[0][]; . as $r | all($names[]; $r[.] | type | . == "number" or . == "null"));
		($rows[0] // []) as $r | ($r[0] // {} | keys_unsorted) as $names
		| if $r == [] then "no rows"
		elif .sql | test("\\$") then "a variable is left"
		elif .type == "stat" and ($r | length) != 1 then "a stat is one row"
		elif .type == "stat" and (numbers($names) | not) then "a stat is a number"
		elif .type == "timeseries" and ($names[0] as $n | .times | index($n) | not) then "the first column is no time"
		elif .type == "timeseries" and all($r[]; .time > 1500000000 and .time < 2000000000) == false then "a time is no time"
		elif .type == "timeseries" and ($r | map(.time) | . != sort) then "times are not in order"
		elif .type == "timeseries" and .kind == "table" and (numbers($names) | not) then "a series is no number"
		elif .type == "timeseries" and .kind == "time series"
			and ($names - ["time"] | map($r[0][.] | type) | sort) != ["number", "string"] then "not a name and a number"
		elif .type == "barchart" and ($r[0][$names[0]] | type) != "string" then "bars have no names"
		elif .type == "barchart" and (numbers($names[1:]) | not) then "a bar is no number"
		else empty end' <<<"$1"
}

@test "each query of the Grafana dashboard gives what its panel draws" {
	local query count=0
	queries >queries.ndjson
	while read -r query; do
		plain -json "$(jq -r .file <<<"$query")" "$(jq -r .sql <<<"$query")" >rows.json
		[ -s rows.json ] || echo '[]' >rows.json
		wrong "$query" rows.json | sed "s/^/$(jq -r .title <<<"$query"): /"
		count=$((count + 1))
	done <queries.ndjson >found
	same "$(cat found)" ''
	same "$(wc -l <queries.ndjson)" "$(jq '[.panels[] | select(.type != "row")] | length' "$DASHBOARD")"
	# Variables are lists of one column.
	jq -r '.templating.list[] | select(.type == "query").query | gsub("\\$client"; "1")' "$DASHBOARD" >variables
	while read -r query; do
		same "$(plain -json pulse.db "$query" | jq 'map(length) | unique | .[]')" 1
	done <variables
	# No two panels have the same id or lie on each other's place.
	same "$(jq '[.panels[].id] | length == (unique | length)' "$DASHBOARD")" true
	same "$(jq '[.panels[].gridPos | . as $g | range($g.x; $g.x + $g.w) as $x | range($g.y; $g.y + $g.h) | [$x, .]]
		| length == (unique | length)' "$DASHBOARD")" true
}

@test "the dashboard's four keys, and Datasette's, are those of metrics" {
	metrics dora -d pulse.db --since $SINCE --until $UNTIL --format ndjson >ours
	ours() { jq -r "select(.metric == \"$1\" and .part == null) | .value" ours; }
	same "$(panel 'Deployment frequency')" "$(ours deployment_frequency)"
	same "$(panel 'Lead time for changes')" "$(ours lead_time)"
	same "$(panel 'Change failure rate' | cut -c 1-8)" "$(ours change_failure_rate | cut -c 1-8)"
	same "$(panel 'Failed deployment recovery time')" "$(ours time_to_restore)"
	[ "$(ours time_to_restore)" -gt 0 ]
	datasette_queries | awk -F'\t' '$2 == "four_keys" { print $3 }' >four.sql
	same "$(run_datasette pulse.db "$(cat four.sql)" | jq -r '.[] | select(.unit == "min").value')" \
		"$(ours lead_time)
$(ours time_to_restore)"
	same "$(run_datasette pulse.db "$(cat four.sql)" | jq -r '.[1, 2].n')" \
		"$(jq -r 'select(.part == null and (.metric == "lead_time" or .metric == "change_failure_rate")) | .n' ours)"
}

# DATABASE, NAME and SQL of each query of the metadata, which is written in one
# form: blanks say what belongs to what.
datasette_queries() {
	awk 'sql != "" && !/^          / { print db "\t" name "\t" sql; sql = "" }
		/^  [a-z]+:$/ { db = $1; sub(":", ".db", db) }
		/^    (tables|queries):$/ { what = $1 }
		what == "queries:" && /^      [a-z_]+:$/ { name = $1; sub(":", "", name) }
		what == "queries:" && /^          / { sub(/^ +/, " "); sql = sql $0 }
		END { if (sql != "") print db "\t" name "\t" sql }' "$METADATA"
}

run_datasette() { # FILE SQL
	plain -json -cmd ".parameter init" -cmd ".parameter set :since \"'$SINCE'\"" \
		-cmd ".parameter set :until \"'$UNTIL'\"" "$1" "$2"
}

@test "each query of Datasette's metadata runs, and its tables have their columns" {
	local db name sql table column
	datasette_queries >queries.tsv
	same "$(wc -l <queries.tsv)" "$(grep -c '^        sql: ' "$METADATA")"
	while IFS=$'\t' read -r db name sql; do
		[ -n "$(run_datasette "$db" "$sql")" ] || echo "$name: no rows"
	done <queries.tsv >found
	same "$(cat found)" ''
	awk '/^  [a-z]+:$/ { db = $1; sub(":", ".db", db) }
		/^    (tables|queries):$/ { what = $1 }
		what != "tables:" { next }
		/^      [a-z_]+:$/ { table = $1; sub(":", "", table) }
		/^        facets: / { gsub(/[][,]|facets:/, ""); for (i = 1; i <= NF; i++) print db, table, $i }
		/^        sort_desc: / { print db, table, $2 }
		/^          [a-z_]+: / { sub(":", "", $1); print db, table, $1 }' "$METADATA" >columns
	[ "$(wc -l <columns)" -gt 40 ]
	while read -r db table column; do
		[ "$(plain "$db" "SELECT count(*) FROM pragma_table_info('$table') WHERE name = '$column'")" = 1 ] ||
			echo "$table has no $column"
	done <columns >found
	same "$(cat found)" ''
}

@test "the sprint report tells what the metrics tell of sprints" {
	metrics commitment completed carry_over -d pulse.db --since 2026-01-01 --until $UNTIL --by sprint --format ndjson |
		jq -r 'select(.part == null and .value != null) | [.metric, .group, .value] | @tsv' | sort >ours
	plain -json pulse.db "SELECT * FROM v_sprint_report WHERE ended_at < unixepoch('$UNTIL')" |
		jq -r '.[] | .name as $name | {commitment: .committed, completed, carry_over: .not_completed}
			| to_entries[] | [.key, $name, .value] | @tsv' | sort >theirs
	same "$(cat theirs)" "$(cat ours)"
	[ "$(wc -l <ours)" -gt 30 ]
}

@test "the views for charts follow the definitions" {
	new_db hand.db <<-'SQL'
		INSERT INTO repo VALUES ('api');
		INSERT INTO c VALUES ('api','01',''), ('api','11','01'), ('api','12','11'), ('api','13','12');
		INSERT INTO d VALUES
		('api',1,'production','01','2026-11-01T08:00','success 2026-11-01T09:00'),
		('api',2,'production','13','2026-11-02T13:00','success 2026-11-02T14:00, inactive 2026-11-04T14:00'),
		('api',3,'production','13','2026-11-03T13:00','failure 2026-11-03T13:30'),
		('api',4,'staging','13','2026-11-03T13:00','success 2026-11-03T13:30');
		INSERT INTO p VALUES
		('api',1,'ann','2026-11-02T10:00','2026-11-02T12:00','11'),
		('api',2,'ann','2026-11-02T10:00','2026-11-02T12:00','12'),
		('api',3,'ann','2026-11-02T10:00','2026-11-02T15:00','13');
		-- 1: the earliest commit counts, her own comment does not.  2: the
		-- first commit is younger than the pull request, the first answer
		-- older.  3: deployed before it was merged.
		INSERT INTO pc VALUES ('api',1,'a1','2026-11-02T09:00'), ('api',1,'a2','2026-11-02T08:00'),
			('api',2,'b1','2026-11-02T10:30');
		INSERT INTO comment VALUES ('api',1,'ann','2026-11-02T10:05'), ('api',1,'bob','2026-11-02T11:00:30'),
			('api',2,'bob','2026-11-02T09:00');
		INSERT INTO review VALUES ('api',1,'bob','2026-11-02T11:30');
		-- Strictly before: the one of 14:00 is blamed on the 1st.
		INSERT INTO jira VALUES ('OPS-1','Incident','2026-11-02T14:00','2026-11-02T15:00:30'),
			('OPS-2','Incident','2026-11-02T14:01',NULL), ('OPS-3','Incident','2026-11-02T15:00','2026-11-03T14:00'),
			('OPS-4','Bug','2026-11-02T15:00','2026-11-03T14:00');
	SQL
	link-deployments -d hand.db
	same "$(plain hand.db 'SELECT id, finished, result, incidents, minutes FROM v_dora_deployments ORDER BY id')" \
		"1|2026-11-01T09:00:00Z|success|1|60
2|2026-11-02T14:00:00Z|success|2|60
3|2026-11-03T13:30:00Z|failure|0|30"
	same "$(plain hand.db 'SELECT number, minutes, coding, pickup, review, deploy, deployed
		FROM v_pull_request_times ORDER BY number')" \
		"1|360|120|61|60|120|2026-11-02T14:00:00Z
2|240|||180|120|2026-11-02T14:00:00Z
3|300|||||2026-11-02T14:00:00Z"
	same "$(plain hand.db 'SELECT key, minutes, deployment_id, recovery_minutes FROM v_dora_incidents ORDER BY key')" \
		"OPS-1|61|1|1801
OPS-2||2|
OPS-3|1380|2|1440"
	same "$(plain hand.db 'SELECT day, deployments, failed_deployments, change_failures, pull_requests, lead_minutes,
		incidents, restored, restore_minutes, recovered, recovery_minutes FROM v_dora_daily ORDER BY day')" \
		"2026-11-01|1|0|1|0|0|0|0|0|0|0
2026-11-02|1|0|1|3|900|3|1|61|1|1801
2026-11-03|0|1|0|0|0|0|1|1380|1|1440"
	# A quarter is found by the index on time.
	same "$(plain hand.db "EXPLAIN QUERY PLAN SELECT * FROM v_pull_request_times
		WHERE client_id = 1 AND time >= 5 AND time < 9" | grep -cE 'SCAN [a-z]$')" 0
}

@test "issues have the times of their moves" {
	new_db issues.db <<-'SQL'
		INSERT INTO statuses VALUES (1,'1','jira','To Do','new',NULL,NULL,0,0,0),
			(1,'2','jira','Doing','indeterminate',NULL,NULL,0,0,0), (1,'3','jira','Done','done',NULL,NULL,0,0,0),
			(1,'4','jira','Closed','done',NULL,NULL,0,0,0), (1,'5','jira','Odd','undefined',NULL,NULL,0,0,0);
		CREATE TEMP VIEW i (id, status, category, resolved) AS SELECT 0, 0, 0, 0;
		CREATE TEMP TRIGGER i_in INSTEAD OF INSERT ON i BEGIN
			INSERT INTO issues (client_id, id, source, project_key, key, status_id, status_category, created_at,
				resolutiondate, updated_ms, fetched_ms, digest)
			VALUES (1, new.id, 'jira', 'PAY', new.id, new.status, new.category, unixepoch('2026-11-02T08:00'),
				unixepoch(new.resolved), 0, 0, 0);
		END;
		CREATE TEMP VIEW m (id, n, at, was, becomes) AS SELECT 0, 0, 0, 0, 0;
		CREATE TEMP TRIGGER m_in INSTEAD OF INSERT ON m BEGIN
			INSERT INTO issue_changes (client_id, issue_id, history_id, position, source, changed_at, field, from_id, to_id)
			VALUES (1, new.id, new.n, 0, 'jira', unixepoch('2026-11-02T' || new.at), 'status', new.was, new.becomes);
		END;
		INSERT INTO i VALUES
		-- To Do, Doing, Done; then opened again and done again; Closed is no
		-- second end.
		('a', '4', 'done', '2026-11-02T14:00'),
		-- It skipped progress.
		('b', '3', 'done', '2026-11-02T10:00'),
		-- Made in a status without a category, and done without resolution.
		('c', '3', 'done', NULL),
		-- Open again: no resolution, no end.
		('d', '2', 'indeterminate', NULL),
		-- Nothing ever changed.
		('e', '1', 'new', NULL), ('f', '2', 'indeterminate', NULL);
		INSERT INTO m VALUES ('a', 1, '09:00:30', '1', '2'), ('a', 2, '10:00', '2', '3'), ('a', 3, '11:00', '3', '2'),
			('a', 4, '12:00', '2', '3'), ('a', 5, '13:00', '3', '4'),
			('b', 1, '10:00', '1', '3'), ('c', 1, '11:00', '5', '3'),
			('d', 1, '09:00', '1', '2'), ('d', 2, '10:00', '2', '3'), ('d', 3, '11:00', '3', '2');
	SQL
	same "$(plain issues.db "SELECT key, minutes, time(begun_at, 'unixepoch'), time(done_at, 'unixepoch'), cycle_minutes
		FROM v_issue_times ORDER BY key")" \
		"a|360|09:00:30|12:00:00|179
b|120||10:00:00|
c|180|08:00:00|11:00:00|180
d||09:00:00|10:00:00|
e||||
f||08:00:00||"
}
