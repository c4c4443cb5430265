#include "storage/entity.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "records/values.h"
#include "storage/absence.h"
#include "storage/edition.h"
#include "storage/lists.h"
#include "storage/moves.h"
#include "storage/persons.h"
#include "storage/plans.h"
#include "storage/record.h"
#include "storage/touched.h"
#include "storage/upsert.h"

enum keys_key {
	KEYS_OF,
	KEYS_CLIENT,
	KEYS_SOURCE,
	KEYS_SCOPE,
	KEYS_PARENT,
	KEYS_AT,
	KEYS_KEYS,
	KEYS_COUNT
};

struct entity {
	struct store *store;
	const struct rules *rules;
	struct ledger *ledger;
	struct renames *renames;
	struct persons *persons;
	struct lists *lists;
	struct plans_plan **plans;
	size_t plan_count;
	struct json_paths *keys_paths;
	struct record record;
	struct touched *touched;
	bool changed; /* since the last settle */
	char *why;    /* of a plan that does not fit */
};

struct entity *
entity_open(struct store *store, const struct rules *rules,
	    struct ledger *ledger, struct renames *renames, char **why)
{
	static const char *const keys[KEYS_COUNT] = {
		"of", "client", "source", "scope", "parent", "at", "keys"
	};
	struct entity *entity = msg_calloc(1, sizeof(*entity));

	entity->store = store;
	entity->rules = rules;
	entity->ledger = ledger;
	entity->renames = renames;
	entity->keys_paths = json_paths(keys, KEYS_COUNT);
	entity->touched = touched_open(store);
	if (entity->touched == NULL)
		*why = msg_strdup(store_error(store));
	else if ((entity->persons = persons_open(store, why)) != NULL &&
		 (entity->lists = lists_open(store, entity->persons, why)) !=
			 NULL)
		return entity;
	entity_close(entity);
	return NULL;
}

void
entity_close(struct entity *entity)
{
	size_t i;

	if (entity == NULL)
		return;
	for (i = 0; i < entity->plan_count; i++)
		plans_free(entity->plans[i]);
	free(entity->plans);
	lists_close(entity->lists);
	persons_close(entity->persons);
	touched_close(entity->touched);
	json_paths_free(entity->keys_paths);
	record_free(&entity->record);
	free(entity->why);
	free(entity);
}

/* NULL with entity->why. */
static struct plans_plan *
plan_of(struct entity *entity, const struct rules_type *type)
{
	struct plans_plan *plan;
	size_t i;

	for (i = 0; i < entity->plan_count; i++)
		if (entity->plans[i]->type == type)
			return entity->plans[i];
	free(entity->why);
	if ((plan = plans_open(entity->store, type, &entity->why)) == NULL)
		return NULL;
	entity->plans =
		msg_realloc(entity->plans,
			    (entity->plan_count + 1) * sizeof(*entity->plans));
	entity->plans[entity->plan_count++] = plan;
	return plan;
}

/* What the scope is called now, if it is a repository. */
static int
resolve_scope(struct entity *entity, const struct plans_plan *plan)
{
	struct record *record = &entity->record;
	struct renames_name name = { record->client, record->fetched,
				     &record->source, &record->scope };
	struct value now;
	char *copy;

	if (!plan->renames)
		return 0;
	if (renames_resolve(entity->renames, &name, &now) != 0)
		return -1;
	if (now.text == record->scope.text)
		return 0;
	copy = values_room(&entity->record.space, now.len);
	memcpy(copy, now.text, now.len);
	record->scope = now;
	record->scope.text = copy;
	record->scope.kind = VALUE_TEXT;
	return 0;
}

