#!/usr/bin/env bats
# The sprint metrics, in figures worked out by hand.

load helper
load delivery

setup() {
	in_own_folder
}
teardown() { demo_stop; }

# sprint_db FILE - an empty pulse.db with what standard input puts in.
sprint_db() {
	new_db "$1" </dev/null
	{
		printf '.read "%s"\n' "$BATS_TEST_DIRNAME/fixtures/sprint.sql"
		cat
	} | sqlite3 -bail "$1"
}

# fig METRIC [OPTION...] - its figures as GROUP PART VALUE N lines.
fig() {
	metrics -d a.db --since 2026-11-01 --until 2026-11-25 --format ndjson "$@" |
		jq -r '[.group, .part // "-", (.value | if . == null then "null"
			else . * 1e4 | round / 1e4 end), .n] | map(tostring) | join(" ")'
}

# burn METRIC PART [OPTION...] - day of November and value, on one line.
burn() {
	local metric=$1 part=$2
	shift 2
	metrics -d a.db --since 2026-11-01 --until 2026-11-25 --format ndjson "$metric" "$@" |
		jq -r --arg p "$part" 'select((.part // "-") == $p)
			| .period[8:] + ":" + (.value * 100 | round / 100 | tostring)' | paste -sd' '
}

# Sprint 1 runs from Monday 2026-11-02 09:00 to Friday 2026-11-13 15:00, six
# hours longer than planned; one rule each.  1 to 20 are issues of PAY.
fortnight() {
	sprint_db a.db <<-'SQL'
		INSERT INTO board VALUES
		('1', 'PAY board', 'PAY', 'customfield_2', 'To Do 10, Doing 20, Done 30'),
		('2', 'OPS board', 'OPS', 'customfield_3', NULL);
		INSERT INTO sprint VALUES
		('1','Alpha','1','closed','2026-11-02T09:00','2026-11-13T09:00','2026-11-13T15:00'),
		('2','Beta','1','closed','2026-11-16T09:00','2026-11-20T09:00','2026-11-20T15:00'),
		('3','Gamma','1','active','2026-11-23T09:00','2026-12-04T09:00',NULL),
		('4','Delta','1','future','2026-11-20T09:00','2026-12-04T09:00',NULL),
		('12','Beta','2','closed','2026-11-09T09:00','2026-11-20T09:00',NULL);

		-- 1: committed and done
		INSERT INTO issue VALUES ('PAY-1','30',5,'1');
		INSERT INTO change VALUES ('PAY-1','2026-10-30','Sprint','','1'),
			('PAY-1','2026-11-05T10:00','status','10','30');
		-- 2: no estimate is 0, but an issue
		INSERT INTO issue VALUES ('PAY-2','30',NULL,'1');
		INSERT INTO change VALUES ('PAY-2','2026-11-10T10:00','status','10','30');
		-- 3: estimated 3 at the start, 8 at the end
		INSERT INTO issue VALUES ('PAY-3','30',8,'1');
		INSERT INTO change VALUES ('PAY-3','2026-11-06T10:00','Story Points','3','8'),
			('PAY-3','2026-11-09T10:00','status','20','30');
		-- 4: added later, done: completed without commitment
		INSERT INTO issue VALUES ('PAY-4','30',2,'1');
		INSERT INTO change VALUES ('PAY-4','2026-11-04T10:00','Sprint','','1'),
			('PAY-4','2026-11-11T10:00','status','10','30');
		-- 5: added, then removed: both; only its history knows of it
		INSERT INTO issue VALUES ('PAY-5','10',1,'');
		INSERT INTO change VALUES ('PAY-5','2026-11-05T10:00','Sprint','','1'),
			('PAY-5','2026-11-06T10:00','Sprint','1','');
		-- 6: done before the start: outside
		INSERT INTO issue VALUES ('PAY-6','30',7,'1');
		INSERT INTO change VALUES ('PAY-6','2026-10-30','status','20','30');
		-- 7: handed on at the close: carried over, not removed; done in sprint
		-- 2 it counts there only
		INSERT INTO issue VALUES ('PAY-7','30',4,'1, 2');
		INSERT INTO change VALUES ('PAY-7','2026-11-13T15:00','Sprint','1','1, 2'),
			('PAY-7','2026-11-18T10:00','status','20','30');
		-- 8: its status is not on the board at the start
		INSERT INTO issue VALUES ('PAY-8','10',6,'1');
		INSERT INTO change VALUES ('PAY-8','2026-11-09T10:00','status','40','10');
		-- 9: a sub-task; 10: deleted
		INSERT INTO issue VALUES ('PAY-9','30',9,'1'), ('PAY-10','30',9,'1');
		UPDATE issues SET subtask = 1 WHERE id = 'PAY-9';
		UPDATE issues SET deleted_at = 1 WHERE id = 'PAY-10';
		-- 11: done, reopened, done again
		INSERT INTO issue VALUES ('PAY-11','30',2,'1');
		INSERT INTO change VALUES ('PAY-11','2026-11-05T10:00','status','20','30'),
			('PAY-11','2026-11-10T10:00','status','30','20'),
			('PAY-11','2026-11-12T10:00','status','20','30');
		-- 12: done after the planned end, before the close
		INSERT INTO issue VALUES ('PAY-12','30',1,'1');
		INSERT INTO change VALUES ('PAY-12','2026-11-13T12:00','status','20','30');
		-- 13: done after the close
		INSERT INTO issue VALUES ('PAY-13','30',10,'1');
		INSERT INTO change VALUES ('PAY-13','2026-11-13T16:00','status','20','30');
		-- 14: in another project by now
		INSERT INTO issue VALUES ('OPS-14','30',3,'1');
		INSERT INTO change VALUES ('OPS-14','2026-11-12T10:00','status','20','30');
		-- 15: taken out before the close and done elsewhere: committed, removed
		INSERT INTO issue VALUES ('PAY-15','30',2,'');
		INSERT INTO change VALUES ('PAY-15','2026-11-11T10:00','Sprint','1',''),
			('PAY-15','2026-11-12T10:00','status','20','30');
		-- 16: estimated anew after the close
		INSERT INTO issue VALUES ('PAY-16','30',20,'1');
		INSERT INTO change VALUES ('PAY-16','2026-11-12T10:00','status','20','30'),
			('PAY-16','2026-11-14T10:00','Story Points','1','20');
		-- 17: a history of Data Center: no ids of fields, here none of sprints
		-- either; late in the day
		INSERT INTO issue VALUES ('PAY-17','10',1,'');
		INSERT INTO change VALUES ('PAY-17','2026-11-03T23:30','Sprint',NULL,NULL),
			('PAY-17','2026-11-12T10:00','Sprint',NULL,NULL);
		UPDATE issue_changes SET field_id = NULL WHERE issue_id = 'PAY-17';
		UPDATE issue_changes SET to_text = 'Ypsilon, Alpha'
		 WHERE issue_id = 'PAY-17' AND changed_at < unixepoch('2026-11-10');
		UPDATE issue_changes SET from_text = 'Ypsilon, Alpha', to_text = 'Ypsilon'
		 WHERE issue_id = 'PAY-17' AND changed_at > unixepoch('2026-11-10');
		-- 18: the close itself put another sprint in place of this one
		INSERT INTO issue VALUES ('PAY-18','10',1,'2');
		INSERT INTO change VALUES ('PAY-18','2026-11-13T15:00','Sprint','1','2');
		-- 19: sprint 12 is not sprint 1 or 2
		INSERT INTO issue VALUES ('OPS-19','30',3,'12');
		INSERT INTO change VALUES ('OPS-19','2026-11-10','status','40','30');
		-- 20: left behind by sprint 2, and in the running one
		INSERT INTO issue VALUES ('PAY-20','20',2,'2, 3');
		INSERT INTO change VALUES ('PAY-20','2026-11-20T15:00','Sprint','2','2, 3');
		-- 22: created into sprint 2 on its second day, which no change says,
		-- and done in it: added, not committed
		INSERT INTO issue VALUES ('PAY-22','30',3,'2');
		UPDATE issues SET created_at = unixepoch('2026-11-17T10:00') WHERE id = 'PAY-22';
		INSERT INTO change VALUES ('PAY-22','2026-11-19T10:00','status','10','30');
		-- 21: of a sprint that was to start on the 20th, and has not
		INSERT INTO issue VALUES ('PAY-21','10',8,'4');
	SQL
}

