/*
 * visits - which requests came: how often each path, with which status, and
 * how many were under way at once.  Safe between threads.
 */
#ifndef PULSE_VISITS_H
#define PULSE_VISITS_H

#include "base/jsonw.h"

struct visits;

struct visits *visits_new(void);
void visits_free(struct visits *visits);

void visits_begin(struct visits *visits);
void visits_note(struct visits *visits, const char *method, const char *path,
		 unsigned status);
void visits_end(struct visits *visits);
void visits_forget(struct visits *visits);

/* {"total":n,"most_at_once":n,"statuses":{"200":n},"paths":{"GET /x":n}} */
void visits_write(struct visits *visits, struct jsonw *out);

#endif
