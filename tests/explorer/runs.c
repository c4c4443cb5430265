/* The pulse-runs: protocol B, steps 5 to 13. */
#include "inside.h"

bool
runs_is_alive(const struct run *run)
{
	return run->at >= RUN_SPAWNED && run->at < RUN_GONE;
}

static bool
holds(const struct run *run)
{
	return run->pipeline != 0 ||
	       (run->at >= RUN_LOCKED && run->at <= RUN_WRITTEN);
}

int
runs_holder(const struct world *world)
{
	int slot;

	for (slot = 0; slot < MODEL_SLOTS; slot++)
		if (holds(&world->slots[slot]))
			return slot;
	return -1;
}

void
runs_ask(struct run *run, enum states_signal signal)
{
	if (runs_is_alive(run) && run->asked < signal)
		run->asked = (uint8_t)signal;
}

void
runs_kill(struct run *run)
{
	run->at = RUN_GONE;
	run->asked = 0;
}

/* One step to a new place. */
static void
go(struct model *model, const struct world *world, int slot, enum run_at to,
   enum what what)
{
	struct world next = *world;

	if (to == RUN_GONE)
		runs_kill(&next.slots[slot]);
	else
		next.slots[slot].at = (uint8_t)to;
	model_emit(model, &next, what, (unsigned)slot);
}

/* The lock is held, and its name is that of a run whose pulse-run is dead (one
 * of long ago is 0). */
static bool
has_remains(const struct world *world)
{
	return runs_holder(world) >= 0 &&
	       (world->lock == 0 ||
		world->slots[world->lock - 1].at == RUN_GONE);
}

/* It may be held by one by now that has not signed yet, and so has not begun;
 * who has begun is to be spared. */
static void
end_remains(struct model *model, const struct world *world, int slot)
{
	struct world next = *world;
	int holder = runs_holder(world);

	next.slots[slot].at = RUN_SPAWNED;
	if (holder >= 0 &&
	    (has_remains(world) || !model_has(model, MODEL_NAME))) {
		if (runs_is_alive(&world->slots[holder]) &&
		    world->slots[holder].paper == PAPER_STARTED)
			model_break(model, "another run is killed");
		next.slots[holder].pipeline = 0;
		runs_kill(&next.slots[holder]);
	}
	model_emit(model, &next, RUN_ENDS_REMAINS, (unsigned)slot);
}

static void
take_lock(struct model *model, const struct world *world, int slot)
{
	if (model_has(model, MODEL_LOCK) && runs_holder(world) >= 0)
		go(model, world, slot, RUN_GONE, RUN_FINDS_LOCK_HELD);
	else
		go(model, world, slot, RUN_LOCKED, RUN_TAKES_LOCK);
}

static void
read_latch(struct model *model, const struct world *world, int slot,
	   enum run_at to)
{
	if (world->latch != 0 && model_has(model, MODEL_LATCH))
		go(model, world, slot, RUN_GONE, RUN_FINDS_LATCH_SET);
	else
		go(model, world, slot, to, RUN_READS_LATCH);
}

static void
sign(struct model *model, const struct world *world, int slot)
{
	struct world next = *world;

	next.lock = (uint8_t)(slot + 1);
	next.slots[slot].at =
		model_has(model, MODEL_ORDER) ? RUN_SIGNED : RUN_CLEAR;
	model_emit(model, &next, RUN_SIGNS_LOCK, (unsigned)slot);
}

/* From here on the run has started. */
static void
claim(struct model *model, const struct world *world, int slot)
{
	struct world next = *world;
	struct run *run = &next.slots[slot];

	if (slot != MODEL_STANDALONE && run->paper != PAPER_TICKET &&
	    model_has(model, MODEL_TICKET)) {
		go(model, world, slot, RUN_GONE, RUN_FINDS_NO_TICKET);
		return;
	}
	if (run->paper == PAPER_STARTED)
		model_break(model, "I4: a run id starts twice");
	if (slot != MODEL_STANDALONE && world->barred && world->acked)
		model_break(model,
			    "I11: it starts after an acknowledged stop or "
			    "pause");
	run->paper = PAPER_STARTED;
	run->at = RUN_CLAIMED;
	model_emit(model, &next, RUN_TAKES_TICKET, (unsigned)slot);
}