# 1 5, 2 0, 3 3, 7 4, 11 2, 12 1, 13 10, 14 3, 15 2, 16 1, 18 1
@test "commitment is what was in the sprint and not done at its start, as estimated then" {
	fortnight
	same "$(fig commitment --by sprint --scope PAY)" \
		"$(printf '%s\n' 'Alpha - 32 11' 'Beta (PAY board) - 7 3')"
	same "$(fig commitment --by sprint --scope PAY --set measure=issues | head -1)" "Alpha - 11 11"
	metrics -d a.db commitment --since 2026-11-01 --until 2026-11-15 --rows --format ndjson |
		jq -r '[.key, .size, .status] | map(tostring) | join(" ")' | sort >rows
	same "$(cat rows)" "$(printf '%s\n' 'OPS-14 3 Doing' 'PAY-1 5 To Do' \
		'PAY-11 2 Doing' 'PAY-12 1 Doing' 'PAY-13 10 Doing' 'PAY-15 2 Doing' \
		'PAY-16 1 Doing' 'PAY-18 1 To Do' 'PAY-2 0 To Do' 'PAY-3 3 Doing' 'PAY-7 4 Doing')"
}

# 1 5, 2 0, 3 8, 4 2, 11 2, 12 1, 14 3, 16 1; 6 apart; in Beta 7 4, 22 3
@test "completed is what was done in the last column at the close, outside what was so before" {
	fortnight
	same "$(fig completed --by sprint --scope PAY)" \
		"$(printf '%s\n' 'Alpha - 22 8' 'Alpha outside 7 1' \
			'Beta (PAY board) - 7 2' 'Beta (PAY board) outside 0 0')"
	same "$(fig completed --by project | grep -e ' - ')" \
		"$(printf '%s\n' 'OPS - 3 1' 'PAY - 29 10')"
	same "$(fig completed --by sprint --set measure=issues --set sprint=Alpha)" \
		"$(printf '%s\n' 'Alpha - 8 8' 'Alpha outside 1 1')"
}

