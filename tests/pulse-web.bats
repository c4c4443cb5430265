#!/usr/bin/env bats
# pulse-web: how it starts, listens, and ends.

load helper

setup() { in_own_folder; }
teardown() { [ ! -s web.pid ] || kill "$(cat web.pid)" 2>/dev/null || true; }

serve() { # OPTION...: on a socket, or where the options say
	pulse-web -s s "$@" 2>web.log 3>&- &
	echo $! >web.pid
}

@test "pulse-web listens on a socket, knows its owner as admin, and ends by TERM" {
	serve --listen ./web.sock
	until [ -S web.sock ]; do kill -0 "$(cat web.pid)"; done
	run curl -s --unix-socket web.sock http://localhost/api/v1/nothing
	same "$(jq -r .error.code <<<"$output")" not_found
	run curl -s --unix-socket web.sock -o page.html -w '%{http_code} %{content_type}' http://localhost/
	same "$output" '200 text/html; charset=utf-8'
	same "$(head -1 page.html)" '<!DOCTYPE html>'
	kill "$(cat web.pid)"
	wait "$(cat web.pid)"
	[ ! -s web.log ]
}
