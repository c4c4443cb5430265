#!/usr/bin/env bats
# pulse-web: the jobs as they are, their runs and what those said.

load helper
load scheduler

setup() {
	scheduler_home
	WEB=
	unset PULSE_TEST_CLOCK
}
teardown() {
	[ -z "$WEB" ] || kill "$WEB" 2>/dev/null || true
	scheduler_end
}

web() { # [OPTION...]
	rm -f web.sock
	pulse-web --listen ./web.sock "$@" >web.log 2>&1 3>&- &
	WEB=$!
	until_true test -S web.sock
}
# get PATH [CURL-OPTION...] - the body on stdout, the headers in ./head
get() { curl -sS --max-time 20 --path-as-is -D head --unix-socket web.sock "${@:2}" "http://localhost/api/v1/$1"; }
status_of() { rm -f body; get "$@" -o body -w '%{http_code}'; }
code_of() { status_of "$@" >/dev/null; jq -r .error.code body; }
head_of() { sed -nE "s/^$1: ([^\r]*)\r?$/\1/Ip" head; }
says() { get "$1" | jq -e "$2"; }
# status CLIENT JOB STATE [KEY=VALUE...] - replaces a status file
status() {
	echo "job=$2 client=$1 state=$3 at=2026-11-24T11:59:30Z ${*:4}" >"$S/status/.new"
	mv "$S/status/.new" "$S/status/$1.$2"
}
spool() { # its rooms, as the scheduler makes them
	mkdir -p -m 700 "$S" "$S"/{status,run,lock,control}
	mkdir -p "$S"/control/{tmp,new,cur,done}
	printf 0 >"$S/control/latch"
}
nothing_wrong() { [ ! -s web.log ] || { cat web.log >&2; return 1; }; }

@test "pulse-web lists jobs as they are, from before there is a spool to its end" {
	mkdir -p "$PULSE_HOME"
	web
	same "$(get jobs | jq -c '[.jobs, .next, .scheduler, .latched, .held, .damaged, .position]')" '[[],null,false,false,false,0,null]'
	rm -rf "$S"
	spool
	status 1 a FINISHED last=success
	says jobs '.jobs | length == 1 and .[0].job == "a"'
	status 1 a ERROR class=disk error=full
	same "$(get jobs?runs=30 | jq -c '.jobs[0] | [.state, .class, .error, .runs]')" '["ERROR","disk","full",[]]'
	says jobs '.jobs[0].runs == null'
	printf 1 1<>"$S/control/latch"
	says jobs .latched
	printf 0 1<>"$S/control/latch"
	says jobs '.latched | not'
	echo damaged >"$S/status/.x"
	mv "$S/status/.x" "$S/status/1.b"
	says jobs '.damaged == 1 and (.jobs | length) == 1'
	rm "$S/status/1.a" "$S/status/1.b"
	says jobs '.damaged == 0 and .jobs == []'
	rm -rf "$S"
	spool
	status 7 z PENDING
	says jobs '[.jobs[].client] == [7]'
	nothing_wrong
}

