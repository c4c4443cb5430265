#!/usr/bin/env bats
# What is asked of jobs over HTTP reaches the scheduler once, is on record, and
# is answered with what became of it.

load helper
load scheduler
load web

setup() {
	scheduler_home
	WEB_PID=
	job long 'until [ -e "$PULSE_HOME/go" ]; do read -rt 0.05 _ <> <(:) || true; done'
	job no 'exit 78'
}
teardown() {
	[ -z "$SCHED" ] || kill -CONT "$SCHED" 2>/dev/null || true
	web_stop
	scheduler_end
	umount -l home/spool 2>/dev/null || true
}

# A scheduler with the three jobs, a pulse-web, and a token of each role.
up() { # [LINE...] - of the schedule
	schedule "$@" <<-'END'
		ok: {run: ok, interval: 4h}
		long: {run: long, interval: 4h, integration: github}
		no: {run: no, interval: 4h}
	END
	daemon
	until_true is 1.long RUNNING
	until_true ended 1.ok 1
	until_true is 1.no ERROR
	tokens
	web_start
}
tokens() { for role in viewer operator admin; do web_token "$role"; done; }
# answered STATUS [CODE] - by the last request
answered() {
	[ "$STATUS" = "$1" ]
	[ "$#" -lt 2 ] || [ "$(code)" = "$2" ]
}
# waiting - the commands that nobody has taken
waiting() { find "$S/control/new" "$S/control/tmp" "$S/control/cur" -type f | wc -l; }
audit() { jq -c "$1" "$S/audit.ndjson"; }

@test "each verb does over HTTP what pulse-ctl does" {
	up
	post operator jobs/ok/start '{"reason":"why not"}'
	answered 202
	same "$(said '[.state, .job, .client, (.epoch > 0), (.gen | length > 8)] | @json')" '["PENDING","ok",1,true,true]'
	until_true ended 1.ok 2
	same "$(jq -r 'select(.by == "token operator via pulse-web") | .command_id' "$S/events.ndjson")" "$(said .id)"
	post operator jobs/1.long/pause
	answered 202
	same "$(said .undo.path)" /api/v1/jobs/1.long/resume
	until_true is 1.long PAUSED
	post operator jobs/long/pause
	answered 200
	same "$(said .undo)" null
	ask operator /api/v1/jobs/1.long/resume --json '{}'
	answered 202
	until_true is 1.long RUNNING
	post operator 'jobs/long/stop?client=1'
	answered 202
	until_true is 1.long NOT_STARTED
	post admin jobs/long/start '{"force":true,"client":1}'
	answered 202
	until_true is 1.long RUNNING
	post admin jobs/long/start '{"replace":true}'
	answered 202
	post admin jobs/long/stop '{"force":true}'
	answered 202
	until_true is 1.long NOT_STARTED
	post admin jobs/no/reset
	answered 202
	until_true is 1.no NOT_STARTED
	post operator jobs/ok/put-back
	answered 200
	same "$(said .message)" 'no failed item of it is due'
	post operator breakers/github '{"to":"open"}'
	answered 200
	until_true eval 'count ".type == \"breaker_opened\"" | grep -qx 1'
	post operator breakers/github '{"to":"auto","client":1}'
	answered 200
	post admin history/prune '{"before":"30d"}'
	answered 200
	[[ "$(said .message)" == 'removed '*' events, '*' runs, '*' run folders' ]]
	post operator jobs/orchestrator/reload
	answered 200
	same "$(said .message)" '3 jobs for 1 client'
	post admin jobs/orchestrator/stop '{"drain":true}'
	answered 200
	post admin jobs/orchestrator/start
	answered 200
	[ "$(waiting)" -eq 0 ]
	stop
}

