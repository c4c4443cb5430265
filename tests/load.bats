#!/usr/bin/env bats
# load: rows and cursors stand or fall together, whatever comes in whatever order.

load helper

setup() {
	in_own_folder
	db=pulse.db
}

# record TYPE SCOPE KEY UPDATED FETCHED DATA [EXT] - one line; UPDATED may be
# empty, FETCHED is a minute and second of one hour.
record() {
	local source=github ext=${7:+\"ext\":$7,}
	case $1 in jira_*) source=jira ;; esac
	printf '{"type":"%s","client":1,"source":"%s","scope":"%s","key":"%s","updated_at":"%s","fetched_at":"2026-11-24T06:%s.000Z",%s"data":%s}\n' \
		"$1" "$source" "$2" "$3" "$4" "$5" "$ext" "$6"
}

# pull NUMBER TITLE FETCHED [SCOPE] [UPDATED]
pull() {
	record github_pr "${4:-acme/api}" "$1" "${5:-2026-11-01T10:00:00Z}" "$3" \
		"{\"number\":$1,\"title\":\"$2\",\"state\":\"open\",\"created_at\":\"2026-11-01T09:00:00Z\",\"updated_at\":\"2026-11-01T10:00:00Z\"}"
}

# repo ID NAME FETCHED
repo() {
	record github_repo acme "$1" 2026-11-01T10:00:00Z "$3" \
		"{\"id\":$1,\"full_name\":\"$2\",\"name\":\"${2#*/}\",\"created_at\":\"2026-01-01T00:00:00Z\",\"updated_at\":\"2026-11-01T10:00:00Z\"}"
}

# keys TYPE SCOPE PARENT-JSON AT KEYS-JSON
keys() {
	local source=github
	case $1 in jira_*) source=jira ;; esac
	printf '{"type":"keys","of":"%s","client":1,"source":"%s","scope":"%s","parent":%s,"at":"2026-11-24T06:%s.000Z","keys":%s}\n' \
		"$1" "$source" "$2" "$3" "$4" "$5"
}

# checkpoint SCOPE FROM DATA [AT]
checkpoint() {
	printf '{"type":"checkpoint","client":1,"job":"github_job","scope":"%s","at":"2026-11-24T06:%s.000Z","from":%s,"data":%s}\n' \
		"$1" "${4:-30:00}" "$2" "$3"
}

batch() { printf '{"type":"batch","put":"%s","part":%s%s}\n' "$1" "$2" "${3:+,\"end\":true}"; }

# failure KEY-JSON AT [CLASS] and resolved KEY-JSON AT
failure() {
	printf '{"type":"failure","client":1,"job":"github_job","scope":"acme/api","entity":%s,"key":%s,"class":"%s","http":502,"reason":"bad gateway","at":"2026-11-24T06:%s.000Z","not_before":null}\n' \
		"$([ "$1" = null ] && echo null || echo '"github_pr_commit"')" "$1" "${3:-temporary_service_error}" "$2"
}
resolved() {
	printf '{"type":"resolved","client":1,"job":"github_job","scope":"acme/api","entity":"github_pr_commit","key":%s,"at":"2026-11-24T06:%s.000Z"}\n' "$1" "$2"
}

into() { "$PULSE_BIN/load" -d "$@"; }
ask() { sqlite3 -readonly "${2:-$db}" "$1"; }

# Everything but versions; what it holds is what any order must end in.
dump() {
	local t
	for t in repositories pull_requests pull_request_labels \
		pull_request_commits deployments commits commit_parents issues \
		issue_sprints issue_histories issue_changes failures key_lists \
		repository_names scopes; do
		echo "== $t"
		ask "SELECT 'SELECT ' || group_concat('quote(' || name || ')', ','
			) || ' FROM $t ORDER BY 1, 2, 3, 4, 5'
			FROM pragma_table_info('$t')
			WHERE name NOT IN ('updated_ms', 'fetched_ms')" "$1" |
			sqlite3 -readonly "$1"
	done
}

# shuffled SEED - the lines of stdin in an order that the seed decides
shuffled() {
	awk -v s="$1" 'BEGIN { srand(s) } { printf "%.9f\t%s\n", rand(), $0 }' | sort | cut -f2-
}

# --- rows --------------------------------------------------------------------

