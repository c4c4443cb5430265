#!/usr/bin/env bats
# The Jira half of demo-api, asked by curl; truth is /__demo/expected, which is
# read off the model, or figured here by jq and date.

load helper

NOW=2026-11-24T06:00:00Z

setup() { in_own_folder; }
teardown() { demo_stop; }

# ask PATH [JSON] - the body; the status goes to the file `status`.
ask() {
	local args=(-s -o body -w '%{http_code}' -u demo@acme.test:demo-jira-token)
	[ $# -lt 2 ] || args+=(-H 'Content-Type: application/json' -d "$2")
	curl "${args[@]}" "$DEMO_URL/jira$1" >status
	cat body
}
status() { cat status; }
expected() { curl -s "$DEMO_URL/__demo/expected?type=$1"; }

# Every page of a search, a line each.
walk() { # JQL [MORE_JSON]
	local token=null
	while :; do
		ask /rest/api/3/search/jql "$(jq -nc --arg jql "$1" --argjson token "$token" \
			--argjson more "${2:-"{}"}" \
			'{jql: $jql} + $more + if $token then {nextPageToken: $token} else {} end')" |
			jq -c .
		[ "$(jq -r .isLast body)" = false ] || break
		token=$(jq .nextPageToken body)
	done
}

# Changelogs of the ids on stdin, as ID/HISTORY.
changes_of() {
	local ids token=null
	ids=$(jq -Rnc '[inputs]')
	while :; do
		ask /rest/api/3/changelog/bulkfetch "$(jq -nc --argjson ids "$ids" --argjson token "$token" \
			'{issueIdsOrKeys: $ids, maxResults: 300} + if $token then {nextPageToken: $token} else {} end')" |
			jq -r '.issueChangeLogs[] | .issueId as $i | .changeHistories[] | "\($i)/\(.id)"'
		token=$(jq '.nextPageToken // null' body)
		[ "$token" != null ] || break
	done
}

@test "a walk by tokens gives every issue of a project once, over short pages" {
	demo_start --now "$NOW"
	for project in PAY A_B OPS; do
		walk "project = $project order by created asc" '{"maxResults": 20}' >pages
		same "$(jq -r '.issues[].id' pages | sort)" \
			"$(expected jira_issue | jq -r ".jira_issue[\"$project\"][]" | sort)"
		jq -e -s 'any(.[:-1][]; .issues | length < 20)' pages
		jq -e -s '.[-1].nextPageToken == null' pages
	done
}

@test "a search without fields gives ids only, and startAt is ignored" {
	demo_start --now "$NOW"
	ask /rest/api/3/search/jql '{"jql": "project = PAY", "maxResults": 3}' >first
	jq -e '.issues | length > 0 and all(keys == ["id"])' first
	jq -e 'has("total") or has("startAt") | not' first
	ask /rest/api/3/search/jql '{"jql": "project = PAY", "maxResults": 3, "startAt": 50}' >second
	cmp first second
}

@test "an unbounded query, an unknown field and an unknown project are refused" {
	demo_start --now "$NOW"
	for jql in '' 'order by created' 'nothing = 3' 'project = NOPE' 'project =' 'project = PAY and' \
		'(project = PAY' 'key = PAY-99999' 'updated >= "2026-11-01 10:00:00"'; do
		ask /rest/api/3/search/jql "$(jq -nc --arg jql "$jql" '{jql: $jql}')" |
			jq -e '.errorMessages[0] | length > 10'
		[ "$(status)" = 400 ]
	done
}

@test "the old search answers 410 with a pointer, another version 404" {
	demo_start --now "$NOW"
	ask '/rest/api/3/search?jql=project=PAY' | jq -e '.errorMessages[0] | test("CHANGE-2046")'
	[ "$(status)" = 410 ]
	ask /rest/api/2/search '{}'
	[ "$(status)" = 410 ]
	ask /rest/api/4/myself
	[ "$(status)" = 404 ]
}

@test "a token belongs to its query and holds the rows while issues change" {
	demo_start --now "$NOW"
	ask /rest/api/3/search/jql '{"jql": "project = PAY order by updated asc", "maxResults": 30}' >one
	token=$(jq -r .nextPageToken one)
	ask /rest/api/3/search/jql "{\"jql\": \"project = WEB\", \"nextPageToken\": \"$token\"}"
	[ "$(status)" = 400 ]
	for i in 1 2 3 4 5; do
		curl -s -d '{"what":"issue-update","count":5}' "$DEMO_URL/__demo/change" >/dev/null
	done
	walk "project = PAY order by updated asc" "{\"maxResults\": 1000}" >after
	{
		jq -r '.issues[].id' one
		while [ -n "$token" ]; do
			ask /rest/api/3/search/jql "{\"jql\": \"project = PAY order by updated asc\", \"maxResults\": 30, \"nextPageToken\": \"$token\"}" |
				jq -r '.issues[].id'
			token=$(jq -r '.nextPageToken // empty' body)
		done
	} | sort >walked
	same "$(uniq -d walked)" ""
	same "$(cat walked)" "$(jq -r '.issues[].id' after | sort)"
}

@test "JQL reads dates in the account's zone, to the minute" {
	for zone in Asia/Tokyo America/New_York Europe/Berlin; do
		demo_start --now "$NOW" --tz "$zone"
		[ "$(ask /rest/api/3/myself | jq -r .timeZone)" = "$zone" ]
		walk 'project in (PAY, WEB)' '{"maxResults": 1000, "fields": ["updated"]}' |
			jq -r '.issues[] | "\(.id) \(.fields.updated)"' | sort >all
		while read -r id updated; do
			echo "$id $(date -d "$updated" +%s)"
		done <all >seconds
		for at in $(sort -k2n seconds | awk 'NR % 29 == 3 { print $2 }'); do
			wall=$(TZ=$zone date -d "@$at" '+%Y-%m-%d %H:%M')
			minute=$((at / 60 * 60))
			same "$(walk "project in (PAY, WEB) and updated >= \"$wall\"" '{"maxResults": 5000}' |
				jq -r '.issues[].id' | sort)" \
				"$(awk -v m="$minute" '$2 >= m { print $1 }' seconds | sort)"
			same "$(walk "project in (PAY,WEB) AND updated < '${wall//-//}'" '{"maxResults": 5000}' |
				jq -r '.issues[].id' | sort)" \
				"$(awk -v m="$minute" '$2 < m { print $1 }' seconds | sort)"
		done
		demo_stop
	done
}

