/*
 * jirafields - which fields of an issue are asked for, and what the site's own
 * ones mean.
 *
 * The ids of custom fields differ by site: Sprint is known by its schema
 * (com.pyxis.greenhopper.jira:gh-sprint), story points by theirs
 * (com.pyxis.greenhopper.jira:jsw-story-points) or as a number named "Story
 * Points" or "Story point estimate".  A site may have several of each: all are
 * asked for, the first that holds a value counts.
 *
 *   jirafields_start(&fields, settings);  borrowed until the end
 *   jirafields_learn(&fields, &field);    each object of /rest/api/3/field
 *   jirafields_settle(&fields);
 *   jirafields_scan(&fields, issue, len, &spans);
 *   jirafields_free(&fields);
 */
#ifndef PULSE_JIRAFIELDS_H
#define PULSE_JIRAFIELDS_H

#include "base/jsonw.h"
#include "base/settings.h"
#include "records/json.h"

struct jirafields_names {
	char **items;
	size_t count;
};

struct jirafields {
	const struct config
		*mapping; /* {PROJECT: {STATUS: CATEGORY}} or NULL */
	struct jirafields_names points, sprints, more;
	struct json_paths *paths, *field_paths;
	struct json_span *spans; /* of the last issue scanned */
};

enum jirafields_span {
	JIRAFIELDS_ID,
	JIRAFIELDS_KEY,
	JIRAFIELDS_UPDATED,
	JIRAFIELDS_PROJECT,   /* its key */
	JIRAFIELDS_STATUS,    /* its name */
	JIRAFIELDS_TOTAL,     /* of the embedded changelog */
	JIRAFIELDS_HISTORIES, /* likewise */
	JIRAFIELDS_OWN	      /* the site's own follow */
};

void jirafields_start(struct jirafields *fields,
		      const struct settings_jira *settings);
void jirafields_learn(struct jirafields *fields, const struct json_span *field);
void jirafields_settle(struct jirafields *fields);

/* The names to ask for, as a JSON array or joined by commas. */
void jirafields_list(const struct jirafields *fields, struct jsonw *out);
char *jirafields_joined(const struct jirafields *fields); /* allocated */

/* Fills in fields->spans; -1 when it is no JSON object with id and key. */
int jirafields_scan(struct jirafields *fields, const struct json_span *issue);
/* {"story_points":5,"sprints":["12"]} of the issue scanned last, and
 * "status_category" where the settings map its project's status to one. */
void jirafields_ext(const struct jirafields *fields, struct jsonw *out);
void jirafields_free(struct jirafields *fields);

/*
 * The id of a sprint as Data Center writes it, a Java object's text such as
 * `com...Sprint@1f[id=12,rapidViewId=3,state=CLOSED,name=...]`.  Returns how
 * many digits stand at *id, 0 when there is none.  pure.
 */
size_t jirafields_sprint_id(const char *text, size_t len, const char **id);

#endif