@test "what an admin alone may is refused to others, and nothing is sent" {
	up
	for body in '{"force":true}' '{"replace":true}'; do
		post operator jobs/ok/start "$body"
		answered 403 forbidden
	done
	for path in jobs/ok/reset jobs/orchestrator/start jobs/orchestrator/stop jobs/emergency-stop history/prune; do
		post operator "$path"
		answered 403 forbidden
	done
	for path in jobs/ok/start jobs/ok/stop jobs/ok/pause jobs/ok/resume jobs/ok/put-back jobs/orchestrator/reload breakers/github; do
		post viewer "$path"
		answered 403 forbidden
	done
	[ "$(find "$S/control/done" -type f | wc -l)" -eq 0 ]
	[ "$(waiting)" -eq 0 ]
	same "$(audit .result | uniq)" 403
	same "$(audit 'select(.who == "token operator") | [.path, .job, .message]' | head -3)" \
		"$(printf '%s\n' '["/api/v1/jobs/ok/start","ok","'\''start'\'' with force needs the role admin, and you are operator"]' \
			'["/api/v1/jobs/ok/start","ok","'\''start'\'' with replace needs the role admin, and you are operator"]' \
			'["/api/v1/jobs/ok/reset",null,"this needs the role admin, yours is operator"]')"
	same "$(audit 'select(.detail != "") | .detail | fromjson | [.cmd, .force, .replace]')" "$(printf '%s\n' '["start",true,null]' '["start",true,true]')"
	same "$(audit 'select(.who == "token viewer") | .path' | wc -l)" 7
}

@test "a body that says too much, too little or the wrong thing is refused by its key" {
	up
	web_token admin spare # a token may ten at once
	refused() { # PATH BODY WORDS
		post "${who:-admin}" "$1" "$2"
		answered 400 bad_request
		[[ "$(said .error.message)" == *"$3"* ]]
	}
	refused jobs/ok/start '{"forse":true}' "'forse' is no key of this request; did you mean 'force'?"
	refused jobs/ok/start '{"force":"yes"}' "'force' is not true or false"
	refused jobs/ok/pause '{"force":true}' "'force' is no key"
	refused jobs/ok/start '{"client":1,"client":1}' "'client' comes twice"
	refused jobs/ok/start '[]' 'no JSON object'
	refused jobs/ok/start '{' 'no JSON'
	refused jobs/1.ok/start '{"client":2}' "'client' is said twice: 2, 1"
	refused 'jobs/ok/start?client=3' '{"client":2}' "'client' is said twice"
	refused breakers/github '{}' "'to' is missing"
	who=spare
	refused breakers/github '{"to":"ajar"}' "'to' is not open, closed or auto"
	refused history/prune '{"before":"soon"}' "'before' is not a time"
	refused jobs/emergency-stop '{"sure":true}' "'sure' is no key"
	web_token operator other
	for key in a/b ../x .hidden x.withdrawn "$(printf 'x%.0s' {1..128})"; do
		post other jobs/ok/start '{}' -H "Idempotency-Key: $key"
		answered 400 bad_request
	done
	post other jobs/ok/start '{}' -H 'Idempotency-Key: a' -H 'Idempotency-Key: b'
	answered 400 bad_request
	post other jobs/0k/start
	answered 404 no_such_job
	post other jobs/okay/start
	answered 404 no_such_job
	[[ "$(said .error.message)" == *"did you mean 'ok'?"* ]]
	same "$(said .answer.status)" 404
	post spare breakers/gitlab '{"to":"open"}'
	answered 404 no_such_integration
	[ "$(waiting)" -eq 0 ]
}

@test "a job of several clients must be said whose, and one that changed is in conflict" {
	clients 1 2
	schedule <<<'ok: {run: ok, interval: 4h}'
	daemon
	until_true ended 1.ok 1
	until_true ended 2.ok 1
	until_true is 2.ok FINISHED
	tokens
	web_start
	post operator jobs/ok/start
	answered 409 ambiguous_job
	[[ "$(said .error.message)" == "'ok' runs for the clients "[12]', '[12] ]]
	post operator jobs/2.ok/start "{\"if_epoch\":$(($(row 2.ok epoch) - 1))}"
	answered 409 conflict
	same "$(said .answer.state)" FINISHED
	post operator jobs/2.ok/start "{\"if_epoch\":$(said .answer.epoch)}"
	answered 202
	until_true ended 2.ok 2
	post operator 'jobs/ok/pause?client=2'
	answered 202
	post operator jobs/ok/start '{"client":2}'
	answered 409 conflict
	[[ "$(said .error.message)" == *'resume it first'* ]]
	[ "$(row 1.ok 'state')" = "$(row 1.ok 'state')" ]
	is 1.ok FINISHED
}