/* Whether lists of keys say that the row is gone. */
static int
put_absence(struct entity *entity, struct plans_plan *plan)
{
	const struct record *record = &entity->record;
	struct lists_place place = { .client = record->client,
				     .source = record->source,
				     .scope = record->scope,
				     .type = plan->type->name };
	int64_t gone;

	if (plan->parent < plan->key_count)
		place.parent = record->parts[plan->parent];
	if (lists_gone(entity->lists, &place, &record->key, record->fetched,
		       &gone) != 0)
		return -1;
	plan->values[plan->deleted] = record_integer(gone / 1000);
	if (gone == 0)
		plan->values[plan->deleted].kind = VALUE_NULL;
	return 0;
}

static int
apply_lists(void *arg, const struct lists_place *place)
{
	struct entity *entity = arg;
	const struct rules_type *type =
		rules_type(entity->rules, place->type, strlen(place->type));
	struct plans_plan *plan;
	uint64_t changed;

	if (type == NULL || type->table == NULL ||
	    (plan = plan_of(entity, type)) == NULL)
		return 0;
	return absence_apply(entity->store, plan, entity->lists, place,
			     &changed);
}

static int
move_lists(struct entity *entity, const struct renames_move *move)
{
	struct lists_place from = { .client = move->client,
				    .source = move->source,
				    .scope = move->from };
	struct lists_place to = from;

	to.scope = move->to;
	return lists_move(entity->lists, &from, &move->to) != 0 ||
			       lists_each(entity->lists, &to, apply_lists,
					  entity) != 0
		       ? -1
		       : 0;
}

/* Everything of a repository goes to its new name. */
static int
move_all(void *arg, const struct renames_move *move)
{
	struct entity *entity = arg;
	const struct rules_type *type;
	size_t i;

	for (i = 0; (type = rules_at(entity->rules, i)) != NULL; i++) {
		struct plans_plan *plan;

		if (type->table == NULL)
			continue;
		if ((plan = plan_of(entity, type)) == NULL)
			return -1;
		if (plan->renames && moves_rows(entity->store, plan, move) != 0)
			return -1;
	}
	entity->changed = true;
	if (moves_links(entity->store, move) != 0)
		return -1;
	if (!move->whole)
		return 0;
	return ledger_move(entity->ledger, move) != 0 ||
			       move_lists(entity, move) != 0
		       ? -1
		       : 0;
}

/* A record of a repository says what its id is called. */
static int
claim_name(struct entity *entity, const struct plans_plan *plan, bool fresh)
{
	int repo = tables_column(plan->table, "repo", 4);
	struct renames_claim claim = {
		.client = entity->record.client,
		.id = plan->values[plan->keys[0]].integer,
		.seen = entity->record.fetched,
		.source = entity->record.source,
		.fresh = fresh,
	};

	if (repo < 0 || plan->values[repo].kind != VALUE_TEXT)
		return 0;
	claim.name = plan->values[repo];
	return renames_claim(entity->renames, &claim, move_all, entity);
}

/* The row of a record whose values are read. */
static enum entity_outcome
put_row(struct entity *entity, struct plans_plan *plan)
{
	const struct record *record = &entity->record;
	enum upsert_outcome outcome;
	bool fresh;

	if (resolve_scope(entity, plan) != 0)
		return ENTITY_FAILED;
	if (plan->scope >= 0)
		plan->values[plan->scope] = record->scope;
	if (put_absence(entity, plan) != 0)
		return ENTITY_FAILED;
	outcome = upsert_row(entity->store, record, plan);
	if (outcome == UPSERT_FAILED)
		return ENTITY_FAILED;
	fresh = outcome != UPSERT_SAME;
	entity->changed = entity->changed || fresh;
	if (fresh && plan->renames &&
	    touched_add(entity->touched, plan->type->name, record->client,
			&record->scope) != 0)
		return ENTITY_FAILED;
	if (plan->names && claim_name(entity, plan, fresh) != 0)
		return ENTITY_FAILED;
	return fresh ? ENTITY_CHANGED : ENTITY_SAME;
}

