/*
 * settings - pulse.yaml with its types and defaults (pulse.yaml(5)).
 *
 * Without a file there is one client, 1, with the defaults.  Secrets are kept
 * as references; nobody's token is read here.  A relative file is taken from
 * the folder of pulse.yaml, wherever the program was started.
 */
#ifndef PULSE_SETTINGS_H
#define PULSE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "base/form.h"

struct settings_github {
	const char *base_url; /* https://api.github.com */
	const char *organization, *user;
	struct form_list repositories;	   /* owner/name */
	struct form_list include, exclude; /* shell patterns on owner/name */
	bool archived, forks;		   /* false: left out */
	const char *deployments;	   /* "deployments" or "releases" */
	struct form_secret token;
	const char *app_id, *installation; /* GitHub App, with private_key */
	struct form_secret private_key;
	int64_t requests_per_hour; /* 0: no cap of ours */
	int64_t max_retries, backoff_factor;
	int64_t overlap; /* ms, 10 minutes */
	const char *ca_file;
};

struct settings_jira {
	const char *base_url, *email, *flavor; /* auto, cloud, dc */
	struct form_secret api_token;
	struct form_list projects, fields; /* fields: more than the usual */
	int64_t max_results, max_retries, backoff_factor, requests_per_hour;
	int64_t overlap; /* ms, 3 hours */
	const char *ca_file;
	const struct config *status_mapping; /* project: {status: category} */
};

struct settings_service {
	const char *name;
	const struct config *node;	       /* where it stands, or NULL */
	struct form_list repos, jira_projects; /* patterns; empty: all */
	const char *production; /* PCRE2, any case; default ^prod */
	const char *rework;	/* likewise; rollback|revert|hotfix */
	struct form_list jira_types, github_labels; /* of incidents */
};

struct settings_client {
	int64_t id;
	const char *name;
	struct settings_github github;
	struct settings_jira jira;
	struct settings_service *services; /* one, "all", when not set */
	size_t service_count;
	int64_t history;   /* ms, 1 year: how far back a first walk goes */
	const char *teams; /* teams.yaml, or NULL: there is none */
	/* A map of names to scalars or lists of them, or NULL. */
	const struct config *figures;
};

struct settings {
	struct settings_client *clients;
	size_t client_count;
	struct config *root; /* owns the texts; NULL without a file */
	char **paths;	     /* those that were made of relative ones */
	size_t path_count;
};

/* NULL with *why "FILE:LINE: what was expected" (allocated).  path NULL: the
 * defaults. */
struct settings *settings_load(const char *path, char **why);
void settings_free(struct settings *settings);

/* By its id as text; NULL when there is none. */
const struct settings_client *settings_client(const struct settings *settings,
					      const char *id);

#endif
