# A pulse.db made by hand, for link-deployments.bats and metrics.bats; load it
# after helper.

# new_db FILE - with the shipped schema and what the SQL on standard input puts
# in, in the short forms of fixtures/delivery.sql.
new_db() {
	local file newest
	for file in "$SHARE"/schema/[0-9]*.sql; do
		printf '.read "%s"\n' "$file"
		newest=${file##*/}
	done >schema.read
	{
		echo "PRAGMA synchronous = OFF;" # a disk that waits for nothing
		cat schema.read
		echo "PRAGMA application_id = 1349872755;"
		echo "PRAGMA user_version = $((10#${newest%%-*}));"
		printf '.read "%s"\n' "$TOP/tests/fixtures/delivery.sql"
		cat
	} | sqlite3 -bail "$1"
}

# more FILE - further SQL in the same short forms.
more() {
	{
		printf '.read "%s"\n' "$TOP/tests/fixtures/delivery.sql"
		cat
	} | sqlite3 -bail "$1"
}
