/*
 * tally - what a run cost and did, counted when it is over.
 */
#ifndef PULSE_TALLY_H
#define PULSE_TALLY_H

#include "jobs/folder.h"

/* A short text that differs when checkpoints/CLIENT/JOB.json does, not against
 * an adversary; "" without that file. */
void tally_mark(const struct rooms *rooms, int64_t client, const char *job,
		char mark[FOLDER_MARK]);

/* The processor time and memory of all our children so far. */
void tally_usage(struct folder_result *result);

/* The sums of the lines of run/ID/requests; damaged lines are passed over. */
void tally_requests(int folder, struct folder_result *result);

/* The bytes of a file of the run, at most 8 MiB of it, allocated. */
char *tally_read(int folder, const char *name, size_t *len);

#endif
