#include "jobs/dependencies.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/config.h"
#include "base/msg.h"

static char *
unknown_job(const struct schedule *schedule, const struct config *node,
	    const char *name)
{
	const char **names =
		msg_calloc(schedule->job_count + 1, sizeof(*names));
	char expected[240];
	const char *near;
	size_t i;

	for (i = 0; i < schedule->job_count; i++)
		names[i] = schedule->jobs[i].name;
	near = cli_nearest(name, names);
	snprintf(expected, sizeof(expected),
		 "a job of this file: there is no '%.60s'%s%.63s", name,
		 near != NULL ? "; did you mean " : "",
		 near != NULL ? near : "");
	free(names);
	return config_complain(node, expected);
}

static char *
read_dependency(const struct schedule *schedule, const struct config *node,
		bool map, struct schedule_dependency *dependency)
{
	static const char *const needs[] = { "idle", "success", "fresh" };
	const char *name = map ? node->key : config_text(node), *need;
	const struct schedule_job *on;
	size_t i;

	if (name == NULL)
		return config_complain(node, "the name of a job");
	if ((on = schedule_job(schedule, name)) == NULL)
		return unknown_job(schedule, node, name);
	dependency->job = (size_t)(on - schedule->jobs);
	if (!map)
		return NULL;
	need = config_text(node);
	for (i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (need != NULL && strcmp(needs[i], need) == 0) {
			dependency->need = (enum schedule_need)i;
			return NULL;
		}
	return config_complain(node, "one of idle, success, fresh");
}

static bool
is_named(const struct schedule_job *job, size_t other)
{
	size_t i;

	for (i = 0; i < job->dependency_count; i++)
		if (job->dependencies[i].job == other)
			return true;
	return false;
}

static char *
read_dependencies(const struct schedule *schedule, const struct config *node,
		  struct schedule_job *job)
{
	const struct config *n;
	char *why = NULL;

	if (node == NULL)
		return NULL;
	if (node->kind == CONFIG_SCALAR)
		return config_complain(node, "a list of jobs, or a map {JOB: "
					     "idle|success|fresh}");
	for (n = node->first; n != NULL; n = n->next) {
		struct schedule_dependency d = { .need = SCHEDULE_IDLE };

		why = read_dependency(schedule, n, node->kind == CONFIG_MAP,
				      &d);
		if (why != NULL)
			return why;
		if (is_named(job, d.job))
			return config_complain(n, "each job once");
		job->dependencies = msg_realloc(
			job->dependencies, (job->dependency_count + 1) *
						   sizeof(*job->dependencies));
		job->dependencies[job->dependency_count++] = d;
	}
	return NULL;
}

/* The jobs from the one walked first to the one at hand. */
struct trail {
	const struct schedule *schedule;
	size_t *steps, length;
	bool *done;
};

static char *
cycle(const struct trail *trail, size_t from)
{
	const struct schedule_job *jobs = trail->schedule->jobs;
	const struct schedule_job *first = &jobs[trail->steps[from]];
	const struct config *all = config_get(trail->schedule->root, "jobs");
	char expected[480] = "no cycle of dependencies: ";
	size_t len = strlen(expected), i;

	for (i = from; i < trail->length && len < sizeof(expected) - 140; i++)
		len += (size_t)snprintf(expected + len, sizeof(expected) - len,
					"%.63s -> ",
					jobs[trail->steps[i]].name);
	snprintf(expected + len, sizeof(expected) - len, "%s%.63s",
		 i < trail->length ? "... -> " : "", first->name);
	return config_complain(
		config_get(config_get(all, first->name), "dependencies"),
		expected);
}

static char *
walk(struct trail *trail, size_t job)
{
	const struct schedule_job *at = &trail->schedule->jobs[job];
	char *why = NULL;
	size_t i;

	for (i = 0; i < trail->length; i++)
		if (trail->steps[i] == job)
			return cycle(trail, i);
	if (trail->done[job])
		return NULL;
	trail->steps[trail->length++] = job;
	for (i = 0; i < at->dependency_count && why == NULL; i++)
		why = walk(trail, at->dependencies[i].job);
	trail->length--;
	trail->done[job] = true;
	return why;
}

static char *
check_cycles(const struct schedule *schedule)
{
	struct trail trail = { .schedule = schedule };
	char *why = NULL;
	size_t i;

	trail.steps = msg_calloc(schedule->job_count, sizeof(*trail.steps));
	trail.done = msg_calloc(schedule->job_count, sizeof(*trail.done));
	for (i = 0; i < schedule->job_count && why == NULL; i++)
		why = walk(&trail, i);
	free(trail.steps);
	free(trail.done);
	return why;
}

char *
dependencies_read(struct schedule *schedule)
{
	const struct config *all = config_get(schedule->root, "jobs");
	char *why = NULL;
	size_t i;

	for (i = 0; i < schedule->job_count && why == NULL; i++) {
		struct schedule_job *job = &schedule->jobs[i];

		why = read_dependencies(
			schedule,
			config_get(config_get(all, job->name), "dependencies"),
			job);
	}
	return why != NULL ? why : check_cycles(schedule);
}
