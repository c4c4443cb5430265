#!/usr/bin/env bats
# What metrics promises, in figures worked out by hand.

load helper
load delivery

setup() {
	in_own_folder
}

# fig NAME [OPTION...] - its whole figures as PERIOD|GROUP|VALUE|N|BAND lines,
# those of parts after them.
fig() {
	metrics -d a.db --format ndjson "$@" | jq -r '[.part // empty,
		.period // empty, (.group | select(. != "all")),
		(.value | if . == null then "null" else . * 1e4 | round / 1e4 end), .n,
		.band // empty] | map(tostring) | join(" ")'
}

link() {
	link-deployments -d a.db "$@"
}

# Ten pull requests whose merge commits 11 to 20 all go with deployment 2 of
# 2026-11-02 14:00; one rule each.  All but 6 are merged at 12:00.
edges() {
	new_db a.db <<-'SQL'
		INSERT INTO repo VALUES ('api');
		INSERT INTO c VALUES ('api','01',''), ('api','11','01'),
			('api','12','11'), ('api','13','12'), ('api','14','13'),
			('api','15','14'), ('api','16','15'), ('api','17','16'),
			('api','18','17'), ('api','19','18'), ('api','20','19');
		INSERT INTO d VALUES
		('api',1,'production','01','2026-11-01T08:00','success 2026-11-01T09:00'),
		('api',2,'production','20','2026-11-02T13:00','success 2026-11-02T14:00');
		INSERT INTO p VALUES
		('api',1,'ann','2026-11-02T10:00','2026-11-02T12:00','11'),
		('api',2,'ann','2026-11-02T11:00','2026-11-02T12:00','12'),
		('api',3,'ann','2026-11-02T10:00','2026-11-02T12:00','13'),
		('api',4,'ann','2026-11-02T10:00','2026-11-02T12:00','14'),
		('api',5,NULL,'2026-11-02T10:00','2026-11-02T12:00','15'),
		('api',6,'ann','2026-11-02T10:00','2026-11-02T15:00','16'),
		('api',7,'ann','2026-11-02T10:00','2026-11-02T12:00','17'),
		('api',8,'ann','2026-11-02T10:00','2026-11-02T12:00','18'),
		('api',9,'ann','2026-11-02T10:00',NULL,NULL),
		('api',10,'ann','2026-11-02T11:59:59','2026-11-02T12:00:00','20');
		-- 1: the earliest commit counts, her own comment does not, half
		-- minutes are rounded up.
		INSERT INTO pc VALUES ('api',1,'a1','2026-11-02T09:00'),
			('api',1,'a2','2026-11-02T08:00'),
			('api',1,'a3','2026-11-02T09:30');
		INSERT INTO comment VALUES ('api',1,'ann','2026-11-02T10:30');
		INSERT INTO review VALUES ('api',1,'bob','2026-11-02T11:00:30');
		-- 2: first commit authored after the creation: no coding time.
		INSERT INTO pc VALUES ('api',2,'b1','2026-11-02T11:05');
		-- 3: answered before the creation: no pickup time.
		INSERT INTO comment VALUES ('api',3,'bob','2026-11-02T09:59');
		-- 4: answered after the merge: no review time.
		INSERT INTO comment VALUES ('api',4,'bob','2026-11-02T12:30');
		-- 5: nobody knows the author: every comment counts.
		INSERT INTO comment VALUES ('api',5,'ann','2026-11-02T10:10');
		-- 6: deployed before the merge: no deploy time, but it counts.
		-- 7: an answer by an account that is gone is somebody else's.
		INSERT INTO comment VALUES ('api',7,NULL,'2026-11-02T10:20');
		-- 8: the earlier of comment and review; a pending review has no
		-- time yet.
		INSERT INTO comment VALUES ('api',8,'bob','2026-11-02T11:00');
		INSERT INTO review VALUES ('api',8,'cat',NULL),
			('api',8,'cat','2026-11-02T10:45');
	SQL
	link
}

@test "lead_time has every part of a pull request, rounded up, and null where a rule says so" {
	edges
	metrics -d a.db lead_time --since 2026-11-01 --until 2026-11-03 --rows \
		--format ndjson >rows
	same "$(jq -r '[.number, .whole, .coding, .pickup, .review, .deploy]
		| map(. // "-") | join(" ")' rows | sort -n)" \
		"$(
			cat <<-'END'
				1 360 120 61 60 120
				2 180 - - - 120
				3 240 - - 121 120
				4 240 - 150 - 120
				5 240 - 10 110 120
				6 300 - - - -
				7 240 - 20 100 120
				8 240 - 45 75 120
				10 121 - - - 120
			END
		)"
}

@test "lead_time is the lower median of the whole and of each part that is known" {
	# whole 121 180 240 240 240 240 240 300 360: the 5th of 9
	# coding 120 · pickup 10 20 45 61 150: the 3rd
	# review 60 75 100 110 121: the 3rd · deploy 8 times 120
	edges
	same "$(fig lead_time --since 2026-11-01 --until 2026-11-03)" \
		"$(printf '%s\n' '240 9 elite' 'coding 120 1' 'pickup 45 5' \
			'review 100 5' 'deploy 120 8')"
	# Without 10 there are 8: 180 240 240 240|240 240 300 360, the 4th.
	sqlite3 a.db "UPDATE pull_requests SET deleted_at = 1 WHERE number = 10"
	same "$(fig lead_time --since 2026-11-01 --until 2026-11-03 | head -1)" "240 8 elite"
}

@test "of an even number the lower of the two middle values is the median" {
	new_db a.db <<-'SQL'
		INSERT INTO repo VALUES ('api');
		INSERT INTO c VALUES ('api','01',''), ('api','02','01');
		INSERT INTO d VALUES
		('api',1,'production','01','2026-11-01','success 2026-11-01'),
		('api',2,'production','02','2026-11-02','success 2026-11-02T12:00');
		INSERT INTO p VALUES
		('api',1,'ann','2026-11-02T11:00','2026-11-02T12:00','02'),
		('api',2,'ann','2026-11-02T10:00','2026-11-02T12:00','02'),
		('api',3,'ann','2026-11-02T09:00','2026-11-02T12:00','02'),
		('api',4,'ann','2026-11-02T08:00','2026-11-02T12:00','02');
	SQL
	link
	# 60 120 | 180 240; four are too few for a band
	same "$(fig lead_time --since 2026-11-01 --until 2026-11-03 | head -1)" "120 4"
}

@test "a pull request counts when its deployment finished, not when it was merged" {
	edges
	same "$(fig lead_time --since 2026-11-02T12:00:00Z --until 2026-11-02T14:00:00Z | head -1)" "null 0"
	same "$(fig lead_time --since 2026-11-02T14:00:00Z --until 2026-11-02T14:00:01Z | head -1)" "240 9 elite"
}

# Weeks from Monday 2026-10-05 on.  A: three days, one of them twice; B: none;
# C: one; D: two.
four_weeks() {
	new_db a.db <<-'SQL'
		INSERT INTO repo VALUES ('api'), ('web'), ('idle');
		INSERT INTO d VALUES
		('api',1,'production','01','2026-10-05','success 2026-10-05T10:00'),
		('api',2,'production','01','2026-10-05','success 2026-10-05T12:00'),
		('api',3,'production','01','2026-10-07','success 2026-10-07T10:00'),
		('web',4,'production','01','2026-10-11','success 2026-10-11T23:30'),
		('api',5,'production','01','2026-10-12','failure 2026-10-12T10:00'),
		('api',6,'staging','01','2026-10-13','success 2026-10-13T10:00'),
		('api',7,'production','01','2026-10-20','success 2026-10-20T10:00'),
		('api',8,'production','01','2026-10-26','success 2026-10-26T10:00'),
		('web',9,'production','01','2026-10-28','success 2026-10-28T10:00');
	SQL
	link
}

@test "deployment_frequency is the lower median of days a week, empty weeks included" {
	four_weeks
	# 3 0 1 2: sorted 0 1 2 3, the 2nd
	same "$(fig deployment_frequency --since 2026-10-05 --until 2026-11-02)" "1 7 high"
	same "$(fig deployment_frequency --since 2026-10-05 --until 2026-11-02 --by week)" \
		"$(printf '%s\n' '2026-10-05 3 4' '2026-10-12 0 0' '2026-10-19 1 1' '2026-10-26 2 2')"
}

@test "weeks that the window cuts count too and lower the median" {
	four_weeks
	# From Thursday 8th: A has 1 (Sunday 11th), B 0, C 1, D up to Tuesday
	# 27th 1: sorted 0 1 1 1.  From Friday 16th: B 0, C 1, D 1.
	same "$(fig deployment_frequency --since 2026-10-08 --until 2026-10-28)" "1 3"
	same "$(fig deployment_frequency --since 2026-10-08 --until 2026-10-28 --by week)" \
		"$(printf '%s\n' '2026-10-05 1 1' '2026-10-12 0 0' '2026-10-19 1 1' '2026-10-26 1 1')"
	# One more week without any: 0 0 1 1 2, cut before the first: 0 0 1 2 3
	same "$(fig deployment_frequency --since 2026-10-12 --until 2026-11-09)" "0 3"
}

