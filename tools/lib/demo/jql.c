#include "demo/jql.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/times.h"

enum { VALUES_MOST = 5000, ORDERS = 7, DEPTH = 32, NUMBER_MASK = 0xffffff };

enum field {
	PROJECT,
	KEY,
	ID,
	CREATED,
	UPDATED,
	RESOLVED,
	ISSUETYPE,
	STATUS,
	CATEGORY,
	RESOLUTION,
	SPRINT,
	PARENT,
	FIELDS
};

static const struct {
	const char *name;
	enum field field;
} names[] = {
	{ "project", PROJECT },
	{ "key", KEY },
	{ "issuekey", KEY },
	{ "issue", KEY },
	{ "id", ID },
	{ "created", CREATED },
	{ "createddate", CREATED },
	{ "updated", UPDATED },
	{ "updateddate", UPDATED },
	{ "resolved", RESOLVED },
	{ "resolutiondate", RESOLVED },
	{ "issuetype", ISSUETYPE },
	{ "type", ISSUETYPE },
	{ "status", STATUS },
	{ "statuscategory", CATEGORY },
	{ "resolution", RESOLUTION },
	{ "sprint", SPRINT },
	{ "parent", PARENT },
};

enum sign {
	EQUAL,
	UNEQUAL,
	ABOVE,
	AT_LEAST,
	BELOW,
	AT_MOST,
	IN,
	NOT_IN,
	EMPTY,
	NOT_EMPTY
};

enum node_kind { CLAUSE, AND, OR, NOT };

struct node {
	enum node_kind kind;
	struct node *left, *right;
	enum field field;
	enum sign sign;
	int64_t *values;
	size_t count;
};

struct jql {
	const struct tracker *tracker;
	struct node *root; /* NULL: everything */
	struct {
		enum field field;
		bool down;
	} orders[ORDERS];
	size_t order_count;
};

struct parser {
	const struct tracker *tracker;
	const char *at;
	char token[512];
	bool quoted, end;
	char *why;
	int depth;
};

static void __attribute__((format(printf, 2, 3)))
refuse(struct parser *p, const char *format, ...)
{
	char line[1024];
	va_list args;

	if (p->why != NULL)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	p->why = msg_strdup(line);
	p->end = true;
	p->token[0] = '\0';
}

static void
take_quoted(struct parser *p)
{
	char quote = *p->at++;
	size_t len = 0;

	while (*p->at != '\0' && *p->at != quote) {
		if (*p->at == '\\' && p->at[1] != '\0')
			p->at++;
		if (len + 1 < sizeof(p->token))
			p->token[len++] = *p->at;
		p->at++;
	}
	p->token[len] = '\0';
	p->quoted = true;
	if (*p->at != quote)
		refuse(p,
		       "Error in the JQL Query: The quoted string '%s' has "
		       "not been completed.",
		       p->token);
	else
		p->at++;
}

static bool
is_word(char c)
{
	return c != '\0' && !isspace((unsigned char)c) &&
	       strchr("=!<>(),\"'", c) == NULL;
}

/* Reads the next token: a quoted text, an operator, a sign or a word. */
static void
next(struct parser *p)
{
	size_t len = 0;

	p->quoted = false;
	while (isspace((unsigned char)*p->at))
		p->at++;
	p->end = *p->at == '\0' || p->why != NULL;
	p->token[0] = '\0';
	if (p->end)
		return;
	if (*p->at == '"' || *p->at == '\'') {
		take_quoted(p);
		return;
	}
	if (is_word(*p->at))
		while (is_word(*p->at) && len + 1 < sizeof(p->token))
			p->token[len++] = *p->at++;
	else {
		p->token[len++] = *p->at++;
		if (strchr("!<>", p->token[0]) != NULL && *p->at == '=')
			p->token[len++] = *p->at++;
	}
	p->token[len] = '\0';
}

