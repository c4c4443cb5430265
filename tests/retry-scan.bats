#!/usr/bin/env bats
# retry-scan: what failed, why, and when it is tried again.

load helper

setup() {
	in_own_folder
	db=pulse.db
	export PULSE_TEST_CLOCK=clock
	echo 2026-11-24T12:00:00Z >clock
}

# failure KEY-JSON AT CLASS [NOT_BEFORE-JSON] [SCOPE] [CLIENT]
failure() {
	printf '{"type":"failure","client":%s,"job":"github_job","scope":"%s","entity":%s,"key":%s,"class":"%s","http":502,"reason":"bad gateway","at":"2026-11-24T%sZ","not_before":%s}\n' \
		"${6:-1}" "${5:-acme/api}" "$([ "$1" = null ] && echo null || echo '"github_pr_commit"')" "$1" "$3" "$2" "${4:-null}"
}
fill() { "$PULSE_BIN/load" -d $db; }
items() { run --separate-stderr -0 "$PULSE_BIN/retry-scan" -d $db --items github_job; }
next() { "$PULSE_BIN/retry-scan" -d $db --json | jq -r .next; }

@test "retry-scan shows nothing when nothing has failed" {
	fill </dev/null
	run --separate-stderr -0 "$PULSE_BIN/retry-scan" -d $db
	[ -z "$output$stderr" ]
}

@test "retry-scan lists open failures with their class, tries and reason" {
	{ failure '"42"' 10:00:00 temporary_service_error; failure null 11:00:00 permission; } | fill
	run --separate-stderr -0 "$PULSE_BIN/retry-scan" -d $db
	same "$(awk '{ $1 = $1; print }' <<<"$output")" \
		"CLIENT JOB SCOPE ENTITY KEY CLASS HTTP ATTEMPTS FAILED NOT BEFORE NEXT REASON
1 github_job acme/api - - permission 502 1 2026-11-24T11:00:00Z - next run bad gateway
1 github_job acme/api github_pr_commit 42 temporary_service_error 502 1 2026-11-24T10:00:00Z - now bad gateway"
}

@test "an item is due again after 5 to 7.5 minutes, not earlier" {
	failure '"42"' 12:00:00 network_timeout | fill
	echo 2026-11-24T12:04:59Z >clock
	items
	[ -z "$output" ]
	at=$(next)
	[[ $at > 2026-11-24T12:04:59Z && $at < 2026-11-24T12:07:31Z ]]
	echo 2026-11-24T12:07:30Z >clock
	items
	same "$(jq -r '[.scope, .entity, .key] | @tsv' <<<"$output")" $'acme/api\tgithub_pr_commit\t42'
	same "$(next)" now
}

@test "the waits double with each try, and after three retries the item is given up" {
	failure '"42"' 12:00:00 network_timeout >lines
	failure '"42"' 12:10:00 network_timeout >>lines
	fill <lines
	echo 2026-11-24T12:10:00Z >clock
	at=$(next)
	[[ $at > 2026-11-24T12:19:59Z && $at < 2026-11-24T12:25:01Z ]]
	failure '"42"' 12:30:00 network_timeout | fill
	echo 2026-11-24T12:30:00Z >clock
	at=$(next)
	[[ $at > 2026-11-24T12:49:59Z && $at < 2026-11-24T13:00:01Z ]]
	failure '"42"' 13:00:00 network_timeout | fill
	echo 2026-11-25T00:00:00Z >clock
	same "$(next)" "given up"
	items
	[ -z "$output" ]
}

@test "an item is not due before the time that the server named" {
	failure '"42"' 11:00:00 api_rate_limit '"2026-11-24T15:00:00Z"' | fill
	same "$(next)" 2026-11-24T15:00:00Z
	items
	[ -z "$output" ]
	echo 2026-11-24T15:00:00Z >clock
	items
	[ -n "$output" ]
}

@test "a spent quota burns no try" {
	for h in 01 02 03 04 05 06; do failure '"42"' $h:00:00 api_rate_limit; done | fill
	same "$(next)" now
}

@test "classes that do not pass by themselves wait for a person" {
	for class in authentication permission configuration data_format bug; do
		failure "\"$class\"" 10:00:00 $class
	done | fill
	same "$(next | sort | uniq -c | awk '{ $1 = $1; print }')" "5 a person"
	items
	[ -z "$output" ]
}

