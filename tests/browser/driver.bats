#!/usr/bin/env bats
# The driver of the browser tests itself: a check that finds nothing is worth
# nothing unless it finds what is there.

load ../helper
load driver

setup_file() { browser_start; }
teardown_file() { browser_end; }
setup() {
	in_own_folder
	browser_clear
}

page() { # BODY: opens a page of it
	printf '<!doctype html><html lang=en><title>Page</title><body>%s</body></html>\n' "$1" >page.html
	open "file://$PWD/page.html"
}

@test "the driver reads, clicks and types as a person does" {
	page '<main><h1>Hello</h1><label>Name <input id=name></label>
		<button id=go disabled onclick="this.hidden=true">Go</button>
		<script>document.querySelector("#name").oninput = function () {
			setTimeout(function () { document.querySelector("#go").disabled = false; }, 100); };</script></main>'
	same "$(text h1)" Hello
	same "$(called '#name')" Name
	same "$(role '#go')" button
	write_in '#name' 'a "quoted" <word>'
	same "$(js 'return document.querySelector(arguments[0]).value' '#name')" 'a "quoted" <word>'
	until_js '!document.querySelector("#go").disabled'
	press Shift+Tab Tab Tab Space
	until_js 'document.querySelector("#go").hidden'
	run click '#go'
	[ "$status" -ne 0 ]
	[[ $output == *"not interactable"* ]]
	run js 'return nothing.at.all'
	[ "$status" -ne 0 ]
}

@test "the driver gives the page the size and the theme that a test asks for" {
	page '<p>x</p>'
	window 360 700
	prefer dark reduce
	same "$(js 'return [innerWidth, matchMedia("(prefers-color-scheme: dark)").matches,
		matchMedia("(prefers-reduced-motion: reduce)").matches]')" '[360,true,true]'
	picture x.png
	same "$(od -An -tx1 -j16 -N8 x.png | tr -d " \n")" 00000168000002bc
}

@test "what the console complains of and what is asked for elsewhere is not quiet" {
	page '<p>x</p>'
	is_quiet
	js 'console.error("a bad word")' >/dev/null
	run is_quiet
	[ "$status" -ne 0 ]
	[[ $output == *"a bad word"* ]]
	js 'new Image().src = "http://127.0.0.1:9/elsewhere.png"' >/dev/null
	run is_quiet 'net::ERR_|WebSocket'
	[ "$status" -ne 0 ]
	[[ $output == *"asked for: http://127.0.0.1:9/elsewhere.png"* ]]
	js 'setTimeout(function () { throw new Error("thrown later"); }, 0)' >/dev/null
	run is_quiet 'net::ERR_|WebSocket'
	[[ $output == *"thrown later"* ]]
}

@test "the look at a page finds faint text, what has no name, and what sticks out" {
	page '<main><h1>A heading</h1><p>Dark on white</p><button>Named</button></main>'
	looks_well faint nameless sideways
	page '<main><h1>A heading</h1><p style="color:#888">Grey on white</p></main>'
	run looks_well faint
	[[ $output == *'faint, 3.54: <p> "Grey on white"'* ]]
	page '<main><h1>A heading</h1><div style="background:#234"><p style="opacity:.3;color:#fff">Faded</p></div></main>'
	run looks_well faint
	[[ $output == *'"Faded"'* ]]
	page '<main><svg width=99 height=20><text y=15 style="fill:#bbb">Drawn</text></svg></main>'
	run looks_well faint nameless
	[[ $output == *'"Drawn"'* ]]
	[[ $output == *'not one h1'* ]]
	page '<main><h1>x</h1><button><svg></svg></button><input id=a><p id=a aria-labelledby=nobody></p></main>'
	run looks_well nameless
	[[ $output == *'no name: <button>'* ]]
	[[ $output == *'no name: <input'* ]]
	[[ $output == *'two of #a'* ]]
	[[ $output == *'names what is not there'* ]]
	page '<main><h1>x</h1><p id=broad style="width:500px">broad</p></main>'
	window 360 700
	run looks_well sideways
	[[ $output == *'the page is 5'*' wide in 360'*'<p#broad>'* ]]
}
