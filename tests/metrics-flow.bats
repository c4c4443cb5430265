#!/usr/bin/env bats
# Flow and quality of Jira's issues, and the quality of the data, in figures
# worked out by hand.

load helper
load delivery

setup() {
	in_own_folder
	echo 2026-11-30T00:00:00Z >clock
	export PULSE_TEST_CLOCK=$PWD/clock
}
teardown() { demo_stop; }

# fig NAME [OPTION...] - its figures as PART PERIOD GROUP VALUE N lines; a whole
# one has no part, "all" and the whole window are left out.
fig() {
	metrics -d a.db --format ndjson --since 2026-11-02 --until 2026-11-16 "$@" |
		jq -r '[.part // empty, .period // empty, (.group | select(. != "all")),
		(.value | if . == null then "null" else . * 1e4 | round / 1e4 end), .n]
		| map(tostring) | join(" ")'
}

# rows JQ NAME [OPTION...] - of each row what JQ picks, joined by blanks
rows() {
	metrics -d a.db --format ndjson --since 2026-11-02 --until 2026-11-16 --rows "${@:2}" |
		jq -r "$1 | map(. // \"-\") | join(\" \")"
}

lines() { printf '%s\n' "$@"; }

# Two weeks from Monday 2026-11-02 on; PAY sets resolution dates, TEAM is
# team-managed and sets none.
two_weeks() {
	{
		printf '.read "%s"\n' "$BATS_TEST_DIRNAME/fixtures/flow.sql"
		cat <<-'SQL'
			INSERT INTO project VALUES ('PAY'), ('TEAM');
			INSERT INTO issue VALUES
			-- straight through, with odd seconds
			('PAY-1','Story','2026-11-02T08:00',
			 'To Do, 2026-11-02T10:00 In Progress, 2026-11-02T12:00 Review, 2026-11-02T16:30:59 Done',
			 '2026-11-02T16:30:59'),
			-- skips progress
			('PAY-2','Bug','2026-11-02T09:00','To Do, 2026-11-03T09:00 Done','2026-11-03T09:00'),
			-- opened again, done again
			('PAY-3','Story','2026-11-02',
			 'To Do, 2026-11-03 In Progress, 2026-11-03T12:00 Done, 2026-11-04 To Do, 2026-11-04T06:00 In Progress, 2026-11-04T12:00 Done',
			 '2026-11-04T12:00'),
			-- given up
			('PAY-4','bug','2026-11-03','To Do, 2026-11-03T01:00 In Progress, 2026-11-05 Done','2026-11-05'),
			-- opened again, and open: its resolution date is gone
			('PAY-5','Story','2026-11-03',
			 'To Do, 2026-11-04 In Progress, 2026-11-05 Done, 2026-11-06 In Progress',NULL),
			-- a change to no status keeps the former class
			('PAY-6','Story','2026-11-09',
			 'To Do, 2026-11-09T01:00 In Progress, 2026-11-09T02:00 -, 2026-11-09T03:00 Done','2026-11-09T03:00'),
			-- from done to done is no second end
			('PAY-7','Story','2026-11-10',
			 'To Do, 2026-11-10T01:00 In Progress, 2026-11-10T02:00 Done, 2026-11-12 Closed','2026-11-10T02:00'),
			-- deleted
			('PAY-8','Bug','2026-11-10','To Do, 2026-11-10T01:00 Done','2026-11-10T01:00'),
			-- open: in progress, and untouched
			('PAY-9','Bug','2026-11-11','To Do, 2026-11-12 In Progress, 2026-11-13 Blocked',NULL),
			('PAY-10','Bug','2026-11-11T12:00:30','To Do',NULL),
			-- a resolution date does not make it done
			('PAY-11','Story','2026-11-12','To Do','2026-11-12'),
			('TEAM-1','Defect','2026-11-04','To Do, 2026-11-04T12:00 In Progress, 2026-11-05 Done',NULL),
			('TEAM-2','Story','2026-11-04',
			 'To Do, 2026-11-04T12:00 In Progress, 2026-11-05 Done, 2026-11-06 In Progress, 2026-11-10 Done',NULL),
			-- created in progress, and created done
			('TEAM-3','Story','2026-11-09','In Progress, 2026-11-09T10:00 Done',NULL),
			('TEAM-4','Story','2026-11-10','Done',NULL);
			UPDATE issues SET resolution = 'Done' WHERE resolutiondate IS NOT NULL;
			UPDATE issues SET resolution = 'won''t do' WHERE key = 'PAY-4';
			UPDATE issues SET deleted_at = 1 WHERE key = 'PAY-8';
			UPDATE issues SET story_points = CASE key WHEN 'PAY-1' THEN 3
				WHEN 'PAY-3' THEN 5 WHEN 'PAY-7' THEN 2 WHEN 'PAY-9' THEN 8 END;
			UPDATE issues SET priority = CASE key WHEN 'PAY-2' THEN 'High' WHEN 'PAY-4' THEN 'High'
				WHEN 'TEAM-1' THEN 'Low' WHEN 'PAY-9' THEN 'Highest' END;
			UPDATE issues SET assignee = 'Ada', assignee_id = 'a1' WHERE key IN ('PAY-1', 'PAY-3');
			UPDATE issues SET assignee = 'Bob', assignee_id = 'b1' WHERE key = 'TEAM-1';
			UPDATE issues SET labels = '["Production","x"]' WHERE key = 'PAY-2';
			INSERT INTO issue_versions VALUES (1, 'PAY-9', 0, 'jira', '2.0');
		SQL
	} | new_db a.db
}