@test "days and weeks are those of the zone" {
	four_weeks
	# 4 finished on Sunday 23:30 UTC, which is Monday 01:30 in Berlin; the
	# window begins at Berlin's midnight and ends there after the change of
	# clocks on the 25th.
	same "$(fig deployment_frequency --since 2026-10-05 --until 2026-11-02 --by week --tz Europe/Berlin)" \
		"$(printf '%s\n' '2026-10-05 2 3' '2026-10-12 1 1' '2026-10-19 1 1' '2026-10-26 2 2')"
	same "$(metrics -d a.db deployment_frequency --rows --format ndjson --tz Europe/Berlin \
		--since 2026-10-12 --until 2026-10-13 | jq -c '[.deployment, .day, .finished_at]')" \
		'[4,"2026-10-12","2026-10-11T23:30:00Z"]'
}

@test "nothing ever deployed is no data, nothing in the window is 0" {
	four_weeks
	same "$(fig deployment_frequency --since 2026-10-19 --until 2026-10-26 --by repo)" \
		"$(printf '%s\n' 'acme/api 1 1' 'acme/idle null 0' 'acme/web 0 0')"
	run -0 metrics -d a.db deployment_frequency --since 2026-10-19 --until 2026-10-26 --scope idle
	[[ $output == *"no data"* ]]
}

@test "by month the days of each month are counted, and bands look at months below one a week" {
	new_db a.db <<-'SQL'
		INSERT INTO repo VALUES ('api');
		INSERT INTO d VALUES
		('api',1,'production','01','2026-07-01','success 2026-07-01'),
		('api',2,'production','01','2026-07-02','success 2026-07-02'),
		('api',3,'production','01','2026-08-03','success 2026-08-03'),
		('api',4,'production','01','2026-08-03','success 2026-08-03'),
		('api',5,'production','01','2026-09-01','success 2026-09-01');
	SQL
	link
	same "$(fig deployment_frequency --since 2026-07-01 --until 2026-10-01 --by month)" \
		"$(printf '%s\n' '2026-07-01 2 2' '2026-08-01 1 2' '2026-09-01 1 1')"
	# 14 weeks of which 3 or 4 have a day: median 0; months 1 1 2: 1, medium
	# in 2023, high in 2021.
	same "$(fig deployment_frequency --since 2026-07-01 --until 2026-10-01)" "0 5 medium"
	same "$(fig deployment_frequency --since 2026-07-01 --until 2026-10-01 --bands dora-2021)" "0 5 high"
	# Over a year, months 0 0 0 0 0 0 2 1 1 0 0 0: 0; sums of six months
	# 0 0 0 0 0 0 2 3 4 4 4 4 have 2 as the upper median: medium in 2021.
	same "$(fig deployment_frequency --since 2026-01-01 --until 2027-01-01)" "0 5 low"
	same "$(fig deployment_frequency --since 2026-01-01 --until 2027-01-01 --bands dora-2021)" "0 5 medium"
}

@test "only the last 400 days of a window are counted in weeks" {
	new_db a.db <<-'SQL'
		INSERT INTO repo VALUES ('api');
		-- A deployment a day, until 2025-11-26; the last 400 days begin on the 27th;
		-- then every Monday for 30 weeks.
		WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 900)
		INSERT INTO d SELECT 'api', i + 1, 'production', '01', date('2025-11-26', -i || ' days'),
			'success ' || date('2025-11-26', -i || ' days') FROM n;
		WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 29)
		INSERT INTO d SELECT 'api', i + 2001, 'production', '01', date('2025-12-01', (7 * i) || ' days'),
			'success ' || date('2025-12-01', (7 * i) || ' days') FROM n;
	SQL
	link
	# 58 weeks touch the last 400 days: 30 of them have one day, the rest 0.
	same "$(fig deployment_frequency --since 2023-01-01 --until 2027-01-01)" "1 931 high"
	# 2026 alone: 53 weeks, 25 with one; six months of twelve have some.
	same "$(fig deployment_frequency --since 2026-01-01 --until 2027-01-01)" "0 25 low"
}

# Service "all": ten deployments of two repositories on the 1st to 10th at 10:00,
# 11 failed; and incidents.
blamed() {
	new_db a.db <<-'SQL'
		INSERT INTO repo VALUES ('api'), ('web');
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10)
		INSERT INTO d SELECT iif(i % 2, 'api', 'web'), i, 'production', '01',
			printf('2026-11-%02dT09:00', i), printf('success 2026-11-%02dT10:00', i) FROM n;
		INSERT INTO d VALUES ('api',11,'production','01','2026-11-05T11:00','error 2026-11-05T12:00');
		INSERT INTO jira VALUES
		-- before any deployment: dropped
		('PAY-1','Incident','2026-11-01T09:00','2026-11-01T11:00'),
		-- two of deployment 2, in any spelling of the type
		('PAY-2','incident','2026-11-02T10:00:01','2026-11-02T11:30'),
		('PAY-3','INCIDENT','2026-11-03T09:00','2026-11-03T09:30'),
		-- in the very second that 6 finished: 5 is to blame
		('PAY-4','Incident','2026-11-06T10:00:00','2026-11-06T12:00'),
		-- after the failure 11, which is blamed for nothing: 5 again
		('PAY-5','Incident','2026-11-05T12:30','2026-11-05T13:00'),
		-- long after 10, and open
		('PAY-6','Incident','2026-11-30T12:00',NULL),
		-- no incident
		('PAY-7','Bug','2026-11-08T12:00',NULL);
	SQL
	link
}

@test "change_failure_rate counts deployments with an incident among the successful ones" {
	blamed
	# 2, 5 and 10 of 10
	same "$(fig change_failure_rate --since 2026-11-01 --until 2026-11-11)" "0.3 10 low"
	same "$(fig change_failure_rate --since 2026-11-01 --until 2026-11-11 --bands dora-2021)" "0.3 10 medium"
	same "$(metrics -d a.db change_failure_rate --since 2026-11-01 --until 2026-11-11 --rows --format ndjson |
		jq -r 'select(.incidents > 0) | [.deployment, .incidents, .caused] | join(" ")')" \
		"$(printf '%s\n' '2 2 PAY-2 PAY-3' '5 2 PAY-5 PAY-4' '10 1 PAY-6')"
	# 5 alone of 4 to 7; two are too few for a band; none is no data
	same "$(fig change_failure_rate --since 2026-11-04 --until 2026-11-08)" "0.25 4"
	same "$(fig change_failure_rate --since 2026-11-06 --until 2026-11-08)" "0 2"
	same "$(fig change_failure_rate --since 2026-11-12 --until 2026-11-20)" "null 0"
}

@test "a repository has a failure rate only where it is its service's only one" {
	blamed
	same "$(fig change_failure_rate --since 2026-11-01 --until 2026-11-11 --by repo)" \
		"$(printf '%s\n' 'acme/api null 5' 'acme/web null 5')"
	same "$(fig change_failure_rate --since 2026-11-01 --until 2026-11-11 --scope api)" "null 5"
	run -0 metrics -d a.db change_failure_rate --since 2026-11-01 --until 2026-11-11 --scope api
	[[ $output == *"incidents are known for the whole service only"* ]]
	cat >pulse.yaml <<-'YAML'
		clients:
		- id: 1
		  services:
		  - {name: api, repos: [api], jira_projects: [PAY]}
		  - {name: web, repos: [acme/web], jira_projects: [WEB]}
	YAML
	link -c pulse.yaml
	# api: 1 3 5 7 9.  PAY-2 and PAY-3 fall to 1, PAY-4 and PAY-5 to 5,
	# PAY-6 to 9; web has none.
	same "$(fig change_failure_rate -c pulse.yaml --since 2026-11-01 --until 2026-11-11 --by repo)" \
		"$(printf '%s\n' 'acme/api 0.6 5 low' 'acme/web 0 5 elite')"
	same "$(fig change_failure_rate -c pulse.yaml --since 2026-11-01 --until 2026-11-11 --by service)" \
		"$(printf '%s\n' 'api 0.6 5 low' 'web 0 5 elite')"
	same "$(fig change_failure_rate -c pulse.yaml --since 2026-11-01 --until 2026-11-11)" "0.3 10 low"
}

