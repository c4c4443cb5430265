#include "storage/services.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "records/pattern.h"

static const char by_default[] = "^prod";

struct services {
	const struct settings_client *client;
	struct pattern **production; /* by service; the default is the last */
};

static bool
compile(struct services *services, size_t i, const char *expression, char **why)
{
	const struct config *node = NULL;
	char *reason, *text = NULL;
	int n;

	services->production[i] = pattern_compile(expression, true, &reason);
	if (services->production[i] != NULL)
		return true;
	if (i < services->client->service_count)
		node = config_get(services->client->services[i].node,
				  "production");
	if (node != NULL)
		n = asprintf(&text, "%s:%u: production '%s': %s", node->file,
			     node->line, expression, reason);
	else
		n = asprintf(&text, "production '%s': %s", expression, reason);
	if (n < 0)
		msg_die(EX_OSERR, "cannot read 'services': out of memory");
	free(reason);
	*why = text;
	return false;
}

struct services *
services_open(const struct settings_client *client, char **why)
{
	struct services *services = msg_calloc(1, sizeof(*services));
	size_t i;

	services->client = client;
	services->production = msg_calloc(client->service_count + 1,
					  sizeof(*services->production));
	for (i = 0; i <= client->service_count; i++)
		if (!compile(services, i, services_production(services, i),
			     why)) {
			services_close(services);
			return NULL;
		}
	return services;
}

void
services_close(struct services *services)
{
	size_t i;

	if (services == NULL)
		return;
	for (i = 0; i <= services->client->service_count; i++)
		pattern_free(services->production[i]);
	free(services->production);
	free(services);
}

size_t
services_count(const struct services *services)
{
	return services->client->service_count;
}

const struct settings_service *
services_at(const struct services *services, size_t service)
{
	return &services->client->services[service];
}

bool
services_matches(const char *pattern, const char *scope)
{
	const char *slash = strrchr(scope, '/');

	if (slash != NULL && strchr(pattern, '/') == NULL &&
	    fnmatch(pattern, slash + 1, FNM_CASEFOLD) == 0)
		return true;
	return fnmatch(pattern, scope, FNM_CASEFOLD) == 0;
}

static bool
is_listed(const struct form_list *patterns, const char *scope)
{
	size_t i;

	for (i = 0; i < patterns->count; i++)
		if (services_matches(patterns->items[i], scope))
			return true;
	return patterns->count == 0;
}

size_t
services_of_repo(const struct services *services, const char *repo)
{
	size_t i;

	for (i = 0; i < services_count(services); i++)
		if (is_listed(&services_at(services, i)->repos, repo))
			return i;
	return SERVICES_NONE;
}

size_t
services_of_project(const struct services *services, const char *key)
{
	size_t i;

	for (i = 0; i < services_count(services); i++)
		if (is_listed(&services_at(services, i)->jira_projects, key))
			return i;
	return SERVICES_NONE;
}

const char *
services_production(const struct services *services, size_t service)
{
	const char *given = service < services_count(services)
				    ? services_at(services, service)->production
				    : NULL;

	return given != NULL ? given : by_default;
}

bool
services_is_production(const struct services *services, size_t service,
		       const char *environment)
{
	size_t i = service < services_count(services)
			   ? service
			   : services_count(services);

	return pattern_match(services->production[i], environment,
			     strlen(environment)) == 1;
}
