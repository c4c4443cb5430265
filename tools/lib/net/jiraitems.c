#include "net/jiraitems.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "net/jiraboards.h"
#include "net/jirahistory.h"

struct work {
	struct jira *jira;
	const struct source_item *item;
	char *id;    /* of the issue or board */
	char *scope; /* the issue's project now */
};

static void
end(struct work *work)
{
	free(work->id);
	free(work->scope);
	free(work);
}

static void
resolve(struct work *work)
{
	source_resolved(work->jira->source, work->item->scope,
			work->item->entity, work->item->key);
	end(work);
}

static void
fail(struct work *work, const struct http_reply *reply)
{
	jira_fail(work->jira, work->item, reply);
	end(work);
}

/* Whether all came is told by the history itself, as a failed item. */
static void
on_histories(void *arg, bool whole)
{
	struct work *work = arg;

	if (whole)
		resolve(work);
	else
		end(work);
}

static void
fetch_history(struct work *work, int64_t at)
{
	const struct json_span *spans = work->jira->fields.spans;
	struct jirahistory *job = msg_calloc(1, sizeof(*job));
	struct jirahistory_issue *issue = msg_calloc(1, sizeof(*issue));

	issue->id = msg_strdup(work->id);
	issue->key = json_text(&spans[JIRAFIELDS_KEY]);
	issue->total = -1;
	if (json_int(&spans[JIRAFIELDS_TOTAL], &issue->total) &&
	    !work->jira->cloud)
		jirahistory_embedded(work->jira, work->scope, issue,
				     &spans[JIRAFIELDS_HISTORIES], at);
	*job = (struct jirahistory){ .scope = work->scope,
				     .issues = issue,
				     .count = 1,
				     .end = on_histories,
				     .arg = work };
	jirahistory_fetch(work->jira, job);
}

static void
on_issue(void *arg, const struct http_reply *reply)
{
	struct work *work = arg;
	struct jirafields *fields = &work->jira->fields;
	const struct json_span issue = { .at = reply->body,
					 .len = reply->len,
					 .type = JSON_OBJECT };
	struct jsonw ext = { 0 };

	if (reply->status == 404) { /* deleted: nothing is left to fetch */
		resolve(work);
		return;
	}
	if (reply->class != OUTCOME_NONE) {
		fail(work, reply);
		return;
	}
	if (jirafields_scan(fields, &issue) != 0 ||
	    (work->scope = json_text(&fields->spans[JIRAFIELDS_PROJECT])) ==
		    NULL) {
		jira_fail_protocol(work->jira, work->item,
				   "the answer is no issue");
		end(work);
		return;
	}
	jirafields_ext(fields, &ext);
	if (source_wants(work->jira->source, "jira_issue"))
		source_emit(work->jira->source,
			    &(struct source_record){
				    .type = "jira_issue",
				    .scope = work->scope,
				    .key = work->id,
				    .updated_at =
					    &fields->spans[JIRAFIELDS_UPDATED],
				    .ext = ext.text,
				    .bytes = issue.at,
				    .len = issue.len,
				    .fetched_at = reply->at,
			    });
	jsonw_free(&ext);
	fetch_history(work, reply->at);
}

static void
on_board(void *arg, const struct http_reply *reply)
{
	struct work *work = arg;

	if (reply->class == OUTCOME_NONE || reply->status == 404)
		resolve(work);
	else
		fail(work, reply);
}

/* The id is what stands before a slash: issue/history. */
static char *
leading_id(const char *key)
{
	size_t len = strspn(key, "0123456789");
	char *id;

	if (len == 0 || (key[len] != '\0' && key[len] != '/'))
		return NULL;
	id = msg_calloc(len + 1, 1);
	memcpy(id, key, len);
	return id;
}

static void
start(struct jira *jira, struct jiraboards *boards,
      const struct source_item *item)
{
	struct work *work = msg_calloc(1, sizeof(*work));
	const struct jira_call call = { JIRA_PAGE, on_issue, work };
	char *fields;

	*work = (struct work){ .jira = jira, .item = item };
	work->id = leading_id(item->key);
	if (work->id != NULL && strcmp(item->entity, "jira_board") == 0) {
		jiraboards_one(boards, work->id, on_board, work);
		return;
	}
	if (work->id == NULL || (strcmp(item->entity, "jira_issue") != 0 &&
				 strcmp(item->entity, "jira_change") != 0)) {
		jira_fail_protocol(jira, item, "no item of this fetch");
		end(work);
		return;
	}
	fields = jirafields_joined(&jira->fields);
	jira_get(jira, &call, "%s/issue/%s?fields=%s&expand=changelog",
		 jira->api, work->id, fields);
	free(fields);
}

int
jiraitems_run(struct jira *jira, struct jirasite *site,
	      const struct source_item *items, size_t count)
{
	struct jiraboards *boards;
	int code = jirasite_fields(site);
	size_t i;

	if (code != EX_OK)
		return code;
	boards = jiraboards_new(jira);
	for (i = 0; i < count; i++)
		start(jira, boards, &items[i]);
	code = source_run(jira->source);
	jira_drain(jira);
	jiraboards_free(boards);
	return code;
}