@test "GitHub issues with a label of the service are incidents, once each" {
	four_weeks
	more a.db <<-'SQL'
		INSERT INTO gh VALUES
		('api',1,'bug,INCIDENT,outage','2026-10-20T11:00','2026-10-20T13:30'),
		('api',2,'bug','2026-10-20T11:00','2026-10-20T12:00'),
		('web',3,'outage','2026-10-29T11:00',NULL);
		INSERT INTO jira VALUES ('PAY-1','Incident','2026-10-27','2026-10-28');
	SQL
	echo 'clients: [{id: 1, services: [{name: s, incidents: {jira_types: [], github_labels: [incident, Outage]}}]}]' >pulse.yaml
	link -c pulse.yaml
	# 7 and 9 of 7
	same "$(fig change_failure_rate -c pulse.yaml --since 2026-10-05 --until 2026-11-02)" "0.2857 7 low"
	same "$(fig time_to_restore -c pulse.yaml --since 2026-10-05 --until 2026-11-02)" "210 1"
	same "$(metrics -d a.db -c pulse.yaml time_to_restore --since 2026-10-05 --until 2026-11-02 --rows --format ndjson |
		jq -r '[.incident, .url] | join(" ")')" \
		"acme/api#1 https://github.com/acme/api/issues/1"
}

@test "time_to_restore starts at the incident in 2021 and at the deployment later" {
	blamed
	# 2021, created to resolved: 1: 120, 2: 90 less a second, 3: 30, 4: 120,
	# 5: 30: sorted 30 30 90 120 120
	same "$(fig time_to_restore --bands dora-2021 --since 2026-11-01 --until 2026-11-11)" "90 5 high"
	# 2023, from the deployment: 2: from 2 at 10:00 90, 3: next day 9:30
	# 1410, 4: from 5 on the 5th 10:00 to the 6th 12:00 1560, 5: 180;
	# 1 has none: sorted 90 180 1410 1560
	same "$(fig time_to_restore --since 2026-11-01 --until 2026-11-11)" "180 4"
	run -0 metrics -d a.db time_to_restore --since 2026-11-01 --until 2026-12-01
	[[ $output == *"failed deployment recovery time"*"1 open"* ]]
	run -0 metrics -d a.db time_to_restore --since 2026-11-01 --until 2026-12-01 --bands dora-2021
	[[ $output == *"time to restore service"* ]]
}

@test "recovery from a deployment counts where deployment and resolution are both in the window" {
	blamed
	# Resolved from the 3rd on: 3 (deployed on the 2nd), 4 and 5.
	same "$(fig time_to_restore --since 2026-11-03 --until 2026-11-11)" "180 2"
	same "$(fig time_to_restore --since 2026-11-03 --until 2026-11-11 --bands dora-2021)" "30 3"
	# A week is worked out as if it were the window: Monday 2nd.
	same "$(fig time_to_restore --since 2026-11-01 --until 2026-11-16 --by week)" \
		"$(printf '%s\n' '2026-10-26 null 0' '2026-11-02 180 4' '2026-11-09 null 0')"
}

@test "an issue that is done without a resolution is resolved when it last became done" {
	blamed
	sqlite3 a.db "UPDATE issues SET status_category = 'done', status_id = '9',
		status_changed_at = unixepoch('2026-11-30T12:45') WHERE key = 'PAY-6'"
	link
	same "$(fig time_to_restore --bands dora-2021 --since 2026-11-30 --until 2026-12-01)" "45 1"
	sqlite3 a.db "UPDATE issues SET status_changed_at = NULL WHERE key = 'PAY-6';
		INSERT INTO issue_changes VALUES
		(1,'PAY-6','1',0,'jira',unixepoch('2026-11-30T12:10'),NULL,NULL,'status','status','1','a','9','Done'),
		(1,'PAY-6','2',0,'jira',unixepoch('2026-11-30T12:20'),NULL,NULL,'status','status','9','Done','1','a'),
		(1,'PAY-6','3',0,'jira',unixepoch('2026-11-30T13:00'),NULL,NULL,'status','status','1','a','9','Done')"
	link
	same "$(fig time_to_restore --bands dora-2021 --since 2026-11-30 --until 2026-12-01)" "60 1"
}

# Services, deployments, incidents and pull requests at odd times in a fixed
# pattern: 3 repositories, 120 deployments, 240 pull requests, 90 incidents.
made_up() {
	new_db a.db <<-'SQL'
		INSERT INTO repo VALUES ('r0'), ('r1'), ('r2');
		CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (
			SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 239) SELECT i FROM n;
		INSERT INTO commits (client_id,repo,sha,source,updated_ms,fetched_ms,digest)
		SELECT 1, 'acme/r' || (i % 3), printf('%040x', i + 1), 'github', 0, 0, 0 FROM n;
		INSERT INTO commit_parents SELECT 1, 'acme/r' || (i % 3), printf('%040x', i + 1), 0,
			'github', printf('%040x', i - 2) FROM n WHERE i > 2;
		INSERT INTO deployments (client_id,id,source,repo,sha,environment,created_at,updated_at,updated_ms,fetched_ms,digest)
		SELECT 1, i, 'github', 'acme/r' || (i % 3), printf('%040x', i * 2 - i % 3 + 1),
		       iif(i % 7 = 3, 'staging', 'production'),
		       1790000000 + i * 30011 + i * i % 977, 0, 0, 0, 0 FROM n WHERE i < 120;
		INSERT INTO deployment_statuses (client_id,id,source,repo,deployment_id,state,created_at,updated_ms,fetched_ms,digest)
		SELECT 1, id, 'github', repo, id, iif(id % 11 = 5, 'failure', 'success'), created_at + 300 + id * 7 % 100, 0, 0, 0 FROM deployments;
		INSERT INTO pull_requests (client_id,repo,number,source,author,created_at,merged_at,merge_commit_sha,updated_ms,fetched_ms,digest)
		SELECT 1, 'acme/r' || (i % 3), i, 'github', 'dev' || (i % 5),
		       1790000000 + i * 15000 - 90000 - i * 7919 % 50000,
		       1790000000 + i * 15000 - i * 31 % 5000, printf('%040x', i + 1), 0, 0, 0 FROM n;
		INSERT INTO comments (client_id,id,source,repo,number,author,created_at,updated_ms,fetched_ms,digest)
		SELECT 1, 'i' || i, 'github', 'acme/r' || (i % 3), i, 'dev' || (i % 3),
		       1790000000 + i * 15000 - 90000 + i * 613 % 90000, 0, 0, 0 FROM n WHERE i % 4;
		INSERT INTO reviews (client_id,id,source,repo,number,author,submitted_at,updated_ms,fetched_ms,digest)
		SELECT 1, i, 'github', 'acme/r' || (i % 3), i, 'dev' || (i % 4),
		       1790000000 + i * 15000 - 80000 + i * 919 % 90000, 0, 0, 0 FROM n WHERE i % 3;
		INSERT INTO pull_request_commits (client_id,repo,number,sha,source,authored_at,updated_ms,fetched_ms,digest)
		SELECT 1, 'acme/r' || (i % 3), i, printf('%040x', i * 10 + k), 'github',
		       1790000000 + i * 15000 - 160000 + i * 523 % 70000 + k * 5000, 0, 0, 0
		  FROM n, (SELECT 1 AS k UNION SELECT 2 UNION SELECT 3);
		INSERT INTO issues (client_id,id,source,project_key,key,issue_type,created_at,resolutiondate,updated_ms,fetched_ms,digest)
		SELECT 1, i, 'jira', iif(i % 2, 'AAA', 'BBB'), iif(i % 2, 'AAA-', 'BBB-') || i,
		       iif(i % 5, 'Incident', 'Task'), 1790000000 + i * 40009 - 70000,
		       iif(i % 9, 1790000000 + i * 40009 + i * i * 37 % 90000, NULL), 0, 0, 0 FROM n WHERE i < 90;
	SQL
	cat >pulse.yaml <<-'YAML'
		clients:
		- id: 1
		  services:
		  - {name: one, repos: [acme/r0], jira_projects: [AAA]}
		  - {name: two, repos: [acme/r1, acme/r2], jira_projects: [BBB]}
	YAML
	link -c pulse.yaml
	sqlite3 -json a.db "SELECT d.id, d.repo, d.sha, s.created_at AS at FROM deployments d
		JOIN deployment_statuses s ON s.deployment_id = d.id
		WHERE s.state = 'success' AND d.environment LIKE 'prod%'" >deployments.json
	sqlite3 -json a.db "SELECT project_key AS project, created_at AS created,
		resolutiondate AS resolved FROM issues WHERE issue_type = 'Incident'" >incidents.json
}

# The definitions once more in jq, over exported rows.
naive='
	def lower: sort | if length == 0 then null else .[(length - 1) / 2 | floor] end;
	def service: if .repo == "acme/r0" or .project == "AAA" then "one" else "two" end;
	def within: . >= $since and . < $until;
	def blame($ds): . as $i | [$ds[] | select(service == ($i | service) and .at < $i.created)]
		| max_by([.at, .id]);
'

