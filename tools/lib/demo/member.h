/*
 * member - one member of a JSON object in the manner of Jira; the plain ones
 * are jsonw_put_string and its like.
 *
 *   member_id(w, "id", 10000);           "id":"10000"
 *   member_self(w, tracker, "api/3/issue/%d", id);
 */
#ifndef PULSE_MEMBER_H
#define PULSE_MEMBER_H

#include <stdint.h>

#include "base/jsonw.h"
#include "demo/tracker.h"

/* "api/3", or "api/2" on Data Center. */
const char *member_api(const struct tracker *tracker);

void member_id(struct jsonw *w, const char *name, int64_t id); /* as text */
void member_time(struct jsonw *w, const char *name,
		 const struct tracker *tracker, int64_t at); /* 0: null */
void member_self(struct jsonw *w, const struct tracker *tracker,
		 const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
