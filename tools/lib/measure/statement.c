#include "measure/statement.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

static void
say(const struct statement *s, unsigned line, const char *what, char **why)
{
	*why = msg_text("%s:%u: %s", s->file->file, line, what);
}

/* The line that SQLite points at, or the statement's first. */
static unsigned
line_of(const struct figures_basis *basis, const struct statement *s)
{
	int offset = store_error_offset(basis->store);
	size_t before = strlen(s->before), i;
	unsigned line = s->line;

	if (offset < 0)
		return line;
	for (i = before; i < (size_t)offset && s->sql[i - before] != '\0'; i++)
		line += s->sql[i - before] == '\n';
	return line;
}

void
statement_complain(const struct figures_basis *basis, const struct statement *s,
		   char **why)
{
	say(s, line_of(basis, s), store_error(basis->store), why);
}

static bool
bind_number(const struct frame *f, struct store_query *query, int place,
	    const char *name)
{
	const struct {
		const char *name;
		int64_t value;
	} known[] = {
		{ "client", f->client },
		{ "since", f->since },
		{ "until", f->until },
		{ "now", f->now },
		{ "people", f->by == FRAME_TEAM || f->by == FRAME_PERSON },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].name, name) == 0) {
			store_bind_int(query, place, known[i].value);
			return true;
		}
	return false;
}

static bool
bind_name(const struct frame *f, struct store_query *query, int place,
	  const char *name)
{
	const struct {
		const char *name, *value;
	} known[] = {
		{ "tz", f->zone },
		{ "by", frame_by_names[f->by] },
		{ "every", frame_every_names[f->every] },
		{ "github", f->github },
		{ "jira", f->jira },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].name, name) == 0) {
			store_bind_string(query, place, known[i].value);
			return true;
		}
	return false;
}

static void
bind_declared(struct store_query *query, int place, const struct parameter *p)
{
	if (p->kind == PARAMETER_NUMBER)
		store_bind_real(query, place, strtod(p->value, NULL));
	else
		store_bind_string(query, place, p->value);
}

/* False when nobody knows that parameter. */
static bool
bind_one(const struct figures_basis *basis, const struct statement *s,
	 struct store_query *query, const char *name)
{
	const struct parameter *declared =
		parameters_find(&s->file->parameters, name);
	char with_colon[72];
	int place;

	snprintf(with_colon, sizeof(with_colon), ":%s", name);
	if ((place = store_parameter(query, with_colon)) == 0)
		return true; /* of text that is no SQL */
	if (bind_number(basis->frame, query, place, name) ||
	    bind_name(basis->frame, query, place, name))
		return true;
	if (declared != NULL)
		bind_declared(query, place, declared);
	else if (bands_parameter(basis->bands, name) != NULL)
		store_bind_string(query, place,
				  bands_parameter(basis->bands, name));
	else
		return false;
	return true;
}

/* Behind blanks, semicolons and comments. */
static const char *
next_word(const char *sql)
{
	for (;;) {
		sql += strspn(sql, " \t\n\r\f;");
		if (strncmp(sql, "--", 2) != 0)
			return sql;
		sql += strcspn(sql, "\n");
	}
}

/* A second statement would be left out without a word. */
static bool
is_one(const struct statement *s, const struct store_query *query, char **why)
{
	size_t before = strlen(s->before);
	const char *at, *rest;
	unsigned line = s->line;

	rest = next_word(s->sql + strlen(store_statement(query)) - before);
	if (*rest == '\0')
		return true;
	for (at = s->sql; at < rest; at++)
		line += *at == '\n';
	say(s, line, "expected one statement, not a second one", why);
	return false;
}

static bool
bind_all(const struct figures_basis *basis, const struct statement *s,
	 struct store_query *query, char **why)
{
	const char *at = s->sql;
	char name[64], reason[96];

	while (metric_parameter(&at, name, sizeof(name)))
		if (!bind_one(basis, s, query, name)) {
			snprintf(reason, sizeof(reason),
				 "no parameter is called :%s", name);
			say(s, s->line, reason, why);
			return false;
		}
	return true;
}

static struct store_query *
prepare(const struct figures_basis *basis, const struct statement *s,
	char **why)
{
	size_t size = strlen(s->before) + strlen(s->sql) + 1;
	char *sql = msg_calloc(size, 1);
	struct store_query *query;

	snprintf(sql, size, "%s%s", s->before, s->sql);
	query = store_query(basis->store, sql);
	free(sql);
	if (query == NULL) {
		statement_complain(basis, s, why);
		return NULL;
	}
	if (is_one(s, query, why) && bind_all(basis, s, query, why))
		return query;
	store_query_free(query);
	return NULL;
}

struct store_query *
statement_prepare(const struct figures_basis *basis, const struct statement *s,
		  char **why)
{
	struct store_query *query = prepare(basis, s, why);

	if (query == NULL || store_only_reads(query))
		return query;
	say(s, s->line, "a metric only reads", why);
	store_query_free(query);
	return NULL;
}

int
statement_run(const struct figures_basis *basis, const struct statement *s,
	      char **why)
{
	struct store_query *query = prepare(basis, s, why);
	int row;

	if (query == NULL)
		return -1;
	if ((row = store_step(query)) != 0)
		statement_complain(basis, s, why);
	store_query_free(query);
	return row == 0 ? 0 : -1;
}

int
statement_plan(const struct figures_basis *basis, const struct statement *s,
	       FILE *out, char **why)
{
	if (frame_explain(basis->store, s->sql, out) == 0)
		return 0;
	statement_complain(basis, s, why);
	return -1;
}