@test "in the repeated hour of autumn a wall time means the later instant" {
	# Berlin went back from 03:00 to 02:00 on 2026-10-25 at 01:00 UTC.
	demo_start --now 2026-10-24T12:00:00Z --tz Europe/Berlin
	for wish in PAY-2,2026-10-25T00:30:00Z PAY-3,2026-10-25T01:30:00Z; do
		curl -s -d "{\"what\":\"issue-update\",\"key\":\"${wish%,*}\",\"at\":\"${wish#*,}\"}" "$DEMO_URL/__demo/change" |
			jq -r ".[0].key"
	done >changed
	same "$(walk "updated >= \"2026-10-25 02:15\" and updated <= \"2026-10-25 02:45\"" | jq -r ".issues[].id")" \
		"$(sed -n 2p changed)"
	same "$(walk "updated >= \"2026-10-25 01:45\" order by id asc" | jq -r ".issues[].id")" "$(sort -n changed)"
}

@test "a number without quotes is epoch milliseconds" {
	demo_start --now "$NOW"
	walk 'project = PAY' '{"fields": ["created"], "maxResults": 1000}' |
		jq -r '.issues[].fields.created' | while read -r t; do date -d "$t" +%s%3N; done | sort -n >times
	ms=$(sed -n 40p times)
	same "$(ask /rest/api/3/search/approximate-count "{\"jql\": \"project = PAY and created >= $ms\"}" | jq .count)" \
		"$(awk -v ms="$ms" '$1 >= ms' times | wc -l)"
	same "$(ask /rest/api/3/search/approximate-count "{\"jql\": \"project = PAY and created > $ms\"}" | jq .count)" \
		"$(awk -v ms="$ms" '$1 > ms' times | wc -l)"
}