static bool
is(const struct parser *p, const char *word)
{
	return !p->end && !p->quoted && strcasecmp(p->token, word) == 0;
}

static bool
skip(struct parser *p, const char *word)
{
	if (!is(p, word))
		return false;
	next(p);
	return true;
}

static bool
is_date(enum field field)
{
	return field == CREATED || field == UPDATED || field == RESOLVED;
}

static const char *
field_name(enum field field)
{
	size_t i;

	for (i = 0; names[i].field != field;)
		i++;
	return names[i].name;
}

/* yyyy-MM-dd or yyyy/MM/dd, with HH:mm or without. */
static bool
wall_time(const char *text, int64_t *local)
{
	int year, month, day, hour = 0, minute = 0, end = 0;
	char one, two;

	if (sscanf(text, "%4d%c%2d%c%2d%n", &year, &one, &month, &two, &day,
		   &end) != 5 ||
	    one != two || (one != '-' && one != '/') || month < 1 ||
	    month > 12 || day < 1 || day > 31)
		return false;
	if (text[end] != '\0') {
		const char *rest = text + end;

		end = 0;
		if (sscanf(rest, " %2d:%2d%n", &hour, &minute, &end) != 2 ||
		    rest[end] != '\0' || hour > 23 || minute > 59)
			return false;
	}
	*local = times_days(year, month, day) * 86400000 +
		 (hour * 60 + minute) * 60000LL;
	return true;
}

static bool
date_value(const struct parser *p, int64_t *value)
{
	const char *text = p->token;
	int64_t number, span;
	char *end;

	if (!p->quoted && strspn(text, "0123456789") == strlen(text) &&
	    strlen(text) > 4) {
		*value = (int64_t)strtoll(text, NULL, 10);
		return true;
	}
	if ((*text == '-' || *text == '+') && isdigit((unsigned char)text[1])) {
		number = strtoll(text, &end, 10);
		span = *end == 'd'   ? 86400000
		       : *end == 'h' ? 3600000
		       : *end == 'm' ? 60000
		       : *end == 'w' ? 7 * 86400000LL
				     : 0;
		*value = p->tracker->now + number * span;
		return span != 0 && end[1] == '\0';
	}
	if (!wall_time(text, value))
		return false;
	*value = wallclock_instant(p->tracker->clock, *value);
	return true;
}

static void
refuse_value(struct parser *p, enum field field)
{
	if (is_date(field))
		refuse(p,
		       "Date value '%s' for field '%s' is invalid. Valid "
		       "formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd "
		       "HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period "
		       "format e.g. '-5d', '4w 2d'.",
		       p->token, field_name(field));
	else if (field == KEY || field == ID || field == PARENT)
		refuse(p,
		       "An issue with key '%s' does not exist for field "
		       "'%s'.",
		       p->token, field_name(field));
	else
		refuse(p, "The value '%s' does not exist for the field '%s'.",
		       p->token, field_name(field));
}

/* Names stand for every id that bears them: values come in runs. */
typedef bool named(const struct parser *p, size_t i, int64_t *value);

static void
put(struct node *node, int64_t value)
{
	if (node->count % 64 == 0)
		node->values =
			msg_realloc(node->values,
				    (node->count + 64) * sizeof(*node->values));
	node->values[node->count++] = value;
}

static bool
row_is(const struct parser *p, int id, const char *name)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", id);
	return strcasecmp(p->token, name) == 0 || strcmp(p->token, text) == 0;
}

