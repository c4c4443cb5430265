#!/usr/bin/env bats
# validate: what passes is untouched, what does not is kept with its reasons.

load helper

# record TYPE KEY DATA - one line with a whole envelope.
record() {
	printf '{"type":"%s","client":1,"source":"test","scope":"a/b","key":"%s","updated_at":"2026-11-01T10:00:00.000Z","fetched_at":"2026-11-24T06:00:00.123Z","data":%s}\n' "$@"
}

checkpoint='{"type":"checkpoint","client":1,"job":"github_job","scope":"a/b","at":"2026-11-24T06:00:00.000Z","from":null,"data":{"page":2}}'
batch_end='{"type":"batch","put":"p","part":1,"end":true}'

setup() {
	in_own_folder
	mkdir rules
	cat >rules/thing.yaml <<-'END'
		# thing - for these tests
		table: things
		unique: [client, source, key]
		fields:
		  name: {path: data.name, type: text, required: true}
		  state: {path: data.state, type: text, one_of: [open, closed]}
		  size: {path: data.size, type: integer, range: [0, 10]}
		  made_at: {path: data.made, type: time}
		  gone_at: {path: data.gone, type: time}
		children:
		  - {table: parts, each: data.parts, fields: {id: {path: id, type: text, required: true}}}
		checks:
		  - {order: [made_at, gone_at]}
		  - {jq: '.data.name != "forbidden"', name: name is allowed}
	END
}

check() { run --separate-stderr "$1" "$PULSE_BIN/validate" -r rules "${@:2}"; }

@test "validate passes conforming records and control lines byte for byte" {
	{
		echo '{"type":"batch","put":"p","part":1}'
		record thing 1 '{ "name" : "a\/b \u00e9", "n":1.10, "big":12345678901234567890, "n":1.1e400 }'
		printf ' {"client":1, "type":"thing","source":"s","scope":"x","key":"k","fetched_at":"2026-11-24T06:00:00+0100","ext":{},"data":{"name":"\\ud83d\\ude00"}} \t\r\n'
		record no_such_type 7 '{}'
		echo "$checkpoint"
		echo '{"type":"keys","of":"thing","client":1,"source":"test","scope":"a/b","parent":null,"at":"2026-11-24T06:00:00Z","keys":["1","2"]}'
		echo '{"type":"failure","client":1,"job":"j","scope":"a/b","entity":"thing","key":"3","class":"network_timeout","http":502,"reason":"r","at":"2026-11-24T06:00:00Z","not_before":null}'
		echo '{"type":"resolved","client":1,"job":"j","scope":"a/b","entity":"thing","key":"3","at":"2026-11-24T06:00:00Z"}'
		echo "$batch_end"
	} >in
	"$PULSE_BIN/validate" -r rules <in >out 2>err
	cmp in out
	[ ! -s err ]
}

@test "validate says which rules a record breaks and keeps the record" {
	record thing 1 '{"state":"new","size":11,"made":"2026-02-30T00:00:00Z","parts":[{"id":"1"},{"id":null},{}]}' >in
	check -121 <in
	[ -z "$output" ]
	same "$(jq -c .rules <<<"$stderr")" '["name: required","state: not one of open, closed","size: not from 0 to 10","made_at: not a time","parts.id: required"]'
	same "$(jq -c .record <<<"$stderr")" "$(cat in)"
	same "$(jq -r '[.type, .tool, .line] | @tsv' <<<"$stderr")" $'reject\tvalidate\t1'
}

@test "validate exits 65 when no line is a record" {
	check -65 <<<'hello'
	[[ "$stderr" == *"cannot find a record in 'standard input'"* ]]
	check -65 --strict <<<'{"type":"nothing"}'
	check -121 --strict <<<'{"type":"nothing","data":{}}'
	check -121 <<<'{"type":"batch"}'
	check -0 </dev/null
}

@test "validate prints the rejected lines again with --unwrap" {
	{
		record thing 1 '{"name":null,"x": [1 ,2]}'
		printf 'not json \0 \377\300\200 "quoted" \\ud800 \303\251\n'
		printf '\n'
		record thing 2 '{"name":"fine"}'
		printf '[]  \n'
	} >in
	"$PULSE_BIN/validate" -r rules --rejects bad <in >good || [ $? = 121 ]
	"$PULSE_BIN/validate" --unwrap <bad >again
	cmp again <(sed 4d in)
	cmp good <(sed -n 4p in)
}