@test "failure rate and recovery equal a naive count in jq" {
	made_up
	for window in 1790000000:1794000000 1791000000:1792500000 1792000000:1793600000; do
		for service in one two; do
			same "$(metrics -d a.db -c pulse.yaml --by service --format ndjson \
				--since "$(date -u -d @"${window%:*}" +%FT%TZ)" --until "$(date -u -d @"${window#*:}" +%FT%TZ)" \
				change_failure_rate time_to_restore |
				jq -c --arg s $service 'select(.group == $s) | [(.value | if . == null then . else . * 1e6 | round end), .n]')" \
				"$(jq -nc --slurpfile d deployments.json --slurpfile i incidents.json --arg s $service \
					--argjson since "${window%:*}" --argjson until "${window#*:}" "$naive"'
				$d[0] as $ds | [$i[0][] | . + {by: blame($ds)}] as $is
				| [$ds[] | select(service == $s and (.at | within))] as $in
				| ([$in[] | .id as $id | select(any($is[]; .by.id == $id))] | length) as $bad
				| [if ($in | length) == 0 then null else $bad / ($in | length) * 1e6 | round end, ($in | length)],
				  ([$is[] | select(service == $s and .by != null and .resolved != null
					and (.resolved | within) and (.by.at | within))
					| (.resolved - .by.at) / 60 | ceil] | [(lower | if . == null then . else . * 1e6 end), length])')"
		done
	done
}

@test "lead time equals a naive count in jq over what was linked" {
	made_up
	sqlite3 -json a.db "SELECT number, repo, author, created_at AS created, merged_at AS merged FROM pull_requests" >pulls.json
	sqlite3 -json a.db "SELECT number, author, created_at AS at FROM comments
		UNION ALL SELECT number, author, submitted_at FROM reviews" >answers.json
	sqlite3 -json a.db "SELECT number, authored_at AS at FROM pull_request_commits" >authored.json
	sqlite3 -json a.db "SELECT number, deployment_id AS id FROM deployment_pull_requests" >links.json
	for window in 1790000000:1794000000 1791000000:1792500000; do
		same "$(metrics -d a.db -c pulse.yaml lead_time --by repo --format ndjson \
			--since "$(date -u -d @"${window%:*}" +%FT%TZ)" --until "$(date -u -d @"${window#*:}" +%FT%TZ)" |
			jq -c '[.group, .part, .value, .n]')" \
			"$(jq -nc --slurpfile d deployments.json --slurpfile p pulls.json --slurpfile a answers.json \
				--slurpfile c authored.json --slurpfile l links.json \
				--argjson since "${window%:*}" --argjson until "${window#*:}" "$naive"'
			def span($from; $to): if $from == null or $to == null or $to < $from then null
				else ($to - $from) / 60 | ceil end;
			[$p[0][] | . as $p
			 | ($l[0][] | select(.number == $p.number)) as $l
			 | ($d[0][] | select(.id == $l.id)) as $d | select($d.at | within)
			 | ([$a[0][] | select(.number == $p.number and .author != $p.author) | .at] | min) as $answer
			 | {repo, coding: span([$c[0][] | select(.number == $p.number) | .at] | min; $p.created),
			    pickup: span($p.created; $answer), review: span($answer; $p.merged),
			    deploy: span($p.merged; $d.at), open: span($p.created; $p.merged)}
			 | .whole = (.coding // 0) + (.open // 0) + (.deploy // 0)] as $rows
			| "acme/r0", "acme/r1", "acme/r2" | . as $repo
			| ("whole", "coding", "pickup", "review", "deploy") as $part
			| [$rows[] | select(.repo == $repo) | .[$part] | select(. != null)]
			| [$repo, (if $part == "whole" then null else $part end), lower, length]')"
	done
}

@test "the rows of a figure add up to it" {
	made_up
	for metric in lead_time time_to_restore; do
		same "$(metrics -d a.db -c pulse.yaml $metric --since 2026-09-25 --until 2026-11-01 --by month --rows --format ndjson |
			jq -sc 'group_by(.period)[] | [.[0].period, ([.[] | .whole // .minutes] | sort | .[(length - 1) / 2 | floor]), length]')" \
			"$(metrics -d a.db -c pulse.yaml $metric --since 2026-09-25 --until 2026-11-01 --by month --format ndjson |
				jq -c 'select(.part == null) | [.period, .value, .n]')"
	done
}

@test "a week is the same figure as that week alone" {
	made_up
	metrics -d a.db -c pulse.yaml dora --since 2026-10-05 --until 2026-10-26 --by week --format ndjson |
		jq -c 'select(.period == "2026-10-12") | [.metric, .part, .value, .n, .band]' >week
	metrics -d a.db -c pulse.yaml dora --since 2026-10-12 --until 2026-10-19 --format ndjson |
		jq -c '[.metric, .part, .value, .n, .band]' | diff week - >&2
	[ "$(wc -l <week)" -eq 10 ]
}

@test "CSV and NDJSON have the same columns in the same order" {
	edges
	same "$(metrics -d a.db lead_time --format csv | head -1)" \
		"metric,part,by,group,period,value,unit,n,band,bands"
	same "$(metrics -d a.db lead_time --format ndjson | head -1 | jq -r 'keys_unsorted | join(",")')" \
		"metric,part,by,group,period,value,unit,n,band,bands"
	same "$(metrics -d a.db change_failure_rate lead_time --since 2026-11-01 --until 2026-11-03 --by service --format csv | sed -n '2,4p')" \
		"$(printf '%s\n' 'change_failure_rate,,service,all,,0,ratio,2,,dora-2023' \
			'lead_time,,service,all,,240,min,9,elite,dora-2023' \
			'lead_time,coding,service,all,,120,min,1,,dora-2023')"
}

@test "JSON is one object of a metric with all that is said about it, and a list of several" {
	edges
	window=(--since 2026-11-01 --until 2026-11-03)
	metrics -d a.db lead_time "${window[@]}" --format json >one.json
	same "$(wc -l <one.json)" 1
	same "$(jq -c '[.metric, .title, .unit, .set, .counts, .window.since, .window.zone, .by, .bands.set, .trend]' one.json)" \
		'["lead_time","Lead time for changes","min","dora","pull requests","2026-11-01T00:00:00Z","UTC",null,"dora-2023",null]'
	same "$(jq -c '.figures[0] | [.part, .group, .period, .value, .text, .unit, .n, .few, .band, .note]' one.json)" \
		'[null,"all",null,240,"4.0 h","min",9,false,"elite",null]'
	same "$(jq -c '[.figures[1] | .part, .n, .few, .band], .groupings[0], .bands.limits[0], (.definition | length > 500)' one.json | paste -sd ' ')" \
		'["coding",1,false,null] "repo" "elite: below 1.0 days" true'
	same "$(jq -r '.figures[] | [.part, .value, .n, .band] | @csv' one.json)" \
		"$(metrics -d a.db lead_time "${window[@]}" --format ndjson | jq -r '[.part, .value, .n, .band] | @csv')"
	metrics -d a.db dora "${window[@]}" --by service --trend day --format json >many.json
	same "$(jq -r '.metrics[].metric' many.json)" \
		"$(metrics -d a.db dora "${window[@]}" --by service --format csv | tail -n +2 | cut -d , -f 1 | uniq)"
	same "$(jq -c '.metrics[] | select(.metric == "lead_time") | .trend | map([.group, .period, .value, .n])' many.json)" \
		'[["all","2026-11-01",null,0],["all","2026-11-02",240,9]]'
	same "$(jq -c '.metrics | length, map(.by) == map("service")' many.json | paste -sd ' ')" "6 true"
	run --separate-stderr -64 metrics -d a.db lead_time --trend week
	run --separate-stderr -64 metrics -d a.db ls --format json
}

@test "JSON of rows says what their columns are, and holds what NDJSON holds" {
	edges
	window=(--since 2026-11-01 --until 2026-11-03)
	metrics -d a.db lead_time "${window[@]}" --rows --format json >rows.json
	same "$(jq -c '.rows[]' rows.json)" "$(metrics -d a.db lead_time "${window[@]}" --rows --format ndjson | jq -c .)"
	same "$(jq -c '[.metric, (.rows | length), (.columns | keys)]' rows.json)" '["lead_time",9,["method","whole"]]'
	same "$(metrics -d a.db lead_time --since 2020-01-01 --until 2020-01-02 --rows --format json | jq -c .rows)" '[]'
}

@test "the table of dora names the four keys, n, bands, the set, the window and the age of the data" {
	edges
	sqlite3 a.db "INSERT INTO job_checkpoints VALUES
		(1,'github_job',1,'acme/api','{}',unixepoch('2026-11-02T20:00')),
		(2,'github_job',1,'acme/api','{}',unixepoch('2026-11-02T21:30'))"
	same "$(metrics -d a.db --since 2026-11-02 --until 2026-11-09 --tz Europe/Berlin)" "$(
		cat <<-'END'
			METRIC                                VALUE  N  BAND
			deployment frequency             1 day/week  1  too few
			lead time for changes                 4.0 h  9  elite
			  coding                              2.0 h  1
			  pickup                             45 min  5
			  review                              1.7 h  5
			  deploy                              2.0 h  8
			change failure rate                   0.0 %  1  too few
			failed deployment recovery time     no data  0
			deployment success rate             100.0 %  1
			rework rate                           0.0 %  1

			2026-11-02 to 2026-11-08, Europe/Berlin; bands dora-2023, given from n = 5 on
			n counts deployments, pull requests, incidents
			data as of 2026-11-02 21:30 UTC: acme/api
		END
	)"
}

