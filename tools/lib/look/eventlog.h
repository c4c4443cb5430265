/*
 * eventlog - events.ndjson for readers: what has happened, and what happens.
 * Follows over rotation and over a file that is written anew; a torn line is
 * waited for.
 */
#ifndef PULSE_EVENTLOG_H
#define PULSE_EVENTLOG_H

#include <stdbool.h>
#include <stdio.h>

#include "look/overview.h"

struct eventlog_options {
	const struct overview_ask *ask;
	const char *after; /* GEN-SEQ: only later ones; NULL: all */
	bool json;	   /* the lines as they are, else for people */
	bool follow;	   /* the last ten, then each as it comes */
};

enum eventlog_end {
	EVENTLOG_DONE,
	EVENTLOG_NO_POSITION, /* after has no such form */
	EVENTLOG_OTHER,	      /* after is of another database, or no longer
				 held: all was printed */
	EVENTLOG_FAILED	      /* errno */
};

/* With follow it returns only when out can no longer be written. */
enum eventlog_end eventlog_print(const struct rooms *rooms,
				 const struct eventlog_options *options,
				 FILE *out);

#endif
