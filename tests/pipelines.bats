#!/usr/bin/env bats
# pipelines: whole jobs against demo-api, and how their stages' ends add up.

load helper

NOW=2026-11-24T08:00:00Z

setup() {
	in_own_folder
	export PULSE_HOME=$PWD/home
	DB=$PULSE_HOME/spool/pulse.db Q=$PULSE_HOME/spool/queue/1
}
teardown() { demo_stop; }

small() { demo_start --now $NOW --repos 5 --prs 20 --issues 12 --days 60 "$@"; }
github() {
	GITHUB_TOKEN=${TOKEN-demo-github-token} "${RUN[@]}" "$TOP/pipelines/github_job" -q \
		--base-url "$DEMO_URL/github" --org acme "$@"
}
jira() {
	JIRA_EMAIL=demo@acme.test JIRA_API_TOKEN=demo-jira-token "$TOP/pipelines/jira_job" -q \
		--base-url "$DEMO_URL/jira" "$@"
}
sql() { sqlite3 -readonly "$DB" "$1"; }
expected() { curl -s "$DEMO_URL/__demo/expected?type=$1" | jq '[.[][] | length] | add // 0'; }
in_state() { find "$Q/$1" -type f | wc -l; }

# A PULSE_BIN in which a program is replaced by a line of shell.
fake() { # NAME LINE
	if [ ! -d fake ]; then
		mkdir fake
		ln -s "$PULSE_BIN"/* fake/
	fi
	rm -f "fake/$1"
	printf '#!/bin/bash\n%s\n' "$2" >"fake/$1"
	chmod +x "fake/$1"
}

@test "github_job and jira_job fill the database with what the two sites have" {
	small
	run -0 github
	run -0 jira
	same "$(sql 'SELECT count(*) FROM pull_requests')" "$(expected github_pr)"
	same "$(sql 'SELECT count(*) FROM deployment_statuses')" "$(expected github_deployment_status)"
	same "$(sql 'SELECT count(*) FROM issues')" "$(expected jira_issue)"
	[ "$(sql 'SELECT count(*) FROM deployment_commits')" -gt 0 ]
	[ "$(in_state github/new)" -eq 0 ]
	[ "$(in_state github/done)" -ge 1 ]
	[ "$(in_state github/bad)" -eq 0 ]
	[ -s "$PULSE_HOME/spool/checkpoints/1/github_job.json" ]
	[ -s "$PULSE_HOME/spool/checkpoints/1/jira_job.json" ]
}

@test "a second run of both jobs changes no row" {
	small
	run -0 github
	run -0 jira
	before=$(sql 'SELECT value FROM meta WHERE name = "data_version"')
	[ "$before" -gt 0 ]
	run -0 github
	run -0 jira
	same "$(sql 'SELECT value FROM meta WHERE name = "data_version"')" "$before"
}

@test "a job takes its cursors from the database, whatever became of their file" {
	small
	run -0 github
	cursors=$(jq -S . "$PULSE_HOME/spool/checkpoints/1/github_job.json")
	curl -sX POST "$DEMO_URL/__demo/requests" >/dev/null
	run -0 github
	usual=$(curl -sX POST "$DEMO_URL/__demo/requests" | jq .total)
	echo '{"acme/api":' >"$PULSE_HOME/spool/checkpoints/1/github_job.json"
	run -0 github
	same "$(curl -sX POST "$DEMO_URL/__demo/requests" | jq .total)" "$usual"
	rm "$PULSE_HOME/spool/checkpoints/1/github_job.json"
	run -0 github
	same "$(curl -sX POST "$DEMO_URL/__demo/requests" | jq .total)" "$usual"
	same "$(jq -S . "$PULSE_HOME/spool/checkpoints/1/github_job.json")" "$cursors"
}

@test "a job loads what was left in the queue, and fetches only from an empty one" {
	small
	GITHUB_TOKEN=demo-github-token spool-put github -- fetch-github -q --base-url "$DEMO_URL/github" --org acme
	[ "$(in_state github/new)" -eq 1 ]
	fake load '[ "$1" = --checkpoints ] && [ "$3" = --job ] || exit 75'
	curl -sX POST "$DEMO_URL/__demo/requests" >/dev/null
	PULSE_BIN=$PWD/fake run -75 github
	[ "$(in_state github/new)" -eq 1 ]
	same "$(curl -s "$DEMO_URL/__demo/requests" | jq .total)" 0
	run -0 github
	[ "$(in_state github/new)" -eq 0 ]
	[ "$(in_state github/done)" -eq 2 ]
}

@test "a wrong token ends a job with 77 and loses nothing" {
	small
	TOKEN=wrong run --separate-stderr -77 github
	[[ $stderr == *token* ]]
	[ "$(in_state github/new)" -eq 0 ]
	[ "$(in_state github/done)" -eq 0 ]
	run -0 github
}

@test "a repository that fails leaves the others whole, 121 behind, and is fetched next time" {
	small
	curl -sd '{"match":"/github/repos/acme/api/pulls","do":"status","status":404}' "$DEMO_URL/__demo/faults"
	run -121 github
	same "$(sql "SELECT count(*) FROM pull_requests WHERE repo = 'acme/api'")" 0
	[ "$(sql "SELECT count(*) FROM pull_requests WHERE repo <> 'acme/api'")" -gt 0 ]
	[ "$(sql "SELECT count(*) FROM failures WHERE scope = 'acme/api' AND resolved_at IS NULL")" -ge 1 ]
	curl -sd '' "$DEMO_URL/__demo/faults"
	run -0 github
	same "$(sql 'SELECT count(*) FROM pull_requests')" "$(expected github_pr)"
	same "$(sql 'SELECT count(*) FROM failures WHERE resolved_at IS NULL')" 0
}

@test "a run for failed items fetches these and nothing else" {
	small
	run -0 github
	number=$(sql "SELECT max(number) FROM pull_requests WHERE repo = 'acme/api'")
	echo "{\"scope\":\"acme/api\",\"entity\":\"github_review\",\"key\":\"$number\"}" >items
	curl -sX POST "$DEMO_URL/__demo/requests" >/dev/null
	PULSE_ITEMS=$PWD/items run -0 github
	same "$(curl -sX POST "$DEMO_URL/__demo/requests" | jq .total)" 1
	: >items
	PULSE_ITEMS=$PWD/items run -0 github
	same "$(curl -sX POST "$DEMO_URL/__demo/requests" | jq .total)" 0
	PULSE_ITEMS=$PWD/none run -74 github
}

@test "a job that is told to stop ends with 75 and has loaded what a checkpoint closed" {
	small --latency-ms 40
	RUN=(setsid)
	github >out 2>&1 3>&- &
	pid=$!
	for ((i = 0; i < 1000; i++)); do
		grep -qs '"checkpoint"' "$Q"/github/tmp/* && break
		read -rt 0.02 _ <> <(:) || true
	done
	group=$(pgrep -o -f "^/bin/bash $TOP/pipelines/github_job -q --base-url $DEMO_URL/github")
	kill -TERM -- "-$group"
	code=0; wait "$pid" || code=$?
	[ "$code" -eq 75 ]
	[ "$(in_state github/new)" -eq 0 ]
	[ "$(in_state github/done)" -eq 1 ]
	[ "$(sql 'SELECT count(*) FROM job_checkpoints')" -ge 1 ]
	RUN=()
	run -0 github
	same "$(sql 'SELECT count(*) FROM pull_requests')" "$(expected github_pr)"
}

@test "no file that the jobs leave behind holds a token" {
	small
	run -0 github
	run -0 jira
	for secret in demo-github-token demo-jira-token "$(printf demo@acme.test:demo-jira-token | base64 -w 0)"; do
		run -1 grep -rlaF "$secret" "$PULSE_HOME"
		for batch in "$Q"/*/done/*.zst; do run -1 grep -caF "$secret" <(zstdcat "$batch"); done
	done
}

@test "a job of another client uses that client's queue and cursors" {
	small
	cat >pulse.yaml <<-END
		clients:
		  - {id: 1, name: one}
		  - {id: 7, name: seven, github: {base_url: "$DEMO_URL/github", organization: acme}}
	END
	GITHUB_TOKEN=demo-github-token run -0 "$TOP/pipelines/github_job" -k 7 -c "$PWD/pulse.yaml" -q
	[ -z "$(ls "$Q" 2>/dev/null)" ]
	[ -s "$PULSE_HOME/spool/checkpoints/7/github_job.json" ]
	same "$(sql 'SELECT DISTINCT client_id FROM pull_requests')" 7
}

@test "ingest ends with the worse of validate and load, and passes a crash on" {
	while read validate load expected; do
		fake validate "$validate"
		fake load "$load"
		code=0
		PULSE_BIN=$PWD/fake "$TOP/pipelines/ingest" </dev/null >out 2>&1 || code=$?
		same "$validate | $load: $code" "$validate | $load: $expected"
	done <<-'END'
		exit\ 0 exit\ 0 0
		exit\ 121 cat 121
		exit\ 65 cat 65
		exit\ 121 exit\ 75 75
		exit\ 74 exit\ 75 74
		exit\ 0 exit\ 78 78
		exit\ 0 exit\ 1 70
		kill\ -SEGV\ $$ cat 139
		exit\ 0 kill\ -ABRT\ $$ 134
		exit\ 0 kill\ -KILL\ $$ 75
		yes exit\ 73 73
		yes exit\ 0 75
	END
}

@test "ingest by itself links what it loaded, within a job it leaves that to the job, and linking does not judge the batch" {
	fake validate cat
	fake load 'exit $(cat code)'
	fake link-deployments 'echo linked; exit 75'
	ingest() { PULSE_BIN=$PWD/fake "$TOP/pipelines/ingest" </dev/null; }
	echo 0 >code
	run -0 ingest
	same "$output" linked
	echo 121 >code
	run -121 ingest
	same "$output" linked
	echo 74 >code
	run -74 ingest
	[ -z "$output" ]
	echo 0 >code
	PULSE_JOB=github_job run -0 ingest
	[ -z "$output" ]
}

@test "a job leaves with the worst of its stages and still runs the later ones" {
	small
	for name in spool-put link-deployments; do fake $name "echo $name >>ran; exit 74"; done
	fake spool-take 'echo spool-take >>ran; exec "${0%/fake/*}/take" "$@"'
	ln -s "$PULSE_BIN/spool-take" take
	fake spool-put 'echo spool-put >>ran; exit 77'
	PULSE_BIN=$PWD/fake run -77 github
	same "$(tr '\n' ' ' <ran)" 'spool-take spool-put spool-take link-deployments '
	fake spool-put 'exit 121'
	PULSE_BIN=$PWD/fake run -74 github
	fake link-deployments 'exit 1'
	PULSE_BIN=$PWD/fake run -70 github
	fake link-deployments 'echo linked; exit 74'
	PULSE_BIN=$PWD/fake run -74 jira
	[[ $output == *linked* ]]
}

@test "the jobs tell how they are used, and refuse an option without its value" {
	for job in github_job jira_job; do
		run -0 "$TOP/pipelines/$job" --help
		[[ ${lines[0]} == "$job - "* ]]
		run -64 "$TOP/pipelines/$job" -k
	done
}

@test "demo fetches, loads and measures, stops what it started, and works again" {
	run -0 "$TOP/pipelines/demo" --repos 5 --prs 40 --issues 20
	[[ $output == *'pull requests'*'deployment frequency'*'lead time for changes'*'change failure rate'*'failed deployment recovery time'*velocity*completed* ]]
	same "${lines[-2]}" "The database is home/spool/pulse.db"
	same "${lines[-1]}" "The report is   home/report.html; open it in a browser"
	same "$(tail -n 1 home/report.html)" '</html>'
	first=$(sql 'SELECT count(*), sum(number) FROM pull_requests')
	url=$(grep -o 'http://[0-9.:]*' <<<"$output" | head -1)
	run -7 curl -s "$url/__demo/expected"
	run -0 "$TOP/pipelines/demo" --repos 5 --prs 40 --issues 20
	same "$(sql 'SELECT count(*), sum(number) FROM pull_requests')" "$first"
	[[ $output == *"github_job ended with 0"*"jira_job ended with 0"* ]]
}

# What runs with this PULSE_HOME, sorted.
of_this_home() {
	grep -lsaF "PULSE_HOME=$PULSE_HOME" /proc/[0-9]*/environ | while read -r f; do
		tr '\0' ' ' <"${f%environ}cmdline"; echo
	done 2>/dev/null | grep -v '^grep ' | grep . | sort
}

