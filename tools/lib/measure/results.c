#include "measure/results.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic.h"
#include "base/crypto.h"
#include "base/jsonw.h"
#include "base/msg.h"
#include "base/whole.h"
#include "measure/labels.h"
#include "records/json.h"

enum { LARGEST = 32 << 20 };

enum column { GROUP, PART, PERIOD, VALUE, UNIT, N, BAND, NOTE, COLUMNS };

static const char *const names[COLUMNS] = { "group", "part", "period", "value",
					    "unit",  "n",    "band",   "note" };

enum { FOUND = 3 };

static const char *const found_names[FOUND] = { "repos", "projects",
						"left_out" };

static size_t *
count_at(struct frame_counts *found, size_t i)
{
	size_t *const counts[FOUND] = { &found->repos, &found->projects,
					&found->left_out };

	return counts[i];
}

static char *
path_of(const char *folder, const struct results_key *key)
{
	struct crypto_part part = { key->asked, strlen(key->asked) };
	char digest[CRYPTO_HEX], *path;

	crypto_sha256_hex(&part, 1, digest);
	path = msg_text("%s/%s", folder, digest);
	return path;
}

/* The first line: the key, and the digest of all lines below. */
static void
head(const struct results_key *key, const char *body, size_t len,
     struct jsonw *w)
{
	struct crypto_part part = { body, len };
	char digest[CRYPTO_HEX];

	crypto_sha256_hex(&part, 1, digest);
	jsonw_open(w, '{');
	jsonw_key(w, "asked");
	jsonw_raw(w, key->asked, strlen(key->asked));
	jsonw_key(w, "state");
	jsonw_raw(w, key->state, strlen(key->state));
	jsonw_key(w, "digest");
	jsonw_string(w, digest);
	jsonw_close(w, '}');
}

static void
write_text(struct jsonw *w, enum column column, const char *text)
{
	jsonw_key(w, names[column]);
	jsonw_string(w, text);
}

static void
write_figure(FILE *out, const struct figure *figure)
{
	struct jsonw w = { 0 };

	jsonw_open(&w, '{');
	write_text(&w, GROUP, figure->group);
	write_text(&w, PART, figure->part);
	write_text(&w, PERIOD, figure->period);
	jsonw_key(&w, names[VALUE]);
	if (figure->known)
		jsonw_real(&w, figure->value);
	else
		jsonw_null(&w);
	write_text(&w, UNIT, figure->unit);
	jsonw_key(&w, names[N]);
	jsonw_int(&w, figure->n);
	write_text(&w, BAND, figure->band);
	write_text(&w, NOTE, figure->note);
	jsonw_close(&w, '}');
	fprintf(out, "%s\n", w.text);
	jsonw_free(&w);
}

static void
write_found(FILE *out, const struct frame_counts *found)
{
	struct jsonw w = { 0 };
	size_t i;

	jsonw_open(&w, '{');
	for (i = 0; i < FOUND; i++) {
		jsonw_key(&w, found_names[i]);
		jsonw_int(&w,
			  (int64_t)*count_at((struct frame_counts *)found, i));
	}
	jsonw_close(&w, '}');
	fprintf(out, "%s\n", w.text);
	jsonw_free(&w);
}

static bool
read_found(const char *line, size_t len, struct frame_counts *found)
{
	struct json_paths *paths = json_paths(found_names, FOUND);
	struct json_span spans[FOUND];
	struct json_error error;
	bool good = json_scan(paths, line, len, spans, &error) == 0;
	int64_t number;
	size_t i;

	for (i = 0; i < FOUND && good; i++) {
		good = json_int(&spans[i], &number) && number >= 0;
		*count_at(found, i) = good ? (size_t)number : 0;
	}
	json_paths_free(paths);
	return good;
}

