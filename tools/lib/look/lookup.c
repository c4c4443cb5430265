#include "look/lookup.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/msg.h"

/* A pair that the spool knows. */
struct pair {
	int64_t client;
	char job[NAMES_SIZE];
};

struct pairs {
	struct pair *pairs;
	size_t count;
};

static bool
read_pair(const char *name, struct pair *pair)
{
	char *end;

	if (*name < '0' || *name > '9')
		return false;
	pair->client = strtoll(name, &end, 10);
	if (*end != '.' || !names_is_job(end + 1))
		return false;
	snprintf(pair->job, sizeof(pair->job), "%s", end + 1);
	return true;
}

static void
add(struct pairs *pairs, const struct pair *pair)
{
	size_t i;

	for (i = 0; i < pairs->count; i++)
		if (pairs->pairs[i].client == pair->client &&
		    strcmp(pairs->pairs[i].job, pair->job) == 0)
			return;
	pairs->pairs =
		msg_realloc(pairs->pairs, (pairs->count + 1) * sizeof(*pair));
	pairs->pairs[pairs->count++] = *pair;
}

static DIR *
open_room(int room)
{
	int fd = room < 0 ? -1
			  : openat(room, ".",
				   O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (dir == NULL && fd >= 0)
		close(fd);
	return dir;
}

static void
add_room(struct pairs *pairs, int room)
{
	DIR *dir = open_room(room);
	struct dirent *file;
	struct pair pair;

	while (dir != NULL && (file = readdir(dir)) != NULL)
		if (read_pair(file->d_name, &pair))
			add(pairs, &pair);
	if (dir != NULL)
		closedir(dir);
}

static int
compare(const void *a, const void *b)
{
	const struct pair *one = a, *other = b;

	return (one->client > other->client) - (one->client < other->client);
}

static char *
no_such_job(const struct pairs *pairs, const char *word)
{
	const char **names = msg_calloc(pairs->count + 1, sizeof(*names));
	const char *near;
	char *why = msg_calloc(NAMES_SIZE + 64, 1);
	size_t i;

	for (i = 0; i < pairs->count; i++)
		names[i] = pairs->pairs[i].job;
	near = cli_nearest(word, names);
	if (near != NULL)
		snprintf(why, NAMES_SIZE + 64, "no such job; did you mean %s?",
			 near);
	else
		snprintf(why, NAMES_SIZE + 64,
			 "no such job; `pulse status` lists them");
	free(names);
	return why;
}

/* "it is a job of several clients: -k 1, -k 2" */
static char *
several(const struct pairs *pairs, const char *job)
{
	size_t i, size = 64 + pairs->count * 28, len;
	char *why = msg_calloc(size, 1);
	const char *before = "";

	len = (size_t)snprintf(why, size, "it is a job of several clients: ");
	for (i = 0; i < pairs->count; i++) {
		if (strcmp(pairs->pairs[i].job, job) != 0)
			continue;
		len += (size_t)snprintf(why + len, size - len, "%s-k %lld",
					before,
					(long long)pairs->pairs[i].client);
		before = ", ";
	}
	return why;
}

/* A job of the host is client 0's, whatever was said. */
static int
choose(const struct pairs *pairs, const char *job, struct lookup *found,
       char **why)
{
	size_t i, matches = 0;
	bool known = false;
	int64_t client = found->client;

	for (i = 0; i < pairs->count; i++) {
		const struct pair *pair = &pairs->pairs[i];

		if (strcmp(pair->job, job) != 0)
			continue;
		known = true;
		if (client >= 0 && pair->client != client && pair->client != 0)
			continue;
		found->client = pair->client;
		matches++;
	}
	if (matches == 1)
		return 0;
	if (!known) {
		*why = no_such_job(pairs, job);
		return -1;
	}
	*why = matches == 0 ? msg_strdup("that client has no such job")
			    : several(pairs, job);
	return -2;
}

int
lookup_job(const struct rooms *rooms, const char *word, int64_t client,
	   struct lookup *found, char **why)
{
	struct pairs pairs = { 0 };
	struct pair pair;
	int64_t run;
	int failed;

	*why = NULL;
	*found = (struct lookup){ .client = client };
	if (folder_parse(word, &found->client, found->job, &run)) {
		snprintf(found->run, sizeof(found->run), "%s", word);
		return 0;
	}
	add_room(&pairs, rooms->status);
	add_room(&pairs, rooms->lock);
	if (pairs.count > 0)
		qsort(pairs.pairs, pairs.count, sizeof(*pairs.pairs), compare);
	if (read_pair(word, &pair)) {
		found->client = pair.client;
		word = pair.job;
	} else {
		found->client = client;
	}
	failed = choose(&pairs, word, found, why);
	if (failed == 0)
		snprintf(found->job, sizeof(found->job), "%s", word);
	free(pairs.pairs);
	return failed;
}

static int64_t
began(const struct rooms *rooms, const char *id)
{
	struct folder_started started;
	int folder = folder_open(rooms, id);
	struct stat st;
	int64_t at = 0;

	if (folder < 0)
		return 0;
	if (folder_read_started(folder, &started) == 0)
		at = started.at;
	else if (fstat(folder, &st) == 0)
		at = st.st_mtim.tv_sec * 1000LL + st.st_mtim.tv_nsec / 1000000;
	close(folder);
	return at;
}

/* The newest of the scheduler's runs, which have numbers, and of those that
 * were run alone, which have times. */
struct newest {
	int64_t number;
	char alone[FOLDER_ID];
};

static void
weigh(struct newest *newest, const struct lookup *found, const char *name)
{
	char job[NAMES_SIZE];
	int64_t client, run;

	if (!folder_parse(name, &client, job, &run) ||
	    client != found->client || strcmp(job, found->job) != 0)
		return;
	if (run > newest->number)
		newest->number = run;
	if (run == 0 && strcmp(name, newest->alone) > 0)
		memcpy(newest->alone, name, strlen(name) + 1);
}

static bool
find_latest(const struct rooms *rooms, struct lookup *found)
{
	struct newest newest = { 0 };
	char id[FOLDER_ID] = "";
	DIR *dir = open_room(rooms->run);
	struct dirent *file;

	while (dir != NULL && (file = readdir(dir)) != NULL)
		weigh(&newest, found, file->d_name);
	if (dir != NULL)
		closedir(dir);
	if (newest.number > 0)
		folder_id(found->client, found->job, newest.number, id);
	if (newest.alone[0] != '\0' &&
	    (newest.number == 0 ||
	     began(rooms, newest.alone) > began(rooms, id)))
		snprintf(id, sizeof(id), "%s", newest.alone);
	snprintf(found->run, sizeof(found->run), "%s", id);
	return id[0] != '\0';
}

static bool
is_run(const struct rooms *rooms, const char *id)
{
	int64_t client, run;
	char job[NAMES_SIZE];
	int folder;

	if (!folder_parse(id, &client, job, &run))
		return false;
	folder = folder_open(rooms, id);
	if (folder < 0)
		return false;
	close(folder);
	return true;
}

bool
lookup_run(const struct rooms *rooms, struct lookup *found, const char *which)
{
	char id[FOLDER_ID];

	if (which == NULL)
		return find_latest(rooms, found);
	if (strlen(which) >= FOLDER_ID - NAMES_SIZE - 24)
		return false;
	snprintf(id, sizeof(id), "%lld.%s.%s", (long long)found->client,
		 found->job, which);
	if (is_run(rooms, which))
		snprintf(id, sizeof(id), "%s", which);
	else if (!is_run(rooms, id))
		return false;
	snprintf(found->run, sizeof(found->run), "%s", id);
	return true;
}

static enum states_result
result_of(const struct folder_result *figures)
{
	if (figures->verdict.code == EX_OK)
		return STATES_SUCCESS;
	if (figures->verdict.code == EX_PARTIAL)
		return STATES_PARTIAL;
	if (figures->how == FOLDER_STOPPED || figures->how == FOLDER_DRAINED)
		return STATES_STOPPED;
	return figures->how == FOLDER_KILLED ? STATES_KILLED : STATES_FAILED;
}

bool
lookup_read_run(const struct rooms *rooms, const char *id,
		struct journal_run *run)
{
	struct folder_started started = { .at = 0 };
	int64_t number;
	int folder;

	*run = (struct journal_run){ .attempt = 1 };
	folder = folder_parse(id, &run->client, run->job, &number)
			 ? folder_open(rooms, id)
			 : -1;
	if (folder < 0)
		return false;
	snprintf(run->folder, sizeof(run->folder), "%s", id);
	run->standalone = number == 0;
	if (folder_read_started(folder, &started) == 0)
		run->began = started.at;
	if (folder_read_result(folder, &run->figures) == SETTLE_WHOLE) {
		run->ended = run->figures.ended;
		run->result = result_of(&run->figures);
	}
	close(folder);
	return true;
}
