#include "storage/entity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/times.h"
#include "records/values.h"
#include "storage/absence.h"
#include "storage/lists.h"
#include "storage/moves.h"
#include "storage/plans.h"

/* The record at hand. */
struct record {
	int64_t client, updated, fetched; /* ms */
	struct value source, scope, key;
	struct value parts[PLANS_KEYS]; /* of the key, as text */
	size_t part_count;
};

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
	struct lists *lists;
	struct plans_plan **plans;
	size_t plan_count;
	struct json_paths *keys_paths;
	struct values_space space;
	struct record record;
	struct store_query *touch;
	char *touched; /* the repository touched last */
	size_t touched_len, touched_size;
	int64_t touched_client;
	bool changed;	 /* since the last settle */
	char *why;	 /* of a plan that does not fit */
	char fault[200]; /* of a field */
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
	entity->touch = store_query(store, "INSERT OR IGNORE INTO touched "
					   "(client_id, repo) VALUES (?1,?2)");
	if (entity->touch == NULL)
		*why = msg_strdup(store_error(store));
	else if ((entity->lists = lists_open(store, why)) != NULL)
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
	store_query_free(entity->touch);
	json_paths_free(entity->keys_paths);
	values_free(&entity->space);
	free(entity->touched);
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

static const char *
read_text(struct entity *entity, const struct json_span *span,
	  struct value *value)
{
	if (span->doubled || span->type != JSON_STRING || span->len == 0)
		return "is no text";
	return values_text(span, &entity->space, value);
}

static bool
read_time(const struct json_span *span, int64_t *ms)
{
	return !span->doubled && span->type == JSON_STRING &&
	       times_parse(span->at, span->len, ms);
}

/* Absent, null and "" are the version of things that never change. */
static bool
read_updated(const struct json_span *span, int64_t *ms)
{
	*ms = 0;
	if (span->type == JSON_ABSENT || span->type == JSON_NULL ||
	    (span->type == JSON_STRING && span->len == 0))
		return true;
	return read_time(span, ms);
}

static const char *
read_envelope(struct entity *entity, const struct json_span *spans)
{
	struct record *record = &entity->record;

	if (spans[RULES_CLIENT].doubled ||
	    !json_int(&spans[RULES_CLIENT], &record->client) ||
	    record->client < 0)
		return "client: not a number";
	if (read_text(entity, &spans[RULES_SOURCE], &record->source) != NULL)
		return "source: not text";
	if (read_text(entity, &spans[RULES_SCOPE], &record->scope) != NULL)
		return "scope: not text";
	if (read_text(entity, &spans[RULES_KEY], &record->key) != NULL)
		return "key: not text";
	if (!read_updated(&spans[RULES_UPDATED_AT], &record->updated))
		return "updated_at: not a time";
	if (!read_time(&spans[RULES_FETCHED_AT], &record->fetched))
		return "fetched_at: not a time";
	return NULL;
}

/* Digits without a sign or leading zeros, so that the row's key as text is the
 * envelope's again. */
static bool
integer_key(struct value *part)
{
	int64_t number = 0;
	size_t i;

	if (part->len == 0 || part->len > 18 ||
	    (part->text[0] == '0' && part->len > 1))
		return false;
	for (i = 0; i < part->len; i++) {
		if (part->text[i] < '0' || part->text[i] > '9')
			return false;
		number = number * 10 + (part->text[i] - '0');
	}
	part->kind = VALUE_INTEGER;
	part->integer = number;
	return true;
}

/* The last part is the rest, so that keys with slashes of their own work. */
static const char *
split_key(struct entity *entity, const struct plans_plan *plan)
{
	struct value rest = entity->record.key;
	size_t i;

	for (i = 0; i < plan->key_count; i++) {
		const char *slash = i + 1 < plan->key_count
					    ? memchr(rest.text, '/', rest.len)
					    : rest.text + rest.len;
		struct value part = rest;
		size_t skip;

		if (slash == NULL)
			return "key: too few parts";
		part.len = (size_t)(slash - rest.text);
		skip = part.len + (i + 1 < plan->key_count);
		entity->record.parts[i] = part;
		if (plan->table->columns[plan->keys[i]].takes ==
			    VALUE_INTEGER &&
		    !integer_key(&part))
			return "key: not a number";
		plan->values[plan->keys[i]] = part;
		rest.text += skip;
		rest.len -= skip;
	}
	return NULL;
}

