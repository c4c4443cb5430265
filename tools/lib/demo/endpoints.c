#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/times.h"
#include "demo/github.h"

enum { PULL_COMMITS_MAX = 250 };

static const char *
argument(const struct asking *asking, const char *name, const char *fallback)
{
	const char *value = httpd_argument(asking->request, name);

	return value != NULL && *value != '\0' ? value : fallback;
}

static int64_t
time_argument(const struct asking *asking, const char *name, int64_t fallback)
{
	const char *text = argument(asking, name, NULL);
	int64_t ms;

	return text != NULL && times_parse(text, strlen(text), &ms) ? ms
								    : fallback;
}

/* Rows to be sorted by one time, then by their place. */
struct sorting {
	int64_t at;
	unsigned row;
};

static int
ascending(const void *a, const void *b)
{
	const struct sorting *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row);
}

/* Sorts, writes the page, frees. */
static void
list_sorted(struct asking *asking, struct sorting *sorting, size_t count,
	    bool down, asking_row *write)
{
	unsigned *rows = msg_calloc(count + 1, sizeof(*rows));
	size_t i;

	qsort(sorting, count, sizeof(*sorting), ascending);
	for (i = 0; i < count; i++)
		rows[i] = sorting[down ? count - 1 - i : i].row;
	asking_list(asking, rows, count, write);
	free(rows);
	free(sorting);
}

static void
write_repo(const struct asking *asking, size_t row, struct jsonw *out)
{
	struct payload p = asking->p;

	p.repo = &asking->world->github->repos[row];
	payload_repo(&p, out);
}

static bool
repo_is_wanted(const struct repo *repo, const char *type)
{
	if (repo->trap == REPO_DELETED)
		return false;
	if (strcmp(type, "forks") == 0)
		return repo->profile->fork;
	if (strcmp(type, "sources") == 0)
		return !repo->profile->fork;
	if (strcmp(type, "private") == 0)
		return repo->profile->private;
	return strcmp(type, "public") != 0 || !repo->profile->private;
}

static void
list_repos(struct asking *asking)
{
	const struct github *github = asking->world->github;
	const char *sort = argument(asking, "sort", "created");
	const char *way =
		argument(asking, "direction",
			 strcmp(sort, "full_name") == 0 ? "asc" : "desc");
	struct sorting *sorting =
		msg_calloc(github->repo_count + 1, sizeof(*sorting));
	const struct repo *repo;
	size_t n = 0;
	unsigned i;

	for (i = 0; i < github->repo_count; i++) {
		repo = &github->repos[i];
		if (!repo_is_wanted(repo, argument(asking, "type", "all")))
			continue;
		sorting[n].row = i;
		if (strcmp(sort, "updated") == 0)
			sorting[n].at = repo->updated;
		else if (strcmp(sort, "pushed") == 0)
			sorting[n].at = repo->pushed;
		else if (strcmp(sort, "created") == 0)
			sorting[n].at = repo->created;
		n++;
	}
	list_sorted(asking, sorting, n, strcmp(way, "desc") == 0, write_repo);
}

static bool
is_acme(struct asking *asking)
{
	if (strcasecmp(asking->words[0], "acme") == 0 ||
	    strcmp(asking->words[0], "9919") == 0)
		return true;
	asking_fail(asking, 404, "Not Found");
	return false;
}

static void
org_repos(struct asking *asking)
{
	if (is_acme(asking))
		list_repos(asking);
}

static void
org(struct asking *asking)
{
	if (is_acme(asking))
		payload_organisation(&asking->p, &asking->out);
}

static void
user(struct asking *asking)
{
	jsonw_raw(&asking->out, asking->world->github->user_json[0],
		  asking->world->github->user_json_len[0]);
}

static void
some_user(struct asking *asking)
{
	const struct world *world = asking->world;
	size_t i;

	for (i = 0; i < world->person_count; i++)
		if (strcasecmp(world->people[i].login, asking->words[0]) == 0 &&
		    !world->people[i].gone) {
			payload_user(&asking->p, (unsigned)i, &asking->out);
			return;
		}
	if (is_acme(asking))
		payload_organisation(&asking->p, &asking->out);
}

