#!/usr/bin/env bats
# pulse-web: figures, what is stored and what failed, health, the APIs, and
# Prometheus.  One server for all of it, at one moment.

load helper
load delivery

setup_file() {
	cd "$BATS_FILE_TMPDIR" || exit 1
	mkdir -m 700 s spool
	mkdir -p s/{status,run,lock,control,queue}
	mkdir -p s/control/{tmp,new,cur,done} s/run/1.github_job.7 s/queue/1/github/{tmp,new,done,bad}
	chmod -R go-rwx s
	printf 0 >s/control/latch
	echo 2026-11-24T12:00:00Z >clock
	warehouse
	put state
	spool
	export PULSE_TEST_CLOCK=$PWD/clock PULSE_HOME=$PWD
	printf 'clients:\n  - {id: 1, name: acme, github: {organization: acme}}\n  - {id: 2, name: beta}\n' >pulse.yaml
	"$PULSE_BIN/pulse-web" -s s --listen ./web.sock 2>web.log 3>&- &
	echo $! >web.pid
	until [ -S web.sock ]; do kill -0 "$(cat web.pid)"; done
}

teardown_file() {
	cd "$BATS_FILE_TMPDIR" || exit 1
	kill "$(cat web.pid)"
	wait "$(cat web.pid)" || true
	cat web.log >&2
	[ ! -s web.log ]
}

setup() {
	cd "$BATS_FILE_TMPDIR" || exit 1
	export PULSE_TEST_CLOCK=$PWD/clock PULSE_HOME=$PWD
}

# Three pull requests of one deployment; a repository whose name is a trap.
warehouse() {
	new_db s/pulse.db <<-'SQL'
		INSERT INTO repo VALUES ('api'), ('<b>');
		INSERT INTO c VALUES ('api','01',''), ('api','11','01'), ('api','12','11'), ('api','13','12');
		INSERT INTO d VALUES
		('api',1,'production','01','2026-11-01T08:00','success 2026-11-01T09:00'),
		('api',2,'production','13','2026-11-02T13:00','success 2026-11-02T14:00');
		INSERT INTO p VALUES
		('api',1,'ann','2026-11-02T10:00','2026-11-02T12:00','11'),
		('api',2,'ann','2026-11-02T11:00','2026-11-02T12:00','12'),
		('api',3,'ann','2026-11-02T09:00','2026-11-02T12:00','13');
	SQL
	link-deployments -d s/pulse.db
	sqlite3 s/pulse.db <<-'SQL'
		INSERT INTO job_checkpoints VALUES
		(1,'github_job',1,'acme/api','{"pr":1}',1795000000),
		(2,'github_job',1,'acme/<b>','{"pr":2}',1795000001),
		(3,'jira_job',1,'PAY','not JSON',1795000002),
		(4,'github_job',1,'acme/api','{"pr":4}',1795000003),
		(5,'github_job',2,'acme/api','{"pr":5}',1795000004);
		INSERT INTO scopes VALUES (1,'github_job','acme/api',1795000003,1795000003000);
		INSERT INTO failures VALUES
		(1,'github_job','acme/api','github_pr','<img onerror=x>','network_timeout',NULL,'timed out',NULL,1795000000,NULL,1,1795000000000,0,'[1795000000000]'),
		(1,'github_job','acme/api','github_pr','9','permission',403,'may not',NULL,1795000000,NULL,1,1795000000000,0,'[1795000000000]'),
		(2,'jira_job','PAY','jira_issue','PAY-1','network_timeout',NULL,'timed out',NULL,1795000000,NULL,1,1795000000000,0,'[1795000000000]'),
		(1,'jira_job','PAY','jira_issue','PAY-2','data_format',NULL,'mended since',NULL,1795000000,1795000009,0,1795000000000,1795000009000,'[]');
		INSERT INTO data_quality VALUES
		('a.1',1,'github_pr',1795000000,10,8,2,0.5,1,1,1,'{"number: required":2}'),
		('a.2',1,'github_pr',1795000100,4,4,0,1,1,1,NULL,'{}'),
		('a.1',2,'jira_issue',1795000000,1,0,1,0,1,1,1,'{"key: required":1}');
	SQL
}

