# Completion for bash: every program prints its own options as a table, pulse
# its commands, pulse-status the jobs.
_pulse_jobs() {
	pulse-status --tsv 2>/dev/null | tail -n +2 | cut -f 2
}

# What the option $1 of a program takes, such as JOB; nothing for a flag.
_pulse_takes() {
	local option=$1 short long takes
	shift
	"$@" --options-tsv 2>/dev/null | tr '\t' '\037' |
		while IFS=$'\037' read -r short long takes _; do
			case $option in "$short" | "$long") echo "$takes" ;; esac
		done
}

# The metrics that there are, and their sets.
_pulse_metrics() {
	metrics ls --format csv 2>/dev/null | tail -n +2 | cut -d , -f 1,2 | tr , '\n' | sort -u
}

# The words that may stand where an operand stands: of the command NAME, the
# first operand of which is word AT.
_pulse_operands() { # NAME AT
	local verbs='start stop pause resume reset put-back emergency-stop breaker reload prune'
	case $1 in
	pulse | 'pulse help') echo "help $(pulse help --tsv 2>/dev/null | cut -f 1)" ;;
	pulse-ctl | 'pulse ctl')
		if [ "$COMP_CWORD" -le "$2" ]; then
			echo "$verbs"
		else
			_pulse_operands "pulse ${COMP_WORDS[$2]}" $(($2 + 1))
		fi
		;;
	metrics | 'pulse metrics') echo "ls explain report export $(_pulse_metrics)" ;;
	'pulse start' | 'pulse stop') echo "orchestrator $(_pulse_jobs)" ;;
	pulse-token | 'pulse token') [ "$COMP_CWORD" -gt "$2" ] || echo "add ls rm" ;;
	'pulse breaker') echo "github jira open closed auto" ;;
	'pulse pause' | 'pulse resume' | 'pulse reset' | 'pulse put-back' | \
		*why | *log | *run | *status) _pulse_jobs ;;
	esac
}

_pulse_complete() {
	local cur=${COMP_WORDS[COMP_CWORD]} program=("${COMP_WORDS[0]}") at=1 words='' takes=''
	COMPREPLY=()
	if [ "${program[0]##*/}" = pulse ] && [ "$COMP_CWORD" -gt 1 ]; then
		program+=("${COMP_WORDS[1]}")
		at=2
	fi
	case ${COMP_WORDS[COMP_CWORD - 1]} in
	-*) takes=$(_pulse_takes "${COMP_WORDS[COMP_CWORD - 1]}" "${program[@]}") ;;
	esac
	case $takes:$cur in
	JOB:*) words=$(_pulse_jobs) ;;
	WHEN:*) words='auto always never' ;;
	KIND*:*) words='repo service team person project board sprint type job day week month all' ;;
	FORMAT:*) words='table csv ndjson json prom svg' ;;
	ROLE:*) words='viewer operator admin' ;;
	SET:*) words='dora-2021 dora-2023 dora-2024' ;;
	?*:*) ;;
	:-*) words=$("${program[@]}" --options-tsv 2>/dev/null | cut -f 1,2 | tr '\t' '\n') ;;
	*) words=$(_pulse_operands "${program[*]##*/}" "$at") ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur" | sort -u)
}
complete -o default -F _pulse_complete demo-api fetch-github fetch-jira \
	health-check link-deployments load metrics pulse pulse-ctl \
	pulse-doctor pulse-forget pulse-init pulse-log pulse-refetch pulse-run pulse-sched \
	pulse-status pulse-token pulse-web pulse-why retry-scan spool-ls spool-prune spool-put \
	spool-take validate