static const char *
fault(struct entity *entity, const struct rules_field *field, const char *why)
{
	snprintf(entity->fault, sizeof(entity->fault), "%s: %s", field->name,
		 why);
	return entity->fault;
}

static const char *
put_fields(struct entity *entity, struct plans_plan *plan,
	   const struct json_span *spans, uint64_t *digest)
{
	const struct rules_type *type = plan->type;
	size_t i;

	for (i = 0; i < type->field_count; i++) {
		int place = plan->places[i];
		struct value *value;
		const char *why;

		if (place < 0)
			continue;
		value = &plan->values[place];
		why = values_of(&type->fields[i], spans, &entity->space, value);
		if (why != NULL)
			return fault(entity, &type->fields[i], why);
		if ((size_t)place < plan->table->count &&
		    !tables_takes(&plan->table->columns[place], value))
			return fault(entity, &type->fields[i], "missing");
		*digest = values_digest(*digest, value);
	}
	return NULL;
}

/* Where the fields of the next row go. */
static struct value *
next_row(struct plans_child *child)
{
	size_t width = child->rules->field_count;

	if (child->count == child->size) {
		child->size = child->size * 2 + 16;
		child->rows =
			msg_realloc(child->rows,
				    child->size * width * sizeof(*child->rows));
	}
	return child->rows + width * child->count++;
}

/* The spans of one element: of its members, or of itself. */
static void
scan_element(struct plans_child *child, const struct json_span *element)
{
	const struct rules_child *rules = child->rules;
	size_t i;

	for (i = 0; i < rules->span_count; i++)
		child->spans[i] = (struct json_span){ .type = JSON_ABSENT };
	if (element->type == JSON_OBJECT)
		json_scan(rules->paths, element->at, element->len, child->spans,
			  NULL);
	for (i = 0; i < rules->field_count; i++)
		if (rules->fields[i].path[0] == '\0')
			child->spans[rules->fields[i].span] = *element;
}

static bool
row_fits(const struct plans_child *child, const struct value *row)
{
	size_t i;

	for (i = 0; i < child->table->count; i++)
		if (child->from[i].origin == PLANS_ELEMENT &&
		    !tables_takes(&child->table->columns[i],
				  &row[child->from[i].number]))
			return false;
	return true;
}

static const char *
put_child(struct entity *entity, struct plans_child *child,
	  const struct json_span *each, uint64_t *digest)
{
	struct json_walk walk = json_walk(each);
	struct json_span key, element;
	size_t i;

	child->count = 0;
	if (each->type != JSON_ARRAY)
		return each->type == JSON_ABSENT || each->type == JSON_NULL
			       ? NULL
			       : "not a list";
	while (json_next(&walk, &key, &element)) {
		struct value *row = next_row(child);

		scan_element(child, &element);
		for (i = 0; i < child->rules->field_count; i++) {
			const char *why = values_of(&child->rules->fields[i],
						    child->spans,
						    &entity->space, &row[i]);

			if (why != NULL)
				return fault(entity, &child->rules->fields[i],
					     why);
			*digest = values_digest(*digest, &row[i]);
		}
		if (!row_fits(child, row))
			return "a list's element lacks what it must have";
	}
	return NULL;
}

static const char *
put_children(struct entity *entity, struct plans_plan *plan,
	     const struct json_span *spans, uint64_t *digest)
{
	size_t i;

	for (i = 0; i < plan->type->child_count; i++) {
		struct plans_child *child = &plan->children[i];
		const char *why = put_child(entity, child,
					    &spans[child->rules->each], digest);
		struct value count = { .kind = VALUE_INTEGER };

		if (why != NULL)
			return why;
		count.integer = (int64_t)child->count;
		*digest = values_digest(*digest, &count);
	}
	return NULL;
}

