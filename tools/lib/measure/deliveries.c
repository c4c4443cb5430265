#include "measure/deliveries.h"

#include <string.h>

#include "measure/insert.h"

static const char tables[] =
	"CREATE TEMP TABLE incident_kinds (source TEXT, service INTEGER,"
	" kind TEXT, PRIMARY KEY (source, service, kind)) WITHOUT ROWID;"
	"CREATE TEMP TABLE environments (repo TEXT, environment TEXT,"
	" PRIMARY KEY (repo, environment)) WITHOUT ROWID;"
	"CREATE TEMP TABLE production (rank INTEGER PRIMARY KEY,"
	" service INTEGER, grp TEXT, kind TEXT, repo TEXT, environment TEXT,"
	" id INTEGER, sha TEXT, started_at INTEGER, finished_at INTEGER,"
	" result TEXT, url TEXT);"
	"CREATE TEMP TABLE incidents (service INTEGER, grp TEXT, source TEXT,"
	" scope TEXT, key TEXT, title TEXT, url TEXT, created_at INTEGER,"
	" resolved_at INTEGER, deployment INTEGER);";

static const char indexes[] =
	"CREATE INDEX temp.production_finished ON production (finished_at);"
	"CREATE INDEX temp.production_service"
	" ON production (service, result, finished_at);"
	"CREATE INDEX temp.production_id ON production (id);"
	"UPDATE incidents SET deployment = (SELECT p.rank FROM production p"
	" INDEXED BY production_service WHERE p.service = incidents.service"
	" AND p.result = 'success' AND p.finished_at < incidents.created_at"
	" ORDER BY p.finished_at DESC, p.rank DESC LIMIT 1);"
	"CREATE INDEX temp.incidents_deployment ON incidents (deployment);"
	"CREATE INDEX temp.incidents_resolved ON incidents (resolved_at);"
	"CREATE INDEX temp.incidents_group ON incidents (grp);";

static const char find_environments[] =
	"SELECT DISTINCT repo, coalesce(environment, '') FROM deployments"
	" INDEXED BY deployments_repo WHERE client_id = :client";

static const char fill_production[] =
	"WITH d AS MATERIALIZED (SELECT * FROM deployment_results"
	" WHERE client_id = :client)"
	" INSERT INTO production (service, grp, kind, repo, environment, id,"
	" sha, started_at, finished_at, result, url)"
	" SELECT r.service, r.grp, d.kind, d.repo, d.environment, d.id, d.sha,"
	" d.started_at, d.finished_at, d.result,"
	" r.url || coalesce('/commit/' || d.sha, '/deployments')"
	" FROM d CROSS JOIN repos r ON r.repo = d.repo"
	" WHERE d.result IS NOT NULL"
	" AND d.finished_at IS NOT NULL"
	" AND CASE d.kind WHEN 'release' THEN :releases ELSE EXISTS ("
	"SELECT 1 FROM environments e WHERE e.repo = d.repo"
	" AND e.environment = d.environment) END"
	" ORDER BY d.finished_at, d.id";

/* A team-managed project may be done without a resolution: then the last entry
 * into done counts. */
static const char fill_jira_incidents[] =
	"INSERT INTO incidents (service, grp, source, scope, key, title, url,"
	" created_at, resolved_at)"
	" SELECT k.service, g.grp, 'jira', i.project_key, i.key, i.summary,"
	" :web || '/browse/' || i.key, i.created_at,"
	" coalesce(i.resolutiondate, CASE i.status_category WHEN 'done' THEN"
	" coalesce(i.status_changed_at, (SELECT max(c.changed_at)"
	" FROM issue_changes c INDEXED BY issue_changes_field"
	" WHERE c.client_id = i.client_id AND c.field = 'status'"
	" AND c.issue_id = i.id AND c.to_id = i.status_id)) END)"
	" FROM incident_kinds k CROSS JOIN issues i INDEXED BY issues_type"
	" ON i.client_id = :client AND i.issue_type COLLATE NOCASE = k.kind"
	" CROSS JOIN jira_projects p ON p.project = i.project_key"
	" AND p.service = k.service"
	" CROSS JOIN service_groups g ON g.service = k.service"
	" WHERE k.source = 'jira' AND i.deleted_at IS NULL"
	" AND i.created_at IS NOT NULL";

