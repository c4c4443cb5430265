#include "base/settings.h"

#include <regex.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/msg.h"
#include "base/times.h"

/* How one key of a map is read into a struct. */
enum sort { TEXT, NUMBER, TRUTH, DURATION, LIST, SECRET, PATTERN, CHOICE };

struct key {
	const char *name;
	enum sort sort;
	size_t where;
	const char *choices; /* of CHOICE: "a|b" */
};

static const struct key github_keys[] = {
	{ "base_url", TEXT, offsetof(struct settings_github, base_url), NULL },
	{ "organization", TEXT, offsetof(struct settings_github, organization),
	  NULL },
	{ "user", TEXT, offsetof(struct settings_github, user), NULL },
	{ "repositories", LIST, offsetof(struct settings_github, repositories),
	  NULL },
	{ "include", LIST, offsetof(struct settings_github, include), NULL },
	{ "exclude", LIST, offsetof(struct settings_github, exclude), NULL },
	{ "archived", TRUTH, offsetof(struct settings_github, archived), NULL },
	{ "forks", TRUTH, offsetof(struct settings_github, forks), NULL },
	{ "deployments", CHOICE, offsetof(struct settings_github, deployments),
	  "deployments|releases" },
	{ "token", SECRET, offsetof(struct settings_github, token), NULL },
	{ "app_id", TEXT, offsetof(struct settings_github, app_id), NULL },
	{ "installation", TEXT, offsetof(struct settings_github, installation),
	  NULL },
	{ "private_key", SECRET, offsetof(struct settings_github, private_key),
	  NULL },
	{ "overlap", DURATION, offsetof(struct settings_github, overlap),
	  NULL },
	{ "ca_file", TEXT, offsetof(struct settings_github, ca_file), NULL },
	{ .name = NULL },
};

static const struct key jira_keys[] = {
	{ "base_url", TEXT, offsetof(struct settings_jira, base_url), NULL },
	{ "email", TEXT, offsetof(struct settings_jira, email), NULL },
	{ "flavor", CHOICE, offsetof(struct settings_jira, flavor),
	  "auto|cloud|dc" },
	{ "api_token", SECRET, offsetof(struct settings_jira, api_token),
	  NULL },
	{ "projects", LIST, offsetof(struct settings_jira, projects), NULL },
	{ "fields", LIST, offsetof(struct settings_jira, fields), NULL },
	{ "max_results", NUMBER, offsetof(struct settings_jira, max_results),
	  NULL },
	{ "overlap", DURATION, offsetof(struct settings_jira, overlap), NULL },
	{ "ca_file", TEXT, offsetof(struct settings_jira, ca_file), NULL },
	{ .name = NULL },
};

static const struct key github_limits[] = {
	{ "requests_per_hour", NUMBER,
	  offsetof(struct settings_github, requests_per_hour), NULL },
	{ .name = NULL },
};
static const struct key github_retries[] = {
	{ "max_retries", NUMBER, offsetof(struct settings_github, max_retries),
	  NULL },
	{ "backoff_factor", NUMBER,
	  offsetof(struct settings_github, backoff_factor), NULL },
	{ .name = NULL },
};
static const struct key jira_limits[] = {
	{ "requests_per_hour", NUMBER,
	  offsetof(struct settings_jira, requests_per_hour), NULL },
	{ .name = NULL },
};
static const struct key jira_retries[] = {
	{ "max_retries", NUMBER, offsetof(struct settings_jira, max_retries),
	  NULL },
	{ "backoff_factor", NUMBER,
	  offsetof(struct settings_jira, backoff_factor), NULL },
	{ .name = NULL },
};
static const struct key service_keys[] = {
	{ "name", TEXT, offsetof(struct settings_service, name), NULL },
	{ "repos", LIST, offsetof(struct settings_service, repos), NULL },
	{ "jira_projects", LIST,
	  offsetof(struct settings_service, jira_projects), NULL },
	{ "production", PATTERN, offsetof(struct settings_service, production),
	  NULL },
	{ .name = NULL },
};
static const struct key incident_keys[] = {
	{ "jira_types", LIST, offsetof(struct settings_service, jira_types),
	  NULL },
	{ "github_labels", LIST,
	  offsetof(struct settings_service, github_labels), NULL },
	{ .name = NULL },
};

