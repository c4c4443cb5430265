#include "storage/lists.h"

#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/msg.h"
#include "storage/evidence.h"

/* The last place asked about, since rows come scope by scope. */
struct cached {
	struct evidence *evidence; /* NULL: nothing cached */
	int64_t client;
	char *text; /* type, scope, parent, source, each NUL-ended */
	size_t len, size;
};

struct lists {
	struct store *store;
	const struct persons *persons;
	struct store_query *look, *put, *remove, *scopes;
	struct cached scope, parent;
	bool some; /* there are lists at all */
};

static void
drop(struct cached *cached)
{
	evidence_free(cached->evidence);
	cached->evidence = NULL;
}

void
lists_forget(struct lists *lists)
{
	int64_t found = 0;

	drop(&lists->scope);
	drop(&lists->parent);
	lists->some = store_number(lists->store,
				   "SELECT EXISTS(SELECT 1 FROM key_lists)",
				   &found) != 0 ||
		      found != 0;
}

struct lists *
lists_open(struct store *store, const struct persons *persons, char **why)
{
	struct lists *lists = msg_calloc(1, sizeof(*lists));

	lists->store = store;
	lists->persons = persons;
	lists->look = store_query(
		store, "SELECT times, present, gone FROM key_lists WHERE "
		       "client_id=?1 AND type=?2 AND scope=?3 AND parent=?4 "
		       "AND source=?5");
	lists->put = store_query(
		store, "INSERT OR REPLACE INTO key_lists (client_id, type, "
		       "scope, parent, source, times, present, gone) "
		       "VALUES (?1,?2,?3,?4,?5,?6,?7,?8)");
	lists->remove = store_query(
		store, "DELETE FROM key_lists WHERE client_id=?1 AND type=?2 "
		       "AND scope=?3 AND parent=?4 AND source=?5");
	lists->scopes = store_query(
		store, "SELECT type, parent FROM key_lists WHERE client_id=?1 "
		       "AND scope=?2 AND source=?3");
	if (lists->look == NULL || lists->put == NULL ||
	    lists->remove == NULL || lists->scopes == NULL) {
		*why = msg_strdup(store_error(store));
		lists_close(lists);
		return NULL;
	}
	lists_forget(lists);
	return lists;
}

void
lists_close(struct lists *lists)
{
	if (lists == NULL)
		return;
	store_query_free(lists->look);
	store_query_free(lists->put);
	store_query_free(lists->remove);
	store_query_free(lists->scopes);
	drop(&lists->scope);
	drop(&lists->parent);
	free(lists->scope.text);
	free(lists->parent.text);
	free(lists);
}

static void
bind_place(struct store_query *query, const struct lists_place *place)
{
	store_bind_int(query, 1, place->client);
	store_bind_string(query, 2, place->type);
	store_bind_text(query, 3, place->scope.text, place->scope.len);
	store_bind_text(query, 4,
			place->parent.text == NULL ? "" : place->parent.text,
			place->parent.len);
	store_bind_text(query, 5, place->source.text, place->source.len);
}

static void
add_evidence(struct store_query *look, struct evidence *evidence)
{
	struct value texts[3];
	int i;

	for (i = 0; i < 3; i++)
		texts[i].text = store_text(look, i, &texts[i].len);
	evidence_read(evidence, &texts[0], &texts[1], &texts[2]);
}

/* NULL on an error. */
static struct evidence *
read_evidence(struct lists *lists, const struct lists_place *place)
{
	struct evidence *evidence = evidence_new();
	int row;

	bind_place(lists->look, place);
	if ((row = store_step(lists->look)) == 1) {
		add_evidence(lists->look, evidence);
		store_reset(lists->look);
	}
	if (row >= 0)
		return evidence;
	evidence_free(evidence);
	return NULL;
}

static int
write_evidence(struct lists *lists, const struct lists_place *place,
	       struct evidence *evidence)
{
	struct jsonw texts[3] = { { 0 }, { 0 }, { 0 } };
	int i, row;

