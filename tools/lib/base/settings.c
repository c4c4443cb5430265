#include "base/settings.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/form.h"
#include "base/msg.h"

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
static const struct form_key service_keys[] = {
	{ "name", FORM_TEXT, offsetof(struct settings_service, name), NULL },
	{ "repos", FORM_LIST, offsetof(struct settings_service, repos), NULL },
	{ "jira_projects", FORM_LIST,
	  offsetof(struct settings_service, jira_projects), NULL },
	{ "production", FORM_TEXT,
	  offsetof(struct settings_service, production), NULL },
	{ .name = NULL },
};
static const struct form_key incident_keys[] = {
	{ "jira_types", FORM_LIST,
	  offsetof(struct settings_service, jira_types), NULL },
	{ "github_labels", FORM_LIST,
	  offsetof(struct settings_service, github_labels), NULL },
	{ .name = NULL },
};

static char *
read_github(const struct config *map, struct settings_github *github)
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

static char *
read_jira(const struct config *map, struct settings_jira *jira)
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

static struct settings_service
default_service(void)
{
	struct settings_service service = { .name = "all",
					    .production = "^prod" };

	form_add(&service.jira_types, "Incident");
	return service;
}

static char *
read_service(const struct config *map, struct settings_service *service)
{
	static const char *const also[] = { "incidents", NULL };
	char *why;

	*service = default_service();
	service->name = NULL;
	service->node = map;
	why = form_read(map, service_keys, also, service);
	if (why == NULL)
		why = form_read(config_get(map, "incidents"), incident_keys,
				NULL, service);
	if (why == NULL && service->name == NULL)
		why = config_complain(map, "a service with a name");
	return why;
}

static char *
read_services(const struct config *list, struct settings_client *client)
{
	const struct config *n;
	char *why = NULL;

	if (list != NULL && list->kind != CONFIG_LIST)
		return config_complain(list, "a list of services");
	for (n = list != NULL ? list->first : NULL; n != NULL && why == NULL;
	     n = n->next) {
		client->services = msg_realloc(
			client->services, (client->service_count + 1) *
						  sizeof(*client->services));
		why = read_service(n,
				   &client->services[client->service_count++]);
	}
	if (client->service_count == 0) {
		client->services = msg_calloc(1, sizeof(*client->services));
		client->services[client->service_count++] = default_service();
	}
	return why;
}

static struct settings_client
default_client(void)
{
	return (struct settings_client){
		.id = 1,
		.name = "default",
		.github = { .base_url = "https://api.github.com",
			    .deployments = "deployments",
			    .max_retries = 3,
			    .backoff_factor = 2,
			    .overlap = 10 * 60000 },
		.jira = { .flavor = "auto",
			  .max_results = 100,
			  .max_retries = 3,
			  .backoff_factor = 2,
			  .overlap = 3 * 3600000 },
		.history = (int64_t)365 * 86400000,
	};
}

static char *
read_client(const struct config *map, struct settings_client *client)
{
	static const struct form_key keys[] = {
		{ "id", FORM_NUMBER, offsetof(struct settings_client, id),
		  NULL },
		{ "name", FORM_TEXT, offsetof(struct settings_client, name),
		  NULL },
		{ "history", FORM_DURATION,
		  offsetof(struct settings_client, history), NULL },
		{ .name = NULL },
	};
	static const char *const also[] = { "github", "jira", "services",
					    "teams", NULL };
	char *why;

	*client = default_client();
	why = form_read(map, keys, also, client);
	if (why == NULL)
		why = read_github(config_get(map, "github"), &client->github);
	if (why == NULL)
		why = read_jira(config_get(map, "jira"), &client->jira);
	if (why == NULL)
		why = read_services(config_get(map, "services"), client);
	if (why == NULL && client->id < 1)
		why = config_complain(config_get(map, "id"),
				      "a number from 1 up");
	return why;
}

static struct settings_client *
add_client(struct settings *settings)
{
	settings->clients = msg_realloc(settings->clients,
					(settings->client_count + 1) *
						sizeof(*settings->clients));
	settings->clients[settings->client_count] =
		(struct settings_client){ 0 };
	return &settings->clients[settings->client_count++];
}