static void
table_values(struct parser *p, struct node *node)
{
	size_t before = node->count, i;

	if (node->field == STATUS)
		for (i = 0; i < catalog_status_count; i++)
			if (row_is(p, catalog_statuses[i].id,
				   catalog_statuses[i].name))
				put(node, (int64_t)i);
	if (node->field == ISSUETYPE)
		for (i = 0; i < catalog_type_count; i++)
			if (row_is(p, catalog_types[i].id,
				   catalog_types[i].name))
				put(node, (int64_t)i);
	if (node->field == RESOLUTION)
		for (i = 0; i < catalog_resolution_count; i++)
			if (row_is(p, catalog_resolutions[i].id,
				   catalog_resolutions[i].name))
				put(node, (int64_t)i);
	if (node->field == CATEGORY)
		for (i = 0; i <= CATALOG_DONE; i++)
			if (row_is(p, catalog_category_ids[i],
				   catalog_category_names[i]) ||
			    strcasecmp(p->token, catalog_category_keys[i]) == 0)
				put(node, (int64_t)i);
	if (node->count == before)
		refuse_value(p, node->field);
}

static void
issue_value(struct parser *p, struct node *node)
{
	int32_t index = tracker_find(p->tracker, p->token, strlen(p->token));
	char *end;
	int64_t id = strtoll(p->token, &end, 10);

	/* id > 123 and key > PAY-7 need not name what exists. */
	if (index < 0 && *p->token != '\0' && *end == '\0' &&
	    node->sign != EQUAL && node->sign != IN) {
		put(node, node->field == KEY ? INT64_MAX : id);
		return;
	}
	if (index < 0) {
		refuse_value(p, node->field);
		return;
	}
	if (node->field == PARENT)
		put(node, index);
	else
		put(node, node->field == KEY
				  ? p->tracker->issues[index].value[TRACKER_KEY]
				  : p->tracker->issues[index].id);
}

static void
read_value(struct parser *p, struct node *node)
{
	int64_t value = 0;
	bool known = false;

	if (p->end) {
		refuse(p, "Error in the JQL Query: Expecting either a value, "
			  "list or function before the end of the query.");
		return;
	}
	if (node->field == KEY || node->field == ID || node->field == PARENT) {
		issue_value(p, node);
	} else if (node->field == PROJECT) {
		value = tracker_project(p->tracker, p->token, strlen(p->token));
		known = value >= 0;
	} else if (is_date(node->field)) {
		known = date_value(p, &value);
	} else if (node->field == SPRINT) {
		value = strtoll(p->token, NULL, 10);
		known = tracker_sprint(p->tracker, (int32_t)value) != NULL;
	} else {
		table_values(p, node);
		next(p);
		return;
	}
	if (known)
		put(node, value);
	else if (node->field != KEY && node->field != ID &&
		 node->field != PARENT)
		refuse_value(p, node->field);
	next(p);
}

static bool
read_operator(struct parser *p, enum sign *sign)
{
	static const struct {
		const char *text;
		enum sign sign;
	} signs[] = {
		{ "=", EQUAL },	    { "!=", UNEQUAL }, { ">", ABOVE },
		{ ">=", AT_LEAST }, { "<", BELOW },    { "<=", AT_MOST }
	};
	size_t i;

	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (skip(p, signs[i].text)) {
			*sign = signs[i].sign;
			return true;
		}
	if (skip(p, "is")) {
		*sign = skip(p, "not") ? NOT_EMPTY : EMPTY;
		return skip(p, "empty") || skip(p, "null");
	}
	if (skip(p, "not")) {
		*sign = NOT_IN;
		return skip(p, "in");
	}
	*sign = IN;
	return skip(p, "in");
}

static void
read_values(struct parser *p, struct node *node)
{
	if (node->sign == EMPTY || node->sign == NOT_EMPTY)
		return;
	if (node->sign != IN && node->sign != NOT_IN) {
		read_value(p, node);
		return;
	}
	if (!skip(p, "(")) {
		refuse(p,
		       "Operator 'in' does not support the non-list value "
		       "'%s' for field '%s'.",
		       p->token, field_name(node->field));
		return;
	}
	do {
		read_value(p, node);
	} while (p->why == NULL && node->count < VALUES_MOST && skip(p, ","));
	if (!skip(p, ")"))
		refuse(p,
		       "Error in the JQL Query: Expecting ',' or ')' but "
		       "got '%s'.",
		       p->token);
}

