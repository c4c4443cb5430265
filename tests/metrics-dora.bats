#!/usr/bin/env bats
# DORA's figures over time, by person and team, and the two beside the four
# keys, worked out by hand.  The rules of the four are in metrics.bats, those of
# links in link-deployments.bats.

load helper
load delivery

setup() {
	in_own_folder
}

# fig METRIC [OPTION...] - its whole figures as PERIOD GROUP VALUE N.
fig() {
	metrics -d a.db --format ndjson "$@" | jq -r 'select(.part == null) | [.period // empty,
		(.group | select(. != "all")), (.value | if . == null then "null"
			else . * 1e4 | round / 1e4 end), .n] | map(tostring) | join(" ")'
}

link() {
	link-deployments -d a.db "$@"
}

# Four weeks from Monday 2026-11-02 on: 4 goes back to 01, 5 deploys it once
# more, 6 is a hotfix; 3, 8 and 9 failed, 7 is still on its way, 10 is staging.
weeks=(--since 2026-11-02 --until 2026-11-30)
delivered() {
	new_db a.db <<-'SQL'
		INSERT INTO repo VALUES ('api'), ('idle'), ('web');
		INSERT INTO d VALUES
		('api',1,'production','01','2026-11-02','success 2026-11-02T10:00'),
		('api',2,'production','02','2026-11-03','success 2026-11-03T10:00'),
		('api',3,'production','03','2026-11-04','failure 2026-11-04T10:00'),
		('api',4,'production','01','2026-11-05','failure 2026-11-05T09:00, success 2026-11-05T10:00'),
		('api',5,'production','01','2026-11-06','success 2026-11-06T10:00, inactive 2026-11-07'),
		('api',6,'production','04','2026-11-09','success 2026-11-09T10:00'),
		('api',7,'production','04','2026-11-10','in_progress 2026-11-10T10:00'),
		('api',8,'production','05','2026-11-11','error 2026-11-11T10:00'),
		('web',9,'production','01','2026-11-16','failure 2026-11-16T10:00'),
		('web',10,'staging','01','2026-11-17','success 2026-11-17T10:00');
		UPDATE deployments SET ref = 'hotfix/x' WHERE id IN (6, 8);
	SQL
	link
}

@test "deployment_success_rate is successes among all that ended" {
	delivered
	# 1 2 4 5 6 of those and 3 8 9
	same "$(fig deployment_success_rate "${weeks[@]}")" "0.625 8"
	same "$(fig deployment_success_rate "${weeks[@]}" --by week)" \
		"$(printf '%s\n' '2026-11-02 0.8 5' '2026-11-09 0.5 2' '2026-11-16 0 1' '2026-11-23 null 0')"
	same "$(fig deployment_success_rate --since 2026-11-03 --until 2026-11-06 --by day)" \
		"$(printf '%s\n' '2026-11-03 1 1' '2026-11-04 0 1' '2026-11-05 1 1')"
	same "$(fig deployment_success_rate --since 2026-11-01 --until 2027-01-01 --by month)" \
		"$(printf '%s\n' '2026-11-01 0.625 8' '2026-12-01 null 0')"
	same "$(fig deployment_success_rate "${weeks[@]}" --by repo)" \
		"$(printf '%s\n' 'acme/api 0.7143 7' 'acme/idle null 0' 'acme/web 0 1')"
	# In Auckland, 13 hours on, the 4th is from 11:00 of the 3rd to 11:00: 3 alone.
	same "$(fig deployment_success_rate --tz Pacific/Auckland --since 2026-11-04 --until 2026-11-05)" "0 1"
	same "$(metrics -d a.db deployment_success_rate "${weeks[@]}" --rows --format ndjson |
		jq -rs 'map("\(.deployment)\(.result[:1])") | join(" ")')" "1s 2s 3f 4s 5s 6s 8f 9f"
}

@test "rework_rate is rollbacks and hotfixes among the successes" {
	delivered
	# 4 and 6 of 1 2 4 5 6
	same "$(fig rework_rate "${weeks[@]}")" "0.4 5"
	same "$(fig rework_rate "${weeks[@]}" --by week)" \
		"$(printf '%s\n' '2026-11-02 0.25 4' '2026-11-09 1 1' '2026-11-16 null 0' '2026-11-23 null 0')"
	same "$(fig rework_rate --since 2026-11-03 --until 2026-11-06 --by day)" \
		"$(printf '%s\n' '2026-11-03 0 1' '2026-11-04 null 0' '2026-11-05 1 1')"
	same "$(fig rework_rate "${weeks[@]}" --by service)" "0.4 5"
	same "$(fig rework_rate "${weeks[@]}" --scope web)" "null 0"
	same "$(metrics -d a.db rework_rate "${weeks[@]}" --rows --format ndjson |
		jq -r 'select(.rework) | "\(.deployment) \(.rework) \(.url)"')" \
		"$(printf '%s\n' '4 rollback https://github.com/acme/api/commit/01' \
			'6 pattern https://github.com/acme/api/commit/04')"
	metrics explain rework_rate | grep -q "Pulse's proposal"
}

