#include "jobs/schedule.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/form.h"
#include "base/home.h"
#include "base/msg.h"
#include "base/names.h"
#include "jobs/dependencies.h"
#include "jobs/executable.h"

enum { MOST_RETRIES = 100 };

static const int64_t second = 1000;
static const int64_t minute = 60 * 1000;
static const int64_t hour = 3600 * 1000;
static const int64_t day = 24 * (int64_t)3600 * 1000;
static const int64_t longest = 3650 * (int64_t)24 * 3600 * 1000;

struct retry { /* as a file says it */
	int64_t max_retries, base, cap, factor;
	bool jitter;
};

/* What is read of one job before it is judged. */
struct draft {
	struct schedule_job job;
	const char *per;
};

char *
schedule_path(const char *given)
{
	char *path;

	if (given != NULL)
		return msg_strdup(given);
	path = home_own("schedule.yaml");
	return path != NULL ? path : home_share("schedule.yaml");
}

/* Far beyond every use, and far below where times overflow. */
static char *
check_lengths(const struct config *map, const struct form_key *keys,
	      const void *from)
{
	for (; keys->name != NULL; keys++)
		if (keys->sort == FORM_DURATION &&
		    *(const int64_t *)((const char *)from + keys->where) >
			    longest)
			return config_complain(config_get(map, keys->name),
					       "at most 10 years");
	return NULL;
}

static char *
check_number(const struct config *node, int64_t number, int64_t least,
	     int64_t most)
{
	char expected[64];

	if (node == NULL || (number >= least && number <= most))
		return NULL;
	snprintf(expected, sizeof(expected), "a number from %lld to %lld",
		 (long long)least, (long long)most);
	return config_complain(node, expected);
}

static char *
read_retry(const struct config *map, struct retry *retry)
{
	static const struct form_key keys[] = {
		{ "max_retries", FORM_NUMBER,
		  offsetof(struct retry, max_retries), NULL },
		{ "base_delay", FORM_DURATION, offsetof(struct retry, base),
		  NULL },
		{ "max_delay", FORM_DURATION, offsetof(struct retry, cap),
		  NULL },
		{ "backoff_factor", FORM_NUMBER, offsetof(struct retry, factor),
		  NULL },
		{ "jitter", FORM_TRUTH, offsetof(struct retry, jitter), NULL },
		{ .name = NULL },
	};
	char *why = form_read(map, keys, NULL, retry);

	if (why == NULL)
		why = check_lengths(map, keys, retry);
	if (why == NULL)
		why = check_number(config_get(map, "max_retries"),
				   retry->max_retries, 0, MOST_RETRIES);
	if (why == NULL)
		why = check_number(config_get(map, "backoff_factor"),
				   retry->factor, 1, 100);
	if (why == NULL && map != NULL && retry->base > retry->cap)
		why = config_complain(map, "a base_delay of at most max_delay");
	return why;
}

/* {total: N, INTEGRATION: N...} */
static char *
read_slots(const struct config *map, struct schedule *schedule)
{
	const struct config *n;
	struct schedule_slots *slot;
	int64_t count;
	char *why;

	if (map == NULL)
		return NULL;
	if (map->kind != CONFIG_MAP)
		return config_complain(map, "a map, such as {total: 4}");
	for (n = map->first; n != NULL; n = n->next) {
		if (!config_int(n, &count))
			return config_complain(n, "a number");
		if ((why = check_number(n, count, 1, 1000)) != NULL)
			return why;
		if (strcmp(n->key, "total") == 0) {
			schedule->total = count;
			continue;
		}
		schedule->slots =
			msg_realloc(schedule->slots,
				    (schedule->slot_count + 1) * sizeof(*slot));
		slot = &schedule->slots[schedule->slot_count++];
		*slot = (struct schedule_slots){ n->key, count };
	}
	return NULL;
}

/* A slot that nobody asks for is nearly always a misspelt one. */
static char *
check_slots(const struct schedule *schedule)
{
	const struct config *map = config_get(schedule->root, "slots");
	const char **names =
		msg_calloc(schedule->job_count + 2, sizeof(*names));
	char expected[240], *why = NULL;
	size_t i, count = 0;

	names[count++] = "total";
	for (i = 0; i < schedule->job_count; i++)
		if (schedule->jobs[i].integration != NULL)
			names[count++] = schedule->jobs[i].integration;
	for (i = 0; i < schedule->slot_count && why == NULL; i++) {
		const char *name = schedule->slots[i].name;
		const char *near = cli_nearest(name, names);

		if (near == NULL || strcmp(near, name) == 0)
			continue;
		snprintf(expected, sizeof(expected),
			 "no '%.40s' here: no job has that integration; did "
			 "you mean %.63s",
			 name, near);
		why = config_complain(config_get(map, name), expected);
	}
	free(names);
	return why;
}