@test "load makes rows of the fixtures that hold what jq finds in the records" {
	{
		pull 1 'a \"quoted\" title \ud83d\ude00' 01:00
		record github_pr acme/api 2 2026-11-02T10:00:00Z 01:00 '{"id":12345678901,"number":2,"title":"t","state":"closed","draft":false,"user":{"login":"alice","type":"User"},"created_at":"2026-11-01T09:00:00+0100","updated_at":"2026-11-01T10:00:00Z","merged_at":"2026-11-02T09:00:00Z","labels":[{"name":"bug"},{"name":"p\u00e9"}]}'
	} >in
	into $db <in
	same "$(ask 'SELECT json_array(number, id, title, author, draft, created_at, merged_at) FROM pull_requests ORDER BY number')" \
		"$(jq -c '.data | [.number, .id, .title, .user.login,
			(if .draft == null then null elif .draft then 1 else 0 end),
			(if .created_at | endswith("+0100") then (.created_at | sub("[+]0100$"; "Z") | fromdate) - 3600
			 else .created_at | fromdate end),
			(if .merged_at then .merged_at | fromdate else null end)]' <in)"
	same "$(ask 'SELECT state FROM pull_requests ORDER BY number' | tr '\n' ' ')" "open merged "
	same "$(ask "SELECT group_concat(label) FROM pull_request_labels WHERE number = 2")" "bug,pé"
}

@test "load keeps a number of 64 bits and a text of many bytes exactly" {
	long=$(head -c 300000 /dev/zero | tr '\0' x)
	record github_release acme/api 9007199254740993 '' 01:00 "{\"id\":9007199254740993,\"tag_name\":\"v1\",\"name\":\"$long\"}" | into $db
	same "$(ask 'SELECT id, length(name) FROM releases')" "9007199254740993|300000"
}

@test "load replaces a row by a later version, and not by an earlier one" {
	pull 1 second 02:00 acme/api 2026-11-01T12:00:00Z | into $db
	pull 1 first 03:00 acme/api 2026-11-01T11:00:00Z | into $db
	same "$(ask 'SELECT title FROM pull_requests')" second
	pull 1 third 01:00 acme/api 2026-11-01T13:00:00Z | into $db
	same "$(ask 'SELECT title FROM pull_requests')" third
}

@test "load counts equal values under a later version as unchanged" {
	pull 1 same 01:00 | into $db
	before=$(ask "SELECT value FROM meta WHERE name = 'data_version'")
	pull 1 same 09:00 | into $db -v 2>err
	grep -Eq 'pull_requests +0 +0 +1 +0$' err
	same "$(ask 'SELECT fetched_ms % 3600000 / 60000 FROM pull_requests')" 9
	same "$(ask "SELECT value FROM meta WHERE name = 'data_version'")" "$before"
	pull 1 other 05:00 | into $db
	same "$(ask 'SELECT title FROM pull_requests')" same
}

@test "load keeps the same one of two records with one version, in either order" {
	pull 1 alpha 01:00 >a
	pull 1 beta 01:00 >b
	cat a b | into ab.db
	cat b a | into ba.db
	same "$(ask 'SELECT title FROM pull_requests' ab.db)" "$(ask 'SELECT title FROM pull_requests' ba.db)"
}

@test "load replaces the rows of children as a whole with their record" {
	commit() { record github_commit acme/api c1 '' "$1" "{\"sha\":\"c1\",\"parents\":$2}"; }
	commit 01:00 '[{"sha":"p1"},{"sha":"p2"},{"sha":"p3"}]' | into $db
	commit 02:00 '[{"sha":"p9"}]' | into $db
	commit 01:30 '[{"sha":"p7"},{"sha":"p8"}]' | into $db
	same "$(ask 'SELECT position, parent_sha FROM commit_parents')" "0|p9"
}

@test "load makes one row of each changed field of a history" {
	record jira_change PAY 10001/7 2026-11-01T10:00:00Z 01:00 '{"id":"7","author":{"accountId":"a1","displayName":"Ann"},"items":[{"field":"status","fieldId":"status","from":"1","fromString":"To Do","to":"3","toString":"Doing"},{"field":"Sprint","from":"","to":"12, 13"}]}' | into $db
	same "$(ask "SELECT issue_id, history_id, position, changed_at, author, field, from_text, to_id FROM issue_changes")" \
		"10001|7|0|1793527200|Ann|status|To Do|3
10001|7|1|1793527200|Ann|Sprint||12, 13"
}

