/*
 * repo - the repositories of the organisation and all that is in them, as
 * plain arrays.  Texts are not kept: payload makes them from the seed, so that
 * a hundred thousand pull requests fit in memory.
 *
 * Commits, pulls and so on name each other by their index in the repository's
 * arrays; nothing ever moves in those, so an index stays good.  What a change
 * takes away is marked `deleted`.
 */
#ifndef PULSE_REPO_H
#define PULSE_REPO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "demo/world.h"

enum { REPO_NONE = 0xffffffff };

enum repo_merge { REPO_MERGE, REPO_SQUASH, REPO_REBASE };

enum repo_trap {
	REPO_SOUND,
	REPO_EMPTY,  /* no commits: 409 */
	REPO_GONE,   /* in the list, 404 for everything else */
	REPO_TAKEN,  /* 451 */
	REPO_BROKEN, /* 500 */
	REPO_DELETED /* not in the list any more */
};

/* How a team works, at the beginning and at the end of the history. */
struct repo_profile {
	const char *name, *language, *about;
	unsigned weight; /* share of the pull requests */
	enum repo_merge merge;
	enum repo_trap trap;
	bool archived, fork, private;
	bool regions; /* two production environments */
	bool staging, releases, forced, no_issues;
	double deploys[2];  /* to production, a week */
	double hours[2];    /* from opened to merged */
	unsigned broken[2]; /* percent of deployments that cause an incident */
	double restore[2];  /* hours until it is resolved */
	unsigned failing;   /* percent of deployments that fail themselves */
};

enum repo_kind {
	REPO_ROOT,
	REPO_PUSH,
	REPO_BRANCH,	   /* of a pull request */
	REPO_BRANCH_MERGE, /* main merged into such a branch */
	REPO_MERGED,	   /* how pull requests come to main: */
	REPO_SQUASHED,
	REPO_REBASED,
	REPO_HOTFIX,
	REPO_HOTFIX_MERGE
};

struct commit {
	char sha[41];
	enum repo_kind kind;
	unsigned parents[2]; /* REPO_NONE when there is none */
	unsigned author;     /* person */
	unsigned pull;	     /* it belongs to, or REPO_NONE */
	unsigned serial;     /* from 0 within the pull */
	int64_t authored, committed;
	bool lost; /* force-pushed away: nobody finds it any more */
};

enum review_state {
	REVIEW_APPROVED,
	REVIEW_CHANGES_REQUESTED,
	REVIEW_COMMENTED,
	REVIEW_DISMISSED,
	REVIEW_PENDING
};

struct review {
	uint64_t id;
	enum review_state state;
	unsigned author, commit;
	int64_t submitted; /* not shown when pending */
	bool deleted;
};

struct comment {
	uint64_t id;
	bool on_code; /* else on the issue or the conversation */
	bool deleted;
	unsigned number; /* of the issue or pull request */
	unsigned author;
	uint64_t review; /* of those on code */
	unsigned commit;
	int64_t created, updated;
};

struct pull {
	uint64_t id, seed;
	unsigned number, author, revision;
	int64_t created, updated, merged, closed; /* 0: not */
	bool draft, null_body;
	char issue[24]; /* the Jira key it carries, or "" */
	unsigned base;	/* commit it was cut from */
	unsigned *commits;
	unsigned commit_count;
	unsigned merge; /* commit, or REPO_NONE */
	struct review *reviews;
	unsigned review_count;
};

struct issue {
	uint64_t id, seed;
	unsigned number, author, revision;
	int64_t created, updated, closed;
	bool bug, incident; /* labels */
};

enum deploy_state {
	DEPLOY_QUEUED,
	DEPLOY_PENDING,
	DEPLOY_IN_PROGRESS,
	DEPLOY_SUCCESS,
	DEPLOY_FAILURE,
	DEPLOY_ERROR,
	DEPLOY_INACTIVE
};

struct deploy_status {
	uint64_t id;
	enum deploy_state state;
	int64_t at;
};

enum { DEPLOY_STATUSES = 5 };

struct deployment {
	uint64_t id;
	unsigned commit, creator;
	const char *environment;
	int64_t created, updated;
	struct deploy_status statuses[DEPLOY_STATUSES]; /* oldest first */
	unsigned status_count;
};

struct release {
	uint64_t id;
	unsigned serial, commit, author;
	int64_t created, published; /* 0: a draft */
	bool prerelease;
};

struct repo {
	uint64_t id;
	unsigned index;
	char *name, *full_name, *old_name; /* old_name: before a renaming */
	const struct repo_profile *profile;
	enum repo_trap trap;
	int64_t created, updated, pushed;
	struct commit *commits;
	unsigned commit_count;
	unsigned head;	/* commit, or REPO_NONE */
	unsigned *main; /* first parents from the root to head */
	unsigned main_count;
	unsigned *log; /* all that head reaches, newest first */
	unsigned log_count;
	struct pull *pulls;
	unsigned pull_count;
	struct issue *issues;
	unsigned issue_count;
	struct comment *comments;
	unsigned comment_count;
	struct deployment *deployments; /* by created */
	unsigned deployment_count;
	struct release *releases;
	unsigned release_count;
	char *json; /* the repository object, whole; made by payload */
	size_t json_len;
};

struct github {
	struct repo *repos;
	unsigned repo_count;
	char **user_json; /* of each person; made by payload */
	size_t *user_json_len;
	struct answers *answers; /* bodies prepared */
	struct quota *quota;
};

struct github *github_new(struct world *world); /* fills in incidents too */
void github_free(struct github *github);

/* Appends one and returns its index; the rest of it is zero. */
unsigned repo_add_commit(const struct world *world, struct repo *repo,
			 enum repo_kind kind, int64_t committed);
unsigned repo_add_comment(struct repo *repo, unsigned number);
unsigned repo_add_deployment(struct repo *repo, const char *environment,
			     int64_t created);
void repo_add_status(struct deployment *deployment, enum deploy_state state,
		     int64_t at);

enum deploy_state repo_state(const struct deployment *deployment);
/* The success of this deployment makes the one before it in the same
 * environment inactive. */
void repo_replace_last(struct repo *repo, unsigned index);
/* The production environments; the second may be NULL. */
void repo_production(const struct repo *repo, const char *environments[2]);

/* Marks in seen (commit_count bytes) all that a commit reaches, itself too. */
void repo_reach(const struct repo *repo, unsigned commit, unsigned char *seen);
/* The commits marked in seen, newest first; allocated. */
unsigned *repo_sorted(const struct repo *repo, const unsigned char *seen,
		      unsigned *count);
/* Makes log and main of head again. */
void repo_set_head(struct repo *repo, unsigned head);

/* By sha, or by a branch name (main, HEAD); REPO_NONE when not found. */
unsigned repo_find_commit(const struct repo *repo, const char *ref);
struct pull *repo_find_pull(const struct repo *repo, unsigned number);
/* By name, also an old one (then *moved); or by id.  NULL: not there. */
struct repo *github_find_repo(const struct github *github, const char *owner,
			      const char *name, bool *moved);
struct repo *github_repo_by_id(const struct github *github, uint64_t id);

#endif
