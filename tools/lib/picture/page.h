/*
 * page - a report as one HTML page that needs nothing else: no script, no
 * network, no font.
 *
 *   struct page page = { .basis = { store, metrics, &frame, bands },
 *                        .name = "acme", .template = text,
 *                        .file = "share/report/page.html", .out = stdout };
 *   if (page_write(&page) != 0) ... page.why, page.class
 *
 * What is on it, and in which order, is said by the template (layout.h).  The
 * frame is that of the page: window, zone, scope; each step groups it as it
 * says, so the frame's tables in the store are made anew for each and are
 * those of the last one afterwards.
 */
#ifndef PULSE_PAGE_H
#define PULSE_PAGE_H

#include <stdio.h>

#include "base/outcome.h"
#include "measure/figures.h"

struct page {
	struct figures_basis basis;
	const char *name;	     /* of the organisation; from outside */
	const char *template, *file; /* its text, and its name for complaints */
	FILE *out;
	char *why; /* allocated */
	enum outcome_class class;
};

/* 0, or -1 with why and class; what was written until then is no page. */
int page_write(struct page *page);

#endif