	evidence_write(evidence, &texts[0], &texts[1], &texts[2]);
	bind_place(lists->put, place);
	for (i = 0; i < 3; i++)
		store_bind_text(lists->put, 6 + i, texts[i].text, texts[i].len);
	row = store_step(lists->put);
	for (i = 0; i < 3; i++)
		jsonw_free(&texts[i]);
	drop(place->parent.len > 0 ? &lists->parent : &lists->scope);
	lists->some = true;
	return row;
}

/* Appends one part of a cache's name; false when it differs from what is
 * there and nothing shall be written. */
static bool
same_part(const struct cached *cached, size_t *at, const char *text, size_t len)
{
	if (cached->len - *at < len + 1 ||
	    (len > 0 && memcmp(cached->text + *at, text, len) != 0) ||
	    cached->text[*at + len] != '\0')
		return false;
	*at += len + 1;
	return true;
}

static bool
is_cached(const struct cached *cached, const struct lists_place *place)
{
	size_t at = 0;

	return cached->evidence != NULL && cached->client == place->client &&
	       same_part(cached, &at, place->scope.text, place->scope.len) &&
	       same_part(cached, &at, place->parent.text, place->parent.len) &&
	       same_part(cached, &at, place->type, strlen(place->type)) &&
	       same_part(cached, &at, place->source.text, place->source.len) &&
	       at == cached->len;
}

static void
name_part(struct cached *cached, const char *text, size_t len)
{
	if (cached->size - cached->len < len + 1) {
		cached->size = cached->size * 2 + len + 64;
		cached->text = msg_realloc(cached->text, cached->size);
	}
	if (len > 0)
		memcpy(cached->text + cached->len, text, len);
	cached->text[cached->len + len] = '\0';
	cached->len += len + 1;
}

/* Takes the evidence, which may be NULL after an error. */
static struct evidence *
keep(struct cached *cached, const struct lists_place *place,
     struct evidence *evidence)
{
	drop(cached);
	cached->len = 0;
	cached->client = place->client;
	name_part(cached, place->scope.text, place->scope.len);
	name_part(cached, place->parent.text, place->parent.len);
	name_part(cached, place->type, strlen(place->type));
	name_part(cached, place->source.text, place->source.len);
	cached->evidence = evidence;
	return evidence;
}