@test "cycle_time runs from first in progress to last done of what is done now" {
	two_weeks
	# 2 and TEAM-4 were never in progress, 4 was given up, 5 is open again, 8
	# is deleted, 11 is not done.  TEAM-3 begins with its creation, 7 ends with
	# Done, 6 knows no change to nothing.
	same "$(rows '[.resolved_at, .key, .minutes, .active]' cycle_time | sort | cut -d' ' -f2-)" "$(
		lines 'PAY-1 390 390' 'PAY-2 - -' 'PAY-3 2160 1080' 'TEAM-1 720 720' 'PAY-6 120 120' \
			'TEAM-3 600 600' 'TEAM-2 7920 6480' 'TEAM-4 - -' 'PAY-7 60 60'
	)"
	# 60 120 390 600 720 2160 7920: the 4th; rank 0.85 and 0.95 of 6: the 6th.
	# Active 60 120 390 600 720 1080 6480: the 4th.
	same "$(fig cycle_time)" "$(lines '600 7' 'p85 2160 7' 'p95 2160 7' 'active 600 7')"
	run -0 metrics -d a.db cycle_time --since 2026-11-02 --until 2026-11-16
	[[ $output == *"2 never in progress"* ]]
	# 390 720 2160, and 60 120 | 600 7920
	same "$(fig cycle_time --by week | grep -v '[a-z]')" "$(lines '2026-11-02 720 3' '2026-11-09 120 4')"
}

@test "issue_lead_time is from creation to resolution, or to the last move into done without one" {
	two_weeks
	# Rounded down; TEAM-2 counts where it was done last; cancelled ones count.
	same "$(rows '[.resolved_at, .key, .minutes]' issue_lead_time | sort)" "$(
		lines '2026-11-02T16:30:59Z PAY-1 510' '2026-11-03T09:00:00Z PAY-2 1440' \
			'2026-11-04T12:00:00Z PAY-3 3600' '2026-11-05T00:00:00Z PAY-4 2880' \
			'2026-11-05T00:00:00Z TEAM-1 1440' '2026-11-09T03:00:00Z PAY-6 180' \
			'2026-11-09T10:00:00Z TEAM-3 600' '2026-11-10T00:00:00Z TEAM-2 8640' \
			'2026-11-10T00:00:00Z TEAM-4 0' '2026-11-10T02:00:00Z PAY-7 120'
	)"
	# The sum is 19410, the mean 1941; 0 120 180 510 600|1440 1440 2880 3600
	# 8640: the 5th, and rank 0.8 of 9: the 8th.
	same "$(fig issue_lead_time)" "$(lines '1.3479 10' 'median 0.4167 10' 'p80 2 10')"
}

@test "throughput counts issues and points by the day of resolution, none as zero" {
	two_weeks
	same "$(fig throughput --by week --until 2026-11-23)" "$(
		lines '2026-11-02 5 5' 'points 2026-11-02 8 2' '2026-11-09 5 5' \
			'points 2026-11-09 2 1' '2026-11-16 0 0' 'points 2026-11-16 0 0'
	)"
	same "$(fig throughput --by project)" "$(
		lines 'PAY 6 6' 'points PAY 10 3' 'TEAM 4 4' 'points TEAM 0 0'
	)"
	same "$(fig throughput --by type | grep -v points | sort)" "$(
		lines 'Bug 1 1' 'Defect 1 1' 'Story 7 7' 'bug 1 1' | sort
	)"
	# Who has nobody is in no person's figure.
	same "$(fig throughput --by person | grep -v points | sort)" "$(lines 'Ada 2 2' 'Bob 1 1')"
}