@test "keys and ids are ordered as numbers and compared within their project" {
	demo_start --now "$NOW"
	walk 'project = PAY and key > PAY-9 order by key desc' '{"fields": ["summary"], "maxResults": 1000}' |
		jq -r '.issues[].key' >keys
	same "$(cat keys)" "$(sort -t- -k2nr keys)"
	refute grep -E '^PAY-[1-9]$' keys
	walk 'id >= 10100 and id < 10200 and project != OPS order by id asc' '{"maxResults": 1000}' | jq -r '.issues[].id' >ids
	same "$(cat ids)" "$(sort -n ids)"
	[ "$(head -1 ids)" -ge 10100 ]
	[ "$(tail -1 ids)" -lt 10200 ]
}

@test "the embedded changelog is cut at the newest 40 and says how many there are" {
	demo_start --now "$NOW"
	walk 'project = PAY' '{"maxResults": 100, "fields": ["status"], "expand": "changelog"}' |
		jq -c '.issues[]' >issues
	jq -s -e 'any(.changelog.total > 100) and any(.changelog.total > 40)
		and all(.changelog | (.histories | length) == ([.total, 40] | min))
		and all(.changelog.histories | map(.id | tonumber) | . == (sort | reverse))' issues
	jq -r '.id as $i | .changelog.total | "\($i) \(.)"' issues | sort >totals
	expected jira_change | jq -r '.jira_change.PAY[]' | cut -d/ -f1 | sort | uniq -c |
		awk '{ print $2, $1 }' | sort >truth
	same "$(grep -v ' 0$' totals)" "$(cat truth)"
}

@test "bulk changelogs give every history once, oldest first, over pages" {
	demo_start --now "$NOW"
	expected jira_issue | jq -r '.jira_issue[][]' | changes_of | sort >got
	same "$(cat got)" "$(expected jira_change | jq -r '.jira_change[][]' | sort)"
	ask /rest/api/3/changelog/bulkfetch '{"issueIdsOrKeys": ["PAY-5", "PAY-3"], "fieldIds": ["status"]}' >some
	jq -e '[.issueChangeLogs[].changeHistories | map(.id | tonumber) | . == sort] | all' some
	jq -e '[.issueChangeLogs[].changeHistories[].items[].fieldId] | unique == ["status"]' some
	ask /rest/api/3/changelog/bulkfetch "$(jq -nc '{issueIdsOrKeys: [range(1001) | tostring]}')"
	[ "$(status)" = 400 ]
	ask /rest/api/3/changelog/bulkfetch "$(jq -nc '{issueIdsOrKeys: ["PAY-5"], fieldIds: [range(11) | "f\(.)"]}')"
	[ "$(status)" = 400 ]
}

@test "the changelog of one issue comes in pages of 100" {
	demo_start --now "$NOW"
	ask /rest/api/3/issue/PAY-5/changelog >one
	total=$(jq .total one)
	[ "$total" -gt 100 ]
	jq -e '(.values | length) == 100 and .isLast == false' one
	ask '/rest/api/3/issue/PAY-5/changelog?startAt=100' >two
	jq -e --argjson total "$total" '(.values | length) == $total - 100 and .isLast' two
}

