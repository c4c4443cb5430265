/* The world's start, its table of rows, and the laws of a transition. */
#include "inside.h"

#include <stdlib.h>
#include <string.h>

enum {
	ROWS = 1 << 17,
	ROW_SLOTS = 4 * ROWS,
	TIMES = 4096,
	MINUTE = 60 * 1000,
	SEED = 7
};

static const int64_t start_of_time = 1790000000000;

static const struct {
	int code;
	enum outcome_class class;
	bool stored;
	int64_t hint; /* ms from now */
	const char *name;
} endings[ENDINGS] = {
	[ENDS_WELL] = { .name = "well" },
	[ENDS_FOR_NOW] = { 75, OUTCOME_TEMPORARY_SERVICE_ERROR,
			   .name = "with 75" },
	[ENDS_IN_PART] = { EX_PARTIAL, .stored = true, .name = "in part" },
	[ENDS_IN_QUOTA] = { 75, OUTCOME_API_RATE_LIMIT, .hint = 40 * MINUTE,
			    .name = "at the quota" },
	[ENDS_AT_BREAKER] = { 69, OUTCOME_SERVICE_DOWN, .name = "with 69" },
	[ENDS_IN_CRASH] = { 137, OUTCOME_BUG, .name = "in a crash" },
	[ENDS_REFUSED] = { 77, OUTCOME_AUTHENTICATION, .name = "with 77" },
	[ENDS_DRAINED] = { 75, OUTCOME_TEMPORARY_SERVICE_ERROR, .stored = true,
			   .name = "drained" },
	[ENDS_STOPPED] = { 143, OUTCOME_BUG, .name = "stopped" },
	[ENDS_KILLED] = { 137, OUTCOME_BUG, .name = "killed" },
};

void
model_fill_ending(enum ending ending, struct states_event *event)
{
	event->code = endings[ending].code;
	event->class = endings[ending].class;
	event->stored = endings[ending].stored;
	if (endings[ending].hint != 0)
		event->not_before = start_of_time + endings[ending].hint;
}

const char *
model_ending_name(enum ending ending)
{
	return endings[ending].name;
}

bool
model_has(const struct model *model, enum model_fence fence)
{
	return (model->without & fence) == 0;
}

static uint64_t
hash_of(const void *bytes, size_t len)
{
	const uint8_t *b = bytes;
	uint64_t hash = 14695981039346656037u;

	while (len-- > 0)
		hash = (hash ^ *b++) * 1099511628211u;
	return hash ^ (hash >> 29);
}

static bool
is_same(const void *a, const void *b, size_t len)
{
	return memcmp(a, b, len) == 0;
}

static void
fail(const char *why)
{
	fprintf(stderr, "explorer: %s\n", why);
	exit(EX_SOFTWARE);
}

/* What is for display only, and the count of transitions, tell two worlds
 * apart that behave alike. */
static uint32_t
intern(struct model *model, const struct states_row *given)
{
	struct states_row row;
	uint32_t slot, found;

	memset(&row, 0, sizeof(row));
	row = *given;
	row.epoch = row.since = 0;
	for (slot = hash_of(&row, sizeof(row)) % ROW_SLOTS;
	     (found = model->row_slots[slot]) != 0;
	     slot = (slot + 1) % ROW_SLOTS)
		if (is_same(&model->rows[found - 1], &row, sizeof(row)))
			return found - 1;
	if (model->row_count == ROWS)
		fail("too many different rows");
	model->rows[model->row_count] = row;
	model->row_slots[slot] = ++model->row_count;
	return model->row_count - 1;
}

uint16_t
model_time(struct model *model, int64_t at)
{
	uint16_t i;

	for (i = 0; i < model->time_count; i++)
		if (model->times[i] == at)
			return i;
	if (model->time_count == TIMES)
		fail("too many different times");
	model->times[model->time_count++] = at;
	return i;
}

int64_t
model_now(const struct model *model, const struct world *world)
{
	return model->times[world->now];
}

const struct states_row *
model_row(const struct model *model, const struct world *world)
{
	return &model->rows[world->row];
}