@test "flow_efficiency is the time in progress over the cycle time, both summed" {
	two_weeks
	# Minutes 60 + 120 + 391 + 600 + 720 + 1080 + 6480 = 9451 of
	# 60 + 120 + 391 + 600 + 720 + 2160 + 7920 = 11971, less a second each
	same "$(fig flow_efficiency)" "0.7895 7"
	# Without the 271 minutes less a second in Review: 9180 of 11971
	same "$(fig flow_efficiency --set waiting=review)" "0.7669 7"
}

@test "work_item_age and issues_in_progress tell of what was open at the end of the window" {
	two_weeks
	# 5 since the 4th, although it was done on the 5th; 9 since the 12th
	same "$(rows '[.key, .status, .days]' work_item_age)" "$(lines 'PAY-5 In Progress 12' 'PAY-9 Blocked 4')"
	same "$(fig work_item_age)" "$(lines '4 2' 'p85 4 2' 'oldest 12 2')"
	same "$(fig issues_in_progress)" "$(lines '2 2' 'points 8 1')"
	# At the end of the 3rd only 4 was in progress, for 23 hours.
	same "$(fig work_item_age --until 2026-11-04)" "$(lines '0.9583 1' 'p85 0.9583 1' 'oldest 0.9583 1')"
	same "$(fig issues_in_progress --until 2026-11-04)" "$(lines '1 1' 'points 0 0')"
	same "$(fig issues_in_progress --by project)" "$(
		lines 'PAY 2 2' 'points PAY 8 1' 'TEAM 0 0' 'points TEAM 0 0'
	)"
}

@test "time_in_status has a row a stay: from creation, first status from the first change, the last one up to now" {
	two_weeks
	same "$(rows '[.status, .minutes, .open, .from_at] | select(true)' time_in_status |
		grep -c .)" 32
	same "$(metrics -d a.db time_in_status --rows --format ndjson --since 2026-11-02 --until 2026-11-16 |
		jq -r 'select(.key == ("PAY-1", "PAY-6", "PAY-10")) | [.key, .status, .minutes, .open] | join(" ")' | sort)" "$(
		lines 'PAY-1 To Do 120 0' 'PAY-1 In Progress 120 0' 'PAY-1 Review 270 0' \
			'PAY-10 To Do 6479 1' 'PAY-6 To Do 60 0' 'PAY-6 In Progress 120 0' | sort
	)"
	# Blocked 4320, open.  Done 720 1440|1440 2760; what is done now is in no
	# figure.  In Progress 60 120 120 360 600 720 720 720 1440 1440 2820 5760
	# 14400: the 7th.  To Do 60 60 60 120 360 720 720 1440 1440 1440 1440 5760
	# 6479: the 7th.
	same "$(fig time_in_status)" "$(
		lines 'To Do 720 13' 'Blocked 4320 1' 'In Progress 720 13' 'Review 270 1' 'Done 1440 4'
	)"
	# In the first week nothing is still open at its end.
	same "$(fig time_in_status --by week | grep Blocked)" "Blocked 2026-11-09 4320 1"
}

@test "created_done and delivery_rate set the created against the done" {
	two_weeks
	same "$(fig created_done --by week --until 2026-11-23)" "$(
		lines '2026-11-02 2 12' 'created 2026-11-02 7 7' 'done 2026-11-02 5 5' \
			'2026-11-09 2 12' 'created 2026-11-09 7 7' 'done 2026-11-09 5 5' \
			'2026-11-16 0 0' 'created 2026-11-16 0 0' 'done 2026-11-16 0 0'
	)"
	# Of those created in the first week only 5 is not done now, TEAM-2 is; of
	# the second week's 6, 7, TEAM-3 and TEAM-4 are.
	same "$(fig delivery_rate --by week --until 2026-11-23)" "$(
		lines '2026-11-02 0.8571 7' '2026-11-09 0.5714 7' '2026-11-16 null 0'
	)"
}

