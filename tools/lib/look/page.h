/*
 * page - what pulse-status shows a person: what stops everything, the table,
 * and what waits beside the jobs, each with the command that deals with it.
 */
#ifndef PULSE_PAGE_H
#define PULSE_PAGE_H

#include "look/jobtable.h"
#include "look/leftovers.h"
#include "look/overview.h"

struct page {
	struct overview *overview;
	int64_t client; /* -1: all */
	struct jobtable_style style;
	bool again; /* drawn again and again: stderr would disturb */

	/* page's own */
	struct leftovers left;
	int64_t counted; /* when they were; 0: not yet */
};

void page_print(FILE *out, struct page *page);

#endif