@test "what an issue is agrees with the last of its changes" {
	demo_start --now "$NOW"
	for project in PAY WEB MOB AB2 A_B OPS; do
		walk "project = $project" '{"maxResults": 1000, "fields": ["*all"]}' | jq -c '.issues[]' >issues
		jq -r .id issues >ids
		ask /rest/api/3/changelog/bulkfetch "$(jq -Rnc '{issueIdsOrKeys: [inputs], maxResults: 10000}' ids)" >log
		jq -s -r --slurpfile log log '
			($log[0].issueChangeLogs | map({key: .issueId, value: [.changeHistories[].items[]]}) | from_entries) as $items
			| .[] | .fields as $f | ($items[.id] // []) as $i
			| def last_to(id): [$i[] | select(.fieldId == id)] | last;
			[ (last_to("status") | if . then .to == $f.status.id else true end),
			  (last_to("assignee") | if . then .to == $f.assignee.accountId else true end),
			  (last_to("priority") | if . then .to == $f.priority.id else true end),
			  (last_to("resolution") | if . then .to == $f.resolution.id else $f.resolution == null end),
			  (last_to("customfield_10020") | if . then .to == ([$f.customfield_10020[]?.id | tostring] | join(", ")) else $f.customfield_10020 == null end),
			  (last_to("customfield_10028") // last_to("customfield_10016") | if . then (.toString | tonumber) == ($f.customfield_10028 // $f.customfield_10016) else true end),
			  ([$i | group_by(.fieldId)[] | select(.[0].fieldId | IN("status", "resolution", "customfield_10020"))
			    | [.[:-1], .[1:]] | transpose[] | .[0].to == .[1].from] | all)
			] | all' issues | sort | uniq -c >verdicts
		same "$(awk '{ print $2 }' verdicts)" true
	done
}

@test "a team-managed project finishes issues without a resolution" {
	demo_start --now "$NOW"
	walk 'project = A_B and statusCategory = Done' '{"maxResults": 1000, "fields": ["resolution", "resolutiondate"]}' |
		jq -s -e '[.[].issues[]] | length > 5 and all(.fields.resolution == null and .fields.resolutiondate == null)'
	walk 'project = PAY and statusCategory = Done' '{"maxResults": 1000, "fields": ["resolution", "resolutiondate"]}' |
		jq -s -e '[.[].issues[]] | length > 5 and all(.fields.resolution != null and .fields.resolutiondate != null)'
}

@test "an issue with all its fields is as large as a real one" {
	demo_start --now "$NOW"
	walk 'project = PAY' '{"maxResults": 100, "fields": ["*all"]}' |
		jq -s -e '[.[].issues[] | tojson | length] | (add / length) as $mean
			| length > 50 and $mean > 9000 and $mean < 17000'
	ask /rest/api/3/issue/PAY-7 | jq -e '[.fields[] | select(. == null)] | length > 40'
}

@test "descriptions are documents in v3 and texts in v2" {
	demo_start --now "$NOW"
	for v in 2 3; do
		ask "/rest/api/$v/search/jql?jql=project=PAY&fields=description&maxResults=100" |
			jq -e --argjson v "$v" '[.issues[].fields.description | select(. != null) | type] | unique == [if $v == 3 then "object" else "string" end]'
	done
}

@test "bulkfetch gives up to 100 issues and names those that it cannot give" {
	demo_start --now "$NOW"
	ask /rest/api/3/issue/bulkfetch '{"issueIdsOrKeys": ["PAY-1", "10002", "NOPE-1"], "fields": ["summary"]}' |
		jq -e '(.issues | length) == 2 and (.issueErrors | map(.id)) == ["NOPE-1"]'
	ask /rest/api/3/issue/bulkfetch "$(jq -nc '{issueIdsOrKeys: [range(101) | "PAY-1"]}')"
	[ "$(status)" = 400 ]
	ask /rest/api/3/issue/NOPE-1
	[ "$(status)" = 404 ]
}

@test "the site's lists hold what is expected, page by page" {
	demo_start --now "$NOW" --jira-admin
	ask '/rest/api/3/project/search?maxResults=4' >one
	ask '/rest/api/3/project/search?maxResults=4&startAt=4' >two
	jq -e '.isLast | not' one
	jq -e .isLast two
	same "$(jq -r '.values[].id' one two)" "$(expected jira_project | jq -r '.jira_project.site[]')"
	same "$(ask /rest/api/3/project | jq -r '.[].key' | head -1)" PAY
	same "$(ask /rest/api/3/status | jq -r '.[].id')" "$(expected jira_status | jq -r '.jira_status.site[]')"
	same "$(ask /rest/api/3/field | jq -r '.[].id')" "$(expected jira_field | jq -r '.jira_field.site[]')"
	same "$(ask /rest/api/3/workflows/search | jq -r '.values[].id')" \
		"$(expected jira_workflow | jq -r '.jira_workflow.site[]')"
	# The older resource leaves out those of team-managed projects.
	[ "$(ask /rest/api/3/workflow/search | jq '.values | length')" -lt \
		"$(expected jira_workflow | jq '.jira_workflow.site | length')" ]
	for start in 0 10 20; do
		ask "/rest/api/3/users/search?startAt=$start&maxResults=10" | jq -r '.[].accountId'
	done >users
	same "$(cat users)" "$(expected jira_user | jq -r '.jira_user.site[]')"
	same "$(ask '/rest/api/3/users/search?startAt=30' | jq -c .)" '[]'
}

@test "status names repeat under other ids and one has no category" {
	demo_start --now "$NOW"
	ask /rest/api/3/status >statuses
	jq -e '[.[] | select(.name == "Done") | .id] | length == 3' statuses
	jq -e '[.[].statusCategory.key] | unique == ["done", "indeterminate", "new", "undefined"]' statuses
}

@test "workflows are for administrators only" {
	demo_start --now "$NOW"
	ask /rest/api/3/workflow/search
	[ "$(status)" = 403 ]
	ask /rest/api/3/workflows/search
	[ "$(status)" = 403 ]
	same "$(expected jira_workflow | jq -c .jira_workflow)" '{"site":[]}'
}

@test "the fields for sprints and points are told by their schema" {
	demo_start --now "$NOW"
	ask /rest/api/3/field >fields
	same "$(jq -r '.[] | select(.schema.custom == "com.pyxis.greenhopper.jira:gh-sprint") | .id' fields)" customfield_10020
	same "$(jq -r '.[] | select(.name == "Story Points") | .schema.custom' fields)" \
		com.atlassian.jira.plugin.system.customfieldtypes:float
	same "$(jq -r '.[] | select(.schema.custom == "com.pyxis.greenhopper.jira:jsw-story-points") | .id' fields)" customfield_10016
}

@test "boards without sprints answer 400 for them; a sprint may be on two boards" {
	demo_start --now "$NOW"
	ask /rest/agile/1.0/board >boards
	jq -r '.values[] | "\(.id) \(.type)"' boards | while read -r id type; do
		ask "/rest/agile/1.0/board/$id/sprint" >"sprints.$id"
		case $type in
		scrum) [ "$(status)" = 200 ] ;;
		kanban) [ "$(status)" = 400 ] ;;
		esac
		echo "$type $(status)"
	done >kinds
	grep -q '^simple 200' kinds && grep -q '^simple 400' kinds && grep -q '^kanban 400' kinds
	same "$(ask '/rest/agile/1.0/board?type=kanban' | jq -c '[.values[].type] | unique')" '["kanban"]'
	for id in $(jq '.values[].id' boards); do
		for start in 0 50 100; do
			ask "/rest/agile/1.0/board/$id/sprint?startAt=$start" | jq -r '.values[]?.id'
		done
	done >shown
	[ "$(sort shown | uniq -d | wc -l)" -gt 10 ]
	same "$(sort -nu shown)" "$(expected jira_sprint | jq -r '.jira_sprint.site[]' | sort -n)"
	ask '/rest/agile/1.0/board/1/sprint?state=active,future' | jq -e '[.values[].state] | unique == ["active", "future"]'
	ask /rest/agile/1.0/board/1/configuration |
		jq -e '.columnConfig.columns[-1].statuses == [.columnConfig.columns[-1].statuses[0]]
			and .estimation.field.fieldId == "customfield_10028" and .filter.id == "10001"'
}

