/* chart: what each kind draws from figures made by hand, at places worked out
 * on paper.  A picture is 360 wide and 190 high; its plot ends 20 above the
 * lower edge, at 170, and begins below the unit, at 20. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "picture/chart.h"
#include "picture/layout.h"

enum { MOST = 64 };

/* Figures as they are put together by a test. */
struct fixture {
	struct metric metric;
	struct frame frame;
	struct figure items[MOST];
	struct figures figures;
	struct chart chart;
};

static void
begin(struct fixture *f, const char *unit)
{
	memset(f, 0, sizeof(*f));
	f->metric.name = (char *)"some_metric";
	f->metric.file = (char *)"some_metric.sql";
	f->metric.help = "what it tells";
	f->metric.unit = unit;
	f->metric.counts = "things";
	f->frame.zone = "UTC";
	f->frame.until = 86400;
	f->figures.items = f->items;
	f->chart = (struct chart){ .metric = &f->metric,
				   .frame = &f->frame,
				   .figures = &f->figures };
}

static void
add(struct fixture *f, const char *where, double value)
{
	char *text = strdup(where), *part = strchr(text, '|');
	char *period;

	*part++ = '\0';
	period = strchr(part, '|');
	*period++ = '\0';
	f->items[f->figures.count++] =
		(struct figure){ .group = text,
				 .part = *part != '\0' ? part : NULL,
				 .period = *period != '\0' ? period : NULL,
				 .known = !isnan(value),
				 .value = value,
				 .unit = f->metric.unit,
				 .n = 1 };
}

/* The picture, freed by drop. */
static char *
draw(struct fixture *f, const char *words)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	f->chart.words = words;
	chart_write(out, &f->chart);
	fclose(out);
	return text;
}

static void
drop(struct fixture *f, char *text)
{
	size_t i;

	for (i = 0; i < f->figures.count; i++)
		free((char *)f->items[i].group);
	free(text);
}

static int
has(const char *text, const char *part)
{
	if (strstr(text, part) != NULL)
		return 1;
	printf("no '%s' in\n%s", part, text);
	return 0;
}

static size_t
count(const char *text, const char *part)
{
	size_t n = 0;

	for (; (text = strstr(text, part)) != NULL; text += strlen(part))
		n++;
	return n;
}

/* Label room: "10" is 2 letters of 7 and 8, from a margin of 4: the plot is 26
 * to 354, its days from 31 to 349.  0 is at 170, 10 at 20, 5 at 95. */
static int
test_trend(void)
{
	struct fixture f;
	char *svg;

	begin(&f, "points");
	add(&f, "a||2026-11-02", 10);
	add(&f, "a||2026-11-03", 0);
	add(&f, "a||2026-11-04", NAN);
	add(&f, "a||2026-11-05", 5);
	add(&f, "a||2026-11-06", 10);
	svg = draw(&f, "trend");
	/* A gap for no data, and a point at 0. */
	CHECK(has(svg, "<path class=\"l0\" d=\"M31 20L110.5 170"
		       "M269.5 95L349 20\"/>"));
	CHECK(has(svg, "aria-labelledby=\"some_metric-t some_metric-d\""));
	CHECK(has(svg, "<title id=\"some_metric-t\">some_metric</title>"));
	CHECK(has(svg, "<desc id=\"some_metric-d\">Line chart of what it"));
	CHECK(has(svg, ">2 Nov</text>"));
	CHECK(has(svg, ">points</text>"));
	drop(&f, svg);
	return 0;
}

/* Of eight groups six are named, those that count the most. */
static int
test_many_groups(void)
{
	static const char *const names[] = { "a", "b", "c", "d",
					     "e", "f", "g", "h" };
	struct fixture f;
	char where[40], *svg;
	size_t i;

	begin(&f, "points");
	for (i = 0; i < 8; i++) {
		snprintf(where, sizeof(where), "x/%s||2026-11-02", names[i]);
		add(&f, where, 1);
		snprintf(where, sizeof(where), "x/%s||2026-11-03", names[i]);
		add(&f, where, 2);
		f.items[2 * i].n = i < 2 ? 0 : 10;
		f.items[2 * i + 1].n = 0;
	}
	svg = draw(&f, "trend");
	CHECK(count(svg, "class=\"nb\"") == 2);
	/* Without what all names begin with. */
	CHECK(has(svg, ">h</text>"));
	CHECK(strstr(svg, ">a</text>") == NULL);
	CHECK(count(svg, "class=\"l5\"") == 1);
	drop(&f, svg);
	return 0;
}

/* The plot ends 41 earlier for "mean": 26 to 313 in two bands of 143.5.  Both
 * bars of a band share 60 of it: 30 each, 27.6 drawn. */
