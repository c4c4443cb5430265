/*
 * inside - what the parts of model share.
 */
#ifndef PULSE_EXPLORER_INSIDE_H
#define PULSE_EXPLORER_INSIDE_H

#include <stddef.h>

#include "model.h"

struct model {
	struct model_bounds bounds;
	unsigned without;
	struct states_rules rules;
	struct states_row *rows; /* interned; a world holds the index */
	uint32_t *row_slots;	 /* hash table of indices + 1 */
	uint32_t row_count;
	int64_t *times;
	uint16_t time_count;
	/* While model_steps runs. */
	model_each *each;
	void *arg;
	const char *broken;
};

/* A step's kind: one line each in say.c. */
enum what {
	LEADER_STARTS,
	LEADER_LEAVES,
	LEADER_DIES,
	LEADER_COMMITS_RUN,
	LEADER_MAKES_FOLDER,
	LEADER_SPAWNS,
	LEADER_CANNOT_SPAWN,
	LEADER_LOOKS_AGAIN,
	LEADER_READS_TICKET,
	LEADER_READS_LOCK,
	LEADER_READS_RESULT,
	LEADER_REVOKES,
	LEADER_REVOKES_TOO_LATE,
	LEADER_SWEEPS,
	LEADER_ADOPTS,
	LEADER_SETTLES,
	LEADER_SEES_LATCH,
	LEADER_LOOKS_AT_TIME,
	LEADER_LIFTS_LATCH,
	LEADER_COMMITS_COMMAND,
	LEADER_KNOWS_COMMAND,
	LEADER_REFUSES_COMMAND,
	LEADER_SIGNALS_RUN,
	LEADER_FINDS_NOBODY,
	LEADER_ANSWERS,
	RUN_FINDS_REMAINS,
	RUN_ENDS_REMAINS,
	RUN_TAKES_LOCK,
	RUN_FINDS_LOCK_HELD,
	RUN_READS_LATCH,
	RUN_FINDS_LATCH_SET,
	RUN_SIGNS_LOCK,
	RUN_TAKES_TICKET,
	RUN_FINDS_NO_TICKET,
	RUN_RECORDS,
	RUN_EXECUTES,
	RUN_STOPS_BEFORE,
	RUN_ENDS,
	RUN_ENDS_ORPHANED,
	RUN_WRITES_RESULT,
	RUN_EXITS,
	RUN_DIES,
	EMERGENCY_SETS_LATCH,
	EMERGENCY_SIGNALS,
	EMERGENCY_SWEEPS,
	EMERGENCY_SWEEPS_ALL,
	EMERGENCY_ACKNOWLEDGES,
	EMERGENCY_DIES,
	SOMEBODY_COMMANDS,
	CRON_STARTS,
	TIME_PASSES,
	REBOOT,
	REBOOT_LOSES_FOLDER,
	REBOOT_LOSES_CLAIM,
	WHATS
};

/* How a pipeline ends: one line each in model.c. */
enum ending {
	ENDS_WELL,
	ENDS_FOR_NOW, /* 75 */
	ENDS_IN_PART,
	ENDS_IN_QUOTA,
	ENDS_AT_BREAKER,
	ENDS_IN_CRASH,
	ENDS_REFUSED,
	ENDS_DRAINED,
	ENDS_STOPPED,
	ENDS_KILLED,
	ENDINGS,
	ENDS_USUALLY = ENDS_FOR_NOW + 1,
	ENDS_BY_ITSELF = ENDS_REFUSED + 1
};

bool model_has(const struct model *model, enum model_fence fence);
const struct states_row *model_row(const struct model *model,
				   const struct world *world);
int64_t model_now(const struct model *model, const struct world *world);
uint16_t model_time(struct model *model, int64_t at);
/* Notes the first law that the step under way breaks. */
void model_break(struct model *model, const char *law);
/* Hands out the step that leads to next. */
void model_emit(struct model *model, struct world *next, enum what what,
		unsigned arg);
/* As model_emit, for what needs somebody from outside. */
void model_emit_outer(struct model *model, struct world *next, enum what what,
		      unsigned arg);
/* Applies the event with jobs/states and commits the row; the laws of a
 * transition are checked. */
void model_commit(struct model *model, struct world *world,
		  const struct states_event *event,
		  struct states_answer *answer);
/* What jobs/states answers, without a commit. */
void model_ask(struct model *model, const struct world *world,
	       const struct states_event *event, struct states_answer *answer);
/* Would a look at the row now queue a run? */
bool model_is_due(struct model *model, const struct world *world);
void model_fill_ending(enum ending ending, struct states_event *event);
const char *model_ending_name(enum ending ending);

/* The slot that holds the job's lock, -1: it is free. */
int runs_holder(const struct world *world);
bool runs_is_alive(const struct run *run); /* its pulse-run */
void runs_ask(struct run *run, enum states_signal signal);
void runs_steps(struct model *model, const struct world *world);
void runs_kill(struct run *run); /* pulse-run alone */

void leader_steps(struct model *model, const struct world *world);
void leader_dies(struct world *world);

struct order_kind {
	const char *name;
	enum states_kind kind;
	bool force, replace, usual;
};
enum { ORDER_LIFT = 4, ORDER_HOLD = 5, ORDER_KINDS = 10 };
const struct order_kind *orders_kind(unsigned kind);

void others_steps(struct model *model, const struct world *world);

#endif
