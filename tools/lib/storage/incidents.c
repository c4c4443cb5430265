#include "storage/incidents.h"

/* The rows that there should be, in the order of production_incidents. */
static const char make_table[] =
	"CREATE TEMP TABLE IF NOT EXISTS wanted_incidents (source TEXT,"
	" scope TEXT, id TEXT, key TEXT, service TEXT, created_at INTEGER,"
	" resolved_at INTEGER, deployment_repo TEXT, deployment_id INTEGER,"
	" PRIMARY KEY (source, scope, id)) WITHOUT ROWID;"
	"DELETE FROM wanted_incidents";

/*
 * A project may leave done issues without a resolution.  Then the last entry
 * into done counts, as the history has it, else as Jira Cloud says.
 */
static const char find_jira[] =
	"SELECT i.project_key, i.id, coalesce(i.key, i.id), i.created_at,"
	" coalesce(i.resolutiondate, CASE coalesce(status_class("
	"i.project_key, i.status_id, i.status), i.status_category)"
	" WHEN 'done' THEN coalesce((SELECT max(c.changed_at)"
	" FROM issue_changes c INDEXED BY issue_changes_field"
	" WHERE c.client_id = i.client_id AND c.field = 'status'"
	" AND c.issue_id = i.id AND (c.to_id = i.status_id OR "
	"status_class(i.project_key, c.to_id, c.to_text) = 'done') AND "
	"status_class(i.project_key, c.from_id, c.from_text) IS NOT 'done'),"
	" i.status_changed_at) END)"
	" FROM issues i INDEXED BY issues_type WHERE i.client_id = ?1"
	" AND i.issue_type COLLATE NOCASE = ?2 AND i.deleted_at IS NULL"
	" AND i.created_at IS NOT NULL";

static const char find_github[] =
	"SELECT i.repo, i.number, i.repo || '#' || i.number, i.created_at,"
	" i.closed_at FROM github_issue_labels l"
	" INDEXED BY github_issue_labels_label"
	" CROSS JOIN github_issues i ON i.client_id = l.client_id"
	" AND i.repo = l.repo AND i.number = l.number"
	" WHERE l.client_id = ?1 AND l.label COLLATE NOCASE = ?2"
	" AND i.deleted_at IS NULL AND i.created_at IS NOT NULL";

static const char blame[] =
	"UPDATE wanted_incidents SET (deployment_repo, deployment_id) = ("
	"SELECT p.repo, p.id FROM production_deployments p"
	" INDEXED BY production_deployments_service WHERE p.client_id = ?1"
	" AND p.service = wanted_incidents.service AND p.result = 'success'"
	" AND p.finished_at < wanted_incidents.created_at"
	" ORDER BY p.finished_at DESC, p.id DESC LIMIT 1)";

static const char drop_others[] =
	"DELETE FROM production_incidents AS i WHERE i.client_id = ?1"
	" AND NOT EXISTS (SELECT 1 FROM wanted_incidents w"
	" WHERE w.source = i.source AND w.scope = i.scope AND w.id = i.id)";

static const char write_new[] =
	"INSERT INTO production_incidents (client_id, source, scope, id, key,"
	" service, created_at, resolved_at, deployment_repo, deployment_id)"
	" SELECT ?1, * FROM wanted_incidents WHERE true"
	" ON CONFLICT DO UPDATE SET key = excluded.key,"
	" service = excluded.service, created_at = excluded.created_at,"
	" resolved_at = excluded.resolved_at,"
	" deployment_repo = excluded.deployment_repo,"
	" deployment_id = excluded.deployment_id"
	" WHERE (key, service, created_at, resolved_at, deployment_repo,"
	" deployment_id) IS NOT (excluded.key, excluded.service,"
	" excluded.created_at, excluded.resolved_at,"
	" excluded.deployment_repo, excluded.deployment_id)";

struct work {
	struct store *store;
	int64_t client;
	const struct services *services;
	struct store_query *add; /* to wanted_incidents */
};

/* One source of incidents. */
struct source {
	const char *name, *sql;
	size_t (*service_of)(const struct services *, const char *scope);
};

static int
add(const struct work *w, const struct source *source, size_t service,
    struct store_query *row)
{
	const char *scope = store_text(row, 0, NULL);

	if (source->service_of(w->services, scope) != service)
		return 0;
	store_bind_string(w->add, 1, source->name);
	store_bind_string(w->add, 2, scope);
	store_bind_string(w->add, 3, store_text(row, 1, NULL));
	store_bind_string(w->add, 4, store_text(row, 2, NULL));
	store_bind_string(w->add, 5, services_at(w->services, service)->name);
	store_bind_int(w->add, 6, store_int(row, 3));
	if (store_is_null(row, 4))
		store_bind_null(w->add, 7);
	else
		store_bind_int(w->add, 7, store_int(row, 4));
	return store_step(w->add);
}

static int
find_kind(const struct work *w, const struct source *source, size_t service,
	  const char *kind)
{
	struct store_query *query = store_query(w->store, source->sql);
	int row, failed = 0;

	if (query == NULL)
		return -1;
	store_bind_int(query, 1, w->client);
	store_bind_string(query, 2, kind);
	while (!failed && (row = store_step(query)) == 1)
		failed = add(w, source, service, query);
	store_query_free(query);
	return failed || row != 0 ? -1 : 0;
}

static int
find_all(const struct work *w)
{
	static const struct source jira = { "jira", find_jira,
					    services_of_project };
	static const struct source github = { "github", find_github,
					      services_of_repo };
	int failed = 0;
	size_t s, i;

	for (s = 0; s < services_count(w->services) && !failed; s++) {
		const struct settings_service *service =
			services_at(w->services, s);

		for (i = 0; i < service->jira_types.count && !failed; i++)
			failed = find_kind(w, &jira, s,
					   service->jira_types.items[i]);
		for (i = 0; i < service->github_labels.count && !failed; i++)
			failed = find_kind(w, &github, s,
					   service->github_labels.items[i]);
	}
	return failed;
}

/* Runs a statement about the client; adds the rows that it changed. */
static int
run(const struct work *w, const char *sql, size_t *changed)
{
	struct store_query *query = store_query(w->store, sql);
	int row;

	if (query == NULL)
		return -1;
	store_bind_int(query, 1, w->client);
	row = store_step(query);
	if (row == 0)
		*changed += (size_t)store_changes(w->store);
	store_query_free(query);
	return row;
}

int
incidents_relink(struct store *store, int64_t client,
		 const struct services *services, size_t *changed)
{
	struct work w = { store, client, services, NULL };
	size_t ignored = 0;
	int failed;

	*changed = 0;
	if (store_run(store, make_table) != 0)
		return -1;
	/* One issue may have two of the labels, or be there from two sources.
	 */
	w.add = store_query(store,
			    "INSERT OR IGNORE INTO wanted_incidents VALUES"
			    " (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL, NULL)");
	failed = w.add == NULL || find_all(&w) != 0 ||
		 run(&w, blame, &ignored) != 0 ||
		 run(&w, drop_others, changed) != 0 ||
		 run(&w, write_new, changed) != 0;
	store_query_free(w.add);
	return failed ? -1 : 0;
}
