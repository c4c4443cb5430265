/* asking.h: the Link header. */
#include "demo/asking.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/msg.h"

enum { QUERY_SIZE = 2048 };

/* The query without `page`, ready to have one appended. */
static void
query_without_page(const char *target, char *out, size_t size)
{
	const char *at = strchr(target, '?');
	size_t len, n = 0;

	out[0] = '\0';
	for (at = at != NULL ? at + 1 : ""; *at != '\0';) {
		len = strcspn(at, "&");
		if (strncmp(at, "page=", 5) != 0 && len > 0 &&
		    n + len + 2 < size) {
			memcpy(out + n, at, len);
			n += len;
			out[n++] = '&';
			out[n] = '\0';
		}
		at += len + (at[len] == '&');
	}
}

struct link {
	char text[QUERY_SIZE * 4];
	size_t len;
	const char *base, *query;
};

static void
add_link(struct link *link, unsigned page, const char *relation)
{
	int n = snprintf(link->text + link->len, sizeof(link->text) - link->len,
			 "%s<%s?%spage=%u>; rel=\"%s\"",
			 link->len > 0 ? ", " : "", link->base, link->query,
			 page, relation);

	if (n > 0 && link->len + (size_t)n < sizeof(link->text))
		link->len += (size_t)n;
}

char *
asking_link(const struct asking *asking, const char *rest)
{
	const char *host = httpd_header(asking->request, "Host");
	unsigned last =
		asking->total == 0
			? 1
			: (unsigned)((asking->total - 1) / asking->per_page) +
				  1;
	char base[512], query[QUERY_SIZE];
	struct link link = { .base = base, .query = query };

	if (!asking->paged || last == 1)
		return NULL;
	if (asking->repo != NULL)
		snprintf(base, sizeof(base),
			 "http://%s/github/repositories/%" PRIu64 "/%s",
			 host != NULL ? host : "127.0.0.1", asking->repo->id,
			 rest);
	else
		snprintf(base, sizeof(base), "http://%s%.*s",
			 host != NULL ? host : "127.0.0.1",
			 (int)strcspn(asking->request->target, "?"),
			 asking->request->target);
	query_without_page(asking->request->target, query, sizeof(query));
	if (asking->page > 1)
		add_link(&link, asking->page - 1, "prev");
	if (asking->page < last)
		add_link(&link, asking->page + 1, "next");
	if (asking->page < last && !asking->no_last)
		add_link(&link, last, "last");
	if (asking->page > 1)
		add_link(&link, 1, "first");
	return link.len > 0 ? msg_strdup(link.text) : NULL;
}
