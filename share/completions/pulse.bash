# Completion for bash: every program prints its own options as a table.
_pulse_complete() {
	local cur=${COMP_WORDS[COMP_CWORD]}
	COMPREPLY=()
	case $cur in
	-*)
		mapfile -t COMPREPLY < <(compgen -W \
			"$("$1" --options-tsv 2>/dev/null | cut -f 1,2 | tr '\t' '\n')" -- "$cur")
		;;
	esac
}
complete -o default -F _pulse_complete demo-api fetch-github fetch-jira \
	health-check link-deployments load metrics pulse pulse-ctl \
	pulse-doctor pulse-init pulse-refetch pulse-run pulse-sched \
	pulse-status retry-scan spool-ls spool-prune spool-put spool-take \
	validate
