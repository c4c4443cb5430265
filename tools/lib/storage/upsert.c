#include "storage/upsert.h"

#include <string.h>

static void
bind_all(struct store_query *query, const struct plans_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->table->count; i++)
		tables_bind(query, i, &plan->values[i]);
}

static void
bind_key(struct store_query *query, const struct plans_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->table->count; i++)
		if (plan->table->columns[i].key)
			tables_bind(query, i, &plan->values[i]);
}

static int
insert_row(struct plans_child *child, const struct plans_plan *plan,
	   size_t number)
{
	const struct value *row =
		child->rows + child->rules->field_count * number;
	struct value position = record_integer((int64_t)number), none = { 0 };
	size_t i;

	for (i = 0; i < child->table->count; i++) {
		const struct plans_from *from = &child->from[i];
		const struct value *value =
			from->origin == PLANS_PARENT
				? &plan->values[from->number]
			: from->origin == PLANS_ELEMENT	 ? &row[from->number]
			: from->origin == PLANS_POSITION ? &position
							 : &none;

		tables_bind(child->insert, i, value);
	}
	return store_step(child->insert);
}

static int
clear_rows(struct plans_child *child, const struct plans_plan *plan)
{
	size_t i;

	for (i = 0; i < child->table->count; i++)
		if (child->table->columns[i].key &&
		    child->from[i].origin == PLANS_PARENT)
			tables_bind(child->clear, i,
				    &plan->values[child->from[i].number]);
	return store_step(child->clear);
}

static int
store_children(struct plans_plan *plan, bool clear)
{
	size_t i, k;

	for (i = 0; i < plan->type->child_count; i++) {
		struct plans_child *child = &plan->children[i];

		if (clear && clear_rows(child, plan) != 0)
			return -1;
		for (k = 0; k < child->count; k++)
			if (insert_row(child, plan, k) != 0)
				return -1;
	}
	return 0;
}

/* Greater than 0 when the record is later than the row that plan->look stands
 * on, and 0 when it says the same at the same time. */
static int
compare_with_row(const struct record *record, const struct plans_plan *plan)
{
	int64_t updated = store_int(plan->look, PLANS_UPDATED);
	int64_t fetched = store_int(plan->look, PLANS_FETCHED);

	if (record->updated != updated)
		return record->updated > updated ? 1 : -1;
	return (record->fetched > fetched) - (record->fetched < fetched);
}

static int
compare_scope(const struct record *record, const struct plans_plan *plan)
{
	const char *text;
	size_t len;
	int order;

	if (!plan->moves)
		return 0;
	text = store_text(plan->look, PLANS_SCOPE, &len);
	order = memcmp(record->scope.text, text,
		       record->scope.len < len ? record->scope.len : len);
	return order != 0
		       ? order
		       : (record->scope.len > len) - (record->scope.len < len);
}

static bool
same_absence(const struct plans_plan *plan)
{
	const struct value *deleted = &plan->values[plan->deleted];
	bool gone = !store_is_null(plan->look, PLANS_DELETED);

	return gone == (deleted->kind != VALUE_NULL) &&
	       (!gone ||
		store_int(plan->look, PLANS_DELETED) == deleted->integer);
}

enum verdict { KEEP, MOVE_VERSION, REVIVE, REPLACE };

/* What the record means for the row that plan->look stands on. */
static enum verdict
judge(const struct record *record, const struct plans_plan *plan)
{
	int64_t digest = store_int(plan->look, PLANS_DIGEST);
	int64_t mine = plan->values[plan->digest].integer;
	int version = compare_with_row(record, plan);
	int scope = compare_scope(record, plan);

	if (version < 0)
		return KEEP;
	if (digest == mine && scope == 0) {
		if (!same_absence(plan))
			return REVIVE;
		return version == 0 ? KEEP : MOVE_VERSION;
	}
	if (version == 0 && (mine < digest || (mine == digest && scope < 0)))
		return KEEP;
	return REPLACE;
}

/* The row is there: 1 and the verdict; it is not: 0; or -1. */
static int
look(const struct record *record, struct plans_plan *plan,
     enum verdict *verdict)
{
	int row;

	bind_key(plan->look, plan);
	if ((row = store_step(plan->look)) != 1)
		return row;
	*verdict = judge(record, plan);
	store_reset(plan->look);
	return 1;
}

static enum upsert_outcome
replace(struct plans_plan *plan, enum verdict verdict)
{
	switch (verdict) {
	case MOVE_VERSION:
	case REVIVE:
		bind_key(plan->touch, plan);
		tables_bind(plan->touch, (size_t)plan->updated,
			    &plan->values[plan->updated]);
		tables_bind(plan->touch, (size_t)plan->fetched,
			    &plan->values[plan->fetched]);
		tables_bind(plan->touch, (size_t)plan->deleted,
			    &plan->values[plan->deleted]);
		if (store_step(plan->touch) != 0)
			return UPSERT_FAILED;
		if (verdict == REVIVE)
			break;
		plan->same++;
		return UPSERT_SAME;
	case REPLACE:
		bind_all(plan->update, plan);
		if (store_step(plan->update) != 0 ||
		    store_children(plan, true) != 0)
			return UPSERT_FAILED;
		break;
	case KEEP:
	default:
		plan->same++;
		return UPSERT_SAME;
	}
	plan->changed++;
	return UPSERT_CHANGED;
}

/* 1 when the row was not there and now is, 0, or -1. */
static int
insert(struct store *store, struct plans_plan *plan)
{
	bind_all(plan->insert, plan);
	if (store_step(plan->insert) != 0)
		return -1;
	if (store_changes(store) == 0)
		return 0;
	if (store_children(plan, false) != 0)
		return -1;
	plan->added++;
	return 1;
}

enum upsert_outcome
upsert_row(struct store *store, const struct record *record,
	   struct plans_plan *plan)
{
	enum verdict verdict = KEEP;
	int found = 0, added;

	if (plan->look_first) {
		if ((found = look(record, plan, &verdict)) < 0)
			return UPSERT_FAILED;
		plan->look_first = found == 1;
	}
	if (found == 0) {
		if ((added = insert(store, plan)) < 0)
			return UPSERT_FAILED;
		if (added == 1)
			return UPSERT_ADDED;
		plan->look_first = true;
		if (look(record, plan, &verdict) != 1)
			return UPSERT_FAILED;
	}
	return replace(plan, verdict);
}
