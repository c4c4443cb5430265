#!/usr/bin/env bats
# states: what the table of jobs/states leaves to the scheduler around it, by
# real runs; and that all who tell of a job tell the same.

load helper
load scheduler

setup() { scheduler_home; }
teardown() { scheduler_end; }

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
