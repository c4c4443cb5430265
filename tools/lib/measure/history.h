/*
 * history - the changes of an issue, as far as they concern one sprint.
 *
 *   change = history_add(&history, SPRINTS); change->at = ...
 *   history_sort(&history);
 *   state = history_at(&history, moment);
 *   for (at = 0; at < history.count; at = history_apply(&history, at, &state))
 *           ...
 *   history_free(&history);
 *
 * What a value was at a moment is what the last change until then made of it,
 * else what the first one afterwards found, else what it is now.
 */
#ifndef PULSE_HISTORY_H
#define PULSE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "measure/cells.h"
#include "measure/words.h"

/* Points by the field that the board estimates in, or by other ones. */
enum track { SPRINTS, STATUSES, OWN_POINTS, OTHER_POINTS, TRACKS, NO_TRACK };

struct value {
	double number;	  /* is it in the sprint, is it done, or its points */
	bool known;	  /* false where a change does not say what is done */
	struct span text; /* the status */
};

struct change {
	int64_t at, edit, place;
	enum track track;
	struct value was, becomes;
};

struct state {
	struct value of[TRACKS];
};

struct history {
	int64_t started_at, left_at, ended_at;
	struct state now;
	struct change *items;
	size_t count, room;
	size_t of[TRACKS]; /* how many of each */
	char *text;	   /* what spans are of */
	size_t len, size;
};

/* To be filled in, but for its track. */
struct change *history_add(struct history *history, enum track track);
struct span history_keep(struct history *history, struct word word);
void history_sort(struct history *history);
void history_free(struct history *history);

struct state history_at(const struct history *history, int64_t moment);
/* Was it put into the sprint after its start, up to left_at? */
bool history_was_in(const struct history *history);
double history_points(const struct history *history, const struct state *state);
/* Makes of a state what the edit that begins at `from` does; returns where the
 * next one begins.  Who is in the sprint does not change after left_at. */
size_t history_apply(const struct history *history, size_t from,
		     struct state *state);

#endif
