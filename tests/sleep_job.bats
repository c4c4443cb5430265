#!/usr/bin/env bats
# sleep_job: its steps, what stops none of them, and how it ends.

load helper

setup() {
	in_own_folder
	export PULSE_HOME=$PWD/home
	S=$PULSE_HOME/spool
	(umask 077 && mkdir -p "$S" && echo demo-github-token >github && echo demo-jira-token >jira)
	SCHED='' HOLDER=''
}
teardown() {
	[ -z "$SCHED" ] || kill "$SCHED" 2>/dev/null || true
	[ -z "$HOLDER" ] || kill "$HOLDER" 2>/dev/null || true
	demo_stop
}

settings() { # [GITHUB-TOKEN-FILE]
	cat >home/pulse.yaml <<-END
		clients:
		  - id: 1
		    github: {base_url: "$DEMO_URL/github", organization: acme, token: {file: $PWD/${1:-github}}}
		    jira: {base_url: "$DEMO_URL/jira", email: demo@acme.test, api_token: {file: $PWD/jira}}
	END
}
small() { demo_start --repos 2 --prs 4 --issues 4 --days 30 "$@" && settings; }
sleep_job() { "$TOP/pipelines/sleep_job" "$@"; }
until_true() {
	local i
	for ((i = 0; i < 200; i++)); do
		"$@" >/dev/null 2>&1 && return
		read -rt 0.05 _ <> <(:) || true
	done
	echo "waited in vain for: $*" >&2
	return 1
}

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

@test "sleep_job is silent and ends with 0 when all is well" {
	small
	run --separate-stderr -0 sleep_job
	[ -z "$output$stderr" ]
	[ "$(grep -c '"level":"ok"' "$S/health.ndjson")" -gt 10 ]
	same "$(stat -c %a "$S/health.ndjson")" 600
	same "$(ls -A "$S")" health.ndjson
}

@test "a finding is told and left in the spool, and is no failure of the job" {
	small
	echo canary-0123456789 >github
	run --separate-stderr -121 sleep_job
	[ -z "$output" ]
	[[ $stderr == *"the token was refused"* ]]
	same "$(jq -r 'select(.level == "fail") | [.check, .code] | join(" ")' "$S/health.ndjson")" "token 77"
	refute grep -r canary "$S" <(echo "$stderr")
	demo_stop
	run --separate-stderr -121 sleep_job
	same "$(jq -r 'select(.level == "fail").code' "$S/health.ndjson" | sort -u)" 75
}

@test "a person is told once of a failure that does not pass by itself" {
	small
	printf '#!/bin/bash\ncat >>"$PULSE_HOME/told"\nenv >>"$PULSE_HOME/env"\n' >home/tell-us
	chmod +x home/tell-us
	printf 'notify: ./tell-us\njobs:\n  github_job: {run: /bin/true, interval: 4h}\n' >home/schedule.yaml
	export GITHUB_TOKEN=canary-0123456789
	run --separate-stderr -0 sleep_job
	[ ! -e home/told ]
	echo wrong >github
	run --separate-stderr -121 sleep_job
	run --separate-stderr -121 sleep_job
	same "$(jq -r '[.type, .check, .subject, .client, .code] | map(tostring) | join(" ")' home/told)" "finding token github 1 77"
	refute grep -r canary home
	echo demo-github-token >github
	run --separate-stderr -0 sleep_job
	echo wrong >github
	run --separate-stderr -121 sleep_job
	same "$(wc -l <home/told)" 2
	demo_stop
	run --separate-stderr -121 sleep_job
	same "$(wc -l <home/told)" 2
	printf '#!/bin/bash\nexit 3\n' >home/tell-us
	rm "$S/health.ndjson"
	chmod 644 jira
	run --separate-stderr -121 sleep_job
	[[ $stderr == *"health-check: cannot tell anybody: '$PULSE_HOME/"*"tell-us': it ended with 3"* ]]
}

@test "old batches and unused answers go, what waits stays" {
	small
	mkdir -p "$S/queue/1/github/"{tmp,new,done,bad} "$S/cache"
	chmod -R go= "$S"
	: >"$S/queue/1/github/done/20200101T000000.000Z.0000007.001.zst"
	: >"$S/queue/1/github/new/$(date -u +%Y%m%dT%H%M%S).000Z.0000007.001"
	touch -d 2020-01-01 "$S/cache/old"
	run --separate-stderr -0 sleep_job
	[ -z "$(ls "$S/queue/1/github/done" "$S/cache" | grep -v :)" ]
	same "$(ls "$S/queue/1/github/new" | wc -l)" 1
}