@test "of two fields with one column the first that is given is stored" {
	change() { record jira_change PAY "$1/7" 2026-11-01T10:00:00Z 01:00 "{\"id\":\"7\",\"author\":$2,\"items\":[{\"field\":\"status\"}]}"; }
	{
		change 1 '{"accountId":"cloud"}'
		change 2 '{"key":"dc"}'
		change 3 '{"key":"dc","accountId":"cloud"}'
		change 4 '{}'
	} | into $db
	same "$(ask "SELECT group_concat(coalesce(author_id, '-')) FROM issue_changes")" cloud,dc,cloud,-
}

@test "load moves an issue whose project changed, and its sprints" {
	issue() { record jira_issue "$1" 10001 "$2" 01:00 "{\"id\":\"10001\",\"key\":\"$1-1\",\"fields\":{\"summary\":\"s\"}}" "$3"; }
	issue PAY 2026-11-01T10:00:00Z '{"story_points":5,"sprints":["12",13]}' | into $db
	issue OPS 2026-11-02T10:00:00Z '{"story_points":2.5,"sprints":["14"]}' | into $db
	issue PAY 2026-11-01T11:00:00Z '{"sprints":[]}' | into $db
	same "$(ask 'SELECT project_key, key, story_points FROM issues')" "OPS|OPS-1|2.5"
	same "$(ask 'SELECT sprint_id FROM issue_sprints')" 14
}

@test "any order of lines and any number of repeats end in the same rows" {
	for seed in 1 2 3 4 5 6 7 8; do
		awk -v seed=$seed -v lines=$((seed * 40)) -f "$TOP/tests/fixtures/records.awk" >lines
		rm -f plain.db* mixed.db*
		into plain.db <lines
		dump plain.db >plain
		[ "$(grep -vc '^==' plain)" -gt 20 ]
		for order in 1 2 3; do
			rm -f mixed.db*
			cat lines lines | shuffled "$seed$order" | into mixed.db
			dump mixed.db >mixed
			diff plain mixed || {
				echo "seed $seed, order $order"
				return 1
			}
		done
	done
}

@test "any order of batches, each loaded on its own and twice, ends in the same rows" {
	awk -v seed=77 -v lines=200 -f "$TOP/tests/fixtures/records.awk" >lines
	into plain.db <lines
	dump plain.db >plain
	split -n l/5 lines part.
	for part in part.ad part.aa part.ae part.aa part.ac part.ab part.ad part.ac part.ae part.ab; do
		into mixed.db <$part
	done
	diff plain <(dump mixed.db)
}

# --- lists of keys -----------------------------------------------------------

@test "a row that a later list of keys lacks is deleted, one in it or after it is not" {
	{
		pull_commit() { record github_pr_commit acme/api "42/$1" '' "$2" "{\"sha\":\"$1\"}"; }
		pull_commit gone 01:00
		pull_commit kept 01:00
		pull_commit later 03:00
		record github_pr_commit acme/api 43/other '' 01:00 '{"sha":"other"}'
		keys github_pr_commit acme/api '"42"' 02:00 '["42/kept"]'
	} >lines
	into $db <lines
	want="gone|1795500120
kept|
later|
other|"
	same "$(ask 'SELECT sha, deleted_at FROM pull_request_commits ORDER BY sha')" "$want"
	tac lines | into back.db
	same "$(ask 'SELECT sha, deleted_at FROM pull_request_commits ORDER BY sha' back.db)" "$want"
}

@test "a deleted row keeps the time it was first missed, and comes back when it is seen again" {
	pull_at() { record github_pr_commit acme/api 42/c '' "$1" '{"sha":"c"}'; }
	pull_at 01:00 | into $db
	keys github_pr_commit acme/api '"42"' 02:00 '[]' | into $db
	keys github_pr_commit acme/api '"42"' 04:00 '[]' | into $db
	same "$(ask 'SELECT deleted_at FROM pull_request_commits')" 1795500120
	pull_at 05:00 | into $db
	same "$(ask 'SELECT deleted_at IS NULL FROM pull_request_commits')" 1
	keys github_pr_commit acme/api '"42"' 06:00 '[]' | into $db
	keys github_pr_commit acme/api '"42"' 07:00 '["42/c"]' | into $db
	same "$(ask 'SELECT deleted_at IS NULL FROM pull_request_commits')" 1
}

