#include "web/readings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/home.h"
#include "base/msg.h"
#include "measure/document.h"
#include "measure/title.h"
#include "web/grounds.h"
#include "web/inquiry.h"

/* What is known of a request while metrics runs. */
struct reading {
	enum inquiry_format format;
	char tag[EXCHANGE_TAG];
	char *file; /* the name to save it under */
};

/* --- which there are ------------------------------------------------------ */

struct catalogue {
	const struct metrics *metrics;
	struct jsonw w;
};

static void
put_metric(void *arg, const struct metric *metric)
{
	struct catalogue *c = arg;
	char title[TITLE_SIZE];

	title_plain(metric->name, title, sizeof(title));
	jsonw_open(&c->w, '{');
	jsonw_put_string(&c->w, "metric", metric->name);
	jsonw_put_string(&c->w, "title", title);
	document_about(&c->w, c->metrics, metric);
	jsonw_close(&c->w, '}');
}

/* The sets of bands that there are. */
static void
put_bands(struct jsonw *w)
{
	char *folder = home_share("bands");
	char **sets = bands_sets(folder), **set;

	jsonw_key(w, "bands");
	jsonw_open(w, '[');
	for (set = sets; *set != NULL; set++) {
		jsonw_string(w, *set);
		free(*set);
	}
	jsonw_close(w, ']');
	free(sets);
	free(folder);
}

void
readings_list(struct exchange *x)
{
	struct metrics *metrics = inquiry_metrics(x);
	struct catalogue c = { metrics, { 0 } };

	if (metrics == NULL)
		return;
	jsonw_open(&c.w, '{');
	jsonw_key(&c.w, "metrics");
	jsonw_open(&c.w, '[');
	catalogue_each(metrics, put_metric, &c);
	jsonw_close(&c.w, ']');
	put_bands(&c.w);
	jsonw_close(&c.w, '}');
	metric_free(metrics);
	exchange_json(x, 200, &c.w);
}

/* --- what they say -------------------------------------------------------- */

static void
give(struct exchange *x, const struct child_result *result, void *arg)
{
	static const char *const types[] = { "application/json",
					     "application/x-ndjson",
					     "text/csv; charset=utf-8",
					     "image/svg+xml" };
	const struct reading *reading = arg;
	char *bytes = memcpy(msg_calloc(result->out_len + 1, 1), result->out,
			     result->out_len);

	if (reading->format == INQUIRY_CSV)
		httpd_set_header(x->reply, "Content-Disposition",
				 reading->file);
	exchange_tagged(x, reading->tag, types[reading->format], bytes,
			result->out_len);
}

static void
drop(void *arg)
{
	struct reading *reading = arg;

	free(reading->file);
	free(reading);
}

void
readings_answer(struct exchange *x)
{
	struct reading *reading;
	struct program_call call = { give, drop, NULL };
	struct inquiry inquiry;
	struct program program;

	if (!inquiry_read(&inquiry, x))
		return;
	call.arg = reading = msg_calloc(1, sizeof(*reading));
	inquiry_program(&inquiry, x, &program);
	grounds_tag(&inquiry, x, &program, reading->tag);
	if (exchange_unchanged(x, reading->tag)) {
		program_drop(&program);
		drop(reading);
	} else {
		reading->format = inquiry.format;
		reading->file =
			msg_text("attachment; filename=\"%s%s.csv\"",
				 inquiry.name, inquiry.rows ? "-rows" : "");
		program_answer(x, &program, &call);
	}
	inquiry_drop(&inquiry);
}
