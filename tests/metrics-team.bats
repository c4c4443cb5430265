#!/usr/bin/env bats
# What team analytics promise, in figures worked out by hand from
# fixtures/team.sql.  All metrics are asked at once where the grouping allows.

load helper
load delivery

metrics_of_all="pull_requests pull_request_size time_to_first_review
	time_to_merge review_rounds review_depth reviewers_per_pull_request
	reviews_given merged_without_review self_merged commits active_days
	commit_hours commit_weekdays work_in_progress stale_pull_requests
	pull_request_age unlinked_pull_requests"

setup_file() {
	cd "$BATS_FILE_TMPDIR" || exit 1
	new_db team.db <<-SQL
		.read "$BATS_TEST_DIRNAME/fixtures/team.sql"
	SQL
	cat >teams.yaml <<-'YAML'
		teams:
		  - name: payments
		    members:
		      - {name: Ada, github: [ada, ada-l]}
		      - {name: Bob, github: [bob, Robert B]}
		  - name: web
		    members:
		      - {name: Cat, github: cat}
		people:
		  - {name: Dan, github: dan}
	YAML
	echo 'clients: [{id: 1}, {id: 2}]' >pulse.yaml
}

setup() {
	in_own_folder
	cp "$BATS_FILE_TMPDIR"/* .
	from=2026-11-02 to=2026-11-16
}

# asked [OPTION...] [NAME...] - metrics over the two weeks.
asked() {
	metrics -d team.db -c pulse.yaml --since "$from" --until "$to" "$@"
}

# fig [OPTION...] NAME... - lines METRIC [PART] [GROUP] [PERIOD] VALUE N, without
# hours and weekdays of 0.
fig() {
	asked --format ndjson "$@" | jq -r '
		select((.metric | startswith("commit_") | not) or .value != 0) |
		[.metric, .part // empty, (.group | select(. != "all")),
		.period // empty,
		(.value | if . == null then "null" else . * 1e4 | round / 1e4 end),
		.n] | map(tostring) | join(" ")'
}

# of GROUP: the lines of fig, in the file figures, of that group, without it.
of() {
	awk -v g="$1" '{ for (i = 2; i <= NF - 2; i++) if ($i == g) {
		$i = ""; $0 = $0; $1 = $1; print; next } }' figures
}

@test "every metric of team analytics counts what its definition says, over all" {
	# 1 to 6 opened, 1 2 3 6 merged, 4 turned down.  Sizes 5 10 120, 3 has
	# none.  First answers after 20 30 60 150 minutes (151 less a second,
	# rounded up), none for 2 and for 4, which was answered after it was
	# closed.  Merged after 30 60 1440 8640.  Rounds: 1 two, of which one
	# was sent back; 3 two; 6 one, whose review names no commit.  Comments
	# by others up to the merge: 1 two, one of them on code.  Reviewers: 1
	# Bob, 3 Ada, Cat and one who is gone, 6 Cat; 2 nobody.  1 was merged by
	# herself, 2 was not, of 3 and 6 nobody knows.
	# Open at the end: 5, 8, and 9, merged in that very second: for 9480,
	# 65640 and 38280 minutes; 8 and 9 are stale.  3 and 6 name no issue:
	# XYZ-1 and PAY-1x are none, and OPS-3 was deleted.
	# Days: 2 3 4 5 6 9 10 12; Ada has 3, Bob 4, Cat 3, those gone 3.
	# shellcheck disable=SC2086 # a list of names
	same "$(fig $metrics_of_all collaboration bugs_per_1000_lines 2>&1 | grep -v '^collab')" "$(
		cat <<-'END'
			pull_requests 6 6
			pull_requests opened 6 6
			pull_requests merged 4 4
			pull_requests closed_unmerged 1 1
			pull_request_size 10 3
			pull_request_size p90 10 3
			pull_request_size files 1 3
			time_to_first_review 30 4
			time_to_first_review p90 60 4
			time_to_merge 60 4
			time_to_merge p90 1440 4
			review_rounds 1.6667 3
			review_rounds sent_back 0.3333 3
			review_depth 0.5 4
			review_depth on_code 0.25 4
			reviewers_per_pull_request 1.25 4
			reviews_given 8 8
			reviews_given approved 5 8
			reviews_given changes_requested 1 8
			reviews_given commented 2 8
			reviews_given pull_requests 5 8
			merged_without_review 0.25 4
			merged_without_review pull_requests 1 4
			self_merged 0.5 2
			self_merged pull_requests 1 2
			commits 4 4
			active_days 8 13
			commit_hours 08 1 1
			commit_hours 10 2 2
			commit_hours 23 1 1
			commit_weekdays monday 2 2
			commit_weekdays tuesday 1 1
			commit_weekdays sunday 1 1
			work_in_progress 3 3
			stale_pull_requests 2 2
			pull_request_age 38280 3
			pull_request_age p90 38280 3
			unlinked_pull_requests 0.5 4
			unlinked_pull_requests pull_requests 2 4
			bugs_per_1000_lines null 4
		END
	)"
}

@test "by person the accounts of one person are one, and people come in the order of their names" {
	# shellcheck disable=SC2086
	fig $metrics_of_all --by person >figures
	same "$(sed -n 's/^pull_requests \([A-Z][a-z]*\) .*/\1/p' figures | paste -sd' ')" "Ada Bob Cat"
	# Ada: 1 and 2, the latter with her other account.
	same "$(of Ada)" "$(
		cat <<-'END'
			pull_requests 2 2
			pull_requests opened 2 2
			pull_requests merged 2 2
			pull_requests closed_unmerged 0 0
			pull_request_size 10 2
			pull_request_size p90 10 2
			pull_request_size files 1 2
			time_to_first_review 60 1
			time_to_first_review p90 60 1
			time_to_merge 30 2
			time_to_merge p90 30 2
			review_rounds 2 1
			review_rounds sent_back 1 1
			review_depth 1 2
			review_depth on_code 0.5 2
			reviewers_per_pull_request 0.5 2
			reviews_given 2 2
			reviews_given approved 1 2
			reviews_given changes_requested 0 2
			reviews_given commented 1 2
			reviews_given pull_requests 2 2
			merged_without_review 0.5 2
			merged_without_review pull_requests 1 2
			self_merged 0.5 2
			self_merged pull_requests 1 2
			commits 2 2
			active_days 3 3
			commit_hours 08 1 1
			commit_hours 23 1 1
			commit_weekdays monday 2 2
			unlinked_pull_requests 0 2
			unlinked_pull_requests pull_requests 0 2
		END
	)"
	# Bob: 3 and, still open, 9; his commit is known by his name only.
	same "$(of Bob | grep -vE '^(pull_request_size|self_merged|time_to)')" "$(
		cat <<-'END'
			pull_requests 1 1
			pull_requests opened 1 1
			pull_requests merged 1 1
			pull_requests closed_unmerged 0 0
			review_rounds 2 1
			review_rounds sent_back 0 1
			review_depth 0 1
			review_depth on_code 0 1
			reviewers_per_pull_request 3 1
			reviews_given 3 3
			reviews_given approved 1 3
			reviews_given changes_requested 1 3
			reviews_given commented 1 3
			reviews_given pull_requests 2 3
			merged_without_review 0 1
			merged_without_review pull_requests 0 1
			commits 1 1
			active_days 4 4
			commit_hours 10 1 1
			commit_weekdays sunday 1 1
			work_in_progress 1 1
			stale_pull_requests 1 1
			pull_request_age 38280 1
			pull_request_age p90 38280 1
			unlinked_pull_requests 1 1
			unlinked_pull_requests pull_requests 1 1
		END
	)"
	same "$(of Dan)" "$(printf '%s\n' 'work_in_progress 1 1' 'stale_pull_requests 1 1' \
		'pull_request_age 65640 1' 'pull_request_age p90 65640 1')"
}

