#!/usr/bin/env bats
# How the source must look, as far as a machine can tell.

load helper

setup() { cd "$TOP" || exit 1; }

# The C files of programs and modules.
sources() { git ls-files 'tools/*.c' 'tools/lib/*.[ch]' 'tools/lib/*/*.[ch]'; }
tools() { git ls-files 'tools/*.c' | grep -v /lib/ | sed 's,.*/,,; s,\.c$,,'; }

none() { # WHAT: fails with the lines on stdin under this title
	local lines
	lines=$(cat)
	[ -z "$lines" ] || {
		printf '%s:\n%s\n' "$1" "$lines" >&2
		return 1
	}
}

@test "every tool has a source, a page, tests, and nothing else is in bin" {
	for t in $(tools); do
		for f in "tools/$t.1" "tests/$t.bats" "bin/$t"; do
			[ -f "$f" ] || echo "$f is missing"
		done
	done | none "incomplete tools"
	comm -13 <(tools | sort) <(ls bin | sort) | none "unknown programs in bin"
}

@test "the first comment of a tool is the NAME of its page and its line in README" {
	for t in $(tools); do
		does=$(sed -n '1s,^/\* '"$t"' - \(.*\) \*/$,\1,p' "tools/$t.c")
		[ -n "$does" ] || echo "$t: the first comment is not '$t - what it does'"
		[ "$(sed -n 's/^\.Nd //p' "tools/$t.1")" = "$does" ] || echo "$t: .Nd is not '$does'"
		grep -qF -- "$does" README.md || echo "$t: README does not say '$does'"
		"bin/$t" --help | head -1 | grep -qxF "$t - $does" || echo "$t: --help says it differently"
	done | none "descriptions that differ"
}

@test "the usage of a tool names the options of its page's SYNOPSIS" {
	for t in $(tools); do
		diff <("bin/$t" --options-tsv | awk -F'\t' '$2 !~ /^--(help|version)$/ { print $1 != "" ? $1 : $2 }' | sort -u) \
			<(sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESC/p' "tools/$t.1" |
				grep -oE '\bFl (Fl |-)?[A-Za-z][A-Za-z-]*' |
				sed -E 's/^Fl (Fl |-)/--/; s/^Fl /-/' | sort -u) |
			sed -n "s/^[<>]/$t: &/p"
	done | none "options only in the tool (<) or only in its page (>)"
}

@test "EXIT STATUS of a page lists every code that its tool names" {
	for t in $(tools); do
		for code in $(grep -oE '\bEX_[A-Z]+' "tools/$t.c" | sort -u); do
			number=$(printf '#include "base/outcome.h"\n%s\n' "$code" |
				gcc -E -P -Itools/lib -x c - | tail -n 1)
			[ "$number" != EX_PARTIAL ] || number=121
			sed -n '/^\.Sh EXIT STATUS/,/^\.Sh EXAMPLES/p' "tools/$t.1" |
				grep -qE "\\b$number\\b" || echo "$t: $code ($number)"
		done
	done | none "codes that no page lists"
}

@test "every page passes mandoc's lint" {
	mandoc -T lint -W warning tools/*.1 share/man/*.[1-8]
}

@test "each library is included by one module only" {
	# httpd is three files: the server, what it shows of a request, how one waits.
	while read -r header module; do
		grep -lE "#include <$header" $(sources) | grep -vxE "tools/lib/$module" |
			sed "s,^,$header in ,"
	done <<-'END' | none "a second door"
		curl/ net/http.c
		sqlite3.h storage/store.c
		yaml.h base/config.c
		(jq|jv).h records/filter.c
		pcre2.h records/pattern.c
		microhttpd.h net/httpd(request|wait)?.c
		wslay/ net/websocket.c
		zlib.h net/gzip.c
		zstd.h storage/spool.c
		openssl/ base/crypto.c
	END
}

@test "no module includes a folder above its own" {
	order=(base records storage measure picture net demo jobs run lead ask look guard health web)
	for i in "${!order[@]}"; do
		for ((k = i + 1; k < ${#order[@]}; k++)); do
			grep -nE "#include \"${order[k]}/" "tools/lib/${order[i]}"/*.[ch]
		done
	done | none "includes that climb"
	grep -nE '#include "[^/"]+"' $(sources) | none "includes without a folder"
}

@test "every header compiles alone and says what it is" {
	for h in $(git ls-files 'tools/lib/*/*.h'); do
		gcc -std=c11 -D_GNU_SOURCE -Itools/lib -fsyntax-only -x c "$h" || echo "$h does not compile"
		[ "$(sed -n 1p "$h")" = '/*' ] || echo "$h has no contract"
		n=$(basename "$h" .h)
		sed -n 2p "$h" | grep -q "^ \* $n - " || echo "$h: line 2 is not ' * $n - …'"
	done 2>&1 | none "headers"
}

