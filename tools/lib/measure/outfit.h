/*
 * outfit - what figures need before the database is opened: the files of
 * share/metrics and share/bands, pulse.yaml, teams.yaml, and the parameters
 * that people gave.
 */
#ifndef PULSE_OUTFIT_H
#define PULSE_OUTFIT_H

#include <stdbool.h>

#include "base/cli.h"
#include "base/settings.h"
#include "measure/bands.h"
#include "measure/metric.h"
#include "measure/people.h"
#include "measure/trouble.h"
#include "storage/services.h"

struct outfit_ask { /* borrowed; NULL: the default */
	const char *config, *client, *bands;
	struct cli_list set; /* NAME=VALUE */
	bool bots;	     /* they count as people */
};

struct outfit {
	struct metrics *metrics;
	struct bands *bands;
	struct settings *settings;
	const struct settings_client *client;
	struct services *services;
	struct people *people;
	char *config; /* pulse.yaml, or NULL */
};

/* -1 with trouble; outfit_end frees what there is even then. */
int outfit_begin(struct outfit *outfit, const struct outfit_ask *ask,
		 struct trouble *trouble);
void outfit_end(struct outfit *outfit);

#endif
