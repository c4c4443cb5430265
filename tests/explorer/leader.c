/* The leader: commands, starts, and what became of a run. */
#include "inside.h"

#include <string.h>

/* The parts of a settle_view, in leader.seen. */
enum {
	SEEN_FOLDER = 1,
	SEEN_TICKET = 2,
	SEEN_REVOKED = 4,
	SEEN_OURS = 8,
	SEEN_OTHERS = 16,
	SEEN_ALIVE = 32,
	SEEN_RESULT = 64,
	SEEN_STARTED = 128
};

enum { NO_ORDER = 255, SWEPT = 3 };

void
leader_dies(struct world *world)
{
	memset(&world->leader, 0, sizeof(world->leader));
	world->leader.about = NO_ORDER;
}

static void
rest(struct world *world)
{
	struct leader *leader = &world->leader;

	leader->at = LEADER_IDLE;
	leader->about = NO_ORDER;
	leader->seen = leader->signal = leader->status = 0;
	leader->latched = 0;
}

static int
slot_of(const struct model *model, const struct world *world)
{
	return (int)model_row(model, world)->run - 1;
}

static void
go(struct model *model, const struct world *world, enum leader_at to,
   enum what what)
{
	struct world next = *world;

	next.leader.at = (uint8_t)to;
	if (to == LEADER_IDLE)
		rest(&next);
	model_emit(model, &next, what, 0);
}

/* Can the run's pulse-run be told from any other process? */
static bool
knows(const struct world *world, int slot)
{
	const struct run *run = &world->slots[slot];

	return runs_is_alive(run) &&
	       (world->leader.watch == slot + 1 || run->recorded);
}

/*
 * A run is started.
 */

static bool
gates_open(const struct model *model, const struct world *world)
{
	const struct states_row *row = model_row(model, world);

	return row->state == STATES_PENDING && !world->held && !world->latch &&
	       model_now(model, world) >= row->not_before &&
	       world->runs < model->bounds.runs;
}

static void
commit_run(struct model *model, struct world *next)
{
	struct states_event event = { .kind = STATES_OPEN, .run = next->runs };
	struct states_answer answer;

	model_commit(model, next, &event, &answer);
}

static void
open_run(struct model *model, const struct world *world)
{
	struct world next = *world;

	next.runs++;
	next.leader.at = LEADER_OPENED;
	if (model_has(model, MODEL_INTENT))
		commit_run(model, &next);
	model_emit(model, &next, LEADER_COMMITS_RUN, next.runs);
}

/* The ticket comes last: a folder without one is as good as none. */
static void
make_folder(struct model *model, const struct world *world)
{
	struct world next = *world;

	next.slots[world->runs - 1].paper = PAPER_TICKET;
	next.leader.at = LEADER_MADE;
	model_emit(model, &next, LEADER_MAKES_FOLDER, world->runs);
}

static void
spawn(struct model *model, const struct world *world)
{
	struct states_event never = { .kind = STATES_NEVER_STARTED,
				      .run = world->runs };
	struct states_event failed = { .kind = STATES_SPAWN_FAILED };
	struct states_answer answer;
	struct world next = *world;

	next.slots[world->runs - 1].at = RUN_SPAWNED;
	next.leader.watch = world->runs;
	if (model_has(model, MODEL_INTENT))
		rest(&next);
	else
		next.leader.at = LEADER_LATE;
	model_emit(model, &next, LEADER_SPAWNS, world->runs);
	if (world->faults >= model->bounds.faults ||
	    world->incidents >= model->bounds.incidents)
		return;
	next = *world;
	next.faults++;
	rest(&next);
	model_commit(model, &next, &never, &answer);
	model_commit(model, &next, &failed, &answer);
	model_emit_outer(model, &next, LEADER_CANNOT_SPAWN, world->runs);
}

static void
commit_late(struct model *model, const struct world *world)
{
	struct world next = *world;

	commit_run(model, &next);
	rest(&next);
	model_emit(model, &next, LEADER_COMMITS_RUN, world->runs);
}

/*
 * What became of a run.
 */