@test "cumulative_flow has the classes of each day, worked out backwards" {
	two_weeks
	days() { fig cumulative_flow --until 2026-11-08 "$@" | awk '{ d[$2] = d[$2] " " $3 } END { for (i in d) print i d[i] }' | sort; }
	# 2nd: 1 done, 2 and 3 wait.  3rd: 2 and 3 done, 4 in progress, 5 new.
	# 4th: 3 was back and is done again; 4, 5, TEAM-1, TEAM-2 in progress.
	# 5th: those are done.  6th: 5 and TEAM-2 are back.
	same "$(days)" "$(
		lines '2026-11-02 2 0 1' '2026-11-03 1 1 3' '2026-11-04 0 4 3' '2026-11-05 0 0 7' \
			'2026-11-06 0 2 5' '2026-11-07 0 2 5'
	)"
	# In New York a day ends at 05:00.  2nd: 3 and 4 have begun.  3rd: 3 was put
	# back, 5 has begun, TEAM-1 and TEAM-2 were created.
	same "$(days --tz America/New_York | sed -n '1,3p')" "$(
		lines '2026-11-02 2 2 1' '2026-11-03 3 2 2' '2026-11-04 0 0 7'
	)"
	same "$(fig cumulative_flow --by week)" "$(
		lines 'todo 2026-11-02 0 0' 'in_progress 2026-11-02 2 2' 'done 2026-11-02 5 5' \
			'todo 2026-11-09 2 2' 'in_progress 2026-11-09 2 2' 'done 2026-11-09 10 10'
	)"
	# The rows that have no period are what is there now: 10 done, 2 and 2.
	same "$(metrics -d a.db cumulative_flow --rows --format ndjson --since 2026-11-02 --until 2026-11-16 |
		jq -rs 'map(select(.what == "now")) | group_by(.part) | map("\(.[0].part) \(map(.count) | add)") | join(", ")')" \
		"done 10, in_progress 2, todo 2"
}

@test "reopen_rate is the share of those that became done and left it again" {
	two_weeks
	# 1 2 3 4 5 TEAM-1 TEAM-2, then TEAM-2 again, TEAM-3, 6, 7; 3, 5 and TEAM-2
	# came back, 7 only went on to another status of done.
	same "$(fig reopen_rate)" "0.3 10"
	same "$(fig reopen_rate --by week)" "$(lines '2026-11-02 0.4286 7' '2026-11-09 0 4')"
	same "$(metrics -d a.db reopen_rate --rows --format ndjson --since 2026-11-02 --until 2026-11-16 |
		jq -r 'select(.reopened == 1) | [.key, .done_at, .left_at] | join(" ")' | sort)" "$(
		lines 'PAY-3 2026-11-03T12:00:00Z 2026-11-04T00:00:00Z' \
			'PAY-5 2026-11-05T00:00:00Z 2026-11-06T00:00:00Z' \
			'TEAM-2 2026-11-05T00:00:00Z 2026-11-06T00:00:00Z'
	)"
}

@test "bugs are issues of the types named, in any case" {
	two_weeks
	# 2 4 9 10 and TEAM-1 of 14; 8 is deleted
	same "$(fig bug_share)" "0.3571 14"
	same "$(fig bug_share --set bug_types=Defect)" "0.0714 14"
	same "$(fig bugs_by_priority)" "$(lines '5 5' 'Highest 1 1' 'High 2 2' 'Low 1 1' 'none 1 1')"
	# A day, two days, and TEAM-1, which has no resolution, a day
	same "$(fig bug_age)" "1 3"
	# 10 for 30 seconds less than 4.5 days, 9 for 5
	same "$(fig open_bug_age)" "$(lines '4.4997 2' 'oldest 5 2')"
	same "$(fig bugs_open)" "$(lines '2 2' 'Highest 1 1' 'none 1 1')"
	# 2 by its label, 9 by the version that it affects
	same "$(fig escaped_bugs)" "0.4 5"
	same "$(fig escaped_bugs --set affected_versions=no)" "0.2 5"
}

@test "pulse.yaml says what a project's status stands for, and where its issues are" {
	two_weeks
	cat >pulse.yaml <<-'YAML'
		clients:
		- id: 1
		  jira: {base_url: https://acme.atlassian.net, status_mapping: {PAY: {Blocked: new, review: done}}}
	YAML
	# 9 is not in progress any more; 1 was done when it came to Review.
	same "$(fig issues_in_progress -c pulse.yaml | head -1)" "1 1"
	same "$(rows '[.key, .minutes, .url]' cycle_time -c pulse.yaml | grep '^PAY-1 ')" \
		"PAY-1 120 https://acme.atlassian.net/browse/PAY-1"
}

@test "by team and person an issue counts for whom it is assigned to, bots only when asked for" {
	two_weeks
	more a.db <<-'SQL'
		INSERT INTO users (client_id,id,source,name,account_type,updated_ms,fetched_ms,digest)
		VALUES (1,'b1','jira','Bob','app',0,0,0);
		UPDATE issues SET assignee = 'Cat', assignee_id = 'c1' WHERE key IN ('PAY-2', 'PAY-9');
	SQL
	echo 'clients: [{id: 1}]' >pulse.yaml
	echo 'teams: [{name: core, members: [{name: Ada Example, jira: a1}, {name: Cat, jira: C1}]}]' >teams.yaml
	same "$(fig throughput -c pulse.yaml --by team | grep -v points)" "core 3 3"
	same "$(fig throughput -c pulse.yaml --by person | grep -v points | sort)" "$(lines 'Ada Example 2 2' 'Cat 1 1')"
	same "$(fig throughput -c pulse.yaml --by person --bots | grep -v points | sort)" "$(
		lines 'Ada Example 2 2' 'Bob 1 1' 'Cat 1 1'
	)"
	same "$(fig issues_in_progress -c pulse.yaml --by team | grep -v points)" "core 1 1"
	same "$(fig reopen_rate -c pulse.yaml --by person | sort)" "$(lines 'Ada Example 0.5 2' 'Cat 0 1')"
}

