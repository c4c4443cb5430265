#include "measure/metric.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/whole.h"
#include "measure/head.h"
#include "measure/title.h"

enum { LARGEST = 1 << 20, DEEPEST = 16 };

/* The statements stay in the text, the second marker cuts the first. */
static void
read_statements(struct head *head)
{
	static const char marker[] = "\n-- figures:\n";
	struct metric *m = head->metric;
	char *end = strstr(head->at, marker);

	m->rows = head->at;
	m->rows_line = head->line + 1;
	if (head->table)
		return;
	if (end == NULL) {
		head_complain(head, "expected '-- figures:' below the rows");
		return;
	}
	*end = '\0';
	m->figures = end + sizeof(marker) - 1;
	for (; head->at < end; head->at++)
		head->line += *head->at == '\n';
	m->figures_line = head->line + 3;
}

static void
drop_words(struct metric_words *words)
{
	free(words->items);
}

static void
drop(struct metric *m)
{
	drop_words(&m->parts);
	drop_words(&m->by);
	drop_words(&m->every);
	drop_words(&m->needs);
	drop_words(&m->index);
	drop_words(&m->columns);
	parameters_free(&m->parameters);
	free(m->name);
	free(m->file);
	free(m->definition);
	free(m->text);
	free(m->sql);
}

static char *
file_error(const char *file, const char *what)
{
	return msg_text("%s:0: %s", file, what);
}

static char *
read_file(struct metric *m, const char *folder, const char *name, bool table)
{
	struct head head = { .metric = m, .table = table };

	*m = (struct metric){ .name = msg_strdup(name),
			      .counts = "rows",
			      .unit = "" };
	m->name[strlen(name) - 4] = '\0';
	m->file = msg_text("%s/%s", folder, name);
	if ((m->sql = whole_file(m->file, LARGEST, NULL)) == NULL)
		return file_error(m->file, strerror(errno));
	m->text = msg_strdup(m->sql);
	head.at = m->text;
	head_read(&head);
	if (head.why == NULL)
		read_statements(&head);
	return head.why;
}

static int
is_sql(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len > 4 &&
	       strcmp(entry->d_name + len - 4, ".sql") == 0;
}

/* The files of one folder; the count goes up to the one that is no good. */
static struct metric *
read_folder(const char *folder, bool tables, size_t *count, char **why)
{
	struct dirent **entries = NULL;
	struct metric *items;
	int found = scandir(folder, &entries, is_sql, alphasort), i;

	if (found < 0 && (errno != ENOENT || !tables))
		*why = file_error(folder, strerror(errno));
	if (found < 0)
		return NULL;
	items = msg_calloc((size_t)found + 1, sizeof(*items));
	for (i = 0; i < found; i++) {
		if (*why == NULL)
			*why = read_file(&items[(*count)++], folder,
					 entries[i]->d_name, tables);
		free(entries[i]);
	}
	free(entries);
	return items;
}

/* Every table that is needed must be there, and none may need itself. */
static char *
check_needs(const struct metrics *metrics, const struct metric *m, int depth)
{
	char *why = NULL;
	size_t i;

	for (i = 0; i < m->needs.count && why == NULL; i++) {
		const struct metric *table =
			metric_table(metrics, m->needs.items[i]);

		if (table == NULL)
			why = file_error(m->file, "it needs a table that is "
						  "not in the folder tables");
		else if (depth == DEEPEST)
			why = file_error(m->file,
					 "it needs a table that needs itself");
		else
			why = check_needs(metrics, table, depth + 1);
	}
	return why;
}

struct metrics *
metric_load(const char *folder, char **why)
{
	struct metrics *metrics = msg_calloc(1, sizeof(*metrics));
	char *tables;
	size_t i;

	*why = NULL;
	tables = msg_text("%s/tables", folder);
	metrics->items = read_folder(folder, false, &metrics->count, why);
	metrics->tables = read_folder(tables, true, &metrics->table_count, why);
	free(tables);
	for (i = 0; i < metrics->count && *why == NULL; i++)
		*why = check_needs(metrics, &metrics->items[i], 0);
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
	for (i = 0; i < metrics->table_count; i++)
		drop(&metrics->tables[i]);
	free(metrics->items);
	free(metrics->tables);
	free(metrics);
}

static const struct metric *
find(const struct metric *items, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(items[i].name, name) == 0)
			return &items[i];
	return NULL;
}

const struct metric *
metric_find(const struct metrics *metrics, const char *name)
{
	return find(metrics->items, metrics->count, name);
}

const struct metric *
metric_table(const struct metrics *metrics, const char *name)
{
	return find(metrics->tables, metrics->table_count, name);
}

bool
metric_has_word(const struct metric_words *words, const char *word)
{
	size_t i;

	for (i = 0; i < words->count; i++)
		if (strcmp(words->items[i], word) == 0)
			return true;
	return false;
}

char *
metric_join(const struct metric_words *a, const struct metric_words *b)
{
	size_t count = a->count + (b != NULL ? b->count : 0), i;
	char *text = msg_strdup(""), *longer;

	for (i = 0; i < count; i++) {
		longer = msg_text("%s%s%s", text, i > 0 ? ", " : "",
				  i < a->count ? a->items[i]
					       : b->items[i - a->count]);
		free(text);
		text = longer;
	}
	return text;
}

char *
metric_say_part(const struct metric *metric, const char *part)
{
	char *name = msg_strdup(part);

	if (metric_has_word(&metric->parts, part))
		title_words(name);
	return name;
}

bool
metric_mentions(const struct metrics *metrics, const struct metric *metric,
		const char *word)
{
	size_t i;

	if (strstr(metric->rows, word) != NULL ||
	    (metric->figures != NULL && strstr(metric->figures, word) != NULL))
		return true;
	for (i = 0; i < metric->needs.count; i++)
		if (metric_mentions(
			    metrics,
			    metric_table(metrics, metric->needs.items[i]),
			    word))
			return true;
	return false;
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
