/*
 * document - metrics as JSON for a page: what they are, and their figures with
 * all that is said about them.
 *
 *   {"metric":…,"title":…,"help":…,"definition":…,"unit":…,"counts":…,
 *    "groupings":[…],"window":{"since","until","zone"},"by":…,"bands":{…},
 *    "figures":[{"part","group","period","value","text","unit","n","few",
 *                "band","note"}],
 *    "trend":[{"group","period","value","text","n"}]}
 *
 * Of several metrics {"metrics":[…]}.  value is null without data, text is what
 * people read; few: n is too little for a band.  trend is null when none was
 * asked for, or the metric does not know such periods.
 */
#ifndef PULSE_DOCUMENT_H
#define PULSE_DOCUMENT_H

#include "base/jsonw.h"
#include "measure/answer.h"

/* One line; several: as a list also of one.  trend: day, week, month or NULL.
 * -1 with trouble. */
struct document_ask {
	const char *trend;
	bool several;
};
int document_write(const struct answer *answer, const struct document_ask *ask,
		   struct trouble *trouble);

/* The rows behind the first metric, one line: {"metric":…,"title":…,"window":…,
 * "columns":{NAME:what it is},"rows":[{…}]}.  -1 with trouble. */
int document_rows(const struct answer *answer, struct trouble *trouble);

/* The keys of what a metric is: name, set, unit, help, definition and so on,
 * into an open object. */
void document_about(struct jsonw *w, const struct metrics *metrics,
		    const struct metric *metric);

#endif
