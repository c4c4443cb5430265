/*
 * cadence - plays the sprints of the projects that have them: two weeks each,
 * planned, worked, closed.
 *
 * Into every sprint go some new and all carried issues; issues are estimated
 * at planning and sometimes again; some are added after the start, some taken
 * out; what is not done at the close is carried to the next sprint, or stays
 * behind with the closed sprint as its last; some come back after being done.
 * Some sprints close days after their planned end; some issues go in with a
 * status that the board does not show.
 */
#ifndef PULSE_CADENCE_H
#define PULSE_CADENCE_H

#include "demo/chronicle.h"

void cadence_run(struct chronicle *c);

#endif
