#include "measure/story.h"

#include <stdlib.h>
#include <string.h>

#include "measure/cells.h"
#include "measure/history.h"
#include "measure/words.h"

enum argument {
	FIELDS,
	BOARD,
	FIELD,
	AT,
	EDIT,
	PLACE,
	FROM_ID,
	FROM_TEXT,
	FROM_DONE,
	TO_ID,
	TO_TEXT,
	TO_DONE,
	SPRINT,
	NAME,
	STARTED_AT,
	LEFT_AT,
	ENDED_AT,
	ESTIMATION,
	STATUS_ID,
	STATUS,
	STATUS_DONE,
	POINTS,
	ARGUMENTS
};

enum { HEAD = 10, EDIT_CELLS = 8, OFF_BOARD = -1 };

struct story {
	struct history history;
	bool begun;
};

/* NULL is the empty word. */
static struct word
word_of(const struct store_call *call, int i)
{
	struct word word;

	word.text = store_call_text(call, i, &word.len);
	return word.text != NULL ? word : (struct word){ "", 0 };
}

static bool
is_null(const struct store_call *call, int i)
{
	return store_call_sort(call, i) == 'n';
}

static struct span
keep(struct history *history, const struct store_call *call, int i)
{
	if (is_null(call, i))
		return (struct span){ 0, -1 };
	return history_keep(history, word_of(call, i));
}

static int
is_done_on_board(struct word board, struct word status)
{
	while (board.len > 0) {
		struct word done = words_cut(&board, '\n');

		if (words_are_same(words_cut(&done, '\t'), status))
			return done.len == 1 && done.text[0] == '1';
	}
	return OFF_BOARD;
}

/* A status from its id on: then come its name and whether it is done. */
static struct value
read_status(struct history *history, const struct store_call *call, int id)
{
	struct value value = { .text = keep(history, call, id + 1) };

	if (is_null(call, BOARD)) {
		value.known = !is_null(call, id) || value.text.len >= 0;
		value.number = store_call_int(call, id + 2) != 0;
	} else {
		value.known = !is_null(call, id);
		value.number = is_done_on_board(word_of(call, BOARD),
						word_of(call, id));
	}
	return value;
}

static bool
is_in(const struct store_call *call, int id)
{
	struct word ids = word_of(call, id);

	if (ids.len > 0)
		return words_have_id(ids, word_of(call, SPRINT));
	return words_have_name(word_of(call, id + 1), word_of(call, NAME));
}

/* What a change found or made, from its id on. */
static struct value
read_value(struct history *history, const struct store_call *call,
	   enum track track, int id)
{
	struct value value = { .known = true, .text = { 0, -1 } };

	if (track == STATUSES)
		return read_status(history, call, id);
	value.number = track == SPRINTS ? is_in(call, id)
					: store_call_real(call, id + 1);
	return value;
}

static void
begin(struct history *history, const struct store_call *call)
{
	struct value points = { .number = store_call_real(call, POINTS) };

	history->started_at = store_call_int(call, STARTED_AT);
	history->left_at = store_call_int(call, LEFT_AT);
	history->ended_at = store_call_int(call, ENDED_AT);
	history->now.of[STATUSES] = read_status(history, call, STATUS_ID);
	history->now.of[OWN_POINTS] = history->now.of[OTHER_POINTS] = points;
}

static enum track
track_of(const struct store_call *call)
{
	struct word fields = word_of(call, FIELDS);
	struct word field = word_of(call, FIELD);

	while (fields.len > 0) {
		struct word id = words_cut(&fields, '\n');
		struct word kind = words_cut(&id, '\t');

		if (!words_are_same(words_cut(&id, '\t'), field))
			continue;
		if (words_are_same(kind, (struct word){ "sprint", 6 }))
			return SPRINTS;
		if (words_are_same(kind, (struct word){ "status", 6 }))
			return STATUSES;
		return words_are_same(id, word_of(call, ESTIMATION))
			       ? OWN_POINTS
			       : OTHER_POINTS;
	}
	return NO_TRACK;
}

