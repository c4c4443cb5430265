# Debian's Chromium, driven through chromedriver's own protocol (W3C WebDriver:
# JSON over HTTP, so curl and jq are enough).  load ../helper goes first.
# setup_file calls browser_start and teardown_file browser_end, so that a file
# has one Chromium; setup calls browser_clear.
#
# SELECTOR is of CSS and means the first element that it matches; what is not
# there yet is waited for.  A function fails with a message on stderr.

# browser_start - sets DRIVER (address of the session), DRIVER_PID, BROWSER_PID
browser_start() {
	local place=${1:-$BATS_FILE_TMPDIR} port='' tries=0 answer
	command -v chromedriver >/dev/null || {
		echo "no chromedriver here: share/setup browser installs it; tests/run --no-browser goes without" >&2
		return 1
	}
	HOME=$place chromedriver --port=0 >"$place/driver.log" 2>&1 3>&- &
	DRIVER_PID=$!
	until [ -n "$port" ]; do
		kill -0 "$DRIVER_PID" 2>/dev/null && [ $((tries += 1)) -lt 400 ] || {
			cat "$place/driver.log" >&2
			return 1
		}
		read -rt 0.05 _ <> <(:) || true
		port=$(sed -n 's/.*started successfully on port \([0-9]*\).*/\1/p' "$place/driver.log")
	done
	DRIVER=http://127.0.0.1:$port/session
	answer=$(browser_wishes "$place" | ask_driver POST '') || return
	DRIVER+=/$(jq -r .sessionId <<<"$answer")
	BROWSER_PID=$(jq -r '.capabilities["goog:processID"]' <<<"$answer")
	export DRIVER DRIVER_PID BROWSER_PID
	browser_clear
}
# As root there is no sandbox to be had; nothing but loopback is asked for.
browser_wishes() { # PROFILE-FOLDER
	jq -n --arg place "$1" --arg root "$(id -u)" '{capabilities: {alwaysMatch: {
		browserName: "chrome",
		timeouts: {script: 30000},
		"goog:loggingPrefs": {browser: "ALL", performance: "ALL"},
		"goog:chromeOptions": {
			perfLoggingPrefs: {enableNetwork: true, enablePage: false},
			args: ["--headless=new", "--window-size=1280,900", "--lang=en",
				"--user-data-dir=\($place)/profile", "--no-first-run",
				"--disable-gpu", "--disable-dev-shm-usage",
				"--disable-background-networking", "--disable-component-update",
				"--disable-default-apps", "--disable-extensions", "--disable-sync",
				"--hide-scrollbars", "--force-color-profile=srgb",
				if $root == "0" then "--no-sandbox" else empty end]}}}}'
}
browser_end() {
	[ -z "${DRIVER_PID:-}" ] || {
		curl -sS -m 10 -X DELETE "$DRIVER" >/dev/null 2>&1 || true
		kill "$DRIVER_PID" 2>/dev/null || true
		[ -z "${BROWSER_PID:-}" ] || kill "$BROWSER_PID" 2>/dev/null || true
	}
	DRIVER_PID='' BROWSER_PID=''
}
# An empty page of the usual size, no wish for dark or for less motion, nothing
# left in the log.
browser_clear() {
	open about:blank
	window 1280 900
	prefer light
	browser_log browser empty
	browser_log performance empty
}

# ask_driver METHOD PATH [FILTER] - sends stdin; prints what jq's FILTER makes of
# the answer's value
ask_driver() {
	local answer data=()
	[ "$1" = GET ] || data=(-H 'Content-Type: application/json' --data-binary @-)
	answer=$(curl -sS -m 60 -X "$1" "${data[@]}" "$DRIVER$2") || return
	jq -cr 'if (.value | type) == "object" and .value.error then
		"browser: \(.value.error): \(.value.message | split("\n")[0])\n" | halt_error(1)
		else .value | '"${3:-.}"' end' <<<"$answer"
}
devtools() { # COMMAND PARAMETERS [FILTER]
	printf '{"cmd":"%s","params":%s}' "$1" "$2" | ask_driver POST /goog/cdp/execute "${3:-empty}"
}
browser_log() { # browser | performance: what has come since the last look
	printf '{"type":"%s"}' "$1" | ask_driver POST /se/log "${2:-.[]}"
}

