#include "measure/trends.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "measure/amount.h"
#include "measure/bars.h"
#include "measure/columns.h"
#include "measure/title.h"

/* A table of several metrics, and how its periods are shown. */
struct trends {
	const struct tableau *table;
	const struct lanes *lanes; /* of the first entry: the periods of all */
	bool grouped, parts;	   /* rows of groups; of parts, too */
	bool own;		   /* each row has periods of its own */
	size_t width;		   /* columns */
};

static bool
is_own(const struct lanes *lanes)
{
	size_t i;

	for (i = 0; i < lanes->count; i++)
		if (lanes->items[i].first != 0 ||
		    lanes->items[i].last + 1 != lanes->period_count)
			return true;
	return false;
}

/* Then month and day are enough to tell the periods apart. */
static bool
is_within_a_year(const struct lanes *lanes)
{
	const char *first = lanes->periods[0];
	const char *last = lanes->periods[lanes->period_count - 1];
	long years = strtol(last, NULL, 10) - strtol(first, NULL, 10);

	return strlen(first) == 10 && strlen(last) == 10 &&
	       (years == 0 || (years == 1 && strcmp(first + 5, last + 5) > 0));
}

/* A month is 2026-11, a day 11-02 or 2026-11-02. */
static void
name_period(const struct trends *t, const char *period, char out[16])
{
	if (t->table->entries->every == FRAME_MONTH)
		snprintf(out, 16, "%.7s", period);
	else
		snprintf(out, 16, "%s",
			 is_within_a_year(t->lanes) ? period + 5 : period);
}

static char *
bars_of(const struct trends *t, const struct lane *lane)
{
	size_t count = lane->last - lane->first + 1, i;
	double *values = msg_calloc(count, sizeof(*values));
	char *text;

	for (i = 0; i < count; i++) {
		const struct figure *f = lane->figures[lane->first + i];

		values[i] = f != NULL && f->known ? f->value : NAN;
	}
	text = bars_text(values, count, t->table->blocks);
	free(values);
	return text;
}

static void
show_bars(const struct trends *t, struct listing *list, const struct lane *lane)
{
	char *text = bars_of(t, lane);

	listing_string(list, text);
	free(text);
}

/* The group, or the metric, with the unit that a short amount does not say. */
static void
show_head(const struct trends *t, const struct tableau_entry *e,
	  struct listing *list, const struct lane *lane)
{
	char unit[AMOUNT_SIZE], *title, *text;

	if (t->grouped) {
		listing_string(list, lane->group);
		return;
	}
	title = title_of(e->metric, t->table->bands);
	amount_unit(lane->figures[lane->last]->unit, unit);
	text = *unit == '\0' ? msg_strdup(title)
			     : msg_text("%s, %s", title, unit);
	listing_string(list, text);
	free(text);
	free(title);
}

/* Parts without a whole have a row above them all the same. */
static void
show_name(const struct trends *t, const struct tableau_entry *e,
	  struct listing *list, const struct lane *lane)
{
	bool first = lane == e->lanes->items ||
		     strcmp(lane->group, lane[-1].group) != 0;
	size_t i;

	if (first || lane->part == NULL)
		show_head(t, e, list, lane);
	for (i = 1; first && lane->part != NULL && i < t->width; i++)
		listing_string(list, "");
	if (lane->part != NULL)
		tableau_part(list, e->metric, lane->part);
}

/* All periods as columns, then the bars and the band of the latest. */
static void
add_all_columns(const struct trends *t, struct columns *c)
{
	char name[16];
	size_t i;

	for (i = 0; i < t->lanes->period_count; i++) {
		name_period(t, t->lanes->periods[i], name);
		columns_add(c, name);
	}
	columns_add(c, "trend");
	columns_add(c, "band");
}

static void
show_all(const struct trends *t, const struct tableau_entry *e,
	 struct listing *list, const struct lane *lane)
{
	size_t i;

	for (i = 0; i < e->lanes->period_count; i++)
		tableau_amount(list, lane->figures[i], true);
	show_bars(t, list, lane);
	listing_string(list, tableau_band(t->table, e->metric,
					  lane->figures[lane->last]));
}

/* The bars, the first and the latest period, and what that counts. */
static void
add_end_columns(const struct trends *t, struct columns *c)
{
	const struct lanes *lanes = t->lanes;
	char first[16], last[16];

	name_period(t, lanes->periods[0], first);
	name_period(t, lanes->periods[lanes->period_count - 1], last);
	if (t->own)
		columns_add(c, "from");
	columns_add(c, t->own ? "first" : first);
	columns_add(c, "trend");
	if (t->own)
		columns_add(c, "to");
	columns_add(c, t->own ? "latest" : last);
	columns_add(c, "n");
	columns_add(c, "band");
}

static void
show_ends(const struct trends *t, const struct tableau_entry *e,
	  struct listing *list, const struct lane *lane)
{
	const struct figure *first = lane->figures[lane->first];
	const struct figure *last = lane->figures[lane->last];

	if (t->own)
		listing_string(list, first->period);
	tableau_amount(list, first, true);
	show_bars(t, list, lane);
	if (t->own)
		listing_string(list, last->period);
	tableau_amount(list, last, true);
	listing_int(list, last->n);
	listing_string(list, tableau_band(t->table, e->metric, last));
}

static void
show_lanes(const struct trends *t, const struct tableau_entry *e,
	   struct listing *list, bool all)
{
	size_t i;

	for (i = 0; i < e->lanes->count; i++) {
		const struct lane *lane = &e->lanes->items[i];

		if (lane->part != NULL && !t->parts)
			continue;
		show_name(t, e, list, lane);
		if (all)
			show_all(t, e, list, lane);
		else
			show_ends(t, e, list, lane);
	}
}

static char *
print(struct trends *t, bool all)
{
	const struct tableau_entry *e = t->table->entries;
	struct columns c = { 0 };
	struct listing *list;
	char *text = NULL;
	size_t len, i;
	FILE *out = open_memstream(&text, &len);

	if (out == NULL)
		msg_die(EX_OSERR, "cannot print a table: out of memory");
	columns_add(&c, t->grouped ? frame_by_names[e->by] : "metric");
	if (all)
		add_all_columns(t, &c);
	else
		add_end_columns(t, &c);
	t->width = c.count;
	list = columns_open(&c, out);
	for (i = 1; i < c.count; i++)
		if (strcmp(c.names[i], "trend") != 0 &&
		    strcmp(c.names[i], "band") != 0)
			listing_right(list, i);
	for (i = 0; i < t->table->count; i++)
		show_lanes(t, &e[i], list, all);
	columns_close(&c, list);
	if (fclose(out) != 0)
		msg_die(EX_OSERR, "cannot print a table: out of memory");
	return text;
}

static bool
has_whole(const struct lanes *lanes)
{
	size_t i;

	for (i = 0; i < lanes->count; i++)
		if (lanes->items[i].part == NULL)
			return true;
	return false;
}

void
trends_print(const struct tableau *table, FILE *out)
{
	const struct lanes *lanes = table->entries->lanes;
	struct trends t = {
		table, lanes,	      tableau_is_grouped(table->entries),
		true,  is_own(lanes), 0
	};
	char *text = NULL;

	if (t.grouped) {
		tableau_heading(table, out);
		t.parts = !has_whole(lanes) || lanes->groups == 1;
	}
	if (!t.own && lanes->period_count <= TABLEAU_WIDTH / 3)
		text = print(&t, true);
	if (text == NULL || tableau_width(text) > TABLEAU_WIDTH) {
		free(text);
		text = print(&t, false);
	}
	fputs(text, out);
	free(text);
}
