#!/usr/bin/env bats
# The page: figures and the rows behind them, drawn by metrics, coloured by the
# page's own style alone.

load ../helper
load ../delivery
load driver
load site

setup_file() {
	site_again
	mkdir -p "$PULSE_HOME"
	(umask 077 && mkdir -p "$S")
	VIEWER=$(pulse-token add --role viewer a-viewer 2>/dev/null)
	export VIEWER
	web_start 0
	export SITE=http://127.0.0.1:$WEB_PORT/
	browser_start
}
setup() {
	in_own_folder
	browser_clear
	site_again
}

# Nine days of deployments of a repository whose name is a trap, up to today.
delivered() {
	{
		echo "INSERT INTO repo VALUES ('api'), ('<img src=x onerror=alert(1)>');"
		echo "INSERT INTO c VALUES ('api','10','');"
		for day in 9 8 7 6 5 4 3 2 1; do
			at=$(date -u -d "$day days ago" +%Y-%m-%d) new=$((20 - day))
			cat <<-SQL
				INSERT INTO c VALUES ('api','$new','$((new - 1))');
				INSERT INTO d VALUES ('api',$new,'production','$new','${at}T08:00','success ${at}T09:00');
				INSERT INTO p VALUES ('api',$new,'ann','${at}T05:00','${at}T07:00','$new');
			SQL
		done
	} | new_db "$S/pulse.db"
	link-deployments -d "$S/pulse.db" 2>/dev/null
}

drawn() { until_js 'document.querySelector("figure .pic") && !document.querySelector("[aria-busy]")'; }

@test "where nothing was fetched yet the page says how to get figures" {
	[ ! -e "$S/pulse.db" ] || skip "another test was before"
	visit "$VIEWER" figures
	until_js 'document.querySelector("#room .none code")'
	[[ $(text '#room .none') == *'No data yet'*'pulse start github_job'* ]]
	looks_well sideways faint nameless
}

@test "cards say value, band and n; pictures are drawn and coloured without a word from the console" {
	[ -e "$S/pulse.db" ] || delivered
	visit "$VIEWER" figures
	drawn
	card='article[data-metric=lead_time]'
	[[ $(text "$card") == *'Lead time for changes'*'4.0 h'*'★ elite'*'n = 8 pull requests; dora-2023'*'The rows behind it'* ]]
	same "$(text "$card .band")" '★ elite'
	js "return document.querySelector('$card .pic').getAttribute('aria-label')" | grep -q '^Trend of Lead time for changes from '
	[[ $(text 'article[data-metric=change_failure_rate]') == *'0.0 %'* ]]
	same "$(js 'return getComputedStyle(document.querySelector(".card .pic .l0")).stroke')" 'rgb(11, 102, 173)'
	same "$(js 'return document.querySelectorAll("[style], #room style, #room script, #room img").length')" 0
	same "$(js 'const ids = [...document.querySelectorAll("[id]")].map(n => n.id); return ids.length - new Set(ids).size')" 0
	looks_well sideways faint nameless
	prefer dark
	until_js 'getComputedStyle(document.querySelector(".card .pic .l0")).stroke === "rgb(95, 180, 242)"'
	looks_well faint
	window 360 800
	looks_well sideways
	is_quiet
}

@test "filters are kept in the address, groups stand side by side, a name stays text" {
	[ -e "$S/pulse.db" ] || delivered
	visit "$VIEWER" 'figures?by=repo&since=30d&bands=dora-2021'
	drawn
	same "$(js 'return ["since", "by", "bands"].map(name => document.getElementById("by-" + name).value).join(" ")')" '30d repo dora-2021'
	until_js 'document.querySelector("[role=region] tbody tr")'
	[[ $(text '[role=region]') == *'<img src=x onerror=alert(1)>'* ]]
	js 'const by = document.getElementById("by-bands"); by.value = "dora-2024"; by.dispatchEvent(new Event("change"))'
	until_js 'location.hash.includes("bands=dora-2024") && document.querySelector("article .n").textContent.includes("dora-2024")'
	is_quiet
}

@test "the figures of a picture are a table, and the rows behind a card lead to GitHub" {
	[ -e "$S/pulse.db" ] || delivered
	visit "$VIEWER" figures
	drawn
	js 'document.querySelector("figure[data-metric=lead_time] details").open = true'
	until_js 'document.querySelector("figure[data-metric=lead_time] details td")'
	[[ $(text 'figure[data-metric=lead_time] details') == *coding*pickup* || $(text 'figure[data-metric=lead_time] details') == *whole* ]]
	click 'article[data-metric=lead_time] a'
	until_js 'document.querySelector(".sheet td a")'
	same "$(js 'return document.querySelectorAll("tbody tr").length')" 8
	[[ $(attribute '.sheet td a' href) == https://github.com/acme/api/pull/* ]]
	looks_well sideways faint nameless
	is_quiet
}
