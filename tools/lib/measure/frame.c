#include "measure/frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/msg.h"
#include "measure/insert.h"

const char *const frame_by_names[FRAME_KINDS + 1] = {
	"all",	 "repo",   "service", "team", "person", "project",
	"board", "sprint", "type",    "job",  NULL
};
const char *const frame_every_names[FRAME_SPANS + 1] = { NULL, "day", "week",
							 "month", NULL };

const char *
frame_grouping(const struct frame *frame, char out[FRAME_GROUPING])
{
	const char *every = frame_every_names[frame->every];
	bool grouped = frame->by != FRAME_ALL;

	if (!grouped && every == NULL)
		return NULL;
	snprintf(out, FRAME_GROUPING, "%s%s%s",
		 grouped ? frame_by_names[frame->by] : "",
		 grouped && every != NULL ? "," : "",
		 every != NULL ? every : "");
	return out;
}

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
	int64_t groups;
};

static const char tables[] =
	"CREATE TEMP TABLE groups (grp TEXT PRIMARY KEY, place INTEGER,"
	" whole INTEGER) WITHOUT ROWID;"
	"CREATE TEMP TABLE periods (period TEXT PRIMARY KEY, since INTEGER,"
	" until INTEGER) WITHOUT ROWID;"
	"CREATE TEMP TABLE service_groups (service INTEGER PRIMARY KEY,"
	" grp TEXT);"
	"CREATE TEMP TABLE repos (repo TEXT PRIMARY KEY, service INTEGER,"
	" grp TEXT, url TEXT) WITHOUT ROWID;"
	"CREATE TEMP TABLE jira_projects (project TEXT PRIMARY KEY,"
	" service INTEGER, grp TEXT) WITHOUT ROWID;";

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