@test "the age of the data is one line per minute, and one per scope with -v" {
	edges
	for repo in a b c d e f; do
		sqlite3 a.db "INSERT INTO job_checkpoints (job_name, client_id, scope, checkpoint_data, created_at)
			VALUES ('github_job',1,'acme/$repo','{}',unixepoch('2026-11-02T20:00'));
			CREATE TEMP TABLE one AS SELECT * FROM repositories LIMIT 1;
			UPDATE one SET repo = 'acme/$repo', id = 900 + unicode('$repo');
			INSERT INTO repositories SELECT * FROM one"
	done
	same "$(metrics -d a.db | grep -c '^data as of 2026-11-02 20:00 UTC: ')" 1
	metrics -d a.db | grep -E '^data as of 2026-11-02 20:00 UTC: [^,]+, [^,]+, [^,]+, [^,]+ and [0-9]+ more$'
	same "$(metrics -v -d a.db | grep -c '^data as of 2026-11-02 20:00 UTC: ')" 6
}

@test "no data is no error: the figures are null and the table says so" {
	new_db a.db </dev/null
	run --separate-stderr -0 metrics -d a.db
	[[ $output == *"no data"* && -z $stderr ]]
	same "$(metrics -d a.db --format ndjson | jq -c '[.value, .n, .band]' | sort -u)" '[null,0,null]'
	run --separate-stderr -0 metrics -d a.db lead_time --rows
	same "$output" "no data"
	same "$(metrics -d a.db lead_time --rows --format ndjson)" ""
	run --separate-stderr -0 metrics -d a.db --scope nosuch
	[ "$stderr" = "metrics: no repository, project or service matches 'nosuch'" ]
}

@test "names from outside reach neither the terminal as commands nor a spreadsheet as formulas" {
	edges
	sqlite3 a.db "UPDATE pull_requests SET title = char(27) || '[31m' || char(13) || 'x' || char(8238) WHERE number = 1;
		UPDATE pull_requests SET title = '=HYPERLINK(\"a\",1)' WHERE number = 2;
		UPDATE pull_requests SET title = '-1,5' WHERE number = 3;
		UPDATE pull_requests SET title = '@x' WHERE number = 4;
		UPDATE pull_requests SET title = '+x' WHERE number = 5"
	metrics -d a.db lead_time --since 2026-11-02 --until 2026-11-03 --rows >table
	grep -qF '\x1b[31m\x0dx\xe2\x80\xae' table
	run -1 grep -aqP "[\x01-\x09\x0b-\x1f\x7f]" table
	metrics -d a.db lead_time --since 2026-11-02 --until 2026-11-03 --rows --format csv >csv
	grep -qF ",\"'=HYPERLINK(\"\"a\"\",1)\"," csv
	grep -qF ",\"'-1,5\"," csv
	grep -qF ",\"'@x\"," csv
	grep -qF ",\"'+x\"," csv
}

@test "links go by base_url: GitHub Enterprise and Jira" {
	blamed
	cat >pulse.yaml <<-'YAML'
		clients:
		- id: 1
		  github: {base_url: "https://git.acme.test/api/v3"}
		  jira: {base_url: "https://jira.acme.test/"}
	YAML
	same "$(metrics -d a.db -c pulse.yaml time_to_restore --since 2026-11-02 --until 2026-11-03 --rows --format ndjson | jq -r .url)" \
		"https://jira.acme.test/browse/PAY-2"
	same "$(metrics -d a.db -c pulse.yaml change_failure_rate --since 2026-11-02 --until 2026-11-03 --rows --format ndjson | jq -r .url)" \
		"https://git.acme.test/acme/web/commit/01"
}

@test "another client's rows are in no figure of this one" {
	blamed
	sqlite3 a.db "UPDATE deployments SET client_id = 2 WHERE id = 2;
		UPDATE deployment_statuses SET client_id = 2 WHERE deployment_id = 2;
		INSERT INTO touched VALUES (1, 'acme/web')"
	link
	same "$(fig deployment_frequency --since 2026-11-01 --until 2026-11-11 | cut -d' ' -f2)" 9
	same "$(fig -k 2 deployment_frequency --since 2026-11-01 --until 2026-11-11 | cut -d' ' -f2)" 1
	echo 'clients: [{id: 1}]' >pulse.yaml
	run --separate-stderr -78 metrics -d a.db -c pulse.yaml -k 2
	[[ $stderr == "metrics: cannot find client '2' in 'pulse.yaml'"* ]]
}

@test "ls lists the metrics and explain prints definition, bands and SQL" {
	run -0 metrics ls
	[[ $output == NAME*HELP*dora*"  lead_time "*others*"  stored "* ]]
	same "$(metrics ls --format ndjson | jq -r 'select(.set == "dora") | .name' | sort | paste -sd' ')" \
		"change_failure_rate deployment_frequency deployment_success_rate lead_time rework_rate time_to_restore"
	# 80 columns hold it, and a set alone is no less.
	same "$(awk 'length > 80' <<<"$output")" ""
	run -0 metrics ls bugs
	[[ ${lines[1]} == bugs ]]
	[[ $output != *lead_time* ]]
	same "$(metrics explain bugs)" "$output"
	run --separate-stderr -64 metrics ls bugz
	[[ $stderr == "metrics: unknown set 'bugz': metrics ls lists them"* ]]
	run --separate-stderr -64 metrics explain productio
	[[ $stderr == "metrics: unknown metric 'productio': did you mean production"* ]]
	run --separate-stderr -64 metrics --set stale=abc stale_pull_requests
	[[ $stderr == *"expected a duration such as 14d"* ]]
	run -0 metrics explain lead_time --bands dora-2021
	[[ $output == *"lower median"*"elite: below 1.0 h"*"SELECT"* ]]
	for metric in change_failure_rate deployment_frequency lead_time time_to_restore; do
		metrics explain $metric | grep -q "DevLake"
	done
}

# A tree with its own share, so that its metrics can be changed.
own_tree() {
	mkdir -p tree/bin
	cp "$PULSE_BIN/metrics" tree/bin/
	cp -r "$SHARE" tree/share
}

@test "a new metric is one SQL file" {
	blamed
	own_tree
	cat >tree/share/metrics/failed_deployments.sql <<-'SQL'
		-- failed_deployments - how many deployments to production failed
		-- unit: deployments
		-- counts: deployments
		-- needs: production
		--
		-- Those with a failure or error and no success.
		--
		-- rows:
		SELECT grp, period, id, result = 'failure' AS failed
		  FROM production
		-- figures:
		SELECT grp, period, sum(failed) AS value, count(*) AS n,
		       percentile(failed, 0.95) AS p95
		  FROM figure_rows GROUP BY grp, period
	SQL
	same "$(tree/bin/metrics -d a.db failed_deployments --since 2026-11-01 --until 2026-11-11 --format csv | tail -1)" \
		"failed_deployments,,,all,,1,deployments,11,,"
}

@test "each group lists its parts in its own order, spelt as they are" {
	new_db a.db </dev/null
	own_tree
	cat >tree/share/metrics/kinds.sql <<-'SQL'
		-- kinds - how many there are of a kind
		-- unit: points
		-- counts: things
		-- parts: by_hand, any
		-- by: person
		-- default: person
		-- shape: list
		--
		-- A test.
		--
		-- rows:
		SELECT column1 AS grp, '' AS period, column2 AS kind, column3 AS value
		  FROM (VALUES ('a', 'z_z', 1), ('b', 'by_hand', 2.25), ('b', 'a_person_with_a_long_name', 20), ('b', 'z_z', 3),
		        ('b', 'one whose name is long enough for a table of rows below each other', 12))
		-- figures:
		SELECT grp, period, kind AS part, value, 1 AS n FROM figure_rows
	SQL
	same "$(tree/bin/metrics -d a.db kinds | sed '/^$/,$d' | sed 's/  */ /g')" "kinds by person, points
PERSON VALUE N
a
 z_z 1 point 1
b
 by hand 2.2 points 1
 a_person_with_a_long_name 20 points 1
 z_z 3 points 1
 one whose name is long enough for a table of rows below each other 12 points 1"
	# Numbers stand to the right below the blanks of a heading, too.
	sed -i 's/1 AS n/iif(value = 20, 1000, 1) AS n/' tree/share/metrics/kinds.sql
	tree/bin/metrics -d a.db kinds | grep -E '^  z_z .* 1 point +   1$'
}

