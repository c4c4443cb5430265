#!/usr/bin/env bats
# pulse-web: who may ask, for what, how often, and what is written down of it.
# One server on TCP answers most of the tests.  Its wall clock is a file, so
# that tokens and tickets end when a test says so.

load helper

setup_file() {
	cd "$BATS_FILE_TMPDIR" || exit 1
	export PULSE_HOME=$PWD PULSE_TEST_CLOCK=$PWD/clock
	echo 2026-11-24T06:00:00Z >clock
	for role in viewer operator admin; do
		for i in 0 1 2 3 4; do
			pulse-token add --role "$role" --expires never "$role$i" 2>/dev/null
		done >"$role"
	done
	pulse-web --listen 127.0.0.1:0 --port-file port >web.out 2>web.log 3>&- &
	echo $! >web.pid
	until [ -s port ]; do kill -0 "$(cat web.pid)"; done
}

teardown_file() {
	kill "$(cat "$BATS_FILE_TMPDIR/web.pid")" 2>/dev/null || true
}

setup() {
	in_own_folder
	HOME_OF_ALL=$BATS_FILE_TMPDIR
	PULSE_HOME=$HOME_OF_ALL PULSE_TEST_CLOCK=$HOME_OF_ALL/clock
	export PULSE_HOME PULSE_TEST_CLOCK
	PORT=$(cat "$HOME_OF_ALL/port")
	URL=http://127.0.0.1:$PORT
	later 120 # no test feels another's wrong tokens
}

teardown() {
	[ ! -s own.pid ] || kill "$(cat own.pid)" 2>/dev/null || true
	[ -z "${AWAY:-}" ] || rm -rf "$AWAY"
}

later() { # SECONDS: the clock goes on
	date -u -d "$(cat "$HOME_OF_ALL/clock") $1 seconds" +%Y-%m-%dT%H:%M:%SZ >"$HOME_OF_ALL/.clock"
	mv "$HOME_OF_ALL/.clock" "$HOME_OF_ALL/clock"
}

# own OPTION...: a server for this test alone, on the spool of all or another.
own() {
	pulse-web "$@" >own.out 2>own.log 3>&- &
	echo $! >own.pid
}

token() { # ROLE [N]
	sed -n "$((${2:-0} + 1))p" "$HOME_OF_ALL/$1"
}

header_of() { # TOKEN: a file with it, since an argument is seen by all
	printf 'Authorization: Bearer %s\n' "$1" >auth
	echo @auth
}

# get TARGET [CURL-OPTION...]: status on stdout, the answer in body and head.
get() {
	curl -s -o body -D head -w '%{http_code}\n' "${@:2}" "$URL$1"
}

# post TARGET BODY [CURL-OPTION...]
post() {
	get "$1" -H 'Content-Type: application/json' -d "$2" "${@:3}"
}

code() { jq -r .error.code body; }