@test "an issue that moved counts in the project it is in now, its statuses as what they were where it was" {
	{
		printf '.read "%s"\n' "$BATS_TEST_DIRNAME/fixtures/flow.sql"
		cat <<-'SQL'
			INSERT INTO project VALUES ('PAY'), ('OLD');
			INSERT INTO issue VALUES ('PAY-1','Story','2026-11-02',
			 'To Do, 2026-11-03 Review, 2026-11-04 Done, 2026-11-05 In Progress, 2026-11-06 Done','2026-11-06');
			-- OLD is team-managed: its own statuses, a Done that is not done.
			INSERT INTO statuses VALUES (1,'71','jira','Doing','indeterminate','OLD',NULL,0,0,0),
				(1,'72','jira','Done','indeterminate','OLD',NULL,0,0,0);
			UPDATE issue_changes SET to_id = '71', to_text = 'Doing' WHERE to_text = 'Review';
			UPDATE issue_changes SET from_id = '71', from_text = 'Doing' WHERE from_text = 'Review';
			UPDATE issue_changes SET to_id = '72' WHERE to_text = 'Done' AND changed_at < unixepoch('2026-11-05');
			UPDATE issue_changes SET from_id = '72' WHERE from_text = 'Done';
			INSERT INTO issue_changes (client_id, issue_id, history_id, position, source, changed_at, field,
				from_id, from_text, to_id, to_text)
			VALUES (1,'PAY-1','200',0,'jira',unixepoch('2026-11-05'),'project','1','OLD','2','PAY'),
				(1,'PAY-1','200',1,'jira',unixepoch('2026-11-05'),'Key',NULL,'OLD-7',NULL,'PAY-1');
		SQL
	} | new_db a.db
	# In progress from the 3rd to the 6th without a break; created on the 2nd.
	same "$(rows '[.key, .minutes, .active]' cycle_time)" "PAY-1 4320 4320"
	same "$(fig issue_lead_time --by project | grep -v -e median -e p80)" "$(lines 'OLD null 0' 'PAY 4 1')"
	same "$(fig reopen_rate --by project)" "$(lines 'OLD null 0' 'PAY 0 1')"
	same "$(fig throughput --by project | grep -v points)" "$(lines 'OLD 0 0' 'PAY 1 1')"
	# What pulse.yaml says goes by the project it is in now.
	echo 'clients: [{id: 1, jira: {status_mapping: {OLD: {Done: done}, PAY: {Doing: new}}}}]' >pulse.yaml
	same "$(rows '[.key, .minutes]' cycle_time -c pulse.yaml)" "PAY-1 2880"
}

