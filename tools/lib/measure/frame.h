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
 *   jira_projects   project, service, grp (NULL: out of scope)
 *   service_groups  service, grp: where the incidents of a service count, NULL:
 *               in no group, as it holds the service in part
 *   NAME        each table of share/metrics/tables that the metric needs; a
 *               temporary table hides one of pulse.db, so no two bear one name
 *
 * grp of a repository is its name --by repo, its service's --by service, else
 * 'all'; of a project its key --by project, its service's, else 'all'.  A
 * repository or project that belongs to no service is left out.
 *
 * Parameters:
 *   :client :tz
 *   :github :jira    where people look at them, https://github.com, or NULL
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
 *
 * state.NAME is a table of state.db, where that is attached.
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
	FRAME_REPO,
	FRAME_SERVICE,
	FRAME_TEAM,
	FRAME_PERSON,
	FRAME_PROJECT,
	FRAME_BOARD,
	FRAME_SPRINT,
	FRAME_TYPE,
	FRAME_JOB,
	FRAME_KINDS
};
enum frame_every {
	FRAME_WHOLE,
	FRAME_DAY,
	FRAME_WEEK,
	FRAME_MONTH,
	FRAME_SPANS
};

/* "all", "repo" …; NULL, "day" …: NULL-ended behind the last. */
extern const char *const frame_by_names[FRAME_KINDS + 1];
extern const char *const frame_every_names[FRAME_SPANS + 1];

struct frame {
	int64_t client;
	int64_t since, until, now; /* seconds */
	const char *zone;
	enum frame_by by;
	enum frame_every every;
	const char *scope; /* pattern on repositories, projects and services,
			    * or NULL */
	const struct services *services;
	const char *const *teams; /* their names, NULL-ended, or NULL */
	bool releases;	    /* they count as deployments where there are none */
	const char *github; /* where people look at GitHub, without last / */
	const char *jira;   /* or NULL: no links */
	bool state;	    /* state.db is attached as state */
};

struct frame_counts {
	size_t repos, projects; /* in scope */
	size_t left_out;	/* repositories that belong to no service */
};

/* What it is grouped by, as --by takes it: "repo,week"; NULL: nothing. */
enum { FRAME_GROUPING = 32 };
const char *frame_grouping(const struct frame *frame, char out[FRAME_GROUPING]);

/* SQLite's plan of a statement, and of all that fill the tables, line by line;
 * -1: store_error says why. */
int frame_explain(struct store *store, const char *sql, FILE *out);
int frame_plan(struct store *store, FILE *out);

/* Where people look at what an API serves: https://github.com of
 * https://api.github.com, HOST of HOST/api/v3; allocated, NULL of NULL. */
char *frame_web(const char *api);

/* Makes and fills the tables, in place of an earlier frame's; -1: store_error
 * says why. */
int frame_build(struct store *store, const struct frame *frame,
		struct frame_counts *counts);

#endif
