#include "picture/page.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/clock.h"
#include "base/msg.h"
#include "base/times.h"
#include "measure/freshness.h"
#include "picture/content.h"
#include "picture/layout.h"
#include "picture/markup.h"
#include "picture/svg.h"

enum { ID = 16 };

/* The page while it is written. */
struct writer {
	const struct page *page;
	struct trouble *trouble;
	const struct metrics *metrics;
	const struct bands *bands;
	struct request request; /* of the page */
	struct layout layout;
	FILE *out;     /* the page, or the section at hand */
	char *section; /* its text */
	size_t section_len;
	bool within;  /* a section */
	size_t shown; /* metrics in it */
	unsigned ids;
	bool *used, *defined; /* by metric */
};

/* What the template says wrongly; consumes what. */
static int
complain(const struct writer *w, unsigned line, char *what)
{
	trouble_say(w->trouble, OUTCOME_CONFIGURATION,
		    "cannot use '%s': line %u: %s", w->page->file, line, what);
	free(what);
	return -1;
}

/* The page's request as a step changes it. */
static char *
read_request(const struct writer *w, const struct layout_step *step,
	     const struct metric *metric, struct request *request)
{
	char *why;

	*request = w->request;
	request->by = step->by;
	if (step->since != NULL)
		request->since = step->since;
	if ((why = request_read(request, clock_now())) != NULL)
		return why;
	request->to = w->request.to;
	request->now = w->request.now;
	if (step->since == NULL)
		request->from = w->request.from;
	return request_refuse(request, metric);
}

/* A metric worked out as a step says. */
struct worked {
	struct frame frame;
	struct figures *figures;
	struct chart chart;
};

static int
work_out(const struct writer *w, const struct layout_step *step,
	 const struct metric *metric, struct worked *out)
{
	struct session *session = w->page->session;
	const char *words = step->as != NULL ? step->as : metric->chart;
	struct request request;
	char *why = NULL;

	*out = (struct worked){ .figures = NULL };
	if ((words != NULL && !chart_understands(words, &why)) ||
	    (why = read_request(w, step, metric, &request)) != NULL)
		return complain(w, step->line, why);
	session_ask_anew(session, &request);
	out->figures = session_figures(session, metric, w->trouble);
	if (out->figures == NULL)
		return -1;
	out->frame = *session_frame(session, metric);
	out->chart = (struct chart){ .metric = metric,
				     .frame = &out->frame,
				     .figures = out->figures,
				     .words = step->as };
	return chart_points(&out->chart, session, w->trouble);
}

static void
drop(struct worked *worked)
{
	chart_drop(&worked->chart);
	if (worked->figures != NULL)
		figures_free(worked->figures);
}

static int
put_card(const struct writer *w, const struct layout_step *step,
	 const struct metric *metric, const struct content *content)
{
	struct layout_step whole = *step, weekly = *step;
	struct worked now, trend = { .figures = NULL };
	int failed;

	whole.by = "all";
	weekly.by = "all,week";
	failed = work_out(w, &whole, metric, &now);
	if (!failed && metric_has_word(&metric->every, "week"))
		failed = work_out(w, &weekly, metric, &trend);
	if (!failed)
		content_card(w->out, content, &now.chart, trend.figures);
	drop(&now);
	drop(&trend);
	return failed;
}

static int
put_metric(struct writer *w, const struct layout_step *step)
{
	const struct metrics *metrics = w->metrics;
	const struct metric *metric = metric_find(metrics, step->metric);
	struct content content = { .bands = w->bands, .title = step->title };
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
	const struct metrics *metrics = w->metrics;
	struct content content = { .bands = w->bands };
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
	const struct request *r = &w->request;
	char since[CALENDAR_SIZE], until[CALENDAR_SIZE];

	calendar_text(calendar_day(r->from, r->zone), since);
	calendar_text(calendar_day(r->to - 1, r->zone), until);
	fprintf(w->out, "%s to %s, ", since, until);
	markup_text(w->out, r->zone);
	if (r->scope != NULL) {
		fputs(", only ", w->out);
		markup_text(w->out, r->scope);
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
put_freshness(const struct writer *w)
{
	const struct figures_basis *b = session_basis(w->page->session);
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int failed;

	if (out == NULL)
		msg_die(EX_OSERR, "cannot write a page: out of memory");
	failed = freshness_print(b->store, b->frame, out, false);
	if (fclose(out) != 0)
		msg_die(EX_OSERR, "cannot write a page: out of memory");
	if (failed == 0)
		put_lines(w->out, text);
	free(text);
	return failed == 0 ? 0 : session_fail(w->page->session, w->trouble);
}

/* Who never gave the client a name has an organisation perhaps. */
static void
put_name(const struct writer *w)
{
	const struct settings_client *c = session_client(w->page->session);
	const char *name = c->name;

	if (name == NULL || strcmp(name, "default") == 0)
		name = c->github.organization;
	markup_text(w->out, name != NULL ? name : "the organisation");
}

static void
put_written(struct writer *w)
{
	char text[TIMES_SIZE];

	times_format_seconds(w->request.now * 1000, text);
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
		put_name(w);
		return 0;
	case LAYOUT_WINDOW:
		put_window(w);
		return 0;
	case LAYOUT_BANDS:
		markup_text(w->out, bands_name(w->bands));
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
page_write(const struct page *page, struct trouble *trouble)
{
	const struct figures_basis *basis = session_basis(page->session);
	size_t count = basis->metrics->count;
	struct writer w = { .page = page,
			    .trouble = trouble,
			    .metrics = basis->metrics,
			    .bands = basis->bands,
			    .request = *session_request(page->session),
			    .layout = { page->template, 1 },
			    .out = page->out,
			    .used = msg_calloc(count + 1, sizeof(bool)),
			    .defined = msg_calloc(count + 1, sizeof(bool)) };
	int failed;

	failed = write_steps(&w);
	session_ask_anew(page->session, &w.request);
	if (w.within)
		close_section(&w, false);
	free(w.used);
	free(w.defined);
	return failed;
}