# say METHOD TARGET BODY HEADER...: the status alone, by a request as it stands;
# whatever comes behind the first line, it is not waited for.
say() {
	local line status='' method=$1 target=$2 body=$3
	shift 3
	exec 5<>"/dev/tcp/127.0.0.1/$PORT"
	{
		printf '%s %s HTTP/1.1\r\nHost: localhost:%s\r\n' "$method" "$target" "$PORT"
		[ $# -eq 0 ] || printf '%s\r\n' "$@"
		[ -z "$body" ] || printf 'Content-Type: application/json\r\nContent-Length: %d\r\n' "${#body}"
		printf '\r\n%s' "$body"
	} >&5
	read -r -t 10 line <&5 && read -r _ status _ <<<"$line"
	exec 5<&- 5>&-
	echo "${status:-none}"
}

# What a browser says that opens a WebSocket.
upgrade=('Connection: Upgrade' 'Upgrade: websocket' 'Sec-WebSocket-Version: 13' 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==')

# The table of routes as the server has it: METHOD PATH ROLE, a line each.
routes() {
	same "$(get /api/v1 -H "$(header_of "$(token viewer)")")" 200
	jq -r '.routes[] | [.method, .path, .role // "anybody"] | join(" ")' body
}

# A path of the table with something in the place of its parts.
filled() {
	sed 's/{job}/github_job/; s/{id}/1.github_job.1/; s/{name}/nothing/; s/{integration}/github/' <<<"$1"
}

@test "every route answers each role as the table of routes says, and nobody else" {
	routes >table
	same "$(wc -l <table)" "$(grep -cE '^\s\{ "(GET|POST)", "/' "$TOP/tools/lib/web/routes.c")"
	# What the table itself must say.
	same "$(awk '$3 == "anybody" { print $2 }' table | paste -sd' ')" '/ /pulse.css /pulse.js /favicon.svg'
	same "$(awk '$1 == "POST" && $3 == "viewer" { print $2 }' table)" /api/v1/tickets
	same "$(awk '$3 == "admin" { print $1, $2 }' table | sort)" "$(printf 'POST /api/v1/%s\n' history/prune jobs/emergency-stop \
		jobs/orchestrator/start jobs/orchestrator/stop 'jobs/{job}/reset')"
	declare -A rank=([nobody]=0 [viewer]=1 [operator]=2 [admin]=3 [anybody]=0)
	n=0
	printf 'method\tpath\trole\tnobody\tviewer\toperator\tadmin\n' >answers
	while read -r method path least; do
		row=$method$'\t'$path$'\t'$least body=
		# A key that no command knows: whoever may is told so, and nothing is done.
		[ "$method" = GET ] || body='{"nonsense":1}'
		for role in nobody viewer operator admin; do
			given=()
			[ $role = nobody ] || given=("Authorization: Bearer $(token $role $((n / 4 % 5)))")
			[ "$path" != /api/v1/ws ] || given+=("${upgrade[@]}")
			status=$(say "$method" "$(filled "$path")" "$body" "${given[@]}")
			row+=$'\t'$status
			wanted=let_in
			[ "${rank[$role]}" -ge "${rank[$least]}" ] || wanted=403
			[ $role != nobody ] || [ "$least" = anybody ] || wanted=401
			case $wanted:$status in
			401:401 | 403:403 | let_in:101 | let_in:[245]??) ;;
			*) echo "$method $path: $status for $role" ;;
			esac
			case $wanted:$status in let_in:40[13] | let_in:429 | let_in:500) echo "$method $path: $status for $role, who may" ;; esac
		done
		echo "$row" >>answers
		n=$((n + 1))
	done <table >wrong
	same "$(cat wrong)" ""
	[ "$n" -gt 5 ]
	# For people: the table that this run has made.
	mkdir -p "$TOP/build"
	cp answers "$TOP/build/.routes.tsv.$$"
	mv "$TOP/build/.routes.tsv.$$" "$TOP/build/routes.tsv"
}

@test "what is not in the table of routes is refused, with every method" {
	auth="Authorization: Bearer $(token admin)"
	for path in /api /api/ /api/v1/ /api/v2/jobs /api/v1/users /api/v1/jobs/ /api/v1/jobs//start /api/v1/JOBS; do
		echo "$path $(say GET $path '') $(say GET $path '' "$auth")"
	done >got
	same "$(cut -d' ' -f2,3 got | sort -u)" '401 404'
	routes | while read -r _ path _; do
		for method in PUT DELETE PATCH TRACE; do
			echo "$(say $method "$(filled "$path")" '' "$auth" 'Content-Length: 0')"
		done
	done | sort -u >got
	refute grep -vxE '405|501|400' got
	same "$(get /api/v1/jobs -X DELETE -H "$(header_of "$(token admin)")")" 405
	grep -qix $'Allow: GET, HEAD, OPTIONS\r' head
}

@test "a part of a path that climbs out of its folder finds nothing" {
	auth="Authorization: Bearer $(token viewer)"
	echo secret-of-the-neighbour >"$HOME_OF_ALL/passwd"
	routes | grep ^GET | grep -F '{' | while read -r _ path _; do
		for evil in .. . ../passwd ..%2fpasswd ..%2f..%2f..%2fetc%2fpasswd %2e%2e%2f%2e%2e%2fpasswd \
			..%5cpasswd /etc/passwd %2fetc%2fpasswd %00 github_job%00 ..%00 %ff%fe %c0%ae%c0%ae%2f \
			1.github_job.1%2f..%2f..%2fpasswd -rf '%0d%0aX-Evil:%20yes' "$(printf 'a%.0s' $(seq 300))"; do
			target=$(sed "s|{[a-z]*}|$(sed 's/[\\&|]/\\&/g' <<<"$evil")|" <<<"$path")
			echo "$(get "$target" --path-as-is -H "$auth") $target"
			cat body head >>all
		done
	done >got
	[ "$(wc -l <got)" -gt 30 ]
	refute grep -vE '^4(00|04|05) ' got
	refute grep -qE 'root:|secret-of|^X-Evil' all
}