@test "no banned call stands in the source" {
	grep -nE '\b(strcpy|strcat|sprintf|vsprintf|strtok|gets|atoi|atol|localtime|gmtime|mktemp|system|popen)\(' $(sources) |
		none "banned calls"
	grep -nE 'printf\([^)]*"\{' $(sources) | none "JSON by printf"
	grep -nE '\b(TODO|FIXME|XXX)[: ]' $(sources) pipelines/* | none "unfinished"
}

@test "no file is named for what it is not" {
	git ls-files | grep -E '(^|/)(util|utils|common|helpers|misc|types|globals)\.[ch]$' | none "names"
}

@test "no module keeps mutable state of its own" {
	# Constant tables of pointers are in .data.rel.ro: those are none.
	for o in build/lib/*/*.o; do
		objdump -t "$o" | awk -v o="$o" '/ O \.(data|bss|tdata|tbss|data\.rel|data\.rel\.local)\t/ { print o, $NF }'
	done | grep -vE '^build/lib/base/msg.o | (interrupted|stopping|signalled|asked)[a-z_]*$' |
		none "file-scope variables"
}

@test "no function is longer than 80 lines, no tool than 400" {
	for f in $(sources); do
		awk -v f="$f" '/^\{/ { start = NR } /^\}/ && start { if (NR - start > 80) print f ":" start ": " NR - start " lines"; start = 0 }' "$f"
		case $f in tools/lib/*) ;; *) [ "$(wc -l <"$f")" -le 400 ] || echo "$f: $(wc -l <"$f") lines" ;; esac
	done | none "too long"
}

@test "the source is formatted as .clang-format says" {
	clang-format --dry-run -Werror $(git ls-files 'tools/*.[ch]' 'tests/*.[ch]')
}

@test "the scripts pass shellcheck" {
	shellcheck -x $(git ls-files 'pipelines/*' 'tests/*/run' tests/run tests/compare/{harm,organisation,truth} share/setup .ci/run)
}

@test "a program links only the libraries that it uses" {
	readelf -d bin/validate | grep -E 'libcurl|libmicrohttpd|libsqlite3' | none 'bin/validate links too much'
	readelf -d bin/load | grep -E 'libcurl|libmicrohttpd' | none 'bin/load links too much'
	readelf -d bin/fetch-github | grep -E 'libmicrohttpd|libsqlite3' | none 'bin/fetch-github links too much'
}

@test "a program is hardened: position independent, full relro, no executable stack" {
	for t in $(tools); do
		readelf -h "bin/$t" | grep -q 'DYN' || echo "$t: not PIE"
		readelf -d "bin/$t" | grep -q 'BIND_NOW\|NOW' || echo "$t: no BIND_NOW"
		readelf -lW "bin/$t" | grep GNU_STACK | grep -q 'RWE' && echo "$t: executable stack"
	done | none "soft programs"
}

@test "a second make does nothing" {
	make -s all units
	run make all units
	refute grep -E '^(gcc|cc|ar) ' <<<"$output"
}

@test "make install puts programs, pages and share where DESTDIR says" {
	make -s install DESTDIR="$BATS_TEST_TMPDIR/root" PREFIX=/usr
	cd "$BATS_TEST_TMPDIR/root/usr"
	[ -x bin/spool-put ]
	[ -x libexec/pulse/load ]
	[ ! -e bin/load ]
	[ -f share/pulse/records/github_pr.yaml ]
	[ -f share/pulse/grafana/pulse.json ]
	[ -f share/pulse/datasette/metadata.yaml ]
	[ -f share/man/man1/load.1 ]
	[ -f share/man/man7/pulse.7 ]
	[ -f share/bash-completion/completions/pulse-ctl ]
	[ -f share/zsh/site-functions/_pulse ]
	libexec/pulse/validate --strict <<<'{"type":"nothing"}' 2>err || [ $? -eq 65 ]
}

@test "no check in a test is one that bats passes over" {
	# errexit does not see a failing `! CMD`, nor the left of an `&&`.
	awk 'FNR == 1 { last = "" } last != "" && !/^}/ { print last } { last = "" }
		/^\t+! / { last = FILENAME ":" FNR ": " $0 }' tests/*.bats tests/browser/*.bats | none "negations, use refute"
	grep -nE '^\s+\[ .* \] && \[ .* \]$' tests/*.bats tests/browser/*.bats | none "two checks in one line"
}