@test "--any gives those items too that are given up or wait for a person" {
	{ failure '"42"' 10:00:00 permission; failure '"43"' 11:59:59 network_timeout; failure null 10:00:00 permission; } | fill
	items
	[ -z "$output" ]
	run --separate-stderr -0 "$PULSE_BIN/retry-scan" -d $db --items github_job --any
	same "$(jq -r '[.type, .key, .next] | join(" ")' <<<"$output" | cut -c1-20)" "item 42 a person
item 43 2026-11-24T1"
	run -64 "$PULSE_BIN/retry-scan" --any
}

@test "a failed scope is left to the next run of its job" {
	failure null 01:00:00 network_timeout | fill
	same "$(next)" "next run"
	items
	[ -z "$output" ]
}

@test "only the failures of one client are shown with -k" {
	{ failure '"1"' 10:00:00 network_timeout; failure '"2"' 10:00:00 network_timeout null acme/x 2; } | fill
	same "$("$PULSE_BIN/retry-scan" -d $db -k 2 --json | jq -r .key)" 2
	run -64 "$PULSE_BIN/retry-scan" -d $db -k two
}

@test "names from outside reach no terminal as commands" {
	failure '"42"' 10:00:00 network_timeout null 'acme/\u001b[31mred' | fill
	run --separate-stderr -0 "$PULSE_BIN/retry-scan" -d $db
	[[ $output == *'acme/\x1b[31mred'* ]]
}

@test "retry-scan changes nothing, and says when there is no database" {
	failure '"42"' 10:00:00 network_timeout | fill
	before=$(sqlite3 $db .dump)
	items
	same "$(sqlite3 $db .dump)" "$before"
	run --separate-stderr -78 "$PULSE_BIN/retry-scan" -d nowhere.db
	same "$stderr" "retry-scan: cannot open 'nowhere.db': no such database; load makes it"
	[ ! -e nowhere.db ]
}

# What follows has a scheduler: jobs that fail, in a spool of their own.

