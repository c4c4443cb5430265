#!/usr/bin/env bats
# fetch-github against demo-api; truth is /__demo/expected, which is read off
# the model, and the answers of /__demo/change.

load helper

NOW=2026-11-24T06:00:00Z
TYPES="github_repo github_pr github_review github_pr_commit github_comment
	github_commit github_deployment github_deployment_status github_release"

setup() {
	in_own_folder
	export GITHUB_TOKEN=demo-github-token
}
teardown() {
	demo_stop
	[ -z "${OTHER_PID:-}" ] || { DEMO_PID=$OTHER_PID; demo_stop; }
}

# A small organisation; more options may follow.
small() { demo_start --repos 4 --prs 60 --issues 40 --now "$NOW" "$@"; }

# fetch CODE OPTION... - records to `out`, messages to `err`.
fetch() {
	local want=$1 code=0
	shift
	"$PULSE_BIN/fetch-github" --base-url "$DEMO_URL/github" --no-progress \
		"$@" >out 2>err || code=$?
	[ "$code" = "$want" ] || {
		echo "fetch-github ended with $code, not $want:" >&2
		cat err >&2
		return 1
	}
}

# The cursors that the checkpoint lines of FILE... leave behind.
cursors() {
	jq -nc 'reduce (inputs | select(.type == "checkpoint")) as $c ({};
		.[$c.scope] = $c.data)' "$@"
}

got() { jq -r --arg t "$1" 'select(.type == $t) | "\(.scope) \(.key)"' "${2:-out}" | sort; }
wanted() {
	curl -s "$DEMO_URL/__demo/expected?type=$1" |
		jq -r '.[] | to_entries[] | .key as $s | .value[] | "\($s) \(.)"' | sort
}
faults() { curl -s --data-binary "$1" "$DEMO_URL/__demo/faults" >/dev/null; }
change() { curl -sf -d "$1" "$DEMO_URL/__demo/change"; }
requests() { curl -s "$DEMO_URL/__demo/requests"; }
forget_requests() { curl -s -X POST "$DEMO_URL/__demo/requests" >/dev/null; }
some() { [ -n "$(jq -c "$1" "${2:-out}")" ]; } # FILTER [FILE]
none() { same "$(jq -c "$1" "${2:-out}")" ""; }
absent() { # WORD FILE...
	if grep -rqaF -- "$@"; then
		echo "found: $*" >&2
		return 1
	fi
}
until_asked() { # REQUESTS PID
	until [ "$(requests | jq .total)" -gt "$1" ]; do
		kill -0 "$2" || return 1
	done
}
data_lines() { jq -c 'select(has("data") and .type != "checkpoint") | [.type, .scope, .key]' out; }

# --- what comes out ----------------------------------------------------------

@test "fetch-github prints every row of an organisation once, and nothing else" {
	demo_start --now "$NOW"
	fetch 0 --org acme
	for type in $TYPES; do
		same "$(got "$type")" "$(wanted "$type")"
	done
	grep -q 'First load of 10 repositories: up to [0-9]* requests, less than a minute' err
}

@test "data is the API's object byte for byte" {
	small
	fetch 0 --repo acme/api --types pr
	curl -s -A test -H "Authorization: Bearer $GITHUB_TOKEN" \
		"$DEMO_URL/github/repos/acme/api/pulls?state=all&per_page=100" | tr '\n' ' ' >page
	sed -n 's/^{"type":"github_pr".*,"data":\(.*\)}$/\1/p' out >rows
	[ "$(wc -l <rows)" -gt 10 ]
	while IFS= read -r row; do
		grep -qF -- "$row" page
	done <rows
}

