/*
 * story - what happened to an issue in a sprint, from one read of its changes.
 *
 *   story(fields, board,
 *         field, at, edit, place,
 *         from_id, from_text, from_done, to_id, to_text, to_done,
 *         sprint, name, started_at, left_at, ended_at, estimation,
 *         status_id, status, status_done, points)
 *       aggregate over the changes of an issue in any order; of one without
 *       changes a row with NULL for them
 *
 *   fields          what fields tell of sprints, a line "kind TAB key TAB id"
 *                   each; kind is sprint, status or points
 *   board           a line "status id TAB done" for each status on the board of
 *                   the sprint; NULL where these are not known: then from_done,
 *                   to_done and status_done tell whether a status is done, and
 *                   are not asked otherwise
 *   field … to_text of the change: its field's key, when it was, its edit and
 *                   its place in that
 *   sprint … estimation   the sprint's; left_at is the last moment at which it
 *                   matters who is in it
 *   status_id … points   the issue's, as they are now
 *
 * What a value was at a moment is what the last change until then made of it,
 * else what the first one afterwards found, else what it is now.  Changes with
 * one at and edit happen together, in the order of place; one without a time
 * does not count.  Points are those of the field `estimation` where it ever
 * changed, else those of the others.  A change of the sprint field holds a list
 * of ids, such as 12, 14, or where these are missing of names.
 *
 * The answer is for this function only, NULL where there is nothing to tell:
 *
 *   told(story, part)
 *       0 how many edits there are; is it in the sprint: 1 at the start, 2 at
 *       left_at, 3 at some time in between (NULL: no change tells); points: 4
 *       at the start, 5 at ended_at; is it done: 6 at the start, 7 at ended_at
 *       (-1: its status is not on the board); its status: 8 at the start, 9 at
 *       ended_at
 *   told(story, part, edit)
 *       of each edit, from 0, after the start and up to ended_at, after which
 *       something of the issue in the sprint was not what it was before: 0 at;
 *       1 edit; was it in the sprint: 2 before, 3 after; points: 4 before, 5
 *       after; was it done: 6 before, 7 after
 */
#ifndef PULSE_STORY_H
#define PULSE_STORY_H

#include "storage/store.h"

/* -1: store_error says why. */
int story_add(struct store *store);

#endif
