#!/usr/bin/env bats
# pulse-web: bad requests and bad frames: a clear 4xx or close code, and nobody
# else feels it.  Two servers answer all the tests, one on TCP, one on a socket;
# who is disturbed would be a client of another address that asks all the time,
# and a WebSocket that stays open.

load helper

setup_file() {
	cd "$BATS_FILE_TMPDIR" || exit 1
	export PULSE_HOME=$PWD
	B=$TOP/build
	case $PULSE_BIN in *-san) B=$TOP/build/san ;; esac
	export WS=$B/web/wsclient
	mkdir spool
	echo 'the root: of all evil' >secret
	printf 'Authorization: Bearer %s\n' "$(pulse-token add --role admin door 2>/dev/null)" >auth
	pulse-web --listen 127.0.0.1:0 --port-file port >web.out 2>web.log 3>&- &
	echo $! >web.pid
	pulse-web --listen ./web.sock >local.out 2>local.log 3>&- &
	echo $! >local.pid
	until [ -s port ] && [ -S web.sock ]; do
		kill -0 "$(cat web.pid)" "$(cat local.pid)"
	done
	PORT=$(cat port)
	export PORT
	keep_asking 3>&- &
	echo $! >asking.pid
	"$WS" -u ./web.sock ws://localhost/api/v1/ws </dev/null >listening.out 2>listening.err 3>&- &
	echo $! >listening.pid
	until grep -q . listening.out; do kill -0 "$(cat listening.pid)"; done
}

teardown_file() {
	local pid
	for pid in "$BATS_FILE_TMPDIR"/*.pid; do
		kill "$(cat "$pid")" 2>/dev/null || true
	done
}

setup() {
	in_own_folder
	ALL=$BATS_FILE_TMPDIR
}

teardown() {
	[ ! -s own.pid ] || kill "$(cat own.pid)" 2>/dev/null || true
}

# Asks from 127.0.0.2 until it is ended; what is not answered is written down.
keep_asking() {
	local status
	while :; do
		status=$(curl -s -m 5 --interface 127.0.0.2 -H @auth -o /dev/null \
			-w '%{http_code} %{time_total}' "http://127.0.0.1:$PORT/api/v1/me")
		echo "$status" >>asked
		sleep 0.02
	done
}

# Nobody was disturbed: the other client has been answered since, always; the
# WebSocket is open, and both servers are there.
nobody_felt_it() {
	local before
	before=$(wc -l <"$ALL/asked")
	for _ in {1..100}; do
		[ "$(wc -l <"$ALL/asked")" -le $((before + 2)) ] || break
		sleep 0.05
	done
	[ "$(wc -l <"$ALL/asked")" -gt $((before + 2)) ]
	same "$(grep -v '^200 ' "$ALL/asked" || true)" ''
	kill -0 "$(cat "$ALL/web.pid")" "$(cat "$ALL/local.pid")" "$(cat "$ALL/listening.pid")"
	same "$(cat "$ALL/web.log" "$ALL/local.log")" ''
}

# send BYTES...: as printf writes them; what the server says until it ends.
send() {
	local door
	exec {door}<>"/dev/tcp/127.0.0.1/$PORT"
	# shellcheck disable=SC2059 # they are formats
	{ printf "$@" >&"$door"; } 2>/dev/null || true
	timeout 8 cat <&"$door" || true
	exec {door}>&-
}

# refuses STATUS CODE BYTES...: with one whole answer in the shape of all errors
refuses() {
	local status=$1 code=$2
	shift 2
	send "$@" >answer
	same "$(sed -n '1s/^HTTP\/1.1 \([0-9]*\) .*/\1/p' answer) of $*" "$status of $*"
	tr -d '\r' <answer | sed '1,/^$/d' >body
	same "$(jq -r .error.code body) of $*" "$code of $*"
	same "$(jq -r '.error.message | length > 0' body)" true
	same "$(tr -d '\r' <answer | sed -n 's/^Content-Length: //p')" "$(wc -c <body)"
	grep -qix $'connection: close\r' answer
	same "$(grep -c '^HTTP/' answer)" 1
	grep -qi '^x-content-type-options: nosniff' answer
}

descriptors() { # PID-FILE
	find "/proc/$(cat "$1")/fd" -mindepth 1 | wc -l
}

