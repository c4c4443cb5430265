#!/usr/bin/env bats
# pulse-sched: what is started when, what becomes of runs, and who survives whom.

load helper
load scheduler

setup() { scheduler_home; }
teardown() { scheduler_end; }

@test "--once starts what is due, leaves at once, and finds the result next time" {
	schedule <<<'one: {run: ./ok, interval: 1h}'
	run -0 --separate-stderr once
	same "$output$stderr" ''
	tick 1.one 1
	is 1.one FINISHED
	same "$(cat home/ledger)" 'one 1 1.one.1'
	same "$(jq -r 'select(.type) | .type' "$S/events.ndjson" | tr '\n' ' ')" \
		'log_opened job_queued job_started job_completed '
	run -0 once
	same "$(wc -l <home/ledger)" 1
}

@test "a job runs at its due points, which its runs do not move" {
	schedule <<<'one: {run: ./ok, interval: 1h}'
	tick 1.one 1
	due=$(row 1.one next_due_ms)
	[ $((due % 3600000)) -lt 360000 ]
	at "$(date -u -d "@$((due / 1000 - 1))" +%FT%TZ)"
	once
	same "$(wc -l <home/ledger)" 1
	at "$(date -u -d "@$((due / 1000 + 7))" +%FT%TZ)"
	tick 1.one 2
	same "$(row 1.one next_due_ms)" $((due + 3600000))
}

@test "the daemon sleeps until something is due, and starts it then" {
	schedule <<<'one: {run: ./ok, interval: 1h}'
	daemon
	until_true is 1.one FINISHED
	before=$(grep ctxt "/proc/$SCHED/status")
	read -rt 0.3 _ <> <(:) || true
	same "$(grep ctxt "/proc/$SCHED/status")" "$before"
	at 2026-03-01T01:30:00Z
	until_true ended 1.one 2
	at 2026-03-01T05:30:00Z
	until_true ended 1.one 3
	stop
	same "$(jq -r .type "$S/events.ndjson" | tail -1)" orchestrator_stopped
	same "$(wc -l <home/ledger)" 3
}

@test "a schedule that is a named pipe or leads nowhere is refused, not waited for" {
	schedule <<<'one: {run: ./ok, interval: 1h}'
	rm "$PULSE_HOME/schedule.yaml"
	mkfifo "$PULSE_HOME/schedule.yaml"
	run -78 --separate-stderr timeout 5 pulse-sched --check
	[[ $stderr == "pulse-sched: cannot use $PULSE_HOME/schedule.yaml:1: expected jobs: "* ]]
	rm "$PULSE_HOME/schedule.yaml"
	ln -s nowhere "$PULSE_HOME/schedule.yaml"
	run -78 --separate-stderr pulse-sched --check
	same "$stderr" "pulse-sched: cannot use $PULSE_HOME/schedule.yaml: No such file or directory"
	run -0 pulse-sched --check --schedule <(echo 'jobs: {two: {run: /bin/true, interval: 1h}}')
}

@test "a plan of nothing, or without end, is refused and not a daemon" {
	schedule <<<'one: {run: ./ok, interval: 1h}'
	for n in 0 100001 999999999999; do
		run -64 --separate-stderr timeout 5 pulse-sched --plan "$n"
		same "${stderr_lines[0]}" "pulse-sched: --plan takes 1 to 100000"
	done
	[ ! -e "$S/state.db" ]
}

@test "a full disk at the start is told as one, so that it is started again" {
	schedule <<<'one: {run: ./ok, interval: 1h}'
	run -0 once
	rm -r "$S/control"
	run -74 --separate-stderr env ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o trace -e inject=mkdirat:error=ENOSPC pulse-sched --once
	[[ ${stderr_lines[0]} == "pulse-sched: cannot use '"*"': No space left on device" ]]
	run -74 --separate-stderr env ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o trace -e inject=pwrite64:error=EROFS pulse-sched --once
	[[ ${stderr_lines[0]} == "pulse-sched: cannot use 'lock/leader': Read-only file system" ]]
}

@test "a second daemon names the first, and --once beside it does nothing" {
	schedule <<<'one: {run: ./ok, interval: 1h}'
	daemon
	run -75 --separate-stderr pulse-sched
	same "$stderr" "pulse-sched: cannot lead: process $SCHED does"
	run -0 --separate-stderr once
	same "$output$stderr" ''
	stop
	run -0 once
}

