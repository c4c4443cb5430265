/*
 * model - one job in a small world: its row, one leader at a time, the
 * pulse-runs of up to MODEL_RUNS runs and of a standalone one, the job's lock,
 * the run folders, the latch, commands, an emergency stop, kills, a reboot.
 * What the leader decides is decided by jobs/states and jobs/settle themselves;
 * the rest is as small as the protocol allows, one step per effect that
 * another process can see or a kill can part.
 *
 *   model_open(&bounds, without)
 *   model_start(model, &world)
 *   model_steps(model, &world, each, arg)    every step that is possible
 *   model_say(&before, &step, out)         a step in words
 *   model_show(model, &world, out)         a world in short
 *   model_close(model)
 *
 * A world holds no pointers and no padding: two worlds are the same when their
 * bytes are.
 */
#ifndef PULSE_EXPLORER_MODEL_H
#define PULSE_EXPLORER_MODEL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "jobs/settle.h"
#include "jobs/states.h"

enum {
	MODEL_RUNS = 3,
	MODEL_STANDALONE = MODEL_RUNS, /* the slot of a cron run */
	MODEL_SLOTS = MODEL_RUNS + 1,
	MODEL_COMMANDS = 4
};

/* How much of what comes from outside there is in one history. */
struct model_bounds {
	uint8_t incidents;   /* all of the following together */
	uint8_t runs;	     /* at most MODEL_RUNS */
	uint8_t kills;	     /* of leader, pulse-run or emergency-stop */
	uint8_t commands;    /* at most MODEL_COMMANDS */
	uint8_t ticks;	     /* how often time passes */
	uint8_t emergencies; /* 0 or 1 */
	uint8_t standalone;  /* 0 or 1 */
	uint8_t reboots;
	uint8_t faults;	    /* failed spawns */
	bool every_command; /* not only the usual five */
	bool every_outcome; /* not only success and a transient failure */
};

/* The fences that can be taken out, to see that they are needed. */
enum model_fence {
	MODEL_LOCK = 1 << 0,   /* pulse-run takes the job's lock */
	MODEL_ORDER = 1 << 1,  /* it reads the latch after that, not before */
	MODEL_LATCH = 1 << 2,  /* it reads the latch at all */
	MODEL_TICKET = 1 << 3, /* it starts only with the ticket in its hand */
	MODEL_REVOKE = 1 << 4, /* never started: only once the ticket is ours */
	MODEL_WANT = 1 << 5,   /* what a run is asked is committed first */
	MODEL_INTENT = 1 << 6, /* RUNNING is committed before the folder */
	MODEL_SWEEP = 1 << 7,  /* a dead pulse-run's pipeline is ended first */
	MODEL_RECORD = 1 << 9, /* started is durable before the first exec */
	MODEL_IDS = 1 << 10,   /* a command's id is committed with its effect */
	MODEL_AGAIN = 1 << 11, /* an adopted run is told again */
	MODEL_LAST = 1 << 12,  /* the latch is read after the result */
	MODEL_LATER = 1 << 13, /* only a later command lifts the latch */
	MODEL_SIGN =
		1 << 14, /* the lock is signed before the ticket is taken */
	MODEL_NAME = 1 << 16, /* whoever is swept, the lock is in its name */
	MODEL_VIEW = 1 << 15  /* settling, the ticket is read before the lock */
};

/* Where a pulse-run is. */
enum run_at {
	RUN_NOT_YET,
	RUN_SPAWNED,
	RUN_SWEEPS, /* what a dead run has left in the lock */
	RUN_LOOKED, /* at the latch, too early: without MODEL_ORDER */
	RUN_LOCKED,
	RUN_SIGNED,
	RUN_CLEAR, /* the latch is not set */
	RUN_CLAIMED,
	RUN_RECORDED,
	RUN_LIVE,
	RUN_OVER,
	RUN_WRITTEN,
	RUN_GONE
};

