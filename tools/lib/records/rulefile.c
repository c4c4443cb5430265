#include "records/rulefile.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

/* One reading.  The functions below return false with *why set. */
struct reader {
	struct rules_type *type;
	const char **wanted; /* the paths, one per span */
	size_t wanted_count;
	char **why;
};

static const char *const sorts[] = {
	[RULES_TEXT] = "text", [RULES_INTEGER] = "integer",
	[RULES_REAL] = "real", [RULES_BOOLEAN] = "boolean",
	[RULES_TIME] = "time", [RULES_DATE] = "date",
	[RULES_JSON] = "json", NULL,
};

static const char *const sort_faults[] = {
	[RULES_TEXT] = "not text",     [RULES_INTEGER] = "not an integer",
	[RULES_REAL] = "not a number", [RULES_BOOLEAN] = "not a boolean",
	[RULES_TIME] = "not a time",   [RULES_DATE] = "not a date",
	[RULES_JSON] = "not JSON",
};

static char *format(const char *form, ...)
	__attribute__((format(printf, 1, 2)));
static char *
format(const char *form, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, form);
	len = vasprintf(&text, form, args);
	va_end(args);
	if (len < 0)
		msg_die(EX_OSERR, "cannot go on: out of memory");
	return text;
}

static bool
expected(struct reader *r, const struct config *node, const char *what)
{
	*r->why = config_complain(node, what);
	return false;
}

/* A map that has only known keys. */
static bool
map(struct reader *r, const struct config *node, const char *what,
    const char *const *known)
{
	const struct config *unknown;
	char list[256];
	size_t len = 0;

	if (node->kind != CONFIG_MAP)
		return expected(r, node, what);
	if ((unknown = config_unknown(node, known)) == NULL)
		return true;
	for (; *known != NULL && len < sizeof(list); known++)
		len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s",
					len > 0 ? ", " : "", *known);
	*r->why = format("%s:%u: expected one of %s, not '%s'", unknown->file,
			 unknown->line, list, unknown->key);
	return false;
}

static size_t
count(const struct config *container)
{
	const struct config *n;
	size_t members = 0;

	if (container == NULL || container->kind == CONFIG_SCALAR)
		return 0;
	for (n = container->first; n != NULL; n = n->next)
		members++;
	return members;
}

/* A table or column: what needs no quotes in SQL. */
static bool
is_identifier(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return len > 0 && text[len] == '\0' && (text[0] < '0' || text[0] > '9');
}

/* The member key as an identifier; *to stays NULL when there is none. */
static bool
identifier(struct reader *r, const struct config *node, const char *key,
	   const char **to)
{
	const struct config *n = config_get(node, key);

	if (n == NULL)
		return true;
	if (config_text(n) == NULL || !is_identifier(n->text))
		return expected(r, n, "a name of a-z, 0-9 and _");
	*to = n->text;
	return true;
}

/* `key_column: NAME`, or NAME/NAME for a key of two parts. */
static bool
key_column(struct reader *r, const struct config *node)
{
	const struct config *n = config_get(node, "key_column");
	const char *text = config_text(n);
	const char *slash = text != NULL ? strchr(text, '/') : NULL;
	char first[64];

	if (slash == NULL)
		return identifier(r, node, "key_column", &r->type->key_column);
	snprintf(first, sizeof(first), "%.*s", (int)(slash - text), text);
	if (!is_identifier(first) || !is_identifier(slash + 1))
		return expected(r, n, "a column, or two as in number/sha");
	r->type->key_column = text;
	return true;
}

static size_t
want(struct reader *r, const char *path)
{
	r->wanted = msg_realloc(r->wanted,
				(r->wanted_count + 1) * sizeof(*r->wanted));
	r->wanted[r->wanted_count] = path;
	return r->wanted_count++;
}