static void
see(struct model *model, const struct world *world, enum leader_at to,
    unsigned bits, enum what what)
{
	struct world next = *world;

	next.leader.at = (uint8_t)to;
	next.leader.seen |= (uint8_t)bits;
	model_emit(model, &next, what, 0);
}

static void
see_ticket(struct model *model, const struct world *world, enum leader_at to)
{
	const struct run *run = &world->slots[slot_of(model, world)];

	see(model, world, to,
	    (run->paper != PAPER_NONE ? SEEN_FOLDER : 0) |
		    (run->paper == PAPER_TICKET ? SEEN_TICKET : 0) |
		    (run->paper == PAPER_REVOKED ? SEEN_REVOKED : 0) |
		    (run->paper == PAPER_STARTED ? SEEN_STARTED : 0),
	    LEADER_READS_TICKET);
}

static void
see_lock(struct model *model, const struct world *world, enum leader_at to)
{
	bool held = runs_holder(world) >= 0;
	bool ours = world->lock == slot_of(model, world) + 1;

	see(model, world, to,
	    !held  ? 0
	    : ours ? SEEN_OURS
		   : SEEN_OTHERS,
	    LEADER_READS_LOCK);
}

/* The run's pulse-run is known by what it wrote into the lock or its folder. */
static void
see_result(struct model *model, const struct world *world)
{
	const struct run *run = &world->slots[slot_of(model, world)];
	bool known = run->recorded || (world->leader.seen & SEEN_OURS) != 0;

	see(model, world, LEADER_SAW_RESULT,
	    (known && runs_is_alive(run) ? SEEN_ALIVE : 0) |
		    (run->result ? SEEN_RESULT : 0),
	    LEADER_READS_RESULT);
}

static enum settle_verdict
judge(const struct model *model, const struct world *world)
{
	unsigned seen = world->leader.seen;
	struct settle_view view = {
		.folder = (seen & SEEN_FOLDER) != 0,
		.ticket = (seen & SEEN_TICKET) != 0,
		.revoked = (seen & SEEN_REVOKED) != 0,
		.started = (seen & SEEN_STARTED) != 0,
		.result = seen & SEEN_RESULT ? SETTLE_WHOLE : SETTLE_ABSENT,
		.lock_held = (seen & SEEN_OURS) != 0,
		.others_lock = (seen & SEEN_OTHERS) != 0,
		.alive = (seen & SEEN_ALIVE) != 0,
		.same_boot = !world->slots[slot_of(model, world)].rebooted,
		.swept = world->leader.swept == SWEPT,
	};

	return settle_judge(&view);
}

static void
look_again(const struct model *model, struct world *next)
{
	next->leader.at = LEADER_LOOKS;
	next->leader.seen = 0;
	next->leader.latched = model_has(model, MODEL_LAST) ? 0 : next->latch;
}

static void
revoke(struct model *model, const struct world *world)
{
	struct world next = *world;
	struct run *run = &next.slots[slot_of(model, world)];
	bool won = run->paper == PAPER_TICKET;

	look_again(model, &next);
	if (won)
		run->paper = PAPER_REVOKED;
	model_emit(model, &next, won ? LEADER_REVOKES : LEADER_REVOKES_TOO_LATE,
		   0);
}

/* Kills what is left of the run's session, and whoever holds the lock as long
 * as the lock is in the run's name: that may be another pulse-run which has not
 * signed yet, and so has not begun. */
static void
sweep(struct model *model, const struct world *world)
{
	struct world next = *world;
	int slot = slot_of(model, world);
	int holder = runs_holder(world);

	look_again(model, &next);
	if (next.leader.swept < SWEPT)
		next.leader.swept++;
	next.slots[slot].pipeline = 0;
	if (holder >= 0 && holder != slot &&
	    (world->lock == slot + 1 || !model_has(model, MODEL_NAME))) {
		if (world->slots[holder].paper == PAPER_STARTED)
			model_break(model, "another run is killed");
		next.slots[holder].pipeline = 0;
		runs_kill(&next.slots[holder]);
	}
	model_emit(model, &next, LEADER_SWEEPS, 0);
}