@test "validate makes rejects durable before it passes a checkpoint" {
	mkdir -p q/new q/bad
	{
		record thing 1 '{}'
		echo "$checkpoint"
		record thing 2 '{}'
		echo "$batch_end"
	} >in
	export ASAN_OPTIONS=detect_leaks=0 # which ptrace forbids
	PULSE_BATCH=$PWD/q/new/b1 strace -qq -e trace=write,fsync,openat -o trace \
		"$PULSE_BIN/validate" -r rules <in >out || [ $? = 121 ]
	cmp out <(printf '%s\n' "$checkpoint" "$batch_end")
	[ "$(wc -l <q/bad/b1.rejects)" = 2 ]
	# Its folder, then the file twice; only then stdout.
	same "$(grep -oE '^(fsync|write\(1)' trace | head -4 | tr '\n' ' ')" 'fsync fsync fsync write(1 '
}

@test "a second run on a batch begins its rejects anew" {
	mkdir -p q/new q/bad
	export PULSE_BATCH=$PWD/q/new/b1
	record thing 1 '{}' >in
	for _ in 1 2; do check -121 <in; done
	[ "$(wc -l <q/bad/b1.rejects)" = 1 ]
	record thing 1 '{"name":"a"}' >in
	check -0 <in
	[ ! -e q/bad/b1.rejects ]
}

@test "validate diverts what no line may be and leaves its neighbours alone" {
	deep=$(printf '[%.0s' {1..129})
	{
		record thing 1 '{"name":"first"}'
		printf '{"type":"thing","data":{"a\0b"}}\n'
		printf '{"type":"thing\377"}\n'
		echo "$deep"
		echo '{"type":"thing",'
		printf '\357\273\277{"type":"thing"}\n'
		echo
		echo '{"type":"thing"} {"type":"thing"}'
		record thing 2 '{"name":"last"}'
		printf '{"type":"thing","torn":1'
	} >in
	"$PULSE_BIN/validate" -r rules <in >out 2>err || [ $? = 121 ]
	cmp out <(sed -n '1p;9p' in)
	same "$(jq -r '"\(.line) \(.rules[0])"' err)" "$(
		cat <<-'END'
			2 control byte in a string, at byte 27
			3 bad UTF-8, at byte 15
			4 deeper than 128, at byte 129
			5 ends in the middle, at byte 17
			6 not a JSON value, at byte 1
			7 ends in the middle, at byte 1
			8 more than one value, at byte 18
			10 torn: no newline, at byte 25
		END
	)"
	same "$(jq -r '.raw_bytes' err | tail -1)" 24
}

@test "validate passes a line of 16 MiB and diverts one a byte longer" {
	head -c $((16 * 1024 * 1024)) /dev/zero | tr '\0' x >filler
	record thing 1 '{"name":""}' >frame
	fill=$((16 * 1024 * 1024 - $(wc -c <frame) + 1))
	{
		sed 's/""}}$/"/' frame | tr -d '\n'
		head -c "$fill" filler
		echo '"}}'
		sed 's/""}}$/"/' frame | tr -d '\n'
		head -c $((fill + 1)) filler
		echo '"}}'
		record thing 3 '{"name":"after"}'
	} >in
	"$PULSE_BIN/validate" -r rules --rejects bad <in >out || [ $? = 121 ]
	cmp out <(sed -n '1p;3p' in)
	same "$(jq -r '"\(.rules[0]) \(.raw_bytes) \(.raw | length)"' bad)" \
		"longer than 16 MiB, at byte 16777217 16777217 65536"
	run --separate-stderr -65 "$PULSE_BIN/validate" --unwrap <bad
	[[ "$stderr" == *"cannot unwrap 'line 1': cut at 64 KiB" ]]
}

