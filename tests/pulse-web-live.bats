#!/usr/bin/env bats
# pulse-web: those who listen, by WebSocket and by SSE.

load helper
load scheduler

setup() {
	scheduler_home
	unset PULSE_TEST_CLOCK
	WS=$TOP/build/web/wsclient
	URL=ws://localhost/api/v1/ws
	mkdir -p "$S"
}
teardown() {
	local f
	scheduler_end
	for f in ./*.pid; do
		[ ! -s "$f" ] || kill -9 "$(cat "$f")" 2>/dev/null || true
	done
}

# serve [OPTION...] - pulse-web on web.sock, or where the options say
serve() {
	rm -f web.sock
	[ $# -gt 0 ] || set -- --listen "$PWD/web.sock"
	"$PULSE_BIN/pulse-web" "$@" 2>>web.log 3>&- &
	echo $! >web.pid
	until_true eval '[ -S web.sock ] || [ -s port ]'
}
# quit - it ends by TERM, and has nothing to complain of itself
quit() {
	kill "$(cat web.pid)"
	wait "$(cat web.pid)"
	rm web.pid
}
# hear NAME [OPTION...] PATH - a WebSocket client, its lines in NAME.out
hear() {
	local name=$1
	"$WS" -u "$PWD/web.sock" "${@:2:$#-2}" "$URL${*: -1}" >"$name.out" 2>"$name.err" 3>&- &
	echo $! >"$name.pid"
	until_true test -s "$name.out"
}
# end NAME - has it ended
over() { is_gone "$(cat "$1.pid")"; }
has() { grep -q "$2" "$1"; }
seqs() { jq -r 'select(.seq).seq' "$1" | tr '\n' ' '; }
types() { jq -r .type "$1" | tr '\n' ' '; }
position() { jq -r 'select(.type == "snapshot").position' "$1" | tail -n 1; }
api() { curl -s --unix-socket web.sock "${@:2}" "http://localhost/api/v1/$1"; }

# A log made by hand: opened GEN FIRST; events FROM TO.
opened() { echo "{\"type\":\"log_opened\",\"gen\":\"$1\",\"first\":$2}"; }
events() {
	seq "$1" "$2" | sed 's/.*/{"seq":&,"type":"job_queued","job_name":"a","client_id":1,"to":"PENDING"}/'
}

runner() { # a job that tells how far it is
	job a 'for i in 1 2 3 4; do
		echo "{\"at\":\"$(date -u +%FT%T.%3NZ)\",\"tool\":\"a\",\"done\":$i,\"total\":4,\"op\":\"step $i\"}" >>"$PULSE_RUN_DIR/progress"
		read -rt 0.3 _ <> <(:)
	done
	[ ! -e "$PULSE_HOME/fail" ] || { echo "a: cannot read '\''x'\'': no such file" >&2; exit 66; }'
	schedule <<-END
		a: {run: $PULSE_HOME/a, interval: 24h}
	END
	clients 1
}
start_a() { "$PULSE_BIN/pulse-ctl" start a --no-wait >ctl.out 2>&1; }

# What the source's own client makes of these messages.
as_the_source() { # NAME.out...
	cat "$@" >heard
	{
		cat <<-'END'
			const calls = [];
			const updateJobStatus = (job, state) => calls.push(job + ' ' + state);
			const updateProgressBar = (job, percent) => calls.push(job + ' ' + percent);
			const showErrorDetails = text => calls.push(text);
			const websocket = {};
		END
		cat "$TOP/tests/browser/client.js"
		cat <<-'END'
			for (const line of require('fs').readFileSync(process.argv[2], 'utf8').trim().split('\n'))
				websocket.onmessage({ data: line });
			console.log(calls.join('\n'));
		END
	} >client.js
	run -0 node client.js heard
}

