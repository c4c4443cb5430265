#!/usr/bin/env bats
# The units as systemd reads them, and what pulse-sched tells it.

load helper

setup() { in_own_folder; }
teardown() {
	local pid
	for pid in ${WATCHED:-} ${PROXY:-}; do
		kill "$pid" || true
		wait "$pid" || true
	done 2>/dev/null
}

# The units as make install writes them, for programs in ./usr.
units() {
	mkdir -p usr/share units
	ln -s "$PULSE_BIN" usr/bin
	ln -s "$TOP" usr/share/pulse
	for f in "$SHARE"/systemd/*.{service,timer,socket}; do
		sed "s,@PREFIX@,$PWD/usr,g" "$f" >"units/$(basename "$f")"
	done
}

@test "systemd-analyze verifies every unit" {
	units
	run systemd-analyze verify --man=no units/*
	same "$output" ''
	[ "$status" -eq 0 ]
}

@test "units that need the network score 1.6 or better, the others 0.7" {
	units
	for unit in units/*.service; do
		case $unit in
		*/pulse-ingest* | */pulse-retry-scan* | */pulse-web*) most=7 ;;
		*) most=16 ;;
		esac
		systemd-analyze security --offline=true --no-pager --threshold=$most "$unit" >out || {
			tail -n 1 out
			return 1
		}
		grep -q 'Overall exposure level' out
	done
}

@test "units that start runs leave them alone when they stop" {
	for unit in pulse-sched pulse-once; do
		for line in KillMode=process OOMPolicy=continue SendSIGHUP=no; do
			grep -qx "$line" "$SHARE/systemd/$unit.service"
		done
		refute grep -q '^PrivateTmp' "$SHARE/systemd/$unit.service"
	done
}

@test "units that sweep what a run left can see all of it" {
	for unit in pulse-sched pulse-once pulse-job@ pulse-web; do
		refute grep -q '^ProtectProc' "$SHARE/systemd/$unit.service"
	done
}

@test "the crontab calls programs that are there, as they want it" {
	grep -E '^#?[0-9*]' "$SHARE/crontab.example" >lines
	[ "$(wc -l <lines)" -ge 4 ]
	grep -oE '(pulse|spool|retry)-[a-z]+( --?[a-z]+)?' lines | sort -u >calls
	while read -r program option; do
		[ -x "$PULSE_BIN/$program" ]
		[ -z "$option" ] || "$PULSE_BIN/$program" --options-tsv | cut -f1,2 | grep -qw -- "$option"
	done <calls
}

# Starts pulse-sched under a fake service manager; WATCHED, heard.
sched() {
	gcc -std=c11 -D_GNU_SOURCE -O1 -o notified "$TOP/tests/bench/notified.c"
	export PULSE_HOME=$PWD/home
	mkdir -p home
	printf '#!/bin/sh\nexit 0\n' >home/nothing
	chmod +x home/nothing
	printf 'jobs: {a: {run: nothing, interval: 1h}}\n' >home/schedule.yaml
	"${@}" ./notified heard "$PULSE_BIN/pulse-sched" 2>err 3>&- &
	WATCHED=$!
	await 'READY=1'
	pid=$(sed -n 's/^pid //p' heard)
}

# Waits for a datagram, at most ten seconds.
await() {
	local tries=0
	until grep -q -- "$1" heard 2>/dev/null; do
		kill -0 "$WATCHED" 2>/dev/null && [ $((tries += 1)) -lt 200 ] || {
			cat heard err >&2
			return 1
		}
		sleep 0.05
	done
}

@test "pulse-sched says when it is ready, what it does, and when it stops" {
	sched env
	await 'STATUS='
	kill "$WATCHED"
	wait "$WATCHED"
	WATCHED=''
	grep -q 'STOPPING=1' heard
}

@test "pulse-sched says when it reads the schedule again, and that it is done" {
	sched env
	kill -HUP "$WATCHED"
	await 'RELOADING=1'
	tries=0
	until [ "$(grep -c 'READY=1' heard)" -eq 2 ]; do
		[ $((tries += 1)) -lt 200 ]
		sleep 0.05
	done
}