@test "--check names file and line of what is wrong, or counts what is there" {
	schedule <<<'one: {run: ./ok, interval: 1h}'
	clients 1 2
	run -0 pulse-sched --check
	same "$output" '1 job for 2 clients'
	schedule <<-'END'
		one: {run: ./ok, interval: 1h}
		two: {run: ./nothing, interval: 1h}
	END
	run -78 --separate-stderr pulse-sched --check
	[[ $stderr == "pulse-sched: cannot use $PULSE_HOME/schedule.yaml:3: "* ]]
	[ ! -e "$S" ]
	run -78 pulse-sched --once
	run -78 pulse-sched
	schedule <<<'one: {run: ./ok, interval: 1h}'
	echo 'clients: [{id: 0}]' >home/pulse.yaml
	run -78 --separate-stderr pulse-sched --check
	[[ $stderr == *"pulse.yaml:1: "* ]]
	run -64 pulse-sched --check --once
	run -64 pulse-sched --json
}

@test "--plan says what runs when and why, without a database and with one" {
	schedule <<-'END'
		one: {run: ./ok, interval: 1h}
		two: {run: ./ok, interval: 4h, dependencies: [one]}
	END
	run -0 pulse-sched --plan 3
	[[ ${lines[0]} == WHEN*JOB*CLIENT*WHY ]]
	[[ ${lines[1]} == 2026-03-01T00:00:03Z*now*first* ]]
	[ ! -e "$S" ]
	tick 1.one 1
	run -0 pulse-sched --plan 6 --json
	same "$(jq -rs 'map(select(.job == "one"))[0].when' <<<"$output")" "$(date -u -d "@$(($(row 1.one next_due_ms) / 1000))" +%FT%TZ)"
	[ "${#lines[@]}" -eq 6 ]
	# What waits for a person comes last, what holds everything is said.
	sqlite3 home/spool/state.db "UPDATE jobs SET state = 'PAUSED', reason = 'hold' WHERE job_name = 'one'"
	run -0 --separate-stderr pulse-sched --plan 1
	[[ ${lines[1]} == *' two '*due* ]]
	[[ ${lines[2]} == *'one '*'paused: pulse resume' ]]
	same "$stderr" ''
	printf 1 >home/spool/control/latch
	run -0 --separate-stderr pulse-sched --plan 1
	[[ $stderr == *'emergency latch'*'pulse start orchestrator' ]]
	schedule <<<'one: {run: ./ok, interval: 0}'
	run -78 pulse-sched --plan 2
}

@test "HUP takes a good schedule and keeps the old one when the new one is bad" {
	schedule <<<'one: {run: ./ok, interval: 1h}'
	job long 'sleep 60'
	daemon
	until_true is 1.one FINISHED
	schedule <<-'END'
		one: {run: ./ok, interval: 1h}
		long: {run: ./long, interval: 2h}
	END
	kill -HUP "$SCHED"
	until_true is 1.long RUNNING
	schedule <<<'one: {run: ./ok, interval: never}'
	kill -HUP "$SCHED"
	until_true grep -q "kept the old schedule: $PULSE_HOME/schedule.yaml:2: " log
	is 1.long RUNNING
	schedule <<<'one: {run: ./ok, interval: 2h}'
	kill -HUP "$SCHED"
	until_true eval '[ "$(count ".type == \"schedule_reloaded\"")" = 2 ]'
	until_true eval '[ "$(row 1.long disabled)" = 1 ]'
	is 1.long RUNNING
	due=$(row 1.one next_due_ms)
	[ $((due % 7200000)) -le 600000 ]
	order stop '"cmd":"stop","job":"long","client":1'
	until_true test ! -e "$S/status/1.long"
	same "$(row 1.long state)" NOT_STARTED
	same "$(count '.type == "job_removed"')" 1
	stop
}

@test "a run outlives a killed scheduler, and the next one takes it up" {
	schedule <<<'one: {run: ./wait, interval: 1h}'
	job wait 'until [ -e "$PULSE_HOME/go" ]; do read -rt 0.02 _ <> <(:); done; exit 121'
	daemon
	until_true is 1.one RUNNING
	kill -9 "$SCHED"
	wait "$SCHED" || true
	daemon_again
	is 1.one RUNNING
	touch home/go
	until_true is 1.one FINISHED
	same "$(field 1.one last)" partial
	same "$(row 1.one run_id)" 1
	stop
}

