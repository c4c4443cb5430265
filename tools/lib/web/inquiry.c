#include "web/inquiry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/home.h"
#include "base/msg.h"
#include "base/settings.h"
#include "picture/chart.h"

enum { LONGEST = 128, MOST_SETS = 32 };

static const char *const formats[] = { "json", "ndjson", "csv", "svg", NULL };

static const char wanted[] = "the figures' arguments are explained by "
			     "metrics(1) under the same names";

/* Takes over why. */
static bool
refuse(struct exchange *x, char *why)
{
	exchange_refuse(x, 400, "bad_argument", why, wanted);
	free(why);
	return false;
}

/* --- its arguments -------------------------------------------------------- */

/* What is wrong with the first one that is wrong. */
struct review {
	struct inquiry *inquiry;
	char *why;
};

static bool
is_plain(const char *value)
{
	size_t len = strlen(value), i;

	for (i = 0; i < len; i++)
		if ((unsigned char)value[i] < ' ' || value[i] == 0x7f)
			return false;
	return len <= LONGEST;
}

static void
add_set(struct review *review, const char *name, const char *value)
{
	struct cli_list *set = &review->inquiry->set;

	if (set->count == MOST_SETS) {
		review->why = msg_text("at most %d parameters", MOST_SETS);
		return;
	}
	set->items =
		msg_realloc(set->items, (set->count + 1) * sizeof(*set->items));
	set->items[set->count++] = msg_text("%s=%s", name, value);
}

static void
look_at(void *arg, const char *name, const char *value)
{
	struct review *review = arg;

	if (review->why != NULL)
		return;
	if (value == NULL || *value == '\0')
		review->why = msg_text("'%.32s' has no value", name);
	else if (!is_plain(value) || !is_plain(name))
		review->why = msg_text("'%.32s' is longer than %d bytes, or "
				       "holds a control character",
				       name, LONGEST);
	else if (strncmp(name, "set.", 4) == 0)
		add_set(review, name + 4, value);
}

/* Which of the words it is; `none` when it was not given; -1: refused. */
static int
choose(struct exchange *x, const char *name, const char *const *known, int none)
{
	const char *word = exchange_argument(x, name);
	int i;

	if (word == NULL)
		return none;
	for (i = 0; known[i] != NULL; i++)
		if (strcmp(known[i], word) == 0)
			return i;
	refuse(x, request_unknown(name, word, known));
	return -1;
}

static bool
read_flag(struct exchange *x, const char *name, bool *flag)
{
	const char *word = exchange_argument(x, name);

	*flag = word != NULL && strcmp(word, "1") == 0;
	return word == NULL || *flag || strcmp(word, "0") == 0 ||
	       refuse(x, msg_text("%s is 0 or 1", name));
}

static bool
read_bands(struct inquiry *q, struct exchange *x)
{
	char *folder = home_share("bands");
	char **sets = bands_sets(folder), **set;
	bool found;

	q->bands = exchange_argument(x, "bands");
	found = choose(x, "bands", (const char *const *)sets, 0) >= 0;
	for (set = sets; *set != NULL; set++)
		free(*set);
	free(sets);
	free(folder);
	return found;
}

static bool
read_words(struct inquiry *q, struct exchange *x)
{
	int format = choose(x, "format", formats, INQUIRY_JSON);
	int trend =
		format < 0 ? -1 : choose(x, "trend", frame_every_names + 1, 0);

	if (format < 0 || trend < 0)
		return false;
	q->format = (enum inquiry_format)format;
	q->trend = exchange_argument(x, "trend");
	q->chart = exchange_argument(x, "chart");
	return read_flag(x, "rows", &q->rows) &&
	       read_flag(x, "bots", &q->bots) &&
	       read_flag(x, "bare", &q->bare) && read_bands(q, x) &&
	       exchange_client(x, &q->client);
}

/* Which words go together. */
static bool
fits(const struct inquiry *q, struct exchange *x)
{
	bool svg = q->format == INQUIRY_SVG;
	char *why;

	if (q->rows && svg)
		return refuse(x, msg_text("rows are no picture: ask for json, "
					  "ndjson or csv"));
	if ((q->rows || svg) && q->choice.count != 1)
		return refuse(x,
			      msg_text("%s of one metric at a time, not of "
				       "a set",
				       svg ? "svg is a picture" : "rows are"));
	if (q->trend != NULL && (q->format != INQUIRY_JSON || q->rows))
		return refuse(x, msg_text("trend goes with json, and not with "
					  "rows"));
	if ((q->bare || q->chart != NULL) && !svg)
		return refuse(x, msg_text("chart and bare go with svg"));
	return q->chart == NULL || chart_understands(q->chart, &why) ||
	       refuse(x, why);
}

/* --- what it is of -------------------------------------------------------- */

