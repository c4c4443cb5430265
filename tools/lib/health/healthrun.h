/*
 * healthrun - what the checks of one health_run share; each of them adds to
 * run->found.  What could not be opened is NULL or false, and the check that
 * says so is the only one that speaks of it.
 */
#ifndef PULSE_HEALTHRUN_H
#define PULSE_HEALTHRUN_H

#include <stdint.h>

#include "base/settings.h"
#include "health/health.h"
#include "jobs/journal.h"
#include "jobs/rooms.h"
#include "jobs/schedule.h"

struct health_run {
	const struct health_options *options;
	struct findings *found;
	int64_t now;
	char *spool;		   /* the folder */
	char *config;		   /* the settings' file, or NULL */
	struct settings *settings; /* NULL: they are damaged */
	char *settings_why;
	struct schedule *schedule; /* NULL: likewise */
	char *schedule_path, *schedule_why;
	struct rooms rooms;
	bool has_rooms;
	char *rooms_why;
	struct journal *journal; /* NULL: none yet, or damaged */
	bool has_state;		 /* state.db is there */
	char *journal_why;
	enum outcome_class journal_class;
};

/* Should findings of this check, or client, be looked for? */
bool health_wants(const struct health_run *run, const char *check);
bool health_wants_client(const struct health_run *run, int64_t client);
/* A path below the spool, allocated. */
char *health_path(const struct health_run *run, const char *below);

void health_settings(struct health_run *run);  /* settings files versions */
void health_apis(struct health_run *run);      /* api token quota clock */
void health_spool(struct health_run *run);     /* disk queue */
void health_databases(struct health_run *run); /* database */
void health_control(struct health_run *run);   /* control locks */
void health_jobs(struct health_run *run);      /* jobs fresh */
void health_web(struct health_run *run);       /* web */

/* "1.5 GiB". */
enum { HEALTH_TEXT = 32 };
const char *health_size(int64_t bytes, char out[HEALTH_TEXT]);

#endif