@test "pulse-web refuses what is no request, in words" {
	G='GET /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\n'
	P='POST /api/v1/tickets HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
	refuses 400 bad_request 'nonsense\r\n\r\n'
	refuses 400 bad_request '\x16\x03\x01\x02\x00\x01\x00'
	refuses 400 bad_request '\r\n\r\n'
	refuses 400 bad_request "${G//\\r/}\n"
	refuses 400 bad_request 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
	refuses 400 bad_request 'GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n'
	refuses 400 bad_request 'GET /%%00 HTTP/1.1\r\nHost: localhost\r\n\r\n'
	refuses 400 bad_request 'GET /%%2 HTTP/1.1\r\nHost: localhost\r\n\r\n'
	refuses 400 bad_request "$G"'X: \x00\r\n\r\n'
	refuses 400 bad_request "$G"' folded\r\n\r\n'
	refuses 400 bad_request "$G"'Authorization : Bearer x\r\n\r\n'
	refuses 400 bad_request "$G"'Host: evil.example\r\n\r\n'
	refuses 400 bad_request 'GET / HTTP/1.1\r\n\r\n'
	refuses 400 bad_request "$P"'Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'
	refuses 400 bad_request "$P"'Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\n{}'
	refuses 400 bad_request "$P"'Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}'
	refuses 400 bad_request "$P"'Content-Length: 2\r\nContent-Length: 20\r\n\r\n{}'
	refuses 400 bad_request "$P"'Content-Length: 2, 2\r\n\r\n{}'
	refuses 400 bad_request "$P"'Content-Length: -2\r\n\r\n{}'
	refuses 400 bad_request "$P"'Content-Length: 0x2\r\n\r\n{}'
	refuses 505 bad_request 'GET / HTTP/3.0\r\nHost: localhost\r\n\r\n'
	nobody_felt_it
}

@test "pulse-web refuses heads and bodies that are too large, without reading them" {
	P='POST /api/v1/tickets HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n'
	printf -v long '%8192s' ''
	long=${long// /a}
	refuses 411 length_required "$P"'\r\n'
	refuses 413 too_large "$P"'Content-Length: 4097\r\n\r\n'
	refuses 413 too_large "$P"'Content-Length: 99999999999999999999999\r\n\r\n'
	refuses 414 too_large "GET /$long HTTP/1.1\r\nHost: localhost\r\n\r\n"
	refuses 414 too_large "GET /?${long//a/a&} HTTP/1.1\r\n\r\n"
	refuses 431 too_large "GET / HTTP/1.1\r\nHost: localhost\r\nX: $long$long\r\n\r\n"
	refuses 431 too_large "GET / HTTP/1.1\r\nHost: localhost\r\n${long:0:64}$(
		for _ in {1..64}; do printf '%s' 'A: b\r\n'; done)\r\n"
	# The refusal arrives though the client is still sending.
	head -c 20000000 /dev/zero >big
	for _ in {1..10}; do
		run curl -s -o body -w '%{http_code}' -H @"$ALL/auth" -H 'Content-Type: application/json' \
			-H 'Expect:' --data-binary @big "http://127.0.0.1:$PORT/api/v1/tickets"
		same "$output" 413
	done
	nobody_felt_it
}

