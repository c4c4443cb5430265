/*
 * history - lets a repository live through its days: an event queue in time
 * order, so that a deployment can only carry what was merged before it.
 *
 *   history_live(world, repo, pulls);
 *
 * Used by github_new.  The rest of this header is between history and its
 * halves: rollout (deployments, incidents, releases) and talk (reviews,
 * comments, issues).
 */
#ifndef PULSE_HISTORY_H
#define PULSE_HISTORY_H

#include "demo/repo.h"

enum history_kind {
	HISTORY_MERGE,	/* of pull `index` */
	HISTORY_BRANCH, /* commits of a pull that is not merged */
	HISTORY_PUSH,
	HISTORY_DEPLOY, /* the head, to `environment` */
	HISTORY_ROLLBACK,
	HISTORY_HOTFIX, /* on top of the commit of deployment `index` */
	HISTORY_RELEASE,
	HISTORY_FORCE /* main loses its last commits */
};

struct history_event {
	int64_t at;
	enum history_kind kind;
	unsigned index;
	const char *environment;
};

struct history {
	struct world *world;
	struct repo *repo;
	uint64_t chance;
	struct history_event *queue; /* a heap, the earliest first */
	size_t waiting;
};

void history_live(struct world *world, struct repo *repo, unsigned pulls);

void history_expect(struct history *history, struct history_event event);
/* Between the values at the beginning and at the end of the history. */
double history_trend(const struct history *history, const double ends[2],
		     int64_t at);
/* A span with a long tail round a mean, in ms. */
int64_t history_span(struct history *history, double mean_hours);
unsigned history_human(struct history *history);

/* A commit on main after head; merge is its second parent or REPO_NONE. */
unsigned history_advance(struct history *history, enum repo_kind kind,
			 int64_t at, unsigned merge);

void rollout_plan(struct history *history);
void rollout_happen(struct history *history, struct history_event event);

void talk_issues(struct history *history); /* before numbers are given */
void talk_plan(struct history *history);   /* after */
void talk_incidents(struct history *history, size_t first);

#endif