static bool
path(struct reader *r, const struct config *node, bool in_record, size_t *span)
{
	const char *text = config_text(node);
	size_t i;

	if (text == NULL || strstr(text, "..") != NULL ||
	    (*text != '\0' && text[strlen(text) - 1] == '.') || *text == '.')
		return expected(r, node, "a path such as data.user.login");
	if (!in_record || strncmp(text, "data.", 5) == 0 ||
	    strncmp(text, "ext.", 4) == 0) {
		*span = want(r, text);
		return true;
	}
	for (i = 0; i < RULES_ENVELOPE; i++)
		if (strcmp(r->wanted[i], text) == 0) {
			*span = want(r, text);
			return true;
		}
	return expected(r, node,
			"a path that begins with data. or ext., or a key of "
			"the envelope");
}

static bool
sort(struct reader *r, const struct config *node, enum rules_sort *sort_of)
{
	const char *text = config_text(node);
	size_t i;

	for (i = 0; text != NULL && sorts[i] != NULL; i++)
		if (strcmp(sorts[i], text) == 0) {
			*sort_of = (enum rules_sort)i;
			return true;
		}
	return expected(
		r, node,
		"one of text, integer, real, boolean, time, date, json");
}

static bool
required(struct reader *r, const struct config *node, struct checks_field *c)
{
	if (node == NULL || config_bool(node, &c->required))
		return true;
	return expected(r, node, "true or false");
}

static bool
one_of(struct reader *r, const struct config *node, struct checks_field *c)
{
	const struct config *n;

	if (node == NULL)
		return true;
	if (node->kind != CONFIG_LIST || node->first == NULL)
		return expected(r, node, "a list of values");
	c->one_of = msg_calloc(count(node), sizeof(*c->one_of));
	for (n = node->first; n != NULL; n = n->next) {
		if (config_text(n) == NULL)
			return expected(r, n, "a value");
		c->one_of[c->one_of_count++] = n->text;
	}
	return true;
}

static bool
pattern(struct reader *r, const struct config *node, struct rules_field *f)
{
	struct checks_field *c = f->check;
	char *why;

	if (node == NULL)
		return true;
	if (config_text(node) == NULL || f->sort != RULES_TEXT)
		return expected(r, node, "a pattern only where type is text");
	if ((c->pattern = pattern_compile(node->text, false, &why)) != NULL)
		return true;
	*r->why = format("%s:%u: expected a regular expression: %s", node->file,
			 node->line, why);
	free(why);
	return false;
}

static bool
number(const struct config *node, double *value)
{
	const char *text = config_text(node);
	char *end;

	if (text == NULL || *text == '\0')
		return false;
	*value = strtod(text, &end);
	return *end == '\0' && *value == *value;
}

static bool
range(struct reader *r, const struct config *node, struct rules_field *f)
{
	struct checks_field *c = f->check;
	if (node == NULL)
		return true;
	if (f->sort != RULES_INTEGER && f->sort != RULES_REAL)
		return expected(r, node,
				"a range only where type is integer or real");
	if (node->kind != CONFIG_LIST || count(node) != 2 ||
	    !number(node->first, &c->least) ||
	    !number(node->first->next, &c->most) || c->least > c->most)
		return expected(r, node,
				"a range of two numbers, the smaller first");
	c->ranged = true;
	return true;
}

/* `column: NAME`, `column: false`, or the field's own name. */
static bool
column(struct reader *r, const struct config *node, struct rules_field *field)
{
	const struct config *n = config_get(node, "column");
	bool truth;

	if (n == NULL && is_identifier(field->name))
		field->column = field->name;
	else if (n == NULL)
		return expected(r, node, "a column, or `column: false`");
	else if (!config_bool(n, &truth) || truth)
		return identifier(r, node, "column", &field->column);
	return true;
}

static bool
when(struct reader *r, const struct config *node, bool in_record,
     struct rules_field *field)
{
	struct config key;

	if (node == NULL)
		return true;
	if (node->kind != CONFIG_MAP || count(node) != 1 ||
	    config_text(node->first) == NULL || field->sort != RULES_TEXT)
		return expected(r, node,
				"one {PATH: VALUE}, only where type is text");
	key = *node->first;
	key.text = node->first->key;
	field->override = node->first->text;
	return path(r, &key, in_record, &field->override_span);
}

