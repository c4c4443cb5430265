/*
 * retries - the failed items of a job that wait in pulse.db, as the scheduler
 * needs them: when the earliest is due, and those that are due now for the
 * run that fetches them alone.  pulse.db is opened for each look and closed;
 * nothing here waits for its lock.
 */
#ifndef PULSE_RETRIES_H
#define PULSE_RETRIES_H

#include "lead/office.h"

/* Sets items_at of one entry, or of all. */
void retries_look(struct office *office, struct docket_entry *entry);
void retries_look_all(struct office *office);
/* ITEMS_DUE for each entry whose time has come.  0, or -1. */
int retries_turn(struct office *office);
/* The failed items to fetch, NDJSON, allocated; NULL: none is left. */
char *retries_items(struct office *office, const struct docket_entry *entry);
#endif