# Deployments on 2026-11-01, -03, -17 and 12-01 at 12:00; each but the first
# carries one pull request of 180, 1440 and 1440 minutes.  PAY-1 is of the
# second and took an hour from 13:00 on; PAY-2 is of the third and was over in
# December.
trend() {
	new_db a.db <<-'SQL'
		INSERT INTO repo VALUES ('api');
		INSERT INTO c VALUES ('api','01',''), ('api','02','01'), ('api','03','02'), ('api','04','03');
		INSERT INTO d VALUES
		('api',1,'production','01','2026-11-01','success 2026-11-01T12:00'),
		('api',2,'production','02','2026-11-03','success 2026-11-03T12:00'),
		('api',3,'production','03','2026-11-17','success 2026-11-17T12:00'),
		('api',4,'production','04','2026-12-01','success 2026-12-01T12:00');
		INSERT INTO p VALUES
		('api',1,'ann','2026-11-03T09:00','2026-11-03T10:00','02'),
		('api',2,'ann','2026-11-16T12:00','2026-11-17T11:00','03'),
		('api',3,'ann','2026-11-30T12:00','2026-11-30T12:00','04');
		INSERT INTO jira VALUES
		('PAY-1','Incident','2026-11-03T13:00','2026-11-03T14:00'),
		('PAY-2','Incident','2026-11-18','2026-12-02');
	SQL
	link
}

trends() { # BY SINCE UNTIL METRIC...: PERIOD and the values, no data as -
	metrics -d a.db --by "$1" --since "$2" --until "$3" --format ndjson "${@:4}" |
		jq -rs 'map(select(.part == null)) | group_by(.period)[] | "\(.[0].period) " +
			(map(if .value == null then "-/\(.n)" else "\(.value * 1e4 | round / 1e4)/\(.n)" end) | join(" "))'
}

@test "the four keys over time: an empty period is 0 for frequency and no data for the others" {
	trend
	four=(deployment_frequency lead_time change_failure_rate time_to_restore)
	same "$(trends month 2026-11-01 2027-02-01 "${four[@]}")" "$(printf '%s\n' \
		'2026-11-01 3/3 180/2 0.6667/3 120/1' \
		'2026-12-01 1/1 1440/1 0/1 -/0' \
		'2027-01-01 0/0 -/0 -/0 -/0')"
	same "$(trends week 2026-11-02 2026-11-23 "${four[@]}")" "$(printf '%s\n' \
		'2026-11-02 1/1 180/1 1/1 120/1' \
		'2026-11-09 0/0 -/0 -/0 -/0' \
		'2026-11-16 1/1 1440/1 1/1 -/0')"
	same "$(trends day 2026-11-02 2026-11-05 "${four[@]}")" "$(printf '%s\n' \
		'2026-11-02 0/0 -/0 -/0 -/0' \
		'2026-11-03 1/1 180/1 1/1 120/1' \
		'2026-11-04 0/0 -/0 -/0 -/0')"
	# 2021: PAY-2 counts in the month in which it was over: 14 days.
	same "$(trends month 2026-11-01 2027-01-01 time_to_restore --bands dora-2021)" \
		"$(printf '%s\n' '2026-11-01 60/1' '2026-12-01 20160/1')"
	# What was open at the end of November, and no longer at that of December.
	run -0 metrics -d a.db time_to_restore --since 2026-11-01 --until 2026-12-01
	[[ $output == *"1 open"* ]]
	run -0 metrics -d a.db time_to_restore --since 2026-11-01 --until 2027-01-01
	[[ $output != *open* ]]
}

@test "a group and its periods together are the figure of the group in each" {
	delivered
	same "$(fig deployment_frequency "${weeks[@]}" --by repo,week | grep -v idle | paste -sd, )" \
		"2026-11-02 acme/api 4 4,2026-11-09 acme/api 1 1,2026-11-16 acme/api 0 0,2026-11-23 acme/api 0 0,$(
		)2026-11-02 acme/web null 0,2026-11-09 acme/web null 0,2026-11-16 acme/web null 0,2026-11-23 acme/web null 0"
}