@test "a request under a name that somebody else can own is misdirected" {
	auth=$(header_of "$(token admin)")
	for host in evil.example "evil.example:$PORT" localhost "localhost:1" "127.0.0.1" "127.0.0.1.evil.example:$PORT" \
		"localhost.evil.example:$PORT" "[::2]:$PORT"; do
		same "$host $(get /api/v1/me -H "$auth" -H "Host: $host")" "$host 421"
		same "$(code)" unknown_host
		same "$host $(get / -H "Host: $host")" "$host 421"
	done
	for host in "localhost:$PORT" "127.0.0.1:$PORT" "[::1]:$PORT" "LOCALHOST:$PORT"; do
		same "$host $(get /api/v1/me -H "$auth" -H "Host: $host")" "$host 200"
	done
	same "$(get /api/v1/me -H "$auth" -H 'Host:' -0)" 400
	same "$(get /api/v1/me -H "$auth" -H 'Host: a b')" 400
}

@test "a page of another site is refused, with a good token as well" {
	auth=$(header_of "$(token admin)")
	for origin in http://evil.example null "http://localhost:1" "http://localhost:$PORT.evil.example" \
		"https://evil.example:$PORT" "http://evil.example@localhost:$PORT" file:// "http://localhost:$PORT/"; do
		same "$origin $(get /api/v1/me -H "$auth" -H "Origin: $origin")" "$origin 403"
		same "$(code)" foreign_origin
		same "$origin $(post /api/v1/tickets '{}' -H "$auth" -H "Origin: $origin")" "$origin 403"
	done
	# The preflight of such a page gets no leave, nor does any answer give it.
	same "$(get /api/v1/tickets -X OPTIONS -H 'Origin: http://evil.example' -H 'Access-Control-Request-Method: POST')" 403
	refute grep -qi '^Access-Control' head
	same "$(get /api/v1/me -H "$auth" -H "Origin: http://localhost:$PORT")" 200
	refute grep -qi '^Access-Control' head
	# An image, a script or a frame of another site sends no Origin.
	same "$(get /api/v1/me -H "$auth" -H 'Sec-Fetch-Site: cross-site')" 403
	same "$(get / -H 'Sec-Fetch-Site: same-site' -H 'Sec-Fetch-Mode: no-cors' -H 'Sec-Fetch-Dest: image')" 403
	same "$(get / -H 'Sec-Fetch-Site: cross-site' -H 'Sec-Fetch-Mode: navigate' -H 'Sec-Fetch-Dest: document')" 200
}

@test "a token counts in the Authorization alone: not in an address, a cookie or a body" {
	t=$(token admin)
	for target in "/api/v1/me?token=$t" "/api/v1/me?access_token=$t" "/api/v1/me?authorization=Bearer%20$t"; do
		same "$(get "$target")" 401
		same "$(get "$target" -H "$(header_of "$t")")" 400
		same "$(code)" unknown_argument
	done
	same "$(get /api/v1/me -H "Cookie: token=$t; Authorization=Bearer $t")" 401
	same "$(get /api/v1/me -H "X-Api-Key: $t" -H "Proxy-Authorization: Bearer $t")" 401
	same "$(get /api/v1/me -u "pulse:$t")" 400
	same "$(get "/api/v1/me" -H "Authorization: $t")" 400
	grep -qi '^Content-Type: application/json' head
	same "$(get /api/v1/me)" 401
	grep -qix $'WWW-Authenticate: Bearer realm="pulse"\r' head
	refute grep -qi '^Set-Cookie' head
}

@test "a token that is misspelt, has ended or was taken away lets nobody in" {
	short=$(pulse-token add --role admin --expires 10m short 2>/dev/null)
	taken=$(pulse-token add --role admin taken 2>/dev/null)
	same "$(get /api/v1/me -H "$(header_of "$short")")" 200
	same "$(jq -r '[.name,.role,.from]|join(" ")' body)" 'token short admin 127.0.0.1'
	same "$(get /api/v1/me -H "$(header_of "$taken")")" 200
	same "$(get /api/v1/me -H "$(header_of "${taken%?}-")")" 401
	same "$(code)" unauthorized
	same "$(get /api/v1/me -H "$(header_of "${taken}x")")" 401
	same "$(get /api/v1/me -H "$(header_of pulse_)")" 401
	pulse-token rm taken
	same "$(get /api/v1/me -H "$(header_of "$taken")")" 401
	later 599
	same "$(get /api/v1/me -H "$(header_of "$short")")" 200
	later 1
	same "$(get /api/v1/me -H "$(header_of "$short")")" 401
	# An error does not tell one from the other.
	cp body ended
	get /api/v1/me -H "$(header_of "$taken")"
	cmp body ended
	pulse-token rm short
}

