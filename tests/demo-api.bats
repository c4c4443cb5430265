#!/usr/bin/env bats
# The made-up organisation is what all other tests are measured by: its traps
# one by one, and that its relations hold.

load helper

setup() { in_own_folder; }
teardown() { demo_stop; }

NOW=2026-11-24T08:00:00Z

gh() { # PATH [CURL-OPTION...]
	local path=$1
	shift
	curl -s -H 'Authorization: Bearer demo-github-token' "$@" "$DEMO_URL/github/$path"
}

code() { gh "$@" -o /dev/null -w '%{http_code}'; }

# All pages of a list as one array, by following rel="next" only.
walk() {
	local url=$DEMO_URL/github/$1
	while [ -n "$url" ]; do
		curl -s -D head -H 'Authorization: Bearer demo-github-token' "$url"
		url=$(tr -d '\r' <head | sed -n 's/^link:.*<\([^>]*\)>; rel="next".*/\1/p')
	done | jq -s 'add // []'
}

demo() { curl -s "$DEMO_URL/__demo/$1" "${@:2}"; }
change() { demo change -d "$1"; }
fault() { [ "$(demo faults -d "$1")" = '{}' ]; }

@test "demo-api gives the same bytes for the same seed and time" {
	for run in one two; do
		demo_start --now $NOW --prs 60
		gh "repos/acme/api/pulls?state=all&per_page=100" >$run
		demo expected >$run.expected
		demo_stop
	done
	cmp one two
	cmp one.expected two.expected
	demo_start --now $NOW --prs 60 --seed 2
	gh "repos/acme/api/pulls?state=all&per_page=100" >three
	refute cmp -s one three
}

@test "a listed pull request is about 16 KB" {
	demo_start --now $NOW --prs 200
	gh "repos/acme/api/pulls?state=all&per_page=50" >page
	size=$(($(wc -c <page) / $(jq length page)))
	[ "$size" -gt 13000 ]
	[ "$size" -lt 19000 ]
}

@test "walking the pages gives exactly the expected pull requests" {
	demo_start --now $NOW --prs 300 --repos 3
	for repo in api web mobile; do
		same "$(walk "repos/acme/$repo/pulls?state=all&per_page=7" | jq -c '[.[].number]|sort')" \
			"$(demo "expected?type=github_pr&repo=acme/$repo" | jq -c ".github_pr[\"acme/$repo\"]|map(tonumber)|sort")"
	done
	same "$(demo 'expected?type=github_pr&all=1' | jq '[.github_pr[]|length]|add')" 300
}

@test "pull requests are open ones when no state is named" {
	demo_start --now $NOW --prs 200
	walk "repos/acme/api/pulls?per_page=100" | jq -e 'length > 0 and all(.state == "open")'
	[ "$(code 'repos/acme/api/pulls?state=merged')" = 422 ]
}

@test "sort and direction order pull requests" {
	demo_start --now $NOW --prs 200
	walk "repos/acme/api/pulls?state=all&sort=updated&direction=desc&per_page=100" |
		jq -e '[.[].updated_at] | . == (sort | reverse)'
	walk "repos/acme/api/pulls?state=all&sort=created&direction=asc&per_page=100" |
		jq -e '[.[].created_at] | . == sort'
}

@test "Link goes by the repository's id and ends without next" {
	demo_start --now $NOW --prs 200 --repos 2
	id=$(gh repos/acme/api | jq .id)
	gh "repos/acme/api/pulls?state=all&per_page=40" -D - -o /dev/null | grep -i "^link: <$DEMO_URL/github/repositories/$id/pulls?state=all&per_page=40&page=2>; rel=\"next\""
	gh "repos/acme/api/pulls?state=all&per_page=100&page=2" -D - -o /dev/null >head
	refute grep -qi 'rel="next"' head
	grep -qi 'rel="prev"' head
}

@test "every merge commit of a pull request is in the history of main" {
	demo_start --now $NOW --prs 300 --repos 5
	for repo in api web mobile billing infra; do
		walk "repos/acme/$repo/commits?per_page=100" | jq -r '.[].sha' | sort >log
		walk "repos/acme/$repo/pulls?state=all&per_page=100" |
			jq -r '.[] | select(.merged_at != null).merge_commit_sha' | sort >merges
		[ -s merges ]
		same "$(comm -13 log merges)" ""
	done
}

