# Completion for bash: every program prints its own options as a table, pulse
# its commands, pulse-status the jobs.
_pulse_complete() {
	local cur=${COMP_WORDS[COMP_CWORD]} program=("${COMP_WORDS[0]}") at=1 words=
	COMPREPLY=()
	if [ "${program[0]##*/}" = pulse ] && [ "$COMP_CWORD" -gt 1 ]; then
		program+=("${COMP_WORDS[1]}")
		at=2
	fi
	case ${program[*]##*/}:$cur in
	*:-*)
		words=$("${program[@]}" --options-tsv 2>/dev/null | cut -f 1,2 | tr '\t' '\n')
		;;
	pulse:* | 'pulse help:'*)
		words="help $(pulse help --tsv 2>/dev/null | cut -f 1)"
		;;
	pulse-ctl:*)
		[ "$COMP_CWORD" -gt 1 ] || words="start stop pause resume reset put-back \
			emergency-stop breaker reload prune"
		[ "$COMP_CWORD" -le 1 ] || words="orchestrator $(pulse-status --tsv 2>/dev/null | tail -n +2 | cut -f 2)"
		;;
	pulse-why:* | pulse-log:* | pulse-run:* | pulse-status:* | 'pulse why:'* | 'pulse log:'* | \
		'pulse run:'* | 'pulse status:'* | 'pulse start:'* | 'pulse stop:'* | 'pulse pause:'* | \
		'pulse resume:'* | 'pulse reset:'* | 'pulse put-back:'*)
		[ "$COMP_CWORD" -lt "$at" ] ||
			words=$(pulse-status --tsv 2>/dev/null | tail -n +2 | cut -f 2)
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur" | sort -u)
}
complete -o default -F _pulse_complete demo-api fetch-github fetch-jira \
	health-check link-deployments load metrics pulse pulse-ctl \
	pulse-doctor pulse-forget pulse-init pulse-log pulse-refetch pulse-run pulse-sched \
	pulse-status pulse-why retry-scan spool-ls spool-prune spool-put \
	spool-take validate
