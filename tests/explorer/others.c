/* What comes from outside: commands, the emergency stop, cron, time, death. */
#include "inside.h"

static const struct order_kind orders[ORDER_KINDS] = {
	{ "start", STATES_START, .usual = true },
	{ "stop", STATES_STOP_IT, .usual = true },
	{ "pause", STATES_PAUSE_IT, .usual = true },
	{ "resume", STATES_RESUME, .usual = true },
	[ORDER_LIFT] = { "start orchestrator", STATES_ALL_CLEAR,
			 .usual = true },
	[ORDER_HOLD] = { "stop orchestrator", STATES_KINDS },
	{ "start --force", STATES_START, .force = true },
	{ "start --force --replace", STATES_START, .force = true,
	  .replace = true },
	{ "stop --force", STATES_STOP_IT, .force = true },
	{ "reset", STATES_RESET },
};

const struct order_kind *
orders_kind(unsigned kind)
{
	return &orders[kind];
}

static void
command(struct model *model, const struct world *world)
{
	struct world next = *world;
	unsigned kind;

	if (world->issued >= model->bounds.commands)
		return;
	next.issued++;
	for (kind = 0; kind < ORDER_KINDS; kind++) {
		if (!orders[kind].usual && !model->bounds.every_command)
			continue;
		next.orders[world->issued].kind = (uint8_t)kind;
		next.orders[world->issued].at = COMMAND_NEW;
		model_emit_outer(model, &next, SOMEBODY_COMMANDS, kind);
	}
}

static void
set_latch(struct model *model, const struct world *world)
{
	struct world next = *world;

	if (model->bounds.emergencies == 0 ||
	    world->incidents >= model->bounds.incidents)
		return;
	next.latch = 1;
	next.latch_order = world->issued;
	next.emergency = EMERGENCY_LATCHED;
	model_emit_outer(model, &next, EMERGENCY_SETS_LATCH, 0);
}

static void
mark(struct run *run)
{
	if (run->paper == PAPER_STARTED &&
	    (run->at < RUN_OVER || run->pipeline))
		run->emergency = 1;
}

static void
acknowledge(struct model *model, const struct world *world)
{
	struct world next = *world;
	int slot;

	for (slot = 0; slot < MODEL_SLOTS; slot++)
		if (world->slots[slot].pipeline)
			model_break(model, "I11: an emergency stop is "
					   "acknowledged while a run lives");
	next.emergency = EMERGENCY_DONE;
	next.emergency_acked = world->latch;
	model_emit(model, &next, EMERGENCY_ACKNOWLEDGES, 0);
}

/* USR2 to the pulse-run that the lock names, if it is that one still. */
static void
signal_holder(struct model *model, const struct world *world)
{
	struct world next = *world;

	if (runs_holder(world) < 0) {
		acknowledge(model, world);
		return;
	}
	next.emergency = EMERGENCY_TOLD;
	if (world->lock != 0) {
		struct run *run = &next.slots[world->lock - 1];

		if (runs_is_alive(run))
			mark(run);
		runs_ask(run, STATES_SIGNAL_KILL);
	}
	model_emit(model, &next, EMERGENCY_SIGNALS, 0);
}

static void
sweep(struct model *model, const struct world *world, bool all)
{
	struct world next = *world;
	int holder = runs_holder(world);

	next.emergency = EMERGENCY_LATCHED;
	if (holder >= 0) {
		struct run *run = &next.slots[holder];

		mark(run);
		run->pipeline = 0;
		if (all)
			runs_kill(run);
	}
	model_emit(model, &next, all ? EMERGENCY_SWEEPS_ALL : EMERGENCY_SWEEPS,
		   0);
}

static void
emergency(struct model *model, const struct world *world)
{
	struct world next = *world;

	switch (world->emergency) {
	case EMERGENCY_NONE:
		set_latch(model, world);
		return;
	case EMERGENCY_LATCHED:
		signal_holder(model, world);
		break;
	case EMERGENCY_TOLD:
		sweep(model, world, false);
		sweep(model, world, true);
		break;
	default:
		return;
	}
	if (world->kills >= model->bounds.kills ||
	    world->incidents >= model->bounds.incidents)
		return;
	next.kills++;
	next.emergency = EMERGENCY_DONE;
	model_emit_outer(model, &next, EMERGENCY_DIES, 0);
}

static void
cron(struct model *model, const struct world *world)
{
	struct world next = *world;

	if (world->standalone >= model->bounds.standalone)
		return;
	next.standalone++;
	next.slots[MODEL_STANDALONE].at = RUN_SPAWNED;
	model_emit_outer(model, &next, CRON_STARTS, MODEL_STANDALONE);
}

/* To each of the times that the row names. */
static void
time_passes(struct model *model, const struct world *world)
{
	const struct states_row row = *model_row(model, world);
	const int64_t times[] = { row.look_at, row.not_before, row.next_due };
	struct world next = *world;
	size_t i, k;

	if (world->ticks >= model->bounds.ticks ||
	    world->leader.at > LEADER_IDLE)
		return;
	next.ticks++;
	for (i = 0; i < 3; i++) {
		bool again = times[i] <= model_now(model, world);

		for (k = 0; k < i; k++)
			again = again || times[k] == times[i];
		if (again)
			continue;
		next.now = model_time(model, times[i]);
		model_emit_outer(model, &next, TIME_PASSES, 0);
	}
}

static void
kills(struct model *model, const struct world *world)
{
	struct world next = *world;
	int slot;

	if (world->kills >= model->bounds.kills)
		return;
	next.kills++;
	if (world->leader.at != LEADER_DOWN) {
		leader_dies(&next);
		model_emit_outer(model, &next, LEADER_DIES, 0);
	}
	for (slot = 0; slot < MODEL_SLOTS; slot++) {
		if (!runs_is_alive(&world->slots[slot]))
			continue;
		next = *world;
		next.kills++;
		runs_kill(&next.slots[slot]);
		model_emit_outer(model, &next, RUN_DIES, (unsigned)slot);
	}
}

/* What had not reached the disk may be lost: the folder with its ticket, or
 * the ticket's new name. */
static void
reboot(struct model *model, const struct world *world)
{
	struct world next = *world;
	struct run *last = &next.slots[world->runs ? world->runs - 1 : 0];
	int slot;

	if (world->reboots >= model->bounds.reboots)
		return;
	next.reboots++;
	leader_dies(&next);
	if (next.emergency != EMERGENCY_NONE)
		next.emergency = EMERGENCY_DONE;
	for (slot = 0; slot < MODEL_SLOTS; slot++) {
		struct run *run = &next.slots[slot];

		if (run->at == RUN_NOT_YET)
			continue;
		runs_kill(run);
		run->pipeline = 0;
		run->rebooted = run->recorded;
	}
	model_emit_outer(model, &next, REBOOT, 0);
	if (world->runs == 0 || last->recorded)
		return;
	if (last->paper == PAPER_STARTED || last->paper == PAPER_REVOKED) {
		last->paper = PAPER_TICKET;
		model_emit_outer(model, &next, REBOOT_LOSES_CLAIM, 0);
	}
	last->paper = PAPER_NONE;
	model_emit_outer(model, &next, REBOOT_LOSES_FOLDER, 0);
}

void
others_steps(struct model *model, const struct world *world)
{
	emergency(model, world);
	if (world->incidents >= model->bounds.incidents)
		return;
	command(model, world);
	cron(model, world);
	time_passes(model, world);
	kills(model, world);
	reboot(model, world);
}