@test "every parent of a listed commit is listed, but for the root" {
	demo_start --now $NOW --prs 200 --repos 4
	for repo in api web mobile billing; do
		walk "repos/acme/$repo/commits?per_page=100" >commits
		jq -r '.[].sha' commits | sort >log
		jq -r '.[].parents[].sha' commits | sort -u >parents
		same "$(comm -13 log parents)" ""
		same "$(jq '[.[] | select(.parents == [])] | length' commits)" 1
	done
}

@test "branch commits are reached through merges, not after a squash" {
	demo_start --now $NOW --prs 200 --repos 2
	for repo in api web; do
		number=$(walk "repos/acme/$repo/pulls?state=all&per_page=100" |
			jq '[.[] | select(.merged_at != null)][5].number')
		gh "repos/acme/$repo/pulls/$number/commits?per_page=100" | jq -r '.[].sha' | sort >branch
		walk "repos/acme/$repo/commits?per_page=100" | jq -r '.[].sha' | sort >log
		comm -12 log branch >"both.$repo"
		[ -s branch ]
		[ "$repo" = web ] || cmp branch "both.$repo"
	done
	[ ! -s both.web ]
}

@test "a commit list is the expected one and since filters by commit date" {
	demo_start --now $NOW --prs 100 --repos 1
	since=2026-06-01T00:00:00Z
	same "$(walk "repos/acme/api/commits?per_page=100&since=$since" | jq -c '[.[].sha]|sort')" \
		"$(demo "expected?type=github_commit&since=$since" | jq -c '.github_commit["acme/api"]|sort')"
}

@test "the commits of a pull request end at 250, compare pages through all" {
	demo_start --now $NOW --prs 100 --repos 1
	number=$(demo 'expected?type=github_pr_commit' |
		jq -r '.github_pr_commit["acme/api"][]' | cut -d/ -f1 | uniq -c | sort -n | tail -1 | awk '{print $2}')
	walk "repos/acme/api/pulls/$number/commits?per_page=100" | jq -e 'length == 250'
	gh "repos/acme/api/pulls/$number" >pull
	jq -e '.commits == 263' pull
	range=$(jq -r '.base.sha + "..." + .head.sha' pull)
	gh "repos/acme/api/compare/$range?per_page=100&page=3" | jq -e '.total_commits == 263 and (.commits | length) == 63'
}

@test "compare names what is new, oldest first, and 404 after a force push" {
	demo_start --now $NOW --prs 60 --repos 1
	gh 'repos/acme/api/commits?per_page=100' >log
	old=$(jq -r '[.[] | select(.parents | length < 2)][3].sha' log)
	gh "repos/acme/api/compare/$old...main?per_page=100" >compared
	jq -e '.status == "ahead" and .behind_by == 0 and .ahead_by == (.commits | length)' compared
	jq -e --arg old "$old" 'any(.commits[]; .sha == $old) | not' compared
	head=$(jq -r '.[0].sha' log)
	change '{"what":"force-push","count":2}' | jq -e '[.[] | select(.how == "vanished")] | length > 0'
	[ "$(code "repos/acme/api/compare/$head...main")" = 404 ]
	[ "$(code "repos/acme/api/compare/$old...main")" = 200 ]
}

@test "reviews, comments, deployments, statuses and releases are the expected ones" {
	demo_start --now $NOW --prs 80 --repos 3
	demo 'expected?repo=acme/web' >expected
	keys() { jq -c --arg t "$1" '.[$t]["acme/web"] | sort' expected; }
	same "$(walk 'repos/acme/web/deployments?per_page=100' | jq -c '[.[].id|tostring]|sort')" "$(keys github_deployment)"
	same "$(walk 'repos/acme/web/releases?per_page=100' | jq -c '[.[].id|tostring]|sort')" "$(keys github_release)"
	same "$( (
		walk 'repos/acme/web/issues/comments?per_page=100' | jq '[.[]|"i\(.id)"]'
		walk 'repos/acme/web/pulls/comments?per_page=100' | jq '[.[]|"r\(.id)"]'
	) | jq -sc 'add|sort')" "$(keys github_comment)"
	same "$(for n in $(jq -r '.github_pr["acme/web"][]' expected); do
		gh "repos/acme/web/pulls/$n/reviews?per_page=100" | jq --arg n "$n" '[.[]|"\($n)/\(.id)"]'
	done | jq -sc 'add|sort')" "$(keys github_review)"
	same "$(for d in $(jq -r '.github_deployment["acme/web"][:40][]' expected); do
		gh "repos/acme/web/deployments/$d/statuses" | jq --arg d "$d" '[.[]|"\($d)/\(.id)"]'
	done | jq -sc 'add|sort')" \
		"$(jq -c '(.github_deployment["acme/web"][:40]) as $d | [.github_deployment_status["acme/web"][] | select((. / "/")[0] as $x | any($d[]; . == $x))] | sort' expected)"
}