@test "wrong tokens are answered 429 after ten, said once, and keep no good one out" {
	: >"$HOME_OF_ALL/web.log"
	for i in $(seq 14); do
		get /api/v1/me -H "Authorization: Bearer pulse_wrong$i"
	done >got
	same "$(uniq -c got | awk '{ print $1 "*" $2 }' | paste -sd' ')" '10*401 4*429'
	same "$(code)" too_many_requests
	grep -qix $'Retry-After: 6\r' head
	same "$(cat "$HOME_OF_ALL/web.log")" "pulse-web: 10 wrong tokens from 127.0.0.1, more are answered 429"
	same "$(get /api/v1/me -H "$(header_of "$(token viewer)")")" 200
	later 6
	same "$(get /api/v1/me -H 'Authorization: Bearer pulse_wrong')" 401
}

@test "a viewer learns neither from 403 nor from 404 whether there is a job" {
	auth=$(header_of "$(token viewer 1)")
	routes | grep ^POST | grep -F '{job}' | while read -r _ path _; do
		for job in github_job there_is_none 7.github_job; do
			post "$(sed "s/{job}/$job/" <<<"$path")" '{}' -H "$auth"
			cat body
		done | sort | uniq -c | sed 's/^ *//' >got
		# Thrice the same status, thrice the same words.
		same "$(cut -d' ' -f1 got | paste -sd' ')" '3 3'
		grep -qx '3 403' got
	done
}

@test "a POST is taken as application/json only, which no form of a page can send" {
	auth=$(header_of "$(token admin 1)")
	for type in application/x-www-form-urlencoded text/plain multipart/form-data application/jsonp text/json ''; do
		same "$type $(get /api/v1/tickets -H "$auth" -d '{}' -H "Content-Type: $type")" "$type 415"
	done
	same "$(get /api/v1/tickets -H "$auth" -d '{}' -H 'Content-Type: application/json; charset=utf-8')" 201
}

@test "a body above 4 KiB is refused before it is read, one of 4 KiB is taken" {
	auth=$(header_of "$(token admin 2)")
	printf '%*s{}' 4094 '' >fits
	printf '%*s{}' 4095 '' >above
	same "$(post /api/v1/tickets @fits -H "$auth")" 201
	same "$(post /api/v1/tickets @above -H "$auth")" 413
	same "$(post /api/v1/tickets '{"nonsense":1}' -H "$auth")" 400
}

@test "commands come at most five a second of a token, ten at once" {
	auth=$(header_of "$(token viewer 2)")
	n=0
	until [ "$(post /api/v1/tickets '{}' -H "$auth")" = 429 ]; do
		[ $((n += 1)) -lt 200 ]
	done
	[ "$n" -ge 10 ]
	same "$(code)" too_many_requests
	grep -qix $'Retry-After: 1\r' head
	# Another token is another's.
	same "$(post /api/v1/tickets '{}' -H "$(header_of "$(token viewer 3)")")" 201
}

@test "every answer of the API is kept by nobody, is what it says, and has an id" {
	auth=$(header_of "$(token viewer)")
	for target in /api/v1/me /api/v1/nothing /api/v1/jobs/none "/api/v1/me?x=1"; do
		get "$target" -H "$auth" >/dev/null
		for line in 'Cache-Control: no-store' 'X-Content-Type-Options: nosniff'; do
			grep -qix "$line"$'\r' head
		done
		sed -n 's/^X-Request-Id: //Ip' head
	done >ids
	same "$(sort -u ids | wc -l)" 4
	get / >/dev/null
	csp=$(sed -n 's/^Content-Security-Policy: //Ip' head)
	for rule in "default-src 'none'" "script-src 'self'" "frame-ancestors 'none'" "base-uri 'none'" "form-action 'none'"; do
		[[ $csp == *"$rule"* ]]
	done
	[[ $csp != *unsafe* ]]
	grep -qix $'Referrer-Policy: no-referrer\r' head
}