@test "a mistake in a metric's file is named with its file and line" {
	blamed
	own_tree
	mistake() { # TEXT-OF-FILE EXPECTED
		printf '%b' "$1" >tree/share/metrics/odd.sql
		run --separate-stderr -78 tree/bin/metrics -d a.db odd
		[[ $stderr == *"share/metrics/odd.sql:$2"* ]] || {
			echo "$stderr" >&2
			return 1
		}
	}
	mistake 'SELECT 1\n' "1: expected '-- NAME"
	mistake '-- odd - x\n-- color: red\n' "2: expected unit, counts, parts, by, every, default,"
	mistake '-- odd - x\n--\nSELECT\n' "3: expected a comment up to '-- rows:'"
	mistake '-- odd - x\n--\n-- rows:\nSELECT 1\n' "3: expected '-- figures:'"
	mistake '-- odd - x\n--\n-- rows:\nSELECT 1 AS grp FROM nosuch\n-- figures:\nSELECT 1\n' "4: no such table: nosuch"
	mistake '-- odd - x\n--\n-- rows:\nSELECT :sinec\n-- figures:\nSELECT 1\n' "4: no parameter is called :sinec"
	mistake '-- odd - x\n--\n-- rows:\nSELECT 1 AS grp\n-- x\n;\n\nDROP TABLE commits\n-- figures:\nSELECT 1\n' "8: expected one statement"
	mistake '-- odd - x\n--\n-- rows:\nSELECT 1 AS grp\n-- figures:\nDELETE FROM commits RETURNING 1 AS grp\n' "6: a metric only reads"
	mistake '-- odd - x\n--\n-- rows:\nSELECT 1 AS grp\n-- figures:\nATTACH "x.db" AS x\n' "6: "
	[ ! -e x.db ]
	mistake "-- odd - x\n--\n-- rows:\nSELECT ':a', 1 AS grp\n-- figures:\nSELECT 1\n" "6: the figures need columns grp, period, value and n"
}

@test "no plan makes an index on the way or reads a big table whole" {
	blamed
	run -0 metrics -d a.db --plan
	[[ $output == *"INDEX production_deployments_finished"* && $output == *"INDEX production_incidents_created"* ]]
	printf "%s\n" "$output" >plan
	run -1 grep -i automatic plan
	run -1 grep -E 'SCAN (q|c|r|l|pull_requests|comments|reviews|commits|issues|deployments)\b' plan
	# A primary key whose first column alone is looked up is a whole table.
	sed '1,/^deployment_frequency$/d' plan >figures
	grep -q lead_time figures
	run -1 grep -E 'PRIMARY KEY \(client_id=\?\)' figures
}

@test "mistakes on the command line leave with 64 and name what is near" {
	new_db a.db </dev/null
	wrong() { # EXPECTED OPTION...
		run --separate-stderr -64 metrics -d a.db "${@:2}"
		[[ -z $output && $stderr == *"$1"* ]] || {
			echo "$stderr" >&2
			return 1
		}
	}
	wrong "unknown metric 'leed_time': did you mean lead_time" leed_time
	wrong "unknown metric 'doro': did you mean dora" doro
	wrong "unknown grouping 'weeks': did you mean week" --by weeks
	wrong "unknown format 'nd-json': did you mean ndjson" --format nd-json
	wrong "unknown set of bands 'dora-2022': did you mean dora-202" --bands dora-2022
	wrong "unknown zone 'Europe/Berlim'" --tz Europe/Berlim
	wrong "cannot use 'tomorrow' for --since" --since tomorrow
	wrong "the window ends before it starts" --since 2026-11-02 --until 2026-11-01
	wrong "the window ends before it starts" --since 2026-11-02 --until 2026-11-02
	wrong "--rows shows one metric at a time" --rows
	# what is near, or all where there is little
	wrong "unknown grouping 'months': did you mean month" --by repo,months
	wrong "unknown format 'html': there is table, csv, ndjson, json, prom, svg" --format html
	wrong "unknown set of bands 'x': there is dora-2021, dora-2023, dora-2024" --bands x
	wrong "unknown metric 'sprinte': did you mean sprint" sprinte
	wrong "unknown metric 'lead_tiem': did you mean lead_time" explain lead_tiem
	# a grouping that there is, but not here
	wrong "lead_time cannot be grouped by board, but by repo, service, " lead_time --by board
	wrong "stored cannot be grouped by week, nor by anything else" stored --by week
	wrong "cannot group by 'repo,service': at most one kind" lead_time --by repo,service
	wrong "cannot group by 'day,week': at most one kind" lead_time --by day,week
	wrong "unknown grouping ''" lead_time --by ''
	wrong "deployment_frequency cannot be grouped by board, but by " dora --by board
	# parameters
	wrong "unknown parameter 'bug_type': did you mean bug_types" bug_share --set bug_type=Bug
	wrong "cannot use 'bug_types' for --set: expected NAME=VALUE" bug_share --set bug_types
	wrong "stored has no parameter 'bug_types'" stored --set bug_types=Bug
	wrong "none of these metrics has a parameter 'bug_types'" stored lead_time --set bug_types=Bug
	# what does not go together
	wrong "svg is a picture of one metric" dora --format svg
	wrong "rows are a table, csv, ndjson or json, lists a table, csv or ndjson" lead_time --rows --format prom
	wrong "rows are a table, csv, ndjson or json, lists a table, csv or ndjson" ls --format svg
	wrong "explain needs the name of a metric" explain
	wrong "export needs --snapshot FILE, and no name" export
	wrong "export needs --snapshot FILE, and no name" export lead_time --snapshot x
	wrong "--snapshot goes with export" dora --snapshot x
	wrong "cannot use 'x' for --client: not a number" -k x
	[ ! -e x ]
}

@test "the default window is 90 days that end with today" {
	edges
	echo 2027-01-30T12:00:00Z >clock
	export PULSE_TEST_CLOCK=$PWD/clock
	# They begin with 2026-11-02: after deployment 1, with deployment 2.
	same "$(fig deployment_frequency | cut -d' ' -f2)" 1
	same "$(fig deployment_frequency --since 91d | cut -d' ' -f2)" 2
	same "$(fig deployment_frequency --since 12w | cut -d' ' -f2)" 0
	same "$(fig deployment_frequency --since 2026-11-01 | cut -d' ' -f2)" 2
}

@test "no database, one of another version and a file that is none are told apart" {
	run --separate-stderr -78 metrics -d none.db
	[ "$stderr" = "metrics: cannot open 'none.db': no such database; load makes it" ]
	[ ! -e none.db ]
	new_db a.db </dev/null
	sqlite3 a.db "PRAGMA user_version = 900"
	run --separate-stderr -78 metrics -d a.db
	[[ $stderr == *"a.db"*900* ]]
	head -c 8192 /dev/zero | tr '\0' x >x.db
	run --separate-stderr -65 metrics -d x.db
}

@test "a full disk is told" {
	edges
	run -74 bash -c 'metrics -d a.db dora >/dev/full'
}

@test "stored counts what is there and not what was deleted" {
	# 1 repository, 10 pull requests, 3 reviews, 5 of 6 comments, 11
	# commits, 2 deployments
	edges
	sqlite3 a.db "UPDATE comments SET deleted_at = 1 WHERE author IS NULL"
	same "$(metrics -d a.db stored --format ndjson |
		jq -r 'select(.part == "pull_requests" or .part == "comments" or .part == null) | "\(.part) \(.value)"')" \
		"$(printf '%s\n' 'null 32' 'pull_requests 10' 'comments 5')"
}

@test "pipelines/report prints counts, the four keys, repositories and months of any database" {
	edges
	run --separate-stderr -0 "$TOP/pipelines/report" -d a.db --until 2026-11-09
	[[ $output == *"pull requests  10 rows"* ]]
	[[ $output == *"change failure rate "* ]]
	[[ $output == *"lead time for changes by repo"*"acme/api "* ]]
	[[ $output == *"METRIC "*2026-11*"lead time for changes "* ]]
	[ -z "$stderr" ]
	run --separate-stderr -78 "$TOP/pipelines/report" -d none.db
	[ -z "$output" ]
}

@test "releases stand in for deployments where configured, and the table says so" {
	new_db a.db <<-'SQL'
		INSERT INTO repo VALUES ('api');
		INSERT INTO releases (client_id,id,source,repo,sha,draft,prerelease,
			published_at,updated_ms,fetched_ms,digest) VALUES
		(1,11,'github','acme/api','01',0,0,unixepoch('2026-11-02'),0,0,0),
		(1,12,'github','acme/api','02',0,1,unixepoch('2026-11-03'),0,0,0),
		(1,13,'github','acme/api','03',1,0,NULL,0,0,0),
		(1,14,'github','acme/api','04',0,0,unixepoch('2026-11-04'),0,0,0);
		INSERT INTO jira VALUES ('PAY-1','Incident','2026-11-05',NULL);
	SQL
	window=(--since 2026-11-02 --until 2026-11-09)
	link
	same "$(fig deployment_frequency "${window[@]}")" "null 0"
	echo 'clients: [{id: 1, github: {deployments: releases}}]' >pulse.yaml
	link -c pulse.yaml
	same "$(fig deployment_frequency -c pulse.yaml "${window[@]}")" "2 2"
	same "$(fig change_failure_rate -c pulse.yaml "${window[@]}")" "0.5 2"
	run -0 metrics -d a.db -c pulse.yaml deployment_frequency "${window[@]}"
	[[ $output == *"2 from releases"* ]]
}

