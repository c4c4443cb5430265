/*
 * wishes - the options by which figures are asked for: window, grouping, scope,
 * settings, database.
 *
 *   struct opts { struct wishes wishes; ... };          first
 *   cli_parse(...);              the cli names wishes_options as .shared
 *   wishes_settle(&opts.wishes, tell);
 *   session = session_open(&opts.wishes.ask, &trouble);
 *   session_close(session);
 *   wishes_end(&opts.wishes);
 */
#ifndef PULSE_WISHES_H
#define PULSE_WISHES_H

#include "base/cli.h"
#include "measure/session.h"

struct wishes {
	struct session_ask ask;
	int bots, no_cache, verbose; /* how often they were given */
};

extern const struct cli_option wishes_options[];

/* Flags become part of the ask; tell hears of hits with --verbose. */
void wishes_settle(struct wishes *wishes,
		   void (*tell)(const char *metric, const char *what));
void wishes_end(struct wishes *wishes);

#endif