@test "an envelope has its keys in order, with data last" {
	small
	fetch 0 --repo acme/api --types pr,comment
	same "$(jq -r 'select(.type == "github_pr") | keys_unsorted | join(" ")' out | sort -u)" \
		"type client source scope key updated_at fetched_at data"
	same "$(jq -r 'select(.type == "github_comment") | keys_unsorted | join(" ")' out | sort -u)" \
		"type client source scope key updated_at fetched_at ext data"
	jq -e -s 'all(.[] | select(.type == "github_comment");
		.ext.number == (.data.issue_url // .data.pull_request_url | split("/") | last | tonumber))' out
}

@test "reviews and commits of each pull request end in a keys line" {
	small
	fetch 0 --repo acme/api
	for type in github_review github_pr_commit; do
		same "$(jq -r --arg t $type 'select(.type == "keys" and .of == $t) | .keys[]' out | sort)" \
			"$(got $type | cut -d' ' -f2 | sort)"
		same "$(jq -r --arg t $type 'select(.type == "keys" and .of == $t) | .parent' out | sort)" \
			"$(got github_pr | cut -d' ' -f2 | sort)"
	done
}

@test "the keys line of an organisation names archived repositories and forks too" {
	demo_start --now "$NOW" --prs 20
	fetch 0 --org acme --types repo
	listed=$(jq 'select(.type == "keys" and .of == "github_repo") | .keys | length' out)
	[ "$listed" -gt "$(got github_repo | wc -l)" ]
	fetch 0 --org acme --types repo --archived --forks
	same "$(got github_repo | wc -l)" "$listed"
	jq -e -s 'any(.[]; .data.archived) and any(.[]; .data.fork)' out
}

@test "patterns choose repositories by name or by owner and name" {
	small
	fetch 0 --org acme --types repo --include 'a*' --include 'acme/web'
	same "$(jq -r 'select(.type == "github_repo") | .data.full_name' out | sort)" \
		$'acme/api\nacme/web'
	fetch 0 --org acme --types repo --exclude 'w*'
	none 'select(.type == "github_repo") | .data.full_name | select(. == "acme/web")'
}

@test "only the types that are asked for come" {
	small
	fetch 0 --repo acme/web --types commit,github_release
	same "$(data_lines | jq -r '.[0]' | sort -u)" $'github_commit\ngithub_release'
}

@test "issues come when they are asked for, without pull requests" {
	small
	fetch 0 --org acme --types issue
	same "$(got github_issue)" "$(wanted github_issue)"
}

# --- the next run ------------------------------------------------------------

@test "a second run asks each list once and prints no row but repositories and overlaps" {
	small
	fetch 0 --org acme
	cursors out >checkpoint.json
	forget_requests
	fetch 0 --org acme --checkpoint checkpoint.json
	requests | jq -e '.paths | all(.[]; . == 1)'
	same "$(data_lines | jq -r '.[0]' | sort -u)" $'github_comment\ngithub_repo'
}

@test "with a cache a second run is answered by 304 only" {
	small
	fetch 0 --org acme --cache cache
	cursors out >checkpoint.json
	fetch 0 --org acme --cache cache --checkpoint checkpoint.json
	forget_requests
	fetch 0 --org acme --cache cache --checkpoint checkpoint.json
	requests | jq -e '.statuses | keys - ["409"] == ["304"]'
	requests | jq -e '.paths | all(.[]; . == 1)'
	same "$(ls cache | grep -vE '^[0-9a-f]{64}$')" ""
	[ "$(stat -c %a cache)" = 700 ]
	absent demo-github-token cache
}

@test "a run after changes prints what changed, and no other row" {
	small
	fetch 0 --org acme
	cursors out >checkpoint.json
	for what in pr-update pr-merge new-review new-comment new-commits new-deployment \
		deployment-finish comment-edited new-release new-pr; do
		change "{\"what\":\"$what\",\"repo\":\"acme/api\"}" >>changed || echo "$what: nothing" >&2
	done
	fetch 0 --org acme --checkpoint checkpoint.json
	jq -r '.[] | select(.how != "vanished") | "\(.type) \(.scope) \(.key)"' changed | sort -u >must
	jq -r 'select(has("data") and .type != "checkpoint") | "\(.type) \(.scope) \(.key)"' out | sort -u >came
	same "$(comm -23 must came)" ""
	# Below a pull request that changed all reviews and commits come again.
	same "$(comm -13 must came | grep -vE '^github_(repo|comment|review|pr_commit|release|deployment_status) ')" ""
	same "$(grep '^github_pr ' came)" "$(grep '^github_pr ' must)"
}

@test "after a force push a keys line names the commits that are left" {
	small
	fetch 0 --repo acme/api --types commit
	cursors out >checkpoint.json
	change '{"what":"force-push","repo":"acme/api"}' >changed
	fetch 0 --repo acme/api --types commit --checkpoint checkpoint.json
	same "$(jq -r 'select(.type == "keys") | .keys[] | "acme/api \(.)"' out | sort)" \
		"$(wanted github_commit | grep '^acme/api ')"
	jq -r '.[] | select(.how == "appeared" and .type == "github_commit") | "acme/api \(.key)"' changed |
		sort >appeared
	same "$(comm -23 appeared <(got github_commit))" ""
}

@test "commits of an old branch that was merged are fetched too" {
	small
	fetch 0 --repo acme/api --types commit
	cursors out >checkpoint.json
	change '{"what":"old-branch","repo":"acme/api"}' >changed
	fetch 0 --repo acme/api --types commit --checkpoint checkpoint.json
	jq -r '.[] | select(.type == "github_commit") | "\(.scope) \(.key)"' changed | sort >must
	[ -s must ]
	same "$(got github_commit)" "$(cat must)"
}

@test "a renamed repository goes on under its new name" {
	small
	fetch 0 --org acme
	cursors out >checkpoint.json
	change '{"what":"rename-repo","repo":"acme/api","to":"core"}' >/dev/null
	fetch 0 --org acme --checkpoint checkpoint.json
	same "$(jq -r 'select(.type == "github_repo") | .data.full_name' out | grep -c '^acme/core$')" 1
	none 'select(.type == "github_pr")'
	some 'select(.type == "checkpoint" and .scope == "acme/core" and .from == null)'
}

@test "a history that reaches further back extends the walk, without what is out" {
	small
	fetch 0 --repo acme/api --types pr --since 60d
	cp out first
	cursors out >checkpoint.json
	fetch 0 --repo acme/api --types pr --since 2y --checkpoint checkpoint.json
	same "$(comm -12 <(got github_pr first) <(got github_pr))" ""
	same "$(sort <(got github_pr first) <(got github_pr))" \
		"$(wanted github_pr | grep '^acme/api ')"
}

@test "a type that was left out before is fetched from the beginning" {
	small
	fetch 0 --repo acme/api --types pr
	cursors out >checkpoint.json
	fetch 0 --repo acme/api --types pr,review --checkpoint checkpoint.json
	same "$(got github_review)" "$(wanted github_review | grep '^acme/api ')"
}

@test "--until leaves out what changed later, and prints no checkpoint" {
	small
	fetch 0 --repo acme/api --types pr --until 2026-06-01
	jq -e -s 'length > 0 and all(.[]; .data.updated_at <= "2026-06-01T00:00:00Z")' out
	none 'select(.type == "checkpoint")'
}

@test "rows that shift between pages are neither lost nor doubled" {
	demo_start --repos 1 --prs 450 --issues 10 --now "$NOW"
	faults '{"match":"/github/repos/acme/api/pulls?","do":"delay","ms":60}'
	wanted github_pr >before
	# Updates move rows to the front of the list while it is read.
	(for i in $(seq 25); do change '{"what":"pr-update","repo":"acme/api"}'; done) >moved 3>&- &
	mover=$!
	fetch 0 --repo acme/api --types pr
	wait $mover
	same "$(got github_pr | sort -u)" "$(cat before)"
	cursors out >checkpoint.json
	cp out first
	fetch 0 --repo acme/api --types pr --checkpoint checkpoint.json
	# The latest state of each that moved is in one of the two runs.
	curl -s -A test -H "Authorization: Bearer $GITHUB_TOKEN" \
		"$DEMO_URL/github/repos/acme/api/pulls?state=all&sort=updated&direction=desc&per_page=30" |
		jq -r '.[] | "\(.number) \(.updated_at)"' | sort >latest
	jq -r 'select(.type == "github_pr") | "\(.key) \(.data.updated_at)"' first out | sort -u >seen
	same "$(comm -23 latest seen)" ""
	same "$(jq -r 'select(.type == "github_pr") | "\(.key) \(.data.updated_at)"' first | sort | uniq -d)" ""
}

# --- stopping and going on ----------------------------------------------------

# Whatever ended FIRST, what its last checkpoints close and the next run give
# together is the whole truth.
goes_on_from() { # FIRST
	# A killed run may leave half a line; a spool keeps up to the last checkpoint.
	jq -Rc 'fromjson? // empty' "$1" >whole
	last=$(grep -n '"type":"checkpoint"' whole | tail -1 | cut -d: -f1)
	head -n "${last:-0}" whole >kept
	cursors kept >checkpoint.json
	faults ''
	fetch 0 --repo acme/api --checkpoint checkpoint.json
	for type in github_pr github_review github_pr_commit github_comment github_commit \
		github_deployment github_deployment_status github_release; do
		same "$(cat <(got $type kept) <(got $type) | sort -u)" \
			"$(wanted $type | grep '^acme/api ')"
	done
}

@test "a walk that TERM ends leaves with 75, and the next one goes on inside the repository" {
	demo_start --repos 1 --prs 300 --issues 10 --now "$NOW" --latency-ms 4
	"$PULSE_BIN/fetch-github" --base-url "$DEMO_URL/github" --no-progress --repo acme/api \
		>first 2>err 3>&- &
	pid=$!
	until_asked 450 $pid
	# Twice, as when its process group and spool-put send it.
	kill -TERM $pid
	kill -TERM $pid
	code=0
	wait $pid || code=$?
	[ $code = 75 ]
	grep -q "stopped by a signal" err
	jq -e -s 'last | .type == "checkpoint" and (.data.pr.walk.rows // 300) > 10' first
	forget_requests
	goes_on_from first
	# Not everything was asked for again.
	[ "$(requests | jq .total)" -lt 1500 ]
	# Only pull requests whose lists were under way are read twice.
	[ "$(comm -12 <(got github_review kept) <(got github_review) | cut -d/ -f2 | sort -u | wc -l)" -le 10 ]
}

@test "what the checkpoints of a killed walk close is not missing later" {
	demo_start --repos 1 --prs 300 --issues 10 --now "$NOW" --latency-ms 4
	for least in 100 900; do
		forget_requests
		"$PULSE_BIN/fetch-github" --base-url "$DEMO_URL/github" --no-progress \
			--repo acme/api >first 2>err 3>&- &
		pid=$!
		until_asked $least $pid
		kill -KILL $pid
		wait $pid || true
		goes_on_from first
	done
}

@test "a checkpoint comes at least every 500 requests" {
	demo_start --repos 2 --prs 600 --issues 10 --now "$NOW"
	fetch 0 --org acme -j 3
	total=$(requests | jq .total)
	[ "$(grep -c '"type":"checkpoint"' out)" -ge $((total / 500)) ]
	# Each line goes on where the one before it ended.
	jq -n -e 'reduce (inputs | select(.type == "checkpoint")) as $c ({ok: true, at: {}};
		.ok = (.ok and .at[$c.scope] == $c.from) | .at[$c.scope] = $c.data) | .ok' out
}