# 7 4, 8 6, 13 10, 18 1; in Beta 18 1, 20 2
@test "carry_over is what was in the sprint at its close and not done, on the board or not" {
	fortnight
	same "$(fig carry_over --by sprint --scope PAY)" \
		"$(printf '%s\n' 'Alpha - 21 4' 'Beta (PAY board) - 3 2')"
}

# Of 32: 1 5, 2 0, 3 3, 11 2, 12 1, 14 3, 16 1; of 7: 7 4
@test "completion_rate is the part of the commitment that was done, as it was estimated at the start" {
	fortnight
	same "$(fig completion_rate --by sprint --scope PAY)" \
		"$(printf '%s\n' 'Alpha - 0.4688 11' 'Beta (PAY board) - 0.5714 3')"
	same "$(fig completion_rate --scope PAY)" "all - 0.4872 14"
}

# Added 4 2, 5 1, 17 1; removed 5 1, 15 2, 17 1; 3 from 3 to 8
@test "scope_change tells added, removed and estimated apart, and what is both counts as both" {
	fortnight
	same "$(fig scope_change --by sprint --set sprint=Alpha)" \
		"$(printf '%s\n' 'Alpha - 5 7' 'Alpha added 4 3' 'Alpha removed 4 3' 'Alpha estimated 5 1')"
	same "$(fig scope_change --by sprint --set sprint=Alpha --set measure=issues)" \
		"$(printf '%s\n' 'Alpha - 0 6' 'Alpha added 3 3' 'Alpha removed 3 3' 'Alpha estimated 0 0')"
	# 22, from its creation on: 17th +3, 18th 7 -4, 19th 22 -3
	same "$(fig scope_change --by sprint --set sprint=2)" "$(printf '%s\n' 'Beta (PAY board) - 3 1' \
		'Beta (PAY board) added 3 1' 'Beta (PAY board) removed 0 0' 'Beta (PAY board) estimated 0 0')"
	same "$(burn burndown - --set sprint=2)" "16:7 17:10 18:6 19:3 20:3"
}

