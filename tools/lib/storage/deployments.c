#include "storage/deployments.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

enum column {
	COLUMN_ENVIRONMENT,
	COLUMN_ID,
	COLUMN_SHA,
	COLUMN_REF,
	COLUMN_TASK,
	COLUMN_STARTED,
	COLUMN_UPDATED,
	COLUMN_SUCCEEDED,
	COLUMN_FAILED,
	COLUMN_OTHERS /* states that are neither inactive nor active */
};

static const char of_deployments[] =
	"SELECT coalesce(d.environment, ''), d.id, d.sha, d.ref, d.task,"
	" d.created_at, d.updated_at,"
	" min(s.created_at) FILTER (WHERE s.state = 'success'),"
	" max(s.created_at) FILTER (WHERE s.state IN ('failure', 'error')),"
	" sum(s.state NOT IN ('inactive', 'active'))"
	" FROM deployments d INDEXED BY deployments_repo"
	" LEFT JOIN deployment_statuses s ON s.client_id = d.client_id"
	" AND s.deployment_id = d.id AND s.deleted_at IS NULL"
	" WHERE d.client_id = ?1 AND d.repo = ?2 AND d.deleted_at IS NULL"
	" GROUP BY d.environment, d.created_at, d.id, d.source";

static const char of_releases[] =
	"SELECT 'release', id, sha, tag_name, name, created_at, published_at,"
	" published_at, NULL, NULL FROM releases"
	" WHERE client_id = ?1 AND repo = ?2 AND published_at IS NOT NULL"
	" AND deleted_at IS NULL AND coalesce(draft, 0) = 0"
	" AND coalesce(prerelease, 0) = 0";

static char *
copy(struct store_query *row, enum column column)
{
	const char *text = store_text(row, column, NULL);

	return text != NULL ? msg_strdup(text) : NULL;
}

/* When it ended, and how; false: it has not, or nobody knows when. */
static bool
read_end(struct store_query *row, struct deployment *d)
{
	enum column at = COLUMN_UPDATED;

	d->success = !store_is_null(row, COLUMN_SUCCEEDED);
	if (d->success) {
		at = COLUMN_SUCCEEDED;
	} else if (!store_is_null(row, COLUMN_FAILED)) {
		at = COLUMN_FAILED;
	} else {
		d->success = !store_is_null(row, COLUMN_OTHERS) &&
			     store_int(row, COLUMN_OTHERS) == 0;
		if (!d->success)
			return false;
	}
	d->finished_at = store_int(row, at);
	return !store_is_null(row, at);
}

static bool
finds(const struct deployments_repo *repo, size_t service,
      struct store_query *row, enum column column)
{
	const char *text = store_text(row, column, NULL);

	return text != NULL &&
	       services_is_rework(repo->services, service, text);
}

static void
add(struct deployments *list, const struct deployments_repo *repo,
    struct store_query *row, bool release)
{
	size_t service = services_of_repo(repo->services, repo->repo);
	struct deployment d = { .release = release };

	if (!read_end(row, &d))
		return;
	d.id = store_int(row, COLUMN_ID);
	d.has_start = !store_is_null(row, COLUMN_STARTED);
	d.started_at = store_int(row, COLUMN_STARTED);
	d.environment = copy(row, COLUMN_ENVIRONMENT);
	d.sha = copy(row, COLUMN_SHA);
	d.production =
		release ||
		services_is_production(repo->services, service, d.environment);
	if (d.production && d.success &&
	    (finds(repo, service, row, COLUMN_REF) ||
	     finds(repo, service, row, COLUMN_TASK)))
		d.rework = "pattern";
	if (list->count == list->room) {
		list->room = list->room == 0 ? 64 : list->room * 2;
		list->items = msg_realloc(list->items,
					  list->room * sizeof(*list->items));
	}
	list->items[list->count++] = d;
}

/* 1 when there were rows, also of deployments that have not ended. */
static int
read_rows(struct store *store, const struct deployments_repo *repo,
	  struct deployments *list, const char *sql)
{
	struct store_query *query = store_query(store, sql);
	int row, some = 0;

	if (query == NULL)
		return -1;
	store_bind_int(query, 1, repo->client);
	store_bind_string(query, 2, repo->repo);
	while ((row = store_step(query)) == 1) {
		add(list, repo, query, sql == of_releases);
		some = 1;
	}
	store_query_free(query);
	return row < 0 ? -1 : some;
}

static int
compare(const void *a, const void *b)
{
	const struct deployment *x = a, *y = b;
	int order = strcmp(x->environment, y->environment);

	if (order != 0)
		return order;
	if (x->finished_at != y->finished_at)
		return x->finished_at < y->finished_at ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

/* A success in its chain. */
struct link {
	struct deployment *deployment;
	size_t place;
};

static int
compare_links(const void *a, const void *b)
{
	const struct link *x = a, *y = b;
	int order = strcmp(x->deployment->sha, y->deployment->sha);

	return order != 0 ? order
			  : (x->place > y->place) - (x->place < y->place);
}

/* The successes of one environment whose commit is known.  Which of them had
 * its commit before, and not just before? */
static void
mark_rollbacks(struct link *links, size_t count)
{
	size_t i;

	qsort(links, count, sizeof(*links), compare_links);
	for (i = 1; i < count; i++) {
		const struct link *before = &links[i - 1];
		struct deployment *d = links[i].deployment;

		if (d->rework == NULL && links[i].place > before->place + 1 &&
		    strcmp(d->sha, before->deployment->sha) == 0)
			d->rework = "rollback";
	}
}

static void
find_rollbacks(struct deployments *list)
{
	struct link *links = msg_calloc(list->count + 1, sizeof(*links));
	const char *environment = NULL;
	size_t i, count = 0, place = 0;

	for (i = 0; i < list->count; i++) {
		struct deployment *d = &list->items[i];

		if (!d->production || !d->success)
			continue;
		if (environment == NULL ||
		    strcmp(environment, d->environment) != 0) {
			mark_rollbacks(links, count);
			environment = d->environment;
			count = 0;
		}
		place++;
		if (d->sha != NULL)
			links[count++] = (struct link){ d, place };
	}
	mark_rollbacks(links, count);
	free(links);
}

int
deployments_read(struct store *store, const struct deployments_repo *repo,
		 struct deployments *list)
{
	int some = read_rows(store, repo, list, of_deployments);

	if (some == 0 && repo->releases)
		some = read_rows(store, repo, list, of_releases);
	if (some < 0)
		return -1;
	if (list->count == 0)
		return 0;
	qsort(list->items, list->count, sizeof(*list->items), compare);
	find_rollbacks(list);
	return 0;
}

void
deployments_free(struct deployments *list)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		free(list->items[i].environment);
		free(list->items[i].sha);
	}
	free(list->items);
	*list = (struct deployments){ 0 };
}
