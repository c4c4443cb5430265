/*
 * page - a report as one HTML page that needs nothing else: no script, no
 * network, no font.
 *
 *   struct page page = { .session = session, .template = text,
 *                        .file = "share/report/page.html", .out = stdout };
 *   page_write(&page, &trouble);
 *
 * What is on it, and in which order, is said by the template (layout.h).  The
 * session's request is that of the page: window, zone, scope; each step asks
 * for its own grouping, and perhaps window, and the request is put back.
 */
#ifndef PULSE_PAGE_H
#define PULSE_PAGE_H

#include <stdio.h>

#include "measure/session.h"
#include "measure/trouble.h"

struct page {
	struct session *session;     /* connected */
	const char *template, *file; /* its text, and its name for complaints */
	FILE *out;
};

/* -1 with trouble; what was written until then is no page. */
int page_write(const struct page *page, struct trouble *trouble);

#endif
