#include "storage/schema.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/msg.h"
#include "base/whole.h"

enum { MIGRATIONS = 1000, LARGEST = 1 << 20 };

static const struct kind {
	int64_t application; /* application_id */
	const char *name, *maker, *upgrade, *cure;
} kinds[] = {
	[STORE_WAREHOUSE] = { 0x50756c73, /* "Puls" */
			      "pulse.db", "load", "load --maintain",
			      "move it away and load the batches kept in "
			      "queue/*/*/done again" },
	[STORE_STATE] = { 0x50755374, /* "PuSt" */
			  "state.db", "pulse-sched", "pulse-sched --once",
			  "move it away with its -wal and -shm, and "
			  "pulse-sched begins a new one" },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

const char *
schema_maker(enum store_kind kind)
{
	return kinds[kind].maker;
}

const char *
schema_cure(enum store_kind kind)
{
	return kinds[kind].cure;
}

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
migration(const char *folder, const char *name)
{
	char path[4096];

	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >=
	    (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	return whole_file(path, LARGEST, NULL);
}

static int
apply(struct store *store, const struct store_place *place, const char *name,
      int number)
{
	char *sql = migration(place->schema, name), stamp[80];
	int failed;

	if (sql == NULL)
		return -1;
	snprintf(stamp, sizeof(stamp),
		 "PRAGMA application_id=%d; PRAGMA user_version=%d",
		 (int)kinds[place->kind].application, number);
	failed = store_begin(store) != 0 || store_run(store, sql) != 0 ||
		 store_run(store, stamp) != 0 || store_commit(store) != 0;
	if (failed)
		store_rollback(store);
	free(sql);
	return failed ? -1 : 0;
}

static int
upgrade_from(struct store *store, const struct store_place *place,
	     const struct migrations *migrations, int64_t version, char **why)
{
	int i;

	for (i = (int)version + 1; i <= migrations->newest; i++) {
		if (migrations->names[i] == NULL)
			continue;
		if (apply(store, place, migrations->names[i], i) == 0)
			continue;
		if (asprintf(why, "schema %s/%s does not apply: %s",
			     place->schema, migrations->names[i],
			     store_error(store)) < 0)
			*why = NULL;
		return -1;
	}
	return 0;
}

/* A database that is not of this kind. */
static char *
stranger(int64_t application, const struct kind *kind)
{
	char *why = NULL;
	size_t i;

	for (i = 0; i < KINDS; i++)
		if (kinds[i].application == application)
			break;
	if (asprintf(&why,
		     i < KINDS ? "it is a %s of Pulse, not a %s"
			       : "it is not a database of Pulse",
		     i < KINDS ? kinds[i].name : "", kind->name) < 0)
		return NULL;
	return why;
}

/* Whoever makes a database, or brings it up to date, holds FILE.lock. */
static bool
is_being_made(const char *path)
{
	char name[4096];
	bool busy;
	int fd;

	if (snprintf(name, sizeof(name), "%s.lock", path) >= (int)sizeof(name))
		return false;
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return false;
	busy = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
	close(fd);
	return busy;
}

/* What is in the way of using this database; NULL: nothing. */
static char *
objection(struct store *store, const struct store_place *place, int newest,
	  int64_t *version, enum outcome_class *class)
{
	const struct kind *kind = &kinds[place->kind];
	int64_t application = 0, objects = 0;
	char *why = NULL;
	int n = 0;

	if (store_number(store, "PRAGMA user_version", version) != 0 ||
	    store_number(store, "PRAGMA application_id", &application) != 0 ||
	    store_number(store, "SELECT count(*) FROM sqlite_schema",
			 &objects) != 0)
		return NULL;
	if (objects > 0 && application != kind->application)
		return stranger(application, kind);
	if (*version > newest)
		n = asprintf(&why,
			     "it has schema %d and this Pulse knows %d: "
			     "install the newer Pulse that made it",
			     (int)*version, newest);
	else if (*version < newest && place->mode == STORE_READ &&
		 is_being_made(place->path)) {
		*class = OUTCOME_DATABASE_LOCK;
		n = asprintf(&why, "it is just being %s: try again",
			     objects == 0 ? "made" : "brought up to date");
	} else if (*version < newest && place->mode == STORE_READ)
		n = asprintf(&why,
			     "it has schema %d, not %d: run %s to bring it up "
			     "to date",
			     (int)*version, newest, kind->upgrade);
	return n < 0 ? NULL : why;
}

int
schema_settle(struct store *store, const struct store_place *place, char **why,
	      enum outcome_class *class)
{
	struct migrations *migrations = list(place->schema);
	int64_t version = -1;
	int failed = -1;

	*class = OUTCOME_CONFIGURATION;
	if (migrations == NULL || migrations->newest == 0) {
		if (asprintf(why, "no schema in '%s': %s", place->schema,
			     migrations == NULL ? strerror(errno)
						: "no NNN-WHY.sql") < 0)
			*why = NULL;
		if (migrations != NULL)
			drop(migrations);
		return -1;
	}
	*why = objection(store, place, migrations->newest, &version, class);
	if (*why == NULL && version < 0) {
		*why = msg_strdup(store_error(store));
		*class = store_class(store);
	} else if (*why == NULL) {
		failed = place->mode == STORE_WRITE
				 ? upgrade_from(store, place, migrations,
						version, why)
				 : 0;
		if (failed)
			*class = store_class(store);
	}
	drop(migrations);
	return failed;
}
