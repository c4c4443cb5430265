#!/usr/bin/env bats
# What link-deployments promises, on histories small enough for paper.

load helper
load delivery

setup() {
	in_own_folder
}

# Which deployment owns which commit: ENVIRONMENT:SHA=DEPLOYMENT, sorted.
owners() {
	sqlite3 a.db "SELECT group_concat(x, ' ') FROM (
		SELECT environment || ':' || sha || '=' || deployment_id AS x
		  FROM deployment_commits ORDER BY environment, sha)"
}

# Which deployment carried which pull request: NUMBER=DEPLOYMENT/METHOD.
pulls() {
	sqlite3 a.db "SELECT group_concat(x, ' ') FROM (
		SELECT number || '=' || deployment_id || '/' || method AS x
		  FROM deployment_pull_requests ORDER BY number)"
}

link() {
	run --separate-stderr -0 link-deployments -d a.db "$@"
	[ -z "$output" ]
}

# 01 - 02 - 03 - 04 - 05 of one repository.
line='INSERT INTO c VALUES ("api","01",""), ("api","02","01"),
	("api","03","02"), ("api","04","03"), ("api","05","04");'

@test "a commit belongs to the first deployment that reaches it, and the first of a chain claims no history" {
	new_db a.db <<-SQL
		$line
		INSERT INTO d VALUES
		('api',1,'production','02','2026-11-02T09:00','success 2026-11-02T10:00'),
		('api',2,'production','04','2026-11-03T09:00','success 2026-11-03T10:00');
	SQL
	link
	same "$(owners)" "production:03=2 production:04=2"
}

@test "a rollback and a second deployment of the same commit own nothing new" {
	new_db a.db <<-SQL
		$line
		INSERT INTO d VALUES
		('api',1,'production','01','2026-11-01','success 2026-11-01'),
		('api',2,'production','03','2026-11-02','success 2026-11-02'),
		('api',3,'production','02','2026-11-03','success 2026-11-03'),
		('api',4,'production','03','2026-11-04','success 2026-11-04'),
		('api',5,'production','04','2026-11-05','success 2026-11-05');
	SQL
	link
	same "$(owners)" "production:02=2 production:03=2 production:04=5"
}

# 01 - 02 - 03 - 06     05 is a hotfix cut from 01, merged by 06
#  \- 05 -------/
@test "a hotfix owns only itself and the next deployment what neither carried" {
	new_db a.db <<-SQL
		INSERT INTO c VALUES ('api','01',''), ('api','02','01'),
			('api','03','02'), ('api','05','01'), ('api','06','03 05');
		INSERT INTO d VALUES
		('api',1,'production','02','2026-11-01','success 2026-11-01'),
		('api',2,'production','05','2026-11-02','success 2026-11-02'),
		('api',3,'production','06','2026-11-03','success 2026-11-03');
	SQL
	link
	same "$(owners)" "production:03=3 production:05=2 production:06=3"
}

@test "two environments never mix, and each name is a chain of its own" {
	new_db a.db <<-SQL
		$line
		INSERT INTO d VALUES
		('api',1,'staging','01','2026-11-01','success 2026-11-01'),
		('api',2,'staging','04','2026-11-02','success 2026-11-02'),
		('api',3,'production','02','2026-11-03','success 2026-11-03'),
		('api',4,'Production','03','2026-11-04','success 2026-11-04'),
		('api',5,'production','03','2026-11-05','success 2026-11-05');
	SQL
	link
	same "$(owners)" "production:03=5 staging:02=2 staging:03=2 staging:04=2"
}

@test "failures and deployments without a result are in no chain" {
	# 2 failed, 3 has no final state, 4 has only inactive, 5 became
	# inactive after its success, 6 has no status at all.
	new_db a.db <<-SQL
		$line
		INSERT INTO d VALUES
		('api',1,'production','01','2026-11-01','success 2026-11-01'),
		('api',2,'production','02','2026-11-02','failure 2026-11-02, inactive 2026-11-09'),
		('api',3,'production','02','2026-11-03','in_progress 2026-11-03, inactive 2026-11-09'),
		('api',4,'production','03','2026-11-04','inactive 2026-11-04'),
		('api',5,'production','04','2026-11-05','success 2026-11-05, inactive 2026-11-06'),
		('api',6,'production','05','2026-11-06','');
	SQL
	link
	same "$(owners)" "production:02=4 production:03=4 production:04=5"
	same "$(sqlite3 a.db "SELECT group_concat(id || coalesce(result, '?'), ' ')
		FROM (SELECT * FROM v_deployments ORDER BY id)")" \
		"1success 2failure 3? 4success 5success 6?"
}

@test "the chain goes by the first success, not by creation or a later status" {
	# 2 was created first but finished last.  3 succeeded, was inactive and
	# succeeded again: the first success counts.
	new_db a.db <<-SQL
		$line
		INSERT INTO d VALUES
		('api',2,'production','05','2026-11-01','success 2026-11-09'),
		('api',1,'production','01','2026-11-02','success 2026-11-02'),
		('api',3,'production','03','2026-11-03','success 2026-11-03, inactive 2026-11-04, success 2026-11-10');
	SQL
	link
	same "$(owners)" "production:02=3 production:03=3 production:04=2 production:05=2"
}