# Alpha 22 of 32, Beta 7 of 7; the other Beta, closed without saying when, 3
# of 3 on a board without columns: Parked is not done there, but on the board.
@test "velocity is the mean of what the last closed sprints of each board completed" {
	fortnight
	same "$(fig velocity --by board)" "$(printf '%s\n' 'OPS board - 3 1' \
		'OPS board committed 3 1' 'PAY board - 14.5 2' 'PAY board committed 19.5 2')"
	same "$(fig velocity)" "$(printf '%s\n' 'all - 10.6667 3' 'all committed 14 3')"
	same "$(fig velocity --by board --set sprints=1 | grep PAY)" \
		"$(printf '%s\n' 'PAY board - 7 1' 'PAY board committed 7 1')"
	# The window holds what closed in it: Beta of PAY on the 20th at 15:00.
	same "$(fig velocity --scope PAY --until 2026-11-20)" \
		"$(printf '%s\n' 'all - 22 1' 'all committed 32 1')"
	same "$(fig velocity --since 2027-01-01 --until 2027-02-01)" \
		"$(printf '%s\n' 'all - null 0' 'all committed null 0')"
}

# Of the commitment 32: 3rd 17 +1; 4th 4 +2; 5th 5 +1, 1 -5, 11 -2; 6th 5 -1,
# 3 +5; 9th 8 is on the board +6, 3 -8; 10th 11 +2, 2 -0; 11th 15 -2, 4 -2;
# 12th 17 -1, 11 -2, 14 -3, 16 -1; 13th 12 -1.
@test "burndown falls from the commitment as issues are done, rises on reopen and ends with what was left" {
	fortnight
	same "$(burn burndown - --set sprint=Alpha)" \
		"02:32 03:33 04:35 05:29 06:33 07:33 08:33 09:31 10:33 11:29 12:22 13:21"
	same "$(burn burndown commitment --set sprint=Alpha | tr ' ' '\n' | cut -d: -f2 | sort -u)" 32
	# 12 days: 32 * 11/12 on the first, nothing on the last
	same "$(burn burndown ideal --set sprint=Alpha)" \
		"02:29.33 03:26.67 04:24 05:21.33 06:18.67 07:16 08:13.33 09:10.67 10:8 11:5.33 12:2.67 13:0"
	same "$(burn burndown scope --set sprint=Alpha)" \
		"02:0 03:1 04:2 05:1 06:4 07:0 08:0 09:6 10:0 11:-2 12:-1 13:0"
	# 23:30 is the next day in Berlin
	same "$(burn burndown - --set sprint=Alpha --tz Europe/Berlin | cut -d' ' -f1-3)" "02:32 03:32 04:35"
	# as it was on the 7th, when the sprint still ran
	same "$(burn burndown - --set sprint=Alpha --until 2026-11-07)" "02:32 03:33 04:35 05:29 06:33"
	same "$(fig completed --set sprint=Alpha --until 2026-11-07 | head -1)" "all - null 0"
	# of a running sprint up to now, none of one that was to start and has not
	same "$(burn burndown - --set sprint=Gamma --until 2026-11-24)" "23:2"
	same "$(burn burndown - --set sprint=Delta)" ""
	same "$(burn burndown - --set sprint=Alpha --set measure=issues)" \
		"02:11 03:12 04:13 05:12 06:11 07:11 08:11 09:11 10:11 11:9 12:5 13:4"
}

