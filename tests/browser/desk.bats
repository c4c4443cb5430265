#!/usr/bin/env bats
# The page, as it is used: by who looks at a tab, by who holds a phone, by who
# goes past what guards a job.

load ../helper
load driver
load site

@test "the title of the tab says what is wrong, and whether it is still so" {
	visit "$ADMIN"
	until_js 'document.title === "1 failed - Jobs - Pulse"'
	ctl stop orchestrator
	js 'location.hash = "#/runs"'
	until_js 'document.title === "1 failed - Runs - Pulse"'
	ctl start orchestrator
	web_kill
	until_js 'document.title === "not live - 1 failed - Runs - Pulse"'
	web_start "$WEB_PORT"
	js 'const now = document.querySelector("[data-action=retry-link]"); if (now) now.click();'
	until_js 'document.title === "1 failed - Runs - Pulse"'
}

@test "on a phone the emergency stop stays in sight, and is the top row alone" {
	visit "$ADMIN"
	window 360 500
	until_js 'document.documentElement.scrollHeight > 700'
	js 'scrollTo(0, 400); return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))' >/dev/null
	same "$(js 'return scrollY')" 400
	same "$(js 'const box = document.querySelector("#emergency").getBoundingClientRect();
		return box.top >= 0 && box.bottom <= 60 &&
			document.elementFromPoint(box.x + 20, box.y + 20).closest("#emergency") !== null')" true
	same "$(js 'return document.querySelector("nav").getBoundingClientRect().bottom < 0')" true
	looks_well sideways nameless faint
	click '#emergency'
	until_js 'document.querySelector("#ask").open'
	window 1280 900
}

@test "a start that goes past all gates wants the name of its job" {
	visit "$ADMIN"
	runs=$(js 'return known.jobs.get("1.walk").run')
	click "$(row_of walk) [data-action=more]"
	until_js '!document.querySelector("#ask [data-action=do]").disabled'
	click '#ask-force'
	until_js 'document.querySelector("#ask [data-action=do]").disabled'
	write_in '#ask-word' walk
	same "$(attribute '#ask [data-action=do]' disabled)" ''
	js 'document.querySelector("#ask-word").value = ""' >/dev/null
	write_in '#ask-word' 1.walk
	until_js '!document.querySelector("#ask [data-action=do]").disabled'
	click '#ask [data-action=do]'
	until_js 'known.jobs.get("1.walk").run !== arguments[0] && known.jobs.get("1.walk").state === "FINISHED"' "$runs"
	is_quiet
}

@test "where nothing can be pushed, an unchanged list is not sent again" {
	visit "$ADMIN"
	until_state wait_on RUNNING
	js 'window.statuses = [];
		const plain = window.fetch;
		window.fetch = async (url, what) => {
			if (String(url).endsWith("/events")) throw new TypeError("no streams here");
			const answer = await plain(url, what);
			if (String(url).includes("/jobs?")) statuses.push([what.headers["If-None-Match"] ? "again" : "anew", answer.status].join());
			return answer;
		};
		window.WebSocket = function () { throw new TypeError("no sockets here"); };
		const wait = pause;
		window.pause = ms => wait(Math.min(ms, 100));
		link.end();' >/dev/null
	until_js 'document.documentElement.dataset.link === "poll"'
	until_js 'statuses.includes("again,304")'
	# What changed is seen all the same.
	go all
	ctl start walk
	run=$(sed -n 's/.* run=\([^ ]*\).*/\1/p' "$S/status/1.walk")
	until_js 'known.jobs.get("1.walk").run === arguments[0]' "$run"
	same "$(js 'return document.documentElement.dataset.link')" poll
}

@test "who is signed in is said, and can sign out" {
	visit "$VIEWER"
	[[ $(text '#who') == *a-viewer*viewer* ]]
	click '#who [data-action=sign-out]'
	until_js 'document.querySelector("#signin #token")'
	[[ $(text '#signin') != *'not taken'* ]]
	same "$(js 'return [known.token, sessionStorage.getItem("pulse.token"), document.querySelectorAll("[data-job]").length]')" '["","",0]'
	same "$(js 'return document.title')" 'Pulse'
	# A token in the address lets in again, and does not stay there.
	for before in '#' '#token='; do
		js 'location.hash = arguments[0]' "$before$VIEWER"
		until_js 'document.querySelectorAll("[data-job]").length === 3'
		same "$(js 'return location.hash')" ''
		js 'signIn(false)'
	done
}

@test "figures before anything was fetched say how to get some, without an error" {
	visit "$VIEWER" figures
	until_js 'document.querySelector("#room").innerText.includes("pulse start github_job")'
	is_quiet
}

@test "a job says how far it has come, once asked" {
	visit "$VIEWER" 'job?job=1.walk'
	click '[data-part=checkpoints] summary'
	until_js 'document.querySelector("[data-part=checkpoints]").innerText.includes("It keeps none")'
	is_quiet
}
