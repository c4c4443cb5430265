#!/usr/bin/env bats
# health-check: every check, well and not well.  Jobs, locks and breakers are
# in tests/unit/health.c, for only a scheduler makes them.

load helper

setup() {
	in_own_folder
	export PULSE_HOME=$PWD/home
	(umask 077 && mkdir -p home/spool)
	echo demo-github-token >github
	echo demo-jira-token >jira
	chmod 600 github jira
}
teardown() { demo_stop; }

small() { demo_start --repos 2 --prs 4 --issues 4 --days 30 "$@"; }
faults() { curl -s -d "$1" "$DEMO_URL/__demo/faults" >/dev/null; }

# client ID GITHUB-URL GITHUB-TOKEN JIRA-URL JIRA-TOKEN
client() {
	[ -e home/pulse.yaml ] || echo 'clients:' >home/pulse.yaml
	cat >>home/pulse.yaml <<-END
		  - id: $1
		    github: {base_url: "$2", organization: acme, token: {file: $PWD/$3}}
		    jira: {base_url: "$4", email: demo@acme.test, api_token: {file: $PWD/$5}}
	END
}
well() { client "$1" "$DEMO_URL/github" github "$DEMO_URL/jira" jira; }

# check CODE CHECK... - runs these checks; $output are their records.
check() {
	local code=$1 only=() name
	shift
	for name; do only+=(--only "$name"); done
	run --separate-stderr "-$code" "$PULSE_BIN/health-check" --json "${only[@]}"
}
# levels - "CHECK CLIENT SUBJECT LEVEL CODE" of each finding
levels() { jq -r '[.check, .client, .subject, .level, .code] | map(tostring) | join(" ")' <<<"$output"; }
field() { jq -r "$1" <<<"$output"; }

@test "an API that answers, its token, quota and clock are well" {
	small
	well 1
	check 0 api token quota clock
	same "$(levels)" "api 1 github ok 0
token 1 github ok 0
quota 1 github ok 0
clock 1 github ok 0
api 1 jira ok 0
token 1 jira ok 0
quota 1 jira ok 0
clock 1 jira ok 0"
	[[ $(field 'select(.subject == "jira" and .check == "token").message') == *"Demo Account"* ]]
	# All of it only reads.
	[ "$(curl -s "$DEMO_URL/__demo/requests" | jq '[.. | strings | select(startswith("POST"))] | length')" -eq 0 ]
}

@test "one broken client hides no other, and the worst decides" {
	small
	echo wrong >wrong
	chmod 600 wrong
	client 1 http://127.0.0.1:1 github "$DEMO_URL/jira" wrong
	well 2
	client 3 "$DEMO_URL/github" missing "$DEMO_URL/elsewhere" jira
	check 78 api token
	same "$(levels)" "api 1 github fail 75
api 1 jira ok 0
token 1 jira fail 77
api 2 github ok 0
token 2 github ok 0
api 2 jira ok 0
token 2 jira ok 0
token 3 github fail 77
api 3 jira fail 78"
	[[ $(field 'select(.client == 1 and .check == "token").message') == *"the token was refused"*"jira.api_token"* ]]
	run --separate-stderr -0 "$PULSE_BIN/health-check" -k 2 --json --only api --only token
	[ "$(grep -c '"client":2' <<<"$output")" -eq 4 ]
	run --separate-stderr -75 "$PULSE_BIN/health-check" -k 1 --only api
}

@test "an organisation that the token cannot see is a matter of the settings" {
	small
	client 1 "$DEMO_URL/github" github "$DEMO_URL/jira" jira
	sed -i 's/organization: acme/organization: emca/' home/pulse.yaml
	check 78 api
	[[ $(field 'select(.subject == "github").message') == *"emca"*"github.organization"* ]]
}

@test "a token that ends within 14 days is a warning, one that never ends a note" {
	small
	well 1
	ends() { faults "{\"match\":\"/github/*\",\"do\":\"headers\",\"headers\":{\"github-authentication-token-expiration\":$1,\"x-oauth-scopes\":${2:-null}}}"; }
	ends "\"$(date -u -d '+13 days' '+%Y-%m-%d %H:%M:%S UTC')\""
	check 121 token
	same "$(levels | head -1)" "token 1 github warn 0"
	[[ $(field 'select(.subject == "github").way_out') == *"fine-grained"* ]]
	ends "\"$(date -u -d '+15 days' '+%Y-%m-%d %H:%M:%S +0000')\""
	check 0 token
	same "$(levels | head -1)" "token 1 github ok 0"
	ends null '"repo, admin:org"'
	check 0 token
	same "$(levels | head -2)" "token 1 github note 0
token 1 github note 0"
	[[ $(field 'select(.subject == "github").message') == *"it never ends"*"far more than is needed"* ]]
}

