#include "measure/frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/msg.h"

const char *const frame_by_names[FRAME_KINDS + 1] = { NULL,	 "week",
						      "month",	 "repo",
						      "service", NULL };

struct place { /* a repository or a project */
	char *name;
	size_t service;
	bool in_scope;
};

struct places {
	struct place *items;
	size_t count;
};

/* How many repositories of a service there are, and are in scope. */
struct tally {
	size_t all, in_scope;
	const char *last; /* of its repositories */
};

struct work {
	struct store *store;
	const struct frame *frame;
	struct frame_counts *counts;
	struct places repos, projects;
	struct tally *tallies; /* by service */
};

static const char tables[] =
	"CREATE TEMP TABLE groups (grp TEXT PRIMARY KEY, whole INTEGER)"
	" WITHOUT ROWID;"
	"CREATE TEMP TABLE periods (period TEXT PRIMARY KEY, since INTEGER,"
	" until INTEGER) WITHOUT ROWID;"
	"CREATE TEMP TABLE service_groups (service INTEGER PRIMARY KEY,"
	" grp TEXT);"
	"CREATE TEMP TABLE repos (repo TEXT PRIMARY KEY, service INTEGER,"
	" grp TEXT, url TEXT) WITHOUT ROWID;"
	"CREATE TEMP TABLE service_projects (project TEXT PRIMARY KEY,"
	" service INTEGER) WITHOUT ROWID;"
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

/* Loose scans: one look-up a name, whatever the table's size. */
static const char find_repos[] =
	"WITH RECURSIVE d(repo) AS ("
	"SELECT min(repo) FROM deployments INDEXED BY deployments_repo"
	" WHERE client_id = :client UNION ALL"
	" SELECT (SELECT min(n.repo) FROM deployments n"
	" INDEXED BY deployments_repo WHERE n.client_id = :client"
	" AND n.repo > d.repo) FROM d WHERE d.repo IS NOT NULL),"
	"p(repo) AS ("
	"SELECT min(repo) FROM pull_requests WHERE client_id = :client"
	" UNION ALL SELECT (SELECT min(n.repo) FROM pull_requests n"
	" WHERE n.client_id = :client AND n.repo > p.repo)"
	" FROM p WHERE p.repo IS NOT NULL)"
	"SELECT repo FROM repositories"
	" WHERE client_id = :client AND deleted_at IS NULL"
	" UNION SELECT repo FROM (SELECT repo FROM d UNION SELECT repo FROM p)"
	" WHERE repo IS NOT NULL AND repo NOT IN (SELECT repo FROM repositories"
	" WHERE client_id = :client) ORDER BY 1";

static const char find_projects[] =
	"WITH RECURSIVE i(key) AS ("
	"SELECT min(project_key) FROM issues INDEXED BY issues_created"
	" WHERE client_id = :client UNION ALL"
	" SELECT (SELECT min(n.project_key) FROM issues n"
	" INDEXED BY issues_created WHERE n.client_id = :client"
	" AND n.project_key > i.key) FROM i WHERE i.key IS NOT NULL)"
	"SELECT key FROM projects WHERE client_id = :client"
	" AND deleted_at IS NULL AND key IS NOT NULL"
	" UNION SELECT key FROM i WHERE key IS NOT NULL ORDER BY 1";

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
	" CROSS JOIN service_projects p ON p.project = i.project_key"
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

static void
bind_text(struct store_query *query, int place, const char *text)
{
	store_bind_text(query, place, text, text == NULL ? 0 : strlen(text));
}

/* A statement with :client bound. */
static struct store_query *
ask(const struct work *w, const char *sql)
{
	struct store_query *query = store_query(w->store, sql);

	if (query != NULL && store_parameter(query, ":client") > 0)
		store_bind_int(query, store_parameter(query, ":client"),
			       w->frame->client);
	return query;
}