@test "a result that came while nobody led is applied once" {
	schedule <<<'one: {run: ./ok, interval: 1h}'
	once
	until_true test -e "$S/run/1.one.1/result"
	daemon
	is 1.one FINISHED
	stop
	same "$(count '.type == "job_completed"')" 1
}

@test "a run whose pulse-run was killed is swept, and started again later" {
	schedule <<<'one: {run: ./fork, interval: 1h, fast_recovery: 10m}'
	job fork 'sleep 87 & echo $! >"$PULSE_HOME/child"; setsid sleep 86 & echo $! >"$PULSE_HOME/escaped"; wait'
	daemon
	until_true test -s home/escaped
	until_true test -s "$S/run/1.one.1/started"
	kill -9 "$(jq .pid "$S/run/1.one.1/started")"
	until_true because 1.one orphan
	for f in child escaped; do is_gone "$(cat home/$f)"; done
	job fork 'exit 0'
	at 2026-03-01T00:09:00Z
	refute ended 1.one 2
	at 2026-03-01T00:10:05Z
	until_true is 1.one FINISHED
	stop
}

@test "another boot makes a run interrupted, which counts as nothing" {
	schedule <<<'one: {run: ./long, interval: 1h}'
	job long 'sleep 60'
	once
	until_true test -s "$S/run/1.one.1/started"
	pid=$(jq .pid "$S/run/1.one.1/started")
	kill -9 "$pid"
	pkill -9 -s "$pid" || true
	until_true refute kill -0 "$pid"
	job long 'exit 0'
	PULSE_TEST_BOOT=another once
	PULSE_TEST_BOOT=another tick 1.one 2
	is 1.one FINISHED
	same "$(row 1.one orphan_count)" 0
	same "$(count '.type == "job_interrupted" and .reason == "interrupted"')" 1
}

@test "a failure is tried again after 5 to 7.5, 10 to 15 and 20 to 30 minutes, then hours later" {
	schedule <<<'one: {run: ./fail, interval: 12h}'
	job fail 'exit 75'
	lower=(300 600 1200 3600) upper=(450 900 1800 14400)
	for k in 0 1 2 3; do
		tick 1.one $((k + 1))
		is 1.one ERROR
		end=$(row 1.one last_end_ms) next=$(row 1.one not_before_ms)
		[ $((next - end)) -ge $((lower[k] * 1000)) ]
		[ $((next - end)) -le $((upper[k] * 1000)) ]
		at "$(date -u -d "@$((next / 1000 - 1))" +%FT%TZ)"
		once
		refute ended 1.one $((k + 2))
		at "$(date -u -d "@$((next / 1000 + 1))" +%FT%TZ)"
	done
	job fail 'exit 0'
	tick 1.one 5
	is 1.one FINISHED
	same "$(row 1.one "retry_count || ',' || tier")" 0,fast
}

@test "three failures open the breaker of that client and integration, and a probe closes it" {
	clients 1 2
	schedule 'slots: {total: 9, github: 3}' <<-'END'
		a: {run: ./fail, interval: 12h, integration: github}
		b: {run: ./fail, interval: 12h, integration: github}
		c: {run: ./fail, interval: 12h, integration: github}
		d: {run: ./ok, interval: 12h, integration: jira}
	END
	job fail '[ "$PULSE_CLIENT" = 2 ] || exit 75'
	for j in 1.a 1.b 1.c 1.d 2.a 2.b 2.c; do tick $j 1; done
	same "$(sqlite3 "$S/state.db" 'SELECT client_id, integration, state FROM breakers WHERE state <> "closed"')" '1|github|open'
	same "$(count '.type == "breaker_opened"')" 1
	for j in a b c; do is 1.$j ERROR; done
	for j in 2.a 2.b 2.c 1.d; do is $j FINISHED; done
	[ "$(row 1.a not_before_ms)" -ge $(($(date -d "$START" +%s) * 1000 + 900000)) ]
	job fail 'exit 0'
	at 2026-03-01T00:16:00Z
	for i in 1 2 3; do tick 1.a 2; tick 1.b 2; tick 1.c 2; done
	for j in a b c; do is 1.$j FINISHED; done
	same "$(jq -r 'select(.type | startswith("breaker")).type' "$S/events.ndjson" | tr '\n' ' ')" \
		'breaker_opened breaker_half_open breaker_closed '
}