static struct evidence *
find(struct lists *lists, struct cached *cached,
     const struct lists_place *place)
{
	if (is_cached(cached, place))
		return cached->evidence;
	return keep(cached, place, read_evidence(lists, place));
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return b == 0 || (a != 0 && a < b) ? a : b;
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

int
lists_gone(struct lists *lists, const struct lists_place *place,
	   const struct value *key, int64_t seen, int64_t *gone)
{
	struct lists_place whole = *place;
	struct evidence *scope, *parent = NULL;
	struct value hidden = *key;

	*gone = 0;
	if (!lists->some)
		return 0;
	whole.parent = (struct value){ .text = "" };
	if ((scope = find(lists, &lists->scope, &whole)) == NULL)
		return -1;
	if (place->parent.len > 0 &&
	    (parent = find(lists, &lists->parent, place)) == NULL)
		return -1;
	if (evidence_latest(scope) <= seen &&
	    (parent == NULL || evidence_latest(parent) <= seen))
		return 0;
	persons_hide_key(lists->persons, place->type, &hidden);
	seen = later(seen, evidence_last(scope, &hidden));
	if (parent != NULL)
		seen = later(seen, evidence_last(parent, &hidden));
	*gone = evidence_next(scope, seen);
	if (parent != NULL)
		*gone = earlier(*gone, evidence_next(parent, seen));
	return 0;
}

/* "PARENT/" for keys that do not begin with it. */
static bool
needs_parent(const struct value *parent, const struct value *key)
{
	return parent->len > 0 &&
	       (key->len <= parent->len ||
		memcmp(key->text, parent->text, parent->len) != 0 ||
		key->text[parent->len] != '/');
}

static const char *
add_keys(const struct lists *lists, struct evidence *evidence,
	 const struct lists_place *place, int64_t at,
	 const struct json_span *keys)
{
	const struct value *parent = &place->parent;
	struct json_walk walk = json_walk(keys);
	struct values_space space = { 0 };
	struct json_span none, item;
	char *front = msg_calloc(parent->len + 1, 1);
	const char *why = NULL;
	struct value key;

	if (parent->len > 0)
		memcpy(front, parent->text, parent->len);
	front[parent->len] = '/';
	while (json_next(&walk, &none, &item)) {
		why = values_text(&item, &space, &key);
		if (why != NULL)
			break;
		key.kind = VALUE_TEXT;
		persons_hide_key(lists->persons, place->type, &key);
		evidence_add_key(evidence, front,
				 needs_parent(parent, &key) ? parent->len + 1
							    : 0,
				 &key, at);
		values_reset(&space);
	}
	values_free(&space);
	free(front);
	return why == NULL ? NULL : "a key is not text";
}

int
lists_take(struct lists *lists, const struct lists_place *place, int64_t at,
	   const struct json_span *keys, const char **why)
{
	struct evidence *evidence;
	int failed = 0;

	*why = keys->type == JSON_ARRAY ? NULL : "keys: not an array";
	if (*why != NULL)
		return 0;
	if ((evidence = read_evidence(lists, place)) == NULL)
		return -1;
	evidence_add_time(evidence, at);
	*why = add_keys(lists, evidence, place, at, keys);
	if (*why == NULL)
		failed = write_evidence(lists, place, evidence);
	if (*why == NULL && failed == 0)
		keep(place->parent.len > 0 ? &lists->parent : &lists->scope,
		     place, evidence);
	else
		evidence_free(evidence);
	return failed;
}

/* Type and parent, in turn, of the places of a scope; how the query ended. */
static int
gather(struct lists *lists, const struct lists_place *scope,
       struct value **found, size_t *count)
{
	struct store_query *scopes = lists->scopes;
	int i, row;

	store_bind_int(scopes, 1, scope->client);
	store_bind_text(scopes, 2, scope->scope.text, scope->scope.len);
	store_bind_text(scopes, 3, scope->source.text, scope->source.len);
	while ((row = store_step(scopes)) == 1) {
		*found = msg_realloc(*found, (*count + 2) * sizeof(**found));
		for (i = 0; i < 2; i++) {
			struct value *text = &(*found)[(*count)++];

			*text = (struct value){ .kind = VALUE_TEXT };
			text->text =
				msg_strdup(store_text(scopes, i, &text->len));
		}
	}
	return row;
}

int
lists_each(struct lists *lists, const struct lists_place *scope,
	   int (*each)(void *arg, const struct lists_place *place), void *arg)
{
	struct lists_place place = *scope;
	struct value *found = NULL;
	size_t count = 0, i;
	int failed = gather(lists, scope, &found, &count);

	for (i = 0; failed == 0 && i < count; i += 2) {
		place.type = found[i].text;
		place.parent = found[i + 1];
		failed = each(arg, &place);
	}
	for (i = 0; i < count; i++)
		free((char *)found[i].text);
	free(found);
	return failed;
}

struct move {
	struct lists *lists;
	const struct value *to;
};

static int
move_one(void *arg, const struct lists_place *from)
{
	const struct move *move = arg;
	struct lists_place to = *from;
	struct evidence *evidence;
	int failed;

	to.scope = *move->to;
	if ((evidence = read_evidence(move->lists, from)) == NULL)
		return -1;
	bind_place(move->lists->look, &to);
	if ((failed = store_step(move->lists->look)) == 1) {
		add_evidence(move->lists->look, evidence);
		store_reset(move->lists->look);
	}
	if (failed >= 0)
		failed = write_evidence(move->lists, &to, evidence);
	evidence_free(evidence);
	if (failed != 0)
		return -1;
	bind_place(move->lists->remove, from);
	return store_step(move->lists->remove);
}

int
lists_move(struct lists *lists, const struct lists_place *from,
	   const struct value *to)
{
	struct move move = { lists, to };

	drop(&lists->scope);
	drop(&lists->parent);
	return lists_each(lists, from, move_one, &move);
}