@test "a list of a project's issues does not delete one that has moved away" {
	record jira_issue PAY 10001 2026-11-01T10:00:00Z 01:00 '{"id":"10001","key":"PAY-1","fields":{"summary":"s"}}' | into $db
	record jira_issue OPS 10001 2026-11-01T11:00:00Z 02:00 '{"id":"10001","key":"OPS-1","fields":{"summary":"s"}}' | into $db
	keys jira_issue PAY null 03:00 '["10002"]' | into $db
	same "$(ask 'SELECT project_key, deleted_at IS NULL FROM issues')" "OPS|1"
	same "$(ask 'SELECT count(*) FROM v_issues')" 1
	keys jira_issue OPS null 04:00 '[]' | into $db
	same "$(ask 'SELECT count(*) FROM v_issues')" 0
}

@test "a list whose keys are not text, or whose type is unknown, is refused" {
	keys github_pr acme/api null 01:00 '[1,{}]' >lines
	keys no_such acme/api null 01:00 '[]' >>lines
	keys github_pr acme/api '"1"' 01:00 '[]' >>lines
	pull 1 t 00:30 >>lines
	run --separate-stderr -121 into $db <lines
	same "$(ask 'SELECT count(*), (SELECT count(*) FROM key_lists) FROM pull_requests')" "1|0"
}

# --- renamed repositories ----------------------------------------------------

@test "a renamed repository takes its rows, children, lists, failures and cursor along" {
	{
		repo 7 acme/old 01:00
		record github_pr acme/old 1 2026-11-01T10:00:00Z 01:01 '{"number":1,"title":"t","state":"open","created_at":"2026-11-01T09:00:00Z","updated_at":"2026-11-01T10:00:00Z","labels":[{"name":"l"}]}'
		record github_commit acme/old c1 '' 01:01 '{"sha":"c1","parents":[{"sha":"p"}]}'
		record github_deployment acme/old 5 2026-11-01T10:00:00Z 01:01 '{"id":5,"sha":"c1","environment":"prod","created_at":"2026-11-01T10:00:00Z"}'
		keys github_pr_commit acme/old '"1"' 01:02 '[]'
		failure '"1"' 01:03 | sed 's,acme/api,acme/old,'
		checkpoint acme/old null '{"page":2}'
	} | into $db --checkpoints ck
	sqlite3 $db "INSERT INTO deployment_commits (client_id, repo, environment, deployment_id, sha) VALUES (1,'acme/old','prod',5,'c1'); DELETE FROM touched"
	repo 7 acme/new 02:00 | into $db --checkpoints ck
	for t in pull_requests pull_request_labels commits commit_parents \
		deployments deployment_commits; do
		same "$t $(ask "SELECT group_concat(DISTINCT repo) FROM $t")" "$t acme/new"
	done
	for t in key_lists failures scopes job_checkpoints; do
		same "$t $(ask "SELECT group_concat(DISTINCT scope) FROM $t")" "$t acme/new"
	done
	same "$(ask 'SELECT group_concat(repo) FROM (SELECT repo FROM touched ORDER BY 1)')" "acme/new,acme/old"
	same "$(jq -c . ck/1/github_job.json)" '{"acme/new":{"page":2}}'
}

@test "rows that come late under a former name go to the present one" {
	repo 7 acme/old 01:00 | into $db
	repo 7 acme/new 02:00 | into $db
	pull 1 late 01:30 acme/old | into $db
	checkpoint acme/old null '{"page":3}' | into $db
	same "$(ask 'SELECT repo FROM pull_requests')" acme/new
	same "$(ask 'SELECT scope FROM v_checkpoints')" acme/new
	pull 1 newer 03:00 acme/new 2026-11-02T10:00:00Z | into $db
	pull 1 older 01:40 acme/old | into $db
	same "$(ask 'SELECT repo, title FROM pull_requests')" "acme/new|newer"
}

@test "a name that is given to another repository keeps the two apart by time" {
	repo 7 acme/api 01:00 | into $db
	pull 1 of-seven 01:01 | into $db
	repo 7 acme/core 02:00 | into $db
	repo 8 acme/api 03:00 | into $db
	pull 1 of-eight 03:01 | into $db
	pull 2 late-of-seven 01:30 | into $db
	same "$(ask 'SELECT repo, title FROM pull_requests ORDER BY 2')" \
		"acme/core|late-of-seven
acme/api|of-eight
acme/core|of-seven"
}