@test "only the account's token is let in, serverInfo apart" {
	demo_start --now "$NOW"
	code() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
	same "$(code "$DEMO_URL/jira/rest/api/3/serverInfo")" 200
	same "$(code "$DEMO_URL/jira/rest/api/3/myself")" 401
	same "$(code -u demo@acme.test:wrong "$DEMO_URL/jira/rest/api/3/serverInfo")" 401
	same "$(code -H 'Authorization: Bearer demo-jira-token' "$DEMO_URL/jira/rest/api/3/myself")" 200
	same "$(code -X DELETE -u demo@acme.test:demo-jira-token "$DEMO_URL/jira/rest/api/3/issue/PAY-1")" 405
}

@test "rate limit headers speak minutes on Cloud and buckets on Data Center" {
	demo_start --now "$NOW"
	curl -s -D - -o /dev/null -u demo@acme.test:demo-jira-token "$DEMO_URL/jira/rest/api/3/myself" |
		tr -d '\r' | grep -iE '^x-ratelimit-reset: [0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}Z$'
	demo_stop
	demo_start --now "$NOW" --flavor dc
	curl -s -D - -o /dev/null -H 'Authorization: Bearer demo-jira-token' "$DEMO_URL/jira/rest/api/2/myself" |
		tr -d '\r' | grep -iE '^x-ratelimit-fillrate: [0-9]+$'
}

