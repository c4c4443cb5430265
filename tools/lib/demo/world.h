/*
 * world - the made-up organisation acme: what GitHub and Jira both know of it.
 *
 *   struct world *world = world_new(&config);   people, projects
 *   world->github = github_new(world);          repositories; the incidents
 *   world->tracker = tracker_new(world);        issues, sprints, ...
 *
 * Everything follows from the config alone: the same seed and `now` give the
 * same world, byte for byte.  Whoever needs chance takes a stream of its own
 * by world_stream, so that one part growing does not change another.
 *
 * Nobody changes the world while answering a GET; demo-api calls the answering
 * functions under a read lock and the changing ones under a write lock.
 */
#ifndef PULSE_WORLD_H
#define PULSE_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/httpd.h"

struct world_config {
	uint64_t seed;
	unsigned repos, prs,
		issues;	      /* how many in all; incidents come on top */
	unsigned days;	      /* of history before now */
	bool traps;	      /* repositories that answer 404, 451, 500 */
	int64_t now;	      /* ms: history ends here */
	int64_t latency;      /* ms added to each answer */
	long quota;	      /* requests per window, GitHub */
	int64_t window;	      /* ms until a quota is full again */
	bool data_center;     /* Jira answers as Data Center does */
	const char *zone;     /* of the Jira account, IANA name */
	const char *app_key;  /* public key of the GitHub App, or NULL */
	bool jira_admin;      /* the account may list workflows */
	bool jira_epoch;      /* bulk changelogs tell times as numbers */
	unsigned jira_cap;    /* Data Center: rows a page, 0: 1000 */
	unsigned jira_window; /* and in all, 0: 10000 */
};

struct world_person {
	uint64_t id;
	const char *login, *name, *email;
	const char *account_id; /* in Jira */
	bool bot;
	bool gone; /* account deleted: GitHub gives null for it */
};

struct world_project { /* in Jira */
	const char *key, *name;
	unsigned issues; /* KEY-1 to KEY-issues exist from the start */
};

/* Something broke after a deployment.  The tracker makes an issue of type
 * Incident of each, with this very key, in the last project (OPS). */
struct world_incident {
	char key[24];
	const char *title;
	unsigned repo; /* index, and its full name */
	const char *repo_name;
	uint64_t deployment; /* id of the deployment that caused it */
	int64_t created_at;
	int64_t resolved_at; /* 0: still open */
};

struct world {
	struct world_config config;
	int64_t from; /* ms: history begins here */
	struct world_person *people;
	size_t person_count; /* bots last */
	size_t human_count;
	struct world_project *projects; /* the last is OPS: incidents only */
	size_t project_count;
	struct world_incident *incidents; /* by created_at */
	size_t incident_count;
	struct github *github;
	struct tracker *tracker;
};

struct world *world_new(const struct world_config *config);
void world_free(struct world *world); /* not github and tracker */

/* A stream of chance for one purpose; then draws from it. */
uint64_t world_stream(const struct world *world, const char *purpose,
		      uint64_t number);
uint64_t world_random(uint64_t *stream);
unsigned world_below(uint64_t *stream, unsigned bound); /* 0 to bound-1 */
int64_t world_between(uint64_t *stream, int64_t low, int64_t high);
bool world_chance(uint64_t *stream, unsigned percent);

/* Time goes on by a minute: when a change happens.  Under the write lock. */
int64_t world_tick(struct world *world);

/* The Jira issue that a pull request of a repository carries in its title and
 * branch: one of the first projects; false when there are no issues. */
bool world_issue_key(const struct world *world, unsigned repo, uint64_t *stream,
		     char key[24]);

/*
 * The two APIs.  True when the path was theirs and reply is filled in.  The
 * path still holds the /github or /jira in front.
 */
bool demo_github(struct world *world, const struct httpd_request *request,
		 struct httpd_reply *reply);
bool demo_jira(struct world *world, const struct httpd_request *request,
	       struct httpd_reply *reply);

/*
 * What /__demo/expected and /__demo/change ask of each half.  expected writes
 * `"github_pr":{"acme/api":["1",...]},...` into an open object.  change makes
 * the change that the JSON body names in "what" and writes into an open array
 * one object for each row it touched, by world_touched; false: not one of ours.
 */
struct jsonw;
struct world_wish {
	const char *what; /* decoded member "what" */
	const char *json; /* the whole body, checked */
	size_t len;
};
void github_expected(struct world *world, const struct httpd_request *request,
		     struct jsonw *out);
bool github_change(struct world *world, const struct world_wish *wish,
		   struct jsonw *out);
void jira_expected(struct world *world, const struct httpd_request *request,
		   struct jsonw *out);
bool jira_change(struct world *world, const struct world_wish *wish,
		 struct jsonw *out);

/* {"type":…,"scope":…,"key":…,"how":"changed"|"appeared"|"vanished"} */
void world_touched(struct jsonw *out, const char *how, const char *type,
		   const char *scope, const char *key);

/* A member of the wish as text (allocated) or NULL; as number or fallback. */
char *world_wish_text(const struct world_wish *wish, const char *name);
int64_t world_wish_number(const struct world_wish *wish, const char *name,
			  int64_t fallback);

#endif