@test "pulse-web gives jobs by pages, by client and by state" {
	spool
	for i in {1..3} 12; do
		status "$i" a FINISHED
		status "$i" b ERROR reason=retry
	done
	status 0 h PAUSED reason=hold
	web
	all=$(get jobs | jq -c '[.jobs[] | "\(.client).\(.job)"]')
	same "$all" '["0.h","1.a","1.b","2.a","2.b","3.a","3.b","12.a","12.b"]'
	pages='' after='?limit=2'
	while [ -n "$after" ]; do
		answer=$(get "jobs$after")
		pages+=$(jq -r '.jobs[] | "\(.client).\(.job) "' <<<"$answer")
		after=$(jq -r '.next | if . then "?limit=2&after=\(.)" else "" end' <<<"$answer")
	done
	same "$(jq -cRn --arg p "${pages//$'\n'/}" '$p | split(" ") | map(select(. != ""))')" "$all"
	says 'jobs?client=2' '[.jobs[].job] == ["a", "b"]'
	says 'jobs?state=ERROR,paused' '[.jobs[].state] | sort == ["ERROR", "ERROR", "ERROR", "ERROR", "PAUSED"]'
	says 'jobs?state=error&client=3&limit=1' '[.jobs[].job] == ["b"] and .next == null'
	says 'jobs?after=2.zzz&limit=1' '.jobs[0].client == 3'
	says 'jobs?after=99.z' '.jobs == [] and .next == null'
	for bad in state= state=foo 'state=ERROR,' after=x after=1 after=1.A limit=0 limit=1001 limit=-1 client=x runs=31; do
		same "$bad $(status_of "jobs?$bad")" "$bad 400"
	done
	same "$(code_of 'jobs?color=red')" unknown_argument
	# The same bytes as long as nothing changes, and then no bytes.
	get jobs >one
	tag=$(head_of ETag)
	get jobs >other
	cmp one other
	same "$(status_of jobs -H "If-None-Match: $tag")" 304
	[ ! -e body ]
	get jobs --compressed >packed
	cmp one packed
	status 3 b PENDING
	same "$(status_of jobs -H "If-None-Match: $tag")" 200
	same "$(get jobs -I -o body -w '%{http_code}')" 200
}

@test "pulse-web shows what runs, how far it is, and what the scheduler did" {
	job far 'for i in 1 2 3; do echo "{\"tool\":\"t\",\"done\":$i,\"total\":4,\"op\":\"acme/api\",\"at\":\"$(date -u +%FT%T.%3NZ)\"}" >>"$PULSE_RUN_DIR/progress"; done' \
		'until [ -e "$PULSE_HOME/go" ]; do read -rt 0.05 _ <> <(:) || true; done'
	job no 'echo boo >&2; exit 78'
	schedule <<-'END'
		far: {run: far, interval: 4h, integration: github}
		no: {run: no, interval: 4h}
		never: {run: ok, interval: 4h, dependencies: [far]}
	END
	web
	daemon
	until_true says jobs '.jobs | any(.job == "far" and .pct == 75 and .op == "acme/api")'
	until_true says jobs '.jobs | any(.job == "no" and .state == "ERROR")'
	get jobs?runs=30 >jobs
	jq -e .scheduler jobs
	same "$(jq -c '.jobs[] | select(.job == "far") | [.state, .done, .total, .integration, .runs[0].run, .runs[0].result, .outlook.why]' jobs)" \
		'["RUNNING",3,4,"github","1.far.1",null,"it runs"]'
	same "$(jq -c '.jobs[] | select(.job == "no") | [.outlook.person, .class, (.runs[0] | .result, .class, (.took >= 0))]' jobs)" \
		'[true,"configuration","failed","configuration",true]'
	same "$(jq -c '.jobs[] | select(.job == "never") | [.state, .waits_for, .outlook.failing]' jobs)" '["PENDING","far",false]'
	# Behind the position there is nothing that the list does not show.
	last=$(sqlite3 "file:$S/state.db?mode=ro" 'SELECT (SELECT value FROM meta WHERE name = "gen") || "-" || max(seq) FROM events')
	until_true says jobs ".position == \"$last\""
	# One job: what pulse-why says, and more.
	get jobs/no >one
	pulse-why no --json >why
	same "$(jq -S 'del(.integration, .runs, .latest)' one)" "$(jq -S . why)"
	jq -e '.latest | .run == .run and .cause == "boo" and .code == 78 and .result == "failed"' one
	says jobs/1.far '.integration == "github" and .latest == null and .pct == 75'
	touch "$PULSE_HOME/go"
	until_true says jobs?runs=1 '.jobs | any(.job == "far" and .state == "FINISHED" and (.runs[0].result == "success"))'
	until_true says jobs '.jobs | any(.job == "never" and .state == "FINISHED")'
	kill "$SCHED"
	wait "$SCHED"
	SCHED=
	until_true says jobs '.scheduler | not'
	nothing_wrong
}

@test "pulse-web finds a job by its name, its client, or both, and never guesses" {
	spool
	schedule <<-'END'
		planned: {run: ok, interval: 4h}
		a: {run: ok, interval: 4h}
	END
	status 1 a FINISHED
	status 2 a FINISHED
	status 2 b FINISHED
	status 0 h FINISHED
	pulse-run alone -k 3 -- true
	web
	same "$(code_of jobs/a)" ambiguous_job
	grep -q 'several clients: 1, 2"' body
	says jobs/1.a '.client == 1'
	says 'jobs/a?client=2' '.client == 2'
	says jobs/b '.client == 2'
	says 'jobs/h?client=2' '.client == 0'
	says jobs/alone '.client == 3 and .known == false and .latest.result == "success"'
	says jobs/planned '.client == 1 and .known == false and .scheduled'
	same "$(status_of 'jobs/1.a?client=2')" 400
	for none in c 3.a 'a?client=3' A 1.A a.b.c x%00y %2e%2e ..%2fstatus 1.a%0a; do
		case $(status_of "jobs/$none") in
		404 | 400) ;;
		*) echo "jobs/$none" >&2 && false ;;
		esac
	done
	says 'jobs/b/runs' '.runs == [] and .next == null'
}