@test "a later success turns the deployment before it inactive, in its environment" {
	demo_start --now $NOW --prs 60 --repos 2
	walk 'repos/acme/web/deployments?environment=production-eu&per_page=100' | jq -r '.[1:12][].id' |
		while read -r id; do gh "repos/acme/web/deployments/$id/statuses" | jq -c '[.[].state]'; done >states
	[ "$(grep -c '^\["inactive","success"' states)" -gt 5 ]
	refute grep -q '^\["success"' states
}

@test "the list of issues holds the pull requests too" {
	demo_start --now $NOW --prs 60 --repos 1
	walk 'repos/acme/api/issues?state=all&per_page=100' >issues
	same "$(jq -c '[.[] | select(.pull_request == null) | .number|tostring] | sort' issues)" \
		"$(demo 'expected?type=github_issue' | jq -c '.github_issue["acme/api"] | sort')"
	jq -e 'any(.[]; .pull_request != null) and ([.[].number] | length == (unique | length))' issues
	walk 'repos/acme/api/issues?state=all&labels=incident' | jq -e 'length > 0 and all(.[]; any(.labels[]; .name == "incident"))'
}

@test "comments can be had since a time, by their last update" {
	demo_start --now $NOW --prs 60 --repos 1
	since=2026-09-01T00:00:00Z
	walk "repos/acme/api/issues/comments?since=$since&sort=updated&direction=asc" >some
	jq -e --arg s $since 'length > 0 and all(.[]; .updated_at >= $s) and ([.[].updated_at] | . == sort)' some
	same "$(jq length some)" "$(walk 'repos/acme/api/issues/comments?per_page=100' | jq --arg s $since '[.[] | select(.updated_at >= $s)] | length')"
}

@test "deleted accounts are null, names are in all scripts, bots are bots" {
	demo_start --now $NOW --prs 400 --repos 3
	for repo in api web mobile; do walk "repos/acme/$repo/pulls?state=all&per_page=100"; done | jq -s add >pulls
	jq -e 'any(.[]; .user == null)' pulls
	jq -e 'any(.[]; .user.type == "Bot")' pulls
	jq -e 'any(.[]; .body == null) and any(.[]; .draft)' pulls
	jq -e 'any(.[]; .head.repo == null)' pulls
	walk 'repos/acme/api/commits?per_page=100' | jq -e 'any(.[].commit.author.name; test("[^\u0000-\u007f]"))'
}

@test "ETag answers 304, which costs no quota" {
	demo_start --now $NOW --prs 60
	gh 'repos/acme/api/pulls?state=all' -D head -o /dev/null
	etag=$(tr -d '\r' <head | sed -n 's/^etag: //p')
	left=$(tr -d '\r' <head | sed -n 's/^x-ratelimit-remaining: //p')
	gh 'repos/acme/api/pulls?state=all' -H "If-None-Match: $etag" -D head2 -o body
	grep -q ' 304 ' head2
	[ ! -s body ]
	same "$(tr -d '\r' <head2 | sed -n 's/^x-ratelimit-remaining: //p')" "$left"
	change '{"what":"pr-update"}' >/dev/null
	[ "$(code 'repos/acme/api/pulls?state=all' -H "If-None-Match: $etag")" = 200 ]
}

@test "a packed answer has a weak ETag and the same bytes" {
	demo_start --now $NOW --prs 60
	gh 'repos/acme/api/pulls?state=all' >plain
	gh 'repos/acme/api/pulls?state=all' --compressed -D head >packed
	grep -qi '^content-encoding: gzip' head
	grep -q '^etag: W/"' head
	cmp plain packed
}

@test "a spent quota answers 403 with nothing remaining, and comes back" {
	demo_start --now $NOW --prs 20 --quota 3 --window 1h
	for _ in 1 2 3; do [ "$(code repos/acme/api)" = 200 ]; done
	gh repos/acme/api -D head >body
	grep -q ' 403 ' head
	grep -qi '^x-ratelimit-remaining: 0' head
	jq -e '.message | test("rate limit exceeded")' body
	gh rate_limit | jq -e '.resources.core.remaining == 0'
}

