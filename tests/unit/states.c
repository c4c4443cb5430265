/* states: every cell of the table, from tests/fixtures/states/cells, and what
 * holds whatever happens, from many small random histories. */
#include "jobs/states.h"
#include "check.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/times.h"

enum { HOUR = 3600 * 1000, MINUTE = 60 * 1000, LINE = 1024 };

static const char cells[] = "tests/fixtures/states/cells";

static const struct states_rules rules = {
	.interval = 4 * HOUR,
	.offset = 10 * MINUTE,
	.fast_recovery = 30 * MINUTE,
	.max_wait = 16 * HOUR,
	.max_retries = 3,
	.retry = { .base = 5 * MINUTE, .cap = 30 * MINUTE, .factor = 2 },
};

/* 2026-11-24T10:00:00Z; the grid has 08:10 and 12:10. */
static const int64_t noon = 1795514400000;

enum sort { TIME, NUMBER, TRUTH, STATE, REASON, WANT, RESULT, TIER };

struct field {
	const char *name;
	enum sort sort;
	size_t at;
};

#define ROW(member) offsetof(struct states_row, member)
static const struct field row_fields[] = {
	{ "state", STATE, ROW(state) },
	{ "since", TIME, ROW(since) },
	{ "reason", REASON, ROW(reason) },
	{ "trigger", REASON, ROW(trigger) },
	{ "want", WANT, ROW(want) },
	{ "run", NUMBER, ROW(run) },
	{ "not_before", TIME, ROW(not_before) },
	{ "floor", REASON, ROW(floor) },
	{ "look_at", TIME, ROW(look_at) },
	{ "next_due", TIME, ROW(next_due) },
	{ "retry_count", NUMBER, ROW(retry_count) },
	{ "quota_count", NUMBER, ROW(quota_count) },
	{ "start_failures", NUMBER, ROW(start_failures) },
	{ "orphan_count", NUMBER, ROW(orphan_count) },
	{ "orphan_since", TIME, ROW(orphan_since) },
	{ "incident_start", TIME, ROW(incident_start) },
	{ "probes", NUMBER, ROW(probes) },
	{ "tier", TIER, ROW(tier) },
	{ "last_result", RESULT, ROW(last_result) },
	{ "last_end", TIME, ROW(last_end) },
	{ "last_success", TIME, ROW(last_success) },
	{ "missed", NUMBER, ROW(missed) },
	{ "held", STATE, ROW(held.state) },
	{ "held_reason", REASON, ROW(held.reason) },
	{ "held_trigger", REASON, ROW(held.trigger) },
	{ "held_floor", REASON, ROW(held.floor) },
	{ "held_not_before", TIME, ROW(held.not_before) },
	{ "forced", TRUTH, ROW(forced) },
	{ "second_look", TRUTH, ROW(second_look) },
	{ "disabled", TRUTH, ROW(disabled) },
	{ "epoch", NUMBER, ROW(epoch) },
};
enum { ROW_FIELDS = sizeof(row_fields) / sizeof(row_fields[0]) };

#define EVENT(member) offsetof(struct states_event, member)
static const struct field event_fields[] = {
	{ "force", TRUTH, EVENT(force) },
	{ "replace", TRUTH, EVENT(replace) },
	{ "latched", TRUTH, EVENT(latched) },
	{ "held_back", TRUTH, EVENT(held_back) },
	{ "rebooted", TRUTH, EVENT(rebooted) },
	{ "stored", TRUTH, EVENT(stored) },
	{ "timed_out", TRUTH, EVENT(timed_out) },
	{ "reason", REASON, EVENT(reason) },
	{ "until", TIME, EVENT(until) },
	{ "not_before", TIME, EVENT(not_before) },
	{ "at", TIME, EVENT(at) },
	{ "run", NUMBER, EVENT(run) },
};
enum { EVENT_FIELDS = sizeof(event_fields) / sizeof(event_fields[0]) };

static int64_t
get(const struct field *field, const void *base)
{
	const char *at = (const char *)base + field->at;

	switch (field->sort) {
	case TIME:
	case NUMBER:
		return *(const int64_t *)(const void *)at;
	case TRUTH:
		return *(const bool *)at;
	default:
		return *(const int *)(const void *)at;
	}
}

