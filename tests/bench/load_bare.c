/*
 * load_bare DB - the least that loading the rows of `slim` can cost: one
 * prepared INSERT, bound and stepped for each line, in one transaction, into
 * the table that load fills, with the same pragmas.  It knows where each value
 * stands in the line and looks at nothing else: no check of the JSON, no
 * versions, no second look at a row that is there.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text {
	const char *at;
	int len;
};

/* The text between the end of before and the next quote or comma. */
static struct text
after(const char **line, const char *before, char end)
{
	const char *at = strstr(*line, before) + strlen(before);
	const char *stop = strchr(at, end);

	*line = stop;
	return (struct text){ at, (int)(stop - at) };
}

static int
two(const char *p)
{
	return (p[0] - '0') * 10 + (p[1] - '0');
}

/* Seconds since the epoch of 2026-11-01T10:00:00…; all of it in 2026. */
static sqlite3_int64
seconds(const char *p)
{
	static const int before[] = { 0,   31,	59,  90,  120, 151,
				      181, 212, 243, 273, 304, 334 };
	sqlite3_int64 day = 20454 + before[two(p + 5) - 1] + two(p + 8) - 1;

	return day * 86400 + two(p + 11) * 3600 + two(p + 14) * 60 +
	       two(p + 17);
}

static void
run(sqlite3 *db, const char *sql)
{
	char *why = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &why) == SQLITE_OK)
		return;
	fprintf(stderr, "load_bare: %s\n", why);
	exit(1);
}

static void
run_file(sqlite3 *db, const char *path)
{
	static char sql[65536];
	FILE *file = fopen(path, "r");
	size_t len = file == NULL ? 0 : fread(sql, 1, sizeof(sql) - 1, file);

	sql[len] = '\0';
	if (file != NULL)
		fclose(file);
	run(db, sql);
}

static void
bind_text(sqlite3_stmt *insert, int place, struct text text)
{
	sqlite3_bind_text(insert, place, text.at, text.len, SQLITE_STATIC);
}

static void
load(sqlite3_stmt *insert, const char *line)
{
	struct text scope = after(&line, "\"scope\":\"", '"');
	struct text key = after(&line, "\"key\":\"", '"');
	struct text updated = after(&line, "\"updated_at\":\"", '"');
	struct text fetched = after(&line, "\"fetched_at\":\"", '"');
	struct text tag = after(&line, "\"tag_name\":\"", '"');
	struct text name = after(&line, "\"name\":\"", '"');
	struct text draft = after(&line, "\"draft\":", ',');
	struct text early = after(&line, "\"prerelease\":", ',');
	struct text target = after(&line, "\"target_commitish\":\"", '"');
	struct text created = after(&line, "\"created_at\":\"", '"');
	struct text published = after(&line, "\"published_at\":\"", '"');
	struct text author = after(&line, "\"login\":\"", '"');

	sqlite3_bind_int64(insert, 1, 1);
	sqlite3_bind_int64(insert, 2, atoll(key.at));
	bind_text(insert, 3, (struct text){ "github", 6 });
	bind_text(insert, 4, scope);
	bind_text(insert, 5, tag);
	bind_text(insert, 6, name);
	bind_text(insert, 7, target);
	sqlite3_bind_null(insert, 8);
	sqlite3_bind_int64(insert, 9, *draft.at == 't');
	sqlite3_bind_int64(insert, 10, *early.at == 't');
	bind_text(insert, 11, author);
	sqlite3_bind_int64(insert, 12, seconds(created.at));
	sqlite3_bind_int64(insert, 13, seconds(published.at));
	sqlite3_bind_null(insert, 14);
	sqlite3_bind_int64(insert, 15, seconds(updated.at) * 1000);
	sqlite3_bind_int64(insert, 16, seconds(fetched.at) * 1000 + 123);
	sqlite3_bind_int64(insert, 17, (sqlite3_int64)1 << 62 | key.len);
	if (sqlite3_step(insert) != SQLITE_DONE)
		exit(1);
	sqlite3_reset(insert);
}

int
main(int argc, char *argv[])
{
	sqlite3_stmt *insert;
	char *line = NULL;
	size_t size = 0;
	sqlite3 *db;

	if (argc < 2 || sqlite3_open(argv[1], &db) != SQLITE_OK)
		return 1;
	run(db, "PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL;"
		"PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
		"PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=8192");
	run_file(db, "share/schema/001-ledger.sql");
	run_file(db, "share/schema/002-github.sql");
	run_file(db, "share/schema/003-jira.sql");
	run_file(db, "share/schema/004-views.sql");
	run(db, "BEGIN IMMEDIATE");
	if (sqlite3_prepare_v2(db,
			       "INSERT INTO releases VALUES (?1,?2,?3,?4,?5,?6,"
			       "?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17)",
			       -1, &insert, NULL) != SQLITE_OK)
		return 1;
	while (getline(&line, &size, stdin) > 0)
		load(insert, line);
	run(db, "COMMIT");
	sqlite3_finalize(insert);
	free(line);
	return sqlite3_close(db) != SQLITE_OK;
}