static void
adopt(struct model *model, const struct world *world)
{
	struct world next = *world;
	int slot = slot_of(model, world);
	const struct states_row *row = model_row(model, world);

	next.leader.swept = 0;
	if (knows(world, slot)) {
		next.leader.watch = (uint8_t)(slot + 1);
		if (model_has(model, MODEL_AGAIN))
			runs_ask(&next.slots[slot], states_signal(row->want));
	}
	rest(&next);
	model_emit(model, &next, LEADER_ADOPTS, 0);
}

static void
fill_event(const struct model *model, const struct world *world,
	   struct states_event *event)
{
	const struct run *run = &world->slots[slot_of(model, world)];

	*event = (struct states_event){ .run = model_row(model, world)->run,
					.kind = STATES_VANISHED };
	switch (judge(model, world)) {
	case SETTLE_REVOKE: /* without MODEL_REVOKE */
	case SETTLE_NEVER_STARTED:
		event->kind = STATES_NEVER_STARTED;
		break;
	case SETTLE_RESULT:
		event->kind = STATES_ENDED;
		model_fill_ending(run->outcome, event);
		break;
	case SETTLE_STUCK:
		event->kind = STATES_JAMMED;
		break;
	case SETTLE_INTERRUPTED:
		event->rebooted = true;
		break;
	default:
		break;
	}
}

/* Under a set latch the emergency stop is what ended the run. */
static void
settle(struct model *model, const struct world *world)
{
	struct world next = *world;
	struct states_event emergency = { .kind = STATES_EMERGENCY_STOP };
	struct states_event locked = { .kind = STATES_LOCKED };
	struct states_event event;
	struct states_answer answer;

	fill_event(model, world, &event);
	if (model_has(model, MODEL_LAST) ? world->latch : world->leader.latched)
		model_commit(model, &next, &emergency, &answer);
	model_commit(model, &next, &event, &answer);
	if (event.kind == STATES_NEVER_STARTED &&
	    (world->leader.seen & SEEN_OTHERS) != 0)
		model_commit(model, &next, &locked, &answer);
	next.leader.watch = next.leader.swept = 0;
	rest(&next);
	model_emit(model, &next, LEADER_SETTLES, event.kind);
}

static void
act(struct model *model, const struct world *world)
{
	enum settle_verdict verdict = judge(model, world);

	if (verdict == SETTLE_REVOKE && model_has(model, MODEL_REVOKE))
		revoke(model, world);
	else if (verdict == SETTLE_SWEEP && model_has(model, MODEL_SWEEP))
		sweep(model, world);
	else if (verdict == SETTLE_ADOPT)
		adopt(model, world);
	else
		settle(model, world);
}

/* Ticket, lock, life, result: in this order no change between two of them can
 * make a live run look dead. */
static void
look(struct model *model, const struct world *world)
{
	bool ticket_first = model_has(model, MODEL_VIEW);

	switch (world->leader.at) {
	case LEADER_LOOKS:
		if (ticket_first)
			see_ticket(model, world, LEADER_SAW_TICKET);
		else
			see_lock(model, world, LEADER_SAW_TICKET);
		break;
	case LEADER_SAW_TICKET:
		if (ticket_first)
			see_lock(model, world, LEADER_SAW_LOCK);
		else
			see_ticket(model, world, LEADER_SAW_LOCK);
		break;
	case LEADER_SAW_LOCK:
		see_result(model, world);
		break;
	default:
		act(model, world);
	}
}

/*
 * Commands.
 */

static void
refuse(struct model *model, const struct world *world)
{
	struct world next = *world;

	next.orders[world->leader.about].known = 1;
	next.leader.status = 4;
	next.leader.at = LEADER_TOLD;
	model_emit(model, &next, LEADER_REFUSES_COMMAND, world->leader.about);
}

/* orchestrator start: first the latch, then the commit, so that a crash between
 * leaves the command to be applied again. */