/* Runs a statement that gives no rows, and frees it. */
static int
finish(struct store_query *query)
{
	int row = query == NULL ? -1 : store_step(query);

	store_query_free(query);
	return row == 0 ? 0 : -1;
}

static int
read_places(const struct work *w, const char *sql, struct places *places,
	    size_t (*service_of)(const struct services *, const char *))
{
	struct store_query *query = ask(w, sql);
	int row = -1;

	while (query != NULL && (row = store_step(query)) == 1) {
		struct place place = { .name = msg_strdup(
					       store_text(query, 0, NULL)) };

		place.service = service_of(w->frame->services, place.name);
		places->items = msg_realloc(places->items,
					    (places->count + 1) *
						    sizeof(*places->items));
		places->items[places->count++] = place;
	}
	store_query_free(query);
	return row;
}

static void
free_places(struct places *places)
{
	size_t i;

	for (i = 0; i < places->count; i++)
		free(places->items[i].name);
	free(places->items);
}

static bool
is_in_scope(const struct frame *frame, const struct place *repo)
{
	return frame->scope == NULL ||
	       services_matches(frame->scope, repo->name) ||
	       services_matches(
		       frame->scope,
		       services_at(frame->services, repo->service)->name);
}

static void
tally(struct work *w)
{
	size_t i;

	w->tallies = msg_calloc(services_count(w->frame->services),
				sizeof(*w->tallies));
	for (i = 0; i < w->repos.count; i++) {
		struct place *repo = &w->repos.items[i];

		if (repo->service == SERVICES_NONE) {
			w->counts->left_out++;
			continue;
		}
		repo->in_scope = is_in_scope(w->frame, repo);
		w->counts->repos += repo->in_scope;
		w->tallies[repo->service].all++;
		w->tallies[repo->service].in_scope += repo->in_scope;
		w->tallies[repo->service].last = repo->name;
	}
}

/* A service without repositories may still have incidents. */
static bool
is_touched(const struct work *w, size_t service)
{
	return w->frame->scope == NULL || w->tallies[service].in_scope > 0;
}

static bool
is_whole(const struct work *w, size_t service)
{
	return w->tallies[service].all == w->tallies[service].in_scope;
}

static bool
all_are_whole(const struct work *w)
{
	size_t i;

	for (i = 0; i < services_count(w->frame->services); i++)
		if (is_touched(w, i) && !is_whole(w, i))
			return false;
	return true;
}

/* The group that the incidents of a service count in, or NULL. */
static const char *
group_of_service(const struct work *w, size_t service)
{
	const struct tally *t = &w->tallies[service];

	if (!is_touched(w, service))
		return NULL;
	switch (w->frame->by) {
	case FRAME_REPO:
		return t->all == 1 ? t->last : NULL;
	case FRAME_SERVICE:
		return is_whole(w, service)
			       ? services_at(w->frame->services, service)->name
			       : NULL;
	default:
		return all_are_whole(w) ? "all" : NULL;
	}
}

static const char *
group_of_repo(const struct work *w, const struct place *repo)
{
	if (!repo->in_scope)
		return NULL;
	switch (w->frame->by) {
	case FRAME_REPO:
		return repo->name;
	case FRAME_SERVICE:
		return services_at(w->frame->services, repo->service)->name;
	default:
		return "all";
	}
}

static int
add_group(const struct work *w, const char *group, bool whole)
{
	struct store_query *query =
		ask(w, "INSERT OR IGNORE INTO groups VALUES (?1, ?2)");

	if (query == NULL)
		return -1;
	bind_text(query, 1, group);
	store_bind_int(query, 2, whole);
	return finish(query);
}

static int
add_kinds(const struct work *w, const char *source, size_t service,
	  const struct form_list *kinds)
{
	size_t i;

	for (i = 0; i < kinds->count; i++) {
		struct store_query *query =
			ask(w, "INSERT OR IGNORE INTO incident_kinds"
			       " VALUES (?1, ?2, ?3)");

		if (query == NULL)
			return -1;
		bind_text(query, 1, source);
		store_bind_int(query, 2, (int64_t)service);
		bind_text(query, 3, kinds->items[i]);
		if (finish(query) != 0)
			return -1;
	}
	return 0;
}