# --- cursors -----------------------------------------------------------------

@test "a cursor is stored only when the stored one is what it starts from" {
	checkpoint acme/api null '{"n":1}' | into $db
	checkpoint acme/api null '{"n":9}' | into $db
	checkpoint acme/api '{"n": 1}' '{"n":9}' | into $db
	same "$(ask 'SELECT checkpoint_data FROM v_checkpoints')" '{"n":1}'
	checkpoint acme/api '{"n":1}' '{"n":2}' | into $db
	same "$(ask 'SELECT checkpoint_data FROM v_checkpoints')" '{"n":2}'
	same "$(ask 'SELECT count(*) FROM job_checkpoints')" 2
}

@test "a replayed batch loads its rows and neither rewinds nor doubles the cursor" {
	{ batch p 1; pull 1 one 01:00; checkpoint acme/api null '{"n":1}'; batch p 1 end; } >one
	{ batch q 1; pull 1 two 02:00; checkpoint acme/api '{"n":1}' '{"n":2}'; batch q 1 end; } >two
	into $db <one
	into $db <two
	into $db <one
	into $db <two
	same "$(ask 'SELECT group_concat(checkpoint_data) FROM job_checkpoints')" '{"n":1},{"n":2}'
	same "$(ask 'SELECT title FROM pull_requests')" two
	same "$(ask 'SELECT put, part FROM loads')" "p|1
q|1"
}

@test "a part whose earlier part is missing loads its rows and holds its cursor back" {
	{ batch p 1; pull 1 one 01:00; checkpoint acme/api null '{"n":1}'; batch p 1 end; } >one
	{ batch p 2; pull 2 two 01:00; checkpoint acme/web null '{"w":1}'; batch p 2 end; } >two
	into $db <two
	same "$(ask 'SELECT count(*) FROM pull_requests')" 1
	same "$(ask 'SELECT count(*) FROM job_checkpoints')" 0
	into $db <one
	into $db <two
	same "$(ask 'SELECT group_concat(scope) FROM v_checkpoints')" "acme/api,acme/web"
}

@test "a part without its last line is not entered as loaded" {
	{ batch p 1; pull 1 one 01:00; checkpoint acme/api null '{"n":1}'; } | into $db
	same "$(ask 'SELECT count(*) FROM loads')" 0
	batch p 1 end | into $db
	same "$(ask 'SELECT count(*) FROM loads')" 0
}

@test "the file of cursors is written after the commit, byte for byte from the lines" {
	{
		pull 1 t 01:00
		checkpoint acme/api null '{"big":12345678901234567890, "f" : 1.10}'
		checkpoint 'acme/we\"b' null '{"x":1}'
	} | into $db --checkpoints ck
	same "$(cat ck/1/github_job.json)" \
		'{"acme/api":{"big":12345678901234567890, "f" : 1.10},"acme/we\"b":{"x":1}}'
	same "$(stat -c %a ck/1/github_job.json)" 600
}

@test "load --job makes the files of cursors right again from nothing" {
	checkpoint acme/api null '{"n":1}' | into $db --checkpoints ck
	echo garbage >ck/1/github_job.json
	mkdir ck/2
	echo '{"acme/x":{"n":5}}' >ck/2/github_job.json
	into $db --checkpoints ck --job github_job </dev/null
	same "$(cat ck/1/github_job.json)" '{"acme/api":{"n":1}}'
	same "$(cat ck/2/github_job.json)" '{}'
	rm -r ck
	into $db --checkpoints ck --job github_job </dev/null
	same "$(cat ck/1/github_job.json)" '{"acme/api":{"n":1}}'
	rm $db*
	into $db --checkpoints ck --job github_job </dev/null
	same "$(cat ck/1/github_job.json)" '{}'
}

