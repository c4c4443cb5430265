#!/usr/bin/env bats
# spool-prune: what goes, what stays.

load helper

setup() {
	in_own_folder
	echo 2026-11-24T06:00:00Z >clock
	export PULSE_TEST_CLOCK=$PWD/clock
	for queue in github jira; do
		mkdir -p s/queue/1/$queue/{tmp,new,done,bad}
		for day in 01 10 20; do
			name=202611${day}T000000.000Z.0000007.001
			head -c 100 /dev/zero | tee s/queue/1/$queue/new/$name s/queue/1/$queue/tmp/7.$day \
				s/queue/1/$queue/done/$name.zst s/queue/1/$queue/bad/$name.batch >s/queue/1/$queue/bad/$name.rejects
		done
	done
}

left() { (cd "s/queue/1/$1" && ls "$2" | cut -c7-8,33- | tr '\n' ' '); }

@test "spool-prune removes what is older than its time, in done and bad apart" {
	run -0 spool-prune -s s --done 10d --bad 20d
	[ -z "$output" ]
	same "$(left github done)" '20.zst '
	same "$(left github bad)" '10.batch 10.rejects 20.batch 20.rejects '
	same "$(left jira done)" '20.zst '
}

@test "spool-prune removes the oldest while there is too much" {
	run -0 spool-prune -s s --done-size 200 --bad-size 0
	same "$(left github done)" '10.zst 20.zst '
	same "$(left github bad)" ''
	run -0 spool-prune -s s --done-size 199
	same "$(left jira done)" '20.zst '
}

@test "spool-prune never touches what waits or is being written" {
	run -0 spool-prune -s s --done 0s --bad 0s --done-size 0 --bad-size 0
	same "$(find s -type f | grep -cE '/(new|tmp)/')" 12
	same "$(find s -type f | wc -l)" 12
}

@test "spool-prune keeps 30 days of done and 180 of bad unless told otherwise" {
	echo 2026-12-05T00:00:00Z >clock
	run -0 spool-prune -s s
	same "$(left github done)" '10.zst 20.zst '
	same "$(left github bad | wc -w)" 6
	echo 2027-05-05T00:00:00Z >clock
	run -0 spool-prune -s s
	same "$(left github bad | wc -w)" 4
	same "$(left github done)" ''
}

@test "spool-prune --dry-run prints what would go and removes nothing" {
	run -0 spool-prune -s s -n --done 10d github
	same "$output" "$(ls s/queue/1/github/done/*{01,10}T*)"
	same "$(find s -type f | wc -l)" 30
	run -0 spool-prune -s s -v --done 10d github
	same "$(wc -l <<<"$output")" 2
	same "$(left jira done | wc -w)" 3
}

@test "spool-prune looks at one client or one queue only, when told so" {
	cp -r s/queue/1 s/queue/2
	run -0 spool-prune -s s -k 2 --done 0s jira
	same "$(find s/queue/2/jira/done -type f | wc -l)" 0
	same "$(find s -path '*/done/*' -type f | wc -l)" 9
}

@test "spool-prune removes answers of APIs that no fetcher uses any more" {
	mkdir s/cache
	touch -d 2026-08-01T00:00:00Z s/cache/old
	touch -d 2026-11-01T00:00:00Z s/cache/used
	ln -s ../clock s/cache/link
	run -0 spool-prune -s s -n
	[[ $output == *s/cache/old ]]
	[ -e s/cache/old ]
	run -0 spool-prune -s s github
	[ -e s/cache/old ]
	run -0 spool-prune -s s
	same "$(cd s/cache && echo *)" 'link used'
	run -0 spool-prune -s s --cache 7d
	same "$(cd s/cache && echo *)" 'link'
}

@test "spool-prune removes figures that nobody has asked for since" {
	mkdir -p s/cache/metrics
	touch -d 2026-08-01T00:00:00Z s/cache/metrics/old
	touch -d 2026-11-01T00:00:00Z s/cache/metrics/new
	run -0 spool-prune -s s
	same "$(cd s/cache/metrics && echo *)" new
}
