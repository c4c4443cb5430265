/*
 * desk - what the resources of the Jira half share: a request's parameters,
 * wherever they stand, and the plain answers.
 *
 * GET has them in the query, POST in a JSON body; a list is joined by commas
 * or an array of texts or numbers.
 */
#ifndef PULSE_DESK_H
#define PULSE_DESK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/jsonw.h"
#include "demo/ticket.h"
#include "demo/tracker.h"
#include "net/httpd.h"

/* One request as its resource sees it. */
struct desk_call {
	struct tracker *tracker;
	const struct httpd_request *request;
	struct httpd_reply *reply;
	const char *part[2]; /* of the path, decoded */
	bool rich;	     /* v3 */
	bool dc;
};

/* Allocated, or NULL; and as a number. */
char *desk_text(const struct desk_call *call, const char *name);
int64_t desk_number(const struct desk_call *call, const char *name,
		    int64_t fallback);
/* Calls each for every member; returns how many. */
typedef void desk_each(void *arg, const char *text, size_t len);
size_t desk_list(const struct desk_call *call, const char *name,
		 desk_each *each, void *arg);
/* fields and expand; the fields named by `usual` when there are none. */
void desk_wish(const struct desk_call *call, const char *usual,
	       struct ticket_wish *wish);

/* Answers with the text of w, which it takes. */
void desk_answer(const struct desk_call *call, unsigned status,
		 struct jsonw *w);
void desk_refuse(const struct desk_call *call, unsigned status,
		 const char *format, ...) __attribute__((format(printf, 3, 4)));

/*
 * A page of a list by startAt and maxResults: at most `most` a page.  Writes
 * the envelope's numbers and opens `values`; desk_end_page closes and answers.
 */
struct desk_page {
	int64_t start, end, total, size;
};
struct desk_page desk_page(const struct desk_call *call, int64_t total,
			   int64_t usual, int64_t most);
void desk_open_page(struct jsonw *w, const struct desk_page *page,
		    bool with_total);
void desk_close_page(const struct desk_call *call, struct jsonw *w);

#endif