@test "Data Center pages by offset under its cap and fails beyond its window" {
	demo_start --now "$NOW" --flavor dc --jira-cap 20 --jira-window 60
	[ "$(ask /rest/api/2/serverInfo | jq -r .deploymentType)" = Server ]
	for start in 0 20 40; do
		ask "/rest/api/2/search?jql=project=PAY+order+by+key&maxResults=1000&startAt=$start" |
			jq -e '.maxResults == 20 and (.issues | length) == 20 and .total > 60' >&2
		jq -r '.issues[].id' body
	done >ids
	same "$(sort ids | uniq -d)" ""
	[ "$(wc -l <ids)" -eq 60 ]
	ask '/rest/api/2/search?jql=project=PAY&maxResults=20&startAt=60'
	[ "$(status)" = 500 ]
	ask /rest/api/2/search '{"jql": "", "maxResults": 1, "fields": ["summary"]}' | jq -e '.total > 400'
	ask /rest/api/3/search/jql '{"jql": "project = PAY"}'
	[ "$(status)" = 404 ]
}

@test "Data Center embeds the whole changelog and writes sprints as text" {
	demo_start --now "$NOW" --flavor dc
	ask /rest/api/2/search '{"jql": "project = PAY", "maxResults": 500, "fields": ["*all"], "expand": ["changelog"]}' >page
	same "$(jq -r '.issues[] | .id as $i | .changelog.histories[] | "\($i)/\(.id)"' page | sort)" \
		"$(expected jira_change | jq -r '.jira_change.PAY[]' | sort)"
	jq -e '[.issues[] | select(.changelog.total > 100)] | length > 0' page
	jq -e '[.issues[].fields.customfield_10020[]?] | length > 20 and
		all(test("^com\\.atlassian\\.greenhopper\\.service\\.sprint\\.Sprint@[0-9a-f]+\\[id=[0-9]+,rapidViewId=1,state=(CLOSED|ACTIVE|FUTURE),name=PAY Sprint"))' page
	refute grep -q accountId page
	jq -e '[.issues[].fields.reporter.name] | index("alice") != null' page
	ask /rest/api/2/project | jq -e 'length == 6'
	same "$(ask '/rest/api/2/user/search?username=.&includeInactive=true&maxResults=100' | jq -r '.[].key')" \
		"$(expected jira_user | jq -r '.jira_user.site[]')"
}

@test "a change says which rows appeared and vanished" {
	demo_start --now "$NOW"
	rows() {
		curl -s "$DEMO_URL/__demo/expected" |
			jq -r 'to_entries[] | select(.key | startswith("jira_")) | .key as $t | .value | to_entries[]
				| .key as $s | .value[] | "\($t) \($s) \(.)"' | sort
	}
	for what in issue-update issue-transition issue-points issue-comment issue-move issue-delete \
		issue-create issue-sprint sprint-close sprint-start sprint-delete board-delete \
		project-rename user-deactivate; do
		rows >before
		curl -s -d "{\"what\":\"$what\",\"project\":\"WEB\"}" "$DEMO_URL/__demo/change" >told
		rows >after
		flat='.. | objects | select(.how == $how) | "\(.type) \(.scope) \(.key)"'
		same "$(jq -r --arg how appeared "$flat" told | sort)" "$(comm -13 before after)"
		same "$(jq -r --arg how vanished "$flat" told | sort)" "$(comm -23 before after)"
		jq -e '[.. | objects | select(has("how"))] | length > 0' told
	done
}