static void
step(struct store_call *call, void *state)
{
	struct story *story = state;
	struct history *history = &story->history;
	struct change *change;
	enum track track;

	if (!story->begun)
		begin(history, call);
	story->begun = true;
	if (is_null(call, AT) || (track = track_of(call)) == NO_TRACK)
		return;
	change = history_add(history, track);
	change->at = store_call_int(call, AT);
	change->edit = store_call_int(call, EDIT);
	change->place = store_call_int(call, PLACE);
	change->was = read_value(history, call, track, FROM_ID);
	change->becomes = read_value(history, call, track, TO_ID);
}

static void
write_in(struct cells *cells, const struct history *history,
	 const struct state *state)
{
	if (history->of[SPRINTS] == 0)
		cells_null(cells);
	else
		cells_int(cells, state->of[SPRINTS].number > 0);
}

static int64_t
done(const struct state *state)
{
	return (int64_t)state->of[STATUSES].number;
}

static void
write_edit(struct cells *cells, const struct history *history,
	   const struct change *edit, const struct state states[2])
{
	cells_int(cells, edit->at);
	cells_int(cells, edit->edit);
	write_in(cells, history, &states[0]);
	write_in(cells, history, &states[1]);
	cells_real(cells, history_points(history, &states[0]));
	cells_real(cells, history_points(history, &states[1]));
	cells_int(cells, done(&states[0]));
	cells_int(cells, done(&states[1]));
}

/* Of an issue that is not in the sprint nothing matters. */
static bool
is_other(const struct history *history, const struct state states[2])
{
	bool was_in = states[0].of[SPRINTS].number > 0;
	bool is_in = states[1].of[SPRINTS].number > 0;
	double was = history_points(history, &states[0]),
	       is = history_points(history, &states[1]);

	if (history->of[SPRINTS] > 0 && !was_in && !is_in)
		return false;
	return was_in != is_in || was < is || was > is ||
	       done(&states[0]) != done(&states[1]);
}

/* Those after the start, up to the end. */
static void
write_edits(struct cells *cells, const struct history *history,
	    struct state state)
{
	struct state states[2] = { state, state };
	size_t at = 0, next;

	while (at < history->count &&
	       history->items[at].at <= history->started_at)
		at++;
	for (;
	     at < history->count && history->items[at].at <= history->ended_at;
	     at = next) {
		states[0] = states[1];
		next = history_apply(history, at, &states[1]);
		if (is_other(history, states))
			write_edit(cells, history, &history->items[at], states);
	}
}

static void
write_story(struct cells *cells, const struct history *history)
{
	struct state start = history_at(history, history->started_at);
	struct state left = history_at(history, history->left_at);
	struct state end = history_at(history, history->ended_at);

	cells_int(cells, 0);
	write_in(cells, history, &start);
	write_in(cells, history, &left);
	cells_int(cells, history_was_in(history));
	cells_real(cells, history_points(history, &start));
	cells_real(cells, history_points(history, &end));
	cells_int(cells, done(&start));
	cells_int(cells, done(&end));
	cells_text(cells, start.of[STATUSES].text);
	cells_text(cells, end.of[STATUSES].text);
	write_edits(cells, history, start);
	cells->items[0].is.number = (int64_t)(cells->count - HEAD) / EDIT_CELLS;
}

static void
finish(struct store_call *call, void *state)
{
	struct story *story = state;
	struct cells cells = { 0 };

	if (story == NULL)
		return;
	history_sort(&story->history);
	write_story(&cells, &story->history);
	cells_answer(&cells, call, story->history.text, story->history.len);
	cells_free(&cells);
	history_free(&story->history);
}

static void
told(struct store_call *call)
{
	cells_show(call, 0, store_call_int(call, 1));
}

static void
told_of_edit(struct store_call *call)
{
	int64_t part = store_call_int(call, 1), edit = store_call_int(call, 2);

	if (part >= 0 && part < EDIT_CELLS && edit >= 0 &&
	    edit < cells_number(call, 0, 0))
		cells_show(call, 0, HEAD + edit * EDIT_CELLS + part);
}

int
story_add(struct store *store)
{
	static const struct store_aggregate how = { sizeof(struct story), step,
						    finish };

	if (store_add_aggregate(store, "story", ARGUMENTS, &how) != 0 ||
	    store_add_scalar(store, "told", 2, told, NULL) != 0)
		return -1;
	return store_add_scalar(store, "told", 3, told_of_edit, NULL);
}
