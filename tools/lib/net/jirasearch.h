/*
 * jirasearch - the issues that a query finds, page by page, in the order of
 * their keys: a key never changes its place while others come and go.
 *
 *   Cloud        POST /rest/api/3/search/jql, by nextPageToken until isLast
 *                or no token; a short page is not the last one.  A token that
 *                comes again ends it with 76.
 *   Data Center  POST /rest/api/2/search, by startAt and what the server
 *                really returned.  Each page begins with the last issue of
 *                the page before: when it does not, rows have shifted.
 *
 * Where paging breaks (rows shifted, 10,000 results reached, a token refused)
 * it goes on with `key > the last one`, so nothing is lost.
 */
#ifndef PULSE_JIRASEARCH_H
#define PULSE_JIRASEARCH_H

#include "net/jira.h"
#include "net/jql.h"

struct jirasearch_page {
	const struct json_span *issues;
	bool repeats_first;   /* the first one came with the page before */
	const char *last_key; /* of the page, or of one before; or NULL */
	int64_t at;	      /* when it came */
};

struct jirasearch_query {
	struct jql jql; /* its texts are borrowed while the search lives */
	bool ids_only;	/* id and key, as many a page as there can be */
	bool histories; /* with the embedded changelog */
	/* Answers false to have no further page before jirasearch_go_on. */
	bool (*page)(void *arg, const struct jirasearch_page *page);
	/* Called once, after the last page; reply->class NONE: all came. */
	void (*end)(void *arg, const struct http_reply *reply);
	void *arg;
};

struct jirasearch; /* frees itself when it ends */

struct jirasearch *jirasearch_start(struct jira *jira,
				    const struct jirasearch_query *query);
/* Asks for the page that was held back, if one was. */
void jirasearch_go_on(struct jirasearch *search);

/* The most ids a page can hold. */
long jirasearch_most_ids(const struct jira *jira);

#endif