@test "wrong or missing tokens, agents and versions are refused as GitHub does" {
	demo_start --now $NOW --prs 20
	url=$DEMO_URL/github/repos/acme/api
	status() { curl -s -o body -w '%{http_code}' "$@" "$url"; }
	[ "$(status -H 'Authorization: Bearer nonsense')" = 401 ]
	jq -e '.message == "Bad credentials"' body
	[ "$(status)" = 401 ]
	good='Authorization: Bearer demo-github-token'
	[ "$(status -H "$good" -H 'User-Agent:')" = 403 ]
	[ "$(status -H "$good" -H 'X-GitHub-Api-Version: 2021-01-01')" = 410 ]
	[ "$(status -H "$good" -H 'X-GitHub-Api-Version: 2031-01-01')" = 400 ]
	[ "$(status -H "$good" -H 'X-GitHub-Api-Version: 2022-11-28')" = 200 ]
	gh 'repos/acme/api/pulls?state=all' -H 'X-GitHub-Api-Version: 2026-03-10' |
		jq -e '.[0] | has("merge_commit_sha") or has("assignee") | not'
}

@test "empty, blocked, broken, vanished and unknown repositories answer so" {
	demo_start --now $NOW --prs 20 --traps
	[ "$(code repos/acme/playground/commits)" = 409 ]
	[ "$(code repos/acme/playground/pulls)" = 200 ]
	[ "$(code repos/acme/taken-down/pulls)" = 451 ]
	gh repos/acme/taken-down | jq -e '.block.reason == "dmca" and .block.html_url'
	[ "$(code repos/acme/broken/pulls)" = 500 ]
	[ "$(code repos/acme/vanished/pulls)" = 404 ]
	[ "$(code repos/acme/never-was)" = 404 ]
	[ "$(code orgs/nobody/repos)" = 404 ]
	same "$(walk 'orgs/acme/repos?per_page=4' | jq length)" 15
	same "$(demo 'expected?type=github_repo' | jq '.github_repo.acme | length')" 13
	same "$(demo 'expected?type=github_repo&all=1' | jq '.github_repo.acme | length')" 15
}

@test "a repository without issues answers 410 to their list alone" {
	demo_start --now $NOW --prs 60
	gh 'repos/acme/.github/issues' | jq -e '.message == "Issues are disabled for this repo"'
	[ "$(code 'repos/acme/.github/issues')" = 410 ]
	[ "$(code 'repos/acme/.github/pulls')" = 200 ]
	gh repos/acme/.github | jq -e '.has_issues == false'
}