# --- what fails -----------------------------------------------------------------

@test "a refused token ends with 77 after one request and names the setting" {
	small
	GITHUB_TOKEN=wrong-token-canary fetch 77 --org acme
	same "$(wc -l <err)" 1
	grep -q GITHUB_TOKEN err
	absent canary err out
	[ "$(requests | jq .total)" = 1 ]
	[ ! -s out ]
}

@test "without a token fetch-github says where one is looked for" {
	small
	unset GITHUB_TOKEN
	fetch 77 --org acme
	grep -q "set GITHUB_TOKEN or GH_TOKEN, --token-file, or github.token" err
}

@test "an organisation that does not exist ends with 78" {
	small
	fetch 78 --org nobody
	same "$(wc -l <err)" 1
	grep -q "'nobody'.*no such organisation" err
}

@test "repositories that fail are on record and the others are complete" {
	small --traps
	fetch 121 --org acme
	same "$(jq -r 'select(.type == "failure") | "\(.scope) \(.class) \(.http) \(.key)"' out | sort)" \
		"acme/broken temporary_service_error 500 null
acme/taken-down permission 451 null
acme/vanished configuration 404 null"
	for type in github_pr github_commit github_deployment; do
		same "$(got $type)" "$(wanted $type)"
	done
	none 'select(.type == "checkpoint" and .scope == "acme/vanished" and .data.pr.mark)'
}