static char *
check_job(const struct config *map, struct schedule_job *job)
{
	const struct config *n;

	if (config_get(map, "run") == NULL)
		return config_complain(map, "'run: PATH' in this job");
	if ((n = config_get(map, "interval")) == NULL)
		return config_complain(map, "'interval: DURATION' in this job");
	if (job->interval < second)
		return config_complain(n, "an interval of at least 1s");
	n = config_get(map, "fast_recovery");
	if (n == NULL)
		job->fast_recovery = job->interval / 8 < 30 * minute
					     ? job->interval / 8
					     : 30 * minute;
	else if (job->fast_recovery >= job->interval)
		return config_complain(
			n, "a fast_recovery shorter than the interval");
	else if (job->fast_recovery == 0)
		return config_complain(n, "a fast_recovery longer than 0s");
	if (config_get(map, "max_wait") == NULL)
		job->max_wait =
			job->interval > hour / 4 ? 4 * job->interval : hour;
	n = config_get(map, "integration");
	if (n != NULL && !names_is_job(job->integration))
		return config_complain(
			n, "a name of small letters, digits, _ and -");
	return executable_find(config_get(map, "run"), &job->path);
}

static char *
read_job(const struct config *map, const struct retry *usual,
	 struct schedule_job *job)
{
	static const struct form_key keys[] = {
		{ "run", FORM_TEXT, offsetof(struct draft, job.run), NULL },
		{ "interval", FORM_DURATION,
		  offsetof(struct draft, job.interval), NULL },
		{ "fast_recovery", FORM_DURATION,
		  offsetof(struct draft, job.fast_recovery), NULL },
		{ "integration", FORM_TEXT,
		  offsetof(struct draft, job.integration), NULL },
		{ "per", FORM_CHOICE, offsetof(struct draft, per),
		  "client|host" },
		{ "timeout", FORM_DURATION, offsetof(struct draft, job.timeout),
		  NULL },
		{ "grace", FORM_DURATION, offsetof(struct draft, job.grace),
		  NULL },
		{ "drain", FORM_DURATION, offsetof(struct draft, job.drain),
		  NULL },
		{ "max_wait", FORM_DURATION,
		  offsetof(struct draft, job.max_wait), NULL },
		{ .name = NULL },
	};
	static const char *const also[] = { "dependencies", "retry", NULL };
	struct retry retry = *usual;
	struct draft draft = { .job = *job, .per = "client" };
	char *why = NULL;

	if (!names_is_job(map->key))
		why = config_complain(map, "a job name of small letters, "
					   "digits, _ and -, a letter first");
	if (why == NULL)
		why = form_read(map, keys, also, &draft);
	if (why == NULL)
		why = check_lengths(map, keys, &draft);
	if (why == NULL)
		why = read_retry(config_get(map, "retry"), &retry);
	if (why == NULL)
		why = check_job(map, &draft.job);
	*job = draft.job;
	job->name = map->key;
	job->line = map->line;
	job->per_host = strcmp(draft.per, "host") == 0;
	job->max_retries = retry.max_retries;
	job->retry = (struct backoff){ .base = retry.base,
				       .cap = retry.cap,
				       .factor = retry.factor,
				       .steady = !retry.jitter };
	return why;
}

static char *
read_jobs(const struct config *map, const struct retry *usual,
	  struct schedule *schedule)
{
	const struct config *n;
	char *why = NULL;

	if (map == NULL || map->kind != CONFIG_MAP || map->first == NULL)
		return config_complain(
			map != NULL ? map : schedule->root,
			"jobs: {NAME: {run: PATH, interval: DURATION}}");
	for (n = map->first; n != NULL; n = n->next)
		schedule->job_count++;
	schedule->jobs =
		msg_calloc(schedule->job_count, sizeof(*schedule->jobs));
	schedule->job_count = 0;
	for (n = map->first; n != NULL && why == NULL; n = n->next) {
		struct schedule_job *job =
			&schedule->jobs[schedule->job_count++];

		*job = (struct schedule_job){ .timeout = 6 * hour,
					      .grace = 10 * second,
					      .drain = 60 * second };
		why = read_job(n, usual, job);
	}
	return why;
}

