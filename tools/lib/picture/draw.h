/*
 * draw - what metrics prints as pictures: one metric as SVG, or a report as a
 * page.
 */
#ifndef PULSE_DRAW_H
#define PULSE_DRAW_H

#include <stdbool.h>
#include <stdio.h>

#include "measure/metric.h"
#include "measure/session.h"
#include "measure/trouble.h"

/* The metric as the session's request groups it, as one SVG document; -1 with
 * trouble. */
struct draw_ask {
	const char *words; /* the kind of picture (chart.h), NULL: its own */
	bool bare; /* for a page that has the style (svg.h) and a heading */
};
int draw_metric(struct session *session, const struct metric *metric,
		const struct draw_ask *ask, FILE *out, struct trouble *trouble);

/* A page from the template in that file (NULL: the shipped one); -1 with
 * trouble, and nothing printed. */
int draw_report(struct session *session, const char *template, FILE *out,
		struct trouble *trouble);

#endif
