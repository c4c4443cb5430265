#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/config.h"
#include "base/crypto.h"
#include "base/home.h"
#include "health/healthrun.h"
#include "measure/people.h"
#include "net/http.h"
#include "storage/store.h"

/* --- settings ------------------------------------------------------------- */

/* A file that cannot be read, or a line of it that is no good.  why begins with
 * its path, which the finding shows already: "PATH: reason", "PATH:LINE:
 * reason". */
static void
fail_file(struct health_run *run, struct finding *finding, const char *why,
	  const char *way_out)
{
	size_t len = strlen(finding->subject);

	finding->level = FINDING_FAIL;
	finding->class = OUTCOME_CONFIGURATION;
	finding->way_out = way_out;
	if (strncmp(why, finding->subject, len) != 0 || why[len] != ':') {
		findings_add(run->found, finding, "%s", why);
	} else if (why[len + 1] != ' ') {
		findings_add(run->found, finding, "line %s", why + len + 1);
	} else {
		finding->way_out = NULL;
		if (access(finding->subject, R_OK) != 0)
			finding->class = outcome_of_errno(errno);
		if (finding->class == OUTCOME_PERMISSION)
			finding->way_out = "let the one who runs Pulse read "
					   "it";
		findings_add(run->found, finding, "%s", why + len + 2);
	}
}

static void
judge_config(struct health_run *run)
{
	struct finding finding = { .check = "settings",
				   .subject = run->config != NULL
						      ? run->config
						      : "pulse.yaml" };

	if (run->settings == NULL) {
		fail_file(run, &finding, run->settings_why,
			  "correct that line; pulse.yaml(5)");
	} else if (run->config == NULL) {
		finding.level = FINDING_NOTE;
		finding.way_out = "pulse init writes one";
		findings_add(run->found, &finding,
			     "there is none: one client, with the defaults");
	} else if (run->options->client != NULL &&
		   settings_client(run->settings, run->options->client) ==
			   NULL) {
		finding.level = FINDING_FAIL;
		finding.class = OUTCOME_CONFIGURATION;
		findings_add(run->found, &finding, "it has no client '%s'",
			     run->options->client);
	} else {
		findings_add(run->found, &finding, "%zu client%s",
			     run->settings->client_count,
			     run->settings->client_count == 1 ? "" : "s");
	}
}

static void
judge_schedule(struct health_run *run)
{
	struct finding finding = { .check = "settings",
				   .subject = run->schedule_path };

	if (run->schedule != NULL) {
		findings_add(run->found, &finding, "%zu jobs",
			     run->schedule->job_count);
		return;
	}
	fail_file(run, &finding, run->schedule_why,
		  "correct that line; schedule.yaml(5)");
}

static void
judge_teams_of(struct health_run *run, const char *path)
{
	struct finding finding = { .check = "settings", .subject = path };
	struct people *people;
	size_t count = 0;
	char *why;

	if ((people = people_open(path, &why)) == NULL) {
		fail_file(run, &finding, why,
			  "correct that line; teams.yaml(5)");
		free(why);
		return;
	}
	while (people_teams(people)[count] != NULL)
		count++;
	findings_add(run->found, &finding, "%zu team%s", count,
		     count == 1 ? "" : "s");
	people_close(people);
}

/* Clients may share one. */
static void
judge_teams(struct health_run *run)
{
	const struct settings *all = run->settings;
	size_t i;

	for (i = 0; all != NULL && i < all->client_count; i++) {
		const char *path = all->clients[i].teams;

		if (path != NULL &&
		    health_wants_client(run, all->clients[i].id) &&
		    (i == 0 || all->clients[i - 1].teams == NULL ||
		     strcmp(all->clients[i - 1].teams, path) != 0))
			judge_teams_of(run, path);
	}
}

/* --- files ---------------------------------------------------------------- */

/* What is wrong with a file's mode, and what to run. */
struct file_rule {
	mode_t never;	   /* bits that nobody else may have */
	const char *wrong; /* "others may write it" */
	const char *mode;  /* of chmod */
	enum finding_level level;
};

static void
judge_file(struct health_run *run, const char *path,
	   const struct file_rule *rule)
{
	struct finding finding = { .check = "files",
				   .subject = path,
				   .class = OUTCOME_PERMISSION };
	char way[512], mode[16];
	struct stat st;

	if (stat(path, &st) != 0) {
		if (errno == ENOENT)
			return;
		finding.level = FINDING_FAIL;
		findings_add(run->found, &finding, "%s", strerror(errno));
		return;
	}
	snprintf(mode, sizeof(mode), "%04o", (unsigned)st.st_mode & 07777);
	finding.value = mode;
	if (st.st_uid != geteuid() && st.st_uid != 0) {
		finding.level = FINDING_FAIL;
		finding.way_out = "run Pulse as its owner, or give it to the "
				  "one who runs Pulse";
		findings_add(run->found, &finding,
			     "it belongs to somebody else");
	} else if ((st.st_mode & rule->never) != 0) {
		snprintf(way, sizeof(way), "chmod %s '%s'", rule->mode, path);
		finding.level = rule->level;
		finding.way_out = way;
		findings_add(run->found, &finding, "%s", rule->wrong);
	} else {
		findings_add(run->found, &finding, "ours, mode %s", mode);
	}
}