@test "load commits at the first checkpoint line after 10,000 rows and stays within the stream" {
	awk 'BEGIN { for (i = 1; i <= 10001; i++) printf "{\"type\":\"github_release\",\"client\":1,\"source\":\"github\",\"scope\":\"acme/api\",\"key\":\"%d\",\"fetched_at\":\"2026-11-24T06:00:00Z\",\"data\":{\"id\":%d,\"tag_name\":\"v\"}}\n", i, i }' >rows
	mkfifo in
	"$PULSE_BIN/load" -d $db --checkpoints ck <in 3>&- &
	pid=$!
	exec 5>in
	cat rows >&5
	checkpoint acme/api null '{"n":1}' >&5
	pull 1 after 01:00 >&5
	for ((i = 0; i < 600; i++)); do
		[ -s ck/1/github_job.json ] && break
		sleep 0.05
	done
	kill -9 $pid
	exec 5>&-
	wait $pid || true
	same "$(ask 'SELECT count(*) FROM releases')" 10001
	same "$(ask 'SELECT count(*) FROM pull_requests')" 0
	same "$(ask 'SELECT checkpoint_data FROM v_checkpoints')" '{"n":1}'
	{ cat rows; checkpoint acme/api null '{"n":1}'; pull 1 after 01:00; } | into $db -v 2>err
	grep -Eq 'releases +0 +0 +10001 +0$' err
	same "$(ask 'SELECT count(*) FROM pull_requests')" 1
}

@test "killed at each of its writes and syncs, load ends after a re-run in the same rows" {
	awk -v seed=5 -v lines=120 -f "$TOP/tests/fixtures/records.awk" >lines
	checkpoint acme/z null '{"n":1}' >>lines
	into plain.db --checkpoints plain.ck <lines
	dump plain.db >plain
	for call in pwrite64 fdatasync fsync renameat; do
		for n in 1 2 3 7 20; do
			rm -rf hit.db* hit.ck
			strace -f -o /dev/null -e trace=$call -e inject=$call:signal=KILL:when=$n \
				"$PULSE_BIN/load" -d hit.db --checkpoints hit.ck <lines 2>/dev/null || true
			into hit.db --checkpoints hit.ck --job github_job <lines
			diff plain <(dump hit.db)
			cmp plain.ck/1/github_job.json hit.ck/1/github_job.json
		done
	done
}

# --- failures and quality ----------------------------------------------------

@test "a failure is open until a later resolution, in whatever order they come" {
	{ failure '"1"' 01:00; resolved '"1"' 02:00; failure '"2"' 03:00; resolved '"2"' 02:00; } >lines
	into $db <lines
	same "$(ask 'SELECT key FROM v_failures')" 2
	tac lines | into back.db
	same "$(ask 'SELECT key FROM v_failures' back.db)" 2
	same "$(ask 'SELECT class, http, reason, attempts FROM failures WHERE key = 2')" "temporary_service_error|502|bad gateway|1"
}

@test "attempts count the failures since the last resolution, each once" {
	{ failure '"1"' 01:00; failure '"1"' 02:00; resolved '"1"' 02:30; failure '"1"' 03:00; failure '"1"' 04:00; failure '"1"' 04:00; } | into $db
	same "$(ask 'SELECT attempts FROM failures')" 2
}

@test "a scope that failed as a whole is resolved by its next checkpoint" {
	failure null 01:00 | into $db
	same "$(ask 'SELECT scope, key FROM v_failures')" "acme/api|"
	checkpoint acme/api null '{"n":1}' 02:00 | into $db
	same "$(ask 'SELECT count(*) FROM v_failures')" 0
	failure null 01:30 | into $db
	same "$(ask 'SELECT count(*) FROM v_failures')" 0
	failure null 03:00 | into $db
	same "$(ask 'SELECT count(*) FROM v_failures')" 1
}

@test "load keeps the counts of validate --quality by batch and type" {
	{ batch p 1; pull 1 t 01:00; pull 2 '' 01:00; echo nonsense; batch p 1 end; } |
		{ "$PULSE_BIN/validate" --quality --rejects bad || true; } | into $db
	same "$(ask "SELECT batch, client_id, record_type, checked, passed, rejected FROM data_quality ORDER BY record_type")" \
		"p.1|1|github_pr|2|2|0
p.1|0|none|1|0|1"
}

# --- input that is no good ---------------------------------------------------

