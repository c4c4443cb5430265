#include "measure/metric.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/whole.h"

enum { LARGEST = 1 << 20 };

/* A file while it is read, line by line. */
struct reader {
	struct metric *metric;
	char *at; /* the next line */
	unsigned line;
	char *why;
};

static char *
complaint(const char *file, unsigned line, const char *what)
{
	char *why;

	if (asprintf(&why, "%s:%u: %s", file, line, what) < 0)
		msg_die(EX_OSERR, "cannot read '%s': out of memory", file);
	return why;
}

static void
complain(struct reader *r, const char *what)
{
	if (r->why == NULL)
		r->why = complaint(r->metric->file, r->line, what);
}

/* Cuts the next line out of the text; NULL at the end. */
static char *
next_line(struct reader *r)
{
	char *line = r->at, *end;

	if (*line == '\0')
		return NULL;
	end = strchr(line, '\n');
	r->line++;
	if (end == NULL) {
		r->at = line + strlen(line);
	} else {
		*end = '\0';
		r->at = end + 1;
	}
	return line;
}

/* What stands behind `-- `, "" for `--`, NULL when the line is no comment. */
static char *
comment(char *line)
{
	if (strcmp(line, "--") == 0)
		return line + 2;
	return strncmp(line, "-- ", 3) == 0 ? line + 3 : NULL;
}

static void
read_title(struct reader *r)
{
	char *line = next_line(r), *text = line != NULL ? comment(line) : NULL;
	size_t len = strlen(r->metric->name);

	if (text == NULL || strncmp(text, r->metric->name, len) != 0 ||
	    strncmp(text + len, " - ", 3) != 0)
		complain(r, "expected '-- NAME - what it tells', the name as "
			    "the file's");
	else
		r->metric->help = text + len + 3;
}

static void
read_parts(struct reader *r, char *list)
{
	size_t n = 0, len;

	for (list += strspn(list, ", "); *list != '\0';
	     list += strspn(list, ", ")) {
		if (n == METRIC_PARTS) {
			complain(r, "expected at most 15 parts");
			return;
		}
		r->metric->parts[n++] = list;
		len = strcspn(list, ", ");
		if (list[len] == '\0')
			return;
		list[len] = '\0';
		list += len + 1;
	}
}

static void
read_set(struct reader *r, char *value)
{
	char *blank = strchr(value, ' ');

	r->metric->set = value;
	if (blank == NULL)
		return;
	*blank = '\0';
	r->metric->place = strtol(blank + 1, NULL, 10);
}

static void
read_key(struct reader *r, char *text)
{
	char *colon = strstr(text, ": ");
	struct metric *m = r->metric;

	if (colon == NULL) {
		complain(r, "expected '-- key: value', or '--' and the "
			    "definition");
		return;
	}
	*colon = '\0';
	if (strcmp(text, "unit") == 0)
		m->unit = colon + 2;
	else if (strcmp(text, "counts") == 0)
		m->counts = colon + 2;
	else if (strcmp(text, "parts") == 0)
		read_parts(r, colon + 2);
	else if (strcmp(text, "set") == 0)
		read_set(r, colon + 2);
	else
		complain(r, "expected unit, counts, parts or set");
}

static void
add_definition(struct metric *m, const char *text)
{
	size_t len = m->definition == NULL ? 0 : strlen(m->definition);
	size_t more = strlen(text);

	m->definition = msg_realloc(m->definition, len + more + 2);
	memcpy(m->definition + len, text, more);
	m->definition[len + more] = '\n';
	m->definition[len + more + 1] = '\0';
}

/* Reads up to `-- rows:`; what follows is at r->at. */
static void
read_head(struct reader *r)
{
	bool keys = true;
	char *line, *text;

	read_title(r);
	while (r->why == NULL) {
		line = next_line(r);
		text = line != NULL ? comment(line) : NULL;
		if (text == NULL)
			complain(r, "expected a comment up to '-- rows:'");
		else if (strcmp(text, "rows:") == 0)
			return;
		else if (*text == '\0' && keys)
			keys = false;
		else if (keys)
			read_key(r, text);
		else
			add_definition(r->metric, text);
	}
}