static int
fill_service(const struct work *w, size_t service)
{
	const struct settings_service *s =
		services_at(w->frame->services, service);
	struct store_query *query =
		ask(w, "INSERT INTO service_groups VALUES (?1, ?2)");

	if (query == NULL)
		return -1;
	store_bind_int(query, 1, (int64_t)service);
	bind_text(query, 2, group_of_service(w, service));
	if (finish(query) != 0 ||
	    add_kinds(w, "jira", service, &s->jira_types) != 0 ||
	    add_kinds(w, "github", service, &s->github_labels) != 0)
		return -1;
	if (w->frame->by == FRAME_SERVICE && is_touched(w, service))
		return add_group(w, s->name, is_whole(w, service));
	return 0;
}

static int
fill_repo(const struct work *w, const struct place *repo)
{
	const char *group = group_of_repo(w, repo);
	struct store_query *query =
		ask(w, "INSERT INTO repos VALUES (?1, ?2, ?3, ?4 || '/' ||"
		       " ?1)");

	if (query == NULL)
		return -1;
	bind_text(query, 1, repo->name);
	store_bind_int(query, 2, (int64_t)repo->service);
	bind_text(query, 3, group);
	bind_text(query, 4, w->frame->github);
	if (finish(query) != 0)
		return -1;
	if (w->frame->by == FRAME_REPO && group != NULL)
		return add_group(w, group, w->tallies[repo->service].all == 1);
	return 0;
}

static int
fill_project(const struct work *w, const struct place *project)
{
	struct store_query *query =
		ask(w, "INSERT INTO service_projects VALUES (?1, ?2)");

	if (query == NULL)
		return -1;
	bind_text(query, 1, project->name);
	store_bind_int(query, 2, (int64_t)project->service);
	return finish(query);
}

static int
fill_places(const struct work *w)
{
	int failed = 0;
	size_t i;

	for (i = 0; i < services_count(w->frame->services) && !failed; i++)
		failed = fill_service(w, i);
	for (i = 0; i < w->repos.count && !failed; i++)
		if (w->repos.items[i].service != SERVICES_NONE)
			failed = fill_repo(w, &w->repos.items[i]);
	for (i = 0; i < w->projects.count && !failed; i++)
		if (w->projects.items[i].service != SERVICES_NONE)
			failed = fill_project(w, &w->projects.items[i]);
	if (!failed && w->frame->by != FRAME_REPO &&
	    w->frame->by != FRAME_SERVICE)
		failed = add_group(w, "all", all_are_whole(w));
	return failed;
}

static int
add_period(const struct work *w, const char *period, int64_t since,
	   int64_t until)
{
	struct store_query *query =
		ask(w, "INSERT INTO periods VALUES (?1, ?2, ?3)");

	if (query == NULL)
		return -1;
	bind_text(query, 1, period);
	store_bind_int(query, 2, since);
	store_bind_int(query, 3, until);
	return finish(query);
}

/* The window in one piece, or in weeks or months cut to it. */
static int
fill_periods(const struct work *w)
{
	const struct frame *f = w->frame;
	bool months = f->by == FRAME_MONTH;
	int64_t day = calendar_day(f->since, f->zone), at, next;
	char text[CALENDAR_SIZE];

	if (f->by != FRAME_WEEK && !months)
		return add_period(w, "", f->since, f->until);
	day = months ? calendar_month(day) : calendar_week(day);
	for (at = f->since; at < f->until; at = next) {
		calendar_text(day, text);
		day = months ? calendar_next_month(day) : day + 7;
		next = calendar_start(day, f->zone);
		if (next > f->until || next <= at)
			next = f->until;
		if (add_period(w, text, at, next) != 0)
			return -1;
	}
	return 0;
}