@test "by team, by repository and by week all are counted where they belong" {
	few="pull_requests pull_request_size time_to_merge reviews_given commits
		active_days work_in_progress stale_pull_requests commit_weekdays"
	# shellcheck disable=SC2086
	fig $few --by team >figures
	# Payments: 1 2 3.  Dan is in no team.
	same "$(of payments | grep -vE 'p90|files|opened|_requested|commented|day ')" "$(
		cat <<-'END'
			pull_requests 3 3
			pull_requests merged 3 3
			pull_requests closed_unmerged 0 0
			pull_request_size 10 2
			time_to_merge 1440 3
			reviews_given 5 5
			reviews_given approved 2 5
			reviews_given pull_requests 4 5
			commits 3 3
			active_days 5 7
			work_in_progress 1 1
			stale_pull_requests 1 1
		END
	)"
	same "$(of web | grep -E '^(pull_requests|reviews_given|commits|active|work|stale)')" "$(
		cat <<-'END'
			pull_requests 2 2
			pull_requests opened 2 2
			pull_requests merged 0 0
			pull_requests closed_unmerged 1 1
			reviews_given 2 2
			reviews_given approved 2 2
			reviews_given changes_requested 0 2
			reviews_given commented 0 2
			reviews_given pull_requests 2 2
			commits 0 0
			active_days 3 3
			work_in_progress 1 1
			stale_pull_requests 0 0
		END
	)"
	# Those whose account is gone count by repository: 6, a review of 3, and
	# a commit that nobody wrote.
	# shellcheck disable=SC2086
	fig $few --by repo >figures
	same "$(of acme/api | grep -E '^(pull_requests|reviews_given|commits|active_days|work_in_progress|stale_pull_requests) [0-9]')" \
		"$(printf '%s\n' 'pull_requests 3 3' 'reviews_given 6 6' 'commits 3 3' \
			'active_days 6 8' 'work_in_progress 1 1' 'stale_pull_requests 1 1')"
	same "$(of acme/web | grep -E '^(pull_requests|reviews_given|commits|active_days|work_in_progress|stale_pull_requests) [0-9]')" \
		"$(printf '%s\n' 'pull_requests 3 3' 'reviews_given 2 2' 'commits 1 1' \
			'active_days 3 5' 'work_in_progress 2 2' 'stale_pull_requests 1 1')"
	# Open on Monday 9th: 3 4 8 9, of which 8 is stale and 9 not yet; 4 for
	# 5 days and 16 hours, the 2nd of four.
	same "$(fig $few pull_request_age --by week | grep -E ' [0-9-]{10} ' |
		grep -E '^(pull_request_age|pull_requests|reviews_given|commits|active_days|work_in_progress|stale_pull_requests) (merged )?2026')" "$(
		cat <<-'END'
			pull_requests 2026-11-02 4 4
			pull_requests merged 2026-11-02 2 2
			pull_requests 2026-11-09 4 4
			pull_requests merged 2026-11-09 2 2
			reviews_given 2026-11-02 6 6
			reviews_given 2026-11-09 2 2
			commits 2026-11-02 3 3
			commits 2026-11-09 1 1
			active_days 2026-11-02 5 9
			active_days 2026-11-09 3 4
			work_in_progress 2026-11-02 4 4
			work_in_progress 2026-11-09 3 3
			stale_pull_requests 2026-11-02 1 1
			stale_pull_requests 2026-11-09 2 2
			pull_request_age 2026-11-02 8160 4
			pull_request_age 2026-11-09 38280 3
		END
	)"
}