/* The two statements stay in the text, the second marker cuts the first. */
static void
read_statements(struct reader *r)
{
	static const char marker[] = "\n-- figures:\n";
	char *end = strstr(r->at, marker);
	struct metric *m = r->metric;

	if (r->why != NULL)
		return;
	m->rows = r->at;
	m->rows_line = r->line + 1;
	if (end == NULL) {
		complain(r, "expected '-- figures:' below the rows");
		return;
	}
	*end = '\0';
	m->figures = end + sizeof(marker) - 1;
	for (; r->at < end; r->at++)
		r->line += *r->at == '\n';
	m->figures_line = r->line + 3;
}

static void
drop(struct metric *m)
{
	free(m->name);
	free(m->file);
	free(m->definition);
	free(m->text);
	free(m->sql);
}

static char *
read_metric(struct metric *m, const char *folder, const char *name)
{
	struct reader r = { .metric = m };

	*m = (struct metric){ .name = msg_strdup(name),
			      .counts = "rows",
			      .unit = "" };
	m->name[strlen(name) - 4] = '\0';
	if (asprintf(&m->file, "%s/%s", folder, name) < 0)
		msg_die(EX_OSERR, "cannot read '%s': out of memory", name);
	if ((m->sql = whole_file(m->file, LARGEST, NULL)) == NULL)
		return complaint(m->file, 0, strerror(errno));
	m->text = msg_strdup(m->sql);
	r.at = m->text;
	read_head(&r);
	read_statements(&r);
	return r.why;
}

static int
is_sql(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len > 4 &&
	       strcmp(entry->d_name + len - 4, ".sql") == 0;
}

struct metrics *
metric_load(const char *folder, char **why)
{
	struct metrics *metrics;
	struct dirent **entries;
	int count, i;

	*why = NULL;
	if ((count = scandir(folder, &entries, is_sql, alphasort)) < 0) {
		*why = complaint(folder, 0, strerror(errno));
		return NULL;
	}
	metrics = msg_calloc(1, sizeof(*metrics));
	metrics->items = msg_calloc((size_t)count + 1, sizeof(*metrics->items));
	for (i = 0; i < count; i++) {
		if (*why == NULL)
			*why = read_metric(&metrics->items[metrics->count++],
					   folder, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	if (*why == NULL)
		return metrics;
	metric_free(metrics);
	return NULL;
}

void
metric_free(struct metrics *metrics)
{
	size_t i;

	if (metrics == NULL)
		return;
	for (i = 0; i < metrics->count; i++)
		drop(&metrics->items[i]);
	free(metrics->items);
	free(metrics);
}

const struct metric *
metric_find(const struct metrics *metrics, const char *name)
{
	size_t i;

	for (i = 0; i < metrics->count; i++)
		if (strcmp(metrics->items[i].name, name) == 0)
			return &metrics->items[i];
	return NULL;
}

/* Past a string, a quoted name or a comment that begins here. */
static const char *
skip(const char *s)
{
	const char *end;

	if (s[0] == '-' && s[1] == '-')
		end = strchr(s, '\n');
	else
		end = strchr(s + 1, *s);
	return end == NULL ? s + strlen(s) : end + 1;
}

int
metric_parameter(const char **at, char *name, size_t size)
{
	const char *s = *at;
	size_t n = 0;

	while (*s != '\0' && *s != ':')
		if (*s == '\'' || *s == '"' || (s[0] == '-' && s[1] == '-'))
			s = skip(s);
		else
			s++;
	if (*s == '\0')
		return 0;
	for (s++; (isalnum((unsigned char)*s) || *s == '_') && n + 1 < size;
	     s++)
		name[n++] = *s;
	name[n] = '\0';
	*at = s;
	return 1;
}