static void
set(const struct field *field, void *base, int64_t value)
{
	char *at = (char *)base + field->at;

	if (field->sort == TIME || field->sort == NUMBER)
		*(int64_t *)(void *)at = value;
	else if (field->sort == TRUTH)
		*(bool *)at = value != 0;
	else
		*(int *)(void *)at = (int)value;
}

/* +2h10m, -1h, now, 0 */
static bool
read_time(const char *text, int64_t *value)
{
	int64_t ms;

	*value = strcmp(text, "now") == 0 ? noon : 0;
	if (*value != 0 || strcmp(text, "0") == 0)
		return true;
	if ((text[0] != '+' && text[0] != '-') ||
	    !times_duration(text + 1, &ms))
		return false;
	*value = text[0] == '+' ? noon + ms : noon - ms;
	return true;
}

static bool
read_value(enum sort sort, const char *text, int64_t *value)
{
	switch (sort) {
	case TIME:
		return read_time(text, value);
	case STATE:
		*value = states_by_name(text);
		break;
	case REASON:
		*value = states_reason_by_name(text);
		break;
	case WANT:
		*value = states_want_by_name(text);
		break;
	case RESULT:
		*value = states_result_by_name(text);
		break;
	case TIER:
		*value = states_tier_by_name(text);
		break;
	default:
		*value = strtoll(text, NULL, 10);
	}
	return *value >= 0;
}

static const struct field *
find(const struct field *fields, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(fields[i].name, name) == 0)
			return &fields[i];
	return NULL;
}

/* The words of a part of a line, in place. */
static char *
next_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t");

	if (*word == '\0')
		return NULL;
	*rest = word + strcspn(word, " \t");
	if (**rest != '\0')
		*(*rest)++ = '\0';
	return word;
}

static struct states_row
usual_row(enum states_state state)
{
	struct states_row row = { .state = state,
				  .since = noon - HOUR,
				  .next_due = noon + 2 * HOUR + 10 * MINUTE,
				  .run = 7,
				  .epoch = 3 };

	if (state == STATES_NOT_STARTED)
		return row;
	row.trigger = STATES_DUE;
	if (state == STATES_PENDING || state == STATES_RUNNING)
		row.reason = STATES_DUE;
	if (state == STATES_PENDING)
		row.look_at = noon + 20 * MINUTE;
	if (state == STATES_FINISHED) {
		row.last_result = STATES_SUCCESS;
		row.last_end = row.last_success = noon - HOUR;
	}
	if (state == STATES_PAUSED) {
		row.reason = STATES_HOLD;
		row.held.state = STATES_FINISHED;
		row.last_result = STATES_SUCCESS;
	}
	if (state == STATES_ERROR) {
		row.reason = row.floor = STATES_RETRY;
		row.not_before = noon + 10 * MINUTE;
		row.retry_count = 1;
		row.incident_start = noon - 20 * MINUTE;
		row.last_result = STATES_FAILED;
		row.last_end = noon - 5 * MINUTE;
	}
	return row;
}

static bool
read_row(char *words, struct states_row *row)
{
	char *word, *value;

	while ((word = next_word(&words)) != NULL) {
		const struct field *field;
		int64_t number;

		value = strchr(word, '=');
		if (value == NULL)
			return false;
		*value++ = '\0';
		field = find(row_fields, ROW_FIELDS, word);
		if (field == NULL || !read_value(field->sort, value, &number))
			return false;
		set(field, row, number);
	}
	return true;
}

static bool
read_event(char *words, struct states_event *event)
{
	char *word = next_word(&words), *value;
	int kind = word == NULL ? -1 : states_kind_by_name(word);

	*event = (struct states_event){ .now = noon, .seed = 4711 };
	if (kind < 0)
		return false;
	event->kind = (enum states_kind)kind;
	while ((word = next_word(&words)) != NULL) {
		const struct field *field;
		int64_t number = 1;

		value = strchr(word, '=');
		if (value != NULL)
			*value++ = '\0';
		field = find(event_fields, EVENT_FIELDS, word);
		if (field != NULL && value != NULL &&
		    !read_value(field->sort, value, &number))
			return false;
		if (field != NULL)
			set(field, event, number);
		else if (strcmp(word, "code") == 0 && value != NULL)
			event->code = (int)strtol(value, NULL, 10);
		else if (strcmp(word, "class") == 0 && value != NULL)
			event->class = outcome_from_name(value);
		else
			return false;
	}
	return true;
}

