/*
 * jira - one Jira site as its walks see it: how it is asked, which flavor it
 * is, what time it thinks it is, and lists that come in pages.
 *
 *   jira = jira_open(source, &wish, &problem);   token and connection
 *   if (jira_meet(jira) == EX_OK)                serverInfo, myself
 *           ...walks...
 *   jira_close(jira);                            after source_end
 *
 * Cloud is /rest/api/3, Data Center /rest/api/2; both have /rest/agile/1.0.
 */
#ifndef PULSE_JIRA_H
#define PULSE_JIRA_H

#include <stdbool.h>
#include <stdint.h>

#include "net/jirafields.h"
#include "net/jiraids.h"
#include "net/source.h"

enum { JIRA_CHANGE_ID, JIRA_CHANGE_CREATED, JIRA_CHANGE_WANTED };

/* What the command line asks for beside source_opts. */
struct jira_wish {
	struct cli_list projects; /* keys; none: the settings', or all */
	const char *flavor;	  /* auto, cloud, dc, or NULL */
	int64_t since, until;	  /* as in source_opts */
	long connections;
	bool dry_run;
	const char *base_url; /* of the command line, or NULL */
};

struct jira {
	struct source *source;
	struct http *http;
	const struct settings_client *client;
	const struct settings_jira *settings;
	struct jira_wish wish;
	const char *const *keys; /* the chosen projects, NULL-ended or NULL */
	bool cloud;
	const char *api; /* "/rest/api/3" */
	int64_t window;	 /* startAt that Data Center was seen to refuse */
	int64_t now;	 /* the site's time when this run began */
	char zone[64];	 /* of the account: JQL reads times in it */
	struct jirafields fields;
	struct json_paths *change_paths; /* of one changelog history */
	struct jira_login *login;
	struct jira_sent *sent; /* requests not yet answered */
};

/* NULL with *problem: no base_url (78), no token (77). */
struct jira *jira_open(struct source *source, const struct jira_wish *wish,
		       struct source_problem *problem);
/* EX_OK, or the code of what ended the run. */
int jira_meet(struct jira *jira);
void jira_close(struct jira *jira);

/* Sooner ones first: what is begun is finished before more is begun. */
enum { JIRA_HISTORY, JIRA_PAGE, JIRA_LIST };

struct jira_call {
	int priority;
	http_done *done;
	void *arg;
};
void jira_get(struct jira *jira, const struct jira_call *call,
	      const char *format, ...) __attribute__((format(printf, 3, 4)));
void jira_post(struct jira *jira, const struct jira_call *call,
	       const char *path, const struct jsonw *body);

/* Answers what an end of the run left unanswered, as failed; what is put away
 * then may print a last checkpoint, but no failure.  Call it before anything
 * that waits for an answer is freed. */
void jira_drain(struct jira *jira);

/* True when the project is one of the chosen, or none was chosen. */
bool jira_is_chosen(const struct jira *jira, const char *project);

/* The text of a string or number, allocated; NULL for anything else. */
char *jira_id(const struct json_span *span);

/* Likewise of a member of an object. */
char *jira_member(const struct json_span *object, const char *name);

extern const char jira_site[]; /* the scope of what is no project's */

/* Prints a record of that scope, when its type is wanted; scope, bytes and len
 * are filled in here. */
void jira_emit(struct jira *jira, const struct source_record *record,
	       const struct json_span *object);
void jira_emit_keys(struct jira *jira, const char *of,
		    const struct jiraids *ids, int64_t at);

/* Not for us, or not on this site: 403, 404, 405, 410. */
bool jira_is_refusal(long status);

/* The scope, or an item of it (key set), failed as the reply says. */
void jira_fail(struct jira *jira, const struct source_item *what,
	       const struct http_reply *reply);
/* Likewise where the reply itself is at fault: 76. */
void jira_fail_protocol(struct jira *jira, const struct source_item *what,
			const char *reason);

#endif
