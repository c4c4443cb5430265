/*
 * joblog - GET /api/v1/runs/{id}/log: what a run said, as text/plain, whole
 * lines, the bytes as they are in the file: what could act on a terminal is for
 * the reader to make harmless, a browser does nothing with it.
 *
 *   ?tail=LINES       the last so many (1000 when nothing else is said)
 *   ?after=POSITION   what follows it
 *   ?before=POSITION  with tail: so many lines before it
 *   ?since=TIME       what was said from then on
 *   ?limit=BYTES      at most so much, 1 MiB when not said
 *   ?download         all of it, to be saved as a file
 *
 * Pulse-Log-First and Pulse-Log-Next are the positions (look/logspan) of the
 * first byte and of what follows the last one; Pulse-Log-End: true once nothing
 * more will come behind.  When first is not the position that was asked for,
 * what was between has been dropped from the log.
 */
#ifndef PULSE_JOBLOG_H
#define PULSE_JOBLOG_H

struct exchange;

void joblog_answer(struct exchange *x);

#endif
