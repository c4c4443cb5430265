#include "storage/plans.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

static bool __attribute__((format(printf, 2, 3)))
refuse(char **why, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (vasprintf(why, format, arguments) < 0)
		*why = NULL;
	va_end(arguments);
	return false;
}

static int
column(const struct tables_table *table, const char *name)
{
	return name == NULL ? -1 : tables_column(table, name, strlen(name));
}

/* The columns that every table of records has. */
static bool
find_standing(struct plans_plan *plan, char **why)
{
	static const char *const names[] = { "client_id",  "source",
					     "updated_ms", "fetched_ms",
					     "digest",	   "deleted_at" };
	int *const places[] = { &plan->client,	&plan->source, &plan->updated,
				&plan->fetched, &plan->digest, &plan->deleted };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		*places[i] = column(plan->table, names[i]);
		if (*places[i] < 0)
			return refuse(why, "%s: its table '%s' has no %s",
				      plan->type->file, plan->table->name,
				      names[i]);
	}
	plan->scope = column(plan->table, plan->type->scope_column);
	if (plan->scope < 0 && plan->type->scope_column != NULL)
		return refuse(why, "%s: its table '%s' has no %s",
			      plan->type->file, plan->table->name,
			      plan->type->scope_column);
	plan->renames = plan->scope >= 0 &&
			strcmp(plan->type->scope_column, "repo") == 0;
	plan->moves =
		plan->scope >= 0 && !plan->table->columns[plan->scope].key;
	plan->names = strcmp(plan->table->name, "repositories") == 0;
	return true;
}

/* key_column: number/id takes the envelope's key apart at its slashes. */
static bool
find_keys(struct plans_plan *plan, char **why)
{
	const char *names = plan->type->key_column;
	const char *parent = plan->type->parent_column;

	while (names != NULL && *names != '\0') {
		size_t len = strcspn(names, "/");
		int place = tables_column(plan->table, names, len);

		if (place < 0 || plan->key_count == PLANS_KEYS)
			return refuse(why, "%s: its table '%s' has no %.*s",
				      plan->type->file, plan->table->name,
				      (int)len, names);
		if (parent != NULL && strlen(parent) == len &&
		    memcmp(parent, names, len) == 0)
			plan->parent = plan->key_count;
		plan->keys[plan->key_count++] = place;
		names += len + (names[len] == '/');
	}
	if (plan->key_count == 0)
		return refuse(why, "%s: key_column is missing",
			      plan->type->file);
	if (parent == NULL)
		plan->parent = plan->key_count;
	return true;
}

static enum values_kind
kind_of(enum rules_sort sort)
{
	switch (sort) {
	case RULES_TEXT:
	case RULES_JSON:
		return VALUE_TEXT;
	case RULES_REAL:
		return VALUE_REAL;
	case RULES_INTEGER:
	case RULES_BOOLEAN:
	case RULES_TIME:
	case RULES_DATE:
	default:
		return VALUE_INTEGER;
	}
}

static bool
fits(const struct plans_plan *plan, const struct tables_table *table, int place,
     const struct rules_field *field, char **why)
{
	const struct tables_column *to = &table->columns[place];
	enum values_kind kind = kind_of(field->sort);

	if (kind == to->takes ||
	    (kind == VALUE_INTEGER && to->takes == VALUE_REAL))
		return true;
	return refuse(why, "%s: column %s of table '%s' is of another type",
		      plan->type->file, to->name, table->name);
}

/* Where an earlier field of the same column went; -1: there is none. */
static int
earlier_place(const struct plans_plan *plan, size_t field)
{
	const struct rules_field *fields = plan->type->fields;
	size_t i;

	for (i = 0; i < field; i++)
		if (fields[i].column != NULL &&
		    strcmp(fields[i].column, fields[field].column) == 0)
			return plan->places[i];
	return -1;
}

static bool
find_fields(struct plans_plan *plan, char **why)
{
	const struct rules_type *type = plan->type;
	size_t i;

	plan->places = msg_calloc(type->field_count, sizeof(*plan->places));
	plan->instead = msg_calloc(type->field_count, sizeof(*plan->instead));
	plan->value_count = plan->table->count;
	for (i = 0; i < type->field_count; i++) {
		const struct rules_field *field = &type->fields[i];
		int place = column(plan->table, field->column), before;

		plan->places[i] = place;
		if (field->column == NULL)
			continue;
		before = earlier_place(plan, i);
		plan->instead[i] = before >= 0;
		if (place < 0)
			plan->places[i] =
				before >= 0 ? before : (int)plan->value_count++;
		else if (!fits(plan, plan->table, place, field, why))
			return false;
	}
	plan->values = msg_calloc(plan->value_count, sizeof(*plan->values));
	return true;
}

static bool
from_field(const struct rules_field *fields, size_t count, const char *name,
	   size_t *number)
{
	size_t i;

	for (i = 0; i < count; i++) {
		const char *as = fields[i].column;

		if (as != NULL && strcmp(as, name) == 0) {
			*number = i;
			return true;
		}
	}
	return false;
}

