#!/usr/bin/env bats
# The page: jobs are seen live and steered, whatever becomes of the link.

load ../helper
load driver
load site

# From here on what the page hears is kept, to be asked for by heard.
listen() { js 'window.allHeard = []; const before = hear; hear = function (text) { allHeard.push(JSON.parse(text)); before(text); };'; }
heard() { js "return allHeard.filter(m => $1)"; }

@test "a job that is started by its button is seen to run to its end" {
	visit "$ADMIN"
	go slowly
	runs=$(js 'return document.querySelectorAll(arguments[0] + " .strip a").length' "$(row_of walk)")
	listen
	click "$(row_of walk) [data-action=start]"
	until_state walk RUNNING
	until_js 'document.querySelector(arguments[0]).getAttribute("aria-valuenow") === "0"' "$(row_of walk) [role=progressbar]"
	same "$(called "$(row_of walk) [role=progressbar]")" 'Progress of 1.walk'
	go 0 1 2
	until_js 'document.querySelector(arguments[0]).getAttribute("aria-valuenow") === "30"' "$(row_of walk) [role=progressbar]"
	[[ $(text "$(row_of walk)") == *'step 4'*'30 %'*'3 of 10'* ]]
	go all
	until_state walk FINISHED
	[[ $(text "$(row_of walk)") == *success* ]]
	until_js 'document.querySelectorAll(arguments[0] + " .strip a").length === Number(arguments[1]) + 1' "$(row_of walk)" "$runs"
	[ "$(heard 'm.type === "job_started" && m.job_name === "walk"' | jq length)" -eq 1 ]
	[ "$(heard 'm.type === "job_completed" && m.job_name === "walk"' | jq length)" -eq 1 ]
	heard 'm.type === "job_progress"' | jq -e 'map(.progress) | . == sort and index(30) != null'
	is_quiet
}

@test "what is red comes first, and filters are kept in the address" {
	visit "$ADMIN"
	until_js 'document.querySelectorAll("[data-job]").length === 3'
	same "$(js 'return document.querySelector("[data-job]").dataset.job')" 1.broken
	[[ $(text "$(row_of broken)") == *ERROR*'needs you'*'the token was refused'* ]]
	# Nothing comes next that nobody has seen to.
	[[ $(text "$(row_of broken)") != *'next '* ]]
	[[ $(text "$(row_of walk)") == *'next '* ]]
	click '#chips [data-filter=ERROR]'
	until_js 'document.querySelectorAll("[data-job]").length === 1'
	same "$(js 'return location.hash')" '#/jobs?state=ERROR'
	js 'location.reload()'
	until_js 'document.querySelectorAll("[data-job]").length === 1 && document.documentElement.dataset.link === "socket"'
	same "$(attribute '#chips [data-filter=ERROR]' aria-pressed)" true
}

@test "a pause can be taken back, and a stop asks first" {
	visit "$ADMIN"
	go slowly
	click "$(row_of walk) [data-action=pause]"
	until_state walk PAUSED
	click '#toasts [data-action=undo]'
	ctl --no-wait start walk
	until_state walk RUNNING
	click "$(row_of walk) [data-action=stop]"
	write_in '#ask-reason' 'it is in the way'
	click '#ask [data-action=do]'
	go all
	until_js '!["RUNNING", "PENDING"].includes(document.querySelector(arguments[0]).dataset.state)' "$(row_of walk)"
	grep -q 'it is in the way' "$S/events.ndjson"
	is_quiet
}

@test "a killed pulse-web is said, nothing is missed once it is back" {
	visit "$ADMIN"
	listen
	ctl --no-wait start walk
	until_js 'allHeard.some(m => m.type === "job_completed")'
	web_kill
	until_js 'document.documentElement.dataset.link === "lost"'
	[[ $(text '.banner[data-about=link]') == *'data from'* ]]
	refute test "$(text '#link')" = live
	# Two whole runs while nobody serves.
	ctl start walk
	ctl start walk
	ctl start broken || true
	web_start "$WEB_PORT"
	js 'const now = document.querySelector("[data-action=retry-link]"); if (now) now.click();'
	until_js 'document.documentElement.dataset.link === "socket"'
	until_js '!document.querySelector(".banner[data-about=link]")'
	last=$(tail -n 1 "$S/events.ndjson" | jq .seq)
	until_js 'allHeard.some(m => m.seq >= Number(arguments[0]))' "$last"
	# Each event once and in order, as the log has them.
	heard 'm.seq && m.job_name && m.type !== "job_progress"' | jq -c '.[] | [.seq, .type, .job_name]' >seen
	first=$(head -n 1 seen | jq '.[0]')
	jq -c --argjson first "$first" 'select(.seq >= $first and .job_name) | [.seq, .type, .job_name]' "$S/events.ndjson" >there
	same "$(cat seen)" "$(cat there)"
	[ "$(grep -c job_completed seen)" -eq 3 ]
	is_quiet 'net::ERR_|WebSocket'
}