@test "deployments that finish in the same second go by their id as a number" {
	new_db a.db <<-SQL
		$line
		INSERT INTO d VALUES
		('api',1,'production','01','2026-11-01','success 2026-11-01'),
		('api',10,'production','03','2026-11-02','success 2026-11-02'),
		('api',9,'production','02','2026-11-02','success 2026-11-02');
	SQL
	link
	same "$(owners)" "production:02=9 production:03=10"
}

@test "a pull request goes to the deployment that owns its merge commit, however late" {
	# 1 is a rebase merge of 02 and 03: its merge commit is the last, 03.
	# 2 was part of what the first deployment reached.  3 is merged but not
	# deployed.  4 is open.
	new_db a.db <<-SQL
		$line
		INSERT INTO p VALUES
		('api',1,'ann','2026-11-01','2026-11-02','03'),
		('api',2,'ann','2026-10-01','2026-10-02','01'),
		('api',3,'ann','2026-11-01','2026-11-02','05'),
		('api',4,'ann','2026-11-01',NULL,'04');
		INSERT INTO d VALUES
		('api',1,'production','02','2026-11-01','success 2026-11-01'),
		('api',2,'production','02','2026-11-03','success 2026-11-03'),
		('api',3,'production','04','2026-11-20','success 2026-11-20');
	SQL
	link
	same "$(pulls)" "1=3/sha"
}

@test "of several production chains the earliest wins, and staging does not count" {
	new_db a.db <<-SQL
		$line
		INSERT INTO p VALUES ('api',1,'ann','2026-11-01','2026-11-02','03');
		INSERT INTO d VALUES
		('api',1,'production-eu','01','2026-11-01','success 2026-11-01'),
		('api',2,'production-eu','03','2026-11-06','success 2026-11-06'),
		('api',3,'Prod US','01','2026-11-01','success 2026-11-01'),
		('api',4,'Prod US','03','2026-11-05','success 2026-11-05'),
		('api',5,'staging','01','2026-11-01','success 2026-11-01'),
		('api',6,'staging','03','2026-11-03','success 2026-11-03'),
		('api',7,'non-prod','01','2026-11-01','success 2026-11-01'),
		('api',8,'non-prod','03','2026-11-04','success 2026-11-04');
	SQL
	link
	same "$(pulls)" "1=4/sha"
}

@test "without the merge commit the first success after the merge is guessed, never the chain's first" {
	# 1: merged between 1 and 2.  2: merged at the very second 2 finished.
	# 3: merged before the chain began.  4: merged after its end.
	new_db a.db <<-SQL
		$line
		INSERT INTO p VALUES
		('api',1,'ann','2026-11-01','2026-11-02','aa'),
		('api',2,'ann','2026-11-01','2026-11-03','bb'),
		('api',3,'ann','2026-10-01','2026-10-20','cc'),
		('api',4,'ann','2026-11-01','2026-11-30',NULL);
		INSERT INTO d VALUES
		('api',1,'production','01','2026-11-01','success 2026-11-01'),
		('api',2,'production','02','2026-11-03','success 2026-11-03'),
		('api',3,'production','03','2026-11-05','success 2026-11-05');
	SQL
	link
	same "$(pulls)" "1=2/time 2=2/time"
}

@test "without the deployed commit that deployment is guessed, unless a later one owns the merge commit" {
	# 2's commit ee is gone.  PR 1's 03 is owned by nobody, so 2 is
	# guessed; PR 2's 02 is owned by 3, and sha beats time.  PR 3 was
	# merged before 1, which is stored and lacks 05: still a guess of 2.
	new_db a.db <<-SQL
		INSERT INTO c VALUES ('api','01',''), ('api','02','01'),
			('api','03','01'), ('api','05','01');
		INSERT INTO p VALUES
		('api',1,'ann','2026-11-01','2026-11-02','03'),
		('api',2,'ann','2026-11-01','2026-11-02','02'),
		('api',3,'ann','2026-10-01','2026-10-31','05');
		INSERT INTO d VALUES
		('api',1,'production','01','2026-11-01','success 2026-11-01'),
		('api',2,'production','ee','2026-11-03','success 2026-11-03'),
		('api',3,'production','02','2026-11-05','success 2026-11-05');
	SQL
	link
	same "$(pulls)" "1=2/time 2=3/sha 3=2/time"
}

@test "where the first deployment's commit is gone, the first stored one claims no history" {
	new_db a.db <<-SQL
		$line
		INSERT INTO p VALUES
		('api',1,'ann','2026-10-01','2026-10-02','01'),
		('api',2,'ann','2026-11-01','2026-11-02','03');
		INSERT INTO d VALUES
		('api',1,'production','ee','2026-11-01','success 2026-11-01'),
		('api',2,'production','02','2026-11-03','success 2026-11-03'),
		('api',3,'production','03','2026-11-05','success 2026-11-05');
	SQL
	link
	same "$(owners)" "production:03=3"
	same "$(pulls)" "2=3/sha"
}