static struct node *
read_clause(struct parser *p)
{
	struct node *node = msg_calloc(1, sizeof(*node));
	size_t i, count = sizeof(names) / sizeof(names[0]);

	for (i = 0; i < count; i++)
		if (strcasecmp(p->token, names[i].name) == 0)
			break;
	if (i == count) {
		refuse(p,
		       "Field '%s' does not exist or you do not have "
		       "permission to view it.",
		       p->token);
		return node;
	}
	node->field = names[i].field;
	next(p);
	if (!read_operator(p, &node->sign)) {
		refuse(p,
		       "Error in the JQL Query: Expecting operator but got "
		       "'%s'. The valid operators are '=', '!=', '<', '>', "
		       "'<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and "
		       "'IS NOT'.",
		       p->token);
		return node;
	}
	read_values(p, node);
	return node;
}

static struct node *read_or(struct parser *p);

static struct node *
read_term(struct parser *p)
{
	struct node *node;

	if (++p->depth > DEPTH) {
		refuse(p, "The JQL query is too complex.");
		return NULL;
	}
	if (skip(p, "not")) {
		node = msg_calloc(1, sizeof(*node));
		node->kind = NOT;
		node->left = read_term(p);
	} else if (skip(p, "(")) {
		node = read_or(p);
		if (!skip(p, ")"))
			refuse(p, "Error in the JQL Query: Expecting ')'.");
	} else {
		node = read_clause(p);
	}
	p->depth--;
	return node;
}

static struct node *
join(enum node_kind kind, struct node *left, struct node *right)
{
	struct node *node = msg_calloc(1, sizeof(*node));

	node->kind = kind;
	node->left = left;
	node->right = right;
	return node;
}

static struct node *
read_and(struct parser *p)
{
	struct node *node = read_term(p);

	while (p->why == NULL && skip(p, "and"))
		node = join(AND, node, read_term(p));
	return node;
}

static struct node *
read_or(struct parser *p)
{
	struct node *node = read_and(p);

	while (p->why == NULL && skip(p, "or"))
		node = join(OR, node, read_and(p));
	return node;
}

static void
read_orders(struct parser *p, struct jql *jql)
{
	size_t i, count = sizeof(names) / sizeof(names[0]);

	if (!skip(p, "by")) {
		refuse(p, "Error in the JQL Query: Expecting 'by' after "
			  "'order'.");
		return;
	}
	do {
		for (i = 0; i < count; i++)
			if (strcasecmp(p->token, names[i].name) == 0)
				break;
		if (i == count || jql->order_count == ORDERS) {
			refuse(p, "Not able to sort using field '%s'.",
			       p->token);
			return;
		}
		next(p);
		jql->orders[jql->order_count].field = names[i].field;
		jql->orders[jql->order_count].down = is(p, "desc");
		jql->order_count++;
		if (is(p, "desc") || is(p, "asc"))
			next(p);
	} while (skip(p, ","));
}

struct jql *
jql_parse(const struct tracker *tracker, const char *text, char **why)
{
	struct jql *jql = msg_calloc(1, sizeof(*jql));
	struct parser p = { .tracker = tracker, .at = text };

	jql->tracker = tracker;
	next(&p);
	if (!p.end && !is(&p, "order"))
		jql->root = read_or(&p);
	if (skip(&p, "order"))
		read_orders(&p, jql);
	if (!p.end)
		refuse(&p,
		       "Error in the JQL Query: Expecting either 'OR' or "
		       "'AND' but got '%s'.",
		       p.token);
	*why = p.why;
	if (p.why == NULL)
		return jql;
	jql_free(jql);
	return NULL;
}

static void
free_node(struct node *node)
{
	if (node == NULL)
		return;
	free_node(node->left);
	free_node(node->right);
	free(node->values);
	free(node);
}

void
jql_free(struct jql *jql)
{
	if (jql == NULL)
		return;
	free_node(jql->root);
	free(jql);
}

