/* endpoints.h: pull requests, issues, reviews, comments. */
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "demo/endpoints.h"

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

void
endpoint_pulls(struct asking *asking)
{
	const struct repo *repo = asking->repo;
	const char *state = asking_argument(asking, "state", "open");
	const char *sort = asking_argument(asking, "sort", "created");
	bool created = strcmp(sort, "created") == 0;
	const char *way =
		asking_argument(asking, "direction", created ? "desc" : "asc");
	struct asking_place *sorting =
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
	asking_sorted(asking, sorting, n, strcmp(way, "desc") == 0, write_pull);
}

struct pull *
asking_pull(struct asking *asking)
{
	struct pull *found = repo_find_pull(
		asking->repo, (unsigned)strtoul(asking->words[0], NULL, 10));

	if (found == NULL)
		asking_fail(asking, 404, "Not Found");
	return found;
}

void
endpoint_pull(struct asking *asking)
{
	const struct pull *found = asking_pull(asking);

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

void
endpoint_reviews(struct asking *asking)
{
	const struct pull *found = asking_pull(asking);
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
	      struct asking_place *sorting)
{
	const struct repo *repo = asking->repo;
	const char *state = asking_argument(asking, "state", "open");
	const char *labels = asking_argument(asking, "labels", "");
	int64_t since = asking_time(asking, "since", INT64_MIN);
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

void
endpoint_issues(struct asking *asking)
{
	const struct repo *repo = asking->repo;
	bool updated = strcmp(asking_argument(asking, "sort", "created"),
			      "updated") == 0;
	struct asking_place *sorting = msg_calloc(
		repo->issue_count + repo->pull_count + 1, sizeof(*sorting));
	size_t n = 0;

	if (repo->profile->no_issues) {
		free(sorting);
		asking_fail(asking, 410, "Issues are disabled for this repo");
		return;
	}
	n = wanted_issues(asking, updated, sorting);
	asking_sorted(asking, sorting, n,
		      strcmp(asking_argument(asking, "direction", "desc"),
			     "desc") == 0,
		      write_issue);
}

void
endpoint_issue(struct asking *asking)
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
	const char *sort = asking_argument(asking, "sort", NULL);
	int64_t since = asking_time(asking, "since", INT64_MIN);
	bool updated = sort != NULL && strcmp(sort, "updated") == 0;
	struct asking_place *sorting =
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
	asking_sorted(
		asking, sorting, n,
		sort != NULL &&
			strcmp(asking_argument(asking, "direction", "desc"),
			       "desc") == 0,
		write_comment);
}

void
endpoint_issue_comments(struct asking *asking)
{
	comments(asking, false, 0);
}

void
endpoint_code_comments(struct asking *asking)
{
	comments(asking, true, 0);
}

void
endpoint_comments_of_issue(struct asking *asking)
{
	comments(asking, false, (unsigned)strtoul(asking->words[0], NULL, 10));
}

void
endpoint_comments_of_pull(struct asking *asking)
{
	comments(asking, true, (unsigned)strtoul(asking->words[0], NULL, 10));
}
