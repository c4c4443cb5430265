#include "picture/chart.h"

#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/msg.h"
#include "measure/amount.h"
#include "picture/words.h"

/* Small multiples: so many groups below each other. */
enum { PANEL_TITLE = 24, TITLE = 22, VALUES = 4 };

/* The panels of a picture: one for all groups, or one for each. */
struct panels {
	struct sheet sheets[WORDS_PANELS];
	size_t count, left_out;
	double height;
};

bool
chart_needs_points(const struct chart *chart)
{
	struct words words;
	char *why = words_read(words_of(chart), &words);

	free(why);
	return why == NULL && words.kind->source != WORDS_FIGURES;
}

static bool
has_figures(const struct figures *figures, const char *group)
{
	size_t i;

	for (i = 0; i < figures->count; i++)
		if (figures->items[i].known &&
		    (group == NULL ||
		     strcmp(figures->items[i].group, group) == 0))
			return true;
	return false;
}

bool
chart_has_data(const struct chart *chart)
{
	if (chart_needs_points(chart))
		return chart->point_count + chart->cell_count > 0;
	return has_figures(chart->figures, NULL);
}

static void
lay_out(struct panels *p, const struct chart *chart, const struct words *words,
	const struct svg *svg)
{
	struct words_panels panels = words_panels(chart, words);
	size_t i;

	p->count = panels.count;
	p->left_out = panels.left_out;
	p->height = chart->alone ? TITLE : 0;
	for (i = 0; i < p->count; i++) {
		struct sheet *s = &p->sheets[i];

		s->svg = svg;
		s->chart = chart;
		s->ask = words_ask(chart, words, panels.groups[i]);
		s->words = words->items;
		s->height = SHEET_HEIGHT;
		if (words->kind->height != NULL && chart_has_data(chart))
			s->height = words->kind->height(s);
		p->height += s->height + (p->count > 1 ? PANEL_TITLE : 0);
	}
}

static void
describe_window(FILE *out, const struct chart *chart)
{
	const struct frame *f = chart->frame;
	char since[CALENDAR_SIZE], until[CALENDAR_SIZE];

	calendar_text(calendar_day(f->since, f->zone), since);
	calendar_text(calendar_day(f->until - 1, f->zone), until);
	fprintf(out, ", %s to %s, %s.", since, until, f->zone);
}

/* The newest values, as far as few enough to listen to. */
static void
describe_values(FILE *out, const struct chart *chart)
{
	const struct figures *f = chart->figures;
	char value[AMOUNT_SIZE];
	size_t i, told = 0;

	for (i = f->count; i-- > 0 && told < VALUES;) {
		const struct figure *at = &f->items[i];

		if (!at->known)
			continue;
		amount_long(at, value);
		fprintf(out, "%s%s%s%s%s%s: %s", told++ == 0 ? " " : "; ",
			at->group, at->part != NULL ? " " : "",
			at->part != NULL ? at->part : "",
			at->period != NULL ? " " : "",
			at->period != NULL ? at->period : "", value);
	}
	fputs(told > 0 ? "." : " No data.", out);
}

/* What somebody hears who does not see the picture; allocated. */
static char *
describe(const struct chart *chart, const struct words *words,
	 const struct panels *p)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (out == NULL)
		msg_die(EX_OSERR, "cannot draw: out of memory");
	fprintf(out, "%s of %s", words->kind->what, chart->metric->help);
	describe_window(out, chart);
	if (chart->point_count > 0)
		fprintf(out, " %zu %s.", chart->point_count,
			chart->metric->counts);
	else if (chart->cell_count == 0)
		describe_values(out, chart);
	if (p->left_out > 0)
		fprintf(out, " %zu more are not drawn.", p->left_out);
	if (fclose(out) != 0)
		msg_die(EX_OSERR, "cannot draw: out of memory");
	return text;
}

static size_t
count_parts(const struct chart *chart, const struct words *words)
{
	struct series_ask ask = words_ask(chart, words, NULL);
	struct series *s = series_read(chart->figures, &ask);
	size_t count = s->count;

	series_free(s);
	return count;
}

static void
draw(const struct panels *p, const struct words *words)
{
	const struct svg *svg = p->sheets[0].svg;
	const struct chart *chart = p->sheets[0].chart;
	double y = chart->alone ? TITLE : 0;
	size_t i;

	if (words->kind->hatched)
		svg_hatches(svg, count_parts(chart, words));
	for (i = 0; i < p->count; i++) {
		const struct sheet *s = &p->sheets[i];

		if (p->count > 1)
			svg_text(svg, "t", 4, y + 17, s->ask.group, 50);
		y += p->count > 1 ? PANEL_TITLE : 0;
		svg_move(svg, 0, y);
		if (chart_needs_points(chart)
			    ? chart_has_data(chart)
			    : has_figures(chart->figures, s->ask.group))
			words->kind->draw(s);
		else
			sheet_no_data(s);
		svg_move_end(svg);
		y += s->height;
	}
}

void
chart_write(FILE *out, const struct chart *chart)
{
	struct svg svg = { out, chart->id != NULL ? chart->id
						  : chart->metric->name };
	struct svg_head head = { .width = SHEET_WIDTH, .alone = chart->alone };
	struct panels panels = { .count = 0 };
	struct words words;
	char *why = words_read(words_of(chart), &words), *desc;

	if (why != NULL) {
		free(why);
		words_read("trend", &words);
	}
	lay_out(&panels, chart, &words, &svg);
	desc = describe(chart, &words, &panels);
	head.title = chart->title != NULL ? chart->title : chart->metric->name;
	head.desc = desc;
	head.height = panels.height;
	svg_begin(&svg, &head);
	draw(&panels, &words);
	svg_end(&svg);
	free(desc);
}