@test "pulse-sched feeds the watchdog that is asked for, and none else" {
	sched env WATCHDOG_USEC=100000
	await 'WATCHDOG=1'
	kill "$WATCHED"
	wait "$WATCHED"
	sched env WATCHDOG_USEC=100000 WATCHDOG_PID=1
	await 'STATUS='
	refute grep -q 'WATCHDOG=1' heard
}

# nginx with the example's settings, but on sockets of our own; PROXY.
proxy() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout key.pem \
		-out cert.pem -subj /CN=pulse.example.com -addext subjectAltName=DNS:pulse.example.com 2>/dev/null
	sed "/listen \[::\]/d; s,listen 80,listen unix:$PWD/plain.sock,; s,listen 443,listen unix:$PWD/tls.sock,
		s,/run/pulse/web.sock,$PWD/web.sock,; s,/etc/ssl/certs/pulse.pem,$PWD/cert.pem,
		s,/etc/ssl/private/pulse.key,$PWD/key.pem," "$SHARE/nginx.example" >site
	[ "$(grep -c "$PWD" site)" -eq 5 ]
	{
		[ "$(id -u)" -ne 0 ] || echo 'user root;'
		echo 'daemon off; worker_processes 1; pid nginx.pid; error_log stderr; events { }'
		echo 'http { access_log off; client_body_temp_path t; proxy_temp_path t; fastcgi_temp_path t; uwsgi_temp_path t; scgi_temp_path t;'
		echo 'include site; }'
	} >nginx.conf
	nginx -p "$PWD" -c "$PWD/nginx.conf" 2>nginx.log 3>&- &
	PROXY=$!
	until [ -S tls.sock ]; do kill -0 "$PROXY" && sleep 0.05; done
}

@test "nginx with TLS passes on requests, events and a WebSocket as the example says" {
	[ -x "$(command -v nginx)" ] || skip "needs nginx"
	export PULSE_HOME=$PWD
	(umask 077 && echo "Authorization: Bearer $(pulse-token add --role operator ci 2>/dev/null)" >auth)
	"$PULSE_BIN/pulse-web" --listen ./web.sock --behind-proxy --host pulse.example.com 2>web.log 3>&- &
	WATCHED=$!
	proxy
	site=https://pulse.example.com
	tls() { curl -s --max-time 2 --unix-socket tls.sock --cacert cert.pem "$@"; }
	run curl -s -o /dev/null --unix-socket plain.sock -w '%{http_code} %{redirect_url}' http://pulse.example.com/api/v1/me
	same "$output" "301 $site/api/v1/me"
	run tls "$site/api/v1/me"
	same "$(jq -r .error.code <<<"$output")" unauthorized
	run tls -H @auth -D head "$site/api/v1/me"
	same "$(jq -r .name <<<"$output")" 'token ci'
	grep -qi '^Strict-Transport-Security: max-age' head
	run tls -H @auth -H "Origin: $site" --json '{}' "$site/api/v1/jobs/a/start"
	same "$(jq -r .error.code <<<"$output")" no_scheduler
	run tls -H @auth -H 'Origin: https://example.org' --json '{}' "$site/api/v1/jobs/a/start"
	same "$(jq -r .error.code <<<"$output")" foreign_origin
	run -28 tls -N -H @auth "$site/api/v1/events"
	[[ "$output" == *'data: {"type":"snapshot"'* ]]
	run -28 tls -N --http1.1 -H @auth -H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' \
		-H 'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==' -H 'Sec-WebSocket-Protocol: pulse.v1' -D head -o frames "$site/api/v1/ws"
	grep -q '^HTTP/1.1 101 ' head
	grep -aq '"type":"snapshot"' frames
	head -c 5000 /dev/zero >large
	run tls -o /dev/null -w '%{http_code}' -H @auth -H 'Content-Type: application/json' --data-binary @large "$site/api/v1/jobs/a/start"
	same "$output" 413
}
