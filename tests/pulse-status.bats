#!/usr/bin/env bats
# pulse-status: status files, progress and state.db, shown.

load helper

setup() {
	in_own_folder
	export PULSE_HOME=$BATS_TEST_TMPDIR PULSE_TEST_CLOCK=$BATS_TEST_TMPDIR/clock TZ=UTC
	echo 2026-11-24T12:00:00Z >clock
	CHILD=
}

teardown() {
	[ -z "$CHILD" ] || kill "$CHILD" 2>/dev/null || true
}

# A spool with its rooms, as the scheduler makes it.
spool() {
	mkdir -p -m 700 spool spool/{status,run,lock,control}
	mkdir -p spool/control/{tmp,new,cur,done}
	printf 0 >spool/control/latch
}

# job CLIENT NAME STATE [KEY=VALUE...] - replaces a status file
job() {
	[ -d spool/status ] || spool
	echo "job=$2 client=$1 state=$3 at=2026-11-24T11:59:30Z ${*:4}" >spool/status/.new
	mv spool/status/.new "spool/status/$1.$2"
}

# progress RUN SECOND DONE TOTAL [OP] - a line of a run's progress
progress() {
	mkdir -p "spool/run/$1"
	jq -nc --arg at "2026-11-24T11:59:$2.000Z" --argjson done "$3" --argjson total "$4" \
		--arg op "${5:-acme/api pull requests}" \
		'{at: $at, tool: "fetch-github", done: $done, total: $total, op: $op}' >>"spool/run/$1/progress"
}

# An empty state.db, or what the SQL on stdin makes of it.
state() {
	[ -d spool ] || spool
	{
		cat "$SHARE/schema/state/"*.sql
		echo 'PRAGMA application_id=0x50755374; PRAGMA user_version=1;'
		cat
	} | sqlite3 spool/state.db
}

