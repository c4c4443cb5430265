#include "storage/renames.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

struct renames {
	struct store *store;
	struct store_query *claim, *former, *bearers, *current;
	bool some;  /* a repository has had two names */
	char *text; /* the last answer */
};

/* Who bore a name: in the order of the time they were first seen with it. */
static const char bearers_sql[] =
	"SELECT id, first_ms, source FROM repository_names "
	"WHERE client_id=?1 AND (?2 IS NULL OR source=?2) AND repo=?3 "
	"ORDER BY first_ms, id";
static const char current_sql[] = "SELECT repo FROM repositories "
				  "WHERE client_id=?1 AND source=?2 AND id=?3";
static const char former_sql[] =
	"SELECT repo FROM repository_names "
	"WHERE client_id=?1 AND source=?2 AND id=?3 AND repo<>?4";
/* Nothing is returned when nothing has changed. */
static const char claim_sql[] =
	"INSERT INTO repository_names (client_id, source, repo, id, first_ms) "
	"VALUES (?1,?2,?3,?4,?5) ON CONFLICT DO UPDATE "
	"SET first_ms=excluded.first_ms WHERE excluded.first_ms<first_ms "
	"RETURNING first_ms";

void
renames_forget(struct renames *renames)
{
	int64_t found = 1;

	renames->some =
		store_number(renames->store,
			     "SELECT EXISTS(SELECT 1 FROM repository_names "
			     "GROUP BY client_id, source, id "
			     "HAVING count(*) > 1)",
			     &found) != 0 ||
		found != 0;
}

struct renames *
renames_open(struct store *store, char **why)
{
	struct renames *renames = msg_calloc(1, sizeof(*renames));

	renames->store = store;
	renames->claim = store_query(store, claim_sql);
	renames->former = store_query(store, former_sql);
	renames->bearers = store_query(store, bearers_sql);
	renames->current = store_query(store, current_sql);
	if (renames->claim == NULL || renames->former == NULL ||
	    renames->bearers == NULL || renames->current == NULL) {
		*why = msg_strdup(store_error(store));
		renames_close(renames);
		return NULL;
	}
	renames_forget(renames);
	return renames;
}

void
renames_close(struct renames *renames)
{
	if (renames == NULL)
		return;
	store_query_free(renames->claim);
	store_query_free(renames->former);
	store_query_free(renames->bearers);
	store_query_free(renames->current);
	free(renames->text);
	free(renames);
}

static void
keep(struct renames *renames, const char *text, size_t len)
{
	renames->text = msg_realloc(renames->text, len + 1);
	memcpy(renames->text, text, len);
	renames->text[len] = '\0';
}

/* 1 and the name kept, 0 when there is no such repository, -1. */
static int
current_name(struct renames *renames, int64_t client,
	     const struct value *source, int64_t id)
{
	const char *text;
	size_t len;
	int row;

	store_bind_int(renames->current, 1, client);
	store_bind_text(renames->current, 2, source->text, source->len);
	store_bind_int(renames->current, 3, id);
	if ((row = store_step(renames->current)) != 1)
		return row;
	text = store_text(renames->current, 0, &len);
	keep(renames, text, len);
	store_reset(renames->current);
	return 1;
}

struct bearer {
	int64_t id, first;
};

/* The bearer at that time: the last that came before it, else the first. */
static int
find_bearer(struct renames *renames, int64_t at, struct bearer *bearer,
	    char source[64])
{
	int row, found = 0;

	while ((row = store_step(renames->bearers)) == 1) {
		int64_t first = store_int(renames->bearers, 1);
		size_t len;
		const char *text = store_text(renames->bearers, 2, &len);

		if (found && first > at)
			continue;
		found = 1;
		bearer->id = store_int(renames->bearers, 0);
		bearer->first = first;
		len = len < 63 ? len : 63;
		memcpy(source, text, len);
		source[len] = '\0';
	}
	return row < 0 ? -1 : found;
}

