/*
 * frame - what the SQL of a metric finds: the window, its groups and periods,
 * and the deployments and incidents of its services, as temporary tables.
 *
 *   groups      grp ('all', a service or a repository), whole (1: the group
 *               holds its services whole, so that incidents can be told)
 *   periods     period (first day, '' for the whole window), since, until:
 *               seconds, from since up to but not at until, back to back
 *   repos       repo, service, grp (NULL: out of scope), url
 *   service_projects   project, service
 *   production  rank (in the order of finished_at, id), service, grp, kind
 *               (deployment or release), repo, environment, id, sha,
 *               started_at, finished_at, result (success or failure), url:
 *               all that ever ended in production, out of scope ones too
 *   incidents   service, grp, source, scope, key, title, url, created_at,
 *               resolved_at (NULL: open), deployment: the rank of the last
 *               success of the service that finished strictly before
 *
 * A repository or project that belongs to no service is left out.
 */
#ifndef PULSE_FRAME_H
#define PULSE_FRAME_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "storage/services.h"
#include "storage/store.h"

enum frame_by {
	FRAME_ALL,
	FRAME_WEEK,
	FRAME_MONTH,
	FRAME_REPO,
	FRAME_SERVICE,
	FRAME_KINDS
};

/* NULL for FRAME_ALL. */
extern const char *const frame_by_names[FRAME_KINDS + 1];

struct frame {
	int64_t client;
	int64_t since, until; /* seconds */
	const char *zone;
	enum frame_by by;
	const char *scope; /* pattern on repositories and services, or NULL */
	const struct services *services;
	bool releases;	    /* they count as deployments where there are none */
	const char *github; /* where people look at GitHub, without last / */
	const char *jira;   /* or NULL: no links */
};

struct frame_counts {
	size_t repos, left_out; /* in scope; that belong to no service */
};

/* SQLite's plan of a statement, and of all that fill the tables, line by line;
 * -1: store_error says why. */
int frame_explain(struct store *store, const char *sql, FILE *out);
int frame_plan(struct store *store, FILE *out);

/* Where people look at what an API serves: https://github.com of
 * https://api.github.com, HOST of HOST/api/v3; allocated, NULL of NULL. */
char *frame_web(const char *api);

/* Makes and fills the tables; -1: store_error says why. */
int frame_build(struct store *store, const struct frame *frame,
		struct frame_counts *counts);

#endif