@test "lead_time by person and team goes by the author, aliases merged and bots apart" {
	new_db a.db <<-'SQL'
		INSERT INTO repo VALUES ('api');
		INSERT INTO c VALUES ('api','01',''), ('api','02','01');
		INSERT INTO d VALUES
		('api',1,'production','01','2026-11-01','success 2026-11-01'),
		('api',2,'production','02','2026-11-02','success 2026-11-02T12:00');
		INSERT INTO p VALUES
		('api',1,'ann','2026-11-02T11:00','2026-11-02T12:00','02'),
		('api',2,'Ann-L','2026-11-02T10:00','2026-11-02T12:00','02'),
		('api',3,'bob','2026-11-02T09:00','2026-11-02T12:00','02'),
		('api',4,'renovate[bot]','2026-11-02T08:00','2026-11-02T12:00','02'),
		('api',5,NULL,'2026-11-02T07:00','2026-11-02T12:00','02');
	SQL
	cat >teams.yaml <<-'YAML'
		teams:
		- name: payments
		  members: [{name: Ann, github: [ann, ann-l]}]
		- name: empty
		  members: [{name: Eve, github: eve}]
	YAML
	echo 'clients: [{id: 1}]' >pulse.yaml
	link -c pulse.yaml
	window=(-c pulse.yaml --since 2026-11-01 --until 2026-11-03)
	# Over all everyone's counts, also a bot's and nobody's.
	same "$(fig lead_time "${window[@]}")" "180 5"
	same "$(fig lead_time "${window[@]}" --by person | sort)" "$(printf '%s\n' 'Ann 60 2' 'bob 180 1')"
	same "$(fig lead_time "${window[@]}" --by person --bots | sort)" \
		"$(printf '%s\n' 'Ann 60 2' 'bob 180 1' 'renovate[bot] 240 1')"
	same "$(fig lead_time "${window[@]}" --by team | sort)" "$(printf '%s\n' 'empty null 0' 'payments 60 2')"
	same "$(metrics -d a.db "${window[@]}" lead_time --by person --rows --format ndjson | jq -s 'map(.number)' -c)" '[1,2,3]'
}

@test "what was deleted is no answer and no first commit" {
	trend
	more a.db <<-'SQL'
		INSERT INTO pc VALUES ('api',1,'a1','2026-11-03T08:00'), ('api',1,'a2','2026-11-03T08:30');
		INSERT INTO comment VALUES ('api',1,'bob','2026-11-03T09:10');
		INSERT INTO review VALUES ('api',1,'bob','2026-11-03T09:20'), ('api',1,'bob','2026-11-03T09:30');
		UPDATE pull_request_commits SET deleted_at = 1 WHERE sha = 'a1';
		UPDATE comments SET deleted_at = 1;
		UPDATE reviews SET deleted_at = 1 WHERE id = 0;
	SQL
	# 30 of coding, answered at 09:30
	same "$(metrics -d a.db lead_time --since 2026-11-03 --until 2026-11-04 --rows --format ndjson |
		jq -c '[.whole, .coding, .pickup, .review, .deploy]')" '[210,30,30,30,120]'
	sqlite3 a.db "UPDATE production_deployments SET result = 'failure' WHERE id = 2"
	same "$(fig lead_time --since 2026-11-03 --until 2026-11-04)" "null 0"
}

@test "an incident that is open again is in no recovery, and one without a deployment only in that of 2021" {
	trend
	more a.db <<-'SQL'
		INSERT INTO jira VALUES ('PAY-9','Incident','2026-10-30','2026-11-02');
		UPDATE issues SET resolutiondate = NULL, status_category = 'indeterminate' WHERE key = 'PAY-1';
	SQL
	link
	window=(--since 2026-10-01 --until 2026-12-01)
	same "$(fig time_to_restore "${window[@]}")" "null 0"
	# 3 days
	same "$(fig time_to_restore "${window[@]}" --bands dora-2021)" "4320 1"
	run -0 metrics -d a.db time_to_restore "${window[@]}"
	[[ $output == *"2 open"* ]]
	# Both deployments still caused one.
	same "$(fig change_failure_rate "${window[@]}")" "0.6667 3"
}

@test "metrics say so when repositories or their settings changed since they were linked" {
	trend
	window=(--since 2026-11-01 --until 2026-12-01)
	more a.db <<-'SQL'
		INSERT INTO repo VALUES ('web');
		INSERT INTO d VALUES ('web',9,'production','01','2026-11-01','success 2026-11-01');
		INSERT INTO touched VALUES (1, 'acme/web'), (1, 'acme/api'), (2, 'acme/other');
	SQL
	run --separate-stderr -0 metrics -d a.db deployment_frequency "${window[@]}"
	same "$stderr" "metrics: 2 repositories have changed since they were linked: run link-deployments"
	run --separate-stderr -0 metrics -d a.db stored
	[ -z "$stderr" ]
	link
	run --separate-stderr -0 metrics -d a.db dora "${window[@]}"
	[ -z "$stderr" ]
	echo 'clients: [{id: 1, services: [{name: api, repos: [api]}, {name: all, production: live}]}]' >pulse.yaml
	run --separate-stderr -0 metrics -d a.db -c pulse.yaml rework_rate "${window[@]}"
	[[ $stderr == *"2 repositories have changed"* ]]
	link -c pulse.yaml
	sqlite3 a.db "INSERT INTO touched VALUES (1, 'acme/web')"
	run --separate-stderr -0 metrics -d a.db -c pulse.yaml lead_time "${window[@]}"
	same "$stderr" "metrics: 1 repository has changed since it was linked: run link-deployments"
}