static void
lift(struct model *model, const struct world *world)
{
	struct world next = *world;
	unsigned about = world->leader.about;
	bool earlier = world->latch && about < world->latch_order;

	if (earlier && model_has(model, MODEL_LATER)) {
		refuse(model, world);
		return;
	}
	if (earlier && world->emergency_acked)
		model_break(model, "a start given before an acknowledged "
				   "emergency stop lifts it");
	next.latch = next.emergency_acked = 0;
	next.leader.at = LEADER_UNLATCHED;
	model_emit(model, &next, LEADER_LIFTS_LATCH, about);
}

/* The law's notes.  What has been stopped must not be due at once. */
static void
note_order(struct model *model, const struct order_kind *kind,
	   struct world *next, const struct states_answer *answer)
{
	if (answer->status >= 300)
		return;
	if (kind->kind == STATES_STOP_IT || kind->kind == STATES_PAUSE_IT) {
		next->barred = 1;
		next->barred_by = next->leader.about;
		next->acked = 0;
		if (model_is_due(model, next))
			model_break(model, "I11: it is stopped, and due");
	} else if (kind->kind == STATES_START ||
		   (kind->kind == STATES_RESUME && answer->changed)) {
		next->barred = next->acked = 0;
	}
}

static void
apply_order(struct model *model, struct world *next,
	    const struct order_kind *kind, struct states_answer *answer)
{
	struct states_event event = { .kind = kind->kind,
				      .force = kind->force,
				      .replace = kind->replace,
				      .latched = next->latch };
	bool running = model_row(model, next)->state == STATES_RUNNING;
	bool asks =
		kind->kind == STATES_STOP_IT || kind->kind == STATES_PAUSE_IT;

	if (running && asks && !model_has(model, MODEL_WANT))
		model_ask(model, next, &event, answer);
	else
		model_commit(model, next, &event, answer);
}

static void
commit_command(struct model *model, const struct world *world)
{
	struct world next = *world;
	struct order *order = &next.orders[world->leader.about];
	const struct order_kind *kind = orders_kind(order->kind);
	struct states_answer answer = { .status = 200 };

	if (order->kind == ORDER_HOLD)
		next.held = 1;
	else
		apply_order(model, &next, kind, &answer);
	if (order->kind == ORDER_LIFT) {
		next.held = 0;
		answer.status = 200;
	}
	order->known = (uint8_t)model_has(model, MODEL_IDS);
	if (++order->applied > 1)
		model_break(model, "I8: a command is applied twice");
	note_order(model, kind, &next, &answer);
	next.leader.status = (uint8_t)(answer.status / 100);
	next.leader.signal = (uint8_t)answer.signal;
	next.leader.at = answer.signal != STATES_NO_SIGNAL ? LEADER_COMMITTED
							   : LEADER_TOLD;
	model_emit(model, &next, LEADER_COMMITS_COMMAND, world->leader.about);
}

static void
do_command(struct model *model, const struct world *world)
{
	const struct order *order = &world->orders[world->leader.about];

	if (order->known)
		go(model, world, LEADER_TOLD, LEADER_KNOWS_COMMAND);
	else if (order->kind == ORDER_LIFT)
		lift(model, world);
	else
		commit_command(model, world);
}

/* In their order, those first that a leader before had in its hands.  Moving
 * the file to cur/ alone is no step: killed then, the next leader finds it
 * there and does the same. */
static void
take_command(struct model *model, const struct world *world)
{
	struct world next = *world;
	unsigned i, found = NO_ORDER;

	for (i = 0; i < world->issued && found == NO_ORDER; i++)
		if (world->orders[i].at == COMMAND_CUR)
			found = i;
	for (i = 0; i < world->issued && found == NO_ORDER; i++)
		if (world->orders[i].at == COMMAND_NEW)
			found = i;
	if (found == NO_ORDER)
		return;
	next.orders[found].at = COMMAND_CUR;
	next.leader.about = (uint8_t)found;
	do_command(model, &next);
}

static void
acknowledge(struct world *next)
{
	unsigned about = next->leader.about;

	if (about != NO_ORDER) {
		next->orders[about].at = COMMAND_ANSWERED;
		if (next->barred && next->barred_by == about)
			next->acked = 1;
	}
	rest(next);
}