@test "validate brings a rejected line of any size back" {
	head -c $((16 * 1024 * 1024 - 300)) /dev/zero | tr '\0' x >filler
	{
		record thing 1 '{"state":"' | tr -d '\n' | sed 's/}$//'
		cat filler
		echo '"}}'
	} >in
	"$PULSE_BIN/validate" -r rules --rejects bad <in >out || [ $? = 121 ]
	[ ! -s out ]
	"$PULSE_BIN/validate" --unwrap <bad | cmp - in
	echo '{"type":"reject"}' >>bad
	run --separate-stderr -121 bash -c '"$PULSE_BIN/validate" --unwrap <bad | wc -l; exit "${PIPESTATUS[0]}"'
	same "$output" 1
	[[ "$stderr" == *"cannot unwrap 'line 2': no reject line" ]]
}

@test "validate diverts control lines of the wrong shape" {
	cat >in <<-'END'
		{"type":"batch","put":"p","part":"1"}
		{"type":"checkpoint","client":1,"job":"j","scope":"s","at":"2026-11-24T06:00:00Z","from":7,"data":{}}
		{"type":"checkpoint","client":1,"job":"j","scope":"s","at":"2026-11-24T06:00:00Z","from":null}
		{"type":"keys","of":"thing","client":1,"source":"s","scope":"s","at":"2026-11-24T06:00:00Z","keys":[1]}
		{"type":"failure","client":1,"job":"j","scope":"s","class":"x","reason":"r","at":"soon"}
		{"type":"resolved","client":1,"job":"j","scope":"s","scope":"t","at":"2026-11-24T06:00:00Z"}
	END
	check -121 <in
	[ -z "$output" ]
	same "$(jq -r '.rules[0]' <<<"$stderr")" "$(printf '%s\n' 'part: not a number' \
		'from: not an object' 'data: not an object' 'keys: not a list of texts' \
		'at: not a time' 'scope: not text')"
}

@test "validate --strict diverts types that have no rules" {
	{ record thing 1 '{"name":"a"}'; record other 2 '{}'; } >in
	check -121 --strict <in
	same "$output" "$(sed -n 1p in)"
	same "$(jq -r '.rules[0]' <<<"$stderr")" 'type: unknown'
}

@test "validate --where drops what the expression does not want" {
	{
		record thing 1 '{"name":"a","size":1}'
		record thing 2 '{"name":"b","size":7}'
		echo "$checkpoint"
		record thing 3 '{"size":8}'
	} >in
	check -121 --where '.data.size > 5' <in
	same "$output" "$(sed -n 2,3p in)"
	same "$(jq -r '.rules[0]' <<<"$stderr")" 'name: required'
	check -121 --where '.data.size.x' <in
	same "$(jq -r '.rules[0]' <<<"$stderr" | sort | uniq -c | tr -s ' ')" \
		$' 1 name: required\n 2 where: fails on this record'
	GITHUB_TOKEN=canary check -121 --where 'env == {} and $ENV == {}' <in
	same "$output" "$(sed -n 1,3p in)"
	check -64 --where '.a ==' <in
	[[ "$stderr" == "validate: cannot use '.a ==' for --where: syntax error"* ]]
}

@test "validate --quality counts what was checked before the batch ends" {
	echo 2026-11-24T12:00:00Z >now
	export PULSE_TEST_CLOCK=$PWD/now
	{
		record thing 1 '{"name":"a","state":"open","size":1,"made":"2026-11-01T10:00:00Z","gone":"2026-11-02T10:00:00Z"}'
		record thing 2 '{"name":"a","made":"2026-11-02T10:00:00Z","gone":"2026-11-01T10:00:00Z"}'
		record thing 3 '{"name":"a","state":null}' | sed 's/2026-11-24T06/2026-11-23T06/'
		record thing 4 '{"name":"a"}' | sed 's/"client":1/"client":2/'
		echo 'no json'
		echo "$batch_end"
	} >in
	check -121 --quality <in
	same "$(tail -n 1 <<<"$output")" "$batch_end"
	quality=$(grep '"quality"' <<<"$output")
	same "$(jq -c 'select(.of == "thing" and .client == 1) | [.checked, .passed, .rejected, .completeness, .accuracy, .consistency, .timeliness, .rules, .at]' <<<"$quality")" \
		'[3,2,1,0.6,0.6666,0.8333,0.6666,{"gone_at: before made_at":1},"2026-11-24T12:00:00.000Z"]'
	same "$(jq -c 'select(.client == 2) | [.of, .checked, .completeness]' <<<"$quality")" '["thing",1,0.2]'
	same "$(jq -c 'select(.of == "none") | [.checked, .accuracy, .completeness, .rules]' <<<"$quality")" \
		'[1,0,null,{"not a JSON value":1}]'
	# What it prints it takes as input again.
	check -0 <<<"$output"
}

