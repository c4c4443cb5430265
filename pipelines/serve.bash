# shellcheck shell=bash disable=SC2154 # what is not set here, demo sets
# serve.bash - what pipelines/demo --serve keeps going; source it, do not run it
#
# A second organisation, smaller, whose GitHub token nobody takes; jobs that are
# due each minute or so; and APIs that change, are slow, and fail now and then:
# all of it what demo-api can do by itself.

# The second organisation has an API of its own.
describe_more() {
	demo-api --now "$(cat "$now")" --seed 2 --repos 3 --prs 30 --issues 90 \
		--port 0 --port-file "$temporary/port2" >"$temporary/api2.log" 2>&1 &
	others=$!
	until_ready "$others" "$temporary/port2"
	url2=http://127.0.0.1:$(cat "$temporary/port2")
	(umask 077 && echo a-token-that-has-expired >"$PULSE_HOME/secrets/expired")
	cat >>"$PULSE_HOME/pulse.yaml" <<-END
		  - id: 2
		    name: globex
		    github: {base_url: "$url2/github", organization: acme, token: {file: "$PULSE_HOME/secrets/expired"}}
		    jira: {base_url: "$url2/jira", email: demo@acme.test, api_token: {file: "$PULSE_HOME/secrets/jira"}}
	END
	cat >"$PULSE_HOME/schedule.yaml" <<-END
		slots: {total: 2}
		retry: {max_retries: 3, base_delay: 30s, max_delay: 2m, backoff_factor: 2, jitter: true}
		jobs:
		  github_job: {run: pipelines/github_job, interval: 45s, fast_recovery: 20s, integration: github}
		  jira_job: {run: pipelines/jira_job, interval: 1m, fast_recovery: 20s, integration: jira}
		  sleep_job: {run: pipelines/sleep_job, interval: 90s, dependencies: [github_job, jira_job], per: host}
	END
}

tell_demo() { # change|faults BODY [URL]
	curl -sf -m 5 --data-binary "$2" "${3:-$url}/__demo/$1" >/dev/null || true
}
slow='{"match":"/github","do":"delay","ms":1500}
{"match":"/jira","do":"delay","ms":2500}'

changes=(
	'{"what":"new-pr","repo":"api"}' '{"what":"issue-transition","to":"progress"}'
	'{"what":"new-review","repo":"api"}' '{"what":"pr-merge","repo":"web"}'
	'{"what":"new-deployment","repo":"api"}' '{"what":"issue-create"}'
	'{"what":"new-pr","repo":"billing"}' '{"what":"deployment-finish","repo":"api"}'
	'{"what":"issue-transition","to":"done"}' '{"what":"pr-merge","repo":"billing"}'
	'{"what":"new-comment","repo":"web"}' '{"what":"new-deployment","repo":"billing"}'
)
# A change is a minute of the organisation's time: three of them in a minute of
# ours until it has come to the present.
change_when_due() { # TURN, each second
	local made=$(($1 / 20))
	[ $(($1 % 20)) -eq 0 ] || return 0
	[ $((world + made * 60)) -lt "$(date +%s)" ] || return 0
	tell_demo change "${changes[made % ${#changes[@]}]}"
}
# Every five minutes Jira is down for one; then a release has no tag, which no
# rule lets pass.
fail_when_due() { # TURN
	case $(($1 % 300)) in
	60) tell_demo faults '{"match":"/jira","do":"status","status":503}'$'\n'"$slow" ;;
	120) tell_demo faults '{"match":"/github/repos/acme/sdk/releases","do":"status","status":200,"count":1,"body":"[{\"id\":1,\"tag_name\":null,\"draft\":false}]"}'$'\n'"$slow" ;;
	180) tell_demo faults "$slow" ;;
	esac
}

# Until a signal comes, or one of the two has ended.
serve() {
	local turn=0 web token world
	pulse-token rm demo >/dev/null 2>&1 || true
	token=$(pulse-token add --role admin --expires 1d demo 2>/dev/null)
	setsid pulse-web --listen "127.0.0.1:$port" --port-file "$temporary/web" >"$temporary/web.log" 2>&1 &
	web=$! others+=" $!"
	until_ready "$web" "$temporary/web"
	world=$(date -d "$(cat "$now")" +%s)
	tell_demo faults "$slow"
	tell_demo faults "$slow" "$url2"
	echo
	echo "The jobs go on, until Ctrl-C.  The page, for whoever has this address:"
	echo "http://127.0.0.1:$(cat "$temporary/web")/#$token"
	while [ -z "$stopping" ]; do
		if ! kill -0 "$web" 2>/dev/null || ! kill -0 "$scheduler" 2>/dev/null; then
			cat "$temporary"/{web,sched}.log >&2
			exit 70
		fi
		change_when_due $((turn += 1))
		fail_when_due "$turn"
		read -rt 1 _ <> <(:) || true
	done
	exit 0
}
