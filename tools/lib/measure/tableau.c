#include "measure/tableau.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "measure/amount.h"
#include "measure/groups.h"
#include "measure/title.h"
#include "measure/trends.h"

bool
tableau_is_grouped(const struct tableau_entry *entry)
{
	return entry->by != FRAME_ALL || entry->lanes->groups > 1;
}

void
tableau_part(struct listing *list, const struct metric *metric,
	     const char *part)
{
	char *name = metric_say_part(metric, part);
	char *text = msg_text("  %s", name);

	listing_string(list, text);
	free(name);
	free(text);
}

const char *
tableau_band(const struct tableau *t, const struct metric *metric,
	     const struct figure *figure)
{
	if (figure == NULL)
		return "";
	if (figure->band != NULL)
		return figure->band;
	return bands_judges(t->bands, metric->name) && figures_too_few(figure)
		       ? "too few"
		       : "";
}

void
tableau_amount(struct listing *list, const struct figure *figure, bool is_short)
{
	char text[AMOUNT_SIZE] = "";

	if (figure != NULL && is_short)
		amount_short(figure, text);
	else if (figure != NULL)
		amount_long(figure, text);
	listing_string(list, text);
}

/* n, band and note of a figure, or blanks. */
void
tableau_rest(const struct tableau *t, const struct metric *metric,
	     struct listing *list, const struct figure *figure)
{
	if (figure == NULL)
		listing_string(list, "");
	else
		listing_int(list, figure->n);
	listing_string(list, tableau_band(t, metric, figure));
	listing_string(list, figure == NULL || figure->note == NULL
				     ? ""
				     : figure->note);
}

void
tableau_heading(const struct tableau *t, FILE *out)
{
	const struct tableau_entry *e = t->entries;
	char *title = title_of(e->metric, t->bands), unit[AMOUNT_SIZE];
	const char *every = frame_every_names[e->every];

	amount_unit(e->metric->unit, unit);
	fprintf(out, "%s", title);
	if (e->by != FRAME_ALL)
		fprintf(out, " by %s", frame_by_names[e->by]);
	if (every != NULL)
		fprintf(out, "%s %s", e->by != FRAME_ALL ? " and" : " by",
			every);
	fprintf(out, "%s%s\n", *unit != '\0' ? ", " : "", unit);
	free(title);
}

size_t
tableau_width(const char *text)
{
	size_t most = 0, len, width;

	for (; *text != '\0'; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		width = listing_show(NULL, text, len);
		if (width > most)
			most = width;
	}
	return most;
}

/* Metrics without groups and periods. */
static void
print_plain(const struct tableau *t, FILE *out)
{
	static const char *const columns[] = { "metric", "value", "n",
					       "band",	 "note",  NULL };
	struct listing *list = listing_open(out, LISTING_TABLE, columns);
	size_t i, k;
	char *title;

	listing_right(list, 1);
	for (i = 0; i < t->count; i++) {
		const struct tableau_entry *e = &t->entries[i];

		title = title_of(e->metric, t->bands);
		for (k = 0; k < e->lanes->count; k++) {
			const struct lane *lane = &e->lanes->items[k];

			if (lane->part != NULL && k == 0) {
				listing_string(list, title);
				tableau_amount(list, NULL, false);
				tableau_rest(t, e->metric, list, NULL);
			}
			if (lane->part != NULL)
				tableau_part(list, e->metric, lane->part);
			else
				listing_string(list, title);
			tableau_amount(list, lane->figures[0], false);
			tableau_rest(t, e->metric, list, lane->figures[0]);
		}
		free(title);
	}
	listing_close(list);
}

void
tableau_print(const struct tableau *t, FILE *out)
{
	if (t->entries->lanes->cut)
		trends_print(t, out);
	else if (tableau_is_grouped(t->entries))
		groups_print(t, out);
	else
		print_plain(t, out);
}