# Statuses, a breaker, what a fetch saw of its quota, the report of health-check.
put() {
	{
		cat "$SHARE/schema/state/"*.sql
		echo 'PRAGMA application_id=0x50755374; PRAGMA user_version=1;'
		echo "INSERT INTO breakers VALUES (1,'github','open','auto',3,900000,1795604000000,1795604900000,NULL);"
	} | sqlite3 s/state.db
	echo 'job=github_job client=1 state=PENDING at=2026-11-24T11:59:30Z run=1.github_job.7 last=success last_success=2026-11-24T11:00:00Z' >s/status/1.github_job
	echo 'job=sleep_job client=0 state=PENDING at=2026-11-24T11:59:30Z' >s/status/0.sleep_job
	echo '{"tool":"fetch-github","requests":3,"quota_left":4321,"quota_reset":"2026-11-24T13:00:00Z"}' >s/run/1.github_job.7/requests
	cat >s/health.ndjson <<-'JSON'
		{"type":"finding","check":"token","subject":"github","client":1,"level":"ok","class":null,"code":null,"value":"2026-12-01T00:00:00Z","message":"accepted","way_out":null}
		{"type":"finding","check":"token","subject":"github","client":2,"level":"fail","class":"authentication","code":77,"value":null,"message":"refused","way_out":"make one"}
		no JSON
	JSON
}

spool() {
	echo '{"type":"r"}' >s/queue/1/github/bad/20261124T060000.123Z.0000001.001.batch
	printf '%s\n' '{"type":"github_pr","data":{"title":"a secret"}}' |
		PULSE_BATCH=$PWD/s/queue/1/github/new/x.001 validate || true
}

# get PATH [CURL-OPTION...] - the answer, its status in $code
get() {
	: >body
	code=$(curl -sSg --unix-socket web.sock -o body -D head -w '%{http_code}' "${@:2}" "http://localhost$1")
	tr -d '\r' <head >head.lines
}

api() { get "/api/v1/$1" "${@:2}"; }

# expect STATUS JQ VALUE
expect() {
	same "$code" "$1"
	same "$(jq -c "$2" body)" "$3"
}

# refused STATUS CODE WORDS - the error has this code, and a message with WORDS
refused() {
	same "$code $(jq -r .error.code body)" "$1 $2"
	[[ $(jq -r .error.message body) == *"$3"* ]] || {
		cat body >&2
		return 1
	}
}

header() { sed -n "s/^$1: //Ip" head.lines; }

window='since=2026-11-01&until=2026-11-03'

@test "metrics are listed with what each is, its groupings and parameters" {
	api metrics
	expect 200 '.metrics | map(.metric) | (length > 20), index("deployment_frequency"), (index("lead_time") != null)' $'true\n0\ntrue'
	same "$(jq -r '.metrics[].metric' body)" "$(metrics ls --format csv | tail -n +2 | cut -d , -f 1)"
	expect 200 '.metrics[] | select(.metric == "lead_time") | [.set, .unit, .groupings[0], .groupings[-1], (.definition | length > 500)]' \
		'["dora","min","repo","month",true]'
	expect 200 '.metrics[] | select(.metric == "stale_pull_requests") | [.parameters[].name] | length > 0' true
}

@test "a metric and a set are answered as metrics itself writes them" {
	api "metrics/lead_time?$window"
	same "$code $(header Content-Type)" '200 application/json'
	cmp body <(metrics -d "$PWD/s/pulse.db" lead_time --since 2026-11-01 --until 2026-11-03 --format json) >&2
	expect 200 '[.metric, .unit, .bands.set, .figures[0].value, .figures[0].n, .figures[0].few, .figures[0].band]' \
		'["lead_time","min","dora-2023",240,3,true,null]'
	api "metrics/dora?$window&trend=day&by=service&bands=dora-2021&tz=Europe/Berlin&bots=1&client=1"
	expect 200 '.metrics | map(.metric)[0], length, .[0].bands.set, (map(.trend | type) | unique)' \
		$'"deployment_frequency"\n6\n"dora-2021"\n["array"]'
	api "metrics/lead_time?$window&by=repo&scope=nobody*"
	expect 200 '.scope, .figures' $'"nobody*"\n[]'
	api "metrics/stale_pull_requests?set.stale=30d"
	same "$code" 200
}