@test "the rows of burndown name each change: reopened, added, removed, estimated, done" {
	fortnight
	metrics -d a.db burndown --set sprint=Alpha --since 2026-11-01 --until 2026-11-25 --rows --format ndjson >rows
	same "$(jq -r '.event' rows | sort | uniq -c | sed 's/^ *//' | paste -sd,)" \
		"3 added,9 done,1 estimated,1 mapped,3 removed,1 reopened,13 start"
	same "$(jq -rs 'map(.remaining) | add' rows)" 21
	same "$(jq -r 'select(.key == "PAY-11") | .event' rows | paste -sd' ')" "start done reopened done"
}

@test "burnup rises to what the sprint completed, under its scope" {
	fortnight
	same "$(burn burnup - --set sprint=Alpha)" \
		"02:0 03:0 04:0 05:7 06:7 07:7 08:7 09:15 10:13 11:15 12:21 13:22"
	same "$(burn burnup scope --set sprint=Alpha)" \
		"02:32 03:33 04:35 05:36 06:40 07:40 08:40 09:46 10:46 11:44 12:43 13:43"
}

# Sprint 51 runs from the 2nd to the 13th on a board without a project, with a
# Done that is not its last column, and which estimates in a field of its own.
oddities() {
	sprint_db a.db <<-'SQL'
		UPDATE fields SET name = 'Itération' WHERE name = 'Sprint';
		UPDATE fields SET custom = 1;
		INSERT INTO board VALUES
		('5', 'Team', NULL, 'customfield_4', 'To Do 10, Done 30, Parked 40'),
		('6', 'Team', 'OPS', NULL, NULL);
		INSERT INTO sprint VALUES
		('51','One','5','closed','2026-11-02T09:00','2026-11-13','2026-11-13T15:00'),
		('52','One','5','closed','2026-11-16T09:00','2026-11-20','2026-11-20T15:00'),
		('53','One','5','closed','2026-11-16T09:00','2026-11-20','2026-11-20T15:00'),
		('61','Two','6','closed','2026-11-02T09:00','2026-11-13','2026-11-13T15:00'),
		('62','Two','5','closed','2026-11-16T09:00','2026-11-20','2026-11-20T15:00');
		UPDATE sprints SET deleted_at = 1 WHERE id = 53;
		-- 1: taken out by a change of the field under its other name, on Data
		-- Center; estimated 2, then 3 before the start
		INSERT INTO issue VALUES ('PAY-1','10',NULL,'');
		INSERT INTO change VALUES ('PAY-1','2026-10-30','Effort','2','3'),
			('PAY-1','2026-11-05','Itération','50, 51','50');
		UPDATE issue_changes SET field_id = NULL, from_id = '50,51', to_id = '50'
		 WHERE field = 'Itération';
		-- 2: in the last column; only the other field of points has a history
		INSERT INTO issue VALUES ('PAY-2','40',8,'51');
		INSERT INTO change VALUES ('PAY-2','2026-11-04','Story Points','5','8'),
			('PAY-2','2026-11-05','status','30','40');
		-- 3: Done, not in the last column; 4: of another project; 5: in none
		INSERT INTO issue VALUES ('PAY-3','30',1,'51'), ('WEB-4','10',2,'51'),
			('WEB-5','10',2,'53');
		-- 6: two changes in one second, the later history last
		INSERT INTO issue VALUES ('PAY-6','10',4,'51');
		INSERT INTO change VALUES ('PAY-6','2026-11-06','status','10','40'),
			('PAY-6','2026-11-06','status','40','10');
		-- 7: Parked is done for OPS, says pulse.yaml
		INSERT INTO issue VALUES ('OPS-7','40',6,'61');
		INSERT INTO change VALUES ('OPS-7','2026-11-05','status','10','40');
	SQL
	echo 'clients: [{id: 1, jira: {status_mapping: {OPS: {Parked: done}}}}]' >pulse.yaml
}