/* The name of the rule that each fault breaks. */
static void
name_faults(const char *name, struct rules_field *f, const char *pattern_text)
{
	struct checks_field *c = f->check;
	char values[256] = "";
	size_t i, len = 0;

	for (i = 0; i < c->one_of_count && len < sizeof(values); i++)
		len += (size_t)snprintf(values + len, sizeof(values) - len,
					"%s%s", i > 0 ? ", " : "",
					c->one_of[i]);
	c->says[CHECKS_MISSING] = format("%s: required", name);
	c->says[CHECKS_SORT] = format("%s: %s", name, sort_faults[f->sort]);
	c->says[CHECKS_ONE_OF] = format("%s: not one of %s", name, values);
	if (pattern_text != NULL)
		c->says[CHECKS_PATTERN] =
			format("%s: not like %s", name, pattern_text);
	c->says[CHECKS_RANGE] =
		format("%s: not from %g to %g", name, c->least, c->most);
	c->says[CHECKS_DOUBLED] = format("%s: doubled", name);
	c->says[CHECKS_STORABLE] =
		format("%s: lone surrogate or \\u0000", name);
}

static bool
field(struct reader *r, const struct config *node, const char *table,
      struct rules_field *f)
{
	static const char *const known[] = { "path",   "type",	  "required",
					     "one_of", "pattern", "range",
					     "column", "when",	  NULL };
	bool in_record = table == NULL;
	const struct config *where = config_get(node, "path");
	struct checks_field *c = msg_calloc(1, sizeof(*c));
	char *name;

	f->name = node->key;
	f->check = c;
	if (!map(r, node, "a field {path: …, type: …}", known))
		return false;
	if (where == NULL || config_get(node, "type") == NULL)
		return expected(r, node, "a path and a type");
	f->path = config_text(where);
	if (!path(r, where, in_record, &f->span) ||
	    !sort(r, config_get(node, "type"), &f->sort) ||
	    !required(r, config_get(node, "required"), c) ||
	    !one_of(r, config_get(node, "one_of"), c) ||
	    !pattern(r, config_get(node, "pattern"), f) ||
	    !range(r, config_get(node, "range"), f) || !column(r, node, f) ||
	    !when(r, config_get(node, "when"), in_record, f))
		return false;
	if (in_record && r->type->table == NULL)
		f->column = NULL;
	name = in_record ? msg_strdup(f->name)
			 : format("%s.%s", table, f->name);
	name_faults(name, f, config_text(config_get(node, "pattern")));
	free(name);
	return true;
}

/* table is NULL for the fields of the record itself. */
static bool
fields(struct reader *r, const struct config *node, const char *table,
       struct rules_field *list)
{
	const struct config *n;

	for (n = node->first; n != NULL; n = n->next)
		if (!field(r, n, table, list++))
			return false;
	return true;
}

static bool
child(struct reader *r, const struct config *node, struct rules_child *c)
{
	static const char *const known[] = { "table", "each", "fields", NULL };
	const struct config *list = config_get(node, "fields");
	struct reader inner = { .type = r->type, .why = r->why };
	bool fine;

	if (!map(r, node, "a child {table: …, each: …, fields: …}", known) ||
	    !identifier(r, node, "table", &c->table))
		return false;
	if (c->table == NULL || config_get(node, "each") == NULL ||
	    count(list) == 0 || list->kind != CONFIG_MAP)
		return expected(r, node, "table, each and fields");
	if (!path(r, config_get(node, "each"), true, &c->each))
		return false;
	c->not_list = format("%s: not a list", c->table);
	c->field_count = count(list);
	c->fields = msg_calloc(c->field_count, sizeof(*c->fields));
	fine = fields(&inner, list, c->table, c->fields);
	c->span_count = inner.wanted_count;
	c->paths = json_paths(inner.wanted, inner.wanted_count);
	free(inner.wanted);
	return fine;
}