@test "a failure that needs a person runs the notify program, with the event on its input" {
	schedule 'notify: ./tell' <<<'one: {run: ./fail, interval: 1h}'
	job fail 'exit 78'
	job tell 'cat >"$PULSE_HOME/told.new" && mv "$PULSE_HOME/told.new" "$PULSE_HOME/told"; exit 3'
	daemon
	until_true test -e home/told
	same "$(jq -r '[.type, .job_name, .reason, .to] | join(" ")' home/told)" 'job_error one manual_fix ERROR'
	until_true grep -q "cannot run '.*/tell': it ended with 3" log
	at 2026-03-03T00:00:00Z
	until_true eval '[ "$(cat "$S/status/1.one" | wc -l)" = 1 ]'
	stop
	refute ended 1.one 2
	is 1.one ERROR
}

@test "a person is told though the scheduler died before the notify program began" {
	schedule 'notify: ./tell' <<<'one: {run: ./fail, interval: 1h}'
	job fail 'exit 78'
	job tell 'cat >>"$PULSE_HOME/told"'
	once
	until_true test -e "$S/run/1.one.1/result"
	run -137 strace -o /dev/null -e trace=memfd_create -e inject=memfd_create:signal=KILL "$PULSE_BIN/pulse-sched" --once
	same "$(row 1.one reason)" manual_fix
	[ ! -e home/told ]
	once
	until_true test -s home/told
	once
	same "$(jq -r '[.seq > 0, .type, .job_name] | join(" ")' home/told)" 'true job_error one'
}

@test "each event of many is told though no descriptor tells of a program's end" {
	{ echo 'notify: ./tell'; echo 'slots: {total: 6}'; echo jobs:; for j in a b c d e f; do echo "  $j: {run: ./fail, interval: 1h}"; done; } >home/schedule.yaml
	job fail 'exit 78'
	job tell 'cat >>"$PULSE_HOME/told"'
	once
	until_true eval '[ "$(ls "$S"/run/*/result | wc -l)" = 6 ]'
	run -0 env ASAN_OPTIONS=detect_leaks=0 strace -qq -o /dev/null -e trace=pidfd_open -e inject=pidfd_open:error=EMFILE "$PULSE_BIN/pulse-sched" --once
	until_true eval '[ "$(jq -r .job_name home/told | sort | xargs)" = "a b c d e f" ]'
}

@test "the scheduler takes all descriptors that it may have, its runs find what it found" {
	schedule 'notify: ./tell' <<<'one: {run: ./fail, interval: 1h}'
	job fail 'ulimit -Sn >"$PULSE_HOME/few"; exit 78'
	job tell 'ulimit -Sn >"$PULSE_HOME/told"'
	ulimit -Sn 200
	daemon
	until_true test -s home/told
	same "$(cat home/few home/told | xargs)" '200 200'
	same "$(awk '/^Max open files/ { print $4 == $5 }' "/proc/$SCHED/limits")" 1
	stop
}

@test "one client's trouble delays no other" {
	clients 1 2 3
	schedule 'slots: {total: 4, github: 1}' <<<'one: {run: ./some, interval: 1h, integration: github}'
	job some '[ "$PULSE_CLIENT" != 2 ] || sleep 60; echo "$PULSE_CLIENT" >>"$PULSE_HOME/ledger"'
	daemon
	until_true is 1.one FINISHED
	until_true is 3.one FINISHED
	at 2026-03-01T01:30:00Z
	until_true ended 1.one 2
	until_true ended 3.one 2
	is 2.one RUNNING
	[ "$(row 2.one missed)" -ge 1 ]
	order stop '"cmd":"stop","job":"one","client":2,"force":true'
	until_true is 2.one NOT_STARTED
	stop
}

@test "slots hold jobs back, clients take turns, and a per-host job runs once" {
	clients 1 2
	schedule 'slots: {total: 1}' <<-'END'
		a: {run: ./ok, interval: 1h}
		b: {run: ./ok, interval: 1h}
		host: {run: ./ok, interval: 1h, per: host}
	END
	daemon
	for j in 1.a 1.b 2.a 2.b 0.host; do until_true is $j FINISHED; done
	stop
	same "$(grep -c . home/ledger)" 5
	same "$(grep -v host home/ledger | cut -d' ' -f2 | tr -d '\n')" 1212
	same "$(grep -c '^host 0 ' home/ledger)" 1
	[ "$(count '.reason == "slot"')" -ge 1 ]
}

