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
		FROM (SELECT * FROM deployment_results ORDER BY id)")" \
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
	[[ $stderr == *"acme/api:"*" 1 rows changed"* ]]
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
