#include "storage/classes.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/dictionary.h"
#include "base/msg.h"

static const char new_status[] = "new", in_work[] = "indeterminate",
		  done[] = "done", disputed[] = "", nobody_knows[] = "";

struct status {
	char *name;
	const char *class;
};

struct classes {
	const struct config *mapping;
	struct dictionary projects;	  /* key to id */
	struct dictionary by_id;	  /* to struct status */
	struct dictionary own;		  /* project id and name to a class */
	struct dictionary shared, others; /* name to a class */
	struct dictionary answers;	  /* as asked to a class */
	struct dictionary_key key;	  /* scratch */
	struct dictionary_key asked;
};

static const char *
class_of(const char *category)
{
	if (category == NULL)
		return NULL;
	if (strcmp(category, new_status) == 0)
		return new_status;
	return strcmp(category, done) == 0 ? done : in_work;
}

/* --- what Jira says ---------------------------------------------------------
 */

/* In classes->key. */
static void
make_own(struct classes *classes, const char *project, const char *name)
{
	classes->key.len = 0;
	dictionary_part(&classes->key, project);
	dictionary_part(&classes->key, name);
}

/* The first one holds: those that still exist come first. */
static void
put(struct dictionary *names, const char *name, size_t len, const char *class)
{
	void **value = dictionary_at(names, name, len);

	if (*value == NULL)
		*value = (void *)class;
}

static void
put_other(struct dictionary *names, const char *name, size_t len,
	  const char *class)
{
	void **value = dictionary_at(names, name, len);

	if (*value == NULL)
		*value = (void *)class;
	else if (*value != class)
		*value = (void *)disputed;
}

static void
add_status(struct classes *classes, struct store_query *query)
{
	size_t id_len, name_len;
	const char *id = store_text(query, 0, &id_len);
	const char *name = store_text(query, 1, &name_len);
	const char *class = class_of(store_text(query, 2, NULL));
	const char *project = store_text(query, 3, NULL);
	void **value = dictionary_at(&classes->by_id, id, id_len);
	struct status *status;

	if (*value == NULL) {
		*value = status = msg_calloc(1, sizeof(*status));
		status->name = name != NULL ? msg_strdup(name) : NULL;
		status->class = class;
	}
	if (name == NULL || class == NULL)
		return;
	if (project == NULL) {
		put(&classes->shared, name, name_len, class);
		return;
	}
	make_own(classes, project, name);
	put(&classes->own, classes->key.bytes, classes->key.len, class);
	put_other(&classes->others, name, name_len, class);
}

static void
add_project(struct classes *classes, struct store_query *query)
{
	size_t len;
	const char *key = store_text(query, 0, &len);
	void **value = dictionary_at(&classes->projects, key, len);

	if (*value == NULL)
		*value = msg_strdup(store_text(query, 1, NULL));
}

static int
read_rows(struct store *store, int64_t client, const char *sql,
	  void (*add)(struct classes *, struct store_query *),
	  struct classes *classes)
{
	struct store_query *query = store_query(store, sql);
	int row = -1;

	if (query != NULL)
		store_bind_int(query, 1, client);
	while (query != NULL && (row = store_step(query)) == 1)
		add(classes, query);
	store_query_free(query);
	return row;
}

struct classes *
classes_open(struct store *store, int64_t client, const struct config *mapping)
{
	struct classes *classes = msg_calloc(1, sizeof(*classes));

	classes->mapping = mapping;
	classes->own.any_case = true;
	classes->shared.any_case = true;
	classes->others.any_case = true;
	if (read_rows(store, client,
		      "SELECT id, name, category, project_id FROM statuses"
		      " WHERE client_id = ?1 ORDER BY deleted_at IS NOT NULL,"
		      " id",
		      add_status, classes) == 0 &&
	    read_rows(store, client,
		      "SELECT key, id FROM projects"
		      " WHERE client_id = ?1 AND key IS NOT NULL"
		      " ORDER BY deleted_at IS NOT NULL, id",
		      add_project, classes) == 0)
		return classes;
	classes_close(classes);
	return NULL;
}

static void
free_status(void *value)
{
	struct status *status = value;

	free(status->name);
	free(status);
}

void
classes_close(struct classes *classes)
{
	if (classes == NULL)
		return;
	dictionary_free(&classes->projects, free);
	dictionary_free(&classes->by_id, free_status);
	dictionary_free(&classes->own, NULL);
	dictionary_free(&classes->shared, NULL);
	dictionary_free(&classes->others, NULL);
	dictionary_free(&classes->answers, NULL);
	free(classes->key.bytes);
	free(classes->asked.bytes);
	free(classes);
}

/* --- what is asked ----------------------------------------------------------
 */

/* Of pulse.yaml, or NULL. */
static const char *
mapped(const struct config *mapping, const char *project, const char *name)
{
	const struct config *n = NULL;

	if (project == NULL || name == NULL || mapping == NULL)
		return NULL;
	for (n = mapping->first; n != NULL; n = n->next)
		if (strcasecmp(n->key, project) == 0)
			break;
	for (n = n != NULL ? n->first : NULL; n != NULL; n = n->next)
		if (strcasecmp(n->key, name) == 0)
			return class_of(config_text(n));
	return NULL;
}

static const char *
by_name(struct classes *classes, const char *project, const char *name)
{
	const char *project_id = NULL, *class = NULL;
	size_t len = strlen(name);

	if (project != NULL)
		project_id = dictionary_find(&classes->projects, project,
					     strlen(project));
	if (project_id != NULL) {
		make_own(classes, project_id, name);
		class = dictionary_find(&classes->own, classes->key.bytes,
					classes->key.len);
	}
	if (class == NULL)
		class = dictionary_find(&classes->shared, name, len);
	if (class == NULL)
		class = dictionary_find(&classes->others, name, len);
	return class != disputed ? class : NULL;
}

static const char *
find_out(struct classes *classes, const char *project, const char *id,
	 const char *name)
{
	const struct status *status = NULL;
	const char *class;

	if (id != NULL)
		status = dictionary_find(&classes->by_id, id, strlen(id));
	if (name == NULL && status != NULL)
		name = status->name;
	class = mapped(classes->mapping, project, name);
	if (class == NULL && status != NULL)
		class = status->class;
	if (class == NULL && name != NULL)
		class = by_name(classes, project, name);
	return class != NULL ? class : nobody_knows;
}

const char *
classes_of(struct classes *classes, const char *project, const char *id,
	   const char *name)
{
	struct dictionary_key *key = &classes->asked;
	void **value;

	key->len = 0;
	dictionary_part(key, project);
	dictionary_part(key, id);
	dictionary_part(key, name);
	value = dictionary_at(&classes->answers, key->bytes, key->len);
	if (*value == NULL)
		*value = (void *)find_out(classes, project, id, name);
	return *value != nobody_knows ? *value : NULL;
}

static void
sql_status_class(struct store_call *call)
{
	const char *class = classes_of(
		store_call_context(call), store_call_text(call, 0, NULL),
		store_call_text(call, 1, NULL), store_call_text(call, 2, NULL));

	if (class != NULL)
		store_answer_text(call, class, strlen(class));
}

int
classes_add(struct store *store, struct classes *classes)
{
	return store_add_scalar(store, "status_class", 3, sql_status_class,
				classes);
}
