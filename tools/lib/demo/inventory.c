/* What a complete copy of the Jira half holds, read off the model and never
 * off an answer: jira_expected of demo/world.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/times.h"
#include "demo/tracker.h"
#include "demo/workflow.h"

static void
put_number(struct jsonw *w, int64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, number);
	jsonw_string(w, text);
}

static void
projects(const struct tracker *tracker, struct jsonw *w)
{
	int i;

	for (i = 0; i < tracker->project_count; i++)
		put_number(w, tracker->projects[i].id);
}

static void
boards(const struct tracker *tracker, struct jsonw *w)
{
	int i;

	for (i = 0; i < tracker->board_count; i++)
		put_number(w, tracker->boards[i].id);
}

static void
statuses(const struct tracker *tracker, struct jsonw *w)
{
	size_t i;

	(void)tracker;
	for (i = 0; i < catalog_status_count; i++)
		put_number(w, catalog_statuses[i].id);
}

static void
fields(const struct tracker *tracker, struct jsonw *w)
{
	size_t i;

	(void)tracker;
	for (i = 0; i < catalog_field_count; i++)
		jsonw_string(w, catalog_fields[i].id);
}

static void
sprints(const struct tracker *tracker, struct jsonw *w)
{
	int i;

	for (i = 0; i < tracker->sprint_count; i++)
		if (!tracker->sprints[i].gone)
			put_number(w, tracker->sprints[i].id);
}

static void
users(const struct tracker *tracker, struct jsonw *w)
{
	char key[32];
	int i;

	for (i = 0; i < tracker->user_count; i++) {
		snprintf(key, sizeof(key), "JIRAUSER%d",
			 tracker->users[i].number);
		jsonw_string(w, tracker->world->config.data_center
					? key
					: tracker->users[i].account_id);
	}
}

/* By /workflows/search, which knows those of team-managed projects too:
 * without the right to see them there are none. */
static void
workflows(const struct tracker *tracker, struct jsonw *w)
{
	const struct world_config *config = &tracker->world->config;
	char id[40];
	int i;

	for (i = 0; config->jira_admin && i < tracker->project_count; i++) {
		const struct catalog_flow *flow = tracker->projects[i].flow;

		if (config->data_center) {
			jsonw_string(w, flow->workflow);
		} else {
			workflow_id(tracker, i, id);
			jsonw_string(w, id);
		}
	}
}

static const struct {
	const char *type;
	void (*put)(const struct tracker *tracker, struct jsonw *w);
} lists[] = {
	{ "jira_project", projects }, { "jira_board", boards },
	{ "jira_status", statuses },  { "jira_workflow", workflows },
	{ "jira_user", users },	      { "jira_field", fields },
	{ "jira_sprint", sprints },
};

/* What is asked for of a project's issues. */
struct selection {
	int64_t since; /* updated then or later */
	bool changes;  /* their histories, not they themselves */
};

static void
put_issues(const struct tracker *tracker, int project,
	   const struct selection *of, struct jsonw *w)
{
	char text[48];
	int32_t i;
	uint32_t c;

	for (i = 0; i < tracker->issue_count; i++) {
		const struct tracker_issue *issue = &tracker->issues[i];

		if (issue->deleted || issue->updated < of->since ||
		    issue->value[TRACKER_PROJECT] != project)
			continue;
		if (!of->changes)
			put_number(w, issue->id);
		for (c = 0; of->changes && c < issue->change_count; c++) {
			snprintf(text, sizeof(text), "%d/%d", issue->id,
				 issue->changes[c].id);
			jsonw_string(w, text);
		}
	}
}

static void
by_project(const struct tracker *tracker, const char *type,
	   const struct selection *of, struct jsonw *w)
{
	int i;

	jsonw_key(w, type);
	jsonw_open(w, '{');
	for (i = 0; i < tracker->project_count; i++) {
		jsonw_key(w, tracker->projects[i].key);
		jsonw_open(w, '[');
		put_issues(tracker, i, of, w);
		jsonw_close(w, ']');
	}
	jsonw_close(w, '}');
}

static bool
is_asked(const char *asked, const char *type)
{
	return asked == NULL || strcmp(asked, type) == 0;
}

void
jira_expected(struct world *world, const struct httpd_request *request,
	      struct jsonw *w)
{
	const struct tracker *tracker = world->tracker;
	const char *asked = httpd_argument(request, "type");
	const char *since = httpd_argument(request, "since");
	struct selection of = { .changes = false };
	size_t i;

	if (since != NULL && !times_parse(since, strlen(since), &of.since))
		of.since = 0;
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (!is_asked(asked, lists[i].type))
			continue;
		jsonw_key(w, lists[i].type);
		jsonw_open(w, '{');
		jsonw_key(w, "site");
		jsonw_open(w, '[');
		lists[i].put(tracker, w);
		jsonw_close(w, ']');
		jsonw_close(w, '}');
	}
	if (is_asked(asked, "jira_issue"))
		by_project(tracker, "jira_issue", &of, w);
	of.changes = true;
	if (is_asked(asked, "jira_change"))
		by_project(tracker, "jira_change", &of, w);
}
