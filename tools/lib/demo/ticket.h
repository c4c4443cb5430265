/*
 * ticket - issues and their histories as Jira writes them: v3 on Cloud, v2
 * where asked for, Data Center's form on that flavor.
 *
 *   struct ticket_wish wish;
 *   ticket_wish(&wish, tracker);                      nothing but id and key
 *   ticket_wish_field(&wish, "summary", 7);           or *all, *navigable, -x
 *   ticket_issue(tracker, index, &wish, w);
 */
#ifndef PULSE_TICKET_H
#define PULSE_TICKET_H

#include <stdbool.h>

#include "base/jsonw.h"
#include "demo/tracker.h"

enum { TICKET_FIELDS = 160, TICKET_CUT = 40 /* embedded histories */ };

struct ticket_wish {
	bool field[TICKET_FIELDS]; /* by index into catalog_fields */
	int count;		   /* of fields; 0: only ids */
	bool wild;		   /* *all or *navigable was asked for */
	bool changelog;
	bool rich; /* v3: documents for texts */
};

void ticket_wish(struct ticket_wish *wish, const struct tracker *tracker);
void ticket_wish_field(struct ticket_wish *wish, const char *name, size_t len);

void ticket_issue(const struct tracker *tracker, int32_t index,
		  const struct ticket_wish *wish, struct jsonw *w);

/* The field's index into catalog_fields by its id, or -1. */
int ticket_field(const char *id, size_t len);

#endif