@test "a moved issue keeps its id, changes its key, and answers to the old one" {
	demo_start --now "$NOW"
	ask '/rest/api/3/issue/PAY-7?fields=project' >was
	curl -s -d '{"what":"issue-move","key":"PAY-7","to":"AB2"}' "$DEMO_URL/__demo/change" >/dev/null
	ask '/rest/api/3/issue/PAY-7?fields=project,updated' >is
	same "$(jq -r .id is)" "$(jq -r .id was)"
	jq -e '(.key | startswith("AB2-")) and .fields.project.key == "AB2"' is
	same "$(walk "key = PAY-7" '{"fields": ["status"]}' | jq -r '.issues[0].key')" "$(jq -r .key is)"
	ask "/rest/api/3/issue/PAY-7/changelog?startAt=$(($(ask /rest/api/3/issue/PAY-7/changelog | jq .total) - 1))" |
		jq -e '[.values[-1].items[].fieldId] | index("project") != null and index("issuekey") != null'
}

@test "a deleted issue is nowhere any more" {
	demo_start --now "$NOW"
	curl -s -d '{"what":"issue-delete","key":"PAY-8"}' "$DEMO_URL/__demo/change" >/dev/null
	ask /rest/api/3/issue/PAY-8
	[ "$(status)" = 404 ]
	! walk 'project = PAY' '{"fields": ["status"], "maxResults": 1000}' | jq -r '.issues[].key' | grep -x PAY-8
}

@test "a lagging search index shows a change late, with its old time" {
	demo_start --now "$NOW"
	count() { ask /rest/api/3/search/approximate-count "{\"jql\": \"$1\"}" | jq .count; }
	change() { curl -s -d "$1" "$DEMO_URL/__demo/change" >/dev/null; }
	before=$(count 'project = PAY')
	change '{"what":"issue-update","key":"PAY-2","lag":1}'
	change '{"what":"issue-create","project":"PAY","lag":1}'
	change '{"what":"issue-update","key":"PAY-4"}'
	same "$(count 'updated >= \"2026-11-24 07:00\"')" 1
	same "$(count 'project = PAY')" "$before"
	change '{"what":"index-catch-up"}'
	same "$(count 'updated >= \"2026-11-24 07:00\"')" 3
	same "$(count 'project = PAY')" $((before + 1))
	updated() { ask "/rest/api/3/issue/$1?fields=updated" | jq -r .fields.updated; }
	[[ $(updated PAY-2) < $(updated PAY-4) ]]
}

@test "bulk changelogs may tell their times as epoch milliseconds" {
	demo_start --now "$NOW" --jira-epoch
	ask /rest/api/3/changelog/bulkfetch '{"issueIdsOrKeys": ["PAY-5"], "maxResults": 1000}' >bulk
	ask /rest/api/3/issue/PAY-5/changelog >single
	jq -e '[.issueChangeLogs[].changeHistories[].created | type] | unique == ["number"]' bulk
	same "$(jq -r '.issueChangeLogs[0].changeHistories[0].created' bulk)" \
		"$(date -d "$(jq -r '.values[0].created' single)" +%s%3N)"
}

@test "incidents are the organisation's: same key, begin and end" {
	demo_start --now "$NOW"
	curl -s "$DEMO_URL/__demo/world" |
		jq -r '.incidents[] | [.key, .created_at, .resolved_at // ""] | @tsv' |
		while IFS=$'\t' read -r key from to; do
			echo "$key $(date -d "$from" +%s) ${to:+$(date -d "$to" +%s)}"
		done | sort >truth
	walk 'issuetype = Incident' '{"fields": ["created", "resolutiondate"], "maxResults": 1000}' |
		jq -r '.issues[] | [.key, .fields.created, .fields.resolutiondate // ""] | @tsv' |
		while IFS=$'\t' read -r key from to; do
			echo "$key $(date -d "$from" +%s) ${to:+$(date -d "$to" +%s)}"
		done | sort >got
	[ "$(wc -l <truth)" -gt 10 ]
	same "$(cat got)" "$(cat truth)"
}

