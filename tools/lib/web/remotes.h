/*
 * remotes - the APIs of each client over HTTP, as the latest run and the latest
 * health-check saw them; nobody is asked for it.
 *
 *   GET integrations  {"integrations":[{"client","integration","base_url",
 *                     "jobs","last_success","breaker","quota":{"remaining",
 *                     "reset","at"},"token":{"level","message","expires",
 *                     "way_out","at"},"api":{…}}],"next"}
 *       What is not known is null.
 */
#ifndef PULSE_REMOTES_H
#define PULSE_REMOTES_H

struct exchange;

void remotes_answer(struct exchange *x);

#endif
