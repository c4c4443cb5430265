/*
 * logwatch - sleeps until a run says something more, or is over, or the next
 * run of its job is made; by inotify and a pidfd of its pulse-run, never by
 * the clock.
 *
 *   logwatch_open(&watch, &rooms, &found, forever)
 *   logwatch_turn_to(&watch, folder)         a run's folder, held by the caller
 *   while (!logwatch_is_over(folder)) { ...read its log...; logwatch_sleep() }
 *   logwatch_next(&watch, id)                sleeps until there is another run
 *   logwatch_close(&watch)
 *
 * Calls return 0, or -1 with errno.
 */
#ifndef PULSE_LOGWATCH_H
#define PULSE_LOGWATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "look/lookup.h"

struct logwatch {
	const struct lookup *found; /* whose runs; found->run: the one shown */
	int inotify, folder, pidfd, watched;
	char **next; /* runs that were made since, in order */
	size_t count;
};

int logwatch_open(struct logwatch *watch, const struct rooms *rooms,
		  const struct lookup *found, bool forever);
int logwatch_turn_to(struct logwatch *watch, int folder);
/* Nothing more will come: it has a result, or never began, or nobody is there
 * any more who could write. */
bool logwatch_is_over(int folder);
int logwatch_sleep(struct logwatch *watch);
int logwatch_next(struct logwatch *watch, char run[FOLDER_ID]);
void logwatch_close(struct logwatch *watch);

#endif