jobs() { # NAME:CODE... - a job each that ends with CODE
	local job
	export PULSE_HOME=$PWD/home
	mkdir -p home
	{
		[ -z "${RETRY:-}" ] || echo "$RETRY"
		echo 'jobs:'
		for job; do
			printf '#!/bin/bash\necho x >>"$PULSE_HOME/ran.%s"\nexit %s\n' "${job%:*}" "${job#*:}" >"home/${job%:*}"
			chmod +x "home/${job%:*}"
			echo "  ${job%:*}: {run: ./${job%:*}, interval: 4h, fast_recovery: 30m, integration: github}"
		done
	} >home/schedule.yaml
	[ -e home/pulse.yaml ] || printf 'clients: [{id: 1}]\n' >home/pulse.yaml
}
row() { sqlite3 "file:home/spool/state.db?mode=ro" "SELECT $2 FROM jobs WHERE client_id=1 AND job_name='$1'"; }
# settled JOB STATE - lets the scheduler look until the job is in that state.
settled() {
	local i
	for ((i = 0; i < 200; i++)); do
		"$PULSE_BIN/pulse-sched" --once
		[ "$(row "$1" state)" != "$2" ] || return 0
		read -rt 0.05 _ <> <(:) || true
	done
	cat home/spool/status/* >&2
	return 1
}

@test "what is asked for is one thing" {
	run -64 --separate-stderr retry-scan -s odd --items a --put-back b
	[[ ${stderr_lines[0]} == "retry-scan: --items, --put-back and --put-back-due exclude another" ]]
}

@test "what may not be looked at is not taken for what is not there" {
	mkdir odd
	ln -s pulse.db odd/pulse.db
	run -78 --separate-stderr retry-scan -s odd
	[[ $stderr == "retry-scan: cannot open 'odd/pulse.db': "* ]]
	same "$output" ''
}

@test "a failing job is shown with its class, attempt and next try" {
	jobs fails:75 refused:77 well:0
	settled fails ERROR
	settled refused ERROR
	settled well FINISHED
	run --separate-stderr -0 "$PULSE_BIN/retry-scan" --json
	same "$(jq -r '[.type, .client, .job, .state, .class, .attempt, .tier] | map(tostring) | join(" ")' <<<"$output")" \
		"job 1 fails ERROR temporary_service_error 1 fast
job 1 refused ERROR permission 1 manual"
	at=$(jq -r 'select(.job == "fails").next' <<<"$output")
	[[ $at > 2026-11-24T12:04:59Z && $at < 2026-11-24T12:07:31Z ]]
	same "$(jq -r 'select(.job == "fails").why' <<<"$output")" "retry 1 of 3, 5 to 7.5 minutes after the failure"
	same "$(jq -r 'select(.job == "refused").next' <<<"$output")" "a person"
	run --separate-stderr -0 "$PULSE_BIN/retry-scan"
	[[ ${lines[0]} == "CLIENT  JOB "* ]]
	same "${#lines[@]}" 3
	run --separate-stderr -0 "$PULSE_BIN/retry-scan" -k 2
	[ -z "$output" ]
}

@test "the delays are those of the schedule" {
	RETRY='retry: {max_retries: 5, base_delay: 1m, max_delay: 2m, backoff_factor: 3}'
	jobs fails:75
	settled fails ERROR
	run --separate-stderr -0 "$PULSE_BIN/retry-scan" --json
	same "$(jq -r .why <<<"$output")" "retry 1 of 5, 1 to 1.5 minutes after the failure"
	{ failure '"42"' 12:00:00 network_timeout; } | sed 's/github_job/fails/' | "$PULSE_BIN/load" -d home/spool/pulse.db
	at=$("$PULSE_BIN/retry-scan" --json | jq -r 'select(.type == "item").next')
	[[ $at > 2026-11-24T12:00:59Z && $at < 2026-11-24T12:01:31Z ]]
	echo 'jobs: {x: }' >home/schedule.yaml
	run --separate-stderr -0 "$PULSE_BIN/retry-scan" --json
	[[ $stderr == "retry-scan: the usual delays are taken, for the schedule is no good: "*schedule.yaml:1:* ]]
	[[ $(jq -r 'select(.type == "item").next' <<<"$output") > 2026-11-24T12:04:59Z ]]
	run -78 "$PULSE_BIN/retry-scan" --schedule home/schedule.yaml
}

@test "--put-back tries a failed job at once, whatever its time and class" {
	jobs refused:77
	settled refused ERROR
	tries=$(wc -l <home/ran.refused)
	run --separate-stderr -0 "$PULSE_BIN/retry-scan" --put-back refused
	settled refused ERROR
	[ "$(wc -l <home/ran.refused)" -gt "$tries" ]
	run --separate-stderr -64 "$PULSE_BIN/retry-scan" --put-back refuse
	same "$stderr" "retry-scan: cannot put back 'refuse': no such job"
}

@test "--put-back-due has the scheduler try what is due, and nothing else" {
	jobs fails:75
	settled fails ERROR
	tries=$(wc -l <home/ran.fails)
	echo 2026-11-24T12:04:00Z >clock
	run -0 "$PULSE_BIN/retry-scan" --put-back-due
	same "$(row fails state)" ERROR
	echo 2026-11-24T12:07:31Z >clock
	run -0 "$PULSE_BIN/retry-scan" --put-back-due
	[ "$(row fails state)" != ERROR ]
	settled fails ERROR
	same "$(wc -l <home/ran.fails)" $((tries + 1))
}

@test "--put-back of a job that is well fetches its failed items, if there are any" {
	jobs well:0
	settled well FINISHED
	run --separate-stderr -0 "$PULSE_BIN/retry-scan" --put-back well
	same "$(wc -l <home/ran.well)" 1
	failure '"42"' 11:00:00 permission | sed 's/github_job/well/' | "$PULSE_BIN/load" -d home/spool/pulse.db
	run --separate-stderr -0 "$PULSE_BIN/retry-scan" --put-back well
	same "$(wc -l <home/ran.well)" 1
	failure '"43"' 11:00:00 network_timeout | sed 's/github_job/well/' | "$PULSE_BIN/load" -d home/spool/pulse.db
	run --separate-stderr -0 "$PULSE_BIN/retry-scan" --put-back well
	settled well FINISHED
	same "$(wc -l <home/ran.well)" 2
}

@test "without a scheduler nothing is put back, and it is said" {
	jobs well:0
	run --separate-stderr -78 "$PULSE_BIN/retry-scan" --put-back well
	[[ $stderr == "retry-scan: cannot put back 'well': pulse-sched has not run yet"* ]]
	run --separate-stderr -0 "$PULSE_BIN/retry-scan"
	[ -z "$output$stderr" ]
}
