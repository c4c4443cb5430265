#include "measure/lanes.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "measure/labels.h"

/* What there is, and the period that stands in place i of the labels. */
struct index {
	struct labels *groups, *parts, *periods, *lanes;
	size_t *place;
};

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *
text(const char *name)
{
	return name != NULL ? name : "";
}

/* The lane of a figure, by a name that no two of them have. */
static size_t
lane_of(struct index *x, const struct figure *f)
{
	char *name = msg_text("%zu %s", strlen(f->group), f->group), *whole;
	size_t at;

	whole = msg_text("%s %s", name, text(f->part));
	at = labels_add(x->lanes, whole);
	free(whole);
	free(name);
	return at;
}

static void
know(struct index *x, const struct figures *figures)
{
	size_t i;

	for (i = 0; i < figures->count; i++) {
		const struct figure *f = &figures->items[i];

		labels_add(x->groups, f->group);
		labels_add(x->periods, text(f->period));
		if (f->part != NULL)
			labels_add(x->parts, f->part);
		lane_of(x, f);
	}
}

/* Periods are dates, so their text is their order. */
static void
sort_periods(struct lanes *lanes, struct index *x)
{
	size_t count = labels_count(x->periods), i;
	const char **found;

	lanes->period_count = count;
	lanes->periods = msg_calloc(count + 1, sizeof(*lanes->periods));
	for (i = 0; i < count; i++)
		lanes->periods[i] = labels_at(x->periods, i);
	qsort(lanes->periods, count, sizeof(*lanes->periods), by_text);
	x->place = msg_calloc(count, sizeof(*x->place));
	for (i = 0; i < count; i++) {
		const char *name = labels_at(x->periods, i);

		found = bsearch(&name, lanes->periods, count,
				sizeof(*lanes->periods), by_text);
		x->place[i] = (size_t)(found - lanes->periods);
	}
}

static void
put(struct lanes *lanes, struct index *x, const struct figure *f)
{
	struct lane *lane = &lanes->items[lane_of(x, f)];
	size_t at = x->place[labels_add(x->periods, text(f->period))];

	if (lane->figures == NULL) {
		lane->figures = msg_calloc(lanes->period_count + 1,
					   sizeof(*lane->figures));
		lane->group = f->group;
		lane->part = f->part;
		lane->first = lane->last = at;
	}
	lane->figures[at] = f;
	if (at < lane->first)
		lane->first = at;
	if (at > lane->last)
		lane->last = at;
	lanes->cut |= f->period != NULL;
}

/* The labels go, so that periods are those of figures again. */
static void
borrow_periods(struct lanes *lanes)
{
	size_t i, k;

	for (i = 0; i < lanes->period_count; i++) {
		lanes->periods[i] = NULL;
		for (k = 0; k < lanes->count && lanes->periods[i] == NULL; k++)
			if (lanes->items[k].figures[i] != NULL)
				lanes->periods[i] =
					lanes->items[k].figures[i]->period;
	}
}

struct lanes *
lanes_open(const struct figures *figures)
{
	struct lanes *lanes = msg_calloc(1, sizeof(*lanes));
	struct index x = { labels_new(), labels_new(), labels_new(),
			   labels_new(), NULL };
	size_t i;

	know(&x, figures);
	sort_periods(lanes, &x);
	lanes->count = labels_count(x.lanes);
	lanes->groups = labels_count(x.groups);
	lanes->parts = labels_count(x.parts);
	lanes->items = msg_calloc(lanes->count, sizeof(*lanes->items));
	for (i = 0; i < figures->count; i++)
		put(lanes, &x, &figures->items[i]);
	borrow_periods(lanes);
	labels_free(x.groups);
	labels_free(x.parts);
	labels_free(x.periods);
	labels_free(x.lanes);
	free(x.place);
	return lanes;
}

void
lanes_close(struct lanes *lanes)
{
	size_t i;

	if (lanes == NULL)
		return;
	for (i = 0; i < lanes->count; i++)
		free(lanes->items[i].figures);
	free(lanes->items);
	free(lanes->periods);
	free(lanes);
}

bool
lanes_has_data(const struct lanes *lanes, const struct lane *lane)
{
	size_t i;

	for (i = 0; i < lanes->period_count; i++)
		if (lane->figures[i] != NULL && lane->figures[i]->known)
			return true;
	return false;
}
