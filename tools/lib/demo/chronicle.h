/*
 * chronicle - the years of work behind the made-up Jira site: first written
 * down as events in any order, then played in the order of time.
 *
 *   chronicle_play(tracker);          all of it; called once by tracker_new
 *
 * For backlog and cadence, which invent the work:
 *
 *   work = chronicle_work(c, project);           one issue to be
 *   chronicle_note(c, work, at, author);         then chronicle_set once or
 *   chronicle_set(c, TRACKER_POINTS, 6);         more: one changelog history
 *
 * Events after now are dropped when played, so that inventors need not care.
 */
#ifndef PULSE_CHRONICLE_H
#define PULSE_CHRONICLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "demo/tracker.h"

#define CHRONICLE_MINUTE ((int64_t)60000)
#define CHRONICLE_HOUR ((int64_t)3600000)
#define CHRONICLE_DAY ((int64_t)86400000)

/* An issue as its inventors see it. */
struct chronicle_work {
	int project, first_project;
	int32_t number; /* its first */
	enum catalog_kind kind;
	int64_t created;
	int64_t free_at; /* nothing before this, but noise */
	int16_t reporter, owner;
	int32_t parent; /* work, or -1 */
	int32_t points;
	int stage;	/* CATALOG_TODO... as far as it has come */
	int32_t sprint; /* it is in, 0: none */
	bool planned;	/* cadence shall not take it */
	bool deleted;
	int64_t done_at;
	const struct world_incident *incident;
	int32_t issue; /* once played */
};

enum chronicle_what { CHRONICLE_CREATE, CHRONICLE_CHANGE, CHRONICLE_COMMENT };

struct chronicle_event {
	int64_t at;
	uint32_t order;
	int32_t work;
	int16_t author;
	uint8_t what, count;
	struct {
		uint8_t field;
		int32_t to; /* a sprint: id in, -id out; a key: -1 for a new
			       one in the project just set */
	} set[TRACKER_ITEMS];
};

struct chronicle {
	struct tracker *tracker;
	int64_t from, now;
	struct chronicle_work *works;
	int32_t work_count, work_size;
	struct chronicle_event *events;
	size_t event_count, event_size;
	uint64_t chance;
};

void chronicle_play(struct tracker *tracker);

int32_t chronicle_work(struct chronicle *c, int project);
void chronicle_note(struct chronicle *c, int32_t work, int64_t at,
		    int16_t author);
void chronicle_set(struct chronicle *c, enum tracker_field field, int32_t to);
void chronicle_say(struct chronicle *c, int32_t work, int64_t at,
		   int16_t author); /* a comment */

int64_t chronicle_between(struct chronicle *c, int64_t low, int64_t high);
bool chronicle_chance(struct chronicle *c, unsigned percent);
int16_t chronicle_someone(struct chronicle *c);
/* The same day or the next working day, between 8:00 and 18:00. */
int64_t chronicle_office(struct chronicle *c, int64_t at);

#endif