enum run_paper { PAPER_NONE, PAPER_TICKET, PAPER_STARTED, PAPER_REVOKED };

struct run {
	uint8_t at, paper;
	uint8_t asked;	  /* enum states_signal, the highest that came */
	uint8_t pipeline; /* its processes are alive */
	uint8_t began;	  /* the pipeline has been executed */
	uint8_t outcome, result;
	uint8_t recorded;  /* `started` is whole and durable */
	uint8_t rebooted;  /* it was recorded before a reboot */
	uint8_t emergency; /* ended by the emergency stop */
};

enum leader_at {
	LEADER_DOWN,
	LEADER_IDLE,
	LEADER_OPENED,
	LEADER_MADE,
	LEADER_LATE,  /* commits after the spawn: without MODEL_INTENT */
	LEADER_LOOKS, /* what became of the run: ticket, lock, result */
	LEADER_SAW_TICKET,
	LEADER_SAW_LOCK,
	LEADER_SAW_RESULT,
	LEADER_UNLATCHED,
	LEADER_COMMITTED,
	LEADER_TOLD /* the command's effects are done, the answer is not */
};

struct leader {
	uint8_t at;
	uint8_t watch; /* slot + 1 of the pulse-run that it has a pidfd of */
	uint8_t about; /* the command in its hands */
	uint8_t seen;  /* bits of the settle_view so far */
	uint8_t signal;
	uint8_t status; /* of the command: / 100 */
	uint8_t swept;
	uint8_t latched; /* what it read of the latch */
};

enum command_at { COMMAND_NONE, COMMAND_NEW, COMMAND_CUR, COMMAND_ANSWERED };

struct order {
	uint8_t kind, at;
	uint8_t known;	 /* its id is in the database */
	uint8_t applied; /* how often */
};

enum emergency_at {
	EMERGENCY_NONE,
	EMERGENCY_LATCHED,
	EMERGENCY_TOLD,
	EMERGENCY_DONE
};

struct world {
	uint32_t row; /* in model's table */
	uint16_t now;
	uint8_t runs, standalone;
	uint8_t latch, held;
	uint8_t lock; /* slot + 1 that is written in the lock */
	uint8_t emergency;
	uint8_t latch_order; /* commands issued when the latch was set */
	/* The law's own notes: the last word on whether the job may start was
	 * a stop, of which order, and it has been acknowledged; an emergency
	 * stop has been acknowledged and not been lifted. */
	uint8_t barred, barred_by, acked, emergency_acked;
	uint8_t issued;
	uint8_t incidents, kills, ticks, reboots, faults; /* used up */
	struct leader leader;
	struct order orders[MODEL_COMMANDS];
	struct run slots[MODEL_SLOTS];
	uint8_t zero; /* fills it up */
};

enum {
	WORLD_BYTES = sizeof(uint32_t) + sizeof(uint16_t) + 18 +
		      sizeof(struct leader) +
		      MODEL_COMMANDS * sizeof(struct order) +
		      MODEL_SLOTS * sizeof(struct run)
};
_Static_assert(sizeof(struct world) == WORLD_BYTES, "a world has padding");

struct step {
	uint8_t kind, arg;
	bool free; /* nobody from outside is needed for it */
};

struct model;

struct model *model_open(const struct model_bounds *bounds, unsigned without);
void model_close(struct model *model);
void model_start(struct model *model, struct world *world);

/* broken: NULL, or which law this step breaks. */
typedef void model_each(void *arg, const struct step *step,
			const struct world *next, const char *broken);
void model_steps(struct model *model, const struct world *world,
		 model_each *each, void *arg);

/* Everything asked for is done, and nothing is under way. */
bool model_rests(const struct model *model, const struct world *world);
void model_say(const struct world *before, const struct step *step, FILE *out);
void model_show(const struct model *model, const struct world *world,
		FILE *out);

#endif
