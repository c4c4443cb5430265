#!/usr/bin/env bats
# The page: what comes from outside stays text; it is to be read in both themes,
# at any width, by anybody; a long log stays where one reads.

load ../helper
load driver
load site

more_jobs() {
	job_file hostile <<'END_OF_JOB'
op='<img src=x onerror=window.harmed=1> ‮gnp.exe \\u202e <script>window.harmed=1</script>'
printf '{"at":"%s","tool":"hostile","done":1,"total":4,"op":"%s"}\n' "$(date -u +%FT%T.%3NZ)" "$op" >>"$PULSE_RUN_DIR/progress"
echo '<b onmouseover=alert(1)>bold</b> <img src=x onerror=window.harmed=1>' >&2
printf 'bell \a escape \033[31mred\033[0m override \342\200\256abc\n' >&2
printf '%04096d\n' 7 >&2
[ -e "$PULSE_HOME/go/slowly" ] && until [ -e "$PULSE_HOME/go/all" ]; do sleep 0.05; done
echo "<img src=x onerror=window.harmed=1> $(printf '%04096d' 7)" >&2
exit 77
END_OF_JOB
	job_file talk <<'END_OF_JOB'
[ -e "$PULSE_HOME/go/slowly" ] || exit 0
seq -f 'line %.0f of what the job has to say' 100000 >&2
until [ -e "$PULSE_HOME/go/all" ]; do
	[ ! -e "$PULSE_HOME/go/more" ] || { rm "$PULSE_HOME/go/more"; echo 'one more line' >&2; }
	sleep 0.05
done
END_OF_JOB
}

views() { js 'return Array.from(document.querySelectorAll("#views a"), a => a.dataset.view).join(" ")'; }
# Until the view has what it asked for: nothing is under way.
until_calm() {
	until_js 'document.documentElement.dataset.view === arguments[0] && document.querySelector("#room").innerText.trim() !== ""' "$1"
	js 'return new Promise(done => setTimeout(done, 150))' >/dev/null
}

@test "hostile names, notes and log lines stay text" {
	visit "$ADMIN"
	go slowly
	ctl --no-wait start hostile
	until_state hostile RUNNING
	until_js 'document.querySelector(arguments[0] + " .note").textContent.includes("<img src=x")' "$(row_of hostile)"
	[[ $(text "$(row_of hostile) .note") == *'<script>window.harmed=1</script>'* ]]
	# What turns the direction of writing is shown as what it is.
	[[ $(text "$(row_of hostile) .note") == *'\xe2\x80\xae'* ]]
	go all
	until_state hostile ERROR
	same "$(js 'return window.harmed === undefined && document.querySelectorAll("#room img, #room script, #room b[onmouseover]").length === 0')" true
	run_id=$(sed -n 's/.* run=\([^ ]*\).*/\1/p' "$S/status/1.hostile")
	js 'location.hash = "#/run?run=" + arguments[0]' "$run_id"
	until_js 'document.querySelector(".log").textContent.includes("onmouseover")'
	log=$(js 'return document.querySelector(".log").textContent')
	[[ $log == *'<b onmouseover=alert(1)>bold</b>'* ]]
	[[ $log == *'\x07'*'\x1b[31m'*'\xe2\x80\xae'* ]]
	looks_well sideways
	window 360 700
	looks_well sideways
	for view in failures runs; do
		js 'location.hash = "#/" + arguments[0]' $view
		until_calm $view
		looks_well sideways
	done
	same "$(js 'return window.harmed === undefined && document.querySelectorAll("#room img, #room script").length === 0')" true
	is_quiet
}

@test "every view is to be read in both themes, narrow and wide, and names all that it has" {
	visit "$ADMIN"
	for scheme in light dark; do
		prefer $scheme
		for view in $(views); do
			js 'location.hash = "#/" + arguments[0]' "$view" >/dev/null
			until_calm "$view"
			for width in 360 1280; do
				window $width 800
				echo "$scheme $view $width"
				looks_well faint nameless sideways
			done
		done
	done
	is_quiet
}

@test "nothing moves for who wants less motion" {
	prefer light reduce
	visit "$ADMIN"
	go slowly
	ctl --no-wait start walk
	until_state walk RUNNING
	go 0 1 2
	until_js 'document.querySelector(arguments[0]).getAttribute("aria-valuenow") === "30"' "$(row_of walk) [role=progressbar]"
	same "$(js 'return document.getAnimations().filter(a => a.playState === "running" && a.effect.getComputedTiming().duration > 20).length')" 0
}

@test "a log of 100,000 lines stays where one reads it, and follows at its end" {
	visit "$ADMIN"
	go slowly
	ctl --no-wait start talk
	until_state talk RUNNING
	run_id=$(sed -n 's/.* run=\([^ ]*\).*/\1/p' "$S/status/1.talk")
	js 'location.hash = "#/run?run=" + arguments[0]' "$run_id"
	until_js 'document.querySelector(".log").textContent.includes("line 100000 ")'
	# Only what is seen is in the document.
	[ "$(js 'return document.querySelectorAll(".log *").length')" -lt 500 ]
	js 'window.pane = document.querySelector(".log");
		window.atEnd = () => pane.scrollTop + pane.clientHeight >= pane.scrollHeight - 30;'
	same "$(js 'return atEnd()')" true
	go more
	until_js 'pane.textContent.includes("one more line") && atEnd()'
	# Scrolled up: what comes then moves nothing.
	js 'pane.scrollTop = 50000 * 18; return new Promise(done => setTimeout(done, 100))' >/dev/null
	was=$(js 'return [pane.scrollTop, pane.textContent.match(/line 5\d+ /)[0]]')
	before=$(js 'return pane.scrollHeight')
	go more
	until_js 'pane.scrollHeight > Number(arguments[0])' "$before"
	same "$(js 'return [pane.scrollTop, pane.textContent.match(/line 5\d+ /)[0]]')" "$was"
	# Back at the end it follows again.
	js 'pane.scrollTop = pane.scrollHeight'
	go more
	until_js 'atEnd() && pane.scrollHeight > Number(arguments[0]) + 18' "$before"
	# Every frame of a long scroll shows lines, none is blank.
	same "$(js 'return new Promise(done => {
		let at = 0, blank = 0;
		(function step() {
			pane.scrollTop = at += 4000;
			requestAnimationFrame(() => {
				if (!/line \d+ of/.test(pane.textContent)) blank++;
				if (at < 1200000) step(); else done(blank);
			});
		})();
	})')" 0
	go all
	is_quiet
}