static void
judge_spool_files(struct health_run *run)
{
	static const struct file_rule writable = { 022,
						   "others may write into it",
						   "go-w", FINDING_FAIL };
	static const struct file_rule open_to_all = { 007,
						      "everybody may look into "
						      "it",
						      "o-rwx", FINDING_NOTE };
	static const struct file_rule readable = { 007, "everybody may read it",
						   "o-rwx", FINDING_WARN };
	static const char *const below[] = { "pulse.db", "state.db" };
	struct finding finding = { .check = "files", .subject = run->spool };
	struct stat st;
	size_t i;

	if (stat(run->spool, &st) != 0) {
		finding.level = errno == ENOENT ? FINDING_NOTE : FINDING_FAIL;
		finding.class = OUTCOME_CONFIGURATION;
		finding.way_out = "the first run of a job makes it";
		findings_add(run->found, &finding, "%s", strerror(errno));
		return;
	}
	judge_file(run, run->spool,
		   (st.st_mode & 022) != 0 ? &writable : &open_to_all);
	for (i = 0; i < 2; i++) {
		char *path = health_path(run, below[i]);

		judge_file(run, path, &readable);
		free(path);
	}
}

static void
judge_secret(struct health_run *run, int64_t client,
	     const struct form_secret *secret)
{
	static const struct file_rule rule = { 077, "others may read it", "600",
					       FINDING_FAIL };
	struct finding finding = { .check = "files",
				   .subject = secret->file,
				   .client = client,
				   .level = FINDING_FAIL,
				   .class = OUTCOME_AUTHENTICATION,
				   .way_out = "put the token there, mode "
					      "0600" };

	if (secret->file == NULL)
		return;
	if (access(secret->file, F_OK) != 0)
		findings_add(run->found, &finding, "%s", strerror(errno));
	else
		judge_file(run, secret->file, &rule);
}

/* Without calls at the APIs nobody else looks at the token files. */
static void
judge_secrets(struct health_run *run)
{
	size_t i;

	if (run->settings == NULL || !run->options->offline)
		return;
	for (i = 0; i < run->settings->client_count; i++) {
		const struct settings_client *client =
			&run->settings->clients[i];

		if (!health_wants_client(run, client->id))
			continue;
		judge_secret(run, client->id, &client->github.token);
		judge_secret(run, client->id, &client->github.private_key);
		judge_secret(run, client->id, &client->jira.api_token);
	}
}

/* Who may write these decides what is run and where a token goes. */
static void
judge_files(struct health_run *run)
{
	static const struct file_rule rule = { 022, "others may write it",
					       "go-w", FINDING_FAIL };
	size_t i;

	judge_spool_files(run);
	if (run->config != NULL)
		judge_file(run, run->config, &rule);
	judge_secrets(run);
	if (run->schedule == NULL)
		return;
	judge_file(run, run->schedule->file, &rule);
	for (i = 0; i < run->schedule->job_count; i++)
		judge_file(run, run->schedule->jobs[i].path, &rule);
}

/* --- versions ------------------------------------------------------------- */

static bool
is_below(const char *version, const char *floor)
{
	char *end_version, *end_floor;
	int i;

	for (i = 0; i < 3; i++) {
		long have = strtol(version, &end_version, 10);
		long least = strtol(floor, &end_floor, 10);

		if (have != least)
			return have < least;
		version = *end_version == '.' ? end_version + 1 : end_version;
		floor = *end_floor == '.' ? end_floor + 1 : end_floor;
	}
	return false;
}

/* What Debian 12 has; older ones have holes that are mended there. */
static void
judge_versions(struct health_run *run)
{
	const struct {
		const char *name, *version, *floor;
	} libraries[] = {
		{ "libcurl", http_library(), "7.88.1" },
		{ "sqlite", store_library(), "3.40.1" },
		{ "openssl", crypto_library(), "3.0.0" },
		{ "libyaml", config_library(), "0.2.5" },
	};
	size_t i;

	for (i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++) {
		struct finding finding = { .check = "versions",
					   .subject = libraries[i].name,
					   .value = libraries[i].version };

		if (!is_below(libraries[i].version, libraries[i].floor)) {
			findings_add(run->found, &finding, "%s",
				     libraries[i].version);
			continue;
		}
		finding.level = FINDING_WARN;
		finding.class = OUTCOME_SYSTEM;
		finding.way_out = "update it";
		findings_add(run->found, &finding, "%s is older than %s",
			     libraries[i].version, libraries[i].floor);
	}
}

/* What the pipelines and the scheduler run, beside us. */
static void
judge_programs(struct health_run *run)
{
	static const char *const names[] = {
		"fetch-github", "fetch-jira", "spool-put",   "spool-take",
		"spool-prune",	"validate",   "load",	     "link-deployments",
		"retry-scan",	"pulse-run",  "pulse-sched",
	};
	struct finding finding = { .check = "programs",
				   .class = OUTCOME_CONFIGURATION,
				   .way_out = "make, or make install" };
	size_t i, missing = 0;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *path = home_program(names[i]);

		finding.subject = path;
		if (access(path, X_OK) != 0) {
			finding.level = FINDING_FAIL;
			findings_add(run->found, &finding, "%s",
				     strerror(errno));
			missing++;
		}
		free(path);
	}
	if (missing > 0)
		return;
	finding = (struct finding){ .check = "programs" };
	findings_add(run->found, &finding, "all %zu are there",
		     sizeof(names) / sizeof(names[0]));
}

void
health_settings(struct health_run *run)
{
	judge_config(run);
	judge_teams(run);
	judge_schedule(run);
	judge_files(run);
	judge_versions(run);
	judge_programs(run);
}
