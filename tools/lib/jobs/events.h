/*
 * events - spool/events.ndjson: one JSON line for each row of table events, a
 * cache of the table that can be tailed and grepped.
 *
 *   events = events_open(&rooms, journal)   cuts a torn tail, adds what lacks
 *   events_catch_up(events)                 after each commit
 *   events_close(events)
 *
 * Leader only.  A failed write is made good by the next catch-up.  At 16 MiB
 * the file becomes events.ndjson.1.  A file opens with a log_opened line: gen,
 * and the first seq that follows.  One of another gen, or a damaged one, is set
 * aside as events.ndjson.bad-TIME and written anew.  Keys of a line: seq type
 * job_name client_id run_id at from to reason want error_message error_class
 * next by command_id; those without a value are left out.
 */
#ifndef PULSE_EVENTS_H
#define PULSE_EVENTS_H

#include <stdint.h>

#include "base/jsonw.h"
#include "jobs/journal.h"
#include "jobs/rooms.h"

enum { EVENTS_SIZE = 16 << 20 };

struct events;

/* Never NULL: what cannot be opened now is tried again by each catch-up. */
struct events *events_open(const struct rooms *rooms, struct journal *journal);
/* 0, or -1 with errno: lines are missing for now. */
int events_catch_up(struct events *events);
void events_close(struct events *events);

/* One event as its line's JSON, without a line feed. */
void events_write(struct jsonw *w, const struct journal_event *event);

#endif