@test "an argument that is said twice is refused, whatever its values" {
	auth=$(header_of "$(token viewer)")
	for twice in 'jobs?limit=1&limit=1' 'jobs?client=1&limit=2&client=2' 'metrics/dora?by=week&by=month' \
		'metrics/dora?set.days=1&set.days=2' 'jobs?limit=5&limit' 'jobs?limit=5&%6cimit=5'; do
		same "$(get "/api/v1/$twice" -H "$auth") $(code)" '400 bad_argument'
	done
	same "$(get '/api/v1/jobs?limit=1&client=1' -H "$auth")" 200
	same "$(get '/?a=1&a=2')" 200
}

@test "an answer is packed for who takes gzip, whatever way that is written" {
	for takes in gzip GZIP 'deflate, gzip' 'br,gzip;q=0.5' 'gzip; q=1.0'; do
		get /pulse.js -H "Accept-Encoding: $takes" >/dev/null
		grep -qix $'Content-Encoding: gzip\r' head
		gzip -dc <body | cmp - "$TOP/share/web/pulse.js"
	done
	for takes in identity x-gzip 'gzip;q=0' 'gzip; q=0' 'gzip ; Q=0.000' 'deflate, gzip;q=0, br'; do
		get /pulse.js -H "Accept-Encoding: $takes" >/dev/null
		refute grep -qi Content-Encoding head
		cmp body "$TOP/share/web/pulse.js"
	done
}

@test "nobody is let in over TCP while there is no token" {
	mkdir -m 700 home
	PULSE_HOME=$PWD/home own --listen 127.0.0.1:0 --port-file ./port
	until [ -s port ]; do kill -0 "$(cat own.pid)"; done
	URL=http://127.0.0.1:$(cat port)
	for auth in 'X-A: b' 'Authorization: Bearer pulse' 'Authorization: Bearer admin' "$(header_of "$(token admin)")"; do
		same "$auth $(get /api/v1/jobs -H "$auth")" "$auth 401"
	done
	same "$(get /)" 200
}

@test "an address that is no loopback needs tokens and --behind-proxy" {
	mkdir -m 700 home
	export PULSE_HOME=$PWD/home
	run --separate-stderr -78 timeout 20 pulse-web --listen 0.0.0.0:0
	[[ $stderr == *--behind-proxy* ]]
	run --separate-stderr -78 timeout 20 pulse-web --listen '[::]:0'
	run --separate-stderr -78 timeout 20 pulse-web --listen 0.0.0.0:0 --behind-proxy
	[[ $stderr == *'pulse token add'* ]]
	pulse-token add --role viewer x >/dev/null 2>&1
	run --separate-stderr -78 timeout 20 pulse-web --listen 0.0.0.0:0
	own --listen 0.0.0.0:0 --behind-proxy --host pulse.example.com --port-file port
	until [ -s port ]; do kill -0 "$(cat own.pid)"; done
}

@test "behind a proxy the client is the last that the proxy names, and the peer nobody" {
	own --listen ./web.sock --behind-proxy --host pulse.example.com
	until [ -S web.sock ]; do kill -0 "$(cat own.pid)"; done
	ask() { get /api/v1/me --unix-socket web.sock "$@"; }
	same "$(ask)" 401
	auth=$(header_of "$(token viewer)")
	same "$(ask -H "$auth" -H 'X-Forwarded-For: 10.9.9.9, 192.0.2.7' -H 'Host: pulse.example.com')" 200
	same "$(jq -r '[.role,.from]|join(" ")' body)" 'viewer 192.0.2.7'
	same "$(ask -H "$auth" -H 'Origin: https://pulse.example.com' -H 'Host: pulse.example.com')" 200
	same "$(ask -H "$auth" -H 'Origin: https://other.example.com' -H 'Host: pulse.example.com')" 403
	same "$(ask -H "$auth" -H 'Host: other.example.com')" 421
	# Without a proxy that header is a stranger's word.
	same "$(get /api/v1/me -H "$auth" -H 'X-Forwarded-For: 192.0.2.7')" 200
	same "$(jq -r .from body)" 127.0.0.1
}