@test "pulse-web lists runs, the newest first, and says all of one" {
	job no '[ "$PULSE_CLIENT" = 1 ] || exit 0; echo boo; exit 69'
	clients 1 2
	schedule <<-'END'
		ok: {run: ok, interval: 4h}
		no: {run: no, interval: 4h}
	END
	web
	same "$(get runs | jq -c .)" '{"runs":[],"next":null}'
	tick 1.ok 1 && tick 2.ok 1 && tick 1.no 1 && tick 2.no 1
	pulse-run ok -k 2 -- true
	once
	get runs >all
	same "$(jq -c '[.runs[].job] | sort' all)" '["no","no","ok","ok","ok"]'
	same "$(jq -c '[.runs[].result] | sort' all)" '["failed","success","success","success","success"]'
	jq -e '.runs | [.[].began] == ([.[].began] | sort | reverse)' all
	says 'runs?client=2' '[.runs[].client] == [2, 2, 2] and .runs[0].standalone'
	says 'runs?result=failed' '[.runs[] | .run, .class, .code, .cause] == [.runs[0].run, "service_down", 69, "boo"]'
	says 'jobs/ok/runs?client=1' '[.runs[].job] == ["ok"]'
	answer=$(get 'runs?limit=3')
	rest=$(get "runs?limit=3&after=$(jq -r .next <<<"$answer")")
	same "$(jq -sc 'map(.runs[].run)' <<<"$answer$rest")" "$(jq -c '[.runs[].run]' all)"
	for bad in result=foo result= after=x after=-1 after=0; do same "$bad $(status_of "runs?$bad")" "$bad 400"; done
	run=$(jq -r '.runs[] | select(.result == "failed").run' all)
	get "runs/$run" >one
	same "$(jq -S 'del(.replay, .log)' one)" "$(jq -S --arg run "$run" '.runs[] | select(.run == $run)' all)"
	same "$(jq -c '[.replay, .log]' one)" "[\"pulse run no -k 1\",\"/api/v1/runs/$run/log\"]"
	jq -e '.how == "by_itself" and .peak_kb > 0 and .cpu_ms >= 0 and .trigger == "first" and .attempt == 1' one
	# One that no scheduler knows: from its folder.
	pulse-run alone -- sh -c "echo it\\'s; exit 3" || true
	alone=$(readlink "$S/run/last.1.alone")
	says "runs/$alone" '.standalone and .code == 3 and (.replay | startswith("pulse run alone -k 1 -- sh -c "))'
	(eval "set -- $(jq -r .replay < <(get "runs/$alone"))"; same "${*: -1}" "echo it\\'s; exit 3")
	for none in 1.no.99 2.no.1 no 1.no 1.no.x ../status/1.ok ..%2frun%2f"$run" "$run%2f.." .. "last.1.alone" "$run%00"; do
		case $(status_of "runs/$none") in
		404 | 400) ;;
		*) echo "runs/$none" >&2 && false ;;
		esac
	done
	same "$(get stats | jq -c '.stats[]')" "$(pulse-status --stats --json)"
	says 'stats?client=1' '[.stats[] | .client, .job] == [1, "no", 1, "ok"]'
	# What is busy is not waited for.
	kill "$WEB"
	wait "$WEB" || true
	mkfifo go
	sqlite3 "$S/state.db" 'PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; SELECT 1;' '.shell touch held; cat go' >out 3>&- &
	holder=$!
	until_true test -e held
	web
	same "$(status_of runs)" 503
	same "$(head_of Retry-After) $(jq -r .error.code body)" '1 busy'
	says jobs?runs=30 '.jobs | length == 4 and all(.runs == [])'
	: >go
	wait "$holder"
	until_true says jobs?runs=2 '.jobs | all(.runs | length > 0)'
	same "$(status_of runs)" 200
}