static void
list_add(struct settings_list *list, const char *text)
{
	list->items = msg_realloc(list->items,
				  (list->count + 2) * sizeof(*list->items));
	list->items[list->count++] = text;
	list->items[list->count] = NULL;
}

static char *
read_list(const struct config *node, struct settings_list *list)
{
	const struct config *n;

	free(list->items);
	*list = (struct settings_list){ 0 };
	if (node->kind != CONFIG_LIST)
		return config_complain(node, "a list, such as [one, two]");
	for (n = node->first; n != NULL; n = n->next) {
		if (config_text(n) == NULL)
			return config_complain(n, "text");
		list_add(list, n->text);
	}
	return NULL;
}

static char *
read_secret(const struct config *node, struct settings_secret *secret)
{
	static const char *const known[] = { "file", "env", "credential",
					     NULL };

	if (node->kind != CONFIG_MAP || node->first == NULL ||
	    node->first->next != NULL || config_unknown(node, known) != NULL ||
	    config_text(node->first) == NULL)
		return config_complain(node,
				       "a reference: {file: PATH}, {env: NAME} "
				       "or {credential: NAME}; a token itself "
				       "does not belong in this file");
	secret->file = config_text(config_get(node, "file"));
	secret->env = config_text(config_get(node, "env"));
	secret->credential = config_text(config_get(node, "credential"));
	return NULL;
}

static char *
check_pattern(const struct config *node)
{
	regex_t regex;

	if (config_text(node) == NULL ||
	    regcomp(&regex, node->text, REG_EXTENDED | REG_NOSUB) != 0)
		return config_complain(node, "a regular expression");
	regfree(&regex);
	return NULL;
}

static bool
is_choice(const char *text, const char *choices)
{
	size_t len = strlen(text);

	for (; *choices != '\0';
	     choices += strcspn(choices, "|"), choices += *choices == '|')
		if (strncmp(choices, text, len) == 0 &&
		    (choices[len] == '|' || choices[len] == '\0'))
			return true;
	return false;
}

static char *
read_scalar(const struct config *node, const struct key *key, void *where)
{
	const char *text = config_text(node);
	char expected[128];

	switch (key->sort) {
	case NUMBER:
		if (!config_int(node, where) || *(int64_t *)where < 0)
			return config_complain(node, "a number");
		return NULL;
	case TRUTH:
		if (!config_bool(node, where))
			return config_complain(node, "true or false");
		return NULL;
	case DURATION:
		if (text == NULL || !times_duration(text, where))
			return config_complain(node, "a duration such as 4h");
		return NULL;
	case CHOICE:
		snprintf(expected, sizeof(expected), "one of %s", key->choices);
		if (text == NULL || !is_choice(text, key->choices))
			return config_complain(node, expected);
		break;
	default:
		if (text == NULL || *text == '\0')
			return config_complain(node, "text");
	}
	*(const char **)where = text;
	return NULL;
}

static char *
read_key(const struct config *node, const struct key *key, void *into)
{
	void *where = (char *)into + key->where;
	char *why;

	if (key->sort == LIST)
		return read_list(node, where);
	if (key->sort == SECRET)
		return read_secret(node, where);
	if (key->sort == PATTERN && (why = check_pattern(node)) != NULL)
		return why;
	return read_scalar(node, key, where);
}

/* Names the nearest key we know: most mistakes are one letter long. */
static char *
unknown(const struct config *node, const struct key *keys,
	const char *const *also)
{
	const char *names[32];
	char expected[160];
	const char *near;
	size_t n = 0;

	for (; keys->name != NULL && n < 24; keys++)
		names[n++] = keys->name;
	for (; *also != NULL && n < 31; also++)
		names[n++] = *also;
	names[n] = NULL;
	near = cli_nearest(node->key, names);
	snprintf(expected, sizeof(expected), "no key '%.40s' here%s%s",
		 node->key, near != NULL ? "; did you mean " : "",
		 near != NULL ? near : "");
	return config_complain(node, expected);
}

