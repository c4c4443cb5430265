# What every .bats file loads: where the programs are, an empty folder to work
# in, and demo-api on a free port.

bats_require_minimum_version 1.5.0

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PULSE_BIN=${PULSE_BIN:-$TOP/bin}
SHARE=$TOP/share
PATH=$PULSE_BIN:$PATH
export PULSE_BIN SHARE PATH
unset GITHUB_TOKEN GH_TOKEN JIRA_EMAIL JIRA_API_TOKEN JIRA_TOKEN PULSE_HOME \
	PULSE_CONFIG PULSE_RUN_DIR PULSE_BATCH PULSE_JOB PULSE_NOT_BEFORE \
	PULSE_ITEMS PULSE_LOCK_FD PULSE_TEST_BOOT NOTIFY_SOCKET WATCHDOG_USEC \
	STATE_DIRECTORY CREDENTIALS_DIRECTORY PULSE_TEST_CLOCK PULSE_TEST_PING

in_own_folder() {
	cd "$BATS_TEST_TMPDIR" || exit 1
}

# demo_start [OPTION...] - sets DEMO_URL and DEMO_PID; demo_stop ends it.
demo_start() {
	local port_file=$BATS_TEST_TMPDIR/port.$RANDOM tries=0
	# Descriptor 3 is bats's own; a child that keeps it open hangs the run.
	"$PULSE_BIN/demo-api" --port 0 --port-file "$port_file" "$@" \
		>"$port_file.log" 2>&1 3>&- &
	DEMO_PID=$!
	until [ -s "$port_file" ]; do
		kill -0 "$DEMO_PID" 2>/dev/null && [ $((tries += 1)) -lt 600 ] || {
			cat "$port_file.log" >&2
			return 1
		}
		sleep 0.05
	done
	DEMO_URL=http://127.0.0.1:$(cat "$port_file")
	export DEMO_URL DEMO_PID
}

demo_stop() {
	[ -z "${DEMO_PID:-}" ] || {
		kill "$DEMO_PID" 2>/dev/null || true
		wait "$DEMO_PID" 2>/dev/null || true
	}
	DEMO_PID=
}

# Fails with both texts when they differ.
same() {
	[ "$1" = "$2" ] || {
		diff <(printf '%s\n' "$2") <(printf '%s\n' "$1") | head -40 >&2
		return 1
	}
}

# Fails when the command succeeds.  A plain `! CMD` in the middle of a test is
# no check: bats stops at a command that fails, and `!` is exempt from that.
refute() {
	if "$@"; then
		echo "did not expect: $*" >&2
		return 1
	fi
}