@test "repositories of no service are left out and counted on standard error" {
	blamed
	echo 'clients: [{id: 1, services: [{name: api, repos: [acme/api]}]}]' >pulse.yaml
	link -c pulse.yaml
	run --separate-stderr -0 metrics -d a.db -c pulse.yaml deployment_frequency --format csv \
		--since 2026-11-01 --until 2026-11-11
	same "${lines[1]}" "deployment_frequency,,,all,,1,days_per_week,5,high,dora-2023"
	same "$stderr" "metrics: repositories left out, as they belong to no service: 1"
}

# How the figures of a call came about, by -v: "lead_time: hit" ...
came() {
	metrics -v "$@" 2>&1 >/dev/null | sed 's/^metrics: //'
}

@test "a figure that is asked for again is read from what was kept, until the data move" {
	edges
	mkdir spool
	mv a.db spool/pulse.db
	export PULSE_HOME=$PWD
	window=(--since 2026-11-01 --until 2026-11-09)
	metrics lead_time "${window[@]}" >first
	metrics lead_time "${window[@]}" --format ndjson >first.ndjson
	same "$(came lead_time "${window[@]}")" "lead_time: hit"
	metrics lead_time "${window[@]}" | diff first - >&2
	metrics lead_time "${window[@]}" --format ndjson | diff first.ndjson - >&2
	same "$(find spool/cache/metrics -type f | wc -l)" 1
	# Every part of the question is one of its own.
	for other in '--scope api' '--tz Europe/Berlin' '--by repo' '--by week' \
		'--bands dora-2021' '--bots' '--since 2026-11-02' '-k 2'; do
		# shellcheck disable=SC2086
		same "$(came lead_time "${window[@]}" $other)" "lead_time: miss"
		# shellcheck disable=SC2086
		same "$(came lead_time "${window[@]}" $other)" "lead_time: hit"
	done
	same "$(came lead_time "${window[@]}" --no-cache)" "lead_time: not kept, as asked for"
	same "$(came lead_time "${window[@]}")" "lead_time: hit"
	# The data move by hand, by a version, and by the settings; the answer
	# follows and takes the place of the old one.
	files=$(find spool/cache/metrics -type f | wc -l)
	sqlite3 spool/pulse.db "UPDATE pull_requests SET deleted_at = 1 WHERE number = 10"
	same "$(metrics lead_time "${window[@]}" --format ndjson | jq -r 'select(.part == null).n')" 8
	same "$(came lead_time "${window[@]}")" "lead_time: hit"
	touch -r spool/pulse.db stamp
	sqlite3 spool/pulse.db "UPDATE meta SET value = value + 1"
	touch -r stamp spool/pulse.db
	same "$(came lead_time "${window[@]}")" "lead_time: miss"
	echo 'clients: [{id: 1, services: [{name: other, repos: [nosuch]}]}]' >pulse.yaml
	same "$(metrics lead_time "${window[@]}" --format ndjson | jq -r 'select(.part == null).n')" 0
	rm pulse.yaml
	same "$(find spool/cache/metrics -type f | wc -l)" "$files"
}

@test "what was kept tells the same of services and scopes as what was worked out" {
	blamed
	echo 'clients: [{id: 1, services: [{name: api, repos: [acme/api]}]}]' >pulse.yaml
	link -c pulse.yaml
	mkdir spool
	mv a.db spool/pulse.db
	export PULSE_HOME=$PWD
	for _ in 1 2; do
		metrics --scope nosuch --format csv 2>>said >figures
	done
	same "$(sort said | uniq -c | sed 's/^ *//')" "$(
		printf '%s\n' \
			"2 metrics: no repository, project or service matches 'nosuch'" \
			"2 metrics: repositories left out, as they belong to no service: 1"
	)"
}

@test "a kept figure that is damaged is worked out anew, one that cannot be kept is no error" {
	edges
	mkdir spool
	mv a.db spool/pulse.db
	export PULSE_HOME=$PWD
	window=(--since 2026-11-01 --until 2026-11-09)
	metrics lead_time "${window[@]}" --format csv >right
	kept=$(find spool/cache/metrics -type f)
	cp "$kept" whole
	damage() { # COMMAND...: its output is the file
		"$@" >"$kept"
		same "$(came lead_time "${window[@]}")" "lead_time: miss"
		cmp "$kept" whole
		"$@" >"$kept"
		metrics lead_time "${window[@]}" --format csv | diff right - >&2
	}
	damage :
	damage head -1 whole
	damage head -c 700 whole
	damage sed '3s/240/241/' whole
	damage sed '1s/asked/axked/' whole
	damage head -c 4096 /dev/zero
	rm -r spool/cache
	: >spool/cache
	run --separate-stderr -0 metrics -v lead_time "${window[@]}" --format csv
	same "$output" "$(cat right)"
	[[ $stderr == "metrics: lead_time: miss, and not kept in '"*"/spool/cache/metrics': "* ]]
}

@test "the default window keeps its answer all day, and tomorrow's takes its place" {
	edges
	mkdir spool
	mv a.db spool/pulse.db
	export PULSE_HOME=$PWD PULSE_TEST_CLOCK=$PWD/clock
	echo 2026-11-10T08:00:00Z >clock
	same "$(came lead_time)" "lead_time: miss"
	echo 2026-11-10T23:59:00Z >clock
	same "$(came lead_time)" "lead_time: hit"
	echo 2026-11-11T00:00:00Z >clock
	same "$(came lead_time)" "lead_time: miss"
	same "$(find spool/cache/metrics -type f | wc -l)" 1
}

# Is it the text format that a textfile collector takes: HELP and TYPE before
# the samples of a name, all of them together, no series twice, values that are
# numbers, no timestamps, a line feed at the end?
is_exposition() { # FILE
	[ -z "$(tail -c 1 "$1")" ]
	awk '
	function bad(what) { print FILENAME ":" NR ": " what ": " $0; wrong = 1 }
	/^# HELP / { if ($3 in seen) bad("a second head"); seen[$3]; name = $3; typed = 0; next }
	/^# TYPE / { if ($3 != name || $4 != "gauge") bad("TYPE"); typed = 1; next }
	!/^[a-z][a-z0-9_]*(\{([a-z]+="([^"\\]|\\[\\"n])*",)*[a-z]+="([^"\\]|\\[\\"n])*"\})? -?[0-9.]+(e[-+]?[0-9]+)?$/ { bad("no sample") }
	{ match($0, /^[a-z0-9_]+/); if (substr($0, 1, RLENGTH) != name || !typed) bad("without its head")
	  series = $0; sub(/ [^ ]*$/, "", series); if (series in told) bad("twice"); told[series]
	  samples++ }
	END { if (samples == 0) bad("nothing"); exit wrong }' "$1"
}

@test "prom is the text format of Prometheus: base units, escaped labels, nothing without data" {
	edges
	more a.db <<-'SQL'
		INSERT INTO repo VALUES ('q"b\n' || char(10) || 'x');
		INSERT INTO d VALUES ('q"b\n' || char(10) || 'x',77,'production','99',
			'2026-11-02','success 2026-11-02T15:00');
	SQL
	link --all
	window=(--since 2026-11-01 --until 2026-11-03)
	metrics -d a.db lead_time stored dora "${window[@]}" --format prom >all
	is_exposition all
	# 240 minutes; a ratio of 0; one day a week; 9 pull requests.
	grep -Fx 'pulse_metric_lead_time_seconds{client="1"} 14400' all
	grep -Fx 'pulse_metric_lead_time_seconds{client="1",part="pickup"} 2700' all
	grep -Fx 'pulse_metric_change_failure_rate_ratio{client="1"} 0' all
	grep -Fx 'pulse_metric_deployment_frequency_per_week{client="1"} 1' all
	grep -Fx 'pulse_metric_sample_size{metric="lead_time",client="1"} 9' all
	grep -Fx 'pulse_metric_groups_left_out{metric="lead_time"} 0' all
	refute grep time_to_restore_seconds all
	metrics -d a.db deployment_frequency --by repo --format prom "${window[@]}" >repos
	is_exposition repos
	grep -F 'by="repo",group="acme/q\"b\\n\nx"' repos
	run --separate-stderr -64 metrics -d a.db dora --format prom --by week
	[[ $stderr == "metrics: prom tells the present"* ]]
	run --separate-stderr -64 metrics -d a.db lead_time --format prom --rows
	[ -z "$output" ]
}

