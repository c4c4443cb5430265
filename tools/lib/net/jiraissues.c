#include "net/jiraissues.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/msg.h"
#include "net/jirawalk.h"
#include "net/jql.h"

/* What a page of 100 issues and its histories take on a usual site. */
enum { ISSUES_A_PAGE = 100, MS_A_REQUEST = 800 };

struct work {
	struct jiraissues *all;
	struct jirawalk *walk;
};

struct jiraissues {
	struct jira *jira;
	struct work *works; /* settled before the first one starts */
	size_t count;
	size_t next; /* to be started */
};

struct jiraissues *
jiraissues_new(struct jira *jira)
{
	struct jiraissues *all = msg_calloc(1, sizeof(*all));

	all->jira = jira;
	return all;
}

void
jiraissues_free(struct jiraissues *all)
{
	size_t i;

	for (i = 0; i < all->count; i++) {
		jirawalk_free(all->works[i].walk);
	}
	free(all->works);
	free(all);
}

void
jiraissues_add(struct jiraissues *all, const char *project)
{
	all->works =
		msg_realloc(all->works, (all->count + 1) * sizeof(*all->works));
	all->works[all->count++] = (struct work){
		.all = all,
		.walk = jirawalk_new(all->jira, project),
	};
}

/* Counting is a courtesy: where it fails the walk goes by the month. */
static void
on_count(void *arg, const struct http_reply *reply)
{
	struct work *work = arg;
	const char *const want[] = { work->all->jira->cloud ? "count"
							    : "total" };
	struct json_paths *paths = json_paths(want, 1);
	struct json_span count;
	struct json_error error;
	int64_t number;

	if (reply->class == OUTCOME_NONE &&
	    json_scan(paths, reply->body, reply->len, &count, &error) == 0 &&
	    json_int(&count, &number) && number >= 0)
		jirawalk_size(work->walk, number);
	json_paths_free(paths);
}

static void
ask_count(struct work *work)
{
	struct jira *jira = work->all->jira;
	const struct jira_call call = { JIRA_LIST, on_count, work };
	struct jsonw body = { 0 };
	struct jql jql;
	char text[JQL_LONGEST];

	jirawalk_query(work->walk, &jql);
	jql_issues(&jql, text);
	jsonw_open(&body, '{');
	jsonw_key(&body, "jql");
	jsonw_string(&body, text);
	if (!jira->cloud) {
		jsonw_key(&body, "maxResults");
		jsonw_int(&body, 0);
	}
	jsonw_close(&body, '}');
	jira_post(jira, &call,
		  jira->cloud ? "/rest/api/3/search/approximate-count"
			      : "/rest/api/2/search",
		  &body);
	jsonw_free(&body);
}

static void
tell(const struct jiraissues *all)
{
	const struct jira *jira = all->jira;
	int64_t issues = 0, requests = 0, projects = 0, ms;
	char about[SOURCE_ABOUT];
	size_t i;

	for (i = 0; i < all->count; i++) {
		int64_t expected = jirawalk_expected(all->works[i].walk);

		if (expected < 0)
			continue;
		projects++;
		issues += expected;
		requests += 2 * (expected / ISSUES_A_PAGE + 1) + 1;
	}
	if (projects == 0)
		return;
	ms = requests * MS_A_REQUEST /
	     (jira->wish.connections > 0 ? jira->wish.connections : 1);
	if (jira->settings->requests_per_hour > 0 &&
	    ms < requests * 3600000 / jira->settings->requests_per_hour)
		ms = requests * 3600000 / jira->settings->requests_per_hour;
	source_tell(jira->source,
		    "first load: %" PRId64 " requests, %s (%" PRId64
		    " issues in %" PRId64 " projects)",
		    requests, source_about((double)ms / 3600000, about), issues,
		    projects);
}

static int
count_first_loads(struct jiraissues *all)
{
	int code;
	size_t i;

	for (i = 0; i < all->count; i++)
		if (jirawalk_is_first(all->works[i].walk))
			ask_count(&all->works[i]);
	code = source_run(all->jira->source);
	if (code == EX_OK)
		tell(all);
	return code;
}

static void
show_progress(const struct work *work)
{
	const struct jiraissues *all = work->all;
	uint64_t done = 0, total = 0;
	char op[96];
	size_t i;

	for (i = 0; i < all->count; i++) {
		const struct jirawalk *walk = all->works[i].walk;
		int64_t expected = jirawalk_expected(walk);
		uint64_t issues = jirawalk_issues(walk);

		done += issues;
		total += expected > 0 && (uint64_t)expected > issues
				 ? (uint64_t)expected
				 : issues;
	}
	snprintf(op, sizeof(op), "%s issues", jirawalk_key(work->walk));
	source_progress(all->jira->source, done, total, op);
}

static void on_walk_end(void *arg);

static void
start_next(struct jiraissues *all)
{
	struct work *work;

	if (all->next >= all->count)
		return;
	work = &all->works[all->next++];
	show_progress(work);
	jirawalk_start(work->walk, on_walk_end, work);
}

static void
on_walk_end(void *arg)
{
	struct work *work = arg;

	show_progress(work);
	start_next(work->all);
}

static void
tell_plan(const struct jiraissues *all)
{
	char text[JQL_LONGEST];
	struct jql jql;
	size_t i;

	for (i = 0; i < all->count; i++) {
		jirawalk_query(all->works[i].walk, &jql);
		jql_issues(&jql, text);
		source_tell(all->jira->source, "would ask: %s", text);
	}
}

int
jiraissues_run(struct jiraissues *all)
{
	long i;
	int code = count_first_loads(all);

	if (code != EX_OK)
		return code;
	if (all->jira->wish.dry_run) {
		tell_plan(all);
		return EX_OK;
	}
	for (i = 0; i < all->jira->wish.connections; i++)
		start_next(all);
	return source_run(all->jira->source);
}