/* Reads a map by its table; also are keys that the caller reads itself. */
static char *
read_map(const struct config *map, const struct key *keys,
	 const char *const *also, void *into)
{
	static const char *const none[] = { NULL };
	const struct config *n;
	const struct key *k;
	const char *const *a;
	char *why = NULL;

	if (map == NULL)
		return NULL;
	if (map->kind != CONFIG_MAP)
		return config_complain(map, "a map, such as {key: value}");
	if (also == NULL)
		also = none;
	for (n = map->first; n != NULL && why == NULL; n = n->next) {
		for (k = keys; k->name != NULL; k++)
			if (strcmp(k->name, n->key) == 0)
				break;
		for (a = also; *a != NULL; a++)
			if (strcmp(*a, n->key) == 0)
				break;
		if (k->name != NULL)
			why = read_key(n, k, into);
		else if (*a == NULL)
			why = unknown(n, keys, also);
	}
	return why;
}

static char *
read_github(const struct config *map, struct settings_github *github)
{
	static const char *const also[] = { "rate_limit", "retry_config",
					    NULL };
	static const char *const limits[] = { "core_limit", "search_limit",
					      NULL };
	char *why = read_map(map, github_keys, also, github);

	if (why == NULL)
		why = read_map(config_get(map, "rate_limit"), github_limits,
			       limits, github);
	if (why == NULL)
		why = read_map(config_get(map, "retry_config"), github_retries,
			       NULL, github);
	if (why == NULL && github->app_id != NULL &&
	    github->installation == NULL)
		why = config_complain(config_get(map, "app_id"),
				      "'installation' beside 'app_id'");
	return why;
}

static char *
read_jira(const struct config *map, struct settings_jira *jira)
{
	static const char *const also[] = { "rate_limit", "retry_config",
					    "status_mapping", NULL };
	static const char *const limits[] = { "core_limit", "search_limit",
					      NULL };
	char *why = read_map(map, jira_keys, also, jira);

	if (why == NULL)
		why = read_map(config_get(map, "rate_limit"), jira_limits,
			       limits, jira);
	if (why == NULL)
		why = read_map(config_get(map, "retry_config"), jira_retries,
			       NULL, jira);
	jira->status_mapping = config_get(map, "status_mapping");
	if (why == NULL && jira->status_mapping != NULL &&
	    jira->status_mapping->kind != CONFIG_MAP)
		why = config_complain(jira->status_mapping,
				      "{PROJECT: {STATUS: CATEGORY}}");
	return why;
}

static struct settings_service
default_service(void)
{
	struct settings_service service = { .name = "all",
					    .production = "^prod" };

	list_add(&service.jira_types, "Incident");
	return service;
}

static char *
read_service(const struct config *map, struct settings_service *service)
{
	static const char *const also[] = { "incidents", NULL };
	char *why;

	*service = default_service();
	service->name = NULL;
	why = read_map(map, service_keys, also, service);
	if (why == NULL)
		why = read_map(config_get(map, "incidents"), incident_keys,
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
	static const struct key keys[] = {
		{ "id", NUMBER, offsetof(struct settings_client, id), NULL },
		{ "name", TEXT, offsetof(struct settings_client, name), NULL },
		{ "history", DURATION,
		  offsetof(struct settings_client, history), NULL },
		{ .name = NULL },
	};
	static const char *const also[] = { "github", "jira", "services",
					    "teams", NULL };
	char *why;

	*client = default_client();
	why = read_map(map, keys, also, client);
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
	static const struct key none[] = { { .name = NULL } };
	static const char *const also[] = { "clients", NULL };
	const struct config *list = config_get(settings->root, "clients");
	const struct config *n;
	char *why = read_map(settings->root, none, also, NULL);

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
