/*
 * layout - the template of a page, step by step.  pure.
 *
 * A template is HTML with steps between double braces:
 *
 *   {{card METRIC}}             its value, band, n, trend and definition
 *   {{chart METRIC}}            a picture with the figures below it
 *   {{table METRIC}}            the figures alone
 *   {{section}} ... {{end}}     left out where no metric in it exists
 *   {{probe METRIC}}            prints nothing, but counts as one in it
 *   {{name}} {{window}} {{bands}} {{written}} {{freshness}} {{style}}
 *   {{definitions}}             of all metrics shown that have none yet
 *
 * and, behind the metric, options KEY=VALUE or KEY="VALUE":
 *
 *   by=repo,week  grouped and cut as metrics --by does
 *   since=180d    a window of its own, up to the end of the page's
 *   as="KIND …"   drawn otherwise than the metric says (chart.h)
 *   title="…"     its heading; else how the bands or the file call it
 *
 * A metric that does not exist is passed over.
 */
#ifndef PULSE_LAYOUT_H
#define PULSE_LAYOUT_H

#include <stddef.h>

struct layout {
	const char *at; /* what is left of the template */
	unsigned line;
};

enum layout_verb {
	LAYOUT_CARD,
	LAYOUT_CHART,
	LAYOUT_TABLE,
	LAYOUT_PROBE,
	LAYOUT_SECTION,
	LAYOUT_END,
	LAYOUT_NAME,
	LAYOUT_WINDOW,
	LAYOUT_BANDS,
	LAYOUT_WRITTEN,
	LAYOUT_FRESHNESS,
	LAYOUT_STYLE,
	LAYOUT_DEFINITIONS,
	LAYOUT_VERBS
};

struct layout_step {
	const char *text; /* HTML before it, len bytes */
	size_t len;
	enum layout_verb verb; /* LAYOUT_VERBS: the end */
	unsigned line;
	char *words; /* owns: */
	const char *metric, *by, *since, *as, *title;
};

/* 0, or -1 with *why "what was expected" (allocated); line says where. */
int layout_next(struct layout *layout, struct layout_step *step, char **why);
void layout_drop(struct layout_step *step);

#endif
