#include "storage/persons.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

struct forgotten {
	char *digest, *pseudonym;
};

struct persons {
	char *salt;
	struct forgotten *items; /* by digest */
	size_t count;
};

static const char *const name_columns[] = {
	"author",    "author_id",   "author_name", "author_email",
	"committer", "merged_by",   "lead",	   "lead_id",
	"assignee",  "assignee_id", "reporter",	   "reporter_id",
	"from_id",   "from_text",   "to_id",	   "to_text",
	"email",     NULL
};

static const char *const text_columns[] = { "title",	 "summary", "head_ref",
					    "head_repo", "ref",	    "tag_name",
					    "goal",	 "reason",  NULL };

static bool
is_among(const char *name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

bool
persons_is_name(const char *table, const char *column)
{
	if (strcmp(table, "users") == 0 &&
	    (strcmp(column, "id") == 0 || strcmp(column, "name") == 0))
		return true;
	return is_among(column, name_columns);
}

bool
persons_is_text(const char *table, const char *column)
{
	if (strcmp(column, "name") == 0)
		return strcmp(table, "releases") == 0 ||
		       strcmp(table, "sprints") == 0 ||
		       strcmp(table, "boards") == 0;
	if (strcmp(table, "key_lists") == 0)
		return strcmp(column, "present") == 0 ||
		       strcmp(column, "gone") == 0;
	return is_among(column, text_columns);
}

static int
read_salt(struct persons *persons, struct store *store)
{
	struct store_query *query =
		store_query(store, "SELECT salt FROM forgotten_salt");
	int row = query != NULL ? store_step(query) : -1;

	if (row == 1)
		persons->salt = msg_strdup(store_text(query, 0, NULL));
	store_query_free(query);
	return row == 1 ? 0 : -1;
}

static int
read_forgotten(struct persons *persons, struct store *store)
{
	struct store_query *query =
		store_query(store, "SELECT digest, pseudonym FROM forgotten "
				   "ORDER BY digest");
	int row = -1;

	while (query != NULL && (row = store_step(query)) == 1) {
		struct forgotten *item;

		persons->items = msg_realloc(persons->items,
					     (persons->count + 1) *
						     sizeof(*persons->items));
		item = &persons->items[persons->count++];
		item->digest = msg_strdup(store_text(query, 0, NULL));
		item->pseudonym = msg_strdup(store_text(query, 1, NULL));
	}
	store_query_free(query);
	return row;
}

struct persons *
persons_open(struct store *store, char **why)
{
	struct persons *persons = msg_calloc(1, sizeof(*persons));

	if (read_salt(persons, store) == 0 &&
	    read_forgotten(persons, store) == 0)
		return persons;
	*why = msg_strdup(store_error(store));
	persons_close(persons);
	return NULL;
}

void
persons_close(struct persons *persons)
{
	size_t i;

	if (persons == NULL)
		return;
	for (i = 0; i < persons->count; i++) {
		free(persons->items[i].digest);
		free(persons->items[i].pseudonym);
	}
	free(persons->items);
	free(persons->salt);
	free(persons);
}

void
persons_digest(const struct persons *persons, const char *name, size_t len,
	       char out[CRYPTO_HEX])
{
	char *small = msg_calloc(len + 1, 1);
	struct crypto_part parts[] = { { persons->salt, strlen(persons->salt) },
				       { small, len } };
	size_t i;

	for (i = 0; i < len; i++)
		small[i] = (char)(name[i] >= 'A' && name[i] <= 'Z'
					  ? name[i] - 'A' + 'a'
					  : name[i]);
	crypto_sha256_hex(parts, 2, out);
	free(small);
}

static int
by_digest(const void *digest, const void *item)
{
	return strcmp(digest, ((const struct forgotten *)item)->digest);
}

const char *
persons_pseudonym(const struct persons *persons, const char *name, size_t len)
{
	const struct forgotten *found;
	char digest[CRYPTO_HEX];

	if (persons->count == 0)
		return NULL;
	persons_digest(persons, name, len, digest);
	found = bsearch(digest, persons->items, persons->count,
			sizeof(*persons->items), by_digest);
	return found != NULL ? found->pseudonym : NULL;
}

static void
hide(const struct persons *persons, struct value *value)
{
	const char *pseudonym;

	if (value->kind != VALUE_TEXT)
		return;
	pseudonym = persons_pseudonym(persons, value->text, value->len);
	if (pseudonym == NULL)
		return;
	value->text = pseudonym;
	value->len = strlen(pseudonym);
}

static void
hide_rows(const struct persons *persons, struct plans_plan *plan,
	  struct plans_child *child)
{
	size_t width = child->rules->field_count, i, k;

	for (i = 0; i < child->table->count; i++) {
		size_t number = child->from[i].number;

		if (!persons_is_name(child->table->name,
				     child->table->columns[i].name))
			continue;
		if (child->from[i].origin == PLANS_PARENT)
			hide(persons, &plan->values[number]);
		for (k = 0;
		     child->from[i].origin == PLANS_ELEMENT && k < child->count;
		     k++)
			hide(persons, &child->rows[width * k + number]);
	}
}

void
persons_hide(const struct persons *persons, struct plans_plan *plan)
{
	const struct tables_table *table = plan->table;
	size_t i;

	if (persons->count == 0)
		return;
	for (i = 0; i < table->count; i++)
		if (persons_is_name(table->name, table->columns[i].name))
			hide(persons, &plan->values[i]);
	for (i = 0; i < plan->type->child_count; i++)
		hide_rows(persons, plan, &plan->children[i]);
}

void
persons_hide_key(const struct persons *persons, const char *type,
		 struct value *key)
{
	if (strcmp(type, "jira_user") != 0)
		return;
	key->kind = VALUE_TEXT;
	hide(persons, key);
}