bool
jql_is_bounded(const struct jql *jql)
{
	return jql->root != NULL;
}

static int64_t
value_of(enum field field, const struct tracker_issue *issue)
{
	switch (field) {
	case PROJECT:
		return issue->value[TRACKER_PROJECT];
	case KEY:
		return issue->value[TRACKER_KEY];
	case ID:
		return issue->id;
	case CREATED:
		return issue->created;
	case UPDATED:
		return issue->updated;
	case RESOLVED:
		return issue->resolved;
	case ISSUETYPE:
		return issue->value[TRACKER_TYPE];
	case STATUS:
		return issue->value[TRACKER_STATUS];
	case CATEGORY:
		return tracker_category(issue);
	case RESOLUTION:
		return issue->value[TRACKER_RESOLUTION];
	case PARENT:
		return issue->value[TRACKER_PARENT];
	default:
		return issue->value[TRACKER_SPRINT];
	}
}

static bool
is_empty(enum field field, int64_t value)
{
	if (field == RESOLUTION || field == PARENT)
		return value < 0;
	return (field == RESOLVED || field == SPRINT) && value == 0;
}

static bool
is_among(const struct jql *jql, const struct node *node, int64_t value)
{
	size_t i;

	for (i = 0; i < node->count; i++) {
		if (node->field == SPRINT
			    ? sprintset_has(jql->tracker->sets, (int32_t)value,
					    (int32_t)node->values[i])
			    : value == node->values[i])
			return true;
	}
	return false;
}

/* A key is above another one of its own project only. */
static bool
is_comparable(const struct node *node, int64_t value)
{
	return node->field != KEY ||
	       (value & ~(int64_t)NUMBER_MASK) ==
		       (node->values[0] & ~(int64_t)NUMBER_MASK);
}

static bool
clause_holds(const struct jql *jql, const struct node *node,
	     const struct tracker_issue *issue)
{
	int64_t value = value_of(node->field, issue);
	bool empty = is_empty(node->field, value);

	if (node->sign == EMPTY)
		return empty;
	if (node->sign == NOT_EMPTY)
		return !empty;
	if (empty)
		return false;
	if (node->sign == EQUAL || node->sign == IN)
		return is_among(jql, node, value);
	if (node->sign == UNEQUAL || node->sign == NOT_IN)
		return !is_among(jql, node, value);
	if (!is_comparable(node, value))
		return false;
	return node->sign == ABOVE	? value > node->values[0]
	       : node->sign == AT_LEAST ? value >= node->values[0]
	       : node->sign == BELOW	? value < node->values[0]
					: value <= node->values[0];
}

static bool
holds(const struct jql *jql, const struct node *node,
      const struct tracker_issue *issue)
{
	switch (node->kind) {
	case AND:
		return holds(jql, node->left, issue) &&
		       holds(jql, node->right, issue);
	case OR:
		return holds(jql, node->left, issue) ||
		       holds(jql, node->right, issue);
	case NOT:
		return !holds(jql, node->left, issue);
	default:
		return clause_holds(jql, node, issue);
	}
}

bool
jql_matches(const struct jql *jql, const struct tracker_issue *issue)
{
	return jql->root == NULL || holds(jql, jql->root, issue);
}

int
jql_compare(const struct jql *jql, const struct tracker_issue *a,
	    const struct tracker_issue *b)
{
	int64_t left, right;
	size_t i;

	for (i = 0; i < jql->order_count; i++) {
		left = value_of(jql->orders[i].field, a);
		right = value_of(jql->orders[i].field, b);
		if (left != right)
			return (left < right) == jql->orders[i].down ? 1 : -1;
	}
	/* Without an order Jira gives the newest first. */
	if (a->id == b->id)
		return 0;
	if (jql->order_count == 0)
		return a->id > b->id ? -1 : 1;
	return a->id < b->id ? -1 : 1;
}