@test "on the socket the owner is admin, and another user what --group-role says" {
	[ "$(id -u)" -eq 0 ] || skip "only root can be somebody else"
	setpriv --reuid=65534 --clear-groups true || skip "nobody but root may enter this root"
	AWAY=$(mktemp -d /tmp/pulse-access.XXXXXX)
	chmod 755 "$AWAY"
	own --listen "$AWAY/web.sock"
	until [ -S "$AWAY/web.sock" ]; do kill -0 "$(cat own.pid)"; done
	same "$(stat -c %a "$AWAY/web.sock")" 660
	same "$(get /api/v1/me --unix-socket "$AWAY/web.sock")" 200
	same "$(jq -r '[.name,.role,.from,(.token|tostring)]|join(" ")' body)" 'root admin uid 0 null'
	other() { setpriv --reuid=65534 --regid=65534 --clear-groups curl -s --unix-socket "$AWAY/web.sock" "$@"; }
	# Not of the socket's group: the door is shut.
	run other http://pulse/api/v1/me
	same "$status" 7
	chgrp 65534 "$AWAY/web.sock"
	same "$(other http://pulse/api/v1/me | jq -r '[.role,.from]|join(" ")')" 'viewer uid 65534'
	# A token makes him no more than he is.
	header_of "$(token admin)" >/dev/null
	chmod 644 auth
	same "$(other -H @- http://pulse/api/v1/me <auth | jq -r .role)" viewer
	kill "$(cat own.pid)"
	wait "$(cat own.pid)" || true
	own --listen "$AWAY/web.sock" --group-role operator
	until other http://pulse/ >/dev/null; do
		kill -0 "$(cat own.pid)"
		chgrp 65534 "$AWAY/web.sock" 2>/dev/null || true
	done
	same "$(other http://pulse/api/v1/me | jq -r .role)" operator
	for role in root Admin ''; do
		run --separate-stderr -64 timeout 20 pulse-web --listen "$AWAY/other.sock" --group-role "$role"
		[[ $stderr == "pulse-web: there is no role '$role': viewer, operator, admin"* ]]
	done
}

@test "on the socket a name with a dot is somebody's, since ssh -L brings browsers there" {
	own --listen ./web.sock
	until [ -S web.sock ]; do kill -0 "$(cat own.pid)"; done
	ask() { get /api/v1/me --unix-socket web.sock "$@"; }
	for host in pulse localhost localhost:9000 127.0.0.1:9000; do
		same "$host $(ask -H "Host: $host")" "$host 200"
	done
	same "$(ask -H 'Host: evil.example:9000')" 421
	same "$(ask -H 'Host: localhost:9000' -H 'Origin: http://localhost:9000')" 200
	same "$(ask -H 'Host: localhost:9000' -H 'Origin: http://localhost:3000')" 403
}

@test "a ticket lets one WebSocket in, once, within thirty seconds" {
	auth=$(header_of "$(token viewer 4)")
	ticket() { same "$(post /api/v1/tickets '{}' -H "$auth")" 201 && jq -r .ticket body; }
	knock() { say GET "${2:-/api/v1/ws}" '' "${upgrade[@]}" ${1:+"Sec-WebSocket-Protocol: pulse.v1, ticket.$1"} "${@:3}"; }
	t=$(ticket)
	same "$(knock "$t")" 101
	same "$(knock "$t")" 401
	same "$(knock '')" 401
	same "$(knock AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA)" 401
	t=$(ticket)
	later 30
	same "$(knock "$t")" 401
	# It stands in no address, and a page of another site gets nowhere with it.
	t=$(ticket)
	same "$(knock '' "/api/v1/ws?ticket=$t")" 400
	same "$(knock "$t" /api/v1/ws 'Origin: http://evil.example')" 403
	same "$(knock "$t" /api/v1/ws 'Origin: null')" 403
	same "$(knock "$t" /api/v1/ws "Origin: http://localhost:$PORT")" 101
	# Programs that can send a header need none.
	same "$(knock '' /api/v1/ws "Authorization: Bearer $(token viewer)")" 101
	same "$(knock '' /api/v1/ws 'Authorization: Bearer pulse_x')" 401
}

@test "a ticket is given to whoever may look, and is not asked for by others" {
	later 1
	same "$(post /api/v1/tickets '{}')" 401
	same "$(post /api/v1/tickets '{}' -H "$(header_of "$(token viewer 4)")")" 201
	ticket=$(jq -r .ticket body)
	[[ $ticket =~ ^[A-Za-z0-9_-]{43}$ ]]
	same "$(jq -c .protocols body)" "[\"pulse.v1\",\"ticket.$ticket\"]"
	same "$(($(date -d "$(jq -r .expires body)" +%s) - $(date -d "$(cat "$HOME_OF_ALL/clock")" +%s)))" 30
	refute grep -rqF "$ticket" "$HOME_OF_ALL/spool" "$HOME_OF_ALL/web.log"
}

