#include "measure/document.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/times.h"
#include "measure/amount.h"
#include "measure/export.h"
#include "measure/labels.h"
#include "measure/title.h"

enum { LIMIT_SIZE = 160 };

static void
put_words(struct jsonw *w, const char *name, const struct metric_words *words,
	  const struct metric_words *more)
{
	size_t i;

	jsonw_key(w, name);
	jsonw_open(w, '[');
	for (i = 0; i < words->count; i++)
		jsonw_string(w, words->items[i]);
	for (i = 0; more != NULL && i < more->count; i++)
		jsonw_string(w, more->items[i]);
	jsonw_close(w, ']');
}

/* --- what a metric is ----------------------------------------------------- */

static void
put_parameter(struct jsonw *w, const struct parameter *p)
{
	jsonw_open(w, '{');
	jsonw_put_string(w, "name", p->name);
	jsonw_key(w, "value");
	if (p->kind == PARAMETER_TEXT)
		jsonw_string(w, p->value);
	else
		jsonw_raw(w, p->value, strlen(p->value));
	jsonw_put_string(w, "help", p->help);
	jsonw_close(w, '}');
}

/* Of the file, then of the tables that it needs; each name once. */
static void
put_parameters(struct jsonw *w, const struct metrics *metrics,
	       const struct metric *file, struct labels *seen)
{
	size_t i;

	for (i = 0; i < file->parameters.count; i++) {
		const struct parameter *p = &file->parameters.items[i];
		size_t known = labels_count(seen);

		if (labels_add(seen, p->name) == known)
			put_parameter(w, p);
	}
	for (i = 0; i < file->needs.count; i++)
		put_parameters(w, metrics,
			       metric_table(metrics, file->needs.items[i]),
			       seen);
}

/* "NAME - what it is" each. */
static void
put_columns(struct jsonw *w, const struct metric *metric)
{
	size_t i;

	jsonw_key(w, "columns");
	jsonw_open(w, '{');
	for (i = 0; i < metric->columns.count; i++) {
		const char *line = metric->columns.items[i];
		const char *gap = strstr(line, " - ");
		char *name = strndup(line, gap != NULL ? (size_t)(gap - line)
						       : strlen(line));

		if (name == NULL)
			msg_die(EX_OSERR, "cannot write figures: out of "
					  "memory");
		jsonw_put_string(w, name, gap != NULL ? gap + 3 : "");
		free(name);
	}
	jsonw_close(w, '}');
}

/* Without the empty lines at its end. */
static void
put_definition(struct jsonw *w, const struct metric *metric)
{
	const char *text = metric->definition != NULL ? metric->definition : "";
	size_t len = strlen(text);

	while (len > 0 && text[len - 1] == '\n')
		len--;
	jsonw_key(w, "definition");
	jsonw_bytes(w, text, len);
}

void
document_about(struct jsonw *w, const struct metrics *metrics,
	       const struct metric *metric)
{
	struct labels *seen = labels_new();

	jsonw_put_string(w, "set", metric->set);
	jsonw_put_string(w, "unit", metric->unit);
	jsonw_put_string(w, "counts", metric->counts);
	jsonw_put_string(w, "help", metric->help);
	put_definition(w, metric);
	jsonw_put_string(w, "peers", metric->peers);
	put_words(w, "parts", &metric->parts, NULL);
	put_words(w, "groupings", &metric->by, &metric->every);
	jsonw_put_string(w, "grouped", metric->default_by);
	jsonw_key(w, "parameters");
	jsonw_open(w, '[');
	put_parameters(w, metrics, metric, seen);
	jsonw_close(w, ']');
	labels_free(seen);
}

/* --- its figures ---------------------------------------------------------- */

static void
put_time(struct jsonw *w, const char *name, int64_t seconds)
{
	char text[TIMES_SIZE];

	times_format_seconds(seconds * 1000, text);
	jsonw_put_string(w, name, text);
}

static void
put_window(struct jsonw *w, const struct frame *frame)
{
	char grouping[FRAME_GROUPING];

	jsonw_key(w, "window");
	jsonw_open(w, '{');
	put_time(w, "since", frame->since);
	put_time(w, "until", frame->until);
	jsonw_put_string(w, "zone", frame->zone);
	jsonw_close(w, '}');
	jsonw_put_int(w, "client", frame->client);
	jsonw_put_string(w, "scope", frame->scope);
	jsonw_put_string(w, "by", frame_grouping(frame, grouping));
}

static void
put_bands(struct jsonw *w, const struct bands *bands,
	  const struct metric *metric)
{
	char limit[LIMIT_SIZE];
	size_t i;

	jsonw_key(w, "bands");
	if (!bands_judges(bands, metric->name)) {
		jsonw_null(w);
		return;
	}
	jsonw_open(w, '{');
	jsonw_put_string(w, "set", bands_name(bands));
	jsonw_key(w, "limits");
	jsonw_open(w, '[');
	for (i = 0; bands_limit(bands, metric, i, limit, sizeof(limit)); i++)
		jsonw_string(w, limit);
	jsonw_close(w, ']');
	jsonw_close(w, '}');
}

static void
put_value(struct jsonw *w, const struct figure *f)
{
	char text[AMOUNT_SIZE];

	jsonw_put_string(w, "group", f->group);
	jsonw_put_string(w, "period", f->period);
	jsonw_key(w, "value");
	if (f->known)
		jsonw_real(w, f->value);
	else
		jsonw_null(w);
	amount_long(f, text);
	jsonw_put_string(w, "text", text);
	jsonw_put_int(w, "n", f->n);
}

