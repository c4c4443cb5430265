#include "look/castoffs.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/jsonw.h"
#include "base/msg.h"
#include "base/times.h"
#include "records/json.h"
#include "records/ndjson.h"

static const struct kind {
	const char *name, *ending;
} kinds[] = { { "rejects", ".rejects" },
	      { "batch", ".batch" },
	      { "tail", ".tail" },
	      { NULL, NULL } };

/* A rule, and how many lines broke it. */
struct broken {
	char *rule;
	int64_t count;
};

struct castoff {
	const struct shelf_item *item;
	const char *kind;
	size_t stem;   /* of its name, without the ending */
	int64_t lines; /* -1: it cannot be read */
	struct broken rules[CASTOFFS_RULES];
	size_t count;
};

static bool
is_castoff(const struct shelf_item *item, struct castoff *c)
{
	size_t len = strlen(item->name), i;

	*c = (struct castoff){ .item = item, .lines = -1 };
	for (i = 0; kinds[i].name != NULL; i++) {
		size_t end = strlen(kinds[i].ending);

		if (len > end &&
		    strcmp(item->name + len - end, kinds[i].ending) == 0) {
			c->kind = kinds[i].name;
			c->stem = len - end;
		}
	}
	return item->state == QUEUE_BAD && c->kind != NULL;
}

/* --- its lines ------------------------------------------------------------ */

static void
add_rule(struct castoff *c, const struct json_span *span)
{
	char *rule = json_text(span);
	size_t i;

	if (rule == NULL)
		return;
	for (i = 0; i < c->count; i++)
		if (strcmp(c->rules[i].rule, rule) == 0)
			break;
	if (i == c->count && i < CASTOFFS_RULES)
		c->rules[c->count++].rule = msg_strdup(rule);
	if (i < c->count)
		c->rules[i].count++;
	free(rule);
}

static void
add_rules(struct castoff *c, const struct json_paths *paths,
	  const struct ndjson_line *line)
{
	struct json_error error;
	struct json_span rules, key, value;
	struct json_walk walk;

	if (json_scan(paths, line->text, line->len, &rules, &error) != 0 ||
	    rules.type != JSON_ARRAY)
		return;
	walk = json_walk(&rules);
	while (json_next(&walk, &key, &value))
		add_rule(c, &value);
}

/* A rejected line is held whole, with words about it. */
static void
read_lines(struct castoff *c)
{
	static const char *const wanted[] = { "rules" };
	int fd = open(c->item->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct json_paths *paths = json_paths(wanted, 1);
	bool rejects = strcmp(c->kind, "rejects") == 0;
	struct ndjson_line line;
	struct ndjson *in;

	if (fd >= 0) {
		in = ndjson_open(fd, c->item->path);
		ndjson_allow(in, NDJSON_CUT);
		for (c->lines = 0; ndjson_next(in, &line); c->lines++)
			if (rejects)
				add_rules(c, paths, &line);
		if (ndjson_failed(in))
			c->lines = -1;
		ndjson_close(in);
		close(fd);
	}
	json_paths_free(paths);
}

/* --- what is told of it --------------------------------------------------- */

/* May it stand in a command as it is? */
static bool
is_plain(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._-/";

	return *text != '-' && text[strspn(text, plain)] == '\0';
}

/* Allocated; NULL: it is left to people, or its name is not one of ours. */
static char *
command(const struct castoff *c)
{
	const struct shelf_item *item = c->item;

	if (strcmp(c->kind, "tail") == 0 || !is_plain(item->path) ||
	    !is_plain(item->name) || !is_plain(item->queue) ||
	    !is_plain(item->client))
		return NULL;
	if (strcmp(c->kind, "rejects") == 0)
		return msg_text("validate --unwrap <%s | load", item->path);
	return msg_text("spool-ls --replay -k %s %s %.*s", item->client,
			item->queue, (int)c->stem, item->name);
}

static void
put_rules(struct jsonw *w, const struct castoff *c)
{
	size_t i;

	jsonw_key(w, "rules");
	if (strcmp(c->kind, "rejects") != 0) {
		jsonw_null(w);
		return;
	}
	jsonw_open(w, '{');
	for (i = 0; i < c->count; i++)
		jsonw_put_int(w, c->rules[i].rule, c->rules[i].count);
	jsonw_close(w, '}');
}

static void
print_line(const struct castoff *c, FILE *out)
{
	const struct shelf_item *item = c->item;
	char *deal = command(c);
	struct jsonw w = { 0 };

	jsonw_open(&w, '{');
	jsonw_put_string(&w, "client", item->client);
	jsonw_put_string(&w, "queue", item->queue);
	jsonw_put_string(&w, "name", item->name);
	jsonw_put_string(&w, "kind", c->kind);
	jsonw_key(&w, "at");
	jsonw_time(&w, item->at);
	jsonw_put_int(&w, "bytes", item->bytes);
	jsonw_key(&w, "lines");
	if (c->lines < 0)
		jsonw_null(&w);
	else
		jsonw_int(&w, c->lines);
	put_rules(&w, c);
	jsonw_put_string(&w, "command", deal);
	jsonw_close(&w, '}');
	fwrite(w.text, 1, w.len, out);
	fputc('\n', out);
	jsonw_free(&w);
	free(deal);
}

/* The rule that most lines broke. */
static void
print_row(const struct castoff *c, struct listing *list)
{
	const struct broken *most = NULL;
	char at[TIMES_SIZE], *deal = command(c);
	size_t i;

	for (i = 0; i < c->count; i++)
		if (most == NULL || c->rules[i].count > most->count)
			most = &c->rules[i];
	times_format_seconds(c->item->at, at);
	listing_string(list, c->item->client);
	listing_string(list, c->item->queue);
	listing_string(list, c->kind);
	listing_int(list, c->lines);
	listing_string(list, at);
	listing_string(list, most != NULL ? most->rule : "");
	listing_string(list, deal != NULL ? deal : c->item->name);
	free(deal);
}

void
castoffs_list(const struct shelf *shelf, FILE *out, enum listing_format format)
{
	static const char *const columns[] = { "client",    "queue", "kind",
					       "lines",	    "at",    "most",
					       "deal with", NULL };
	struct listing *list = format == LISTING_NDJSON
				       ? NULL
				       : listing_open(out, format, columns);
	struct castoff c;
	size_t i;

	for (i = 0; i < shelf->count; i++) {
		if (!is_castoff(&shelf->items[i], &c))
			continue;
		read_lines(&c);
		if (list == NULL)
			print_line(&c, out);
		else
			print_row(&c, list);
		while (c.count > 0)
			free(c.rules[--c.count].rule);
	}
	if (list != NULL)
		listing_close(list);
}
