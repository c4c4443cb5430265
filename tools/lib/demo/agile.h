/*
 * agile - boards and sprints, /rest/agile/1.0.
 *
 * Boards without sprints answer 400 on them; a sprint is shown by every board
 * that sees its issues, so one board shows those of two projects.
 */
#ifndef PULSE_AGILE_H
#define PULSE_AGILE_H

#include "demo/desk.h"

void agile_boards(const struct desk_call *call);
void agile_board(const struct desk_call *call);
void agile_configuration(const struct desk_call *call);
void agile_sprints(const struct desk_call *call);
void agile_sprint(const struct desk_call *call);

/* A sprint as the custom field of an issue has it: an object on Cloud, a line
 * of text on Data Center. */
void agile_sprint_value(const struct tracker *tracker, int32_t id,
			struct jsonw *w);

#endif
