/*
 * lookup - which job and which run the words of a command line mean, by what
 * the spool holds.  Nothing is written.
 *
 *   lookup_job(&rooms, "github_job", -1, &found, &why)
 *   lookup_run(&rooms, &found, NULL)                      its latest
 */
#ifndef PULSE_LOOKUP_H
#define PULSE_LOOKUP_H

#include <stdint.h>

#include "jobs/folder.h"
#include "jobs/journal.h"
#include "jobs/rooms.h"

struct lookup {
	int64_t client;
	char job[NAMES_SIZE];
	char run[FOLDER_ID]; /* "": none was named, or there is none */
};

/* word: JOB, CLIENT.JOB as in status/, or the ID of a run; client -1: not
 * said.  0, or with *why (allocated) -1: no such job, the nearest is named;
 * -2: not of that client, or of several, whose numbers are named. */
int lookup_job(const struct rooms *rooms, const char *word, int64_t client,
	       struct lookup *found, char **why);

/* Sets found->run: the run whose ID, or whose part behind CLIENT.JOB, is
 * `which`; NULL: the one that began last.  False: there is none. */
bool lookup_run(const struct rooms *rooms, struct lookup *found,
		const char *which);

/* What the folder of a run says that no scheduler has noted yet; its result is
 * what state.db would call it.  False: there is no such folder. */
bool lookup_read_run(const struct rooms *rooms, const char *id,
		     struct journal_run *run);

#endif
