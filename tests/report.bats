#!/usr/bin/env bats
# Pictures, and the page that holds them: what metrics --format svg, metrics
# report and pipelines/report --html write.

load helper
load delivery

NOW=2026-11-24T08:00:00Z
setup() { in_own_folder; }

# An organisation of 50 repositories, and its page, for all tests to look at.
setup_file() {
	cd "$BATS_FILE_TMPDIR" || exit 1
	BATS_TEST_TMPDIR=$PWD
	export PULSE_HOME=$PWD/home
	demo_start --now $NOW --repos 50 --prs 500 --issues 250 --days 200
	GITHUB_TOKEN=demo-github-token "$TOP/pipelines/github_job" -q \
		--base-url "$DEMO_URL/github" --org acme
	JIRA_EMAIL=demo@acme.test JIRA_API_TOKEN=demo-jira-token \
		"$TOP/pipelines/jira_job" -q --base-url "$DEMO_URL/jira"
	demo_stop
	"$TOP/pipelines/report" --html page.html --until 2026-11-25
}

page() { cat "$BATS_FILE_TMPDIR/page.html"; }

# What an XPath finds in a file, one a line.
found() { # FILE XPATH
	xmllint --xpath "$2" "$1" 2>/dev/null || true
}
number() { found "$1" "count($2)"; } # FILE XPATH

svg() { metrics -d a.db --format svg "$@" >picture.svg && xmllint --noout picture.svg; }

@test "the page of 50 repositories is whole, well-formed and under 200 KB" {
	page >page.html
	xmllint --noout page.html
	[ "$(wc -c <page.html)" -lt 200000 ]
	[ "$(wc -c <page.html)" -gt 50000 ]
	same "$(tail -n 1 page.html)" '</html>'
	refute grep -q '{{' page.html
	[ ! -e "$(echo "$BATS_FILE_TMPDIR"/.report.*)" ]
}

@test "the page needs nothing from elsewhere and runs no script" {
	page >page.html
	same "$(number page.html '//script | //link | //img | //iframe | //object | //@src | //@srcset')" 0
	same "$(number page.html '//@*[starts-with(name(), "on")]')" 0
	refute grep -qE '@import|@font-face|url\([^#]|javascript:' page.html
	# All links lead into the page, to something that is there.
	found page.html '//@href' | sed 's/.*"#\(.*\)"/\1/' | sort -u >links
	[ "$(wc -l <links)" -gt 20 ]
	found page.html '//@id' | sed 's/.*"\(.*\)"/\1/' | sort >ids
	same "$(comm -23 links <(sort -u ids))" ""
	same "$(uniq -d ids)" ""
}

@test "every picture has a title and a description, and its figures as a table" {
	page >page.html
	svg='*[local-name()="svg"]'
	[ "$(number page.html "//$svg")" -gt 30 ]
	same "$(number page.html "//$svg[not(*[local-name()='title'][string-length(.) > 3])]")" 0
	same "$(number page.html "//$svg[not(*[local-name()='desc'][string-length(.) > 20])]")" 0
	same "$(number page.html "//figure[$svg][not(.//table)]")" 0
	same "$(number page.html "//$svg[not(@viewBox)] | //$svg[@width]")" 0
	# What labels a picture is its own title and description.
	same "$(found page.html "//$svg/@aria-labelledby" | sed 's/.*"\(.*\)"/\1/')" \
		"$(paste -d' ' <(found page.html "//$svg/*[local-name()='title']/@id" | sed 's/.*"\(.*\)"/\1/') \
			<(found page.html "//$svg/*[local-name()='desc']/@id" | sed 's/.*"\(.*\)"/\1/'))"
}