static bool
id_is_taken(const struct settings *settings, int64_t id)
{
	size_t i;

	for (i = 0; i + 1 < settings->client_count; i++)
		if (settings->clients[i].id == id)
			return true;
	return false;
}

static char *
read_root(struct settings *settings)
{
	static const struct form_key none[] = { { .name = NULL } };
	static const char *const also[] = { "clients", NULL };
	const struct config *list = config_get(settings->root, "clients");
	const struct config *n;
	char *why = form_read(settings->root, none, also, NULL);

	if (why == NULL && list != NULL && list->kind != CONFIG_LIST)
		why = config_complain(list, "a list of clients");
	for (n = list != NULL && why == NULL ? list->first : NULL;
	     n != NULL && why == NULL; n = n->next) {
		struct settings_client *client = add_client(settings);

		why = read_client(n, client);
		if (why == NULL && id_is_taken(settings, client->id))
			why = config_complain(n, "an id of its own");
	}
	return why;
}

static void
place_file(struct settings *settings, const char *config, const char **file)
{
	const char *slash = strrchr(config, '/');
	size_t size;
	char *path;

	if (*file == NULL || **file == '/' || slash == NULL)
		return;
	size = (size_t)(slash - config) + 1 + strlen(*file) + 1;
	path = msg_calloc(size, 1);
	snprintf(path, size, "%.*s%s", (int)(slash - config) + 1, config,
		 *file);
	settings->paths =
		msg_realloc(settings->paths, (settings->path_count + 1) *
						     sizeof(*settings->paths));
	settings->paths[settings->path_count++] = path;
	*file = path;
}

/* What stands beside the settings is found from everywhere. */
static void
place_files(struct settings *settings, const char *config)
{
	size_t i;

	for (i = 0; i < settings->client_count; i++) {
		struct settings_client *client = &settings->clients[i];

		place_file(settings, config, &client->github.token.file);
		place_file(settings, config, &client->github.private_key.file);
		place_file(settings, config, &client->github.ca_file);
		place_file(settings, config, &client->jira.api_token.file);
		place_file(settings, config, &client->jira.ca_file);
	}
}

struct settings *
settings_load(const char *path, char **why)
{
	struct settings *settings = msg_calloc(1, sizeof(*settings));

	*why = NULL;
	if (path != NULL) {
		settings->root = config_load(path, why);
		if (settings->root != NULL)
			*why = read_root(settings);
	}
	if (*why != NULL) {
		settings_free(settings);
		return NULL;
	}
	if (path != NULL)
		place_files(settings, path);
	if (settings->client_count == 0) {
		struct settings_client *client = add_client(settings);

		*client = default_client();
		read_services(NULL, client);
	}
	return settings;
}

static void
free_client(struct settings_client *client)
{
	size_t i;

	free(client->github.repositories.items);
	free(client->github.include.items);
	free(client->github.exclude.items);
	free(client->jira.projects.items);
	free(client->jira.fields.items);
	for (i = 0; i < client->service_count; i++) {
		free(client->services[i].repos.items);
		free(client->services[i].jira_projects.items);
		free(client->services[i].jira_types.items);
		free(client->services[i].github_labels.items);
	}
	free(client->services);
}

void
settings_free(struct settings *settings)
{
	size_t i;

	if (settings == NULL)
		return;
	for (i = 0; i < settings->client_count; i++)
		free_client(&settings->clients[i]);
	for (i = 0; i < settings->path_count; i++)
		free(settings->paths[i]);
	free(settings->paths);
	free(settings->clients);
	config_free(settings->root);
	free(settings);
}

const struct settings_client *
settings_client(const struct settings *settings, const char *id)
{
	char text[24];
	size_t i;

	for (i = 0; i < settings->client_count; i++) {
		snprintf(text, sizeof(text), "%lld",
			 (long long)settings->clients[i].id);
		if (strcmp(text, id) == 0)
			return &settings->clients[i];
	}
	return NULL;
}
