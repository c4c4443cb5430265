/*
 * phrase - a job's state in a few words for people: durations, local times,
 * and why it waits or what went wrong.  Reads the zone, nothing else.
 */
#ifndef PULSE_PHRASE_H
#define PULSE_PHRASE_H

#include <stddef.h>
#include <stdint.h>

#include "look/overview.h"

enum { PHRASE_SHORT = 24, PHRASE_NOTE = 768 };

/* "42s", "3m", "12h", "5d"; nothing is negative. */
void phrase_age(int64_t ms, char out[PHRASE_SHORT]);
/* "in 12m", "3m ago", "now". */
void phrase_left(int64_t at, int64_t now, char out[PHRASE_SHORT]);
/* "42s", "3m10s", "2h05m": how long something takes. */
void phrase_span(int64_t ms, char out[PHRASE_SHORT]);
/* Local time: "12:05", "Wed 12:05" within a week, else "12-24 12:05". */
void phrase_time(int64_t at, int64_t now, char out[PHRASE_SHORT]);
/* "2026-11-24 12:05:33", local. */
void phrase_stamp(int64_t at, char out[PHRASE_SHORT]);
/* The zone's short name at that time, "CET". */
void phrase_zone(int64_t at, char out[PHRASE_SHORT]);

/* Why it waits, what it does, what went wrong and the way out; "" when there
 * is nothing to say. */
void phrase_note(const struct overview_job *job, int64_t now,
		 char out[PHRASE_NOTE]);

#endif
