#!/usr/bin/env bats
# pulse-doctor: the findings of health-check, for people.

load helper

setup() {
	in_own_folder
	export PULSE_HOME=$PWD/home
	(umask 077 && mkdir -p home/spool)
	(umask 077 && echo demo-github-token >github && echo demo-jira-token >jira)
}
teardown() { demo_stop; }

small() {
	demo_start --repos 2 --prs 4 --issues 4 --days 30
	cat >home/pulse.yaml <<-END
		clients:
		  - id: 1
		    github: {base_url: "$DEMO_URL/github", organization: acme, token: {file: $PWD/github}}
		    jira: {base_url: "$DEMO_URL/jira", email: demo@acme.test, api_token: {file: $PWD/jira}}
	END
}

@test "the doctor groups what is well under headings and ends with one line" {
	small
	run --separate-stderr -0 "$PULSE_BIN/pulse-doctor"
	[ -z "$stderr" ]
	same "$(grep -v '^ ' <<<"$output" | grep .)" "Settings
GitHub and Jira
Spool and database
Jobs
Web
${lines[-1]}"
	[[ ${lines[-1]} =~ ^"All is well, "[0-9]+" notes, "[0-9]+" ok."$ ]]
	[[ $output == *"  ok    token 1 github: accepted; it ends on "* ]]
}

@test "the doctor says of all that is not well what to do, and ends as health-check does" {
	small
	echo canary-0123456789 >github
	chmod 644 jira
	run --separate-stderr -77 "$PULSE_BIN/pulse-doctor"
	[ "$(grep -c '^  fail' <<<"$output")" -eq 2 ]
	same "$(grep -A1 '^  fail' <<<"$output" | grep -c '^        -> ')" 2
	[[ $output == *"chmod 600 $PWD/jira"* ]]
	[[ ${lines[-1]} == "2 failed, 0 to look at, "* ]]
	refute grep canary <<<"$output"
	run --separate-stderr -77 "$PULSE_BIN/health-check"
}

@test "the doctor says which token ends soon, and how to get the next" {
	"$PULSE_BIN/pulse-token" add --role viewer --expires 20d screen >/dev/null 2>&1
	run --separate-stderr -0 "$PULSE_BIN/pulse-doctor" --offline
	[[ $output == *"Web
  ok    web tokens.ndjson: 1 good token
  ok    web audit.ndjson: it can be written"* ]]
	date -u -d '+7 days +1 hour' +%Y-%m-%dT%H:%M:%SZ >clock
	PULSE_TEST_CLOCK=clock run --separate-stderr -121 "$PULSE_BIN/pulse-doctor" --offline -q
	[[ $output == *"  warn  web token screen: it ends on "*", in 12 days
        -> pulse token add --role viewer NAME makes the next one; pulse token rm screen when nobody uses it any more"* ]]
}

@test "the doctor says the word whatever the colour" {
	run --separate-stderr -0 "$PULSE_BIN/pulse-doctor" --offline --color never
	plain=$output
	refute grep -q $'\033' <<<"$plain"
	run --separate-stderr -0 "$PULSE_BIN/pulse-doctor" --offline --color always
	same "$(sed 's/\x1b\[[0-9;]*m//g' <<<"$output")" "$plain"
	run --separate-stderr -0 "$PULSE_BIN/pulse-doctor" --offline
	same "$output" "$plain"
	run -64 "$PULSE_BIN/pulse-doctor" --color red
}

@test "a settings file that is no good is named once, with what helps" {
	echo 'clients: [' >home/pulse.yaml
	run -78 "$PULSE_BIN/pulse-doctor" --offline
	[[ $output == *"settings $PULSE_HOME/pulse.yaml: line 2: "*"-> correct that line"* ]]
	rm home/pulse.yaml
	mkdir home/pulse.yaml
	run -78 "$PULSE_BIN/pulse-doctor" --offline
	[[ $output == *"settings $PULSE_HOME/pulse.yaml: Is a directory"* ]]
	refute grep -q 'correct that line' <<<"$output"
	rmdir home/pulse.yaml
	chmod 755 .
	echo '{}' >home/pulse.yaml
	chmod 000 home/pulse.yaml
	[ "$(id -u)" -ne 0 ] || skip "root reads every file"
	run -77 "$PULSE_BIN/pulse-doctor" --offline
	[[ $output == *"settings $PULSE_HOME/pulse.yaml: Permission denied"*"-> let the one who runs"* ]]
}

@test "the quiet doctor tells only what is not well" {
	chmod 777 home/spool
	run --separate-stderr -77 "$PULSE_BIN/pulse-doctor" --offline -q
	same "${#lines[@]}" 4
	same "${lines[0]}" Settings
	same "${lines[2]}" "        -> chmod go-w '$PULSE_HOME/spool'"
	chmod 700 home/spool
	run --separate-stderr -0 "$PULSE_BIN/pulse-doctor" --offline -q
	same "${#lines[@]}" 1
}

@test "names from outside reach no terminal as commands" {
	printf 'clients:\n  - id: 1\n    "gi\\e[31mhub": {}\n' >home/pulse.yaml
	run --separate-stderr -78 "$PULSE_BIN/pulse-doctor" --offline
	refute grep -q $'\033' <<<"$output"
}
