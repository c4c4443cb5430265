# shellcheck shell=bash
# parts.bash - what run and round share: the stream, the stages, the dump

export PULSE_TEST_CLOCK=$WORK/clock
unset PULSE_BATCH PULSE_JOB PULSE_RUN_DIR PULSE_CONFIG
calls=write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,link,linkat
calls+=,unlink,unlinkat,ftruncate,mkdir,mkdirat

start_api() { # OPTION...
	echo 2026-11-20T00:00:00Z >"$WORK/clock"
	rm -f "$WORK/port"
	demo-api --repos 2 --prs 8 --issues 8 --days 30 --seed 7 "$@" \
		--now 2026-11-20T00:00:00Z --port 0 --port-file "$WORK/port" >"$WORK/api.log" 2>&1 &
	api=$!
	until [ -s "$WORK/port" ]; do
		kill -0 "$api" || { cat "$WORK/api.log" >&2; exit 70; }
		sleep 0.05
	done
}

stop_api() {
	[ -z "$api" ] || { kill "$api" && wait "$api"; } 2>/dev/null || true
	api=''
}

github() {
	GITHUB_TOKEN=demo-github-token "$@" --base-url "http://127.0.0.1:$(cat "$WORK/port")/github" --org acme -q
}

jira() {
	JIRA_EMAIL=demo@acme.test JIRA_API_TOKEN=demo-jira-token "$@" \
		--base-url "http://127.0.0.1:$(cat "$WORK/port")/jira" -q
}

# The stream of the stages that are ended: both fetchers' output, with lines in
# front that validate must reject.
record() {
	printf '%s\n' 'no record at all' '{"type":"github_pr","client":1,"source":"github"}'
	github fetch-github || [ $? -eq 121 ]
	jira fetch-jira || [ $? -eq 121 ]
}

# One stage in $PULSE_HOME, behind the words before it (strace ... or nothing).
stage() { # NAME [WORD...]
	local name=$1
	shift
	case $name in
	put) "$@" spool-put github -- cat "$WORK/stream" ;;
	parts) "$@" spool-put --part-size 200000 github -- cat "$WORK/stream" ;;
	take) "$@" spool-take github -- validate '|' load --checkpoints "$PULSE_HOME/spool/checkpoints" ;;
	validate) spool-take github -- "$@" validate '|' load --checkpoints "$PULSE_HOME/spool/checkpoints" ;;
	load) spool-take github -- validate '|' "$@" load --checkpoints "$PULSE_HOME/spool/checkpoints" ;;
	link) "$@" link-deployments ;;
	esac
}

# What must be there before a stage, and what it leaves behind.
make_bases() {
	local name code
	for name in put parts take validate load link; do mkdir -p "$WORK/base.$name"; done
	PULSE_HOME=$WORK/base.load stage put
	PULSE_HOME=$WORK/base.take stage parts
	cp -a "$WORK/base.load/." "$WORK/base.validate"
	cp -a "$WORK/base.load/." "$WORK/base.link"
	code=0
	PULSE_HOME=$WORK/base.link stage take 2>/dev/null || code=$?
	[ "$code" -eq 121 ] || { echo "torture: the undisturbed load ends with $code" >&2; exit 70; }
	cp -a "$WORK/base.link" "$WORK/reference"
	make_dump "$WORK/reference/spool/pulse.db" >"$WORK/dump.sql"
	dump "$WORK/reference" >"$WORK/loaded.dump"
	rejects "$WORK/reference" >"$WORK/rejects"
	PULSE_HOME=$WORK/reference stage link
	dump "$WORK/reference" >"$WORK/reference.dump"
	[ "$(wc -l <"$WORK/reference.dump")" -gt 500 ] && [ -s "$WORK/rejects" ] ||
		{ echo "torture: the reference is too small to tell anything" >&2; exit 70; }
}

# What whole jobs against demo-api come to; its repositories that always fail
# would make each round wait.
make_chaos_reference() {
	stop_api
	start_api
	export PULSE_HOME=$WORK/chaos
	github "$HERE/../../pipelines/github_job"
	jira "$HERE/../../pipelines/jira_job"
	dump_jobs "$PULSE_HOME" >"$WORK/chaos.dump"
}

# The SQL that prints each table that holds data, without the columns that tell
# when a row came; then the latest cursor of each scope, and open failures.
make_dump() {
	local table columns
	for table in $(sqlite3 -readonly "$1" "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN
		('meta', 'job_checkpoints', 'scopes', 'loads', 'failures', 'key_lists', 'repository_names',
		'touched', 'data_quality', 'forgotten_salt') AND name NOT LIKE 'linked%' AND name NOT LIKE 'sqlite%' ORDER BY 1"); do
		columns=$(sqlite3 -readonly "$1" "SELECT group_concat(CASE name WHEN 'deleted_at'
			THEN 'deleted_at IS NULL' ELSE '\"' || name || '\"' END) FROM pragma_table_info('$table')
			WHERE name NOT IN ('updated_ms', 'fetched_ms', 'digest')")
		echo "SELECT '$table', $columns FROM $table ORDER BY $columns;"
	done
	echo "SELECT 'failure', client_id, job_name, scope, entity, key, class FROM failures
		WHERE resolved_at IS NULL ORDER BY 2, 3, 4, 5, 6;"
	echo "SELECT 'cursor', client_id, job_name, scope, checkpoint_data FROM job_checkpoints c
		WHERE id = (SELECT max(id) FROM job_checkpoints d WHERE (d.client_id, d.job_name, d.scope) =
		(c.client_id, c.job_name, c.scope)) ORDER BY 2, 3, 4;"
}

dump() { sqlite3 -readonly -quote "$1/spool/pulse.db" <"$WORK/dump.sql"; }

# The same of whole jobs, whose cursors list things in the order in which
# answers came.
dump_jobs() {
	dump "$1" | grep -v "^'cursor'"
	jq -cS 'walk(if type == "array" then sort else . end)' "$1"/spool/checkpoints/1/*.json
}

rejects() { cat "$1"/spool/queue/1/github/bad/*.rejects | jq -c 'del(.at)'; }

# Prints rounds `end STAGE FAULT CALL N`: all of them, or of each call the
# first, the last, and some between by the seed.
rounds_of() { # FULL SEED FAULT
	local full=$1 seed=$2 fault=$3 name call count n
	RANDOM=$seed
	for name in put parts take validate load link; do
		rm -rf "$WORK/count"
		cp -a "$WORK/base.$name" "$WORK/count"
		PULSE_HOME=$WORK/count stage "$name" strace -qq -o "$WORK/trace" -e trace="$calls" >/dev/null 2>&1 || true
		sed -nE 's/^([a-z0-9_]+)\(.*/\1/p' "$WORK/trace" | sort | uniq -c >"$WORK/counts"
		while read -r count call; do
			for ((n = 1; n <= count; n++)); do
				[ -n "$full" ] || [ "$n" -eq 1 ] || [ "$n" -eq "$count" ] ||
					[ $((RANDOM % count)) -lt 2 ] || continue
				echo "end $name $fault $call $n"
			done
		done <"$WORK/counts"
	done
}
