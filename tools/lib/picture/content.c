#include "picture/content.h"

#include <string.h>

#include "base/calendar.h"
#include "measure/amount.h"
#include "measure/title.h"
#include "picture/markup.h"
#include "picture/scale.h"
#include "picture/spark.h"
#include "picture/twin.h"

enum { ROWS = 26 };

static void
make_title(const struct content *c, const struct metric *metric,
	   char out[TITLE_SIZE])
{
	if (c->title != NULL)
		snprintf(out, TITLE_SIZE, "%s", c->title);
	else
		title_write(metric, c->bands, out);
}

/* A line that is set in: a term, a gap of two blanks or more, its meaning. */
static void
put_item(FILE *out, const char *text, size_t len)
{
	const char *gap = memmem(text, len, "  ", 2);
	size_t term = gap == NULL ? 0 : (size_t)(gap - text);

	if (term > 0) {
		fputs("<strong>", out);
		markup_bytes(out, text, term);
		fputs("</strong> ", out);
		for (; term < len && text[term] == ' '; term++)
			;
	}
	markup_bytes(out, text + term, len - term);
}

/* Paragraphs are put together again; lines that are set in stay lines, those
 * that are set in deeper go on with the one above. */
static void
put_definition(FILE *out, const char *text)
{
	size_t len, in, item = 0;
	bool open = false;

	for (; *text != '\0'; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		in = strspn(text, " ");
		if (len == 0) {
			fputs(open ? "</p>\n" : "", out);
			open = false;
			item = 0;
			continue;
		}
		if (in == 0 || (item > 0 && in > item)) {
			fputs(open ? " " : "<p>", out);
			markup_bytes(out, text + in, len - in);
		} else {
			fputs(open ? "<br/>" : "<p>", out);
			put_item(out, text + in, len - in);
			item = in;
		}
		open = true;
	}
	fputs(open ? "</p>\n" : "", out);
}

static void
put_about(FILE *out, const struct metric *metric)
{
	fprintf(out, "<div class=\"def\" id=\"d-%s\"><p><em>", metric->name);
	markup_text(out, metric->help);
	fputs("</em></p>\n", out);
	put_definition(out,
		       metric->definition != NULL ? metric->definition : "");
	if (metric->peers != NULL) {
		fputs("<p>Peers: ", out);
		markup_text(out, metric->peers);
		fputs("</p>\n", out);
	}
	fprintf(out,
		"<p>The rows behind it: <code>metrics %s --rows</code></p>"
		"</div>\n",
		metric->name);
}

void
content_definition(FILE *out, const struct content *c,
		   const struct metric *metric)
{
	char title[TITLE_SIZE];

	make_title(c, metric, title);
	fputs("<details><summary>", out);
	markup_text(out, title);
	fputs("</summary>", out);
	put_about(out, metric);
	fputs("</details>\n", out);
}

static void
put_band(FILE *out, const char *band)
{
	static const struct {
		const char *word, *shape;
	} shapes[] = { { "elite", "\xe2\x98\x85" },
		       { "high", "\xe2\x96\xb2" },
		       { "medium", "\xe2\x97\x86" },
		       { "low", "\xe2\x96\xbc" } };
	size_t i;

	for (i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		if (strcmp(shapes[i].word, band) == 0)
			fprintf(out,
				"<span class=\"b%zu\" aria-hidden=\"true\">"
				"%s</span> ",
				i, shapes[i].shape);
	markup_text(out, band);
}

/* The figure of a chart that is not grouped, or NULL. */
static const struct figure *
whole_of(const struct figures *figures)
{
	size_t i;

	for (i = 0; i < figures->count; i++)
		if (figures->items[i].part == NULL)
			return &figures->items[i];
	return NULL;
}

static void
put_figure(FILE *out, const struct content *c, const struct metric *metric,
	   const struct figure *f)
{
	char value[AMOUNT_SIZE] = "no data";

	if (f != NULL)
		amount_long(f, value);
	fputs("<p class=\"value\">", out);
	markup_text(out, value);
	fputs("</p>\n<p class=\"band\">", out);
	if (f != NULL && f->band != NULL)
		put_band(out, f->band);
	else if (f != NULL && f->known && bands_judges(c->bands, metric->name))
		fputs("too few for a band", out);
	fprintf(out, "</p>\n<p class=\"n\">n = %lld ",
		f == NULL ? 0 : (long long)f->n);
	markup_text(out, metric->counts);
	if (bands_judges(c->bands, metric->name))
		fprintf(out, "; %s", bands_name(c->bands));
	if (f != NULL && f->note != NULL) {
		fputs("; ", out);
		markup_text(out, f->note);
	}
	fputs("</p>\n", out);
}

void
content_card(FILE *out, const struct content *c, const struct chart *chart,
	     const struct figures *trend)
{
	const struct metric *metric = chart->metric;
	struct svg svg = { out, c->id };
	char title[TITLE_SIZE], of[TITLE_SIZE + 16];

	make_title(c, metric, title);
	snprintf(of, sizeof(of), "Trend of %s", title);
	fputs("<article class=\"card\"><h3>", out);
	markup_text(out, title);
	fputs("</h3>\n", out);
	put_figure(out, c, metric, whole_of(chart->figures));
	if (trend != NULL)
		spark_write(&svg, of, trend);
	if (c->define) {
		fputs("<details><summary>Definition</summary>", out);
		put_about(out, metric);
		fputs("</details>", out);
	} else {
		fprintf(out, "<p><a href=\"#d-%s\">Definition</a></p>",
			metric->name);
	}
	fputs("</article>\n", out);
}

/* A week that has just begun is no fall. */
static void
put_unfinished(FILE *out, const struct chart *chart)
{
	const struct frame *f = chart->frame;
	const struct figures *figures = chart->figures;
	int64_t last =
		figures->count == 0
			? -1
			: scale_day_of(
				  figures->items[figures->count - 1].period);
	int64_t next =
		f->every == FRAME_WEEK ? last + 7 : calendar_next_month(last);

	if (last < 0 || chart_needs_points(chart) ||
	    (f->every != FRAME_WEEK && f->every != FRAME_MONTH) ||
	    calendar_start(next, f->zone) <= f->now)
		return;
	fprintf(out, "<p class=\"n\">The last %s is not over yet.</p>\n",
		f->every == FRAME_WEEK ? "week" : "month");
}

void
content_chart(FILE *out, const struct content *c, struct chart *chart)
{
	char title[TITLE_SIZE];

	make_title(c, chart->metric, title);
	chart->title = title;
	chart->id = c->id;
	fputs("<figure><figcaption>", out);
	markup_text(out, title);
	fputs("</figcaption>\n", out);
	if (!chart_has_data(chart)) {
		fputs("<p class=\"none\">no data</p></figure>\n", out);
		return;
	}
	chart_write(out, chart);
	put_unfinished(out, chart);
	fputs("<details><summary>Figures</summary>", out);
	twin_write(out, chart, ROWS);
	fprintf(out, "<p><a href=\"#d-%s\">Definition</a></p></details>",
		chart->metric->name);
	fputs("</figure>\n", out);
}

void
content_table(FILE *out, const struct content *c, const struct chart *chart)
{
	char title[TITLE_SIZE];

	make_title(c, chart->metric, title);
	fputs("<figure><figcaption>", out);
	markup_text(out, title);
	fputs("</figcaption>\n", out);
	twin_all(out, chart, ROWS);
	fprintf(out, "<p><a href=\"#d-%s\">Definition</a></p></figure>\n",
		chart->metric->name);
}