@test "published releases stand in for deployments only where configured and none exist" {
	new_db a.db <<-SQL
		$line
		INSERT INTO c VALUES ('web','01',''), ('web','02','01');
		INSERT INTO p VALUES ('api',1,'ann','2026-11-01','2026-11-02','02'),
			('web',2,'ann','2026-11-01','2026-11-02','02');
		INSERT INTO d VALUES
		('web',1,'production','01','2026-11-01','success 2026-11-01'),
		('web',2,'production','02','2026-11-09','success 2026-11-09');
		INSERT INTO releases (client_id,id,source,repo,sha,draft,prerelease,
			published_at,updated_ms,fetched_ms,digest) VALUES
		(1,11,'github','acme/api','01',0,0,unixepoch('2026-11-01'),0,0,0),
		(1,12,'github','acme/api','02',1,0,NULL,0,0,0),
		(1,13,'github','acme/api','03',0,1,unixepoch('2026-11-02'),0,0,0),
		(1,14,'github','acme/api','04',0,0,unixepoch('2026-11-04'),0,0,0),
		(1,15,'github','acme/web','01',0,0,unixepoch('2026-11-01'),0,0,0),
		(1,16,'github','acme/web','02',0,0,unixepoch('2026-11-03'),0,0,0);
	SQL
	link
	same "$(owners)" "production:02=2"
	same "$(pulls)" "2=2/sha"
	echo 'clients: [{id: 1, github: {deployments: releases}}]' >pulse.yaml
	link -c pulse.yaml
	same "$(owners)" "production:02=2 release:02=14 release:03=14 release:04=14"
	same "$(pulls)" "1=14/sha 2=2/sha"
}

@test "what pulse.yaml calls production decides, service by service" {
	new_db a.db <<-SQL
		$line
		INSERT INTO p VALUES ('api',1,'ann','2026-11-01','2026-11-02','03');
		INSERT INTO d VALUES
		('api',1,'live','01','2026-11-01','success 2026-11-01'),
		('api',2,'live','03','2026-11-06','success 2026-11-06'),
		('api',3,'production','01','2026-11-01','success 2026-11-01'),
		('api',4,'production','03','2026-11-03','success 2026-11-03');
	SQL
	cat >pulse.yaml <<-YAML
		clients:
		- id: 1
		  services:
		  - {name: web, repos: [acme/web], production: ^prod}
		  - {name: api, repos: [acme/a*], production: ^LIVE$}
	YAML
	link -c pulse.yaml
	same "$(pulls)" "1=2/sha"
	link
	same "$(pulls)" "1=4/sha"
}

@test "linking twice changes no row, and only repositories that load touched are read again" {
	new_db a.db <<-SQL
		$line
		INSERT INTO c VALUES ('web','01',''), ('web','02','01');
		INSERT INTO p VALUES ('api',1,'ann','2026-11-01','2026-11-02','02');
		INSERT INTO d VALUES
		('api',1,'production','01','2026-11-01','success 2026-11-01'),
		('api',2,'production','02','2026-11-02','success 2026-11-02'),
		('web',3,'production','01','2026-11-01','success 2026-11-01'),
		('web',4,'production','02','2026-11-02','success 2026-11-02');
	SQL
	link -v
	[[ $stderr == *"acme/api: 5 commits, 2 deployments"*"acme/web:"* ]]
	sqlite3 a.db .dump >before
	link -v
	[ -z "$stderr" ]
	link -v --all
	[[ $stderr == *"acme/api:"*" 0 rows changed"*"acme/web:"*" 0 rows changed"* ]]
	sqlite3 a.db .dump | diff before - >&2
	edition=$(sqlite3 a.db "SELECT value FROM meta WHERE name = 'data_version'")
	more a.db <<-SQL
		INSERT INTO d VALUES
		('api',5,'production','03','2026-11-05','success 2026-11-05');
		INSERT INTO touched VALUES (1, 'acme/api');
	SQL
	link -v
	[[ $stderr == *"acme/api:"*" 2 rows changed"* ]]
	[[ $stderr != *acme/web* ]]
	same "$(sqlite3 a.db 'SELECT count(*) FROM touched')" 0
	same "$(owners)" "production:02=2 production:02=4 production:03=5"
	[ "$(sqlite3 a.db "SELECT value FROM meta WHERE name = 'data_version'")" -gt "$edition" ]
}

