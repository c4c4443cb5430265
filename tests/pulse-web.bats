#!/usr/bin/env bats
# pulse-web: how it starts, listens and ends, and that pulse-api(7) says what it
# does.

load helper
load scheduler
load delivery
load web

setup() {
	scheduler_home
	WEB_PID=
	others=()
}
teardown() {
	local pid
	web_stop
	for pid in "${others[@]}"; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	scheduler_end
}

page=$SHARE/man/pulse-api.7

# beside COMMAND... - runs it beside the test
beside() {
	"$@" >beside.out 2>beside.err 3>&- &
	others+=("$!")
}
# by_socket PATH - what it says on ./web.sock
by_socket() { curl -sS --max-time 10 --unix-socket web.sock "http://localhost$1"; }

# The two jobs of the page's examples, which have run, and some figures.
example_spool() {
	job work 'echo at work >&2'
	schedule <<-'END'
		github_job: {run: work, interval: 4h, integration: github}
		jira_job: {run: work, interval: 6h, integration: jira}
	END
	daemon
	until_true ended 1.github_job 1
	until_true ended 1.jira_job 1
	new_db "$S/pulse.db" <<<"INSERT INTO repo VALUES ('api');"
}
# the examples of the page, one a line, with what they need here
examples() {
	awk '/^curl/ || on { on = sub(/\\e$/, ""); printf "%s", $0; if (!on) print "" }' "$page" |
		sed "s,/run/pulse/web.sock,$PWD/web.sock,; s,1\.github_job\.1,$1,"
}

@test "each example of pulse-api(7) works" {
	example_spool
	web_token admin
	mv admin auth
	beside "$PULSE_BIN/pulse-web" --listen ./web.sock
	web_start
	until_true test -S web.sock
	examples "$(field 1.github_job run)" >all
	[ "$(wc -l <all)" -ge 35 ]
	export PULSE_URL=$WEB_URL
	curl() { command curl --fail-with-body --max-time 0.7 -D head "$@"; }
	while read -r line; do
		echo "$line" >&2
		code=0
		eval "$line" >body </dev/null || code=$?
		cat body >&2
		case $line in
		*/events) [ "$code" -eq 28 ]; grep -q '^data: {"type":"snapshot",' body ;;
		*/ws) [ "$code" -eq 28 ]; grep -q '^HTTP/1.1 101 ' head; grep -aq '"type":"snapshot"' body ;;
		*/log) [ "$code" -eq 0 ]; grep -q 'at work$' body; grep -qi '^Pulse-Log-Next: ' head ;;
		*_URL/metrics) [ "$code" -eq 0 ]; grep -q '^pulse_web_clients 0' body ;;
		*_URL/) [ "$code" -eq 0 ]; grep -q '^<!DOCTYPE html>' body ;;
		*) [ "$code" -eq 0 ]; jq -e 'type == "object"' body ;;
		esac
	done <all
	jq -e '.latched == true' <(by_socket /api/v1/jobs)
}

@test "pulse-api(7) describes each route that there is, its role, and no other" {
	web_token viewer
	web_start
	ask viewer /api/v1
	[ "$STATUS" -eq 200 ]
	jq -r '.routes[] | "\(.method) \(.path) \(.role // "anybody")"' body | sort >there
	sed -nE 's/^\.It (GET|POST) (\/.*) Pq ([a-z]+).*/\1 \3 \2/p' "$page" |
		awk '{ for (i = 3; i <= NF; i++) if ($i != ",") print $1, $i, $2 }' | sort >described
	diff there described
}

