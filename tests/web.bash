# What tests of pulse-web share.  load helper goes first; PULSE_HOME is set.

# web_start [OPTION...] - a pulse-web on a free port of loopback, or where
# --listen says; WEB_PID, and WEB_URL of a port.
web_start() {
	local port=$BATS_TEST_TMPDIR/web.port log=$BATS_TEST_TMPDIR/web.log tries=0
	rm -f "$port"
	[[ " $* " == *' --listen '* ]] || set -- --listen 127.0.0.1:0 "$@"
	"${WEB_WRAP[@]}" "$PULSE_BIN/pulse-web" --port-file "$port" "$@" >>"$log" 2>&1 3>&- &
	WEB_PID=$!
	until [ -s "$port" ]; do
		kill -0 "$WEB_PID" 2>/dev/null && [ $((tries += 1)) -lt 400 ] || {
			cat "$log" >&2
			return 1
		}
		read -rt 0.05 _ <> <(:) || true
	done
	WEB_URL=http://127.0.0.1:$(cat "$port")
}

# web_stop [SIGNAL]
web_stop() {
	[ -z "${WEB_PID:-}" ] || {
		kill -"${1:-TERM}" "$WEB_PID" 2>/dev/null || true
		wait "$WEB_PID" 2>/dev/null || true
	}
	WEB_PID=
}

# web_token ROLE [NAME] - a token of that role, as a header in ./NAME, or ./ROLE
web_token() {
	(umask 077 && printf 'Authorization: Bearer %s\n' "$("$PULSE_BIN/pulse-token" add --role "$1" "${2:-$1}" 2>/dev/null)" >"${2:-$1}")
}

# ask ROLE PATH [CURL-OPTION...] - STATUS and BODY; the headers are in ./head
ask() {
	STATUS=$(curl -sS --max-time 30 -o body -D head -w '%{http_code}' -H "@$1" "${@:3}" "$WEB_URL$2") || return
	BODY=$(cat body)
	echo "$2: $STATUS $BODY" >&2
}
# post ROLE PATH [JSON [CURL-OPTION...]]
post() { ask "$1" "/api/v1/$2" --json "${3:-"{}"}" "${@:4}"; }
# said KEY - of the body; code - of its error
said() { jq -r "$1" body; }
code() { jq -r .error.code body; }