@test "rows that no longer hold are deleted" {
	new_db a.db <<-SQL
		$line
		INSERT INTO p VALUES ('api',1,'ann','2026-11-01','2026-11-02','03');
		INSERT INTO d VALUES
		('api',1,'production','01','2026-11-01','success 2026-11-01'),
		('api',2,'production','03','2026-11-02','success 2026-11-02'),
		('api',3,'staging','01','2026-11-01','success 2026-11-01'),
		('api',4,'staging','02','2026-11-02','success 2026-11-02');
	SQL
	link
	same "$(owners)" "production:02=2 production:03=2 staging:02=4"
	# A forced push took 03 away, and staging was deleted.
	sqlite3 a.db "UPDATE commits SET deleted_at = 1 WHERE sha = '03';
		UPDATE deployments SET deleted_at = 1 WHERE environment = 'staging';
		INSERT INTO touched VALUES (1, 'acme/api')"
	link
	same "$(owners)" ""
	same "$(pulls)" "1=2/time"
	sqlite3 a.db "UPDATE pull_requests SET deleted_at = 1;
		INSERT INTO touched VALUES (1, 'acme/api')"
	link
	same "$(pulls)" ""
}

@test "a commit that was deleted carries nothing, nor does a parent that is not stored" {
	# 01 - 02 - 03 - 04, 03 also from ff, which nobody has.
	new_db a.db <<-SQL
		INSERT INTO c VALUES ('api','01',''), ('api','02','01'),
			('api','03','02 ff'), ('api','04','03');
		INSERT INTO d VALUES
		('api',1,'production','01','2026-11-01','success 2026-11-01'),
		('api',2,'production','04','2026-11-02','success 2026-11-02');
	SQL
	link
	same "$(owners)" "production:02=2 production:03=2 production:04=2"
	sqlite3 a.db "UPDATE commits SET deleted_at = 1 WHERE sha = '03';
		INSERT INTO touched VALUES (1, 'acme/api')"
	link
	same "$(owners)" "production:04=2"
	# The same commit from a second source is still there.
	sqlite3 a.db "INSERT INTO commits (client_id,repo,sha,source,updated_ms,fetched_ms,digest)
		VALUES (1,'acme/api','03','other',0,0,0);
		INSERT INTO touched VALUES (1, 'acme/api')"
	link
	same "$(owners)" "production:02=2 production:03=2 production:04=2"
}

# How deployments to production ended: ID KIND SERVICE RESULT REWORK, by id.
endings() {
	sqlite3 -separator ' ' a.db "SELECT id, kind, coalesce(service, '-'), result, coalesce(rework, '-')
		FROM production_deployments ORDER BY id"
}

@test "how each deployment to production ended is kept, and rewritten when it ends otherwise" {
	# 2 failed for good at its last error, 3 is still on its way, 4 was no
	# production, 5 has nothing but inactive, 6 nothing but active and
	# inactive, 7 no status at all, 8 failed before it succeeded.
	new_db a.db <<-SQL
		INSERT INTO d VALUES
		('api',1,'production','01','2026-11-01T09:00','queued 2026-11-01T09:01, success 2026-11-01T10:00, success 2026-11-01T11:00, inactive 2026-11-02'),
		('api',2,'production','02','2026-11-02T09:00','error 2026-11-02T10:00, failure 2026-11-02T11:00, inactive 2026-11-03'),
		('api',3,'production','03','2026-11-03T09:00','in_progress 2026-11-03T10:00'),
		('api',4,'staging','03','2026-11-03T09:00','success 2026-11-03T10:00'),
		('web',5,'Prod-EU','04','2026-11-04T09:00','inactive 2026-11-09'),
		('web',6,'production','05','2026-11-05T09:00','active 2026-11-05T10:00, inactive 2026-11-09'),
		('web',7,'production','06','2026-11-06T09:00',''),
		('web',8,'production','07','2026-11-07T09:00','failure 2026-11-07T10:00, success 2026-11-07T11:00, error 2026-11-07T12:00');
	SQL
	link
	same "$(endings)" "$(printf '%s\n' '1 deployment all success -' '2 deployment all failure -' \
		'5 deployment all success -' '6 deployment all success -' '8 deployment all success -')"
	same "$(sqlite3 a.db "SELECT group_concat(id || ' ' || strftime('%d %H:%M:%S', started_at, 'unixepoch')
		|| ' ' || strftime('%d %H:%M:%S', finished_at, 'unixepoch'), ', ') FROM production_deployments")" \
		"1 01 09:00:00 01 10:00:00, 2 02 09:00:00 02 11:00:00, 5 04 09:00:00 04 09:00:01, $(
		)6 05 09:00:00 05 09:00:01, 8 07 09:00:00 07 11:00:00"
	# The view for people says the same of each.
	same "$(sqlite3 a.db "SELECT count(*) FROM v_deployments v JOIN production_deployments p USING (id)
		WHERE v.result = p.result AND unixepoch(v.finished) = p.finished_at")" 5
	more a.db <<-SQL
		INSERT INTO deployment_statuses (client_id,id,source,repo,deployment_id,state,created_at,updated_ms,fetched_ms,digest)
		VALUES (1,99,'github','acme/api',2,'success',unixepoch('2026-11-05'),0,0,0);
		UPDATE deployments SET deleted_at = 1 WHERE id = 1;
		UPDATE deployments SET environment = 'live' WHERE id = 5;
		INSERT INTO touched VALUES (1, 'acme/api'), (1, 'acme/web');
	SQL
	link -v
	same "$(endings)" "$(printf '%s\n' '2 deployment all success -' '6 deployment all success -' '8 deployment all success -')"
	[[ $stderr == *"acme/api:"*" 2 rows changed"*"acme/web:"*" 1 rows changed"* ]]
}

