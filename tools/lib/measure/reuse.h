/*
 * reuse - when figures that were worked out before still hold: what was asked,
 * and all that the answer rests on, as a key for results.h.
 *
 *   reuse_open(&reuse, paths);                before the database is opened
 *   reuse_key(&reuse, &ask, &asked, &state);  for each metric
 *   reuse_close(&reuse);
 *
 * An answer rests on the data version, the files of the database (a change by
 * hand moves no version), pulse.yaml, teams.yaml, the bands, the SQL of the
 * metric and of the tables it needs, this program, the window in seconds, and
 * the present where the SQL asks for it.  The window of the key's name is as it
 * was given, so that tomorrow's answer takes the place of today's.
 *
 * The files are looked at before the database is read: who reads while another
 * one writes keeps his answer under a state that nobody will see again.
 */
#ifndef PULSE_REUSE_H
#define PULSE_REUSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/crypto.h"
#include "base/jsonw.h"
#include "measure/figures.h"
#include "measure/request.h"

struct reuse {
	char *database;		/* without links */
	char *identity;		/* JSON: of its files and of this program */
	char texts[CRYPTO_HEX]; /* of the files that say what counts */
};

struct reuse_paths {
	const char *database;
	const char *const *texts; /* NULL-ended; one may be missing */
};

struct reuse_ask {
	const struct figures_basis *basis;
	const struct request *request;
	const struct metric *metric;
	bool bots;
};

void reuse_open(struct reuse *reuse, const struct reuse_paths *paths);
void reuse_close(struct reuse *reuse);

/* A metric that reads state.db, whose files move all the time, is not kept. */
bool reuse_may(const struct reuse_ask *ask);

/* Writes both parts of the key; -1: store_error says why. */
int reuse_key(const struct reuse *reuse, const struct reuse_ask *ask,
	      struct jsonw *asked, struct jsonw *state);

#endif
