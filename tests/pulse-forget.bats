#!/usr/bin/env bats
# pulse-forget: nobody can be found any more, and the figures stay.

load helper

NOW=2026-11-24T08:00:00Z

setup() {
	in_own_folder
	export PULSE_HOME=$PWD/home
	SPOOL=$PULSE_HOME/spool DB=$PULSE_HOME/spool/pulse.db
	pids=()
}
teardown() {
	local pid
	demo_stop
	for pid in "${pids[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
}

sql() { sqlite3 "$DB" "$1"; }
github() {
	GITHUB_TOKEN=demo-github-token "$TOP/pipelines/github_job" -q --base-url "$DEMO_URL/github" --org acme
}
jira() {
	JIRA_EMAIL=demo@acme.test JIRA_API_TOKEN=demo-jira-token "$TOP/pipelines/jira_job" -q --base-url "$DEMO_URL/jira"
}
filled() {
	demo_start --now $NOW --repos 3 --prs 20 --issues 12 --days 60
	github
	jira
	account=$(sql "SELECT id FROM users WHERE name = 'Björn Åkesson'")
	[ "$account" != "" ]
}
forget() {
	run --separate-stderr pulse-forget "$@" </dev/null
	echo "$status: $output $stderr" >&2
}

# The files of the spool that name him, databases and packed batches included.
naming() {
	grep -rlaiE "bjorn|kesson|$account" "$SPOOL" || true
	find "$SPOOL" -name '*.zst' | while read -r f; do
		if zstdcat "$f" | grep -qiE "bjorn|kesson|kesson|$account"; then echo "$f"; fi
	done
}
counts() {
	for t in pull_requests reviews pull_request_commits comments commits deployments \
		deployment_statuses releases issues issue_changes users deployment_commits; do
		sql "SELECT '$t', count(*) FROM $t"
	done
	sql "SELECT count(DISTINCT author) FROM pull_requests; SELECT count(DISTINCT author_email) FROM commits;
		SELECT count(DISTINCT assignee_id) FROM issues; SELECT count(*) FROM users WHERE deleted_at IS NULL"
}

@test "afterwards no file of the spool names him, and the figures are the same" {
	filled
	[ "$(naming | wc -l)" -gt 3 ]
	before=$(counts)
	forget bjorn "$account" --yes
	[ "$status" -eq 0 ]
	[ "$stderr" = "" ]
	[[ "$output" == *"login    bjorn"*"e-mail   bjorn@acme.test"*"name     Björn Åkesson"* ]]
	[[ "${lines[-1]}" =~ ^person-[0-9a-f]{8}:\ [0-9]+\ values,\ [0-9]+\ batches ]]
	same "$(naming)" ""
	same "$(counts)" "$before"
	[ "$(sql 'PRAGMA integrity_check')" = ok ]
	name=${lines[-1]%%:*}
	[ "$(sql "SELECT count(*) FROM commits WHERE author = '$name'")" -gt 0 ]
	[ "$(sql "SELECT count(*) FROM users WHERE id = '$name' AND name = '$name'")" -eq 1 ]
}

@test "what is fetched again afterwards names him by his pseudonym" {
	filled
	forget bjorn "$account" --yes
	name=${lines[-1]%%:*}
	before=$(counts)
	pulse-refetch --all --since 2001-01-01 -q
	github
	jira
	same "$(counts)" "$before"
	same "$(grep -aciE "bjorn@acme|kesson|$account" "$DB" || true)" 0
	[ "$(sql "SELECT count(*) FROM pull_requests WHERE author = 'bjorn'")" -eq 0 ]
	sql "DELETE FROM commits; DELETE FROM issues; DELETE FROM issue_changes; DELETE FROM users"
	pulse-refetch --all --since 2001-01-01 -q
	github
	jira
	[ "$(sql "SELECT count(*) FROM commits WHERE author_email = '$name'")" -gt 0 ]
	[ "$(sql "SELECT count(*) FROM users WHERE id = '$name' AND deleted_at IS NULL")" -eq 1 ]
	# The stored batches do again: said in the page.
	[ "$(naming | wc -l)" -gt 0 ]
	forget bjorn bjorn@acme.test "$account" 'Björn Åkesson' --yes
	[ "$status" -eq 0 ]
	[[ "${lines[-1]}" == "$name: 0 values"* ]]
	same "$(naming)" ""
}

