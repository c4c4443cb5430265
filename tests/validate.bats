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