@test "one Idempotency-Key is one command, also when pulse-web was killed in between" {
	up
	post operator jobs/ok/start '{}' -H 'Idempotency-Key: "key-1"'
	answered 202
	first=$BODY
	until_true ended 1.ok 2
	web_stop KILL
	web_start
	post operator jobs/ok/start '{}' -H 'Idempotency-Key: key-1'
	same "$BODY" "$first"
	web_stop
	stop
	web_start
	post operator jobs/ok/start '{}' -H 'Idempotency-Key: key-1'
	same "$BODY" "$first"
	once
	[ "$(sqlite3 "$S/state.db" "SELECT count(*) FROM runs WHERE job_name = 'ok'")" -eq 2 ]
	same "$(audit 'select(.result == 202) | .job' | sort | uniq -c | tr -s ' ')" ' 3 "ok"'
}

@test "without a scheduler a command is refused and taken back" {
	schedule <<<'ok: {run: ok, interval: 4h}'
	once
	tokens
	web_start
	post operator jobs/ok/start '{"reason":"now"}' -H 'Idempotency-Key: k1'
	answered 503 no_scheduler
	[[ "$(said .error.hint)" == *pulse-sched* ]]
	[ "$(waiting)" -eq 0 ]
	[ -e "$S/control/done/k1.withdrawn" ]
	same "$(audit '[.result, .who, .role, .job, (.detail | fromjson | .note)]')" \
		"$(printf '%s\n' '[0,"token operator","operator","ok","now"]' '[503,"token operator","operator","ok","now"]')"
	daemon
	post operator jobs/ok/start '{}' -H 'Idempotency-Key: k1'
	answered 202
	until_true ended 1.ok 2
}

@test "a scheduler that hangs is given ten seconds, and an emergency stop none" {
	up
	kill -STOP "$SCHED"
	curl -sS -o body.late -H @operator --json '{}' -H 'Idempotency-Key: late' "$WEB_URL/api/v1/jobs/ok/start" 3>&- &
	waits=$!
	curl -sS --max-time 1 -H @operator --json '{}' -H 'Idempotency-Key: left' "$WEB_URL/api/v1/jobs/ok/pause" || [ $? -eq 28 ]
	post admin jobs/emergency-stop '{"reason":"smoke"}'
	answered 200
	same "$(said '[.latched, .ended, .left, .recorded] | @json')" '[true,1,0,null]'
	[ "$(head -c 1 "$S/control/latch")" = 1 ]
	until_true is_gone "$(jq .pid "$S"/run/1.long.*/started)"
	wait "$waits"
	same "$(jq -r .error.code body.late)" not_taken
	[ -e "$S/control/done/late.withdrawn" ]
	[ -e "$S/control/new/left" ]
	kill -CONT "$SCHED"
	until_true because 1.long emergency
	until_true test -e "$S/control/done/left"
	post operator jobs/ok/start
	answered 423 latched
	post operator jobs/long/resume
	answered 423 latched
	post admin jobs/orchestrator/start
	answered 200
	same "$(said .message)" 'the emergency stop is cleared'
	until_true is 1.long RUNNING
	same "$(audit 'select(.path | endswith("emergency-stop")) | [.result, .who, .detail]')" \
		"$(printf '%s\n' '[0,"token admin","{\"reason\":\"smoke\"}"]' '[200,"token admin","{\"reason\":\"smoke\"}"]')"
	same "$(audit 'select(.result == 499) | .message')" '"the client left; the command stands"'
}