static void
repo(struct asking *asking)
{
	payload_repo(&asking->p, &asking->out);
}

static void
write_pull(const struct asking *asking, size_t row, struct jsonw *out)
{
	payload_pull(&asking->p, &asking->repo->pulls[row], false, out);
}

static bool
state_is_wanted(const char *wanted, int64_t closed)
{
	return strcmp(wanted, "all") == 0 ||
	       (strcmp(wanted, "closed") == 0) == (closed > 0);
}

static void
pulls(struct asking *asking)
{
	const struct repo *repo = asking->repo;
	const char *state = argument(asking, "state", "open");
	const char *sort = argument(asking, "sort", "created");
	bool created = strcmp(sort, "created") == 0;
	const char *way =
		argument(asking, "direction", created ? "desc" : "asc");
	struct sorting *sorting =
		msg_calloc(repo->pull_count + 1, sizeof(*sorting));
	size_t n = 0;
	unsigned i;

	if (strcmp(state, "open") != 0 && strcmp(state, "closed") != 0 &&
	    strcmp(state, "all") != 0) {
		free(sorting);
		asking_fail(asking, 422, "Validation Failed");
		return;
	}
	for (i = 0; i < repo->pull_count; i++) {
		if (!state_is_wanted(state, repo->pulls[i].closed))
			continue;
		sorting[n].row = i;
		sorting[n++].at = created ? repo->pulls[i].created
					  : repo->pulls[i].updated;
	}
	list_sorted(asking, sorting, n, strcmp(way, "desc") == 0, write_pull);
}

/* The pull request that words[0] names, or NULL and a 404. */
static struct pull *
named_pull(struct asking *asking)
{
	struct pull *found = repo_find_pull(
		asking->repo, (unsigned)strtoul(asking->words[0], NULL, 10));

	if (found == NULL)
		asking_fail(asking, 404, "Not Found");
	return found;
}

static void
pull(struct asking *asking)
{
	const struct pull *found = named_pull(asking);

	if (found != NULL)
		payload_pull(&asking->p, found, true, &asking->out);
}

static void
write_review(const struct asking *asking, size_t row, struct jsonw *out)
{
	const struct pull *of = repo_find_pull(
		asking->repo, (unsigned)strtoul(asking->words[0], NULL, 10));

	payload_review(&asking->p, of, &of->reviews[row], out);
}

static void
reviews(struct asking *asking)
{
	const struct pull *found = named_pull(asking);
	unsigned *rows, i;
	size_t n = 0;

	if (found == NULL)
		return;
	rows = msg_calloc(found->review_count + 1, sizeof(*rows));
	for (i = 0; i < found->review_count; i++)
		if (!found->reviews[i].deleted)
			rows[n++] = i;
	asking_list(asking, rows, n, write_review);
	free(rows);
}

static void
write_commit(const struct asking *asking, size_t row, struct jsonw *out)
{
	payload_commit(&asking->p, (unsigned)row, false, out);
}

static void
pull_commits(struct asking *asking)
{
	const struct pull *found = named_pull(asking);
	unsigned count;

	if (found == NULL)
		return;
	count = found->commit_count;
	asking_list(asking, found->commits,
		    count > PULL_COMMITS_MAX ? PULL_COMMITS_MAX : count,
		    write_commit);
}

/* One row of the list of issues: pull requests are counted from the end of
 * the issues. */
static void
write_issue(const struct asking *asking, size_t row, struct jsonw *out)
{
	const struct repo *repo = asking->repo;

	if (row < repo->issue_count)
		payload_issue(&asking->p, &repo->issues[row], out);
	else
		payload_pull_issue(&asking->p,
				   &repo->pulls[row - repo->issue_count], out);
}

/* labels=bug,incident: all of them */
static bool
has_labels(const struct issue *issue, const char *labels)
{
	size_t len;

	for (; *labels != '\0'; labels += len + (labels[len] == ',')) {
		len = strcspn(labels, ",");
		if (!(issue->bug && len == 3 &&
		      strncasecmp(labels, "bug", 3) == 0) &&
		    !(issue->incident && len == 8 &&
		      strncasecmp(labels, "incident", 8) == 0))
			return false;
	}
	return true;
}

