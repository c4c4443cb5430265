/*
 * figures - what the metrics of the Jira half must come to, by brute force
 * over the model: every value of every issue at every moment asked for.
 *
 * Per closed sprint, in story points and in issues, sub-tasks left out, a
 * missing estimate as 0, "done" being the last column of the sprint's board:
 *   commitment  in the sprint at its start, in a column of the board that is
 *               not the last then
 *   completed   in the sprint at its close, done then, not done at its start
 *   carried     in the sprint at its close and not done then
 *   added, removed   after the start, before the close (both may be one issue)
 *   estimated   the sum of changes of estimate of issues in the running sprint
 * Per project: created, done (category now), lead_time and cycle_time as lower
 * medians in minutes, their n, ever_done and reopened issues.
 *   lead_time   resolution date, or without one the last entry into done, less
 *               creation, of issues now done; minutes rounded down
 *   cycle_time  last entry into done less first entry into indeterminate
 */
#ifndef PULSE_FIGURES_H
#define PULSE_FIGURES_H

#include "base/jsonw.h"
#include "demo/tracker.h"

/* Writes members into an open object. */
void figures_write(const struct tracker *tracker, struct jsonw *w);

#endif
