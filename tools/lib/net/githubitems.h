/*
 * githubitems - failed items, fetched alone (--items): each is asked for by
 * itself and printed, then a `resolved` line; also when it is gone (404), for
 * then there is nothing left to fetch.
 */
#ifndef PULSE_GITHUBITEMS_H
#define PULSE_GITHUBITEMS_H

#include "net/githubrun.h"

/* Asks for all items of the source. */
void github_items_begin(struct github_run *run);

#endif
