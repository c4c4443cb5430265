#include "lead/arrivals.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/msg.h"
#include "jobs/folder.h"
#include "lead/retries.h"
#include "lead/transition.h"

static bool
read_result(struct office *office, const char *id, struct folder_result *result)
{
	int folder = folder_open(&office->rooms, id);
	bool whole;

	if (folder < 0)
		return false;
	whole = folder_read_result(folder, result) == SETTLE_WHOLE &&
		strcmp(result->run, id) == 0;
	close(folder);
	return whole;
}

static enum states_result
result_of(const struct folder_result *result)
{
	if (result->verdict.code == 0)
		return STATES_SUCCESS;
	if (result->verdict.code == EX_PARTIAL)
		return STATES_PARTIAL;
	switch (result->how) {
	case FOLDER_STOPPED:
	case FOLDER_DRAINED:
		return STATES_STOPPED;
	case FOLDER_KILLED:
		return STATES_KILLED;
	case FOLDER_BY_ITSELF:
	case FOLDER_TIMED_OUT:
	default:
		return STATES_FAILED;
	}
}

/* Enters the run once; the row learns of its result, and what waited for the
 * lock is looked at. */
static int
enter(struct office *office, struct docket_entry *entry, const char *id)
{
	struct journal_run run = { .client = entry->client,
				   .standalone = true,
				   .trigger = STATES_MANUAL,
				   .attempt = 1 };
	int known = journal_has_folder(office->journal, id);

	if (known < 0)
		return transition_fail(office);
	if (known == 1 || !read_result(office, id, &run.figures))
		return 0;
	if (transition_begin(office) != 0)
		return -1;
	snprintf(run.job, sizeof(run.job), "%s", entry->job);
	snprintf(run.folder, sizeof(run.folder), "%s", id);
	run.began = run.figures.began;
	run.ended = run.figures.ended;
	run.result = result_of(&run.figures);
	if (journal_add_run(office->journal, &run) != 0 ||
	    journal_end_run(office->journal, &run) != 0)
		return transition_fail(office);
	return transition_result(office, entry, &run);
}

static int
look_at(struct office *office, const char *name)
{
	char job[NAMES_SIZE], id[FOLDER_ID];
	struct docket_entry *entry;
	int64_t client, run;

	if (strncmp(name, "last.", 5) != 0)
		return 0;
	snprintf(id, sizeof(id), "%.*s.1", FOLDER_ID - 3, name + 5);
	if (!folder_parse(id, &client, job, &run) ||
	    folder_pointed(&office->rooms, client, job, id) != 0)
		return 0;
	entry = docket_find(&office->docket, client, job);
	if (entry == NULL || !entry->stored)
		return 0;
	entry->looked = 0;
	return enter(office, entry, id);
}

int
arrivals_turn(struct office *office)
{
	struct dirent *found;
	int fd, failed = 0;
	DIR *dir;

	if (!office->arrived)
		return 0;
	fd = openat(office->rooms.run, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd >= 0 ? fdopendir(fd) : NULL;
	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while (failed == 0 && (found = readdir(dir)) != NULL)
		failed = look_at(office, found->d_name);
	closedir(dir);
	office->arrived = failed != 0;
	return failed;
}
