/*
 * choices - the parameters of metrics and their tables, given by people: for
 * good in pulse.yaml (`figures`), for one call with --set NAME=VALUE.
 *
 * A name may be declared by several files; all of them get the value.  One that
 * no file declares, or a value of the wrong kind, is complained of (allocated);
 * NULL: all is well.
 */
#ifndef PULSE_CHOICES_H
#define PULSE_CHOICES_H

#include "base/cli.h"
#include "base/config.h"
#include "measure/metric.h"

/* figures: a map of names to scalars or lists of them, or NULL. */
char *choices_from_settings(struct metrics *metrics,
			    const struct config *figures);
char *choices_from_words(struct metrics *metrics, const struct cli_list *words);

/* A word of a parameter that none of the chosen metrics, nor a table that they
 * need, knows: it would change nothing. */
char *choices_refuse(const struct metrics *metrics,
		     const struct metric *const *chosen, size_t count,
		     const struct cli_list *words);

#endif
