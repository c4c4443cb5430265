#include "base/settingssources.h"

#include <stddef.h>
#include <string.h>

#include "base/form.h"

static const struct form_key github_keys[] = {
	{ "base_url", FORM_TEXT, offsetof(struct settings_github, base_url),
	  NULL },
	{ "organization", FORM_TEXT,
	  offsetof(struct settings_github, organization), NULL },
	{ "user", FORM_TEXT, offsetof(struct settings_github, user), NULL },
	{ "repositories", FORM_LIST,
	  offsetof(struct settings_github, repositories), NULL },
	{ "include", FORM_LIST, offsetof(struct settings_github, include),
	  NULL },
	{ "exclude", FORM_LIST, offsetof(struct settings_github, exclude),
	  NULL },
	{ "archived", FORM_TRUTH, offsetof(struct settings_github, archived),
	  NULL },
	{ "forks", FORM_TRUTH, offsetof(struct settings_github, forks), NULL },
	{ "deployments", FORM_CHOICE,
	  offsetof(struct settings_github, deployments),
	  "deployments|releases" },
	{ "token", FORM_SECRET, offsetof(struct settings_github, token), NULL },
	{ "app_id", FORM_TEXT, offsetof(struct settings_github, app_id), NULL },
	{ "installation", FORM_TEXT,
	  offsetof(struct settings_github, installation), NULL },
	{ "private_key", FORM_SECRET,
	  offsetof(struct settings_github, private_key), NULL },
	{ "overlap", FORM_DURATION, offsetof(struct settings_github, overlap),
	  NULL },
	{ "ca_file", FORM_TEXT, offsetof(struct settings_github, ca_file),
	  NULL },
	{ .name = NULL },
};

static const struct form_key jira_keys[] = {
	{ "base_url", FORM_TEXT, offsetof(struct settings_jira, base_url),
	  NULL },
	{ "email", FORM_TEXT, offsetof(struct settings_jira, email), NULL },
	{ "flavor", FORM_CHOICE, offsetof(struct settings_jira, flavor),
	  "auto|cloud|dc" },
	{ "api_token", FORM_SECRET, offsetof(struct settings_jira, api_token),
	  NULL },
	{ "projects", FORM_LIST, offsetof(struct settings_jira, projects),
	  NULL },
	{ "fields", FORM_LIST, offsetof(struct settings_jira, fields), NULL },
	{ "max_results", FORM_NUMBER,
	  offsetof(struct settings_jira, max_results), NULL },
	{ "overlap", FORM_DURATION, offsetof(struct settings_jira, overlap),
	  NULL },
	{ "ca_file", FORM_TEXT, offsetof(struct settings_jira, ca_file), NULL },
	{ .name = NULL },
};

static const struct form_key github_limits[] = {
	{ "requests_per_hour", FORM_NUMBER,
	  offsetof(struct settings_github, requests_per_hour), NULL },
	{ .name = NULL },
};
static const struct form_key github_retries[] = {
	{ "max_retries", FORM_NUMBER,
	  offsetof(struct settings_github, max_retries), NULL },
	{ "backoff_factor", FORM_NUMBER,
	  offsetof(struct settings_github, backoff_factor), NULL },
	{ .name = NULL },
};
static const struct form_key jira_limits[] = {
	{ "requests_per_hour", FORM_NUMBER,
	  offsetof(struct settings_jira, requests_per_hour), NULL },
	{ .name = NULL },
};
static const struct form_key jira_retries[] = {
	{ "max_retries", FORM_NUMBER,
	  offsetof(struct settings_jira, max_retries), NULL },
	{ "backoff_factor", FORM_NUMBER,
	  offsetof(struct settings_jira, backoff_factor), NULL },
	{ .name = NULL },
};
char *
settingssources_github(const struct config *map, struct settings_github *github)
{
	static const char *const also[] = { "rate_limit", "retry_config",
					    NULL };
	static const char *const limits[] = { "core_limit", "search_limit",
					      NULL };
	char *why = form_read(map, github_keys, also, github);

	if (why == NULL)
		why = form_read(config_get(map, "rate_limit"), github_limits,
				limits, github);
	if (why == NULL)
		why = form_read(config_get(map, "retry_config"), github_retries,
				NULL, github);
	if (why == NULL && github->app_id != NULL &&
	    github->installation == NULL)
		why = config_complain(config_get(map, "app_id"),
				      "'installation' beside 'app_id'");
	return why;
}

/* {PROJECT: {STATUS: CATEGORY}} */
static char *
check_mapping(const struct config *mapping)
{
	const struct config *project, *status;
	const char *category;

	if (mapping == NULL)
		return NULL;
	if (mapping->kind != CONFIG_MAP)
		return config_complain(mapping,
				       "{PROJECT: {STATUS: CATEGORY}}");
	for (project = mapping->first; project != NULL; project = project->next)
		if (project->kind != CONFIG_MAP)
			return config_complain(project, "{STATUS: CATEGORY}");
	for (project = mapping->first; project != NULL; project = project->next)
		for (status = project->first; status != NULL;
		     status = status->next) {
			category = config_text(status);
			if (category == NULL ||
			    (strcmp(category, "new") != 0 &&
			     strcmp(category, "indeterminate") != 0 &&
			     strcmp(category, "done") != 0))
				return config_complain(
					status,
					"one of new, indeterminate, done");
		}
	return NULL;
}

char *
settingssources_jira(const struct config *map, struct settings_jira *jira)
{
	static const char *const also[] = { "rate_limit", "retry_config",
					    "status_mapping", NULL };
	static const char *const limits[] = { "core_limit", "search_limit",
					      NULL };
	char *why = form_read(map, jira_keys, also, jira);

	if (why == NULL)
		why = form_read(config_get(map, "rate_limit"), jira_limits,
				limits, jira);
	if (why == NULL)
		why = form_read(config_get(map, "retry_config"), jira_retries,
				NULL, jira);
	jira->status_mapping = config_get(map, "status_mapping");
	if (why == NULL)
		why = check_mapping(jira->status_mapping);
	return why;
}
