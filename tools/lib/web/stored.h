/*
 * stored - what pulse.db keeps of its own work, over HTTP: cursors, and how
 * good the data are.
 *
 *   GET checkpoints  {"checkpoints":[{"client","job","scope","cursor","at",
 *                    "reached"}],"next"}          the newest of each scope
 *   GET quality      {"quality":[{"client","type","at","batch","checked",
 *                    "passed","rejected","completeness","accuracy",
 *                    "consistency","timeliness","rules","batches",
 *                    "checked_ever","rejected_ever"}],"next"}
 *                    the latest report of each type
 *
 * The database is opened for reading, and not waited for: 503 busy.  Where
 * there is none yet, the lists are empty.
 */
#ifndef PULSE_STORED_H
#define PULSE_STORED_H

struct exchange;

void stored_checkpoints(struct exchange *x);
void stored_quality(struct exchange *x);

#endif