# own_spool [OPTION...]: a server with a spool of its own, and its tokens.
own_spool() {
	mkdir -m 700 home
	export PULSE_HOME=$PWD/home
	for role in viewer operator admin; do
		pulse-token add --role $role $role 2>/dev/null >own.$role
	done
	"$@" pulse-web --listen 127.0.0.1:0 --port-file ./port >own.out 2>own.log 3>&- &
	echo $! >own.pid
	until [ -s port ]; do kill -0 "$(cat own.pid)"; done
	URL=http://127.0.0.1:$(cat port)
}
as() { header_of "$(cat "own.$1")"; }

@test "force, replace and the emergency stop are an admin's" {
	own_spool
	latch() { cut -c1 home/spool/control/latch; }
	for body in '{"force":true}' '{"force":true,"replace":true}'; do
		same "$(post /api/v1/jobs/github_job/start "$body" -H "$(as operator)")" 403
		same "$(code)" forbidden
		same "$(post /api/v1/jobs/github_job/start "$body" -H "$(as viewer)")" 403
	done
	same "$(post /api/v1/jobs/github_job/stop '{"force":true}' -H "$(as operator)")" 403
	same "$(post /api/v1/jobs/emergency-stop '{}' -H "$(as operator)")" 403
	same "$(post /api/v1/jobs/emergency-stop '{}' -H "$(as viewer)")" 403
	same "$(post /api/v1/jobs/emergency-stop '{}')" 401
	same "$(latch)" 0
	same "$(find home/spool/control -type f -not -name latch)" ""
	same "$(jq -r '[.who,.result]|join(" ")' home/spool/audit.ndjson | sort | uniq -c | sed 's/^ *//')" \
		"$(printf '4 token operator 403\n3 token viewer 403')"
	# An admin may, however many commands he has just given.
	n=0
	until [ "$(post /api/v1/tickets '{}' -H "$(as admin)")" = 429 ]; do
		[ $((n += 1)) -lt 200 ]
	done
	same "$(post /api/v1/jobs/emergency-stop '{"reason":"drill"}' -H "$(as admin)")" 200
	same "$(latch)" 1
}

@test "what is asked is written down before it is done, and what came of it behind that" {
	command -v strace >/dev/null || skip "strace is not installed"
	own_spool strace -D -f -s 400 -o trace -e trace=write,fdatasync,fsync,linkat
	status=$(post '/api/v1/jobs/github_job/pause?client=1' '{"reason":"a test"}' -H "$(as operator)")
	id=$(tr -d '\r' <head | sed -n 's/^X-Request-Id: //Ip')
	same "$status $(code)" '503 no_scheduler'
	same "$(jq -c '[.request,.who,.role,.from,.method,.path,.job,.client,.result]' home/spool/audit.ndjson)" \
		"$(printf '["%s","token operator","operator","127.0.0.1","POST","/api/v1/jobs/github_job/pause","github_job",1,%d]\n' "$id" 0 "$id" 503)"
	same "$(jq -r 'select(.result == 0).detail | fromjson | [.cmd,.job,.client,.note] | join(" ")' home/spool/audit.ndjson)" \
		'pause github_job 1 a test'
	same "$(stat -c %a home/spool/audit.ndjson)" 600
	same "$(jq -r .at home/spool/audit.ndjson | cut -c1-19 | sort -u)" "$(cut -c1-19 "$PULSE_TEST_CLOCK")"
	# On disk, and only then to the scheduler.
	order=$(grep -oE '^[0-9]+ +(write\([0-9]+, "\{\\"at|fdatasync|linkat)' trace | sed -E 's/^[0-9]+ +//; s/\(.*//' | paste -sd' ')
	same "$order" 'write fdatasync linkat write fdatasync'
}