@test "figures come as CSV to save, as NDJSON, and the rows behind them with links" {
	api "metrics/lead_time?$window&format=csv"
	same "$(header Content-Type) $(header Content-Disposition)" 'text/csv; charset=utf-8 attachment; filename="lead_time.csv"'
	cmp body <(metrics -d s/pulse.db lead_time --since 2026-11-01 --until 2026-11-03 --format csv) >&2
	api "metrics/dora?$window&format=ndjson"
	same "$(header Content-Type) $(head -1 body | jq -r .metric)" 'application/x-ndjson deployment_frequency'
	api "metrics/lead_time?$window&rows=1"
	expect 200 '(.rows | length), .rows[0].url' $'3\n"https://github.com/acme/api/pull/1"'
	api "metrics/lead_time?$window&rows=1&format=csv"
	same "$(header Content-Disposition) $(wc -l <body)" 'attachment; filename="lead_time-rows.csv" 4'
}

@test "a picture is for itself, or bare for a page that allows no style in it" {
	api "metrics/lead_time?$window&by=day&format=svg"
	same "$(header Content-Type)" image/svg+xml
	grep -q '<style>' body
	api "metrics/lead_time?$window&by=day&format=svg&bare=1"
	xmllint --noout body
	refute grep -q style body
	grep -q '<title id=' body
	grep -q '<desc id=' body
	api "metrics/lead_time?$window&format=svg&bare=1&chart=parts+coding+pickup+review+deploy"
	grep -q 'class="a[1-3]"' body
	# The page's own style sheet knows every class of every picture.
	for metric in $(metrics ls --format csv | tail -n +2 | cut -d , -f 1); do
		metrics -d s/pulse.db "$metric" --since 2026-11-01 --until 2026-11-03 --format svg --bare
	done | grep -o 'class="[^"]*"' | tr -d '"' | cut -d = -f 2 | tr ' ' '\n' | sort -u >classes
	[ "$(wc -l <classes)" -gt 5 ]
	while read -r class; do
		grep -q "\.$class[^a-z0-9]" "$SHARE/web/pulse.css"
	done <classes
}

@test "who has the figures is told so without a run, until the data change" {
	api "metrics/lead_time?$window" --compressed
	tag=$(header ETag)
	[ -n "$tag" ]
	[ -n "$(ls spool/cache/metrics)" ]
	rm -r spool/cache # metrics makes it where it runs
	api "metrics/lead_time?$window" -H "If-None-Match: $tag"
	same "$code $(wc -c <body) $(header ETag)" "304 0 $tag"
	[ ! -e spool/cache ]
	api "metrics/lead_time?$window&by=repo" -H "If-None-Match: $tag"
	same "$code" 200
	[ -e spool/cache ]
	sqlite3 s/pulse.db "UPDATE meta SET value = value + 1"
	api "metrics/lead_time?$window" -H "If-None-Match: $tag"
	same "$code" 200
	[ "$(header ETag)" != "$tag" ]
}

@test "what is no metric is not found, and what is no value of an argument is named with those there are" {
	for name in lead_tim ls export report explain --help -- table.sql %2e%2e '<img>'; do
		api "metrics/$name"
		refused 404 no_such_metric ''
	done
	api metrics/lead_tim
	refused 404 no_such_metric 'did you mean lead_time'
	while read -r query words; do
		api "metrics/lead_time?$query"
		refused 400 bad_argument "$words"
	done <<-'EOT'
		format=xml unknown format 'xml': there is json, ndjson, csv, svg
		format=table there is json
		by=day,week at most one
		by=repos did you mean repo
		by=sprint lead_time cannot be grouped by sprint
		tz=Nowhere unknown zone
		tz=../../etc/passwd unknown zone
		bands=dora-1999 did you mean dora-2021
		bands=worst there is dora-2021, dora-2023, dora-2024
		bands=../bands/dora-2023 unknown
		trend=year there is day, week, month
		since=yesterday 'yesterday'
		since=2026-11-03&until=2026-11-01 
		rows=2 rows is 0 or 1
		rows=1&format=svg rows are no picture
		rows=1&trend=day trend goes with json
		bare=1 chart and bare go with svg
		format=svg&chart=pie 
		format=svg&chart=--rows 
		client=x whole number
		client=-1 whole number
		set.nosuch=1 unknown parameter 'nosuch'
		set.=1 NAME=VALUE
		since= no value
		by no value
	EOT
	api "metrics/dora?format=svg"
	refused 400 bad_argument 'one metric at a time'
	api "metrics/dora?rows=1"
	refused 400 bad_argument 'one metric at a time'
	api "metrics/lead_time?client=7"
	refused 404 no_such_client 'no client 7'
	for query in database=x config=x snapshot=x no-cache=1 plan=1 Format=csv; do
		api "metrics/lead_time?$query"
		refused 400 unknown_argument ''
	done
}