static void
put_figures(struct jsonw *w, const struct figures *figures, bool judged)
{
	size_t i;

	jsonw_key(w, "figures");
	jsonw_open(w, '[');
	for (i = 0; i < figures->count; i++) {
		const struct figure *f = &figures->items[i];

		jsonw_open(w, '{');
		jsonw_put_string(w, "part", f->part);
		put_value(w, f);
		jsonw_put_string(w, "unit", f->unit);
		jsonw_put_bool(w, "few", judged && figures_too_few(f));
		jsonw_put_string(w, "band", f->band);
		jsonw_put_string(w, "note", f->note);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

/* What was asked for, cut into the periods as well; false: the metric does not
 * know them. */
static bool
cut_up(struct request *request, const struct metric *metric, const char *period)
{
	size_t i;

	if (!metric_has_word(&metric->every, period))
		return false;
	for (i = 1; i < FRAME_SPANS; i++)
		if (strcmp(frame_every_names[i], period) == 0)
			request->every = (enum frame_every)i;
	request->by = period; /* not its default */
	return true;
}

static void
put_points(struct jsonw *w, const struct figures *figures)
{
	size_t i;

	jsonw_open(w, '[');
	for (i = 0; i < figures->count; i++) {
		if (figures->items[i].part != NULL)
			continue;
		jsonw_open(w, '{');
		put_value(w, &figures->items[i]);
		jsonw_close(w, '}');
	}
	jsonw_close(w, ']');
}

static int
put_trend(struct jsonw *w, const struct answer *a, const struct metric *metric,
	  const char *period, struct trouble *trouble)
{
	const struct request asked = *session_request(a->session);
	struct request trend = asked;
	struct figures *figures;

	jsonw_key(w, "trend");
	if (period == NULL || !cut_up(&trend, metric, period)) {
		jsonw_null(w);
		return 0;
	}
	session_ask_anew(a->session, &trend);
	figures = session_figures(a->session, metric, trouble);
	session_ask_anew(a->session, &asked);
	if (figures == NULL)
		return -1;
	put_points(w, figures);
	figures_free(figures);
	return 0;
}

static int
put_metric(struct jsonw *w, const struct answer *a, const struct metric *metric,
	   const char *trend, struct trouble *trouble)
{
	struct figures *figures = session_figures(a->session, metric, trouble);
	const struct figures_basis *basis = session_basis(a->session);
	char title[TITLE_SIZE];
	int failed;

	if (figures == NULL)
		return -1;
	title_write(metric, basis->bands, title);
	jsonw_open(w, '{');
	jsonw_put_string(w, "metric", metric->name);
	jsonw_put_string(w, "title", title);
	document_about(w, basis->metrics, metric);
	put_window(w, session_frame(a->session, metric));
	put_bands(w, basis->bands, metric);
	put_figures(w, figures, bands_judges(basis->bands, metric->name));
	failed = put_trend(w, a, metric, trend, trouble);
	jsonw_close(w, '}');
	figures_free(figures);
	return failed;
}

static void
print(struct jsonw *w, FILE *out)
{
	fwrite(w->text, 1, w->len, out);
	fputc('\n', out);
}

int
document_write(const struct answer *a, const struct document_ask *ask,
	       struct trouble *trouble)
{
	bool list = ask->several || a->count != 1;
	struct jsonw w = { 0 };
	int failed = 0;
	size_t i;

	if (list) {
		jsonw_open(&w, '{');
		jsonw_key(&w, "metrics");
		jsonw_open(&w, '[');
	}
	for (i = 0; i < a->count && !failed; i++)
		failed = put_metric(&w, a, a->metrics[i], ask->trend, trouble);
	if (list) {
		jsonw_close(&w, ']');
		jsonw_close(&w, '}');
	}
	if (!failed)
		print(&w, a->out);
	jsonw_free(&w);
	return failed;
}

/* NDJSON as the elements of a list. */
static void
put_lines(struct jsonw *w, const char *text)
{
	size_t len;

	for (; *text != '\0'; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		if (len > 0)
			jsonw_raw(w, text, len);
	}
}

int
document_rows(const struct answer *a, struct trouble *trouble)
{
	const struct metric *metric = a->metrics[0];
	struct answer into = *a;
	char title[TITLE_SIZE], *lines = NULL;
	struct jsonw w = { 0 };
	size_t len = 0;
	int failed;

	into.out = open_memstream(&lines, &len);
	if (into.out == NULL)
		msg_die(EX_OSERR, "cannot write rows: out of memory");
	failed = answer_rows(&into, LISTING_NDJSON, trouble);
	if (fclose(into.out) != 0)
		msg_die(EX_OSERR, "cannot write rows: out of memory");
	if (!failed) {
		title_write(metric, session_basis(a->session)->bands, title);
		jsonw_open(&w, '{');
		jsonw_put_string(&w, "metric", metric->name);
		jsonw_put_string(&w, "title", title);
		put_window(&w, session_frame(a->session, metric));
		put_columns(&w, metric);
		jsonw_key(&w, "rows");
		jsonw_open(&w, '[');
		put_lines(&w, lines);
		jsonw_close(&w, ']');
		jsonw_close(&w, '}');
		print(&w, a->out);
		jsonw_free(&w);
	}
	free(lines);
	return failed;
}
