#include "demo/query.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "demo/clause.h"

enum { ORDERS = 7, DEPTH = 32 };

enum node_kind { CLAUSE, AND, OR, NOT };

struct node {
	enum node_kind kind;
	struct node *left, *right;
	struct clause clause;
};

struct query {
	const struct tracker *tracker;
	struct node *root; /* NULL: everything */
	struct {
		enum clause_field field;
		bool down;
	} orders[ORDERS];
	size_t order_count;
};

struct parser {
	const struct tracker *tracker;
	struct lexeme_reader reader;
	int depth;
};

static struct node *
make(enum node_kind kind, struct node *left, struct node *right)
{
	struct node *node = msg_calloc(1, sizeof(*node));

	node->kind = kind;
	node->left = left;
	node->right = right;
	return node;
}

static struct node *read_or(struct parser *p);

static struct node *
read_term(struct parser *p)
{
	struct node *node;

	if (p->depth == DEPTH) {
		lexeme_refuse(&p->reader, "The JQL query is too complex.");
		return NULL;
	}
	p->depth++;
	if (lexeme_skip(&p->reader, "not")) {
		node = make(NOT, read_term(p), NULL);
	} else if (lexeme_skip(&p->reader, "(")) {
		node = read_or(p);
		if (!lexeme_skip(&p->reader, ")"))
			lexeme_refuse(&p->reader, "Error in the JQL Query: "
						  "Expecting ')'.");
	} else {
		node = make(CLAUSE, NULL, NULL);
		clause_read(&node->clause, p->tracker, &p->reader);
	}
	p->depth--;
	return node;
}

static struct node *
read_and(struct parser *p)
{
	struct node *node = read_term(p);

	while (p->reader.why == NULL && lexeme_skip(&p->reader, "and"))
		node = make(AND, node, read_term(p));
	return node;
}

static struct node *
read_or(struct parser *p)
{
	struct node *node = read_and(p);

	while (p->reader.why == NULL && lexeme_skip(&p->reader, "or"))
		node = make(OR, node, read_and(p));
	return node;
}

static void
read_orders(struct lexeme_reader *reader, struct query *query)
{
	enum clause_field field;

	if (!lexeme_skip(reader, "by")) {
		lexeme_refuse(reader, "Error in the JQL Query: Expecting 'by' "
				      "after 'order'.");
		return;
	}
	do {
		if (!clause_field(reader, &field) ||
		    query->order_count == ORDERS) {
			lexeme_refuse(reader,
				      "Not able to sort using field '%s'.",
				      reader->token);
			return;
		}
		lexeme_next(reader);
		query->orders[query->order_count].field = field;
		query->orders[query->order_count].down =
			lexeme_skip(reader, "desc");
		query->order_count++;
		lexeme_skip(reader, "asc");
	} while (lexeme_skip(reader, ","));
}

struct query *
query_parse(const struct tracker *tracker, const char *text, char **why)
{
	struct query *query = msg_calloc(1, sizeof(*query));
	struct parser p = { .tracker = tracker, .reader.at = text };

	query->tracker = tracker;
	lexeme_next(&p.reader);
	if (!p.reader.end && !lexeme_is(&p.reader, "order"))
		query->root = read_or(&p);
	if (lexeme_skip(&p.reader, "order"))
		read_orders(&p.reader, query);
	if (!p.reader.end)
		lexeme_refuse(&p.reader,
			      "Error in the JQL Query: Expecting either 'OR' "
			      "or 'AND' but got '%s'.",
			      p.reader.token);
	*why = p.reader.why;
	if (p.reader.why == NULL)
		return query;
	query_free(query);
	return NULL;
}

static void
free_node(struct node *node)
{
	if (node == NULL)
		return;
	free_node(node->left);
	free_node(node->right);
	clause_drop(&node->clause);
	free(node);
}

void
query_free(struct query *query)
{
	if (query == NULL)
		return;
	free_node(query->root);
	free(query);
}

bool
query_is_bounded(const struct query *query)
{
	return query->root != NULL;
}

static bool
holds(const struct query *query, const struct node *node,
      const struct tracker_issue *issue)
{
	switch (node->kind) {
	case AND:
		return holds(query, node->left, issue) &&
		       holds(query, node->right, issue);
	case OR:
		return holds(query, node->left, issue) ||
		       holds(query, node->right, issue);
	case NOT:
		return !holds(query, node->left, issue);
	default:
		return clause_holds(&node->clause, query->tracker, issue);
	}
}

bool
query_matches(const struct query *query, const struct tracker_issue *issue)
{
	return query->root == NULL || holds(query, query->root, issue);
}

int
query_compare(const struct query *query, const struct tracker_issue *a,
	      const struct tracker_issue *b)
{
	int64_t left, right;
	size_t i;

	for (i = 0; i < query->order_count; i++) {
		left = clause_value(query->orders[i].field, a);
		right = clause_value(query->orders[i].field, b);
		if (left != right)
			return (left < right) == query->orders[i].down ? 1 : -1;
	}
	/* Without an order Jira gives the newest first. */
	if (query->order_count == 0)
		return (a->id < b->id) - (a->id > b->id);
	return (a->id > b->id) - (a->id < b->id);
}