/* What is expected, word after word. */
struct hope {
	int64_t least[ROW_FIELDS], most[ROW_FIELDS];
	struct states_answer answer;
	char says[64];
	bool same;
};

static bool
hope_word(struct hope *hope, const char *word)
{
	static const char *const signals[] = { "", "signal=drain",
					       "signal=stop", "signal=kill" };
	size_t i;

	for (i = 1; i < 4; i++)
		if (strcmp(word, signals[i]) == 0)
			hope->answer.signal = (enum states_signal)i;
	if (hope->answer.signal != STATES_NO_SIGNAL &&
	    strncmp(word, "signal=", 7) == 0)
		return true;
	if (strcmp(word, "same") == 0)
		return hope->same = true;
	if (strcmp(word, "person") == 0)
		return hope->answer.person = true;
	if (strcmp(word, "good") == 0 || strcmp(word, "bad") == 0) {
		hope->answer.breaker = *word == 'g' ? STATES_GOOD : STATES_BAD;
		return true;
	}
	if (strncmp(word, "says=", 5) == 0) {
		snprintf(hope->says, sizeof(hope->says), "%s", word + 5);
		for (i = 0; hope->says[i] != '\0'; i++)
			if (hope->says[i] == '_')
				hope->says[i] = ' ';
		return true;
	}
	hope->answer.status = (int)strtol(word, NULL, 10);
	return hope->answer.status != 0;
}

static bool
hope_field(struct hope *hope, char *word)
{
	char *value = strchr(word, '='), *most;
	const struct field *field;
	size_t i;

	if (value == NULL || strncmp(word, "says=", 5) == 0 ||
	    strncmp(word, "signal=", 7) == 0)
		return hope_word(hope, word);
	*value++ = '\0';
	field = find(row_fields, ROW_FIELDS, word);
	if (field == NULL)
		return false;
	i = (size_t)(field - row_fields);
	most = strstr(value, "..");
	if (most != NULL)
		*most = '\0';
	if (!read_value(field->sort, value, &hope->least[i]))
		return false;
	hope->most[i] = hope->least[i];
	return most == NULL ||
	       read_value(field->sort, most + 2, &hope->most[i]);
}

static bool
read_hope(char *words, const struct states_row *before, struct hope *hope)
{
	const struct field *since = find(row_fields, ROW_FIELDS, "since");
	size_t i, epoch = ROW_FIELDS - 1;
	char *word;

	*hope = (struct hope){ 0 };
	for (i = 0; i < ROW_FIELDS; i++)
		hope->least[i] = hope->most[i] = get(&row_fields[i], before);
	while ((word = next_word(&words)) != NULL)
		if (!hope_field(hope, word))
			return false;
	if (!hope->same)
		hope->least[epoch] = hope->most[epoch] = before->epoch + 1;
	if (hope->least[0] != (int64_t)before->state)
		hope->least[since - row_fields] =
			hope->most[since - row_fields] = noon;
	return true;
}

static int
compare_row(const struct states_row *row, const struct hope *hope)
{
	size_t i;
	int wrong = 0;

	for (i = 0; i < ROW_FIELDS; i++) {
		int64_t value = get(&row_fields[i], row);

		if (value >= hope->least[i] && value <= hope->most[i])
			continue;
		printf("  %s is %lld, not %lld\n", row_fields[i].name,
		       (long long)value, (long long)hope->least[i]);
		wrong = 1;
	}
	return wrong;
}

static int
compare_answer(const struct states_answer *answer, const struct hope *hope)
{
	CHECK(answer->changed == !hope->same);
	CHECK(answer->status == hope->answer.status);
	CHECK(answer->signal == hope->answer.signal);
	CHECK(answer->breaker == hope->answer.breaker);
	CHECK(answer->person == hope->answer.person);
	CHECK(hope->says[0] == '\0' ||
	      (answer->message != NULL &&
	       strstr(answer->message, hope->says) != NULL));
	CHECK(answer->status < 400 || answer->message != NULL);
	return 0;
}

