#include "ask/call.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask/effect.h"
#include "ask/follow.h"
#include "base/msg.h"
#include "base/outcome.h"

enum { LINE = 1024 };

/* One command, and what became of it. */
struct given {
	struct order_target *target;
	const struct command *command;
	struct command_answer answer;
	struct status before;
	bool had_status, goes_on;
};

static void complain(const struct call *call, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void
complain(const struct call *call, const char *format, ...)
{
	char text[LINE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	call->complain(call->arg, text);
}

/* What a message is about. */
static const char *
subject(const struct given *given)
{
	if (given->target != NULL)
		return given->target->label;
	switch (given->command->verb) {
	case COMMAND_ORCHESTRATOR_START:
		return "start orchestrator";
	case COMMAND_ORCHESTRATOR_STOP:
		return "stop orchestrator";
	default:
		return command_name(given->command->verb);
	}
}

/* With no room for a command the run itself is told. */
static int
tell_run(const struct call *call, const struct given *given, int error)
{
	const struct command *c = given->command;

	if ((error == ENOSPC || error == EDQUOT) &&
	    errand_tell_run(call->errand, c) == 0) {
		complain(call,
			 "'%s': its run was told to %s; done, not recorded: %s",
			 subject(given), command_name(c->verb),
			 strerror(error));
		return EX_TEMPFAIL;
	}
	complain(call, "cannot command '%s': %s", subject(given),
		 error == EAGAIN ? "1000 commands wait already; is the "
				   "scheduler alive? (pulse-status)"
				 : strerror(error));
	return error == EAGAIN ? EX_TEMPFAIL : EX_IOERR;
}

static int
not_answered(const struct call *call, const struct given *given,
	     enum errand_end end)
{
	if (end == ERRAND_UNANSWERED) {
		complain(call,
			 "'%s': taken, but the scheduler does not answer; ask "
			 "again: --id %s",
			 subject(given), given->command->id);
		return EX_TEMPFAIL;
	}
	if (call->errand->once != 0) {
		complain(call,
			 "'%s': not done: no scheduler is running, and "
			 "'pulse-sched --once' ended with %d",
			 subject(given), call->errand->once);
		return call->errand->once;
	}
	complain(call, "'%s': not done: nobody took it", subject(given));
	return EX_TEMPFAIL;
}

static int
refused(const struct call *call, const struct given *given)
{
	const struct command_answer *answer = &given->answer;
	bool running = answer->status == 409 && answer->run[0] != '\0';

	complain(call, "cannot %s '%s': %s%s%s",
		 given->target != NULL ? command_name(given->command->verb)
				       : "carry out",
		 subject(given),
		 answer->message[0] != '\0' ? answer->message
					    : "the scheduler refused it",
		 running ? "; run " : "", running ? answer->run : "");
	switch (answer->status) {
	case 409:
	case 410:
	case 423:
		return EX_TEMPFAIL;
	case 401:
	case 403:
		return EX_NOPERM;
	case 503:
		return EX_UNAVAILABLE;
	default:
		return EX_USAGE;
	}
}

/* An answer that says no state says what was done. */
static void
show_answer(const struct call *call, const struct given *given)
{
	const struct command_answer *answer = &given->answer;
	bool idle = answer->status == 200 && given->target != NULL;
	const char *message = answer->message;
	char line[LINE];

	snprintf(line, sizeof(line), "%s%s%s%s%s%s%s%s",
		 idle ? "nothing to do" : "",
		 idle && answer->state[0] != '\0' ? ": " : "", answer->state,
		 answer->reason[0] != '\0' ? " (" : "", answer->reason,
		 answer->reason[0] != '\0' ? ")" : "",
		 idle && *message != '\0' ? ": " : "", idle ? message : "");
	if (*line != '\0')
		call->say(call->arg, subject(given), line);
	if (*line == '\0' || (!idle && *message != '\0'))
		call->say(call->arg, subject(given),
			  *message != '\0' ? message : "done");
}

static int
give(const struct call *call, struct given *given)
{
	enum errand_end end;

	given->had_status =
		given->target != NULL &&
		follow_read(call->errand->rooms, given->command->client,
			    given->command->job, &given->before);
	end = errand_run(call->errand, given->command, &given->answer);
	if (end == ERRAND_UNSENT)
		return tell_run(call, given, errno);
	if (end != ERRAND_ANSWERED)
		return not_answered(call, given, end);
	call->answer(call->arg, &given->answer);
	if (given->answer.status != 200 && given->answer.status != 202)
		return refused(call, given);
	given->goes_on = call->wait && effect_takes_time(given->command) &&
			 (given->answer.status == 202 || given->target == NULL);
	if (!given->goes_on || given->target == NULL)
		show_answer(call, given);
	return EX_OK;
}

struct watched {
	const struct call *call;
	const struct given *given;
	const char *label;
	struct status last;
};

static bool
look(void *arg, const struct status *from, const struct status *to)
{
	struct watched *watched = arg;
	const struct given *given = watched->given;
	char line[LINE];

	if (from == NULL && given->had_status)
		from = &given->before;
	effect_line(from, to, line, sizeof(line));
	watched->call->say(watched->call->arg, watched->label, line);
	watched->last = *to;
	return effect_is_reached(given->command->verb, given->before.run, to);
}

static int
came_to(const struct call *call, const struct watched *watched,
	enum follow_end end)
{
	const char *state = states_name(watched->last.state);

	switch (end) {
	case FOLLOW_REACHED:
		return effect_code(watched->given->command->verb,
				   &watched->last);
	case FOLLOW_LEFT:
	case FOLLOW_LATE:
		complain(call, "'%s': %s; it goes on by itself", watched->label,
			 state);
		return EX_TEMPFAIL;
	case FOLLOW_NOBODY:
		complain(call,
			 "'%s': %s, and no scheduler is running to go on: "
			 "pulse-sched --once",
			 watched->label, state);
		return EX_TEMPFAIL;
	case FOLLOW_BROKEN:
	default:
		complain(call, "cannot follow '%s': %s", watched->label,
			 call->errand->once != 0 ? "'pulse-sched --once' failed"
						 : strerror(errno));
		return call->errand->once != 0 ? call->errand->once : EX_OSERR;
	}
}

static int
follow(const struct call *call, const struct given *given,
       struct order_target *target)
{
	struct watched watched = {
		call, given, target->label, { .state = STATES_NOT_STARTED }
	};
	struct follow follow = { .errand = call->errand,
				 .job = target->job,
				 .epoch = given->answer.epoch,
				 .until = call->until,
				 .look = look,
				 .arg = &watched };

	if (!order_find_again(target, call->errand->rooms)) {
		complain(call, "cannot follow '%s': it has no status yet",
			 target->label);
		return EX_TEMPFAIL;
	}
	follow.client = target->client;
	return came_to(call, &watched, follow_job(&follow));
}

/* stop orchestrator --drain: until no job runs. */
static int
follow_drain(const struct call *call, const struct given *given)
{
	struct order order = { .all = true, .whose = -1 };
	char *why = NULL;
	int worst = EX_OK;
	size_t i;

	if (order_find(&order, call->errand->rooms, &why) != 0)
		order.count = 0; /* no job has ever run */
	for (i = 0; i < order.count; i++)
		worst = outcome_worst(worst,
				      follow(call, given, &order.targets[i]));
	order_free(&order);
	free(why);
	return worst;
}

int
call_all(const struct call *call, struct call_item *items, size_t count)
{
	struct given *given = msg_calloc(count, sizeof(*given));
	int worst = EX_OK;
	size_t i;

	for (i = 0; i < count; i++) {
		given[i].target = items[i].target;
		given[i].command = &items[i].command;
		worst = outcome_worst(worst, give(call, &given[i]));
	}
	for (i = 0; i < count; i++) {
		int code = EX_OK;

		if (given[i].goes_on)
			code = given[i].target == NULL
				       ? follow_drain(call, &given[i])
				       : follow(call, &given[i],
						given[i].target);
		worst = outcome_worst(worst, code);
	}
	free(given);
	return worst;
}