@test "a success is rework by its name or when it goes back, and a failure never" {
	# 2 by its ref, 3 by its task.  4 takes 01 to where it was before 2 and
	# 3.  5 deploys what is live once more.  6 goes back to 03, 7 failed to
	# go back.  8 is new in its own environment.  9 comes after the failed 7
	# and is the same as 6, which is live.  10 has no commit.
	new_db a.db <<-SQL
		INSERT INTO d VALUES
		('api',1,'production','01','2026-11-01','success 2026-11-01'),
		('api',2,'production','02','2026-11-02','success 2026-11-02'),
		('api',3,'production','03','2026-11-03','success 2026-11-03'),
		('api',4,'production','01','2026-11-04','success 2026-11-04'),
		('api',5,'production','01','2026-11-05','success 2026-11-05'),
		('api',6,'production','03','2026-11-06','success 2026-11-06'),
		('api',7,'production','01','2026-11-07','failure 2026-11-07'),
		('api',8,'production-eu','01','2026-11-08','success 2026-11-08'),
		('api',9,'production','03','2026-11-09','success 2026-11-09'),
		('api',10,'production',NULL,'2026-11-10','success 2026-11-10');
		UPDATE deployments SET ref = 'HotFix/login' WHERE id = 2;
		UPDATE deployments SET task = 'deploy:Rollback' WHERE id = 3;
		UPDATE deployments SET ref = 'main', task = 'deploy' WHERE id > 3;
		UPDATE deployments SET ref = 'revert-12' WHERE id = 7;
	SQL
	link
	same "$(sqlite3 a.db "SELECT group_concat(id || rework, ' ') FROM production_deployments")" \
		"2pattern 3pattern 4rollback 6rollback"
	# A service's own pattern; a changed one links again.
	echo 'clients: [{id: 1, services: [{name: api, rework: "^(main|rev)"}]}]' >pulse.yaml
	link -c pulse.yaml
	same "$(endings)" "$(printf '%s\n' '1 deployment api success -' '2 deployment api success -' \
		'3 deployment api success -' '4 deployment api success pattern' '5 deployment api success pattern' \
		'6 deployment api success pattern' '7 deployment api failure -' '8 deployment api success pattern' \
		'9 deployment api success pattern' '10 deployment api success pattern')"
	link -v -c pulse.yaml
	[ -z "$stderr" ]
	echo 'clients: [{id: 1, services: [{name: web, repos: [web]}]}]' >pulse.yaml
	link -c pulse.yaml
	same "$(endings | head -1)" "1 deployment - success -"
	echo 'clients: [{id: 1, services: [{name: api, rework: "(x"}]}]' >pulse.yaml
	run --separate-stderr -78 link-deployments -d a.db -c pulse.yaml
	[[ $stderr == *"pulse.yaml:1: rework '(x'"* ]]
}

# What incidents are blamed on: KEY SERVICE DEPLOYMENT RESOLVED, by key.
blames() {
	sqlite3 -separator ' ' a.db "SELECT key, service, coalesce(deployment_repo || '#' || deployment_id, '-'),
		coalesce(strftime('%d %H:%M', resolved_at, 'unixepoch'), 'open') FROM production_incidents ORDER BY key"
}