@test "a dependency that runs is waited for, at most max_wait" {
	schedule <<-'END'
		first: {run: ./long, interval: 6h}
		second: {run: ./ok, interval: 4h, max_wait: 1h, dependencies: [first]}
	END
	job long 'sleep 60'
	daemon
	until_true because 1.second dependency
	same "$(field 1.second waits_for)" first
	seq=$(field 1.second seq)
	at 2026-03-01T00:31:00Z
	at 2026-03-01T00:59:00Z
	refute ended 1.second 1
	at 2026-03-01T01:00:04Z
	until_true ended 1.second 1
	is 1.first RUNNING
	same "$(jq -r "select(.job_name == \"second\" and .seq > $seq).type" "$S/events.ndjson" | head -1)" job_started
	order stop '"cmd":"stop","job":"first"'
	until_true is 1.first NOT_STARTED
	stop
}

@test "commands are answered behind their commit, and repeated ones are answered the same" {
	schedule <<<'one: {run: ./long, interval: 1h}'
	job long 'sleep 60'
	daemon
	until_true is 1.one RUNNING
	run -0 order a1 '"cmd":"start","job":"one"'
	same "$(jq -c '[.status, .state, .run_id]' <<<"$output")" '[409,"RUNNING","1.one.1"]'
	run -0 order a2 '"cmd":"stop","job":"on"'
	same "$(jq -c '[.status, .message]' <<<"$output")" '[404,"no job '"'on'"': did you mean '"'one'"'?"]'
	run -0 order a3 '"cmd":"pause","job":"one","if_epoch":1'
	same "$(jq .status <<<"$output")" 409
	run -0 order a4 '"cmd":"start","job":"one","expires":"2026-02-28T00:00:00Z"'
	same "$(jq .status <<<"$output")" 410
	run -0 order a5 '"cmd":"pause","job":"one"'
	same "$(jq -c '[.status, .state, .want]' <<<"$output")" '[202,"RUNNING","pause"]'
	until_true is 1.one PAUSED
	rm "$S/control/done/a5"
	run -0 order a5 '"cmd":"pause","job":"one"'
	same "$(jq -c '[.status, .state, .want]' <<<"$output")" '[202,"RUNNING","pause"]'
	run -0 order a6 '"cmd":"resume","job":"one"'
	same "$(jq -c '[.status, .state]' <<<"$output")" '[202,"PENDING"]'
	until_true is 1.one RUNNING
	run -0 order a7 '"cmd":"stop","job":"one"'
	until_true is 1.one NOT_STARTED
	echo garbage >"$S/control/new/a8"
	until_true test -e "$S/control/done/a8"
	same "$(jq .status "$S/control/done/a8")" 400
	same "$(jq -r 'select(.by == "test").type' "$S/events.ndjson" | sort -u | tr '\n' ' ')" 'job_pausing job_resumed job_stopping '
	stop
}

@test "a command waits for the next leader when there is none" {
	schedule <<<'one: {run: ./ok, interval: 1h}'
	tick 1.one 1
	run -0 order b1 '"cmd":"start","job":"one"'
	same "$(jq .status <<<"$output")" 202
	tick 1.one 2
}

@test "the emergency latch ends every run and nothing starts, by force neither, until it is cleared" {
	schedule <<-'END'
		one: {run: ./long, interval: 1h}
		two: {run: ./ok, interval: 1h}
	END
	job long 'sleep 60'
	daemon
	until_true is 1.one RUNNING
	until_true is 1.two FINISHED
	printf 1 | dd of="$S/control/latch" conv=notrunc status=none
	until_true is 1.one PAUSED
	same "$(field 1.one reason)" emergency
	same "$(jq -r 'select(.to == "PAUSED") | .error_class, .error_message' "$S/events.ndjson" | cut -c1-7 | xargs)" 'null killed:'
	refute grep -q class= "$S/status/1.one"
	run -0 order c1 '"cmd":"start","job":"two","force":true'
	same "$(jq .status <<<"$output")" 423
	at 2026-03-01T01:30:00Z
	until_true because 1.two emergency
	is 1.two PENDING
	job long 'exit 0'
	run -0 order c2 '"cmd":"orchestrator-start"'
	same "$(jq .status <<<"$output")" 200
	until_true is 1.two FINISHED
	until_true is 1.one FINISHED
	same "$(jq -r 'select(.type | startswith("emergency")).type' "$S/events.ndjson" | tr '\n' ' ')" 'emergency_stop emergency_cleared '
	stop
}