static char *
read_schedule(struct schedule *schedule)
{
	static const struct form_key keys[] = {
		{ "free_space", FORM_SIZE, offsetof(struct schedule, floor),
		  NULL },
		{ "keep", FORM_DURATION, offsetof(struct schedule, keep),
		  NULL },
		{ .name = NULL },
	};
	static const char *const also[] = { "slots", "retry", "jobs", "notify",
					    NULL };
	const struct config *root = schedule->root;
	const struct config *notify = config_get(root, "notify");
	struct retry usual = { .max_retries = 3,
			       .base = 5 * minute,
			       .cap = 30 * minute,
			       .factor = 2,
			       .jitter = true };
	char *why = form_read(root, keys, also, schedule);

	if (why == NULL)
		why = check_lengths(root, keys, schedule);
	if (why == NULL && schedule->keep < day)
		why = config_complain(config_get(root, "keep"),
				      "at least one day");
	if (why == NULL)
		why = read_slots(config_get(root, "slots"), schedule);
	if (why == NULL)
		why = read_retry(config_get(root, "retry"), &usual);
	if (why == NULL)
		why = read_jobs(config_get(root, "jobs"), &usual, schedule);
	if (why == NULL)
		why = dependencies_read(schedule);
	if (why == NULL)
		why = check_slots(schedule);
	if (why == NULL && notify != NULL)
		why = executable_find(notify, &schedule->notify);
	return why;
}

struct schedule *
schedule_of(struct config *root, char **why)
{
	struct schedule *schedule = msg_calloc(1, sizeof(*schedule));

	schedule->root = root;
	schedule->file = msg_strdup(root->file);
	schedule->total = 4;
	schedule->floor = 100 * (int64_t)1024 * 1024;
	schedule->keep = 90 * day;
	*why = read_schedule(schedule);
	if (*why == NULL)
		return schedule;
	schedule_free(schedule);
	return NULL;
}

struct schedule *
schedule_load(const char *path, char **why)
{
	struct config *root = config_load(path, why);

	return root == NULL ? NULL : schedule_of(root, why);
}

void
schedule_free(struct schedule *schedule)
{
	size_t i;

	if (schedule == NULL)
		return;
	for (i = 0; i < schedule->job_count; i++) {
		free(schedule->jobs[i].path);
		free(schedule->jobs[i].dependencies);
	}
	free(schedule->jobs);
	free(schedule->slots);
	free(schedule->notify);
	free(schedule->file);
	config_free(schedule->root);
	free(schedule);
}

const struct schedule_job *
schedule_job(const struct schedule *schedule, const char *name)
{
	size_t i;

	for (i = 0; i < schedule->job_count; i++)
		if (strcmp(schedule->jobs[i].name, name) == 0)
			return &schedule->jobs[i];
	return NULL;
}

int64_t
schedule_slots(const struct schedule *schedule, const char *name)
{
	size_t i;

	for (i = 0; i < schedule->slot_count; i++)
		if (strcmp(schedule->slots[i].name, name) == 0)
			return schedule->slots[i].count;
	return 1;
}

/* FNV-1a, then a finisher: the remainder must not follow the last letters. */
static uint64_t
hash(const char *text)
{
	uint64_t h = 0xcbf29ce484222325;

	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * 0x100000001b3;
	h = (h ^ (h >> 33)) * 0xff51afd7ed558ccd;
	return h ^ (h >> 33);
}

/* Whole seconds where there is room for them: people read these times. */
int64_t
schedule_offset(const struct schedule_job *job, int64_t client)
{
	int64_t room = job->interval / 10;
	int64_t unit;
	char name[NAMES_SIZE + 24];

	if (room > 10 * minute)
		room = 10 * minute;
	unit = room >= 10 * second ? second : 1;
	snprintf(name, sizeof(name), "%lld.%s", (long long)client, job->name);
	return (int64_t)(hash(name) % (uint64_t)(room / unit)) * unit;
}

int64_t
schedule_next(const struct schedule_job *job, int64_t client, int64_t after)
{
	int64_t offset = schedule_offset(job, client);
	int64_t from = after - offset;
	int64_t k = from / job->interval;

	if (from < 0 && from % job->interval != 0)
		k--;
	return offset + (k + 1) * job->interval;
}

void
schedule_rules(const struct schedule_job *job, int64_t client,
	       struct states_rules *rules)
{
	*rules = (struct states_rules){
		.interval = job->interval,
		.offset = schedule_offset(job, client),
		.fast_recovery = job->fast_recovery,
		.max_wait = job->max_wait,
		.max_retries = job->max_retries,
		.retry = job->retry,
	};
}