static size_t
wanted_issues(const struct asking *asking, bool updated,
	      struct sorting *sorting)
{
	const struct repo *repo = asking->repo;
	const char *state = argument(asking, "state", "open");
	const char *labels = argument(asking, "labels", "");
	int64_t since = time_argument(asking, "since", INT64_MIN);
	size_t n = 0;
	unsigned i;

	for (i = 0; i < repo->issue_count; i++) {
		const struct issue *issue = &repo->issues[i];

		if (!state_is_wanted(state, issue->closed) ||
		    issue->updated < since || !has_labels(issue, labels))
			continue;
		sorting[n].row = i;
		sorting[n++].at = updated ? issue->updated : issue->created;
	}
	for (i = 0; i < repo->pull_count && *labels == '\0'; i++) {
		const struct pull *row = &repo->pulls[i];

		if (!state_is_wanted(state, row->closed) ||
		    row->updated < since)
			continue;
		sorting[n].row = repo->issue_count + i;
		sorting[n++].at = updated ? row->updated : row->created;
	}
	return n;
}

static void
issues(struct asking *asking)
{
	const struct repo *repo = asking->repo;
	bool updated =
		strcmp(argument(asking, "sort", "created"), "updated") == 0;
	struct sorting *sorting = msg_calloc(
		repo->issue_count + repo->pull_count + 1, sizeof(*sorting));
	size_t n = wanted_issues(asking, updated, sorting);

	list_sorted(asking, sorting, n,
		    strcmp(argument(asking, "direction", "desc"), "desc") == 0,
		    write_issue);
}

static void
issue(struct asking *asking)
{
	const struct repo *repo = asking->repo;
	unsigned number = (unsigned)strtoul(asking->words[0], NULL, 10), i;
	const struct pull *of = repo_find_pull(repo, number);

	for (i = 0; i < repo->issue_count; i++)
		if (repo->issues[i].number == number) {
			payload_issue(&asking->p, &repo->issues[i],
				      &asking->out);
			return;
		}
	if (of != NULL)
		payload_pull_issue(&asking->p, of, &asking->out);
	else
		asking_fail(asking, 404, "Not Found");
}

static void
write_comment(const struct asking *asking, size_t row, struct jsonw *out)
{
	payload_comment(&asking->p, &asking->repo->comments[row], out);
}

/* of: only this issue's or pull request's; 0: all of the repository. */
static void
comments(struct asking *asking, bool on_code, unsigned of)
{
	const struct repo *repo = asking->repo;
	const char *sort = argument(asking, "sort", NULL);
	int64_t since = time_argument(asking, "since", INT64_MIN);
	bool updated = sort != NULL && strcmp(sort, "updated") == 0;
	struct sorting *sorting =
		msg_calloc(repo->comment_count + 1, sizeof(*sorting));
	size_t n = 0;
	unsigned i;

	for (i = 0; i < repo->comment_count; i++) {
		const struct comment *row = &repo->comments[i];

		if (row->on_code != on_code || row->deleted ||
		    row->updated < since || (of != 0 && row->number != of))
			continue;
		sorting[n].row = i;
		sorting[n++].at = updated ? row->updated : row->created;
	}
	/* without sort the direction is not looked at */
	list_sorted(asking, sorting, n,
		    sort != NULL &&
			    strcmp(argument(asking, "direction", "desc"),
				   "desc") == 0,
		    write_comment);
}

static void
issue_comments(struct asking *asking)
{
	comments(asking, false, 0);
}

static void
code_comments(struct asking *asking)
{
	comments(asking, true, 0);
}

static void
comments_of_issue(struct asking *asking)
{
	comments(asking, false, (unsigned)strtoul(asking->words[0], NULL, 10));
}

static void
comments_of_pull(struct asking *asking)
{
	comments(asking, true, (unsigned)strtoul(asking->words[0], NULL, 10));
}