@test "a quota of which less than a tenth is left is a warning, and so is a spent one" {
	small
	well 1
	faults '{"match":"/github/*","do":"headers","headers":{"x-ratelimit-limit":"5000","x-ratelimit-remaining":"499"}}'
	check 121 quota
	same "$(levels | head -1)" "quota 1 github warn 0"
	same "$(field 'select(.subject == "github").value')" 499
	faults '{"match":"/github/*","do":"quota"}'
	check 121 api quota
	same "$(levels | head -2)" "api 1 github ok 0
quota 1 github warn 0"
}

@test "a clock that is more than a minute off is a warning" {
	small
	well 1
	export PULSE_TEST_CLOCK=clock
	date -u -d '+70 seconds' +%Y-%m-%dT%H:%M:%SZ >clock
	check 121 clock
	same "$(field .level | uniq)" warn
	[[ $(field .message | head -1) == *"ahead of the server's"* ]]
	date -u -d '+30 seconds' +%Y-%m-%dT%H:%M:%SZ >clock
	check 0 clock
}

@test "no token appears in any output, accepted or refused" {
	small
	echo canary-github-0123456789 >github
	echo canary-jira-0123456789 >jira
	well 1
	basic=$(printf 'demo@acme.test:canary-jira-0123456789' | base64 -w0)
	for how in --json -q --offline "--report report"; do
		"$PULSE_BIN/health-check" $how >>out 2>&1 || true
	done
	[ -s out ]
	cat report >>out
	refute grep -e canary -e "$basic" out
}

@test "what is not set up is a note" {
	printf 'clients:\n  - id: 1\n' >home/pulse.yaml
	check 0 api
	same "$(levels)" "api 1 github note 0
api 1 jira note 0"
	rm home/pulse.yaml
	check 0 settings
	same "$(field .level | head -1)" note
}

@test "damaged settings and an unknown client are failures that name the line" {
	printf 'clients:\n  - id: 1\n    gihub: {}\n' >home/pulse.yaml
	check 78 settings api
	[[ $(field 'select(.level == "fail").message') == "line 3: "*"github"* ]]
	printf 'clients:\n  - id: 1\n' >home/pulse.yaml
	run --separate-stderr -78 "$PULSE_BIN/health-check" -k 9 --only settings
	run --separate-stderr -78 "$PULSE_BIN/health-check" -k 9 --only api
	echo 'teams: [{name: a, members: [ada, Ada]}]' >home/teams.yaml
	check 78 settings
	[[ $(field 'select(.level == "fail").message') == "line 1: expected 'Ada' once"* ]]
	echo 'teams: [{name: a, members: [ada]}]' >home/teams.yaml
	check 0 settings
	grep -q '^1 team$' <<<"$(field .message)"
	echo 'jobs: {a: {run: nowhere, interval: 1h}}' >home/schedule.yaml
	check 78 settings
	[[ $(field 'select(.level == "fail").message') == *"line 1: "* ]]
}

@test "files that others may write or read are told with their chmod" {
	client 1 http://127.0.0.1:1 github http://127.0.0.1:1 jira
	chmod 622 home/pulse.yaml
	chmod 644 jira
	: >home/spool/pulse.db
	chmod 644 home/spool/pulse.db
	run --separate-stderr -77 "$PULSE_BIN/health-check" --json --offline --only files
	same "$(field 'select(.level != "ok") | [.level, .way_out] | join(" ")')" "warn chmod o-rwx '$PULSE_HOME/spool/pulse.db'
fail chmod go-w '$PULSE_HOME/pulse.yaml'
fail chmod 600 '$PWD/jira'"
}

@test "too little space fails, and so little that it soon is too little warns" {
	free=$(($(stat -f -c '%a * %S' home/spool)))
	printf 'free_space: %sM\njobs: {a: {run: /bin/true, interval: 1h}}\n' $((free / 1048576 * 2)) >home/schedule.yaml
	check 74 disk
	[[ $(field .message) == *"no job starts"* ]]
	printf 'free_space: %sM\njobs: {a: {run: /bin/true, interval: 1h}}\n' $((free / 1048576 * 2 / 3)) >home/schedule.yaml
	check 121 disk
	printf 'free_space: 1M\njobs: {a: {run: /bin/true, interval: 1h}}\n' >home/schedule.yaml
	check 0 disk
}