@test "the emergency stop needs the word, then kills every run and says so" {
	visit "$ADMIN"
	go slowly
	until_state wait_on RUNNING
	click '#emergency'
	same "$(attribute '#ask [data-action=do]' disabled)" ''
	write_in '#ask-word' halt
	run click '#ask [data-action=do]'
	js 'document.querySelector("#ask-word").value = ""' >/dev/null
	write_in '#ask-word' stop
	until_js '!document.querySelector("#ask [data-action=do]").disabled'
	same "$(head -c 1 "$S/control/latch")" 0
	click '#ask [data-action=do]'
	until_state wait_on PAUSED
	until_js 'document.querySelector(".banner[data-about=latch]")'
	same "$(head -c 1 "$S/control/latch")" 1
	[[ $(text "$(row_of wait_on)") == *'by the emergency stop'* ]]
	click '[data-action=orchestrator-start]'
	until_js '!document.querySelector(".banner[data-about=latch]")'
	until_state wait_on RUNNING
	same "$(head -c 1 "$S/control/latch")" 0
	is_quiet
}

@test "a viewer sees everything and may do nothing" {
	visit "$VIEWER"
	until_state wait_on RUNNING
	same "$(js 'return document.documentElement.dataset.role')" viewer
	same "$(js 'return Array.from(document.querySelectorAll("[data-action]"))
		.filter(b => b.checkVisibility()).map(b => b.dataset.action)')" '["save-csv","save-json","sign-out"]'
	same "$(js 'return document.querySelector("#emergency").checkVisibility()')" false
	# Nor by hand, with the page's own client.
	same "$(js 'return ask("jobs/1.walk/start", {method: "POST", body: {}}).then(a => a.status, e => e.status)')" 403
}

@test "without a token there is a form, and a wrong one is refused" {
	open about:blank
	open "$SITE"
	js 'sessionStorage.clear(); location.reload()'
	until_js 'document.querySelector("#signin #token")'
	same "$(js 'return document.querySelectorAll("[data-job]").length')" 0
	write_in '#token' "pulse_wrong"
	press Enter
	until_js 'document.querySelector("#signin [role=alert], #signin .failed, #signin .error")'
	js 'document.querySelector("#token").value = ""' >/dev/null
	write_in '#token' "$VIEWER"
	press Enter
	until_js 'document.querySelectorAll("[data-job]").length === 3'
	refute grep -q "$VIEWER" <<<"$(js 'return location.href + document.documentElement.outerHTML')"
}

@test "the source's own WebSocket client understands what comes" {
	visit "$ADMIN"
	go slowly
	js 'window.told = [];
		window.updateJobStatus = (job, state) => told.push(job + " " + state);
		window.updateProgressBar = (job, progress) => told.push(job + " " + progress);
		window.showErrorDetails = message => told.push("error: " + message);
		return api("tickets", { method: "POST", body: {} }).then(({ ticket }) => new Promise(done => {
			window.websocket = new WebSocket(location.origin.replace("http", "ws") + "/api/v1/ws",
				["pulse.v1", "ticket." + ticket]);
			websocket.onopen = done;
			'"$(<"$BATS_TEST_DIRNAME/client.js")"'
		}));' >/dev/null
	ctl --no-wait start walk
	go 0 1 2 3 4
	until_js 'told.includes("walk 50")'
	go all
	until_js 'told.includes("walk FINISHED")'
	js 'return told.indexOf("walk RUNNING") < told.indexOf("walk 50") && told.indexOf("walk 50") < told.indexOf("walk FINISHED")' | grep -qx true
	ctl start broken || true
	until_js 'told.includes("broken ERROR")'
	js 'return told.find(l => l.startsWith("error: "))' | grep -q 'the token was refused'
}

@test "everything can be done from the keyboard, and the focus is seen" {
	visit "$ADMIN"
	go slowly
	js 'window.stops = [];
		document.addEventListener("focusin", function ({ target: e }) {
			const s = getComputedStyle(e);
			stops.push([(e.dataset.action || e.tagName) + (e.closest("[data-job=\"1.walk\"]") ? ":walk" : ""),
				s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2]);
		});' >/dev/null
	tabs=()
	for ((i = 0; i < 40; i++)); do tabs+=(Tab); done
	press "${tabs[@]}"
	same "$(js 'return stops.filter(s => !s[1])')" '[]'
	stop=$(js 'return stops.findIndex(s => s[0] === "start:walk")')
	[ "$stop" -gt 0 ]
	js 'document.activeElement.blur(); location.reload()' >/dev/null
	until_js 'document.documentElement.dataset.link === "socket"'
	press "${tabs[@]:0:stop+1}"
	same "$(js 'return document.activeElement.closest("[data-job]").dataset.job + " " + document.activeElement.dataset.action')" '1.walk start'
	press Enter
	until_state walk RUNNING
	# The row has moved, the focus has stayed in it.
	js 'return document.activeElement.closest("[data-job]").dataset.job' | grep -qx 1.walk
	press ?
	until_js 'document.querySelector("#ask").open'
	press Escape
	until_js '!document.querySelector("#ask").open'
	go all
	until_state walk FINISHED
}