static void
commits(struct asking *asking)
{
	const struct repo *repo = asking->repo;
	int64_t since = time_argument(asking, "since", INT64_MIN);
	int64_t until = time_argument(asking, "until", INT64_MAX), at;
	unsigned from = repo_find_commit(repo, argument(asking, "sha", "main"));
	unsigned char *seen;
	unsigned *log, count, i;
	size_t n = 0;

	if (from == REPO_NONE) {
		asking_fail(asking, 404, "Not Found");
		return;
	}
	seen = msg_calloc(repo->commit_count + 1, 1);
	repo_reach(repo, from, seen);
	log = repo_sorted(repo, seen, &count);
	for (i = 0; i < count; i++) {
		at = repo->commits[log[i]].committed;
		if (at >= since && at <= until)
			log[n++] = log[i];
	}
	asking->no_last = true;
	asking_list(asking, log, n, write_commit);
	free(log);
	free(seen);
}

static void
commit(struct asking *asking)
{
	unsigned found = repo_find_commit(asking->repo, asking->words[0]);

	if (found == REPO_NONE)
		asking_fail(asking, 422, "No commit found for SHA: that one");
	else
		payload_commit(&asking->p, found, true, &asking->out);
}

static void
keyed_commit(struct asking *asking, const char *key, unsigned index)
{
	jsonw_key(&asking->out, key);
	payload_commit(&asking->p, index, false, &asking->out);
}

/* The newest commit that both reach: enough for histories like ours. */
static unsigned
merge_base(const struct repo *repo, const unsigned char *ours,
	   const unsigned char *theirs)
{
	unsigned best = REPO_NONE, i;

	for (i = 0; i < repo->commit_count; i++)
		if (ours[i] && theirs[i] &&
		    (best == REPO_NONE ||
		     repo->commits[i].committed >=
			     repo->commits[best].committed))
			best = i;
	return best;
}

static void
write_comparison(struct asking *asking, unsigned base, unsigned head,
		 const unsigned char *ours, unsigned char *theirs)
{
	const struct repo *repo = asking->repo;
	unsigned common = merge_base(repo, ours, theirs), count, i, behind = 0;
	unsigned *rows;

	for (i = 0; i < repo->commit_count; i++) {
		behind += ours[i] && !theirs[i];
		theirs[i] = theirs[i] && !ours[i];
	}
	rows = repo_sorted(repo, theirs, &count);
	for (i = 0; i < count / 2; i++) { /* oldest first */
		unsigned row = rows[i];

		rows[i] = rows[count - 1 - i];
		rows[count - 1 - i] = row;
	}
	jsonw_open(&asking->out, '{');
	payload_text(&asking->out, "status",
		     count == 0	   ? behind == 0 ? "identical" : "behind"
		     : behind == 0 ? "ahead"
				   : "diverged");
	payload_number(&asking->out, "ahead_by", count);
	payload_number(&asking->out, "behind_by", behind);
	payload_number(&asking->out, "total_commits", count);
	keyed_commit(asking, "base_commit", base);
	keyed_commit(asking, "merge_base_commit", common);
	jsonw_key(&asking->out, "commits");
	if (argument(asking, "page", NULL) == NULL &&
	    argument(asking, "per_page", NULL) == NULL)
		asking->per_page = PULL_COMMITS_MAX;
	asking_list(asking, rows, count, write_commit);
	jsonw_key(&asking->out, "files");
	jsonw_open(&asking->out, '[');
	jsonw_close(&asking->out, ']');
	jsonw_close(&asking->out, '}');
	free(rows);
	(void)head;
}

static void
compare(struct asking *asking)
{
	const struct repo *repo = asking->repo;
	char *dots = strstr(asking->words[0], "...");
	unsigned char *ours, *theirs;
	unsigned base, head;

	if (dots == NULL) {
		asking_fail(asking, 404, "Not Found");
		return;
	}
	*dots = '\0';
	base = repo_find_commit(repo, asking->words[0]);
	head = repo_find_commit(repo, dots + 3);
	if (base == REPO_NONE || head == REPO_NONE) {
		asking_fail(asking, 404, "Not Found");
		return;
	}
	ours = msg_calloc(repo->commit_count + 1, 1);
	theirs = msg_calloc(repo->commit_count + 1, 1);
	repo_reach(repo, base, ours);
	repo_reach(repo, head, theirs);
	write_comparison(asking, base, head, ours, theirs);
	free(ours);
	free(theirs);
}