@test "pulse-web tells the events of real runs in order over a kill and a restart" {
	runner
	serve
	hear first ''
	daemon
	until_true has first.out job_completed
	has first.out '"position":"[0-9a-f]*-0"'
	kill -9 "$(cat web.pid)"
	until_true over first
	grep -q 'closed 1006' first.err
	touch home/fail
	start_a
	until_true eval '[ "$(count ".type == \"job_error\"")" = 1 ]'
	serve
	at=$(position first.out)
	hear second "?after=${at%-*}-$(seqs first.out | awk '{ print $NF }')"
	until_true has second.out job_error
	rm home/fail
	start_a
	until_true eval '[ "$(count ".type == \"job_completed\"")" = 2 ]'
	last=$(seqs "$S/events.ndjson" | awk '{ print $NF }')
	until_true has second.out "\"seq\":$last,"
	same "$(jq -r 'select(.seq).seq' first.out second.out | tr '\n' ' ')" "$(seqs "$S/events.ndjson")"
	same "$(jq -c 'select(.seq)' first.out second.out)" "$(jq -c 'select(.seq)' "$S/events.ndjson")"
	refute has second.out snapshot
	# what the source's client reads
	jq -e -s 'map(select(.type == "job_progress")) | length >= 2
		and all(.job_name == "a" and (.progress | . >= 0 and . <= 100) and .client_id == 1
			and (.after | type) == "number" and .op != "" and .total == 4)' first.out
	jq -e -s 'map(select(.type == "job_error"))[0] | .job_name == "a" and (.error_message | test("cannot read"))' second.out
	jq -e -s 'map(select(.type == "job_started" or .type == "job_completed")) | length >= 2 and all(.job_name == "a")' first.out
	if command -v node >/dev/null; then
		as_the_source first.out second.out
		same "$(grep -v '[0-9]$' <<<"$output")" "$(printf '%s\n' 'a RUNNING' 'a FINISHED' 'a RUNNING' 'a ERROR' \
			"a: cannot read 'x': no such file" 'a RUNNING' 'a FINISHED')"
		grep -q '^a 100$' <<<"$output"
	fi
	quit
	until_true over second
	grep -q 'closed 1001 pulse-web ends' second.err
	[ ! -s web.log ]
}