@test "below the floor of free space nothing starts" {
	schedule 'free_space: 900000G' <<<'one: {run: ./ok, interval: 1h}'
	once
	same "$(field 1.one reason)" space
	[ ! -e home/ledger ]
	schedule 'free_space: 1K' <<<'one: {run: ./ok, interval: 1h}'
	tick 1.one 1
}

@test "a standalone run holds the job back, and its result is taken over once" {
	schedule <<<'one: {run: ./ok, interval: 1h}'
	tick 1.one 1
	job wait 'until [ -e "$PULSE_HOME/go" ]; do read -rt 0.02 _ <> <(:); done; exit 75'
	"$PULSE_BIN/pulse-run" one -- "$PULSE_HOME/wait" >/dev/null 2>&1 3>&- &
	alone=$!
	until_true eval '[ "$(ls -d "$S"/run/1.one.x*/started | wc -l)" = 1 ]'
	daemon
	at 2026-03-01T01:30:00Z
	until_true because 1.one busy
	touch home/go
	wait "$alone" || true
	until_true ended 1.one 3
	until_true is 1.one FINISHED
	stop
	same "$(sqlite3 "$S/state.db" 'SELECT count(*) FROM runs WHERE standalone')" 1
	once
	same "$(sqlite3 "$S/state.db" 'SELECT count(*) FROM runs WHERE standalone')" 1
}

@test "a locked state.db delays what is written and loses nothing" {
	schedule <<<'one: {run: ./wait, interval: 1h}'
	job wait 'until [ -e "$PULSE_HOME/go" ]; do read -rt 0.02 _ <> <(:); done; exit 0'
	daemon
	until_true is 1.one RUNNING
	mkfifo hold
	sqlite3 "$S/state.db" >/dev/null 2>&1 <hold 3>&- &
	other=$!
	exec 7>hold
	echo 'BEGIN IMMEDIATE; SELECT 1;' >&7
	read -rt 0.2 _ <> <(:) || true
	touch home/go
	until_true grep -q "cannot write 'state.db'.*trying again" log
	is 1.one RUNNING
	exec 7>&-
	wait "$other" || true
	until_true is 1.one FINISHED
	same "$(count '.type == "job_completed"')" 1
	stop
}

@test "a failed item is fetched alone when it is due, which moves no due time" {
	schedule <<<'one: {run: ./some, interval: 4h}'
	at 2026-03-01T01:00:03Z # between two due points
	job some 'export PATH=$PULSE_BIN:$PATH
if [ -n "${PULSE_ITEMS:-}" ]; then
	jq -r .key "$PULSE_ITEMS" >>"$PULSE_HOME/fetched"
	jq -c ". + {type: \"resolved\", at: \"$(cat "$PULSE_TEST_CLOCK")\"}" "$PULSE_ITEMS" | load -d "$PULSE_HOME/spool/pulse.db"
else
	for key in 7 8; do
		printf "{\"type\":\"failure\",\"client\":1,\"job\":\"one\",\"scope\":\"acme/api\",\"entity\":\"github_review\",\"key\":\"%s\",\"class\":\"network_timeout\",\"reason\":\"x\",\"at\":\"%s\"}\n" $key "$(cat "$PULSE_TEST_CLOCK")"
	done | load -d "$PULSE_HOME/spool/pulse.db"
	exit 121
fi'
	daemon
	until_true is 1.one FINISHED
	due=$(row 1.one next_due_ms)
	at 2026-03-01T01:04:50Z
	refute ended 1.one 2
	at 2026-03-01T01:07:40Z
	until_true ended 1.one 2
	until_true is 1.one FINISHED
	stop
	same "$(sort home/fetched | tr '\n' ' ')" '7 8 '
	same "$(row 1.one "next_due_ms || ' ' || trigger")" "$due items"
	same "$(sqlite3 "$S/pulse.db" 'SELECT count(*) FROM failures WHERE resolved_at IS NULL')" 0
}

@test "success and fresh dependencies hold a job back until they are met" {
	schedule <<-'END'
		first: {run: ./some, interval: 2h, fast_recovery: 10m}
		second: {run: ./ok, interval: 2h, dependencies: {first: success}}
		third: {run: ./ok, interval: 2h, dependencies: {first: fresh}}
	END
	job some '[ -e "$PULSE_HOME/good" ] || exit 75'
	daemon
	until_true is 1.first ERROR
	because 1.second dependency
	because 1.third dependency
	touch home/good
	order d1 '"cmd":"start","job":"first"'
	until_true is 1.first FINISHED
	until_true is 1.second FINISHED
	until_true is 1.third FINISHED
	stop
}