@test "batches that wait long, could not be loaded, or were left over are told" {
	export PULSE_TEST_CLOCK=clock
	echo 2026-11-24T12:00:00Z >clock
	mkdir -p home/spool/queue/{1/github,2/jira}/{tmp,new,done,bad}
	check 0 queue
	same "$(field .message)" "nothing waits"
	: >home/spool/queue/1/github/new/20261124T113000.000Z.0000007.001
	check 0 queue
	: >home/spool/queue/1/github/new/20261124T090000.000Z.0000007.001
	: >home/spool/queue/1/github/bad/20261120T090000.000Z.0000007.001.batch
	: >home/spool/queue/2/jira/bad/20261120T090000.000Z.0000007.001.rejects
	: >home/spool/queue/2/jira/tmp/123.1
	touch -d 2026-11-22T00:00:00Z home/spool/queue/2/jira/tmp/123.1
	check 121 queue
	same "$(levels)" "queue 1 github warn 0
queue 1 github warn 0
queue 2 jira note 0
queue 2 jira note 0"
	[[ $(field .message | head -1) == "2 batches wait to be loaded, the oldest for 3h" ]]
}

@test "a damaged or foreign database is told, and --deep reads every page" {
	"$PULSE_BIN/load" -d home/spool/pulse.db </dev/null
	check 0 database
	same "$(levels)" "database 0 pulse.db ok 0
database 0 state.db note 0"
	size=$(stat -c %s home/spool/pulse.db)
	dd if=/dev/urandom of=home/spool/pulse.db bs=4096 seek=$((size / 4096 - 20)) count=12 conv=notrunc status=none
	run --separate-stderr -65 "$PULSE_BIN/health-check" --json --deep --only database
	[[ $(field 'select(.level == "fail").way_out') == *"queue/*/*/done"* ]]
	echo nonsense >home/spool/pulse.db
	check 65 database
	cp "$SHARE/pulse.yaml.example" home/spool/state.db
	check 65 database
	same "$(field .level | sort | uniq -c | awk '{ $1 = $1; print }')" "2 fail"
}

@test "data of a job without a scheduler are stale after two of its intervals" {
	export PULSE_TEST_CLOCK=clock
	echo 2026-11-24T12:00:00Z >clock
	printf '{"type":"checkpoint","client":1,"job":"github_job","scope":"acme/%s","at":"%s","from":null,"data":{"a":1}}\n' \
		api 2026-11-24T11:00:00Z web 2026-11-20T00:00:00Z | "$PULSE_BIN/load" -d home/spool/pulse.db
	check 0 fresh
	same "$(field .message)" "its data are of 60m ago"
	echo 2026-11-24T20:00:00Z >clock
	check 121 fresh
	same "$(field '[.level, .message] | join(" ")')" "warn its data are of 9h ago"
	printf '{"type":"failure","client":1,"job":"github_job","scope":"acme/web","entity":null,"key":null,"class":"permission","http":403,"reason":"no","at":"2026-11-24T11:30:00Z","not_before":null}\n' |
		"$PULSE_BIN/load" -d home/spool/pulse.db
	echo 2026-11-24T12:00:00Z >clock
	check 121 fresh
	[[ $(field .message | head -1) == "1 of its scopes fail, such as 'acme/web'; the oldest data are of 4d ago" ]]
}

@test "the emergency latch is a failure, also one that cannot be read" {
	mkdir -p home/spool/control home/spool/lock
	chmod -R go= home/spool
	printf 0 >home/spool/control/latch
	check 0 control
	printf 1 >home/spool/control/latch
	check 69 control
	rm home/spool/control/latch
	check 69 control
	[[ $(field 'select(.subject == "latch").way_out') == *"pulse start orchestrator"* ]]
}