@test "moves in one second keep the order in which they were made" {
	{
		printf '.read "%s"\n' "$BATS_TEST_DIRNAME/fixtures/flow.sql"
		cat <<-'SQL'
			INSERT INTO project VALUES ('PAY');
			-- Through all statuses at once, 99 and then 100 being the edits.
			INSERT INTO issue VALUES ('PAY-1','Story','2026-11-02',
			 'To Do, 2026-11-03 In Progress, 2026-11-03 Review, 2026-11-03 Done',NULL),
			-- Done, back and done within a second.
			('PAY-2','Story','2026-11-02',
			 'To Do, 2026-11-02T12:00 In Progress, 2026-11-03 Done, 2026-11-03 In Progress, 2026-11-03 Done',NULL);
			UPDATE issue_changes SET history_id = CAST(history_id AS INTEGER) - 2;
			-- A status that is not stored counts as in progress.
			INSERT INTO issue VALUES ('PAY-3','Story','2026-11-02',
			 'To Do, 2026-11-02T12:00 Review, 2026-11-03 Done',NULL);
			UPDATE issue_changes SET to_id = '77', to_text = 'Lost' WHERE to_text = 'Review' AND issue_id = 'PAY-3';
			UPDATE issue_changes SET from_id = '77', from_text = 'Lost' WHERE from_text = 'Review' AND issue_id = 'PAY-3';
		SQL
	} | new_db a.db
	same "$(rows '[.key, .minutes, .active]' cycle_time | sort)" "$(lines 'PAY-1 0 0' 'PAY-2 720 720' 'PAY-3 720 720')"
	same "$(rows '[.key, .status, .minutes]' time_in_status | sort)" "$(
		lines 'PAY-1 In Progress 0' 'PAY-1 Review 0' 'PAY-1 To Do 1440' 'PAY-2 Done 0' 'PAY-2 In Progress 0' \
			'PAY-2 In Progress 720' 'PAY-2 To Do 720' 'PAY-3 Lost 720' 'PAY-3 To Do 720'
	)"
	same "$(rows '[.key, .reopened]' reopen_rate | sort)" "$(lines 'PAY-1 0' 'PAY-2 1' 'PAY-3 0')"
	# Just before that second.
	same "$(rows '[.key, .status, .minutes]' time_in_status --until 2026-11-03 | sort)" "$(
		lines 'PAY-1 To Do 1440' 'PAY-2 In Progress 720' 'PAY-2 To Do 720' 'PAY-3 Lost 720' 'PAY-3 To Do 720'
	)"
	same "$(fig cumulative_flow --until 2026-11-04 | cut -d' ' -f3 | paste -sd' ')" "1 2 0 0 0 3"
}

@test "figures without data are none, counts are zero" {
	two_weeks
	later=(--since 2026-11-20 --until 2026-11-27)
	for metric in cycle_time issue_lead_time flow_efficiency delivery_rate reopen_rate bug_share bug_age escaped_bugs; do
		same "$(fig $metric "${later[@]}" | head -1)" "null 0"
	done
	for metric in throughput created_done bugs_by_priority; do
		same "$(fig $metric "${later[@]}" | head -1)" "0 0"
	done
	[ -z "$(fig time_in_status --since 2026-10-01 --until 2026-10-08)" ]
}

# The rows of one check's offenders, as SCOPE KEY lines.
broken() { # CHECK
	metrics -d a.db quality --rows --format ndjson --since 2026-11-02 --until 2026-11-16 |
		jq -r --arg c "$1" 'select(.check == $c and .key != null) | "\(.scope) \(.key)"' | sort
}