@test "the sprint figures are those that the histories tell" {
	demo_start --now "$NOW"
	walk 'project = PAY and issuetype not in (Sub-task)' '{"fields": ["status", "created"], "maxResults": 1000}' |
		jq -c '.issues[]' >issues
	ask /rest/api/3/changelog/bulkfetch "$(jq -s -c '{issueIdsOrKeys: map(.id), maxResults: 10000,
		fieldIds: ["status", "customfield_10020", "customfield_10028"]}' issues)" >log
	ask '/rest/agile/1.0/board/1/sprint?state=closed' >sprints
	# The board's columns are 10000, 3, 10001, 10002; points are a field of floats.
	jq -r --slurpfile log log '
		def seconds: (.[:19] | strptime("%Y-%m-%dT%H:%M:%S") | mktime)
			- (if length > 24 then (.[-5:-2] | ltrimstr("+") | tonumber * 3600) else 0 end);
		def at($time): map(select(.seconds <= $time) | .items[])
			| { sprint: ([.[] | select(.fieldId == "customfield_10020")] | last | .to // "" | split(", ")),
			    status: ([.[] | select(.fieldId == "status")] | last | .to // "10000"),
			    points: ([.[] | select(.fieldId == "customfield_10028")] | last | .toString // "0" | tonumber) };
		def sum: "\(map(.points) | add // 0) \(length)";
		[$log[0].issueChangeLogs[].changeHistories | map(.seconds = (.created | seconds))] as $issues
		| .values[] | (.id | tostring) as $id
		| [ (.startDate | seconds) as $start | (.completeDate | seconds) as $close
			| $issues[] | { begin: at($start), close: at($close) } ]
		| map(select(.begin.sprint | index($id)) | .begin
			| select(.status | IN("10000", "3", "10001"))) as $commitment
		| map(select(.close.sprint | index($id)) | select(.close.status == "10002")
			| select((.begin.sprint | index($id) | not) or .begin.status != "10002") | .close) as $completed
		| map(select(.close.sprint | index($id)) | .close | select(.status != "10002")) as $carried
		| "\($id) \($commitment | sum) \($completed | sum) \($carried | sum)"' sprints | sort >got
	curl -s "$DEMO_URL/__demo/figures" | jq -r '.sprints[] | select(.project == "PAY")
		| "\(.id) \([.commitment, .completed, .carried] | map("\(.points) \(.issues)") | join(" "))"' | sort >truth
	[ "$(awk '$3 > 0 && $5 > 0' truth | wc -l)" -gt 15 ]
	[ "$(awk '$7 > 0' truth | wc -l)" -gt 5 ]
	same "$(cat got)" "$(cat truth)"
}

@test "the same seed and time give the same site, another seed another one" {
	demo_start --now "$NOW"
	walk 'project in (PAY, OPS)' '{"maxResults": 100, "fields": ["*all"], "expand": "changelog"}' >one
	demo_stop
	demo_start --now "$NOW"
	walk 'project in (PAY, OPS)' '{"maxResults": 100, "fields": ["*all"], "expand": "changelog"}' >two
	demo_stop
	cmp one two
	demo_start --now "$NOW" --seed 2
	walk 'project in (PAY, OPS)' '{"maxResults": 100, "fields": ["*all"], "expand": "changelog"}' >three
	refute cmp -s one three
}

@test "what is expected since a time are the issues updated then or later" {
	demo_start --now "$NOW"
	curl -s "$DEMO_URL/__demo/expected?type=jira_issue&since=2026-10-01T00:00:00Z" |
		jq -r '.jira_issue[][]' | sort >truth
	[ "$(wc -l <truth)" -gt 10 ]
	same "$(walk 'updated >= 1790812800000' '{"maxResults": 5000}' | jq -r '.issues[].id' | sort)" "$(cat truth)"
}
