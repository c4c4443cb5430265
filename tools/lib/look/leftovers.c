#include "look/leftovers.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/msg.h"
#include "storage/store.h"

enum { WAIT_MS = 200 };

/* Calls each name of a folder that does not begin with a dot. */
static void
each_name(int parent, const char *folder,
	  void (*each)(void *arg, int folder, const char *name), void *arg)
{
	int fd = openat(parent, folder,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			each(arg, fd, entry->d_name);
	closedir(dir);
}

struct count {
	int64_t files, rejects;
};

static void
count_file(void *arg, int folder, const char *name)
{
	struct count *count = arg;
	size_t len = strlen(name);

	(void)folder;
	count->files++;
	count->rejects += len > 8 && strcmp(name + len - 8, ".rejects") == 0;
}

static void
count_queue(void *arg, int folder, const char *name)
{
	struct leftovers *left = arg;
	char path[400];
	int state;

	for (state = 0; state < QUEUE_STATES; state++) {
		struct count count = { 0, 0 };

		if (snprintf(path, sizeof(path), "%s/%s", name,
			     queue_state_name((enum queue_state)state)) >=
		    (int)sizeof(path))
			continue;
		each_name(folder, path, count_file, &count);
		left->files[state] += count.files;
		left->rejects += count.rejects;
	}
}

static void
count_client(void *arg, int folder, const char *name)
{
	each_name(folder, name, count_queue, arg);
}

static int
ask_failures(struct store *store, int64_t client, int64_t *failures)
{
	struct store_query *query = store_query(
		store, "SELECT count(*) FROM failures WHERE resolved_at IS NULL"
		       " AND (?1 < 0 OR client_id = ?1)");
	int row = -1;

	if (query != NULL) {
		store_bind_int(query, 1, client);
		if ((row = store_step(query)) == 1)
			*failures = store_int(query, 0);
	}
	store_query_free(query);
	return row == 1 ? 0 : -1;
}

static int
count_failures(const char *path, int64_t client, struct leftovers *left,
	       char **why, enum outcome_class *class)
{
	struct store *store = store_open(path, STORE_READ, WAIT_MS, why, class);
	int failed;

	if (store == NULL)
		return -1;
	failed = ask_failures(store, client, &left->failures);
	if (failed) {
		*why = msg_strdup(store_error(store));
		*class = store_class(store);
	}
	store_close(store);
	return failed;
}

int
leftovers_count(const struct rooms *rooms, int64_t client,
		struct leftovers *leftovers, char **why,
		enum outcome_class *class)
{
	char path[4096], folder[40];

	*leftovers = (struct leftovers){ .failures = -1 };
	*why = NULL;
	if (client < 0) {
		each_name(rooms->spool, "queue", count_client, leftovers);
	} else {
		snprintf(folder, sizeof(folder), "queue/%lld",
			 (long long)client);
		each_name(rooms->spool, folder, count_queue, leftovers);
	}
	if (snprintf(path, sizeof(path), "%s/pulse.db", rooms->path) >=
	    (int)sizeof(path))
		return 0;
	leftovers->loaded = access(path, F_OK) == 0;
	return leftovers->loaded
		       ? count_failures(path, client, leftovers, why, class)
		       : 0;
}
