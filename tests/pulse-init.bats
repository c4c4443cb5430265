#!/usr/bin/env bats
# pulse-init: what it writes, asks, refuses and tries.

load helper

setup() {
	in_own_folder
	export PULSE_HOME=$PWD/home
	C=$PULSE_HOME/pulse.yaml
	(umask 077 && echo demo-github-token >github && echo demo-jira-token >jira)
}
teardown() { demo_stop; }

small() { demo_start --repos 2 --prs 4 --issues 4 --days 30; }
init() { "$PULSE_BIN/pulse-init" "$@" </dev/null; }
both() {
	init --org acme --github-url "$DEMO_URL/github" --github-token-file github \
		--jira-url "$DEMO_URL/jira" --email demo@acme.test --jira-token-file jira "$@"
}

@test "init writes a file that works, tries both APIs and says what is next" {
	small
	run --separate-stderr -0 both --project PAY
	[ -z "$stderr" ]
	[[ $output == "Wrote '$C'."* ]]
	same "$(grep -cE '^  ok    (api|token)' <<<"$output")" 4
	[[ $output == *"pulse run github_job"*"pulse run jira_job"*"pulse metrics dora"*"pulse-sched"* ]]
	same "$(stat -c %a "$C")" 600
	run -0 "$PULSE_BIN/health-check" --only settings --only api --only token
	refute grep -q -e demo-github-token -e demo-jira-token "$C"
	# Only read, and nothing but that file is left.
	[ "$(curl -s "$DEMO_URL/__demo/requests" | jq '[.. | strings | select(startswith("POST"))] | length')" -eq 0 ]
	same "$(ls -A home)" pulse.yaml
	# A whole job runs by it.
	run -0 "$TOP/pipelines/github_job" -q
}