struct metrics *
inquiry_metrics(struct exchange *x)
{
	char *folder = home_share("metrics"), *why;
	struct metrics *metrics = metric_load(folder, &why);

	if (metrics == NULL) {
		exchange_refusef(x, 503, "configuration", NULL,
				 "cannot use '%s': %s", folder, why);
		free(why);
	}
	free(folder);
	return metrics;
}

static bool
find_client(struct inquiry *q, struct exchange *x)
{
	char *path = home_config(x->web->config), *why, id[24];

	q->settings = settings_load(path, &why);
	free(path);
	if (q->settings == NULL) { /* metrics says so, too, and in full */
		free(why);
		return true;
	}
	snprintf(id, sizeof(id), "%lld",
		 (long long)(q->client < 0 ? 1 : q->client));
	if (q->settings->root == NULL ||
	    settings_client(q->settings, id) != NULL)
		return true;
	exchange_refusef(x, 404, "no_such_client",
			 "the clients are those of pulse.yaml",
			 "there is no client %s", id);
	return false;
}

/* A name that is none is not found, whatever else may be wrong. */
static bool
find_metric(struct inquiry *q, struct exchange *x)
{
	char *names[] = { (char *)q->name, NULL }, *why;

	why = catalogue_choose(q->metrics, names, &q->request, &q->choice);
	if (why == NULL)
		return true;
	if (catalogue_knows(q->metrics, q->name))
		return refuse(x, why);
	exchange_refuse(x, 404, "no_such_metric", why,
			"GET /api/v1/metrics lists them");
	free(why);
	return false;
}

static bool
read_request(struct inquiry *q, struct exchange *x)
{
	char *why;

	q->request = (struct request){
		.since = exchange_argument(x, "since"),
		.until = exchange_argument(x, "until"),
		.by = exchange_argument(x, "by"),
		.scope = exchange_argument(x, "scope"),
		.zone = exchange_argument(x, "tz"),
	};
	why = request_read(&q->request, clock_now());
	return why == NULL || refuse(x, why);
}

static bool
give_parameters(struct inquiry *q, struct exchange *x)
{
	char *why = choices_from_words(q->metrics, &q->set);

	if (why == NULL)
		why = choices_refuse(q->metrics, q->choice.metrics,
				     q->choice.count, &q->set);
	return why == NULL || refuse(x, why);
}

static bool
is_there(struct exchange *x)
{
	struct stat st;

	if (fstatat(x->web->rooms.spool, "pulse.db", &st, 0) == 0)
		return true;
	exchange_refuse(x, 404, "no_data", "nothing has been fetched yet",
			"pulse init, then pulse start github_job and "
			"jira_job");
	return false;
}

bool
inquiry_read(struct inquiry *q, struct exchange *x)
{
	struct review review = { q, NULL };

	*q = (struct inquiry){ .name = x->parts[0], .client = -1 };
	httpd_each_argument(x->request, look_at, &review);
	if (review.why != NULL)
		refuse(x, review.why);
	else if (read_words(q, x) && (q->metrics = inquiry_metrics(x)) &&
		 read_request(q, x) && find_metric(q, x) && fits(q, x) &&
		 give_parameters(q, x) && find_client(q, x) && is_there(x))
		return true;
	inquiry_drop(q);
	return false;
}

void
inquiry_drop(struct inquiry *q)
{
	size_t i;

	for (i = 0; i < q->set.count; i++)
		free((char *)q->set.items[i]);
	free(q->set.items);
	free(q->choice.metrics);
	free(q->choice.left_out);
	metric_free(q->metrics);
	settings_free(q->settings);
	*q = (struct inquiry){ .client = -1 };
}

/* --- the program ---------------------------------------------------------- */

static void
put_option(struct program *program, const char *name, const char *value)
{
	if (value != NULL)
		program_word(program, "--%s=%s", name, value);
}

void
inquiry_program(const struct inquiry *q, const struct exchange *x,
		struct program *program)
{
	size_t i;

	program_begin(program, "metrics");
	program_word(program, "--database=%s/pulse.db", x->web->rooms.path);
	put_option(program, "config", x->web->config);
	put_option(program, "format", formats[q->format]);
	put_option(program, "since", q->request.since);
	put_option(program, "until", q->request.until);
	put_option(program, "by", q->request.by);
	put_option(program, "scope", q->request.scope);
	put_option(program, "tz", q->request.zone);
	put_option(program, "bands", q->bands);
	put_option(program, "trend", q->trend);
	put_option(program, "chart", q->chart);
	if (q->client >= 0)
		program_word(program, "--client=%lld", (long long)q->client);
	if (q->rows)
		program_word(program, "--rows");
	if (q->bots)
		program_word(program, "--bots");
	if (q->bare)
		program_word(program, "--bare");
	for (i = 0; i < q->set.count; i++)
		put_option(program, "set", q->set.items[i]);
	program_word(program, "--");
	program_word(program, "%s", q->name);
}
