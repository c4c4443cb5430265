#include "net/jirasearch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

enum { MOST_PAGES = 100000, WINDOW = 10000 };
enum { CLOUD_PAGE = 100, CLOUD_IDS = 5000, DC_PAGE = 100, DC_IDS = 1000 };
enum { ISSUES, TOKEN, IS_LAST, TOTAL, WANTED };
enum { ID, KEY, ISSUE_WANTED };

struct jirasearch {
	struct jira *jira;
	struct jirasearch_query query;
	struct json_paths *paths, *issue_paths;
	char *after; /* the key that the query begins behind, or NULL */
	char *token;
	char **tokens; /* all that were used, to see one come again */
	size_t token_count;
	int64_t start_at;
	bool overlaps; /* the page must begin with last_id */
	char *last_id, *last_key;
	char *restarted_at; /* last_key then */
	bool dropped_after;
	bool held;
	unsigned long pages;
};

long
jirasearch_most_ids(const struct jira *jira)
{
	return jira->cloud ? CLOUD_IDS : DC_IDS;
}

static void
replace(char **text, char *by)
{
	free(*text);
	*text = by;
}

static void
end(struct jirasearch *s, const struct http_reply *reply)
{
	size_t i;

	s->query.end(s->query.arg, reply);
	for (i = 0; i < s->token_count; i++)
		free(s->tokens[i]);
	free(s->tokens);
	free(s->after);
	free(s->last_id);
	free(s->last_key);
	free(s->restarted_at);
	json_paths_free(s->paths);
	json_paths_free(s->issue_paths);
	free(s);
}

static void
refuse(struct jirasearch *s, const struct http_reply *reply, const char *why)
{
	struct http_reply bad = *reply;

	bad.class = OUTCOME_DATA_FORMAT;
	bad.code = EX_PROTOCOL;
	bad.why = why;
	end(s, &bad);
}

static int64_t
page_size(const struct jirasearch *s)
{
	int64_t wanted = s->jira->settings->max_results;

	if (s->query.ids_only)
		return jirasearch_most_ids(s->jira);
	if (wanted > 0)
		return wanted;
	return s->jira->cloud ? CLOUD_PAGE : DC_PAGE;
}

static void
write_expand(const struct jirasearch *s, struct jsonw *body)
{
	jsonw_key(body, "expand");
	if (s->jira->cloud) {
		jsonw_string(body, "changelog");
		return;
	}
	jsonw_open(body, '[');
	jsonw_string(body, "changelog");
	jsonw_close(body, ']');
}

/* Without a list of fields Cloud answers ids alone, Data Center everything. */
static void
write_fields(const struct jirasearch *s, struct jsonw *body)
{
	if (s->query.ids_only && s->jira->cloud)
		return;
	jsonw_key(body, "fields");
	if (!s->query.ids_only) {
		jirafields_list(&s->jira->fields, body);
		return;
	}
	jsonw_open(body, '[');
	jsonw_string(body, "key");
	jsonw_close(body, ']');
}

static void on_page(void *arg, const struct http_reply *reply);

static void
ask(struct jirasearch *s)
{
	const struct jira_call call = { JIRA_PAGE, on_page, s };
	struct jql jql = s->query.jql;
	struct jsonw body = { 0 };
	char text[JQL_LONGEST];

	jql.after = s->after;
	jql_issues(&jql, text);
	jsonw_open(&body, '{');
	jsonw_key(&body, "jql");
	jsonw_string(&body, text);
	jsonw_key(&body, "maxResults");
	jsonw_int(&body, page_size(s));
	write_fields(s, &body);
	if (s->query.histories)
		write_expand(s, &body);
	if (s->jira->cloud && s->token != NULL) {
		jsonw_key(&body, "nextPageToken");
		jsonw_string(&body, s->token);
	} else if (!s->jira->cloud) {
		jsonw_key(&body, "startAt");
		jsonw_int(&body, s->start_at);
	}
	jsonw_close(&body, '}');
	jira_post(s->jira, &call,
		  s->jira->cloud ? "/rest/api/3/search/jql"
				 : "/rest/api/2/search",
		  &body);
	jsonw_free(&body);
}

/* From the key behind which nothing has come yet. */
static void
go_behind(struct jirasearch *s, const char *key)
{
	replace(&s->after, key == NULL ? NULL : msg_strdup(key));
	s->token = NULL;
	s->start_at = 0;
	s->overlaps = false;
	ask(s);
}

/*
 * A refused page is asked for again by key, once for each key reached; when
 * that key is refused too (its issue may be gone), all over again, once.
 */
static bool
restart(struct jirasearch *s, const struct http_reply *reply)
{
	bool paged = s->token != NULL || s->start_at > 0;
	struct jira *jira = s->jira;

	if (reply->status != 400 && !(reply->status >= 500 && s->start_at > 0))
		return false;
	if (paged && s->last_key != NULL &&
	    (s->restarted_at == NULL ||
	     strcmp(s->restarted_at, s->last_key) != 0)) {
		replace(&s->restarted_at, msg_strdup(s->last_key));
		if (s->start_at > 0 && s->start_at < jira->window)
			jira->window = s->start_at;
		go_behind(s, s->last_key);
		return true;
	}
	if (s->after == NULL || s->dropped_after)
		return false;
	s->dropped_after = true;
	go_behind(s, NULL);
	return true;
}

