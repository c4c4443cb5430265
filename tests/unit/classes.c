/* classes: what a status stands for by its id, by its name, and by what
 * pulse.yaml says. */
#include "storage/classes.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

static const char rows[] =
	"INSERT INTO projects (client_id, id, source, key, updated_ms,"
	" fetched_ms, digest) VALUES (1, '100', 'jira', 'PAY', 0, 0, 0),"
	" (1, '200', 'jira', 'WEB', 0, 0, 0);"
	"INSERT INTO statuses VALUES"
	" (1, '1', 'jira', 'To Do', 'new', NULL, NULL, 0, 0, 0),"
	" (1, '2', 'jira', 'In Progress', 'indeterminate', NULL, NULL, 0, 0, "
	"0),"
	" (1, '3', 'jira', 'Done', 'done', NULL, NULL, 0, 0, 0),"
	" (1, '4', 'jira', 'Odd', 'undefined', NULL, NULL, 0, 0, 0),"
	/* Team-managed projects have statuses of their own. */
	" (1, '5', 'jira', 'Done', 'indeterminate', '200', NULL, 0, 0, 0),"
	" (1, '6', 'jira', 'Parked', 'new', '200', NULL, 0, 0, 0),"
	" (1, '7', 'jira', 'Parked', 'done', '300', NULL, 0, 0, 0),"
	" (1, '8', 'jira', 'Ready', 'new', '300', NULL, 0, 0, 0),"
	" (1, '9', 'jira', 'Bare', NULL, NULL, NULL, 0, 0, 0),"
	/* A deleted one gives way to one that is there. */
	" (1, '0', 'jira', 'To Do', 'done', NULL, 1, 0, 0, 0),"
	" (2, '1', 'jira', 'To Do', 'done', NULL, NULL, 0, 0, 0)";

static const char mapping[] =
	"PAY: {parked: indeterminate, In Progress: new}\nweb: {DONE: done}\n";

struct asked {
	const char *project, *id, *name, *class;
};

static const struct asked plain[] = {
	{ "PAY", "1", "To Do", "new" },
	{ "PAY", "2", NULL, "indeterminate" },
	{ NULL, "3", NULL, "done" },
	/* The id says it, not the name. */
	{ "PAY", "1", "Done", "new" },
	{ "PAY", "5", "Done", "indeterminate" },
	{ "PAY", "4", "Odd", "indeterminate" },
	{ "PAY", "0", NULL, "done" },
	/* An id that is not stored, or none. */
	{ "PAY", "77", "done", "done" },
	{ "WEB", "77", "done", "indeterminate" },
	{ NULL, NULL, "TO DO", "new" },
	{ "WEB", NULL, "Parked", "new" },
	{ "PAY", NULL, "Ready", "new" },
	/* Other projects do not agree; nothing is known. */
	{ "PAY", NULL, "Parked", NULL },
	{ "PAY", "9", "Bare", NULL },
	{ "PAY", "77", "Gone", NULL },
	{ "PAY", "77", NULL, NULL },
	{ NULL, NULL, NULL, NULL },
	{ "PAY", "", "", NULL },
};

static const struct asked mapped[] = {
	{ "PAY", "6", "Parked", "indeterminate" },
	{ "PAY", "2", NULL, "new" },
	{ "WEB", "5", "Done", "done" },
	{ "WEB", "2", "In Progress", "indeterminate" },
	{ NULL, "2", "In Progress", "indeterminate" },
};

static int
ask(struct classes *classes, const struct asked *cases, size_t count)
{
	int failed = 0;
	size_t i;

	/* The second time it is remembered. */
	for (i = 0; i < 2 * count; i++) {
		const struct asked *a = &cases[i % count];
		const char *got =
			classes_of(classes, a->project, a->id, a->name);

		if ((got == NULL) == (a->class == NULL) &&
		    (got == NULL || strcmp(got, a->class) == 0))
			continue;
		printf("%s %s %s: %s\n", a->project ? a->project : "-",
		       a->id ? a->id : "-", a->name ? a->name : "-",
		       got ? got : "nobody knows");
		failed = 1;
	}
	return failed;
}

static int
in_sql(struct store *store, struct classes *classes)
{
	int64_t number = 0;

	CHECK(classes_add(store, classes) == 0);
	CHECK(store_number(store,
			   "SELECT status_class('PAY', '3', NULL) = 'done'"
			   " AND status_class('PAY', NULL, 'Parked') IS NULL"
			   " AND status_class(NULL, 2, NULL) = 'indeterminate'",
			   &number) == 0);
	CHECK(number == 1);
	return 0;
}

static int
check_all(struct store *store)
{
	char *why;
	struct config *map =
		config_parse("map", mapping, sizeof(mapping) - 1, &why);
	struct classes *classes;

	CHECK(store != NULL && map != NULL);
	CHECK(store_run(store, rows) == 0);
	classes = classes_open(store, 1, map);
	CHECK(classes != NULL);
	CHECK(ask(classes, mapped, sizeof(mapped) / sizeof(*mapped)) == 0);
	classes_close(classes);
	classes = classes_open(store, 1, NULL);
	CHECK(classes != NULL);
	CHECK(ask(classes, plain, sizeof(plain) / sizeof(*plain)) == 0);
	CHECK(in_sql(store, classes) == 0);
	CHECK(store_close(store) == 0);
	classes_close(classes);
	config_free(map);
	return 0;
}

int
main(void)
{
	char folder[] = "/tmp/pulse-classes-XXXXXX", path[64], lock[80];
	struct store_place place = { path, "share/schema", STORE_WRITE, 50,
				     STORE_WAREHOUSE };
	enum outcome_class class;
	char *why = NULL;
	int failed;

	if (mkdtemp(folder) == NULL)
		abort();
	snprintf(path, sizeof(path), "%s/a.db", folder);
	snprintf(lock, sizeof(lock), "%s.lock", path);
	failed = check_all(store_open_at(&place, &why, &class));
	free(why);
	unlink(path);
	unlink(lock);
	rmdir(folder);
	return failed;
}
