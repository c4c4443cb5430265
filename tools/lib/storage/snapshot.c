#include "storage/snapshot.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/msg.h"
#include "storage/store.h"

enum { WAIT = 60000 };

static int
fail(char **why, enum outcome_class *class, enum outcome_class as, char *text)
{
	*why = text;
	*class = as;
	return -1;
}

static char *
reason(const char *file, const char *why)
{
	return msg_text("cannot write '%s': %s", file, why);
}

/* What must not be replaced by a copy; NULL: nothing. */
static const char *
objection(const char *database, const char *file)
{
	struct stat own, there;

	if (lstat(file, &there) != 0)
		return NULL;
	if (!S_ISREG(there.st_mode))
		return "it is there and no file";
	if (stat(database, &own) == 0 && own.st_ino == there.st_ino &&
	    own.st_dev == there.st_dev)
		return "it is the database itself";
	if (there.st_size > 0 && !store_is_copy(file))
		return "it is there and no snapshot of a pulse.db: remove it "
		       "first, or choose another name";
	return NULL;
}

int
snapshot_write(const char *database, const char *file, char **why,
	       enum outcome_class *class)
{
	const char *no = objection(database, file);
	struct store *store;
	char *text = NULL;
	int failed = 0;

	if (no != NULL)
		return fail(why, class, OUTCOME_USAGE, reason(file, no));
	if ((store = store_open(database, STORE_READ, WAIT, &text, class)) ==
	    NULL) {
		fail(why, class, *class,
		     msg_text("cannot open '%s': %s", database, text));
		free(text);
		return -1;
	}
	if (store_snapshot(store, file) != 0)
		failed = fail(why, class, store_class(store),
			      reason(file, store_error(store)));
	store_close(store);
	return failed;
}
