/*
 * control - the lines of a stream that are not data: what each must look like.
 * Their meaning is in pulse-records(5).
 *
 *   struct control *control = control_new();
 *   kind = control_kind(&spans[RULES_TYPE]);
 *   if (kind != CONTROL_NONE && (why = control_broken(control, kind, line,
 *       len)) != NULL) ...
 *   control_free(control);
 */
#ifndef PULSE_CONTROL_H
#define PULSE_CONTROL_H

#include <stdbool.h>
#include <stddef.h>

#include "records/json.h"

enum control_kind {
	CONTROL_BATCH,
	CONTROL_BATCH_END,
	CONTROL_CHECKPOINT,
	CONTROL_KEYS,
	CONTROL_FAILURE,
	CONTROL_RESOLVED,
	CONTROL_QUALITY,
	CONTROL_NONE
};

struct control;

struct control *control_new(void);
void control_free(struct control *control);

/* By the value of "type"; a batch's end is told by control_broken alone. */
enum control_kind control_kind(const struct json_span *type);

/* NULL when the line, which json_scan has checked, is as it must be, else the
 * rule it breaks, such as "scope: not text" (a literal).  *kind becomes
 * CONTROL_BATCH_END for the last line of a batch. */
const char *control_broken(struct control *control, enum control_kind *kind,
			   const char *line, size_t len);

#endif