@test "tokens of pulse-web that end soon warn, those that have ended or never end are noted" {
	export PULSE_TEST_CLOCK=clock
	echo 2026-11-24T12:00:00Z >clock
	mkdir -p home/spool/lock
	chmod 700 home/spool/lock
	check 0 web
	same "$(field '[.level, .subject, .message] | join(" ")')" "ok tokens.ndjson no good token: over TCP nobody is let in
ok audit.ndjson it can be written"
	[ ! -e home/spool/audit.ndjson ]
	token() { "$PULSE_BIN/pulse-token" add --role "$1" --expires "$2" "$3" >>made 2>&1; }
	token viewer never screen
	token operator 90d laptop
	check 0 web
	same "$(field '[.level, .message] | join(" ")' | head -1)" "ok 2 good tokens"
	token admin never boss
	token viewer 12h guest
	token operator 10d week
	token admin 15d root
	check 0 web
	same "$(field 'select(.level != "ok") | [.level, .subject, .message, .way_out] | join("|")')" \
		"note|token boss|it may do all, and never ends|pulse token add --role admin NAME makes one that ends; pulse token rm boss"
	echo 2026-11-25T12:00:01Z >clock
	check 121 web
	same "$(field 'select(.subject == "token root") | [.level, .class, .value, .message, .way_out] | join("|")')" \
		"warn|authentication|2026-12-09T12:00:00Z|it ends on 2026-12-09, in 13 days|pulse token add --role admin NAME makes the next one; pulse token rm root when nobody uses it any more"
	same "$(field 'select(.level == "note" and .subject == "tokens.ndjson") | [.message, .way_out] | join("|")')" \
		"1 token has ended: 'guest'|pulse token rm guest"
	[ "$(field 'select(.level != "ok").subject' | wc -l)" -eq 3 ]
	echo 2026-12-10T12:00:00Z >clock
	check 0 web
	same "$(field 'select(.subject == "tokens.ndjson") | [.level, .message] | join(" ")')" "note 3 tokens have ended, such as 'root'
ok 3 good tokens"
	"$PULSE_BIN/pulse-token" rm boss
	# What is made is on its lists, and no token in any finding.
	grep -o 'pulse_[A-Za-z0-9_-]*' made >tokens
	same "$(wc -l <tokens)" 6
	"$PULSE_BIN/health-check" --offline --report report >>report.out || true
	grep -q '"check":"web"' report
	refute grep -qFf tokens report report.out
}

@test "tokens of pulse-web that others may write or that are damaged let nobody in, which is told" {
	"$PULSE_BIN/pulse-token" add --role viewer a >/dev/null 2>&1
	chmod 620 home/spool/tokens.ndjson
	check 77 web
	same "$(field 'select(.level == "fail") | [.class, .message, .way_out] | join("|")')" \
		"permission|nobody is let in by a token: '$PWD/home/spool/tokens.ndjson': others may write it|chmod 600 it, and look at what it says"
	chmod 600 home/spool/tokens.ndjson
	check 0 web
	echo '{}' >>home/spool/tokens.ndjson
	check 65 web
	same "$(field 'select(.level == "fail") | [.class, .message, .way_out] | join("|")')" \
		"data_format|nobody is let in by a token: '$PWD/home/spool/tokens.ndjson': line 2 is no token's|mend the file, or remove it and make new ones"
	rm home/spool/tokens.ndjson
	ln -s elsewhere home/spool/tokens.ndjson
	check 78 web
	[[ $(field 'select(.level == "fail").message') == *"it is a link" ]]
}

@test "an audit of pulse-web that cannot be written is a failure" {
	mkdir home/spool/audit.ndjson
	check 77 web
	same "$(field 'select(.subject == "audit.ndjson") | [.level, .class, .message] | join("|")')" \
		"fail|permission|pulse-web takes no command but an emergency stop: '$PWD/home/spool/audit.ndjson': it is no file"
	rmdir home/spool/audit.ndjson
	ln -s elsewhere home/spool/audit.ndjson
	check 77 web
	[[ $(field 'select(.subject == "audit.ndjson").way_out') == *"move it away"* ]]
	rm home/spool/audit.ndjson
	: >home/spool/audit.ndjson
	check 0 web
	if [ "$(id -u)" -eq 0 ]; then
		# root would not feel it, but the owner does, and pulse-web becomes him.
		chown 65534 home/spool
		check 77 web
		[[ $(field 'select(.subject == "audit.ndjson").message') == *"it belongs to somebody else than the spool" ]]
		chown 65534 home/spool/audit.ndjson
		chmod 400 home/spool/audit.ndjson
		check 77 web
		chmod 600 home/spool/audit.ndjson
		check 0 web
	else
		chmod 400 home/spool/audit.ndjson
		check 77 web
		[[ $(field 'select(.subject == "audit.ndjson").message') == *"Permission denied" ]]
		chmod 600 home/spool/audit.ndjson
	fi
}

