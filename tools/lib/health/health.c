#include "health/health.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/home.h"
#include "base/msg.h"
#include "health/healthrun.h"
#include "net/source.h"

const struct health_check health_checks[] = {
	{ "settings", "Settings" },
	{ "files", "Settings" },
	{ "versions", "Settings" },
	{ "programs", "Settings" },
	{ "api", "GitHub and Jira" },
	{ "token", "GitHub and Jira" },
	{ "quota", "GitHub and Jira" },
	{ "clock", "GitHub and Jira" },
	{ "disk", "Spool and database" },
	{ "queue", "Spool and database" },
	{ "database", "Spool and database" },
	{ "control", "Jobs" },
	{ "locks", "Jobs" },
	{ "jobs", "Jobs" },
	{ "fresh", "Jobs" },
	{ "web", "Web" },
	{ .name = NULL },
};

bool
health_wants(const struct health_run *run, const char *check)
{
	const char *const *name = run->options->only;

	for (; name != NULL && *name != NULL; name++)
		if (strcmp(*name, check) == 0)
			return true;
	return run->options->only == NULL;
}

bool
health_wants_client(const struct health_run *run, int64_t client)
{
	char text[24];

	if (run->options->client == NULL)
		return true;
	snprintf(text, sizeof(text), "%lld", (long long)client);
	return strcmp(text, run->options->client) == 0;
}

char *
health_path(const struct health_run *run, const char *below)
{
	size_t size = strlen(run->spool) + strlen(below) + 2;
	char *path = msg_calloc(size, 1);

	snprintf(path, size, "%s/%s", run->spool, below);
	return path;
}

const char *
health_size(int64_t bytes, char out[HEALTH_TEXT])
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
	double size = (double)bytes / 1024;
	size_t i;

	for (i = 0; i < 3 && size >= 1000; i++)
		size /= 1024;
	snprintf(out, HEALTH_TEXT, "%.*f %s", size < 10 ? 1 : 0, size,
		 units[i]);
	return out;
}

static void
open_run(struct health_run *run)
{
	const struct health_options *options = run->options;
	char *state;

	run->spool = options->spool != NULL ? msg_strdup(options->spool)
					    : home_path("spool");
	run->config = home_config(options->config);
	run->settings = settings_load(run->config, &run->settings_why);
	run->schedule_path = schedule_path(options->schedule);
	run->schedule = schedule_load(run->schedule_path, &run->schedule_why);
	run->has_rooms = rooms_open(&run->rooms, run->spool, false,
				    &run->rooms_why) == 0;
	state = health_path(run, "state.db");
	run->has_state = access(state, F_OK) == 0;
	if (run->has_state)
		run->journal = journal_open(state, false, &run->journal_why,
					    &run->journal_class);
	free(state);
}

static void
close_run(struct health_run *run)
{
	journal_close(run->journal);
	if (run->has_rooms)
		rooms_close(&run->rooms);
	schedule_free(run->schedule);
	settings_free(run->settings);
	free(run->journal_why);
	free(run->rooms_why);
	free(run->schedule_path);
	free(run->schedule_why);
	free(run->settings_why);
	free(run->config);
	free(run->spool);
}

/* One function may find things for several checks. */
bool
health_run(const struct health_options *options, struct findings *found)
{
	static const struct {
		const char *checks[5];
		void (*look)(struct health_run *run);
	} looks[] = {
		{ { "settings", "files", "versions", "programs" },
		  health_settings },
		{ { "api", "token", "quota", "clock" }, health_apis },
		{ { "disk", "queue" }, health_spool },
		{ { "database" }, health_databases },
		{ { "control", "locks" }, health_control },
		{ { "jobs", "fresh" }, health_jobs },
		{ { "web" }, health_web },
	};
	struct health_run run = { .options = options,
				  .found = found,
				  .now = clock_now() };
	size_t i, k;

	open_run(&run);
	for (i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		bool wanted = false;

		for (k = 0; looks[i].checks[k] != NULL; k++)
			wanted = wanted ||
				 health_wants(&run, looks[i].checks[k]);
		if (wanted)
			looks[i].look(&run);
	}
	close_run(&run);
	findings_keep(found, options->only);
	return !source_is_signalled();
}