@test "pulse-web gives a run's log by parts that fit together, also over a rotation" {
	spool
	job say 'for ((i = 0; i < 40000; i++)); do echo "line $i"; done'
	pulse-run say -- "$PULSE_HOME/say"
	id=$(readlink "$S/run/last.1.say") log=$S/run/$(readlink "$S/run/last.1.say")/log
	web
	get "runs/$id/log" >part
	cmp part <(tail -n 1000 "$log")
	same "$(head_of Content-Type) $(head_of X-Content-Type-Options) $(head_of Pulse-Log-End)" 'text/plain; charset=utf-8 nosniff true'
	# Backwards from there to the beginning.
	first=$(head_of Pulse-Log-First) tries=0
	mv part whole
	until [ "${first##*-}" = 0 ]; do
		get "runs/$id/log?before=$first&tail=9000" >part
		[ -s part ]
		cat part whole >whole.new
		mv whole.new whole
		first=$(head_of Pulse-Log-First)
		[ $((tries += 1)) -lt 20 ]
	done
	cmp whole "$log"
	# Forwards, and over a rotation in the middle of it.
	next=0-0 end=false
	: >whole
	mv "$log" "$log.1"
	head -n 25000 "$log.1" >"$log"
	: >"$log.1"
	while [ "$end" = false ]; do
		get "runs/$id/log?after=$next&limit=300000" >part
		[ -s part ]
		cat part >>whole
		next=$(head_of Pulse-Log-Next) end=$(head_of Pulse-Log-End)
		[ "$end" = false ] || [ -e rotated ] || {
			mv "$log" "$log.1"
			"$PULSE_BIN/pulse-run" say -- "$PULSE_HOME/say"
			other=$(readlink "$S/run/last.1.say")
			cp "$S/run/$other/log" "$log"
			touch rotated
			end=false
		}
	done
	cmp whole <(cat "$log.1" "$log")
	get "runs/$id/log?after=$next" >part
	[ ! -s part ]
	same "$(head_of Pulse-Log-Next)" "$next"
	get "runs/$id/log?download" >part
	cmp part whole
	same "$(head_of Content-Disposition)" "attachment; filename=\"$id.log\""
	# From a time on; the stamps are in the log.
	at=$(sed -n '20000s/ .*//p' "$log")
	get "runs/$id/log?since=$at&limit=4194304" >part
	cmp part <(grep -nm1 "^$at" whole | cut -d: -f1 | xargs -I{} tail -n +{} whole)
	get "runs/$id/log?tail=0" >part
	[ ! -s part ]
	for bad in after=x after=1 tail=-1 limit=5 limit=9999999 since=x 'after=0-0&before=0-0' 'after=0-0&tail=1' 'since=1h&after=0-0' follow=1; do
		same "$bad $(status_of "runs/$id/log?$bad")" "$bad 400"
	done
	for none in "$id%2f..%2f$other" ../status 1.say.1 "last.1.say" "$id.1" ..; do
		same "$none $(status_of "runs/$none/log")" "$none 404"
	done
	ln -sf /etc/passwd "$log"
	same "$(status_of "runs/$id/log")" 500
	refute grep -q root: body
}

@test "pulse-web follows the log of a run that goes on, whole lines only" {
	spool
	job slow 'echo one; until [ -e "$PULSE_HOME/go" ]; do read -rt 0.05 _ <> <(:) || true; done; echo two'
	pulse-run slow -- "$PULSE_HOME/slow" 3>&- &
	run=$!
	until_true eval 'grep -q one "$S"/run/1.slow.*/log'
	id=$(cd "$S/run" && echo 1.slow.x*)
	web
	get "runs/$id/log" >part
	grep -q ' one$' part
	same "$(head_of Pulse-Log-End)" false
	next=$(head_of Pulse-Log-Next)
	says "runs/$id" '.result == null and .ended == null and .log != null'
	printf 'half a line' >>"$S/run/$id/log"
	get "runs/$id/log?after=$next" >part
	[ ! -s part ]
	same "$(head_of Pulse-Log-Next) $(head_of Pulse-Log-End)" "$next false"
	echo >>"$S/run/$id/log"
	touch "$PULSE_HOME/go"
	wait "$run"
	get "runs/$id/log?after=$next" >part
	head -1 part | grep -qx 'half a line'
	grep -q ' two$' part
	same "$(head_of Pulse-Log-End)" true
	rm -r "${S:?}/run/$id"
	same "$(status_of "runs/$id/log")" 404
}

@test "pulse-web passes hostile names and messages on as text, unharmed" {
	printf -v bidi '\xe2\x80\xae\xe2\x81\xa6'
	long=$(printf 'x%.0s' {1..4096})
	job evil "printf '<img src=x onerror=alert(1)>\\033]0;pwned\\a\\x01${bidi}\"\\\\ \\xff $long\\n' >&2" 'exit 65'
	schedule <<<'evil: {run: evil, interval: 4h}'
	tick 1.evil 1
	web
	get jobs >jobs
	jq -e '.jobs[0].error | startswith("<img src=x onerror=alert(1)>") and contains("\"\\")' jobs
	jq -e --arg bidi "$bidi" '.jobs[0].error | contains($bidi)' jobs
	# No control byte but the line feed at the end stands in the JSON itself.
	refute grep -qP '[\x00-\x09\x0b-\x1f\x7f]' jobs
	says jobs/evil '.latest.cause | startswith("<img src=x")'
	says runs '.runs[0].cause | length > 100'
	# In a log they are the bytes that they are.
	get runs/1.evil.1/log >part
	cmp part "$S/run/1.evil.1/log"
	grep -q $'\033]0;pwned\a' part
	grep -q "$long" part
	nothing_wrong
}
