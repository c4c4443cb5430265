# Completion for fish: every program prints its own options as a table, pulse
# its commands, pulse-status the jobs.
function __pulse_jobs
    pulse-status --tsv 2>/dev/null | tail -n +2 | cut -f 2
end
for program in fetch-github fetch-jira health-check metrics pulse pulse-ctl pulse-doctor pulse-forget pulse-init pulse-log pulse-refetch pulse-run pulse-sched pulse-status pulse-token pulse-web pulse-why retry-scan spool-ls spool-prune spool-put spool-take
    command -q $program; or continue
    $program --options-tsv 2>/dev/null | while read -d \t -l short long arg help
        set -l words -c $program -l (string sub -s 3 -- $long) -d $help
        test -n "$short"; and set -a words -s (string sub -s 2 -- $short)
        test -n "$arg"; and set -a words -r
        test "$arg" = JOB; and set -a words -f -a '(__pulse_jobs)'
        string match -q 'KIND*' -- "$arg"; and set -a words -f -a 'repo service team person project board sprint type job day week month all'
        test "$arg" = FORMAT; and set -a words -f -a 'table csv ndjson json prom svg'
        test "$arg" = SET; and set -a words -f -a 'dora-2021 dora-2023 dora-2024'
        test "$arg" = ROLE; and set -a words -f -a 'viewer operator admin'
        test "$arg" = WHEN; and set -a words -f -a 'auto always never'
        complete $words
    end
end
complete -c pulse -n '__fish_is_nth_token 1' -f -a '(pulse help --tsv 2>/dev/null)'
complete -c metrics -n '__fish_is_nth_token 1' -f -a 'ls explain report export'
complete -c metrics -f -a "(metrics ls --format csv 2>/dev/null | tail -n +2 | cut -d , -f 1)"
complete -c pulse -n '__fish_is_nth_token 1' -f -a help -d 'show the page of a command'
complete -c pulse-token -n '__fish_is_nth_token 1' -f -a 'add ls rm'
complete -c pulse -n '__fish_seen_subcommand_from token' -f -a 'add ls rm'
complete -c pulse-ctl -n '__fish_is_nth_token 1' -f -a 'start stop pause resume reset put-back emergency-stop breaker reload prune'
complete -c pulse -n '__fish_seen_subcommand_from why log run start stop pause resume reset put-back status' -f -a '(__pulse_jobs)'
complete -c pulse-ctl -n '__fish_seen_subcommand_from start stop pause resume reset put-back' -f -a '(__pulse_jobs)'
for program in pulse pulse-ctl
    complete -c $program -n '__fish_seen_subcommand_from start stop' -f -a orchestrator
    complete -c $program -n '__fish_seen_subcommand_from breaker' -f -a 'github jira open closed auto'
end
for program in pulse-why pulse-log pulse-run pulse-status
    complete -c $program -f -a '(__pulse_jobs)'
end