struct model *
model_open(const struct model_bounds *bounds, unsigned without)
{
	struct model *model = calloc(1, sizeof(*model));

	if (model == NULL)
		fail("out of memory");
	model->bounds = *bounds;
	model->without = without;
	model->rules = (struct states_rules){
		.interval = 4 * 60 * MINUTE,
		.offset = 5 * MINUTE,
		.fast_recovery = 30 * MINUTE,
		.max_wait = 16 * 60 * MINUTE,
		.max_retries = 3,
		.retry = { .base = 5 * MINUTE, .cap = 30 * MINUTE },
	};
	model->rows = calloc(ROWS, sizeof(*model->rows));
	model->row_slots = calloc(ROW_SLOTS, sizeof(*model->row_slots));
	model->times = calloc(TIMES, sizeof(*model->times));
	if (model->rows == NULL || model->row_slots == NULL ||
	    model->times == NULL)
		fail("out of memory");
	return model;
}

void
model_close(struct model *model)
{
	if (model == NULL)
		return;
	free(model->rows);
	free(model->row_slots);
	free(model->times);
	free(model);
}

void
model_start(struct model *model, struct world *world)
{
	struct states_event seen = { .kind = STATES_SEEN,
				     .now = start_of_time,
				     .seed = SEED };
	struct states_answer answer;
	struct states_row row;

	memset(&row, 0, sizeof(row));
	memset(world, 0, sizeof(*world));
	world->now = model_time(model, start_of_time);
	leader_dies(world);
	states_apply(&model->rules, &row, &seen, &answer);
	world->row = intern(model, &row);
}

void
model_break(struct model *model, const char *law)
{
	if (model->broken == NULL)
		model->broken = law;
}

/*
 * The laws of a transition.
 */

static void
check_leaving(struct model *model, const struct world *world,
	      const struct states_row *old, const struct states_event *event)
{
	const struct run *run = &world->slots[old->run - 1];

	if (run->pipeline ||
	    (runs_is_alive(run) && run->paper == PAPER_STARTED))
		model_break(model, "I3: the row leaves RUNNING, and its run "
				   "is alive");
	if (event->kind == STATES_VANISHED && run->result)
		model_break(model, "I3: a result is thrown away");
	if ((event->kind == STATES_NEVER_STARTED ||
	     event->kind == STATES_LOCKED) &&
	    run->began)
		model_break(model, "I4: a run that has begun is called never "
				   "started");
}

static bool
may_start_again(const struct states_row *row)
{
	return row->state == STATES_PENDING || row->state == STATES_FINISHED ||
	       (row->state == STATES_ERROR && row->reason != STATES_MANUAL_FIX);
}

/* Somebody looks again, and not again and again. */
static void
check_looks(struct model *model, const struct states_row *row)
{
	struct states_event event = { .kind = STATES_TIME };
	struct states_answer answer;
	struct states_row later = *row;
	int64_t at = states_look(row);

	if (row->state == STATES_RUNNING || row->state == STATES_PAUSED ||
	    row->disabled || row->reason == STATES_MANUAL_FIX)
		return;
	if (at == 0)
		model_break(model, "I6: nobody looks at the row again");
	event.now = at;
	event.seed = SEED;
	states_apply(&model->rules, &later, &event, &answer);
	if (later.state == row->state && row->state != STATES_PENDING &&
	    states_look(&later) <= at)
		model_break(model, "I6: a look changes nothing, and is due "
				   "again at once");
}

static void
check_transition(struct model *model, const struct world *world,
		 const struct states_row *row, const struct states_event *event)
{
	const struct states_row *old = model_row(model, world);

	if (row->epoch != old->epoch + 1)
		model_break(model, "I2: a transition without a new epoch");
	if (old->state == STATES_RUNNING && row->state != STATES_RUNNING) {
		check_leaving(model, world, old, event);
		if (world->slots[old->run - 1].emergency && world->latch &&
		    may_start_again(row))
			model_break(model, "an emergency stop is lost: what it "
					   "ended would start again by itself");
	}
	if (row->state == STATES_RUNNING && old->state != STATES_RUNNING &&
	    (event->kind != STATES_OPEN ||
	     model_now(model, world) < old->not_before))
		model_break(model, "it is RUNNING before its time");
	check_looks(model, row);
}

static void
apply(struct model *model, const struct world *world,
      const struct states_event *given, struct states_row *row,
      struct states_answer *answer)
{
	struct states_event event = *given;

	event.now = model_now(model, world);
	event.seed = SEED;
	states_apply(&model->rules, row, &event, answer);
}