@test "when no repository can be completed the worst code is given" {
	small --traps
	fetch 78 --repo acme/vanished --repo acme/broken
	fetch 75 --repo acme/broken
	fetch 77 --repo acme/taken-down
}

@test "an HTML page instead of JSON ends with 65, and nothing of it comes out" {
	small
	faults '{"match":"/github/repos/acme/api/pulls?","do":"html","status":200}'
	fetch 65 --repo acme/api --types pr
	grep -q "an HTML page came instead of JSON" out
	none 'select(.type == "github_pr")'
}

@test "an answer that is cut in the middle is asked for again, then ends with 75" {
	small
	for do in cut broken-json; do
		faults "{\"match\":\"/github/repos/acme/web/releases\",\"do\":\"$do\",\"count\":2}"
		fetch 0 --repo acme/web --types release
		same "$(got github_release)" "$(wanted github_release | grep '^acme/web ')"
		faults "{\"match\":\"/github/repos/acme/web/releases\",\"do\":\"$do\"}"
		fetch 75 --repo acme/web --types release
		same "$(jq -r 'select(.type == "failure") | .class' out)" network_timeout
		none 'select(.type == "github_release")'
	done
}

@test "a connection that is reset is tried again" {
	small
	faults '{"match":"/github/repos/acme/web/releases","do":"reset","count":2}'
	fetch 0 --repo acme/web --types release
	same "$(got github_release)" "$(wanted github_release | grep '^acme/web ')"
}