static void
bind_bearers(struct renames *renames, int64_t client,
	     const struct value *source, const struct value *name)
{
	store_bind_int(renames->bearers, 1, client);
	if (source != NULL)
		store_bind_text(renames->bearers, 2, source->text, source->len);
	else
		store_bind_null(renames->bearers, 2);
	store_bind_text(renames->bearers, 3, name->text, name->len);
}

int
renames_resolve(struct renames *renames, const struct renames_name *name,
		struct value *now)
{
	struct bearer bearer = { 0, 0 };
	struct value of = { .kind = VALUE_TEXT };
	char text[64];
	int found;

	*now = *name->name;
	if (!renames->some)
		return 0;
	bind_bearers(renames, name->client, name->source, name->name);
	if ((found = find_bearer(renames, name->at, &bearer, text)) <= 0)
		return found;
	of.text = text;
	of.len = strlen(text);
	found = current_name(renames, name->client, &of, bearer.id);
	if (found == 1) {
		now->text = renames->text;
		now->len = strlen(renames->text);
	}
	return found < 0 ? -1 : 0;
}

/* The times during which id bore the name of move->from. */
static int
find_range(struct renames *renames, int64_t id, struct renames_move *move)
{
	bool mine = false, first = true;
	int row;

	move->since = INT64_MIN;
	move->before = INT64_MAX;
	move->whole = true;
	bind_bearers(renames, move->client, &move->source, &move->from);
	while ((row = store_step(renames->bearers)) == 1) {
		int64_t since = store_int(renames->bearers, 1);

		if (store_int(renames->bearers, 0) == id) {
			mine = true;
			move->since = first ? INT64_MIN : since;
		} else {
			move->whole = false;
			if (mine && since < move->before)
				move->before = since;
		}
		first = false;
	}
	return row;
}

/* All names of the repository but its current one. */
static int
move_former(struct renames *renames, const struct renames_claim *claim,
	    int (*move)(void *arg, const struct renames_move *move), void *arg)
{
	struct renames_move one = { .client = claim->client,
				    .source = claim->source };
	char *now = msg_strdup(renames->text), **names = NULL;
	size_t count = 0, i;
	int row, failed = 0;

	one.to.kind = one.from.kind = VALUE_TEXT;
	one.to.text = now;
	one.to.len = strlen(now);
	store_bind_int(renames->former, 1, claim->client);
	store_bind_text(renames->former, 2, claim->source.text,
			claim->source.len);
	store_bind_int(renames->former, 3, claim->id);
	store_bind_text(renames->former, 4, one.to.text, one.to.len);
	while ((row = store_step(renames->former)) == 1) {
		names = msg_realloc(names, (count + 1) * sizeof(*names));
		names[count++] =
			msg_strdup(store_text(renames->former, 0, NULL));
	}
	for (i = 0; i < count; i++) {
		one.from.text = names[i];
		one.from.len = strlen(names[i]);
		if (row == 0 && failed == 0)
			failed = find_range(renames, claim->id, &one);
		if (row == 0 && failed == 0)
			failed = move(arg, &one);
		renames->some = true;
		free(names[i]);
	}
	free(names);
	free(now);
	return row < 0 ? -1 : failed;
}

int
renames_claim(struct renames *renames, const struct renames_claim *claim,
	      int (*move)(void *arg, const struct renames_move *move),
	      void *arg)
{
	bool news = claim->fresh;
	int row;

	store_bind_int(renames->claim, 1, claim->client);
	store_bind_text(renames->claim, 2, claim->source.text,
			claim->source.len);
	store_bind_text(renames->claim, 3, claim->name.text, claim->name.len);
	store_bind_int(renames->claim, 4, claim->id);
	store_bind_int(renames->claim, 5, claim->seen);
	while ((row = store_step(renames->claim)) == 1)
		news = true;
	if (row < 0 || !news)
		return row;
	if ((row = current_name(renames, claim->client, &claim->source,
				claim->id)) != 1)
		return row;
	return move_former(renames, claim, move, arg);
}
