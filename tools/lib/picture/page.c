#include "picture/page.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/msg.h"
#include "base/times.h"
#include "measure/board.h"
#include "picture/content.h"
#include "picture/layout.h"
#include "picture/markup.h"
#include "picture/svg.h"

enum { ID = 16 };

/* The page while it is written. */
struct writer {
	struct page *page;
	struct layout layout;
	FILE *out;     /* the page, or the section at hand */
	char *section; /* its text */
	size_t section_len;
	bool within;  /* a section */
	size_t shown; /* metrics in it */
	unsigned ids;
	bool *used, *defined; /* by metric */
};

static int
fail(struct writer *w, enum outcome_class class, char *why)
{
	w->page->why = why;
	w->page->class = class;
	return -1;
}

/* What the template says wrongly; consumes what. */
static int
complain(struct writer *w, unsigned line, char *what)
{
	char *why;

	if (asprintf(&why, "%s:%u: %s", w->page->file, line, what) < 0)
		msg_die(EX_OSERR, "cannot write a page: out of memory");
	free(what);
	return fail(w, OUTCOME_CONFIGURATION, why);
}

static int
complain_word(struct writer *w, const struct layout_step *step,
	      const char *what, const char *word)
{
	char *text;

	if (asprintf(&text, "%s '%s'", what, word) < 0)
		msg_die(EX_OSERR, "cannot write a page: out of memory");
	return complain(w, step->line, text);
}

/* The database's own complaint; one that SQLite takes for a mistake is one of
 * a metric's file. */
static int
fail_store(struct writer *w, char *why)
{
	struct store *store = w->page->basis.store;
	enum outcome_class class = store_class(store);

	if (why == NULL)
		why = msg_strdup(store_error(store));
	return fail(w,
		    class == OUTCOME_NONE || class == OUTCOME_BUG
			    ? OUTCOME_CONFIGURATION
			    : class,
		    why);
}

/* The place of a word, or count where it is none. */
static unsigned
place_of(const char *const *names, unsigned count, const char *word)
{
	unsigned i;

	for (i = 0; i < count; i++)
		if (names[i] != NULL && strcmp(names[i], word) == 0)
			break;
	return i;
}

/* The frame of a step. */
static int
read_frame(struct writer *w, const struct layout_step *step,
	   const struct metric *metric, struct frame *frame)
{
	const char *by = step->by != NULL ? step->by : metric->default_by;
	unsigned place;
	int64_t ms;

	*frame = *w->page->basis.frame;
	frame->by = FRAME_ALL;
	frame->every = FRAME_WHOLE;
	if (by != NULL) {
		place = place_of(frame_by_names, FRAME_KINDS, by);
		if (place == FRAME_KINDS)
			return complain_word(w, step, "unknown grouping", by);
		frame->by = (enum frame_by)place;
	}
	if (step->every != NULL) {
		place = place_of(frame_every_names, FRAME_SPANS, step->every);
		if (place == FRAME_SPANS)
			return complain_word(w, step, "unknown period",
					     step->every);
		frame->every = (enum frame_every)place;
	}
	if (step->since == NULL)
		return 0;
	if (!times_duration(step->since, &ms))
		return complain_word(w, step, "expected a duration, not",
				     step->since);
	frame->since = frame->until - ms / 1000;
	return 0;
}

/* A metric worked out as a step says. */
struct worked {
	struct frame frame;
	struct figures *figures;
	struct chart chart;
};