static char *
body_of(const struct figures *figures, const struct frame_counts *found,
	size_t *len)
{
	char *body = NULL;
	FILE *out = open_memstream(&body, len);
	size_t i;

	if (out == NULL)
		msg_die(EX_OSERR, "cannot keep a result: out of memory");
	write_found(out, found);
	for (i = 0; i < figures->count; i++)
		write_figure(out, &figures->items[i]);
	if (fclose(out) != 0)
		msg_die(EX_OSERR, "cannot keep a result: out of memory");
	return body;
}

int
results_write(const char *folder, const struct results_key *key,
	      const struct figures *figures, const struct frame_counts *found)
{
	struct jsonw w = { 0 };
	char *path, *text, *body;
	size_t len;
	int failed = -1, size, error;

	body = body_of(figures, found, &len);
	head(key, body, len, &w);
	if ((size = asprintf(&text, "%s\n%s", w.text, body)) < 0)
		msg_die(EX_OSERR, "cannot keep a result: out of memory");
	path = path_of(folder, key);
	errno = EFBIG;
	if (size < LARGEST)
		failed = atomic_write(path, text, (size_t)size);
	error = errno;
	free(path);
	free(text);
	free(body);
	jsonw_free(&w);
	errno = error;
	return failed;
}

/* NULL stays NULL; *bad when it is neither. */
static const char *
read_label(struct labels *labels, const struct json_span *span, bool *bad)
{
	char *text;
	const char *kept;

	if (span->type == JSON_NULL)
		return NULL;
	if ((text = json_text(span)) == NULL) {
		*bad = true;
		return NULL;
	}
	kept = labels_at(labels, labels_add(labels, text));
	free(text);
	return kept;
}

static bool
read_figure(const struct json_span *spans, struct labels *labels,
	    struct figure *f)
{
	bool bad = false;

	f->group = read_label(labels, &spans[GROUP], &bad);
	f->part = read_label(labels, &spans[PART], &bad);
	f->period = read_label(labels, &spans[PERIOD], &bad);
	f->unit = read_label(labels, &spans[UNIT], &bad);
	f->band = read_label(labels, &spans[BAND], &bad);
	f->note = json_text(&spans[NOTE]);
	f->known = json_real(&spans[VALUE], &f->value);
	return !bad && f->group != NULL && f->unit != NULL &&
	       json_int(&spans[N], &f->n);
}

static size_t
count_lines(const char *text)
{
	size_t count = 0;

	for (; (text = strchr(text, '\n')) != NULL; text++)
		count++;
	return count;
}

static struct figures *
read_figures(const char *body)
{
	struct json_paths *paths = json_paths(names, COLUMNS);
	struct figures *figures = msg_calloc(1, sizeof(*figures));
	struct json_span spans[COLUMNS];
	struct json_error error;
	bool good = true;
	const char *end;

	figures->names = labels_new();
	figures->items =
		msg_calloc(count_lines(body) + 1, sizeof(*figures->items));
	for (; good && (end = strchr(body, '\n')) != NULL; body = end + 1)
		good = json_scan(paths, body, (size_t)(end - body), spans,
				 &error) == 0 &&
		       read_figure(spans, figures->names,
				   &figures->items[figures->count++]);
	json_paths_free(paths);
	if (good)
		return figures;
	figures_free(figures);
	return NULL;
}

/* Below the first line, which ends where text was cut. */
static struct figures *
read_body(const char *body, struct frame_counts *found)
{
	const char *end = strchr(body, '\n');

	if (end == NULL || !read_found(body, (size_t)(end - body), found))
		return NULL;
	return read_figures(end + 1);
}

struct figures *
results_read(const char *folder, const struct results_key *key,
	     struct frame_counts *found)
{
	char *path = path_of(folder, key), *text, *body;
	struct figures *figures = NULL;
	struct jsonw w = { 0 };
	size_t len;

	text = whole_file(path, LARGEST, &len);
	body = text == NULL ? NULL : strchr(text, '\n');
	if (body != NULL) {
		*body++ = '\0';
		head(key, body, len - (size_t)(body - text), &w);
		if (strcmp(text, w.text) == 0)
			figures = read_body(body, found);
	}
	jsonw_free(&w);
	free(text);
	free(path);
	return figures;
}