# Holds the lock NAME until the test ends: a run holds it, under any name.
hold() {
	[ -z "$CHILD" ] || kill "$CHILD"
	"$PULSE_BIN/pulse-run" "$1" -- sleep 30 >/dev/null 2>&1 3>&- &
	CHILD=$!
	until [ -n "$(cat spool/run/*."$1".*/started 2>/dev/null)" ]; do sleep 0.05; done
	[ $# -eq 1 ] || ln -f "spool/lock/1.$1" "spool/lock/$2"
}

# wait_for FILE TEXT
wait_for() {
	local tries=0
	until grep -q -- "$2" "$1" 2>/dev/null; do
		[ $((tries += 1)) -lt 200 ] || { cat "$1" >&2; return 1; }
		sleep 0.05
	done
}

row() { grep "^$1 " <<<"$output"; }

@test "pulse-status says what comes next when there is no spool or no job" {
	run --separate-stderr -0 pulse-status
	grep -q "There is no spool in '.*/spool' yet: pulse-sched makes it" <<<"$output"
	run -0 pulse-status -q
	run -0 pulse-status --json
	same "$output" ''
	run -0 pulse-status --stats
	run -0 pulse-status --events
	spool
	run --separate-stderr -0 pulse-status
	grep -q "No job has been seen in '.*/spool' yet: start pulse-sched" <<<"$output"
	[ ! -e spool/state.db ]
}

@test "pulse-status shows how far a run is and when it will be done" {
	job 1 github_job RUNNING run=1.github_job.7 attempt=2 last=success last_end=2026-11-24T08:00:00Z \
		next_due=2026-11-24T16:00:00Z
	progress 1.github_job.7 56 60 1000
	progress 1.github_job.7 58 130 1000
	run --separate-stderr -0 pulse-status
	grep -q ' 13% *130/1000 *ok 4h *16:00 *in 4h *2 ' <<<"$(row github_job)"
	echo 2026-11-24T12:00:00Z >clock
	progress 1.github_job.7 59 165 1000
	run --separate-stderr -0 pulse-status
	row github_job
	grep -qE ' 16% +165/1000 +35/s +24s +ok 4h +16:00 +in 4h +2 .*acme/api pull requests$' <<<"$(row github_job)"
	grep -q '^JOB .*STATE .*PROGRESS .*DONE/TOTAL .*RATE .*ETA .*LAST .*NEXT .*LEFT .*TRIES .*NOTE$' <<<"$output"
	grep -q '^2026-11-24 12:00:00 UTC$' <<<"$output"
}

@test "pulse-status shows no rate before three signs of life and no end without a total" {
	job 1 github_job RUNNING run=1.github_job.7
	progress 1.github_job.7 50 10 null
	progress 1.github_job.7 51 20 null
	run --separate-stderr -0 pulse-status --json github_job
	same "$(jq -c '[.done, .rate, .eta, .pct]' <<<"$output")" '[20,null,null,null]'
	progress 1.github_job.7 52 30 null
	printf '{"at":"2026-11-24T11:59:53.000Z","tool":"fetch-github","done":99' >>spool/run/1.github_job.7/progress
	run --separate-stderr -0 pulse-status --json
	jq -e '.done == 30 and .rate > 0 and .rate <= 10 and .eta == null and .pct == null' <<<"$output"
}

@test "pulse-status says in local time when a job comes next" {
	job 1 a PENDING next=2026-11-24T12:12:00Z
	job 1 b FINISHED last=success next_due=2026-11-25T06:00:00Z
	job 1 c ERROR reason=retry next=2026-11-24T11:58:00Z
	job 1 d ERROR reason=manual_fix next=2026-11-24T11:00:00Z
	TZ=CET-1 run --separate-stderr -0 pulse-status
	grep -qE ' 13:12 +in 12m' <<<"$(row a)"
	grep -qE ' Wed 07:00 +in 18h' <<<"$(row b)"
	grep -qE ' 12:58 +2m ago|12:58 +.*ago' <<<"$(row c)"
	refute grep -q ':' <<<"$(row d | sed 's/needs you.*//')"
	grep -q '^2026-11-24 13:00:00 CET$' <<<"$output"
}

@test "pulse-status names no time for a job that waits for something else" {
	spool
	job 1 a PENDING reason=dependency waits_for=b next=2026-11-24T11:59:00Z
	hold other leader
	run --separate-stderr -0 pulse-status
	refute grep -q ' ago' <<<"$(row a)"
	grep -q 'PENDING  *waits for b' <<<"$(row a)"
}

@test "pulse-status says why a job waits and what to do" {
	spool
	while IFS='|' read -r state keys note; do
		job 1 a "$state" "$keys"
		run --separate-stderr -0 pulse-status
		grep -qF -- "$note" <<<"$(row a)" || { echo "$state $keys: $output"; false; }
	done <<-'END'
		PENDING|reason=dependency waits_for=github_job|waits for github_job
		PENDING|reason=slot waits_for=github|waits for a free slot of github
		PENDING|reason=breaker waits_for=jira|jira does not answer: waits for the breaker
		PENDING|reason=quota|waits for the API's quota
		PENDING|reason=busy|a run of its own is under way
		PENDING|reason=space|too little free space: spool-prune
		PENDING|reason=start_failed error=EAGAIN|could not be started: EAGAIN
		PENDING|reason=orphan|its last run vanished
		PENDING|reason=interrupted|its last run was interrupted
		ERROR|reason=retry class=disk error=full|disk: full
		ERROR|reason=manual_fix class=authentication error="bad token"|needs you: authentication: bad token; then pulse start a
		PAUSED|reason=hold|held: pulse resume a
		PAUSED|reason=emergency|emergency stop: pulse start orchestrator
		FINISHED|last=partial|some items failed: retry-scan
		NOT_STARTED|disabled=yes|not in the schedule
		RUNNING|reason=stuck run=1.a.1|end what holds spool/lock/1.a
		RUNNING|want=pause run=1.a.1|pausing
		RUNNING|want=stop run=1.a.1|stopping
		RUNNING|want=kill run=1.a.1|being killed
		RUNNING|want=replace run=1.a.1|ending, to start anew
	END
	job 2 a ERROR reason=manual_fix class=disk error=full
	run --separate-stderr -0 pulse-status
	grep -qF 'needs you: disk: full; then pulse start -k 2 a' <<<"$output"
}

@test "pulse-status shows no control byte that came from outside" {
	job 1 a ERROR 'reason=retry class=disk error="\x1b[2J\x9b31m\xe2\x80\xaeevil"'
	job 1 b RUNNING run=1.b.1
	progress 1.b.1 50 1 2 $'\e]0;x\a'
	for form in --color=never --tsv; do
		run --separate-stderr -0 pulse-status "$form"
		refute grep -qP '\x1b|\x9b|\x07|\xe2\x80\xae' <<<"$output"
	done
	run --separate-stderr -0 pulse-status
	grep -qF 'disk: \x1b[2J\x9b31m\xe2\x80\xaeevil' <<<"$output"
	grep -qF '\x1b]0;x\x07' <<<"$output"
}

@test "pulse-status --json gives the keys of the status line" {
	job 1 a ERROR reason=retry run=1.a.3 attempt=1 since=2026-11-24T11:00:00Z last=failed \
		next=2026-11-24T12:05:00Z retries=2 class=disk 'error="no \"room\""' epoch=7 seq=9
	run --separate-stderr -0 pulse-status --json
	same "$output" '{"job":"a","client":1,"state":"ERROR","reason":"retry","at":"2026-11-24T11:59:30Z","run":"1.a.3","attempt":1,"since":"2026-11-24T11:00:00Z","last":"failed","next":"2026-11-24T12:05:00Z","retries":2,"epoch":7,"seq":9,"class":"disk","error":"no \"room\""}'
}

@test "pulse-status --tsv gives one line a job with as many fields as the head" {
	job 1 a ERROR reason=retry 'error="tab\x09and\x0aline"' class=disk
	job 2 b RUNNING run=2.b.1
	run --separate-stderr -0 pulse-status --tsv
	same "$(awk -F'\t' '{ print NF }' <<<"$output" | sort -u)" 19
	same "$(cut -f 1-4 <<<"$output" | tail -n +2)" $'1\ta\tERROR\tretry\n2\tb\tRUNNING\t'
}

@test "pulse-status shows only the client and the jobs that are asked for" {
	job 0 sleep_job FINISHED
	job 1 github_job FINISHED
	job 2 github_job FINISHED
	job 2 jira_job FINISHED
	run --separate-stderr -0 pulse-status
	same "$(awk '/_job/ { print $1 "." $2 }' <<<"$output")" $'0.sleep_job\n1.github_job\n2.github_job\n2.jira_job'
	run --separate-stderr -0 pulse-status -k 2 --json
	same "$(jq -r .job <<<"$output")" $'github_job\njira_job'
	run --separate-stderr -0 pulse-status --json jira_job sleep_job
	same "$(jq -r .job <<<"$output")" $'sleep_job\njira_job'
	run --separate-stderr -0 pulse-status -k 1 jira_job
	same "${lines[0]}" 'No such job of client 1 has been seen.'
	run --separate-stderr -64 pulse-status gihub_job
	same "$stderr" "pulse-status: cannot show 'gihub_job': no such job; did you mean 'github_job'?"
}

@test "pulse-status -q ends with 1 when something failed and prints nothing" {
	job 1 a FINISHED last=success
	job 1 b PENDING
	job 1 c PAUSED reason=hold
	run -0 pulse-status -q
	same "$output" ''
	job 1 a ERROR reason=retry
	run -1 pulse-status -q
	same "$output" ''
	run -0 pulse-status -q b
	job 1 a RUNNING reason=stuck
	run -1 pulse-status -q
	job 1 a FINISHED
	run -0 pulse-status -q
	printf 1 | dd of=spool/control/latch conv=notrunc 2>/dev/null
	run -1 pulse-status -q
	printf 0 >spool/control/latch
	echo rubbish >spool/status/1.a
	run -1 pulse-status -q
}

@test "pulse-status tells stale rows from live ones when no scheduler runs" {
	job 1 a RUNNING run=1.a.1
	job 1 b PENDING next=2026-11-24T11:51:00Z
	run --separate-stderr -0 pulse-status
	grep -q 'stale, as of 30s ago' <<<"$(row a)"
	refute grep -q stale <<<"$(row b)"
	grep -q 'pulse-status: no scheduler is running: start pulse-sched' <<<"$stderr"
	job 1 b PENDING next=2026-11-24T11:49:00Z
	run --separate-stderr -0 pulse-status --json b
	jq -e .stale <<<"$output"
	run -1 pulse-status -q
	hold a
	job 1 b PENDING next=2026-11-24T12:10:00Z
	run --separate-stderr -0 pulse-status
	refute grep -q stale <<<"$output$stderr"
	hold other leader
	job 1 b PENDING next=2026-11-24T11:00:00Z
	run --separate-stderr -0 pulse-status
	refute grep -q stale <<<"$output$stderr"
	run -0 pulse-status -q
}

@test "pulse-status counts what waits and names the command that deals with it" {
	job 1 a FINISHED
	mkdir -p spool/queue/{1/github,2/jira}/{tmp,new,done,bad}
	touch spool/queue/1/github/new/{1,2} spool/queue/2/jira/new/3 spool/queue/2/jira/done/{4,5}.zst
	touch spool/queue/1/github/bad/{7.batch,8.rejects,9.rejects}
	"$PULSE_BIN/load" -d spool/pulse.db </dev/null 2>/dev/null
	run --separate-stderr -0 pulse-status
	refute grep -q failure <<<"$output"
	sqlite3 spool/pulse.db "INSERT INTO failures VALUES
		(1,'github_job','acme/api','github_pr','1','disk',NULL,'x',NULL,1,NULL,1,1,0,'[]'),
		(2,'github_job','acme/api','github_pr','1','disk',NULL,'x',NULL,1,NULL,1,1,0,'[]'),
		(2,'github_job','acme/api','github_pr','2','disk',NULL,'x',NULL,1,2,1,1,0,'[]')"
	run --separate-stderr -0 pulse-status
	grep -qx '3 batches wait to be loaded: spool-ls' <<<"$output"
	grep -qx '1 batch was given up: spool-ls, spool-ls --replay' <<<"$output"
	grep -q '^2 batches left rejected records: validate --unwrap <' <<<"$output"
	grep -qx '2 open failures: retry-scan' <<<"$output"
	run --separate-stderr -0 pulse-status -k 1
	grep -qx '2 batches wait to be loaded: spool-ls' <<<"$output"
	grep -qx '1 open failure: retry-scan' <<<"$output"
}

@test "pulse-status shows an emergency stop and a stopped orchestrator first" {
	job 1 a FINISHED
	printf 1 | dd of=spool/control/latch conv=notrunc 2>/dev/null
	state <<<"INSERT INTO meta VALUES ('held', 1);"
	run --separate-stderr -0 pulse-status
	same "${lines[0]}" 'EMERGENCY STOP is set, nothing starts: pulse start orchestrator'
	same "${lines[1]}" 'The orchestrator is stopped, nothing starts: pulse start orchestrator'
}

@test "pulse-status counts damaged status files and shows the others" {
	job 1 a FINISHED
	job 1 b FINISHED
	printf 'job=b client=1 sta' >spool/status/1.b
	ln -s 1.a spool/status/1.c
	run --separate-stderr -0 pulse-status
	row a
	grep -q '^2 status files cannot be read' <<<"$output"
	refute grep -q '^b ' <<<"$output"
}

# One ended run: ID RESULT CODE CLASS SECONDS RECORDS
run_row() {
	echo "INSERT INTO runs (id, client_id, job_name, standalone, attempt, started_ms, ended_ms, result,
		exit_code, class, how, duration_ms, user_ms, system_ms, peak_kb, leftovers, records, rejected,
		requests, bytes, response_ms, database_ms, stored_cursor)
		VALUES ($1, 1, 'github_job', 0, 1, $1, $1+1, '$2', $3, $4, 'by_itself', $5*1000, 100, 50, 2048*$1, 0,
		$6, 1, 10, 100, 80, 30, 0);"
}

