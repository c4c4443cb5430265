# Completion for fish: every program prints its own options as a table.
for program in fetch-github fetch-jira metrics pulse pulse-ctl pulse-doctor pulse-init pulse-refetch pulse-run pulse-sched pulse-status retry-scan spool-ls spool-prune spool-put spool-take
    command -q $program; or continue
    $program --options-tsv 2>/dev/null | while read -d \t -l short long arg help
        set -l words -c $program -l (string sub -s 3 -- $long) -d $help
        test -n "$short"; and set -a words -s (string sub -s 2 -- $short)
        test -n "$arg"; and set -a words -r
        complete $words
    end
end