@test "a gzip bomb is refused with 76" {
	small
	faults '{"match":"/github/repos/acme/web/releases","do":"gzip-bomb","bytes":100000000}'
	fetch 76 --repo acme/web --types release
	grep -q "more than 64 MiB" out
}

@test "a next page at another origin is refused with 76, and no token goes there" {
	small
	OTHER_PID=$DEMO_PID OTHER_URL=$DEMO_URL
	small
	faults "{\"match\":\"/github/repos/acme/web/releases\",\"do\":\"link-other-port\",\"to\":\"$OTHER_URL\"}"
	fetch 76 --repo acme/web --types release
	grep -q "another origin" out
	none 'select(.type == "github_release")'
	[ "$(curl -s "$OTHER_URL/__demo/requests" | jq .total)" = 0 ]
}

@test "a redirect to another origin is refused with 76, and no token goes there" {
	small
	OTHER_PID=$DEMO_PID OTHER_URL=$DEMO_URL
	small
	for status in 301 302 307 308; do
		faults "{\"match\":\"/github/repos/acme/web/releases\",\"do\":\"redirect\",\"status\":$status,\"to\":\"$OTHER_URL\"}"
		fetch 76 --repo acme/web --types release
	done
	faults "{\"match\":\"/github/repos/acme/web/releases\",\"do\":\"redirect\",\"to\":\"${DEMO_URL/127.0.0.1/127.0.0.1@127.0.0.1}\"}"
	fetch 76 --repo acme/web --types release
	[ "$(curl -s "$OTHER_URL/__demo/requests" | jq .total)" = 0 ]
}

@test "plain http to another machine, and what is no URL, are refused with 78" {
	for url in http://api.example.com ftp://127.0.0.1 http://127.0.0.1@evil.example/ nonsense \
		http://127.0.0.1.evil.example/; do
		run --separate-stderr -78 "$PULSE_BIN/fetch-github" --org acme --base-url "$url"
		[ -z "$output" ]
		[[ $stderr == *"'$url'"* ]]
	done
}

@test "a server whose certificate nobody vouches for gets no request" {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 \
		-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 2>/dev/null
	mkdir -p orgs/acme
	printf 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]' \
		>'orgs/acme/repos?sort=created&direction=asc&per_page=100'
	openssl s_server -accept 127.0.0.1:0 -cert cert.pem -key key.pem -HTTP >served 2>&1 3>&- &
	OTHER_PID=$!
	until grep -q '^ACCEPT' served; do kill -0 $OTHER_PID; done
	DEMO_URL=https://127.0.0.1:$(sed -n 's/^ACCEPT.*://p' served)
	code=0
	"$PULSE_BIN/fetch-github" --base-url "$DEMO_URL" --org acme >out 2>err || code=$?
	[ $code = 78 ]
	grep -q certificate err
	absent FILE: served
	cat >pulse.yaml <<-END
		clients:
		  - {id: 1, name: A, github: {organization: acme, ca_file: $PWD/cert.pem}}
	END
	"$PULSE_BIN/fetch-github" --base-url "$DEMO_URL" -c pulse.yaml >out 2>err
	same "$(jq -c 'select(.type == "keys") | .keys' out)" "[]"
}

@test "a Retry-After is waited for" {
	small
	faults '{"match":"/github/repos/acme/web/releases","do":"status","status":429,"retry_after":1,"count":1}'
	fetch 0 --repo acme/web --types release -v
	grep -q "1 waits of" err
	same "$(got github_release)" "$(wanted github_release | grep '^acme/web ')"
}

@test "a wait beyond --max-wait ends with 75 and says when, with all that is complete" {
	small
	export PULSE_RUN_DIR=$PWD
	faults '{"match":"/github/repos/acme/billing/issues/comments","do":"status","status":403,"retry_after":900}'
	fetch 75 --org acme --max-wait 5s -j 1
	some 'select(.class == "api_rate_limit" and .not_before > .at)' failures
	some 'select(.type == "checkpoint" and .scope == "acme/api" and .data.commit.head)'
	same "$(got github_pr | grep '^acme/api ')" "$(wanted github_pr | grep '^acme/api ')"
	cursors out >checkpoint.json
	cp out first
	faults ''
	fetch 0 --org acme --checkpoint checkpoint.json
	for type in $TYPES; do
		same "$(sort -u <(got $type first) <(got $type))" "$(wanted $type)"
	done
}