static void
execute(struct model *model, const struct world *world, int slot)
{
	struct world next = *world;
	struct run *run = &next.slots[slot];
	int other;

	for (other = 0; other < MODEL_SLOTS; other++)
		if (other != slot && world->slots[other].pipeline)
			model_break(model, "I1: two runs of one job");
	if (world->emergency_acked)
		model_break(model, "I7, I11: it starts after an acknowledged "
				   "emergency stop");
	run->pipeline = run->began = 1;
	run->at = RUN_LIVE;
	model_emit(model, &next, RUN_EXECUTES, (unsigned)slot);
}

static void
end(struct model *model, const struct world *world, int slot,
    enum ending ending)
{
	struct world next = *world;
	struct run *run = &next.slots[slot];
	bool live = run->at == RUN_LIVE;

	run->pipeline = 0;
	run->outcome = (uint8_t)ending;
	run->at = RUN_OVER;
	model_emit(model, &next, live ? RUN_ENDS : RUN_STOPS_BEFORE,
		   (unsigned)slot * ENDINGS + ending);
}

static enum ending
ending_of(enum states_signal signal)
{
	return signal == STATES_SIGNAL_DRAIN  ? ENDS_DRAINED
	       : signal == STATES_SIGNAL_STOP ? ENDS_STOPPED
					      : ENDS_KILLED;
}

static void
live(struct model *model, const struct world *world, int slot)
{
	const struct run *run = &world->slots[slot];
	unsigned last =
		model->bounds.every_outcome ? ENDS_BY_ITSELF : ENDS_USUALLY;
	unsigned i;

	if (!run->pipeline) { /* swept */
		end(model, world, slot, ENDS_KILLED);
		return;
	}
	for (i = 0; i < last; i++)
		end(model, world, slot, i);
	if (run->asked)
		end(model, world, slot, ending_of(run->asked));
}

static void
write_result(struct model *model, const struct world *world, int slot)
{
	struct world next = *world;

	next.slots[slot].result = 1;
	next.slots[slot].at = RUN_WRITTEN;
	model_emit(model, &next, RUN_WRITES_RESULT, (unsigned)slot);
}

static void
record(struct model *model, const struct world *world, int slot)
{
	struct world next = *world;

	next.lock = (uint8_t)(slot + 1);
	next.slots[slot].recorded = (uint8_t)model_has(model, MODEL_RECORD);
	/* Room for the result comes with it: without, nothing runs. */
	next.slots[slot].at = RUN_RECORDED;
	model_emit(model, &next, RUN_RECORDS, (unsigned)slot);
}

static void
orphaned(struct model *model, const struct world *world, int slot)
{
	struct world next = *world;

	next.slots[slot].pipeline = 0;
	model_emit(model, &next, RUN_ENDS_ORPHANED, (unsigned)slot);
}

/* Up to the first exec.  The lock is signed at once; the latch is read, and the
 * ticket taken, behind it. */
static void
begin(struct model *model, const struct world *world, int slot)
{
	switch (world->slots[slot].at) {
	case RUN_SWEEPS:
		end_remains(model, world, slot);
		break;
	case RUN_SPAWNED:
		if (has_remains(world))
			go(model, world, slot, RUN_SWEEPS, RUN_FINDS_REMAINS);
		if (model_has(model, MODEL_ORDER))
			take_lock(model, world, slot);
		else
			read_latch(model, world, slot, RUN_LOOKED);
		break;
	case RUN_LOOKED:
		take_lock(model, world, slot);
		break;
	case RUN_LOCKED:
		if (model_has(model, MODEL_SIGN))
			sign(model, world, slot);
		else
			read_latch(model, world, slot, RUN_CLEAR);
		break;
	case RUN_SIGNED:
		read_latch(model, world, slot, RUN_CLEAR);
		break;
	case RUN_CLEAR:
		claim(model, world, slot);
		break;
	default:
		record(model, world, slot);
	}
}

static void
run_steps(struct model *model, const struct world *world, int slot)
{
	const struct run *run = &world->slots[slot];

	switch (run->at) {
	case RUN_NOT_YET:
		break;
	case RUN_RECORDED:
		execute(model, world, slot);
		if (run->asked)
			end(model, world, slot, ending_of(run->asked));
		break;
	case RUN_LIVE:
		live(model, world, slot);
		break;
	case RUN_OVER:
		write_result(model, world, slot);
		break;
	case RUN_WRITTEN:
		go(model, world, slot, RUN_GONE, RUN_EXITS);
		break;
	case RUN_GONE:
		if (run->pipeline)
			orphaned(model, world, slot);
		break;
	default:
		begin(model, world, slot);
	}
}

void
runs_steps(struct model *model, const struct world *world)
{
	int slot;

	for (slot = 0; slot < MODEL_SLOTS; slot++)
		run_steps(model, world, slot);
}
