#include "measure/replay.h"

#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/msg.h"

enum { AT, EDIT, PLACE, VALUES };

struct change {
	int64_t at, edit, place;
	double value[REPLAY_VALUES];
	bool given[REPLAY_VALUES];
};

struct replay {
	size_t values;
	double state[REPLAY_VALUES];
	struct change *items;
	size_t count, room;
};

static void
start(const struct store_call *call, struct replay *replay)
{
	size_t i;

	replay->values = (size_t)(store_call_count(call) - VALUES) / 2;
	for (i = 0; i < replay->values; i++)
		replay->state[i] = store_call_real(call, VALUES + 2 * (int)i);
}

static struct change *
add(struct replay *replay)
{
	if (replay->count == replay->room) {
		replay->room = replay->room * 2 + 8;
		replay->items = msg_realloc(
			replay->items, replay->room * sizeof(*replay->items));
	}
	return &replay->items[replay->count++];
}

static void
step(struct store_call *call, void *state)
{
	int count = store_call_count(call);
	struct replay *replay = state;
	struct change *change;
	size_t i;

	if (count < VALUES + 2 || count > VALUES + 2 * REPLAY_VALUES) {
		store_answer_error(call, "replay takes one to four values");
		return;
	}
	if (replay->count == 0)
		start(call, replay);
	change = add(replay);
	change->at = store_call_int(call, AT);
	change->edit = store_call_int(call, EDIT);
	change->place = store_call_int(call, PLACE);
	for (i = 0; i < replay->values; i++) {
		int place = VALUES + 2 * (int)i + 1;

		change->given[i] = store_call_sort(call, place) != 'n';
		change->value[i] = store_call_real(call, place);
	}
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

static void
write_edit(struct jsonw *out, const struct replay *replay,
	   const struct change *change, const double *was)
{
	size_t i;

	jsonw_open(out, '[');
	jsonw_int(out, change->at);
	jsonw_int(out, change->edit);
	for (i = 0; i < replay->values; i++) {
		jsonw_real(out, was[i]);
		jsonw_real(out, replay->state[i]);
	}
	jsonw_close(out, ']');
}

/* Applies the edit that begins at `from`; returns where the next one does. */
static size_t
apply(struct replay *replay, size_t from, struct jsonw *out)
{
	double was[REPLAY_VALUES];
	bool moved = false;
	size_t at, i;

	memcpy(was, replay->state, sizeof(was));
	for (at = from; at < replay->count &&
			by_edit(&replay->items[at], &replay->items[from]) == 0;
	     at++)
		for (i = 0; i < replay->values; i++)
			if (replay->items[at].given[i])
				replay->state[i] = replay->items[at].value[i];
	for (i = 0; i < replay->values; i++)
		moved |= was[i] < replay->state[i] || was[i] > replay->state[i];
	if (moved)
		write_edit(out, replay, &replay->items[from], was);
	return at;
}

static void
finish(struct store_call *call, void *state)
{
	struct replay *replay = state;
	struct jsonw out = { 0 };
	size_t at = 0;

	if (replay == NULL)
		return;
	if (replay->count > 0) {
		qsort(replay->items, replay->count, sizeof(*replay->items),
		      by_order);
		jsonw_open(&out, '[');
		while (at < replay->count)
			at = apply(replay, at, &out);
		jsonw_close(&out, ']');
		store_answer_text(call, out.text, out.len);
	}
	jsonw_free(&out);
	free(replay->items);
}

int
replay_add(struct store *store)
{
	static const struct store_aggregate how = { sizeof(struct replay), step,
						    finish };

	return store_add_aggregate(store, "replay", -1, &how);
}