/* The first or last issue's id and key, allocated. */
static void
identify(struct jirasearch *s, const struct json_span *issue, char **id,
	 char **key)
{
	struct json_span spans[ISSUE_WANTED];
	struct json_error error;

	*id = *key = NULL;
	if (issue->type != JSON_OBJECT ||
	    json_scan(s->issue_paths, issue->at, issue->len, spans, &error) !=
		    0)
		return;
	*id = jira_id(&spans[ID]);
	*key = json_text(&spans[KEY]);
}

struct extent {
	struct json_span first, last;
	int64_t count;
};

static struct extent
measure(const struct json_span *issues)
{
	struct json_walk walk = json_walk(issues);
	struct extent extent = { .count = 0 };
	struct json_span key, issue;

	while (json_next(&walk, &key, &issue)) {
		if (extent.count++ == 0)
			extent.first = issue;
		extent.last = issue;
	}
	return extent;
}

static bool
has_shifted(struct jirasearch *s, const struct extent *extent)
{
	char *id, *key;
	bool shifted;

	if (!s->overlaps)
		return false;
	identify(s, &extent->first, &id, &key);
	shifted = id == NULL || strcmp(id, s->last_id) != 0;
	free(id);
	free(key);
	return shifted;
}

static void
remember_last(struct jirasearch *s, const struct extent *extent)
{
	char *id, *key;

	if (extent->count == 0)
		return;
	identify(s, &extent->last, &id, &key);
	replace(&s->last_id, id);
	if (key != NULL)
		replace(&s->last_key, key);
}

/* Sets up the next page of Data Center; false after the last. */
static bool
step(struct jirasearch *s, const struct extent *extent,
     const struct json_span *total)
{
	int64_t end_at = s->start_at + extent->count, all;

	if (extent->count == 0 || (json_int(total, &all) && end_at >= all))
		return false;
	if ((end_at >= s->jira->window || end_at + page_size(s) > WINDOW) &&
	    s->last_key != NULL) {
		replace(&s->after, msg_strdup(s->last_key));
		s->start_at = 0;
		s->overlaps = false;
		return true;
	}
	s->overlaps = extent->count > 1 && s->last_id != NULL;
	s->start_at = end_at - (s->overlaps ? 1 : 0);
	return true;
}

static bool
is_used(const struct jirasearch *s, const char *token)
{
	size_t i;

	for (i = 0; i < s->token_count; i++)
		if (strcmp(s->tokens[i], token) == 0)
			return true;
	return false;
}

/* Likewise of Cloud; *again: the token was used before. */
static bool
step_by_token(struct jirasearch *s, const struct json_span *spans, bool *again)
{
	char *token = json_text(&spans[TOKEN]);

	if (spans[IS_LAST].type == JSON_TRUE || token == NULL ||
	    *token == '\0') {
		free(token);
		return false;
	}
	if (is_used(s, token)) {
		free(token);
		*again = true;
		return false;
	}
	s->tokens = msg_realloc(s->tokens,
				(s->token_count + 1) * sizeof(*s->tokens));
	s->tokens[s->token_count++] = token;
	s->token = token;
	return true;
}

static void
take(struct jirasearch *s, const struct http_reply *reply,
     const struct json_span *spans)
{
	struct extent extent = measure(&spans[ISSUES]);
	struct jirasearch_page page = { &spans[ISSUES], s->overlaps, NULL,
					reply->at };
	bool more, again = false, wait;

	if (has_shifted(s, &extent)) {
		go_behind(s, s->last_key);
		return;
	}
	remember_last(s, &extent);
	more = s->jira->cloud ? step_by_token(s, spans, &again)
			      : step(s, &extent, &spans[TOTAL]);
	s->pages++;
	page.last_key = s->last_key;
	wait = !s->query.page(s->query.arg, &page);
	if (again || s->pages >= MOST_PAGES)
		refuse(s, reply, "the same page comes again and again");
	else if (!more)
		end(s, reply);
	else if (wait)
		s->held = true;
	else
		ask(s);
}

static void
on_page(void *arg, const struct http_reply *reply)
{
	struct jirasearch *s = arg;
	struct json_span spans[WANTED];
	struct json_error error;

	if (reply->class != OUTCOME_NONE) {
		if (!restart(s, reply))
			end(s, reply);
	} else if (json_scan(s->paths, reply->body, reply->len, spans,
			     &error) != 0 ||
		   spans[ISSUES].type != JSON_ARRAY) {
		refuse(s, reply, "the answer holds no issues");
	} else {
		take(s, reply, spans);
	}
}

struct jirasearch *
jirasearch_start(struct jira *jira, const struct jirasearch_query *query)
{
	static const char *const want[WANTED] = { "issues", "nextPageToken",
						  "isLast", "total" };
	static const char *const issue[ISSUE_WANTED] = { "id", "key" };
	struct jirasearch *s = msg_calloc(1, sizeof(*s));

	s->jira = jira;
	s->query = *query;
	s->paths = json_paths(want, WANTED);
	s->issue_paths = json_paths(issue, ISSUE_WANTED);
	if (query->jql.after != NULL && *query->jql.after != '\0')
		s->after = msg_strdup(query->jql.after);
	ask(s);
	return s;
}

void
jirasearch_go_on(struct jirasearch *s)
{
	if (s->held) {
		s->held = false;
		ask(s);
	}
}
