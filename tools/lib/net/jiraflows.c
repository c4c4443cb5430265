#include "net/jiraflows.h"

#include <stdlib.h>

#include "base/msg.h"
#include "net/jiralist.h"

enum { PAGE = 50 };

struct workflows {
	struct jira *jira;
	bool *failed;
	bool older;
};

static void
each_workflow(void *arg, const struct json_span *item, int64_t at)
{
	struct workflows *w = arg;
	struct json_walk members = json_walk(item);
	struct json_span key, value, id = { .type = JSON_ABSENT };
	char *name = jira_member(item, "name"), *text;
	struct jsonw ext = { 0 };

	while (json_next(&members, &key, &value))
		if (json_is(&key, "id"))
			id = value;
	if (id.type == JSON_OBJECT) { /* {"name":…,"entityId":…} */
		text = jira_member(&id, "entityId");
		if (name == NULL)
			name = jira_member(&id, "name");
	} else {
		text = jira_id(&id);
	}
	if (text == NULL && name != NULL)
		text = msg_strdup(name);
	jsonw_open(&ext, '{');
	jsonw_key(&ext, "name");
	jsonw_string(&ext, name);
	jsonw_close(&ext, '}');
	if (text != NULL)
		jira_emit(w->jira,
			  &(struct source_record){ .type = "jira_workflow",
						   .key = text,
						   .ext = ext.text,
						   .fetched_at = at },
			  item);
	jsonw_free(&ext);
	free(name);
	free(text);
}

static void ask_workflows(struct workflows *w);

static void
fail(struct workflows *w, const struct http_reply *reply)
{
	const struct source_item what = { jira_site, "jira_workflow", NULL };

	*w->failed = true;
	jira_fail(w->jira, &what, reply);
}

static void
on_workflows_end(void *arg, const struct http_reply *reply, size_t count)
{
	struct workflows *w = arg;

	(void)count;
	if (reply->class != OUTCOME_NONE && jira_is_refusal(reply->status) &&
	    w->jira->cloud && !w->older) {
		w->older = true;
		ask_workflows(w);
		return;
	}
	if (reply->class != OUTCOME_NONE && jira_is_refusal(reply->status))
		source_tell(w->jira->source,
			    "workflows need the right to administer Jira "
			    "(HTTP %ld): the statuses are used alone",
			    reply->status);
	else if (reply->class != OUTCOME_NONE)
		fail(w, reply);
	free(w);
}

static void
ask_workflows(struct workflows *w)
{
	const bool cloud = w->jira->cloud;
	const char *path = cloud ? w->older ? "/rest/api/3/workflow/search"
					    : "/rest/api/3/workflows/search"
				 : "/rest/api/2/workflow";
	const struct jiralist list = {
		.path = path,
		.values = cloud ? "values" : NULL,
		.page = cloud ? PAGE : 0,
		.each = each_workflow,
		.end = on_workflows_end,
		.arg = w,
	};

	jiralist_walk(w->jira, &list);
}

void
jiraflows_ask(struct jira *jira, bool *failed)
{
	struct workflows *w = msg_calloc(1, sizeof(*w));

	w->jira = jira;
	w->failed = failed;
	ask_workflows(w);
}