@test "lines that are no records are told with their number and leave no trace" {
	{
		echo '{"type":"github_pr"'
		echo '[]'
		pull 1 good 01:00
		pull 2 x 01:00 | sed 's/"client":1/"client":"1"/'
		pull 3 x 01:00 | sed 's/"fetched_at":"[^"]*"/"fetched_at":"yesterday"/'
		pull x x 01:00 | sed 's/"number":x/"number":1/'
		record github_pr acme/api 5 '' 01:00 '{"number":5,"title":{"a":1}}'
		record github_pr acme/api 6 '' 01:00 '{"number":6,"created_at":"never"}'
		record github_pr acme/api 7 '' 01:00 '{"number":7,"title":"a","title":"b"}'
		record github_pr acme/api 8 '' 01:00 '{"number":8,"title":"\ud800"}'
		record github_commit acme/api c '' 01:00 '{"sha":"c","parents":[{"sha":"p"},{}]}'
		record github_review acme/api 9 '' 01:00 '{"id":9}'
		head -c 17000000 /dev/zero | tr '\0' x
		echo
		printf '{"type":"checkpoint","client":1}\n\377\n'
		printf '%0.s[' {1..200}
		echo
		pull 4 fine 01:00
	} >lines
	run --separate-stderr -121 into $db <lines
	same "$(ask 'SELECT group_concat(title) FROM pull_requests')" "good,fine"
	same "$(ask 'SELECT (SELECT count(*) FROM commits) + (SELECT count(*) FROM commit_parents) + (SELECT count(*) FROM job_checkpoints) + (SELECT count(*) FROM reviews)')" 0
	grep -qx "load: line 4: client: not a number" <<<"$stderr"
	grep -qx "load: line 6: key: not a number" <<<"$stderr"
	grep -qx "load: line 7: title: not text" <<<"$stderr"
	grep -qx "load: line 8: created_at: not a time" <<<"$stderr"
	grep -qx "load: line 9: title: given twice" <<<"$stderr"
	grep -qx "load: 5 lines more were refused" <<<"$stderr"
}

@test "load leaves with 65 only when no line is a record" {
	printf 'a\nb\n' >lines
	run --separate-stderr -65 into $db <lines
	same "${stderr_lines[-1]}" "load: cannot load 'standard input': no line of it is a record"
	run --separate-stderr -0 into $db </dev/null
	{ batch p 1; batch p 1 end; } >lines
	run --separate-stderr -0 into $db <lines
	record gitlab_mr a/b 1 '' 01:00 '{}' >lines
	run --separate-stderr -0 into $db <lines
	[ -z "$stderr" ]
}

@test "a record of an unknown type is counted and left out" {
	{ record gitlab_mr a/b 1 '' 01:00 '{}'; pull 1 t 01:00; } | into $db -v 2>err
	grep -q '1 records, 1 skipped, 0 refused' err
}

@test "load --dry-run prints what would change and changes nothing" {
	pull 1 old 01:00 | into $db
	cp $db before
	{ pull 1 new 02:00; pull 2 more 02:00; checkpoint acme/api null '{"n":1}'; } >lines
	run --separate-stderr -0 into $db --dry-run --checkpoints ck <lines
	same "$(awk '{ $1 = $1; print }' <<<"$output")" "table new changed unchanged deleted
pull_requests 1 1 0 0"
	same "$(ask 'SELECT number, title FROM pull_requests')" "1|old"
	[ ! -e ck ]
	run --separate-stderr -0 into other.db --dry-run <lines
	[ ! -e other.db ]
	[ "${#lines[@]}" -eq 2 ]
}

# --- the database ------------------------------------------------------------

@test "the database is only for its owner, keeps a log and is synced in full" {
	umask 0
	pull 1 t 01:00 | into deep/pulse.db
	same "$(stat -c %a deep/pulse.db deep/pulse.db.lock | tr '\n' ' ')" "600 600 "
	same "$(ask 'PRAGMA journal_mode; PRAGMA auto_vacuum; PRAGMA quick_check' deep/pulse.db | tr '\n' ' ')" "wal 2 ok "
}

@test "load waits for another writer and leaves with 75 when it does not end" {
	pull 1 t 01:00 >lines
	into $db <lines
	exec 6>$db.lock
	flock 6
	pull 2 t 01:00 >more
	"$PULSE_BIN/load" -d $db <more 6>&- 3>&- &
	exec 6>&-
	wait $!
	same "$(ask 'SELECT count(*) FROM pull_requests')" 2
	exec 6>$db.lock
	flock 6
	run --separate-stderr -75 into $db --wait 100ms <lines 6>&-
	same "$stderr" "load: cannot open 'pulse.db': another program is writing to it"
	exec 6>&-
}