@test "an operator opens and closes a breaker, and a forced run goes past it" {
	schedule <<<'one: {run: ./say, interval: 1h, integration: github}'
	job say 'echo "${PULSE_NOT_BEFORE-none}" >>"$PULSE_HOME/said"'
	tick 1.one 1
	run -0 order e1 '"cmd":"breaker","integration":"github","to":"open"'
	same "$(jq .status <<<"$output")" 200
	at 2026-03-01T01:30:00Z
	once
	same "$(field 1.one reason)" breaker
	run -0 order e2 '"cmd":"start","job":"one","force":true'
	tick 1.one 2
	same "$(sed -n 1p home/said)" none
	[[ $(sed -n 2p home/said) == 2026-03-01T01:3* ]]
	at 2026-03-01T02:30:00Z
	once
	same "$(field 1.one reason)" breaker
	run -0 order e3 '"cmd":"breaker","integration":"github","to":"closed"'
	tick 1.one 3
	run -0 order e4 '"cmd":"breaker","integration":"gitlab","to":"open"'
	same "$(jq .status <<<"$output")" 404
}

@test "a stopped orchestrator starts nothing, with drain it pauses what runs, and goes on as it was" {
	schedule <<-'END'
		one: {run: ./drained, interval: 1h}
		two: {run: ./ok, interval: 1h}
	END
	job drained 'trap "exit 75" TERM; while :; do read -rt 0.02 _ <> <(:); done'
	daemon
	until_true is 1.one RUNNING
	until_true is 1.two FINISHED
	run -0 order f1 '"cmd":"orchestrator-stop","drain":true'
	same "$(jq .status <<<"$output")" 200
	until_true is 1.one PAUSED
	at 2026-03-01T01:30:00Z
	until_true because 1.two hold
	stop
	daemon_again
	is 1.two PENDING
	run -0 order f2 '"cmd":"orchestrator-start"'
	until_true is 1.two FINISHED
	is 1.one PAUSED
	job drained 'exit 0'
	run -0 order f3 '"cmd":"resume","job":"one"'
	until_true is 1.one FINISHED
	stop
}

@test "prune removes what is old: events, runs and their folders but the newest, answers" {
	schedule <<<'one: {run: ./ok, interval: 1h}'
	tick 1.one 1
	for n in $(seq 100 130); do
		mkdir "$S/run/1.one.$n"
		touch -d 2020-01-01 "$S/run/1.one.$n/log" "$S/run/1.one.$n"
	done
	run -0 order g1 '"cmd":"prune","before":"2026-02-01T00:00:00Z"'
	same "$(jq .status <<<"$output")" 200
	[ -d "$S/run/1.one.1" ]
	[ "$(ls -d "$S"/run/1.one.* | wc -l)" -le 21 ]
}

@test "a schedule that is read again by a command says what it holds, or what is wrong" {
	schedule <<<'one: {run: ./ok, interval: 1h}'
	daemon
	schedule <<-'END'
		one: {run: ./ok, interval: 1h}
		two: {run: ./ok, interval: 1h}
	END
	run -0 order h1 '"cmd":"reload"'
	same "$(jq -c '[.status, .message]' <<<"$output")" '[200,"2 jobs for 1 client"]'
	until_true is 1.two FINISHED
	schedule <<<'one: {run: ./none, interval: 1h}'
	run -0 order h2 '"cmd":"reload"'
	same "$(jq .status <<<"$output")" 400
	[[ $output == *"schedule.yaml:2: "* ]]
	stop
}

@test "a set clock, forth and back, costs at most one run and stops no job" {
	schedule <<<'one: {run: ./ok, interval: 1h}'
	at 2026-03-01T12:30:00Z
	daemon
	until_true ended 1.one 1
	at 2036-03-01T12:30:00Z
	until_true ended 1.one 2
	at 2026-03-01T12:31:00Z
	at 2026-03-01T13:31:00Z
	until_true ended 1.one 3
	at 2026-03-01T14:31:00Z
	until_true ended 1.one 4
	until_true is 1.one FINISHED
	stop
	refute ended 1.one 5
}