@test "a secondary limit without Retry-After waits a minute or more" {
	small
	export PULSE_RUN_DIR=$PWD
	faults '{"match":"/github/repos/acme/api/pulls?","do":"secondary"}'
	fetch 75 --repo acme/api --max-wait 5s
	jq -e '(.not_before[:19] + "Z" | fromdate) - (.at[:19] + "Z" | fromdate) >= 59' failures
}

@test "a spent quota is left for when it is full again" {
	small
	export PULSE_RUN_DIR=$PWD
	faults '{"match":"/github/repos/acme/api/pulls?","do":"quota","reset":1800}'
	fetch 75 --repo acme/api --max-wait 5s
	jq -e '(.not_before[:19] + "Z" | fromdate) - (.at[:19] + "Z" | fromdate) | . > 1700 and . < 1900' failures
}

@test "a 403 that is no limit is about permission and not retried" {
	small
	faults '{"match":"/github/repos/acme/api/deployments","do":"status","status":403,"body":"{\"message\":\"Resource not accessible by personal access token\"}"}'
	forget_requests
	fetch 77 --repo acme/api --types deployment
	same "$(jq -r 'select(.type == "failure") | "\(.class) \(.http)"' out)" "permission 403"
	requests | jq -e '.paths["GET /github/repos/acme/api/deployments"] == 1'
}

@test "a page that is too much for the server is asked for at half its size" {
	demo_start --repos 1 --prs 230 --issues 10 --now "$NOW"
	faults '{"match":"/github/repos/acme/api/pulls?","do":"status","status":502,"per_page_above":50}'
	fetch 0 --repo acme/api --types pr
	same "$(got github_pr)" "$(wanted github_pr | grep '^acme/api ')"
	same "$(got github_pr | uniq -d)" ""
}

@test "nothing is asked while the breaker is open" {
	small
	PULSE_NOT_BEFORE=2099-01-01T00:00:00Z fetch 69 --org acme
	[ "$(requests | jq .total)" = 0 ]
	grep -q 2099 err
}

@test "with --stale-if-error the cache answers for an API that is down, and says so" {
	small
	fetch 0 --org acme --cache cache
	cp out first
	faults '{"do":"status","status":503}'
	fetch 0 --org acme --cache cache --stale-if-error
	grep -q "going by the cache" err
	for type in github_pr github_commit; do
		same "$(got $type)" "$(got $type first)"
	done
	PULSE_NOT_BEFORE=2099-01-01T00:00:00Z fetch 0 --org acme --cache cache --stale-if-error
	same "$(got github_pr)" "$(got github_pr first)"
}

@test "what a run asked of the API is noted in its folder" {
	small
	mkdir run
	PULSE_RUN_DIR=$PWD/run fetch 0 --org acme --cache cache -v
	jq -e --argjson asked "$(requests | jq .total)" '.tool == "fetch-github" and
		.requests == $asked and .bytes > 100000 and .quota_left > 0 and
		.response_ms_p95 >= .response_ms' run/requests
	jq -e -s 'last | .op == "done" and .done == .total and .total > 0' run/progress
	grep -Eq '[0-9]+ records, [0-9]+ requests \(0 retries' err
}

# --- items ----------------------------------------------------------------------

@test "a list below one row that fails is an item, which is fetched alone later" {
	small
	number=$(wanted github_review | sed -n 's|^acme/api \([0-9]*\)/.*|\1|p' | tail -1)
	deployment=$(wanted github_deployment | sed -n 's|^acme/api ||p' | tail -1)
	faults '{"match":"/github/repos/acme/api/pulls/'"$number"'/reviews","do":"status","status":500}
{"match":"/github/repos/acme/api/deployments/'"$deployment"'/statuses","do":"status","status":500}'
	fetch 121 --repo acme/api
	jq -c 'select(.type == "failure")' out >items
	same "$(jq -r '"\(.scope) \(.entity) \(.key)"' items | sort)" \
		"acme/api github_deployment_status $deployment
acme/api github_review $number"
	cursors out | jq -e '.["acme/api"].pr.mark and (.["acme/api"].pr.walk | not)'
	faults ''
	"$PULSE_BIN/fetch-github" --base-url "$DEMO_URL/github" --items - <items >out
	same "$(jq -r 'select(.type == "resolved") | "\(.entity) \(.key)"' out | sort)" \
		"github_deployment_status $deployment
github_review $number"
	same "$(got github_review)" "$(wanted github_review | grep "^acme/api $number/")"
	same "$(got github_deployment_status)" \
		"$(wanted github_deployment_status | grep "^acme/api $deployment/")"
	none 'select(.type == "checkpoint")'
}