@test "pulse-api(7) names each code of an error" {
	sed -n '/^\.Ss Errors/,/^\.Sh READING/p' "$page" | tr -s ' ,' '\n' | sort -u >named
	cat "$TOP"/tools/lib/web/*.c | tr -d '\n\t' | grep -oE '[^0-9][45][0-9]{2}, ?"[a-z_]+"' |
		grep -oE '[a-z_]+' | sort -u >used
	[ "$(wc -l <used)" -ge 20 ]
	comm -13 named used | tee missing
	[ ! -s missing ]
}

@test "pulse-web listens on a socket, knows its owner as admin, and ends by TERM" {
	beside "$PULSE_BIN/pulse-web" --listen ./web.sock
	until_true test -S web.sock
	[ "$(stat -c %a web.sock)" = 660 ]
	same "$(by_socket /api/v1/me | jq -r .role)" admin
	run curl -s --unix-socket web.sock -o page.html -w '%{http_code} %{content_type}' http://localhost/
	same "$output" '200 text/html; charset=utf-8'
	same "$(head -1 page.html)" '<!DOCTYPE html>'
	run -69 timeout 10 "$PULSE_BIN/pulse-web" --listen ./web.sock
	same "$output" "pulse-web: cannot serve on './web.sock': another program listens there"
	by_socket /api/v1/me
	kill "${others[0]}"
	wait "${others[0]}"
	[ ! -s beside.err ]
	beside "$PULSE_BIN/pulse-web" --listen ./web.sock
	until_true by_socket /api/v1/me
}

@test "pulse-web says its port, and asks for a token on TCP" {
	web_start
	[[ $(cat "$BATS_TEST_TMPDIR/web.port") =~ ^[0-9]+$ ]]
	run curl -s -w '\n%{http_code}' "$WEB_URL/api/v1/jobs"
	same "$(jq -r .error.code <<<"${lines[0]}") ${lines[1]}" 'unauthorized 401'
	run curl -s -o /dev/null -w '%{http_code}' "$WEB_URL/"
	same "$output" 200
	web_token viewer
	ask viewer /api/v1/me
	same "$(said '.name + " " + .role')" 'token viewer viewer'
	web_stop
	run -73 timeout 10 "$PULSE_BIN/pulse-web" --listen 127.0.0.1:0 --port-file clock/port
}

@test "pulse-web listens elsewhere only with a proxy before it and a token" {
	run -78 timeout 10 "$PULSE_BIN/pulse-web" --listen 0.0.0.0:0
	[[ "$output" == "pulse-web: cannot serve on '0.0.0.0:0': it is no loopback address"*'--behind-proxy' ]]
	run -78 timeout 10 "$PULSE_BIN/pulse-web" --listen '[::]:0' --behind-proxy
	[[ "$output" == *'no token'*'pulse token add' ]]
	web_token viewer
	web_start --listen 0.0.0.0:0 --behind-proxy --host pulse.example.com
	run curl -s -o /dev/null -w '%{http_code}' -H @viewer -H 'Host: pulse.example.com' "$WEB_URL/api/v1/me"
	same "$output" 200
	run -69 timeout 10 "$PULSE_BIN/pulse-web" --listen 203.0.113.1:0 --behind-proxy
	run -64 timeout 10 "$PULSE_BIN/pulse-web" --group-role king
	[[ "$output" == *"there is no role 'king'"* ]]
}

@test "pulse-web takes the socket that systemd passes" {
	beside systemd-socket-activate -l "$PWD/web.sock" -E PULSE_HOME -E PULSE_TEST_CLOCK \
		"$PULSE_BIN/pulse-web"
	until_true test -S web.sock
	same "$(by_socket /api/v1/me | jq -r .role)" admin
	# What is no socket is none: said, not passed over.
	run -69 timeout 10 env LISTEN_FDS=1 bash -c 'LISTEN_PID=$$ exec "$0" 3</dev/null' "$PULSE_BIN/pulse-web"
	[[ "$output" == "pulse-web: cannot serve on 'LISTEN_FDS': "* ]]
}

@test "clients go on where they were when pulse-web was killed and started again" {
	job ok true
	schedule <<<'ok: {run: ok, interval: 4h}'
	daemon
	until_true ended 1.ok 1
	web_token operator
	web_start --listen 127.0.0.1:0
	listen() { # OUT [CURL-OPTION...]
		curl -sN --max-time 20 -H @operator "${@:2}" "$WEB_URL/api/v1/events" >"$1" 3>&- &
		others+=("$!")
	}
	listen first
	until_true grep -q '"type":"snapshot"' first
	post operator jobs/ok/start
	until_true ended 1.ok 2
	until_true eval '[ "$(grep -c job_completed first)" -eq 1 ]'
	web_stop KILL
	"$PULSE_BIN/pulse-ctl" -q start ok --no-wait
	until_true ended 1.ok 3
	web_start
	listen second -H "Last-Event-ID: $(sed -n 's/^id: //p' first | tail -1)"
	until_true grep -q job_completed second
	refute grep -q snapshot second
	sed -n 's/^id: .*-//p' first second | tail -n +2 >heard
	from=$(sed -n 's/^id: .*-//p' first | head -1)
	jq "select(.seq > $from) | .seq" "$S/events.ndjson" >there
	diff heard there
}

@test "pulse-web sleeps while nobody asks, and stays below 32 MB with all its places taken" {
	switches() { awk '/ctxt_switches/ { n += $2 } END { print n }' "/proc/${others[0]}/status"; }
	beside "$PULSE_BIN/pulse-web" --listen ./web.sock
	until_true by_socket /api/v1/me
	# Whatever the last answer left to do is done; then it is not woken at all.
	until_true eval 'before=$(switches); read -rt 2 _ <> <(:) || [ "$before" = "$(switches)" ]'
	for _ in {1..63}; do
		"$TOP/build/web/wsclient" -u web.sock --for 30000 ws://localhost/api/v1/ws >/dev/null 2>&1 3>&- &
		others+=("$!")
	done
	until_true eval 'by_socket /metrics | grep -qx "pulse_web_clients 63"'
	[[ $PULSE_BIN == *-san ]] || [ "$(awk '/VmHWM/ { print $2 }' "/proc/${others[0]}/status")" -lt 32000 ]
}