@test "pulse-status --stats says how the kept runs went" {
	{
		for i in 1 2 3 4 5 6 7 8; do run_row $i success 0 NULL $i 60; done
		run_row 9 failed 75 "'network_timeout'" 100 0
		run_row 10 failed 74 "'disk'" 10 0
		run_row 11 stopped 143 NULL 20 0
		echo "INSERT INTO runs (client_id, job_name, standalone, attempt) VALUES (1, 'github_job', 0, 1);"
	} | state
	job 1 github_job FINISHED
	run --separate-stderr -0 pulse-status --stats
	grep -qE '^ +1 +github_job +11 +80.0% +6.0s +1m40s +173 +1.6s +22.0M +110 +80ms +0.3s +network_timeout 1, disk 1$' <<<"$output" ||
		{ echo "$output"; false; }
	run --separate-stderr -0 pulse-status --stats --json
	same "$(jq -c '[.job, .runs, .success_rate, .median_seconds, .p95_seconds, .records, .cpu_seconds, .peak_kb, .requests, .response_ms, .database_seconds, .errors]' <<<"$output")" \
		'["github_job",11,0.8,6,100,480,1.65,22528,110,80,0.33,{"network_timeout":1,"disk":1}]'
	run --separate-stderr -0 pulse-status --stats --json -k 2
	same "$output" ''
}