@test "items of every type are fetched, and one that is gone counts as resolved" {
	small
	for type in github_pr github_commit github_deployment; do
		key=$(wanted $type | sed -n 's|^acme/web ||p' | head -1)
		echo "{\"scope\":\"acme/web\",\"entity\":\"$type\",\"key\":\"$key\"}"
	done >items
	echo '{"scope":"acme/api","entity":"github_review","key":"99999"}' >>items
	fetch 0 --items items
	same "$(jq -r 'select(.type == "resolved") | "\(.entity) \(.key)"' out | sort)" \
		"$(jq -r '"\(.entity) \(.key)"' items | sort)"
	same "$(data_lines | jq -r '"\(.[0]) \(.[2])"' | sort)" \
		"$(jq -r 'select(.key != "99999") | "\(.entity) \(.key)"' items | sort)"
}

@test "an item that fails again stays a failure" {
	small
	faults '{"match":"/github/repos/acme/api/pulls/1/reviews","do":"status","status":500}'
	echo '{"scope":"acme/api","entity":"github_review","key":"1"}' >items
	fetch 75 --items items
	same "$(jq -r '"\(.type) \(.entity) \(.key)"' out)" "failure github_review 1"
}

# --- tokens ---------------------------------------------------------------------

@test "the token shows neither in the process table nor in any output" {
	small --latency-ms 20
	printf 'demo-github-token' >token
	chmod 600 token
	unset GITHUB_TOKEN
	mkdir run
	PULSE_RUN_DIR=$PWD/run "$PULSE_BIN/fetch-github" --base-url "$DEMO_URL/github" --org acme \
		--token-file token --cache cache -v >out 2>err 3>&- &
	pid=$!
	until_asked 20 $pid
	tr '\0' ' ' <"/proc/$pid/cmdline" >seen
	tr '\0' ' ' <"/proc/$pid/environ" >>seen 2>/dev/null || true
	wait $pid
	absent demo-github-token seen out err cache run
}

@test "a token file that others may read is refused with 77" {
	small
	printf 'demo-github-token' >token
	chmod 644 token
	fetch 77 --org acme --token-file token
	grep -q chmod err
}

# A GitHub App with its key pair, and the settings that name it.
an_app() {
	openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out app.pem 2>/dev/null
	openssl pkey -in app.pem -pubout -out app.pub
	chmod 600 app.pem
	cat >pulse.yaml <<-END
		clients:
		  - id: 1
		    name: Acme
		    github:
		      organization: acme
		      app_id: "123"
		      installation: "77"
		      private_key: {file: $PWD/app.pem}
	END
	unset GITHUB_TOKEN
}
tokens_asked() { requests | jq '[.paths | to_entries[] | select(.key | contains("access_tokens")) | .value] | add // 0'; }

@test "a GitHub App gets its token by a signed JWT" {
	an_app
	small --app-key app.pub
	fetch 0 -c pulse.yaml --types pr
	same "$(got github_pr)" "$(wanted github_pr)"
	[ "$(tokens_asked)" = 1 ]
	openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out app.pem 2>/dev/null
	fetch 77 -c pulse.yaml --types pr
	grep -q "github.app_id" err
	echo nonsense >app.pem
	fetch 77 -c pulse.yaml --types pr
	grep -q "github.private_key" err
}

@test "the token of a GitHub App is renewed before its hour is over" {
	an_app
	export PULSE_TEST_CLOCK=$PWD/clock
	echo 2026-11-24T06:00:00Z >clock
	small --app-key app.pub --latency-ms 4
	"$PULSE_BIN/fetch-github" --base-url "$DEMO_URL/github" --no-progress -c pulse.yaml >out 2>err 3>&- &
	pid=$!
	until_asked 60 $pid
	echo 2026-11-24T06:56:00Z >later
	mv later clock
	wait $pid
	[ "$(tokens_asked)" = 2 ]
	same "$(got github_pr)" "$(wanted github_pr)"
}

