#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/home.h"
#include "health/healthrun.h"
#include "storage/schema.h"
#include "storage/store.h"
#include "storage/upkeep.h"

enum { WAIT_MS = 2000 };
static const int64_t large_wal = INT64_C(1) << 30;

struct database {
	enum store_kind kind;
	const char *name, *schema;
	const char *none; /* what it means that it is not there */
};

/* The log grows while a reader holds an old snapshot, or nobody writes. */
static void
judge_size(struct health_run *run, const struct database *base,
	   const char *path)
{
	struct finding finding = { .check = "database", .subject = base->name };
	char log[4096], size[HEALTH_TEXT], value[32];
	struct stat st;

	if (stat(path, &st) != 0)
		return;
	snprintf(value, sizeof(value), "%lld", (long long)st.st_size);
	finding.value = value;
	findings_add(run->found, &finding, "%s, %s",
		     health_size(st.st_size, size),
		     run->options->deep ? "every page is whole" : "it opens");
	snprintf(log, sizeof(log), "%s-wal", path);
	if (stat(log, &st) != 0 || st.st_size < large_wal)
		return;
	finding.level = FINDING_WARN;
	finding.class = OUTCOME_DISK;
	finding.way_out = "end readers that hold it open for long; load "
			  "--maintain cuts the log";
	findings_add(run->found, &finding, "its log has grown to %s",
		     health_size(st.st_size, size));
}

static void
judge_database(struct health_run *run, const struct database *base)
{
	struct finding finding = { .check = "database",
				   .subject = base->name,
				   .level = FINDING_FAIL };
	char *schema = home_share(base->schema);
	char *path = health_path(run, base->name), *why = NULL;
	struct store_place place = { path, schema, STORE_READ, WAIT_MS,
				     base->kind };
	struct store *store = NULL;
	struct stat st;

	if (lstat(path, &st) != 0) {
		finding.level = FINDING_NOTE;
		findings_add(run->found, &finding, "%s", base->none);
		goto out;
	}
	store = store_open_at(&place, &why, &finding.class);
	if (store == NULL || (run->options->deep &&
			      upkeep_check(store, &why, &finding.class) != 0)) {
		if (finding.class == OUTCOME_DATA_FORMAT)
			finding.way_out = schema_cure(base->kind);
		findings_add(run->found, &finding, "%s", why);
	} else {
		judge_size(run, base, path);
	}
out:
	store_close(store);
	free(why);
	free(path);
	free(schema);
}

void
health_databases(struct health_run *run)
{
	static const struct database warehouse = {
		STORE_WAREHOUSE, "pulse.db", "schema",
		"there is none yet: nothing has been loaded"
	};
	static const struct database state = {
		STORE_STATE, "state.db", "schema/state",
		"there is none yet: pulse-sched has not run"
	};

	judge_database(run, &warehouse);
	judge_database(run, &state);
}