# One record that breaks each check, beside ones that hold.
flawed() {
	{
		printf '.read "%s"\n' "$BATS_TEST_DIRNAME/fixtures/flow.sql"
		cat <<-'SQL'
			INSERT INTO project VALUES ('PAY');
			INSERT INTO repo VALUES ('api');
			INSERT INTO p VALUES ('api',1,'ann','2026-11-02','2026-11-03','11'),
				('api',2,'ann','2026-11-03','2026-11-02','12'),
				('api',3,NULL,'2026-11-03',NULL,NULL),
				('api',4,'ann','2026-11-03','2026-11-04',NULL),
				('api',5,'ann','2026-11-03',NULL,NULL),
				('api',6,'ann','2026-11-03',NULL,NULL);
			UPDATE pull_requests SET closed_at = created_at - 1 WHERE number = 5;
			UPDATE pull_requests SET state = 'merged' WHERE number = 6;
			INSERT INTO review VALUES ('api',1,'bob','2026-11-02T12:00'), ('api',99,'bob','2026-11-02');
			INSERT INTO pc VALUES ('api',1,'a1','2026-11-02'), ('api',98,'a2','2026-11-02'),
				('api',98,'a3','2026-11-02');
			INSERT INTO d VALUES ('api',1,'production','01','2026-11-02','success 2026-11-02T01:00'),
				('api',2,'production','02','2026-11-02','success 2026-11-01'),
				('api',3,'production',NULL,'2026-11-02','success 2026-11-03'),
				('gone',4,'production','04','2026-11-02','success 2026-11-03');
			INSERT INTO deployment_statuses (client_id,id,source,repo,deployment_id,state,created_at,
				updated_ms,fetched_ms,digest)
			VALUES (1,990,'github','acme/api',77,'success',unixepoch('2026-11-02'),0,0,0);
			INSERT INTO gh VALUES ('api',7,'bug','2026-11-03','2026-11-02'), ('api',8,'bug','2026-11-03',NULL);
			INSERT INTO issue VALUES ('PAY-1','Story','2026-11-02','To Do, 2026-11-03 Done','2026-11-03'),
				('PAY-2','Story','2026-11-03','To Do, 2026-11-04 Done','2026-11-02'),
				('PAY-3','Story','2026-11-02','To Do',NULL), ('PAY-4','Story','2026-11-02','To Do',NULL),
				('PAY-5','Story','2026-11-02','To Do',NULL), ('ODD-1','Story','2026-11-02','To Do',NULL);
			UPDATE issues SET status = 'Nowhere', status_id = '77' WHERE key = 'PAY-3';
			UPDATE issues SET parent_id = 'PAY-77' WHERE key = 'PAY-4';
			UPDATE issues SET parent_id = 'PAY-1', reporter = NULL WHERE key = 'PAY-5';
			INSERT INTO issue_histories (client_id,issue_id,history_id,source,updated_ms,fetched_ms,digest)
			VALUES (1,'PAY-66','1','jira',0,0,0), (1,'PAY-66','2','jira',0,0,0);
			INSERT INTO boards (client_id,id,source,project_key,updated_ms,fetched_ms,digest)
			VALUES (1,'1','jira','PAY',0,0,0);
			INSERT INTO sprints (client_id,id,source,state,board_id,started_at,ends_at,completed_at,
				updated_ms,fetched_ms,digest)
			VALUES (1,'1','jira','closed','1',10,20,21,0,0,0), (1,'2','jira','closed','1',10,20,9,0,0,0),
				(1,'3','jira','active','1',NULL,20,NULL,0,0,0), (1,'4','jira','future','1',NULL,NULL,NULL,0,0,0),
				(1,'5','jira','closed','1',10,20,NULL,0,0,0);
			INSERT INTO issue_sprints VALUES (1,'PAY-1',0,'jira','1'), (1,'PAY-1',1,'jira','88');
			INSERT INTO scopes VALUES (1,'github_job','acme/api',unixepoch('2026-11-14T23:59:59'),0),
				(1,'jira_job','PAY',unixepoch('2026-11-15'),0);
			INSERT INTO data_quality VALUES
			('b1',1,'github_pr',unixepoch('2026-11-01'),50,0,50,0.5,0,NULL,NULL,NULL),
			('b2',1,'github_pr',unixepoch('2026-11-02'),30,27,3,0.9,0.9,NULL,NULL,'{"title":2,"created_at":1}'),
			('b3',1,'github_pr',unixepoch('2026-11-03'),10,10,0,0.5,1,NULL,NULL,'{"title":1}');
		SQL
	} | new_db a.db
}

@test "quality names every record that breaks a check, and no other" {
	flawed
	while IFS='|' read -r check keys; do
		same "$check: $(broken "$check" | paste -sd,)" "$check: $keys"
	done <<-'END'
		no author|acme/api 3
		merged without a commit|acme/api 4
		merged without a time|acme/api 6
		merged before created|acme/api 2
		closed before created|acme/api 5,acme/api 7
		review without pull request|acme/api 99
		commits without pull request|acme/api 98
		no commit|acme/api 3
		finished before it started|acme/api 2
		repository unknown|acme/gone 4
		status without deployment|acme/api 77
		no reporter|PAY PAY-5
		project unknown|ODD ODD-1
		status unknown|PAY PAY-3
		parent unknown|PAY PAY-4
		resolved before created|PAY PAY-2
		changes of an unknown issue| PAY-66
		started without a time|PAY 3
		closed without a time|PAY 5
		ended before it started|PAY 2
		issues in an unknown sprint| 88
		fetched lately|acme/api acme/api
	END
	metrics -d a.db quality_problems --format ndjson --since 2026-11-02 --until 2026-11-16 >problems
	same "$(jq -s length problems)" 26
	same "$(jq -r 'select(.part | contains("rule")) | "\(.part) \(.value) \(.n)"' problems)" \
		"$(lines 'github_pr: rule title 3 40' 'github_pr: rule created_at 1 30')"
}