@test "collaboration is a matrix of who wrote and who reviewed, by person and by team" {
	# Reviews of 6, whose author is gone, of a bot's 7, by one who is gone
	# and of one's own are not in it; nor is a review before the window.
	same "$(fig collaboration)" "$(printf '%s\n' 'collaboration Bob Ada 1 2' \
		'collaboration Ada Bob 1 1' 'collaboration Cat Bob 1 1' 'collaboration Bob Cat 1 1')"
	same "$(fig collaboration --by team)" "$(printf '%s\n' 'collaboration payments payments 2 3' \
		'collaboration web payments 1 1' 'collaboration payments web 1 1')"
	same "$(asked collaboration --rows --format ndjson | jq -r '[.author, .reviewer, .state, .url] | join(" ")' | head -1)" \
		"ada bob changes_requested https://github.com/acme/api/pull/1#pullrequestreview-2"
}

@test "bots count only when they are asked for" {
	same "$(fig pull_requests work_in_progress commits reviews_given --bots | grep -E '^[a-z_]+ [0-9]')" \
		"$(printf '%s\n' 'pull_requests 7 7' 'work_in_progress 4 4' 'commits 5 5' 'reviews_given 9 9')"
	same "$(fig pull_requests --by person --bots | grep -c renovate)" 4
}

