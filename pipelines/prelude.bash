# shellcheck shell=bash
# prelude.bash - what the pipelines share; source it, do not run it
#
# Finds the programs and PULSE_HOME, keeps tokens away from all but fetchers,
# and collects how the stages end: `stage CMD...` runs one and never ends the
# script, `finish` leaves with the worst.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
if [ -z "${PULSE_BIN:-}" ]; then
	PULSE_BIN=$top/bin
	[ -d "$top/tools" ] || PULSE_BIN=$top/../../libexec/pulse
fi
if [ -z "${PULSE_HOME:-}" ]; then
	PULSE_HOME=$top
	[ -d "$top/tools" ] ||
		PULSE_HOME=${STATE_DIRECTORY:-${XDG_STATE_HOME:-$HOME/.local/state}/pulse}
fi
export PULSE_HOME PATH=$PULSE_BIN:$PATH
spool=$PULSE_HOME/spool
(umask 077 && mkdir -p "$spool")
client=${PULSE_CLIENT:-1}
worst=0 last=0 stopping=''
trap 'stopping=1' TERM INT HUP

# Tokens stay variables of this shell; with_tokens gives them to one command.
tokens=(GITHUB_TOKEN GH_TOKEN JIRA_EMAIL JIRA_API_TOKEN JIRA_TOKEN)
export -n "${tokens[@]}"
with_tokens() (
	for name in "${tokens[@]}"; do
		[ -z "${!name:-}" ] || export "${name?}"
	done
	exec "$@"
)

# Prints the code that an ending counts as: a shell's 126 and 127 are
# configuration, a crash is a bug, any other signal may pass.
code_of() {
	case $1 in
	126 | 127) echo 78 ;;
	132 | 134 | 135 | 136 | 139 | 159) echo 70 ;;
	129 | 130 | 137 | 141 | 143) echo 75 ;;
	78 | 77 | 64 | 70 | 65 | 76 | 71 | 73 | 74 | 69 | 75 | 121 | 0) echo "$1" ;;
	*) echo 70 ;;
	esac
}

# Prints the worst of some endings.
worst_of() {
	local codes=' ' code
	for code; do codes+="$(code_of "$code") "; done
	for code in 78 77 64 70 65 76 71 73 74 69 75 121 0; do
		case $codes in *" $code "*) echo "$code" && return ;; esac
	done
}

# Runs one stage; $last is how it ended.
stage() {
	last=0
	"$@" || last=$?
	worst=$(worst_of "$worst" "$last")
}

# Leaves with the worst of all stages; a stop that was asked for is at least 75.
finish() {
	[ -z "$stopping" ] || worst=$(worst_of "$worst" 75)
	exit "$worst"
}

usage() {
	sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
	exit "$1"
}

# Takes -k, -c and -h from the arguments; the others are the fetcher's.
fetch_options=()
take_options() {
	while [ $# -gt 0 ]; do
		case $1 in
		-h | --help) usage 0 ;;
		-k | --client) [ $# -gt 1 ] || usage 64 >&2; client=$2; shift 2 ;;
		-c | --config) [ $# -gt 1 ] || usage 64 >&2; export PULSE_CONFIG=$2; shift 2 ;;
		*) fetch_options+=("$1"); shift ;;
		esac
	done
}

# The walk of a fetching job: JOB QUEUE FETCHER.  What is left in the queue is
# loaded first; a fetch starts from what the database has, so only when the
# queue is empty; what the fetch left is loaded however it ended.  A run that
# is for failed items alone, those of $PULSE_ITEMS, fetches nothing else.
fetch_and_load() {
	local job=$1 queue=$2 fetcher=$3 cursors=$spool/checkpoints fetched=''
	export PULSE_JOB=$job
	if [ -n "${PULSE_ITEMS:-}" ]; then
		drain "$queue"
		fetch_items "$@"
		return
	fi
	stage load --checkpoints "$cursors" --job "$job" </dev/null
	local known=$last
	drain "$queue"
	if [ "$known" -eq 0 ] && is_empty "$queue" && [ -z "$stopping" ]; then
		stage with_tokens spool-put -k "$client" "$queue" -- \
			"$fetcher" -k "$client" --checkpoint "$cursors/$client/$job.json" \
			--cache "$spool/cache" \
			"${fetch_options[@]}" </dev/null
		fetched=$last
	fi
	drain "$queue"
	case $fetched in 0 | 121) fetch_items "$@" ;; esac
}

# Failed items that are due again, each alone: those of $PULSE_ITEMS, or what
# retry-scan finds.
fetch_items() {
	local job=$1 queue=$2 fetcher=$3 items='' code=0
	[ -z "$stopping" ] || return 0
	is_empty "$queue" || return 0
	if [ -n "${PULSE_ITEMS:-}" ]; then
		items=$(cat "$PULSE_ITEMS") || code=74
	else
		items=$(retry-scan -k "$client" --items "$job") || code=$?
	fi
	worst=$(worst_of "$worst" "$code")
	[ -n "$items" ] || return 0
	stage with_tokens spool-put -k "$client" "$queue" -- \
		"$fetcher" -k "$client" --items - --cache "$spool/cache" "${fetch_options[@]}" <<<"$items"
	drain "$queue"
}

drain() {
	stage spool-take -k "$client" --wait 10m "$1" -- "$top/pipelines/ingest" </dev/null
}

is_empty() {
	local waiting=$spool/queue/$client/$1/new
	[ -d "$waiting" ] && [ -z "$(ls -A "$waiting")" ]
}
