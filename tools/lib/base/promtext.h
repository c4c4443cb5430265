/*
 * promtext - Prometheus' text format (version 0.0.4), line by line.
 *
 *   promtext_head(out, "pulse_job_state", "gauge", "What it tells.");
 *   fputs("pulse_job_state", out);
 *   promtext_label(out, '{', "job", job);
 *   promtext_label(out, ',', "state", state);
 *   fputs("} 1\n", out);
 *
 * All samples of a name follow its head.  What is no UTF-8 in a label's value
 * becomes `?`.
 */
#ifndef PULSE_PROMTEXT_H
#define PULSE_PROMTEXT_H

#include <stdio.h>

/* The lines HELP and TYPE. */
void promtext_head(FILE *out, const char *name, const char *type,
		   const char *help);

/* One label; before it the brace, or the comma of a further one. */
void promtext_label(FILE *out, char before, const char *name,
		    const char *value);

#endif