@test "validate names a mistake in a rule file by its line" {
	sed -i 's/required: true}$/requird: true}/' rules/thing.yaml
	check -78 </dev/null
	same "$stderr" "validate: cannot use 'rules': rules/thing.yaml:5: expected one of path, type, required, one_of, pattern, range, column, when, not 'requird'"
	run --separate-stderr -78 "$PULSE_BIN/validate" -r nowhere </dev/null
	same "$stderr" "validate: cannot use 'nowhere': nowhere: No such file or directory"
}

@test "validate exits 74 when it cannot write, 73 when it cannot keep rejects" {
	record thing 1 '{"name":"a"}' >in
	run --separate-stderr -74 bash -c '"$PULSE_BIN/validate" -r rules <in >/dev/full'
	[[ "$stderr" == "validate: cannot write 'standard output': No space left"* ]]
	check -73 --rejects no/such/folder <in
	[[ "$stderr" == "validate: cannot keep rejects in 'no/such/folder': No such file"* ]]
	export PULSE_BATCH=elsewhere
	check -73 <in
	record thing 1 '{}' >in
	unset PULSE_BATCH
	check -74 --rejects /dev/full <in
	[[ "$stderr" == "validate: cannot write '/dev/full': No space left"* ]]
	run --separate-stderr -74 "$PULSE_BIN/validate" -r rules </
	[[ "$stderr" == "validate: cannot read 'standard input': Is a directory" ]]
}

@test "validate ends quietly when nobody reads its output" {
	record thing 1 '{"name":"'"$(printf 'x%.0s' {1..9000})"'"}' >one
	for _ in {1..400}; do cat one; done >in # more than a pipe holds
	run --separate-stderr -141 bash -c 'set -o pipefail; "$PULSE_BIN/validate" -r rules <in | head -n 1 | wc -l; exit "${PIPESTATUS[0]}"'
	[ -z "$stderr" ]
}

@test "validate does not hold back what it passed while its input is slow" {
	mkfifo pipe back
	record thing 1 '{"name":"a"}' >in
	"$PULSE_BIN/validate" -r rules <pipe >back &
	exec 7>pipe 8<back
	cat in >&7
	read -r -t 20 line <&8 # the writer is still there
	same "$line" "$(cat in)"
	exec 7>&-
	wait $!
	exec 8<&-
}

@test "validate keeps within 8 MiB and two lines however much it reads" {
	[[ $PULSE_BIN != *-san ]] || skip "sanitizers need memory of their own"
	record thing 1 '{"name":"'"$(printf 'x%.0s' {1..900})"'"}' >one
	for _ in {1..2000}; do echo one; done | xargs cat >part
	mkfifo pipe
	"$PULSE_BIN/validate" -r rules <pipe >out &
	exec 7>pipe
	for _ in {1..40}; do cat part; done >&7 # 80 MB
	peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' /proc/$!/status)
	exec 7>&-
	wait $!
	[ "$(wc -c <out)" = $((40 * $(wc -c <part))) ]
	[ "$peak" -le 8192 ]
}

# The corpus: each case as the data of a record.  What jq says of it is asked
# of jq, so that no mistake of ours agrees with itself.
@test "validate takes for JSON what jq takes for JSON" {
	local verdict jq name text line n=0
	while IFS=$'\t' read -r verdict jq name text; do
		[ "$jq" = jq ] || continue
		line=${text//\\x0[ad]/ } # a line break would end the record
		printf '{"type":"no_rules","data":%b}\n' "$line" >>in
		if printf '%b' "$line" | jq . >/dev/null 2>&1; then
			[ "$verdict" = y ]
			tail -n 1 in >>expected
		else
			[ "$verdict" = n ]
		fi || { echo "case $name: $text" >&2; false; }
		n=$((n + 1))
	done <"$TOP/tests/fixtures/json-cases"
	[ "$n" -gt 100 ]
	"$PULSE_BIN/validate" -r rules <in >out 2>err || [ $? = 121 ]
	cmp out expected
	[ "$(wc -l <err)" = $((n - $(wc -l <expected))) ]
}
