#include "base/settings.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/form.h"
#include "base/msg.h"
#include "base/settingssources.h"

static const struct form_key service_keys[] = {
	{ "name", FORM_TEXT, offsetof(struct settings_service, name), NULL },
	{ "repos", FORM_LIST, offsetof(struct settings_service, repos), NULL },
	{ "jira_projects", FORM_LIST,
	  offsetof(struct settings_service, jira_projects), NULL },
	{ "production", FORM_TEXT,
	  offsetof(struct settings_service, production), NULL },
	{ "rework", FORM_TEXT, offsetof(struct settings_service, rework),
	  NULL },
	{ .name = NULL },
};
static const struct form_key incident_keys[] = {
	{ "jira_types", FORM_LIST,
	  offsetof(struct settings_service, jira_types), NULL },
	{ "github_labels", FORM_LIST,
	  offsetof(struct settings_service, github_labels), NULL },
	{ .name = NULL },
};

static struct settings_service
default_service(void)
{
	struct settings_service service = { .name = "all",
					    .production = "^prod",
					    .rework =
						    "rollback|revert|hotfix" };

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

/* {NAME: VALUE}; what a value may be, the figure that reads it knows. */
static char *
check_figures(const struct config *figures)
{
	static const char shape[] = "a value or a list of values";
	const struct config *value, *n;

	if (figures == NULL)
		return NULL;
	if (figures->kind != CONFIG_MAP)
		return config_complain(figures, "{NAME: VALUE}");
	for (value = figures->first; value != NULL; value = value->next) {
		if (value->kind == CONFIG_MAP ||
		    (value->kind == CONFIG_SCALAR && *value->text == '\0'))
			return config_complain(value, shape);
		for (n = value->first; n != NULL; n = n->next)
			if (n->kind != CONFIG_SCALAR)
				return config_complain(n, shape);
	}
	return NULL;
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
		{ "teams", FORM_TEXT, offsetof(struct settings_client, teams),
		  NULL },
		{ .name = NULL },
	};
	static const char *const also[] = { "github", "jira", "services",
					    "figures", NULL };
	char *why;

	*client = default_client();
	why = form_read(map, keys, also, client);
	if (why == NULL)
		why = settingssources_github(config_get(map, "github"),
					     &client->github);
	if (why == NULL)
		why = settingssources_jira(config_get(map, "jira"),
					   &client->jira);
	if (why == NULL)
		why = read_services(config_get(map, "services"), client);
	client->figures = config_get(map, "figures");
	if (why == NULL)
		why = check_figures(client->figures);
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

/* teams.yaml need not be named to be read. */
static void
find_teams(struct settings *settings, const char *config,
	   struct settings_client *client)
{
	const char *beside = "teams.yaml";

	place_file(settings, config, &beside);
	if (access(beside, F_OK) == 0)
		client->teams = beside;
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
		if (client->teams != NULL)
			place_file(settings, config, &client->teams);
		else
			find_teams(settings, config, client);
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
	if (settings->client_count == 0) {
		struct settings_client *client = add_client(settings);

		*client = default_client();
		read_services(NULL, client);
	}
	if (path != NULL)
		place_files(settings, path);
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
