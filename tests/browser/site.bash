# What the browser tests look at: a scheduler and pulse-web, and jobs that go on
# when a test says so.  load ../helper and driver go first; setup_file calls
# site_start, setup site_again, teardown_file site_end.

# site_start - sets PULSE_HOME, S (its spool), SITE (address), ADMIN, VIEWER
site_start() {
	local role
	site_again
	job_file walk <<'END_OF_JOB'
# Ten steps, each when the test says so; the first run of all is over at once.
[ -e "$PULSE_HOME/go/slowly" ] || exit 0
for i in 0 1 2 3 4 5 6 7 8 9; do
	printf '{"at":"%s","tool":"walk","done":%d,"total":10,"op":"step %d"}\n' \
		"$(date -u +%FT%T.%3NZ)" $i $((i + 1)) >>"$PULSE_RUN_DIR/progress"
	until [ -e "$PULSE_HOME/go/$i" ] || [ -e "$PULSE_HOME/go/all" ]; do sleep 0.05; done
done
END_OF_JOB
	job_file broken <<'END_OF_JOB'
echo "broken: cannot use 'github': the token was refused" >&2
exit 77
END_OF_JOB
	job_file wait_on <<'END_OF_JOB'
until [ -e "$PULSE_HOME/go/never" ]; do sleep 0.1; done
END_OF_JOB
	more_jobs
	{
		echo 'slots: {total: 8}'
		echo 'jobs:'
		for job in "$PULSE_HOME"/jobs/*; do
			echo "  ${job##*/}: {run: jobs/${job##*/}, interval: 30d, timeout: 1h}"
		done
	} >"$PULSE_HOME/schedule.yaml"
	pulse-sched >"$BATS_FILE_TMPDIR/sched.log" 2>&1 3>&- &
	export SCHED=$!
	until_file "$S/status/1.walk"
	for role in viewer admin; do
		export "${role^^}=$(pulse-token add --role $role "a-$role" 2>/dev/null)"
	done
	web_start 0
	export SITE=http://127.0.0.1:$WEB_PORT/
}
site_again() {
	export PULSE_HOME=$BATS_FILE_TMPDIR/home S=$BATS_FILE_TMPDIR/home/spool
	mkdir -p "$PULSE_HOME/go"
	rm -f "$PULSE_HOME"/go/*
}
job_file() { # NAME: its lines on stdin
	mkdir -p "$PULSE_HOME/jobs"
	{ echo '#!/bin/bash'; cat; } >"$PULSE_HOME/jobs/$1"
	chmod +x "$PULSE_HOME/jobs/$1"
}
more_jobs() { :; } # a file's own

# In a file, since a test may start another than setup_file did.
web_start() { # PORT
	rm -f "$BATS_FILE_TMPDIR/web.port"
	pulse-web --listen "127.0.0.1:$1" --port-file "$BATS_FILE_TMPDIR/web.port" >>"$BATS_FILE_TMPDIR/web.log" 2>&1 3>&- &
	echo $! >"$BATS_FILE_TMPDIR/web.pid"
	disown
	until_file "$BATS_FILE_TMPDIR/web.port"
	WEB_PORT=$(<"$BATS_FILE_TMPDIR/web.port")
	export WEB_PORT
}
web_kill() {
	kill -9 "$(<"$BATS_FILE_TMPDIR/web.pid")"
}
site_end() {
	local pid
	site_again
	touch "$PULSE_HOME/go/all" "$PULSE_HOME/go/never"
	for pid in $(cat "$BATS_FILE_TMPDIR/web.pid" 2>/dev/null) ${SCHED:-}; do kill -9 "$pid" 2>/dev/null || true; done
	for pid in "$S"/run/*/started; do
		pid=$(jq -r '.pid // empty' "$pid" 2>/dev/null) || true
		[ -z "$pid" ] || kill -USR2 "$pid" 2>/dev/null || true
	done
}
until_file() {
	local i
	for ((i = 0; i < 400; i++)); do
		[ ! -s "$1" ] || return 0
		read -rt 0.05 _ <> <(:) || true
	done
	cat "$BATS_FILE_TMPDIR"/*.log >&2
	return 1
}

# visit TOKEN [VIEW] - as whoever has this token, until the page is live
visit() {
	open about:blank
	open "$SITE#$1"
	until_js 'document.documentElement.dataset.link === "socket"'
	[ -z "${2:-}" ] || js 'location.hash = arguments[0]' "#/$2"
}
# How the page shows a job: its state, or what SELECTOR has within its row.
row_of() { echo "[data-job=\"1.$1\"]"; }
until_state() { # JOB STATE
	until_js 'document.querySelector(arguments[0]).dataset.state === arguments[1]' "$(row_of "$1")" "$2"
}
# No walk goes on, none is held.
at_rest() {
	[ -z "$(ls "$PULSE_HOME"/go)" ] || go all
	[ "$(head -c 1 "$S/control/latch")" = 0 ] || ctl start orchestrator
	case $(<"$S/status/1.walk") in
	*state=PAUSED*) ctl resume walk ;;
	*state=RUNNING* | *state=PENDING*) go all; ctl --force stop walk ;;
	esac
	site_again
}
go() { touch "${@/#/$PULSE_HOME/go/}"; }
# What pulse-ctl says to it at a terminal.
ctl() { pulse-ctl -q "$@" >/dev/null; }

# One site and one browser for a file; a file may have another setup_file or
# setup of its own.
setup_file() {
	site_start
	browser_start
}
teardown_file() {
	browser_end
	site_end
}
setup() {
	in_own_folder
	browser_clear
	site_again
	at_rest
}
