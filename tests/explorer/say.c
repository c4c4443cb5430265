/* A step in words. */
#include "inside.h"

enum about { NOTHING, A_RUN, AN_ORDER, A_KIND_OF_ORDER, AN_ENDING, AN_EVENT };

static const struct {
	enum about about;
	const char *text;
} words[WHATS] = {
	[LEADER_STARTS] = { NOTHING, "a leader starts" },
	[LEADER_LEAVES] = { NOTHING, "the leader leaves" },
	[LEADER_DIES] = { NOTHING, "the leader is killed" },
	[LEADER_COMMITS_RUN] = { NOTHING, "leader: commits the next run" },
	[LEADER_MAKES_FOLDER] = { NOTHING,
				  "leader: makes its folder and ticket" },
	[LEADER_SPAWNS] = { NOTHING, "leader: spawns its pulse-run" },
	[LEADER_CANNOT_SPAWN] = { NOTHING, "leader: cannot spawn pulse-run" },
	[LEADER_LOOKS_AGAIN] = { NOTHING,
				 "leader: looks what became of the run" },
	[LEADER_READS_TICKET] = { NOTHING, "leader: looks for the ticket" },
	[LEADER_READS_LOCK] = { NOTHING, "leader: asks who has the lock" },
	[LEADER_READS_RESULT] = { NOTHING,
				  "leader: looks for pulse-run and a result" },
	[LEADER_REVOKES] = { NOTHING, "leader: revokes the ticket" },
	[LEADER_REVOKES_TOO_LATE] = { NOTHING,
				      "leader: finds no ticket to revoke" },
	[LEADER_SWEEPS] = { NOTHING, "leader: kills what is left of the run" },
	[LEADER_ADOPTS] = { NOTHING, "leader: lets the run go on" },
	[LEADER_SETTLES] = { AN_EVENT,
			     "leader: commits the end of the run: %s" },
	[LEADER_SEES_LATCH] = { NOTHING,
				"leader: sees the latch set, commits it" },
	[LEADER_LOOKS_AT_TIME] = { NOTHING, "leader: looks at the clock" },
	[LEADER_LIFTS_LATCH] = { AN_ORDER, "leader: clears the latch for %s" },
	[LEADER_COMMITS_COMMAND] = { AN_ORDER, "leader: commits command %s" },
	[LEADER_KNOWS_COMMAND] = { AN_ORDER, "leader: has applied %s before" },
	[LEADER_REFUSES_COMMAND] = { AN_ORDER, "leader: refuses command %s" },
	[LEADER_SIGNALS_RUN] = { NOTHING, "leader: signals pulse-run" },
	[LEADER_FINDS_NOBODY] = { NOTHING, "leader: has nobody to signal" },
	[LEADER_ANSWERS] = { AN_ORDER, "leader: answers command %s" },
	[RUN_FINDS_REMAINS] = { A_RUN,
				"%s: finds the lock in a dead run's name" },
	[RUN_ENDS_REMAINS] = { A_RUN, "%s: ends what that has left" },
	[RUN_TAKES_LOCK] = { A_RUN, "%s: takes the lock" },
	[RUN_FINDS_LOCK_HELD] = { A_RUN, "%s: finds the lock held, leaves" },
	[RUN_READS_LATCH] = { A_RUN, "%s: finds the latch clear" },
	[RUN_FINDS_LATCH_SET] = { A_RUN, "%s: finds the latch set, leaves" },
	[RUN_SIGNS_LOCK] = { A_RUN, "%s: signs the lock" },
	[RUN_TAKES_TICKET] = { A_RUN, "%s: takes its ticket: it has started" },
	[RUN_FINDS_NO_TICKET] = { A_RUN, "%s: finds no ticket, leaves" },
	[RUN_RECORDS] = { A_RUN, "%s: records who it is" },
	[RUN_EXECUTES] = { A_RUN, "%s: executes the pipeline" },
	[RUN_STOPS_BEFORE] = { AN_ENDING,
			       "%s: is told to end before that: %s" },
	[RUN_ENDS] = { AN_ENDING, "%s: the pipeline ends %s" },
	[RUN_ENDS_ORPHANED] = { A_RUN, "%s: the pipeline that is left ends" },
	[RUN_WRITES_RESULT] = { A_RUN, "%s: writes its result" },
	[RUN_EXITS] = { A_RUN, "%s: leaves, the lock is free" },
	[RUN_DIES] = { A_RUN, "%s: its pulse-run is killed" },
	[EMERGENCY_SETS_LATCH] = { NOTHING, "emergency-stop: sets the latch" },
	[EMERGENCY_SIGNALS] = { NOTHING,
				"emergency-stop: signals whom the lock names" },
	[EMERGENCY_SWEEPS] = { NOTHING, "emergency-stop: kills the pipeline" },
	[EMERGENCY_SWEEPS_ALL] = { NOTHING, "emergency-stop: kills whoever has "
					    "the lock" },
	[EMERGENCY_ACKNOWLEDGES] = { NOTHING,
				     "emergency-stop: finds no lock held, "
				     "says so" },
	[EMERGENCY_DIES] = { NOTHING, "emergency-stop is killed" },
	[SOMEBODY_COMMANDS] = { A_KIND_OF_ORDER, "somebody gives command %s" },
	[CRON_STARTS] = { A_RUN, "cron starts %s" },
	[TIME_PASSES] = { NOTHING, "time passes" },
	[REBOOT] = { NOTHING, "the machine is started anew" },
	[REBOOT_LOSES_FOLDER] = { NOTHING, "the machine is started anew, the "
					   "run's folder is lost" },
	[REBOOT_LOSES_CLAIM] = { NOTHING, "the machine is started anew, the "
					  "ticket is back" },
};

static const char *
run_name(unsigned slot)
{
	static const char *const names[MODEL_SLOTS] = { "run 1", "run 2",
							"run 3",
							"the run by hand" };

	return names[slot % MODEL_SLOTS];
}

static const char *
order_name(const struct world *world, unsigned order)
{
	return orders_kind(world->orders[order % MODEL_COMMANDS].kind)->name;
}

void
model_say(const struct world *before, const struct step *step, FILE *out)
{
	const char *text = words[step->kind].text;

/* The formats are the table's above. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	switch (words[step->kind].about) {
	case A_RUN:
		fprintf(out, text, run_name(step->arg));
		break;
	case AN_ORDER:
		fprintf(out, text, order_name(before, step->arg));
		break;
	case A_KIND_OF_ORDER:
		fprintf(out, text, orders_kind(step->arg)->name);
		break;
	case AN_ENDING:
		fprintf(out, text, run_name(step->arg / ENDINGS),
			model_ending_name(step->arg % ENDINGS));
		break;
	case AN_EVENT:
		fprintf(out, text, states_kind_name(step->arg));
		break;
	default:
		fputs(text, out);
	}
#pragma GCC diagnostic pop
}

void
model_show(const struct model *model, const struct world *world, FILE *out)
{
	const struct states_row *row = model_row(model, world);
	const char *reason = states_reason_name(row->reason);

	fprintf(out, "[%s%s%s", states_name(row->state),
		reason[0] != '\0' ? " " : "", reason);
	if (row->want != STATES_RUN)
		fprintf(out, ", want %s", states_want_name(row->want));
	if (world->latch)
		fputs(", latch set", out);
	if (world->held)
		fputs(", held", out);
	fputs("]", out);
}