static int
try_case(enum states_state state, char *parts[3],
	 bool seen[STATES_COUNT][STATES_KINDS])
{
	struct states_row row = usual_row(state);
	struct states_answer answer;
	struct states_event event;
	struct hope hope;

	CHECK(read_row(parts[0], &row));
	CHECK(read_event(parts[1], &event));
	CHECK(read_hope(parts[2], &row, &hope));
	seen[state][event.kind] = true;
	states_apply(&rules, &row, &event, &answer);
	CHECK(compare_row(&row, &hope) == 0);
	return compare_answer(&answer, &hope);
}

/* The line for each of its states: parsing cuts it up, so each has a copy. */
static int
try_line(const char *line, bool seen[STATES_COUNT][STATES_KINDS])
{
	char names[LINE], copy[LINE], *name, *end, *parts[3];

	snprintf(names, sizeof(names), "%s", line);
	names[strcspn(names, " ")] = '\0';
	for (name = names; name != NULL; name = end) {
		int state;

		end = strchr(name, ',');
		if (end != NULL)
			*end++ = '\0';
		state = states_by_name(name);
		CHECK(state >= 0);
		snprintf(copy, sizeof(copy), "%s", line);
		parts[0] = copy + strcspn(copy, " ");
		parts[1] = strstr(copy, " | ");
		CHECK(parts[1] != NULL);
		parts[2] = strstr(parts[1] + 3, " | ");
		CHECK(parts[2] != NULL);
		*parts[1] = *parts[2] = '\0';
		parts[1] += 3;
		parts[2] += 3;
		if (try_case((enum states_state)state, parts, seen) != 0)
			return 1;
	}
	return 0;
}

static int
every_cell_does_as_written(void)
{
	bool seen[STATES_COUNT][STATES_KINDS] = { 0 };
	FILE *file = fopen(cells, "re");
	char line[LINE];
	int number = 0, wrong = 0, state, kind;

	CHECK(file != NULL);
	while (fgets(line, sizeof(line), file) != NULL) {
		number++;
		CHECK(strchr(line, '\n') != NULL);
		line[strcspn(line, "\n")] = '\0';
		if (*line == '\0' || *line == '#')
			continue;
		if (try_line(line, seen) != 0) {
			printf("%s:%d: %s\n", cells, number, line);
			wrong = 1;
		}
	}
	fclose(file);
	for (state = 0; state < STATES_COUNT; state++)
		for (kind = 0; kind < STATES_KINDS; kind++)
			if (!seen[state][kind]) {
				printf("no case for %s in %s\n",
				       states_kind_name(kind),
				       states_name(state));
				wrong = 1;
			}
	return wrong;
}

