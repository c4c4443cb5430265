#include "lead/pruning.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/msg.h"
#include "jobs/folder.h"
#include "jobs/mailbox.h"
#include "lead/transition.h"

enum { FOLDERS_KEPT = 20, DAY = 24 * 3600 * 1000 };

struct found { /* a run's folder */
	char id[FOLDER_ID];
	char job[ROOMS_NAME];
	int64_t changed;
};

/* By job, the newest first. */
static int
by_job(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	int order = strcmp(x->job, y->job);

	if (order != 0)
		return order;
	return (x->changed < y->changed) - (x->changed > y->changed);
}

/* Is the folder that of a run which goes on, or may? */
static bool
is_live(struct office *office, int64_t client, const char *job, int64_t run,
	const char *id)
{
	const struct docket_entry *entry =
		docket_find(&office->docket, client, job);
	char pointed[FOLDER_ID];
	struct lock_holder holder;
	char name[ROOMS_NAME];

	if (run != 0)
		return entry != NULL && entry->row.run == run;
	rooms_job(client, job, name);
	if (lock_is_held(&office->rooms, name, &holder) &&
	    strcmp(holder.run, id) == 0)
		return true;
	return folder_pointed(&office->rooms, client, job, pointed) == 0 &&
	       strcmp(pointed, id) == 0;
}

static struct found *
list(struct office *office, size_t *count)
{
	int fd = openat(office->rooms.run, ".",
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct found *all = NULL;
	struct dirent *entry;

	*count = 0;
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		int64_t client, run;
		char job[NAMES_SIZE];
		struct found *one;
		struct stat st;

		if (!folder_parse(entry->d_name, &client, job, &run) ||
		    fstatat(office->rooms.run, entry->d_name, &st,
			    AT_SYMLINK_NOFOLLOW) != 0 ||
		    is_live(office, client, job, run, entry->d_name))
			continue;
		all = msg_realloc(all, (*count + 1) * sizeof(*all));
		one = &all[(*count)++];
		memset(one, 0, sizeof(*one));
		memccpy(one->id, entry->d_name, '\0', sizeof(one->id) - 1);
		rooms_job(client, job, one->job);
		one->changed = st.st_mtim.tv_sec * 1000;
	}
	if (dir != NULL)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
	return all;
}

static int64_t
remove_folders(struct office *office, int64_t before)
{
	size_t count, i, kept = 0;
	struct found *all = list(office, &count);
	int64_t removed = 0;

	if (count > 0)
		qsort(all, count, sizeof(*all), by_job);
	for (i = 0; i < count; i++) {
		if (i > 0 && strcmp(all[i].job, all[i - 1].job) != 0)
			kept = 0;
		if (kept++ < FOLDERS_KEPT || all[i].changed >= before)
			continue;
		if (folder_remove(&office->rooms, all[i].id) == 0)
			removed++;
		else
			msg_say("cannot remove 'run/%s': %s", all[i].id,
				strerror(errno));
	}
	free(all);
	return removed;
}

int
pruning_run(struct office *office, int64_t before,
	    struct pruning_report *report)
{
	struct journal_pruned pruned = { 0 };

	*report = (struct pruning_report){ 0 };
	if (before == 0)
		before = office->now - office->schedule->keep;
	if (journal_prune(office->journal, before, office->now, &pruned) != 0)
		return transition_fail(office);
	mailbox_prune(&office->rooms, office->now - DAY);
	report->events = pruned.events;
	report->runs = pruned.runs;
	report->commands = pruned.commands;
	report->folders = remove_folders(office, before);
	return 0;
}