static const char fill_github_incidents[] =
	"INSERT INTO incidents (service, grp, source, scope, key, title, url,"
	" created_at, resolved_at)"
	" SELECT DISTINCT k.service, g.grp, 'github', i.repo,"
	" i.repo || '#' || i.number, i.title,"
	" r.url || '/issues/' || i.number, i.created_at, i.closed_at"
	" FROM incident_kinds k CROSS JOIN github_issue_labels l"
	" INDEXED BY github_issue_labels_label ON l.client_id = :client"
	" AND l.label COLLATE NOCASE = k.kind"
	" CROSS JOIN repos r ON r.repo = l.repo AND r.service = k.service"
	" CROSS JOIN github_issues i ON i.client_id = l.client_id"
	" AND i.repo = l.repo AND i.number = l.number"
	" CROSS JOIN service_groups g ON g.service = k.service"
	" WHERE k.source = 'github' AND i.deleted_at IS NULL"
	" AND i.created_at IS NOT NULL";

static int
add_kinds(struct store *store, const char *source, size_t service,
	  const struct form_list *kinds)
{
	size_t i;

	for (i = 0; i < kinds->count; i++)
		if (insert_row(store,
			       "INSERT OR IGNORE INTO incident_kinds"
			       " VALUES (?1, ?2, ?3)",
			       "tit", source, (int64_t)service,
			       kinds->items[i]) != 0)
			return -1;
	return 0;
}

static int
fill_kinds(struct store *store, const struct services *services)
{
	const struct settings_service *s;
	size_t i;

	for (i = 0; i < services_count(services); i++) {
		s = services_at(services, i);
		if (add_kinds(store, "jira", i, &s->jira_types) != 0 ||
		    add_kinds(store, "github", i, &s->github_labels) != 0)
			return -1;
	}
	return 0;
}

/* A statement with what it asks for bound. */
static struct store_query *
ask(struct store *store, const struct frame *frame, const char *sql)
{
	struct store_query *query = store_query(store, sql);
	int place;

	if (query == NULL)
		return NULL;
	store_bind_int(query, store_parameter(query, ":client"), frame->client);
	if ((place = store_parameter(query, ":releases")) > 0)
		store_bind_int(query, place, frame->releases);
	if ((place = store_parameter(query, ":web")) > 0 && frame->jira != NULL)
		store_bind_text(query, place, frame->jira, strlen(frame->jira));
	return query;
}

static int
run(struct store *store, const struct frame *frame, const char *sql)
{
	struct store_query *query = ask(store, frame, sql);
	int row = query == NULL ? -1 : store_step(query);

	store_query_free(query);
	return row == 0 ? 0 : -1;
}

static int
fill_environments(struct store *store, const struct frame *frame)
{
	struct store_query *query = ask(store, frame, find_environments);
	const struct services *services = frame->services;
	int row = -1;

	while (query != NULL && (row = store_step(query)) == 1) {
		const char *repo = store_text(query, 0, NULL);
		const char *environment = store_text(query, 1, NULL);

		if (services_is_production(services,
					   services_of_repo(services, repo),
					   environment) &&
		    insert_row(store,
			       "INSERT INTO environments VALUES (?1, ?2)", "tt",
			       repo, environment) != 0)
			break;
	}
	store_query_free(query);
	return row;
}

int
deliveries_build(struct store *store, const struct frame *frame)
{
	return store_run(store, tables) != 0 ||
			       fill_kinds(store, frame->services) != 0 ||
			       fill_environments(store, frame) != 0 ||
			       run(store, frame, fill_production) != 0 ||
			       run(store, frame, fill_jira_incidents) != 0 ||
			       run(store, frame, fill_github_incidents) != 0 ||
			       store_run(store, indexes) != 0
		       ? -1
		       : 0;
}

int
deliveries_plan(struct store *store, FILE *out)
{
	static const char *const all[] = { find_environments, fill_production,
					   fill_jira_incidents,
					   fill_github_incidents };
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (frame_explain(store, all[i], out) != 0)
			return -1;
	return 0;
}