@test "settings choose the organisation, patterns and types of incidents" {
	cat >pulse.yaml <<-END
		clients:
		  - id: 7
		    name: Acme
		    github:
		      organization: acme
		      include: ['a*', 'acme/web']
		    services:
		      - {name: all, incidents: {github_labels: [incident]}}
	END
	small
	fetch 0 -c pulse.yaml -k 7
	same "$(jq -r 'select(.type == "github_repo") | .data.full_name' out | sort)" $'acme/api\nacme/web'
	same "$(got github_issue)" "$(wanted github_issue | grep -E '^acme/(api|web) ')"
	same "$(jq .client out | sort -u)" 7
	fetch 78 -c pulse.yaml -k 8
	sed -i 's/organization/organisation/' pulse.yaml
	fetch 78 -c pulse.yaml -k 7
	grep -q "pulse.yaml:5" err
}

@test "statuses of a deployment without a final state are asked for again, for seven days" {
	small
	new=$(change '{"what":"new-deployment","repo":"acme/api","state":"in_progress"}' |
		jq -r '.[] | select(.type == "github_deployment") | .key')
	export PULSE_TEST_CLOCK=$PWD/clock
	both=(--repo acme/api --types deployment,deployment_status)
	echo 2026-11-24T07:00:00Z >clock
	fetch 0 "${both[@]}"
	cursors out >checkpoint.json
	asked() { # NOW: how often for the statuses of which deployment
		echo "$1" >clock
		forget_requests
		fetch 0 "${both[@]}" --checkpoint checkpoint.json
		requests | jq -r '.paths | to_entries[] | select(.key | endswith("/statuses"))
			| "\(.key | split("/")[-2]) \(.value)"'
	}
	# It was made at 06:01, and nothing about it changes.
	same "$(asked 2026-12-01T06:00:00Z)" "$new 1"
	same "$(asked 2026-12-01T06:02:00Z)" ""
	# With its end in time it is asked for no more.
	change '{"what":"deployment-finish","repo":"acme/api"}' >changed
	echo 2026-11-25T06:00:00Z >clock
	fetch 0 "${both[@]}" --checkpoint checkpoint.json
	some 'select(.type == "github_deployment_status" and .data.state == "success")'
	same "$(cursors out | jq -c '.["acme/api"].deployment.watch')" null
}

@test "releases that stand for deployments carry the commit of their tag" {
	cat >pulse.yaml <<-END
		clients:
		  - id: 1
		    name: Acme
		    github: {organization: acme, deployments: releases}
	END
	small
	fetch 0 -c pulse.yaml --types release
	same "$(got github_release)" "$(wanted github_release)"
	jq -e -s 'map(select(.type == "github_release" and (.data.draft | not))) |
		length > 0 and all(.ext.sha | test("^[0-9a-f]{40}$"))' out
	fetch 0 -c pulse.yaml --types commit
	jq -r 'select(.type == "github_commit") | .key' out | sort >known
	fetch 0 -c pulse.yaml --types release
	same "$(jq -r 'select(.type == "github_release") | .ext.sha // empty' out | sort -u | comm -23 - known)" ""
}

@test "a dry run says what a first load takes and prints nothing" {
	small
	fetch 0 --org acme -n
	[ ! -s out ]
	grep -q "First load of 4 repositories" err
	[ "$(requests | jq .total)" -lt 12 ]
}

@test "misuse is answered by the usage line and 64" {
	run --separate-stderr -64 "$PULSE_BIN/fetch-github" --org a --user b
	[[ $stderr == *"only one of --org, --user and --repo"* ]]
	run --separate-stderr -64 "$PULSE_BIN/fetch-github" --repo 'acme/../x'
	run --separate-stderr -64 "$PULSE_BIN/fetch-github" --org a -j 0
	run --separate-stderr -64 "$PULSE_BIN/fetch-github" --org a --types pull
	[[ $stderr == *"unknown type"* ]]
	run --separate-stderr -78 "$PULSE_BIN/fetch-github"
	[[ $stderr == *"--org"* ]]
}

@test "a full disk at standard output ends with 74" {
	small
	run --separate-stderr -74 bash -c \
		'"$PULSE_BIN/fetch-github" --base-url "$DEMO_URL/github" --org acme >/dev/full'
	[[ $stderr == *"cannot write 'standard output'"* ]]
}
