#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/times.h"
#include "health/healthrun.h"
#include "net/visit.h"

enum { ENDS_SOON = 14, PERCENT = 10, SKEW_MOST = 60000 };
#define DAY INT64_C(86400000)

/* One API of one client, and what was seen there. */
struct place {
	struct health_run *run;
	const char *name; /* "github" */
	int64_t client;
	const struct visit *seen;
};

static struct finding
about(const struct place *place, const char *check, enum finding_level level)
{
	return (struct finding){ .check = check,
				 .subject = place->name,
				 .client = place->client,
				 .level = level };
}

/* --- the API and the token ------------------------------------------------ */

static bool is_refusal(enum outcome_class class)
{
	return class == OUTCOME_AUTHENTICATION || class == OUTCOME_PERMISSION;
}

static const char *way_to_api(enum outcome_class class)
{
	switch (class) {
	case OUTCOME_CONFIGURATION:
		return "correct pulse.yaml(5)";
	case OUTCOME_DATA_FORMAT:
		return "look whether base_url in pulse.yaml is right, and "
		       "whether a proxy answers in its place";
	default:
		return "nothing, if it passes; else look at the network, the "
		       "proxy, and the service's own status page";
	}
}

static void
judge_api(const struct place *place)
{
	const struct source_problem *problem = &place->seen->problem;
	struct finding finding = about(place, "api", FINDING_OK);
	char ms[32];

	if (problem->code != EX_OK && !is_refusal(problem->class) &&
	    problem->class != OUTCOME_API_RATE_LIMIT) {
		finding.level = FINDING_FAIL;
		finding.class = problem->class;
		finding.code = problem->code;
		finding.way_out = way_to_api(problem->class);
		findings_add(place->run->found, &finding, "%s", problem->why);
		return;
	}
	if (!place->seen->reached)
		return;
	snprintf(ms, sizeof(ms), "%.0f ms", place->seen->ms);
	finding.value = ms;
	findings_add(place->run->found, &finding, "%s%s%s answers in %s",
		     place->seen->base_url,
		     *place->seen->what != '\0' ? ", " : "", place->seen->what,
		     ms);
}

static const char *
way_to_token(const struct place *place)
{
	if (strcmp(place->name, "github") == 0)
		return "make a fine-grained token that may read contents, "
		       "deployments, issues and pull requests "
		       "(github.com/settings/tokens), and put it where "
		       "github.token in pulse.yaml says, mode 0600";
	return "make a token (id.atlassian.com, Security, API tokens), and put "
	       "it where jira.api_token in pulse.yaml says, mode 0600";
}

static void
judge_expiry(const struct place *place)
{
	const struct visit *seen = place->seen;
	int64_t left = seen->expires - place->run->now;
	struct finding finding = about(place, "token", FINDING_OK);
	char at[TIMES_SIZE];

	if (seen->expires == 0 || seen->app) {
		finding.level = seen->classic ? FINDING_NOTE : FINDING_OK;
		finding.way_out = seen->classic ? "give it an end, or use a "
						  "GitHub App"
						: NULL;
		findings_add(place->run->found, &finding, "%s%s%s%s",
			     seen->app ? "a GitHub App's, renewed every hour"
				       : "accepted",
			     *seen->account != '\0' ? ", of " : "",
			     seen->account,
			     seen->classic ? "; it never ends" : "");
		return;
	}
	times_format_seconds(seen->expires, at);
	finding.value = at;
	if (left < ENDS_SOON * DAY) {
		finding.level = FINDING_WARN;
		finding.class = OUTCOME_AUTHENTICATION;
		finding.way_out = way_to_token(place);
	}
	findings_add(place->run->found, &finding,
		     "accepted; it ends on %.10s, in %lld days", at,
		     (long long)(left / DAY));
}

