#!/usr/bin/env bats
# states: what the table of jobs/states leaves to the scheduler around it, by
# real runs; and that all who tell of a job tell the same.

load helper
load scheduler

setup() { scheduler_home; }
teardown() { scheduler_end; }
# next_at JOB - the clock goes to its next try
next_at() { at "$(date -u -d "@$((($(row "$1" not_before_ms) + 1999) / 1000))" +%FT%TZ)"; }

@test "a shorter interval with the same offset is heeded at once" {
	schedule <<<'one: {run: ./ok, interval: 8h}'
	at 2026-03-01T00:30:03Z
	daemon
	until_true is 1.one FINISHED
	schedule <<<'one: {run: ./ok, interval: 2h}'
	kill -HUP "$SCHED"
	until_true eval '[ "$(count ".type == \"schedule_reloaded\"")" = 1 ]'
	until_true eval '[ "$(($(row 1.one next_due_ms) - $(date -d "$(cat clock)" +%s) * 1000))" -le 7200000 ]'
	at 2026-03-01T02:15:00Z
	until_true ended 1.one 2
	stop
}

@test "a probe whose job is removed leaves its breaker" {
	schedule 'slots: {total: 9, github: 3}' <<-'END'
		a: {run: ./fail, interval: 12h, integration: github}
		b: {run: ./fail, interval: 12h, integration: github}
		c: {run: ./fail, interval: 12h, integration: github}
	END
	job fail 'exit 75'
	job long 'until [ -e "$PULSE_HOME/go" ]; do read -rt 0.02 _ <> <(:); done'
	for j in a b c; do tick 1.$j 1; done
	agreed
	cp home/long home/fail
	at 2026-03-01T00:16:00Z
	daemon
	until_true eval 'cat $S/status/* | grep -q state=RUNNING'
	who=$(sed -n 's/job=\([abc]\) .*RUNNING.*/\1/p' "$S"/status/*)
	schedule 'slots: {total: 9, github: 3}' < <(for j in a b c; do [ $j = $who ] || echo "$j: {run: ./ok, interval: 12h, integration: github}"; done)
	kill -HUP "$SCHED"
	until_true eval '[ "$(row 1.$who disabled)" = 1 ]'
	touch home/go
	until_true eval '[ "$(row 1.$who state)" != RUNNING ]'
	at 2026-03-01T00:55:00Z
	for j in a b c; do [ $j = $who ] || until_true is 1.$j FINISHED; done
	stop
}

@test "a run whose job went while nobody led keeps its slot and its breaker" {
	schedule 'slots: {total: 9, github: 1}' <<<'old: {run: ./long, interval: 12h, integration: github}'
	job long 'until [ -e "$PULSE_HOME/go" ]; do read -rt 0.02 _ <> <(:); done; exit 75'
	daemon
	until_true is 1.old RUNNING
	kill -9 "$SCHED"
	wait "$SCHED" || true
	schedule 'slots: {total: 9, github: 1}' <<<'new: {run: ./wait, interval: 12h, integration: github}'
	job wait 'until [ -e "$PULSE_HOME/end" ]; do read -rt 0.02 _ <> <(:); done; exit 0'
	run -0 pulse-sched --plan 1
	[[ ${lines[1]} == *new* ]]
	daemon_again
	until_true because 1.new slot
	is 1.old RUNNING
	touch home/go
	until_true is 1.new RUNNING
	same "$(sqlite3 "file:$S/state.db?mode=ro" 'SELECT failures FROM breakers')" 1
	touch home/end
	until_true is 1.new FINISHED
	stop
}

@test "a run whose job is gone keeps the slot that it has" {
	schedule 'slots: {total: 9, github: 1}' <<<'old: {run: ./long, interval: 12h, integration: github}'
	job long 'until [ -e "$PULSE_HOME/go" ]; do read -rt 0.02 _ <> <(:); done; exit 0'
	daemon
	until_true is 1.old RUNNING
	schedule 'slots: {total: 9, github: 1}' <<<'new: {run: ./ok, interval: 12h, integration: github}'
	kill -HUP "$SCHED"
	until_true because 1.new slot
	is 1.old RUNNING
	touch home/go
	until_true is 1.new FINISHED
	stop
}

@test "a run that ends with 75 while the breaker is open waits for its probe" {
	schedule 'slots: {total: 9, github: 4}' <<-'END'
		a: {run: ./fail, interval: 12h, integration: github}
		b: {run: ./fail, interval: 12h, integration: github}
		c: {run: ./fail, interval: 12h, integration: github}
		d: {run: ./long, interval: 12h, integration: github}
	END
	job fail 'exit 75'
	job long 'until [ -e "$PULSE_HOME/go" ]; do read -rt 0.02 _ <> <(:); done; exit 75'
	daemon
	for j in a b c; do until_true is 1.$j ERROR; done
	is 1.d RUNNING
	touch home/go
	until_true is 1.d ERROR
	same "$(row 1.d not_before_reason)" breaker
	stop
}

@test "a status file that was lost is made again whole" {
	schedule <<<'one: {run: ./fail, interval: 12h}'
	job fail 'printf "%s\n" "{\"code\":75,\"class\":\"network_timeout\",\"reason\":\"no answer\"}" >>"$PULSE_RUN_DIR/failures"; exit 75'
	tick 1.one 1
	same "$(field 1.one error)" '"no answer"'
	agreed
	cp "$S/status/1.one" before
	rm "$S/status/1.one"
	once
	same "$(cat "$S/status/1.one")" "$(cat before)"
	agreed
}

@test "the first checkpoint that a probe stores closes its breaker" {
	schedule 'slots: {total: 9, github: 3}' <<-'END'
		a: {run: ./fail, interval: 12h, integration: github}
		b: {run: ./fail, interval: 12h, integration: github}
		c: {run: ./fail, interval: 12h, integration: github}
	END
	job fail 'exit 75'
	for j in a b c; do tick 1.$j 1; done
	job fail 'until [ -e "$PULSE_HOME/store" ]; do read -rt 0.02 _ <> <(:); done
printf "{\"type\":\"checkpoint\",\"client\":1,\"job\":\"%s\",\"scope\":\"x\",\"at\":\"2026-03-01T00:00:00Z\",\"from\":null,\"data\":{\"n\":1}}\n" "$PULSE_JOB" |
	"$PULSE_BIN/load" -d "$PULSE_HOME/spool/pulse.db" --checkpoints "$PULSE_HOME/spool/checkpoints"
until [ -e "$PULSE_HOME/go" ]; do read -rt 0.02 _ <> <(:); done; exit 0'
	at 2026-03-01T00:40:00Z
	daemon
	until_true eval 'cat $S/status/* | grep -q state=RUNNING'
	same "$(grep -l state=RUNNING "$S"/status/* | wc -l)" 1
	touch home/store
	until_true eval '[ "$(count ".type == \"breaker_closed\"")" = 1 ]'
	until_true eval '[ "$(grep -l state=RUNNING "$S"/status/* | wc -l)" = 3 ]'
	touch home/go
	for j in a b c; do until_true is 1.$j FINISHED; done
	stop
}

@test "a job that fails on is tried more and more slowly, in the end not at all, and a success clears all" {
	schedule <<<'one: {run: ./fail, interval: 15m, fast_recovery: 1m}'
	job fail 'exit 75'
	runs=0
	while ! because 1.one manual_fix && [ $runs -lt 60 ]; do
		tick 1.one $((runs += 1))
		printf '%s %s\n' "$(row 1.one tier)" "$((($(row 1.one "coalesce(not_before_ms,0)") - $(row 1.one last_end_ms)) / 1000))" >>waits
		agreed
		because 1.one manual_fix || next_at 1.one
	done
	# The interval of 15 minutes brings no try forward.
	same "$(grep -c '^fast ' waits)" 3
	awk '$1=="standard" && ($2 < 3600 || $2 > 14400) {exit 1}' waits
	awk '$1=="extended" && ($2 < 86400 || $2 > 86402) {exit 1}' waits
	same "$(grep -c '^extended ' waits)" 3
	same "$(tail -1 waits | cut -d' ' -f1)" manual
	later 40 days
	once
	refute ended 1.one $((runs + 1))
	job fail 'exit 0'
	order s1 '"cmd":"start","job":"one"'
	tick 1.one $((runs + 1))
	same "$(row 1.one "state||retry_count||probes||tier||coalesce(incident_start_ms,'')||coalesce(not_before_ms,'')")" FINISHED00fast
	agreed
}

@test "77 after a success is asked once more" {
	schedule <<<'one: {run: ./some, interval: 4h, fast_recovery: 30m}'
	job some 'exit 0'
	tick 1.one 1
	job some 'exit 77'
	at 2026-03-01T05:00:03Z
	tick 1.one 2
	is 1.one ERROR
	because 1.one retry
	same $((($(row 1.one not_before_ms) - $(row 1.one last_end_ms))/1000)) 1800
	later 1790 seconds
	once
	refute ended 1.one 3
	next_at 1.one
	tick 1.one 3
	because 1.one manual_fix
	agreed
}

@test "a spent quota burns no retry, but the fifth in a row without a cursor does" {
	schedule <<<'one: {run: ./some, interval: 4h, integration: github}'
	job some 'printf "{\"code\":75,\"class\":\"api_rate_limit\",\"reason\":\"spent\",\"not_before\":\"%s\"}\n" "$(date -u -d "$(cat $PULSE_TEST_CLOCK) + 50 min" +%FT%TZ)" >>"$PULSE_RUN_DIR/failures"; exit 75'
	for i in 1 2 3 4; do
		tick 1.one $i
		is 1.one PENDING
		because 1.one quota
		same "$(row 1.one retry_count)" 0
		same "$(date -u -d@$(($(row 1.one not_before_ms)/1000)) +%FT%TZ)" "$(date -u -d "$(cat clock) + 50 min" +%FT%TZ)"
		later 49 min 59 sec
		once
		refute ended 1.one $((i+1))
		next_at 1.one
	done
	tick 1.one 5
	is 1.one ERROR
	because 1.one retry
	same "$(row 1.one retry_count)" 1
	same "$(sqlite3 "$S/state.db" "SELECT count(*) FROM breakers WHERE failures > 0")" 0
	agreed
}

@test "a breaker that its probe opens again stays so twice as long, four hours at most" {
	schedule <<<'one: {run: ./fail, interval: 15m, integration: github, fast_recovery: 1m}'
	job fail 'exit 75'
	for i in 1 2 3; do tick 1.one $i; next_at 1.one; done
	for i in 4 5 6 7 8 9; do
		at "$(date -u -d@$(( ($(sqlite3 $S/state.db 'SELECT max(until_ms) FROM breakers')+1000)/1000)) +%FT%TZ)"
		once
		[ "$(row 1.one not_before_ms)" = '' ] || next_at 1.one
		tick 1.one $i
		sqlite3 $S/state.db 'SELECT state, length_ms / 60000 FROM breakers' >>lengths
		agreed
	done
	same "$(cut -d'|' -f2 lengths | tr '\n' ' ')" '30 60 120 240 240 240 '
}

@test "a forced start goes past dependency, tier and slot, not past the lock" {
	schedule 'slots: {total: 1}' <<-'END'
		long: {run: ./long, interval: 12h}
		dep: {run: ./ok, interval: 12h, dependencies: [long]}
		succ: {run: ./ok, interval: 12h, dependencies: {never: success}}
		never: {run: ./fail, interval: 12h}
		slot: {run: ./ok, interval: 12h}
	END
	job long 'sleep 60'
	job fail 'exit 78'
	daemon
	until_true is 1.long RUNNING
	until_true because 1.slot slot
	for j in dep succ slot never; do order f$j '"cmd":"start","job":"'$j'","force":true'; done
	until_true is 1.never ERROR
	for j in dep succ slot; do until_true is 1.$j FINISHED; done
	order tier '"cmd":"start","job":"never","force":true'
	until_true ended 1.never 2
	order stop1 '"cmd":"stop","job":"long","force":true'
	until_true is 1.long NOT_STARTED
	"$PULSE_BIN/pulse-run" slot -- sleep 60 >/dev/null 2>&1 3>&- &
	alone=$!
	until_true eval 'ls $S/run/1.slot.x*/started'
	order busy '"cmd":"start","job":"slot","force":true'
	until_true because 1.slot busy
	is 1.slot PENDING
	kill $alone; wait $alone || true
	until_true ended 1.slot 3
	stop
}

@test "runs that end while state.db is locked are all taken over" {
	schedule 'slots: {total: 9}' < <(for j in a b c d e f; do echo "$j: {run: ./wait, interval: 1h}"; done)
	job wait 'until [ -e "$PULSE_HOME/go" ]; do read -rt 0.02 _ <> <(:); done; echo $PULSE_RUN_ID >>$PULSE_HOME/ledger; exit 0'
	daemon
	for j in a b c d e f; do until_true is 1.$j RUNNING; done
	mkfifo hold
	sqlite3 "$S/state.db" >/dev/null 2>&1 <hold 3>&- &
	other=$!
	exec 7>hold
	echo 'BEGIN IMMEDIATE; SELECT 1;' >&7
	read -rt 0.2 _ <> <(:) || true
	touch home/go
	read -rt 2 _ <> <(:) || true
	same "$(wc -l <home/ledger)" 6
	for j in a b c d e f; do is 1.$j RUNNING; done
	exec 7>&-
	wait "$other" || true
	for j in a b c d e f; do until_true is 1.$j FINISHED; done
	same "$(count '.type == "job_completed"')" 6
	stop
}

@test "the shipped sleep_job waits an hour for a github_job that does not end, then runs beside it" {
	mkdir -p home/pipelines; cp home/ok home/pipelines/sleep_job;  cp home/ok home/pipelines/jira_job
	job pipelines/github_job 'sleep 600'
	cp "$SHARE/schedule.yaml" home/schedule.yaml
	daemon
	until_true is 1.github_job RUNNING
	until_true because 0.sleep_job dependency
	at 2026-03-01T01:00:02Z
	until_true ended 1.jira_job 2
	refute ended 0.sleep_job 1
	at 2026-03-01T01:00:04Z
	until_true ended 0.sleep_job 1
	is 1.github_job RUNNING
	order st '"cmd":"stop","job":"github_job","force":true'
	until_true is 1.github_job NOT_STARTED
	stop
}

@test "a client that was removed is not meant any more" {
	clients 1 2
	schedule <<<'one: {run: ./ok, interval: 1h}'
	tick 1.one 1
	tick 2.one 1
	clients 1
	daemon
	until_true test ! -e $S/status/2.one
	run order a '"cmd":"start","job":"one"'
	same "$(jq -c '[.status,.message]' <<<"$output")" '[202,null]'
	until_true ended 1.one 2
	run order b '"cmd":"start","job":"one","client":2'
	same "$(jq -c '[.status,.message]' <<<"$output")" '[409,"it is no longer in the schedule"]'
	clients 1 2
	kill -HUP $SCHED
	until_true test -e $S/status/2.one
	is 2.one FINISHED
	stop
}

@test "a forced start goes past a quota, not past free space or a stopped orchestrator; the quota outlives all else" {
	schedule 'free_space: 900000G' <<<'one: {run: ./ok, interval: 1h, integration: github}'
	daemon
	order a '"cmd":"start","job":"one","force":true'
	until_true because 1.one space
	is 1.one PENDING
	schedule <<<'one: {run: ./quota, interval: 1h, integration: github}'
	job quota 'printf "{\"code\":75,\"class\":\"api_rate_limit\",\"reason\":\"spent\",\"not_before\":\"2026-03-01T00:50:00Z\"}\n" >>"$PULSE_RUN_DIR/failures"; exit 75'
	kill -HUP $SCHED
	until_true because 1.one quota
	run order b '"cmd":"start","job":"one"'
	same "$(jq .status <<<$output)" 202
	is 1.one PENDING
	order c '"cmd":"start","job":"one","force":true'
	until_true ended 1.one 2
	because 1.one quota
	run order d '"cmd":"orchestrator-stop"'
	order e '"cmd":"start","job":"one","force":true'
	until_true because 1.one hold
	refute ended 1.one 3
	order f '"cmd":"orchestrator-start"'
	until_true ended 1.one 3
	# a pause and resume keeps the quota
	order g '"cmd":"pause","job":"one"'
	is 1.one PAUSED
	order h '"cmd":"resume","job":"one"'
	is 1.one PENDING
	because 1.one quota
	same "$(row 1.one not_before_ms)" 1772326200000
	order i '"cmd":"stop","job":"one"'
	order j '"cmd":"start","job":"one"'
	is 1.one PENDING
	same "$(row 1.one not_before_ms)" 1772326200000
	refute ended 1.one 4
	stop
}