static int
test_bars(void)
{
	struct fixture f;
	char *svg;

	begin(&f, "points");
	add(&f, "S 1||", 5);
	add(&f, "S 1|committed|", 10);
	add(&f, "S 2||", 0);
	add(&f, "S 2|committed|", 5);
	svg = draw(&f, "bars committed whole");
	CHECK(has(svg, "<path class=\"f0\" d=\"M67.8 38h27.6v132h-27.6z"
		       "M211.3 104h27.6v66h-27.6z\"/>"));
	/* The mean of 5 and 0. */
	CHECK(has(svg, "<path class=\"id\" d=\"M26 137H313\"/>"));
	CHECK(has(svg, ">committed</text>"));
	CHECK(has(svg, ">some metric</text>"));
	CHECK(has(svg, "url(#some_metric-h1)"));
	CHECK(has(svg, "<pattern id=\"some_metric-h1\""));
	CHECK(has(svg, ">1</text>"));
	drop(&f, svg);
	return 0;
}

static int
test_stacked(void)
{
	struct fixture f;
	char *svg;

	begin(&f, "count");
	add(&f, "all|opened|2026-11-02", 6);
	add(&f, "all|merged|2026-11-02", 4);
	add(&f, "all|opened|2026-11-09", NAN);
	add(&f, "all|merged|2026-11-09", 10);
	svg = draw(&f, "stacked");
	/* 26 to 354: bands of 164, columns 44 wide; 10 is 144 high. */
	CHECK(has(svg, "<path class=\"f0\" d=\"M86 83.6h44v86.4h-44z\"/>"));
	CHECK(has(svg, "M86 26h44v57.6h-44zM250 26h44v144h-44z"));
	drop(&f, svg);
	return 0;
}

/* The strip is worth its figure, not the sum of parts that overlap. */
static int
test_parts(void)
{
	struct fixture f;
	char *svg;

	begin(&f, "min");
	add(&f, "all||", 90);
	add(&f, "all|coding|", 60);
	add(&f, "all|deploy|", 40);
	svg = draw(&f, "parts");
	CHECK(has(svg, ">coding 60</text>"));
	CHECK(has(svg, ">deploy 40</text>"));
	CHECK(has(svg, ">90</text>"));
	CHECK(has(svg, ">minutes; the number is the whole: "));
	drop(&f, svg);
	return 0;
}

static void
add_sprint(struct fixture *f)
{
	static const char *const days[] = { "02", "03", "04" };
	static const double left[] = { 10, 12, NAN }, ideal[] = { 10, 5, 0 };
	static const double scope[] = { 0, 2, 0 };
	char where[40];
	size_t i;

	for (i = 0; i < 3; i++) {
		snprintf(where, sizeof(where), "S||2026-11-%s", days[i]);
		add(f, where, left[i]);
		snprintf(where, sizeof(where), "S|ideal|2026-11-%s", days[i]);
		add(f, where, ideal[i]);
		snprintf(where, sizeof(where), "S|scope|2026-11-%s", days[i]);
		add(f, where, scope[i]);
	}
}

/* 76 for the names at the right: the days are at 31, 152 and 273; the axis
 * goes to 15, so 10 is at 70 and 12 at 50. */
static int
test_steps(void)
{
	struct fixture f;
	char *svg;

	begin(&f, "points");
	add_sprint(&f);
	svg = draw(&f, "burndown");
	CHECK(has(svg, "<path class=\"l0\" d=\"M31 70H152V50\"/>"));
	CHECK(has(svg, "<path class=\"id\" d=\"M31 70L273 170\"/>"));
	CHECK(count(svg, "class=\"ev\"") == 1);
	CHECK(has(svg, ">+2</text>"));
	CHECK(has(svg, ">remaining</text>"));
	free(svg);
	svg = draw(&f, "burnup whole ideal");
	CHECK(count(svg, "class=\"ev\"") == 0);
	CHECK(has(svg, ">completed</text>"));
	CHECK(has(svg, "<path class=\"l1\""));
	drop(&f, svg);
	return 0;
}

/* Those five whose data reach furthest are four. */
static int
test_panels(void)
{
	static const char *const days[] = { "05", "02", "06", "07", "08" };
	struct fixture f;
	char where[40], *svg;
	size_t i;

	begin(&f, "points");
	for (i = 0; i < 5; i++) {
		snprintf(where, sizeof(where), "S%zu||2026-11-%s", i, days[i]);
		add(&f, where, 1);
		snprintf(where, sizeof(where), "S%zu|ideal|2026-11-%s", i,
			 days[i]);
		add(&f, where, 1);
	}
	svg = draw(&f, "burndown");
	CHECK(has(svg, ">S0</text>"));
	CHECK(strstr(svg, ">S1</text>") == NULL);
	CHECK(has(svg, "1 more are not drawn"));
	drop(&f, svg);
	return 0;
}

