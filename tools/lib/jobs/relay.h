/*
 * relay - a program that waits for a job hears TERM, INT and HUP by reading
 * them, and passes them on instead of dying: what the job's end decides is
 * still decided.
 *
 *   relay = relay_open();                     before job_start
 *   relay_wait(relay, job, fd);               fd readable, job ended, or signal
 *   if (relay_asked(relay)) ...               do not start another job
 *   relay_close(relay);
 *
 * A signal that the terminal sent has reached the job as well, which is in our
 * process group; any other is passed on as TERM.
 */
#ifndef PULSE_RELAY_H
#define PULSE_RELAY_H

#include <stdbool.h>

#include "jobs/job.h"

struct relay;

struct relay *relay_open(void); /* NULL with errno */
void relay_close(struct relay *relay);

/* Returns when fd (-1: none) can be read or the job has ended; true in the
 * latter case.  Signals are passed on meanwhile. */
bool relay_wait(struct relay *relay, const struct job *job, int fd);

/* Has a signal come so far? */
bool relay_asked(const struct relay *relay);

#endif