static bool
children(struct reader *r, const struct config *node)
{
	struct rules_type *t = r->type;
	const struct config *n;
	size_t i = 0;

	if (node == NULL)
		return true;
	if (node->kind != CONFIG_LIST)
		return expected(r, node, "a list of children");
	t->child_count = count(node);
	t->children = msg_calloc(t->child_count, sizeof(*t->children));
	for (n = node->first; n != NULL; n = n->next)
		if (!child(r, n, &t->children[i++]))
			return false;
	return true;
}

/* The field with this name, of times or dates. */
static bool
timed_field(struct reader *r, const struct config *node, size_t *index)
{
	const struct rules_type *t = r->type;
	const char *name = config_text(node);
	size_t i;

	for (i = 0; name != NULL && i < t->field_count; i++)
		if (strcmp(t->fields[i].name, name) == 0 &&
		    (t->fields[i].sort == RULES_TIME ||
		     t->fields[i].sort == RULES_DATE)) {
			*index = i;
			return true;
		}
	return expected(r, node, "the name of a field of type time or date");
}

static bool
order(struct reader *r, const struct config *node)
{
	struct rules_checks *c = r->type->checks;
	struct checks_order *o = &c->orders[c->order_count];

	if (node->kind != CONFIG_LIST || count(node) != 2)
		return expected(r, node, "two names of fields");
	if (!timed_field(r, node->first, &o->first) ||
	    !timed_field(r, node->first->next, &o->second))
		return false;
	o->says = format("%s: before %s", r->type->fields[o->second].name,
			 r->type->fields[o->first].name);
	c->order_count++;
	return true;
}

static bool
jq(struct reader *r, const struct config *node, const struct config *name)
{
	struct rules_checks *c = r->type->checks;
	struct checks_jq *j = &c->jqs[c->jq_count];
	char *why;

	if (config_text(node) == NULL)
		return expected(r, node, "a jq expression");
	if (name != NULL && config_text(name) == NULL)
		return expected(r, name, "a name");
	if ((j->filter = filter_compile(node->text, &why)) == NULL) {
		*r->why = format("%s:%u: expected a jq expression: %s",
				 node->file, node->line, why);
		free(why);
		return false;
	}
	j->says = msg_strdup(name != NULL ? name->text : node->text);
	c->jq_count++;
	return true;
}

static bool
checks(struct reader *r, const struct config *node)
{
	static const char *const known[] = { "order", "jq", "name", NULL };
	struct rules_checks *c = r->type->checks;
	const struct config *n;

	if (node == NULL)
		return true;
	if (node->kind != CONFIG_LIST)
		return expected(r, node, "a list of checks");
	c->orders = msg_calloc(count(node), sizeof(*c->orders));
	c->jqs = msg_calloc(count(node), sizeof(*c->jqs));
	for (n = node->first; n != NULL; n = n->next) {
		const struct config *o = config_get(n, "order");
		const struct config *j = config_get(n, "jq");

		if (!map(r, n, "a check {order: …} or {jq: …}", known))
			return false;
		if ((o == NULL) == (j == NULL))
			return expected(r, n, "either order or jq");
		if (o != NULL ? !order(r, o) : !jq(r, j, config_get(n, "name")))
			return false;
	}
	return true;
}

/* The two forms of `unique:`. */
static bool
unique(struct reader *r, const struct config *root)
{
	static const char *const site[] = { "client", "source", "key", NULL };
	static const char *const scope[] = { "client", "source", "scope", "key",
					     NULL };
	const struct config *node = config_get(root, "unique");
	const struct config *n = node != NULL ? node->first : NULL;
	const char *const *form = count(node) == 4 ? scope : site;

	r->type->per_scope = form == scope;
	if (node == NULL)
		return r->type->table == NULL ||
		       expected(r, root, "unique, since there is a table");
	for (; n != NULL && *form != NULL; n = n->next, form++)
		if (config_text(n) == NULL || strcmp(n->text, *form) != 0)
			break;
	if (node->kind == CONFIG_LIST && n == NULL && *form == NULL)
		return true;
	return expected(r, node,
			"[client, source, scope, key] or [client, source, "
			"key]");
}