@test "the cards say value, n, band as a word, and the set of bands" {
	page >page.html
	export PULSE_HOME=$BATS_FILE_TMPDIR/home
	metrics lead_time --until 2026-11-25 --format ndjson | head -n 1 >figure
	card='//article[h3="Lead time for changes"]'
	same "$(found page.html "string($card/p[@class='n'])")" \
		"n = $(jq -r .n figure) pull requests; dora-2023$(jq -r 'select(.note) | "; " + .note' figure)"
	same "$(found page.html "normalize-space($card/p[@class='band']/text()[last()])")" \
		"$(jq -r .band figure)"
	same "$(number page.html "$card/details[.//text()[contains(., 'lower median')]]")" 1
	same "$(found page.html "string($card/p[@class='value'])")" \
		"$(metrics lead_time --until 2026-11-25 | sed -n 's/^lead time for changes  *\([^ ]* [^ ]*\)  .*/\1/p')"
}

@test "each kind of picture is drawn from the metrics of a real database" {
	export PULSE_HOME=$BATS_FILE_TMPDIR/home
	page >page.html
	for part in "Line chart of how long a change" "Stacked bars of how long" \
		"Column chart of" "Burndown of" "Burnup of" "Scatter plot of" \
		"Cumulative flow of" "Table of squares of who" "Stacked column chart of"; do
		grep -q "<desc[^>]*>$part" page.html || echo "$part"
	done >missing
	same "$(cat missing)" ""
	metrics ls --format ndjson | jq -r .name >names
	while read -r name; do
		metrics "$name" --until 2026-11-25 --format svg >"$name.svg"
		[ "$(wc -c <"$name.svg")" -lt 20000 ] || echo "$name is large"
	done <names >large
	same "$(cat large)" ""
	xmllint --noout ./*.svg
}

# Two deployments and a pull request whose words try to be more than words.
hostile() {
	new_db a.db <<-'SQL'
		INSERT INTO repo VALUES ('api');
		INSERT INTO c VALUES ('api','01',''), ('api','02','01');
		INSERT INTO d VALUES
		('api',1,'production','01','2026-11-01T08:00','success 2026-11-01T09:00'),
		('api',2,'production','02','2026-11-02T13:00','success 2026-11-02T14:00');
		INSERT INTO p VALUES ('api',1,'<script>x()</script>','2026-11-02T10:00','2026-11-02T12:00','02');
		INSERT INTO review VALUES ('api',1,'"><b onload=x() ' || char(0x202e) || char(27) || '[31m','2026-11-02T11:00');
	SQL
	link-deployments -q -d a.db 2>/dev/null || link-deployments -d a.db
	printf 'clients: [{id: 1, name: "</title><script>alert(1)</script>&amp;"}]\n' >pulse.yaml
}

@test "names from outside stay text in pictures and page" {
	hostile
	svg collaboration --since 2026-11-01 --until 2026-11-09 -c pulse.yaml
	same "$(number picture.svg '//*[local-name()="script"] | //*[local-name()="b"] | //@onload')" 0
	grep -q '&lt;script&gt;' picture.svg
	run --separate-stderr -0 metrics -d a.db -c pulse.yaml report --since 2026-11-01 --until 2026-11-09
	[ -z "$stderr" ]
	printf '%s\n' "$output" >page.html
	xmllint --noout page.html
	same "$(number page.html '//script | //b')" 0
	same "$(found page.html 'string(//h1)')" 'How </title><script>alert(1)</script>&amp; delivers'
	# What turns the direction of writing, or is a terminal's command, shows.
	refute grep -q "$(printf '\u202e')" page.html
	grep -q '\\xe2\\x80\\xae' page.html
}

@test "a database without anything gives a page that says no data" {
	new_db a.db </dev/null
	run --separate-stderr -0 metrics -d a.db report
	printf '%s\n' "$output" >page.html
	xmllint --noout page.html
	[ "$(number page.html '//p[@class="value"][.="no data"]')" -ge 4 ]
	same "$(found page.html 'string(//figure[figcaption="Lead time by stage"]/p)')" "no data"
	same "$(number page.html '//figure[figcaption="Burndown of the latest sprints"]/*')" 2
	svg lead_time --by week
	grep -q '>no data</text>' picture.svg
}

@test "a gap is drawn where a week has no data, and a marker for a week alone" {
	hostile
	svg lead_time --by week --since 2026-10-12 --until 2026-11-23
	# Of six weeks one has a figure: no line, but its marker.
	same "$(found picture.svg 'count(//*[@class="l0"][contains(@d, "L")])')" 0
	same "$(found picture.svg 'string(//*[@class="f0"]/@d)' | tr -cd M | wc -c)" 1
	svg deployment_frequency --by week --since 2026-10-12 --until 2026-11-23
	same "$(found picture.svg 'string(//*[@class="l0"]/@d)' | tr -cd ML)" MLLLLL
}

@test "a template of one's own takes no C, and its mistakes are named by line" {
	hostile
	printf '<p>{{name}}{{section}}<i/>{{chart nothing}}{{end}}\n{{section}}<u/>{{table lead_time by=repo,week title="A < B"}}{{end}}</p>' >own.html
	run -0 metrics -d a.db report own.html --since 2026-11-02 --until 2026-11-09
	[[ $output == '<p>the organisation'*'<u/>'*'A &lt; B'*'acme/api'* ]]
	[[ $output != *'<i/>'* ]]
	mistake() { # TEMPLATE REASON
		printf '<p>\n%s' "$1" >own.html
		run --separate-stderr -78 metrics -d a.db report own.html
		same "$stderr" "metrics: cannot use 'own.html': line 2: $2"
		[ -z "$output" ]
	}
	mistake '{{pie lead_time}}' "unknown step 'pie'"
	mistake '{{chart}}' "expected the name of a metric behind 'chart'"
	mistake "{{chart stored by=week}}" "stored cannot be grouped by week, nor by anything else"
	mistake '{{chart lead_time as=pie}}' "unknown picture 'pie'"
	mistake '{{chart lead_time size=3}}' "expected by, since, as or title, not 'size'"
	mistake '{{chart lead_time' "expected }} behind '{{'"
	mistake '{{section}}' "a section without its end"
	run --separate-stderr -78 metrics -d a.db report missing.html
	same "$stderr" "metrics: cannot use 'missing.html': No such file or directory"
}

@test "a bare picture has neither style nor a drawn title, and no picture has a style attribute" {
	hostile
	metrics -d a.db lead_time --format svg >alone.svg
	metrics -d a.db lead_time --format svg --bare >bare.svg
	xmllint --noout bare.svg
	grep -q '<style>' alone.svg
	refute grep -q 'style' bare.svg
	grep -q '<title id="lead_time-t">Lead time' bare.svg
	refute grep -q 'class="t"' bare.svg
	metrics -d a.db report >page.html
	grep -q 'fill="url(#' page.html
	refute grep -q 'style="' page.html
	run --separate-stderr -64 metrics -d a.db lead_time --bare
}

@test "a picture is of one metric, and a report takes no format" {
	hostile
	run --separate-stderr -64 metrics -d a.db dora --format svg
	[[ $stderr == "metrics: svg is a picture of one metric; \`metrics report\` makes a page of many"* ]]
	run --separate-stderr -64 metrics -d a.db report --format csv
	run --separate-stderr -64 metrics -d a.db report --by week
	run --separate-stderr -64 metrics -d a.db report a b
}

@test "pipelines/report --html leaves the old page where the new one fails" {
	hostile
	echo old >page.html
	run --separate-stderr -78 "$TOP/pipelines/report" -d none.db --html page.html
	same "$(cat page.html)" old
	same "$(find . -name '.report*')" ""
	run --separate-stderr -0 "$TOP/pipelines/report" -d a.db --html=page.html
	[ -z "$output" ]
	xmllint --noout page.html
	run --separate-stderr -73 "$TOP/pipelines/report" -d a.db --html none/page.html
}
