#include "ask/effect.h"

#include <stdio.h>
#include <string.h>

#include "base/outcome.h"
#include "base/times.h"

bool
effect_takes_time(const struct command *command)
{
	switch (command->verb) {
	case COMMAND_START:
	case COMMAND_STOP:
	case COMMAND_PAUSE:
	case COMMAND_RESUME:
		return true;
	case COMMAND_ORCHESTRATOR_STOP:
		return command->drain;
	case COMMAND_RESET:
	case COMMAND_ORCHESTRATOR_START:
	case COMMAND_BREAKER:
	case COMMAND_PRUNE:
	case COMMAND_PUT_BACK:
	case COMMAND_RELOAD:
	case COMMAND_VERBS:
	default:
		return false;
	}
}

static bool
has_run(const char *before, const struct status *now)
{
	switch (now->state) {
	case STATES_RUNNING:
		return false;
	case STATES_PENDING:
		return strcmp(before, now->run) != 0;
	case STATES_NOT_STARTED:
	case STATES_FINISHED:
	case STATES_ERROR:
	case STATES_PAUSED:
	case STATES_COUNT:
	default:
		return true;
	}
}

bool
effect_is_reached(enum command_verb verb, const char *run,
		  const struct status *now)
{
	bool running = now->state == STATES_RUNNING;

	if (verb == COMMAND_START)
		return has_run(run, now);
	if (verb == COMMAND_RESUME)
		return now->state != STATES_PAUSED &&
		       !(running && (now->want == STATES_PAUSE ||
				     now->want == STATES_REPLACE));
	return !running;
}

int
effect_code(enum command_verb verb, const struct status *end)
{
	if (verb != COMMAND_START)
		return EX_OK;
	if (end->state == STATES_FINISHED)
		return end->last == STATES_PARTIAL ? EX_PARTIAL : EX_OK;
	if (end->state == STATES_ERROR && end->class[0] != '\0')
		return outcome_code(outcome_from_name(end->class));
	return end->state == STATES_ERROR ? EX_SOFTWARE : EX_TEMPFAIL;
}

/* What the state alone does not say. */
static const char *
remark(const struct status *status)
{
	switch (status->state) {
	case STATES_RUNNING:
		if (status->want != STATES_RUN)
			return states_want_name(status->want);
		return states_reason_name(status->reason);
	case STATES_FINISHED:
	case STATES_NOT_STARTED:
		return states_result_name(status->last);
	case STATES_PENDING:
	case STATES_ERROR:
	case STATES_PAUSED:
	case STATES_COUNT:
	default:
		return states_reason_name(status->reason);
	}
}

static bool
says_when(const struct status *status)
{
	return status->next > status->at && (status->state == STATES_PENDING ||
					     status->state == STATES_ERROR);
}

struct text {
	char *at;
	size_t size, len;
};

static void
add(struct text *text, const char *before, const char *word, const char *after)
{
	int n;

	if (*word == '\0' || text->len + 1 >= text->size)
		return;
	n = snprintf(text->at + text->len, text->size - text->len, "%s%s%s",
		     before, word, after);
	if (n > 0)
		text->len += (size_t)n;
}

void
effect_line(const struct status *from, const struct status *to, char *out,
	    size_t size)
{
	struct text text = { out, size, 0 };
	const char *note = remark(to);
	char when[TIMES_SIZE] = "";

	if (says_when(to))
		times_format_seconds(to->next, when);
	if (from != NULL &&
	    (from->state != to->state || strcmp(from->run, to->run) != 0))
		add(&text, "", states_name(from->state), " -> ");
	add(&text, "", states_name(to->state), "");
	if (to->whom[0] == '\0') {
		add(&text, " (", note, ")");
	} else {
		add(&text, " (", note, ": ");
		add(&text, "", to->whom, ")");
	}
	if (to->state == STATES_ERROR)
		add(&text, ": ", to->error, "");
	add(&text, ", next ", when, "");
}