static int
work_out(struct writer *w, const struct layout_step *step,
	 const struct metric *metric, struct worked *out)
{
	struct figures_basis basis = w->page->basis;
	struct frame_counts counts;
	char *why = NULL;

	*out = (struct worked){ .figures = NULL };
	if (step->as != NULL && !chart_understands(step->as, &why))
		return complain(w, step->line, why);
	if (read_frame(w, step, metric, &out->frame) != 0)
		return -1;
	basis.frame = &out->frame;
	if (frame_build(basis.store, &out->frame, &counts) != 0 ||
	    figures_rows(&basis, metric, &why) != 0 ||
	    (out->figures = figures_read(&basis, metric, &why)) == NULL)
		return fail_store(w, why);
	out->chart = (struct chart){ .metric = metric,
				     .frame = &out->frame,
				     .figures = out->figures,
				     .words = step->as };
	if (chart_points(&out->chart, basis.store, &why) != 0)
		return fail_store(w, why);
	return 0;
}

static void
drop(struct worked *worked)
{
	chart_drop(&worked->chart);
	if (worked->figures != NULL)
		figures_free(worked->figures);
}

static int
put_card(struct writer *w, const struct layout_step *step,
	 const struct metric *metric, const struct content *content)
{
	struct layout_step weekly = *step;
	struct worked whole, trend = { .figures = NULL };
	int failed;

	weekly.every = step->every != NULL ? step->every : "week";
	weekly.by = "all";
	failed = work_out(w,
			  &(struct layout_step){ .line = step->line,
						 .by = "all",
						 .since = step->since },
			  metric, &whole);
	if (!failed && metric_has_word(&metric->every, weekly.every))
		failed = work_out(w, &weekly, metric, &trend);
	if (!failed)
		content_card(w->out, content, &whole.chart, trend.figures);
	drop(&whole);
	drop(&trend);
	return failed;
}

static int
put_metric(struct writer *w, const struct layout_step *step)
{
	const struct metrics *metrics = w->page->basis.metrics;
	const struct metric *metric = metric_find(metrics, step->metric);
	struct content content = { .bands = w->page->basis.bands,
				   .title = step->title };
	struct worked worked;
	char id[ID];
	int failed;

	if (metric == NULL)
		return 0;
	w->shown++;
	if (step->verb == LAYOUT_PROBE)
		return 0;
	snprintf(id, sizeof(id), "p%u", ++w->ids);
	content.id = id;
	content.define = !w->defined[metric - metrics->items];
	w->used[metric - metrics->items] = true;
	if (step->verb == LAYOUT_CARD) {
		w->defined[metric - metrics->items] = true;
		return put_card(w, step, metric, &content);
	}
	failed = work_out(w, step, metric, &worked);
	if (!failed && step->verb == LAYOUT_TABLE)
		content_table(w->out, &content, &worked.chart);
	else if (!failed)
		content_chart(w->out, &content, &worked.chart);
	drop(&worked);
	return failed;
}

static void
put_definitions(struct writer *w)
{
	const struct metrics *metrics = w->page->basis.metrics;
	struct content content = { .bands = w->page->basis.bands };
	size_t i;

	for (i = 0; i < metrics->count; i++)
		if (w->used[i] && !w->defined[i]) {
			content_definition(w->out, &content,
					   &metrics->items[i]);
			w->defined[i] = true;
		}
}

static void
put_window(struct writer *w)
{
	const struct frame *f = w->page->basis.frame;
	char since[CALENDAR_SIZE], until[CALENDAR_SIZE];

	calendar_text(calendar_day(f->since, f->zone), since);
	calendar_text(calendar_day(f->until - 1, f->zone), until);
	fprintf(w->out, "%s to %s, ", since, until);
	markup_text(w->out, f->zone);
	if (f->scope != NULL) {
		fputs(", only ", w->out);
		markup_text(w->out, f->scope);
	}
}

/* Each line one of its own. */
static void
put_lines(FILE *out, const char *text)
{
	size_t len;

	for (; *text != '\0'; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		markup_bytes(out, text, len);
		fputs("<br/>\n", out);
	}
}