@test "a file that is no database, or damaged, is named with the way out" {
	printf 'no database at all, but long enough to be looked at %0.s' {1..100} >$db
	pull 1 t 01:00 >lines
	run --separate-stderr -65 into $db <lines
	grep -q "^load: cannot open 'pulse.db': file is not a database.*move it away and load the batches" <<<"$stderr"
	rm $db
	into $db <lines
	dd if=/dev/urandom of=$db bs=4096 seek=1 count=20 conv=notrunc status=none
	run --separate-stderr -65 into $db --maintain
	grep -q "damaged" <<<"$stderr"
}

@test "a database of a newer Pulse, or of another program, is refused with 78" {
	pull 1 t 01:00 | into $db
	sqlite3 $db 'PRAGMA user_version=999'
	run --separate-stderr -78 into $db </dev/null
	grep -q "it has schema 999 and this Pulse knows [0-9]*: install the newer Pulse" <<<"$stderr"
	sqlite3 other.db 'CREATE TABLE notes (text)'
	run --separate-stderr -78 into other.db </dev/null
	same "$stderr" "load: cannot open 'other.db': it is not a database of Pulse"
}

@test "a full disk leaves with 74 and nothing half done" {
	awk 'BEGIN { for (i = 1; i <= 20000; i++) printf "{\"type\":\"github_release\",\"client\":1,\"source\":\"github\",\"scope\":\"acme/api\",\"key\":\"%d\",\"fetched_at\":\"2026-11-24T06:00:00Z\",\"data\":{\"id\":%d,\"tag_name\":\"v%d\"}}\n", i, i, i }' >rows
	checkpoint acme/api null '{"n":1}' >>rows
	pull 1 t 01:00 | into $db
	for call in pwrite64 fdatasync; do
		run --separate-stderr -74 env ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null -e trace=$call \
			-e inject=$call:error=ENOSPC:when=1+ "$PULSE_BIN/load" -d $db --checkpoints ck <rows
		grep -q "^load: cannot " <<<"$stderr"
		same "$(ask 'SELECT count(*) FROM releases')" 0
		[ ! -e ck ]
	done
	into $db --checkpoints ck <rows
	same "$(ask 'SELECT count(*) FROM releases')" 20000
}

@test "load --maintain drops old history and keeps every row that counts" {
	from=null
	for ((i = 1; i <= 60; i++)); do
		checkpoint acme/api "$from" "{\"n\":$i}"
		from="{\"n\":$i}"
	done | into $db
	pull 1 t 01:00 | into $db
	{ failure '"1"' 01:00; resolved '"1"' 02:00; failure '"2"' 01:00; } | into $db
	echo 2027-06-01T00:00:00Z >clock
	PULSE_TEST_CLOCK=clock "$PULSE_BIN/load" -d $db --maintain -v 2>err
	grep -q 'dropped 10 old cursors and 1 resolved failures' err
	same "$(ask 'SELECT checkpoint_data FROM v_checkpoints')" '{"n":60}'
	same "$(ask 'SELECT key FROM failures')" 2
	same "$(ask 'SELECT count(*) FROM pull_requests')" 1
	same "$(ask "SELECT count(*) > 0 FROM sqlite_stat1")" 1
}

@test "load names the rule file whose column the database does not have" {
	mkdir rules
	sed 's/title: {path/headline: {path/; s/^  title:/  headline:/' "$SHARE/records/github_pr.yaml" |
		sed 's/^table: pull_requests/table: no_such_table/' >rules/github_pr.yaml
	pull 1 t 01:00 >lines
	run --separate-stderr -78 into $db -r rules <lines
	grep -q "rules/github_pr.yaml: no table 'no_such_table'" <<<"$stderr"
}

@test "pulse-db(5) names every table, view and column" {
	into $db </dev/null
	page=$(sed 's/\\\&//g' "$TOP/share/man/pulse-db.5")
	ask "SELECT m.name || ' ' || c.name FROM sqlite_schema m, pragma_table_info(m.name) c
		WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite_%'" |
		while read -r table column; do
			grep -qw -- "It Cm $table" <<<"$page" || echo "$table"
			grep -qw -- "$column" <<<"$page" || echo "$table.$column"
		done | sort -u >missing
	[ ! -s missing ] || { cat missing; false; }
}

@test "options that make no sense leave with 64" {
	run -64 "$PULSE_BIN/load" --job github_job </dev/null
	run -64 "$PULSE_BIN/load" --maintain --dry-run </dev/null
	run -64 "$PULSE_BIN/load" operand </dev/null
}