@test "pulse-status --prom gives metrics that a textfile collector takes" {
	{
		run_row 1 success 0 NULL 90 60
		run_row 2 failed 75 "'network_timeout'" 30 5
		echo "INSERT INTO totals VALUES (1, 'github_job', 'success', 100, 1000, 10);"
	} | state
	job 1 github_job ERROR run=1.github_job.2 last_success=2026-11-24T08:00:00Z
	mkdir -p spool/run/1.github_job.2 spool/queue/1/github/new
	touch spool/queue/1/github/new/1
	echo '{"tool":"fetch-github","requests":5,"quota_left":4321}' >spool/run/1.github_job.2/requests
	run --separate-stderr -0 pulse-status --prom
	for line in 'pulse_job_state{job="github_job",client="1",state="ERROR"} 1' \
		'pulse_job_state{job="github_job",client="1",state="RUNNING"} 0' \
		'pulse_job_last_success_timestamp_seconds{job="github_job",client="1"} 1795507200.000' \
		'pulse_job_duration_seconds{job="github_job",client="1"} 30.000' \
		'pulse_job_cpu_seconds{job="github_job",client="1"} 0.150' \
		'pulse_job_memory_peak_bytes{job="github_job",client="1"} 4194304' \
		'pulse_job_requests{job="github_job",client="1"} 10' \
		'pulse_job_response_seconds{job="github_job",client="1"} 0.080' \
		'pulse_job_database_seconds{job="github_job",client="1"} 0.030' \
		'pulse_job_runs_total{job="github_job",client="1",result="success"} 101' \
		'pulse_job_failures_total{job="github_job",client="1"} 1' \
		'pulse_records_total{job="github_job",client="1",result="fetched"} 1065' \
		'pulse_records_total{job="github_job",client="1",result="rejected"} 12' \
		'pulse_api_remaining{integration="github",job="github_job",client="1"} 4321' \
		'pulse_spool_files{state="new"} 1' 'pulse_scheduler_up 0' 'pulse_emergency_stop 0'; do
		grep -qxF "$line" <<<"$output" || { echo "$line"; echo "$output"; false; }
	done
	pulse-status --prom >metrics
	same "$(tail -c 1 metrics | od -An -c | tr -d ' ')" '\n'
	grep -vE '^# (HELP|TYPE) pulse_[a-z_]+ .+$|^pulse_[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9.]+$' metrics >odd || true
	same "$(cat odd)" ''
	# a family stands together, below its one TYPE
	same "$(sed -n 's/^# TYPE \([^ ]*\) .*/\1/p' metrics | sort | uniq -d)" ''
	awk '/^# TYPE/ { family = $3 } !/^#/ { sub(/[{ ].*/, ""); if ($0 != family) print }' metrics >strays
	same "$(cat strays)" ''
}