@test "an emergency stop works with a full disk, a locked database and no record" {
	mkdir -p home/spool
	mount -t tmpfs -o size=64m,mode=700 tmpfs home/spool 2>/dev/null || skip "needs to mount a small disk"
	up 'free_space: 0'
	fill() { cat /dev/zero >home/spool/filler 2>/dev/null || true; }
	fill
	post operator jobs/ok/start
	answered 507 disk_full
	post operator jobs/ok/pause
	answered 507 disk_full
	post operator jobs/long/stop
	answered 202
	same "$(said .recorded)" false
	same "$(said .message)" 'its run was told to stop; done, not recorded: No space left on device'
	until_true is_gone "$(jq .pid "$S"/run/1.long.*/started)"
	rm home/spool/filler
	until_true because 1.long retry
	[[ "$(field 1.long error)" == '"stopped: TERM from pulse-web '* ]]
	post operator jobs/long/start
	answered 202
	until_true is 1.long RUNNING
	mkfifo hold
	sqlite3 "$S/state.db" <hold 3>&- &
	exec {hold}>hold
	printf 'BEGIN EXCLUSIVE;\n.shell touch locked\n' >&$hold
	until_true test -e locked
	fill
	post admin jobs/emergency-stop
	answered 200
	same "$(said '[.latched, .ended, .left] | @json')" '[true,1,0]'
	exec {hold}>&-
	rm home/spool/filler
	until_true because 1.long emergency
	rm -f "$S/audit.ndjson"
	mkdir "$S/audit.ndjson"
	post operator jobs/ok/pause
	answered 503 no_audit
	post admin jobs/emergency-stop
	answered 200
	[[ "$(said .message)" == '0 runs ended'*'; not recorded: Is a directory' ]]
	same "$(said .recorded)" false
}

@test "an emergency stop says what it could not do, and runs once for all who ask" {
	up
	rm "$S/control/latch"
	mkdir "$S/control/latch"
	post admin jobs/emergency-stop
	answered 500 unlatched
	same "$(said '[.answer.latched, .answer.left] | @json')" '[false,0]'
	[[ "$(said .error.message)" == *'the scheduler was ended as well'* ]]
	until_true is_gone "$SCHED"
	rmdir "$S/control/latch"
	SCHED=
	for i in 1 2 3 4 5 6 7 8; do
		curl -sS -o "stop.$i" -H @admin --json '{}' "$WEB_URL/api/v1/jobs/emergency-stop" 3>&- &
		pids[i]=$!
	done
	wait "${pids[@]}"
	same "$(cat stop.* | jq -s 'map(.latched) | unique | @json')" '"[true]"'
}

@test "a hundred quick requests meet the limit of rate, and none that was taken is lost" {
	up
	post operator jobs/long/pause
	until_true is 1.long PAUSED
	printf 'url = "%s/api/v1/jobs/ok/start"\njson = "{}"\nwrite-out = "%%{http_code} %%header{retry-after}\\n"\noutput = /dev/null\nheader = "Idempotency-Key: n-%s"\nnext\n' \
		$(for i in {1..100}; do echo "$WEB_URL" "$i"; done) | sed '$d' |
		awk -v auth="$(cat operator)" '{ print } /^output/ { print "header = \"" auth "\"" }' >many
	curl -sS -Z --parallel-max 8 -K many >codes
	[ "$(wc -l <codes)" -eq 100 ]
	taken=$(grep -cE '^(20[02]|409)' codes) # 409: it runs already
	[ "$taken" -ge 5 ]
	[ "$(grep -c '^429 1' codes)" -ge 50 ]
	[ "$(grep -vcE '^(20[02]|409|429)' codes)" -eq 0 ]
	[ "$(sqlite3 "$S/state.db" "SELECT count(*) FROM commands WHERE id LIKE 'n-%'")" -eq "$taken" ]
	post admin jobs/emergency-stop
	answered 200
}
