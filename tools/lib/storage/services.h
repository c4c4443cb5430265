/*
 * services - what belongs together: the services of one client in pulse.yaml.
 *
 * A repository or Jira project belongs to the first service with a pattern
 * that it matches (shell patterns, any case; one without `/` is compared with
 * the name alone); a service without patterns takes all.  Production is what
 * the service's regular expression finds in the environment's name; rework is
 * what another one finds in the ref, tag or task of a deployment.
 */
#ifndef PULSE_SERVICES_H
#define PULSE_SERVICES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/settings.h"

/* In place of a service: it belongs to none. */
#define SERVICES_NONE ((size_t)-1)

struct services;

/* Borrows client.  NULL with *why (allocated) when a pattern is no good. */
struct services *services_open(const struct settings_client *client,
			       char **why);
void services_close(struct services *services);

size_t services_count(const struct services *services);
const struct settings_service *services_at(const struct services *services,
					   size_t service);

size_t services_of_repo(const struct services *services, const char *repo);
size_t services_of_project(const struct services *services, const char *key);

/* SERVICES_NONE: by the default, ^prod. */
bool services_is_production(const struct services *services, size_t service,
			    const char *environment);
const char *services_production(const struct services *services,
				size_t service);

/* The same of a deployment's ref, tag or task, by rollback|revert|hotfix. */
bool services_is_rework(const struct services *services, size_t service,
			const char *text);
const char *services_rework(const struct services *services, size_t service);

/* Does a shell pattern name that repository or project? */
bool services_matches(const char *pattern, const char *scope);

#endif