@test "-q is silent when all is well, and --report holds everything" {
	small
	well 1
	run --separate-stderr -0 "$PULSE_BIN/health-check" -q --report home/report
	[ -z "$output$stderr" ]
	[ "$(jq -s length home/report)" -gt 15 ]
	same "$(jq -r .type home/report | uniq)" finding
	demo_stop
	run --separate-stderr -75 "$PULSE_BIN/health-check" -q --report home/report
	same "$(wc -l <<<"$output")" 3
	same "$(jq -r 'select(.level == "fail").code' home/report | uniq)" 75
	run --separate-stderr -73 "$PULSE_BIN/health-check" --offline --report jira/report
	same "$stderr" "health-check: cannot write 'jira/report': Not a directory"
}

@test "a stop ends the checks with 75 and leaves no half report" {
	small
	well 1
	faults '{"match":"/github/*","do":"delay","ms":700}'
	env --default-signal=TERM "$PULSE_BIN/health-check" --report home/report >out 2>err 3>&- &
	pid=$!
	for ((i = 0; i < 200; i++)); do
		[ "$(curl -s "$DEMO_URL/__demo/requests" | grep -c rate_limit)" -eq 0 ] || break
		read -rt 0.05 _ <> <(:) || true
	done
	kill "$pid"
	code=0
	wait "$pid" || code=$?
	same "$code" 75
	same "$(cat out err)" "health-check: cannot finish: stopped by a signal"
	[ ! -e home/report ]
}

@test "an unknown check names its neighbour" {
	run --separate-stderr -64 "$PULSE_BIN/health-check" --only tokens
	same "${stderr_lines[0]}" "health-check: there is no check 'tokens', did you mean token"
}

@test "a full output is no success" {
	run --separate-stderr -74 bash -c '"$PULSE_BIN/health-check" --offline --only versions >/dev/full'
}

@test "tokens of the environment serve every client that names none" {
	small
	for id in 1 2; do
		[ -e home/pulse.yaml ] || echo 'clients:' >home/pulse.yaml
		cat >>home/pulse.yaml <<-END
			  - id: $id
			    github: {base_url: "$DEMO_URL/github", organization: acme}
			    jira: {base_url: "$DEMO_URL/jira"}
		END
	done
	export GITHUB_TOKEN=demo-github-token JIRA_EMAIL=demo@acme.test JIRA_API_TOKEN=demo-jira-token
	check 0 token
	same "$(levels | grep -c ' ok 0$')" 4
	unset GITHUB_TOKEN
	check 77 token
	same "$(levels | grep -c ' ok 0$')" 2
}

@test "a GitHub App and a Jira Data Center are asked in their own way" {
	openssl genrsa -out app.pem 2048 2>/dev/null
	openssl rsa -in app.pem -pubout -out app.pub 2>/dev/null
	chmod 600 app.pem
	small --app-key app.pub --flavor dc
	cat >home/pulse.yaml <<-END
		clients:
		  - id: 1
		    github: {base_url: "$DEMO_URL/github", organization: acme, app_id: '12', installation: '34', private_key: {file: $PWD/app.pem}}
		    jira: {base_url: "$DEMO_URL/jira", flavor: dc, api_token: {file: $PWD/jira}}
	END
	check 0 api token
	same "$(levels | grep -c ' ok 0$')" 4
	[[ $(field 'select(.check == "token" and .subject == "github").message') == "a GitHub App's, renewed every hour"* ]]
}

@test "a server that breaks off is unreachable, and the other is still asked" {
	small
	well 1
	faults '{"match":"/github/*","do":"reset"}'
	check 75 api
	same "$(levels)" "api 1 github fail 75
api 1 jira ok 0"
}

@test "a program that is missing is named" {
	mkdir -p tree/bin
	cp "$PULSE_BIN"/* tree/bin
	ln -s "$SHARE" tree/share
	rm tree/bin/load
	run --separate-stderr -78 tree/bin/health-check --only programs
	[[ $output == *"$PWD/tree/bin/load"*"No such file or directory"* ]]
	run --separate-stderr -0 "$PULSE_BIN/health-check" --only programs --json
	same "$(jq -r .message <<<"$output")" "all 11 are there"
}
