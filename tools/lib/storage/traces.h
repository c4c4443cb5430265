/*
 * traces - the files of a spool that name somebody, and what becomes of them.
 *
 *   batches in done/ and bad/     removed
 *   answers in cache/             removed
 *   logs of ended runs            rewritten with the pseudonym
 *   batches in tmp/ and new/      waiting: they are to be loaded first
 *   any other file                left, and told
 *
 * Databases are read as bytes; pulse.db itself is not looked at before it has
 * been rewritten.
 */
#ifndef PULSE_TRACES_H
#define PULSE_TRACES_H

#include <stdbool.h>
#include <stddef.h>

#include "storage/needles.h"

enum traces_fate {
	TRACES_BATCH,
	TRACES_CACHED,
	TRACES_LOG,
	TRACES_WAITING,
	TRACES_LEFT,
	TRACES_FATES
};

struct traces {
	const char *spool;
	const struct needles *needles;
	const char *pseudonym;
	bool database; /* look at pulse.db too */
	bool apply;    /* else only look */
	void (*tell)(void *arg, enum traces_fate fate, const char *path);
	void *arg;
	size_t counts[TRACES_FATES]; /* out */
};

/* 0, or -1 with *why (allocated): a file that cannot be read, removed or
 * rewritten. */
int traces_walk(struct traces *traces, char **why);

#endif
