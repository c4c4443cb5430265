#!/usr/bin/env bats
# The page agrees with the metrics tool, over a whole organisation.

load ../helper
load driver
load site

setup_file() {
	BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
	site_again
	demo_start --repos 4 --prs 80 --issues 60
	GITHUB_TOKEN=demo-github-token "$TOP/pipelines/github_job" -q --base-url "$DEMO_URL/github" --org acme
	JIRA_EMAIL=demo@acme.test JIRA_API_TOKEN=demo-jira-token "$TOP/pipelines/jira_job" -q --base-url "$DEMO_URL/jira"
	demo_stop
	site_start
	browser_start
}
setup() {
	in_own_folder
	browser_clear
	site_again
}

until_drawn() {
	until_js 'document.querySelectorAll("#room [data-metric]").length > 4 &&
		!document.querySelector("#room [aria-busy]")'
}

@test "the cards say what the metrics tool says: value, band in a word, how many, definition" {
	visit "$VIEWER" figures
	until_drawn
	metrics dora --format json >dora
	for metric in deployment_frequency lead_time change_failure_rate time_to_restore; do
		card="article[data-metric=$metric]"
		same "$(text "$card .value")" "$(jq -r --arg m $metric '.metrics[] | select(.metric == $m) | .figures[] | select(.part == null) | .text' dora)"
		[[ $(text "$card .n") == *"n = "[0-9]* ]]
		same "$(js 'return document.querySelector(arguments[0] + " details").textContent.length > 100' "$card")" true
	done
	[[ $(text 'article[data-metric=deployment_frequency] .band-line') =~ elite|high|medium|low|'not enough' ]]
	is_quiet
}

@test "each picture is drawn, has a name and its figures as a table" {
	visit "$VIEWER" figures
	until_drawn
	same "$(js 'return Array.from(document.querySelectorAll("figure[data-metric]"))
		.filter(f => !f.querySelector("svg[role=img]")).map(f => f.innerText)')" '[]'
	looks_well nameless faint sideways
	js 'document.querySelector("figure[data-metric=velocity] details summary").click()' >/dev/null
	until_js 'document.querySelectorAll("figure[data-metric=velocity] table tbody tr").length > 2'
	prefer dark
	window 360 800
	looks_well nameless faint sideways
	is_quiet
}

@test "the rows behind a figure are as many as the metrics tool counts" {
	visit "$VIEWER" figures
	until_drawn
	click 'article[data-metric=deployment_frequency] a[href*=rows]'
	until_js 'document.documentElement.dataset.view === "rows" && document.querySelector(".sheet tbody tr")'
	same "$(js 'return document.querySelector(".sheet caption").textContent.match(/[\d,]+/)[0].replace(",", "")')" \
		"$(metrics deployment_frequency --rows --format ndjson | wc -l)"
	looks_well sideways faint nameless
	window 360 800
	looks_well sideways
	is_quiet
}

@test "the quality of what was fetched is shown with the health of all" {
	visit "$VIEWER" health
	until_js 'document.querySelector("[data-part=quality]").open && document.querySelectorAll("[data-part=quality] tbody tr").length > 5'
	curl -fsS -H "Authorization: Bearer $VIEWER" "${SITE}api/v1/quality" |
		jq -r '.quality[] | "\(.client) \(.type) \(.checked)"' | sort >there
	js 'return Array.from(document.querySelectorAll("[data-part=quality] tbody tr"), row => "1 " + row.cells[0].innerText + " " + row.cells[1].innerText.replace(/,/g, "")).sort().join("\n")' | sort >shown
	diff there shown
	same "$(js 'return document.querySelectorAll("[data-part=well]").length')" 1
	looks_well nameless sideways faint
	is_quiet
}