static int
put_freshness(struct writer *w)
{
	const struct figures_basis *b = &w->page->basis;
	struct frame_counts counts;
	char *text = NULL;
	size_t len = 0;
	FILE *out;
	int failed;

	if (frame_build(b->store, b->frame, &counts) != 0)
		return fail_store(w, NULL);
	if ((out = open_memstream(&text, &len)) == NULL)
		msg_die(EX_OSERR, "cannot write a page: out of memory");
	failed = board_freshness(b->store, b->frame, out, false);
	if (fclose(out) != 0)
		msg_die(EX_OSERR, "cannot write a page: out of memory");
	if (failed == 0)
		put_lines(w->out, text);
	free(text);
	return failed == 0 ? 0 : fail_store(w, NULL);
}

static void
put_written(struct writer *w)
{
	char text[TIMES_SIZE];

	times_format_seconds(w->page->basis.frame->now * 1000, text);
	fputs(text, w->out);
}

static int
begin_section(struct writer *w, const struct layout_step *step)
{
	if (w->within)
		return complain(w, step->line,
				msg_strdup("a section within another"));
	w->within = true;
	w->shown = 0;
	w->out = open_memstream(&w->section, &w->section_len);
	if (w->out == NULL)
		msg_die(EX_OSERR, "cannot write a page: out of memory");
	return 0;
}

/* With wanted false it is thrown away. */
static void
close_section(struct writer *w, bool wanted)
{
	if (fclose(w->out) != 0)
		msg_die(EX_OSERR, "cannot write a page: out of memory");
	w->out = w->page->out;
	if (wanted)
		fwrite(w->section, 1, w->section_len, w->out);
	free(w->section);
	w->within = false;
}

static int
end_section(struct writer *w, const struct layout_step *step)
{
	if (!w->within)
		return complain(w, step->line,
				msg_strdup("an end without its section"));
	close_section(w, w->shown > 0);
	return 0;
}

static int
put_step(struct writer *w, const struct layout_step *step)
{
	switch (step->verb) {
	case LAYOUT_CARD:
	case LAYOUT_CHART:
	case LAYOUT_TABLE:
	case LAYOUT_PROBE:
		return put_metric(w, step);
	case LAYOUT_SECTION:
		return begin_section(w, step);
	case LAYOUT_END:
		return end_section(w, step);
	case LAYOUT_FRESHNESS:
		return put_freshness(w);
	case LAYOUT_NAME:
		markup_text(w->out, w->page->name);
		return 0;
	case LAYOUT_WINDOW:
		put_window(w);
		return 0;
	case LAYOUT_BANDS:
		markup_text(w->out, bands_name(w->page->basis.bands));
		return 0;
	case LAYOUT_WRITTEN:
		put_written(w);
		return 0;
	case LAYOUT_STYLE:
		svg_style(w->out);
		return 0;
	case LAYOUT_DEFINITIONS:
		put_definitions(w);
		return 0;
	case LAYOUT_VERBS:
		break;
	}
	return 0;
}

static int
write_steps(struct writer *w)
{
	struct layout_step step;
	int failed = 0;
	bool done;
	char *why;

	do {
		if (layout_next(&w->layout, &step, &why) != 0)
			failed = complain(w, step.line, why);
		done = step.verb == LAYOUT_VERBS;
		fwrite(step.text, 1, step.len, w->out);
		if (!failed && !done)
			failed = put_step(w, &step);
		layout_drop(&step);
	} while (!failed && !done);
	if (!failed && w->within)
		failed = complain(w, w->layout.line,
				  msg_strdup("a section without its end"));
	return failed;
}

int
page_write(struct page *page)
{
	size_t count = page->basis.metrics->count;
	struct writer w = { .page = page,
			    .layout = { page->template, 1 },
			    .out = page->out,
			    .used = msg_calloc(count + 1, sizeof(bool)),
			    .defined = msg_calloc(count + 1, sizeof(bool)) };
	int failed;

	page->why = NULL;
	failed = write_steps(&w);
	if (w.within)
		close_section(&w, false);
	free(w.used);
	free(w.defined);
	return failed;
}
