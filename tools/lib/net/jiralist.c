#include "net/jiralist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

enum { MOST_PAGES = 10000 };
enum { VALUES, IS_LAST, TOTAL, WANTED };

struct walk {
	struct jira *jira;
	struct jiralist list;
	char *path;
	struct json_paths *paths;
	size_t count; /* of items so far: the next startAt */
	size_t page_items;
	unsigned long pages;
	char *first; /* of the page before */
	bool twice;
};

static void
end(struct walk *walk, const struct http_reply *reply)
{
	walk->list.end(walk->list.arg, reply, walk->count);
	json_paths_free(walk->paths);
	free(walk->path);
	free(walk->first);
	free(walk);
}

static void on_page(void *arg, const struct http_reply *reply);

static void
ask(struct walk *walk)
{
	const struct jira_call call = { walk->list.urgent ? JIRA_HISTORY
							  : JIRA_LIST,
					on_page, walk };
	const char *mark = strchr(walk->path, '?') == NULL ? "?" : "&";

	if (walk->list.page == 0)
		jira_get(walk->jira, &call, "%s", walk->path);
	else
		jira_get(walk->jira, &call, "%s%sstartAt=%zu&maxResults=%ld",
			 walk->path, mark, walk->count, walk->list.page);
}

/* Is this page's first item that of the page before? */
static bool
comes_twice(struct walk *walk, const struct json_span *item)
{
	bool twice = walk->first != NULL && strlen(walk->first) == item->len &&
		     memcmp(walk->first, item->at, item->len) == 0;

	free(walk->first);
	walk->first = msg_calloc(item->len + 1, 1);
	memcpy(walk->first, item->at, item->len);
	return twice;
}

static void
hand_out(struct walk *walk, const struct json_span *values, int64_t at)
{
	struct json_walk items = json_walk(values);
	struct json_span key, item;

	walk->page_items = 0;
	walk->twice = false;
	while (json_next(&items, &key, &item)) {
		if (walk->page_items++ == 0 && comes_twice(walk, &item)) {
			walk->twice = true;
			return;
		}
		walk->list.each(walk->list.arg, &item, at);
	}
	walk->count += walk->page_items;
}

static bool
is_last(const struct walk *walk, const struct json_span *spans)
{
	int64_t total;

	if (walk->list.page == 0 || walk->page_items == 0)
		return true;
	if (walk->pages == 1 && walk->list.expected != 0 &&
	    walk->list.expected == walk->count)
		return true;
	if (walk->list.until_empty)
		return false;
	if (spans[IS_LAST].type == JSON_TRUE)
		return true;
	if (spans[IS_LAST].type == JSON_ABSENT &&
	    json_int(&spans[TOTAL], &total))
		return (int64_t)walk->count >= total;
	return false;
}

/* The body as a value: without the blanks around it. */
static struct json_span
whole(const struct http_reply *reply)
{
	const char *start = reply->body + strspn(reply->body, " \t\r\n");
	const char *stop = reply->body + reply->len;

	while (stop > start && strchr(" \t\r\n", stop[-1]) != NULL)
		stop--;
	return (struct json_span){
		.at = start,
		.len = (size_t)(stop - start),
		.type = *start == '[' ? JSON_ARRAY : JSON_OBJECT,
	};
}

/* The array of a page: in the body, or the body itself. */
static bool
find_values(struct walk *walk, const struct http_reply *reply,
	    struct json_span spans[WANTED])
{
	struct json_error error;

	if (json_scan(walk->paths, reply->body, reply->len, spans, &error) != 0)
		return false;
	if (walk->list.values == NULL)
		spans[VALUES] = whole(reply);
	return spans[VALUES].type == JSON_ARRAY;
}

static void
refuse(struct walk *walk, const struct http_reply *reply, const char *why)
{
	struct http_reply bad = *reply;

	bad.class = OUTCOME_DATA_FORMAT;
	bad.code = EX_PROTOCOL;
	bad.why = why;
	end(walk, &bad);
}

static void
on_page(void *arg, const struct http_reply *reply)
{
	struct walk *walk = arg;
	struct json_span spans[WANTED];

	if (reply->class != OUTCOME_NONE) {
		end(walk, reply);
		return;
	}
	if (!find_values(walk, reply, spans)) {
		refuse(walk, reply, "the answer holds no list");
		return;
	}
	walk->pages++;
	hand_out(walk, &spans[VALUES], reply->at);
	if (walk->twice || walk->pages >= MOST_PAGES)
		refuse(walk, reply, "the same page came twice");
	else if (is_last(walk, spans))
		end(walk, reply);
	else
		ask(walk);
}

void
jiralist_walk(struct jira *jira, const struct jiralist *list)
{
	const char *want[WANTED] = { "values", "isLast", "total" };
	struct walk *walk = msg_calloc(1, sizeof(*walk));

	if (list->values != NULL)
		want[VALUES] = list->values;
	walk->jira = jira;
	walk->list = *list;
	walk->path = msg_strdup(list->path);
	walk->paths = json_paths(want, WANTED);
	ask(walk);
}
