/*
 * catalog - what the made-up Jira site has before any work is done: statuses,
 * types, priorities, resolutions, fields, and how each project works.  Const
 * tables only.
 *
 * The traps are here: names that repeat with other ids (To Do, In Progress,
 * Done), names in other languages, a status without a category, team-managed
 * projects with statuses and types of their own, two fields for story points.
 */
#ifndef PULSE_CATALOG_H
#define PULSE_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

enum catalog_category {
	CATALOG_UNDEFINED,
	CATALOG_NEW,
	CATALOG_INDETERMINATE,
	CATALOG_DONE
};

struct catalog_status {
	int id;
	const char *name;
	enum catalog_category category;
	const char *project; /* of a team-managed project only, or NULL */
};

enum catalog_kind {
	CATALOG_STORY,
	CATALOG_BUG,
	CATALOG_TASK,
	CATALOG_EPIC,
	CATALOG_SUBTASK,
	CATALOG_INCIDENT,
	CATALOG_KINDS
};

struct catalog_type {
	int id;
	const char *name;
	enum catalog_kind kind;
	const char *project;
};

struct catalog_named {
	int id;
	const char *name;
};

enum { CATALOG_TODO, CATALOG_PROGRESS, CATALOG_REVIEW, CATALOG_FINISHED };

/* How a project works. */
struct catalog_flow {
	const char *project;
	const char *workflow;
	bool team_managed;
	bool sprints;
	bool resolves;	    /* finishing sets a resolution */
	const char *points; /* id of its field for story points */
	int statuses[4];    /* ids, by CATALOG_TODO... */
	const char *labels[4];
};

/* What the value of a field is made from (ticket), beside the plain ones. */
enum catalog_source {
	CATALOG_NULL,
	CATALOG_LIST, /* always [] */
	CATALOG_TEXT, /* always the text in `always` */
	CATALOG_SUMMARY,
	CATALOG_ISSUETYPE,
	CATALOG_PROJECT,
	CATALOG_STATUS,
	CATALOG_STATUS_CATEGORY,
	CATALOG_STATUS_CHANGED,
	CATALOG_PRIORITY,
	CATALOG_RESOLUTION,
	CATALOG_RESOLVED,
	CATALOG_CREATED,
	CATALOG_UPDATED,
	CATALOG_ASSIGNEE,
	CATALOG_REPORTER,
	CATALOG_CREATOR,
	CATALOG_LABELS,
	CATALOG_DESCRIPTION,
	CATALOG_COMMENT,
	CATALOG_PARENT,
	CATALOG_SUBTASKS,
	CATALOG_LINKS,
	CATALOG_VERSIONS,
	CATALOG_WATCHES,
	CATALOG_VOTES,
	CATALOG_RANK,
	CATALOG_SPRINT,
	CATALOG_POINTS,
	CATALOG_ESTIMATE,
	CATALOG_FLAGGED,
	CATALOG_EPIC_LINK,
	CATALOG_KEY
};

struct catalog_field {
	const char *id, *name;
	const char *type, *items; /* of the schema; type NULL: none */
	const char *custom;	  /* the plugin's name for it, or NULL */
	bool navigable;
	enum catalog_source source;
	const char *always;
};

extern const struct catalog_status catalog_statuses[];
extern const size_t catalog_status_count;
extern const struct catalog_type catalog_types[];
extern const size_t catalog_type_count;
extern const struct catalog_named catalog_priorities[];
extern const size_t catalog_priority_count;
extern const struct catalog_named catalog_resolutions[];
extern const size_t catalog_resolution_count;
extern const struct catalog_named catalog_versions[];
extern const size_t catalog_version_count;
extern const struct catalog_field catalog_fields[];
extern const size_t catalog_field_count;
extern const char *const catalog_category_keys[];
extern const char *const catalog_category_names[];
extern const char *const catalog_category_colors[];
extern const int catalog_category_ids[];

#define CATALOG_SPRINT_FIELD "customfield_10020"
#define CATALOG_POINTS_FIELD "customfield_10028"
#define CATALOG_ESTIMATE_FIELD "customfield_10016"

/* The flow of a project's key; that of the first one for an unknown key. */
const struct catalog_flow *catalog_flow(const char *project);

/* Indices into the tables; the type of that kind in that project. */
int catalog_status(int id);
int catalog_type(const char *project, enum catalog_kind kind);

#endif