# 200 deployments of 7 commits in 2 repositories and 3 environments, at odd
# times in a fixed pattern, with up to four statuses each in any order.
@test "success and rework equal a naive count in jq over the raw rows" {
	new_db a.db <<-'SQL'
		INSERT INTO repo VALUES ('r0'), ('r1');
		CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (
			SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) SELECT i FROM n;
		INSERT INTO deployments (client_id,id,source,repo,sha,ref,environment,created_at,updated_at,updated_ms,fetched_ms,digest)
		SELECT 1, i, 'github', 'acme/r' || (i * 7 % 5 > 2), iif(i % 23 = 0, NULL, '0' || (i * i * 13 / 7 % 7)),
		       iif(i % 17 = 0, 'Hotfix-' || i, 'main'), json_extract('["production","prod-eu","staging"]', '$[' || (i * 11 % 13 % 3) || ']'),
		       1790000000 + i * 7001, 1790000000 + i * 7001 + 900, 0, 0, 0 FROM n;
		INSERT INTO deployment_statuses (client_id,id,source,repo,deployment_id,state,created_at,updated_ms,fetched_ms,digest)
		SELECT 1, id * 10 + k, 'github', repo, id,
		       json_extract('["success","failure","inactive","error","in_progress","success","inactive"]', '$[' || (id * 31 % 101 * (k + 1) % 7) || ']'),
		       created_at + (id * 53 + k * 997) % 30000, 0, 0, 0
		  FROM deployments, (SELECT 0 AS k UNION SELECT 1 UNION SELECT 2 UNION SELECT 3) WHERE k < id % 5;
	SQL
	link
	sqlite3 -json a.db "SELECT id, repo, sha, ref, environment, updated_at AS updated FROM deployments" >deployments.json
	sqlite3 -json a.db "SELECT deployment_id AS id, state, created_at AS at FROM deployment_statuses" >statuses.json
	jq -nc --slurpfile d deployments.json --slurpfile s statuses.json '
		def times($states): [.[] | select(.state | IN($states[])) | .at];
		[$d[0][] | select(.environment | startswith("prod")) | .id as $id
		 | [$s[0][] | select(.id == $id)] as $mine
		 | ($mine | times(["success"])) as $good | ($mine | times(["failure", "error"])) as $bad
		 | if $good != [] then . + {result: "success", at: ($good | min)}
		   elif $bad != [] then . + {result: "failure", at: ($bad | max)}
		   elif $mine != [] and all($mine[]; .state == "inactive") then . + {result: "success", at: .updated}
		   else empty end] as $ended
		| [$ended | map(select(.result == "success")) | group_by([.repo, .environment])[] | sort_by([.at, .id])
		 | . as $chain | range(length) | . as $i | $chain[$i]
		 | .rework = if .ref | test("hotfix"; "i") then "pattern"
			elif .sha != null and $i > 0 and .sha != $chain[$i - 1].sha and any($chain[:$i][]; .sha == $chain[$i].sha) then "rollback"
			else null end] + ($ended | map(select(.result == "failure") | .rework = null))
		| sort_by(.id)' >ended.json
	same "$(sqlite3 -json a.db "SELECT id, result, finished_at AS at, rework FROM production_deployments ORDER BY id" | jq -c '.[]')" \
		"$(jq -c '.[] | {id, result, at, rework}' ended.json)"
	same "$(jq -r '[([.[].result] | unique), (map(.rework // "none") | unique)] | flatten | join(" ")' ended.json)" \
		"failure success none pattern rollback"
	for repo in acme/r0 acme/r1; do
		same "$(fig deployment_success_rate rework_rate --since 2026-09-20 --until 2026-10-01 --by repo | grep $repo)" \
			"$(jq -r --arg repo $repo 'def figure(yes): "\($repo) \((map(select(yes)) | length) / length * 1e4 | round / 1e4) \(length)";
				map(select(.repo == $repo and .at >= 1789862400 and .at < 1790812800))
				| figure(.result == "success"), (map(select(.result == "success")) | figure(.rework != null))' ended.json)"
	done
}