@test "quality is the share of checks that held, in four dimensions" {
	flawed
	# completeness  two questions about 6 pull requests: 2 broke one; about 2
	#   reviewed ones, 4 deployments: 1, 6 issues (three questions): 1, 5
	#   sprints (two): 2; validate: 40 less 27 + 5 = 8 fields worth of records.
	#   14 of 12 + 2 + 4 + 18 + 10 + 40 = 86
	# consistency  6 pull requests (four): 3; reviews and commits of 2 each: 2;
	#   4 deployments (two): 2; the statuses of 5: 1; 2 GitHub issues: 1;
	#   6 issues (five): 4; histories of 3: 1; 5 sprints: 1; 2 sprints named: 1
	#   16 of 24 + 2 + 2 + 8 + 5 + 2 + 30 + 3 + 5 + 2 = 83
	# accuracy  3 of 40; the batch of the 1st is outside the window
	# timeliness  one of two scopes is a second older than a day
	same "$(fig quality)" "$(
		lines 'completeness 0.8372 86' 'consistency 0.8072 83' 'accuracy 0.925 40' 'timeliness 0.5 2'
	)"
	same "$(fig quality --set fresh=2d | tail -1)" "timeliness 1 2"
	same "$(fig quality --by type | grep -E 'github_pr |_job|github_issue' | sort)" "$(
		lines 'completeness github_pr 0.8077 52' 'consistency github_pr 0.875 24' 'accuracy github_pr 0.925 40' \
			'consistency github_issue 0.5 2' 'timeliness github_job 0 1' 'timeliness jira_job 1 1' | sort
	)"
	same "$(fig quality --by project | grep ODD)" "$(lines 'completeness ODD 1 3' 'consistency ODD 0.8 5')"
}

flow="cycle_time issue_lead_time throughput flow_efficiency time_in_status work_item_age issues_in_progress
	created_done delivery_rate cumulative_flow reopen_rate bug_share bugs_by_priority bug_age open_bug_age
	bugs_open escaped_bugs"

@test "the rows of each flow metric add up to its figure" {
	two_weeks
	for metric in throughput issues_in_progress bugs_by_priority bugs_open bug_share delivery_rate reopen_rate \
		escaped_bugs flow_efficiency open_bug_age work_item_age created_done; do
		same "$metric $(rows '[.key]' $metric | wc -l)" "$metric $(fig $metric | head -1 | cut -d' ' -f2)"
	done
}

@test "no plan of a flow metric reads a big table whole or makes an index on the way" {
	two_weeks
	# shellcheck disable=SC2086 # names
	metrics -d a.db --plan $flow >plan
	sed '1,/^cycle_time$/d' plan >own
	grep -q 'INDEX issue_changes_status (client_id=? AND changed_at>? AND changed_at<?)' own
	grep -q 'INDEX issues_resolved (client_id=? AND project_key=? AND resolutiondate>? AND resolutiondate<?)' own
	grep -q 'INDEX issues_status (client_id=? AND project_key=? AND status=? AND status_id=?' own
	run -1 grep -i automatic own
	run -1 grep -E 'SCAN (i|c|b|n|v|issues|issue_changes|issue_versions)\b' own
	# A key of which the client alone is looked up is a whole table; s is the
	# few statuses.
	run -1 grep -E '(SEARCH [^s]|SEARCH s[a-z]).* \(client_id=\?\)' own
}

@test "the flow of a whole organisation equals its own account of itself" {
	demo_start --now 2026-11-24T08:00:00Z --repos 1 --prs 1 --issues 400 --seed 11
	export PULSE_HOME=$PWD/home JIRA_EMAIL=demo@acme.test JIRA_API_TOKEN=demo-jira-token
	mkdir -p "$PULSE_HOME"
	fetch-jira -q --base-url "$DEMO_URL/jira" 2>notes | "$PULSE_BIN/load" -d a.db
	curl -s "$DEMO_URL/__demo/figures" | jq -c '.projects | to_entries[] | [.key, .value.created,
		.value.done, .value.ever_done, .value.reopened, .value.lead_time.minutes, .value.lead_time.n,
		.value.cycle_time.minutes, .value.cycle_time.n]' | sort >theirs
	span=(--since 2020-01-01 --until 2026-11-25 --by project --format ndjson)
	{
		metrics -d a.db created_done issue_lead_time reopen_rate "${span[@]}"
		metrics -d a.db cycle_time --set cancelled=none "${span[@]}"
	} | jq -sc 'group_by(.group)[] | (map({("\(.metric) \(.part // "")"): .}) | add) as $f | [.[0].group,
		$f["created_done created"].value, $f["created_done done"].value, $f["reopen_rate "].n,
		($f["reopen_rate "] | .value * .n | round),
		($f["issue_lead_time median"] | .value * 1440 | round), $f["issue_lead_time median"].n,
		$f["cycle_time "].value, $f["cycle_time "].n]' | sort >ours
	same "$(cat ours)" "$(cat theirs)"
	# Each with something to tell.
	jq -es 'length == 6 and (map(.[4]) | add) > 5 and all(.[]; .[8] > 20)' ours
}