@test "init keeps the words of the example, and comments out what is not answered" {
	run --separate-stderr -0 init -n --org acme
	diff "$SHARE/pulse.yaml.example" <(echo "$output") >changes || true
	same "$(grep -c '^<' changes)" "$(grep -c '^> *#' changes)"
	run -0 init -n --jira-url acme.atlassian.net/ --project PAY --project WEB_2
	[[ $output == *"      base_url: https://acme.atlassian.net
"*"      projects: [PAY, WEB_2] "* ]]
	[[ $output == *"    # github:
      # base_url: https://api.github.com
"* ]]
	run -0 init -n --repo a/b --repo c/d.e --name "it's: #1"
	[[ $output == *"name: 'it''s: #1'"*"repositories: [a/b, c/d.e]"* ]]
	run -0 init -n --user me --github-token-file -
	[[ $output == *"      user: me "*"token: {file: $PULSE_HOME/secrets/github}"* ]]
	[ ! -e home ]
}

@test "what init writes is read back whatever the values" {
	for name in 'a: b' "o'clock" '{x}' '- y' '"q"' 'ünïcode' '#no'; do
		run -0 init --force --offline --user some-body --name "$name" --jira-url https://j.example:8443/jira
		run --separate-stderr -0 "$PULSE_BIN/health-check" --offline --only settings
	done
}

@test "init does not touch a file that is there, and --force keeps it" {
	mkdir home
	echo 'clients: []' >"$C"
	run --separate-stderr -73 init --org acme --offline
	same "$stderr" "pulse-init: cannot write '$C': it is there already; --force keeps it as '$C.old'"
	same "$(cat "$C")" 'clients: []'
	run -0 init --org acme --offline --force
	same "$(cat "$C.old")" 'clients: []'
	grep -q 'organization: acme' "$C"
	run -0 init --org other --offline --force
	grep -q 'organization: acme' "$C.old"
}

@test "a file that init --force cannot write leaves both files, and nothing beside them" {
	mkdir home
	echo 'clients: []' >"$C"
	run -0 init --org acme --offline --force
	run bash -c "ulimit -f 0; exec '$PULSE_BIN/pulse-init' -c '$C' --org other --offline --force"
	same "$status" 73
	[[ "$output" == *"cannot write '$C': File too large"* ]]
	grep -q 'organization: acme' "$C"
	same "$(cat "$C.old")" 'clients: []'
	same "$(ls -A home)" "$(printf 'pulse.yaml\npulse.yaml.old')"
	rm "$C.old"
	mkdir "$C.old"
	run -73 init --org other --offline --force
	[[ "$output" == *"cannot keep '$C.old': Is a directory"* ]]
	grep -q 'organization: acme' "$C"
	same "$(ls -A home)" "$(printf 'pulse.yaml\npulse.yaml.old')"
}

@test "a token that is piped in is kept in a file of mode 0600 and shown nowhere" {
	small
	run --separate-stderr -0 bash -c 'echo demo-github-token |
		"$PULSE_BIN/pulse-init" --org acme --github-url "$DEMO_URL/github" --github-token-file -'
	same "${lines[0]}" "Wrote '$PULSE_HOME/secrets/github', which only you may read."
	same "$(stat -c '%a' home/secrets home/secrets/github | tr '\n' ' ')" "700 600 "
	same "$(cat home/secrets/github)" demo-github-token
	refute grep demo-github-token <<<"$output$stderr$(cat "$C")"
	for bad in '' $'two\nlines'; do
		rm "$C"
		run --separate-stderr -65 bash -c 'printf %s "$1" | "$PULSE_BIN/pulse-init" --org acme --github-token-file -' - "$bad"
		same "$stderr" "pulse-init: cannot take the token from 'standard input': one line is needed"
		[ ! -e "$C" ] && touch "$C"
	done
}

@test "init says what failed, and keeps the file to be set right" {
	small
	(umask 077 && echo canary-0123456789 >wrong)
	run --separate-stderr -77 both --github-token-file wrong
	[[ $output == *"  fail  token 1 github: "*"  ok    api 1 jira"*"Set right what failed"* ]]
	refute grep canary <<<"$output$stderr"
	[ -e "$C" ]
	run --separate-stderr -78 both --force --org nobody
	[[ $output == *"cannot find 'nobody'"* ]]
	chmod 644 jira
	run --separate-stderr -77 both --force
	[[ $output == *"chmod 600 $PWD/jira"* ]]
	demo_stop
	run --separate-stderr -77 both --force
	run --separate-stderr -75 both --force --jira-token-file github
	run --separate-stderr -66 both --force --jira-token-file nowhere
	same "$stderr" "pulse-init: cannot use the token in 'nowhere': No such file or directory"
}

@test "init refuses values that are none of their kind" {
	while IFS='|' read -r args why; do
		run --separate-stderr -64 init $args
		[[ ${stderr_lines[0]} == "pulse-init: "*"$why"* ]]
	done <<-'END'
		|nothing to set up
		--org a/b|cannot use 'a/b' for --org
		--org acme --user me|only one of
		--repo acme|not OWNER/NAME
		--jira-url http://acme.atlassian.net|a URL with https://
		--jira-url https://me@acme.atlassian.net|a URL with https://
		--jira-url x.y --email nobody|no e-mail address
		--org acme --jira-url x.y --github-token-file - --jira-token-file -|only one token
		--jira-url x.y --project pay|a key is capital letters
	END
	[ ! -e home ]
}

# At a terminal: script(1) gives it one.  answer PROMPT TEXT - waits for PROMPT.
answer() {
	local i
	for ((i = 0; i < 200; i++)); do
		if grep -qF -- "$1" screen 2>/dev/null; then break; fi
		read -rt 0.05 _ <> <(:) || true
	done
	grep -qF -- "$1" screen
	printf '%s\n' "$2" >&4
}

@test "at a terminal init asks, and what is typed for a token is not shown" {
	small
	mkfifo keys
	script -qefc "$PULSE_BIN/pulse-init --github-url $DEMO_URL/github" screen <keys >/dev/null 2>&1 3>&- &
	pid=$!
	exec 4>keys
	answer 'GitHub organisation' acme
	answer 'Jira, such as' "$DEMO_URL/jira"
	answer 'E-mail address' demo@acme.test
	answer 'GitHub token (not shown' demo-github-token
	answer 'Jira token (not shown' demo-jira-token
	code=0
	wait $pid || code=$?
	exec 4>&-
	same "$code" 0
	grep -q 'Next:' screen
	refute grep -e demo-github-token -e demo-jira-token screen
	same "$(cat home/secrets/github home/secrets/jira | tr '\n' ' ')" "demo-github-tokendemo-jira-token"
	run -0 "$PULSE_BIN/health-check" --only api --only token
}

@test "an interrupt while a token is typed ends init, with the echo back" {
	mkfifo keys
	env --default-signal=INT \
		script -qefc "trap : INT; $PULSE_BIN/pulse-init --org acme --offline; echo ended with \$?; stty -a" screen <keys >/dev/null 2>&1 3>&- &
	pid=$!
	exec 4>keys
	answer 'GitHub token (not shown' $'half\003'
	wait $pid || true
	exec 4>&-
	grep -q 'ended with 130' screen
	grep -qw echo screen
	refute grep -q half screen
	[ ! -e home ]
}