static struct value
integer(int64_t number)
{
	return (struct value){ .kind = VALUE_INTEGER, .integer = number };
}

/* What the scope is called now, if it is a repository. */
static int
resolve_scope(struct entity *entity, const struct plans_plan *plan)
{
	struct record *record = &entity->record;
	struct value now;
	char *copy;

	if (!plan->renames)
		return 0;
	if (renames_resolve(entity->renames, record->client, &record->source,
			    &record->scope, record->fetched, &now) != 0)
		return -1;
	if (now.text == record->scope.text)
		return 0;
	copy = values_room(&entity->space, now.len);
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
	plan->values[plan->deleted] = integer(gone / 1000);
	if (gone == 0)
		plan->values[plan->deleted].kind = VALUE_NULL;
	return 0;
}

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
	struct value position = integer((int64_t)number), none = { 0 };
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

	if (plan->scope < 0)
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
judge(const struct entity *entity, const struct plans_plan *plan)
{
	int64_t digest = store_int(plan->look, PLANS_DIGEST);
	int64_t mine = plan->values[plan->digest].integer;
	int version = compare_with_row(&entity->record, plan);
	int scope = compare_scope(&entity->record, plan);

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
look(struct entity *entity, struct plans_plan *plan, enum verdict *verdict,
     bool *older)
{
	int row;

	bind_key(plan->look, plan);
	if ((row = store_step(plan->look)) != 1)
		return row;
	*verdict = judge(entity, plan);
	*older = compare_with_row(&entity->record, plan) < 0;
	store_reset(plan->look);
	return 1;
}

static enum entity_outcome
replace(struct plans_plan *plan, enum verdict verdict, bool older)
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
			return ENTITY_FAILED;
		if (verdict == REVIVE)
			break;
		plan->same++;
		return ENTITY_SAME;
	case REPLACE:
		bind_all(plan->update, plan);
		if (store_step(plan->update) != 0 ||
		    store_children(plan, true) != 0)
			return ENTITY_FAILED;
		break;
	case KEEP:
	default:
		plan->same++;
		return older ? ENTITY_OLDER : ENTITY_SAME;
	}
	plan->changed++;
	return ENTITY_CHANGED;
}

/* 1 when the row was not there and now is, 0, or -1. */
static int
insert(struct entity *entity, struct plans_plan *plan)
{
	bind_all(plan->insert, plan);
	if (store_step(plan->insert) != 0)
		return -1;
	if (store_changes(entity->store) == 0)
		return 0;
	if (store_children(plan, false) != 0)
		return -1;
	plan->added++;
	return 1;
}

/* Tries first what the last row of this type turned out to be. */
static enum entity_outcome
upsert(struct entity *entity, struct plans_plan *plan)
{
	enum verdict verdict = KEEP;
	bool older = false;
	int found = 0, added;

	if (plan->look_first) {
		if ((found = look(entity, plan, &verdict, &older)) < 0)
			return ENTITY_FAILED;
		plan->look_first = found == 1;
	}
	if (found == 0) {
		if ((added = insert(entity, plan)) < 0)
			return ENTITY_FAILED;
		if (added == 1)
			return ENTITY_ADDED;
		plan->look_first = true;
		if (look(entity, plan, &verdict, &older) != 1)
			return ENTITY_FAILED;
	}
	return replace(plan, verdict, older);
}