void
model_ask(struct model *model, const struct world *world,
	  const struct states_event *event, struct states_answer *answer)
{
	struct states_row row = *model_row(model, world);

	apply(model, world, event, &row, answer);
}

bool
model_is_due(struct model *model, const struct world *world)
{
	struct states_event event = { .kind = STATES_TIME };
	struct states_row row = *model_row(model, world);
	struct states_answer answer;

	apply(model, world, &event, &row, &answer);
	return row.state == STATES_PENDING;
}

void
model_commit(struct model *model, struct world *world,
	     const struct states_event *event, struct states_answer *answer)
{
	struct states_row row = *model_row(model, world);

	apply(model, world, event, &row, answer);
	if (answer->changed) {
		check_transition(model, world, &row, event);
		world->row = intern(model, &row);
	} else if (!is_same(&row, model_row(model, world), sizeof(row))) {
		model_break(model, "I2: the row changes without saying so");
	}
}

/*
 * Steps are handed out.
 */

/* What cannot matter any more is forgotten, so that worlds that differ in
 * nothing else are one. */
static void
forget(const struct model *model, struct world *world)
{
	const struct states_row *row = model_row(model, world);
	int i, latest = row->state == STATES_RUNNING ? (int)row->run - 1 : -1;

	for (i = 0; i < MODEL_SLOTS; i++) {
		struct run *run = &world->slots[i];

		if (i == latest || run->at != RUN_GONE || run->pipeline)
			continue;
		*run = (struct run){ .at = RUN_GONE };
		if (world->lock == i + 1)
			world->lock = 0;
	}
	for (i = 0; i < world->issued; i++)
		if (world->orders[i].at == COMMAND_ANSWERED)
			world->orders[i] =
				(struct order){ .at = COMMAND_ANSWERED };
	if (!world->latch)
		world->latch_order = 0;
	if (!world->barred || world->acked)
		world->barred_by = 0;
}

/* With its pidfd in hand the leader waits for the run's end and looks no more:
 * then the run must know what it is being asked.  What is resumed while it is
 * being paused comes to its end by that. */
static void
check_asked(struct model *model, const struct world *world)
{
	const struct states_row *row = model_row(model, world);
	enum states_signal asked;
	const struct run *run;

	if (world->leader.at != LEADER_IDLE || world->leader.watch == 0 ||
	    row->state != STATES_RUNNING)
		return;
	run = &world->slots[row->run - 1];
	asked = row->want == STATES_REPLACE ? STATES_SIGNAL_DRAIN
					    : states_signal(row->want);
	if (runs_is_alive(run) && run->paper == PAPER_STARTED &&
	    run->asked < asked)
		model_break(model, "a stop is lost: nobody tells the run");
}

static void
hand_out(struct model *model, struct world *next, const struct step *step)
{
	forget(model, next);
	check_asked(model, next);
	model->each(model->arg, step, next, model->broken);
	model->broken = NULL;
}

void
model_emit(struct model *model, struct world *next, enum what what,
	   unsigned arg)
{
	struct step step = { (uint8_t)what, (uint8_t)arg, true };

	hand_out(model, next, &step);
}

void
model_emit_outer(struct model *model, struct world *next, enum what what,
		 unsigned arg)
{
	struct step step = { (uint8_t)what, (uint8_t)arg, false };
	struct world copy = *next;

	copy.incidents++;
	hand_out(model, &copy, &step);
}

void
model_steps(struct model *model, const struct world *world, model_each *each,
	    void *arg)
{
	model->each = each;
	model->arg = arg;
	model->broken = NULL;
	leader_steps(model, world);
	runs_steps(model, world);
	others_steps(model, world);
}

bool
model_rests(const struct model *model, const struct world *world)
{
	int i;

	if (world->leader.at != LEADER_IDLE ||
	    model_row(model, world)->state == STATES_RUNNING ||
	    (world->emergency != EMERGENCY_NONE &&
	     world->emergency != EMERGENCY_DONE))
		return false;
	for (i = 0; i < MODEL_SLOTS; i++)
		if (world->slots[i].pipeline || runs_is_alive(&world->slots[i]))
			return false;
	for (i = 0; i < world->issued; i++)
		if (world->orders[i].at != COMMAND_ANSWERED)
			return false;
	return true;
}
