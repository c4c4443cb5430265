#include "storage/moves.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

/* ?1 client, ?2 source, ?3 former name, ?4 new name, ?5 and ?6 the times. */
static int
run(struct store *store, const char *sql, const struct renames_move *move)
{
	struct store_query *query = store_query(store, sql);
	int row;

	if (query == NULL)
		return -1;
	store_bind_int(query, 1, move->client);
	store_bind_text(query, 2, move->source.text, move->source.len);
	store_bind_text(query, 3, move->from.text, move->from.len);
	store_bind_text(query, 4, move->to.text, move->to.len);
	store_bind_int(query, 5, move->since);
	store_bind_int(query, 6, move->before);
	while ((row = store_step(query)) == 1)
		;
	store_query_free(query);
	return row;
}

static char *text(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
static char *
text(const char *format, ...)
{
	va_list arguments;
	char *made;
	int len;

	va_start(arguments, format);
	len = vasprintf(&made, format, arguments);
	va_end(arguments);
	if (len < 0)
		msg_die(EX_OSERR, "cannot make 'SQL': out of memory");
	return made;
}

/* " AND a.number=b.number": of one row and another of the same key. */
static char *
same_key(const struct plans_plan *plan, const char *a, const char *b)
{
	char *made = text("%s", "");
	size_t i;

	for (i = 0; i < plan->key_count; i++) {
		const char *name = plan->table->columns[plan->keys[i]].name;
		char *longer =
			text("%s AND %s.%s=%s.%s", made, a, name, b, name);

		free(made);
		made = longer;
	}
	return made;
}

static const char moving[] =
	"o.client_id=?1 AND o.source=?2 AND o.repo=?3 AND o.fetched_ms>=?5 "
	"AND o.fetched_ms<?6";

/* The parts of SQL about one type. */
struct parts {
	const char *table;
	char *winner;	 /* a row under the new name that wins over o */
	char *o_n, *o_c; /* o and n, o and c have the same key */
};

static void
make_parts(const struct plans_plan *plan, struct parts *parts)
{
	parts->table = plan->table->name;
	parts->o_n = same_key(plan, "o", "n");
	parts->o_c = same_key(plan, "o", "c");
	parts->winner = text(
		"EXISTS(SELECT 1 FROM %s AS n WHERE n.client_id=?1 AND "
		"n.source=?2 AND n.repo=?4%s AND (n.updated_ms,n.fetched_ms,"
		"n.digest)>=(o.updated_ms,o.fetched_ms,o.digest))",
		parts->table, parts->o_n);
}

static void
free_parts(struct parts *parts)
{
	free(parts->winner);
	free(parts->o_n);
	free(parts->o_c);
}

static int
run_text(struct store *store, char *sql, const struct renames_move *move)
{
	int failed = run(store, sql, move);

	free(sql);
	return failed;
}

/* Deletes what loses, under either name, so that nothing is in the way. */
static int
settle_children(struct store *store, const struct parts *parts,
		const char *child, const struct renames_move *move)
{
	return run_text(store,
			text("DELETE FROM %s AS c WHERE c.client_id=?1 AND "
			     "c.source=?2 AND c.repo=?3 AND EXISTS(SELECT 1 "
			     "FROM %s AS o WHERE %s%s AND %s)",
			     child, parts->table, moving, parts->o_c,
			     parts->winner),
			move) ||
	       run_text(store,
			text("DELETE FROM %s AS c WHERE c.client_id=?1 AND "
			     "c.source=?2 AND c.repo=?4 AND EXISTS(SELECT 1 "
			     "FROM %s AS o WHERE %s%s AND NOT %s)",
			     child, parts->table, moving, parts->o_c,
			     parts->winner),
			move);
}

static int
settle_rows(struct store *store, const struct parts *parts,
	    const struct renames_move *move)
{
	return run_text(store,
			text("DELETE FROM %s AS o WHERE %s AND %s",
			     parts->table, moving, parts->winner),
			move) ||
	       run_text(store,
			text("DELETE FROM %s AS n WHERE n.client_id=?1 AND "
			     "n.source=?2 AND n.repo=?4 AND EXISTS(SELECT 1 "
			     "FROM %s AS o WHERE %s%s)",
			     parts->table, parts->table, moving, parts->o_n),
			move);
}

static bool
has_repo(const struct tables_table *table)
{
	return tables_column(table, "repo", 4) >= 0;
}

static int
move_children(struct store *store, const struct plans_plan *plan,
	      const struct parts *parts, const struct renames_move *move)
{
	size_t i;

	for (i = 0; i < plan->type->child_count; i++) {
		const struct tables_table *child = plan->children[i].table;

		if (!has_repo(child))
			continue;
		if (settle_children(store, parts, child->name, move) != 0 ||
		    run_text(store,
			     text("UPDATE %s AS c SET repo=?4 WHERE "
				  "c.client_id=?1 AND c.source=?2 AND "
				  "c.repo=?3 AND EXISTS(SELECT 1 FROM %s AS o "
				  "WHERE %s%s)",
				  child->name, parts->table, moving,
				  parts->o_c),
			     move) != 0)
			return -1;
	}
	return 0;
}

int
moves_rows(struct store *store, const struct plans_plan *plan,
	   const struct renames_move *move)
{
	struct parts parts;
	int failed;

	make_parts(plan, &parts);
	failed = move_children(store, plan, &parts, move) != 0 ||
		 (plan->table->columns[plan->scope].key &&
		  settle_rows(store, &parts, move) != 0) ||
		 run_text(store,
			  text("UPDATE %s AS o SET repo=?4 WHERE %s",
			       parts.table, moving),
			  move) != 0;
	free_parts(&parts);
	return failed ? -1 : 0;
}

int
moves_links(struct store *store, const struct renames_move *move)
{
	static const char *const statements[] = {
		"UPDATE OR REPLACE deployment_commits SET repo=?4 "
		"WHERE client_id=?1 AND repo=?3 AND ?2=?2 AND ?5<?6",
		"UPDATE OR REPLACE deployment_pull_requests SET repo=?4 "
		"WHERE client_id=?1 AND repo=?3 AND ?2=?2 AND ?5<?6",
		"UPDATE OR REPLACE production_deployments SET repo=?4 "
		"WHERE client_id=?1 AND repo=?3 AND ?2=?2 AND ?5<?6",
		"UPDATE linked_repos SET digest=NULL WHERE client_id=?1 AND "
		"repo IN (?3,?4) AND ?2=?2 AND ?5=?5 AND ?6=?6",
		"INSERT OR IGNORE INTO touched (client_id, repo) "
		"SELECT ?1, ?3 WHERE ?2=?2 AND ?5<?6 UNION SELECT ?1, ?4",
	};
	size_t i;

	for (i = move->whole ? 0 : 3; i < 5; i++)
		if (run(store, statements[i], move) != 0)
			return -1;
	return 0;
}