@test "a pulse-run that cannot be started is tried again, and the third time a person looks" {
	schedule <<<'one: {run: ./ok, interval: 4h, fast_recovery: 10m}'
	mkdir bin
	ln -s "$PULSE_BIN"/* bin/
	rm bin/pulse-sched bin/pulse-run
	cp "$PULSE_BIN/pulse-sched" bin/
	ln -s "$TOP/share" share
	for i in 0 1 2; do
		at "2026-03-01T00:$((i + 1))2:00Z"
		run -0 bin/pulse-sched --once
		[ "$i" = 2 ] || same "$(field 1.one reason)" start_failed
		same "$(field 1.one error)" "\"cannot run 'pulse-run': No such file or directory\""
		same "$(field 1.one class)" configuration
	done
	is 1.one ERROR
	same "$(field 1.one reason)" manual_fix
}

@test "a stop that was answered is carried out though the scheduler died before the signal" {
	schedule <<<'one: {run: ./long, interval: 1h}'
	job long 'sleep 60'
	once
	until_true test -s "$S/run/1.one.1/started"
	printf '{"id":"k1","by":"test","role":"admin","cmd":"stop","job":"one","at":"%s"}\n' "$(cat clock)" >"$S/control/new/k1"
	run -137 strace -o /dev/null -e trace=pidfd_send_signal -e inject=pidfd_send_signal:signal=KILL "$PULSE_BIN/pulse-sched" --once
	same "$(row 1.one want)" stop
	[ ! -e "$S/control/done/k1" ]
	once
	same "$(jq -c '[.status, .state, .want]' "$S/control/done/k1")" '[202,"RUNNING","stop"]'
	tick 1.one 1
	is 1.one NOT_STARTED
	same "$(count '.type == "job_stopping"')" 1
}

@test "a run that was not begun when its stop came never begins" {
	schedule <<<'one: {run: ./ok, interval: 1h}'
	mkdir bin
	ln -s "$PULSE_BIN"/* bin/
	rm bin/pulse-sched bin/pulse-run
	cp "$PULSE_BIN/pulse-sched" bin/
	ln -s "$TOP/share" share
	# A pulse-run that comes late.
	cat >bin/pulse-run <<-END
		#!/bin/bash
		until [ -e "$PWD/go" ]; do read -rt 0.02 _ <> <(:); done
		exec "$PULSE_BIN/pulse-run" "\$@"
	END
	chmod +x bin/pulse-run
	bin/pulse-sched -v >log 2>&1 3>&- &
	SCHED=$!
	until_true is 1.one RUNNING
	run -0 order k2 '"cmd":"stop","job":"one"'
	same "$(jq -c '[.status, .want]' <<<"$output")" '[202,"stop"]'
	[ -e "$S/run/1.one.1/revoked" ]
	touch go
	until_true is 1.one NOT_STARTED
	stop
	[ ! -e home/ledger ]
}

@test "systemd hears READY, STATUS, WATCHDOG, RELOADING and STOPPING" {
	schedule <<<'one: {run: ./ok, interval: 1h}'
	python3 - heard 3>&- <<-'END' &
		import os, socket, sys
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind("notify"); s.settimeout(20)
		with open("heard", "w", buffering=1) as f:
		    while True:
		        m = s.recv(4096).decode()
		        f.write(m + "\n")
		        if "STOPPING" in m: break
	END
	ear=$!
	until_true test -S notify
	NOTIFY_SOCKET=$PWD/notify WATCHDOG_USEC=200000 "$PULSE_BIN/pulse-sched" >log 2>&1 3>&- &
	SCHED=$!
	until_true grep -qx READY=1 heard
	until_true grep -q '^STATUS=.*running' heard
	until_true grep -qx WATCHDOG=1 heard
	kill -HUP "$SCHED"
	until_true grep -q RELOADING=1 heard
	stop
	wait "$ear"
	grep -q STOPPING=1 heard
}

@test "after state.db was lost the runs count on, and old logs stay" {
	schedule <<<'one: {run: ./ok, interval: 1h}'
	tick 1.one 1
	rm "$S"/state.db*
	once
	until_true [ -e "$S/run/1.one.2/result" ]
	once
	is 1.one FINISHED
	same "$(ls "$S/run")" "$(printf '1.one.1\n1.one.2')"
	same "$(sqlite3 "$S/state.db" 'SELECT group_concat(id) FROM runs')" 2
}
