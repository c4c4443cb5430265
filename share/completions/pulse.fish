# Completion for fish: every program prints its own options as a table, pulse
# its commands.
for program in fetch-github fetch-jira metrics pulse pulse-ctl pulse-doctor pulse-forget pulse-init pulse-log pulse-refetch pulse-run pulse-sched pulse-status pulse-why retry-scan spool-ls spool-prune spool-put spool-take
    command -q $program; or continue
    $program --options-tsv 2>/dev/null | while read -d \t -l short long arg help
        set -l words -c $program -l (string sub -s 3 -- $long) -d $help
        test -n "$short"; and set -a words -s (string sub -s 2 -- $short)
        test -n "$arg"; and set -a words -r
        complete $words
    end
end
complete -c pulse -n '__fish_is_nth_token 1' -f -a '(pulse help --tsv 2>/dev/null)'
complete -c pulse -n '__fish_is_nth_token 1' -f -a help -d 'show the page of a command'
complete -c pulse -n '__fish_seen_subcommand_from why log run start stop pause resume reset put-back status' \
    -f -a '(pulse-status --tsv 2>/dev/null | tail -n +2 | cut -f 2)'
