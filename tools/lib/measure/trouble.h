/*
 * trouble - what went wrong, as a whole sentence for people, and its class.
 *
 *   return trouble_say(trouble, OUTCOME_CONFIGURATION, "cannot use '%s': %s",
 *                      path, why);
 *   return trouble_take(trouble, OUTCOME_USAGE, why);      hands why over
 *   trouble_end(trouble);                                  frees it
 */
#ifndef PULSE_TROUBLE_H
#define PULSE_TROUBLE_H

#include "base/outcome.h"

struct trouble {
	char *why; /* NULL: none */
	enum outcome_class class;
};

/* Both -1. */
int trouble_say(struct trouble *trouble, enum outcome_class class,
		const char *format, ...) __attribute__((format(printf, 3, 4)));
int trouble_take(struct trouble *trouble, enum outcome_class class, char *why);
void trouble_end(struct trouble *trouble);

#endif