@test "an app gets a token for a JWT that is signed, in time and whole" {
	openssl genrsa -out key.pem 2048 2>/dev/null
	openssl rsa -in key.pem -pubout -out public.pem 2>/dev/null
	openssl genrsa -out other.pem 2048 2>/dev/null
	b64() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
	jwt() { # KEY IAT EXP
		local text
		text=$(printf '{"alg":"RS256","typ":"JWT"}' | b64).$(printf '{"iat":%s,"exp":%s,"iss":"77"}' "$2" "$3" | b64)
		echo "$text.$(printf '%s' "$text" | openssl dgst -sha256 -sign "$1" -binary | b64)"
	}
	demo_start --now $NOW --prs 20 --app-key public.pem
	ask() { curl -s -o body -w '%{http_code}' -X POST -H "Authorization: Bearer $1" "$DEMO_URL/github/app/installations/5/access_tokens"; }
	now=$(date +%s)
	[ "$(ask "$(jwt other.pem $((now - 60)) $((now + 500)))")" = 401 ]
	[ "$(ask "$(jwt key.pem $((now - 60)) $((now + 5000)))")" = 401 ]
	[ "$(ask "$(jwt key.pem $((now - 900)) $((now - 400)))")" = 401 ]
	[ "$(ask 'no.jwt')" = 401 ]
	[ "$(ask "$(jwt key.pem $((now - 60)) $((now + 500)))")" = 201 ]
	token=$(jq -r .token body)
	status() { curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $token" "$DEMO_URL/github/user"; }
	[ "$(status)" = 200 ]
	change '{"what":"expire-tokens"}'
	[ "$(status)" = 401 ]
}

@test "a renamed repository is moved for good, a deleted one is gone" {
	demo_start --now $NOW --prs 60
	change '{"what":"rename-repo","repo":"web","to":"shop"}' | jq -e 'length == 1 and .[0].type == "github_repo"'
	gh 'repos/acme/web/pulls?state=all&per_page=1' -D head -o /dev/null
	grep -q ' 301 ' head
	grep -qi "^location: $DEMO_URL/github/repositories/[0-9]*/pulls?state=all&per_page=1" head
	gh 'repos/acme/web/pulls?state=all&per_page=1' -L | jq -e '.[0].base.repo.full_name == "acme/shop"'
	change '{"what":"delete-repo","repo":"shop"}' | jq -e '.[0].how == "vanished"'
	[ "$(code repos/acme/shop)" = 404 ]
	demo 'expected?type=github_pr' | jq -e '.github_pr | has("acme/shop") | not'
}

@test "a change touches exactly the rows that it names" {
	demo_start --now $NOW --prs 80 --repos 4
	flat() { jq -r 'to_entries[] | .key as $t | .value | to_entries[] | .key as $s | .value[] | "\($t) \($s) \(.)"' | sort; }
	for what in pr-merge new-pr old-branch pr-commits-rewritten new-review review-deleted new-comment \
		comment-deleted new-commits force-push new-deployment deployment-inactive new-release; do
		demo expected | flat >before
		change "{\"what\":\"$what\"}" >rows
		demo expected | flat >after
		same "$(comm -13 before after)" "$(jq -r '.[] | select(.how == "appeared") | "\(.type) \(.scope) \(.key)"' rows | sort)"
		same "$(comm -23 before after)" "$(jq -r '.[] | select(.how == "vanished") | "\(.type) \(.scope) \(.key)"' rows | sort)"
		jq -e 'length > 0' rows
	done
}

@test "an updated pull request comes first and only it differs" {
	demo_start --now $NOW --prs 80 --repos 1
	list='repos/acme/api/pulls?state=all&sort=updated&direction=desc&per_page=100'
	walk "$list" >before
	key=$(change '{"what":"pr-update","number":7}' | jq -r '.[0].key')
	walk "$list" >after
	same "$key" 7
	jq -e '.[0].number == 7' after
	same "$(jq -nc --slurpfile a before --slurpfile b after '($a[0] | map({(.number|tostring): .}) | add) as $old | [$b[0][] | select($old[.number|tostring] != .) | .number]')" '[7]'
}

@test "merging a branch of long ago brings old commits that since does not show" {
	demo_start --now $NOW --prs 60 --repos 1
	head=$(gh 'repos/acme/api/commits?per_page=1' | jq -r '.[0].sha')
	change '{"what":"old-branch"}' | jq -r '.[] | select(.type == "github_commit").key' | sort >new
	same "$(wc -l <new | tr -d ' ')" 3
	same "$(gh "repos/acme/api/commits?since=2026-11-24T08:00:30Z" | jq length)" 1
	same "$(gh "repos/acme/api/compare/$head...main" | jq -r '.commits[].sha' | sort)" "$(cat new)"
}

@test "a script of faults strikes after so many requests, so often" {
	demo_start --now $NOW --prs 60
	fault '{"match":"/github/repos/acme/api/pulls","do":"status","status":503,"retry_after":7,"after":1,"count":2}'
	same "$(for _ in 1 2 3 4; do code repos/acme/api/pulls; done)" 200503503200
	fault '{"match":"/github/repos/*/pulls*","do":"status","per_page_above":50,"status":502}'
	[ "$(code 'repos/acme/api/pulls?per_page=100')" = 502 ]
	[ "$(code 'repos/acme/api/pulls?per_page=50')" = 200 ]
	fault ''
	[ "$(code 'repos/acme/api/pulls?per_page=100')" = 200 ]
}

@test "a fault on a repository's name also strikes the links that go by id" {
	demo_start --now $NOW --prs 100
	id=$(gh repos/acme/api | jq .id)
	fault '{"match":"/github/repos/acme/api/pulls","do":"status","status":500}'
	[ "$(code "repositories/$id/pulls?page=2")" = 500 ]
	[ "$(code "repositories/$id/commits?page=2")" = 200 ]
}

@test "faults can wait, cut, break, drip, reset, redirect, mislead and explode" {
	demo_start --now $NOW --prs 60
	page='repos/acme/api/pulls?state=all&per_page=3'
	gh "$page" >whole
	fault '{"do":"delay","ms":300}'
	gh "$page" -o /dev/null -w '%{time_total}' | awk '{ exit !($1 >= 0.3) }'
	fault '{"do":"cut","bytes":1000}'
	run -18 gh "$page" -o part
	[ "$(wc -c <part)" -eq 1000 ]
	fault '{"do":"broken-json"}'
	gh "$page" >broken
	refute jq -e . broken >/dev/null 2>&1
	fault '{"do":"drip","bytes":4000,"ms":5}'
	gh "$page" >dripped
	cmp whole dripped
	fault '{"do":"reset"}'
	run ! gh "$page"
	fault '{"do":"redirect"}'
	gh "$page" -o /dev/null -w '%{redirect_url}' >where
	refute grep -q "^$DEMO_URL/" where
	grep -q '^http://127.0.0.1:' where
	fault '{"do":"link-other-port","to":"http://127.0.0.1:9"}'
	gh "$page" -D - -o /dev/null | grep -qi '^link: <http://127.0.0.1:9/github/'
	fault '{"do":"html"}'
	gh "$page" -D - | grep -q '^content-type: text/html'
	fault '{"do":"gzip-bomb","bytes":5000000}'
	same "$(gh "$page" --compressed | wc -c | tr -d ' ')" 5000000
}

@test "both kinds of rate limit come by script" {
	demo_start --now $NOW --prs 20
	fault '{"do":"secondary","count":1,"retry_after":2}'
	gh repos/acme/api -D head | jq -e '.message | test("secondary rate limit")'
	grep -qi '^retry-after: 2' head
	fault '{"do":"quota","count":1,"reset":30}'
	gh repos/acme/api -D head >/dev/null
	grep -q ' 403 ' head
	grep -qi '^x-ratelimit-remaining: 0' head
	reset=$(tr -d '\r' <head | sed -n 's/^x-ratelimit-reset: //p')
	[ $((reset - $(date +%s))) -le 31 ]
	[ "$(code repos/acme/api)" = 403 ]
}

@test "a wrong script is refused with its line, and the old one stays" {
	demo_start --now $NOW --prs 20
	fault '{"do":"status","status":503}'
	demo faults -d '{"do":"status"}
{"do":"explode"}' | jq -e '.error | startswith("line 2")'
	[ "$(code repos/acme/api)" = 503 ]
	echo '{"do":' >script
	run --separate-stderr -65 demo-api --faults script
	[[ $stderr == "demo-api: cannot use 'script': line 1: "* ]]
}

@test "requests are counted by path, status and how many there were at once" {
	demo_start --now $NOW --prs 20 --latency-ms 200
	pids=()
	for _ in 1 2 3; do
		gh repos/acme/api -o /dev/null &
		pids+=($!)
	done
	wait "${pids[@]}"
	code repos/acme/nope
	demo requests >counts
	jq -e '.total == 4 and .most_at_once == 3 and .statuses["200"] == 3 and .statuses["404"] == 1' counts
	jq -e '.paths["GET /github/repos/acme/api"] == 3' counts
}

@test "the DORA figures are numbers with what they were taken from" {
	demo_start --now $NOW --prs 300
	demo dora >figures
	jq -e '.deployment_frequency.value > 0 and .lead_time.value > 0 and .time_to_restore.value > 0' figures
	jq -e '.change_failure_rate | .value > 0 and .value < 1 and .failed < .n' figures
	same "$(demo 'dora?since=2020-01-01&until=2020-03-01' | jq -c '[.deployment_frequency.value, .lead_time.value, .change_failure_rate.value]')" '[0,null,null]'
}

@test "demo-api says what is wrong with its options" {
	run --separate-stderr -64 demo-api --flavor server
	[[ $stderr == *"--flavor is cloud or dc"* ]]
	run --separate-stderr -66 demo-api --faults missing
	[[ $stderr == "demo-api: cannot read 'missing': "* ]]
	run --separate-stderr -73 demo-api --prs 5 --port-file no/where
	[[ $stderr == "demo-api: cannot write 'no/where': "* ]]
	demo_start --prs 5
	run --separate-stderr -69 demo-api --prs 5 --port "${DEMO_URL##*:}"
	[[ $stderr == "demo-api: cannot listen on '127.0.0.1:${DEMO_URL##*:}': "* ]]
}
