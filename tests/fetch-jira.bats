#!/usr/bin/env bats
# fetch-jira against the Jira of demo-api, which says what there is to find.

load helper

setup() {
	in_own_folder
	export JIRA_EMAIL=demo@acme.test JIRA_API_TOKEN=demo-jira-token
}

teardown() { demo_stop; }

# fetch [OPTION...] - from the demo, quietly
fetch() { fetch-jira -q --base-url "$DEMO_URL/jira" "$@"; }

# found FILE... - type, scope and key of each record, once
found() {
	jq -r 'select(has("data") and .type != "checkpoint") |
		[.type, .scope, .key] | @tsv' "$@" | sort -u
}

# expected [TYPE] - the same as the demo knows it
expected() {
	curl -sf "$DEMO_URL/__demo/expected" | jq -r --arg t "${1:-jira}" '
		to_entries[] | select(.key | startswith($t)) | .key as $type |
		.value | to_entries[] | .key as $scope |
		.value[] | [$type, $scope, .] | @tsv' | sort -u
}

# cursors FILE... - {scope: cursor} as load would keep them
cursors() {
	jq -cn 'reduce (inputs | select(.type == "checkpoint")) as $l
		({}; .[$l.scope] = $l.data)' "$@"
}

faults() { curl -sf --data-binary @- "$DEMO_URL/__demo/faults" >faults.answer; }
change() { curl -sf -d "{\"what\":\"$1\"}" "$DEMO_URL/__demo/change"; }
requests() { curl -sf "$DEMO_URL/__demo/requests"; }
forget_requests() { curl -sf -X POST "$DEMO_URL/__demo/requests" >requests.old; }

@test "fetch-jira finds all that a Cloud site has, once, through short pages" {
	demo_start --issues 600
	run --separate-stderr -0 fetch -j 7
	printf '%s\n' "$output" >out
	same "$(found out)" "$(expected)"
	[ "$(jq -r 'select(.type == "jira_issue") | .key' out | sort | uniq -d)" = "" ]
	[ "$(jq -r .type out | grep -c keys)" -eq 9 ]
	[ "$(requests | jq '[.paths | keys[] | select(test("api/[23]/search$"))] | length')" -eq 0 ]
}

@test "fetch-jira finds all that a Data Center site has, through small pages and beyond its window" {
	demo_start --issues 400 --flavor dc --jira-cap 7 --jira-window 50
	unset JIRA_EMAIL JIRA_API_TOKEN
	JIRA_TOKEN=demo-jira-token run --separate-stderr -0 fetch
	printf '%s\n' "$output" >out
	same "$(found out)" "$(expected)"
	jq -e -s '[.[] | select(.type == "jira_issue") | .ext.sprints[]] |
		length > 0 and all(test("^[0-9]+$"))' out
	jq -e -s 'any(.[]; .type == "jira_user" and (.key | startswith("JIRAUSER")))' out
}

@test "fetch-jira reads time in the account's zone" {
	local zone
	for zone in America/New_York Asia/Kolkata Pacific/Auckland; do
		demo_start --issues 120 --tz "$zone"
		fetch >out
		same "$(found out)" "$(expected)"
		cursors out >ck
		change issue-update >changed
		fetch --checkpoint ck >out2
		same "$(found out2 | grep jira_issue)" \
			"$(jq -r '.[] | select(.type == "jira_issue") | [.type, .scope, .key] | @tsv' changed)"
		demo_stop
	done
}

@test "data is the API's object byte for byte" {
	demo_start --issues 40
	fetch --types project,status >out
	curl -sf -u "$JIRA_EMAIL:$JIRA_API_TOKEN" "$DEMO_URL/jira/rest/api/3/status" >api
	grep '"type":"jira_status"' out | sed 's/^.*,"data"://; s/}$//' |
		paste -sd, | sed 's/^/[/; s/$/]/' >again
	cmp <(cat api) <(printf %s "$(cat again)") || same "$(cat again)" "$(cat api)"
}