# event SEQ TYPE [JSON members]
event() {
	echo "{\"seq\":$1,\"type\":\"$2\",\"job_name\":\"${3:-a}\",\"client_id\":1,\"at\":\"2026-11-24T11:00:0$(($1 % 10)).000Z\"${4:-}}"
}

@test "pulse-status --events tells what has happened, for people and as it is" {
	spool
	{
		echo '{"type":"log_opened","gen":"0123abcd","first":1,"at":"2026-11-24T10:00:00.000Z"}'
		event 1 job_queued a ',"from":"NOT_STARTED","to":"PENDING","reason":"first"'
		event 2 job_error b ',"from":"RUNNING","to":"ERROR","reason":"retry","error_message":"no \u001b[2J room","error_class":"disk"'
		event 3 job_stopping a ',"want":"stop","by":"anna"'
		event 4 job_updated a ',"from":"PENDING","to":"PENDING","reason":"dependency"'
		event 5 orchestrator_stopped ''
		printf '{"seq":6,"type":"torn'
	} >spool/events.ndjson
	run --separate-stderr -0 pulse-status --events
	same "$output" '2026-11-24 11:00:01 a NOT_STARTED -> PENDING first
2026-11-24 11:00:02 b RUNNING -> ERROR retry disk: no \x1b[2J room
2026-11-24 11:00:03 a job_stopping asked to stop by anna
2026-11-24 11:00:04 a PENDING dependency
2026-11-24 11:00:05 a orchestrator_stopped'
	run --separate-stderr -0 pulse-status --events --json
	same "$output" "$(head -6 spool/events.ndjson)"
	job 1 a FINISHED
	job 1 b FINISHED
	run --separate-stderr -0 pulse-status --events --json b
	same "$(tail -n +2 <<<"$output")" "$(sed -n 3p spool/events.ndjson)"
}

@test "pulse-status --events --after goes on where a reader stopped" {
	spool
	{
		echo '{"type":"log_opened","gen":"0123abcd","first":3}'
		event 3 job_queued
		event 4 job_started
	} >spool/events.ndjson.1
	{
		echo '{"type":"log_opened","gen":"0123abcd","first":5}'
		event 5 job_completed
		event 6 job_queued
	} >spool/events.ndjson
	seqs() { jq -c 'select(.seq).seq' <<<"$output" | tr '\n' ' '; }
	run --separate-stderr -0 pulse-status --events --json
	same "$(seqs)" '3 4 5 6 '
	run --separate-stderr -0 pulse-status --events --json --after 0123abcd-4
	same "$(seqs)" '5 6 '
	run --separate-stderr -0 pulse-status --events --json --after 0123abcd-2
	same "$(seqs)" '3 4 5 6 '
	same "$stderr" ''
	for position in 0123abcd-1 0123abcd-7 beef-4; do
		run --separate-stderr -0 pulse-status --events --json --after $position
		same "$(seqs)" '3 4 5 6 '
		same "${lines[0]}" '{"type":"snapshot_needed"}'
		grep -q "'$position' is no longer held" <<<"$stderr"
	done
	run --separate-stderr -64 pulse-status --events --after nowhere
	grep -q "'nowhere' is no position: GEN-SEQ" <<<"$stderr"
}

@test "pulse-status --events -f follows over rotation and a file that is made anew" {
	spool
	{
		echo '{"type":"log_opened","gen":"0123abcd","first":1}'
		for i in $(seq 1 15); do event "$i" job_queued; done
	} >spool/events.ndjson
	pulse-status --events -f --json >out 2>err 3>&- &
	CHILD=$!
	wait_for out '"seq":15,'
	same "$(jq -c 'select(.seq).seq' out | head -1)" 6
	event 16 job_started >line
	head -c 20 line >>spool/events.ndjson
	tail -c +21 line >>spool/events.ndjson
	wait_for out '"seq":16,'
	mv spool/events.ndjson spool/events.ndjson.1
	{
		echo '{"type":"log_opened","gen":"0123abcd","first":17}'
		event 17 job_completed
	} >spool/events.ndjson
	wait_for out '"seq":17,'
	mv spool/events.ndjson spool/events.ndjson.bad
	{
		echo '{"type":"log_opened","gen":"0123abcd","first":17}'
		event 17 job_completed
		event 18 job_queued
	} >spool/events.ndjson.new
	mv spool/events.ndjson.new spool/events.ndjson
	wait_for out '"seq":18,'
	same "$(jq -c 'select(.seq).seq' out | tr '\n' ' ')" '6 7 8 9 10 11 12 13 14 15 16 17 18 '
	kill "$CHILD"
}

@test "pulse-status --watch draws again when a status or a progress changes" {
	job 1 a PENDING next=2026-11-24T13:00:00Z
	pulse-status --watch >out 2>err 3>&- &
	CHILD=$!
	wait_for out 'a .*PENDING'
	job 1 a RUNNING run=1.a.1
	mkdir -p spool/run/1.a.1
	wait_for out 'a .*RUNNING'
	progress 1.a.1 50 1 4 working
	wait_for out '\[#######-----------------------\] .*working'
	progress 1.a.1 51 2 4 working
	wait_for out '\[###############---------------\] .*working'
	printf 1 | dd of=spool/control/latch conv=notrunc 2>/dev/null
	wait_for out 'EMERGENCY STOP'
	kill -TERM "$CHILD"
	wait "$CHILD"
	refute grep -q $'\e' out
	same "$(cat err)" ''
}

# On a terminal of 24 x 80 (or COLS), until TEXT is seen, then TERM.
on_terminal() { # TEXT COMMAND
	script -qfec "stty rows 24 cols ${COLS:-80}; echo \$\$ >pid; exec $2" /dev/null >screen 2>&1 </dev/null 3>&- &
	CHILD=$!
	wait_for screen "$1"
	kill -TERM "$(cat pid)" 2>/dev/null || true
	wait "$CHILD" || true
	CHILD=
}

@test "pulse-status --watch gives the terminal back as it was" {
	job 1 a RUNNING run=1.a.1
	TERM=xterm on_terminal RUNNING 'pulse-status --watch'
	grep -q $'\e\[?1049h\e\[?25l' screen
	grep -q $'\e\[H' screen
	refute grep -q $'\e\[2J' screen
	same "$(tail -c 14 screen)" $'\e[?25h\e[?1049l'
}

@test "pulse-status --watch cuts its lines where the terminal ends" {
	job 1 a_job_of_a_long_name RUNNING run=1.a.1 last=failed last_end=2026-11-24T08:00:00Z
	progress 1.a.1 50 1 4 'a step that says much of what it does'
	COLS=40 TERM=xterm on_terminal '\[?2026l' 'pulse-status --watch --color always'
	tr '\r' '\n' <screen | sed 's/\x1b\[?*[0-9;]*[a-zA-Z]//g' >plain
	grep -q '^a_job_of_a_long_name *.*RUNNING' plain
	same "$(awk 'length($0) > 40' plain)" ''
}

@test "pulse-status --watch writes no sequences to a terminal that knows none" {
	job 1 a RUNNING run=1.a.1
	TERM=dumb on_terminal RUNNING 'pulse-status --watch'
	refute grep -q $'\e' screen
}

@test "the table fits 80 columns, whatever is in it" {
	job 1 github_job RUNNING run=1.github_job.7 attempt=2 last=stopped last_end=2026-11-24T08:00:00Z \
		next_due=2026-11-27T16:00:00Z
	for i in 50 51 52 53; do progress 1.github_job.7 $i "${i}0" 100000; done
	job 2 some_other_job ERROR reason=retry last=failed last_end=2026-11-24T08:00:00Z next=2026-11-24T14:00:00Z \
		retries=3 class=disk 'error="a long text that goes on and on until nothing fits any more, and some more, really"'
	TERM=xterm on_terminal '12:00:00 UTC' 'pulse-status'
	sed 's/\x1b\[[0-9;]*m//g; s/\r//' screen >plain
	same "$(awk 'length($0) > 80' plain)" ''
	grep -q 'disk: a long text .*\.\.\.$' plain
	grep -q 'NEXT' plain
}

@test "colours come on a terminal only, and are never alone" {
	job 1 a ERROR reason=retry
	run --separate-stderr -0 pulse-status
	refute grep -q $'\e' <<<"$output"
	run --separate-stderr -0 pulse-status --color always
	grep -q $'\e\[1;31mERROR\e\[0m' <<<"$output"
	TERM=xterm on_terminal '12:00:00' pulse-status
	grep -q $'\e\[1;31mERROR' screen
	TERM=xterm NO_COLOR=1 on_terminal '12:00:00' pulse-status
	refute grep -q $'\e' screen
	TERM=dumb on_terminal '12:00:00' pulse-status
	refute grep -q $'\e' screen
	run -64 pulse-status --color sometimes
}

@test "options that exclude each other leave with 64" {
	run -64 pulse-status --json --tsv
	run -64 pulse-status --prom -q
	run -64 pulse-status --watch --json
	run -64 pulse-status -f
	run -64 pulse-status --after x-1
	run -64 pulse-status --stats --events
}

@test "what cannot be written or read is said" {
	job 1 a FINISHED
	for form in '' --json --tsv --prom; do
		# shellcheck disable=SC2086 # no form is no option
		run --separate-stderr -74 bash -c "pulse-status $form >/dev/full"
	done
	echo rubbish >spool/state.db
	run --separate-stderr -0 pulse-status
	run --separate-stderr -65 pulse-status --stats
	grep -q "cannot read 'state.db': .*pulse-sched begins a new one" <<<"$stderr"
	rm spool/state.db
	"$PULSE_BIN/load" -d spool/state.db </dev/null 2>/dev/null
	run --separate-stderr -78 pulse-status --stats
	grep -q 'it is a pulse.db of Pulse, not a state.db' <<<"$stderr"
	chmod 777 spool
	run --separate-stderr -77 pulse-status
}

@test "every tool ends alike at a spool that is no use" {
	mkdir open
	chmod 777 open
	for tool in 'pulse-status' 'pulse-log a_job' 'pulse-why a_job' 'pulse-ctl start a_job' \
		'pulse-ctl emergency-stop' 'pulse-run --run 1.a_job.1' 'pulse-sched --once'; do
		# shellcheck disable=SC2086
		run -77 "$PULSE_BIN"/$tool -s open
		[[ "$output" == *"chmod 700"* ]]
	done
	for tool in 'pulse-log a_job' 'pulse-why a_job' 'pulse-ctl emergency-stop' 'pulse-run --run 1.a_job.1'; do
		# shellcheck disable=SC2086
		run -78 "$PULSE_BIN"/$tool -s nowhere
	done
}

@test "a database that is just being made is no error of a person" {
	(umask 077 && mkdir spool && : >spool/state.db && : >spool/pulse.db)
	exec 7>spool/state.db.lock 8>spool/pulse.db.lock
	flock 7
	flock 8
	run --separate-stderr -75 pulse-status --stats
	[[ $stderr == *"it is just being made: try again"* ]]
	run --separate-stderr -75 "$PULSE_BIN/retry-scan" -s spool
	[[ $stderr == *"it is just being made: try again"* ]]
	run "$PULSE_BIN/health-check" -s spool --offline
	[[ $output == *"it is just being made"* ]]
	exec 7>&- 8>&-
	run --separate-stderr -78 "$PULSE_BIN/retry-scan" -s spool
}

@test "load and metrics refuse state.db" {
	state </dev/null
	run --separate-stderr -78 "$PULSE_BIN/load" -d spool/state.db </dev/null
	grep -q 'it is a state.db of Pulse, not a pulse.db' <<<"$stderr"
	run --separate-stderr -78 "$PULSE_BIN/metrics" -d spool/state.db dora
	grep -q 'not a pulse.db' <<<"$stderr"
}

@test "the views of state.db read for people" {
	run_row 1 success 0 NULL 90 60 | state
	sqlite3 spool/state.db "INSERT INTO jobs (client_id, job_name, state, want, retry_count, quota_count,
		start_failures, orphan_count, probes, tier, missed, forced, second_look, disabled, epoch, since_ms, run_id)
		VALUES (1, 'github_job', 'FINISHED', 'run', 0, 0, 0, 0, 0, 'fast', 0, 0, 0, 0, 3, 1795507200000, 1);
		INSERT INTO events (at_ms, type) VALUES (1795507200123, 'orchestrator_started')"
	same "$(sqlite3 spool/state.db 'SELECT since, run FROM v_job_state')" '2026-11-24T08:00:00Z|1.github_job.1'
	same "$(sqlite3 spool/state.db 'SELECT seconds, records_per_minute, cpu_seconds, peak_mb FROM v_job_runs')" '90.0|40.0|0.15|2.0'
	same "$(sqlite3 spool/state.db 'SELECT at FROM v_job_events')" '2026-11-24T08:00:00.123Z'
	run -19 sqlite3 spool/state.db "UPDATE jobs SET state = 'ASLEEP'"
}

@test "pulse-db(5) names every table, view and column of state.db" {
	state </dev/null
	page=$(sed 's/\\&//g' "$SHARE/man/pulse-db.5" | sed -n '/^\.Ss state\.db/,/^\.Sh/p')
	sqlite3 -separator ' ' spool/state.db "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_xinfo(m.name) c
		WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite_%'" |
		while read -r table column; do
			grep -qw -- "It Cm $table" <<<"$page" || echo "$table"
			grep -qw -- "$column" <<<"$page" || echo "$table.$column"
		done >missing
	same "$(cat missing)" ''
}

@test "pulse-status(5) names every key of a status line and of an event" {
	page=$(sed 's/\\&//g' "$SHARE/man/pulse-status.5")
	{
		sed -n '/^static const struct key keys/,/^};/s/^\t{ "\([a-z_]*\)".*/\1/p' "$TOP/tools/lib/jobs/status.c"
		sed -n '/^events_write/,/^}/s/.*[( ]"\([a-z_]*\)".*/\1/p' "$TOP/tools/lib/jobs/events.c"
	} | while read -r key; do
		grep -qE "^\.(It )?Cm .*\b$key\b" <<<"$page" || echo "$key"
	done >missing
	same "$(cat missing)" ''
}