static struct plans_from
origin_of(const struct plans_plan *plan, const struct rules_child *child,
	  const char *name)
{
	struct plans_from from = { PLANS_NOWHERE, 0 };
	int place = column(plan->table, name);

	if (from_field(child->fields, child->field_count, name, &from.number)) {
		from.origin = PLANS_ELEMENT;
	} else if (strcmp(name, "position") == 0) {
		from.origin = PLANS_POSITION;
	} else if (place >= 0) {
		from.origin = PLANS_PARENT;
		from.number = (size_t)place;
	} else if (from_field(plan->type->fields, plan->type->field_count, name,
			      &from.number)) {
		from.origin = PLANS_PARENT;
		from.number = (size_t)plan->places[from.number];
	}
	return from;
}

/* DELETE of all rows of one record: by what they have from its key. */
static struct store_query *
clear_of(struct store *store, const struct plans_child *child)
{
	const char *joint = "WHERE";
	struct store_query *query;
	size_t len, i;
	char *sql;
	FILE *out = open_memstream(&sql, &len);

	if (out == NULL)
		msg_die(EX_OSERR, "cannot make 'SQL': out of memory");
	fprintf(out, "DELETE FROM %s", child->table->name);
	for (i = 0; i < child->table->count; i++) {
		const struct tables_column *at = &child->table->columns[i];

		if (!at->key || child->from[i].origin != PLANS_PARENT)
			continue;
		fprintf(out, " %s %s=?%zu", joint, at->name, i + 1);
		joint = "AND";
	}
	if (fclose(out) != 0)
		msg_die(EX_OSERR, "cannot make 'SQL': out of memory");
	query = store_query(store, sql);
	free(sql);
	return query;
}

static bool
open_child(struct store *store, struct plans_plan *plan,
	   struct plans_child *child, char **why)
{
	size_t i;

	child->table = tables_read(store, child->rules->table);
	if (child->table == NULL)
		return refuse(why, "%s: no table '%s' in the database",
			      plan->type->file, child->rules->table);
	child->from = msg_calloc(child->table->count, sizeof(*child->from));
	child->spans =
		msg_calloc(child->rules->span_count + 1, sizeof(*child->spans));
	for (i = 0; i < child->table->count; i++) {
		const struct tables_column *at = &child->table->columns[i];

		child->from[i] = origin_of(plan, child->rules, at->name);
		if (child->from[i].origin == PLANS_NOWHERE && at->required)
			return refuse(why, "%s: nothing fills %s of '%s'",
				      plan->type->file, at->name,
				      child->table->name);
		if (child->from[i].origin == PLANS_ELEMENT &&
		    !fits(plan, child->table, (int)i,
			  &child->rules->fields[child->from[i].number], why))
			return false;
	}
	child->insert = tables_insert(store, child->table, false);
	child->clear = clear_of(store, child);
	if (child->insert == NULL || child->clear == NULL)
		return refuse(why, "%s", store_error(store));
	return true;
}

static bool
open_children(struct store *store, struct plans_plan *plan, char **why)
{
	size_t i;

	plan->children =
		msg_calloc(plan->type->child_count, sizeof(*plan->children));
	for (i = 0; i < plan->type->child_count; i++) {
		plan->children[i].rules = &plan->type->children[i];
		if (!open_child(store, plan, &plan->children[i], why))
			return false;
	}
	return true;
}

static bool
open_queries(struct store *store, struct plans_plan *plan, char **why)
{
	static const char *const standing[] = { "updated_ms", "fetched_ms",
						"deleted_at", NULL };
	char what[300];

	snprintf(what, sizeof(what),
		 "updated_ms, fetched_ms, digest, deleted_at, %s",
		 plan->moves ? plan->type->scope_column : "NULL");
	plan->insert = tables_insert(store, plan->table, true);
	plan->look = tables_look(store, plan->table, what);
	plan->update = tables_update(store, plan->table, NULL);
	plan->touch = tables_update(store, plan->table, standing);
	if (plan->insert == NULL || plan->look == NULL ||
	    plan->update == NULL || plan->touch == NULL)
		return refuse(why, "%s", store_error(store));
	return true;
}

struct plans_plan *
plans_open(struct store *store, const struct rules_type *type, char **why)
{
	struct plans_plan *plan = msg_calloc(1, sizeof(*plan));

	*why = NULL;
	plan->type = type;
	plan->table = tables_read(store, type->table);
	if (plan->table == NULL)
		refuse(why, "%s: no table '%s' in the database", type->file,
		       type->table);
	else if (find_standing(plan, why) && find_keys(plan, why) &&
		 find_fields(plan, why) && open_children(store, plan, why) &&
		 open_queries(store, plan, why))
		return plan;
	plans_free(plan);
	return NULL;
}

static void
free_child(struct plans_child *child)
{
	store_query_free(child->insert);
	store_query_free(child->clear);
	tables_free(child->table);
	free(child->from);
	free(child->spans);
	free(child->rows);
}

void
plans_free(struct plans_plan *plan)
{
	size_t i;

	if (plan == NULL)
		return;
	for (i = 0; plan->children != NULL && i < plan->type->child_count; i++)
		free_child(&plan->children[i]);
	free(plan->children);
	store_query_free(plan->insert);
	store_query_free(plan->look);
	store_query_free(plan->update);
	store_query_free(plan->touch);
	store_query_free(plan->scan[0]);
	store_query_free(plan->scan[1]);
	tables_free(plan->table);
	free(plan->places);
	free(plan->instead);
	free(plan->values);
	free(plan);
}