static int
read_places(const struct work *w, const char *sql, struct places *places,
	    size_t (*service_of)(const struct services *, const char *))
{
	struct store_query *query = store_query(w->store, sql);
	int row = -1;

	if (query != NULL)
		store_bind_int(query, store_parameter(query, ":client"),
			       w->frame->client);
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
is_in_scope(const struct frame *frame, const struct place *place)
{
	if (place->service == SERVICES_NONE)
		return false;
	return frame->scope == NULL ||
	       services_matches(frame->scope, place->name) ||
	       services_matches(
		       frame->scope,
		       services_at(frame->services, place->service)->name);
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
	for (i = 0; i < w->projects.count; i++) {
		w->projects.items[i].in_scope =
			is_in_scope(w->frame, &w->projects.items[i]);
		w->counts->projects += w->projects.items[i].in_scope;
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

/* Of a place where `own` is the kind that its name is a group of. */
static const char *
group_of(const struct work *w, const struct place *place, enum frame_by own)
{
	if (!place->in_scope)
		return NULL;
	if (w->frame->by == own)
		return place->name;
	if (w->frame->by == FRAME_SERVICE)
		return services_at(w->frame->services, place->service)->name;
	return "all";
}

static int
add_group(struct work *w, const char *group, bool whole)
{
	return insert_row(w->store,
			  "INSERT OR IGNORE INTO groups VALUES (?1, ?2, ?3)",
			  "tii", group, w->groups++, (int64_t)whole);
}

static int
fill_service(struct work *w, size_t service)
{
	const char *name = services_at(w->frame->services, service)->name;

	if (insert_row(w->store, "INSERT INTO service_groups VALUES (?1, ?2)",
		       "it", (int64_t)service,
		       group_of_service(w, service)) != 0)
		return -1;
	if (w->frame->by == FRAME_SERVICE && is_touched(w, service))
		return add_group(w, name, is_whole(w, service));
	return 0;
}

static int
fill_repo(struct work *w, const struct place *repo)
{
	const char *group = group_of(w, repo, FRAME_REPO);

	if (repo->service == SERVICES_NONE)
		return 0;
	if (insert_row(w->store,
		       "INSERT INTO repos VALUES (?1, ?2, ?3, ?4 || '/' || ?1)",
		       "titt", repo->name, (int64_t)repo->service, group,
		       w->frame->github) != 0)
		return -1;
	if (w->frame->by == FRAME_REPO && group != NULL)
		return add_group(w, group, w->tallies[repo->service].all == 1);
	return 0;
}

static int
fill_project(struct work *w, const struct place *project)
{
	const char *group = group_of(w, project, FRAME_PROJECT);

	if (project->service == SERVICES_NONE)
		return 0;
	if (insert_row(w->store,
		       "INSERT INTO jira_projects VALUES (?1, ?2, ?3)", "tit",
		       project->name, (int64_t)project->service, group) != 0)
		return -1;
	if (w->frame->by == FRAME_PROJECT && group != NULL)
		return add_group(w, group, false);
	return 0;
}

/* The groups that do not follow from the places. */
static int
fill_groups(struct work *w)
{
	const char *const *team = w->frame->teams;

	if (w->frame->by == FRAME_ALL)
		return add_group(w, "all", all_are_whole(w));
	if (w->frame->by != FRAME_TEAM || team == NULL)
		return 0;
	for (; *team != NULL; team++)
		if (add_group(w, *team, false) != 0)
			return -1;
	return 0;
}

static int
fill_places(struct work *w)
{
	int failed = 0;
	size_t i;

	for (i = 0; i < services_count(w->frame->services) && !failed; i++)
		failed = fill_service(w, i);
	for (i = 0; i < w->repos.count && !failed; i++)
		failed = fill_repo(w, &w->repos.items[i]);
	for (i = 0; i < w->projects.count && !failed; i++)
		failed = fill_project(w, &w->projects.items[i]);
	return failed != 0 ? failed : fill_groups(w);
}

static int
add_period(const struct work *w, const char *period, int64_t since,
	   int64_t until)
{
	return insert_row(w->store, "INSERT INTO periods VALUES (?1, ?2, ?3)",
			  "tii", period, since, until);
}

static int64_t
first_of(enum frame_every every, int64_t day)
{
	switch (every) {
	case FRAME_WEEK:
		return calendar_week(day);
	case FRAME_MONTH:
		return calendar_month(day);
	default:
		return day;
	}
}

static int64_t
next_of(enum frame_every every, int64_t first)
{
	switch (every) {
	case FRAME_WEEK:
		return first + 7;
	case FRAME_MONTH:
		return calendar_next_month(first);
	default:
		return first + 1;
	}
}

/* The window in one piece, or in days, weeks or months cut to it. */
static int
fill_periods(const struct work *w)
{
	const struct frame *f = w->frame;
	int64_t day = first_of(f->every, calendar_day(f->since, f->zone));
	char text[CALENDAR_SIZE];
	int64_t at, next;

	if (f->every == FRAME_WHOLE)
		return add_period(w, "", f->since, f->until);
	for (at = f->since; at < f->until; at = next) {
		calendar_text(day, text);
		day = next_of(f->every, day);
		next = calendar_start(day, f->zone);
		if (next > f->until || next <= at)
			next = f->until;
		if (add_period(w, text, at, next) != 0)
			return -1;
	}
	return 0;
}

/* What an earlier frame, and metrics in it, have left. */
static int
drop_tables(struct store *store)
{
	static const char find[] =
		"SELECT name FROM temp.sqlite_schema WHERE type = 'table'"
		" AND name NOT LIKE 'sqlite%' LIMIT 1";
	char drop[256];
	int row;

	for (;;) {
		struct store_query *query = store_query(store, find);

		row = query == NULL ? -1 : store_step(query);
		if (row == 1)
			snprintf(drop, sizeof(drop), "DROP TABLE temp.%s",
				 store_text(query, 0, NULL));
		store_query_free(query);
		if (row != 1)
			return row;
		if (store_run(store, drop) != 0)
			return -1;
	}
}

static int
build(struct work *w)
{
	if (drop_tables(w->store) != 0 || store_run(w->store, tables) != 0 ||
	    read_places(w, find_repos, &w->repos, services_of_repo) != 0 ||
	    read_places(w, find_projects, &w->projects, services_of_project) !=
		    0)
		return -1;
	tally(w);
	return fill_places(w) != 0 || fill_periods(w) != 0 ? -1 : 0;
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
	return frame_explain(store, find_repos, out) != 0 ||
			       frame_explain(store, find_projects, out) != 0
		       ? -1
		       : 0;
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