@test "an incident is blamed on its service's last success strictly before it, and a run without touched rows sees it" {
	new_db a.db <<-SQL
		INSERT INTO d VALUES
		('api',1,'production','01','2026-11-01','success 2026-11-01T10:00'),
		('api',2,'production','02','2026-11-02','failure 2026-11-02T10:00'),
		('web',3,'production','03','2026-11-03','success 2026-11-03T10:00'),
		('api',4,'staging','03','2026-11-03','success 2026-11-03T11:00'),
		('api',5,'production','05','2026-11-05','success 2026-11-05T10:00'),
		('web',6,'production','05','2026-11-05','success 2026-11-05T10:00');
	SQL
	link
	same "$(blames)" ""
	more a.db <<-SQL
		INSERT INTO jira VALUES
		('PAY-1','Incident','2026-11-01T10:00','2026-11-01T11:00'),
		('PAY-2','INCIDENT','2026-11-02T12:00',NULL),
		('PAY-3','incident','2026-11-03T12:00','2026-11-03T13:00'),
		('PAY-4','Bug','2026-11-03T12:00',NULL),
		('PAY-5','Incident','2026-12-24T12:00',NULL),
		('WEB-1','Incident','2026-11-04T12:00',NULL);
		INSERT INTO gh VALUES ('web',7,'Outage,outage,incident','2026-11-04T12:00','2026-11-04T13:00');
	SQL
	link -v
	same "$stderr" "link-deployments: incidents: 5 rows changed"
	# Of two that finished in the same second the greater id came last.
	same "$(blames)" "$(printf '%s\n' 'PAY-1 all - 01 11:00' 'PAY-2 all acme/api#1 open' \
		'PAY-3 all acme/web#3 03 13:00' 'PAY-5 all acme/web#6 open' 'WEB-1 all acme/web#3 open')"
	cat >pulse.yaml <<-'YAML'
		clients:
		- id: 1
		  services:
		  - {name: api, repos: [api], jira_projects: [PAY]}
		  - {name: web, repos: [web], jira_projects: [NONE], incidents: {jira_types: [], github_labels: [outage, incident]}}
	YAML
	link -c pulse.yaml
	same "$(blames)" "$(printf '%s\n' 'PAY-1 api - 01 11:00' 'PAY-2 api acme/api#1 open' \
		'PAY-3 api acme/api#1 03 13:00' 'PAY-5 api acme/api#5 open' 'acme/web#7 web acme/web#3 04 13:00')"
	sqlite3 a.db "UPDATE issues SET deleted_at = 1 WHERE key = 'PAY-2'; UPDATE issues SET key = 'OPS-1' WHERE id = 'PAY-3'"
	link -v -c pulse.yaml
	same "$stderr" "link-deployments: incidents: 2 rows changed"
	same "$(blames | cut -d' ' -f1 | paste -sd' ')" "OPS-1 PAY-1 PAY-5 acme/web#7"
	link -v -c pulse.yaml
	[ -z "$stderr" ]
}

@test "a done Jira issue without a resolution was over at its last entry into done" {
	# 9 and 10 are both done: 1 -> 9 -> 1 -> 9 -> 10 came to done twice.  2 has
	# no history, only the time that Jira Cloud says; 3 is in progress.
	new_db a.db <<-'SQL'
		INSERT INTO statuses (client_id,id,source,name,category,updated_ms,fetched_ms,digest) VALUES
		(1,'1','jira','Open','new',0,0,0), (1,'9','jira','Done','done',0,0,0), (1,'10','jira','Closed','done',0,0,0),
		(1,'5','jira','Live','indeterminate',0,0,0);
		INSERT INTO jira VALUES ('PAY-1','Incident','2026-11-01T10:00',NULL),
			('PAY-2','Incident','2026-11-01T10:00',NULL), ('PAY-3','Incident','2026-11-01T10:00',NULL),
			('WEB-1','Incident','2026-11-01T10:00',NULL);
		UPDATE issues SET status_category = 'done', status_id = '10' WHERE key IN ('PAY-1', 'PAY-2');
		INSERT INTO issue_changes SELECT 1, key, at, 0, 'jira', unixepoch('2026-11-01T' || at), NULL, NULL,
			'status', 'status', a, NULL, b, NULL FROM issues,
			(SELECT '11:00' AS at, '1' AS a, '9' AS b UNION SELECT '11:10', '9', '1'
			 UNION SELECT '11:20', '1', '9' UNION SELECT '11:30', '9', '10') WHERE key = 'PAY-1';
		INSERT INTO issue_changes SELECT 1, key, at, 0, 'jira', unixepoch('2026-11-01T' || at), NULL, NULL,
			'status', 'status', a, NULL, b, NULL FROM issues,
			(SELECT '12:00' AS at, '1' AS a, '2' AS b UNION SELECT '12:10', '2', '5')
			WHERE key IN ('PAY-3', 'WEB-1');
		UPDATE issues SET status_category = 'indeterminate', status_id = '5', status = 'Live',
			status_changed_at = unixepoch('2026-11-01T12:00') WHERE key IN ('PAY-3', 'WEB-1');
		UPDATE issues SET status_changed_at = unixepoch('2026-11-01T12:30') WHERE key = 'PAY-2';
	SQL
	link
	same "$(blames)" "$(printf '%s\n' 'PAY-1 all - 01 11:20' 'PAY-2 all - 01 12:30' 'PAY-3 all - open' \
		'WEB-1 all - open')"
	# What pulse.yaml says of one project's statuses, now and in the history:
	# Live is done, and Done was not, before Closed.
	echo 'clients: [{id: 1, jira: {status_mapping: {PAY: {live: done, Done: indeterminate}}}}]' >pulse.yaml
	link -c pulse.yaml
	same "$(blames)" "$(printf '%s\n' 'PAY-1 all - 01 11:30' 'PAY-2 all - 01 12:30' 'PAY-3 all - 01 12:10' \
		'WEB-1 all - open')"
}

# named NAME HOUR - what the fetcher says of repository 7, called so from then on.
named() {
	printf '{"type":"github_repo","client":1,"source":"github","scope":"acme","key":"7","updated_at":"2026-11-01T10:00:00Z","fetched_at":"2026-11-24T0%s:00:00.000Z","data":{"id":7,"full_name":"acme/%s","name":"%s","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-11-01T10:00:00Z"}}\n' \
		"$2" "$1" "$1" | "$PULSE_BIN/load" -d a.db
}

