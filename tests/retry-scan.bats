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
	at=$(next)
	[[ $at > 2026-11-24T12:19:59Z && $at < 2026-11-24T12:25:01Z ]]
	failure '"42"' 12:30:00 network_timeout | fill
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
