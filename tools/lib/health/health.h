/*
 * health - is everything well?  All the checks of health-check and of pulse
 * doctor, each of which adds its findings and hides no other one.
 *
 *   health_run(&options, &found);
 *   ... findings_list(&found, ...) ...
 *
 * Nothing is changed anywhere, but for short calls at the APIs that read.
 */
#ifndef PULSE_HEALTH_H
#define PULSE_HEALTH_H

#include <stdbool.h>
#include <stddef.h>

#include "health/findings.h"

struct health_options {
	const char *config, *schedule, *spool; /* NULL: the usual places */
	const char *client;		       /* only this one, or NULL */
	const char *const *only;	       /* checks, NULL-ended; or NULL */
	bool offline;			       /* no calls at the APIs */
	bool deep; /* read every page of the databases */
};

/* False when a TERM or INT has cut it short: what is found is not all. */
bool health_run(const struct health_options *options, struct findings *found);

/* What is checked, by name; name NULL ends the table. */
struct health_check {
	const char *name;
	const char *group; /* a heading: "Settings", "Spool" … */
};
extern const struct health_check health_checks[];

#endif