static int
touch(struct entity *entity, int64_t client, const struct value *repo)
{
	if (entity->touched_client == client && entity->touched != NULL &&
	    entity->touched_len == repo->len &&
	    memcmp(entity->touched, repo->text, repo->len) == 0)
		return 0;
	if (entity->touched_size < repo->len + 1) {
		entity->touched_size = repo->len + 64;
		entity->touched =
			msg_realloc(entity->touched, entity->touched_size);
	}
	memcpy(entity->touched, repo->text, repo->len);
	entity->touched_len = repo->len;
	entity->touched_client = client;
	store_bind_int(entity->touch, 1, client);
	store_bind_text(entity->touch, 2, repo->text, repo->len);
	return store_step(entity->touch);
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
	return lists_move(entity->lists, move->client, &move->source,
			  &move->from, &move->to) != 0 ||
			       lists_each(entity->lists, move->client,
					  &move->source, &move->to, apply_lists,
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
	entity->touched_len = 0;
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

static void
put_standing(struct entity *entity, struct plans_plan *plan, uint64_t digest)
{
	const struct record *record = &entity->record;

	plan->values[plan->client] = integer(record->client);
	plan->values[plan->source] = record->source;
	if (plan->scope >= 0)
		plan->values[plan->scope] = record->scope;
	plan->values[plan->updated] = integer(record->updated);
	plan->values[plan->fetched] = integer(record->fetched);
	plan->values[plan->digest] = integer((int64_t)digest);
}

enum entity_outcome
entity_put(struct entity *entity, const struct rules_type *type,
	   const struct json_span *spans, const char **why)
{
	struct plans_plan *plan = plan_of(entity, type);
	enum entity_outcome outcome;
	uint64_t digest = 0;
	bool fresh;

	values_reset(&entity->space);
	if (plan == NULL) {
		*why = entity->why;
		return ENTITY_FAILED;
	}
	if ((*why = read_envelope(entity, spans)) != NULL ||
	    (*why = split_key(entity, plan)) != NULL ||
	    (*why = put_fields(entity, plan, spans, &digest)) != NULL ||
	    (*why = put_children(entity, plan, spans, &digest)) != NULL)
		return ENTITY_REFUSED;
	if (resolve_scope(entity, plan) != 0)
		return ENTITY_FAILED;
	put_standing(entity, plan, digest);
	if (put_absence(entity, plan) != 0)
		return ENTITY_FAILED;
	outcome = upsert(entity, plan);
	fresh = outcome == ENTITY_ADDED || outcome == ENTITY_CHANGED;
	entity->changed = entity->changed || fresh;
	if (fresh && plan->renames &&
	    touch(entity, entity->record.client, &entity->record.scope) != 0)
		return ENTITY_FAILED;
	if (plan->names && outcome != ENTITY_FAILED &&
	    claim_name(entity, plan, fresh) != 0)
		return ENTITY_FAILED;
	return outcome;
}

/* The plan of the type a keys line is about, and the place it speaks of. */
static const char *
read_keys(struct entity *entity, const struct json_span *spans,
	  struct lists_place *place, int64_t *at, struct plans_plan **plan)
{
	const struct rules_type *type = NULL;
	struct value of;

	if (read_text(entity, &spans[KEYS_OF], &of) == NULL)
		type = rules_type(entity->rules, of.text, of.len);
	if (type == NULL || type->table == NULL)
		return "of: no such type";
	if (!json_int(&spans[KEYS_CLIENT], &place->client))
		return "client: not a number";
	if (read_text(entity, &spans[KEYS_SOURCE], &place->source) != NULL)
		return "source: not text";
	if (read_text(entity, &spans[KEYS_SCOPE], &place->scope) != NULL)
		return "scope: not text";
	place->parent = (struct value){ .kind = VALUE_TEXT, .text = "" };
	if (spans[KEYS_PARENT].type != JSON_ABSENT &&
	    spans[KEYS_PARENT].type != JSON_NULL &&
	    values_text(&spans[KEYS_PARENT], &entity->space, &place->parent) !=
		    NULL)
		return "parent: not text";
	if (!read_time(&spans[KEYS_AT], at))
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

	values_reset(&entity->space);
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
	if (plan->renames && touch(entity, place.client, &place.scope) != 0)
		return ENTITY_FAILED;
	return ENTITY_CHANGED;
}

int
entity_settle(struct entity *entity)
{
	bool changed = entity->changed;

	entity->changed = false;
	entity->touched_len = 0;
	entity->touched_client = -1;
	return changed ? store_run(entity->store,
				   "UPDATE meta SET value=value+1 "
				   "WHERE name='data_version'")
		       : 0;
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
