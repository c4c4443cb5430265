#include "storage/schema.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

enum {
	APPLICATION = 0x50756c73, /* "Puls" */
	MIGRATIONS = 1000
};

struct migrations {
	char *names[MIGRATIONS]; /* by number */
	int newest;
};

static int
number_of(const char *name)
{
	size_t len = strlen(name);

	if (strspn(name, "0123456789") != 3 || name[3] != '-' || len < 8 ||
	    strcmp(name + len - 4, ".sql") != 0)
		return 0;
	return (int)strtol(name, NULL, 10);
}

static void
drop(struct migrations *migrations)
{
	int i;

	for (i = 0; i < MIGRATIONS; i++)
		free(migrations->names[i]);
	free(migrations);
}

static struct migrations *
list(const char *folder)
{
	struct migrations *migrations;
	DIR *dir = opendir(folder);
	struct dirent *entry;

	if (dir == NULL)
		return NULL;
	migrations = msg_calloc(1, sizeof(*migrations));
	while ((entry = readdir(dir)) != NULL) {
		int number = number_of(entry->d_name);

		if (number == 0)
			continue;
		free(migrations->names[number]);
		migrations->names[number] = msg_strdup(entry->d_name);
		if (number > migrations->newest)
			migrations->newest = number;
	}
	closedir(dir);
	return migrations;
}

static char *
slurp(const char *folder, const char *name)
{
	char path[4096], *text = NULL;
	size_t len = 0, size = 0, got = 1;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if ((file = fopen(path, "re")) == NULL)
		return NULL;
	while (got > 0) {
		if (size - len < 4096)
			text = msg_realloc(text, size = size * 2 + 8192);
		got = fread(text + len, 1, size - len - 1, file);
		len += got;
	}
	text[len] = '\0';
	if (ferror(file)) {
		free(text);
		text = NULL;
	}
	fclose(file);
	return text;
}

static int
apply(struct store *store, const char *folder, const char *name, int number)
{
	char *sql = slurp(folder, name), stamp[80];
	int failed;

	if (sql == NULL)
		return -1;
	snprintf(stamp, sizeof(stamp),
		 "PRAGMA application_id=%d; PRAGMA user_version=%d",
		 (int)APPLICATION, number);
	failed = store_begin(store) != 0 || store_run(store, sql) != 0 ||
		 store_run(store, stamp) != 0 || store_commit(store) != 0;
	if (failed)
		store_rollback(store);
	free(sql);
	return failed ? -1 : 0;
}

static int
upgrade_from(struct store *store, const char *folder,
	     const struct migrations *migrations, int64_t version, char **why)
{
	int i;

	for (i = (int)version + 1; i <= migrations->newest; i++) {
		if (migrations->names[i] == NULL)
			continue;
		if (apply(store, folder, migrations->names[i], i) == 0)
			continue;
		if (asprintf(why, "schema %s/%s does not apply: %s", folder,
			     migrations->names[i], store_error(store)) < 0)
			*why = NULL;
		return -1;
	}
	return 0;
}

/* What is in the way of using this database; NULL: nothing. */
static char *
objection(struct store *store, int newest, bool upgrade, int64_t *version)
{
	int64_t application = 0, objects = 0;
	char *why = NULL;
	int n = 0;

	if (store_number(store, "PRAGMA user_version", version) != 0 ||
	    store_number(store, "PRAGMA application_id", &application) != 0 ||
	    store_number(store, "SELECT count(*) FROM sqlite_schema",
			 &objects) != 0)
		return NULL;
	if (objects > 0 && application != APPLICATION)
		n = asprintf(&why, "it is not a database of Pulse");
	else if (*version > newest)
		n = asprintf(&why,
			     "it has schema %d and this Pulse knows %d: "
			     "install the newer Pulse that made it",
			     (int)*version, newest);
	else if (*version < newest && !upgrade)
		n = asprintf(&why,
			     "it has schema %d, not %d: run load --maintain "
			     "to bring it up to date",
			     (int)*version, newest);
	return n < 0 ? NULL : why;
}

int
schema_settle(struct store *store, const char *folder, bool upgrade, char **why,
	      enum outcome_class *class)
{
	struct migrations *migrations = list(folder);
	int64_t version = -1;
	int failed = -1;

	*class = OUTCOME_CONFIGURATION;
	if (migrations == NULL || migrations->newest == 0) {
		if (asprintf(why, "no schema in '%s': %s", folder,
			     migrations == NULL ? strerror(errno)
						: "no NNN-WHY.sql") < 0)
			*why = NULL;
		if (migrations != NULL)
			drop(migrations);
		return -1;
	}
	*why = objection(store, migrations->newest, upgrade, &version);
	if (*why == NULL && version < 0) {
		*why = msg_strdup(store_error(store));
		*class = store_class(store);
	} else if (*why == NULL) {
		failed = upgrade ? upgrade_from(store, folder, migrations,
						version, why)
				 : 0;
		if (failed)
			*class = store_class(store);
	}
	drop(migrations);
	return failed;
}