@test "load notes a repository for what links are made from, not for what people answer" {
	new_db a.db <<<"INSERT INTO repo VALUES ('api');"
	load_one() { # TYPE KEY DATA
		printf '{"type":"%s","client":1,"source":"github","scope":"acme/api","key":"%s","updated_at":"","fetched_at":"2026-11-24T06:00:00.000Z","data":%s}\n' "$@" |
			"$PULSE_BIN/load" -d a.db
		sqlite3 a.db "SELECT count(*) FROM touched; DELETE FROM touched"
	}
	same "$(load_one github_comment i1 '{"id":"i1","number":1,"created_at":"2026-11-01T09:00:00Z"}')" 0
	same "$(load_one github_review 1/2 '{"id":2,"number":1,"state":"APPROVED"}')" 0
	same "$(load_one github_issue 3 '{"number":3,"state":"open","created_at":"2026-11-01T09:00:00Z"}')" 0
	same "$(sqlite3 a.db 'SELECT (SELECT count(*) FROM comments) + (SELECT count(*) FROM reviews) + (SELECT count(*) FROM github_issues)')" 3
	same "$(load_one github_commit 01 '{"sha":"01","parents":[]}')" 1
	same "$(load_one github_deployment 5 '{"id":5,"sha":"01","environment":"prod","created_at":"2026-11-01T10:00:00Z"}')" 1
	same "$(load_one github_deployment_status 5/6 '{"id":6,"deployment_id":5,"state":"success","created_at":"2026-11-01T10:00:00Z"}')" 1
	same "$(load_one github_pr 1 '{"number":1,"state":"open","created_at":"2026-11-01T09:00:00Z"}')" 1
	same "$(load_one github_release 7 '{"id":7,"tag_name":"v1"}')" 1
}

@test "links follow a repository to another name and back, and are the same as made anew" {
	new_db a.db <<-SQL
		$line
		INSERT INTO p VALUES ('api',1,'ann','2026-11-01','2026-11-02','02');
		INSERT INTO d VALUES
		('api',1,'production','01','2026-11-01','success 2026-11-01'),
		('api',2,'production','02','2026-11-02','success 2026-11-02');
		INSERT INTO jira VALUES ('PAY-1','Incident','2026-11-03',NULL);
	SQL
	named api 1
	link
	for name in core api; do
		named $name $((++hour + 1))
		# Before anybody links again the figures are those of the new name.
		same "$(sqlite3 a.db 'SELECT group_concat(DISTINCT repo) FROM production_deployments')" acme/$name
		link
		same "$(owners) $(pulls) $(blames)" "production:02=2 1=2/sha PAY-1 all acme/$name#2 open"
		same "$(sqlite3 a.db 'SELECT group_concat(DISTINCT repo) FROM deployment_commits')" acme/$name
		link --all -v
		same "$(grep -c ' 0 rows changed' <<<"$stderr")" 2
	done
}

@test "--all compares every row, also where nothing seems to have changed" {
	new_db a.db <<-SQL
		$line
		INSERT INTO d VALUES
		('api',1,'production','01','2026-11-01','success 2026-11-01'),
		('api',2,'production','03','2026-11-02','success 2026-11-02');
	SQL
	link
	sqlite3 a.db "DELETE FROM deployment_commits WHERE sha = '02';
		UPDATE deployment_commits SET deployment_id = 9 WHERE sha = '03';
		UPDATE production_deployments SET rework = 'pattern' WHERE id = 2;
		DELETE FROM production_deployments WHERE id = 1"
	link --all -v
	[[ $stderr == *"acme/api:"*" 4 rows changed"* ]]
	same "$(owners)" "production:02=2 production:03=2"
	same "$(endings)" "$(printf '%s\n' '1 deployment all success -' '2 deployment all success -')"
}

@test "a database of the schema before is linked anew at the next run" {
	new_db now.db <<-SQL
		$line
		INSERT INTO p VALUES ('api',1,'ann','2026-11-01','2026-11-02','02');
		INSERT INTO d VALUES
		('api',1,'production','01','2026-11-01','success 2026-11-01'),
		('api',2,'production','02','2026-11-02','success 2026-11-02');
		INSERT INTO jira VALUES ('PAY-1','Incident','2026-11-03','2026-11-04');
	SQL
	# The same rows as that schema had them, and linked as it was then.
	for file in "$SHARE"/schema/00[1-6]*.sql; do printf '.read "%s"\n' "$file"; done | sqlite3 -bail a.db
	sqlite3 now.db ".dump --data-only --nosys commits commit_parents deployments deployment_statuses pull_requests issues" |
		sqlite3 -bail a.db
	sqlite3 a.db "PRAGMA application_id = 1349872755; PRAGMA user_version = 6;
		INSERT INTO linked_repos VALUES (1, 'acme/api', 'deployments ^prod');
		INSERT INTO deployment_commits VALUES (1,'acme/api','production','02',2);
		INSERT INTO deployment_pull_requests VALUES (1,'acme/api',1,'production',2,'sha')"
	run --separate-stderr -78 metrics -d a.db
	[[ $stderr == *"it has schema 6"* ]]
	link
	same "$(endings)" "$(printf '%s\n' '1 deployment all success -' '2 deployment all success -')"
	same "$(blames)" "PAY-1 all acme/api#2 04 00:00"
	same "$(owners) $(pulls)" "production:02=2 1=2/sha"
}