open() { # ADDRESS
	jq -n --arg url "$1" '{$url}' | ask_driver POST /url empty
}
window() { # WIDTH HEIGHT, as narrow as no real window gets
	devtools Emulation.setDeviceMetricsOverride \
		"{\"width\":$1,\"height\":$2,\"deviceScaleFactor\":1,\"mobile\":false}"
}
prefer() { # light|dark [reduce]
	devtools Emulation.setEmulatedMedia "{\"features\":[
		{\"name\":\"prefers-color-scheme\",\"value\":\"$1\"},
		{\"name\":\"prefers-reduced-motion\",\"value\":\"${2:-no-preference}\"}]}"
}

# js SCRIPT [ARGUMENT...] - runs the body of a function (arguments[0]... are
# strings; a promise is waited for); prints a string as it is, null as nothing,
# all else as JSON
js() {
	jq -n --arg script "$1" '{$script, args: $ARGS.positional}' --args -- "${@:2}" |
		ask_driver POST /execute/sync 'if . == null then "" else . end'
}
# until_js EXPRESSION [ARGUMENT...] - waits until it is true, 10 s at most
until_js() {
	local is=''
	# A page that goes away takes the waiting with it: then anew.
	for _ in 1 2; do
		is=$(js "const given = arguments;
			const is = function () { try { return Boolean((function () { return $1; }).apply(null, given)); }
				catch (e) { return false; } };
			const end = Date.now() + 10000;
			return new Promise(function (done) {
				(function look() {
					if (is() || Date.now() > end) done(is());
					else setTimeout(look, 20);
				})();
			})" "${@:2}" 2>/dev/null) && break
	done
	[ "$is" != true ] || return 0
	echo "waited in vain for: $1 (${*:2})" >&2
	js 'return location.href + "\n" + document.body.innerText.slice(0, 3000)' >&2
	return 1
}

# element SELECTOR - prints its handle
element() {
	until_js 'document.querySelector(arguments[0])' "$1" || return
	jq -n --arg value "$1" '{using: "css selector", $value}' | ask_driver POST /element '.[]'
}
click() { # SELECTOR, as a person does: what is hidden or covered is refused
	local handle
	handle=$(element "$1") && ask_driver POST "/element/$handle/click" empty <<<'{}'
}
write_in() { # SELECTOR TEXT
	local handle
	handle=$(element "$1") || return
	jq -n --arg text "$2" '{$text}' | ask_driver POST "/element/$handle/value" empty
}
text() { # SELECTOR: what can be seen of it
	local handle
	handle=$(element "$1") && ask_driver GET "/element/$handle/text"
}
# called, role SELECTOR - what a screen reader calls it and says it is
called() {
	local handle
	handle=$(element "$1") && ask_driver GET "/element/$handle/computedlabel"
}
role() {
	local handle
	handle=$(element "$1") && ask_driver GET "/element/$handle/computedrole"
}
attribute() { # SELECTOR NAME
	js 'return document.querySelector(arguments[0]).getAttribute(arguments[1])' "$1" "$2"
}
# press KEY... - a letter, or a key's name; Shift+KEY holds it down
press() {
	jq -n '{actions: [{type: "key", id: "keys", actions: [$ARGS.positional[] |
		[if length > 1 then split("+")[] else . end |
			{Enter: "\ue007", Tab: "\ue004", Escape: "\ue00c", Space: " ", Shift: "\ue008",
				Control: "\ue009", Home: "\ue011", End: "\ue010", PageUp: "\ue00e", PageDown: "\ue00f",
				Left: "\ue012", Up: "\ue013", Right: "\ue014", Down: "\ue015", Backspace: "\ue003"}[.] // .] |
		map({type: "keyDown", value: .}) + (reverse | map({type: "keyUp", value: .})) | .[]]}]}' --args -- "$@" |
		ask_driver POST /actions empty
}
picture() { # FILE.png: the page from top to end
	devtools Page.captureScreenshot '{"captureBeyondViewport":true}' .data >"$1.base64" &&
		base64 -d "$1.base64" >"$1" && rm "$1.base64"
}

# Fails with what the console complained of and what was asked for beside the
# page's own origin, since the browser was cleared; what PATTERN matches is
# expected of the console, such as 'net::ERR_|WebSocket' when the server was away.
is_quiet() { # [PATTERN]
	local origin noise
	origin=$(js 'return location.origin') || return
	noise=$(
		browser_log browser '.[] | select(.level == "SEVERE" or .level == "WARNING") |
			select(.message | test("'"${1:-^$}"'") | not) |
			"console: \(.source): \(.message)"' &&
			browser_log performance '.[].message | fromjson.message |
			select(.method == "Network.requestWillBeSent" or .method == "Network.webSocketCreated") |
			.params | .request.url // .url | select(test("^(data|blob|about|chrome):") | not) |
			select(sub("^ws"; "http") | startswith("'"$origin"'/") | not) | "asked for: \(.)"'
	) || return
	[ -z "$noise" ] || {
		printf '%s\n' "$noise" | head -20 >&2
		return 1
	}
}

# What the page's own look (look.js) finds: sideways, faint, nameless; fails
# with a line for each.
looks_well() { # sideways|faint|nameless...
	local found
	found=$(js "$(cat "$TOP/tests/browser/look.js"); return look(Array.from(arguments)).join('\\n')" "$@") || return
	[ -z "$found" ] || {
		printf '%s\n' "$found" | head -30 >&2
		return 1
	}
}