@test "a dry run names what would go, and nothing goes" {
	filled
	naming >before
	sql .dump | grep -v sqlite_stat >dump
	forget 'Björn Åkesson' -n
	[ "$status" -eq 0 ]
	[[ "$output" == *"removes queue/1/github/done/"* ]]
	[[ "$output" == *"would be person-"*" values, "* ]]
	naming | cmp before -
	sql .dump | grep -v sqlite_stat | cmp dump -
	forget bjorn
	[ "$status" -eq 64 ]
	[ "$stderr" = "pulse-forget: 1 logins or accounts more bear one of these names and stay: give them as well if they are his
pulse-forget: this cannot be undone: say --yes" ]
	naming | cmp before -
	run script -qec "pulse-forget bjorn" /dev/null <<<"alice"
	[ "$status" -eq 64 ]
	naming | cmp before -
}

@test "who is not known, or is several, is not forgotten" {
	filled
	forget bjonr --yes
	[ "$status" -eq 64 ]
	[ "$stderr" = "pulse-forget: nobody is called 'bjonr': did you mean 'bjorn'?" ]
	sql "UPDATE commits SET author_name = 'Alex Smith' WHERE author IN ('bjorn', 'alice')"
	forget 'alex smith' --yes
	[ "$status" -eq 64 ]
	[[ "$output" == *alice*bjorn* ]]
	[[ "$stderr" == *"several people have that name"* ]]
	sql "UPDATE repositories SET owner = 'bjorn' WHERE name = 'web'"
	forget bjorn --yes
	[ "$status" -eq 78 ]
	[[ "$stderr" == *"cannot forget 'bjorn': repositories that are fetched are his own"* ]]
	[ "$(sql "SELECT count(*) FROM commits WHERE author = 'bjorn'")" -gt 0 ]
}

@test "a batch that names him and waits is to be loaded first" {
	filled
	mv "$SPOOL"/queue/1/github/done/*.zst "$SPOOL/queue/1/github/new/" 2>/dev/null
	forget bjorn -q --yes
	[ "$status" -eq 75 ]
	[[ "$stderr" == *"batches that name him wait to be loaded"* ]]
	[ "$(sql "SELECT count(*) FROM commits WHERE author = 'bjorn'")" -gt 0 ]
}

@test "logs of ended runs are rewritten, what else names him is told" {
	filled
	printf '#!/bin/sh\necho "bjorn/api: mail bjorn@acme.test (bjornson)"\n"$@"\n' >say
	chmod +x say
	pulse-run -s "$SPOOL" a_job -- ./say true 2>/dev/null
	pulse-run -s "$SPOOL" b_job -- ./say sleep 60 >/dev/null 2>&1 3>&- &
	pids+=("$!")
	tries=0
	until grep -qs bjorn "$SPOOL"/run/1.b_job.*/log; do
		[ $((tries += 1)) -lt 200 ]
		sleep 0.05
	done
	forget bjorn "$account" --yes
	[ "$status" -eq 121 ]
	[[ "$stderr" == *"1 files more name him and are left as they are: pulse-forget -n lists them" ]]
	grep -qE 'person-[0-9a-f]{8}/api: mail person-[0-9a-f]{8} \(bjornson\)' "$SPOOL"/run/1.a_job.*/log
	forget bjorn -n
	[[ "$output" == *"leaves run/1.b_job."*"/log"* ]]
}

@test "words that are also names are not replaced in texts" {
	filled
	sql "UPDATE commits SET author = 'web' WHERE author = 'bjorn'; UPDATE pull_requests SET title = 'fix web for @web' WHERE number = 1"
	forget web -n
	forget web --yes
	[ "$status" -eq 0 ]
	name=${lines[-1]%%:*}
	[ "$(sql "SELECT DISTINCT title FROM pull_requests WHERE number = 1")" = "fix web for @$name" ]
	[ "$(sql "SELECT count(*) FROM repositories WHERE name = 'web'")" -eq 1 ]
	[ "$(sql "SELECT count(*) FROM commits WHERE author = '$name'")" -gt 0 ]
}

@test "without a database there is nobody to forget" {
	mkdir -p "$SPOOL"
	forget ann --yes
	[ "$status" -eq 78 ]
	[ ! -e "$DB" ]
	forget
	[ "$status" -eq 64 ]
}
