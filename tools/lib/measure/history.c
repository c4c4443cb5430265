#include "measure/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

struct change *
history_add(struct history *history, enum track track)
{
	struct change *change;

	if (history->count == history->room) {
		history->room = history->room * 2 + 8;
		history->items =
			msg_realloc(history->items,
				    history->room * sizeof(*history->items));
	}
	change = &history->items[history->count++];
	change->track = track;
	history->of[track]++;
	return change;
}

struct span
history_keep(struct history *history, struct word word)
{
	struct span span = { (uint32_t)history->len, (int32_t)word.len };

	if (history->len + word.len > history->size) {
		history->size = (history->len + word.len) * 2 + 128;
		history->text = msg_realloc(history->text, history->size);
	}
	if (word.len > 0)
		memcpy(history->text + history->len, word.text, word.len);
	history->len += word.len;
	return span;
}

void
history_free(struct history *history)
{
	free(history->items);
	free(history->text);
}

static int
by_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int
by_edit(const struct change *a, const struct change *b)
{
	return a->at != b->at ? by_number(a->at, b->at)
			      : by_number(a->edit, b->edit);
}

static int
by_order(const void *left, const void *right)
{
	const struct change *a = left, *b = right;
	int order = by_edit(a, b);

	return order != 0 ? order : by_number(a->place, b->place);
}

void
history_sort(struct history *history)
{
	if (history->count > 1)
		qsort(history->items, history->count, sizeof(*history->items),
		      by_order);
}

struct state
history_at(const struct history *history, int64_t moment)
{
	const struct value *now = &history->now.of[STATUSES];
	struct state state = history->now;
	struct value *status = &state.of[STATUSES];
	bool told[TRACKS] = { false };
	size_t i;

	for (i = 0; i < history->count; i++) {
		const struct change *c = &history->items[i];

		if (c->at <= moment)
			state.of[c->track] = c->becomes;
		else if (!told[c->track])
			state.of[c->track] = c->was;
		told[c->track] = true;
	}
	if (!status->known)
		status->number = now->number;
	if (status->text.len < 0)
		status->text = now->text;
	return state;
}

bool
history_was_in(const struct history *history)
{
	size_t i;

	for (i = 0; i < history->count; i++)
		if (history->items[i].track == SPRINTS &&
		    history->items[i].at > history->started_at &&
		    history->items[i].at <= history->left_at &&
		    history->items[i].becomes.number > 0)
			return true;
	return false;
}

static enum track
points_of(const struct history *history)
{
	return history->of[OWN_POINTS] > 0 ? OWN_POINTS : OTHER_POINTS;
}

double
history_points(const struct history *history, const struct state *state)
{
	return state->of[points_of(history)].number;
}

static bool
counts(const struct history *history, const struct change *c)
{
	return c->track == STATUSES || c->track == points_of(history) ||
	       (c->track == SPRINTS && c->at <= history->left_at);
}

size_t
history_apply(const struct history *history, size_t from, struct state *state)
{
	const struct change *first = &history->items[from], *c;
	size_t at;

	for (at = from; at < history->count; at++) {
		c = &history->items[at];
		if (by_edit(c, first) != 0)
			break;
		if (counts(history, c))
			state->of[c->track] = c->becomes;
	}
	return at;
}