static uint64_t
draw(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static bool
chance(uint64_t *seed, unsigned in)
{
	return draw(seed) % in == 0;
}

static int64_t
draw_time(uint64_t *seed, int64_t now)
{
	static const int64_t steps[] = {
		-30 * (int64_t)HOUR, -MINUTE,  1,
		20 * MINUTE,	     3 * HOUR, 40 * (int64_t)HOUR
	};

	return chance(seed, 3) ? 0 : now + steps[draw(seed) % 6];
}

static struct states_event
draw_event(uint64_t *seed, const struct states_row *row, int64_t now)
{
	static const int codes[] = {
		0,  0,	121, 64, 65, 69, 70,  71,  73,	74,
		75, 75, 75,  76, 77, 78, 126, 127, 137, 1
	};
	static const enum states_reason gates[] = { STATES_SLOT, STATES_SPACE,
						    STATES_DEPENDENCY,
						    STATES_BREAKER };
	struct states_event event = {
		.kind = (enum states_kind)(draw(seed) % STATES_KINDS),
		.now = now,
		.seed = draw(seed),
		.force = chance(seed, 3),
		.replace = chance(seed, 3),
		.latched = chance(seed, 5),
		.held_back = chance(seed, 3),
		.rebooted = chance(seed, 3),
		.stored = chance(seed, 3),
		.timed_out = chance(seed, 6),
		.code = codes[draw(seed) % 20],
		.reason = gates[draw(seed) % 4],
		.until = draw_time(seed, now),
		.not_before = draw_time(seed, now),
		.run = row->run,
	};

	if (chance(seed, 2) && event.code == 75)
		event.class = OUTCOME_API_RATE_LIMIT;
	else
		event.class = outcome_of_code(event.code);
	/* What happens most often, more often. */
	if (chance(seed, 3))
		event.kind = STATES_TIME;
	else if (row->state == STATES_RUNNING && chance(seed, 4))
		event.kind = STATES_ENDED;
	else if (row->state == STATES_PENDING && chance(seed, 2))
		event.kind = STATES_OPEN;
	if (event.kind == STATES_OPEN || chance(seed, 20))
		event.run++;
	return event;
}

static bool
rows_differ(const struct states_row *a, const struct states_row *b)
{
	size_t i;

	for (i = 0; i + 1 < ROW_FIELDS; i++)
		if (get(&row_fields[i], a) != get(&row_fields[i], b))
			return true;
	return false;
}

/* One step of a history. */
struct step {
	struct states_row before, after;
	struct states_event event;
	struct states_answer answer;
	bool halted; /* a stop or pause was acknowledged, nothing since */
};

static int
changes_are_counted(const struct step *step)
{
	/* Every change has one event; a change that is none is rare: a gate
	 * that opens at the same moment again. */
	if (rows_differ(&step->before, &step->after))
		CHECK(step->answer.changed);
	CHECK(step->after.epoch ==
	      step->before.epoch + (step->answer.changed ? 1 : 0));
	return 0;
}

static int
running_has_one_way_in_and_three_out(const struct step *step)
{
	const struct states_event *event = &step->event;

	if (step->before.state != STATES_RUNNING &&
	    step->after.state == STATES_RUNNING) {
		CHECK(step->before.state == STATES_PENDING);
		CHECK(event->kind == STATES_OPEN && !event->latched);
		CHECK(event->now >= step->before.not_before);
		CHECK(step->after.run > step->before.run);
		CHECK(!step->halted);
	}
	if (step->before.state == STATES_RUNNING &&
	    step->after.state != STATES_RUNNING) {
		CHECK(event->kind == STATES_ENDED ||
		      event->kind == STATES_NEVER_STARTED ||
		      event->kind == STATES_VANISHED);
		CHECK(event->run == step->before.run);
		CHECK(step->after.want == STATES_RUN);
	}
	return 0;
}

static bool
needs_nobody(const struct states_row *row)
{
	return row->disabled || row->state == STATES_PAUSED ||
	       row->state == STATES_RUNNING ||
	       row->reason == STATES_MANUAL_FIX ||
	       (row->epoch == 0 && row->next_due == 0);
}

static int
somebody_looks_again(const struct step *step)
{
	const struct states_row *row = &step->after;
	struct states_row looked = *row;
	struct states_answer answer;
	struct states_event look = { .kind = STATES_TIME,
				     .now = step->event.now };
	int64_t at;

	if (!needs_nobody(row))
		CHECK(states_look(row) != 0);
	if (row->state == STATES_PENDING && row->not_before > look.now)
		CHECK(row->look_at == row->not_before);
	/* After a look or two nobody is to look again at once, and nobody
	 * waits for more than a day. */
	states_apply(&rules, &looked, &look, &answer);
	states_apply(&rules, &looked, &look, &answer);
	at = states_look(&looked);
	if (needs_nobody(&looked))
		return 0;
	CHECK(at > look.now && at <= look.now + 24 * (int64_t)HOUR);
	return 0;
}

static bool
waits_for_person(const struct states_row *row)
{
	return row->reason == STATES_STUCK ||
	       (row->state == STATES_ERROR && row->reason == STATES_MANUAL_FIX);
}

static int
a_person_is_told_once(const struct step *step)
{
	bool was = waits_for_person(&step->before) ||
		   (step->before.state == STATES_PAUSED &&
		    step->before.held.reason == STATES_MANUAL_FIX);

	CHECK(step->answer.person ==
	      (waits_for_person(&step->after) &&
	       (!was || step->before.state == STATES_RUNNING) &&
	       step->answer.changed &&
	       step->before.reason != step->after.reason));
	return 0;
}

/* A want only rises, but for the resume of a pause, while the run lives. */
static int
wants_rise(const struct step *step)
{
	if (step->before.state == STATES_RUNNING &&
	    step->after.state == STATES_RUNNING)
		CHECK(step->after.want >= step->before.want);
	if (step->after.state != STATES_RUNNING)
		CHECK(step->after.want == STATES_RUN);
	if (step->after.state == STATES_PAUSED)
		CHECK(step->after.reason == STATES_HOLD ||
		      step->after.reason == STATES_EMERGENCY);
	return 0;
}

/* I11: what acknowledges a halt, and what lifts it. */
static bool
is_halted(const struct step *step)
{
	const struct states_event *event = &step->event;
	bool asks = event->kind == STATES_STOP_IT ||
		    event->kind == STATES_PAUSE_IT ||
		    event->kind == STATES_EMERGENCY_STOP;
	bool ok = step->answer.status == 200 || step->answer.status == 202;

	/* The emergency stop leaves what does not run to the latch. */
	if (event->kind == STATES_EMERGENCY_STOP &&
	    step->before.state != STATES_RUNNING)
		return step->halted;
	if (asks && ok)
		return true;
	if (event->kind == STATES_START || event->kind == STATES_RESUME ||
	    event->kind == STATES_ITEMS_DUE || event->kind == STATES_SEEN)
		return step->halted && !step->answer.changed;
	/* A stop ends this run; the next due point brings a new one. */
	if (event->kind == STATES_TIME && step->after.reason == STATES_DUE &&
	    step->after.state == STATES_PENDING &&
	    step->before.state != STATES_PENDING)
		return false;
	/* So does one that was missed under the latch, once it is cleared. */
	if (event->kind == STATES_ALL_CLEAR &&
	    (step->before.held.state == STATES_RUNNING ||
	     step->before.missed > 0 || step->before.next_due <= event->now))
		return false;
	return step->halted;
}

static int
live(uint64_t *seed, int steps)
{
	static const int64_t passes[] = { 0,
					  1000,
					  20 * MINUTE,
					  5 * HOUR,
					  30 * (int64_t)HOUR,
					  -3 * (int64_t)HOUR };
	struct step step = { 0 };
	int64_t now = noon, passed = 0;
	struct states_event first = { .kind = STATES_SEEN, .now = now };

	states_apply(&rules, &step.after, &first, &step.answer);
	while (steps-- > 0) {
		step.before = step.after;
		step.event = draw_event(seed, &step.before, now);
		if (passed < 0) /* who sets the clock has all rows looked at */
			step.event.kind = STATES_TIME;
		states_apply(&rules, &step.after, &step.event, &step.answer);
		if (changes_are_counted(&step) ||
		    running_has_one_way_in_and_three_out(&step) ||
		    somebody_looks_again(&step) ||
		    a_person_is_told_once(&step) || wants_rise(&step)) {
			printf("%s in %s\n", states_kind_name(step.event.kind),
			       states_name(step.before.state));
			return 1;
		}
		step.halted = is_halted(&step);
		passed = passes[draw(seed) % 6];
		now += passed;
	}
	return 0;
}

static int
invariants_hold_in_any_history(void)
{
	uint64_t seed = 20261124;
	int i;

	for (i = 0; i < 4000; i++) {
		uint64_t own = seed + (uint64_t)i * 7919;

		if (live(&own, 120) != 0) {
			printf("in history %d\n", i);
			return 1;
		}
	}
	return 0;
}

/* The three retries of one incident, then one probe after 1 to 4 h, whatever
 * the seed. */
static int
delays_stay_in_their_bounds(void)
{
	static const int64_t least[] = { 5, 10, 20, 60 };
	static const int64_t most[] = { 8, 15, 30, 240 };
	uint64_t seed;
	int k;

	for (seed = 0; seed < 3000; seed++)
		for (k = 0; k < 4; k++) {
			struct states_row row = usual_row(STATES_RUNNING);
			struct states_event event = {
				.kind = STATES_ENDED,
				.now = noon,
				.seed = seed,
				.run = 7,
				.code = 75,
				.class = OUTCOME_NETWORK_TIMEOUT
			};
			struct states_answer answer;
			int64_t wait;

			row.retry_count = k;
			states_apply(&rules, &row, &event, &answer);
			wait = row.not_before - noon;
			CHECK(wait >= least[k] * MINUTE);
			CHECK(wait <= most[k] * MINUTE);
		}
	return 0;
}

static int
names_go_both_ways(void)
{
	int i;

	for (i = 0; i < STATES_COUNT; i++)
		CHECK(states_by_name(states_name(i)) == i);
	for (i = 0; i < STATES_REASONS; i++)
		CHECK(states_reason_by_name(states_reason_name(i)) == i);
	for (i = 0; i < STATES_WANTS; i++)
		CHECK(states_want_by_name(states_want_name(i)) == i);
	for (i = 0; i < STATES_RESULTS; i++)
		CHECK(states_result_by_name(states_result_name(i)) == i);
	for (i = 0; i < STATES_TIERS; i++)
		CHECK(states_tier_by_name(states_tier_name(i)) == i);
	for (i = 0; i < STATES_KINDS; i++)
		CHECK(states_kind_by_name(states_kind_name(i)) == i);
	CHECK(states_by_name("DONE") == -1);
	CHECK(states_reason_by_name("whim") == -1);
	CHECK(strcmp(states_name(STATES_NOT_STARTED), "NOT_STARTED") == 0);
	CHECK(strcmp(states_want_name(STATES_KILL_ALL), "emergency") == 0);
	return 0;
}

struct telling {
	struct states_change change;
	const char *type;
};

static int
events_tell_what_changed(void)
{
	static const struct telling tellings[] = {
		{ { .from = STATES_NOT_STARTED, .to = STATES_PENDING },
		  "job_queued" },
		{ { .from = STATES_RUNNING, .to = STATES_PENDING },
		  "job_interrupted" },
		{ { .from = STATES_PENDING, .to = STATES_RUNNING },
		  "job_started" },
		{ { .from = STATES_RUNNING, .to = STATES_FINISHED },
		  "job_completed" },
		{ { .from = STATES_RUNNING, .to = STATES_ERROR }, "job_error" },
		{ { .from = STATES_PENDING, .to = STATES_ERROR }, "job_error" },
		{ { .from = STATES_RUNNING, .to = STATES_PAUSED },
		  "job_paused" },
		{ { .from = STATES_PAUSED, .to = STATES_PENDING },
		  "job_resumed" },
		{ { .from = STATES_PAUSED, .to = STATES_ERROR },
		  "job_resumed" },
		{ { .from = STATES_ERROR, .to = STATES_NOT_STARTED },
		  "job_stopped" },
		{ { .from = STATES_RUNNING,
		    .to = STATES_RUNNING,
		    .want = STATES_PAUSE },
		  "job_pausing" },
		{ { .from = STATES_RUNNING,
		    .to = STATES_RUNNING,
		    .want = STATES_STOP },
		  "job_stopping" },
		{ { .from = STATES_RUNNING,
		    .to = STATES_RUNNING,
		    .from_want = STATES_PAUSE,
		    .want = STATES_REPLACE },
		  "job_stopping" },
		{ { .from = STATES_RUNNING,
		    .to = STATES_RUNNING,
		    .reason = STATES_STUCK },
		  "job_error" },
		{ { .from = STATES_RUNNING, .to = STATES_RUNNING },
		  "job_updated" },
	};
	size_t i;

	for (i = 0; i < sizeof(tellings) / sizeof(tellings[0]); i++)
		CHECK(strcmp(states_event_type(&tellings[i].change),
			     tellings[i].type) == 0);
	return 0;
}

int
main(void)
{
	return every_cell_does_as_written() ||
	       invariants_hold_in_any_history() ||
	       delays_stay_in_their_bounds() || names_go_both_ways() ||
	       events_tell_what_changed();
}