@test "a sprint is told by its board's columns and field, whatever these are called and whoever owns it" {
	oddities
	# 1 3, 2 5, 3 1, 4 2, 6 4; the board is one of PAY, as most of its issues
	same "$(fig commitment --by sprint --scope PAY)" \
		"$(printf '%s\n' 'One #51 - 15 5' 'One #52 - 0 0' 'Two (Team #5) - 0 0')"
	same "$(fig commitment --by project)" "$(printf '%s\n' 'OPS - 6 1' 'PAY - 15 5' 'WEB - null 0')"
	same "$(fig completed --by board -c pulse.yaml | grep -e ' - ')" \
		"$(printf '%s\n' 'Team #5 - 8 1' 'Team #6 - 6 1')"
	same "$(fig carry_over --set sprint=51)" "all - 7 3"
	sqlite3 a.db "UPDATE issues SET issue_type = 'Bug' WHERE id = 'PAY-6'"
	same "$(fig carry_over --by type --set sprint=51)" "$(printf '%s\n' 'Bug - 4 1' 'Story - 3 2')"
	same "$(fig scope_change --by type --set sprint=51 | head -1)" "Story - 0 2"
	same "$(fig scope_change --set sprint=51)" \
		"$(printf '%s\n' 'all - 0 2' 'all added 0 0' 'all removed 3 1' 'all estimated 3 1')"
	# A sprint belongs to the week in which it was closed.
	metrics -d a.db commitment --scope PAY --by week --since 2026-11-02 --until 2026-11-23 \
		--format ndjson | jq -r '"\(.period) \(.value)"' >weeks
	same "$(cat weeks)" "$(printf '%s\n' '2026-11-02 null' '2026-11-09 15' '2026-11-16 0')"
}

@test "a board without a project is of that of its issues, of whatever window" {
	sprint_db a.db <<-'SQL'
		INSERT INTO board VALUES ('5', 'Team', NULL, NULL, NULL);
		INSERT INTO sprint VALUES
		('51','One','5','closed','2026-11-02T09:00','2026-11-13','2026-11-13T15:00'),
		('52','Old','5','closed','2026-08-03T09:00','2026-08-14','2026-08-14T15:00'),
		('53','Next','5','future',NULL,NULL,NULL);
		-- none in One; one before it, and two in what is to come
		INSERT INTO issue VALUES ('WEB-1','30',3,'52'), ('PAY-1','10',5,'53'),
			('PAY-2','10',5,'53');
	SQL
	same "$(fig commitment --by project)" "$(printf '%s\n' 'PAY - 0 0' 'WEB - null 0')"
	sqlite3 a.db "UPDATE issues SET deleted_at = 1 WHERE id LIKE 'PAY%'"
	same "$(fig commitment --by project | grep WEB)" "WEB - 0 0"
}