@test "a hostile value is a value: no option, no command, no line of its own" {
	for value in --format -v --snapshot=owned '%3Btouch+owned' '$(touch%20owned)' '%60touch%20owned%60' "'%22"; do
		for name in since by tz bands set.stale; do
			api "metrics/stale_pull_requests?$name=$value"
			same "$code $(jq -r .error.code body)" '400 bad_argument'
		done
	done
	api "metrics/lead_time?$window&scope=--rows"
	expect 200 '.scope' '"--rows"'
	for value in 'a%0Ab' 'a%00b%0d' '%1b[31m' "$(head -c 4000 /dev/zero | tr '\0' x)"; do
		for name in since by scope tz bands; do
			api "metrics/lead_time?$name=$value"
			[[ $code == 4?? ]]
			jq -e .error.code body >/dev/null
		done
	done
	[ ! -e owned ]
	api "metrics/lead_time?$window"
	same "$code" 200
}

@test "checkpoints are the newest of each scope, page by page, a cursor that is no JSON null" {
	api checkpoints
	expect 200 '.checkpoints | map([.client, .job, .scope, .cursor])' \
		'[[1,"github_job","acme/<b>",{"pr":2}],[1,"github_job","acme/api",{"pr":4}],[1,"jira_job","PAY",null],[2,"github_job","acme/api",{"pr":5}]]'
	expect 200 '.checkpoints[1] | .at, .reached' $'"2026-11-18T11:06:43.000Z"\n"2026-11-18T11:06:43.000Z"'
	expect 200 '.next' null
	api 'checkpoints?limit=3'
	expect 200 '(.checkpoints | length), (.next | type)' $'3\n"string"'
	api "checkpoints?limit=3&after=$(jq -r .next body)"
	expect 200 '(.checkpoints | map(.client)), .next' $'[2]\nnull'
	api 'checkpoints?client=2'
	expect 200 '.checkpoints | length' 1
	api 'checkpoints?after=x'
	refused 400 bad_argument 'whole number'
}

@test "failures that wait are listed with the command that deals with each" {
	api failures
	expect 200 '.failures | map([.client, .job, .key, .class, .command])' \
		'[[1,"github_job","9","permission","health-check -k 1"],[1,"github_job","<img onerror=x>","network_timeout","retry-scan --put-back github_job -k 1"],[2,"jira_job","PAY-1","network_timeout","retry-scan --put-back jira_job -k 2"]]'
	expect 200 '.failures[0] | [.type, .scope, .entity, .http, .next, .reason]' \
		'["item","acme/api","github_pr",403,"a person","may not"]'
	api 'failures?job=github_job&limit=1'
	expect 200 '(.failures | map(.key)), .next' $'["9"]\n"1"'
	api 'failures?job=github_job&limit=1&after=1'
	expect 200 '(.failures | map(.key)), .next' $'["<img onerror=x>"]\nnull'
	api 'failures?client=2'
	expect 200 '.failures | map(.key)' '["PAY-1"]'
	api 'failures?job=nosuch'
	expect 200 .failures '[]'
}

@test "rejects say how many and which rules, never what was rejected" {
	api rejects
	expect 200 '.rejects | map([.client, .queue, .kind, .lines])' '[["1","github","batch",1],["1","github","rejects",1]]'
	expect 200 '.rejects[1] | .rules."scope: required", .command' \
		"1"$'\n'"\"validate --unwrap <$PWD/s/queue/1/github/bad/x.001.rejects | load\""
	expect 200 '.rejects[0].command' '"spool-ls --replay -k 1 github 20261124T060000.123Z.0000001.001"'
	refute grep -q secret body
}

