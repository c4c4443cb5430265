#include "measure/reuse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/msg.h"
#include "base/whole.h"
#include "storage/edition.h"

enum { LARGEST = 1 << 20 };

/* An empty file counts as none: a reader may have made it. */
static void
write_identity(struct jsonw *w, const char *path)
{
	struct stat st;

	jsonw_open(w, '[');
	if (stat(path, &st) == 0 && st.st_size > 0) {
		jsonw_int(w, (int64_t)st.st_dev);
		jsonw_int(w, (int64_t)st.st_ino);
		jsonw_int(w, st.st_size);
		jsonw_int(w, st.st_mtim.tv_sec);
		jsonw_int(w, st.st_mtim.tv_nsec);
	}
	jsonw_close(w, ']');
}

static char *
identify(const char *database)
{
	struct jsonw w = { 0 };
	char *log;

	log = msg_text("%s-wal", database);
	jsonw_open(&w, '[');
	write_identity(&w, database);
	write_identity(&w, log);
	write_identity(&w, "/proc/self/exe");
	jsonw_close(&w, ']');
	free(log);
	return w.text;
}

/* The digest of a list of texts; they cannot run into each other. */
static void
digest(const char *const *texts, size_t count, char out[CRYPTO_HEX])
{
	struct jsonw w = { 0 };
	struct crypto_part part;
	size_t i;

	jsonw_open(&w, '[');
	for (i = 0; i < count; i++)
		jsonw_string(&w, texts[i]);
	jsonw_close(&w, ']');
	part = (struct crypto_part){ w.text, w.len };
	crypto_sha256_hex(&part, 1, out);
	jsonw_free(&w);
}

void
reuse_open(struct reuse *reuse, const struct reuse_paths *paths)
{
	const char **texts;
	size_t count = 0, i;

	reuse->database = realpath(paths->database, NULL);
	if (reuse->database == NULL)
		reuse->database = msg_strdup(paths->database);
	reuse->identity = identify(reuse->database);
	while (paths->texts[count] != NULL)
		count++;
	texts = msg_calloc(count + 1, sizeof(*texts));
	for (i = 0; i < count; i++)
		texts[i] = whole_file(paths->texts[i], LARGEST, NULL);
	digest(texts, count, reuse->texts);
	for (i = 0; i < count; i++)
		free((char *)texts[i]);
	free(texts);
}

void
reuse_close(struct reuse *reuse)
{
	free(reuse->database);
	free(reuse->identity);
	*reuse = (struct reuse){ 0 };
}

bool
reuse_may(const struct reuse_ask *ask)
{
	return !metric_mentions(ask->basis->metrics, ask->metric, "state.");
}

static void
write_text(struct jsonw *w, const char *name, const char *text)
{
	jsonw_key(w, name);
	jsonw_string(w, text);
}

static void
write_number(struct jsonw *w, const char *name, int64_t number)
{
	jsonw_key(w, name);
	jsonw_int(w, number);
}

/* Those of the metric, then those of the tables that it needs. */
static void
write_parameters(struct jsonw *w, const struct metrics *metrics,
		 const struct metric *metric)
{
	size_t i;

	for (i = 0; i < metric->parameters.count; i++) {
		const struct parameter *p = &metric->parameters.items[i];

		jsonw_open(w, '[');
		jsonw_string(w, metric->name);
		jsonw_string(w, p->name);
		jsonw_string(w, p->value);
		jsonw_close(w, ']');
	}
	for (i = 0; i < metric->needs.count; i++)
		write_parameters(w, metrics,
				 metric_table(metrics, metric->needs.items[i]));
}

static void
write_sql(struct jsonw *w, const struct metrics *metrics,
	  const struct metric *metric)
{
	char out[CRYPTO_HEX];
	size_t i;

	digest((const char *const *)&metric->sql, 1, out);
	jsonw_string(w, out);
	for (i = 0; i < metric->needs.count; i++)
		write_sql(w, metrics,
			  metric_table(metrics, metric->needs.items[i]));
}

static void
write_asked(const struct reuse *reuse, const struct reuse_ask *ask,
	    struct jsonw *w)
{
	const struct request *r = ask->request;
	const struct frame *f = ask->basis->frame;
	char grouping[FRAME_GROUPING];

	jsonw_open(w, '{');
	write_text(w, "metric", ask->metric->name);
	write_text(w, "by", frame_grouping(f, grouping));
	write_text(w, "since", r->since);
	write_text(w, "until", r->until);
	write_text(w, "scope", f->scope);
	write_number(w, "client", f->client);
	write_text(w, "zone", f->zone);
	write_text(w, "bands", bands_name(ask->basis->bands));
	jsonw_key(w, "bots");
	jsonw_bool(w, ask->bots);
	jsonw_key(w, "parameters");
	jsonw_open(w, '[');
	write_parameters(w, ask->basis->metrics, ask->metric);
	jsonw_close(w, ']');
	write_text(w, "database", reuse->database);
	jsonw_close(w, '}');
}

int
reuse_key(const struct reuse *reuse, const struct reuse_ask *ask,
	  struct jsonw *asked, struct jsonw *state)
{
	const struct frame *f = ask->basis->frame;
	int64_t edition, schema;

	if (edition_read(ask->basis->store, &edition) != 0 ||
	    store_number(ask->basis->store, "PRAGMA user_version", &schema) !=
		    0)
		return -1;
	write_asked(reuse, ask, asked);
	jsonw_open(state, '{');
	write_number(state, "data_version", edition);
	write_number(state, "schema", schema);
	write_text(state, "pulse", PULSE_VERSION);
	jsonw_key(state, "files");
	jsonw_raw(state, reuse->identity, strlen(reuse->identity));
	write_text(state, "texts", reuse->texts);
	jsonw_key(state, "sql");
	jsonw_open(state, '[');
	write_sql(state, ask->basis->metrics, ask->metric);
	jsonw_close(state, ']');
	write_number(state, "since", f->since);
	write_number(state, "until", f->until);
	if (metric_mentions(ask->basis->metrics, ask->metric, ":now"))
		write_number(state, "now", f->now);
	jsonw_close(state, '}');
	return 0;
}
