/*
 * setbacks - what failed and what was rejected, over HTTP, each with the
 * command that deals with it.
 *
 *   GET failures  {"failures":[…],"next"}  the keys of retry-scan --json
 *   GET rejects   {"rejects":[…],"next"}   those of spool-ls --bad --json
 *
 * Both are printed by these programs: they read many files, and wait for
 * databases.
 */
#ifndef PULSE_SETBACKS_H
#define PULSE_SETBACKS_H

struct exchange;

void setbacks_failures(struct exchange *x);
void setbacks_rejects(struct exchange *x);

#endif