@test "every issue has its story points and sprints out of the site's own fields" {
	demo_start --issues 300
	fetch --types issue >out
	jq 'select(.type == "jira_issue") |
		.ext.story_points == (.data.fields | .customfield_10028 // .customfield_10016) and
		.ext.sprints == ([.data.fields.customfield_10020[]?.id | tostring])' out >truth
	[ "$(sort -u truth)" = true ]
	[ "$(jq -r 'select(.ext.story_points > 0) | .key' out | wc -l)" -gt 10 ]
	[ "$(jq -r 'select(.ext.sprints | length > 1) | .key' out | wc -l)" -gt 0 ]
}

@test "a changelog of more than 100 comes whole although a search cuts it at 40" {
	demo_start --issues 300
	fetch --types issue,change >out
	jq -r 'select(.type == "jira_issue") | [.key, .data.changelog.total] | @tsv' out | sort >totals
	jq -r 'select(.type == "jira_change") | .ext.issue_id' out | sort | uniq -c |
		awk '{ print $2 "\t" $1 }' | sort >counts
	same "$(join <(grep -vP '\t0$' totals) counts | awk '$2 != $3')" ""
	[ "$(awk '$2 > 100' counts | wc -l)" -gt 0 ]
	[ "$(jq -r 'select(.type == "jira_issue") | .data.changelog.histories | length' out | sort -n | tail -1)" -eq 40 ]
}

@test "times that bulk changelogs give as numbers are times in the envelope" {
	demo_start --issues 300 --jira-epoch
	fetch --types issue,change >out
	[ "$(jq -r 'select(.type == "jira_change") | .data.created | type' out | grep -c number)" -gt 100 ]
	jq -e -s 'map(select(.type == "jira_change").updated_at) |
		all(test("^20[0-9-]+T[0-9:.]+Z$"))' out
	validate --rejects rejects <out >passed
	cmp out passed
}

@test "where bulk changelogs cannot be had they come issue by issue" {
	demo_start --issues 60
	faults <<-'END'
		{"match":"/jira/rest/api/3/changelog/bulkfetch","do":"status","status":404}
	END
	fetch --types issue,change >out
	same "$(found out)" "$(expected | grep -E 'jira_(issue|change)')"
}

@test "an issue whose history fails is a failed item, fetched alone later" {
	demo_start --issues 60
	fetch --types issue,change >whole
	id=$(jq -r 'select(.data.changelog.total? > 40) | .key' whole | head -1)
	faults <<-END
		{"match":"/jira/rest/api/3/changelog/bulkfetch","do":"status","status":404}
		{"match":"/jira/rest/api/3/issue/$id/changelog","do":"status","status":400}
	END
	run --separate-stderr -121 fetch --types issue,change
	printf '%s\n' "$output" >out
	same "$(jq -c 'select(.type == "failure") | [.entity, .key, .http]' out)" "[\"jira_change\",\"$id\",400]"
	jq -c 'select(.type == "failure")' out >items
	cursors out | jq -e '.PAY.updated'
	faults </dev/null
	fetch --items items >alone
	same "$(jq -c 'select(.type == "resolved") | [.entity, .key]' alone)" "[\"jira_change\",\"$id\"]"
	same "$(found alone | grep jira_change)" "$(found whole | grep "jira_change.*	$id/")"
}

@test "an issue that is gone when its item is fetched counts as resolved" {
	demo_start --issues 20
	echo '{"scope":"PAY","entity":"jira_issue","key":"99999999"}' |
		fetch --items - >out
	same "$(jq -r 'select(.type == "resolved") | .key' out)" 99999999
}

@test "a second run prints no issue and asks each list once" {
	demo_start --issues 300
	fetch >out
	cursors out >ck
	forget_requests
	fetch --checkpoint ck >again
	same "$(found again | grep -E 'jira_(issue|change)')" ""
	same "$(requests | jq -r '.paths | to_entries[] | select(.value > 1) |
		select(.key | test("search/jql|/sprint$") | not) | .key')" ""
	projects=$(jq -r 'select(.type == "jira_project") | .key' out | wc -l)
	[ "$(requests | jq '.paths["POST /jira/rest/api/3/search/jql"]')" -le $((2 * projects)) ]
	[ "$(requests | jq '.paths["POST /jira/rest/api/3/changelog/bulkfetch"] // 0')" -eq 0 ]
	same "$(cursors again | jq -S 'map_values(.updated)')" "$(jq -S 'map_values(.updated)' ck)"
}

@test "checkpoints chain: each begins byte for byte where the one before ended" {
	demo_start --issues 900
	fetch >out
	cursors out >ck
	fetch --checkpoint ck >again
	cat out again | grep '"type":"checkpoint"' |
		sed -E 's/^.*"scope":"([^"]*)","at":"[^"]*","from":(.*),"data":(.*)\}$/\1\t\2\t\3/' |
		awk -F'\t' '($1 in last ? last[$1] : "null") != $2 { print "broken at " $0 }
			{ last[$1] = $3; n++ } END { print n }' >chain
	same "$(grep broken chain)" ""
	[ "$(cat chain)" -gt 14 ]
}

@test "after a change exactly those issues come, with their history" {
	demo_start --issues 200
	fetch >out
	cursors out >ck
	{
		change issue-update
		change issue-create
		change issue-transition
		change issue-points
		change sprint-close
	} >changed
	fetch --checkpoint ck >again
	same "$(found again | grep jira_issue)" \
		"$(jq -r '.[] | select(.type == "jira_issue") | [.type, .scope, .key] | @tsv' changed | sort -u)"
	same "$(comm -13 <(found again) <(jq -r '.[] | [.type, .scope, .key] | @tsv' changed | sort -u))" ""
}

@test "moved and deleted issues end up right in the database" {
	demo_start --issues 200
	fetch | "$PULSE_BIN/load" -d pulse.db --checkpoints ck --job jira_job
	change issue-move >moved
	change issue-delete >deleted
	fetch --checkpoint ck/1/jira_job.json | "$PULSE_BIN/load" -d pulse.db --checkpoints ck --job jira_job
	same "$(sqlite3 -readonly -separator '	' pulse.db "SELECT 'jira_issue', project_key, id
		FROM issues WHERE deleted_at IS NULL" | sort -u)" "$(expected jira_issue)"
	[ "$(sqlite3 -readonly pulse.db 'SELECT count(*) FROM issues WHERE deleted_at IS NOT NULL')" -eq 1 ]
}

# until_line PATTERN SIGNAL FILE - writes what fetch prints to FILE, and sends it
# SIGNAL once when a line matches; sets code.
until_line() {
	local line sent=
	mkfifo pipe
	fetch-jira -q --base-url "$DEMO_URL/jira" --types issue,change -j 2 >pipe 3>&- &
	while read -r line; do
		printf '%s\n' "$line"
		# shellcheck disable=SC2053
		if [ -z "$sent" ] && [[ $line == $1 ]]; then
			kill "-$2" $!
			sent=1
		fi
	done <pipe >"$3"
	code=0
	wait $! || code=$?
}

# committed FILE - what a spool would keep of it
committed() { head -n "$(grep -n '"type":"checkpoint"' "$1" | tail -1 | cut -d: -f1)" "$1"; }

@test "a first load goes by windows and goes on after a kill where its last checkpoint was" {
	demo_start --issues 1500 --latency-ms 20 --tz UTC
	until_line '*"type":"checkpoint"*"created":"2*' KILL all
	[ "$code" -eq 137 ]
	committed all >kept
	cursors kept >ck
	fetch --types issue,change --checkpoint ck >rest
	same "$(found kept rest)" "$(expected | grep -E 'jira_(issue|change)')"
	# Windows that are done are not walked again.
	jq -r 'to_entries[] | select(.value.walk.created) | [.key, .value.walk.created] | @tsv' ck >windows
	[ -s windows ]
	while read -r scope created; do
		same "$(jq -r --arg s "$scope" --arg c "${created:0:19}" '
			select(.type == "jira_issue" and .scope == $s) |
			select(.data.fields.created < $c) | .key' rest)" ""
	done <windows
}

@test "TERM ends a fetch with 75 after what is under way, and nothing is lost" {
	demo_start --issues 900 --latency-ms 20
	until_line '*"jira_issue"*' TERM all
	[ "$code" -eq 75 ]
	committed all >kept
	[ -s kept ]
	cursors kept >ck
	fetch --types issue,change --checkpoint ck >rest
	same "$(found kept rest)" "$(expected | grep -E 'jira_(issue|change)')"
	[ "$(found rest | wc -l)" -lt "$(expected | grep -cE 'jira_(issue|change)')" ]
}

@test "an issue that the site's index shows late is found by a later run" {
	demo_start --issues 60
	fetch --types issue,change >out
	cursors out >ck
	curl -sf -d '{"what":"issue-update","lag":1}' "$DEMO_URL/__demo/change" >changed
	fetch --types issue,change --checkpoint ck >late
	same "$(found late)" ""
	cursors late >ck
	change index-catch-up >caught
	fetch --types issue,change --checkpoint ck >again
	same "$(found again | grep jira_issue)" \
		"$(jq -r '.[] | select(.type == "jira_issue") | [.type, .scope, .key] | @tsv' changed)"
}

@test "a failing project neither stops nor rewinds the others" {
	demo_start --issues 200
	fetch >whole
	cursors whole >ck
	change issue-update >changed
	faults <<-'END'
		{"match":"/jira/rest/api/3/search/jql","method":"POST","do":"status","status":400,"count":1}
	END
	run --separate-stderr -121 fetch -j 1 --checkpoint ck
	printf '%s\n' "$output" >out
	failed=$(jq -r 'select(.type == "failure") | .scope' out)
	[ -n "$failed" ]
	same "$(jq -r 'select(.type == "checkpoint") | .scope' out | sort -u | grep -cx "$failed")" 0
	[ "$(jq -r 'select(.type == "checkpoint" and .scope != "site") | .scope' out | sort -u | wc -l)" -eq 5 ]
}

@test "a token that comes again ends a project with 76" {
	demo_start --issues 50
	faults <<-'END'
		{"match":"/jira/rest/api/3/search/jql","method":"POST","do":"status","status":200,"body":"{\"issues\":[],\"nextPageToken\":\"again\",\"isLast\":false}"}
	END
	run --separate-stderr -121 fetch --project PAY
	jq -e -s 'map(select(.type == "failure")) |
		length == 1 and .[0].scope == "PAY" and (.[0].reason | test("again"))' <<<"$output"
	run --separate-stderr -76 fetch --project PAY --types issue
}

@test "kanban boards without sprints and hidden workflows are no failures" {
	demo_start --issues 100
	run --separate-stderr -0 fetch-jira --no-progress --base-url "$DEMO_URL/jira" --types board,sprint,workflow,status
	same "$(grep -c workflows <<<"$stderr")" 1
	same "$(jq -r 'select(.type == "jira_workflow") | .key' <<<"$output")" ""
	[ "$(requests | jq '.statuses["400"]')" -ge 1 ]
	jq -e -s '[.[] | select(.type == "jira_board")] | length > 0 and
		all(.ext.configuration.id == .data.id)' <<<"$output"
}

@test "workflows come when the account may list them" {
	demo_start --issues 20 --jira-admin
	fetch --types workflow >out
	same "$(found out)" "$(expected jira_workflow)"
	[ -s out ]
	jq -e -s 'map(select(.type == "jira_workflow").ext.name) | length > 0 and all(length > 0)' out
}

@test "only the projects that are asked for come; one that is not there is told" {
	demo_start --issues 100
	run --separate-stderr -0 fetch --project WEB --types issue
	same "$(jq -r 'select(.type == "jira_issue") | .scope' <<<"$output" | sort -u)" WEB
	run --separate-stderr -121 fetch --project WEB --project NONE
	same "$(jq -r 'select(.type == "failure") | [.scope, .class] | @tsv' <<<"$output")" "NONE	configuration"
	run --separate-stderr -78 fetch --project NONE --types issue
}

@test "a walk of one type alone does not let the other one's changes slip" {
	demo_start --issues 60
	fetch --types issue >out
	cursors out >ck
	fetch --types issue,change --checkpoint ck >both
	same "$(found both)" "$(expected | grep -E 'jira_(issue|change)')"
}

@test "the first load is told before it starts; -n prints no record" {
	demo_start --issues 100
	run --separate-stderr -0 fetch-jira --no-progress --base-url "$DEMO_URL/jira" -n
	[ -z "$output" ]
	[[ $stderr == *"first load: "*" requests, less than a minute ("* ]]
	[[ $stderr == *'would ask: project = "PAY" AND updated >= '* ]]
}

@test "progress is noted for the run's supervisor, with the costs at the end" {
	demo_start --issues 200
	PULSE_RUN_DIR=$PWD fetch >out
	tail -1 progress >last
	jq -e '.tool == "fetch-jira" and .requests > 20 and .bytes > 1000' last
	same "$(jq .records last)" "$(found out | wc -l)"
}

@test "a wrong token ends with 77 and names the setting" {
	demo_start --issues 20
	JIRA_API_TOKEN=wrong run --separate-stderr -77 fetch
	[ -z "$output" ]
	[[ $stderr == *JIRA_API_TOKEN*jira.api_token* ]]
	[ "$(wc -l <<<"$stderr")" -eq 1 ]
	[ "$(requests | jq '.statuses["401"]')" -eq 1 ]
}

@test "without a token it says where one is looked for" {
	unset JIRA_API_TOKEN
	run --separate-stderr -77 fetch-jira --base-url http://127.0.0.1:9/jira
	[[ $stderr == *JIRA_API_TOKEN*--token-file*jira.api_token* ]]
	unset JIRA_EMAIL
	JIRA_API_TOKEN=x run --separate-stderr -77 fetch-jira --base-url http://127.0.0.1:9/jira
	[[ $stderr == *JIRA_EMAIL* ]]
}

@test "a site that is not there ends with 78, one without settings too" {
	demo_start --issues 20
	run --separate-stderr -78 fetch-jira -q --base-url "$DEMO_URL/nowhere"
	run --separate-stderr -78 fetch-jira -q
	[[ $stderr == *--base-url* ]]
	run --separate-stderr -78 fetch-jira -q --base-url http://jira.example
	[ -z "$output" ]
}

@test "a login page instead of JSON gives no record, 65 or 76" {
	demo_start --issues 20
	faults <<-'END'
		{"match":"/jira","do":"html","status":200}
	END
	code=0
	fetch >out 2>err || code=$?
	[ "$code" -eq 65 ] || [ "$code" -eq 76 ]
	[ ! -s out ]
	[ "$(wc -l <err)" -eq 1 ]
}

@test "a redirect to another origin is refused and no token goes there" {
	demo_start --issues 20
	faults <<-'END'
		{"match":"/jira/rest/api/3/myself","do":"redirect"}
	END
	run --separate-stderr -76 fetch
	[ -z "$output" ]
}

@test "a 429 is waited out, or ends the run with 75 and nothing half-done" {
	demo_start --issues 50
	faults <<-'END'
		{"match":"/jira/rest/api/3/search/jql","do":"status","status":429,"retry_after":1,"count":1}
	END
	fetch >out
	same "$(found out)" "$(expected)"
	faults <<-'END'
		{"match":"/jira/rest/api/3/search/jql","do":"status","status":429,"retry_after":3600,"after":3}
	END
	PULSE_RUN_DIR=$PWD run --separate-stderr -75 fetch --max-wait 1s -j 1
	jq -e '.class == "api_rate_limit" and .not_before > .at' failures
	printf '%s\n' "$output" | tail -1 | jq -e .
}

@test "a server that cuts, breaks and resets is asked again" {
	demo_start --issues 50
	faults <<-'END'
		{"match":"/jira/rest/api/3/search/jql","do":"cut","count":1}
		{"match":"/jira/rest/api/3/changelog/bulkfetch","do":"reset","count":1}
		{"match":"/jira/rest/api/3/status","do":"status","status":503,"count":1}
	END
	fetch >out
	same "$(found out)" "$(expected)"
}

@test "PULSE_NOT_BEFORE ahead ends with 69 before anything is asked" {
	demo_start --issues 20
	PULSE_NOT_BEFORE=2100-01-01T00:00:00Z run --separate-stderr -69 fetch
	[ "$(requests | jq .total)" -eq 0 ]
}

@test "output that cannot be written ends with 74; a reader that leaves is no error to tell" {
	demo_start --issues 100
	run --separate-stderr -74 bash -c 'fetch-jira -q --base-url "$DEMO_URL/jira" >/dev/full'
	[[ $stderr == *"standard output"* ]]
	run --separate-stderr -0 bash -c 'fetch-jira -q --base-url "$DEMO_URL/jira" | head -1 >first'
	[ -z "$stderr" ]
	jq -e .type first
}

@test "the token stands in nothing that is printed or noted" {
	demo_start --issues 50
	PULSE_RUN_DIR=$PWD fetch -v --cache cache >out 2>err
	PULSE_RUN_DIR=$PWD fetch --types nothing >>out 2>>err || true
	! grep -rF -e "$JIRA_API_TOKEN" -e "$(printf %s "$JIRA_EMAIL:$JIRA_API_TOKEN" | base64 -w0)" .
}

@test "misuse ends with 64, a damaged cursor file or item with 65" {
	run --separate-stderr -64 fetch-jira --flavor server
	run --separate-stderr -64 fetch-jira --types jira_isue
	[[ $stderr == *jira_issue* ]]
	run --separate-stderr -64 fetch-jira -j 0
	echo '{"PAY":' >ck
	run --separate-stderr -65 fetch-jira --base-url http://127.0.0.1:9 --checkpoint ck
	echo '{"scope":"PAY"}' >items
	run --separate-stderr -65 fetch-jira --base-url http://127.0.0.1:9 --items items
	[[ $stderr == *"line 1"* ]]
}

@test "a status that pulse.yaml maps has that category in the table" {
	# At some moments of the year PAY has nothing in To Do.
	demo_start --now 2026-11-20T08:00:00Z
	printf 'clients:\n - jira: {projects: [PAY], status_mapping: {PAY: {To Do: indeterminate}}}\n' >mapped.yaml
	"$PULSE_BIN/fetch-jira" -q -c mapped.yaml --base-url "$DEMO_URL/jira" | validate | "$PULSE_BIN/load" -d a.db
	same "$(sqlite3 a.db "SELECT DISTINCT status_category FROM issues WHERE status = 'To Do'")" indeterminate
	same "$(sqlite3 a.db "SELECT DISTINCT status_category FROM issues WHERE status = 'Done'")" 'done'
}
