/*
 * frame - what the SQL of a metric finds: the window, its groups and periods,
 * and the places in scope, as temporary tables.
 *
 *   groups      grp, place (in their order), whole (1: the group holds its
 *               services whole, so that incidents can be told): those that are
 *               known before anything is counted; a metric may deliver more
 *   periods     period (first day, '' for the whole window), since, until:
 *               seconds, from since up to but not at until, back to back
 *   repos       repo, service, grp (NULL: out of scope), url
 *   projects    project, service, grp (NULL: out of scope), url: Jira's
 *   NAME        each table of share/metrics/tables that the metric needs
 *
 * grp of a repository is its name --by repo, its service's --by service, else
 * 'all'; of a project its key --by project, its service's, else 'all'.  A
 * repository or project that belongs to no service is left out.
 *
 * Parameters:
 *   :client :tz
 *   :since :until    the window in seconds
 *   :now             the present, but not after until: for ages
 *   :by              what it is grouped by: all, repo, service, team, person,
 *                    project, board, sprint, type
 *   :every           day, week, month, or NULL
 *   :people          1 by team and person, else 0
 *   those of the band set, and those that the files declare
 *
 * Functions beside those of functions.h:
 *   member(source, account, type, name)   see people.h
 *   status_class(project, status_id, status)   see classes.h
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