@test "days, hours and weekdays are those of the zone" {
	# Commits at 08:30 and 23:30 on Monday, at 10:00 on Sunday and Tuesday;
	# the window begins at Berlin's midnight.
	same "$(fig commit_hours commit_weekdays --tz Europe/Berlin)" \
		"$(printf '%s\n' 'commit_hours 00 1 1' 'commit_hours 09 1 1' 'commit_hours 11 2 2' \
			'commit_weekdays monday 1 1' \
			'commit_weekdays tuesday 2 2' 'commit_weekdays sunday 1 1')"
	same "$(asked commit_hours --format ndjson | jq -s length)" 24
}

@test "commits are the same however much of the history the window holds" {
	# The fixture has commits of two weeks; these are less than a quarter.
	from=2026-11-02 to=2026-11-05
	same "$(fig commits --by day)" "$(printf '%s\n' 'commits 2026-11-02 2 2' \
		'commits 2026-11-03 1 1' 'commits 2026-11-04 0 0')"
	same "$(fig commits --by person)" "commits Ada 2 2"
	same "$(fig active_days --by repo)" "$(printf '%s\n' 'active_days acme/api 3 5' 'active_days acme/web 1 2')"
	from=2026-10-01 to=2026-12-01
	same "$(fig commits --by day | grep -v ' 0 0$')" "$(printf '%s\n' 'commits 2026-11-02 2 2' \
		'commits 2026-11-03 1 1' 'commits 2026-11-10 1 1' 'commits 2026-11-16 1 1')"
}

@test "parameters move what is stale, a merge commit, and when sizes tell" {
	same "$(fig stale_pull_requests --set stale=60d)" "stale_pull_requests 0 0"
	# 5 was answered on the 9th at 10:30, 8 last had a commit on October 5th.
	same "$(fig stale_pull_requests --set stale=6d)" "stale_pull_requests 3 3"
	same "$(asked stale_pull_requests --rows --format ndjson | jq -r '[.number, .last_at] | join(" ")' | sort)" \
		"$(printf '%s\n' '8 2026-10-05T10:00:00Z' '9 2026-11-01T12:00:00Z')"
	same "$(fig commits --set merge_commits=1)" "commits 5 5"
	# Two bugs, one defect, and 120 + 10 + 5 lines: 3 / 0.135
	same "$(fig bugs_per_1000_lines --set sizes_known=0.7)" "bugs_per_1000_lines 22.2222 4"
	same "$(fig bugs_per_1000_lines --set sizes_known=0.7 --set bug_types=BUG,bug)" "bugs_per_1000_lines 14.8148 4"
	run -0 asked bugs_per_1000_lines
	[[ $output == *"no data"*"1 of unknown size"* ]]
}

