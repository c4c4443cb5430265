#include "net/jirakeys.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/msg.h"
#include "net/jirasearch.h"

struct jirakeys {
	struct jira *jira;
	struct jirakeys_wish wish;
	int64_t asked_at;
	char **ids; /* sorted at the end */
	size_t count, size;
};

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

size_t
jirakeys_count(const struct jirakeys *keys)
{
	return keys->count;
}

bool
jirakeys_has(const struct jirakeys *keys, const char *id)
{
	return keys->count > 0 && bsearch(&id, keys->ids, keys->count,
					  sizeof(*keys->ids), by_text) != NULL;
}

static bool
on_page(void *arg, const struct jirasearch_page *page)
{
	struct jirakeys *keys = arg;
	struct json_walk walk = json_walk(page->issues);
	struct json_span key, issue;
	bool skip = page->repeats_first;

	for (; json_next(&walk, &key, &issue); skip = false) {
		char *id = skip ? NULL : jira_member(&issue, "id");

		if (id == NULL)
			continue;
		if (keys->count == keys->size) {
			keys->size = 2 * keys->size + 64;
			keys->ids = msg_realloc(
				keys->ids, keys->size * sizeof(*keys->ids));
		}
		keys->ids[keys->count++] = id;
	}
	return true;
}

static void
on_end(void *arg, const struct http_reply *reply)
{
	struct jirakeys *keys = arg;
	size_t i;

	if (keys->count > 0)
		qsort(keys->ids, keys->count, sizeof(*keys->ids), by_text);
	if (reply->class == OUTCOME_NONE)
		source_keys(keys->jira->source,
			    &(struct source_keys){
				    .of = "jira_issue",
				    .scope = keys->wish.project,
				    .keys = (const char *const *)keys->ids,
				    .count = keys->count,
				    .at = keys->asked_at,
			    });
	keys->wish.end(keys->wish.arg, reply, keys);
	for (i = 0; i < keys->count; i++)
		free(keys->ids[i]);
	free(keys->ids);
	free(keys);
}

void
jirakeys_print(struct jira *jira, const struct jirakeys_wish *wish)
{
	struct jirakeys *keys = msg_calloc(1, sizeof(*keys));
	const struct jirasearch_query query = {
		.jql = { .project = wish->project, .zone = "UTC" },
		.ids_only = true,
		.page = on_page,
		.end = on_end,
		.arg = keys,
	};

	keys->jira = jira;
	keys->wish = *wish;
	keys->asked_at = clock_now();
	jirasearch_start(jira, &query);
}