static int
add_environment(const struct work *w, const char *repo, const char *environment)
{
	struct store_query *query =
		ask(w, "INSERT INTO environments VALUES (?1, ?2)");

	if (query == NULL)
		return -1;
	bind_text(query, 1, repo);
	bind_text(query, 2, environment);
	return finish(query);
}

static int
fill_environments(const struct work *w)
{
	const struct services *services = w->frame->services;
	struct store_query *query = ask(w, find_environments);
	int row = -1;

	while (query != NULL && (row = store_step(query)) == 1) {
		const char *repo = store_text(query, 0, NULL);
		const char *environment = store_text(query, 1, NULL);

		if (services_is_production(services,
					   services_of_repo(services, repo),
					   environment) &&
		    add_environment(w, repo, environment) != 0)
			break;
	}
	store_query_free(query);
	return row;
}

static int
fill_production_table(const struct work *w)
{
	struct store_query *query = ask(w, fill_production);

	if (query == NULL)
		return -1;
	store_bind_int(query, store_parameter(query, ":releases"),
		       w->frame->releases);
	return finish(query);
}

static int
fill_incidents(const struct work *w)
{
	struct store_query *query = ask(w, fill_jira_incidents);

	if (query == NULL)
		return -1;
	bind_text(query, store_parameter(query, ":web"), w->frame->jira);
	if (finish(query) != 0)
		return -1;
	return finish(ask(w, fill_github_incidents));
}

static int
build(struct work *w)
{
	if (store_run(w->store, tables) != 0 ||
	    read_places(w, find_repos, &w->repos, services_of_repo) != 0 ||
	    read_places(w, find_projects, &w->projects, services_of_project) !=
		    0)
		return -1;
	tally(w);
	return fill_places(w) != 0 || fill_periods(w) != 0 ||
			       fill_environments(w) != 0 ||
			       fill_production_table(w) != 0 ||
			       fill_incidents(w) != 0 ||
			       store_run(w->store, indexes) != 0
		       ? -1
		       : 0;
}

int
frame_build(struct store *store, const struct frame *frame,
	    struct frame_counts *counts)
{
	struct work w = { .store = store, .frame = frame, .counts = counts };
	int failed;

	*counts = (struct frame_counts){ 0 };
	failed = build(&w);
	free_places(&w.repos);
	free_places(&w.projects);
	free(w.tallies);
	return failed;
}

int
frame_explain(struct store *store, const char *sql, FILE *out)
{
	static const char before[] = "EXPLAIN QUERY PLAN ";
	size_t size = sizeof(before) + strlen(sql);
	char *text = msg_calloc(size, 1);
	struct store_query *query;
	int row = -1;

	snprintf(text, size, "%s%s", before, sql);
	query = store_query(store, text);
	while (query != NULL && (row = store_step(query)) == 1)
		fprintf(out, "%s\n", store_text(query, 3, NULL));
	store_query_free(query);
	free(text);
	return row;
}

int
frame_plan(struct store *store, FILE *out)
{
	static const char *const all[] = {
		find_repos,	 find_projects,	      find_environments,
		fill_production, fill_jira_incidents, fill_github_incidents
	};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (frame_explain(store, all[i], out) != 0)
			return -1;
	return 0;
}

char *
frame_web(const char *api)
{
	static const char *const ends[] = { "/", "/api/v3" };
	char *web;
	size_t i, len;

	if (api == NULL)
		return NULL;
	if (strncmp(api, "https://api.github.com", 22) == 0)
		return msg_strdup("https://github.com");
	web = msg_strdup(api);
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		len = strlen(web);
		if (len > strlen(ends[i]) &&
		    strcmp(web + len - strlen(ends[i]), ends[i]) == 0)
			web[len - strlen(ends[i])] = '\0';
	}
	return web;
}