@test "quality is the latest report of each type, with what there was in all" {
	api quality
	expect 200 '.quality | map([.client, .type, .checked, .rejected, .completeness, .timeliness, .batches, .checked_ever, .rejected_ever])' \
		'[[1,"github_pr",4,0,1,null,2,14,2],[2,"jira_issue",1,1,0,1,1,1,1]]'
	expect 200 '.quality[1] | .at, .rules' $'"2026-11-18T11:06:40.000Z"\n{"key: required":1}'
	api 'quality?client=1'
	expect 200 '.quality | length' 1
}

@test "health answers 200 also when not all is well, with the findings of the last check and their time" {
	api health
	expect 200 '[.well, .scheduler, .latched, .held, .database.readable, .state.readable]' \
		'[false,false,false,false,true,true]'
	expect 200 '.findings | map([.check, .level])' '[["token","ok"],["token","fail"]]'
	same "$(jq -r .checked_at body)" "$(date -u -r s/health.ndjson +%Y-%m-%dT%H:%M:%S.000Z)"
	mv s/health.ndjson kept
	printf 1 >s/control/latch
	api health
	printf 0 >s/control/latch
	mv kept s/health.ndjson
	expect 200 '[.well, .latched, .findings, .checked_at]' '[false,true,[],null]'
}

@test "the APIs are told as they were seen last: quota, breaker, token; null where nothing is known" {
	api integrations
	expect 200 '.integrations | map([.client, .integration, .base_url, .jobs])' \
		'[[1,"github","https://api.github.com",["github_job"]]]'
	expect 200 '.integrations[0] | .quota | .remaining, .reset' $'4321\n"2026-11-24T13:00:00.000Z"'
	# What health-check saw later takes the place of what the run saw.
	jq -nc '{type: "finding", check: "quota", subject: "github", client: 1, level: "ok", value: "99", message: "99 of 5000 requests left"}' >>s/health.ndjson
	touch -d 2026-11-23T00:00:00Z s/run/1.github_job.7/requests
	touch -d 2026-11-24T11:00:00Z s/health.ndjson
	api integrations
	expect 200 '.integrations[0].quota' '{"remaining":99,"reset":null,"at":"2026-11-24T11:00:00.000Z"}'
	expect 200 '.integrations[0] | .breaker | .state, .override, .failures, .until' \
		$'"open"\n"auto"\n3\n"2026-11-25T11:08:20.000Z"'
	expect 200 '.integrations[0] | [.token.level, .token.expires, .api, .last_success]' \
		'["ok","2026-12-01T00:00:00.000Z",null,"2026-11-24T11:00:00.000Z"]'
}

@test "Prometheus reads the jobs and pulse-web itself, in either of its formats" {
	get /metrics
	same "$code $(header Content-Type)" '200 text/plain; version=0.0.4; charset=utf-8'
	grep -q '^pulse_job_state{job="github_job",client="1",state="PENDING"} 1$' body
	grep -q '^pulse_api_remaining{integration="github",job="github_job",client="1"} 4321$' body
	grep -q '^pulse_web_clients 0$' body
	grep -q '^# TYPE pulse_web_answers_total counter$' body
	ok=$(sed -n 's/^pulse_web_answers_total{class="2xx"} //p' body)
	refute grep -q '^# EOF' body
	get /metrics -H 'Accept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5'
	same "$(header Content-Type)" 'application/openmetrics-text; version=1.0.0; charset=utf-8'
	same "$(tail -1 body)" '# EOF'
	grep -q '^# TYPE pulse_web_answers counter$' body
	same "$(sed -n 's/^pulse_web_answers_total{class="2xx"} //p' body)" "$((ok + 1))"
	refute grep -q '^# \(TYPE\|HELP\) [a-z_]*_total ' body
}

@test "many who ask the same wait for one run, and all are answered" {
	for i in $(seq 8); do
		curl -sS --unix-socket web.sock -o "many.$i" "http://localhost/api/v1/metrics/flow?since=20d" 3>&- &
	done
	wait
	for i in $(seq 2 8); do
		cmp many.1 "many.$i" >&2
	done
	same "$(jq '.metrics | length > 3' many.1)" true
}