static int
test_flow(void)
{
	struct fixture f;
	char *svg;

	begin(&f, "count");
	add(&f, "all|todo|2026-11-02", 4);
	add(&f, "all|done|2026-11-02", 6);
	add(&f, "all|todo|2026-11-03", 0);
	add(&f, "all|done|2026-11-03", 10);
	svg = draw(&f, "flow done todo");
	CHECK(has(svg, "<path class=\"f0\" d=\"M31 83.6L349 26L349 170"
		       "L31 170\"/>"));
	CHECK(has(svg, "d=\"M31 26L349 26L349 26L31 83.6\"/>"));
	drop(&f, svg);
	return 0;
}

/* Ten dots of 1 to 10, and one of 1000 that is drawn as an arrow. */
static int
test_scatter(void)
{
	struct chart_point points[40];
	struct fixture f;
	char *svg;
	size_t i;

	begin(&f, "points");
	for (i = 0; i < 40; i++)
		points[i] = (struct chart_point){ (double)i * 86400,
						  i == 39 ? 1000 : 10 };
	f.chart.points = points;
	f.chart.point_count = 40;
	svg = draw(&f, "scatter at minutes");
	CHECK(count(svg, "h0") == 39);
	CHECK(has(svg, ">1 higher, up to 1000</text>"));
	CHECK(has(svg, ">p50 10</text>"));
	CHECK(has(svg, ">p95 10</text>"));
	CHECK(has(svg, "40 things."));
	drop(&f, svg);
	return 0;
}

/* Areas, not sides, are as the weights: 4 to 1 is 2 to 1. */
static int
test_heat(void)
{
	char ann[] = "ann", bob[] = "bob", tag[] = "<b>";
	struct chart_cell cells[] = { { ann, bob, 4 }, { bob, tag, 1 } };
	struct fixture f;
	char *svg;

	begin(&f, "count");
	f.chart.cells = cells;
	f.chart.cell_count = 2;
	svg = draw(&f, "heat author reviewer");
	CHECK(has(svg, "h21v21h-21z"));
	CHECK(has(svg, "h10.5v10.5h-10.5z"));
	CHECK(has(svg, "&lt;b&gt;"));
	CHECK(strstr(svg, "<b>") == NULL);
	drop(&f, svg);
	return 0;
}

static int
test_no_data(void)
{
	struct fixture f;
	char *svg;

	begin(&f, "points");
	add(&f, "all||", NAN);
	svg = draw(&f, NULL);
	CHECK(!chart_has_data(&f.chart));
	CHECK(has(svg, ">no data</text>"));
	CHECK(has(svg, "No data.</desc>"));
	drop(&f, svg);
	return 0;
}

static int
complains(const char *words, const char *expected)
{
	char *why;
	int same;

	if (chart_understands(words, &why))
		return expected == NULL;
	same = expected != NULL && strcmp(why, expected) == 0;
	if (!same)
		printf("'%s': %s\n", words, why);
	free(why);
	return same;
}

static int
test_words(void)
{
	CHECK(complains("trend", NULL));
	CHECK(complains("scatter resolved_at minutes", NULL));
	CHECK(complains("heat", NULL));
	CHECK(complains("", "expected a kind of picture, not ''"));
	CHECK(complains("pie", "unknown picture 'pie'"));
	CHECK(complains("scatter at", "too few words for 'scatter'"));
	CHECK(complains("heat a", "too few words for 'heat'"));
	CHECK(complains("burnup a b c d", "too many words for 'burnup'"));
	CHECK(complains("scatter a b;--",
			"expected a column of the rows, not 'b;--'"));
	return 0;
}

static int
test_layout(void)
{
	struct layout layout = {
		"<p>\n{{chart lead_time by=repo,week as=\"bars a b\"}}</p>\n"
		"{{end}}{{card}}",
		1
	};
	struct layout_step step;
	char *why;

	CHECK(layout_next(&layout, &step, &why) == 0);
	CHECK(step.verb == LAYOUT_CHART && step.line == 2 && step.len == 4);
	CHECK(strcmp(step.metric, "lead_time") == 0);
	CHECK(strcmp(step.by, "repo,week") == 0);
	CHECK(strcmp(step.as, "bars a b") == 0 && step.title == NULL);
	layout_drop(&step);
	CHECK(layout_next(&layout, &step, &why) == 0);
	CHECK(step.verb == LAYOUT_END && step.line == 3);
	layout_drop(&step);
	CHECK(layout_next(&layout, &step, &why) == -1);
	CHECK(strcmp(why, "expected the name of a metric behind 'card'") == 0);
	free(why);
	layout_drop(&step);
	return 0;
}

int
main(void)
{
	return test_trend() | test_many_groups() | test_bars() |
	       test_stacked() | test_parts() | test_steps() | test_panels() |
	       test_flow() | test_scatter() | test_heat() | test_no_data() |
	       test_words() | test_layout();
}