@test "demo --serve keeps the jobs going, prints one address, and leaves nothing behind" {
	# INT is ignored in what a shell without job control has in the background.
	env --default-signal=INT "$TOP/pipelines/demo" --serve --repos 3 --prs 20 --issues 12 >out 2>&1 3>&- &
	pid=$!
	for ((i = 0; i < 1000; i++)); do
		kill -0 $pid
		grep -q '#pulse_' out && break
		read -rt 0.05 _ <> <(:) || true
	done
	address=$(tail -n 1 out)
	[[ $address =~ ^http://127\.0\.0\.1:[0-9]+/#pulse_[A-Za-z0-9_-]+$ ]]
	same "$(grep -c '#pulse_' out)" 1
	url=${address%#*} token=${address#*#}
	curl -sf "$url" | grep -q '<title>Pulse</title>'
	same "$(curl -s -o answer -w '%{http_code}' "${url}api/v1/jobs")" 401
	curl -sf -H "Authorization: Bearer $token" "${url}api/v1/jobs" >answer
	jq -e '.jobs | map("\(.client).\(.job)") | contains(["1.github_job", "1.jira_job", "2.github_job", "0.sleep_job"])' answer
	same "$(curl -sf -H "Authorization: Bearer $token" "${url}api/v1/me" | jq -r .role)" admin
	for ((i = 0; i < 400; i++)); do
		[[ $(<home/spool/status/2.github_job) != *'class=authentication'* ]] || break
		read -rt 0.05 _ <> <(:) || true
	done
	grep -q 'state=ERROR' home/spool/status/2.github_job
	[[ $(of_this_home) == *demo-api*pulse-sched*pulse-web* ]]
	kill -INT $pid
	code=0; wait $pid || code=$?
	same "$code" 0
	same "$(of_this_home)" ""
	run -7 curl -s "$url"
}