/* Scopes of a classic token that nothing here asks for. */
static bool
is_wide(const char *scopes)
{
	static const char *const wide[] = { "admin:",	"delete", "write:",
					    "workflow", "user,",  "gist",
					    "codespace" };
	size_t i;

	for (i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (strstr(scopes, wide[i]) != NULL)
			return true;
	return false;
}

static void
judge_scopes(const struct place *place)
{
	const struct visit *seen = place->seen;
	struct finding finding = about(place, "token", FINDING_NOTE);
	bool wide = is_wide(seen->scopes);

	if (!seen->classic)
		return;
	finding.value = seen->scopes;
	finding.way_out = "a fine-grained token that may only read does as "
			  "well (github.com/settings/tokens)";
	findings_add(place->run->found, &finding,
		     "a classic one, which may %s: %s",
		     wide ? "do far more than is needed"
			  : "write where reading would do",
		     seen->scopes);
}

static void
judge_token(const struct place *place)
{
	const struct source_problem *problem = &place->seen->problem;
	struct finding finding = about(place, "token", FINDING_FAIL);

	if (place->seen->taken) {
		judge_expiry(place);
		judge_scopes(place);
	}
	if (problem->code == EX_OK || !is_refusal(problem->class))
		return;
	finding.class = problem->class;
	finding.code = problem->code;
	finding.way_out = way_to_token(place);
	findings_add(place->run->found, &finding, "%s", problem->why);
}

/* --- the quota and the clock ---------------------------------------------- */

static void
judge_quota(const struct place *place)
{
	const struct visit *seen = place->seen;
	struct finding finding = about(place, "quota", FINDING_OK);
	char left[32], at[TIMES_SIZE] = "", full[TIMES_SIZE + 16] = "";

	if (seen->quota_left < 0 || seen->quota_limit <= 0)
		return;
	snprintf(left, sizeof(left), "%ld", seen->quota_left);
	finding.value = left;
	if (seen->quota_reset > 0) {
		times_format_seconds(seen->quota_reset, at);
		snprintf(full, sizeof(full), ", full again at %s", at);
	}
	if (seen->quota_left < seen->quota_limit / PERCENT) {
		finding.level = FINDING_WARN;
		finding.class = OUTCOME_API_RATE_LIMIT;
		finding.way_out = "wait; or set rate_limit in pulse.yaml, use "
				  "a token of Pulse's own, or a GitHub App";
	}
	findings_add(place->run->found, &finding, "%ld of %ld requests left%s",
		     seen->quota_left, seen->quota_limit, full);
}

static void
judge_clock(const struct place *place)
{
	int64_t skew = place->seen->skew;
	struct finding finding = about(place, "clock", FINDING_OK);
	char text[HEALTH_TEXT], value[32];

	if (!place->seen->timed)
		return;
	snprintf(value, sizeof(value), "%lld", (long long)(skew / 1000));
	finding.value = value;
	if (skew <= SKEW_MOST && skew >= -SKEW_MOST) {
		findings_add(place->run->found, &finding,
			     "the same as the server's, within a minute");
		return;
	}
	finding.level = FINDING_WARN;
	finding.class = OUTCOME_SYSTEM;
	finding.way_out = "let systemd-timesyncd, chrony or ntpd set it";
	findings_add(place->run->found, &finding, "ours is %s %s the server's",
		     times_about(skew < 0 ? -skew : skew, text),
		     skew < 0 ? "behind" : "ahead of");
}

static void
judge(const struct place *place)
{
	struct finding finding = about(place, "api", FINDING_NOTE);

	if (!place->seen->asked && place->seen->problem.code == EX_OK) {
		finding.way_out = strcmp(place->name, "github") == 0
					  ? "set github.organization in "
					    "pulse.yaml, if it is wanted"
					  : "set jira.base_url in pulse.yaml, "
					    "if it is wanted";
		findings_add(place->run->found, &finding, "not set up");
		return;
	}
	judge_api(place);
	judge_token(place);
	judge_quota(place);
	judge_clock(place);
}

/* Nothing found must not look like nothing wrong. */
static bool
has_client(struct health_run *run)
{
	const struct finding finding = { .check = "api",
					 .level = FINDING_FAIL,
					 .class = OUTCOME_CONFIGURATION,
					 .way_out = "give -k an id of "
						    "pulse.yaml" };
	const char *client = run->options->client;

	if (client == NULL || settings_client(run->settings, client) != NULL)
		return true;
	findings_add(run->found, &finding, "there is no client '%s'", client);
	return false;
}

void
health_apis(struct health_run *run)
{
	static const struct {
		const char *name;
		void (*visit)(const struct visit_who *who, struct visit *seen);
	} apis[] = { { "github", visit_github }, { "jira", visit_jira } };
	size_t i, k;

	if (run->settings == NULL || run->options->offline)
		return;
	if (!has_client(run))
		return;
	for (i = 0;
	     i < 2 * run->settings->client_count && !source_is_signalled();
	     i++) {
		const struct settings_client *client =
			&run->settings->clients[i / 2];
		char id[24];
		struct visit_who who = { run->config, id, client };
		struct visit seen;
		struct place place = { run, apis[i % 2].name, client->id,
				       &seen };

		k = i % 2;
		if (!health_wants_client(run, client->id))
			continue;
		snprintf(id, sizeof(id), "%lld", (long long)client->id);
		apis[k].visit(&who, &seen);
		judge(&place);
		visit_free(&seen);
	}
}