@test "on a board without columns the class of a status in the issue's own project tells what is done" {
	oddities
	{
		printf '.read "%s"\n' "$BATS_TEST_DIRNAME/fixtures/sprint.sql"
		cat <<-'SQL'
			INSERT INTO issue VALUES ('WEB-9','40',5,'61');
			INSERT INTO change VALUES ('WEB-9','2026-11-06','status','10','40');
			-- put back from Parked to To Do, and moved to WEB since
			INSERT INTO issue VALUES ('WEB-10','10',4,'61');
			INSERT INTO change VALUES ('WEB-10','2026-11-03','status','10','40'),
				('WEB-10','2026-11-10','status','40','10');
		SQL
	} | sqlite3 -bail a.db
	# Nowhere is Parked done, so nothing of 6 + 5 + 4 is.
	echo 'clients: [{id: 1}]' >plain.yaml
	same "$(fig completed -c plain.yaml --set sprint=61 | head -1)" "all - 0 0"
	same "$(burn burndown - -c plain.yaml --set sprint=61)" \
		"02:15 03:15 04:15 05:15 06:15 07:15 08:15 09:15 10:15 11:15 12:15 13:15"
	# pulse.yaml makes it done for OPS: 7 alone, from the 5th on.
	same "$(fig completed -c pulse.yaml --set sprint=61 | head -1)" "all - 6 1"
	same "$(fig carry_over -c pulse.yaml --set sprint=61)" "all - 9 2"
	same "$(burn burndown - -c pulse.yaml --set sprint=61)" \
		"02:15 03:15 04:15 05:9 06:9 07:9 08:9 09:9 10:9 11:9 12:9 13:9"
	# For WEB as well: 9 stays done, 10 came back.
	echo 'clients: [{id: 1, jira: {status_mapping: {OPS: {Parked: done}, WEB: {parked: done}}}}]' >both.yaml
	same "$(burn burndown - -c both.yaml --set sprint=61)" \
		"02:15 03:11 04:11 05:5 06:0 07:0 08:0 09:0 10:4 11:4 12:4 13:4"
}

@test "no plan makes an index on the way or reads a big table whole" {
	fortnight
	metrics -d a.db sprint burndown burnup --by sprint --plan >plan
	grep -q 'SEARCH c USING COVERING INDEX issue_changes_left' plan
	refute grep -i automatic plan
	# c issue_changes, t issue_sprints, i issues
	sed '1,/^velocity$/d' plan | tr -s ' ' >sprints
	grep -q 'SEARCH c USING' sprints
	refute grep -E 'SCAN (c|i|t|issues|issue_changes|issue_sprints)( USING.*)?$' sprints
}

# Every sprint as "name commitment completed carried added removed estimated".
ours() { # points or issues
	metrics -d demo.db commitment completed carry_over scope_change --by sprint \
		--since 2025-01-01 --until 2026-11-25 --set "measure=$1" --format ndjson |
		jq -rs 'map(select(.part != "outside")) | group_by(.group) | .[]
			| [.[0].group, ((map({key: (.metric + (.part // "")), value}) | from_entries)
				| .commitment, .completed, .carry_over, .scope_changeadded,
				.scope_changeremoved, .scope_changeestimated)]
			| map(tostring) | join(" ")' | sort
}
theirs() {
	curl -s "$DEMO_URL/__demo/figures" | jq -r --arg m "$1" '.sprints[]
		| [.name, (.commitment, .completed, .carried, .added, .removed)[$m],
			(if $m == "points" then .estimated else 0 end)]
		| map(tostring) | join(" ")' | sort
}

@test "every sprint of the demo has the figures that brute force over its model gives" {
	export PULSE_HOME=$PWD/home
	mkdir home
	for flavor in cloud dc; do
		demo_start --now 2026-11-24T08:00:00Z --repos 1 --prs 1 --issues 500 --flavor $flavor
		if [ $flavor = dc ]; then
			export JIRA_TOKEN=demo-jira-token
			unset JIRA_EMAIL JIRA_API_TOKEN
		else
			export JIRA_EMAIL=demo@acme.test JIRA_API_TOKEN=demo-jira-token
		fi
		rm -f demo.db
		fetch-jira -q --base-url "$DEMO_URL/jira" 2>notes | validate |
			"$PULSE_BIN/load" -d demo.db
		for measure in points issues; do
			theirs $measure >theirs
			same "$(awk '$4 > 0 && $5 > 0 && $6 > 0' theirs | wc -l | awk '{ print ($1 > 20) }')" 1
			same "$(ours $measure)" "$(cat theirs)"
		done
		demo_stop
	done
}
