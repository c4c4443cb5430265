/* merge DATABASE - lead time and its parts by hand: all tables read once in
 * key order and merged, as C does it best; prints what metrics prints, the
 * value and n of the whole, coding, pickup, review, deploy.  One client, one
 * service, production is what begins with prod, no window. */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONE INT64_MIN

struct cursor { /* rows by (repo, number); the third column is a time */
	sqlite3_stmt *rows;
	int row;
};

struct values {
	double *items;
	size_t count, room;
};

static sqlite3 *db;
static struct deployment {
	int64_t id, finished;
} * deployments;
static size_t deployment_count;

static sqlite3_stmt *
ask(const char *sql)
{
	sqlite3_stmt *rows;

	if (sqlite3_prepare_v2(db, sql, -1, &rows, NULL) != SQLITE_OK) {
		fprintf(stderr, "merge: %s\n", sqlite3_errmsg(db));
		exit(70);
	}
	return rows;
}

static void
next(struct cursor *c)
{
	c->row = sqlite3_step(c->rows);
}

static struct cursor
start(const char *sql)
{
	struct cursor c = { ask(sql), 0 };

	next(&c);
	return c;
}

static int
compare_deployments(const void *a, const void *b)
{
	const struct deployment *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* The first success of each deployment to production. */
static void
read_deployments(void)
{
	sqlite3_stmt *d = ask("SELECT id FROM deployments WHERE client_id = 1"
			      " AND environment LIKE 'prod%'"
			      " AND deleted_at IS NULL ORDER BY id");
	sqlite3_stmt *s = ask("SELECT deployment_id, created_at"
			      " FROM deployment_statuses WHERE client_id = 1"
			      " AND state = 'success' AND deleted_at IS NULL"
			      " ORDER BY deployment_id");
	int status = sqlite3_step(s);

	while (sqlite3_step(d) == SQLITE_ROW) {
		int64_t id = sqlite3_column_int64(d, 0), first = INT64_MAX, at;

		while (status == SQLITE_ROW && sqlite3_column_int64(s, 0) < id)
			status = sqlite3_step(s);
		while (status == SQLITE_ROW &&
		       sqlite3_column_int64(s, 0) == id) {
			at = sqlite3_column_int64(s, 1);
			first = at < first ? at : first;
			status = sqlite3_step(s);
		}
		if (first == INT64_MAX)
			continue;
		if ((deployment_count & (deployment_count - 1)) == 0)
			deployments = realloc(deployments,
					      (deployment_count * 2 + 1) *
						      sizeof(*deployments));
		deployments[deployment_count++] =
			(struct deployment){ id, first };
	}
	sqlite3_finalize(d);
	sqlite3_finalize(s);
}

static int64_t
finished(int64_t id)
{
	struct deployment key = { id, 0 };
	struct deployment *found =
		bsearch(&key, deployments, deployment_count,
			sizeof(*deployments), compare_deployments);

	return found == NULL ? NONE : found->finished;
}

/* Where the cursor's row stands by (repo, number). */
static int
order(const struct cursor *c, const char *repo, int64_t number)
{
	int64_t at;
	int d;

	if (c->row != SQLITE_ROW)
		return 1;
	d = strcmp((const char *)sqlite3_column_text(c->rows, 0), repo);
	if (d != 0)
		return d;
	at = sqlite3_column_int64(c->rows, 1);
	return (at > number) - (at < number);
}

/* The earliest time of the rows of a pull request; those whose fourth column
 * is its author do not count. */
static int64_t
earliest(struct cursor *c, const char *repo, int64_t number, const char *author)
{
	int64_t least = NONE, at;
	const char *who;
	int o;

	for (; (o = order(c, repo, number)) <= 0; next(c)) {
		if (o < 0 || sqlite3_column_type(c->rows, 2) == SQLITE_NULL)
			continue;
		who = sqlite3_column_count(c->rows) < 4
			      ? NULL
			      : (const char *)sqlite3_column_text(c->rows, 3);
		if (author != NULL && who != NULL && strcmp(who, author) == 0)
			continue;
		at = sqlite3_column_int64(c->rows, 2);
		if (least == NONE || at < least)
			least = at;
	}
	return least;
}

static int64_t
minutes(int64_t from, int64_t to)
{
	return from == NONE || to == NONE || to < from ? NONE
						       : (to - from + 59) / 60;
}

static void
take(struct values *v, int64_t value)
{
	if (value == NONE)
		return;
	if (v->count == v->room) {
		v->room = v->room * 2 + 64;
		v->items = realloc(v->items, v->room * sizeof(*v->items));
	}
	v->items[v->count++] = (double)value;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
print(struct values *v)
{
	qsort(v->items, v->count, sizeof(*v->items), compare);
	printf("%.0f %zu\n", v->count ? v->items[(v->count - 1) / 2] : -1,
	       v->count);
}

static int64_t
zero(int64_t value)
{
	return value == NONE ? 0 : value;
}

int
main(int argc, char *argv[])
{
	struct cursor links, commits, comments, reviews;
	struct values parts[5] = { { 0 } };
	sqlite3_stmt *pulls;
	int i;

	if (argc != 2 || sqlite3_open_v2(argv[1], &db, SQLITE_OPEN_READONLY,
					 NULL) != SQLITE_OK)
		return 64;
	sqlite3_exec(db, "PRAGMA mmap_size=1073741824", NULL, NULL, NULL);
	read_deployments();
	links = start("SELECT repo, number, deployment_id"
		      " FROM deployment_pull_requests WHERE client_id = 1"
		      " ORDER BY repo, number");
	commits = start("SELECT repo, number, authored_at"
			" FROM pull_request_commits WHERE client_id = 1"
			" AND deleted_at IS NULL ORDER BY repo, number");
	comments = start("SELECT repo, number, created_at, author"
			 " FROM comments INDEXED BY comments_pull"
			 " WHERE client_id = 1 AND deleted_at IS NULL"
			 " ORDER BY repo, number");
	reviews = start("SELECT repo, number, submitted_at, author"
			" FROM reviews WHERE client_id = 1"
			" AND deleted_at IS NULL ORDER BY repo, number");
	pulls = ask("SELECT repo, number, created_at, merged_at, author"
		    " FROM pull_requests WHERE client_id = 1"
		    " AND merged_at IS NOT NULL AND deleted_at IS NULL"
		    " ORDER BY repo, number");
	while (sqlite3_step(pulls) == SQLITE_ROW) {
		const char *repo = (const char *)sqlite3_column_text(pulls, 0);
		int64_t number = sqlite3_column_int64(pulls, 1);
		int64_t created = sqlite3_column_int64(pulls, 2);
		int64_t merged = sqlite3_column_int64(pulls, 3);
		const char *author =
			(const char *)sqlite3_column_text(pulls, 4);
		int64_t first = earliest(&commits, repo, number, NULL);
		int64_t answer = earliest(&comments, repo, number, author);
		int64_t review = earliest(&reviews, repo, number, author);
		int64_t deployed = NONE, coding, deploy;
		int o;

		for (; (o = order(&links, repo, number)) <= 0; next(&links))
			if (o == 0)
				deployed = finished(
					sqlite3_column_int64(links.rows, 2));
		if (deployed == NONE)
			continue;
		if (answer == NONE || (review != NONE && review < answer))
			answer = review;
		coding = minutes(first, created);
		deploy = minutes(merged, deployed);
		take(&parts[0], zero(coding) + zero(minutes(created, merged)) +
					zero(deploy));
		take(&parts[1], coding);
		take(&parts[2], minutes(created, answer));
		take(&parts[3], minutes(answer, merged));
		take(&parts[4], deploy);
	}
	for (i = 0; i < 5; i++)
		print(&parts[i]);
	return 0;
}