@test "no path leads out of the place of what it names" {
	printf -v long '%600s' ''
	long=${long// /a}
	for name in .. %2e%2e .%2e ..%2fsecret ..%2f..%2fsecret %2e%2e%2f%2e%2e%2fsecret \
		..%5c..%5csecret ../secret ../../secret /secret %2fetc%2fpasswd ..%00 a%0ab \
		a%0d%0aX:b %ff%fe %c0%ae%c0%ae%c0%afsecret .%2f. "$long" '*' '@secret' 'a;b' '%24(id)' '-x' '%7f'; do
		printf '%s\n' "jobs/$name" "jobs/$name/runs" "runs/$name" "runs/$name/log" \
			"metrics/$name" "$name" "../../$name" "jobs?after=$name" "runs?after=$name" >>gets
		printf '%s\n' "jobs/$name/start" "jobs/$name/put-back" "breakers/$name" >>posts
	done
	for kind in gets posts; do
		# shellcheck disable=SC2016 # curl's own, not the shell's
		awk -v to=$kind '{ printf "url = \"http://localhost/api/v1/%s\"\noutput = \"%s.%d\"\n", $0, to, NR }' $kind >$kind.curl
		[ $kind = gets ] || printf '%s\n' 'header = "Content-Type: application/json"' 'data = "{\"to\":\"open\"}"' >>$kind.curl
		curl -sgK $kind.curl --path-as-is --unix-socket "$ALL/web.sock" -w '%{http_code}\n' >$kind.status
		same "$(paste $kind.status $kind | grep -v '^4' || true)" ''
		same "$(wc -l <$kind.status)" "$(wc -l <$kind)"
		same "$(jq -r '.error.message // "none"' $kind.[0-9]* | grep -c .)" "$(wc -l <$kind)"
		refute grep -l 'root:' $kind.[0-9]*
	done
	same "$(cd "$ALL/spool" && find . -name '*secret*' -o -name '*passwd*')" ''
	nobody_felt_it
}

@test "a slow drip ends at its deadline, wherever it drips, and no peer has all places" {
	drip() { # NAME BYTES: then a byte each 0.2 s
		local door
		exec {door}<>"/dev/tcp/127.0.0.1/$PORT"
		# shellcheck disable=SC2059
		printf "$2" >&"$door"
		(while printf a; do sleep 0.2; done >&"$door" 2>/dev/null 3>&-) &
		timeout 15 cat <&"$door" >"$1.answer" || true
		kill $! 2>/dev/null || true
		echo "$(($(date +%s%3N) - begun))" >"$1.time"
	}
	begun=$(date +%s%3N)
	P='POST /api/v1/tickets HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000\r\n\r\n'
	drip line 'GET /' 3>&- &
	drip field 'GET / HTTP/1.1\r\nHost: localhost\r\nX: ' 3>&- &
	drip body "$P" 3>&- &
	# Ten places has a peer; the eleventh is told so at once.
	for _ in {4..10}; do sleep 30 3>&- <>"/dev/tcp/127.0.0.1/$PORT" & done
	idle=$(jobs -p | tail -n 7)
	for _ in {1..100}; do
		send 'GET /pulse.css HTTP/1.1\r\nHost: localhost\r\n\r\n' >answer
		if grep -q '^HTTP/1.1 429 ' answer; then break; fi
	done
	grep -q '^HTTP/1.1 429 ' answer
	grep -qx $'Retry-After: 1\r' answer
	nobody_felt_it
	for name in line field body; do
		until [ -s $name.time ]; do sleep 0.05; done
		grep -q '^HTTP/1.1 408 ' $name.answer
		[ "$(cat $name.time)" -ge 9900 ]
		[ "$(cat $name.time)" -lt 13000 ]
	done
	# shellcheck disable=SC2086 # several
	kill $idle
	nobody_felt_it
}

@test "a frame that is wrong is closed with its code, and no other WebSocket feels it" {
	M='\0\0\0\0'
	printf -v long '%4096s' ''
	while IFS=$'\t' read -r code bytes; do
		# shellcheck disable=SC2059
		printf "$bytes" >raw
		run "$WS" -u "$ALL/web.sock" --raw raw --for 4000 ws://localhost/api/v1/ws </dev/null
		same "$(grep -o '^closed [0-9]*' <<<"$output") after $bytes" "closed $code after $bytes"
	done <<-END
		1002	\x81\x05hello
		1003	\x82\x85${M}hello
		1009	\x81\xfe\x10\x01${M}x
		1009	\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff${M}x
		1009	\x01\xfe\x10\x00$M$long\x80\x81${M}x
		1002	\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff${M}x
		1007	\x81\x82$M\xc3\x28
		1007	\x88\x83$M\x03\xe8\xff
		1002	\x89\xfe\x00\x7e${M}x
		1002	\x09\x81${M}x
		1002	\x88\x81$M\x03
		1002	\x80\x81${M}x
		1002	\x01\x81${M}x\x81\x81${M}y
		1002	\xc1\x81${M}x
		1002	\x83\x81${M}x
		1002	\x8b\x80$M
		1005	\x88\x80$M
		4000	\x88\x82$M\x0f\xa0
	END
	for _ in {1..20}; do
		head -c 5000 /dev/urandom >raw
		run "$WS" -u "$ALL/web.sock" --raw raw --for 4000 ws://localhost/api/v1/ws </dev/null
		grep -qE '^closed 100[2379]' <<<"$output"
	done
	nobody_felt_it
}

@test "pulse-web takes any bytes, leaks nothing, and ends as it should" {
	before=$(descriptors "$ALL/web.pid")
	for i in {1..60}; do
		send "$(head -c $((i * i)) /dev/urandom | base64 -w 0 | sed 's/%//g; s/.\{50\}/&\\r\\n/g')\r\n" >/dev/null
		head -c $((i * 10)) /dev/urandom >"/dev/tcp/127.0.0.1/$PORT" 2>/dev/null || true
		: <>"/dev/tcp/127.0.0.1/$PORT"
	done
	nobody_felt_it
	kill "$(cat "$ALL/asking.pid")"
	for _ in {1..240}; do
		[ "$(descriptors "$ALL/web.pid")" -gt "$before" ] || break
		sleep 0.05
	done
	[ "$(descriptors "$ALL/web.pid")" -le "$before" ]
	for pid in web local; do
		kill "$(cat "$ALL/$pid.pid")"
		tail -s 0.05 -f /dev/null --pid "$(cat "$ALL/$pid.pid")"
	done
	same "$(cat "$ALL/web.log" "$ALL/local.log" "$ALL/web.out" "$ALL/local.out")" ''
	grep -q '^closed 1001' "$ALL/listening.err"
}