static bool
type(struct reader *r, const struct config *root)
{
	static const char *const known[] = {
		"table",      "unique",	       "scope_column",
		"key_column", "parent_column", "fields",
		"children",   "checks",	       NULL
	};
	struct rules_type *t = r->type;
	const struct config *list = config_get(root, "fields");

	if (!map(r, root, "a record type", known) ||
	    !identifier(r, root, "table", &t->table) || !unique(r, root) ||
	    !identifier(r, root, "scope_column", &t->scope_column) ||
	    !key_column(r, root) ||
	    !identifier(r, root, "parent_column", &t->parent_column))
		return false;
	if (list != NULL && list->kind != CONFIG_MAP)
		return expected(r, list, "a map of fields");
	t->field_count = count(list);
	t->fields = msg_calloc(t->field_count, sizeof(*t->fields));
	return (list == NULL || fields(r, list, NULL, t->fields)) &&
	       children(r, config_get(root, "children")) &&
	       checks(r, config_get(root, "checks"));
}

static void
begin(struct reader *r)
{
	static const char *const envelope[] = {
		[RULES_TYPE] = "type",
		[RULES_CLIENT] = "client",
		[RULES_SOURCE] = "source",
		[RULES_SCOPE] = "scope",
		[RULES_KEY] = "key",
		[RULES_UPDATED_AT] = "updated_at",
		[RULES_FETCHED_AT] = "fetched_at",
		[RULES_EXT] = "ext",
		[RULES_DATA] = "data",
	};
	size_t i;

	*r->type = (struct rules_type){ .name = NULL };
	r->type->checks = msg_calloc(1, sizeof(*r->type->checks));
	for (i = 0; i < RULES_ENVELOPE; i++)
		want(r, envelope[i]);
}

static void
finish(struct reader *r)
{
	r->type->span_count = r->wanted_count;
	r->type->paths = json_paths(r->wanted, r->wanted_count);
	free(r->wanted);
}

bool
rulefile_load(struct rules_type *t, const char *file, char **why)
{
	struct config *root = config_load(file, why);
	struct reader r = { .type = t, .why = why };
	bool fine;

	if (root == NULL)
		return false;
	begin(&r);
	t->checks->file = root;
	t->file = root->file;
	fine = type(&r, root);
	finish(&r);
	if (!fine)
		rulefile_clear(t);
	return fine;
}

void
rulefile_envelope(struct rules_type *t)
{
	struct reader r = { .type = t };

	begin(&r);
	finish(&r);
}

static void
free_fields(struct rules_field *list, size_t n)
{
	size_t i, fault;

	for (i = 0; i < n; i++) {
		struct checks_field *c = list[i].check;

		if (c == NULL)
			continue;
		for (fault = 0; fault < CHECKS_FAULTS; fault++)
			free(c->says[fault]);
		pattern_free(c->pattern);
		free(c->one_of);
		free(c);
	}
	free(list);
}

static void
free_checks(struct rules_checks *c)
{
	size_t i;

	for (i = 0; i < c->order_count; i++)
		free(c->orders[i].says);
	for (i = 0; i < c->jq_count; i++) {
		filter_free(c->jqs[i].filter);
		free(c->jqs[i].says);
	}
	free(c->orders);
	free(c->jqs);
	config_free(c->file);
	free(c);
}

void
rulefile_clear(struct rules_type *t)
{
	size_t i;

	for (i = 0; i < t->child_count; i++) {
		struct rules_child *c = &t->children[i];

		json_paths_free(c->paths);
		free_fields(c->fields, c->field_count);
		free(c->not_list);
	}
	free_fields(t->fields, t->field_count);
	free(t->children);
	free_checks(t->checks);
	json_paths_free(t->paths);
	*t = (struct rules_type){ .name = NULL };
}