@test "prom leaves out the groups that count the least beyond a thousand samples" {
	new_db a.db <<-'SQL'
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100)
		INSERT INTO repo SELECT 'r' || i FROM n;
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100)
		INSERT INTO d SELECT 'r' || i, i, 'production', '01', '2026-11-02', 'success 2026-11-02' FROM n;
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100)
		INSERT INTO d SELECT 'r' || i, 5000 + i, 'production', '01', '2026-11-03', 'success 2026-11-03' FROM n
			WHERE i > 1000;
	SQL
	link
	metrics -d a.db deployment_frequency --by repo --since 2026-11-02 --until 2026-11-09 --format prom >all
	is_exposition all
	same "$(grep -c ^pulse_metric_deployment_frequency_per_week all)" 1000
	grep -Fx 'pulse_metric_groups_left_out{metric="deployment_frequency"} 100' all
	# Those of two deployments are all there.
	same "$(grep -c '^pulse_metric_sample_size.* 2$' all)" 100
}

@test "a parameter is set by pulse.yaml, and for one call by --set" {
	new_db a.db </dev/null
	own_tree
	cat >tree/share/metrics/counted.sql <<-'SQL'
		-- counted - how many names there are, several times
		-- unit: count
		-- parameter: times = 2 - how often each counts
		-- parameter: names = ["a"] - the names
		-- needs: numbers
		--
		-- A test.
		--
		-- rows:
		SELECT 'all' AS grp, '' AS period, value FROM json_each(:names)
		-- figures:
		SELECT grp, period, count(*) * :times + (SELECT n FROM numbers) AS value,
		       count(*) AS n FROM figure_rows GROUP BY grp, period
	SQL
	cat >tree/share/metrics/tables/numbers.sql <<-'SQL'
		-- numbers - one of them
		-- parameter: more = 0 - that one
		--
		-- A test.
		--
		-- table:
		SELECT :more AS n
	SQL
	value() { # EXPECTED OPTION...
		same "$(tree/bin/metrics -d a.db counted --format ndjson "${@:2}" | jq .value)" "$1"
	}
	value 2
	value 3 --set times=3
	value 4 --set names=a,b
	value 16 --set 'names=x, y, z' --set times=5 --set more=1
	echo 'clients: [{id: 1, figures: {times: 7, names: [p, q], more: 100}}]' >pulse.yaml
	value 114 -c pulse.yaml
	value 102 -c pulse.yaml --set times=1
	run -0 tree/bin/metrics explain counted -c pulse.yaml --set times=4
	[[ $output == *"times = 4 - how often each counts"* ]]
	[[ $output == *'names = ["p","q"] - the names'* ]]
	[[ $output == *"more = 100 - that one"* ]]
	run --separate-stderr -64 tree/bin/metrics -d a.db counted --set times=often
	[[ $stderr == "metrics: cannot use 'times=often' for --set: expected a number"* ]]
	echo 'clients: [{id: 1, figures: {tims: 7}}]' >pulse.yaml
	run --separate-stderr -78 tree/bin/metrics -d a.db -c pulse.yaml
	[[ $stderr == *"pulse.yaml:1: expected a parameter that a metric has: did you mean times"* ]]
	echo 'clients: [{id: 1, figures: {times: [7]}}]' >pulse.yaml
	run --separate-stderr -78 tree/bin/metrics -d a.db -c pulse.yaml
	[[ $stderr == *"pulse.yaml:1: expected one value and no list"* ]]
	run -0 tree/bin/metrics explain numbers
	[[ $output == "numbers - one of them"*"SELECT :more"* ]]
}

@test "export writes a snapshot whole, in place of an earlier one, and nothing else" {
	edges
	metrics -d a.db --format csv --since 2026-11-01 --until 2026-11-09 >figures
	run -0 metrics export -d a.db --snapshot copy.db
	[ -z "$output" ]
	metrics -d copy.db --format csv --since 2026-11-01 --until 2026-11-09 | diff figures - >&2
	same "$(sqlite3 copy.db 'PRAGMA integrity_check; PRAGMA journal_mode')" "$(printf 'ok\ndelete')"
	# A reader leaves nothing beside it.
	same "$(echo copy.db*)" copy.db
	sqlite3 a.db "UPDATE pull_requests SET deleted_at = 1"
	run -0 metrics export -d a.db --snapshot copy.db
	same "$(sqlite3 copy.db 'SELECT count(*) FROM pull_requests WHERE deleted_at IS NULL')" 0
	echo precious >other
	run --separate-stderr -64 metrics export -d a.db --snapshot other
	[[ $stderr == "metrics: cannot write 'other': it is there and no snapshot"* ]]
	same "$(cat other)" precious
	sqlite3 a.db "PRAGMA journal_mode = WAL" >/dev/null
	ln -s a.db link.db
	for own in a.db ./a.db link.db .; do
		run -64 metrics export -d a.db --snapshot $own
	done
	cp a.db live.db
	run -64 metrics export -d a.db --snapshot live.db
	run --separate-stderr -78 metrics export -d none.db --snapshot new.db
	[ ! -e new.db ]
	run --separate-stderr -74 metrics export -d a.db --snapshot nowhere/new.db
	[[ $stderr == "metrics: cannot write 'nowhere/new.db': "* ]]
	same "$(find . -name '*new.db*')" ""
}

@test "ls names sets, units and groupings, one object a metric" {
	metrics ls --format ndjson >all
	same "$(jq -r 'select(.name == "lead_time") | [.set, .unit, .help] | join("|")' all)" \
		"dora|min|how long a change takes to reach production"
	jq -r 'select(.name == "lead_time").by' all | grep 'repo, service.*week, month$'
	same "$(wc -l <all)" "$(find "$SHARE/metrics" -maxdepth 1 -name '*.sql' | wc -l)"
	same "$(jq -r .name all | sort -u | wc -l)" "$(wc -l <all)"
	metrics ls --format csv | head -1 | grep -x name,set,unit,by,help
	# Every metric explains itself, and every table.
	find "$SHARE/metrics" -name '*.sql' -exec basename {} .sql \; | sort >names
	# shellcheck disable=SC2046
	metrics explain $(cat names) >explained
	same "$(grep -oE '^-- [a-z_0-9]+ - ' explained | cut -d' ' -f2 | sort | comm -13 - names)" ""
	same "$(grep -oE '^[a-z_0-9]+ - ' explained | cut -d' ' -f1 | sort | comm -13 - names)" ""
}

@test "a series is a row with its periods as columns and a bar for each" {
	four_weeks
	link
	export LC_ALL=C.UTF-8 TERM=xterm
	frequency() { metrics -d a.db deployment_frequency --since 2026-10-05 --until 2026-11-02 "$@"; }
	# 3 0 1 2 days: bars of 8 levels from 0 to 3.
	same "$(frequency --by week | head -2 | sed 's/ *$//')" "$(
		cat <<-'END'
			METRIC                           10-05  10-12  10-19  10-26  TREND  BAND
			deployment frequency, days/week      3      0      1      2  █▁▃▆   too few
		END
	)"
	# Of a repository without any deployment there are none.
	same "$(frequency --by repo,week | head -5)" "$(
		cat <<-'END'
			deployment frequency by repo and week, days/week
			REPO       10-05  10-12  10-19  10-26  TREND  BAND
			acme/api       2      0      1      1  █▁▅▅   too few
			acme/idle      -      -      -      -
			acme/web       1      0      0      1  █▁▁█   too few
		END
	)"
	same "$(LC_ALL=C frequency --by week | sed -n 2p)" \
		'deployment frequency, days/week      3      0      1      2  #_:+   too few'
	same "$(TERM=dumb frequency --by week | sed -n 2p)" \
		'deployment frequency, days/week      3      0      1      2  #_:+   too few'
	# Where the periods do not fit there are the first and the latest, and
	# of 28 days 20 bars, of which some are means of two days.
	same "$(frequency --by day | head -2)" "$(
		cat <<-'END'
			METRIC                10-05  TREND                 11-01  N  BAND
			deployment frequency     1d  █▁▅▁▅▁▁▁▁▁▁█▁▁▁█▁▅▁▁     0d  0  too few
		END
	)"
	for by in week month day repo,week repo repo,day; do
		[ "$(metrics -d a.db dora --by $by --since 2026-08-01 --until 2026-11-02 | wc -L)" -le 80 ]
	done
}

@test "a table by group has a row per group, the parts as columns, and says how many are empty" {
	edges
	same "$(metrics -d a.db lead_time --by repo --since 2026-11-01 --until 2026-11-03 | head -3)" "$(
		cat <<-'END'
			lead time for changes by repo
			REPO      VALUE  CODING  PICKUP  REVIEW  DEPLOY  N  BAND
			acme/api  4.0 h    2.0h     45m    1.7h    2.0h  9  elite
		END
	)"
	more a.db <<-'SQL'
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9)
		INSERT INTO repo SELECT 'empty' || i FROM n;
	SQL
	same "$(metrics -d a.db lead_time --by repo --since 2026-11-01 --until 2026-11-03 |
		sed -n '3,4p')" "$(
			cat <<-'END'
				acme/api  4.0 h    2.0h     45m    1.7h    2.0h  9  elite
				without data: 9 more
			END
		)"
}