@test "pulse-web gives a snapshot when state.db is another, and goes on from it" {
	runner
	serve
	daemon
	until_true eval '[ "$(count ".type == \"job_completed\"")" = 1 ]'
	hear ws ''
	kill "$SCHED"
	wait "$SCHED"
	until_true has ws.out orchestrator_stopped
	old=$(position ws.out)
	rm "$S"/state.db*
	"$PULSE_BIN/pulse-sched" >log 2>&1 3>&- &
	SCHED=$!
	until_true has ws.out snapshot_needed
	until_true eval '[ "$(grep -c "\"snapshot\"" ws.out)" = 2 ]'
	new=$(position ws.out)
	refute same "${old%-*}" "${new%-*}"
	same "${new%-*}" "$(jq -r 'select(.gen).gen' "$S/events.ndjson")"
	until_true has ws.out job_completed
	# what stands in the snapshot, and what comes behind it, are all there is
	same "$(jq -r --arg from "${new##*-}" 'select(.seq > ($from | tonumber)).seq' "$S/events.ndjson" | tr '\n' ' ')" \
		"$(sed '1,/"position":"'"$new"'"/d' ws.out | jq -r 'select(.seq).seq' | tr '\n' ' ')"
	jq -e -s 'map(select(.type == "snapshot")) | last | .scheduler and (.jobs[0].job == "a")' ws.out
	hear late "?after=$old"
	same "$(jq -r .type late.out | head -2 | tr '\n' ' ')" 'snapshot_needed snapshot '
	quit
}

@test "pulse-web follows the log over rotation, a torn line and a file made anew" {
	{ opened 0123abcd 1; events 1 3; } >"$S/events.ndjson"
	serve
	hear ws '?after=0123abcd-1'
	until_true has ws.out '"seq":3,'
	events 4 4 >line
	head -c 20 line >>"$S/events.ndjson"
	tail -c +21 line >>"$S/events.ndjson"
	until_true has ws.out '"seq":4,'
	mv "$S/events.ndjson" "$S/events.ndjson.1"
	{ opened 0123abcd 5; events 5 6; } >"$S/events.ndjson"
	until_true has ws.out '"seq":6,'
	rm "$S"/events.ndjson*
	{ opened 0123abcd 1; events 1 8; } >"$S/events.new"
	mv "$S/events.new" "$S/events.ndjson"
	until_true has ws.out '"seq":8,'
	same "$(seqs ws.out)" '2 3 4 5 6 7 8 '
	# ahead of the log, before what it holds, of another gen: none of these is held
	for after in 0123abcd-9 beef-3; do
		hear other "?after=$after"
		same "$(jq -r .type other.out | head -2 | tr '\n' ' ')" 'snapshot_needed snapshot '
		same "$(position other.out)" 0123abcd-8
		kill "$(cat other.pid)"
	done
	{ opened 0123abcd 9; events 9 9; } >"$S/events.new"
	mv "$S/events.new" "$S/events.ndjson"
	until_true has ws.out '"seq":9,'
	hear other "?after=0123abcd-7"
	same "$(jq -r .type other.out | head -2 | tr '\n' ' ')" 'snapshot_needed snapshot '
	# lines that are lost for good
	{ opened 0123abcd 20; events 20 20; } >"$S/events.new"
	mv "$S/events.new" "$S/events.ndjson"
	until_true has ws.out 0123abcd-20
	same "$(tail -n 2 ws.out | jq -r .type | tr '\n' ' ')" 'snapshot_needed snapshot '
	quit
}

@test "pulse-web takes from state.db what the log does not hold" {
	runner
	once
	tick 1.a 1
	all=$(seqs "$S/events.ndjson") gen=$(jq -r 'select(.gen).gen' "$S/events.ndjson")
	set -- $all
	rm "$S/events.ndjson"
	serve
	hear ws "?after=$gen-2"
	until_true has ws.out "\"seq\":${*: -1},"
	same "$(seqs ws.out)" "${*:3} "
	once # writes the log anew
	start_a
	tick 1.a 2
	until_true has ws.out "\"seq\":$(seqs "$S/events.ndjson" | awk '{ print $NF }'),"
	all=$(seqs "$S/events.ndjson")
	set -- $all
	same "$(seqs ws.out)" "${*:3} "
	refute has ws.out snapshot
	quit
}

@test "pulse-web closes who does not read, and the others miss nothing" {
	{ opened 0123abcd 1; events 1 1; } >"$S/events.ndjson"
	serve
	hear fast '?after=0123abcd-0'
	"$WS" -u "$PWD/web.sock" --slow --for 4000 "$URL?after=0123abcd-0" >slow.out 2>slow.err 3>&- &
	echo $! >slow.pid
	curl -sN --unix-socket web.sock -H 'Last-Event-ID: 0123abcd-0' http://localhost/api/v1/events >sse.out 3>&- &
	echo $! >sse.pid
	until_true has sse.out '"seq":1,'
	events 2 10001 >more
	cat more >>"$S/events.ndjson" # at once: who reads may lag, but loses nothing
	until_true has fast.out '"seq":10001,'
	until_true has sse.out '"seq":10001,'
	same "$(seqs fast.out | wc -w)" 10001
	same "$(seqs fast.out)" "$(seq 10001 | tr '\n' ' ')"
	same "$(sed -n 's/^data: //p' sse.out | jq -r .seq | tr '\n' ' ')" "$(seq 10001 | tr '\n' ' ')"
	until_true over slow
	grep -q 'closed 1013 too slow' slow.err
	# he goes on where he stopped, all the way
	hear again "?after=0123abcd-$(seqs slow.out | awk '{ print $NF }')"
	until_true has again.out '"seq":10001,'
	same "$(jq -r .seq slow.out again.out | tr '\n' ' ')" "$(seq 10001 | tr '\n' ' ')"
	quit
}

@test "pulse-web tells the same by SSE, from the Last-Event-ID on" {
	{ opened 0123abcd 1; events 1 5; } >"$S/events.ndjson"
	serve
	run -0 curl -sI --unix-socket web.sock http://localhost/api/v1/events
	grep -q '^Content-Type: text/event-stream' <<<"$output"
	grep -q '^Cache-Control: no-store' <<<"$output"
	curl -sN --unix-socket web.sock -H 'Last-Event-ID: 0123abcd-3' 'http://localhost/api/v1/events?after=0123abcd-1' >sse.out 3>&- &
	echo $! >sse.pid
	until_true has sse.out '"seq":5,'
	same "$(grep -v '^$' sse.out | cut -d, -f1 | tr '\n' '|')" 'retry: 2000|id: 0123abcd-4|data: {"seq":4|id: 0123abcd-5|data: {"seq":5|'
	kill "$(cat sse.pid)"
	curl -sN --unix-socket web.sock http://localhost/api/v1/events >sse.out 3>&- &
	echo $! >sse.pid
	until_true has sse.out '"snapshot"'
	same "$(grep '^id' sse.out)" 'id: 0123abcd-5'
	printf 1 | dd of="$S/control/latch" conv=notrunc 2>dd.err
	until_true has sse.out '"latched":true'
	run -0 api events?after=nowhere
	same "$(jq -r .error.code <<<"$output")" bad_argument
	quit
	until_true over sse
}

@test "pulse-web opens a WebSocket as RFC 6455 says, or says why not" {
	{ opened 0123abcd 1; events 1 1; } >"$S/events.ndjson"
	serve
	key='Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==' version='Sec-WebSocket-Version: 13'
	ask() { api ws -i -m 0.5 "$@" | tr -d '\r' >answer || true; }
	ask
	grep -q '^HTTP/1.1 426 ' answer
	grep -q '^Sec-WebSocket-Version: 13' answer
	grep -q '"upgrade_required"' answer
	ask -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H "$key" -H 'Sec-WebSocket-Version: 8'
	grep -q '^HTTP/1.1 426 ' answer
	ask -H 'Connection: close' -H 'Upgrade: websocket' -H "$key" -H "$version"
	grep -q '^HTTP/1.1 400 ' answer
	ask -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Key: short' -H "$version"
	grep -q '^HTTP/1.1 400 ' answer
	ask -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H "$key" -H "$version" -H 'Origin: http://evil.test'
	grep -q '^HTTP/1.1 403 ' answer
	ask -H 'Connection: keep-alive, Upgrade' -H 'Upgrade: WebSocket' -H "$key" -H "$version" -H 'Sec-WebSocket-Protocol: other, pulse.v1'
	grep -q '^HTTP/1.1 101 ' answer
	grep -q '^Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=$' answer
	grep -q '^Sec-WebSocket-Protocol: pulse.v1$' answer
	# a client may ask whether anybody is there; other text is passed over
	mkfifo in
	"$WS" -u "$PWD/web.sock" "$URL" <in >ws.out 2>ws.err 3>&- &
	echo $! >ws.pid
	exec 4>in
	echo '{"type":"subscribe"}' >&4
	echo 'no JSON' >&4
	echo '{"type":"ping"}' >&4
	until_true has ws.out pong
	same "$(types ws.out)" 'snapshot pong '
	exec 4>&-
	quit
}

@test "pulse-web lets a browser in by a ticket, once, and not for ever" {
	export PULSE_TEST_CLOCK=$PWD/wall/now
	mkdir wall
	tick_to() { echo "$1" >wall/new && mv wall/new wall/now; }
	tick_to 2026-11-24T12:00:00Z
	{ opened 0123abcd 1; events 1 1; } >"$S/events.ndjson"
	token=$("$PULSE_BIN/pulse-token" add --role viewer --expires 2026-11-24T12:10:00Z phone)
	serve --listen 127.0.0.1:0 --port-file port
	URL=ws://127.0.0.1:$(cat port)/api/v1/ws
	ticket() {
		curl -s -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d '{}' \
			"http://127.0.0.1:$(cat port)/api/v1/tickets" | jq -r .ticket
	}
	enter() { # TICKET [OPTION...]
		"$WS" -H "Sec-WebSocket-Protocol: pulse.v1, ticket.$1" "${@:2}" "$URL" 2>&1
	}
	refused() { # CODE CMD...
		run -1 "${@:2}"
		grep -qF "\"$1\"" <<<"$output"
	}
	t=$(ticket)
	same "$(enter "$t" -n 1 | jq -r '.type?' 2>parse.err | head -1)" snapshot
	refused unauthorized enter "$t"
	refused unauthorized "$WS" "$URL"
	refused unauthorized enter "$(tr -c x x <<<"$t" | head -c 43)"
	t=$(ticket)
	tick_to 2026-11-24T12:00:31Z
	refused unauthorized enter "$t"
	# a foreign page is refused before, and its ticket is good still
	t=$(ticket)
	refused foreign_origin enter "$t" -H 'Origin: http://evil.test'
	enter "$t" -H "Origin: http://127.0.0.1:$(cat port)" >ticket.out 3>&- &
	echo $! >ticket.pid
	until_true has ticket.out '"snapshot"'
	"$WS" -H "Authorization: Bearer $token" "$URL" >bearer.out 2>bearer.err 3>&- &
	echo $! >bearer.pid
	until_true has bearer.out '"snapshot"'
	curl -sN -H "Authorization: Bearer $token" "http://127.0.0.1:$(cat port)/api/v1/events" >sse.out 3>&- &
	echo $! >sse.pid
	until_true has sse.out '"snapshot"'
	same "$("$WS" "$URL" 2>&1 | grep -c 401)" 1
	quit
}

@test "pulse-web sends away whose token has ended, and who answers no ping" {
	export PULSE_TEST_PING=150
	{ opened 0123abcd 1; events 1 1; } >"$S/events.ndjson"
	short=$("$PULSE_BIN/pulse-token" add --role viewer --expires 2s short)
	long=$("$PULSE_BIN/pulse-token" add --role viewer long)
	serve --listen 127.0.0.1:0 --port-file port
	URL=ws://127.0.0.1:$(cat port)/api/v1/ws
	listen() { # NAME TOKEN [OPTION...]
		"$WS" -H "Authorization: Bearer $2" "${@:3}" "$URL" >"$1.out" 2>"$1.err" 3>&- &
		echo $! >"$1.pid"
	}
	listen short "$short"
	listen long "$long" --pings
	listen deaf "$long" --deaf
	curl -sN -H "Authorization: Bearer $long" "http://127.0.0.1:$(cat port)/api/v1/events" >sse.out 3>&- &
	echo $! >sse.pid
	until_true over deaf
	grep -q 'closed 1008 no pong came' deaf.err
	until_true has sse.out '^: still there'
	has long.out ping
	until_true over short
	grep -q 'closed 4401 the token has ended' short.err
	refute over long
	"$PULSE_BIN/pulse-token" rm long
	until_true over long
	grep -q 'closed 4401 the token has ended' long.err
	until_true over sse
	quit
}