# Every chain by recursive SQL: for each deployment all that it reaches, of
# which the first one that does is the owner.
@test "ownership equals a brute-force search on a made-up history of 400 commits" {
	new_db a.db <<-SQL
		WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 399)
		INSERT INTO commits (client_id,repo,sha,source,updated_ms,fetched_ms,digest)
		SELECT 1, 'acme/r' || (i % 2), printf('%040x', i * 7919), 'github', 0, 0, 0 FROM n;
		-- Parents up to 12 commits back, at odd places in a fixed pattern.
		WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 399),
		e(i, k, p) AS (
		  SELECT i, 0, i - 2 * (1 + (i * 31) % 3) FROM n WHERE i % 17 <> 0
		  UNION ALL SELECT i, 1, i - 2 * (1 + (i * 13) % 6) FROM n WHERE i % 5 = 0)
		INSERT INTO commit_parents
		SELECT 1, 'acme/r' || (i % 2), printf('%040x', i * 7919), k, 'github', printf('%040x', p * 7919)
		  FROM e WHERE p >= 0;
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
		INSERT INTO deployments (client_id,id,source,repo,sha,environment,created_at,updated_at,updated_ms,fetched_ms,digest)
		SELECT 1, i, 'github', 'acme/r' || (i % 2),
		       printf('%040x', ((i * 5 + (i * i) % 40) * 2 + i % 2) % 400 * 7919 + (i % 11 = 3)),
		       CASE i % 3 WHEN 0 THEN 'staging' ELSE 'production' END, i * 1000 % 7000, 0, 0, 0, 0 FROM n;
		INSERT INTO deployment_statuses (client_id,id,source,repo,deployment_id,state,created_at,updated_ms,fetched_ms,digest)
		SELECT 1, id, 'github', repo, id, iif(id % 13 = 0, 'failure', 'success'), created_at + id % 4 * 500, 0, 0, 0
		  FROM deployments;
	SQL
	link
	sqlite3 a.db >expected <<-'SQL'
		WITH RECURSIVE
		done AS (
		  SELECT d.repo, d.environment, d.id, d.sha,
		         row_number() OVER (PARTITION BY d.repo, d.environment
		                            ORDER BY s.created_at, d.id) AS place
		    FROM deployments d JOIN deployment_statuses s ON s.deployment_id = d.id
		   WHERE s.state = 'success'
		     AND EXISTS (SELECT 1 FROM commits c WHERE c.repo = d.repo AND c.sha = d.sha)),
		reach(id, sha) AS (
		  SELECT id, sha FROM done
		  UNION
		  SELECT r.id, p.parent_sha FROM reach r
		    JOIN done d ON d.id = r.id
		    JOIN commit_parents p ON p.repo = d.repo AND p.sha = r.sha),
		first AS (
		  SELECT d.repo, d.environment, r.sha, min(d.place) AS place
		    FROM reach r JOIN done d ON d.id = r.id
		   GROUP BY d.repo, d.environment, r.sha)
		SELECT f.repo, f.environment, f.sha, d.id FROM first f
		  JOIN done d ON d.repo = f.repo AND d.environment = f.environment
		   AND d.place = f.place
		 WHERE f.place > (SELECT min(place) FROM done e
		                   WHERE e.repo = f.repo AND e.environment = f.environment)
		 ORDER BY 1, 2, 3;
	SQL
	[ "$(wc -l <expected)" -gt 300 ]
	sqlite3 a.db "SELECT repo, environment, sha, deployment_id
		FROM deployment_commits ORDER BY 1, 2, 3" | diff expected - >&2
}

@test "no database leaves with 78 and says what makes one" {
	run --separate-stderr -78 link-deployments -d none.db
	[[ $stderr == "link-deployments: cannot open 'none.db': no such database; load makes it" ]]
	[ ! -e none.db ]
}

@test "a file that is no database leaves with 65" {
	head -c 8192 /dev/zero | tr '\0' x >x.db
	run --separate-stderr -65 link-deployments -d x.db
}

@test "a production pattern that is none leaves with 78 and names it" {
	new_db a.db <<<"INSERT INTO d VALUES
		('api',1,'live','01','2026-11-01','success 2026-11-01');"
	echo 'clients: [{id: 1, services: [{name: a, production: "("}]}]' >pulse.yaml
	run --separate-stderr -78 link-deployments -d a.db -c pulse.yaml
	[[ $stderr == *"pulse.yaml:1: production '('"* ]]
}

@test "unknown options and operands leave with 64" {
	run --separate-stderr -64 link-deployments --al1
	[[ $stderr == *"did you mean --all?"* ]]
}
