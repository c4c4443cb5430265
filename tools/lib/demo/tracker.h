/*
 * tracker - the model of the made-up Jira site: issues with every change that
 * ever happened to them, sprints, boards, users.
 *
 *   struct tracker *tracker = tracker_new(world);     the whole history
 *   tracker_change(tracker, issue, &change);          one more change
 *   tracker_free(tracker);
 *
 * An issue is what its changes made of it: a change says what a field becomes,
 * the model keeps what it was.  What the API says and what is expected of a
 * fetcher are both read off this; neither is kept beside it.
 *
 * Not locked: demo-api answers under a read lock and changes under a write
 * lock.  tracker->version grows with every change.
 */
#ifndef PULSE_TRACKER_H
#define PULSE_TRACKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "demo/catalog.h"
#include "demo/sprintset.h"
#include "demo/wallclock.h"
#include "demo/world.h"

enum tracker_field {
	TRACKER_STATUS,	    /* index into catalog_statuses */
	TRACKER_RESOLUTION, /* index into catalog_resolutions, -1: none */
	TRACKER_ASSIGNEE,   /* user, -1: none */
	TRACKER_SPRINT,	    /* a set of sprints; see sprintset */
	TRACKER_POINTS,	    /* half points, -1: none */
	TRACKER_SUMMARY,    /* which wording */
	TRACKER_DESCRIPTION,
	TRACKER_PRIORITY, /* index into catalog_priorities */
	TRACKER_LABELS,	  /* bits, of the flow's labels */
	TRACKER_TYPE,	  /* index into catalog_types */
	TRACKER_PROJECT,  /* index of the project */
	TRACKER_KEY,	  /* project << 24 | number */
	TRACKER_PARENT,	  /* index of an issue, -1: none */
	TRACKER_RANK,
	TRACKER_FLAGGED,     /* 0, 1 */
	TRACKER_FIX_VERSION, /* index into catalog_versions, -1: none */
	TRACKER_LINK,	     /* index of an issue that it blocks, -1: none */
	TRACKER_FIELDS
};

struct tracker_item {
	uint8_t field;
	int32_t from, to;
};

enum { TRACKER_ITEMS = 4, TRACKER_NOBODY = -1 };

/* One changelog history. */
struct tracker_change {
	int64_t at;
	int32_t id;
	int16_t author; /* user; TRACKER_NOBODY: the API names none */
	uint8_t count;
	struct tracker_item items[TRACKER_ITEMS];
};

struct tracker_comment {
	int64_t at;
	int32_t id;
	int16_t author;
};

struct tracker_issue {
	int32_t id;
	int32_t value[TRACKER_FIELDS];
	int64_t created, updated;
	int64_t indexed;  /* updated, as far as searches know; 0: unseen */
	int64_t resolved; /* 0: not */
	int64_t category_changed; /* when it came into its status category */
	int16_t creator;
	bool deleted;
	bool born; /* false before its creation, while history is played */
	struct tracker_change *changes; /* by time */
	uint32_t change_count, change_size;
	struct tracker_comment *comments;
	uint32_t comment_count;
};

enum tracker_sprint_state { TRACKER_FUTURE, TRACKER_ACTIVE, TRACKER_CLOSED };

struct tracker_sprint {
	int32_t id;
	int board; /* index of the board that it was made on */
	char name[64];
	enum tracker_sprint_state state;
	int64_t made, start, end, complete; /* 0: not yet known */
	bool gone;			    /* deleted */
};

enum tracker_board_kind { TRACKER_SCRUM, TRACKER_KANBAN, TRACKER_SIMPLE };

struct tracker_board {
	int id;
	char name[64];
	enum tracker_board_kind kind;
	bool sprints;
	int project;
	int also; /* the board whose sprints it shows as well, or -1 */
};

struct tracker_project {
	int id;
	const char *key;
	char name[96];
	const struct catalog_flow *flow;
	int32_t last_number;
	int32_t *by_number; /* issue that was given this number, or -1 */
	int32_t number_size;
	int lead;
};

struct tracker_user {
	char account_id[64];
	char name[64]; /* Data Center; its key is JIRAUSER and a number */
	const char *display;
	const char *email; /* NULL: hidden */
	const char *zone;
	int number;
	bool active;
	bool app;
};

struct tracker {
	struct world *world;
	struct wallclock *clock;
	struct tracker_project *projects;
	int project_count;
	struct tracker_user *users;
	int user_count;
	struct tracker_board *boards;
	int board_count;
	struct tracker_sprint *sprints; /* by id, ids from 1 */
	int sprint_count, sprint_size;
	struct tracker_issue *issues; /* by id */
	int32_t issue_count, issue_size;
	int32_t *by_id; /* id - TRACKER_FIRST_ID to issue, or -1 */
	int32_t id_size;
	int32_t next_id, next_change, next_comment;
	struct sprintset *sets;
	int64_t now; /* of the last change; grows */
	uint64_t version;
	bool lagging;	     /* changes made now reach the search index later */
	struct stock *stock; /* prepared JSON */
	struct search *search; /* results kept */
};

enum { TRACKER_FIRST_ID = 10000 };

struct tracker *tracker_new(struct world *world);
void tracker_free(struct tracker *tracker);

/* The issue as it is put on top: a creation.  Its id, number and born are
 * given here; the rest is the caller's.  Returns its index. */
int32_t tracker_create(struct tracker *tracker, int project, int32_t number);

/*
 * Applies a change: fills in each item's from, drops those that change
 * nothing, moves updated, resolved and category_changed along.  A sprint item
 * names a set.  False when nothing was left of it.
 */
bool tracker_change(struct tracker *tracker, int32_t issue,
		    const struct tracker_change *change);
void tracker_comment(struct tracker *tracker, int32_t issue, int64_t at,
		     int16_t author);

/* The next number of a project, taken. */
int32_t tracker_number(struct tracker *tracker, int project);

struct tracker_sprint *tracker_sprint(const struct tracker *tracker,
				      int32_t id);
struct tracker_board *tracker_board(const struct tracker *tracker, int id);
int tracker_project(const struct tracker *tracker, const char *key,
		    size_t len); /* by key or id; -1 */

/* By id or key, an old key too; -1 when there is none or it is deleted. */
int32_t tracker_find(const struct tracker *tracker, const char *name,
		     size_t len);

enum { TRACKER_KEY_SIZE = 48 };
void tracker_key(const struct tracker *tracker,
		 const struct tracker_issue *issue, char out[TRACKER_KEY_SIZE]);
void tracker_key_text(const struct tracker *tracker, int32_t key,
		      char out[TRACKER_KEY_SIZE]);

enum catalog_category tracker_category(const struct tracker_issue *issue);

#endif