/* Before the run has started its ticket is enough, after that it is signalled;
 * then the command is answered. */
static void
tell(struct model *model, const struct world *world)
{
	struct world next = *world;
	int slot = slot_of(model, world);
	bool known = knows(world, slot);
	enum what what = known ? LEADER_SIGNALS_RUN : LEADER_FINDS_NOBODY;

	if (world->slots[slot].paper == PAPER_TICKET) {
		next.slots[slot].paper = PAPER_REVOKED;
		what = LEADER_REVOKES;
	} else if (known) {
		runs_ask(&next.slots[slot], world->leader.signal);
	}
	acknowledge(&next);
	model_emit(model, &next, what, 0);
}

static void
answer_command(struct model *model, const struct world *world)
{
	struct world next = *world;

	acknowledge(&next);
	model_emit(model, &next, LEADER_ANSWERS, world->leader.about);
}

/*
 * At leisure.
 */

static void
see_latch(struct model *model, const struct world *world)
{
	struct states_event event = { .kind = STATES_EMERGENCY_STOP };
	struct states_answer answer;
	struct world next = *world;

	model_commit(model, &next, &event, &answer);
	if (next.row == world->row)
		return;
	next.leader.signal = (uint8_t)answer.signal;
	next.leader.at = LEADER_COMMITTED;
	model_emit(model, &next, LEADER_SEES_LATCH, 0);
}

static void
look_at_time(struct model *model, const struct world *world)
{
	struct states_event event = { .kind = STATES_TIME };
	enum states_state was = model_row(model, world)->state;
	struct states_answer answer;
	struct world next = *world;

	model_commit(model, &next, &event, &answer);
	if (next.row == world->row)
		return;
	/* It is due anew. */
	if (model_row(model, &next)->state == STATES_PENDING &&
	    (was == STATES_NOT_STARTED || was == STATES_FINISHED))
		next.barred = next.acked = 0;
	model_emit(model, &next, LEADER_LOOKS_AT_TIME, 0);
}

static void
idle(struct model *model, const struct world *world)
{
	const struct states_row *row = model_row(model, world);
	unsigned watch = world->leader.watch;

	go(model, world, LEADER_DOWN, LEADER_LEAVES);
	take_command(model, world);
	look_at_time(model, world);
	if (row->state == STATES_RUNNING &&
	    (watch == 0 || !runs_is_alive(&world->slots[watch - 1]))) {
		struct world next = *world;

		next.leader.watch = 0;
		look_again(model, &next);
		model_emit(model, &next, LEADER_LOOKS_AGAIN, 0);
	}
	if (row->state == STATES_RUNNING && world->latch)
		see_latch(model, world);
	if (gates_open(model, world))
		open_run(model, world);
}

static void
start(struct model *model, const struct world *world)
{
	struct world next = *world;

	leader_dies(&next);
	rest(&next);
	if (model_row(model, world)->state == STATES_RUNNING)
		look_again(model, &next);
	model_emit(model, &next, LEADER_STARTS, 0);
}

static void
start_run(struct model *model, const struct world *world)
{
	switch (world->leader.at) {
	case LEADER_OPENED:
		make_folder(model, world);
		break;
	case LEADER_MADE:
		spawn(model, world);
		break;
	default:
		commit_late(model, world);
	}
}

static void
obey(struct model *model, const struct world *world)
{
	switch (world->leader.at) {
	case LEADER_UNLATCHED:
		commit_command(model, world);
		break;
	case LEADER_TOLD:
		answer_command(model, world);
		break;
	default:
		tell(model, world);
	}
}

void
leader_steps(struct model *model, const struct world *world)
{
	uint8_t at = world->leader.at;

	if (at == LEADER_DOWN)
		start(model, world);
	else if (at == LEADER_IDLE)
		idle(model, world);
	else if (at <= LEADER_LATE)
		start_run(model, world);
	else if (at <= LEADER_SAW_RESULT)
		look(model, world);
	else
		obey(model, world);
}
