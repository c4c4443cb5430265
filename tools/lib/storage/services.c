#include "storage/services.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "records/pattern.h"

static const char default_production[] = "^prod";
static const char default_rework[] = "rollback|revert|hotfix";

struct services {
	const struct settings_client *client;
	/* By service; the default is the last. */
	struct pattern **production, **rework;
};

/* One of a service's expressions; NULL with *why. */
static struct pattern *
compile(const struct services *services, size_t i, const char *key,
	const char *expression, char **why)
{
	struct pattern *pattern;
	const struct config *node = NULL;
	char *reason;

	pattern = pattern_compile(expression, true, &reason);
	if (pattern != NULL)
		return pattern;
	if (i < services->client->service_count)
		node = config_get(services->client->services[i].node, key);
	if (node != NULL)
		*why = msg_text("%s:%u: %s '%s': %s", node->file, node->line,
				key, expression, reason);
	else
		*why = msg_text("%s '%s': %s", key, expression, reason);
	free(reason);
	return NULL;
}

struct services *
services_open(const struct settings_client *client, char **why)
{
	struct services *s = msg_calloc(1, sizeof(*s));
	size_t i;

	s->client = client;
	s->production =
		msg_calloc(client->service_count + 1, sizeof(*s->production));
	s->rework = msg_calloc(client->service_count + 1, sizeof(*s->rework));
	for (i = 0; i <= client->service_count; i++) {
		s->production[i] = compile(s, i, "production",
					   services_production(s, i), why);
		if (s->production[i] != NULL)
			s->rework[i] = compile(s, i, "rework",
					       services_rework(s, i), why);
		if (s->rework[i] == NULL) {
			services_close(s);
			return NULL;
		}
	}
	return s;
}

void
services_close(struct services *services)
{
	size_t i;

	if (services == NULL)
		return;
	for (i = 0; i <= services->client->service_count; i++) {
		pattern_free(services->production[i]);
		pattern_free(services->rework[i]);
	}
	free(services->production);
	free(services->rework);
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

	return given != NULL ? given : default_production;
}

const char *
services_rework(const struct services *services, size_t service)
{
	const char *given = service < services_count(services)
				    ? services_at(services, service)->rework
				    : NULL;

	return given != NULL ? given : default_rework;
}

static bool
matches(const struct services *services, struct pattern *const *patterns,
	size_t service, const char *text)
{
	size_t i = service < services_count(services)
			   ? service
			   : services_count(services);

	return pattern_match(patterns[i], text, strlen(text)) == 1;
}

bool
services_is_production(const struct services *services, size_t service,
		       const char *environment)
{
	return matches(services, services->production, service, environment);
}

bool
services_is_rework(const struct services *services, size_t service,
		   const char *text)
{
	return matches(services, services->rework, service, text);
}