@test "the rows of a pull request say what was found for it" {
	same "$(asked unlinked_pull_requests --rows --format ndjson |
		jq -r '[.number, .unlinked, .issues // "-"] | map(tostring) | join(" ")' | sort -n)" \
		"$(printf '%s\n' '1 0 PAY-1' '2 0 OLD-7 PAY-2' '3 1 -' '6 1 -')"
	same "$(asked reviewers_per_pull_request --rows --format ndjson |
		jq -r '[.number, .reviewers, .names // "-"] | map(tostring) | join(" ")' | sort -n)" \
		"$(printf '%s\n' '1 1 Bob' '2 0 -' '3 3 Ada, Cat' '6 1 Cat')"
	same "$(asked time_to_first_review --rows --format ndjson |
		jq -r '[.number, .minutes // "-", .url] | map(tostring) | join(" ")' | sort -n | head -2)" \
		"$(printf '%s\n' '1 60 https://github.com/acme/api/pull/1' '2 - https://github.com/acme/api/pull/2')"
	run -0 asked self_merged
	[[ $output == *"2 not known"* ]]
}

@test "rows add up to the figures of every metric" {
	counted() { asked "$1" --rows --format ndjson | jq -s "$2"; }
	same "$(counted pull_requests '[length, (map(.opened, .merged, .closed_unmerged) | add)]' | jq -c .)" "[6,11]"
	same "$(counted merged_without_review '(map(.unreviewed) | add) / length')" 0.25
	same "$(counted review_depth '[(map(.comments) | add), (map(.on_code) | add), length]' | jq -c .)" "[2,1,4]"
	same "$(counted review_rounds '[(map(.rounds) | add), (map(.sent_back) | add), length]' | jq -c .)" "[5,1,3]"
	same "$(counted active_days '[(map(.day) | unique | length), length]' | jq -c .)" "[8,13]"
	for metric in reviews_given commits commit_hours work_in_progress stale_pull_requests; do
		same "$metric $(counted "$metric" length)" \
			"$metric $(asked "$metric" --format ndjson | jq -s 'map(select(.part == null or .metric == "commit_hours").n) | add')"
	done
}

@test "without data counts are 0, the rest is unknown, and another client has his own" {
	# shellcheck disable=SC2086
	same "$(from=2025-01-01 to=2025-02-01 fig $metrics_of_all collaboration bugs_per_1000_lines | awk '{ print $1, $(NF - 1) }' | sort -u | paste -sd' ')" \
		"active_days 0 bugs_per_1000_lines null commits 0 merged_without_review null pull_request_age null pull_request_size null pull_requests 0 review_depth null review_rounds null reviewers_per_pull_request null reviews_given 0 self_merged null stale_pull_requests 0 time_to_first_review null time_to_merge null unlinked_pull_requests null work_in_progress 0"
	same "$(fig pull_requests reviews_given commits unlinked_pull_requests -k 2 | grep -E '^[a-z_]+ [0-9n]' | paste -sd' ')" \
		"pull_requests 1 1 reviews_given 1 1 commits 1 1 unlinked_pull_requests null 1"
}

@test "no plan of team analytics makes an index on the way or reads a big table whole" {
	# shellcheck disable=SC2086
	asked $metrics_of_all collaboration bugs_per_1000_lines --plan |
		sed '1,/^pull_requests$/d' >plan
	grep -q 'INDEX reviews_submitted (client_id=? AND submitted_at>? AND submitted_at<?)' plan
	grep -q 'INDEX ends_index (at>? AND at<?)' plan
	grep -qF 'SEARCH c USING PRIMARY KEY (client_id=? AND repo=?)' plan
	grep -qF 'SEARCH c USING INDEX commits_committed (client_id=? AND committed_at>? AND committed_at<?)' plan
	refute grep -i automatic plan
	refute grep -E 'SCAN (q|v|c|k|i|p|pull_requests|comments|reviews|commits|issues)\b' plan
	refute grep -E 'SEARCH [a-z_]+ USING (PRIMARY KEY|INDEX [a-z_]+) \(client_id=\?\)' plan
	# The reviews of a pull request are not sought by time.
	metrics -d team.db lead_time --plan >plan
	refute grep reviews_submitted plan
}