@test "a command that is refused for the role is put on record, and fills no disk" {
	own_spool
	same "$(post '/api/v1/jobs/github_job/pause?client=1' '{"reason":"curious"}' -H "$(as viewer)")" 403
	id=$(tr -d '\r' <head | sed -n 's/^X-Request-Id: //Ip')
	same "$(jq -c '[.request,.who,.role,.from,.method,.path,.job,.detail,.result,.message]' home/spool/audit.ndjson)" \
		"[\"$id\",\"token viewer\",\"viewer\",\"127.0.0.1\",\"POST\",\"/api/v1/jobs/github_job/pause\",null,\"\",403,\"this needs the role operator, yours is viewer\"]"
	same "$(stat -c %a home/spool/audit.ndjson)" 600
	for i in $(seq 40); do
		post /api/v1/jobs/emergency-stop '{}' -H "$(as viewer)"
	done >got
	same "$(sort -u got)" 403
	# Ten at once, one a minute: of a slow machine one more.
	n=$(wc -l <home/spool/audit.ndjson)
	[ "$n" -ge 10 ]
	[ "$n" -le 11 ]
	same "$(cat own.log)" "pulse-web: 10 commands were refused to token viewer from 127.0.0.1 for the role, of more one a minute is put on record"
	# Another's are his own, and reading is no command.
	same "$(post /api/v1/history/prune '{}' -H "$(as operator)")" 403
	same "$(get /api/v1/nothing -H "$(as viewer)")" 404
	same "$(tail -n +$((n + 1)) home/spool/audit.ndjson | jq -r '[.who,.path,.result]|join(" ")')" 'token operator /api/v1/history/prune 403'
	# Where it cannot be written, the answer is the same.
	rm home/spool/audit.ndjson
	mkdir home/spool/audit.ndjson
	same "$(post /api/v1/history/prune '{}' -H "$(as operator)")" 403
}

@test "a token that is given as Idempotency-Key is refused, and becomes no name of a file" {
	own_spool
	for key in "$(cat own.operator)" "\"$(cat own.viewer)\"" "n.$(cut -c1-49 own.admin)"; do
		same "$(post /api/v1/jobs/github_job/pause '{}' -H "$(as operator)" -H "Idempotency-Key: $key")" 400
		same "$(code)" bad_request
		refute grep -qF pulse_ body
	done
	same "$(find home/spool -name '*pulse_*')" ""
	[ ! -e home/spool/audit.ndjson ]
	# The form of a name is not taken for one.
	same "$(post /api/v1/jobs/github_job/pause '{}' -H "$(as operator)" -H 'Idempotency-Key: pulse_web-1')" 503
	same "$(code)" no_scheduler
}

@test "without its line in the audit nothing is done but an emergency stop" {
	own_spool
	ln -s "$PWD/elsewhere" home/spool/audit.ndjson
	same "$(post /api/v1/jobs/github_job/pause '{}' -H "$(as operator)")" 503
	same "$(code)" no_audit
	same "$(find home/spool/control -type f -not -name latch)" ""
	same "$(post /api/v1/jobs/emergency-stop '{}' -H "$(as admin)")" 200
	same "$(cut -c1 home/spool/control/latch)" 1
	[ ! -e elsewhere ]
}

@test "a token stands in no file, log, answer, argument or core of pulse-web" {
	own_spool
	canary=$(cat own.admin)
	auth=$(as admin)
	{
		get "/api/v1/jobs?token=$canary" -H "$auth"
		get "/api/v1/jobs/$canary" -H "$auth"
		get "/$canary" -H "$auth"
		get /api/v1 -H "$auth"
		get /api/v1/me -H "$auth"
		get /api/v1/runs -H "$auth"
		get /metrics -H "$auth"
		post "/api/v1/jobs/github_job/pause" "{\"reason\":\"$canary\"}" -H "$auth"
		post "/api/v1/jobs/github_job/pause" "{\"$canary\":1}" -H "$auth"
		post /api/v1/jobs/emergency-stop "{\"reason\":\"$canary\"}" -H "$auth"
		post /api/v1/tickets '{}' -H "$auth"
	} >statuses
	grep -qx 200 statuses
	grep -qF 'pulse_***' home/spool/audit.ndjson
	pid=$(cat own.pid)
	cat "/proc/$pid/cmdline" "/proc/$pid/environ" >process
	grep -qE '^Max core file size +0 +0' "/proc/$pid/limits"
	for form in "$canary" "${canary#pulse_}" "$(base64 -w0 <own.admin)" "$(base64 -w0 <<<"Bearer $canary" | cut -c1-60)"; do
		refute grep -rF -- "$form" home own.log own.out process
	done
}