static void
write_deployment(const struct asking *asking, size_t row, struct jsonw *out)
{
	payload_deployment(&asking->p, &asking->repo->deployments[row], out);
}

static void
deployments(struct asking *asking)
{
	const struct repo *repo = asking->repo;
	const char *environment = argument(asking, "environment", NULL);
	const char *sha = argument(asking, "sha", NULL);
	struct sorting *sorting =
		msg_calloc(repo->deployment_count + 1, sizeof(*sorting));
	const struct deployment *row;
	size_t n = 0;
	unsigned i;

	for (i = 0; i < repo->deployment_count; i++) {
		row = &repo->deployments[i];
		if (environment != NULL &&
		    strcmp(environment, row->environment) != 0)
			continue;
		if (sha != NULL &&
		    strcmp(sha, repo->commits[row->commit].sha) != 0)
			continue;
		sorting[n].row = i;
		sorting[n++].at = row->created;
	}
	list_sorted(asking, sorting, n, true, write_deployment);
}

static const struct deployment *
named_deployment(struct asking *asking)
{
	const struct repo *repo = asking->repo;
	uint64_t id = strtoull(asking->words[0], NULL, 10);
	unsigned i;

	for (i = 0; i < repo->deployment_count; i++)
		if (repo->deployments[i].id == id)
			return &repo->deployments[i];
	asking_fail(asking, 404, "Not Found");
	return NULL;
}

static void
deployment(struct asking *asking)
{
	const struct deployment *found = named_deployment(asking);

	if (found != NULL)
		payload_deployment(&asking->p, found, &asking->out);
}

static void
write_status(const struct asking *asking, size_t row, struct jsonw *out)
{
	size_t width = DEPLOY_STATUSES;

	payload_status(&asking->p, &asking->repo->deployments[row / width],
		       (unsigned)(row % width), out);
}

static void
statuses(struct asking *asking)
{
	const struct deployment *found = named_deployment(asking);
	unsigned rows[DEPLOY_STATUSES], i, first;

	if (found == NULL)
		return;
	first = (unsigned)(found - asking->repo->deployments) * DEPLOY_STATUSES;
	for (i = 0; i < found->status_count; i++) /* newest first */
		rows[i] = first + found->status_count - 1 - i;
	asking_list(asking, rows, found->status_count, write_status);
}

static void
write_release(const struct asking *asking, size_t row, struct jsonw *out)
{
	payload_release(&asking->p, &asking->repo->releases[row], out);
}

static void
releases(struct asking *asking)
{
	unsigned n = asking->repo->release_count, i;
	unsigned *rows = msg_calloc(n + 1, sizeof(*rows));

	for (i = 0; i < n; i++)
		rows[i] = n - 1 - i;
	asking_list(asking, rows, n, write_release);
	free(rows);
}

const struct endpoint endpoints_top[] = {
	{ "orgs/*/repos", org_repos },
	{ "organizations/*/repos", org_repos },
	{ "orgs/*", org },
	{ "users/*/repos", org_repos },
	{ "users/*", some_user },
	{ "user", user },
	{ NULL, NULL },
};

const struct endpoint endpoints_repo[] = {
	{ "", repo },
	{ "pulls", pulls },
	{ "pulls/comments", code_comments },
	{ "pulls/*/reviews", reviews },
	{ "pulls/*/commits", pull_commits },
	{ "pulls/*/comments", comments_of_pull },
	{ "pulls/*", pull },
	{ "issues", issues },
	{ "issues/comments", issue_comments },
	{ "issues/*/comments", comments_of_issue },
	{ "issues/*", issue },
	{ "commits", commits },
	{ "commits/*", commit },
	{ "compare/*", compare },
	{ "deployments", deployments },
	{ "deployments/*/statuses", statuses },
	{ "deployments/*", deployment },
	{ "releases", releases },
	{ NULL, NULL },
};