@test "the database is maintained once a day, and not while a job runs" {
	small
	"$PULSE_BIN/load" -d "$S/pulse.db" </dev/null
	fake load 'echo "load $*" >>calls; exec "${0%/fake/*}/load" "$@"'
	ln -s "$PULSE_BIN/load" load
	: >calls
	PULSE_BIN=$PWD/fake run --separate-stderr -0 sleep_job
	same "$(cat calls)" "load --maintain"
	PULSE_BIN=$PWD/fake run --separate-stderr -0 sleep_job
	same "$(cat calls)" "load --maintain"
	touch -d '-25 hours' "$S/.maintained"
	printf '#!/bin/bash\n: >"%s/began"\nexec sleep 60\n' "$PWD" >long
	chmod +x long
	"$PULSE_BIN/pulse-run" github_job -- ./long >/dev/null 2>&1 3>&- &
	HOLDER=$!
	until_true test -e began
	PULSE_BIN=$PWD/fake run --separate-stderr -0 sleep_job
	same "$stderr" "sleep_job: maintenance is skipped: 1.github_job runs"
	same "$(cat calls)" "load --maintain"
	kill "$HOLDER"
	wait "$HOLDER" || true
	HOLDER=
	PULSE_BIN=$PWD/fake run --separate-stderr -0 sleep_job
	same "$(wc -l <calls)" 2
}

@test "a step that fails stops no other, and none makes the job need a person" {
	small
	"$PULSE_BIN/load" -d "$S/pulse.db" </dev/null
	for name in retry-scan health-check spool-prune load; do fake $name "echo $name >>ran; exit 78"; done
	PULSE_BIN=$PWD/fake run --separate-stderr -121 sleep_job
	same "$(tr '\n' ' ' <ran)" "retry-scan health-check spool-prune health-check load "
	[[ $stderr == *"old batches ended with 78"* ]]
	same "$(grep -c 'ended with 78' <<<"$stderr")" 4
	[ ! -e "$S/.maintained" ]
	fake health-check 'kill -SEGV $$'
	PULSE_BIN=$PWD/fake run --separate-stderr -121 sleep_job
	[[ $stderr == *"health ended with 139"* ]]
}

@test "a run folder gets a progress line a step, and no failure of another's" {
	small
	echo wrong >github
	mkdir run
	PULSE_RUN_DIR=$PWD/run run --separate-stderr -121 sleep_job
	same "$(jq -r '[.done, .total] | join("/")' run/progress | tr '\n' ' ')" "0/5 1/5 2/5 3/5 4/5 "
	# Without a time none of them counts.
	jq -es 'all(.at | test("^20..-..-..T.*Z$"))' run/progress
	same "$(ls run)" progress
}

@test "a stop ends it with 75 behind the step that is under way" {
	small
	fake health-check 'kill -TERM $PPID; exec "${0%/fake/*}/hc" "$@"'
	ln -s "$PULSE_BIN/health-check" hc
	fake spool-prune ': >pruned'
	PULSE_BIN=$PWD/fake run --separate-stderr -75 sleep_job
	[ ! -e pruned ]
}

@test "the scheduler runs sleep_job for the host, and stays well when a token is refused" {
	small
	echo wrong >github
	"$PULSE_BIN/pulse-sched" -v >log 2>&1 3>&- &
	SCHED=$!
	until_true grep -q 'job_completed.*sleep_job' "$S/events.ndjson"
	grep -q 'state=FINISHED' "$S/status/0.sleep_job"
	grep -q 'last=partial' "$S/status/0.sleep_job"
	grep -q 'state=ERROR' "$S/status/1.github_job"
	grep -q 'a person' "$S"/run/0.sleep_job.*/log
	same "$(jq -r 'select(.check == "jobs" and .level == "fail") | [.subject, .client] | join(" ")' "$S/health.ndjson")" "github_job 1"
}

@test "sleep_job tells how it is used, and takes no other options" {
	run -0 sleep_job --help
	[[ ${lines[0]} == "sleep_job - "* ]]
	run -64 sleep_job --org acme
}