enum entity_outcome
entity_put(struct entity *entity, const struct rules_type *type,
	   const struct json_span *spans, const char **why)
{
	struct plans_plan *plan = plan_of(entity, type);

	if (plan == NULL) {
		*why = entity->why;
		return ENTITY_FAILED;
	}
	if ((*why = record_fill(&entity->record, plan, spans)) != NULL)
		return ENTITY_REFUSED;
	persons_hide(entity->persons, plan);
	return put_row(entity, plan);
}

/* The plan of the type a keys line is about, and the place it speaks of. */
static const char *
read_keys(struct entity *entity, const struct json_span *spans,
	  struct lists_place *place, int64_t *at, struct plans_plan **plan)
{
	const struct rules_type *type = NULL;
	struct value of;

	if (record_text(&entity->record, &spans[KEYS_OF], &of) == NULL)
		type = rules_type(entity->rules, of.text, of.len);
	if (type == NULL || type->table == NULL)
		return "of: no such type";
	if (!json_int(&spans[KEYS_CLIENT], &place->client))
		return "client: not a number";
	if (record_text(&entity->record, &spans[KEYS_SOURCE], &place->source) !=
	    NULL)
		return "source: not text";
	if (record_text(&entity->record, &spans[KEYS_SCOPE], &place->scope) !=
	    NULL)
		return "scope: not text";
	place->parent = (struct value){ .kind = VALUE_TEXT, .text = "" };
	if (spans[KEYS_PARENT].type != JSON_ABSENT &&
	    spans[KEYS_PARENT].type != JSON_NULL &&
	    values_text(&spans[KEYS_PARENT], &entity->record.space,
			&place->parent) != NULL)
		return "parent: not text";
	if (!record_time(&spans[KEYS_AT], at))
		return "at: not a time";
	place->type = type->name;
	if ((*plan = plan_of(entity, type)) == NULL)
		return entity->why;
	if (place->parent.len > 0 && (*plan)->parent == (*plan)->key_count)
		return "parent: this type has none";
	return NULL;
}

enum entity_outcome
entity_keys(struct entity *entity, const char *line, size_t len,
	    const char **why)
{
	struct json_span spans[KEYS_COUNT];
	struct lists_place place;
	struct plans_plan *plan;
	uint64_t changed = 0;
	int64_t at;

	values_reset(&entity->record.space);
	json_scan(entity->keys_paths, line, len, spans, NULL);
	if ((*why = read_keys(entity, spans, &place, &at, &plan)) != NULL)
		return ENTITY_REFUSED;
	entity->record.client = place.client;
	entity->record.source = place.source;
	entity->record.scope = place.scope;
	entity->record.fetched = at;
	if (resolve_scope(entity, plan) != 0)
		return ENTITY_FAILED;
	place.scope = entity->record.scope;
	if (lists_take(entity->lists, &place, at, &spans[KEYS_KEYS], why) != 0)
		return ENTITY_FAILED;
	if (*why != NULL)
		return ENTITY_REFUSED;
	if (absence_apply(entity->store, plan, entity->lists, &place,
			  &changed) != 0)
		return ENTITY_FAILED;
	if (changed == 0)
		return ENTITY_SAME;
	entity->changed = true;
	if (plan->renames && touched_add(entity->touched, plan->type->name,
					 place.client, &place.scope) != 0)
		return ENTITY_FAILED;
	return ENTITY_CHANGED;
}

int
entity_settle(struct entity *entity)
{
	bool changed = entity->changed;

	entity->changed = false;
	return changed ? edition_move(entity->store) : 0;
}

bool
entity_counts(const struct entity *entity, size_t i,
	      struct entity_counts *counts)
{
	const struct plans_plan *plan;

	if (i >= entity->plan_count)
		return false;
	plan = entity->plans[i];
	counts->table = plan->table->name;
	counts->added = plan->added;
	counts->changed = plan->changed;
	counts->same = plan->same;
	counts->deleted = plan->deletions;
	return true;
}
